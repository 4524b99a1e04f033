"""The decision: pure, total, with reasons.

Inside one order: defeasible rules with explicit superiority (Antoniou, Billington, Governatori and Maher,
2001), evaluated over every way the unknown facts could turn out. Across orders the most restrictive wins.
Localisation, disclosure and treaty norms stand beside the status and never change it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .beside import conflicts, overlays
from .model import Coverage, Decision, Membership, Obstacle, Overlay, Part, Route, Transfer, Value
from .pairs import Cell, Pair, Program, Situation
from .rulebook import DayView, RuleBook
from .vocab import SCALE, Modality, Status, Strength
from .worlds import CAP, Space

ROUTE_LEVELS: tuple[Status, ...] = (Status.FREE, Status.RECOGNISED, Status.SAFEGUARDS, Status.AUTHORISATION, Status.DEROGATION)
STRICTEST_FIRST: tuple[Status, ...] = (Status.PROHIBITED, Status.CONTESTED, *reversed(ROUTE_LEVELS))
RANK = {status: number for number, status in enumerate(SCALE)}
Layers = dict[Status, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One order's answer over all worlds: layers by status, and which entries stand or carry where."""

    program: Program
    layers: Layers
    silent: int
    nothing: int
    stands: tuple[int, ...]
    carries: tuple[int, ...]


def order_verdict(program: Program, space: Space, unmet: frozenset[str]) -> Verdict:
    """Evaluate one order's rules in every world.

    A rule stands where it applies and no standing rule overrides it; an unavailable permission (a measure
    it needs is known not to be taken) carries nothing and lifts no prohibition. A residual rule gives way
    to any other rule of the opposite modality.
    """
    stands: list[int] = []
    dropped: list[bool] = []
    strict = plain = default_ban = permitted = shut = 0
    for entry in program.entries:
        rule = entry.rule
        bits = space.bits(entry.when)
        ban = rule.modality is Modality.PROHIBITION
        for other in entry.overridden_by:
            if not (ban and dropped[other]):
                bits &= ~stands[other]
        unavailable = not ban and not unmet.isdisjoint(rule.requires)
        stands.append(bits)
        dropped.append(unavailable)
        if ban:
            if rule.strength is Strength.STRICT:
                strict |= bits
            elif rule.strength is Strength.RESIDUAL:
                default_ban |= bits
            else:
                plain |= bits
        elif unavailable:
            shut |= bits
        elif rule.strength is not Strength.RESIDUAL:
            permitted |= bits
    banned = strict | plain
    contested = plain & permitted & ~strict
    floors = _floors(program, space, stands, dropped)
    carries: list[int] = []
    levels = [0] * len(ROUTE_LEVELS)
    for entry, bits, unavailable in zip(program.entries, stands, dropped, strict=True):
        carried = 0
        if entry.rule.modality is Modality.PERMISSION and not unavailable:
            carried = bits & ~banned
            if entry.rule.strength is Strength.RESIDUAL:
                carried &= ~default_ban
            levels[entry.rule.level] |= carried
            if entry.rule.strength is Strength.RESIDUAL:
                carried &= ~floors[min(entry.rule.level + 1, len(floors) - 1)]
        carries.append(carried)
    layers: Layers = {Status.CONTESTED: contested}
    taken = banned
    for level, status in enumerate(ROUTE_LEVELS):
        layers[status] = levels[level] & ~taken
        taken |= levels[level]
    for level in range(len(ROUTE_LEVELS) - 1, 0, -1):
        for lower in ROUTE_LEVELS[:level]:
            raised = layers[lower] & floors[level]
            layers[lower] &= ~raised
            layers[ROUTE_LEVELS[level]] |= raised
    layers[Status.PROHIBITED] = (banned & ~contested) | ((default_ban | shut) & ~taken)
    spoken = taken | default_ban | shut
    outside = space.bits(program.reach) & ~space.bits(program.inside)
    silent = outside & ~spoken
    return Verdict(program, layers, silent, silent if program.nothing_added else 0, tuple(stands), tuple(carries))


def _floors(program: Program, space: Space, stands: list[int], dropped: list[bool]) -> list[int]:
    """Return, per level, the worlds in which a lifted ban still asks for at least that level.

    A permission that overrides a ban opens the ban, not the whole order: the transfer then costs at least
    what the cheapest such permission costs, beside whatever route the rest of the order asks for.
    """
    floors = [0] * (len(ROUTE_LEVELS) + 1)
    for entry, standing in zip(program.entries, stands, strict=True):
        if entry.rule.modality is not Modality.PROHIBITION or entry.rule.strength is Strength.RESIDUAL:
            continue
        lifters = [o for o in entry.overridden_by if program.entries[o].rule.modality is Modality.PERMISSION and not dropped[o]]
        if not lifters:
            continue
        lifted = 0
        for other in lifters:
            lifted |= stands[other]
        lifted &= space.bits(entry.when) & ~standing
        for level in range(1, len(ROUTE_LEVELS)):
            cheaper = 0
            for other in lifters:
                if program.entries[other].rule.level < level:
                    cheaper |= stands[other]
            floors[level] |= lifted & ~cheaper
    return floors


