"""Many different real questions, the same in every run: places with law of their own, all data categories, days.

With *facts given* every circumstance that any rule in play asks about is stated, numbers at and around
the thresholds of the law; nothing is left for the decision to enumerate except narrower categories,
purposes and sectors. With *facts open* nothing is stated.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from datarules import vocab as v
from datarules.model import Comparison, Transfer, Value
from datarules.pairs import Pair
from datarules.rulebook import Cell, RuleBook
from datarules.situations import Situation

DAYS = tuple(
    date.fromisoformat(day)
    for day in (
        "2005-06-01",
        "2015-10-05",
        "2017-09-01",
        "2020-08-01",
        "2023-08-01",
        "2025-03-01",
        "2026-11-23",
    )
)
LATEST = DAYS[-1]
Question = tuple[Transfer, int]


def places(book: RuleBook, day: int) -> list[str]:
    """Return the jurisdictions whose own law on transfer is in force on a day, ascending by IRI."""
    view = book.at(day)
    return [
        j for j in sorted(book.records.jurisdictions) if len(view.rules.get((j, v.Action.TRANSFER), ())) > 1
    ]


def pair_of(book: RuleBook, origin: str, destination: str, day: int) -> Pair:
    """Return the compiled pair, as the decision itself keeps it."""
    view = book.at(day)
    found = view.memo.get((origin, destination))
    if not isinstance(found, Pair):
        found = view.memo[origin, destination] = Pair(view, origin, destination)
    return found


def forget_pairs(book: RuleBook) -> None:
    """Drop everything compiled per pair and per day."""
    book._views.clear()


def situations(book: RuleBook, transfer: Transfer, day: int) -> tuple[Situation, ...]:
    """Return the situations a question is decided over."""
    pair = pair_of(book, transfer.origin, transfer.destination, day)
    return pair.situations(Cell(transfer.data[0], transfer.purpose, transfer.sector)).situations


def state_everything(
    book: RuleBook, asked: Sequence[Situation], rng: random.Random, measures: bool
) -> tuple[tuple[str, Value], ...]:
    """Return a value for every circumstance that the situations ask about; for measures too if wanted."""
    tests: dict[str, list[Comparison]] = {}
    for situation in asked:
        for test in (*situation.tests, *situation.beside_tests):
            tests.setdefault(test.fact, []).append(test)
    facts: dict[str, Value] = {}
    for name, compared in sorted(tests.items()):
        if book.records.facts[name].kind is int:
            facts[name] = rng.choice([max(0, int(t.value) + step) for t in compared for step in (-1, 0, 1)])
        else:
            facts[name] = rng.random() < 0.3
    if measures:
        for name in sorted({m for situation in asked for m in situation.measures} - facts.keys()):
            facts[name] = rng.random() < 0.8
    return tuple(sorted(facts.items()))


def given(
    book: RuleBook,
    count: int,
    origins: Sequence[str] = (),
    days: Sequence[date] = DAYS,
    destinations: Sequence[str] = (),
    measures: bool = False,
    seed: int = 20261123,
) -> list[Question]:
    """Return questions with every circumstance stated, and every measure if wanted."""
    rng = random.Random(seed)
    known = places(book, days[-1].toordinal())
    categories = sorted(c for c in book.records.categories if c.startswith(v.CATEGORY))
    found: list[Question] = []
    while len(found) < count:
        origin, destination = rng.choice(list(origins) or known), rng.choice(list(destinations) or known)
        if origin != destination:
            day = rng.choice(days).toordinal()
            bare = Transfer(origin, destination, (rng.choice(categories),), v.ANY_PURPOSE, v.ANY_SECTOR)
            facts = state_everything(book, situations(book, bare, day), rng, measures)
            found.append((Transfer(origin, destination, bare.data, bare.purpose, bare.sector, facts), day))
    return found


def otherwise(
    book: RuleBook, asked: Sequence[Question], measures: bool = False, seed: int = 7
) -> list[Question]:
    """Return the same transfers with other facts, none of them asked before; those that have none are left out.

    So nothing the program remembers of earlier answers can help, whatever it remembers.
    """
    rng = random.Random(seed)
    known = set(asked)
    found = []
    for transfer, day in asked:
        seen = situations(book, transfer, day)
        for _ in range(12):
            facts = state_everything(book, seen, rng, measures)
            one = (replace(transfer, facts=facts), day)
            if one not in known:
                known.add(one)
                found.append(one)
                break
    return found


def worlds(book: RuleBook, transfer: Transfer, day: int) -> tuple[int, int, int]:
    """Return how wide an open question is: situations, worlds over all of them, comparisons."""
    from datarules.worlds import CAP, Space

    asked = situations(book, transfer, day)
    sizes = [Space(s.tests, book.baseline).size for s in asked]
    return len(asked), sum(min(size, CAP) for size in sizes), sum(len(s.tests) for s in asked)


def nearly_open(book: RuleBook, asked: Sequence[Question], seed: int = 11) -> list[Question]:
    """Return open questions with one circumstance stated: new questions that leave all other facts open."""
    rng = random.Random(seed)
    found = []
    for transfer, day in asked:
        facts = state_everything(book, situations(book, transfer, day), rng, measures=False)
        if facts:
            found.append((replace(transfer, facts=(rng.choice(facts),)), day))
    return found


def open_from(book: RuleBook, origin: str, day: int) -> list[Question]:
    """Return every open question from an origin: all destinations with law, all shared categories."""
    categories = sorted(c for c in book.records.categories if c.startswith(v.CATEGORY))
    return [
        (Transfer(origin, d, (c,), v.ANY_PURPOSE, v.ANY_SECTOR, (), True), day)
        for d in places(book, day)
        if d != origin
        for c in categories
    ]
