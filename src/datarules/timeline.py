"""Every pair on every day of change: each event recomputes only the origins it can touch.

Law changes only on the days named in the data. A rule touches the origins its order reaches; a list entry
those whose rules look at that list, directly or through other lists; a rule on data coming in may touch
all. What is not touched is carried over, and what is touched finds the situations decided before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .decide import decide, statements
from .forge import Forge
from .matrix import Frame, Matrix, Progress, Sheet
from .model import FOREVER, Membership, Rule, Transfer, Value
from .outlook import outlooks
from .pairs import BESIDE
from .rulebook import Cell, DayView, RuleBook
from .vocab import Action


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One day of change.

    Attributes:
        day: ordinal.
        matrix: the state from this day on; its arrays are shared with the next step, copy what is to stay.
        changed: bool (categories, origins, destinations): cells whose status, best or worst changed.
        causes: rules and entries that start or end on the day.
    """

    day: int
    matrix: Matrix
    changed: npt.NDArray[np.bool_]
    causes: tuple[Rule | Membership, ...]


def events(book: RuleBook) -> dict[int, list[Rule | Membership]]:
    """Return the rules and entries that start or end on each day, by ordinal."""
    found: dict[int, list[Rule | Membership]] = {}
    statements: list[Rule | Membership] = [*book.records.rules.values(), *book.records.memberships.values()]
    for one in statements:
        if isinstance(one, Rule) and one.pending:
            continue
        for day in {one.start, one.end}:
            if 0 < day < FOREVER:
                found.setdefault(day, []).append(one)
    return found


class _Reach:
    """What each origin's answers depend on: the orders over it, and everything on the lists they look at."""

    def __init__(
        self,
        view: DayView,
        places: tuple[str, ...],
        before: _Reach | None = None,
        causes: Sequence[Rule | Membership] = (),
    ) -> None:
        self._view = view
        self.below: dict[frozenset[str], set[str]] = {}
        moved = {one.order for one in causes if isinstance(one, Rule)}
        groups = {one.group for one in causes if isinstance(one, Membership)}
        self.orders: dict[str, frozenset[str]] = {}
        self.lists: dict[str, set[str]] = {}
        self.importers = frozenset(view.importers())
        asked = {
            target
            for order in self.importers
            for rule in view.ordered(order, Action.IMPORT)
            for target in rule.destinations | rule.not_destinations
        }
        self.import_lists = asked | view.below(asked)
        for place in places:
            orders = frozenset(order for order, _ in view.orders_of(place))
            self.orders[place] = orders
            if orders not in self.below:
                known = before.below.get(orders) if before else None
                same = known is not None and moved.isdisjoint(orders) and groups.isdisjoint(known)
                self.below[orders] = known if known is not None and same else self._looked_at(orders)
            self.lists[place] = self.below[orders]

    def _looked_at(self, orders: frozenset[str]) -> set[str]:
        """Return the lists that rules of some orders name, with everything on them."""
        targets = {
            target
            for order in orders
            for action in (Action.TRANSFER, *BESIDE)
            for rule in self._view.rules.get((order, action), ())
            for target in rule.destinations | rule.not_destinations
        }
        return targets | self._view.below(targets)


def _touched(
    view: DayView, reach: _Reach, before: _Reach, causes: list[Rule | Membership], book: RuleBook
) -> set[str]:
    """Return the origins whose answers some of the events can change."""
    places = set(reach.orders)
    orders: set[str] = set()
    groups: set[str] = set()
    for cause in causes:
        if isinstance(cause, Rule):
            if cause.commitment:
                continue
            if cause.action is Action.IMPORT:
                return places
            orders.add(cause.order)
        else:
            groups |= {cause.group, cause.member}
            if cause.group in book.records.jurisdictions:
                over = {order for order, _ in view.orders_of(cause.group)}
                if not over.isdisjoint(reach.importers | before.importers):
                    return places
                groups |= {e.member for e in view.of_group.get(cause.group, ())}
                orders.add(cause.group)
    if not groups.isdisjoint(reach.import_lists | before.import_lists):
        return places
    return {
        place
        for place in places
        if reach.orders[place] != before.orders[place]
        or not orders.isdisjoint(reach.orders[place])
        or not groups.isdisjoint(reach.lists[place])
        or not groups.isdisjoint(before.lists[place])
    }


