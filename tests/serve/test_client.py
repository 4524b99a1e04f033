"""The Python client against a server that runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx2
import msgspec
import pytest
from fastapi.testclient import TestClient

from datarules import client_types as types
from datarules.client import Client, question
from datarules.errors import ConfigError, InputError, QueryError
from datarules.serve.schema import ANSWER, DEFINITIONS
from datarules.vocab import Status

DAY = date(2026, 5, 1)


@pytest.fixture(scope="module")
def ask(live: str) -> Iterator[Client]:
    with Client(live) as found:
        yield found


def test_the_shapes_have_the_fields_of_the_published_schema() -> None:
    assert types.fields(types.Answer) == set(ANSWER["properties"])
    for name, kind in (
        ("rule", types.Rule),
        ("citation", types.Citation),
        ("route", types.Route),
        ("obstacle", types.Obstacle),
        ("overlay", types.Overlay),
        ("conflict", types.Conflict),
        ("entry", types.Entry),
    ):
        assert types.fields(kind) == set(DEFINITIONS[name]["properties"]), name


def test_a_decision_is_typed_and_holds_what_the_server_said(ask: Client, live: str) -> None:
    answer = ask.check(
        "EU", "US", data=["personal", "health"], as_of=DAY, facts={"consent": False}, purpose="research"
    )
    assert isinstance(answer.status, Status) and answer.as_of == DAY
    assert answer.facts == {"consent": False}
    route = next(r for r in answer.routes if "GDPR art." in r.article)
    assert isinstance(route.citations[0].read_on, date)
    body = {"origin": "EU", "destination": "US", "data": ["personal", "health"], "as_of": "2026-05-01"}
    raw = httpx2.post(
        f"{live}/v1/check", json={**body, "facts": {"consent": False}, "purpose": "research"}
    ).json()
    assert msgspec.to_builtins(answer)["routes"] == [
        {**one, "entries": one["entries"]} for one in raw["routes"]
    ]
    assert answer.text == raw["text"]


def test_questions_that_cannot_be_asked_raise_with_every_place(ask: Client) -> None:
    with pytest.raises(InputError) as caught:
        ask.check("EUU", "US", as_of="2020-02-30")
    assert {p.place for p in caught.value.problems} == {"origin", "as_of"}
    assert "EU" in caught.value.problems[0].remedy
    with pytest.raises(InputError, match="no such rule"):
        ask.rule("EU/nothing-9")
    with pytest.raises(msgspec.ValidationError, match="colour"):
        question("EU", "US", colour="red")


def test_many_are_decided_in_order_in_batches(ask: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datarules.client.CHUNK", 3)
    places = ["US", "XQ", "JP", "DE", "BR", "CN", "KE"]
    asked = [question("EU", place, as_of=DAY) for place in places]
    replies = list(ask.check_many(iter(asked)))
    assert len(replies) == len(places)
    assert [r.answer.destination if r.answer else None for r in replies] == [
        None if place == "XQ" else place for place in places
    ]
    assert replies[1].problem and replies[1].problem.errors[0].place == "destination"
    for reply, short in zip(replies, ask.check_many_short(asked), strict=True):
        assert (reply.answer is None) == (short.answer is None)
        if reply.answer and short.answer:
            assert reply.answer.status is short.answer.status
    assert list(ask.check_many([])) == []


def test_lists_and_comparisons(ask: Client) -> None:
    assert {"EU", "US"} <= {one["code"] for one in ask.jurisdictions()}
    assert ask.jurisdiction("Germany", DAY)["code"] == "DE"
    assert ask.rule("EU/GDPR-46-2-c")["article"] == "GDPR art. 46(2)(c)"
    rows = ask.changes(date(2015, 1, 1), "2016-01-01", "EU")
    assert rows and all(row["jurisdiction"] == "EU" for row in rows)
    assert ask.history("EU", "US")[-1]["until"] is None
    assert ask.pair("EU", "JP", as_of=DAY)["verdict"]
    assert ask.paths("US", "CN", as_of=DAY, data="health", facts={"us-persons-12-months": 200000})["direct"]
    assert ask.obstacles("RU", "US", as_of=DAY)["ways"]
    assert ask.bridges("KE", "DE", as_of=DAY, level="recognised")["directions"]
    assert {"personal"} <= {one["name"] for one in ask.categories()}
    assert ask.facts("CN") and ask.version()["data"]


def test_pages_are_followed_to_the_end(ask: Client) -> None:
    words: dict[str, Any] = {"as_of": DAY, "possible": True}
    whole = list(ask.conflicts("US", "CN", **words))
    assert list(ask.conflicts("US", "CN", **words, limit=3)) == whole
    assert len(whole) > 3


def test_sparql_gives_plain_rows(ask: Client) -> None:
    rows = ask.sparql("SELECT ?code ?none { id:BR dct:identifier ?code OPTIONAL { id:BR dr:nothing ?none } }")
    assert rows == [{"code": "BR", "none": None}]
    assert ask.sparql("ASK { id:BR a dr:Jurisdiction }") is True
    with pytest.raises(QueryError, match="read only"):
        ask.sparql("CLEAR ALL")


def test_what_has_not_changed_is_not_sent_again(client: TestClient) -> None:
    seen: list[tuple[int, int]] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        answer = client.get(str(request.url.raw_path, "ascii"), headers=dict(request.headers))
        seen.append((answer.status_code, len(answer.content)))
        kept = {k: v for k, v in answer.headers.items() if k not in ("content-encoding", "content-length")}
        return httpx2.Response(answer.status_code, content=answer.content, headers=kept)

    ask = Client("http://testserver", transport=httpx2.MockTransport(handle))
    first, again = ask.jurisdictions(), ask.jurisdictions()
    assert first == again
    assert [status for status, _ in seen] == [200, 304] and seen[1][1] == 0


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx2.ConnectError("refused"), "cannot be reached"),
        (httpx2.Response(200, text="<html>"), "cannot be read"),
        (httpx2.Response(200, json={"status": "fine"}), "cannot be read"),
        (httpx2.Response(502, text="Bad gateway"), "status 502"),
        (httpx2.Response(404, text="no"), "status 404"),
    ],
)
def test_servers_that_fail_are_named(answer: httpx2.Response | Exception, words: str) -> None:
    def handle(request: httpx2.Request) -> httpx2.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    with Client("http://127.0.0.1:9/", transport=httpx2.MockTransport(handle)) as ask:
        with pytest.raises(ConfigError, match=words) as caught:
            ask.check("EU", "US")
        assert "http://127.0.0.1:9" in str(caught.value)
