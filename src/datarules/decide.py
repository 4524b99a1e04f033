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
from .verdicts import RANK, ROUTE_LEVELS, Look, look, reached, signature, span
from .vocab import SCALE, Modality, Status, Strength

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


def _part(pair: Pair, cell: Cell, transfer: Transfer) -> Decision:
    book, view = pair.book, pair.view
    baseline = book.baseline
    given = dict(transfer.facts)
    if transfer.origin == transfer.destination:
        part = Part(cell.data, Status.INTERNAL, Status.INTERNAL, Status.INTERNAL, ())
        return Decision(
            transfer,
            view.day,
            Status.INTERNAL,
            Status.INTERNAL,
            Status.INTERNAL,
            (),
            (),
            (),
            (),
            (),
            tuple(pair.orders),
            (),
            (part,),
        )
    grid = pair.situations(cell)
    looks = [look(situation, given, baseline) for situation in grid.situations]
    main = looks[0]
    best, worst = span(set().union(*(reached(seen.layers) for seen in looks)))
    deciding = dict.fromkeys(fact for seen in looks for fact in seen.deciding)
    if len(looks) > 1:
        deciding.update(dict.fromkeys(_deciding_axes(grid, looks, given, baseline)))
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
        obstacles=tuple(
            _obstacles(pair, looks, frozenset(n for n, value in given.items() if value is False))
        ),
        overlays=_first_of_each(
            o
            for number, seen in enumerate(looks)
            for o in overlays(seen.situation, seen.space, looks[0].situation if number else None)
        ),
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


def _deciding_axes(
    grid: Grid, looks: list[Look], given: Mapping[str, Value], baseline: Mapping[str, bool]
) -> list[str]:
    """Say whether the data category, the purpose or the sector alone can change the answer."""
    answers = [signature(seen, given, baseline) for seen in looks]
    return [
        axis
        for axis, lines in grid.lines.items()
        if any(len({answers[n] for n in line}) > 1 for line in lines)
    ]


def _silence(seen: Look) -> tuple[tuple[str, ...], tuple[Coverage, ...]]:
    """Return the orders that said nothing under the profile, and the reviews that found nothing to say."""
    base = 1 << seen.space.base
    silent = tuple(v.program.order for v in seen.verdicts if v.silent & base and not v.nothing & base)
    return silent, tuple(c for v in seen.verdicts if v.nothing & base for c in v.program.nothing_added)


def _routes(seen: Look) -> Iterable[Route]:
    base = 1 << seen.space.base
    found = []
    for verdict in seen.verdicts:
        for entry, carried in zip(verdict.program.entries, verdict.carries, strict=True):
            if carried & base or (carried and entry.rule.strength is not Strength.RESIDUAL):
                status = ROUTE_LEVELS[entry.rule.level]
                found.append(
                    Route(
                        entry.rule,
                        status,
                        bool(carried & base),
                        entry.when,
                        entry.lists,
                        seen.situation.cell.data,
                    )
                )
    return sorted(found, key=lambda r: (not r.now, RANK[r.status], r.rule.iri))


def _obstacles(pair: Pair, looks: list[Look], refused: frozenset[str]) -> Iterable[Obstacle]:
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
                    yield Obstacle(
                        "default" if default else "prohibition",
                        rule,
                        None,
                        entry.lists,
                        entry.when,
                        main.situation.cell.data,
                    )
            elif (
                rule.modality is Modality.PERMISSION and bits & base and not refused.isdisjoint(rule.requires)
            ):
                yield Obstacle("unmet", rule, None, entry.lists, entry.when, main.situation.cell.data)
    for group_entry in pair.lapsed(main.situation.cell):
        yield Obstacle("lapsed", None, group_entry, (), group_entry.when, main.situation.cell.data)
    for seen in looks:
        for verdict in seen.verdicts:
            for entry, bits in zip(verdict.program.entries, verdict.stands, strict=True):
                rule = entry.rule
                if (
                    bits
                    and rule.modality is Modality.PROHIBITION
                    and rule.strength is not Strength.RESIDUAL
                    and rule.iri not in shown
                ):
                    shown.add(rule.iri)
                    yield Obstacle(
                        "possible",
                        rule,
                        None,
                        entry.lists,
                        entry.when,
                        seen.situation.cell.data,
                        seen.situation.cell.beyond(main.situation.cell),
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
