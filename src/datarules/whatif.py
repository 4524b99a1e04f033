"""What a change of law does: pairs, islands and conflicts before and after, between two rulebooks.

Every pair is decided again under both laws; nothing is estimated. `effect` compares any two rulebooks over
the same places; `datarules.scenario` makes the second one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import islands as isles
from . import vocab as v
from .conflict_changes import Progress, compared, concern, differing, in_question, lists_changed
from .conflicts import Clash
from .matrix import NUMBER, STATUSES, Matrix, frame, matrix
from .model import Value
from .rulebook import RuleBook
from .vocab import SCALE, Status

CASES = ("status", "best", "worst")


@dataclass(frozen=True, slots=True)
class Shift:
    """One ordered pair whose decision changes.

    Attributes:
        origin: IRI of the place the data leave.
        destination: IRI of the place they enter.
        category: IRI of the data category.
        before: status, best and worst case under the first law.
        after: likewise under the second.
        route: IRI of the rule of the freest open route under the second law; empty where there is none.
        obstacle: IRI of the first prohibition that stands under the second law; empty where none does.
    """

    origin: str
    destination: str
    category: str
    before: tuple[Status, Status, Status]
    after: tuple[Status, Status, Status]
    route: str
    obstacle: str


@dataclass(frozen=True, slots=True)
class Tide:
    """The islands of one category before and after; every part holds codes.

    ``merged`` and ``split`` name one island and those it is made of or falls into; ``joined`` are places that
    stood alone before, ``left`` places that stand alone now.
    """

    category: str
    before: tuple[tuple[str, ...], ...]
    after: tuple[tuple[str, ...], ...]
    merged: tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], ...]
    split: tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], ...]
    joined: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What changes between two laws on a day.

    Attributes:
        day: the day.
        level: the level at which a pair counts as open.
        decided: ordered pairs decided, over all categories, the diagonal left out.
        pairs: those whose status, best or worst case changes.
        tides: the islands, one a category.
        arisen: conflicts that the second law brings.
        gone: conflicts that it takes away.
        orders: IRIs of the orders and places whose statements differ.
        compared: pairs of orders whose conflicts were compared: all whose norms may meet otherwise.
        opened: people in places from which some data newly go somewhere at the level; None without counts.
        closed: people in places from which some data no longer do; likewise.
    """

    day: int
    level: Status
    decided: int
    pairs: tuple[Shift, ...]
    tides: tuple[Tide, ...]
    arisen: tuple[Clash, ...]
    gone: tuple[Clash, ...]
    orders: tuple[str, ...]
    compared: int
    opened: int | None
    closed: int | None


def effect(
    before: RuleBook,
    after: RuleBook,
    day: int,
    categories: Sequence[str] = (v.CATEGORY + "personal",),
    level: Status = Status.SAFEGUARDS,
    people: Mapping[str, int] | None = None,
    *,
    facts: Mapping[str, Value] | None = None,
    purpose: str = v.ANY_PURPOSE,
    sector: str = v.ANY_SECTOR,
    places: Iterable[str] | None = None,
    progress: Progress | None = None,
) -> Effect:
    """Decide every ordered pair under two laws and return what differs.

    Args:
        before: the law as it is.
        after: the law to compare it with; the same places are looked at.
        day: ordinal of the day.
        categories: IRIs of the data categories.
        level: the level at which a pair counts as open, and islands are made.
        people: people by code of place.
        facts: facts stated of every transfer.
        purpose: IRI of the purpose.
        sector: IRI of the sector.
        places: IRIs of the places to look at; those islands are made of unless given.
        progress: called with steps done and steps in all: origins under each law, then pairs of orders; what
            it raises ends the work.
    """
    chosen_places = isles.places(before) if places is None else places
    asked = frame(before, categories, chosen_places, purpose, sector, facts)
    size = len(asked.places)
    first = matrix(before, asked, day, _part(progress, 0, 2 * size))
    second = matrix(after, asked, day, _part(progress, size, 2 * size))
    pairs = tuple(shifts(first, second))
    views, differs = (before.at(day), after.at(day)), concern(before, after, day)
    chosen = in_question(views, differs, ((p.origin, p.destination) for p in pairs))
    watch = _part(progress, 2 * size, 2 * size + len(chosen))
    arisen, gone = compared(views, chosen, differs, asked.categories, facts, watch)
    turned = {1: set[str](), -1: set[str]()}
    for one in pairs:
        if sign := opens(one, level):
            turned[sign].add(before.records.jurisdictions[one.origin].code)
    counted = {s: None if people is None else sum(people.get(c, 0) for c in at) for s, at in turned.items()}
    tides = tuple(tide(before, first, second, category, level) for category in asked.categories)
    return Effect(
        day,
        level,
        len(asked.categories) * size * (size - 1),
        pairs,
        tides,
        arisen,
        gone,
        tuple(sorted(touched(before, after))),
        len(chosen),
        counted[1],
        counted[-1],
    )


