"""The decision: pure, total, with reasons.

The verdicts of the orders over all worlds come from `datarules.verdicts`; here they become one answer:
status, best, worst, deciding facts, routes, obstacles, and what stands beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from .beside import conflicts, overlays
from .model import Coverage, Decision, Obstacle, Overlay, Part, Route, Transfer, Value
from .pairs import Pair
from .rulebook import Cell, RuleBook
from .situations import Grid, Situation
from .verdicts import RANK, ROUTE_LEVELS, Look, Table, span
from .vocab import SCALE, Modality, Status, Strength
from .worlds import NOW, Prospects

MOST_KEPT = 256 << 20
"""Most bytes, as reckoned, that pairs of places remembered may take, over all days."""
PAIR_WEIGHT = 100_000
"""Bytes a pair is reckoned to take without what it was asked about."""
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
        book.count(view, PAIR_WEIGHT, MOST_KEPT)
        pair = view.memo[pair_key] = Pair(view, *pair_key)
    if len(transfer.data) == 1:
        return _remembered(pair, Cell(transfer.data[0], transfer.purpose, transfer.sector), transfer)
    parts = [
        _remembered(pair, Cell(d, transfer.purpose, transfer.sector), replace(transfer, data=(d,)))
        for d in transfer.data
    ]
    return _join(transfer, parts)


def _remembered(pair: Pair, cell: Cell, transfer: Transfer) -> Decision:
    """Return the answer for one category, decided at most once for facts the law does not tell apart."""
    facts = pair.book.alike(transfer.facts) if transfer.facts else ()
    key = (cell, facts, transfer.open)
    found = pair.answers.get(key)
    if not isinstance(found, Decision):
        if len(pair.answers) >= KEPT:
            pair.answers.clear()
        asked = transfer if facts == transfer.facts else replace(transfer, facts=facts)
        found = pair.answers[key] = _part(pair, cell, asked)
    return found if found.transfer == transfer else replace(found, transfer=transfer)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a question can bring up, made once: every record an answer may hold, ready to be taken.

    Numbers are places in the codes of a look. ``routes`` are sorted as they are shown.
    """

    grid: Grid
    measures: frozenset[str]
    orders: tuple[str, ...]
    routes: tuple[tuple[int, bool, Route, Route], ...]
    bans: tuple[tuple[int, bool, Obstacle], ...]
    unmet: tuple[tuple[int, frozenset[str], Obstacle], ...]
    lapsed: tuple[Obstacle, ...]
    possible: tuple[tuple[tuple[int, Obstacle], ...], ...]
    duties: tuple[tuple[Prospects, tuple[tuple[int, Overlay, Overlay], ...]], ...]


def _shelf(pair: Pair, cell: Cell) -> Shelf:
    key = ("shelf", cell)
    found = pair.made.get(key)
    if not isinstance(found, Shelf):
        found = pair.made[key] = _make_shelf(pair, cell)
    return found


def _make_shelf(pair: Pair, cell: Cell) -> Shelf:
    grid = pair.situations(cell)
    entries = [
        [e for program in situation.programs for e in program.entries] for situation in grid.situations
    ]
    main = list(enumerate(entries[0]))
    asked = grid.situations[0].cell
    routes = []
    for number, e in main:
        if e.rule.modality is Modality.PERMISSION:
            now, possible = (
                Route(e.rule, ROUTE_LEVELS[e.rule.level], truth, e.when, e.lists, asked.data)
                for truth in (True, False)
            )
            routes.append((number, e.rule.strength is Strength.RESIDUAL, now, possible))
    return Shelf(
        grid,
        frozenset().union(*(situation.measures for situation in grid.situations)),
        tuple(dict.fromkeys(p.order for situation in grid.situations for p in situation.programs)),
        tuple(sorted(routes, key=lambda r: (RANK[r[2].status], r[2].rule.iri))),
        tuple(
            (
                number,
                default,
                Obstacle("default" if default else "prohibition", e.rule, None, e.lists, e.when, asked.data),
            )
            for number, e in main
            if e.rule.modality is Modality.PROHIBITION
            for default in (e.rule.strength is Strength.RESIDUAL,)
        ),
        tuple(
            (number, frozenset(e.rule.requires), Obstacle("unmet", e.rule, None, e.lists, e.when, asked.data))
            for number, e in main
            if e.rule.modality is Modality.PERMISSION and e.rule.requires
        ),
        tuple(Obstacle("lapsed", None, one, (), one.when, asked.data) for one in pair.lapsed(asked)),
        tuple(
            tuple(
                (
                    number,
                    Obstacle(
                        "possible",
                        e.rule,
                        None,
                        e.lists,
                        e.when,
                        situation.cell.data,
                        situation.cell.beyond(asked),
                    ),
                )
                for number, e in enumerate(inner)
                if e.rule.modality is Modality.PROHIBITION and e.rule.strength is not Strength.RESIDUAL
            )
            for situation, inner in zip(grid.situations, entries, strict=True)
        ),
        tuple(
            (
                _prospects(pair, situation, cell.sector),
                tuple(overlays(situation, grid.situations[0] if number else None)),
            )
            for number, situation in enumerate(grid.situations)
        ),
    )


