"""Scenarios made from words: what is written, where new rules go, what each party would have to change."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from datarules import scenario, whatif
from datarules import vocab as v
from datarules.builder import KINDS, MECHANISMS, build
from datarules.errors import InputError
from datarules.layout import layout
from datarules.load import Dataset, load
from datarules.required import Step
from datarules.rulebook import RuleBook
from datarules.study import Study

TODAY = date(2026, 11, 28)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return load()


@pytest.fixture(scope="module")
def study(dataset: Dataset) -> Study:
    return Study.of(RuleBook.unchecked(dataset), None, dataset)


def made(study: Study, **words: Any) -> tuple[str, whatif.Effect, list[Step]]:
    """Return the text of a scenario, its effect and the steps it takes."""
    built = study.build(words, TODAY)
    found = study.suppose(built.turtle)
    asked = study.asked_of(found.scenario, {})
    effect = study.effect(found, asked, built.plan.level)
    return built.turtle, effect, list(study.required(built, found, asked))


def ways(found: whatif.Effect) -> set[str]:
    return {f"{v.local(one.origin)}-{v.local(one.destination)}" for one in found.pairs}


def told(steps: list[Step], kind: str) -> set[tuple[str, str]]:
    return {(v.local(one.order), v.local(one.statement)) for one in steps if one.kind == kind}


def test_a_recognition_is_put_beside_the_closed_default_of_each_party(study: Study) -> None:
    text, effect, steps = made(study, kind="recognition", by="KE,NG", of="EU")
    assert ":route-KE a dr:Rule" in text and ":route-NG a dr:Rule" in text
    assert {"KE-DE", "NG-FR"} <= ways(effect) and all(way[:2] in ("KE", "NG") for way in ways(effect))
    assert whatif.counts(effect)["opened"] == len(effect.pairs) and effect.opened
    assert {order for order, _ in told(steps, "route")} == {"KE", "NG"}
    assert all(study.book.records.rules[s.statement].citations for s in steps if s.kind == "route")


def test_the_law_of_a_union_decides_for_its_members(study: Study) -> None:
    built = study.build({"kind": "recognition", "by": "DE", "of": "KE"}, TODAY)
    (party,) = built.plan.parties
    assert v.ID + "EU" in built.plan.orders[party]
    assert {"DE-KE", "FR-KE"} <= ways(made(study, kind="recognition", by="DE", of="KE")[1])


@pytest.mark.parametrize("kind", MECHANISMS)
def test_members_of_a_mechanism_recognise_each_other(study: Study, kind: str) -> None:
    text, effect, _ = made(study, kind=kind, members="RW,GH,KR", data="personal", level="safeguards")
    assert "skos:broader mech:" in text and ":member-RW a dr:Membership" in text
    assert {"RW-GH", "KR-RW"} <= ways(effect)
    assert not [one for one in effect.pairs if one.after[0].value in ("prohibited", "contested")]


def test_a_recognition_stays_within_its_scope(study: Study) -> None:
    words = {"kind": "recognition", "by": "RW", "of": "GH", "data": "health", "purpose": "ai-training"}
    after = study.suppose(study.build(words, TODAY).turtle)
    asked = study.asked_of(after.scenario, {})
    assert (v.local(asked.cell.data), v.local(asked.cell.purpose)) == ("health", "ai-training")
    assert ways(study.effect(after, asked)) == {"RW-GH"}
    wider = study.effect(after, study.asked_of(after.scenario, {"purpose": "any"}))
    assert all(one.before[0] is one.after[0] for one in wider.pairs), "only the best case may know of it"


def test_a_ban_shuts_and_says_which_routes(study: Study) -> None:
    text, effect, steps = made(study, kind="ban", by="FR", of="CN", where="store-inside")
    assert "dr:action dr:StoreInside" in text and "dr:strength dr:Strict" in text
    closed = {way for way in ways(effect) if way.endswith("-CN")}
    assert closed == ways(effect) and "FR-CN" in closed and "DE-CN" not in closed
    assert {order for order, _ in told(steps, "shuts")} == {"EU"}
    assert [v.local(one.order) for one in steps if one.kind == "act"] == ["FR"]


def test_what_ends_is_ended_by_whoever_keeps_the_list(study: Study) -> None:
    _, effect, steps = made(study, kind="end", ends="EU/adequate-JP")
    assert "DE-JP" in ways(effect)
    assert [(v.local(s.order), s.kind, s.act) for s in steps] == [("EU", "ends", "administrative act")]


def test_pairs_that_stay_shut_are_told_with_what_they_need(study: Study) -> None:
    _, _, steps = made(study, kind="recognition", by="KE", of="DE", data="health")
    assert any(one.kind == "still-shut" and one.change and one.towards for one in steps)


def test_every_kind_keeps_to_the_shapes_and_the_layout(study: Study) -> None:
    for kind in KINDS:
        words = {"members": "BR,JP"} if kind in MECHANISMS else {"by": "BR", "of": "JP"}
        words |= {"ends": "EU/adequate-JP"} if kind == "end" else {}
        words |= {"title": 'Of "quotes" \\ and ünïcode\n', "sector": "payments"}
        if kind == "localisation":
            words.pop("of")
        text = study.build({"kind": kind, **words}, TODAY).turtle
        assert layout(text, "x.ttl") == text
        assert study.suppose(text).scenario.title == 'Of "quotes" \\ and ünïcode'


def test_equal_words_give_equal_text(study: Study) -> None:
    words = {"kind": "recognition", "by": ["Kenya"], "of": ["European Union"], "from": "2027-01-01"}
    first = build(study.book, words, TODAY)
    assert first == build(study.book, {**words, "by": "KE", "of": "EU"}, TODAY)
    assert first.plan.start == date(2027, 1, 1)


WRONG = [
    ({"kind": "recogniton", "by": "KE", "of": "EU"}, "kind", "recognition"),
    ({"kind": "recognition", "by": "KE"}, "of", "Name places"),
    ({"kind": "treaty"}, "members", "Name places"),
    ({"kind": "recognition", "by": "Kenyya", "of": "EU"}, "by", "Kenya"),
    ({"kind": "recognition", "by": "KE", "of": "EU", "level": "prohibited"}, "level", "derogation"),
    ({"kind": "recognition", "by": "KE", "of": "EU", "where": "store-inside"}, "where", "ban"),
    ({"kind": "end", "ends": "EU/adequate-JPN"}, "ends", "EU/adequate-JP"),
    ({"kind": "ban", "bye": "KE"}, "bye", "by"),
    ({"kind": "ban", "by": [1]}, "by", "Give texts"),
]


@pytest.mark.parametrize(("words", "place", "remedy"), WRONG)
def test_wrong_words_are_answered_with_the_nearest(
    study: Study, words: dict[str, Any], place: str, remedy: str
) -> None:
    with pytest.raises(InputError) as caught:
        study.build(words, TODAY)
    problems = {one.place: one for one in caught.value.problems}
    assert remedy in problems[place].remedy


def test_a_scenario_of_too_many_statements_is_refused(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenario, "MOST", 100)
    text = scenario.names()["all-localised"].read_text(encoding="utf-8")
    with pytest.raises(scenario.DataError, match="more than 100 statements"):
        study.suppose(scenario.read_own(text))
