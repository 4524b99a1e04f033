"""Portfolios on the real law: every effect decided again, then ten changes chosen exactly, with the gap.

Two levels are measured, since they are different problems: at ``safeguards`` some forty closed laws stand
out, at ``recognised`` most of the world is closed and thousands of list entries compete.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from datarules import effects, islands, matrix, mechanisms
from datarules import vocab as v
from datarules.portfolio import Chooser, Limit
from datarules.rulebook import RuleBook
from datarules.vocab import Status

from .measure import Row

DAY = date(2026, 5, 1).toordinal()
CHANGES, BUDGET = 10, 40.0
SECONDS = 60.0
"""Target for effects and choice together."""
Made = TypeVar("Made")


def _timed(make: Callable[[], Made]) -> tuple[Made, float]:
    gc.collect()
    start = time.perf_counter()
    made = make()
    return made, time.perf_counter() - start


def rows(book: RuleBook, quick: bool) -> Iterable[Row]:
    """Measure effects, exact and greedy choices with their gaps, and the comparison of mechanisms."""
    places = islands.places(book)
    frame = matrix.frame(book, [v.CATEGORY + "personal"], places)
    for level in (Status.SAFEGUARDS,) if quick else (Status.SAFEGUARDS, Status.RECOGNISED):
        fresh = RuleBook(book.records, book.release)
        found, taken = _timed(lambda fresh=fresh, level=level: effects.survey(fresh, frame, DAY, level))  # type: ignore[misc]
        note = (
            f"{len(places)} places, {len(found.candidates):,} changes, {len(found.openers):,} pairs they open"
        )
        yield Row("portfolio", f"effects of every change, {level.value}", taken, "s", note=note)
        for mutual in (True, False):
            yield from _chosen(fresh, found, level, mutual, taken)
    _, taken = _timed(lambda: mechanisms.compared(book, frame, DAY))
    yield Row("portfolio", "every mechanism on the same measures", taken, "s", note="one category, all pairs")


def _chosen(
    book: RuleBook, found: effects.Effects, level: Status, mutual: bool, before: float
) -> Iterable[Row]:
    joined = "both ways" if mutual else "one way"
    chooser, ready = _timed(lambda: Chooser(book, found, "pairs", mutual))
    for limit, name in ((Limit(CHANGES), f"{CHANGES} changes"), (Limit(budget=BUDGET), f"budget {BUDGET:g}")):
        exact, taken = _timed(lambda limit=limit: chooser.exact(limit, SECONDS))  # type: ignore[misc]
        greedy, quickly = _timed(lambda limit=limit: chooser.greedy(limit))  # type: ignore[misc]
        note = (
            f"+{exact.gain:,.0f} pairs, bound {exact.bound:,.0f}, gap {exact.gap:.2%}, decided again "
            f"+{exact.decided:,.0f}; greedy +{greedy.gain:,.0f} in {quickly:.1f} s"
        )
        target = SECONDS if limit.count else None
        name = f"{name} chosen exactly, {joined}, {level.value}, with effects"
        yield Row("portfolio", name, before + ready + taken, "s", target, note=note)
