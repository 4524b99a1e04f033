"""One origin and one destination on one day: the rules that can bear on them, cell by cell.

A pair is compiled once. Data categories, purposes and sectors that no rule tells apart fall into the
same cell, so that the decision looks at each distinct situation once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .model import FALSE, TRUE, Expr, Membership, Rule, Scope, all_of, any_of, negate
from .rulebook import Cell, Chain, DayView
from .situations import Entry, Grid, Program, Situation, entries_of, left_out, situation_of
from .vocab import LOCALISATION, Action, Extent, Modality

BESIDE = (*LOCALISATION, Action.ONWARD_TRANSFER)
DECIDING = (Action.TRANSFER, Action.IMPORT)


def duties_of(view: DayView, order: str, action: Action) -> tuple[Mapping[str, Rule], Sequence[Rule]]:
    """Return the duties of an order on an action by IRI, and with them the rules that override one."""
    key = ("duties", order, action)
    found = view.memo.get(key)
    if not isinstance(found, tuple):
        decides = Modality.PROHIBITION if action in DECIDING else None
        rules = view.rules.get((order, action), ())
        duties = {rule.iri: rule for rule in rules if rule.modality not in (Modality.PERMISSION, decides)}
        beside = [r for r in rules if r.iri in duties or not r.overrides.isdisjoint(duties)]
        found = view.memo[key] = (duties, beside if duties else [])
    return found


class Pair:
    """Origin and destination on a day.

    ``answers`` and ``made`` are for what later steps compute about the pair and want to find again:
    decisions, and what decisions are made from.
    """

    def __init__(self, view: DayView, origin: str, destination: str) -> None:
        self.view = view
        self.origin = origin
        self.destination = destination
        self.book = view.book
        self.orders = self._grouped(view.orders_of(origin))
        self.target_orders = self._grouped(view.orders_of(destination))
        self._out = {
            end: {order: left_out(chains) for order, chains in orders.items()}
            for end, orders in ((destination, self.orders), (origin, self.target_orders))
        }
        self._shared = tuple(self.orders.keys() & self.target_orders.keys())
        self._situations: dict[Cell, Situation] = {}
        self._grids: dict[Cell, Grid] = {}
        self._lapsed: dict[Cell, tuple[Membership, ...]] = {}
        self.answers: dict[object, object] = {}
        self.made: dict[object, object] = {}

    @staticmethod
    def _grouped(found: Iterable[tuple[str, Chain]]) -> dict[str, list[Chain]]:
        grouped: dict[str, list[Chain]] = {}
        for order, chain in found:
            grouped.setdefault(order, []).append(chain)
        return grouped

    # -- expressions

    def _chain(self, chains: Iterable[Chain], cell: Cell) -> tuple[Expr, list[Membership]]:
        """Return when any of the chains holds in the cell, and the entries used."""
        alternatives: list[Expr] = []
        used: list[Membership] = []
        for chain in chains:
            if all(self.book.matches(entry.scope, cell) for entry in chain):
                alternatives.append(all_of(*(entry.when for entry in chain)))
                used += chain
        return any_of(*alternatives) if alternatives else FALSE, used

    def reaches(self, chains: Iterable[Chain], cell: Cell) -> bool:
        """Say whether an order that these entries bring can reach a cell at all."""
        chains = list(chains)
        return () in chains or self._chain(chains, cell)[0] != FALSE

    def within(self, order: str, opposite: dict[str, list[Chain]], cell: Cell) -> Expr:
        """Return when the other end lies in an order too, so that the data neither leave nor enter it."""
        return self._chain(opposite[order], cell)[0] if order in opposite else FALSE

    def inside(self, order: str, opposite: dict[str, list[Chain]], cell: Cell) -> Expr:
        """Return the same where being in the order together settles something: it has law on such data."""
        return self.within(order, opposite, cell) if self.view.speaks(order, cell.data) else FALSE

    def leaves_out(self, rule: Rule, other: str) -> bool:
        """Say whether a rule of an order is left out where the order reaches the end opposite ``other``."""
        return rule.iri in self._out[other].get(rule.order, ())

    def _places(self, targets: frozenset[str], place: str, cell: Cell) -> tuple[Expr, list[Membership]]:
        alternatives: list[Expr] = []
        used: list[Membership] = []
        for target in sorted(targets):
            expr, entries = self._chain(self.view.covers(target, place), cell)
            alternatives.append(expr)
            used += entries
        return any_of(*alternatives) if alternatives else FALSE, used

    def applies(self, rule: Rule, cell: Cell, other: str) -> tuple[Expr, tuple[Membership, ...]]:
        """Return when a rule bites in a cell, ``other`` being the place its destination speaks of."""
        if self.leaves_out(rule, other) or not self.book.matches(rule.scope, cell):
            return FALSE, ()
        when = rule.when
        lists: list[Membership] = []
        if rule.destinations:
            covered, lists = self._places(rule.destinations, other, cell)
            when = all_of(covered, when)
        if rule.not_destinations:
            excluded, _ = self._places(rule.not_destinations, other, cell)
            when = all_of(when, negate(excluded))
        return (FALSE, ()) if when == FALSE else (when, tuple(dict.fromkeys(lists)))

    # -- programs

    def _program(
        self,
        order: str,
        chains: list[Chain],
        opposite: dict[str, list[Chain]],
        action: Action,
        other: str,
        cell: Cell,
    ) -> Program:
        reach, _ = self._chain(chains, cell)
        within = self.within(order, opposite, cell)
        inside = self.inside(order, opposite, cell)
        found: list[tuple[Rule, Expr, tuple[Membership, ...]]] = []
        if reach != FALSE and within != TRUE:
            for rule in self.view.ordered(order, action):
                when, lists = self.applies(rule, cell, other)
                if when != FALSE:
                    found.append((rule, all_of(reach, when, negate(within)), lists))
        entries = entries_of(found)
        reviews = tuple(
            c
            for c in self.view.coverage.get(order, ())
            if c.extent is Extent.ADDS_NOTHING
            and c.action is action
            and (not c.data or not c.data.isdisjoint(self.book.broader[cell.data]))
        )
        return Program(order, action, reach, inside, entries, reviews)

    def _compile(self, cell: Cell) -> Situation:
        programs = [
            self._program(o, c, self.target_orders, Action.TRANSFER, self.destination, cell)
            for o, c in self.orders.items()
        ]
        programs += [
            program
            for order, chains in self.target_orders.items()
            if (
                program := self._program(order, chains, self.orders, Action.IMPORT, self.origin, cell)
            ).entries
        ]
        return situation_of(cell, programs, self.beside(cell))

    def beside(self, cell: Cell) -> list[Entry]:
        """Return the duties that stand beside the status of a cell, each with when it bites."""
        found: list[Entry] = []
        for order, chains in self.orders.items():
            reach, _ = self._chain(chains, cell)
            away = negate(self.within(order, self.target_orders, cell))
            if FALSE in (reach, away):
                continue
            for action in (*BESIDE, Action.TRANSFER):
                found += self._beside(order, action, all_of(reach, away), cell, self.destination)
        for order, chains in self.target_orders.items():
            if self.view.rules.get((order, Action.IMPORT)):
                reach, _ = self._chain(chains, cell)
                foreign = all_of(reach, negate(self.within(order, self.orders, cell)))
                if foreign != FALSE:
                    found += self._beside(order, Action.IMPORT, foreign, cell, self.origin)
        return found

    def _beside(self, order: str, action: Action, reach: Expr, cell: Cell, other: str) -> list[Entry]:
        """Duties that stand beside the status, less those a rule of the same order and action overrides.

        ``other`` is the place that destinations of the rules speak of: of data coming in, where they come from.
        """
        duties, rules = duties_of(self.view, order, action)
        if not any(self.book.matches(rule.scope, cell) for rule in duties.values()):
            return []
        found = [(rule, *self.applies(rule, cell, other)) for rule in rules]
        bites = {rule.iri: when for rule, when, _ in found if when != FALSE}
        entries = []
        for rule, when, lists in found:
            if when != FALSE and rule.iri in duties:
                lifted = [
                    negate(bites[other.iri])
                    for other, _, _ in found
                    if rule.iri in other.overrides and other.iri in bites
                ]
                entries.append(Entry(rule, all_of(reach, when, *lifted), (), lists))
        return entries

    # -- cells

    def situation(self, cell: Cell) -> Situation:
        """Return the compiled cell, shared with every cell that no rule tells apart from it."""
        found = self._situations.get(cell)
        if found is None:
            found = self._situations[cell] = self._compile(cell)
        return found

    def _scopes(self) -> list[Scope]:
        """Return every distinct scope of the rules, entries and reviews that can bear on this pair."""
        view = self.view
        places = [
            chain for chains in (*self.orders.values(), *self.target_orders.values()) for chain in chains
        ]
        rules: list[Rule] = []
        for order in self.orders:
            for action in (Action.TRANSFER, *BESIDE):
                rules += view.rules.get((order, action), ())
        for order in self.target_orders:
            rules += view.rules.get((order, Action.IMPORT), ())
        for target in dict.fromkeys(t for rule in rules for t in rule.destinations | rule.not_destinations):
            places += view.covers(target, self.destination) + view.covers(target, self.origin)
        scopes = dict.fromkeys(rule.scope for rule in rules)
        scopes.update(dict.fromkeys(entry.scope for chain in places for entry in chain))
        for order in self.orders:
            for review in view.coverage.get(order, ()):
                scopes[Scope(data=review.data)] = None
        return list(scopes)

    def situations(self, cell: Cell) -> Grid:
        """Return the asked cell first, then one for each narrower situation some rule tells apart.

        Narrower means: a narrower data category, purpose or sector that a rule in play names.
        """
        known = self._grids.get(cell)
        if known is None:
            known = self._grids[cell] = self._grid(cell)
        return known

    def _grid(self, cell: Cell) -> Grid:
        scopes = self._scopes()
        data = self._masks(cell.data, scopes, [s.data | s.not_data for s in scopes], data=True)
        purposes = self._masks(cell.purpose, scopes, [s.purposes for s in scopes])
        sectors = self._masks(cell.sector, scopes, [s.sectors for s in scopes])
        numbers: dict[int, int] = {}
        cells: list[Cell] = []
        places: dict[tuple[int, int, int], int] = {}
        for x, (data_mask, category) in enumerate(data.items()):
            for y, (purpose_mask, purpose) in enumerate(purposes.items()):
                for z, (sector_mask, sector) in enumerate(sectors.items()):
                    mask = data_mask & purpose_mask & sector_mask
                    if mask not in numbers:
                        numbers[mask] = len(cells)
                        cells.append(Cell(category, purpose, sector))
                    places[x, y, z] = numbers[mask]
        lines: dict[str, dict[tuple[int, ...], None]] = {}
        for number, axis in enumerate(("data", "purpose", "sector")):
            along: dict[tuple[int, ...], dict[int, None]] = {}
            for place, found in places.items():
                along.setdefault(place[:number] + place[number + 1 :], {})[found] = None
            lines[axis] = dict.fromkeys(tuple(sorted(line)) for line in along.values() if len(line) > 1)
        return Grid(
            tuple(self.situation(c) for c in cells), {axis: tuple(found) for axis, found in lines.items()}
        )

    def _masks(
        self, asked: str, scopes: list[Scope], named: list[frozenset[str]], data: bool = False
    ) -> dict[int, str]:
        """Map each distinct set of matching scopes to the first concept that gives it, the asked one first."""
        broader = self.book.broader
        found = {c for group in named for c in group if c in broader and asked in broader[c] and c != asked}
        if data:
            found |= self.view.silenced(asked, self._shared)
        inner = sorted(found)
        masks: dict[int, str] = {}
        for concept in (asked, *inner):
            mask = 0
            for number, scope in enumerate(scopes):
                if data:
                    hit = self.book.data_matches(scope, concept)
                else:
                    hit = self.book.axis_matches(named[number], concept)
                mask |= hit << number
            for number, order in enumerate(self._shared, len(scopes)):
                mask |= (not data or self.view.speaks(order, concept)) << number
            masks.setdefault(mask, concept)
        return masks

    def lapsed(self, cell: Cell) -> tuple[Membership, ...]:
        """Return list entries for the destination that have ended and that nothing on the same list replaces."""
        found = self._lapsed.get(cell)
        if found is None:
            found = self._lapsed[cell] = tuple(self._find_lapsed(cell))
        return found

    def _find_lapsed(self, cell: Cell) -> Iterable[Membership]:
        groups = {
            g
            for order in self.orders
            for r in self.view.rules.get((order, Action.TRANSFER), ())
            for g in r.destinations
        }
        while (
            inner := {
                e.member
                for g in groups
                for e in self.view.of_group.get(g, ())
                if e.member in self.book.records.groups
            }
            - groups
        ):
            groups |= inner
        for group in sorted(groups):
            ended = [
                entry
                for entry in self.book.ended.get(group, ())
                if entry.end <= self.view.day
                and self.book.matches(entry.scope, cell)
                and self.view.covers(entry.member, self.destination)
            ]
            if ended and not self.view.covers(group, self.destination):
                yield max(ended, key=lambda entry: (entry.end, entry.iri))
