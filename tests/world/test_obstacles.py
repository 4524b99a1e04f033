"""Obstacles are minimal and sufficient, judged by a literal reading of the changed law."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from datarules.model import Membership, Rule
from datarules.obstacles import Bench, Change
from datarules.rulebook import Cell
from datarules.vocab import CATEGORY, PURPOSE, SCALE, SECTOR, Status, Strength

from ..decision.worlds import DAY, ask, entry, place, random_entries, random_rules, rule, world

CELL = Cell(CATEGORY + "personal", PURPOSE + "any", SECTOR + "any")
CLOSED = rule("closed", "A", "Prohibition", strength=Strength.RESIDUAL, data=["personal"])


def bench(rules: Iterable[Rule], entries: Iterable[Membership] = ()) -> Bench:
    return Bench(world(list(rules), list(entries)).at(DAY), place("A"), place("B"), CELL)


def at(status: Status, level: Status) -> bool:
    return status in SCALE and SCALE.index(status) <= SCALE.index(level)


@settings(max_examples=200, deadline=None)
@given(random_rules(), random_entries(), st.sampled_from([Status.FREE, Status.RECOGNISED, Status.SAFEGUARDS]))
def test_every_way_is_sufficient_and_no_part_of_it_is(rules, entries, level):  # type: ignore[no-untyped-def]
    one = bench(rules, entries)
    for way in one.ways(level, 2):
        assert at(one.decide(way.changes), level)
        assert one.decide(way.changes) is way.status
        for size in range(len(way.changes)):
            for part in combinations(way.changes, size):
                assert not at(one.decide(part), level)


@settings(max_examples=200, deadline=None)
@given(random_rules(), random_entries())
def test_without_changes_the_bench_says_what_the_decision_says(rules, entries):  # type: ignore[no-untyped-def]
    from datarules.decide import decide

    assert bench(rules, entries).status is decide(world(rules, entries), ask(), DAY).status


def test_a_missing_list_entry_is_named_and_adding_it_does_what_is_said() -> None:
    route = rule("recognised", "A", "Permission", data=["personal"], destinations=["L1"])
    found = bench([CLOSED, route]).ways(Status.FREE)
    listing = Change("listing", place("recognised"), place("L1"))
    assert listing in {c for way in found for c in way.changes}
    assert bench([CLOSED, route], [entry("now", "B", "L1")]).status is Status.FREE


def test_a_heavy_route_is_named_with_the_level_it_would_need() -> None:
    route = rule("permit", "A", "Permission", data=["personal"], requires=["m-approval"])
    one = bench([CLOSED, route])
    assert one.status is Status.AUTHORISATION
    assert Change("burden", place("permit"), "safeguards") in {
        c for w in one.ways(Status.SAFEGUARDS) for c in w.changes
    }


def test_two_orders_that_both_close_must_both_change() -> None:
    """The origin's ban and the rule of the destination on data coming in stand side by side."""
    from datarules.vocab import Action

    ban = rule("ban", "A", "Prohibition", strength=Strength.STRICT, data=["personal"], destinations=["B"])
    shut = rule("shut", "B", "Prohibition", strength=Strength.STRICT, data=["personal"], action=Action.IMPORT)
    open_a = rule("open-a", "A", "Permission", strength=Strength.RESIDUAL, data=["personal"])
    found = bench([open_a, ban, shut]).ways(Status.FREE)
    assert [set(way.changes) for way in found] == [
        {Change("ban", place("ban")), Change("ban", place("shut"))}
    ]


def test_nothing_stands_in_the_way_of_what_is_free_already() -> None:
    assert (
        bench([rule("open", "A", "Permission", strength=Strength.RESIDUAL, data=["personal"])]).ways(
            Status.FREE
        )
        == []
    )
