"""A slow, literal reading of the semantics in CONTRIBUTING, section 2: the second opinion.

It looks at one world at a time, with plain booleans and no compiled form, and shares no code with the
decision but the records themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from datarules.model import AllOf, AnyOf, Comparison, Expr, Membership, Not, Rule, Scope, Transfer, Value
from datarules.rulebook import RuleBook
from datarules.vocab import Action, Extent, Modality, Status, Strength

LEVELS = [Status.FREE, Status.RECOGNISED, Status.SAFEGUARDS, Status.AUTHORISATION, Status.DEROGATION]
ORDER = [Status.INTERNAL, *LEVELS, Status.PROHIBITED]
Facts = Mapping[str, Value]


def true_in(expr: Expr, facts: Facts) -> bool:
    if isinstance(expr, Comparison):
        value, wanted = facts[expr.fact], expr.value
        return {
            "gt": value > wanted,
            "gteq": value >= wanted,
            "lt": value < wanted,
            "lteq": value <= wanted,
            "eq": value == wanted,
            "neq": value != wanted,
        }[expr.operator]
    if isinstance(expr, Not):
        return not true_in(expr.part, facts)
    if isinstance(expr, AllOf):
        return all(true_in(p, facts) for p in expr.parts)
    return any(true_in(p, facts) for p in expr.parts)


def asked(expr: Expr) -> Iterator[Comparison]:
    if isinstance(expr, Comparison):
        yield expr
    elif isinstance(expr, Not):
        yield from asked(expr.part)
    elif isinstance(expr, AllOf | AnyOf):
        for part in expr.parts:
            yield from asked(part)


@dataclass(frozen=True)
class World:
    """One way everything could be: the law of a day, an exact kind of transfer, and every fact known."""

    book: RuleBook
    day: int
    data: str
    purpose: str
    sector: str
    facts: Facts
    seen: dict[str, list[Membership]] = field(default_factory=dict, compare=False)

    def above(self, iri: str, kind: str) -> set[str]:
        scheme = getattr(self.book.records, kind)
        reached = {iri}
        while True:
            more = {b for i in reached for b in scheme[i].broader}
            more |= {c.iri for c in scheme.values() if reached & set(c.narrow_matches)}
            if more <= reached:
                return reached
            reached |= more

    def in_scope(self, scope: Scope) -> bool:
        data = self.above(self.data, "categories")
        return (
            (not scope.data or bool(scope.data & data))
            and not scope.not_data & data
            and (not scope.purposes or bool(scope.purposes & self.above(self.purpose, "purposes")))
            and (not scope.sectors or bool(scope.sectors & self.above(self.sector, "sectors")))
        )

    def entries(self) -> list[Membership]:
        if "entries" not in self.seen:
            self.seen["entries"] = [
                m
                for m in self.book.records.memberships.values()
                if m.start <= self.day < m.end and self.in_scope(m.scope) and true_in(m.when, self.facts)
            ]
        return self.seen["entries"]

    def orders(self, place: str) -> set[str]:
        found, grow = {place}, [place]
        while grow:
            here = grow.pop()
            for m in self.entries():
                if m.member == here and m.group in self.book.records.jurisdictions and m.group not in found:
                    found.add(m.group)
                    if not m.extension:
                        grow.append(m.group)
        return found

    def on(self, target: str, place: str) -> bool:
        if target == place:
            return True
        plain = [m for m in self.entries() if not m.extension]
        if any(m.group == target and self.on(m.member, place) for m in plain):
            return True
        members = [
            m.member
            for m in self.book.records.memberships.values()
            if m.group == place and not m.extension and m.scope == Scope() and m.start <= self.day < m.end
        ]
        return (
            target in self.book.records.groups
            and place in self.book.records.jurisdictions
            and len(members) > 1
            and all(self.on(target, member) for member in members)
        )

    def bites(self, rule: Rule, other: str) -> bool:
        return (
            rule.in_force(self.day)
            and self.in_scope(rule.scope)
            and true_in(rule.when, self.facts)
            and (not rule.destinations or any(self.on(d, other) for d in rule.destinations))
            and not any(self.on(d, other) for d in rule.not_destinations)
        )

    def left_out(self, rule: Rule, place: str) -> bool:
        """Whether every entry by which a place is under an order, whatever its scope, leaves a rule out."""
        ways = [
            m
            for m in self.book.records.memberships.values()
            if m.group == rule.order and m.member == place and m.start <= self.day < m.end
        ]
        return place != rule.order and bool(ways) and all(rule.iri in m.leaves_out for m in ways)

    def one_order(self, order: str, action: Action, subject: str, other: str, given: Facts) -> Status | None:
        """The answer of one order; nothing where it is silent."""
        rules = [
            r
            for r in self.book.records.rules.values()
            if r.order == order
            and r.action is action
            and not r.commitment
            and r.modality is not Modality.OBLIGATION
            and self.bites(r, other)
            and not self.left_out(r, subject)
        ]
        usable = {r.iri: all(given.get(m) is not False for m in r.requires) for r in rules}
        stands: dict[str, bool] = {}

        def beats(a: Rule, b: Rule) -> bool:
            opens_a_ban = a.modality is Modality.PERMISSION and b.modality is Modality.PROHIBITION
            return b.iri in a.overrides and stand(a) and (usable[a.iri] or not opens_a_ban)

        def stand(rule: Rule) -> bool:
            if rule.iri not in stands:
                stands[rule.iri] = not any(beats(other_rule, rule) for other_rule in rules)
            return stands[rule.iri]

        up = [r for r in rules if stand(r)]
        bans = [r for r in up if r.modality is Modality.PROHIBITION]
        routes = [r for r in up if r.modality is Modality.PERMISSION and usable[r.iri]]
        special = [r for r in routes if r.strength is not Strength.RESIDUAL]
        if any(r.strength is Strength.STRICT for r in bans):
            return Status.PROHIBITED
        if any(r.strength is Strength.DEFEASIBLE for r in bans):
            return Status.CONTESTED if special else Status.PROHIBITED
        closed = any(r.strength is Strength.RESIDUAL for r in bans)
        open_routes = special if closed else routes
        if not open_routes:
            refused = any(r.modality is Modality.PERMISSION and not usable[r.iri] for r in up)
            return Status.PROHIBITED if closed or refused else None
        level = min(r.level for r in open_routes)
        for ban in rules:
            if ban.modality is Modality.PROHIBITION and ban.strength is not Strength.RESIDUAL:
                keys = [r.level for r in routes if ban.iri in r.overrides]
                if keys:
                    level = max(level, min(keys))
        return LEVELS[level]

    def settles(self, order: str) -> bool:
        """Whether both ends in an order settles a transfer: for a union only of data it has law on."""
        if not self.book.records.jurisdictions[order].union:
            return True
        data = [
            r.scope.data
            for r in self.book.records.rules.values()
            if r.order == order and r.action is Action.TRANSFER and not r.commitment and r.in_force(self.day)
        ]
        data += [
            c.data
            for c in self.book.records.coverages.values()
            if c.order == order
            and c.extent is Extent.ADDS_NOTHING
            and c.action is Action.TRANSFER
            and c.start <= self.day < c.end
        ]
        above = self.above(self.data, "categories")
        return any(
            not concepts or any(c in above or self.data in self.above(c, "categories") for c in concepts)
            for concepts in data
        )

    def status(self, transfer: Transfer) -> Status:
        """The answer of all orders together."""
        given = dict(transfer.facts)
        here, there = self.orders(transfer.origin), self.orders(transfer.destination)
        sent = [
            self.one_order(o, Action.TRANSFER, transfer.origin, transfer.destination, given)
            for o in here - there
        ]
        received = [
            self.one_order(o, Action.IMPORT, transfer.destination, transfer.origin, given)
            for o in there - here
        ]
        if Status.PROHIBITED in (*sent, *received):
            return Status.PROHIBITED
        shared = any(self.settles(order) for order in here & there)
        reviewed = self.reviewed(here)
        if set(sent) <= {None} and not shared and not reviewed:
            return Status.UNKNOWN
        for status in (Status.CONTESTED, *reversed(LEVELS)):
            if status in (*sent, *received):
                return status
        return Status.INTERNAL if shared else Status.FREE

    def reviewed(self, orders: set[str]) -> bool:
        """Whether a review of one of some orders says that it adds nothing on transfers of these data."""
        data = self.above(self.data, "categories")
        for review in self.book.records.coverages.values():
            held = review.start <= self.day < review.end and (not review.data or bool(review.data & data))
            found_nothing = review.extent is Extent.ADDS_NOTHING and review.action is Action.TRANSFER
            if held and review.order in orders and found_nothing:
                return True
        return False


@dataclass(frozen=True)
class Literal:
    """What the literal reading says of a transfer."""

    status: Status
    best: Status
    worst: Status
    deciding: frozenset[str]


def narrower(book: RuleBook, top: str, kind: str) -> list[str]:
    world = World(book, 0, "", "", "", {})
    return sorted(i for i in getattr(book.records, kind) if top in world.above(i, kind))


def fact_values(book: RuleBook, given: Facts) -> dict[str, list[Value]]:
    """Every value of every circumstance some statement asks about that makes a difference."""
    values: dict[str, set[Value]] = {}
    statements: list[Rule | Membership] = [*book.records.rules.values(), *book.records.memberships.values()]
    for statement in statements:
        for test in asked(statement.when):
            some = values.setdefault(test.fact, set())
            if type(test.value) is bool:
                some.update((False, True))
            else:
                some.update(n for n in (0, test.value - 1, test.value, test.value + 1) if n >= 0)
    return {f: [given[f]] if f in given else sorted(some) for f, some in sorted(values.items())}


def in_sector(book: RuleBook, fact: str, sector: str) -> bool:
    """Whether the profile takes a circumstance to hold in a sector."""
    return bool(book.records.facts[fact].assumed_in & World(book, 0, "", "", "", {}).above(sector, "sectors"))


def literal(book: RuleBook, transfer: Transfer, day: int) -> Literal:
    """Decide by looking at every world, one at a time (one data category)."""
    given = dict(transfer.facts)
    values = fact_values(book, given)
    kinds = ("categories", "purposes", "sectors")
    tops = (transfer.data[0], transfer.purpose, transfer.sector)
    axes = [narrower(book, top, kind) for top, kind in zip(tops, kinds, strict=True)]
    answers: dict[tuple[tuple[str, ...], tuple[Value, ...]], Status] = {}
    for cell in product(*axes):
        for choice in product(*values.values()):
            world = World(book, day, cell[0], cell[1], cell[2], dict(zip(values, choice, strict=True)))
            answers[cell, choice] = world.status(transfer)
    base = tuple(given.get(f, book.baseline.get(f, 0) or in_sector(book, f, transfer.sector)) for f in values)
    found = set(answers.values())
    on_scale = [s for s in ORDER if s in found]
    off = [s for s in (Status.UNKNOWN, Status.CONTESTED) if s in found]
    deciding = set()
    for number, fact in enumerate(values):
        lines: dict[object, set[Status]] = {}
        for (cell, choice), status in answers.items():
            lines.setdefault((cell, choice[:number] + choice[number + 1 :]), set()).add(status)
        if any(len(line) > 1 for line in lines.values()):
            deciding.add(fact)
    for number, axis in enumerate(("data", "purpose", "sector")):
        lines = {}
        for (cell, choice), status in answers.items():
            lines.setdefault((cell[:number] + cell[number + 1 :], choice), set()).add(status)
        if any(len(line) > 1 for line in lines.values()):
            deciding.add(axis)
    worst = off[0] if off else on_scale[-1]
    status = worst if transfer.open else answers[tops, base]
    return Literal(status, on_scale[0] if on_scale else off[-1], worst, frozenset(deciding))
