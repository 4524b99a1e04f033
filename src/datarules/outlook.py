"""One origin looking out: what its law says to every destination at once.

Destinations that the law of an origin does not tell apart share one class. A situation is decided at most
once, whoever asks: its key is its content, so it is found again for another origin, class, category or
day. The decision itself is that of `datarules.verdicts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .forge import Forge, Single
from .model import FALSE, TRUE, Coverage, Expr, Rule, Scope, all_of, any_of, negate
from .pairs import BESIDE
from .rulebook import Cell, Chain, DayView
from .situations import Program, entries_of, left_out
from .verdicts import span
from .vocab import Action, Extent, Status

Ways = tuple[tuple[int, Expr], ...]
"""Ways into an order or onto a list: the scopes that must match (as bits), and when the entries hold."""
EVERYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer towards one class of destinations: under the profile, and over everything not stated.

    ``route`` is the freest route now open, ``obstacle`` the first prohibition that stands (IRIs, or empty).
    """

    status: Status
    best: Status
    worst: Status
    route: str
    obstacle: str
    capped: bool


@dataclass(frozen=True, slots=True)
class _Strand:
    """The rules of one order on one action: where they reach, and which reviews found nothing."""

    number: int
    order: str
    action: Action
    rules: tuple[Rule, ...]
    bits: tuple[int, ...]
    reach: Ways
    reviews: tuple[tuple[int, Coverage], ...]
    relevant: int
    speaks: int = 0
    bound: frozenset[int] = frozenset()
    """Places of the rules that hold for some destinations only."""


@dataclass(slots=True)
class Class:
    """Destinations the origin's law does not tell apart."""

    number: int
    covers: dict[str, Ways]
    inside: dict[str, Ways]
    imports: tuple[_Strand, ...]
    relevant: int
    named: frozenset[Scope]
    places: list[str] = field(default_factory=list)


