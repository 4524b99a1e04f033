"""Lawful data reach on small worlds, where every figure can be counted by hand."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import astuple
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datarules import matrix as matrices
from datarules import reach as r
from datarules.islands import places
from datarules.model import Comparison, Membership, Rule
from datarules.people import People, Speech, Territory
from datarules.vocab import SCALE, Status, Strength

from ..decision.worlds import DAY, cat, entry, random_entries, random_rules, rule, world

PERSONAL = cat("personal")
LAND = People(
    {
        "A": Territory("A", 50, 500, 1.0, "002", "014", (Speech("aa", "Latn", 1.0, "official"),)),
        "B": Territory(
            "B", 30, 900, 0.5, "002", "014", (Speech("bb", "Latn", 1.0, ""), Speech("bb", "Arab", 0.5, ""))
        ),
        "C": Territory(
            "C", 20, 100, None, "142", "034", (Speech("cc", "Arab", 1.0, ""), Speech("aa", "Latn", 0.5, ""))
        ),
    },
    {"002": "South", "142": "East", "014": "South-East", "034": "Far"},
    {"aa": "Aa"},
    {"Latn": "Latin"},
    "hand-made",
)
OPEN: dict[str, Any] = dict(modality="Permission", strength=Strength.RESIDUAL, data=["personal"])
SHUT: dict[str, Any] = dict(modality="Prohibition", strength=Strength.RESIDUAL, data=["personal"])


def measured(
    rules: Iterable[Rule],
    entries: Iterable[Membership] = (),
    level: Status = Status.SAFEGUARDS,
    unions: bool = False,
) -> tuple[r.Reach, r.Grid, r.Census]:
    book = world(list(rules), list(entries))
    chosen = None if unions else places(book)
    found = matrices.matrix(book, matrices.frame(book, [PERSONAL], chosen), DAY)
    codes = [book.records.jurisdictions[p].code for p in found.frame.places]
    people, own = r.census(LAND, codes), r.own_people(book, DAY, found.frame.places)
    open_ = r.grids(found, PERSONAL, level, own)
    return r.reach(open_, people, own), open_, people


def every(modality: dict[str, Any]) -> list[Rule]:
    return [rule(f"default-{c}", c, **modality) for c in "ABC"]


def test_without_rules_reach_is_everyone() -> None:
    found, _, _ = measured(every(OPEN))
    for code in "ABC":
        figures = found.figures(code)
        for name in ("reach", "outward", "languages"):
            assert astuple(figures[name]) == pytest.approx([1.0] * 6)
        assert figures["places"].value == 3


def test_under_full_localisation_reach_is_ones_own_share() -> None:
    found, _, _ = measured(every(SHUT))
    for code, share in (("A", 0.5), ("B", 0.3), ("C", 0.2)):
        assert astuple(found.figures(code)["reach"]) == pytest.approx([share] * 6)
        assert found.figures(code)["outward"].high == pytest.approx(share)
        assert found.own[found.codes.index(code)] == pytest.approx(share)


def test_law_that_is_not_encoded_is_shut_below_and_open_above() -> None:
    found, _, _ = measured([rule("b", "B", **OPEN)])
    one = found.figures("A")["reach"]
    assert [one.value, one.low] == pytest.approx([0.8, 0.8])
    assert [one.unknown_open, one.high] == pytest.approx([1.0, 1.0])


def test_a_fact_not_stated_makes_best_and_worst_differ() -> None:
    when = Comparison("f1", "eq", True)
    route = rule("route", "B", "Permission", data=["personal"], when=when)
    found, _, _ = measured([*every(SHUT), route])
    one = found.figures("A")["reach"]
    assert [one.worst, one.value, one.best] == pytest.approx([0.5, 0.5, 0.8])


def test_a_union_reaches_the_people_of_its_members() -> None:
    found, _, _ = measured(every(SHUT), [entry("ma", "A", "U"), entry("mc", "C", "U")], unions=True)
    assert found.figures("U")["reach"].value == pytest.approx(0.7)


def test_literate_people_and_diversity_are_counted_by_hand() -> None:
    found, _, people = measured(
        [*every(SHUT), rule("to-all", "B", "Permission", data=["personal"], overrides=["default-B"])]
    )
    figures = found.figures("A")
    assert figures["literate"].value == pytest.approx(1.0)  # 50 of A and 15 of B; C has no figure
    assert figures["language_entropy"].value == pytest.approx(
        -(5 / 8) * math.log(5 / 8) - (3 / 8) * math.log(3 / 8)
    )
    assert figures["effective_languages"].value == pytest.approx(math.exp(figures["language_entropy"].value))
    assert figures["effective_scripts"].value == pytest.approx(
        math.exp(-(80 / 95) * math.log(80 / 95) - (15 / 95) * math.log(15 / 95))
    )
    assert people.speakers[people.languages.index("bb")].sum() == 30  # two scripts, once each


def test_a_language_is_closed_where_its_island_lets_nothing_out() -> None:
    _, open_, people = measured([rule("a", "A", **SHUT), rule("b", "B", **OPEN), rule("c", "C", **SHUT)])
    by_code = {one.code: one for one in r.languages(open_, people)}
    assert by_code["cc"].closed and by_code["cc"].closed_by_law and by_code["cc"].surely_closed
    assert by_code["aa"].places == ("A", "C")
    assert not by_code["bb"].closed
    assert by_code["bb"].audience.value == pytest.approx(1.0)
    assert by_code["cc"].audience.value == pytest.approx(0.2)
    assert by_code["aa"].abroad.value == 0


def test_places_that_exchange_both_ways_are_one_island() -> None:
    _, open_, _ = measured([rule("a", "A", **OPEN), rule("b", "B", **OPEN), rule("c", "C", **SHUT)])
    assert r.leaving(open_)[0].tolist() == [True, True, False]
    _, open_, _ = measured(every(OPEN))
    assert not r.leaving(open_).any()


CLOSED_OR_OPEN = st.lists(st.sampled_from([SHUT, OPEN]), min_size=3, max_size=3)
ROUTES = st.lists(
    st.tuples(
        st.sampled_from("ABC"),
        st.sampled_from(["L1", "L2"]),
        st.sampled_from([[], ["m-contract"], ["m-approval"]]),
    ),
    max_size=4,
)


@settings(max_examples=80, deadline=None)
@given(
    CLOSED_OR_OPEN, ROUTES, st.sampled_from("ABC"), st.sampled_from(["L1", "L2"]), st.sampled_from(SCALE[1:6])
)
def test_adding_a_recognition_never_lowers_reach(defaults, routes, member, group, level):  # type: ignore[no-untyped-def]
    rules = [rule(f"default-{c}", c, **one) for c, one in zip("ABC", defaults, strict=True)]
    rules += [
        rule(f"route-{n}", order, "Permission", data=["personal"], destinations=[on], requires=needs)
        for n, (order, on, needs) in enumerate(routes)
    ]
    before, _, _ = measured(rules, [], level)
    after, _, _ = measured(rules, [entry("new", member, group)], level)
    assert (after.people >= before.people - 1e-12).all()
    assert (after.outward >= before.outward - 1e-12).all()


@settings(max_examples=60, deadline=None)
@given(random_rules(), random_entries())
def test_reach_grows_with_the_level_and_lies_in_its_interval(rules, entries):  # type: ignore[no-untyped-def]
    last = None
    for level in SCALE[1:]:
        found, _, people = measured(rules, entries, level)
        assert (found.people >= found.own - 1e-12).all() and (found.people <= 1 + 1e-12).all()
        if last is not None:
            assert (found.people >= last - 1e-12).all()
        last = found.people
        for code in "ABC":
            one = found.figures(code)["reach"]
            assert one.low <= one.value <= one.high
        total = (found.people * people.people).sum(axis=1)
        assert np.allclose(total, (found.outward * people.people).sum(axis=1))
