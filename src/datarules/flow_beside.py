"""What stands beside the status of every pair of a day: the duties that bite, and claims to the only place of data.

It is what `datarules.decide` shows as overlays that apply and as conflicts over location. Duties turn on a
destination only by the lists they name and the orders both ends lie in, so destinations that these do not tell
apart share one class, and most origins have no such duty at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from .beside import EXCLUSIVE, kind_of, location_clash
from .model import Decision, Rule, Value
from .pairs import BESIDE, Pair, duties_of
from .rulebook import Cell, DayView
from .situations import Entry
from .vocab import LOCALISATION, Action
from .worlds import holds

CLASH = "exclusive-location"
CLASHES = ("", "split", "infeasible")
"""What two claims to the only place of the same data come to, the heaviest last."""
Mark = tuple[str, tuple[object, ...]]


class Beside(NamedTuple):
    """What stands beside a status: IRIs of rules in order, and what the claims to one place come to."""

    localisation: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    clash: str = ""


NOTHING = Beside()


def _made(rules: Iterable[Rule], clash: str) -> Beside:
    known = {rule.iri: kind_of(rule) for rule in rules}
    places = LOCALISATION.values()
    local = tuple(sorted(iri for iri, kind in known.items() if kind in places))
    return Beside(local, tuple(sorted(known.keys() - set(local))), clash)


def of_decision(found: Decision) -> Beside:
    """Return what stands beside a decision and applies."""
    clashes = [one.resolution for one in found.conflicts if one.kind == CLASH]
    heaviest = max(clashes, key=CLASHES.index, default="")
    return _made((one.rule for one in found.overlays if one.now), heaviest)


def claimants(view: DayView, places: Iterable[str]) -> set[str]:
    """Return the places whose law claims to be the only place of some data: others' law changes what meets."""
    orders = {order for (order, action), rules in view.rules.items() if action in EXCLUSIVE and rules}
    return {place for place in places if any(order in orders for order, _ in view.orders_of(place))}


class Day:
    """The duties of a day, read once for all facts and combinations that ask.

    Args:
        view: the law of the day.
        places: those that are asked about.
        moved: places whose law may differ from the day before.
    """

    def __init__(self, view: DayView, places: Iterable[str], moved: frozenset[str]) -> None:
        self.view = view
        self.claiming = claimants(view, places)
        self.moved = moved & self.claiming
        self._origins: dict[str, Abreast] = {}

    def of(self, origin: str) -> Abreast:
        """Return the duties of one origin."""
        found = self._origins.get(origin)
        if found is None:
            found = self._origins[origin] = Abreast(self.view, origin)
        return found

    def meeting(self, origins: set[str], destinations: Iterable[str]) -> set[str]:
        """Return the origins whose claims meet others' that may have changed."""
        return self.claiming & origins if not self.moved.isdisjoint(destinations) else set()


class _Apart(NamedTuple):
    """What tells destinations apart: whether the origin's own law has duties, and the mark of each place."""

    own: bool
    marks: Mapping[str, tuple[Mark, ...]]


class Abreast:
    """The duties of one origin on one day towards every destination.

    Args:
        view: the law of the day.
        origin: the origin.
    """

    def __init__(self, view: DayView, origin: str) -> None:
        self.view = view
        self.origin = origin
        self.orders = list(dict.fromkeys(order for order, _ in view.orders_of(origin)))
        self._own = [
            rule
            for order in self.orders
            for action in (*BESIDE, Action.TRANSFER)
            for rule in duties_of(view, order, action)[0].values()
        ]
        self._foreign = [
            rule for order in view.importers() for rule in duties_of(view, order, Action.IMPORT)[0].values()
        ]
        self.silent = not self._own and not self._foreign
        self._told: dict[Cell, _Apart | None] = {}
        self._made: dict[object, _Apart] = {}
        self._entries: dict[object, list[Entry]] = {}

    def _apart(self, cell: Cell) -> _Apart | None:
        """Return what tells destinations apart for the duties about a cell; nothing where none is about it.

        Only rules about the cell, and those that override them, tell destinations apart.
        """
        if cell in self._told:
            return self._told[cell]
        matches = self.view.book.matches
        duties = [rule for rule in self._own if matches(rule.scope, cell)]
        foreign = dict.fromkeys(rule.order for rule in self._foreign if matches(rule.scope, cell))
        found: _Apart | None = None
        if duties or foreign:
            named: set[str] = set()
            for rule in duties:
                beaters = (r for r in self.view.rules[rule.order, rule.action] if rule.iri in r.overrides)
                for one in (rule, *beaters):
                    named |= one.destinations | one.not_destinations
            orders = tuple(dict.fromkeys((*self.orders, *foreign)) if duties else foreign)
            key = (bool(duties), orders, frozenset(named))
            found = self._made.get(key)
            if found is None:
                found = self._made[key] = _Apart(bool(duties), self._marks(sorted(named), orders))
        self._told[cell] = found
        return found

    def _marks(self, named: Sequence[str], orders: Sequence[str]) -> dict[str, tuple[Mark, ...]]:
        marks: dict[str, list[Mark]] = {}
        within = self.view.within()
        for name, found in (
            *((name, self.view.taken_in(name)) for name in named),
            *((order, within.get(order, {})) for order in orders),
        ):
            for place, chains in found.items():
                ways = tuple(
                    tuple((entry.scope, entry.when, entry.leaves_out) for entry in chain) for chain in chains
                )
                marks.setdefault(place, []).append((name, ways))
        return {place: tuple(found) for place, found in marks.items()}

    def classes(self, places: Sequence[str], cell: Cell) -> list[list[str]]:
        """Return the destinations in classes that the duties about a cell do not tell apart.

        Those that no such duty can be about are left out.
        """
        apart = self._apart(cell)
        if apart is None:
            return []
        found: dict[object, list[str]] = {}
        for place in places:
            found.setdefault(apart.marks.get(place, ()), []).append(place)
        if not apart.own:
            found.pop((), None)
        return list(found.values())

    def _bites(self, place: str, cell: Cell, given: Mapping[str, Value]) -> list[Rule]:
        """Return the duties that bite towards a destination."""
        apart = self._apart(cell)
        if apart is None:
            return []
        key = (apart.marks.get(place, ()), cell)
        entries = self._entries.get(key)
        if entries is None:
            entries = self._entries[key] = Pair(self.view, self.origin, place).beside(cell)
        baseline = self.view.book.profile(cell.sector)
        return [entry.rule for entry in entries if holds(entry.when, given, baseline)]

    def towards(
        self, day: Day, places: Sequence[str], cell: Cell, given: Mapping[str, Value]
    ) -> Iterable[tuple[Beside, list[str]]]:
        """Yield what stands beside the status towards the destinations of one class, with those it holds for.

        Args:
            day: the duties of others.
            places: the destinations.
            cell: data category, purpose and sector.
            given: facts stated of the transfers.
        """
        rules = self._bites(places[0], cell, given)
        clashing: set[str] = set()
        if any(rule.action in EXCLUSIVE for rule in rules):
            clashing = {
                place
                for place in day.claiming.intersection(places)
                if any(r.action in EXCLUSIVE for r in day.of(place)._bites(self.origin, cell, given))
            }
        if clashing:
            yield _made(rules, location_clash(self.view.book, (cell.data,))), sorted(clashing)
        if len(clashing) < len(places):
            yield _made(rules, ""), [place for place in places if place not in clashing]
