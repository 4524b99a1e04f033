"""Another server as the endpoint: what is sent, and every way in which it can go wrong."""

from __future__ import annotations

import httpx2
import pyoxigraph as ox
import pytest

from datarules.endpoint import Limits, Overrun
from datarules.endpoint_local import Local
from datarules.endpoint_remote import Remote
from datarules.errors import ConfigError, QueryError

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
BR = "https://w3id.org/datarules/graph/BR"
EU = "https://w3id.org/datarules/graph/EU"


def remote(
    answer: httpx2.Response | Exception, seen: list[httpx2.Request] | None = None, rows: int = 100
) -> Remote:
    def handle(request: httpx2.Request) -> httpx2.Response:
        if seen is not None:
            seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Remote(
        "http://127.0.0.1:9/sparql", Local(ox.Store(), None), Limits(rows=rows), httpx2.MockTransport(handle)
    )


def said(body: str, media: str = "application/sparql-results+json", status: int = 200) -> httpx2.Response:
    return httpx2.Response(status, text=body, headers={"content-type": media})


def test_a_remote_query_is_posted_with_its_dataset() -> None:
    seen: list[httpx2.Request] = []
    found = remote(
        said('{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal","value":"1"}}]}}'), seen
    )
    assert found.query(COUNT, [BR], [EU]).rows()[1][0][0].value == "1"
    form = httpx2.QueryParams(seen[0].content.decode())
    assert seen[0].method == "POST"
    assert form["query"].endswith(COUNT)
    assert (form["default-graph-uri"], form["named-graph-uri"]) == (BR, EU)


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (httpx2.ConnectError("refused"), ConfigError, "cannot be reached"),
        (httpx2.ConnectTimeout("slow"), ConfigError, "does not answer"),
        (httpx2.ReadTimeout("slow"), Overrun, "longer than allowed"),
        (said("no", "text/plain", 500), ConfigError, "status 500"),
        (said("moved", "text/plain", 302), ConfigError, "status 302"),
        (said("near line 1", "text/plain", 400), QueryError, "near line 1"),
        (said("<html>", "text/html"), ConfigError, "not with a SPARQL result"),
        (said('{"head":'), ConfigError, "malformed"),
        (said("[]"), ConfigError, "malformed"),
        (said("<a> <b>", "text/turtle"), ConfigError, "malformed"),
        (said("a:b", "application/sparql-results+xml"), ConfigError, "malformed"),
        (
            said('{"head":{"vars":["n"]},"results":{"bindings":[{},{},{}]}}'),
            Overrun,
            "more rows than allowed",
        ),
    ],
)
def test_what_goes_wrong_at_another_server_is_said(
    answer: httpx2.Response | Exception, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        remote(answer, rows=2).query(COUNT)


def test_updates_never_reach_another_server() -> None:
    seen: list[httpx2.Request] = []
    for text in ("CLEAR ALL", "SELECT * { SERVICE <http://127.0.0.1:9/> {} }"):
        with pytest.raises(QueryError, match="refused"):
            remote(said(""), seen).query(text)
    assert not seen


@pytest.mark.parametrize(("said_as", "truth"), [("1", True), ("0", False)])
def test_an_ask_answered_as_a_row_is_still_yes_or_no(said_as: str, truth: bool) -> None:
    body = '{"head":{"vars":["__ASK_RETVAL"]},"results":{"bindings":[{"__ASK_RETVAL":{"type":"literal","value":"%s"}}]}}'
    result = remote(said(body % said_as)).query("ASK {}")
    assert (result.kind, result.boolean()) == ("ask", truth)


def test_a_graph_is_asked_for_as_a_graph_and_rows_as_rows() -> None:
    seen: list[httpx2.Request] = []
    assert (
        len(
            remote(said("<a:a> <a:b> <a:c> .", "application/n-triples"), seen)
            .query("PREFIX a: <a:> CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")
            .triples()
        )
        == 1
    )
    remote(said('{"head":{},"boolean":true}'), seen).query("ASK {}")
    assert [request.headers["accept"].split(",")[0] for request in seen] == [
        "application/n-triples",
        "application/sparql-results+json",
    ]
