"""Reach, divide and priorities over REST."""

from __future__ import annotations

from fastapi.testclient import TestClient

from .conftest import TODAY, problem

WANTED = {"data": "personal-training", "purpose": "ai-training"}
OPEN = {"internal", "free", "recognised", "safeguards"}


def test_reach_of_a_place_says_what_it_is_about(client: TestClient) -> None:
    found = client.get("/v1/reach/KE").json()
    assert found["as_of"] == TODAY.isoformat()
    assert (found["data"], found["purpose"], found["level"]) == (
        "personal-training",
        "ai-training",
        "safeguards",
    )
    one = found["figures"]["reach"]
    assert one["low"] <= one["value"] <= one["high"]
    assert {p["kind"] for p in found["peers"]} == {"world", "income", "region", "subregion"}
    other = client.get("/v1/reach/KE", params={"level": "free", "data": "personal", "purpose": "any"}).json()
    assert other["figures"]["reach"]["value"] <= one["value"]
    assert client.get("/v1/reach/EU").json()["own"] > 0.05


def test_ranking_divide_and_priorities(client: TestClient) -> None:
    ranking = client.get("/v1/reach").json()
    values = [row["reach"] for row in ranking["places"]]
    assert values == sorted(values, reverse=True)
    assert ranking["languages"]["closed"] >= ranking["languages"]["closed_by_law"]
    divide = client.get("/v1/divide").json()
    assert divide["course"] == [] and divide["no_rules"]["gini"]["high"] < 1e-9
    assert divide["full_localisation"]["gini"]["value"] > divide["actual"]["gini"]["value"]
    found = client.get("/v1/priorities/KE", params={"limit": 3}).json()
    assert len(found["rules_of_others"]) <= 3 and found["best"]


def test_a_language_is_learnt_where_the_data_of_its_speakers_may_go(client: TestClient) -> None:
    listed = client.get("/v1/languages").json()["languages"]
    assert [one["speakers"] for one in listed] == sorted((one["speakers"] for one in listed), reverse=True)
    found = client.get("/v1/languages/sw").json()
    assert found["language"] in listed
    homes = {row["code"] for row in found["places"] if row["home"]}
    assert set(found["language"]["places"]) <= homes
    cells = {
        c["origin"]
        for c in client.get("/v1/matrix", params=WANTED | {"destination": "JP"}).json()
        if c["status"] in OPEN
    }
    row = next(row for row in found["places"] if row["code"] == "JP")
    assert (row["value"] > 0) == bool(cells & homes)
    assert all(row["low"] <= row["value"] <= row["high"] <= 1 + 1e-9 for row in found["places"])
    assert "language" in problem(client.get("/v1/languages/klingon"), 422)


def test_what_cannot_be_asked_is_a_problem(client: TestClient) -> None:
    assert "code" in problem(client.get("/v1/reach/ASEAN"), 422)
    assert "place" in problem(client.get("/v1/priorities/Nowhereland"), 422)
    assert "level" in problem(client.get("/v1/divide", params={"level": "high"}), 422)
    assert "since" in problem(client.get("/v1/divide", params={"since": "2030-01-01"}), 422)
    assert "limit" in problem(client.get("/v1/priorities/KE", params={"limit": "0"}), 422)
