"""Scenarios over REST."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pyoxigraph as ox
from fastapi.testclient import TestClient

from datarules import scenario
from datarules import vocab as v
from datarules.serve.scenarios import LARGEST

from .conftest import problem

_WATCHERS: list[Callable[[str, Any], None]] = []
sys.addaudithook(lambda event, arguments: [watch(event, arguments) for watch in _WATCHERS] and None)


@contextmanager
def watched_by(watch: Callable[[str, Any], None]) -> Iterator[None]:
    """Let something see what the interpreter does (PEP 578) for a while."""
    _WATCHERS.append(watch)
    try:
        yield
    finally:
        _WATCHERS.remove(watch)


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


def test_a_scenario_is_made_from_words(client: TestClient) -> None:
    plan = {"kind": "recognition", "by": ["Kenya", "NG"], "of": "EU", "from": "2027-01-01"}
    found = client.post("/v1/scenarios", params={"limit": 1}, json=plan).json()
    assert (found["parties"], found["towards"]) == (["KE", "NG"], ["EU"])
    assert found["effect"]["counts"]["opened"] > 1 and len(found["effect"]["pairs"]) == 1
    routes = [one for one in found["changes"] if one["kind"] == "route"]
    assert {one["order"] for one in routes} == {"KE", "NG"}
    assert all(one["article"] and one["statement"]["citations"] and one["class"] for one in routes)
    again = client.post(
        "/v1/scenarios/effect",
        params={"level": "recognised", "limit": 1},
        content=found["turtle"].encode(),
        headers={"content-type": "text/turtle"},
    )
    assert again.json() == found["effect"]


def test_a_posted_scenario_leaves_no_file_and_asks_no_one(client: TestClient) -> None:
    text = scenario.names()["eu-asean-clauses"].read_text(encoding="utf-8")
    text = text.replace("eu-asean-clauses", "my-own").replace(
        "a dr:Scenario ;", "a dr:Scenario ; rdfs:seeAlso <http://192.0.2.1/x> ;"
    )
    text = "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n" + text
    done: list[str] = []

    def watch(event: str, arguments: Any) -> None:
        if event in ("socket.connect", "socket.getaddrinfo"):
            done.append(f"{event} {arguments}")
        if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
            done.append(f"open {arguments[0]}")

    with watched_by(watch):
        found = client.post("/v1/scenarios/effect", content=text, headers={"content-type": "text/turtle"})
    assert found.status_code == 200, found.text
    assert found.json()["scenario"]["name"] == "my-own"
    assert done == []


def test_what_is_posted_is_refused_where_it_is_no_scenario(client: TestClient) -> None:
    address, turtle = "/v1/scenarios/effect", {"content-type": "text/turtle"}
    assert "content-type" in problem(client.post(address, json={}), 415)
    problem(client.post(address, content=b" " * (LARGEST + 1), headers=turtle), 413)
    assert "body" in problem(client.post(address, content=b"\xff", headers=turtle), 422)
    problem(client.post(address, content=b"<a> <b>", headers=turtle), 422)
    problem(client.post(address, content=b"<a:a> <b:b> <c:c> .", headers=turtle), 422)
    text = (
        scenario.names()["eu-asean-clauses"]
        .read_text(encoding="utf-8")
        .replace("cat:personal", "cat:persnal")
    )
    found = problem(client.post(address, content=text, headers=turtle), 422)
    assert any("Did you mean" in one["reason"] for one in found.values())
    found = problem(
        client.post("/v1/scenarios", json={"kind": "recognition", "by": "Kenyya", "offf": "x"}), 422
    )
    assert "offf" in found
    found = problem(client.post("/v1/scenarios", json={"kind": "recognition", "by": "Kenyya"}), 422)
    assert "KE" in found["by"]["remedy"] and "of" in found
    problem(client.post("/v1/scenarios", json=[]), 422)
    problem(client.post("/v1/scenarios", content=b"{"), 400)


def test_the_examples_of_the_description_work(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    own = paths["/v1/scenarios/effect"]["post"]["requestBody"]["content"]["text/turtle"]["examples"]
    plans = paths["/v1/scenarios"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    for one in own.values():
        found = client.post(
            "/v1/scenarios/effect", content=one["value"], headers={"content-type": "text/turtle"}
        )
        assert found.json()["counts"]["opened"] == 1, found.text
    for one in plans.values():
        assert client.post("/v1/scenarios", json=one["value"]).json()["turtle"]


def test_an_effect_comes_as_rdf_where_that_is_asked_for(client: TestClient) -> None:
    address = "/v1/scenarios/eu-asean-clauses/effect"
    changed = client.get(address).json()["counts"]["changed"]
    for media, form in (("text/turtle", ox.RdfFormat.TURTLE), ("application/ld+json", ox.RdfFormat.JSON_LD)):
        found = client.get(address, headers={"accept": media})
        assert found.headers["content-type"].startswith(media)
        said = [q for q in ox.parse(found.content, format=form) if q.predicate.value == v.NS + "changes"]
        assert len(said) == changed
