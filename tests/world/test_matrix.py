"""The matrix and the timeline against single decisions: the same answers, for all pairs and all days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datarules import matrix as mx
from datarules import vocab as v
from datarules.decide import decide
from datarules.matrix import STATUSES, Matrix, frame, matrix
from datarules.model import Decision, Transfer
from datarules.rulebook import RuleBook
from datarules.timeline import timeline

from ..decision.worlds import CATEGORIES, DAY, cat, random_entries, random_rules, world

SLOW = settings(max_examples=120, deadline=None)


def shown(found: Decision) -> tuple[str, ...]:
    """Return what a matrix holds of a decision."""
    route = next((r.rule.iri for r in found.routes if r.now), "")
    obstacle = next(
        (o.rule.iri for o in found.obstacles if o.rule and o.kind in ("default", "prohibition")), ""
    )
    return found.status.value, found.best.value, found.worst.value, route, obstacle


def cell(found: Matrix, category: int, origin: int, destination: int) -> tuple[str, ...]:
    at = (category, origin, destination)
    numbers = [array[at] for array in (found.status, found.best, found.worst)]
    rules = [array[at] for array in (found.route, found.obstacle)]
    return (*(STATUSES[n].value for n in numbers), *(found.rules[n] if n >= 0 else "" for n in rules))


@settings(SLOW)
@given(
    random_rules(),
    random_entries(),
    st.dictionaries(st.sampled_from(["f1", "f2"]), st.booleans()),
    st.sampled_from(["any", "sale"]),
)
def test_every_cell_of_a_small_world_is_the_decision(rules, entries, facts, purpose):  # type: ignore[no-untyped-def]
    book = world(rules, entries)
    asked = frame(book, [cat(c) for c in CATEGORIES], purpose=v.PURPOSE + purpose, facts=facts)
    found = matrix(book, asked, DAY)
    for k, category in enumerate(asked.categories):
        for i, origin in enumerate(asked.places):
            for j, destination in enumerate(asked.places):
                question = Transfer(
                    origin, destination, (category,), asked.purpose, asked.sector, asked.facts
                )
                assert cell(found, k, i, j) == shown(decide(book, question, DAY))


@pytest.mark.parametrize("day", ["1999-06-01", "2015-10-07", "2020-12-15", "2026-05-01", "2027-12-01"])
def test_cells_of_the_real_law_are_the_decisions(book: RuleBook, day: str) -> None:
    random = Random(day)
    ordinal = date.fromisoformat(day).toordinal()
    shared = list(mx.shared_categories(book))
    facts = {"consent": False} if random.random() < 0.5 else {}
    asked = frame(book, random.sample(shared, 6), facts=facts)
    found = matrix(book, asked, ordinal)
    encoded = {r.order for r in book.records.rules.values()}
    own = [n for n, place in enumerate(asked.places) if place in encoded]
    for _ in range(150):
        k, i, j = random.randrange(6), random.choice(own), random.randrange(len(asked.places))
        question = Transfer(
            asked.places[i], asked.places[j], (asked.categories[k],), asked.purpose, asked.sector, asked.facts
        )
        assert cell(found, k, i, j) == shown(decide(book, question, ordinal)), question


def test_where_only_bounds_can_be_given_both_give_the_same(
    book: RuleBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("worlds", "verdicts"):
        monkeypatch.setattr(f"datarules.{module}.CAP", 1 << 7)
    fresh, random = RuleBook(book.records, book.release), Random(20261130)
    asked = frame(fresh, [v.CATEGORY + name for name in ("personal", "health")])
    day = date(2026, 5, 1).toordinal()
    found = matrix(fresh, asked, day)
    bounded = [tuple(int(n) for n in place) for place in np.argwhere(found.capped)]
    exact = [tuple(int(n) for n in place) for place in np.argwhere(~found.capped)]
    assert min(len(bounded), len(exact)) > 5000
    for k, i, j in random.sample(bounded, 150) + random.sample(exact, 50):
        if i != j:
            question = Transfer(
                asked.places[i], asked.places[j], (asked.categories[k],), asked.purpose, asked.sector
            )
            single = decide(fresh, question, day)
            assert cell(found, k, i, j) == shown(single), question
            assert found.capped[k, i, j] == single.capped, question


@settings(SLOW)
@given(random_rules(), random_entries(), st.randoms())
def test_permuting_rules_and_places_changes_nothing(rules, entries, random):  # type: ignore[no-untyped-def]
    shuffled, mixed = list(rules), list(entries)
    random.shuffle(shuffled)
    random.shuffle(mixed)
    first, second = world(rules, entries), world(shuffled, mixed)
    places = list(first.records.jurisdictions)
    random.shuffle(places)
    one = matrix(first, frame(first, [cat("personal")]), DAY)
    other = matrix(second, frame(second, [cat("personal")], places), DAY)
    assert one.frame.places == other.frame.places
    for name in ("status", "best", "worst"):
        assert (getattr(one, name) == getattr(other, name)).all()


def equal(one: Matrix, other: Matrix) -> bool:
    same = all((getattr(one, n) == getattr(other, n)).all() for n in ("status", "best", "worst", "capped"))
    names = []
    for found in (one, other):
        rules = np.array([*found.rules, ""])
        names.append((rules[found.route], rules[found.obstacle]))
    return same and all((a == b).all() for a, b in zip(*names, strict=True))


@settings(SLOW)
@given(random_rules(), random_entries(), st.lists(st.integers(-3, 3), min_size=7, max_size=7))
def test_the_timeline_is_each_day_recomputed_from_nothing(rules, entries, shifts):  # type: ignore[no-untyped-def]
    dated = [
        replace(r, start=r.start + s) if r.start == DAY else r for r, s in zip(rules, shifts, strict=False)
    ]
    listed = [replace(e, start=DAY + s, end=DAY + s + 4) for e, s in zip(entries, shifts, strict=False)]
    book = world(dated, listed)
    asked = frame(book, [cat("personal"), cat("health")])
    days = []
    for step in timeline(book, asked, DAY - 5):
        days.append(step.day)
        assert equal(step.matrix, matrix(world(dated, listed), asked, step.day))
    assert set(days) == {DAY - 5, *(d for d in book.epochs if d > DAY - 5)}


def test_the_timeline_of_the_real_law_is_each_day_recomputed(book: RuleBook) -> None:
    encoded = sorted({r.order for r in book.records.rules.values() if r.order in book.records.jurisdictions})
    random = Random(3)
    places = {*random.sample(encoded, 25), *(v.ID + c for c in _busiest(book, 12))}
    asked = frame(book, [v.CATEGORY + "personal", v.CATEGORY + "payment"], places)
    steps, looked_at = 0, 0
    for step in timeline(book, asked, date(1995, 1, 1).toordinal()):
        steps += 1
        if random.random() < 0.05:
            looked_at += 1
            assert equal(step.matrix, matrix(book, asked, step.day)), date.fromordinal(step.day)
    assert steps > 200 and looked_at > 5


def _busiest(book: RuleBook, count: int) -> list[str]:
    """Return the codes with most rules."""
    counts: dict[str, int] = {}
    for rule in book.records.rules.values():
        counts[rule.order] = counts.get(rule.order, 0) + 1
    known = book.records.jurisdictions
    return [known[iri].code for iri in sorted(counts, key=lambda i: -counts[i]) if iri in known][:count]


def test_a_step_says_what_changed(book: RuleBook) -> None:
    day = date(2023, 7, 10).toordinal()
    places = [v.ID + code for code in ("DE", "US", "JP")]
    asked = frame(book, [v.CATEGORY + "personal"], places)
    steps = {step.day: step for step in timeline(book, asked, day - 30, day + 1)}
    row, column = (asked.places.index(v.ID + code) for code in ("DE", "US"))
    assert steps[day].changed[0, row, column]
    assert any(cause.start == day for cause in steps[day].causes)


def test_an_unknown_law_is_unknown_to_all_and_the_diagonal_is_internal(book: RuleBook) -> None:
    found = matrix(book, frame(book), date(2026, 5, 1).toordinal())
    silent = next(
        i
        for i, p in enumerate(found.frame.places)
        if (found.status[0, i] != mx.INTERNAL).sum()
        and (np.delete(found.status[0, i], i) == mx.UNKNOWN).all()
    )
    assert (np.delete(found.worst[0, silent], silent) == mx.UNKNOWN).all()
    assert (np.diagonal(found.status[0]) == mx.INTERNAL).all()
