"""Requests that cannot be answered: every mistake named at once, and nothing that takes the service down."""

from __future__ import annotations

from datetime import date

import pytest
from fastapi.testclient import TestClient

from datarules.rulebook import RuleBook
from datarules.serve.app import MAX_BODY, create_app
from datarules.serve.problems import STATUS

from .conftest import EU_US, TODAY, problem


def test_every_mistake_is_told_at_once(client: TestClient) -> None:
    query = "origin=EUU&destinatin=US&as_of=2020-02-30&fact=foo=1&open=maybe&data=persnal&purpose=zzz&sector=bankin"
    errors = problem(client.get(f"/v1/check?{query}"), 422)
    assert set(errors) >= {
        "origin",
        "destination",
        "destinatin",
        "as_of",
        "facts.foo",
        "open",
        "data",
        "purpose",
        "sector",
    }
    assert errors["origin"]["value"] == "EUU"
    assert "destination" in errors["destinatin"]["remedy"]
    assert "personal" in errors["data"]["remedy"]


def test_fields_of_the_wrong_kind_are_told_at_once(client: TestClient) -> None:
    body = {
        "origin": 1,
        "destination": None,
        "data": [1],
        "as_of": 2020,
        "facts": {"consent": [1]},
        "open": "yes",
        "extra": 1,
    }
    errors = problem(client.post("/v1/check", json=body), 422)
    assert set(errors) == {"origin", "destination", "data", "as_of", "facts.consent", "open", "extra"}


def test_facts_with_wrong_units_and_contradictions(client: TestClient) -> None:
    number = next(f["name"] for f in client.get("/v1/facts").json() if f["kind"] == "number")
    assert f"facts.{number}" in problem(
        client.get("/v1/check", params={**EU_US, "fact": f"{number}=many"}), 422
    )
    assert f"facts.{number}" in problem(client.post("/v1/check", json={**EU_US, "facts": {number: 1.5}}), 422)
    assert "facts.consent" in problem(
        client.get("/v1/check?origin=EU&destination=US&fact=consent=yes&fact=consent=no"), 422
    )


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b'{"origin": ', "line 1"),
        (b"", "empty"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"origin": NaN}', "NaN"),
        (b'{"origin": "EU", "origin": "US", "destination": "US"}', "twice"),
        (b"[" * 5000, "deep"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "deep"),
        (b'{"facts": {"consent": ' + b"9" * 5000 + b"}}", "cannot be used"),
    ],
)
def test_malformed_bodies_are_refused_with_the_place(client: TestClient, content: bytes, word: str) -> None:
    response = client.post("/v1/check", content=content, headers={"content-type": "application/json"})
    assert "body" in problem(response, 400)
    assert word in response.text


def test_brackets_inside_strings_are_not_nesting(client: TestClient) -> None:
    errors = problem(client.post("/v1/check", json={"origin": '[\\"[' * 50, "destination": "US"}), 422)
    assert "origin" in errors


def test_bodies_over_the_limit_are_cut_off_announced_or_not(book: RuleBook) -> None:
    small = TestClient(create_app(book, today=lambda: TODAY, max_body=100))
    assert "100 bytes" in small.post("/v1/check", content=b"x" * 101).text
    pieces = (b"x" * 40 for _ in range(5))
    assert "body" in problem(small.post("/v1/check", content=pieces), 413)
    assert small.post("/v1/check", json=EU_US).status_code == 200
    assert MAX_BODY == 4 * 1024 * 1024


def test_other_media_types_are_refused(client: TestClient) -> None:
    response = client.post(
        "/v1/check", content=b"origin=EU", headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert "Content-Type" in problem(response, 415)


def test_post_takes_no_query(client: TestClient) -> None:
    assert "as_of" in problem(client.post("/v1/check?as_of=2020-01-01", json=EU_US), 422)


def test_strange_characters_come_back_as_valid_json(client: TestClient) -> None:
    assert "origin" in problem(
        client.post("/v1/check", content=b'{"origin": "\\ud800", "destination": "US"}'), 422
    )
    assert "origin" in problem(client.get("/v1/check?origin=%ff%00&destination=US"), 422)
    long = problem(client.post("/v1/check", json={"origin": "x" * 100_000, "destination": "US"}), 422)
    assert len(long["origin"]["value"]) < 300


def test_too_many_query_fields_are_refused(client: TestClient) -> None:
    assert "query" in problem(client.get("/v1/check?" + "&".join(["fact=a=1"] * 500)), 400)


def test_a_field_given_twice_is_refused(client: TestClient) -> None:
    assert "origin" in problem(client.get("/v1/check?origin=EU&origin=US&destination=CN"), 422)


@pytest.mark.parametrize(
    "path", ["/v1/jurisdictions", "/v1/categories", "/health", "/version", "/v1/rules/EU/GDPR-46-2-c"]
)
def test_unknown_query_fields_are_refused_everywhere(client: TestClient, path: str) -> None:
    assert "colour" in problem(client.get(f"{path}?colour=red"), 422)


def test_unknown_addresses_and_methods(client: TestClient) -> None:
    assert "/v1/check" in problem(client.get("/v1/chek"), 404)["path"]["remedy"]
    response = client.delete("/v1/check")
    assert "method" in problem(response, 405)
    assert "POST" in response.headers["allow"]
    for path in ("/redoc", "/static/none.js", "/static/../app.py"):
        assert "path" in problem(client.get(path), 404)


def test_an_unforeseen_fault_says_nothing_of_the_inside(book: RuleBook) -> None:
    def broken() -> date:
        raise RuntimeError("secret")

    broken_client = TestClient(create_app(book, today=broken), raise_server_exceptions=False)
    response = broken_client.get("/v1/check", params=EU_US)
    assert "server" in problem(response, 500)
    assert "secret" not in response.text


def test_every_error_class_has_a_status() -> None:
    assert {kind.__name__ for kind in STATUS} >= {
        "InputError",
        "DataError",
        "QueryError",
        "ConfigError",
        "DataRulesError",
    }
    assert all(400 <= status < 600 for status in STATUS.values())