def combine(verdicts: Iterable[Verdict], space: Space) -> Layers:
    """Join the orders' answers: in each world the most restrictive; silence decides only if all are silent."""
    verdicts = list(verdicts)
    joined: Layers = {}
    taken = 0
    for status in STRICTEST_FIRST:
        bits = 0
        for verdict in verdicts:
            bits |= verdict.layers[status]
        joined[status] = bits & ~taken
        taken |= bits
    inside = nothing = 0
    for verdict in verdicts:
        inside |= space.bits(verdict.program.inside) & space.bits(verdict.program.reach)
        nothing |= verdict.nothing
    joined[Status.INTERNAL] = inside & ~taken
    joined[Status.FREE] |= nothing & ~taken & ~inside
    joined[Status.UNKNOWN] = space.full & ~(taken | inside | nothing)
    return joined


def span(reached: Iterable[Status]) -> tuple[Status, Status]:
    """Return best and worst of the statuses reached; an answer off the scale leaves the worst case open."""
    found = set(reached)
    on_scale = [s for s in SCALE if s in found]
    off = [s for s in (Status.UNKNOWN, Status.CONTESTED) if s in found]
    best = on_scale[0] if on_scale else off[-1]
    worst = off[0] if off else on_scale[-1]
    return best, worst


@dataclass(frozen=True, slots=True)
class _Look:
    """What one situation gives: statuses reached, the baseline's, deciding facts, and the space."""

    situation: Situation
    space: Space
    verdicts: tuple[Verdict, ...]
    layers: Layers
    status: Status
    deciding: tuple[str, ...]
    capped: bool


def _space(situation: Situation, given: Mapping[str, Value], baseline: Mapping[str, bool]) -> tuple[Space, bool]:
    space = Space(situation.tests, given, baseline)
    if space.size <= CAP:
        return space, False
    known = {t.fact: given.get(t.fact, baseline.get(t.fact, 0)) for t in situation.tests}
    return Space(situation.tests, known, baseline), True


def look(situation: Situation, given: Mapping[str, Value], baseline: Mapping[str, bool]) -> _Look:
    """Evaluate one situation over every way the facts not given could turn out."""
    space, capped = _space(situation, given, baseline)
    unmet = frozenset(name for name in situation.measures if given.get(name) is False)
    verdicts = tuple(order_verdict(program, space, unmet) for program in situation.programs)
    layers = combine(verdicts, space)
    base = 1 << space.base
    status = next(s for s, bits in layers.items() if bits & base)
    deciding = tuple(space.deciding(layers.values())) if space.size > 1 else ()
    if capped:
        layers = _bounds(situation, layers)
        deciding = tuple(dict.fromkeys(t.fact for t in situation.tests if t.fact not in given))
    return _Look(situation, space, verdicts, layers, status, deciding, capped)


def _bounds(situation: Situation, layers: Layers) -> Layers:
    """Where there are too many worlds to look at: everything any rule could bring counts as reached."""
    widened = dict(layers)
    for program in situation.programs:
        for entry in program.entries:
            ban = entry.rule.modality is Modality.PROHIBITION
            widened[Status.PROHIBITED if ban else ROUTE_LEVELS[entry.rule.level]] |= 1
    return widened


def _reached(layers: Layers) -> set[Status]:
    return {status for status, bits in layers.items() if bits}


def _signature(seen: _Look, given: Mapping[str, Value], baseline: Mapping[str, bool]) -> object:
    """Return the answer as a function of the facts that decide it, so that two situations can be compared."""
    if not seen.deciding or seen.space.size == 1:
        return (seen.status, frozenset(_reached(seen.layers)))
    fixed = {t.fact: given.get(t.fact, baseline.get(t.fact, 0)) for t in seen.situation.tests if t.fact not in seen.deciding}
    tests = sorted((t for t in seen.situation.tests if t.fact in seen.deciding), key=lambda t: (t.fact, t.operator, t.value))
    again = look(Situation(seen.situation.cell, seen.situation.programs, (), (*tests, *(t for t in seen.situation.tests if t.fact in fixed)), seen.situation.measures), {**given, **fixed}, baseline)
    return (again.space.facts, tuple(sorted((s.value, b) for s, b in again.layers.items() if b)))


