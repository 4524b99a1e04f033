"""What stands beside the status: localisation and other duties, and norms that meet each other.

None of it changes whether a transfer is lawful; all of it belongs to the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .model import FALSE, Conflict, Expr, Overlay, Rule, Value, comparisons
from .pairs import Pair, Situation
from .vocab import LOCALISATION, MECHANISM, SCALE, Action, Modality, Status
from .worlds import Space

EXCLUSIVE = (Action.STORE_INSIDE, Action.PROCESS_INSIDE)
TREATY = MECHANISM + "treaty"
OPEN_STATUSES = frozenset(SCALE[: SCALE.index(Status.RECOGNISED) + 1])


def overlays(situation: Situation, space: Space, asked: Situation | None) -> Iterable[Overlay]:
    """Yield the duties of a situation: those that bite under the profile, and those that could.

    ``asked`` is the situation asked about where this one is narrower; from a narrower situation only
    localisation is worth telling.
    """
    base = 1 << space.base
    narrower = situation.cell.beyond(asked.cell) if asked else ()
    for entry in situation.beside:
        bits = space.bits(entry.when)
        kind = LOCALISATION.get(entry.rule.action) or (
            "duty" if entry.rule.action is Action.TRANSFER else "onward-transfer"
        )
        if bits and (asked is None or kind in LOCALISATION.values()):
            yield Overlay(
                kind,
                entry.rule,
                asked is None and bool(bits & base),
                entry.when,
                situation.cell.data,
                narrower,
            )


def conflicts(
    pair: Pair, situation: Situation, space: Space, status: Status, given: Mapping[str, Value]
) -> Iterable[Conflict]:
    """Yield the norms that meet on this transfer."""
    yield from _disclosure(pair, situation, given)
    yield from _exclusive(pair, situation, space)
    if status not in OPEN_STATUSES:
        yield from _treaty_on_transfer(pair, situation, space, given)
    yield from _treaty_on_localisation(pair, situation, space, given)


def holds(pair: Pair, when: Expr, given: Mapping[str, Value]) -> bool:
    """Say whether a condition holds under the profile and the facts given."""
    space = Space(comparisons(when), given, pair.book.baseline)
    return bool(space.bits(when) & (1 << space.base))


def _disclosure(pair: Pair, situation: Situation, given: Mapping[str, Value]) -> Iterable[Conflict]:
    """A duty at the destination to hand over data against a ban at the origin on doing so."""
    cell = situation.cell
    bans: list[Rule] = []
    lifts: list[Rule] = []
    for order in pair.orders:
        if order in pair.target_orders:
            continue
        for rule in pair.view.rules[order, Action.DISCLOSE]:
            when = pair.applies(rule, cell, pair.destination)[0]
            if when != FALSE:
                if rule.modality is Modality.PROHIBITION and holds(pair, when, given):
                    bans.append(rule)
                elif rule.modality is Modality.PERMISSION:
                    lifts.append(rule)
    for order in pair.target_orders:
        if order in pair.orders:
            continue
        for duty in pair.view.rules[order, Action.DISCLOSE]:
            if duty.modality is Modality.OBLIGATION and pair.applies(duty, cell, pair.origin)[0] != FALSE:
                for ban in bans:
                    by = next(
                        iter(
                            sorted(
                                (lift for lift in lifts if ban.iri in lift.overrides),
                                key=lambda r: not _by_treaty(r),
                            )
                        ),
                        None,
                    )
                    resolution = "open" if by is None else "agreement" if _by_treaty(by) else "exception"
                    yield Conflict("disclosure", duty, ban, resolution, by, cell.data)


def _by_treaty(rule: Rule) -> bool:
    """Say whether a permission rests on an international agreement."""
    return rule.mechanism is not None and TREATY in (rule.mechanism.iri, *rule.mechanism.kinds)


def _exclusive(pair: Pair, situation: Situation, space: Space) -> Iterable[Conflict]:
    """Both ends claim the only place of storage or processing for the same data."""
    base = 1 << space.base
    ours = [e.rule for e in situation.beside if e.rule.action in EXCLUSIVE and space.bits(e.when) & base]
    if not ours:
        return
    back = pair.view.memo.get((pair.destination, pair.origin))
    if not isinstance(back, Pair):
        back = pair.view.memo[pair.destination, pair.origin] = Pair(pair.view, pair.destination, pair.origin)
    there = back.situation(situation.cell)
    other = Space(there.tests, {}, pair.book.baseline)
    for theirs in there.beside:
        if theirs.rule.action in EXCLUSIVE and other.bits(theirs.when) & (1 << other.base):
            for rule in ours:
                yield Conflict(
                    "exclusive-location", rule, theirs.rule, "infeasible", None, situation.cell.data
                )


def _treaty_on_transfer(
    pair: Pair, situation: Situation, space: Space, given: Mapping[str, Value]
) -> Iterable[Conflict]:
    base = 1 << space.base
    measures = [
        e.rule
        for p in situation.programs
        for e in p.entries
        if p.action is Action.TRANSFER
        and e.rule.modality is Modality.PROHIBITION
        and space.bits(e.when) & base
    ]
    yield from _tension(pair, situation, measures, Action.ADOPT_TRANSFER_RESTRICTION, given)


def _treaty_on_localisation(
    pair: Pair, situation: Situation, space: Space, given: Mapping[str, Value]
) -> Iterable[Conflict]:
    base = 1 << space.base
    measures = [
        e.rule for e in situation.beside if e.rule.action in LOCALISATION and space.bits(e.when) & base
    ]
    yield from _tension(pair, situation, measures, Action.ADOPT_LOCALISATION, given)


def _tension(
    pair: Pair, situation: Situation, measures: list[Rule], act: Action, given: Mapping[str, Value]
) -> Iterable[Conflict]:
    """A measure of a party against a commitment it has given to the other end: possible, never more."""
    if not measures:
        return
    for commitment in pair.view.commitments:
        if commitment.action is not act or commitment.modality is not Modality.PROHIBITION:
            continue
        both = all(pair.view.covers(commitment.order, place) for place in (pair.origin, pair.destination))
        if not both or pair.applies(commitment, situation.cell, pair.destination)[0] == FALSE:
            continue
        exceptions = [
            c
            for c in pair.view.commitments
            if commitment.iri in c.overrides and pair.book.matches(c.scope, situation.cell)
        ]
        if not any(holds(pair, c.when, given) for c in exceptions):
            for measure in measures:
                yield Conflict(
                    "treaty-tension",
                    measure,
                    commitment,
                    "tension",
                    next(iter(exceptions), None),
                    situation.cell.data,
                )
