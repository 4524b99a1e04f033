"""What stands beside the status: localisation and other duties, and norms that meet each other.

None of it changes whether a transfer is lawful; all of it belongs to the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .model import FALSE, Conflict, Expr, Overlay, Rule, Value, all_of
from .pairs import Pair
from .rulebook import Cell, RuleBook
from .situations import Entry, Situation
from .vocab import LOCALISATION, MECHANISM, SCALE, Action, Arising, Modality, Status
from .worlds import holds

EXCLUSIVE = (Action.STORE_INSIDE, Action.PROCESS_INSIDE)
TREATY = MECHANISM + "treaty"
DUTIES = {Action.TRANSFER: "duty", Action.ONWARD_TRANSFER: "onward-transfer", Action.IMPORT: "import"}
"""Kinds of duties that are no localisation."""
OPEN_STATUSES = frozenset(SCALE[: SCALE.index(Status.RECOGNISED) + 1])


def kind_of(rule: Rule) -> str:
    """Return the kind of overlay a duty gives."""
    return LOCALISATION.get(rule.action) or DUTIES[rule.action]


def overlays(situation: Situation, asked: Situation | None) -> Iterable[tuple[int, Overlay, Overlay]]:
    """Yield the duties of a situation by number: as they bite under the profile, and as they could.

    ``asked`` is the situation asked about where this one is narrower; from a narrower situation only
    localisation is worth telling.
    """
    narrower = situation.cell.beyond(asked.cell) if asked else ()
    for number, entry in enumerate(situation.beside):
        if asked is None or entry.rule.action in LOCALISATION:
            now, possible = (
                Overlay(kind_of(entry.rule), entry.rule, truth, entry.when, situation.cell.data, narrower)
                for truth in (asked is None, False)
            )
            yield number, now, possible


@dataclass(frozen=True, slots=True)
class Meeting:
    """A conflict that could arise: it does where ``when`` holds and none of ``unless`` does."""

    conflict: Conflict
    when: Expr
    unless: tuple[Expr, ...]
    only_if_restricted: bool


def conflicts(pair: Pair, cell: Cell, status: Status, given: Mapping[str, Value]) -> Iterable[Conflict]:
    """Yield the norms that meet on this transfer under the profile and the facts given."""
    key = ("meetings", cell)
    meetings = pair.made.get(key)
    if not isinstance(meetings, tuple):
        meetings = pair.made[key] = tuple(_meetings(pair, pair.situation(cell)))
    baseline = pair.book.profile(cell.sector)
    for meeting in meetings:
        if meeting.only_if_restricted and status in OPEN_STATUSES:
            continue
        if holds(meeting.when, given, baseline) and not any(
            holds(u, given, baseline) for u in meeting.unless
        ):
            yield meeting.conflict


def _meetings(pair: Pair, situation: Situation) -> Iterable[Meeting]:
    yield from _disclosure(pair, situation.cell)
    yield from _exclusive(pair, situation)
    bans = [
        entry
        for program in situation.programs
        for entry in program.entries
        if program.action is Action.TRANSFER and entry.rule.modality is Modality.PROHIBITION
    ]
    yield from _tension(pair, situation.cell, bans, Action.ADOPT_TRANSFER_RESTRICTION)
    stored = [entry for entry in situation.beside if entry.rule.action in LOCALISATION]
    yield from _tension(pair, situation.cell, stored, Action.ADOPT_LOCALISATION)


def _disclosure(pair: Pair, cell: Cell) -> Iterable[Meeting]:
    """A duty at the destination to hand over data against a ban at the origin on doing so."""
    bans: list[tuple[Rule, Expr]] = []
    lifts: list[Rule] = []
    for order in pair.orders.keys() - pair.target_orders.keys():
        if not pair.reaches(pair.orders[order], cell):
            continue
        for rule in pair.view.rules[order, Action.DISCLOSE]:
            when, _ = pair.applies(rule, cell, pair.destination)
            if when != FALSE and rule.modality is Modality.PROHIBITION:
                bans.append((rule, when))
            elif when != FALSE and rule.modality is Modality.PERMISSION:
                lifts.append(rule)
    for order in sorted(pair.target_orders.keys() - pair.orders.keys()):
        if not pair.reaches(pair.target_orders[order], cell):
            continue
        for duty in pair.view.rules[order, Action.DISCLOSE]:
            if duty.modality is Modality.OBLIGATION and pair.applies(duty, cell, pair.origin)[0] != FALSE:
                for ban, when in sorted(bans, key=lambda found: found[0].iri):
                    own = (rule for rule in lifts if ban.iri in rule.overrides)
                    ways = tuple(sorted(own, key=lambda rule: (not by_treaty(rule), rule.iri)))
                    found = Conflict("disclosure", duty, ban, lifted(ways), ways, cell.data)
                    yield Meeting(found, when, (), False)


def by_treaty(rule: Rule) -> bool:
    """Say whether a permission rests on an international agreement."""
    return rule.mechanism is not None and TREATY in (rule.mechanism.iri, *rule.mechanism.kinds)


def lifted(lifts: Sequence[Rule]) -> str:
    """Say how a ban on disclosure stands that some permissions lift, those of agreements first."""
    return "open" if not lifts else "agreement" if by_treaty(lifts[0]) else "exception"


def location_clash(book: RuleBook, data: Iterable[str]) -> str:
    """Say what two exclusive claims come to: ``infeasible`` where one record can arise in both places.

    Otherwise ``split``: data kept apart by where they come from satisfy both.
    """
    both = any(book.arising(c) is Arising.BETWEEN_TWO_PLACES for c in data)
    return "infeasible" if both else "split"


def _exclusive(pair: Pair, situation: Situation) -> Iterable[Meeting]:
    """Both ends claim the only place of storage or processing for the same data."""
    ours = [entry for entry in situation.beside if entry.rule.action in EXCLUSIVE]
    if not ours:
        return
    there = Pair(pair.view, pair.destination, pair.origin).situation(situation.cell)
    for theirs in there.beside:
        if theirs.rule.action in EXCLUSIVE:
            for own in ours:
                data = situation.cell.data
                comes_to = location_clash(pair.book, (data,))
                clash = Conflict("exclusive-location", own.rule, theirs.rule, comes_to, (), data)
                yield Meeting(clash, all_of(own.when, theirs.when), (), False)


def two_parties(pair: Pair, agreement: str) -> bool:
    """Say whether origin and destination are on an agreement as different parties, not as parts of one."""
    ours, theirs = (
        {chain[0].member for chain in pair.view.covers(agreement, place) if chain}
        for place in (pair.origin, pair.destination)
    )
    return bool(ours and theirs) and ours.isdisjoint(theirs)


def _tension(pair: Pair, cell: Cell, measures: list[Entry], act: Action) -> Iterable[Meeting]:
    """A measure of a party against a commitment it has given to the other end: possible, never more."""
    for commitment in pair.view.commitments if measures else ():
        if commitment.action is not act or commitment.modality is not Modality.PROHIBITION:
            continue
        if (
            not two_parties(pair, commitment.order)
            or pair.applies(commitment, cell, pair.destination)[0] == FALSE
        ):
            continue
        exceptions = [
            c
            for c in pair.view.commitments
            if commitment.iri in c.overrides and pair.book.matches(c.scope, cell)
        ]
        for measure in measures:
            found = Conflict(
                "treaty-tension", measure.rule, commitment, "tension", tuple(exceptions), cell.data
            )
            restricts = act is Action.ADOPT_TRANSFER_RESTRICTION
            yield Meeting(found, measure.when, tuple(c.when for c in exceptions), restricts)
