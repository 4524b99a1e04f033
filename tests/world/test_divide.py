"""Inequality against values worked out by hand, its parts, its course, and what would narrow it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datarules import divide as d
from datarules import matrix as matrices
from datarules import priorities as p
from datarules import reach as r
from datarules.islands import places
from datarules.model import Membership, Rule
from datarules.rulebook import RuleBook
from datarules.study import Study
from datarules.vocab import Status

from ..decision.worlds import DAY, START, cat, entry, place, random_entries, random_rules, rule, world
from .test_reach import LAND, OPEN, PERSONAL, SHUT, every, measured

numbers = st.lists(
    st.tuples(st.floats(0, 10, allow_subnormal=False), st.floats(0.1, 10), st.sampled_from("xyz")),
    min_size=1,
    max_size=12,
)


def test_gini_and_theil_of_two_people_of_whom_one_has_all() -> None:
    values, weights = np.array([0.0, 1.0]), np.array([1.0, 1.0])
    assert d.gini(values, weights) == pytest.approx(0.5)
    assert d.theil(values, weights) == pytest.approx(math.log(2))


def test_gini_and_theil_of_three_groups_worked_out_by_hand() -> None:
    values, weights = np.array([1.0, 3.0, 2.0]), np.array([2.0, 1.0, 1.0])
    # In order 1, 2, 3 with people 1/2, 1/4, 1/4: shares of 7/4 are 2/7, 2/7, 3/7.
    x, y = d.lorenz(values, weights)
    assert x.tolist() == pytest.approx([0, 0.5, 0.75, 1])
    assert y.tolist() == pytest.approx([0, 2 / 7, 4 / 7, 1])
    assert d.gini(values, weights) == pytest.approx(1 - (0.5 * 2 / 7 + 0.25 * 6 / 7 + 0.25 * 11 / 7))
    mean = 7 / 4
    expected = 0.5 * (1 / mean) * math.log(1 / mean) + 0.25 * (3 / mean) * math.log(3 / mean)
    expected += 0.25 * (2 / mean) * math.log(2 / mean)
    assert d.theil(values, weights) == pytest.approx(expected)


def test_where_all_are_alike_or_nobody_has_anything_there_is_no_inequality() -> None:
    for value in (0.0, 0.7):
        values, weights = np.full(3, value), np.array([1.0, 5.0, 2.0])
        assert d.gini(values, weights) == pytest.approx(0)
        assert d.theil(values, weights) == pytest.approx(0)


@settings(max_examples=200, deadline=None)
@given(numbers)
def test_within_and_between_add_up(rows):  # type: ignore[no-untyped-def]
    values, weights = np.array([x for x, _, _ in rows]), np.array([w for _, w, _ in rows])
    found = d.split(values, weights, [g for _, _, g in rows])
    assert found.within + found.between == pytest.approx(found.total, abs=1e-9)
    assert found.within >= -1e-12 and found.between >= -1e-9
    assert sum(g.people for g in found.groups) == pytest.approx(1)


@settings(max_examples=200, deadline=None)
@given(numbers, st.floats(0, 1, allow_subnormal=False))
def test_size_and_law_add_up_and_scale_and_splitting_change_nothing(rows, part):  # type: ignore[no-untyped-def]
    values, weights = np.array([x for x, _, _ in rows]), np.array([w for _, w, _ in rows])
    own = values * part
    found = d.inequality(np.repeat(values[None], 6, 0), weights, own)
    assert found.size.value + found.law.value == pytest.approx(found.gini.value, abs=1e-9)
    assert d.gini(values * 3, weights) == pytest.approx(d.gini(values, weights), abs=1e-9)
    twice = d.gini(np.repeat(values, 2), np.repeat(weights / 2, 2))
    assert twice == pytest.approx(d.gini(values, weights), abs=1e-9)
    assert -1e-12 <= found.gini.value < 1


def gap(rules: Iterable[Rule], entries: Iterable[Membership] = ()) -> d.Divide:
    _, open_, people = measured(rules, entries)
    kinds = {"region": {c: LAND.region(c) for c in "ABC"}, "income": LAND.income("ABC", 3)}
    return d.divide(open_, people, kinds)


def test_no_rules_and_full_localisation_are_the_ends() -> None:
    free, closed = gap(every(OPEN)), gap(every(SHUT))
    assert free.actual == free.no_rules
    assert free.toward_localisation.value == pytest.approx(0)
    assert closed.actual == closed.localised
    assert closed.toward_localisation.value == pytest.approx(1)
    assert closed.actual.law.value == pytest.approx(0)
    assert closed.actual.size.value == pytest.approx(closed.actual.gini.value)
    # People 20, 30, 50 with reach 0.2, 0.3, 0.5: mass 0.04, 0.09, 0.25 of 0.38.
    y = np.cumsum([0, 0.04, 0.09, 0.25]) / 0.38
    assert closed.actual.gini.value == pytest.approx(1 - (np.diff([0, 0.2, 0.5, 1]) * (y[1:] + y[:-1])).sum())


def test_a_group_that_is_left_out_shows_between_groups() -> None:
    found = gap([rule("a", "A", "Permission", data=["personal"], destinations=["B"]), *every(SHUT)])
    parts = found.splits["region"]
    assert {g.name for g in parts.groups} == {"South", "East"}
    assert parts.between > 0
    assert parts.within + parts.between == pytest.approx(parts.total)


def test_the_course_tells_each_year_and_each_day_of_change() -> None:
    later = date(2005, 7, 1).toordinal()
    rules = [
        rule("old", "A", **SHUT, end=later),
        rule("new", "A", **OPEN, start=later),
        *[rule(f"{c}x", c, **SHUT) for c in "BC"],
    ]
    book = world(rules)
    frame = matrices.frame(book, [PERSONAL], places(book))
    people = r.census(LAND, "ABC")
    last = date(2008, 3, 1).toordinal()

    def walked(every_change: bool) -> list[d.Moment]:
        return list(d.course(book, frame, START, last, Status.SAFEGUARDS, people, {}, every_change))

    found = walked(False)
    assert [date.fromordinal(m.day).isoformat() for m in found] == [
        *(f"{y}-01-01" for y in range(2000, 2009)),
        "2008-03-01",
    ]
    means = [m.inequality.mean.value for m in found]
    assert means[:6] == pytest.approx([0.38] * 6)
    assert means[6:] == pytest.approx([0.5 * 0.5 + 0.3 * 0.8 + 0.2 * 0.7] * 4)
    changes = [m.day for m in walked(True)]
    assert changes == [START, later]


# -- priorities


LISTED = [
    rule("closed", "B", **SHUT),
    rule("list", "B", "Permission", data=["personal"], destinations=["L1"]),
    rule("shut-C", "C", **SHUT),
    rule("open-A", "A", **OPEN),
]


def weights(book: RuleBook) -> tuple[matrices.Frame, dict[str, float], r.Grid]:
    frame = matrices.frame(book, [PERSONAL], places(book))
    people = {p: LAND.territories[book.records.jurisdictions[p].code].people / 100 for p in frame.places}
    return frame, people, r.own_people(book, DAY, frame.places)


def test_what_a_rule_costs_is_the_people_it_holds_back() -> None:
    book = world(LISTED)
    frame, people, own = weights(book)
    found = p.priorities(book, frame, DAY, Status.SAFEGUARDS, people, {place("A"): 1.0}, own)
    costs = {(c.change.kind, c.change.rule): c for c in found.inward}
    assert costs["listing", place("list")].gain == pytest.approx(0.3)
    assert costs["default", place("closed")].gain == pytest.approx(0.3)
    assert costs["default", place("shut-C")].gain == pytest.approx(0.2)
    assert costs["listing", place("list")].origins == {"B"}
    assert found.outward == ()
    assert [t.cost.change.kind for t in found.best] == ["listing", "default"]
    assert found.best[0].before.value == pytest.approx(0.5)
    assert found.best[0].after.value == pytest.approx(0.8)


def test_the_gain_tried_sees_every_law_that_looks_at_the_list() -> None:
    both = [
        *LISTED[:2],
        rule("closed-C", "C", **SHUT),
        rule("list-C", "C", "Permission", data=["personal"], destinations=["L1"]),
    ]
    book = world(both)
    frame, people, own = weights(book)
    best = p.priorities(book, frame, DAY, Status.SAFEGUARDS, people, {place("A"): 1.0}, own).best[0]
    assert best.cost.gain == pytest.approx(0.3)
    assert best.gain == pytest.approx(0.5)
    assert not book.records.memberships  # the law itself stays


def test_own_rules_that_keep_data_in_are_outward() -> None:
    book = world(LISTED)
    frame, people, own = weights(book)
    found = p.priorities(book, frame, DAY, Status.SAFEGUARDS, people, {place("C"): 1.0}, own)
    (one,) = found.outward
    assert (one.change.rule, one.order) == (place("shut-C"), place("C"))
    assert one.gain == pytest.approx(0.8)


@settings(max_examples=60, deadline=None)
@given(random_rules(), random_entries())
def test_a_change_that_is_tried_gains_what_the_bench_said_at_least(rules, entries):  # type: ignore[no-untyped-def]
    book = world(rules, entries)
    frame, people, own = weights(book)
    for destination in "BC":
        made = p.priorities(book, frame, DAY, Status.SAFEGUARDS, people, {place(destination): 1.0}, own)
        listings = [t for t in made.best if t.cost.change.kind == "listing"]
        for one in made.best:
            if one not in listings:
                assert one.gain >= one.cost.gain - 1e-9


# -- through a study


def study(rules: Iterable[Rule], entries: Iterable[Membership] = ()) -> Study:
    return Study(world(list(rules), list(entries)), land=LAND)


WORDS: dict[str, Any] = dict(data="personal", purpose="any")


def test_frames_hold_one_row_a_place_and_year() -> None:
    made = study(LISTED)
    table = made.reach_table("2010-01-01", **WORDS)
    assert table["code"].tolist() == ["B", "C", "A"]
    assert table["reach"].tolist() == pytest.approx([0.8, 0.7, 0.5])
    assert {"reach_low", "reach_high", "outward", "effective_languages", "income", "region"} <= set(
        table.columns
    )
    years = made.divide_table("2010-01-01", **WORDS)
    assert years["day"].iloc[0] == "1995-01-01" and years["day"].iloc[-1] == "2010-01-01"
    costs = made.priorities_table("A", "2010-01-01", **WORDS)
    assert costs["cost"].is_monotonic_decreasing
    assert costs["gain_tried"].max() == pytest.approx(0.3)


def test_groups_and_the_world_are_parties() -> None:
    made = study(LISTED, [entry("e", "B", "L1"), entry("f", "C", "L1")])
    day = date(2010, 1, 1)
    assert made.party("world", day).places == tuple(place(c) for c in "ABC")
    assert made.party("l1", day).places == (place("B"), place("C"))
    assert made.party("A", day).one
    assert made.people == {"A": 50, "B": 30, "C": 20}


def test_people_are_counted_in_barriers_once_there_are_any() -> None:
    made = study(LISTED)
    asked = made.ask_reach("2010-01-01", **WORDS)
    found = made.barriers(asked, Status.SAFEGUARDS)
    assert {b.people for b in found if b.rule == place("closed")} == {30}


def test_a_category_apart_is_measured_apart() -> None:
    made = study([rule("health", "A", "Prohibition", data=["health"]), *every(OPEN)])
    general = made.reach(made.ask_reach("2010-01-01", **WORDS), Status.SAFEGUARDS)
    health = made.reach(made.ask_reach("2010-01-01", data="health", purpose="any"), Status.SAFEGUARDS)
    assert general.figures("B")["reach"].value == pytest.approx(1.0)
    assert health.figures("B")["reach"].value < 1
    assert cat("health") in made.book.records.categories
