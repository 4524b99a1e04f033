"""Scenarios over REST."""

from __future__ import annotations

import pyoxigraph as ox
from fastapi.testclient import TestClient

from datarules import scenario
from datarules import vocab as v

from .conftest import problem


def test_the_scenarios_that_ship_are_listed(client: TestClient) -> None:
    rows = client.get("/v1/scenarios").json()
    assert [r["name"] for r in rows] == list(scenario.names())
    assert all(r["title"] and r["definition"] and r["from"] for r in rows)
    (corridor,) = [r for r in rows if r["name"] == "training-data-corridor"]
    assert corridor["purpose"] == "ai-training"


def test_a_scenario_is_had_as_json_and_as_turtle(client: TestClient) -> None:
    address = "/v1/scenarios/general-court-annulled"
    found = client.get(address).json()
    assert found["ends"] == ["EU/adequate-US-2023"]
    turtle = client.get(address, headers={"accept": "text/turtle"})
    assert turtle.headers["content-type"].startswith("text/turtle")
    assert turtle.text == found["turtle"]
    ended = [
        q.object.value for q in ox.parse(turtle.content, format=ox.RdfFormat.TURTLE) if "#ends" in str(q)
    ]
    assert ended == [v.ID + "EU/adequate-US-2023"]
    assert turtle.headers["etag"] != client.get(address).headers["etag"]


def test_an_effect_is_told_pair_by_pair(client: TestClient) -> None:
    address = "/v1/scenarios/eu-asean-clauses/effect"
    found = client.get(address).json()
    assert found["as_of"] == "2027-01-01"
    assert found["counts"]["opened"] > 0 and found["counts"]["closed"] == 0
    assert {"EU", "LA"} <= set(found["orders"])
    pairs = {(p["origin"], p["destination"]): p for p in found["pairs"]}
    assert pairs["LA", "DE"]["status"] == ["derogation", "safeguards"]
    assert "imagined" in pairs["LA", "DE"]["route"]["article"]
    assert found["islands"][0]["joined"] == ["LA"]
    assert found["text"] and found["disclaimer"]
    page = client.get(address, params={"limit": 1, "offset": 1}).json()
    assert page["pairs"] == found["pairs"][1:2]
    assert page["counts"] == found["counts"]


def test_what_cannot_be_asked_is_refused_with_a_remedy(client: TestClient) -> None:
    found = problem(client.get("/v1/scenarios/dpf-fall"), 422)
    assert "dpf-falls" in found["scenario"]["remedy"]
    found = problem(client.get("/v1/scenarios/dpf-falls/effect", params={"as_of": "2026-01-01"}), 422)
    assert "2027-01-01" in found["as_of"]["reason"]


def test_only_scenarios_that_ship_can_be_named(client: TestClient) -> None:
    for word in ("pyproject.toml", "..%2FEU", "EU"):
        assert client.get(f"/v1/scenarios/{word}").status_code in (404, 422)
