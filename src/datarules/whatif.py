"""What a change of law does: pairs, islands and conflicts before and after, between two rulebooks.

Every pair is decided again under both laws; nothing is estimated. `effect` compares any two rulebooks over
the same places; `datarules.scenario` makes the second one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeVar

import numpy as np

from . import islands as isles
from . import vocab as v
from .conflicts import Clash, between, speakers
from .matrix import NUMBER, STATUSES, Matrix, frame, matrix
from .model import Membership, Rule, Value
from .rulebook import RuleBook
from .vocab import SCALE, Status

MOST_PAIRS = 200
"""Most pairs of places whose conflicts are compared."""
CASES = ("status", "best", "worst")
One = TypeVar("One", Rule, Membership)


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
        compared: pairs of places whose conflicts were compared.
        complete: whether that were all pairs in question.
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
    complete: bool
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
    """
    chosen_places = isles.places(before) if places is None else places
    asked = frame(before, categories, chosen_places, purpose, sector, facts)
    first, second = matrix(before, asked, day), matrix(after, asked, day)
    pairs = tuple(shifts(first, second))
    orders = touched(before, after)
    chosen, complete = _in_question(orders, pairs, speakers(after.at(day)))
    arisen, gone = _clashes(before, after, day, chosen, asked.categories, facts)
    turned = {1: set[str](), -1: set[str]()}
    for one in pairs:
        if sign := opens(one, level):
            turned[sign].add(before.records.jurisdictions[one.origin].code)
    counted = {s: None if people is None else sum(people.get(c, 0) for c in at) for s, at in turned.items()}
    size = len(asked.places)
    tides = tuple(tide(before, first, second, category, level) for category in asked.categories)
    return Effect(
        day,
        level,
        len(asked.categories) * size * (size - 1),
        pairs,
        tides,
        arisen,
        gone,
        tuple(sorted(orders)),
        len(chosen),
        complete,
        counted[1],
        counted[-1],
    )


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


# -- conflicts


def _differing(first: Mapping[str, One], second: Mapping[str, One]) -> Iterable[One]:
    for iri in first.keys() | second.keys():
        one, other = first.get(iri), second.get(iri)
        if one != other:
            yield from (x for x in (one, other) if x is not None)


def touched(before: RuleBook, after: RuleBook) -> frozenset[str]:
    """Return the jurisdictions whose statements differ between two laws.

    Those are the orders of rules, the members and larger places of entries, and the orders whose rules name
    the list of an entry, directly or by way of a list that holds it.
    """
    places = before.records.jurisdictions
    found = {rule.order for rule in _differing(before.records.rules, after.records.rules)}
    entries = list(_differing(before.records.memberships, after.records.memberships))
    found |= {place for entry in entries for place in (entry.member, entry.group)}
    lists = {entry.group for entry in entries}
    grown = True
    while grown:
        above = {e.group for e in after.records.memberships.values() if e.member in lists} - lists
        above -= places.keys()
        lists |= above
        grown = bool(above)
    for rule in after.records.rules.values():
        if (rule.destinations | rule.not_destinations | rule.onward_to) & lists - places.keys():
            found.add(rule.order)
    return frozenset(found & places.keys())


def _in_question(
    orders: Iterable[str], pairs: Iterable[Shift], others: Iterable[str]
) -> tuple[list[tuple[str, str]], bool]:
    """Return the pairs of places whose conflicts are compared, and whether those are all in question.

    Pairs of orders touched come first, then pairs whose decision changes. An order touched alone is compared
    with every other that has norms.
    """
    met = sorted(orders)
    wanted = dict.fromkeys(combinations(met, 2))
    if len(met) == 1:
        wanted.update(dict.fromkeys((min(met[0], o), max(met[0], o)) for o in others if o != met[0]))
    wanted.update(dict.fromkeys((min(p.origin, p.destination), max(p.origin, p.destination)) for p in pairs))
    return list(wanted)[:MOST_PAIRS], len(wanted) <= MOST_PAIRS


def _clashes(
    before: RuleBook,
    after: RuleBook,
    day: int,
    chosen: Iterable[tuple[str, str]],
    categories: Sequence[str],
    facts: Mapping[str, Value] | None,
) -> tuple[tuple[Clash, ...], tuple[Clash, ...]]:
    """Return the conflicts that bite under the second law alone, and under the first alone."""
    views = before.at(day), after.at(day)
    found: tuple[dict[tuple[str, str, str], Clash], ...] = ({}, {})
    for here, there in chosen:
        for known, view in zip(found, views, strict=True):
            for category in categories:
                for one in between(view, here, there, category, facts):
                    if one.now:
                        known.setdefault((one.kind, one.first.iri, one.second.iri), one)
    was, now = found
    return (
        tuple(now[key] for key in sorted(now.keys() - was.keys())),
        tuple(was[key] for key in sorted(was.keys() - now.keys())),
    )
