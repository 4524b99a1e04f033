"""Conflicts that arise or go between two laws: only norms that changed are compared, wherever they can meet.

A conflict of two norms can differ between two laws only where one of the norms differs, or a rule that takes
something out of one, or a list that one names; and, for conflicts that rest on a decision (``onward-ban``,
``treaty-tension``), where a rule on transfer of one of the two orders differs. Everything else is the same
under both laws and is not looked at. Orders are compared, not places: what a union's law does is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from .conflicts import BANS, DUTIES, KINDS, Clash, between, speakers
from .model import Membership, Rule, Value
from .rulebook import DayView, RuleBook
from .vocab import Action, Modality

Progress = Callable[[int, int], None]
One = TypeVar("One", Rule, Membership)
ON_TRANSFER = (Action.TRANSFER, Action.IMPORT)
DECIDED = ("onward-ban", "treaty-tension")
"""Kinds that rest on a decision."""


def differing(first: Mapping[str, One], second: Mapping[str, One]) -> Iterable[One]:
    """Yield the statements that two laws do not share, as each has them."""
    for iri in sorted(first.keys() | second.keys()):
        one, other = first.get(iri), second.get(iri)
        if one != other:
            yield from (x for x in (one, other) if x is not None)


def _on_day(known: Mapping[str, One], day: int) -> dict[str, One]:
    """Return the statements that hold on a day, without their days: equal ones then say the same."""
    return {
        iri: replace(one, start=0, end=0, end_citations=())
        for iri, one in known.items()
        if one.start <= day < one.end
    }


def lists_changed(before: RuleBook, after: RuleBook, day: int | None = None) -> frozenset[str]:
    """Return the lists and larger places that are not the same under two laws, through lists within lists.

    Args:
        before: one law.
        after: the other.
        day: ordinal of a day; only what is not the same on it counts, if given.
    """
    entries = list(_entries(before, after, day))
    found = {entry.group for entry in entries}
    known = [*before.records.memberships.values(), *after.records.memberships.values()]
    grown = True
    while grown:
        above = {e.group for e in known if e.member in found} - found
        found |= above
        grown = bool(above)
    return frozenset(found)


def _entries(before: RuleBook, after: RuleBook, day: int | None) -> Iterable[Membership]:
    first, second = before.records.memberships, after.records.memberships
    if day is None:
        return differing(first, second)
    return differing(_on_day(first, day), _on_day(second, day))


def _names(rule: Rule) -> frozenset[str]:
    return rule.destinations | rule.not_destinations | rule.onward_to


@dataclass(frozen=True, slots=True)
class Concern:
    """What differs between two laws, for conflicts.

    Attributes:
        rules: IRIs of rules that differ, that a differing rule takes something out of, or that name a changed list.
        bearing: orders and agreements with a norm among these that others' norms can meet.
        transfers: orders with a rule on transfer among these.
        places: members and groups of entries that differ, where these are jurisdictions.
    """

    rules: frozenset[str]
    bearing: frozenset[str]
    transfers: frozenset[str]
    places: frozenset[str]

    def __call__(self, kind: str, first: Rule, second: Rule) -> bool:
        """Say whether two norms that meet may meet otherwise under the two laws."""
        if first.iri in self.rules or second.iri in self.rules:
            return True
        either = {first.order, second.order}
        if not self.places.isdisjoint(either):
            return True
        return kind in DECIDED and not self.transfers.isdisjoint(either)


def concern(before: RuleBook, after: RuleBook, day: int) -> Concern:
    """Return what differs between two laws on a day, for conflicts."""
    first, second = (_on_day(book.records.rules, day) for book in (before, after))
    changed = list(differing(first, second))
    lists = lists_changed(before, after, day)
    beaten = {iri for rule in changed for iri in rule.overrides}
    known = [*first.values(), *second.values()]
    rules = {rule.iri for rule in changed} | beaten
    rules |= {rule.iri for rule in known if not lists.isdisjoint(_names(rule))}
    bearing, transfers = set[str](), set[str]()
    for rule in known:
        if rule.iri not in rules:
            continue
        if rule.commitment or _norm(rule):
            bearing.add(rule.order)
        if rule.action in ON_TRANSFER:
            transfers.add(rule.order)
    bearing |= {r.order for r in known if r.commitment and r.order in lists}
    rules |= {r.iri for r in known if r.commitment and r.order in lists}
    places = before.records.jurisdictions.keys()
    entries = _entries(before, after, day)
    joined = {end for entry in entries if entry.group in places for end in (entry.member, entry.group)}
    return Concern(frozenset(rules), frozenset(bearing), frozenset(transfers), frozenset(joined))


def _norm(rule: Rule) -> bool:
    """Say whether a rule is a norm of a kind that others' norms can meet."""
    return (rule.modality is Modality.OBLIGATION and rule.action in DUTIES) or (
        rule.modality is Modality.PROHIBITION and rule.action in BANS
    )


