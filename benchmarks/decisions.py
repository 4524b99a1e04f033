"""One decision with reasons, in process, over many different questions.

States of the program are told apart, because they cost very differently:

- *pair not seen*: the law of the day is indexed; pair and category are compiled as part of the call;
- *new question*: pair and category are compiled, the facts stated were never asked with them. The targets
  are held against this one. Transfers in which no fact matters have no new question and are left out;
- *asked before*: the answer is remembered.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from statistics import median

from datarules.decide import decide
from datarules.many import Desk
from datarules.matrix import shared_categories
from datarules.model import Decision
from datarules.rulebook import RuleBook
from datarules.vocab import local

from . import questions as q
from .measure import Row, Sample, each

GIVEN, OPEN = 50e-6, 1e-3
"""Targets in seconds: facts given, and facts open on the widest order."""
BATCH = 200_000
"""Target for decisions as columns, a second on one core."""
KINDS = ("situations", "worlds", "comparisons")


def note(found: Sample) -> str:
    """Return count, 90th and 99th percentile in words."""
    return (
        f"{len(found.times)} calls, p90 {found.quantile(0.9) * 1e6:,.0f} µs, "
        f"p99 {found.quantile(0.99) * 1e6:,.0f} µs"
    )


def rows(book: RuleBook, count: int) -> Iterable[Row]:
    """Measure decisions.

    Args:
        book: the compiled law.
        count: questions with facts given.
    """

    def ask(question: q.Question) -> Decision:
        return decide(book, *question)

    asked = q.given(book, count)
    q.forget_pairs(book)
    for date in q.DAYS:
        book.at(date.toordinal())
    pairs = {(t.origin, t.destination, day): (t, day) for t, day in reversed(asked)}
    cold = each(ask, pairs.values())
    yield Row("decide", "facts given, pair not seen before", cold.median, "s", note=note(cold))
    for question in asked:
        ask(question)
    new = each(ask, q.otherwise(book, asked))
    yield Row("decide", "facts given, new question", new.median, "s", GIVEN, note=note(new))
    fresh = each(ask, q.otherwise(book, asked, measures=True))
    yield Row(
        "decide",
        "facts given and measures taken or refused at random, new question",
        fresh.median,
        "s",
        note=note(fresh),
    )
    again = each(ask, asked)
    yield Row("decide", "facts given, asked before", again.median, "s", note=note(again))
    yield from _open(book)
    yield from _columns(book, asked)


def _columns(book: RuleBook, asked: list[q.Question]) -> Iterable[Row]:
    """Measure many decisions as columns against a plain loop over the same rows, on one core."""
    day, places, categories = (
        q.LATEST.toordinal(),
        sorted(book.records.jurisdictions),
        shared_categories(book),
    )
    rng, size = random.Random(1), 1_000_000
    columns = [[rng.choice(known) for _ in range(size)] for known in (places, places, categories)]
    start = time.process_time()
    desk = Desk(book, day, categories)
    table = time.process_time() - start
    start = time.process_time()
    desk.decide(*columns)
    rows = time.process_time() - start
    told = f"{size:,} different rows, the table made in {table:.2f} s; rows alone {size / rows:,.0f} a second"
    rate = size / (table + rows)
    yield Row("decide", "as columns, table included", rate, "decisions/s", BATCH, at_least=True, note=told)
    start = time.process_time()
    for transfer, _ in asked:
        decide(book, transfer, day)
    loop = len(asked) / (time.process_time() - start)
    yield Row("decide", "as columns, of a plain loop", rate / loop, "times", note=f"{loop:,.0f} a second")


def _open(book: RuleBook) -> Iterable[Row]:
    """Measure open questions from the orders that are widest in one way or another."""
    day = q.LATEST.toordinal()
    by_order = {o: q.open_from(book, o, day) for o in q.places(book, day)}
    breadth = {o: [q.worlds(book, *one) for one in asked] for o, asked in by_order.items()}
    typical = {o: [median(b[n] for b in found) for n in range(len(KINDS))] for o, found in breadth.items()}
    widest = {kind: max(typical, key=lambda o, n=n: typical[o][n]) for n, kind in enumerate(KINDS)}  # type: ignore[misc]
    for order in dict.fromkeys(widest.values()):
        why = ", ".join(kind for kind, found in widest.items() if found == order)
        wide = ", ".join(f"{n:,.0f} {kind}" for n, kind in zip(typical[order], KINDS, strict=True))
        q.forget_pairs(book)
        book.at(day)
        first = each(lambda one: decide(book, *one), by_order[order])
        yield Row(
            "decide",
            f"facts open, from {local(order)} (most {why}), category not seen before",
            first.median,
            "s",
            note=f"{note(first)}; a median question has {wide}",
        )
        new = each(lambda one: decide(book, *one), q.nearly_open(book, by_order[order]))
        yield Row(
            "decide",
            f"facts open but one, from {local(order)}, new question",
            new.median,
            "s",
            OPEN,
            note=note(new),
        )
        hardest = max(range(len(breadth[order])), key=lambda n: breadth[order][n][1])
        yield _hardest(book, by_order[order][hardest], breadth[order][hardest])


def _hardest(book: RuleBook, question: q.Question, breadth: tuple[int, ...]) -> Row:
    variants = q.nearly_open(book, [question] * 40)
    found = each(lambda one: decide(book, *one), dict.fromkeys(variants))
    transfer = question[0]
    return Row(
        "decide",
        f"facts open but one, the widest question: {local(transfer.origin)} to "
        f"{local(transfer.destination)}, {local(transfer.data[0])}",
        found.median,
        "s",
        note=", ".join(f"{n:,} {kind}" for n, kind in zip(breadth, KINDS, strict=True)),
    )
