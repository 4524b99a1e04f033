"""The matrix of a day, its growth with the number of pairs, and the timeline of every day of change.

For growth the real law is copied under new names until there are enough jurisdictions: every copy keeps
its own lists, so the law per jurisdiction stays as rich as it is while pairs grow with the square.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import networkx as nx

from datarules import islands, matrix, timeline
from datarules import vocab as v
from datarules.decide import decide
from datarules.model import Jurisdiction, Membership, Rule, Transfer
from datarules.reader import Records
from datarules.rulebook import RuleBook
from datarules.vocab import Status

from .measure import Row

DAY = date(2026, 5, 1)
CATEGORIES = [
    "personal",
    "sensitive",
    "health",
    "biometric",
    "genomic",
    "financial",
    "payment",
    "precise-geolocation",
    "telecom-traffic",
    "employee",
    "government-id",
    "non-personal",
    "important",
    "geospatial",
    "government",
    "accounting",
]
ONE_DAY, ALL_DAYS = 2.0, 60.0
"""Targets in seconds."""
SIZES = (250, 500, 1000, 2000)


def copied(book: RuleBook, size: int) -> RuleBook:
    """Return a rulebook of ``size`` jurisdictions: the real ones, copied under new names as often as needed."""
    records = book.records
    order = sorted(
        records.jurisdictions, key=lambda iri: -sum(r.order == iri for r in records.rules.values())
    )
    places: dict[str, Jurisdiction] = {}
    rules: dict[str, Rule] = {}
    entries: dict[str, Membership] = {}
    coverages = {}
    groups = {}
    round_ = 0
    while len(places) < size:
        taken = set(order[: size - len(places)])
        names: dict[str, str] = {}

        def new(iri: str, turn: int = round_, names: dict[str, str] = names) -> str:
            if not turn or iri.startswith((v.CATEGORY, v.PURPOSE, v.SECTOR, v.MECHANISM, v.FACT)):
                return iri
            return names.setdefault(iri, f"{iri}~{turn}")

        for iri in taken:
            one = records.jurisdictions[iri]
            places[new(iri)] = replace(
                one, iri=new(iri), code=one.code if not round_ else f"{one.code}~{round_}"
            )
        groups.update({new(g): label for g, label in records.groups.items()})
        for rule in records.rules.values():
            if rule.order in taken or rule.order in records.groups:
                many = {
                    n: frozenset(map(new, getattr(rule, n)))
                    for n in ("destinations", "not_destinations", "overrides", "onward_to")
                }
                rules[new(rule.iri)] = replace(rule, iri=new(rule.iri), order=new(rule.order), **many)  # type: ignore[arg-type]
        for entry in records.memberships.values():
            if (entry.member in taken or entry.member in records.groups) and (
                entry.group in taken or entry.group in records.groups
            ):
                entries[new(entry.iri)] = replace(
                    entry, iri=new(entry.iri), member=new(entry.member), group=new(entry.group)
                )
        for review in records.coverages.values():
            if review.order in taken:
                coverages[new(review.iri)] = replace(review, iri=new(review.iri), order=new(review.order))
        round_ += 1
    made: Records = replace(
        records, jurisdictions=places, groups=groups, rules=rules, memberships=entries, coverages=coverages
    )
    return RuleBook(made, f"copied to {size}")


def _timed(make: object) -> float:
    gc.collect()
    start = time.perf_counter()
    make()  # type: ignore[operator]
    return time.perf_counter() - start


def _one_day(book: RuleBook, runs: int) -> list[float]:
    asked = matrix.frame(book, [v.CATEGORY + c for c in CATEGORIES])
    times = []
    for _ in range(runs):
        fresh = RuleBook(book.records, book.release)
        times.append(_timed(lambda fresh=fresh: matrix.matrix(fresh, asked, DAY.toordinal())))
    return sorted(times)


def rows(book: RuleBook, quick: bool) -> Iterable[Row]:
    """Measure the matrix against single decisions, its growth, the timeline, and the graphs."""
    runs = 2 if quick else 5
    times = _one_day(book, runs)
    places = len(book.records.jurisdictions)
    pairs = places * places * len(CATEGORIES)
    note = f"{places} jurisdictions, {len(CATEGORIES)} categories, {pairs:,} cells, nothing kept, {runs} runs"
    yield Row("matrix", "all pairs of one day", times[len(times) // 2], "s", ONE_DAY, note=note)
    yield from _against_single(book, times[len(times) // 2] / pairs, 300 if quick else 2000)
    per_pair: dict[int, float] = {}
    for size in SIZES[:2] if quick else SIZES:
        larger = copied(book, size)
        taken = _one_day(larger, 1 if size > 500 else 2)[0]
        per_pair[size] = taken / size**2
        yield Row(
            "matrix",
            f"all pairs of one day, {size:,} jurisdictions (law copied)",
            taken,
            "s",
            note=f"{taken / size**2 * 1e6:.2f} µs a pair with all categories",
        )
    first, last = min(per_pair), max(per_pair)
    yield Row(
        "matrix",
        f"time a pair at {last:,} against {first:,} jurisdictions",
        per_pair[last] / per_pair[first],
        "times",
        1.5,
        note="1 is growth linear in pairs",
    )
    if not quick:
        yield from _timeline(book)
    yield from _graphs(book, quick)


def _against_single(book: RuleBook, cell: float, count: int) -> Iterable[Row]:
    fresh = RuleBook(book.records, book.release)
    places = sorted(book.records.jurisdictions)
    questions = [
        Transfer(
            places[n * 7 % len(places)],
            places[n * 13 % len(places)],
            (v.CATEGORY + "personal",),
            v.ANY_PURPOSE,
            v.ANY_SECTOR,
        )
        for n in range(count)
    ]
    start = time.perf_counter()
    for question in questions:
        decide(fresh, question, DAY.toordinal())
    each = (time.perf_counter() - start) / count
    yield Row(
        "matrix",
        "faster than single decisions, pair by pair",
        each / cell,
        "times",
        note=f"{each * 1e6:.0f} µs a first decision, {cell * 1e6:.2f} µs a cell",
    )


def _timeline(book: RuleBook) -> Iterable[Row]:
    asked = matrix.frame(book, [v.CATEGORY + c for c in CATEGORIES])
    fresh = RuleBook(book.records, book.release)
    steps = 0

    def walk() -> None:
        nonlocal steps
        for _ in timeline.timeline(fresh, asked, date(1995, 1, 1).toordinal()):
            steps += 1

    taken = _timed(walk)
    note = f"{steps} days of change, {len(CATEGORIES)} categories, all pairs each"
    yield Row("matrix", "every day of change since 1995", taken, "s", ALL_DAYS, note=note)


def _graphs(book: RuleBook, quick: bool) -> Iterable[Row]:
    larger = copied(book, 500 if quick else 2000)
    personal = v.CATEGORY + "personal"
    found = matrix.matrix(larger, matrix.frame(larger, [personal], islands.places(larger)), DAY.toordinal())
    joined = islands.graph(larger, found, personal, Status.SAFEGUARDS)
    note = (
        f"{joined.number_of_nodes():,} places, {joined.number_of_edges():,} edges, networkx {nx.__version__}"
    )
    for name, make in (
        ("components", lambda: list(nx.connected_components(joined))),
        (
            "articulation points and bridges",
            lambda: islands._holding(joined),
        ),
        ("maximal cliques, twins joined", lambda: islands.cliques(joined)),
        ("Louvain communities", lambda: nx.community.louvain_communities(joined, seed=1)),
    ):
        yield Row("matrix", f"graph: {name}", _timed(make), "s", note=note)