def in_question(
    views: tuple[DayView, DayView], found: Concern, pairs: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return the pairs of orders whose conflicts may differ, in a stable order.

    Args:
        views: the day under both laws.
        found: what differs.
        pairs: pairs of places whose decision changes; their orders are compared with each other.
    """
    places = views[0].book.records.jurisdictions.keys()
    over = [{p: {o for o, _ in view.orders_of(p) if o in places} for p in places} for view in views]
    orders = {p: over[0][p] | over[1][p] for p in places}
    speaking = sorted({*speakers(views[0]), *speakers(views[1])})
    bearing = found.bearing | found.places
    parties = {p for p in places for view in views for a in bearing - places if view.covers(a, p)}
    wanted: set[tuple[str, str]] = set()
    for here in (bearing & places) | parties:
        wanted |= {(min(here, there), max(here, there)) for there in speaking}
    met: set[tuple[frozenset[str], frozenset[str]]] = {
        (frozenset(orders[a]), frozenset(orders[b])) for a, b in pairs
    }
    heard = set(speaking)
    for ours, theirs in met:
        for a in ours & heard:
            wanted |= {(min(a, b), max(a, b)) for b in theirs & heard if {a, b} & found.transfers}
    return sorted((a, b) for a, b in wanted if a != b and any(_apart(view, a, b) for view in views))


def _apart(view: DayView, first: str, second: str) -> bool:
    """Say whether neither of two orders is over the other: such orders can contradict each other."""
    over = ({order for order, _ in view.orders_of(place)} for place in (first, second))
    return second not in next(over) and first not in next(over)


def compared(
    views: tuple[DayView, DayView],
    chosen: Sequence[tuple[str, str]],
    found: Concern,
    categories: Sequence[str],
    facts: Mapping[str, Value] | None = None,
    progress: Progress | None = None,
) -> tuple[tuple[Clash, ...], tuple[Clash, ...]]:
    """Return the conflicts that bite under the second law alone, and under the first alone.

    Args:
        views: the day under both laws.
        chosen: pairs of orders (`in_question`).
        found: what differs.
        categories: IRIs of data categories; conflicts on data within one of them, or that hold it, count.
        facts: facts stated.
        progress: called with pairs done and pairs in all; what it raises ends the work.
    """
    known: tuple[dict[tuple[str, str, str], Clash], ...] = ({}, {})
    for number, (here, there) in enumerate(chosen):
        for into, view in zip(known, views, strict=True):
            if not _apart(view, here, there):
                continue
            for clash in between(view, here, there, None, facts, KINDS, found):
                if clash.now and _on(view, clash, categories) and _theirs(clash, here, there):
                    into.setdefault((clash.kind, clash.first.iri, clash.second.iri), clash)
        if progress:
            progress(number + 1, len(chosen))
    was, now = known
    return (
        tuple(now[key] for key in sorted(now.keys() - was.keys())),
        tuple(was[key] for key in sorted(was.keys() - now.keys())),
    )


def _on(view: DayView, clash: Clash, categories: Iterable[str]) -> bool:
    broader = view.book.broader
    return any(c in broader[d] or d in broader[c] for c in categories for d in clash.data)


def _theirs(clash: Clash, here: str, there: str) -> bool:
    """Say whether both norms are of the two orders, or commitments: others' are told where they are looked at."""
    return all(norm.commitment or norm.order in (here, there) for norm in (clash.first, clash.second))
