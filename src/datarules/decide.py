"""The decision: pure, total, with reasons.

The verdicts of the orders over all worlds come from `datarules.verdicts`; here they become one answer:
status, best, worst, deciding facts, routes, obstacles, and what stands beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .beside import conflicts, overlays
from .model import Coverage, Decision, Obstacle, Overlay, Part, Route, Transfer, Value
from .pairs import Grid, Pair
from .rulebook import Cell, RuleBook
from .verdicts import RANK, ROUTE_LEVELS, Look, Table, span
from .vocab import SCALE, Modality, Status, Strength

PAIRS_KEPT = 2048
"""Most pairs remembered for one day; a pair with many situations holds a few megabytes."""
KEPT = 4096
"""Most answers remembered for one pair on one day; the law of a day does not change."""


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
        if len(view.memo) >= PAIRS_KEPT:
            view.memo.clear()
        pair = view.memo[pair_key] = Pair(view, *pair_key)
    parts = [_remembered(pair, Cell(d, transfer.purpose, transfer.sector), transfer) for d in transfer.data]
    return replace(parts[0], transfer=transfer) if len(parts) == 1 else _join(transfer, parts)


def _remembered(pair: Pair, cell: Cell, transfer: Transfer) -> Decision:
    """Return the answer for one category, decided at most once for the same facts."""
    key = (cell, transfer.facts, transfer.open)
    found = pair.answers.get(key)
    if not isinstance(found, Decision):
        if len(pair.answers) >= KEPT:
            pair.answers.clear()
        found = pair.answers[key] = _part(pair, cell, transfer)
    return found


def _tables(pair: Pair, cell: Cell, given: Mapping[str, Value]) -> tuple[Grid, list[Look]]:
    """Look at every situation the question takes in."""
    grid = pair.situations(cell)
    refused = frozenset(name for name, value in given.items() if value is False)
    looks = []
    for situation in grid.situations:
        unmet = situation.measures & refused
        key = ("table", situation.cell, unmet)
        table = pair.made.get(key)
        if not isinstance(table, Table):
            table = pair.made[key] = Table(situation, pair.book.baseline, unmet)
        if table.capped:
            table = Table(situation, pair.book.baseline, unmet, given)
        looks.append(table.look(given))
    return grid, looks


def _part(pair: Pair, cell: Cell, transfer: Transfer) -> Decision:
    view = pair.view
    given = dict(transfer.facts)
    if transfer.origin == transfer.destination:
        inside = Status.INTERNAL
        part = Part(cell.data, inside, inside, inside, ())
        orders = tuple(pair.orders)
        return Decision(transfer, view.day, inside, inside, inside, (), (), (), (), (), orders, (), (part,))
    grid, looks = _tables(pair, cell, given)
    main = looks[0]
    best, worst = span(set().union(*(seen.statuses for seen in looks)))
    deciding = dict.fromkeys(fact for seen in looks for fact in seen.deciding)
    for axis, lines in grid.lines.items():
        if any(len({looks[number].signature for number in line}) > 1 for line in lines):
            deciding[axis] = None
    status = worst if transfer.open else main.status
    silent, reviews = _silence(main)
    return Decision(
        transfer=transfer,
        day=view.day,
        status=status,
        best=best,
        worst=worst,
        deciding=tuple(deciding),
        routes=tuple(_routes(main)),
        obstacles=tuple(_obstacles(pair, looks)),
        overlays=_first_of_each(
            o for seen in looks for o in overlays(seen, None if seen is main else main.table.situation)
        ),
        conflicts=tuple(conflicts(pair, cell, main.status, given)),
        orders=tuple(p.order for p in main.table.situation.programs),
        silent=silent,
        parts=(Part(cell.data, status, best, worst, tuple(deciding)),),
        capped=any(seen.table.capped for seen in looks),
        coverages=reviews,
    )


def _first_of_each(found: Iterable[Overlay]) -> tuple[Overlay, ...]:
    """Keep each duty once: as it bites on the question asked, else as it first could."""
    kept: dict[str, Overlay] = {}
    for overlay in found:
        kept.setdefault(overlay.rule.iri, overlay)
    return tuple(kept.values())


def _silence(seen: Look) -> tuple[tuple[str, ...], tuple[Coverage, ...]]:
    """Return the orders that said nothing under the profile, and the reviews that found nothing to say."""
    verdicts = seen.table.verdicts
    silent = tuple(v.program.order for v in verdicts if v.silent & seen.world and not v.nothing & seen.world)
    return silent, tuple(c for v in verdicts if v.nothing & seen.world for c in v.program.nothing_added)


def _routes(seen: Look) -> Iterable[Route]:
    found = []
    for verdict in seen.table.verdicts:
        for entry, carried in zip(verdict.program.entries, verdict.carries, strict=True):
            now = bool(carried & seen.world)
            if now or (carried & seen.within and entry.rule.strength is not Strength.RESIDUAL):
                status = ROUTE_LEVELS[entry.rule.level]
                found.append(
                    Route(entry.rule, status, now, entry.when, entry.lists, seen.table.situation.cell.data)
                )
    return sorted(found, key=lambda r: (not r.now, RANK[r.status], r.rule.iri))


def _obstacles(pair: Pair, looks: list[Look]) -> Iterable[Obstacle]:
    main = looks[0]
    cell = main.table.situation.cell
    given_way = RANK.get(main.status, len(SCALE)) <= RANK[Status.RECOGNISED]
    shown: set[str] = set()
    for verdict in main.table.verdicts:
        for entry, bits in zip(verdict.program.entries, verdict.stands, strict=True):
            rule = entry.rule
            if not bits & main.world:
                continue
            if rule.modality is Modality.PROHIBITION:
                default = rule.strength is Strength.RESIDUAL
                if not (default and given_way):
                    shown.add(rule.iri)
                    kind = "default" if default else "prohibition"
                    yield Obstacle(kind, rule, None, entry.lists, entry.when, cell.data)
            elif not main.table.unmet.isdisjoint(rule.requires):
                yield Obstacle("unmet", rule, None, entry.lists, entry.when, cell.data)
    for lapsed in pair.lapsed(cell):
        yield Obstacle("lapsed", None, lapsed, (), lapsed.when, cell.data)
    for seen in looks:
        here = seen.table.situation.cell
        for verdict in seen.table.verdicts:
            for entry, bits in zip(verdict.program.entries, verdict.stands, strict=True):
                rule = entry.rule
                if (
                    rule.modality is Modality.PERMISSION
                    or rule.strength is Strength.RESIDUAL
                    or rule.iri in shown
                ):
                    continue
                if bits & seen.within:
                    shown.add(rule.iri)
                    yield Obstacle(
                        "possible", rule, None, entry.lists, entry.when, here.data, here.beyond(cell)
                    )


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
