"""What a file format is called: one table a kind of export, for doors that map suffixes and Accept headers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from .errors import InputError


@dataclass(frozen=True, slots=True)
class Format:
    """One file format.

    Attributes:
        media: media type, as registered with IANA where it is.
        suffix: end of the names of its files, with the dot.
        stream: what writes it, as chunks of bytes.
        kinds: kinds of graph it can hold; empty where there is one kind only.
    """

    media: str
    suffix: str
    stream: Callable[..., Iterator[bytes]]
    kinds: tuple[str, ...] = ()


def chosen(formats: Mapping[str, Format], word: str, kind: str = "") -> Format:
    """Return a format by name.

    Raises:
        InputError: there is no such format, or it cannot hold this kind of graph.
    """
    able = [name for name, one in formats.items() if not one.kinds or kind in one.kinds]
    if word not in able:
        reason = (
            f"This format cannot hold the graph of {kind}." if word in formats else "There is no such format."
        )
        raise InputError.single("format", word, reason, f"Use one of: {', '.join(able)}.")
    return formats[word]
