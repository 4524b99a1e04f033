"""Bridges: the cheapest changes that make a pair compatible at a level, both ways.

Each direction is searched alone, since its programs are its own: sets of up to `LARGEST` changes, the
cheapest first, none of which contains another that does it too. The two directions are then joined so that
a change that serves both counts once. Whatever is shown has been decided again on the amended law as a
whole (`datarules.amend`). Candidates are those of `datarules.obstacles`, and the recognition of the
destination by a closed law that has no list to put it on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, islice, product
from math import inf

from .amend import amend, stated
from .costs import Costs, class_of, cost
from .model import Value
from .obstacles import Bench, Change
from .rulebook import Cell, RuleBook
from .verdicts import RANK
from .vocab import SCALE, Action, Modality, Status, Strength

LARGEST = 3
"""Most changes looked at together for one direction."""
SHOWN = 5
"""Ways shown for a direction, the cheapest first."""


@dataclass(frozen=True, slots=True)
class Span:
    """One way to bring a direction, or both, to a level.

    ``classes`` are those of the changes in order; ``statuses`` what each direction then is, decided again.
    """

    changes: tuple[Change, ...]
    classes: tuple[str, ...]
    cost: float
    statuses: tuple[Status, ...]


@dataclass(frozen=True, slots=True)
class Bridge:
    """A pair, and what would join it.

    Attributes:
        places: IRIs of the two places.
        level: the level wanted both ways.
        statuses: there and back, as the law stands.
        directions: ways for each direction, cheapest first; empty where it is there already or no small
            set of changes does it.
        both: the cheapest way for both; nothing where a direction has none, an empty set where none is needed.
    """

    places: tuple[str, str]
    level: Status
    statuses: tuple[Status, Status]
    directions: tuple[tuple[Span, ...], tuple[Span, ...]]
    both: Span | None


class _Direction:
    """The search for one direction."""

    def __init__(self, book: RuleBook, day: int, bench: Bench, level: Status, weights: Costs) -> None:
        self.book, self.day, self.level, self.weights = book, day, level, weights
        self.bench = bench
        destination = bench.pair.destination
        self.pool = [
            replace(c, place=destination) if c.kind == "listing" else c for c in bench.candidates(level)
        ]
        by_list = {book.records.rules[c.rule].order for c in self.pool if c.kind == "listing"}
        self.news = [
            Change("recognition", entry.rule.iri, _recognised(level), destination)
            for program in bench.situation.programs
            if program.action is Action.TRANSFER and program.order not in by_list
            for entry in program.entries
            if entry.rule.modality is Modality.PROHIBITION
            and entry.rule.strength is Strength.RESIDUAL
            and not entry.rule.destinations
        ]

    def there(self, status: Status) -> bool:
        """Say whether a status is at the level wanted, or freer."""
        return status in SCALE and RANK[status] <= RANK[self.level]

    def sets(self) -> list[tuple[float, tuple[Change, ...]]]:
        """Return every set of changes worth a look, the cheapest first."""
        price = {c: self.weights.of(class_of(self.book, c)) for c in (*self.news, *self.pool)}
        known = sorted((c for c in price if price[c] < inf), key=lambda c: (price[c], c))
        found = [
            (sum(price[c] for c in chosen), chosen)
            for size in range(1, LARGEST + 1)
            for chosen in combinations(known, size)
        ]
        return sorted(found, key=lambda one: (one[0], len(one[1]), one[1]))

    def ways(self) -> Iterator[tuple[float, tuple[Change, ...]]]:
        """Yield the sets that do it and of which no part does, the cheapest first."""
        if self.there(self.bench.status) or self.bench.status not in SCALE:
            return
        benches: dict[tuple[Change, ...], Bench] = {(): self.bench}
        done: list[frozenset[Change]] = []
        for price, chosen in self.sets():
            if any(less <= set(chosen) for less in done):
                continue
            new = tuple(c for c in chosen if c.kind == "recognition")
            if new not in benches:
                benches[new] = self._bench(new)
            if self.there(benches[new].decide([c for c in chosen if c.kind != "recognition"])):
                done.append(frozenset(chosen))
                if self.there(self.again(chosen)):
                    yield price, chosen

    def again(self, changes: tuple[Change, ...]) -> Status:
        """Return the status on the amended law as a whole."""
        return self._bench(changes, stated(changes)).status

    def _bench(self, changes: tuple[Change, ...], facts: Mapping[str, Value] | None = None) -> Bench:
        one = self.bench
        view = amend(self.book, changes, self.day).at(self.day)
        return Bench(view, one.pair.origin, one.pair.destination, one.cell, {**one.given, **(facts or {})})


def _recognised(level: Status) -> str:
    """Return the level of a new recognition: that of a recognition, or the level wanted if freer."""
    return (level if RANK[level] < RANK[Status.RECOGNISED] else Status.RECOGNISED).value


def bridge(
    book: RuleBook,
    first: str,
    second: str,
    day: int,
    cell: Cell,
    level: Status = Status.SAFEGUARDS,
    facts: Mapping[str, Value] | None = None,
    weights: Costs | None = None,
) -> Bridge:
    """Return the cheapest changes that bring a pair to a level both ways, under the profile.

    Args:
        book: the compiled law.
        first: IRI of one place.
        second: IRI of the other.
        day: ordinal of the day.
        cell: data category, purpose and sector.
        level: the level wanted.
        facts: facts stated.
        weights: costs of the classes of change.
    """
    weights = weights or Costs()
    view = book.at(day)
    pairs = ((first, second), (second, first))
    sides = [_Direction(book, day, Bench(view, a, b, cell, facts), level, weights) for a, b in pairs]
    ways = [list(islice(side.ways(), SHOWN)) for side in sides]
    spans = [
        tuple(_span(book, weights, chosen, (side.again(chosen),)) for _, chosen in found)
        for side, found in zip(sides, ways, strict=True)
    ]
    here = (sides[0].bench.status, sides[1].bench.status)
    return Bridge((first, second), level, here, (spans[0], spans[1]), _both(book, weights, sides, spans))


def _span(book: RuleBook, weights: Costs, changes: tuple[Change, ...], statuses: tuple[Status, ...]) -> Span:
    classes = tuple(class_of(book, change) for change in changes)
    return Span(changes, classes, cost(book, changes, weights), statuses)


def _both(
    book: RuleBook, weights: Costs, sides: list[_Direction], spans: list[tuple[Span, ...]]
) -> Span | None:
    """Return the cheapest join of a way there and a way back that holds on the law as a whole."""
    choices = [
        [()] if side.there(side.bench.status) else [one.changes for one in found]
        for side, found in zip(sides, spans, strict=True)
    ]
    joined = {tuple(dict.fromkeys((*there, *back))) for there, back in product(*choices)}
    for changes in sorted(joined, key=lambda one: (cost(book, one, weights), len(one), one)):
        statuses = tuple(side.again(changes) for side in sides)
        if all(side.there(status) for side, status in zip(sides, statuses, strict=True)):
            return _span(book, weights, changes, statuses)
    return None
