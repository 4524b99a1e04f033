"""Mechanisms compared on the same measures: kinds of route, certificates, schemes and agreements.

A pair of places is *carried* by a kind where a route of that kind is open now, under the profile and the
facts stated, at the level or freer. It is carried by the kind *alone* where the pair falls out of the level
once the routes of that kind are taken from the law and the pair is decided again. A certificate is measured
by stating that everybody holds it, a scheme by taking its members off it; a commitment between states
carries nothing, and is counted as what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from . import vocab as v
from .compare import kind_of
from .costs import PRIVATE, class_of
from .effects import schemes, statuses
from .forge import Forge
from .matrix import NUMBER, Frame
from .model import Rule, comparisons
from .obstacles import Bench, Change, status_of
from .outlook import Outlook, outlooks
from .rulebook import DayView, RuleBook
from .situations import Program, entries_of
from .verdicts import RANK, ROUTE_LEVELS, Table
from .vocab import SCALE, Action, Evidence, Modality, Status

Grid = npt.NDArray[np.bool_]
Progress = Callable[[int, int], None]
OPEN_LAW = ""
"""Stands for routes without mechanism: the default of an open law, and plain permissions."""
SORTS = ("kind", "certificate", "scheme")


@dataclass(slots=True)
class Standing:
    """One mechanism on the measures.

    Attributes:
        sort: ``kind`` of route, ``certificate`` or ``scheme``.
        name: IRI of the kind, name of the fact, or IRI of the scheme.
        orders: codes of the orders whose rules accept it.
        pairs: ordered pairs carried now (certificates: newly open once held; schemes: open among members).
        mutual: pairs carried both ways.
        alone: ordered pairs that only it carries.
        people: people in the origins of the pairs, each counted once; nothing where no count is given.
        evidence: weakest and strongest evidence of the rules that accept it, or nothing.
        members: codes of the members of a scheme.
        commitments: commitments of an agreement in force.
    """

    sort: str
    name: str
    orders: tuple[str, ...] = ()
    pairs: int = 0
    mutual: int = 0
    alone: int = 0
    people: int | None = None
    evidence: tuple[Evidence, Evidence] | None = None
    members: tuple[str, ...] = ()
    commitments: int = 0


@dataclass(slots=True)
class _Grids:
    carried: dict[str, Grid] = field(default_factory=dict)
    alone: dict[str, Grid] = field(default_factory=dict)


def routes(bench: Bench, level: Status) -> list[Rule]:
    """Return the routes that carry a transfer now at a level or freer."""
    unmet = bench.situation.measures & {name for name, value in bench.given.items() if value is False}
    table = Table(bench.situation, bench.profile, unmet)
    if table.capped:
        table = Table(bench.situation, bench.profile, unmet, bench.given)
    bit = 1 << table.outcome(bench.given)[0]
    return [
        entry.rule
        for verdict in table.verdicts
        for entry, carries in zip(verdict.program.entries, verdict.carries, strict=True)
        if carries & bit and RANK[ROUTE_LEVELS[entry.rule.level]] <= RANK[level]
    ]


def without(bench: Bench, kind: str) -> Status:
    """Return the status once every route of a kind is taken from the law."""

    def left(program: Program) -> Program:
        kept = [
            (entry.rule, entry.when, entry.lists)
            for entry in program.entries
            if entry.rule.modality is not Modality.PERMISSION or kind_of(entry.rule.mechanism) != kind
        ]
        return replace(program, entries=entries_of(kept))

    programs = [left(program) for program in bench.situation.programs]
    return status_of(bench.profile, programs, bench.given)


def _reached(status: Status, level: Status) -> bool:
    return status in SCALE and RANK[status] <= RANK[level]


def accepting(view: DayView, asked: Frame, accepts: Callable[[Rule], bool]) -> list[Rule]:
    """Return the routes in force, for the data asked about, that accept a mechanism."""
    cell = asked.cells[0]
    return [
        rule
        for (_, action), rules in list(view.rules.items())
        if action is Action.TRANSFER
        for rule in rules
        if rule.modality is Modality.PERMISSION and view.book.matches(rule.scope, cell) and accepts(rule)
    ]


def _accepted(book: RuleBook, one: Standing, rules: Iterable[Rule]) -> None:
    rules = list(rules)
    known = book.records.jurisdictions
    one.orders = tuple(sorted({known[r.order].code if r.order in known else v.local(r.order) for r in rules}))
    if rules:
        one.evidence = (max(r.evidence for r in rules), min(r.evidence for r in rules))


def _kinds(book: RuleBook, asked: Frame, day: int, level: Status, progress: Progress | None) -> _Grids:
    """Return which kinds carry which pairs; each class of pairs is looked at once."""
    view, cell, found = book.at(day), asked.cells[0], _Grids()
    column = {place: number for number, place in enumerate(asked.places)}
    size = (len(column), len(column))
    origins: dict[int, tuple[Outlook, list[int]]] = {}
    forge = Forge(book, dict(asked.facts))
    for origin, outlook in outlooks(view, forge, asked.places):
        origins.setdefault(id(outlook), (outlook, []))[1].append(column[origin])
    for number, (outlook, rows) in enumerate(origins.values()):
        for one in outlook.classes:
            there = [column[p] for p in one.places if p in column and p != outlook.origin]
            status = outlook.status(one, cell) if there else Status.UNKNOWN
            if status is Status.INTERNAL or not _reached(status, level):
                continue
            bench = Bench(view, outlook.origin, asked.places[there[0]], cell, dict(asked.facts))
            box = np.ix_(rows, there)
            for kind in dict.fromkeys(kind_of(rule.mechanism) for rule in routes(bench, level)):
                found.carried.setdefault(kind, np.zeros(size, np.bool_))[box] = True
                if not _reached(without(bench, kind), level):
                    found.alone.setdefault(kind, np.zeros(size, np.bool_))[box] = True
        if progress:
            progress(number + 1, len(origins))
    return found


def compared(
    book: RuleBook,
    asked: Frame,
    day: int,
    level: Status = Status.SAFEGUARDS,
    people: Mapping[str, int] | None = None,
    progress: Progress | None = None,
) -> list[Standing]:
    """Return every mechanism on the same measures: kinds, then certificates, then schemes, most pairs first.

    Args:
        book: the compiled law.
        asked: places, one category, purpose, sector and facts.
        day: ordinal of the day.
        level: the level at which a pair counts as carried.
        people: people by code of place.
        progress: called with origins done and origins in all; what it raises ends the work.
    """
    view = book.at(day)
    grids = _kinds(book, asked, day, level, progress)
    heads = [(people or {}).get(book.records.jurisdictions[p].code, 0) for p in asked.places]
    forge = Forge(book, dict(asked.facts))
    base = np.asarray(statuses(book, asked, day, forge) <= NUMBER[level])
    found = []

    def measured(one: Standing, grid: Grid, alone: Grid | None) -> Standing:
        grid = grid.copy()
        np.fill_diagonal(grid, False)
        one.pairs, one.mutual = int(grid.sum()), int((grid & grid.T).sum()) // 2
        if alone is not None:
            alone = alone.copy()
            np.fill_diagonal(alone, False)
            one.alone = int(alone.sum())
        if people is not None:
            one.people = sum(n for n, row in zip(heads, grid, strict=True) if row.any())
        return one

    empty = np.zeros_like(base)
    for kind, grid in grids.carried.items():
        one = measured(Standing("kind", kind), grid, grids.alone.get(kind, empty))
        _accepted(book, one, accepting(view, asked, lambda rule, kind=kind: kind_of(rule.mechanism) == kind))  # type: ignore[misc]
        found.append(one)
    found += list(_certificates(book, asked, day, level, base, measured))
    found += list(_agreements(book, asked, day, level, base, measured))
    return sorted(found, key=lambda one: (SORTS.index(one.sort), -one.pairs, one.name))


Measured = Callable[[Standing, Grid, Grid | None], Standing]


def _certificates(
    book: RuleBook, asked: Frame, day: int, level: Status, base: Grid, measured: Measured
) -> Iterator[Standing]:
    view = book.at(day)
    naming: dict[str, list[Rule]] = {}
    for rule in accepting(view, asked, lambda rule: True):
        for test in comparisons(rule.when):
            known = book.records.facts.get(test.fact)
            plain = known and known.kind is bool and test.value is True and test.operator == "eq"
            if plain and class_of(book, Change("fact", rule.iri, test.fact)) == PRIVATE:
                naming.setdefault(test.fact, []).append(rule)
    for fact, rules in sorted(naming.items()):
        held = replace(asked, facts=tuple(sorted({**dict(asked.facts), fact: True}.items())))
        grid = np.asarray(statuses(book, held, day, Forge(book, dict(held.facts))) <= NUMBER[level])
        one = measured(Standing("certificate", fact), grid & ~base, None)
        _accepted(book, one, rules)
        yield one


def _agreements(
    book: RuleBook, asked: Frame, day: int, level: Status, base: Grid, measured: Measured
) -> Iterator[Standing]:
    view = book.at(day)
    known = book.records.jurisdictions
    column = {place: number for number, place in enumerate(asked.places)}
    promised: dict[str, int] = {}
    for rule in view.commitments:
        promised[rule.order] = promised.get(rule.order, 0) + 1
    for group in schemes(book):
        inside = [place for place in view.taken_in(group) if place in column]
        if not inside:
            continue
        among = np.zeros_like(base)
        box = np.ix_([column[p] for p in inside], [column[p] for p in inside])
        among[box] = base[box]
        above = {group, *(e.group for e in view.of_member.get(group, ()))}
        rules = accepting(view, asked, lambda rule, above=above: not above.isdisjoint(rule.destinations))  # type: ignore[misc]
        lost = np.zeros_like(base)
        if rules:
            entries = {i: e for i, e in book.records.memberships.items() if e.group != group}
            left = book.with_law(book.records.rules, entries)
            lost = base & ~np.asarray(
                statuses(left, asked, day, Forge(left, dict(asked.facts))) <= NUMBER[level]
            )
        one = measured(Standing("scheme", group), among, lost)
        _accepted(book, one, rules)
        one.members = tuple(sorted(known[place].code for place in inside))
        one.commitments = promised.get(group, 0)
        yield one