def decide(book: RuleBook, transfer: Transfer, day: int) -> Decision:
    """Decide a transfer on a day.

    Args:
        book: the compiled law.
        transfer: the question; its identifiers must be known to the rulebook.
        day: ordinal of the day (``date.toordinal()``).

    Returns:
        The decision. Never raises for missing law: the answer is then ``unknown``.
    """
    view = book.at(day)
    pair_key = (transfer.origin, transfer.destination)
    pair = view.memo.get(pair_key)
    if not isinstance(pair, Pair):
        pair = view.memo[pair_key] = Pair(view, *pair_key)
    parts = [_part(pair, Cell(d, transfer.purpose, transfer.sector), transfer) for d in transfer.data]
    return parts[0] if len(parts) == 1 else _join(transfer, parts)


def _part(pair: Pair, cell: Cell, transfer: Transfer) -> Decision:
    book, view = pair.book, pair.view
    baseline = book.baseline
    given = dict(transfer.facts)
    if transfer.origin == transfer.destination:
        part = Part(cell.data, Status.INTERNAL, Status.INTERNAL, Status.INTERNAL, ())
        return Decision(transfer, view.day, Status.INTERNAL, Status.INTERNAL, Status.INTERNAL, (), (), (), (), (), tuple(pair.orders), (), (part,))
    looks = [look(situation, given, baseline) for situation in pair.situations(cell)]
    main = looks[0]
    reached = set().union(*(_reached(seen.layers) for seen in looks))
    best, worst = span(reached)
    deciding = dict.fromkeys(fact for seen in looks for fact in seen.deciding)
    if len(looks) > 1:
        deciding.update(dict.fromkeys(_deciding_axes(looks, given, baseline)))
    status = worst if transfer.open else main.status
    part = Part(cell.data, status, best, worst, tuple(deciding))
    silent, reviews = _silence(main)
    return Decision(
        transfer=transfer,
        day=view.day,
        status=status,
        best=best,
        worst=worst,
        deciding=part.deciding,
        routes=tuple(_routes(main)),
        obstacles=tuple(_obstacles(pair, looks, frozenset(n for n, value in given.items() if value is False))),
        overlays=_first_of_each(o for number, seen in enumerate(looks) for o in overlays(seen.situation, seen.space, looks[0].situation if number else None)),
        conflicts=tuple(conflicts(pair, main.situation, main.space, main.status, given)),
        orders=tuple(p.order for p in main.situation.programs),
        silent=silent,
        parts=(part,),
        capped=any(seen.capped for seen in looks),
        coverages=reviews,
    )


def _first_of_each(found: Iterable[Overlay]) -> tuple[Overlay, ...]:
    """Keep each duty once: as it bites on the question asked, else as it first could."""
    kept: dict[str, Overlay] = {}
    for overlay in found:
        kept.setdefault(overlay.rule.iri, overlay)
    return tuple(kept.values())


def _deciding_axes(looks: list[_Look], given: Mapping[str, Value], baseline: Mapping[str, bool]) -> list[str]:
    """Say whether the data category, the purpose or the sector alone can change the answer."""
    found = []
    signatures = [(seen.situation.cell, _signature(seen, given, baseline)) for seen in looks]
    for axis in ("data", "purpose", "sector"):
        others = [a for a in ("data", "purpose", "sector") if a != axis]
        by_rest: dict[tuple[str, ...], set[object]] = {}
        for cell, signature in signatures:
            by_rest.setdefault(tuple(getattr(cell, o) for o in others), set()).add(signature)
        main = tuple(getattr(signatures[0][0], o) for o in others)
        if any(len(group) > 1 for group in by_rest.values()) or _differs_elsewhere(signatures, axis, main, others):
            found.append(axis)
    return found


def _differs_elsewhere(signatures: list[tuple[Cell, object]], axis: str, main: tuple[str, ...], others: list[str]) -> bool:
    """A cell merged with its twins still shows that the axis matters if it differs from the asked one on it alone."""
    first = signatures[0]
    return any(
        signature != first[1] and getattr(cell, axis) != getattr(first[0], axis) and tuple(getattr(cell, o) for o in others) == main
        for cell, signature in signatures[1:]
    )


def _silence(seen: _Look) -> tuple[tuple[str, ...], tuple[Coverage, ...]]:
    """Return the orders that said nothing under the profile, and the reviews that found nothing to say."""
    base = 1 << seen.space.base
    silent = tuple(v.program.order for v in seen.verdicts if v.silent & base and not v.nothing & base)
    return silent, tuple(c for v in seen.verdicts if v.nothing & base for c in v.program.nothing_added)


