"""Lawful chains: from A by way of B to C, with A's rules on onward transfer carried along.

A chain is never read as A → C. Each step needs a lawful route under the law of the place it leaves, and
every legal order whose rule on onward transfer went with the data at an earlier step has its say on each
later one: a ban bars the step, a duty asks that the step be lawful under that order as well, as if the
data left from there. Where an earlier order has no such rule encoded, nothing is carried, and the chain
says so.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .decide import decide
from .model import Decision, Rule, Transfer, Value
from .pairs import Pair
from .rulebook import Cell, RuleBook
from .verdicts import RANK
from .vocab import SCALE, Action, Modality, Status
from .worlds import holds

LONGEST = 3
"""Most steps of a chain."""
KEPT = 5
"""Most chains returned."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A rule on onward transfer that goes with the data, and the place whose law it is."""

    rule: Rule
    origin: str


@dataclass(frozen=True, slots=True)
class Leg:
    """One step: the decision, the rules carried into it, and the level they leave it at."""

    origin: str
    destination: str
    decision: Decision
    carried: tuple[Carried, ...]
    barred_by: Carried | None
    status: Status


@dataclass(frozen=True, slots=True)
class Path:
    """A chain of steps; ``status`` is the heaviest step, ``silent`` the places whose law carries nothing."""

    legs: tuple[Leg, ...]
    status: Status
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chains:
    """The direct step, chains that are freer, and chains that fail only by a rule carried along."""

    direct: Path
    chains: tuple[Path, ...]
    barred: tuple[Path, ...]


class Walk:
    """Chains for one day and one kind of data.

    Args:
        book: the compiled law.
        day: ordinal of the day.
        cell: data category, purpose and sector.
        given: facts stated.
    """

    def __init__(
        self, book: RuleBook, day: int, cell: Cell, given: Mapping[str, Value] | None = None
    ) -> None:
        self.book = book
        self.day = day
        self.view = book.at(day)
        self.cell = cell
        self.given = dict(given or {})
        self._decisions: dict[tuple[str, str], Decision] = {}
        self._onward: dict[tuple[str, str], tuple[Carried, ...]] = {}

    def decision(self, origin: str, destination: str) -> Decision:
        """Return the decision for one step taken alone."""
        found = self._decisions.get((origin, destination))
        if found is None:
            asked = Transfer(
                origin,
                destination,
                (self.cell.data,),
                self.cell.purpose,
                self.cell.sector,
                tuple(sorted(self.given.items())),
            )
            found = self._decisions[origin, destination] = decide(self.book, asked, self.day)
        return found

    def onward(self, origin: str, first: str) -> tuple[Carried, ...]:
        """Return the rules on onward transfer that go with data sent from ``origin`` to ``first``."""
        found = self._onward.get((origin, first))
        if found is None:
            pair = Pair(self.view, origin, first)
            baseline = self.book.profile(self.cell.sector)
            entries = [
                entry
                for entry in pair.situation(self.cell).beside
                if entry.rule.action is Action.ONWARD_TRANSFER and holds(entry.when, self.given, baseline)
            ]
            found = self._onward[origin, first] = tuple(Carried(entry.rule, origin) for entry in entries)
        return found

    def _speaks_of(self, rule: Rule, place: str) -> bool:
        if not rule.onward_to:
            return True
        pair = Pair(self.view, place, place)
        return any(pair.reaches(self.view.covers(target, place), self.cell) for target in rule.onward_to)

    def leg(self, origin: str, destination: str, carried: tuple[Carried, ...]) -> Leg:
        """Return one step with what is carried into it."""
        found = self.decision(origin, destination)
        status = found.status
        barred: Carried | None = None
        for one in carried:
            if destination == one.origin or not self._speaks_of(one.rule, destination):
                continue
            if one.rule.modality is Modality.PROHIBITION:
                status, barred = Status.PROHIBITED, one
                break
            direct = self.decision(one.origin, destination).status
            if direct not in SCALE or status not in SCALE:
                status = status if status not in SCALE else direct
            elif RANK[direct] > RANK[status]:
                status = direct
                barred = one if direct is Status.PROHIBITED else barred
        return Leg(origin, destination, found, carried, barred, status)

    def path(self, places: Sequence[str]) -> Path:
        """Return a chain through given places.

        Args:
            places: two or more places, the origin first.
        """
        legs: list[Leg] = []
        silent: list[str] = []
        carried: tuple[Carried, ...] = ()
        for origin, destination in itertools.pairwise(places):
            legs.append(self.leg(origin, destination, carried))
            own = self.onward(origin, destination)
            inside = self.decision(origin, destination).status is Status.INTERNAL
            if not own and not inside and destination != places[-1]:
                silent.append(origin)
            carried = (*carried, *own)
        return Path(tuple(legs), _heaviest(leg.status for leg in legs), tuple(silent))

    def best(
        self, origin: str, destination: str, between: Iterable[str], longest: int = LONGEST, kept: int = KEPT
    ) -> Chains:
        """Return the direct step, the best chains round it, and chains that only a carried rule bars.

        Args:
            origin: IRI of the first place.
            destination: IRI of the last.
            between: places that may lie between.
            longest: most steps.
            kept: most chains of each kind.

        A chain of more steps is only listed where it is freer than every shorter one that does not rest on
        silence. Chains in which some earlier law carries nothing along come last: silence is not permission.
        """
        stops = [place for place in between if place not in (origin, destination)]
        direct = self.path((origin, destination))
        found: list[Path] = []
        bar = RANK.get(direct.status, len(SCALE))
        for steps in range(2, longest + 1):
            more = list(self._chains(origin, destination, stops, steps, bar))
            found += more
            bar = min([bar, *(RANK[p.status] for p in more if not p.silent)])
        found.sort(
            key=lambda p: (
                bool(p.silent),
                RANK[p.status],
                len(p.legs),
                [leg.destination for leg in p.legs],
            )
        )
        return Chains(
            direct, tuple(found[:kept]), tuple(self._barred(origin, destination, stops, direct))[:kept]
        )

    def _barred(self, origin: str, destination: str, stops: list[str], direct: Path) -> Iterator[Path]:
        """Yield two-step chains whose steps are freer than the direct one, each by itself, but for a carried rule."""
        worst = RANK.get(direct.status, len(SCALE))
        for stop in stops:
            steps = [self.decision(origin, stop).status, self.decision(stop, destination).status]
            if all(s in SCALE and RANK[s] < worst for s in steps):
                path = self.path((origin, stop, destination))
                if path.legs[-1].barred_by is not None:
                    yield path

    def _chains(
        self, origin: str, destination: str, stops: list[str], steps: int, bar: int
    ) -> Iterator[Path]:
        """Yield chains of some steps that are freer than ``bar``."""

        def freer(path: Path) -> bool:
            return path.status in SCALE and RANK[path.status] < bar

        frontier: list[tuple[str, ...]] = [(origin,)]
        for _ in range(steps - 1):
            frontier = [
                (*places, stop)
                for places in frontier
                for stop in stops
                if stop not in places and freer(self.path((*places, stop)))
            ]
        for places in frontier:
            path = self.path((*places, destination))
            if freer(path):
                yield path


def _heaviest(statuses: Iterable[Status]) -> Status:
    found = list(statuses)
    for status in (Status.PROHIBITED, Status.UNKNOWN, Status.CONTESTED):
        if status in found:
            return status
    return max(found, key=RANK.__getitem__)
