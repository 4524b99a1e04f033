"""All ordered pairs of one day: origins × destinations × data categories, as arrays.

Origins under the same law share one outlook and destinations that a law does not tell apart share one
class (`datarules.outlook`), so a day of 250 jurisdictions needs some thousand decisions; numpy spreads
them over the pairs. Every cell equals what `datarules.decide` answers for the same question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from . import vocab as v
from .forge import Forge
from .model import Value
from .outlook import Outlook, outlooks
from .rulebook import Cell, DayView, RuleBook
from .vocab import Status

STATUSES: tuple[Status, ...] = tuple(Status)
"""Statuses by the number that stands for them in the arrays: the scale in order, then what is off it."""
NUMBER = {status: number for number, status in enumerate(STATUSES)}
INTERNAL, CONTESTED, UNKNOWN = (NUMBER[s] for s in (Status.INTERNAL, Status.CONTESTED, Status.UNKNOWN))
NONE = -1
Progress = Callable[[int, int], None]
Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Frame:
    """What a matrix is about.

    Attributes:
        places: IRIs of the jurisdictions, in the order of rows and columns.
        categories: IRIs of the data categories, in the order of the first axis.
        purpose: IRI of the purpose of every transfer.
        sector: IRI of the sector of every transfer.
        facts: facts stated of every transfer (the profile), by name.
    """

    places: tuple[str, ...]
    categories: tuple[str, ...]
    purpose: str = v.ANY_PURPOSE
    sector: str = v.ANY_SECTOR
    facts: tuple[tuple[str, Value], ...] = ()

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Return the exact questions, one a category."""
        return tuple(Cell(category, self.purpose, self.sector) for category in self.categories)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return (categories, origins, destinations)."""
        return len(self.categories), len(self.places), len(self.places)


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Decisions for every ordered pair of one day.

    Attributes:
        frame: what it is about.
        day: ordinal of the day.
        release: version of the data.
        status: uint8 (categories, origins, destinations), numbers of `STATUSES`.
        best: likewise, the best over everything not stated.
        worst: likewise, the worst.
        route: int32, likewise shaped, places in ``rules`` of the freest route open, or `NONE`.
        obstacle: likewise, of the first prohibition that stands.
        capped: bool, whether only bounds could be given.
        rules: IRIs of the rules named.
    """

    frame: Frame
    day: int
    release: str
    status: Bytes
    best: Bytes
    worst: Bytes
    route: Numbers
    obstacle: Numbers
    capped: npt.NDArray[np.bool_]
    rules: tuple[str, ...]

    def on(self, day: int) -> Matrix:
        """Return the same matrix for another day on which no law had changed."""
        return replace(self, day=day)

    def of(self, category: str) -> int:
        """Return the place of a category on the first axis."""
        return self.frame.categories.index(category)


def frame(
    book: RuleBook,
    categories: Sequence[str] = (v.CATEGORY + "personal",),
    places: Iterable[str] | None = None,
    purpose: str = v.ANY_PURPOSE,
    sector: str = v.ANY_SECTOR,
    facts: Mapping[str, Value] | None = None,
) -> Frame:
    """Return a frame, with every jurisdiction in the order of codes unless places are given."""
    known = book.records.jurisdictions
    chosen = known if places is None else places
    return Frame(
        tuple(sorted(chosen, key=lambda iri: known[iri].code)),
        tuple(categories),
        purpose,
        sector,
        tuple(sorted((facts or {}).items())),
    )


def shared_categories(book: RuleBook) -> tuple[str, ...]:
    """Return the data categories all laws share, without the terms of art of single laws."""
    return tuple(sorted(c for c in book.records.categories if c.startswith(v.CATEGORY)))


class Sheet:
    """Arrays being filled, row by row; the rows of a day that are unchanged stay as they are."""

    def __init__(self, asked: Frame, rules: dict[str, int]) -> None:
        self.frame = asked
        self.rules = rules
        self.status, self.best, self.worst = (np.full(asked.shape, UNKNOWN, np.uint8) for _ in range(3))
        self.route, self.obstacle = (np.full(asked.shape, NONE, np.int32) for _ in range(2))
        self.capped = np.zeros(asked.shape, np.bool_)
        self._column = {place: number for number, place in enumerate(asked.places)}

    def _rule(self, iri: str) -> int:
        return self.rules.setdefault(iri, len(self.rules)) if iri else NONE

    def _spread(self, outlook: Outlook) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.int32]]:
        """Return the class of each column, and (categories, classes, 6) numbers of the outcomes."""
        shown = [c for c in outlook.classes if any(place in self._column for place in c.places)]
        column = np.zeros(len(self._column), np.intp)
        values = np.empty((len(self.frame.categories), len(shown), 6), np.int32)
        cells = self.frame.cells
        for number, one in enumerate(shown):
            column[[self._column[place] for place in one.places if place in self._column]] = number
            for row, cell in enumerate(cells):
                found = outlook.outcome(one, cell)
                values[row, number] = (
                    NUMBER[found.status],
                    NUMBER[found.best],
                    NUMBER[found.worst],
                    self._rule(found.route),
                    self._rule(found.obstacle),
                    found.capped,
                )
        return column, values

    def fill(self, rows: Iterable[tuple[str, Outlook]]) -> None:
        """Fill the rows of some origins."""
        known: dict[int, npt.NDArray[np.int32]] = {}
        kept: list[Outlook] = []
        for origin, outlook in rows:
            row = self._column[origin]
            spread = known.get(id(outlook))
            if spread is None:
                column, values = self._spread(outlook)
                spread = known[id(outlook)] = values[:, column, :]
                kept.append(outlook)
            arrays: tuple[npt.NDArray[Any], ...] = (
                self.status,
                self.best,
                self.worst,
                self.route,
                self.obstacle,
            )
            for axis, array in enumerate(arrays):
                array[:, row, :] = spread[:, :, axis]
                array[:, row, row] = INTERNAL if axis < 3 else NONE
            self.capped[:, row, :] = spread[:, :, 5]
            self.capped[:, row, row] = False

    def matrix(self, day: int, release: str) -> Matrix:
        """Return what has been filled in, as one day's matrix over the same arrays."""
        numbers = (self.status, self.best, self.worst)
        return Matrix(
            self.frame, day, release, *numbers, self.route, self.obstacle, self.capped, tuple(self.rules)
        )


def _watched(
    rows: Iterator[tuple[str, Outlook]], total: int, progress: Progress | None
) -> Iterator[tuple[str, Outlook]]:
    for number, row in enumerate(rows):
        yield row
        if progress:
            progress(number + 1, total)


def matrix(
    book: RuleBook, asked: Frame, day: int, progress: Progress | None = None, forge: Forge | None = None
) -> Matrix:
    """Decide every ordered pair of a frame on a day.

    Args:
        book: the compiled law.
        asked: the places, categories, purpose, sector and facts.
        day: ordinal of the day.
        progress: called with origins done and origins in all.
        forge: situations decided before under the same facts, to be used again.

    Returns:
        The matrix; the diagonal is ``internal``.
    """
    view: DayView = book.at(day)
    sheet = Sheet(asked, {})
    rows = outlooks(view, forge or Forge(book, dict(asked.facts)), asked.places)
    sheet.fill(_watched(iter(rows), len(asked.places), progress))
    return sheet.matrix(day, book.release)


def signs(numbers: Bytes) -> list[str]:
    """Return a square of numbers of `STATUSES` as one string a row, one digit a column."""
    return [(row + ord("0")).astype(np.uint8).tobytes().decode() for row in numbers]
