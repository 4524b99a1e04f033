"""Many decisions at once, as columns: one table of the day, from which every row is read.

For questions that share day, purpose, sector and facts. The table (`datarules.matrix`) is made once for the
places and categories that occur and holds what `datarules.decide` answers for each pair; a row is then two
look-ups. Where rows differ in their facts, group them, or decide one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import vocab as v
from .matrix import NONE, STATUSES, Matrix, frame, matrix
from .model import Value
from .rulebook import RuleBook
from .vocab import Status


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """Decisions by row.

    Attributes:
        status: uint8 (rows), numbers of `datarules.matrix.STATUSES`.
        best: likewise, the best over everything not stated.
        worst: likewise, the worst.
        rule: int32 (rows), places in ``rules`` of the freest route open, else of the first prohibition that
            stands, or `datarules.matrix.NONE`.
        rules: IRIs of the rules named.
    """

    status: npt.NDArray[np.uint8]
    best: npt.NDArray[np.uint8]
    worst: npt.NDArray[np.uint8]
    rule: npt.NDArray[np.int32]
    rules: tuple[str, ...]

    def statuses(self) -> list[Status]:
        """Return the status of each row."""
        return [STATUSES[number] for number in self.status]


class Desk:
    """The table of one day, read for as many rows as one likes.

    Args:
        book: the compiled law.
        day: ordinal of the day.
        categories: IRIs of the data categories that rows may have.
        places: IRIs of the jurisdictions that rows may have; all unless given.
        purpose: IRI of the purpose of every row.
        sector: IRI of the sector of every row.
        facts: facts stated of every row, by name.
    """

    def __init__(
        self,
        book: RuleBook,
        day: int,
        categories: Sequence[str],
        places: Sequence[str] | None = None,
        purpose: str = v.ANY_PURPOSE,
        sector: str = v.ANY_SECTOR,
        facts: Mapping[str, Value] | None = None,
    ) -> None:
        asked = frame(book, categories, places, purpose, sector, facts)
        self.table: Matrix = matrix(book, asked, day)
        self.place = {iri: number for number, iri in enumerate(asked.places)}
        self.category = {iri: number for number, iri in enumerate(asked.categories)}
        rule = np.where(self.table.route == NONE, self.table.obstacle, self.table.route)
        self._rule = rule.reshape(-1)
        self._flat = tuple(
            array.reshape(-1) for array in (self.table.status, self.table.best, self.table.worst)
        )

    def decide(
        self, origins: Sequence[str], destinations: Sequence[str], categories: Sequence[str]
    ) -> Decided:
        """Decide rows given as three columns of IRIs of equal length.

        Raises:
            KeyError: a place or category the table does not have.
        """
        size, count = len(origins), len(self.place)
        place, category = self.place.__getitem__, self.category.__getitem__
        cell = np.fromiter(map(category, categories), np.int64, size)
        cell *= count
        cell += np.fromiter(map(place, origins), np.int64, size)
        cell *= count
        cell += np.fromiter(map(place, destinations), np.int64, size)
        status, best, worst = (array.take(cell) for array in self._flat)
        return Decided(status, best, worst, self._rule.take(cell), self.table.rules)
