"""One order's law on transfer on one day as conditions over a question: what Cedar and Rego are generated from.

Every rule becomes one formula over three kinds of atoms: a comparison with a stated fact, *the destination is
on a list*, *the data lie within a category*. Priority is compiled in: an overridden rule is conjoined with the
negation of each rule that overrides it, a permission cheaper than what a lifted ban asks for with the negation
of that lifting. So the engine needs no notion of priority: every satisfied permission carries the transfer,
every satisfied prohibition bars it.

Conditional list entries (such as a certified recipient) become lists of their own, with the condition in the
formula, so that a place can be an entity with fixed parents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from datarules import vocab as v
from datarules.model import TRUE, AllOf, AnyOf, Comparison, Expr, Membership, Not, Rule, Scope, Transfer
from datarules.rulebook import Chain, DayView, RuleBook
from datarules.vocab import Action, Modality, Status, Strength

from .finish import LEVELS


@dataclass(frozen=True, slots=True)
class OnList:
    """The destination is on a list (one of the lists made here, by number)."""

    number: int


@dataclass(frozen=True, slots=True)
class Within:
    """The data lie within a category."""

    category: str


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class No:
    """The part does not hold."""

    part: Formula


Formula = OnList | Within | Comparison | Every | Some | No
ALWAYS: Formula = Every(())


def every(parts: Iterable[Formula]) -> Formula:
    """Join by *and*; one part stays itself."""
    flat: dict[Formula, None] = {}
    for part in parts:
        flat.update(dict.fromkeys(part.parts if isinstance(part, Every) else (part,)))
    return next(iter(flat)) if len(flat) == 1 else Every(tuple(flat))


def some(parts: Iterable[Formula]) -> Formula:
    """Join by *or*; one part stays itself."""
    flat = tuple(dict.fromkeys(parts))
    return flat[0] if len(flat) == 1 else Some(flat)


def of_expr(expr: Expr) -> Formula:
    """Return the formula of a condition."""
    if isinstance(expr, Comparison):
        return expr
    if isinstance(expr, AllOf):
        return every(map(of_expr, expr.parts))
    if isinstance(expr, AnyOf):
        return some(map(of_expr, expr.parts))
    assert isinstance(expr, Not)
    return No(of_expr(expr.part))


@dataclass(frozen=True, slots=True)
class Policy:
    """One rule of the law: permit (with its level) or forbid, when the formula holds."""

    rule: Rule
    permit: bool
    when: Formula


class Law:
    """The policies of one order on one day, for the places that may be destinations.

    Attributes:
        policies: one per permission and per prohibition that is not the default (not permitted is denied).
        lists: destination → numbers of the lists it is on.
        facts: every fact the formulas compare, with a value that stands for *not stated*.
    """

    def __init__(self, book: RuleBook, order: str, day: int, destinations: Iterable[str]) -> None:
        self.book = book
        self.order = order
        self.view: DayView = book.at(day)
        self.destinations = tuple(destinations)
        self.lists: dict[str, list[int]] = {place: [] for place in self.destinations}
        self._numbers: dict[tuple[str, Formula], int] = {}
        rules = [
            r
            for r in self.view.rules[order, Action.TRANSFER]
            if r.modality is not Modality.OBLIGATION and self._any(r.scope)
        ]
        self.applies = {r.iri: self._applies(r) for r in rules}
        self.rules = {r.iri: r for r in rules}
        self.stands: dict[str, Formula] = {}
        for rule in rules:
            self._stand(rule)
        default_bans = [self.stands[r.iri] for r in rules if _ban(r) and r.strength is Strength.RESIDUAL]
        self.policies = tuple(self._policies(default_bans))
        self.facts = {c.fact: c for p in self.policies for c in atoms(p.when)}

    def _any(self, scope: Scope) -> bool:
        """Say whether a scope takes in any purpose and sector: the questions here name none."""
        return self.book.axis_matches(scope.purposes, v.ANY_PURPOSE) and self.book.axis_matches(
            scope.sectors, v.ANY_SECTOR
        )

    def _scope(self, scope: Scope) -> list[Formula]:
        found: list[Formula] = []
        if scope.data:
            found.append(some(Within(c) for c in sorted(scope.data)))
        return found + [No(Within(c)) for c in sorted(scope.not_data)]

    def _entry(self, entry: Membership) -> Formula | None:
        if not self._any(entry.scope):
            return None
        return every([*self._scope(entry.scope), *([] if entry.when == TRUE else [of_expr(entry.when)])])

    def _on(self, target: str) -> Formula:
        """Return *the destination is covered by a list or larger place*, one made list per condition."""
        ways: dict[Formula, None] = {}
        for place in self.destinations:
            for chain in self.view.covers(target, place):
                condition = self._chain(chain)
                if condition is None:
                    continue
                key = (target, condition)
                number = self._numbers.setdefault(key, len(self._numbers))
                if number not in self.lists[place]:
                    self.lists[place].append(number)
                ways[every([OnList(number), condition])] = None
        return some(ways)

    def _chain(self, chain: Chain) -> Formula | None:
        parts = [self._entry(e) for e in dict.fromkeys(chain)]
        return None if None in parts else every(p for p in parts if p is not None)

    def _applies(self, rule: Rule) -> Formula:
        parts = self._scope(rule.scope)
        if rule.destinations:
            parts.append(some(self._on(t) for t in sorted(rule.destinations)))
        parts += [No(self._on(t)) for t in sorted(rule.not_destinations)]
        if rule.when != TRUE:
            parts.append(of_expr(rule.when))
        return every(parts)

    def _stand(self, rule: Rule) -> Formula:
        """Return when a rule applies and no standing rule overrides it."""
        found = self.stands.get(rule.iri)
        if found is None:
            beaten = [
                No(every([self._stand(o), *(_measures(o) if _ban(rule) else ())]))
                for o in self.rules.values()
                if rule.iri in o.overrides
            ]
            found = self.stands[rule.iri] = every([self.applies[rule.iri], *beaten])
        return found

    def _policies(self, default_bans: list[Formula]) -> Iterable[Policy]:
        floors = {level: list(self._lifted(level)) for level in range(1, len(LEVELS))}
        for rule in self.rules.values():
            stands = self.stands[rule.iri]
            if not _ban(rule):
                residual = rule.strength is Strength.RESIDUAL
                parts = [stands, *_measures(rule)]
                parts += [No(f) for f in default_bans if residual]
                parts += [No(f) for level, fs in floors.items() if level > rule.level for f in fs]
                yield Policy(rule, True, every(parts))
            elif rule.strength is not Strength.RESIDUAL:
                yield Policy(rule, False, stands)

    def _lifted(self, level: int) -> Iterable[Formula]:
        """Yield when a ban is lifted by a permission of this level and by none cheaper."""
        for ban in self.rules.values():
            if _ban(ban) and ban.strength is not Strength.RESIDUAL:
                lifters = [o for o in self.rules.values() if ban.iri in o.overrides and not _ban(o)]
                these = [every([self._stand(o), *_measures(o)]) for o in lifters if o.level == level]
                cheaper = [No(every([self._stand(o), *_measures(o)])) for o in lifters if o.level < level]
                if these:
                    yield every([self.applies[ban.iri], some(these), *cheaper])


def _ban(rule: Rule) -> bool:
    return rule.modality is Modality.PROHIBITION


def _measures(rule: Rule) -> list[Formula]:
    return [Comparison(name, "eq", True) for name in rule.requires]


def atoms(formula: Formula) -> tuple[Comparison, ...]:
    """Return every comparison in a formula."""
    if isinstance(formula, Comparison):
        return (formula,)
    if isinstance(formula, No):
        return atoms(formula.part)
    if isinstance(formula, Every | Some):
        return tuple(c for part in formula.parts for c in atoms(part))
    return ()


def context(law: Law, transfer: Transfer) -> dict[str, bool | int]:
    """Return the facts an engine is told: those stated; a measure not mentioned can be taken."""
    stated = dict(transfer.facts)
    facts = law.book.records.facts
    return {
        name: stated.get(name, True if facts[name].measure else facts[name].kind(0)) for name in law.facts
    }


def verdict(law: Law, permits: Iterable[str], forbids: Iterable[str]) -> Status | None:
    """Return the level of the freest satisfied permission; nothing where the transfer is denied."""
    if any(True for _ in forbids):
        return None
    levels = [law.rules[iri].level for iri in permits]
    return LEVELS[min(levels)] if levels else None


def expected(status: Status) -> Status | None:
    """Return what an engine without *contested* and *unknown* should say: denied for both."""
    return status if status in LEVELS else None


def parents(law: Law, categories: Mapping[str, object]) -> dict[str, list[str]]:
    """Return each category with all that is broader, itself left out."""
    return {c: sorted(law.book.broader[c] - {c}) for c in categories}