def _routes(seen: _Look) -> Iterable[Route]:
    base = 1 << seen.space.base
    found = []
    for verdict in seen.verdicts:
        for entry, carried in zip(verdict.program.entries, verdict.carries, strict=True):
            if carried & base or (carried and entry.rule.strength is not Strength.RESIDUAL):
                status = ROUTE_LEVELS[entry.rule.level]
                found.append(Route(entry.rule, status, bool(carried & base), entry.when, entry.lists, seen.situation.cell.data))
    return sorted(found, key=lambda r: (not r.now, RANK[r.status], r.rule.iri))


def _obstacles(pair: Pair, looks: list[_Look], refused: frozenset[str]) -> Iterable[Obstacle]:
    main = looks[0]
    base = 1 << main.space.base
    given_way = RANK.get(main.status, len(SCALE)) <= RANK[Status.RECOGNISED]
    shown: set[str] = set()
    for verdict in main.verdicts:
        for entry, bits in zip(verdict.program.entries, verdict.stands, strict=True):
            rule = entry.rule
            if rule.modality is Modality.PROHIBITION and bits & base:
                default = rule.strength is Strength.RESIDUAL
                if not (default and given_way):
                    shown.add(rule.iri)
                    yield Obstacle("default" if default else "prohibition", rule, None, entry.lists, entry.when, main.situation.cell.data)
            elif rule.modality is Modality.PERMISSION and bits & base and not refused.isdisjoint(rule.requires):
                yield Obstacle("unmet", rule, None, entry.lists, entry.when, main.situation.cell.data)
    for group_entry in _lapsed(pair, main):
        yield Obstacle("lapsed", None, group_entry, (), group_entry.when, main.situation.cell.data)
    for seen in looks:
        for verdict in seen.verdicts:
            for entry, bits in zip(verdict.program.entries, verdict.stands, strict=True):
                rule = entry.rule
                if bits and rule.modality is Modality.PROHIBITION and rule.strength is not Strength.RESIDUAL and rule.iri not in shown:
                    shown.add(rule.iri)
                    yield Obstacle("possible", rule, None, entry.lists, entry.when, seen.situation.cell.data, seen.situation.cell.beyond(main.situation.cell))


def _lapsed(pair: Pair, seen: _Look) -> list[Membership]:
    """Return list entries for the destination that have ended and that nothing on the same list replaces."""
    view: DayView = pair.view
    latest: dict[str, Membership] = {}
    records = pair.book.records
    groups = {g for o in pair.orders for r in view.rules_on_transfer(o) for g in r.destinations if g in records.groups}
    for entry in records.memberships.values():
        if entry.group in groups and entry.end <= view.day and entry.end_citations and pair.book.matches(entry.scope, seen.situation.cell):
            reaches = entry.member == pair.destination or bool(view.covers(entry.member, pair.destination))
            if reaches and (entry.group not in latest or latest[entry.group].end < entry.end):
                latest[entry.group] = entry
    return [entry for group, entry in sorted(latest.items()) if not view.covers(group, pair.destination)]


def _join(transfer: Transfer, parts: list[Decision]) -> Decision:
    """Join the answers for several data categories: each needs a lawful route, so the strictest decides."""

    def strictest(statuses: list[Status]) -> Status:
        for status in (Status.PROHIBITED, Status.UNKNOWN, Status.CONTESTED):
            if status in statuses:
                return status
        return max(statuses, key=RANK.__getitem__)

    def all_worst(statuses: list[Status]) -> Status:
        off = [s for s in (Status.UNKNOWN, Status.CONTESTED) if s in statuses]
        return off[0] if off else max(statuses, key=RANK.__getitem__)

    worst = all_worst([p.worst for p in parts])
    return Decision(
        transfer=transfer,
        day=parts[0].day,
        status=worst if transfer.open else strictest([p.status for p in parts]),
        best=strictest([p.best for p in parts]),
        worst=worst,
        deciding=tuple(dict.fromkeys(f for p in parts for f in p.deciding)),
        routes=tuple(r for p in parts for r in p.routes),
        obstacles=tuple(dict.fromkeys(o for p in parts for o in p.obstacles)),
        overlays=tuple(dict.fromkeys(o for p in parts for o in p.overlays)),
        conflicts=tuple(dict.fromkeys(c for p in parts for c in p.conflicts)),
        orders=tuple(dict.fromkeys(o for p in parts for o in p.orders)),
        silent=tuple(dict.fromkeys(o for p in parts for o in p.silent)),
        parts=tuple(x for p in parts for x in p.parts),
        capped=any(p.capped for p in parts),
        coverages=tuple(dict.fromkeys(c for p in parts for c in p.coverages)),
    )
