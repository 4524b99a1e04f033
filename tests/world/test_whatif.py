"""Effects of a change of law on worlds drawn by hand and on random ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from datarules import whatif, whatif_report
from datarules.conflicts import world as everything
from datarules.matrix import frame, matrix
from datarules.rulebook import RuleBook
from datarules.vocab import Action, Status, Strength

from ..decision.worlds import DAY, cat, entry, place, random_entries, random_rules, rule, world

PERSONAL = [cat("personal")]
PEOPLE = {"A": 10, "B": 200, "C": 3000}


def default(order: str, modality: str) -> Any:
    return rule(f"{order}/default", order, modality, strength=Strength.RESIDUAL, data=["personal"])


def closed_but(*ways: str) -> RuleBook:
    """Three places that let data go to those named only."""
    routes = [rule(f"{w}/route", w[0], "Permission", data=["personal"], destinations=[w[1]]) for w in ways]
    return world([*(default(o, "Prohibition") for o in "ABC"), *routes])


def ways(found: whatif.Effect) -> set[str]:
    return {one.origin[-1] + one.destination[-1] for one in found.pairs}


def test_nothing_differs_between_a_law_and_itself() -> None:
    book = closed_but("AB", "BA")
    found = whatif.effect(book, closed_but("AB", "BA"), DAY, PERSONAL, people=PEOPLE)
    assert (found.pairs, found.orders, found.arisen, found.gone) == ((), (), (), ())
    assert (found.opened, found.closed) == (0, 0)
    assert "none of 6 ordered pairs" in whatif_report.text(book, book, found)[0]


def test_a_pair_that_opens_is_named_with_its_route_and_the_people_it_serves() -> None:
    before, after = closed_but("AB"), closed_but("AB", "BA")
    found = whatif.effect(before, after, DAY, PERSONAL, people=PEOPLE)
    (one,) = found.pairs
    assert (one.origin, one.destination) == (place("B"), place("A"))
    assert (one.before[0], one.after[0]) == (Status.PROHIBITED, Status.FREE)
    assert one.route == place("BA/route")
    assert (found.opened, found.closed) == (200, 0)
    counts = whatif.counts(found)
    assert (counts["opened"], counts["closed"], counts["freer"], counts["stricter"]) == (1, 0, 1, 0)


def test_the_other_way_round_it_closes() -> None:
    found = whatif.effect(closed_but("AB", "BA"), closed_but("AB"), DAY, PERSONAL, people=PEOPLE)
    assert (found.opened, found.closed) == (0, 200)
    assert whatif.counts(found)["closed"] == 1


def test_islands_join_merge_split_and_are_left() -> None:
    pair, chain = closed_but("AB", "BA"), closed_but("AB", "BA", "BC", "CB")
    (grown,) = whatif.effect(pair, chain, DAY, PERSONAL).tides
    assert (grown.before, grown.after, grown.joined) == ((("A", "B"),), (("A", "B", "C"),), ("C",))
    (shrunk,) = whatif.effect(chain, pair, DAY, PERSONAL).tides
    assert (shrunk.left, shrunk.split) == (("C",), ())
    (moved,) = whatif.effect(pair, closed_but("BC", "CB"), DAY, PERSONAL).tides
    assert (moved.joined, moved.left) == (("C",), ("A",))


def test_wholes_and_their_parts() -> None:
    whole, parts = frozenset("ABCD"), [frozenset("AB"), frozenset("CD")]
    assert whatif._joins([whole], parts) == ((("A", "B", "C", "D"), (("A", "B"), ("C", "D"))),)
    assert whatif._joins(parts, [whole]) == ()


def test_an_entry_touches_its_member_and_the_order_whose_rule_names_the_list() -> None:
    rules = [
        default("A", "Prohibition"),
        rule("A/listed", "A", "Permission", data=["personal"], destinations=["L1"]),
        default("C", "Prohibition"),
    ]
    before = world(rules)
    after = world(rules, [entry("L2/B", "B", "L2"), entry("L1/L2", "L2", "L1")])
    found = whatif.effect(before, after, DAY, PERSONAL)
    assert set(found.orders) == {place("A"), place("B")}
    assert ways(found) == {"AB"}


def test_a_conflict_that_arises_is_named_and_goes_the_other_way_round() -> None:
    ban = rule("A/ban", "A", "Prohibition", action=Action.DISCLOSE, data=["personal"])
    duty = rule("B/order", "B", "Obligation", action=Action.DISCLOSE, data=["personal"])
    base = [default("A", "Permission"), default("B", "Permission"), ban]
    before, after = world(base), world([*base, duty])
    found = whatif.effect(before, after, DAY, PERSONAL)
    assert (found.pairs, found.orders) == ((), (place("B"),))
    assert [(c.kind, c.first.label, c.second.label) for c in found.arisen] == [
        ("disclosure", "B/order", "A/ban")
    ]
    assert [c.kind for c in whatif.effect(after, before, DAY, PERSONAL).gone] == ["disclosure"]


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_the_pairs_named_are_exactly_those_that_differ(data: st.DataObject) -> None:
    rules, more = data.draw(random_rules()), data.draw(random_rules())
    entries = data.draw(random_entries())
    before, after = world(rules, entries), world(more, entries)
    some = [place(p) for p in "ABC"]
    found = whatif.effect(before, after, DAY, PERSONAL, places=some)
    grids = [matrix(one, frame(one, PERSONAL, some), DAY) for one in (before, after)]
    differ = np.logical_or.reduce(
        [getattr(grids[0], case) != getattr(grids[1], case) for case in whatif.CASES]
    )
    expected = {"ABC"[o] + "ABC"[d] for _, o, d in np.argwhere(differ).tolist()}
    assert ways(found) == expected
    again = whatif.effect(after, before, DAY, PERSONAL, places=some)
    assert ways(again) == expected
    assert [one.before for one in found.pairs] == [one.after for one in again.pairs]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_conflicts_that_arise_and_go_are_those_of_a_full_comparison(data: st.DataObject) -> None:
    """Only norms that changed are compared; comparing every pair of orders under both laws gives the same."""
    rules, more = data.draw(random_rules()), data.draw(random_rules())
    entries, others = data.draw(random_entries()), data.draw(random_entries())
    norms = [
        rule("A/ban", "A", "Prohibition", action=Action.DISCLOSE, data=["personal"]),
        rule("B/order", "B", "Obligation", action=Action.DISCLOSE, data=["personal"]),
        rule("C/kept", "C", "Obligation", action=Action.STORE_INSIDE, data=["personal"]),
        rule("A/out", "A", "Prohibition", strength=Strength.STRICT, data=["personal"], destinations=["L1"]),
        rule("B/kept", "B", "Obligation", action=Action.STORE_INSIDE, data=["health"]),
    ]
    first, second = (data.draw(st.lists(st.sampled_from(norms), unique_by=lambda r: r.iri)) for _ in range(2))
    before, after = world([*rules, *first], entries), world([*more, *second], others)

    def all_of(book: RuleBook) -> set[tuple[str, str, str]]:
        found = everything(book.at(DAY), PERSONAL[0])
        return {(c.kind, c.first.iri, c.second.iri) for c in found if c.now}

    def named(clashes: Any) -> set[tuple[str, str, str]]:
        return {(c.kind, c.first.iri, c.second.iri) for c in clashes}

    found = whatif.effect(before, after, DAY, PERSONAL)
    assert named(found.arisen) == all_of(after) - all_of(before)
    assert named(found.gone) == all_of(before) - all_of(after)
