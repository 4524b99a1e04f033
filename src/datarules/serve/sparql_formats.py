"""Media types of SPARQL answers and the choice among them (RFC 9110, 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..endpoint import FORMATS_OF, Kind, Want

ROW_TYPES: dict[str, tuple[str, ...]] = {
    "json": ("application/sparql-results+json", "application/json"),
    "xml": ("application/sparql-results+xml", "application/xml", "text/xml"),
    "csv": ("text/csv",),
    "tsv": ("text/tab-separated-values",),
}
GRAPH_TYPES: dict[str, tuple[str, ...]] = {
    "turtle": ("text/turtle",),
    "ntriples": ("application/n-triples", "text/plain"),
    "rdfxml": ("application/rdf+xml", "application/xml", "text/xml"),
    "jsonld": ("application/ld+json", "application/json"),
    "trig": ("application/trig",),
    "nquads": ("application/n-quads",),
}
KINDS: tuple[Kind, ...] = ("select", "ask", "graph")
NAMES = {
    "sparql-results+json": "json",
    "sparql-results+xml": "xml",
    "ttl": "turtle",
    "n3": "turtle",
    "nt": "ntriples",
    "n-triples": "ntriples",
    "rdf": "rdfxml",
    "rdf+xml": "rdfxml",
    "json-ld": "jsonld",
    "n-quads": "nquads",
    "nq": "nquads",
}
"""Other names by which clients call the formats."""


@dataclass(frozen=True, slots=True)
class Range:
    """One media range of an Accept header with its weight."""

    type: str
    quality: float

    def weight(self, media: str) -> tuple[int, float] | None:
        """Return how exactly the range names a media type and its weight, or nothing where it does not."""
        if self.type == media:
            return 2, self.quality
        if self.type.endswith("/*") and media.startswith(self.type[:-1]):
            return 1, self.quality
        return (0, self.quality) if self.type == "*/*" else None


def ranges(accept: str) -> list[Range]:
    """Read an Accept header; a weight that is no number counts as 0."""
    found = []
    for part in accept.split(","):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().casefold() == "q":
                try:
                    quality = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        if media:
            found.append(Range(media.casefold(), quality))
    return found


def choose(accept: str, offered: Sequence[tuple[str, str]]) -> str | None:
    """Return the name of the format a header prefers, the first offered on a tie, or nothing.

    Args:
        accept: the header; empty means anything.
        offered: format name and media type, best first. A name may stand several times.
    """
    asked = ranges(accept) or [Range("*/*", 1.0)]
    best: tuple[float, str] | None = None
    for name, media in offered:
        fitting = [found for one in asked if (found := one.weight(media)) is not None]
        quality = max(fitting)[1] if fitting else 0.0
        if quality > 0 and (best is None or quality > best[0]):
            best = quality, name
    return best[1] if best else None


def offered(kind: Kind) -> list[tuple[str, str]]:
    """Return what can be had for a kind of answer: own media types first, general ones such as XML last."""
    table = GRAPH_TYPES if kind == "graph" else ROW_TYPES
    first = [(name, table[name][0]) for name in FORMATS_OF[kind]]
    return first + [(name, media) for name in FORMATS_OF[kind] for media in table[name][1:]]


def wanted(accept: str) -> Want:
    """Return the format for each kind of answer; a kind that cannot be had is missing."""
    chosen: Want = {}
    for kind in KINDS:
        name = choose(accept, offered(kind))
        if name:
            chosen[kind] = name
    return chosen


def content_type(kind: Kind, fmt: str) -> str:
    """Return the Content-Type of an answer."""
    media = (GRAPH_TYPES if kind == "graph" else ROW_TYPES)[fmt][0]
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def named(name: str) -> tuple[str, ...]:
    """Return the media types of a format by its name or its media types; none where it is not known.

    ``json`` and ``xml`` stand for rows and for graphs, as the query has it.
    """
    word = name.strip().casefold()
    if "/" in word:
        known = {media for table in (ROW_TYPES, GRAPH_TYPES) for medias in table.values() for media in medias}
        return tuple(media for part in word.split(",") if (media := part.strip()) in known)
    word = NAMES.get(word, word)
    also = {"json": "jsonld", "xml": "rdfxml"}.get(word, word)
    return ROW_TYPES.get(word, ()) + GRAPH_TYPES.get(also, ())