@dataclass(frozen=True, slots=True)
class Turn:
    """A day of change: the law from it on, and whose answers can differ from the day before.

    Attributes:
        day: ordinal.
        view: the law of the day; it and that of the turn before are at hand until the next turn is asked for.
        touched: origins whose answers some cause can change; all of them on the first day.
        causes: rules and entries that start or end on the day.
    """

    day: int
    view: DayView
    touched: frozenset[str]
    causes: tuple[Rule | Membership, ...]


def turns(
    book: RuleBook,
    places: tuple[str, ...],
    first: int,
    last: int | None = None,
    progress: Progress | None = None,
) -> Iterator[Turn]:
    """Yield ``first`` and every later day of change before ``last``, in order.

    Args:
        book: the compiled law.
        places: the origins that matter.
        first: ordinal of the first day.
        last: ordinal before which to stop; all that is known to come unless given.
        progress: called with days done and days in all.
    """
    happening = events(book)
    reviews = {d for c in book.records.coverages.values() for d in (c.start, c.end)}
    days = [first, *(d for d in book.epochs if d > first and (last is None or d < last))]
    before: _Reach | None = None
    for number, day in enumerate(days):
        view = book.at(day)
        causes = happening.get(day, [])
        reach = _Reach(view, places, before, causes)
        if before is None or day in reviews:
            touched = frozenset(places)
        else:
            touched = frozenset(_touched(view, reach, before, causes, book))
        before = reach
        yield Turn(day, view, touched, tuple(causes) if number else ())
        if number:
            book.forget(days[number - 1])
        if progress:
            progress(number + 1, len(days))
    book.forget(days[-1])


def timeline(
    book: RuleBook, asked: Frame, first: int, last: int | None = None, progress: Progress | None = None
) -> Iterator[Step]:
    """Yield the state on ``first`` and on every later day of change before ``last``, in order.

    Args:
        book: the compiled law.
        asked: places, categories, purpose, sector and facts.
        first: ordinal of the first day.
        last: ordinal before which to stop; all that is known to come unless given.
        progress: called with days done and days in all.
    """
    forge = Forge(book, dict(asked.facts))
    sheet = Sheet(asked, {})
    for turn in turns(book, asked.places, first, last, progress):
        old = [a.copy() for a in (sheet.status, sheet.best, sheet.worst)]
        sheet.fill(outlooks(turn.view, forge, [place for place in asked.places if place in turn.touched]))
        changed = np.zeros(asked.shape, np.bool_)
        for was, now in zip(old, (sheet.status, sheet.best, sheet.worst), strict=True):
            changed |= was != now
        yield Step(turn.day, sheet.matrix(turn.day, book.release), changed, turn.causes)


EDGES_LOOKED_AT = 6
"""Changed pairs decided again to find what changed them; they change by few causes, most of them alike."""


def causes_of(
    book: RuleBook, step: Step, changed: npt.NDArray[np.bool_], cell: Cell, facts: Mapping[str, Value]
) -> list[Rule | Membership]:
    """Return the causes of a step that the decisions on some changed pairs speak of, the day before or on it.

    Args:
        book: the compiled law.
        step: the day of change.
        changed: bool (origins, destinations): the pairs to account for.
        cell: data category, purpose and sector.
        facts: facts stated.
    """
    places = step.matrix.frame.places
    pairs = np.argwhere(changed)
    chosen = (
        pairs[np.linspace(0, len(pairs) - 1, min(len(pairs), EDGES_LOOKED_AT)).astype(int)]
        if len(pairs)
        else pairs
    )
    spoken: set[str] = set()
    for a, b in chosen.tolist():
        asked = Transfer(
            places[a], places[b], (cell.data,), cell.purpose, cell.sector, tuple(sorted(facts.items()))
        )
        for day in (step.day - 1, step.day):
            spoken |= statements(decide(book, asked, day))
    found = [one for one in step.causes if one.iri in spoken]
    return found or [
        one for one in step.causes if isinstance(one, Membership) and one.group in book.records.jurisdictions
    ]
