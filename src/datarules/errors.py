"""Errors that name place, value, reason and remedy.

::

    DataRulesError
    ├── InputError    a question that cannot be asked (unknown code, impossible date, wrong unit …)
    ├── DataError     a data file that cannot be used (malformed Turtle, failed validation …)
    ├── QueryError    a SPARQL query that is refused, wrong or too slow
    └── ConfigError   a setting or an address that does not work
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    ``place`` is a field, option or ``file:line``; ``value`` what stood there; ``reason`` why it does not
    do; ``remedy`` what to do about it.
    """

    place: str
    value: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        shown = f" {self.value!r}" if self.value else ""
        return f"{self.place}:{shown} {self.reason} {self.remedy}".rstrip()


class DataRulesError(Exception):
    """Base of every error of this package; carries all problems of a run at once."""

    def __init__(self, *problems: Problem) -> None:
        self.problems: tuple[Problem, ...] = problems
        super().__init__("\n".join(map(str, problems)))

    @classmethod
    def single(cls, place: str, value: object, reason: str, remedy: str = "") -> DataRulesError:
        """Make an error with one problem."""
        return cls(Problem(place, str(value), reason, remedy))


class InputError(DataRulesError):
    """A question that cannot be asked as it stands."""


class DataError(DataRulesError):
    """Data that cannot be used."""


class QueryError(DataRulesError):
    """A query that is refused, malformed, or that ran out of time or rows."""


class ConfigError(DataRulesError):
    """A setting that does not work."""


LONGEST_WORD = 200
"""Characters up to which something may be a word misspelt."""


def nearest(word: str, known: Sequence[str], limit: int = 3) -> list[str]:
    """Return the known words closest to ``word``, best first (at most ``limit``); none for no word at all.

    Comparing takes as long as both are, so what is far longer than any word is not compared.
    """
    if len(word) > LONGEST_WORD:
        return []
    from rapidfuzz import fuzz, process

    found = process.extract(
        word.casefold(), known, scorer=fuzz.WRatio, processor=str.casefold, limit=limit, score_cutoff=60
    )
    return [match for match, _, _ in found]
