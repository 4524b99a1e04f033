"""Reach, divide and priorities over REST."""

from __future__ import annotations

from fastapi.testclient import TestClient

from .conftest import TODAY, problem


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


def test_what_cannot_be_asked_is_a_problem(client: TestClient) -> None:
    assert "code" in problem(client.get("/v1/reach/ASEAN"), 422)
    assert "place" in problem(client.get("/v1/priorities/Nowhereland"), 422)
    assert "level" in problem(client.get("/v1/divide", params={"level": "high"}), 422)
    assert "since" in problem(client.get("/v1/divide", params={"since": "2030-01-01"}), 422)
    assert "limit" in problem(client.get("/v1/priorities/KE", params={"limit": "0"}), 422)
