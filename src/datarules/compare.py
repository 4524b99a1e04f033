"""Two jurisdictions side by side: both directions, rule by rule on the same axes, and what follows.

The verdict is read off the two decisions and the conflicts between the norms (`verdict`); it adds no
judgement of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from . import vocab as v
from .conflicts import UNRESOLVED, Clash, between
from .decide import decide
from .model import Decision, Mechanism, Membership, Rule, Transfer, Value
from .pairs import Pair
from .rulebook import Cell, DayView, RuleBook
from .verdicts import RANK
from .vocab import LOCALISATION, MECHANISM, SCALE, Action, Modality, Status, Strength

AXES = (
    "default",
    "routes",
    "lists",
    "consent",
    "onward-transfer",
    "localisation",
    "government-access",
    "ai-data",
)
VERDICTS = ("compatible", "conditional", "one-way", "conflicting", "unknown")
CONSENT = MECHANISM + "consent"
AI_DATA = frozenset(
    v.CATEGORY + name for name in ("copyrighted-training", "personal-training", "open-training")
)
AI_PURPOSE = v.PURPOSE + "ai-training"


@dataclass(frozen=True, slots=True)
class Side:
    """One direction: the decision, and the rules of the place it leaves on each axis of `AXES`."""

    origin: str
    destination: str
    decision: Decision
    axes: dict[str, tuple[Rule | Membership, ...]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two places on a day.

    Attributes:
        sides: from the first place to the second, and back.
        shared: kinds of mechanism that carry the transfer both ways now, by IRI.
        one_sided: kinds that carry it one way only, by IRI, with the number of the side.
        asymmetry: steps of the scale between the two statuses; nothing where one is off the scale.
        conflicts: conflicts between the norms of the two.
        verdict: one of `VERDICTS`.
        why: the reasons for the verdict, as (kind, statement) for `datarules.explain`.
    """

    sides: tuple[Side, Side]
    shared: tuple[str, ...]
    one_sided: tuple[tuple[str, int], ...]
    asymmetry: int | None
    conflicts: tuple[Clash, ...]
    verdict: str
    why: tuple[tuple[str, object], ...]


def kind_of(mechanism: Mechanism | None) -> str:
    """Return the shared kind a mechanism belongs to, the narrowest one; an empty string without mechanism."""
    if mechanism is None:
        return ""
    return next((k for k in (mechanism.iri, *mechanism.kinds) if k.startswith(MECHANISM)), mechanism.iri)


def _axes(
    view: DayView, origin: str, destination: str, cell: Cell
) -> dict[str, tuple[Rule | Membership, ...]]:
    """Return the rules of an origin towards a destination, axis by axis."""
    pair = Pair(view, origin, destination)
    situation = pair.situation(cell)
    book = view.book
    found: dict[str, dict[str, Rule | Membership]] = {axis: {} for axis in AXES}

    def put(axis: str, one: Rule | Membership) -> None:
        found[axis][one.iri] = one

    for program in situation.programs:
        if program.action is not Action.TRANSFER:
            continue
        for entry in program.entries:
            rule = entry.rule
            if rule.strength is Strength.RESIDUAL:
                put("default", rule)
            elif rule.modality is Modality.PERMISSION and CONSENT in _kinds(rule):
                put("consent", rule)
            else:
                put("routes", rule)
            for one in entry.lists:
                put("lists", one)
    for entry in situation.beside:
        if entry.rule.action is Action.ONWARD_TRANSFER:
            put("onward-transfer", entry.rule)
        elif entry.rule.action in LOCALISATION:
            put("localisation", entry.rule)
    for order in pair.orders.keys() - pair.target_orders.keys():
        for rule in view.rules.get((order, Action.DISCLOSE), ()):
            if pair.leaves_out(rule, pair.destination):
                continue
            if book.data_matches(rule.scope, cell.data) or cell.data in _above(book, rule):
                put("government-access", rule)
        for action in (Action.TRANSFER, *LOCALISATION):
            for rule in view.rules.get((order, action), ()):
                if pair.leaves_out(rule, pair.destination):
                    continue
                if rule.scope.data & AI_DATA or AI_PURPOSE in rule.scope.purposes:
                    put("ai-data", rule)
    return {axis: tuple(one for _, one in sorted(rules.items())) for axis, rules in found.items()}


