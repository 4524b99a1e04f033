"""Conflicts between norms: each kind with law cases that hold and law cases that must not."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from datarules import vocab as v
from datarules import wording
from datarules.conflicts import KINDS, TERRITORIAL, UNRESOLVED, Clash, between, speakers, world
from datarules.explain import place
from datarules.rulebook import RuleBook
from datarules.vocab import Arising

CASES = tomllib.loads((Path(__file__).parent / "conflicts.toml").read_text(encoding="utf-8"))["case"]
KEYS = {"name", "between", "date", "kind", "norms", "resolution", "data", "facts", "absent", "now"}


@pytest.fixture(scope="module")
def everywhere(book: RuleBook) -> list[Clash]:
    kinds = [k for k in KINDS if k != "treaty-tension"]
    return world(book.at(CASES[0]["date"].toordinal()), kinds=kinds)


def cites(clash: Clash, articles: list[str]) -> bool:
    """Say whether the two norms cite these articles in this order; one article may be either's."""
    norms = [{c.article for c in rule.citations} for rule in (clash.first, clash.second)]
    if len(articles) == 1:
        return any(articles[0] in found for found in norms)
    return all(article in found for article, found in zip(articles, norms, strict=True))


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_case(book: RuleBook, case: dict[str, Any]) -> None:
    assert not case.keys() - KEYS
    data = v.CATEGORY + case["data"] if "data" in case else None
    here, there = (v.ID + code for code in case["between"])
    found = between(book.at(case["date"].toordinal()), here, there, data, case.get("facts"), [case["kind"]])
    met = [c for c in found if "norms" not in case or cites(c, case["norms"])]
    story = [wording.clash(book, c) for c in found]
    if case.get("absent"):
        assert met == [], story
        return
    assert met, story
    if "resolution" in case:
        assert {c.resolution for c in met} == {case["resolution"]}, story
    if "now" in case:
        assert any(c.now for c in met) is case["now"], story
    if data:
        assert all(any(data in book.broader[d] or d in book.broader[data] for d in c.data) for c in met)


def test_each_kind_has_a_case_that_holds_and_one_that_must_not() -> None:
    for kind in KINDS:
        assert {bool(c.get("absent")) for c in CASES if c["kind"] == kind} == {True, False}, kind


def test_both_norms_share_the_data_they_are_said_to_meet_on(book: RuleBook, everywhere: list[Clash]) -> None:
    assert len(everywhere) > 100
    for clash in everywhere:
        assert clash.data
        for category in clash.data:
            assert book.data_matches(clash.first.scope, category)
            assert book.data_matches(clash.second.scope, category)


def test_norms_over_one_place_do_not_meet_each_other(book: RuleBook, everywhere: list[Clash]) -> None:
    view = book.at(CASES[0]["date"].toordinal())
    over = {p: {order for order, _ in view.orders_of(p)} for p in speakers(view)}
    for clash in everywhere:
        first, second = clash.first.order, clash.second.order
        assert first != second
        assert second not in over[first] and first not in over[second]


def test_what_belongs_to_one_state_is_claimed_by_no_other(book: RuleBook, everywhere: list[Clash]) -> None:
    for clash in everywhere:
        if clash.kind in TERRITORIAL:
            assert not any(book.arising(c) is Arising.IN_ONE_STATE for c in clash.data)
            assert all(c.startswith(v.CATEGORY) for c in clash.data)


def test_only_records_that_arise_in_two_places_make_a_location_infeasible(
    book: RuleBook, everywhere: list[Clash]
) -> None:
    found = [c for c in everywhere if c.kind == "exclusive-location"]
    assert {c.resolution for c in found} == {"infeasible", "split"}
    for clash in found:
        both = any(book.arising(c) is Arising.BETWEEN_TWO_PLACES for c in clash.data)
        assert (clash.resolution in UNRESOLVED) is both


def test_every_conflict_is_worded_with_both_articles(book: RuleBook, everywhere: list[Clash]) -> None:
    for clash in everywhere[::7]:
        text = wording.clash(book, clash)
        for rule in (clash.first, clash.second):
            assert rule.citations[0].article in text
            assert place(book, rule.order) in text


def test_the_order_of_the_two_places_does_not_matter(book: RuleBook) -> None:
    view = book.at(CASES[0]["date"].toordinal())

    def seen(a: str, b: str) -> Iterator[tuple[str, str, str, str]]:
        for c in between(view, v.ID + a, v.ID + b):
            yield c.kind, c.first.iri, c.second.iri, c.resolution

    assert set(seen("IN", "US")) == set(seen("US", "IN"))
    assert set(seen("CN", "EU")) == set(seen("EU", "CN"))