def _part(progress: Progress | None, done: int, of: int) -> Progress | None:
    """Return what tells the progress of one part of the work as progress of the whole."""
    return None if progress is None else lambda here, _: progress(done + here, of)


# -- pairs


def shifts(first: Matrix, second: Matrix) -> Iterable[Shift]:
    """Yield the ordered pairs that differ between two matrices of one frame, in the order of codes."""
    asked = first.frame
    grids = [(getattr(first, case), getattr(second, case)) for case in CASES]
    differ = np.logical_or.reduce([a != b for a, b in grids])
    for at in map(tuple, np.argwhere(differ).tolist()):
        category, origin, destination = at
        route, obstacle = int(second.route[at]), int(second.obstacle[at])
        yield Shift(
            asked.places[origin],
            asked.places[destination],
            asked.categories[category],
            _three([a for a, _ in grids], at),
            _three([b for _, b in grids], at),
            second.rules[route] if route >= 0 else "",
            second.rules[obstacle] if obstacle >= 0 else "",
        )


def _three(grids: Sequence[Any], at: tuple[int, ...]) -> tuple[Status, Status, Status]:
    status, best, worst = (STATUSES[int(grid[at])] for grid in grids)
    return status, best, worst


def opens(one: Shift, level: Status) -> int:
    """Return 1 if the pair opens at a level, -1 if it closes, 0 if neither."""
    was, now = (NUMBER[status] <= NUMBER[level] for status in (one.before[0], one.after[0]))
    return int(now) - int(was)


def freer(one: Shift) -> int:
    """Return 1 if the status becomes freer, -1 if stricter, 0 if it stays or leaves or enters the scale."""
    was, now = one.before[0], one.after[0]
    if was not in SCALE or now not in SCALE:
        return 0
    return (NUMBER[now] < NUMBER[was]) - (NUMBER[now] > NUMBER[was])


def counts(found: Effect) -> dict[str, int]:
    """Return how many ordered pairs change, and how."""
    return {
        "pairs": found.decided,
        "changed": len(found.pairs),
        "status": sum(p.before[0] is not p.after[0] for p in found.pairs),
        "best": sum(p.before[1] is not p.after[1] for p in found.pairs),
        "worst": sum(p.before[2] is not p.after[2] for p in found.pairs),
        "opened": sum(opens(p, found.level) > 0 for p in found.pairs),
        "closed": sum(opens(p, found.level) < 0 for p in found.pairs),
        "freer": sum(freer(p) > 0 for p in found.pairs),
        "stricter": sum(freer(p) < 0 for p in found.pairs),
    }


# -- islands


def tide(book: RuleBook, first: Matrix, second: Matrix, category: str, level: Status) -> Tide:
    """Return how the islands of one category differ."""
    codes = [book.records.jurisdictions[p].code for p in first.frame.places]

    def sets(one: Matrix) -> list[frozenset[str]]:
        found = isles.components(isles.mutual(one, category, level))
        return sorted((frozenset(codes[n] for n in members) for members in found), key=_largest)

    old, new = sets(first), sets(second)
    inhabited = frozenset[str]().union(*old), frozenset[str]().union(*new)
    return Tide(
        category,
        tuple(map(_listed, old)),
        tuple(map(_listed, new)),
        _joins(new, old),
        _joins(old, new),
        _listed(inhabited[1] - inhabited[0]),
        _listed(inhabited[0] - inhabited[1]),
    )


def _largest(one: frozenset[str]) -> tuple[int, list[str]]:
    return -len(one), sorted(one)


def _listed(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(codes))


def _joins(
    wholes: Sequence[frozenset[str]], parts: Sequence[frozenset[str]]
) -> tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], ...]:
    """Return each whole that meets two and more parts, with those parts."""
    made = []
    for whole in wholes:
        met = [part for part in parts if part & whole]
        if len(met) > 1:
            made.append((_listed(whole), tuple(map(_listed, met))))
    return tuple(made)


# -- orders


def touched(before: RuleBook, after: RuleBook) -> frozenset[str]:
    """Return the jurisdictions whose statements differ between two laws.

    Those are the orders of rules, the members and larger places of entries, and the orders whose rules name
    the list of an entry, directly or by way of a list that holds it.
    """
    places = before.records.jurisdictions
    found = {rule.order for rule in differing(before.records.rules, after.records.rules)}
    entries = list(differing(before.records.memberships, after.records.memberships))
    found |= {place for entry in entries for place in (entry.member, entry.group)}
    lists = lists_changed(before, after)
    for rule in after.records.rules.values():
        if (rule.destinations | rule.not_destinations | rule.onward_to) & lists - places.keys():
            found.add(rule.order)
    return frozenset(found & places.keys())