def _above(book: RuleBook, rule: Rule) -> set[str]:
    """Return everything broader than the data of a rule."""
    return {above for category in rule.scope.data for above in book.broader[category]}


def _kinds(rule: Rule) -> tuple[str, ...]:
    return (rule.mechanism.iri, *rule.mechanism.kinds) if rule.mechanism else ()


def verdict(
    book: RuleBook, there: Decision, back: Decision, clashes: Iterable[Clash]
) -> tuple[str, tuple[tuple[str, object], ...]]:
    """Return the verdict on a pair and its reasons, the first that holds.

    * ``unknown``: a direction cannot be judged (``unknown`` or ``contested``).
    * ``compatible``: both ways at most ``safeguards`` in the worst case.
    * ``one-way``: one direction is prohibited and the other is not.
    * ``conflicting``: both directions are prohibited, or two norms that bite now, on all of the data asked
      about, cannot both be kept and nothing resolves it.
    * ``conditional``: what remains; both ways are lawful, on conditions.
    """
    both = (there, back)
    if off := [d for d in both if d.status not in SCALE]:
        return "unknown", tuple(("off-scale", d) for d in off)
    heavy = [d for d in both if d.worst not in SCALE or RANK[d.worst] > RANK[Status.SAFEGUARDS]]
    if not heavy:
        return "compatible", tuple(("at-most-safeguards", d) for d in both)
    barred = [d for d in both if d.status is Status.PROHIBITED]
    if len(barred) == 1:
        return "one-way", (("prohibited", barred[0]),)
    above = book.broader[there.transfer.data[0]]
    met = [c for c in clashes if c.now and c.resolution in UNRESOLVED and not above.isdisjoint(c.data)]
    if barred or met:
        return "conflicting", (*(("prohibited", d) for d in barred), *(("clash", c) for c in met))
    return "conditional", tuple(("worst-case", d) for d in heavy)


def compare(
    book: RuleBook,
    first: str,
    second: str,
    day: int,
    cell: Cell,
    facts: Mapping[str, Value] | None = None,
) -> Comparison:
    """Compare two jurisdictions.

    Args:
        book: the compiled law.
        first: IRI of one place.
        second: IRI of the other.
        day: ordinal of the day.
        cell: data category, purpose and sector.
        facts: facts stated.
    """
    view = book.at(day)
    stated = tuple(sorted((facts or {}).items()))
    sides = []
    for origin, destination in ((first, second), (second, first)):
        asked = Transfer(origin, destination, (cell.data,), cell.purpose, cell.sector, stated)
        sides.append(
            Side(origin, destination, decide(book, asked, day), _axes(view, origin, destination, cell))
        )
    there, back = sides
    kinds = [{kind_of(r.rule.mechanism) for r in side.decision.routes if r.now} - {""} for side in sides]
    clashes = between(view, first, second, cell.data, facts) if first != second else []
    said, why = verdict(book, there.decision, back.decision, clashes)
    statuses = [side.decision.status for side in sides]
    asymmetry = abs(RANK[statuses[0]] - RANK[statuses[1]]) if all(s in SCALE for s in statuses) else None
    return Comparison(
        (there, back),
        tuple(sorted(kinds[0] & kinds[1])),
        tuple(sorted([(k, 0) for k in kinds[0] - kinds[1]] + [(k, 1) for k in kinds[1] - kinds[0]])),
        asymmetry,
        tuple(clashes),
        said,
        why,
    )
