"""How much is known, and the age of readings, over REST."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from datarules import coverage, law_cases
from datarules.rulebook import RuleBook

from .conftest import EU_US, TODAY, problem


def test_coverage_is_the_document_of_the_core(client: TestClient, book: RuleBook) -> None:
    served = client.get("/v1/coverage").json()
    asked = law_cases.at_hand(book)
    assert asked is not None, "run `make bundle`: the law cases were not asked of this law"
    assert served == coverage.document(coverage.survey(book, TODAY, tested=asked.tested))
    assert 0 < served["totals"]["checked"] <= served["totals"]["weighty"]
    assert len(served["jurisdictions"]) == len(book.records.jurisdictions)


def test_one_jurisdiction_on_a_day(client: TestClient) -> None:
    served = client.get("/v1/coverage", params={"jurisdiction": "Brazil", "as_of": "2019-01-01"}).json()
    assert served["as_of"] == "2019-01-01"
    (row,) = served["jurisdictions"]
    assert (row["code"], row["openness"], row["law"]) == ("BR", "open", "none")
    (today,) = client.get("/v1/coverage", params={"jurisdiction": "BR"}).json()["jurisdictions"]
    assert (today["openness"], today["law"]) == ("conditional", "law")


def test_stale_names_those_read_long_ago_on_the_day(client: TestClient) -> None:
    def count(**fields: Any) -> int:
        return len(client.get("/v1/coverage", params=fields).json()["jurisdictions"])

    assert count(stale=365) == 0
    assert count(stale=365, as_of="2028-01-01") == count(as_of="2028-01-01")


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("stale=soon", "stale"),
        ("stale=-1", "stale"),
        ("as_of=2026-13-01", "as_of"),
        ("jurisdiction=XQ", "jurisdiction"),
    ],
)
def test_mistakes_are_named(client: TestClient, query: str, place: str) -> None:
    assert set(problem(client.get(f"/v1/coverage?{query}"), 422)) == {place}


def test_the_age_of_a_stale_reading_is_a_setting_of_the_answer(client: TestClient) -> None:
    usual = client.get("/v1/check", params=EU_US).json()
    assert (usual["stale"], usual["stale_after"], usual["asked_on"]) == (False, 365, TODAY.isoformat())
    day = {**EU_US, "as_of": "2015-10-07"}
    by_get = client.get("/v1/check", params={**day, "stale_after": 0}).json()
    by_post = client.post("/v1/check", json={**day, "stale_after": 0}).json()
    assert by_get == by_post
    assert by_get["stale_after"] == 0 and by_get["asked_on"] == TODAY.isoformat()
    batch = client.post("/v1/check/batch", json=[{**EU_US, "stale_after": 7}, EU_US]).json()
    assert [one["answer"]["stale_after"] for one in batch] == [7, 365]


def test_a_reading_is_stale_after_the_age_asked_for(book: RuleBook) -> None:
    from datetime import timedelta

    from datarules import answer, ask
    from datarules.decide import decide

    question, _ = ask.transfer(book, "EU", "US")
    decision = decide(book, question, TODAY.toordinal())
    oldest = answer.evidence(decision)[1]
    assert oldest is not None
    for late, wanted in ((30, False), (31, True)):
        document = answer.document(book, decision, TODAY, oldest + timedelta(days=late), 30)
        assert document["stale"] is wanted


@pytest.mark.parametrize("age", ["-1", "soon", "1.5", "99999"])
def test_an_age_that_cannot_be_is_refused(client: TestClient, age: str) -> None:
    assert set(problem(client.get("/v1/check", params={**EU_US, "stale_after": age}), 422)) == {"stale_after"}


@pytest.mark.parametrize("age", [-1, "30", True, 1.5])
def test_an_age_of_the_wrong_kind_is_refused(client: TestClient, age: Any) -> None:
    assert set(problem(client.post("/v1/check", json={**EU_US, "stale_after": age}), 422)) == {"stale_after"}
