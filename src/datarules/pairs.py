"""One origin and one destination on one day: the rules that can bear on them, cell by cell.

A pair is compiled once. Data categories, purposes and sectors that no rule tells apart fall into the
same cell, so that the decision looks at each distinct situation once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .model import (
    FALSE,
    TRUE,
    Comparison,
    Coverage,
    Expr,
    Membership,
    Rule,
    all_of,
    any_of,
    comparisons,
    negate,
)
from .rulebook import Cell, Chain, DayView
from .vocab import LOCALISATION, Action, Extent, Modality


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule in a cell: when it bites, which entries of the order's program override it."""

    rule: Rule
    when: Expr
    overridden_by: tuple[int, ...]
    lists: tuple[Membership, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """The rules of one order on one action in a cell, overriding rules before overridden ones."""

    order: str
    action: Action
    reach: Expr
    inside: Expr
    entries: tuple[Entry, ...]
    nothing_added: tuple[Coverage, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """A cell compiled: programs that decide, entries that stand beside, comparisons that matter."""

    cell: Cell
    programs: tuple[Program, ...]
    beside: tuple[Entry, ...]
    tests: tuple[Comparison, ...]
    measures: frozenset[str]


@dataclass(frozen=True, slots=True)
class Grid:
    """The situations a question takes in, the asked one first.

    ``lines`` holds, for each of data, purpose and sector, the sets of situations (by number) that differ
    on that axis alone.
    """

    situations: tuple[Situation, ...]
    lines: dict[str, tuple[tuple[int, ...], ...]]


BESIDE = (*LOCALISATION, Action.ONWARD_TRANSFER)


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
        return self._chain(chains, cell)[0] != FALSE

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
        if not self.book.matches(rule.scope, cell):
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
        inside, _ = self._chain(opposite.get(order, ()), cell)
        found: list[tuple[Rule, Expr, tuple[Membership, ...]]] = []
        if reach != FALSE and inside != TRUE:
            for rule in self.view.rules[order, action]:
                if rule.modality is not Modality.OBLIGATION:
                    when, lists = self.applies(rule, cell, other)
                    if when != FALSE:
                        found.append((rule, all_of(reach, when, negate(inside)), lists))
        ordered = _topological(found)
        position = {rule.iri: number for number, (rule, _, _) in enumerate(ordered)}
        entries = tuple(
            Entry(
                rule,
                when,
                tuple(sorted(position[other.iri] for other, _, _ in ordered if rule.iri in other.overrides)),
                lists,
            )
            for rule, when, lists in ordered
        )
        reviews = tuple(
            c
            for c in self.view.coverage[order]
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
        beside = []
        for order, chains in self.orders.items():
            reach, _ = self._chain(chains, cell)
            inside, _ = self._chain(self.target_orders.get(order, ()), cell)
            if reach == FALSE or inside == TRUE:
                continue
            for action in (*BESIDE, Action.TRANSFER):
                beside += self._beside(order, action, all_of(reach, negate(inside)), cell)
        asked = dict.fromkeys(
            t
            for p in programs
            for e in (p.reach, p.inside, *(x.when for x in p.entries))
            for t in comparisons(e)
        )
        asked.update(dict.fromkeys(t for e in beside for t in comparisons(e.when)))
        measures = frozenset(f for p in programs for e in p.entries for f in e.rule.requires)
        return Situation(cell, tuple(programs), tuple(beside), tuple(asked), measures)

    def _beside(self, order: str, action: Action, reach: Expr, cell: Cell) -> list[Entry]:
        """Duties that stand beside the status, less those a rule of the same order and action overrides."""
        found = [
            (rule, *self.applies(rule, cell, self.destination)) for rule in self.view.rules[order, action]
        ]
        bites = {rule.iri: when for rule, when, _ in found if when != FALSE}
        entries = []
        for rule, when, lists in found:
            decides = action is Action.TRANSFER and rule.modality is Modality.PROHIBITION
            if when != FALSE and rule.modality is not Modality.PERMISSION and not decides:
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

    def _statements(self) -> list[Rule | Membership]:
        found: dict[str, Rule | Membership] = {}
        places = [
            chain for chains in (*self.orders.values(), *self.target_orders.values()) for chain in chains
        ]
        for order in self.orders:
            for action in (Action.TRANSFER, *BESIDE):
                found.update((r.iri, r) for r in self.view.rules[order, action])
        for order in self.target_orders:
            found.update((r.iri, r) for r in self.view.rules[order, Action.IMPORT])
        for rule in list(found.values()):
            if isinstance(rule, Rule):
                for target in rule.destinations | rule.not_destinations:
                    places += self.view.covers(target, self.destination) + self.view.covers(
                        target, self.origin
                    )
        found.update((entry.iri, entry) for chain in places for entry in chain)
        return list(found.values())

    def situations(self, cell: Cell) -> Grid:
        """Return the asked cell first, then one for each narrower situation some rule tells apart.

        Narrower means: a narrower data category, purpose or sector that a rule in play names.
        """
        known = self._grids.get(cell)
        if known is None:
            known = self._grids[cell] = self._grid(cell)
        return known

    def _grid(self, cell: Cell) -> Grid:
        statements = self._statements()
        data = self._masks(
            cell.data, statements, [s.scope.data | s.scope.not_data for s in statements], data=True
        )
        purposes = self._masks(cell.purpose, statements, [s.scope.purposes for s in statements])
        sectors = self._masks(cell.sector, statements, [s.scope.sectors for s in statements])
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
        self, asked: str, statements: list[Rule | Membership], named: list[frozenset[str]], data: bool = False
    ) -> dict[int, str]:
        """Map each distinct set of matching statements to the first concept that gives it, the asked one first."""
        broader = self.book.broader
        inner = sorted(
            {c for group in named for c in group if c in broader and asked in broader[c] and c != asked}
        )
        masks: dict[int, str] = {}
        for concept in (asked, *inner):
            mask = 0
            for number, statement in enumerate(statements):
                if data:
                    hit = self.book.data_matches(statement.scope, concept)
                else:
                    hit = self.book.axis_matches(named[number], concept)
                mask |= hit << number
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
            for r in self.view.rules[order, Action.TRANSFER]
            for g in r.destinations
        }
        while (
            inner := {
                e.member
                for g in groups
                for e in self.view.of_group[g]
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


def _topological(
    found: list[tuple[Rule, Expr, tuple[Membership, ...]]],
) -> list[tuple[Rule, Expr, tuple[Membership, ...]]]:
    """Order rules so that whatever overrides comes first (the override graph has no circle)."""
    by_iri = {item[0].iri: item for item in found}
    beaters: dict[str, list[str]] = {iri: [] for iri in by_iri}
    for rule, _, _ in found:
        for beaten in rule.overrides & by_iri.keys():
            beaters[beaten].append(rule.iri)
    done: dict[str, None] = {}

    def visit(iri: str) -> None:
        if iri not in done:
            for beater in sorted(beaters[iri]):
                visit(beater)
            done[iri] = None

    for iri in sorted(by_iri):
        visit(iri)
    return [by_iri[iri] for iri in done]
