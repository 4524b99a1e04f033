"""The fit of a proposed mechanism: whom it would join, who would first need which change, what blocks it.

A proposed mechanism is a kind of route among some places. For each ordered pair the law of the origin is
looked at: is the pair at the level already, does a route of the kind carry it; if not, which single change
that belongs to the mechanism would let it (the destination put on the list the route names, the route
lightened, or a closed law given a new route for the members). Where none does, the standing bans and the
conflicts between the two laws are what blocks it. All changes together are then decided again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from .amend import amend
from .conflicts import UNRESOLVED, Clash, between
from .costs import Costs, class_of
from .effects import Grid, statuses
from .forge import Forge
from .matrix import NUMBER, Frame
from .mechanisms import accepting, routes
from .model import Rule
from .obstacles import Bench, Change
from .rulebook import RuleBook
from .verdicts import RANK
from .vocab import SCALE, Action, Modality, Status, Strength

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Need:
    """A change needed first, with its class and cost, the members it is needed by and those it is towards."""

    origins: tuple[str, ...]
    change: Change
    kind: str
    cost: float
    towards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """An ordered pair that no change of the mechanism opens: its status, standing bans and open conflicts."""

    origin: str
    destination: str
    status: Status
    bans: tuple[Rule, ...]
    clashes: tuple[Clash, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """How a proposed mechanism fits the law of a day.

    Attributes:
        kind: IRI of the kind of mechanism.
        members: IRIs of the places, in order.
        level: the level wanted.
        accepts: members under an order one of whose rules accepts the kind already.
        today: ordered pairs at the level today.
        carried: of these, the pairs that a route of the kind carries.
        mutual: mutual pairs today.
        needs: what is needed first, the cheapest first.
        blocked: pairs that stay shut.
        after: ordered pairs at the level once everything needed is done, decided again.
        after_mutual: mutual pairs then.
    """

    kind: str
    members: tuple[str, ...]
    level: Status
    accepts: tuple[str, ...]
    today: tuple[tuple[str, str], ...]
    carried: tuple[tuple[str, str], ...]
    mutual: int
    needs: tuple[Need, ...]
    blocked: tuple[Block, ...]
    after: int
    after_mutual: int


def _of_kind(rule: Rule, kind: str) -> bool:
    return rule.mechanism is not None and kind in (rule.mechanism.iri, *rule.mechanism.kinds)


def _there(status: Status, level: Status) -> bool:
    return status in SCALE and RANK[status] <= RANK[level]


def _own(bench: Bench, kind: str, level: Status) -> Iterator[Change]:
    """Yield the changes that belong to a mechanism, for one pair."""
    destination = bench.pair.destination
    rules = bench.view.book.records.rules
    for change in bench.candidates(level):
        if change.kind in ("listing", "burden") and _of_kind(rules[change.rule], kind):
            yield replace(change, place=destination) if change.kind == "listing" else change
    for program in bench.situation.programs:
        for entry in program.entries if program.action is Action.TRANSFER else ():
            rule = entry.rule
            closed = rule.modality is Modality.PROHIBITION and rule.strength is Strength.RESIDUAL
            if closed and not rule.destinations:
                yield Change("recognition", rule.iri, level.value, destination)


class _Fitting:
    def __init__(
        self, book: RuleBook, asked: Frame, day: int, kind: str, level: Status, weights: Costs
    ) -> None:
        self.book, self.asked, self.day, self.kind = book, asked, day, kind
        self.level, self.weights, self.view = level, weights, book.at(day)
        self.needs: dict[Change, list[tuple[str, str]]] = {}
        self.blocked: list[Block] = []
        self.today: list[tuple[str, str]] = []
        self.carried: list[tuple[str, str]] = []
        self.changes: dict[Change, None] = {}

    def look(self, origin: str, destination: str) -> None:
        """Look at one ordered pair."""
        cell, facts = self.asked.cells[0], dict(self.asked.facts)
        bench = Bench(self.view, origin, destination, cell, facts)
        if _there(bench.status, self.level):
            self.today.append((origin, destination))
            if any(_of_kind(rule, self.kind) for rule in routes(bench, self.level)):
                self.carried.append((origin, destination))
            return
        for _, change in sorted((self.price(c), c) for c in _own(bench, self.kind, self.level)):
            again = Bench(amend(self.book, [change], self.day).at(self.day), origin, destination, cell, facts)
            if _there(again.status, self.level):
                named = replace(change, place="") if change.kind in ("listing", "recognition") else change
                self.needs.setdefault(named, []).append((origin, destination))
                self.changes[change] = None
                return
        self._block(bench, origin, destination)

    def price(self, change: Change) -> float:
        """Return the cost of a change."""
        return self.weights.of(class_of(self.book, change))

    def _block(self, bench: Bench, origin: str, destination: str) -> None:
        cell = self.asked.cells[0]
        bans = tuple(
            entry.rule
            for program in bench.situation.programs
            for entry in program.entries
            if entry.rule.modality is Modality.PROHIBITION and entry.rule.strength is not Strength.RESIDUAL
        )
        clashes = between(self.view, origin, destination, cell.data, dict(self.asked.facts))
        met = tuple(c for c in clashes if c.now and c.resolution in UNRESOLVED)
        self.blocked.append(Block(origin, destination, bench.status, bans, met))


def fit(
    book: RuleBook,
    asked: Frame,
    day: int,
    kind: str,
    level: Status = Status.SAFEGUARDS,
    weights: Costs | None = None,
    progress: Progress | None = None,
) -> Fit:
    """Return how a mechanism of a kind among the places of a frame fits the law of a day.

    Args:
        book: the compiled law.
        asked: the members as places, one category, purpose, sector and facts.
        day: ordinal of the day.
        kind: IRI of the kind of mechanism.
        level: the level wanted.
        weights: costs of the classes of change.
        progress: called with pairs done and pairs in all; what it raises ends the work.
    """
    made = _Fitting(book, asked, day, kind, level, weights or Costs())
    pairs = [(a, b) for a in asked.places for b in asked.places if a != b]
    for number, (origin, destination) in enumerate(pairs):
        made.look(origin, destination)
        if progress:
            progress(number + 1, len(pairs))
    before = _grid(book, asked, day, level)
    after = _grid(amend(book, made.changes, day), asked, day, level)
    accepting_orders = {r.order for r in accepting(book.at(day), asked, lambda rule: _of_kind(rule, kind))}
    accepts = [p for p in asked.places if any(o in accepting_orders for o, _ in made.view.orders_of(p))]
    needs = [
        Need(
            tuple(sorted({a for a, _ in pairs})),
            change,
            class_of(book, change),
            made.price(change),
            tuple(sorted({b for _, b in pairs})),
        )
        for change, pairs in made.needs.items()
    ]
    needs.sort(key=lambda need: (need.cost, -len(need.towards), need.change))
    return Fit(
        kind,
        asked.places,
        level,
        tuple(accepts),
        tuple(made.today),
        tuple(made.carried),
        int((before & before.T).sum()) // 2,
        tuple(needs),
        tuple(made.blocked),
        int(after.sum()),
        int((after & after.T).sum()) // 2,
    )


def _grid(book: RuleBook, asked: Frame, day: int, level: Status) -> Grid:
    grid = np.asarray(statuses(book, asked, day, Forge(book, dict(asked.facts))) <= NUMBER[level])
    np.fill_diagonal(grid, False)
    return grid