class Outlook:
    """The law of one origin on one day, towards every destination.

    Args:
        view: the law of the day.
        origin: the origin.
        forge: where decided situations are kept.
    """

    def __init__(self, view: DayView, origin: str, forge: Forge) -> None:
        self.view = view
        self.origin = origin
        self.forge = forge
        self._bits: dict[Scope | str, int] = {}
        self._scopes_of: dict[int, frozenset[Scope]] = {}
        self._memo: dict[object, object] = {}
        self.orders: dict[str, list[Chain]] = {}
        for order, chain in view.orders_of(origin):
            self.orders.setdefault(order, []).append(chain)
        strands = [self._strand(o, Action.TRANSFER, chains) for o, chains in self.orders.items()]
        within = view.within()
        self.strands = tuple(s for s in strands if s.rules or s.reviews or len(within.get(s.order, ())) > 1)
        self.targets = tuple(
            sorted({t for s in strands for r in s.rules for t in r.destinations | r.not_destinations})
        )
        self._named = frozenset(
            rule.scope
            for order in self.orders
            for action in (Action.TRANSFER, *BESIDE)
            for rule in view.rules.get((order, action), ())
        ) | frozenset(e.scope for chains in self.orders.values() for chain in chains for e in chain)
        self._relevant = 0
        for strand in self.strands:
            self._relevant |= strand.relevant
        self._classes: tuple[Class, ...] | None = None

    @property
    def key(self) -> object:
        """Origins with equal keys on one day have the same outlook, so one serves for all."""
        imports = [
            tuple(
                self._ways(self.view.covers(t, self.origin))
                for t in sorted(rule.destinations | rule.not_destinations)
            )
            for order in self.view.importers()
            for rule in self.view.ordered(order, Action.IMPORT)
        ]
        own = tuple(
            (s.number, s.order if len(self.view.within().get(s.order, ())) > 1 else "") for s in self.strands
        )
        return own, self._named, tuple(imports), tuple(o for o in self.view.importers() if o in self.orders)

    @property
    def classes(self) -> tuple[Class, ...]:
        """The classes of destinations, made when first asked for."""
        if self._classes is None:
            self._classes = self._partition()
        return self._classes

    # -- scopes, ways, strands

    def _bit(self, scope: Scope) -> int:
        return 0 if scope == EVERYWHERE else self._bits.setdefault(scope, 1 << len(self._bits))

    def _union_bit(self, order: str) -> int:
        """Return the bit that says whether a union has law on the data of a situation; 0 for other orders."""
        place = self.view.book.records.jurisdictions.get(order)
        if place is None or not place.union:
            return 0
        return self._bits.setdefault(order, 1 << len(self._bits))

    def _ways(self, chains: Sequence[Chain]) -> Ways:
        if len(chains) == 1 and len(chains[0]) == 1 and chains[0][0].scope == EVERYWHERE:
            return self.forge.way(chains[0][0])
        found: dict[tuple[int, Expr], None] = {}
        for chain in chains:
            bits = 0
            for entry in chain:
                bits |= self._bit(entry.scope)
            found[bits, all_of(*(entry.when for entry in chain))] = None
        return tuple(found)

    def _strand(self, order: str, action: Action, chains: Sequence[Chain]) -> _Strand:
        out = left_out(chains)
        rules = tuple(r for r in self.view.ordered(order, action) if r.iri not in out)
        bits = tuple(self._bit(rule.scope) for rule in rules)
        reach = self._ways(chains)
        reviews = tuple(
            (self._bit(Scope(data=review.data)), review)
            for review in self.view.coverage.get(order, ())
            if review.extent is Extent.ADDS_NOTHING and review.action is action
        )
        relevant = speaks = self._union_bit(order)
        for more in (*bits, *(b for b, _ in reach), *(b for b, _ in reviews)):
            relevant |= more
        alone = not rules and len(self.view.within().get(order, ())) < 2
        shown = tuple((bit, c.data) if alone else c.iri for bit, c in reviews)
        key = ("" if alone else order, action, tuple(r.iri for r in rules), bits, reach, shown)
        bound = frozenset(n for n, r in enumerate(rules) if r.destinations or r.not_destinations)
        number = self.forge.number(key)
        return _Strand(number, order, action, rules, bits, reach, reviews, relevant, speaks, bound)

    @staticmethod
    def _when(ways: Ways, mask: int) -> Expr:
        """Return when any of the ways is open in a situation."""
        return any_of(*(when for bits, when in ways if bits & mask == bits)) if ways else FALSE

    # -- classes

    def _partition(self) -> tuple[Class, ...]:
        view = self.view
        within = view.within()
        marks: dict[str, list[tuple[str, str, Ways]]] = {}
        for target in self.targets:
            for place, chains in view.taken_in(target).items():
                marks.setdefault(place, []).append(("covers", target, self._ways(chains)))
        for strand in self.strands:
            inside = within.get(strand.order, {})
            for place, chains in inside.items() if len(inside) > 1 else ():
                marks.setdefault(place, []).append(("inside", strand.order, self._ways(chains)))
        for order in view.importers():
            for place, chains in within.get(order, {}).items():
                marks.setdefault(place, []).append(("imports", order, self._ways(chains)))
                marks[place] += [("without", rule, ()) for rule in sorted(left_out(chains))]
        found: dict[object, Class] = {}
        for place in view.book.records.jurisdictions:
            key = tuple(marks.get(place, ()))
            if key not in found:
                found[key] = self._class(len(found), place, key)
            found[key].places.append(place)
        return tuple(found.values())

    def _class(self, number: int, place: str, marks: tuple[tuple[str, str, Ways], ...]) -> Class:
        view = self.view
        covers = {name: ways for kind, name, ways in marks if kind == "covers"}
        inside = {name: ways for kind, name, ways in marks if kind == "inside"}
        chains = {
            name: [chain for order, chain in view.orders_of(place) if order == name]
            for kind, name, _ in marks
            if kind == "imports"
        }
        imports = tuple(self._strand(order, Action.IMPORT, found) for order, found in chains.items())
        relevant = self._relevant
        named: set[Scope] = set()
        for ways in (*covers.values(), *inside.values()):
            for bits, _ in ways:
                relevant |= bits
        for strand in imports:
            relevant |= strand.relevant
            named.update(rule.scope for rule in strand.rules)
            for bits, _ in self._ways(self.orders.get(strand.order, ())):
                relevant |= bits
            for target in {t for rule in strand.rules for t in rule.destinations | rule.not_destinations}:
                for bits, _ in self._ways(view.covers(target, self.origin)):
                    relevant |= bits
        named.update(s for s, bit in self._bits.items() if bit & relevant and isinstance(s, Scope))
        return Class(number, covers, inside, imports, relevant, frozenset(named) | self._named)

    # -- situations

    def _mask(self, concept: str, axis: str) -> int:
        """Return the scopes that take in a concept on one axis, as bits."""
        key = ("mask", axis, concept)
        found = self._memo.get(key)
        if not isinstance(found, int):
            book, found = self.view.book, 0
            for scope, bit in self._bits.items():
                if isinstance(scope, str):
                    hit = axis != "data" or self.view.speaks(scope, concept)
                elif axis == "data":
                    hit = book.data_matches(scope, concept)
                else:
                    hit = book.axis_matches(scope.purposes if axis == "purpose" else scope.sectors, concept)
                found |= bit if hit else 0
            self._memo[key] = found
        return found

    def _inner(self, named: frozenset[Scope], asked: str, axis: str) -> tuple[str, ...]:
        """Return the concepts narrower than the one asked about that some scope names."""
        key = ("inner", named, asked, axis)
        found = self._memo.get(key)
        if not isinstance(found, tuple):
            broader = self.view.book.broader
            concepts: set[str] = set()
            for scope in named:
                concepts |= (
                    scope.data | scope.not_data
                    if axis == "data"
                    else scope.purposes
                    if axis == "purpose"
                    else scope.sectors
                )
            if axis == "data":
                concepts |= self.view.silenced(asked, (o for o in self._bits if isinstance(o, str)))
            found = self._memo[key] = tuple(
                c for c in sorted(concepts) if c != asked and c in broader and asked in broader[c]
            )
        return found

    def _grid(self, target: Class, cell: Cell) -> tuple[int, frozenset[int]]:
        """Return the situation asked about and every narrower one, each as the scopes that match it."""
        key = ("grid", target.named, target.relevant, cell)
        found = self._memo.get(key)
        if not isinstance(found, tuple):
            first: list[int] = []
            every: set[int] = {target.relevant}
            for axis in ("data", "purpose", "sector"):
                asked = getattr(cell, axis)
                masks = {self._mask(c, axis) for c in self._inner(target.named, asked, axis)}
                first.append(self._mask(asked, axis))
                masks.add(first[-1])
                every = {one & other for one in every for other in masks}
            found = (first[0] & first[1] & first[2] & target.relevant, frozenset(every))
            self._memo[key] = found
        return found

    def _own(self, strand: _Strand, mask: int) -> tuple[int, tuple[int, ...], Expr, tuple[Coverage, ...]]:
        """Return what a situation takes of a strand whatever the destination, with a number for all of it."""
        key = (strand.number, mask & strand.relevant)
        found = self._memo.get(key)
        if not isinstance(found, tuple):
            reach = self._when(strand.reach, mask)
            taken = (
                tuple(n for n, bits in enumerate(strand.bits) if bits & mask == bits)
                if reach != FALSE
                else ()
            )
            reviews = tuple(c for bits, c in strand.reviews if bits & mask == bits)
            number = self.forge.number((strand.number, taken, reach, tuple(c.iri for c in reviews)))
            found = self._memo[key] = (number, taken, reach, reviews)
        return found

    def _covered(self, rule: Rule, covers: Mapping[str, Ways], mask: int) -> Expr:
        when = TRUE
        if rule.destinations:
            when = any_of(*(self._when(covers.get(t, ()), mask) for t in sorted(rule.destinations)))
        if rule.not_destinations and when != FALSE:
            excluded = any_of(*(self._when(covers.get(t, ()), mask) for t in sorted(rule.not_destinations)))
            when = all_of(when, negate(excluded))
        return when

    def _bound(
        self, target: Class, strand: _Strand, mask: int, inside: Ways, covers: Mapping[str, Ways]
    ) -> tuple[int, Expr, tuple[tuple[int, Expr], ...]]:
        """Return the rules a situation takes of a strand towards a class, with a number; 0 for nothing at all.

        The second is when the other end lies in the order too, for data of which that settles anything.
        """
        key = (target.number, strand.number, mask & target.relevant)
        found = self._memo.get(key)
        if not isinstance(found, tuple):
            number, taken, _, reviews = self._own(strand, mask)
            within = self._when(inside, mask)
            rules = tuple(
                (n, all_of(when, negate(within)))
                for n in (taken if within != TRUE else ())
                if (when := self._covered(strand.rules[n], covers, mask) if n in strand.bound else TRUE)
                != FALSE
            )
            if strand.speaks & mask != strand.speaks:
                within = FALSE
            speaks = rules or reviews or within != FALSE
            found = (self.forge.number((number, within, rules)) if speaks else 0, within, rules)
            self._memo[key] = found
        return found

    def _program(
        self, target: Class, strand: _Strand, mask: int, inside: Ways, covers: Mapping[str, Ways]
    ) -> Program:
        _, _, reach, reviews = self._own(strand, mask)
        _, within, rules = self._bound(target, strand, mask, inside, covers)
        entries = entries_of(
            [
                (rule, when, ())
                for n, covered in rules
                if (when := all_of(reach, covered, (rule := strand.rules[n]).when)) != FALSE
            ]
        )
        return Program(strand.order, strand.action, reach, within, entries, reviews)

    def _single(self, target: Class, mask: int, sector: str) -> Single:
        parts = [(s, target.inside.get(s.order, ()), target.covers) for s in self.strands]
        for strand in target.imports:
            from_here = {
                t: self._ways(self.view.covers(t, self.origin))
                for rule in strand.rules
                for t in rule.destinations | rule.not_destinations
            }
            parts.append((strand, self._ways(self.orders.get(strand.order, ())), from_here))
        numbered = [(self._bound(target, part[0], mask, part[1], part[2])[0], part) for part in parts]
        key = tuple([number for number, _ in numbered if number])

        def programs() -> Iterable[Program]:
            for number, (strand, inside, covers) in numbered:
                if number:
                    made = self._program(target, strand, mask, inside, covers)
                    if strand.action is Action.TRANSFER or made.entries:
                        yield made

        return self.forge.single(key, programs, sector)

    def status(self, target: Class, cell: Cell) -> Status:
        """Return the status alone towards one class of destinations: that of `outcome`, without its range."""
        asked = self._mask(cell.data, "data") & self._mask(cell.purpose, "purpose")
        asked &= self._mask(cell.sector, "sector") & target.relevant
        return self._single(target, asked, cell.sector).status

    def outcome(self, target: Class, cell: Cell) -> Outcome:
        """Return the answer towards one class of destinations for a category, purpose and sector."""
        asked, every = self._grid(target, cell)
        key = ("outcome", target.number, asked, every, cell.sector)
        found = self._memo.get(key)
        if not isinstance(found, Outcome):
            main = self._single(target, asked, cell.sector)
            singles = [main, *(self._single(target, m, cell.sector) for m in every if m != asked)]
            best, worst = span(set().union(*(s.statuses for s in singles)))
            capped = any(s.capped for s in singles)
            found = Outcome(main.status, best, worst, main.route, main.obstacle, capped)
            self._memo[key] = found
        return found


def outlooks(view: DayView, forge: Forge, origins: Iterable[str]) -> Iterable[tuple[str, Outlook]]:
    """Yield each origin with its outlook; origins under the same law share one."""
    shared: dict[object, Outlook] = {}
    for origin in origins:
        one = Outlook(view, origin, forge)
        yield origin, shared.setdefault(one.key, one)