def _prospects(pair: Pair, situation: Situation, sector: str) -> Prospects:
    """Return when the duties beside the status bite, made once for situations with the same duties."""
    whens = tuple(entry.when for entry in situation.beside)
    key = ("duties", whens, sector)
    found = pair.made.get(key)
    if not isinstance(found, Prospects):
        found = pair.made[key] = Prospects(whens, pair.book.profile(sector))
    return found


def _tables(pair: Pair, cell: Cell, shelf: Shelf, given: Mapping[str, Value]) -> list[Look]:
    """Look at every situation the question takes in."""
    refused = frozenset([name for name, value in given.items() if value is False]) & shelf.measures
    key = ("tables", cell, refused)
    tables = pair.made.get(key)
    if not isinstance(tables, tuple):
        made = []
        for situation in shelf.grid.situations:
            unmet = situation.measures & refused
            one = ("table", situation.cell, unmet)
            table = pair.made.get(one)
            if not isinstance(table, Table):
                table = Table(situation, pair.book.profile(situation.cell.sector), unmet)
                pair.book.count(pair.view, table.weight, MOST_KEPT)
                pair.made[one] = table
            made.append(table)
        tables = pair.made[key] = tuple(made)
    return [(Table(t.situation, t.profile, t.unmet, given) if t.capped else t).look(given) for t in tables]


def _part(pair: Pair, cell: Cell, transfer: Transfer) -> Decision:
    view = pair.view
    given = dict(transfer.facts)
    if transfer.origin == transfer.destination:
        inside = Status.INTERNAL
        part = Part(cell.data, inside, inside, inside, ())
        orders = tuple(pair.orders)
        return Decision(transfer, view.day, inside, inside, inside, (), (), (), (), (), orders, (), (part,))
    shelf = _shelf(pair, cell)
    looks = _tables(pair, cell, shelf, given)
    main = looks[0]
    best, worst = span(set().union(*[seen.statuses for seen in looks]))
    deciding = dict.fromkeys(fact for seen in looks for fact in seen.deciding)
    for axis, lines in shelf.grid.lines.items():
        if any(looks[line[0]].differs(looks[number]) for line in lines for number in line[1:]):
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
        routes=_routes(shelf, main),
        obstacles=tuple(_obstacles(shelf, looks)),
        overlays=_duties(shelf, given),
        conflicts=tuple(conflicts(pair, cell, main.status, given)),
        orders=shelf.orders,
        silent=silent,
        parts=(Part(cell.data, status, best, worst, tuple(deciding)),),
        capped=any(seen.table.capped for seen in looks),
        coverages=reviews,
    )


def _duties(shelf: Shelf, given: Mapping[str, Value]) -> tuple[Overlay, ...]:
    """Return each duty once: as it bites on the question asked, else as it first could."""
    kept: dict[str, Overlay] = {}
    for prospects, duties in shelf.duties:
        codes = prospects.codes(given)
        for number, now, possible in duties:
            if codes[number]:
                kept.setdefault(now.rule.iri, now if codes[number] == NOW else possible)
    return tuple(kept.values())


def _silence(seen: Look) -> tuple[tuple[str, ...], tuple[Coverage, ...]]:
    """Return the orders that said nothing under the profile, and the reviews that found nothing to say."""
    table = seen.table
    silent = []
    reviews: list[Coverage] = []
    for number, program in enumerate(table.situation.programs):
        if table.nothing.rows[number][seen.byte] & seen.bit:
            reviews += program.nothing_added
        elif table.silent.rows[number][seen.byte] & seen.bit:
            silent.append(program.order)
    return tuple(silent), tuple(reviews)


def _routes(shelf: Shelf, seen: Look) -> tuple[Route, ...]:
    row = seen.table.carries
    found = []
    later = []
    for number, residual, now, possible in shelf.routes:
        code = seen.code(row, number)
        if code == NOW:
            found.append(now)
        elif code and not residual:
            later.append(possible)
    return (*found, *later)


def _obstacles(shelf: Shelf, looks: list[Look]) -> Iterable[Obstacle]:
    main = looks[0]
    row = main.table.stands
    given_way = RANK.get(main.status, len(SCALE)) <= RANK[Status.RECOGNISED]
    shown: set[str] = set()
    found: list[tuple[int, Obstacle]] = []
    for number, default, obstacle in shelf.bans:
        if main.code(row, number) == NOW and not (default and given_way):
            assert obstacle.rule is not None
            shown.add(obstacle.rule.iri)
            found.append((number, obstacle))
    unmet = main.table.unmet
    if unmet:
        for number, requires, obstacle in shelf.unmet:
            if main.code(row, number) == NOW and not unmet.isdisjoint(requires):
                found.append((number, obstacle))
        found.sort(key=lambda one: one[0])
    yield from (obstacle for _, obstacle in found)
    yield from shelf.lapsed
    for seen, possible in zip(looks, shelf.possible, strict=True):
        row = seen.table.stands
        for number, obstacle in possible:
            if seen.code(row, number):
                assert obstacle.rule is not None
                if obstacle.rule.iri not in shown:
                    shown.add(obstacle.rule.iri)
                    yield obstacle


def statements(found: Decision) -> set[str]:
    """Return the IRIs of every rule and entry an answer speaks of, save what has lapsed."""
    names = {r.rule.iri for r in found.routes} | {e.iri for r in found.routes for e in r.entries}
    names |= {o.rule.iri for o in found.obstacles if o.rule}
    names |= {e.iri for o in found.obstacles for e in o.entries}
    return names | {o.rule.iri for o in found.overlays}


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
