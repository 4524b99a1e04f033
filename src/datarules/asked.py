"""What a study is about, read from words: data, purpose, sector, day, facts and places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from . import ask, matrix
from . import islands as isles
from . import vocab as v
from .errors import InputError, Problem
from .model import Value
from .rulebook import Cell, RuleBook
from .vocab import SCALE, Status

ALL = "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a study is about, read from words.

    Attributes:
        cells: one exact question a data category.
        day: the day.
        facts: facts stated of every transfer.
        places: IRIs of places, in the order they were named.
    """

    cells: tuple[Cell, ...]
    day: date
    facts: dict[str, Value] = field(default_factory=dict)
    places: tuple[str, ...] = ()

    @property
    def cell(self) -> Cell:
        """Return the first question."""
        return self.cells[0]


def read(
    book: RuleBook,
    as_of: str | date,
    data: str | Sequence[str] = "personal",
    purpose: str = "any",
    sector: str = "any",
    facts: Mapping[str, Any] | None = None,
    places: Mapping[str, str] | None = None,
    one: bool = False,
) -> Asked:
    """Read what a study is about.

    Args:
        book: the rulebook, for what exists.
        as_of: the day.
        data: categories, separated by commas; ``all`` for every shared one.
        purpose: one purpose.
        sector: one sector.
        facts: name → yes/no or number.
        places: name of the field → code or name of a place.
        one: whether a single category is wanted.

    Raises:
        InputError: with every problem found.
    """
    question = ask.Question(book)
    records = book.records
    words = [w for part in ([data] if isinstance(data, str) else data) for w in part.split(",") if w.strip()]
    if words == [ALL]:
        categories = matrix.shared_categories(book)
    else:
        categories = question.concepts(
            words or ["personal"],
            "data",
            records.categories,
            v.CATEGORY,
            "datarules categories, or /v1/categories",
        )
    if one and len(words) > 1:
        question.problems.append(
            Problem(
                "data",
                ", ".join(words),
                "One data category is looked at here.",
                "Name one, such as personal.",
            )
        )
    axes = []
    for word, field_, scheme, space, top in (
        (purpose, "purpose", records.purposes, v.PURPOSE, v.ANY_PURPOSE),
        (sector, "sector", records.sectors, v.SECTOR, v.ANY_SECTOR),
    ):
        listing = f"datarules categories --{field_}s, or /v1/{field_}s"
        axes.append(next(iter(question.concepts([word or "any"], field_, scheme, space, listing)), top))
    stated = dict(question.facts(facts or {}))
    found = tuple(question.place(word, name) for name, word in (places or {}).items())
    day = ask.day_of(as_of, "as_of", question.problems)
    if question.problems or day is None:
        raise InputError(*question.problems)
    return Asked(tuple(Cell(c, axes[0], axes[1]) for c in categories), day, stated, found)


def level_of(word: str | Status) -> Status:
    """Return a level of the scale by name.

    Raises:
        InputError: there is no such level.
    """
    if isinstance(word, Status):
        return word
    known = {s.value: s for s in SCALE[1:]}
    if word.strip().casefold() not in known:
        raise InputError.single("level", word, "There is no such level.", f"Use one of: {', '.join(known)}.")
    return known[word.strip().casefold()]


def case_of(word: str) -> str:
    """Return which case to look at: ``status`` (the profile), ``best`` or ``worst``.

    Raises:
        InputError: there is no such case.
    """
    if word not in isles.CASES:
        raise InputError.single(
            "case", word, "There is no such case.", f"Use one of: {', '.join(isles.CASES)}."
        )
    return word
