"""Bridges: the cheapest sets, minimal, sufficient on the amended law; and what changes cost."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datarules.amend import amend, stated
from datarules.bridges import bridge
from datarules.costs import CIRCUMSTANCE, CLASSES, Costs, class_of
from datarules.model import Comparison
from datarules.obstacles import Bench, Change
from datarules.rulebook import Cell
from datarules.vocab import CATEGORY, PURPOSE, SCALE, SECTOR, Action, Status, Strength

from ..decision.worlds import DAY, place, random_entries, random_rules, rule, world

CELL = Cell(CATEGORY + "personal", PURPOSE + "any", SECTOR + "any")
LEVELS = [Status.FREE, Status.RECOGNISED, Status.SAFEGUARDS]


def at(status: Status, level: Status) -> bool:
    return status in SCALE and SCALE.index(status) <= SCALE.index(level)


@settings(max_examples=100, deadline=None)
@given(random_rules(), random_entries(), st.sampled_from(LEVELS))
def test_every_way_does_it_on_the_amended_law_and_no_part_of_it_does(rules, entries, level):  # type: ignore[no-untyped-def]
    book = world(rules, entries)
    found = bridge(book, place("A"), place("B"), DAY, CELL, level)
    for (origin, destination), ways in zip((("A", "B"), ("B", "A")), found.directions, strict=True):
        assert [w.cost for w in ways] == sorted(w.cost for w in ways)
        for way in ways:
            for size in range(len(way.changes) + 1):
                for part in combinations(way.changes, size):
                    law = amend(book, part, DAY).at(DAY)
                    status = Bench(law, place(origin), place(destination), CELL, stated(part)).status
                    if size == len(way.changes):
                        assert at(status, level)
                    elif all(c.kind != "listing" for c in way.changes):
                        assert not at(status, level)
    if found.both:
        assert all(at(status, level) for status in found.both.statuses)


def closed(order: str) -> list:  # type: ignore[type-arg]
    return [rule(f"{order}-shut", order, "Prohibition", strength=Strength.RESIDUAL, data=["personal"])]


def test_both_directions_are_joined_and_paid_together() -> None:
    found = bridge(world([*closed("A"), *closed("B")]), place("A"), place("B"), DAY, CELL, Status.FREE)
    assert found.both is not None
    assert {c.rule for c in found.both.changes} == {place("A-shut"), place("B-shut")}
    assert found.both.cost == 20 and set(found.both.classes) == {"statute"}


def test_two_cheap_changes_are_taken_before_one_dear_one() -> None:
    """The search goes by cost, not by number: a certificate here, a scheme there, against a statute."""
    certified = rule(
        "certified", "A", "Permission", data=["personal"], when=Comparison("recipient-certified", "eq", True)
    )
    shut = rule("in", "B", "Prohibition", strength=Strength.STRICT, data=["personal"], action=Action.IMPORT)
    book = world([*closed("A"), certified, shut])
    fact = next(iter(book.records.facts.values()))
    from dataclasses import replace

    book.records.facts["recipient-certified"] = replace(fact, name="recipient-certified", baseline=False)
    cheap = bridge(book, place("A"), place("B"), DAY, CELL, Status.FREE, weights=Costs(statute=10))
    first = cheap.directions[0][0]
    assert {c.kind for c in first.changes} == {"fact", "ban"} and first.cost == 11


def test_nothing_is_needed_where_a_pair_is_there_already() -> None:
    both = [
        rule(f"{o}-open", o, "Permission", strength=Strength.RESIDUAL, data=["personal"]) for o in ("A", "B")
    ]
    found = bridge(world(both), place("A"), place("B"), DAY, CELL)
    assert found.both is not None and found.both.changes == () and found.both.cost == 0


def test_no_change_can_be_named_for_law_that_is_not_encoded() -> None:
    found = bridge(world(closed("A")), place("A"), place("B"), DAY, CELL)
    assert found.directions[1] == () and found.both is None and found.statuses[1] is Status.UNKNOWN


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change("default", place("shut")), "statute"),
        (Change("membership", "", place("L1"), place("B")), "treaty"),
        (Change("listing", place("shut"), place("L1"), place("B")), "treaty"),
        (Change("fact", place("shut"), "recipient-certified"), "private act"),
        (Change("fact", place("shut"), "treaty-basis"), "treaty"),
        (Change("fact", place("shut"), "necessary-for-a-claim"), CIRCUMSTANCE),
        (Change("recognition", place("shut"), "recognised"), "statute"),
    ],
)
def test_the_class_follows_from_the_change(change: Change, expected: str) -> None:
    shut = rule("shut", "A", "Prohibition", strength=Strength.RESIDUAL, data=["personal"])
    assert class_of(world([shut]), change) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Data Protection Regulations 2020", "administrative act"),
        ("Order of the Minister on transfers", "administrative act"),
        ("Data Protection Act 2019 (Commencement) Order", "statute"),
        ("Regulation (EU) of the Parliament", "statute"),
        ("Law on the measures against crime", "statute"),
    ],
)
def test_the_title_of_the_instrument_says_who_can_change_it(title: str, expected: str) -> None:
    shut = rule("shut", "A", "Prohibition", strength=Strength.RESIDUAL, data=["personal"])
    book = world([shut])
    book.records.instruments["law"] = ("", title, "")
    assert class_of(book, Change("default", place("shut"))) == expected


def test_a_circumstance_has_no_price() -> None:
    assert [Costs().of(kind) for kind in CLASSES] == [1, 3, 10, 30]
    assert Costs().of(CIRCUMSTANCE) == float("inf")
