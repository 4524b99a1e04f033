"""Chains: what a law lets go on, what it carries along, and what it bars."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from datarules import vocab as v
from datarules import wording
from datarules.model import Membership, Rule
from datarules.paths import Chains, Walk
from datarules.rulebook import Cell, RuleBook
from datarules.vocab import Action, Status, Strength

from ..decision.worlds import DAY, PLACES, entry, place, rule, world

CELL = Cell(v.CATEGORY + "personal", v.ANY_PURPOSE, v.ANY_SECTOR)
OPEN: dict[str, Any] = dict(strength=Strength.RESIDUAL, data=["personal"])


def law(*more: Rule, a_onward: str = "", onward_to: frozenset[str] = frozenset()) -> list[Rule]:
    """A may send to B, not to C; B may send anywhere; A's onward rule as given."""
    rules = [
        rule("a", "A", "Permission", **OPEN),
        rule("a-c", "A", "Prohibition", strength=Strength.STRICT, data=["personal"], destinations=["C"]),
        rule("b", "B", "Permission", **OPEN),
        rule("c", "C", "Permission", **OPEN),
        *more,
    ]
    if a_onward:
        rules.append(
            rule(
                "onward", "A", a_onward, action=Action.ONWARD_TRANSFER, data=["personal"], onward_to=onward_to
            )
        )
    return rules


def chains(rules: Iterable[Rule], entries: Iterable[Membership] = ()) -> Chains:
    walk = Walk(world(list(rules), list(entries)), DAY, CELL)
    return walk.best(place("A"), place("C"), [place(p) for p in PLACES], 2)


def test_a_duty_that_travels_bars_the_way_round() -> None:
    found = chains(law(a_onward="Obligation"))
    assert found.direct.status is Status.PROHIBITED
    assert found.chains == ()
    (barred,) = found.barred
    assert [leg.status for leg in barred.legs] == [Status.FREE, Status.PROHIBITED]
    assert barred.legs[1].barred_by is not None
    assert barred.legs[1].barred_by.rule.label == "onward"


def test_a_ban_that_travels_bars_only_the_places_it_speaks_of() -> None:
    listed = [entry("c-listed", "C", "L1")]
    barred = chains(law(a_onward="Prohibition", onward_to=frozenset({place("L1")})), listed)
    assert barred.chains == () and len(barred.barred) == 1
    other = chains(law(a_onward="Prohibition", onward_to=frozenset({place("L2")})), listed)
    assert [p.status for p in other.chains] == [Status.FREE]


def test_where_no_onward_rule_is_encoded_the_chain_says_so() -> None:
    found = chains(law())
    (path,) = found.chains
    assert path.silent == (place("A"),)
    text = wording.path(world(law()), path)
    assert "not known" in text[-1]


def test_a_heavier_direct_step_is_what_a_travelling_duty_asks_for() -> None:
    """A → B free, B → C free, A → C by contract: with the duty the way round costs the contract too."""
    rules = [
        rule("a-closed", "A", "Prohibition", **OPEN),
        rule("a-b", "A", "Permission", data=["personal"], destinations=["B"]),
        rule("a-any", "A", "Permission", data=["personal"], requires=["m-contract"]),
        rule("b", "B", "Permission", **OPEN),
        rule("onward", "A", "Obligation", action=Action.ONWARD_TRANSFER, data=["personal"]),
    ]
    walk = Walk(world(rules), DAY, CELL)
    path = walk.path([place(p) for p in "ABC"])
    assert [leg.decision.status for leg in path.legs] == [Status.FREE, Status.FREE]
    assert [leg.status for leg in path.legs] == [Status.FREE, Status.SAFEGUARDS]
    assert chains(rules).chains == (), "the way round is no freer than the direct step"


def test_data_may_go_back_where_they_came_from() -> None:
    walk = Walk(world(law(a_onward="Prohibition")), DAY, CELL)
    assert walk.path([place(p) for p in "ABA"]).status is Status.FREE


def test_bulk_data_do_not_reach_a_country_of_concern_by_way_of_a_third(book: RuleBook) -> None:
    cell = Cell(v.CATEGORY + "health", v.PURPOSE + "data-brokerage", v.ANY_SECTOR)
    given = {"us-persons-12-months": 200_000}
    walk = Walk(book, date(2026, 5, 1).toordinal(), cell, given)
    us, cn = v.ID + "US", v.ID + "CN"
    found = walk.best(us, cn, [v.ID + code for code in ("SG", "JP", "GB")], 2)
    assert found.direct.status is Status.PROHIBITED and found.chains == ()
    assert found.barred
    carried = found.barred[0].legs[1].barred_by
    assert carried is not None and carried.rule.citations[0].article == "28 CFR § 202.302(a)(1)"
    before = Walk(book, date(2025, 4, 7).toordinal(), cell, given)
    assert before.path((us, cn)).status is not Status.PROHIBITED


def test_european_data_do_not_escape_chapter_v_by_a_recognised_place(book: RuleBook) -> None:
    """EU → JP is recognised and JP's own law would let data go on; article 44 goes with them."""
    walk = Walk(book, date(2026, 5, 1).toordinal(), CELL)
    path = walk.path([v.ID + code for code in ("EU", "JP", "US")])
    carried = {c.rule.citations[0].article for c in path.legs[1].carried}
    assert "GDPR art. 44" in carried
    assert path.status is Status.SAFEGUARDS
