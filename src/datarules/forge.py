"""Situations decided once and found again by their content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from .model import Expr, Membership, Value, all_of
from .rulebook import Cell, RuleBook
from .situations import Program, situation_of
from .verdicts import RANK, ROUTE_LEVELS, Table
from .vocab import SCALE, Modality, Status, Strength


@dataclass(frozen=True, slots=True)
class Single:
    """The answer for one situation."""

    status: Status
    statuses: frozenset[Status]
    route: str
    obstacle: str
    capped: bool


class Forge:
    """Situations already decided, for one set of facts stated of every transfer.

    Args:
        book: the compiled law.
        given: the facts by name.
    """

    def __init__(self, book: RuleBook, given: Mapping[str, Value] | None = None) -> None:
        self.book = book
        self.given = dict(given or {})
        self._refused = frozenset(name for name, value in self.given.items() if value is False)
        self._numbers: dict[object, int] = {}
        self._ways: dict[str, tuple[tuple[int, Expr], ...]] = {}
        self._singles: dict[object, Single] = {}

    def number(self, thing: object) -> int:
        """Return a number that stands for a thing, the same for equal things."""
        return self._numbers.setdefault(thing, len(self._numbers) + 1)

    def way(self, entry: Membership) -> tuple[tuple[int, Expr], ...]:
        """Return the way that one entry without scope opens, the same object each time."""
        found = self._ways.get(entry.iri)
        if found is None:
            found = self._ways[entry.iri] = ((0, all_of(entry.when)),)
        return found

    def single(self, key: object, programs: Callable[[], Iterable[Program]], sector: str) -> Single:
        """Return the answer for the situation of a key in the profile of a sector, deciding it if it is new."""
        profile = self.book.profile(sector)
        whole = key if profile is self.book.baseline else (key, sector)
        found = self._singles.get(whole)
        if found is None:
            found = self._singles[whole] = self._decide(programs(), profile)
        return found

    def _decide(self, programs: Iterable[Program], profile: Mapping[str, bool]) -> Single:
        situation = situation_of(Cell("", "", ""), programs)
        unmet = situation.measures & self._refused
        table = Table(situation, profile, unmet)
        if table.capped:
            table = Table(situation, profile, unmet, self.given)
        place, status, statuses = table.outcome(self.given)
        route, obstacle = _shown(table, 1 << place, status)
        return Single(status, statuses, route, obstacle, table.capped)


def _shown(table: Table, bit: int, status: Status) -> tuple[str, str]:
    """Return the freest route and the first prohibition of one world, as a decision shows them first."""
    routes: list[tuple[int, str]] = []
    obstacle = ""
    given_way = RANK.get(status, len(SCALE)) <= RANK[Status.RECOGNISED]
    for verdict in table.verdicts:
        for entry, stands, carries in zip(
            verdict.program.entries, verdict.stands, verdict.carries, strict=True
        ):
            rule = entry.rule
            if rule.modality is Modality.PERMISSION:
                if carries & bit:
                    routes.append((RANK[ROUTE_LEVELS[rule.level]], rule.iri))
            elif not obstacle and stands & bit and not (given_way and rule.strength is Strength.RESIDUAL):
                obstacle = rule.iri
    return (min(routes)[1] if routes else ""), obstacle
