"""What each party to a planned scenario would have to change in its law, with the articles and what it costs.

For a new route: the closed default each order would put it beside, the list it could use instead, and, for
pairs that stay shut once the scenario holds, the smallest change that would open them too. For a ban: the
routes it would shut. For what ends: whose act it is. Every statement rests on deciding; costs are those of
`datarules.costs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from .builder import BAN, LOCALISE, Plan
from .costs import ADMINISTRATIVE, STATUTE, TREATY, Costs, class_of, own_list, subordinate
from .model import Rule, Value
from .obstacles import Bench, Change
from .rulebook import Cell, DayView, RuleBook
from .verdicts import RANK
from .vocab import ANY_PURPOSE, ANY_SECTOR, SCALE, Action, Modality, Status, Strength

Progress = Callable[[int, int], None]
KINDS = ("route", "list", "open", "law", "still-shut", "act", "shuts", "ends")
SHUT = 400
"""Most pairs that stay shut whose remaining obstacles are looked for."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something one legal order would have to do, or what it would do to its own law.

    Attributes:
        order: IRI of the order.
        kind: ``route`` (a new route beside the closed default ``statement``), ``list`` (an entry on the list
            ``what`` that the route ``statement`` names would do instead), ``open`` (its default ``statement``
            is open: nothing is needed), ``law`` (no default is encoded), ``still-shut`` (``change`` is needed
            as well, for the pairs of places in ``origins`` and ``towards``), ``act`` (a new ban or duty),
            ``shuts`` (the ban shuts the route ``statement``), ``ends`` (``statement`` ends).
        parties: IRIs of the parties it is done for.
        statement: IRI of the rule or entry concerned; empty for none.
        what: IRI of a list; empty for none.
        change: the further change, for ``still-shut``.
        act: class of the act (`datarules.costs.CLASSES`), or empty where nothing is done.
        cost: its weight.
        origins: IRIs of the origins of pairs that stay shut.
        towards: IRIs of their destinations.
    """

    order: str
    kind: str
    parties: tuple[str, ...]
    statement: str = ""
    what: str = ""
    change: Change | None = None
    act: str = ""
    cost: float = 0.0
    origins: tuple[str, ...] = ()
    towards: tuple[str, ...] = ()


def required(
    before: RuleBook,
    after: RuleBook,
    plan: Plan,
    facts: Mapping[str, Value] | None = None,
    weights: Costs | None = None,
    progress: Progress | None = None,
) -> list[Step]:
    """Return what the parties would have to change, in the order of parties.

    Args:
        before: the law as it is.
        after: the law as the plan imagines it.
        plan: the plan.
        facts: facts stated of every transfer.
        weights: costs of the classes of change.
        progress: called with pairs done and pairs in all; what it raises ends the work.
    """
    made = _Steps(before, plan, weights or Costs())
    steps: list[Step] = []
    for order, parties in made.by_order().items():
        steps += made.of_order(order, parties)
    if plan.opens:
        steps += made.still_shut(after, dict(facts or {}), progress)
    elif plan.kind == BAN:
        steps += made.shuts(dict(facts or {}))
    return [*steps, *made.ends()]


class _Steps:
    def __init__(self, before: RuleBook, plan: Plan, weights: Costs) -> None:
        self.before, self.plan, self.weights = before, plan, weights
        self.day = plan.start.toordinal()
        self.view: DayView = before.at(self.day)
        first = (next(iter(plan.purposes), ANY_PURPOSE), next(iter(plan.sectors), ANY_SECTOR))
        self.cells = [Cell(category, *first) for category in plan.data]

    def by_order(self) -> dict[str, tuple[str, ...]]:
        """Return the orders that get a rule, each with the parties it is for."""
        found: dict[str, list[str]] = {}
        for party in self.plan.parties:
            for order in self.plan.orders[party]:
                found.setdefault(order, []).append(party)
        return {order: tuple(parties) for order, parties in found.items()}

    def of_order(self, order: str, parties: tuple[str, ...]) -> Iterator[Step]:
        """Yield what one order does."""
        if self.plan.kind in (BAN, LOCALISE):
            yield Step(order, "act", parties, act=STATUTE, cost=self.weights.of(STATUTE))
            return
        if not self.plan.opens:
            return
        defaults = [r for r in self._rules(order) if r.strength is Strength.RESIDUAL]
        for rule in defaults:
            if rule.modality is Modality.PERMISSION:
                yield Step(order, "open", parties, rule.iri)
                continue
            change = Change("recognition", rule.iri, self.plan.level.value)
            act = class_of(self.before, change)
            yield Step(order, "route", parties, rule.iri, "", change, act, self.weights.of(act))
        if not defaults:
            yield Step(order, "law", parties, act=STATUTE, cost=self.weights.of(STATUTE))
        if any(rule.modality is Modality.PROHIBITION for rule in defaults):
            yield from self._lists(order, parties)

    def _rules(self, order: str) -> list[Rule]:
        """Return the rules of an order on transfers of the plan's data."""
        return [
            rule
            for rule in self.view.ordered(order, Action.TRANSFER)
            if any(self.before.matches(rule.scope, cell) for cell in self.cells)
        ]

    def _lists(self, order: str, parties: tuple[str, ...]) -> Iterator[Step]:
        """Yield the lists of its own that would do instead."""
        seen: set[str] = set()
        for rule in self._rules(order):
            free = RANK[SCALE[1 + rule.level]] <= RANK[self.plan.level]
            if rule.modality is not Modality.PERMISSION or not free:
                continue
            for group in sorted(rule.destinations & self.before.records.groups.keys()):
                if own_list(self.before, group) and group not in seen:
                    seen.add(group)
                    cost = self.weights.of(ADMINISTRATIVE)
                    yield Step(order, "list", parties, rule.iri, group, None, ADMINISTRATIVE, cost)

    # -- pairs

    def pairs(self) -> list[tuple[str, str]]:
        """Return the ordered pairs of places the plan is about: parties towards whom it names."""
        towards: dict[str, None] = {}
        known = self.before.records.jurisdictions
        for target in self.plan.towards or tuple(p for p in known if not known[p].union):
            inside = (
                self.view.taken_in(target) if target not in known or known[target].union else {target: []}
            )
            towards.update((p, None) for p in inside if p in known and not known[p].union)
        return [(a, b) for a in self.plan.parties for b in towards if a != b and not self._within(a, b)]

    def _within(self, one: str, other: str) -> bool:
        return any(order == one for order, _ in self.view.orders_of(other))

    def still_shut(
        self, after: RuleBook, facts: dict[str, Value], progress: Progress | None
    ) -> Iterator[Step]:
        """Yield the smallest further changes for pairs that stay shut, pairs with the same change together."""
        view, found = after.at(self.day), dict[Change, list[tuple[str, str]]]()
        pairs = self.pairs()
        for number, (origin, destination) in enumerate(pairs):
            for cell in self.cells if sum(map(len, found.values())) < SHUT else ():
                bench = Bench(view, origin, destination, cell, facts)
                for change in self._cheapest(after, bench):
                    found.setdefault(change, []).append((origin, destination))
            if progress:
                progress(number + 1, len(pairs))
        for change, places in found.items():
            act = class_of(after, change)
            origins = tuple(dict.fromkeys(a for a, _ in places))
            towards = tuple(dict.fromkeys(b for _, b in places))
            order = after.records.rules[change.rule].order
            yield Step(
                order,
                "still-shut",
                origins,
                change.rule,
                change.what,
                change,
                act,
                self.weights.of(act),
                origins,
                towards,
            )

    def _cheapest(self, after: RuleBook, bench: Bench) -> Iterable[Change]:
        """Return the cheapest set of changes of law that opens a pair that is shut."""
        ways = [way.changes for way in bench.ways(self.plan.level, 2)]
        law = [changes for changes in ways if all(change.kind != "fact" for change in changes)]
        return min(
            law, key=lambda way: (sum(self.weights.of(class_of(after, c)) for c in way), way), default=()
        )

    def shuts(self, facts: dict[str, Value]) -> Iterator[Step]:
        """Yield the routes that carried what a ban forbids."""
        found: dict[str, dict[str, list[str]]] = {}
        for origin, destination in self.pairs()[: SHUT * 10]:
            for cell in self.cells:
                bench = Bench(self.view, origin, destination, cell, facts)
                for rule in _carrying(bench):
                    found.setdefault(rule.order, {}).setdefault(rule.iri, []).append(origin)
        for order, rules in found.items():
            for iri, origins in sorted(rules.items()):
                yield Step(order, "shuts", tuple(dict.fromkeys(origins)), iri)

    def ends(self) -> Iterator[Step]:
        """Yield whose act it is to end what ends."""
        records = self.before.records
        for iri in self.plan.ends:
            if rule := records.rules.get(iri):
                act = ADMINISTRATIVE if subordinate(self.before, rule) else STATUTE
                yield Step(rule.order, "ends", (rule.order,), iri, act=act, cost=self.weights.of(act))
                continue
            group = records.memberships[iri].group
            owner = next((p for p in records.jurisdictions if group.startswith(p + "/")), group)
            act = ADMINISTRATIVE if own_list(self.before, group) else TREATY
            yield Step(owner, "ends", (owner,), iri, group, act=act, cost=self.weights.of(act))


def _carrying(bench: Bench) -> list[Rule]:
    """Return the open routes of the freest status, where there is one."""
    if bench.status not in SCALE or bench.status in (Status.INTERNAL, Status.PROHIBITED):
        return []
    return [
        entry.rule
        for program in bench.situation.programs
        for entry in program.entries
        if program.action is Action.TRANSFER
        and entry.rule.modality is Modality.PERMISSION
        and SCALE[1 + entry.rule.level] is bench.status
    ]
