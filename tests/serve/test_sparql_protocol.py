"""The SPARQL 1.1 Protocol at /sparql: a table of requests and what comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from datarules.endpoint import Limits
from datarules.endpoint_local import Local
from datarules.load import Dataset
from datarules.rulebook import RuleBook
from datarules.serve.sparql import router
from datarules.store import serving_endpoint

FORM = {"content-type": "application/x-www-form-urlencoded"}
BARE = {"content-type": "application/sparql-query"}
SELECT = "SELECT ?j { ?j a dr:Jurisdiction } ORDER BY ?j LIMIT 2"
ASK = "ASK { ?s a dr:Rule }"
GRAPH = "CONSTRUCT { ?s a dr:Rule } WHERE { ?s a dr:Rule }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
BR = "https://w3id.org/datarules/graph/BR"
LIMITS = Limits(rows=6_000)


@pytest.fixture(scope="module")
def door(dataset: Dataset, book: RuleBook) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(router(Local.open(dataset, book, limits=LIMITS), LIMITS))
    with TestClient(app, raise_server_exceptions=True) as client:
        yield client


def get(query: str, **more: str) -> str:
    return "/sparql?" + urlencode({"query": query, **more})


ACCEPTED = [
    (SELECT, None, "application/sparql-results+json"),
    (SELECT, "*/*", "application/sparql-results+json"),
    (SELECT, "application/sparql-results+json", "application/sparql-results+json"),
    (SELECT, "application/json", "application/sparql-results+json"),
    (SELECT, "application/sparql-results+xml", "application/sparql-results+xml"),
    (SELECT, "application/xml", "application/sparql-results+xml"),
    (SELECT, "text/csv", "text/csv; charset=utf-8"),
    (SELECT, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
    (SELECT, "text/*", "text/csv; charset=utf-8"),
    (SELECT, "text/csv;q=0.3, application/sparql-results+xml;q=0.8", "application/sparql-results+xml"),
    (SELECT, "application/sparql-results+json;q=0, */*", "application/sparql-results+xml"),
    (SELECT, "TEXT/CSV ; Q=1, */*;q=0.1", "text/csv; charset=utf-8"),
    (SELECT, "text/turtle, text/csv;q=0.1", "text/csv; charset=utf-8"),
    (
        SELECT,
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "application/sparql-results+xml",
    ),
    (ASK, None, "application/sparql-results+json"),
    (ASK, "application/sparql-results+xml", "application/sparql-results+xml"),
    (GRAPH, None, "text/turtle; charset=utf-8"),
    (GRAPH, "text/turtle", "text/turtle; charset=utf-8"),
    (GRAPH, "application/n-triples", "application/n-triples"),
    (GRAPH, "application/rdf+xml", "application/rdf+xml"),
    (GRAPH, "application/ld+json", "application/ld+json"),
    (GRAPH, "application/trig", "application/trig"),
    (GRAPH, "application/n-quads", "application/n-quads"),
    (GRAPH, "application/sparql-results+json, application/ld+json;q=0.1", "application/ld+json"),
    ("DESCRIBE id:BR", "application/n-triples, */*;q=0.1", "application/n-triples"),
]


@pytest.mark.parametrize(("query", "accept", "media"), ACCEPTED)
@pytest.mark.parametrize("how", ["get", "form", "bare"])
def test_the_accept_header_chooses_the_format(
    query: str, accept: str | None, media: str, how: str, door: TestClient
) -> None:
    headers = {"accept": accept} if accept else {"accept": ""}
    if how == "get":
        response = door.get(get(query), headers=headers)
    elif how == "form":
        response = door.post("/sparql", content=urlencode({"query": query}), headers=headers | FORM)
    else:
        response = door.post("/sparql", content=query.encode(), headers=headers | BARE)
    assert (response.status_code, response.headers["content-type"]) == (200, media)
    assert response.headers["access-control-allow-origin"] == "*"
    assert "Accept" in response.headers["vary"]
    assert response.content


UNACCEPTABLE = [
    (SELECT, "text/turtle"),
    (SELECT, "image/png"),
    (GRAPH, "text/csv"),
    (ASK, "text/csv"),
    (SELECT, "text/csv;q=0"),
]

REFUSED: list[tuple[str, str, dict[str, str], str, int, str]] = [
    ("GET", get("SELECT * {"), {}, "", 400, "query"),
    ("GET", get(""), {}, "", 400, "query"),
    ("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", {}, "", 400, "query"),
    ("GET", "/sparql?default-graph-uri=" + BR, {}, "", 400, "query"),
    ("GET", get(ASK, format="yaml"), {}, "", 400, "format"),
    ("GET", get(ASK, formats="json"), {}, "", 400, "formats"),
    ("GET", get(ASK, **{"default-graph-uri": "not an address"}), {}, "", 400, "default-graph-uri"),
    ("GET", get(ASK, **{"default-graph-uri": "file:///etc/passwd"}), {}, "", 400, "default-graph-uri"),
    ("GET", get(ASK, **{"named-graph-uri": "http://127.0.0.1:9/"}), {}, "", 400, "named-graph-uri"),
    ("GET", "/sparql?query=%FF", {}, "", 400, "address"),
    ("GET", "/sparql?query", {}, "", 400, "address"),
    ("GET", get("SELECT * { SERVICE <http://127.0.0.1:9/> {} }"), {}, "", 400, "query"),
    ("GET", get("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }"), {}, "", 400, "FROM"),
    ("GET", get("LOAD <http://127.0.0.1:9/>"), {}, "", 400, "query"),
    ("GET", "/sparql?update=CLEAR%20ALL", {}, "", 403, "update"),
    ("POST", "/sparql", FORM, "update=CLEAR+ALL", 403, "update"),
    ("POST", "/sparql", {"content-type": "application/sparql-update"}, "CLEAR ALL", 403, "content-type"),
    ("POST", "/sparql", {"content-type": "application/json"}, '{"query": "ASK {}"}', 415, "content-type"),
    ("POST", "/sparql", {"content-type": "multipart/form-data; boundary=x"}, "--x--", 415, "content-type"),
    ("POST", "/sparql", {"content-type": ""}, "ASK {}", 415, "content-type"),
    (
        "POST",
        "/sparql",
        {"content-type": "application/sparql-query; charset=utf-16"},
        "ASK {}",
        415,
        "content-type",
    ),
    ("POST", "/sparql", BARE, "", 400, "query"),
    ("POST", "/sparql", BARE, "CLEAR ALL", 400, "query"),
    ("POST", "/sparql", FORM, "", 400, "query"),
    ("POST", get(ASK), BARE, "ASK {}", 400, "query"),
    ("POST", get(ASK), FORM, "query=ASK%7B%7D", 400, "query"),
    ("POST", "/sparql", BARE, "ASK {} #" + "x" * 70_000, 413, "query"),
    ("POST", "/sparql", BARE, "x" * 900_000, 413, "body"),
    ("GET", get("SELECT * { ?s ?p ?o }"), {}, "", 413, "query"),
    ("GET", get("ASK {" + "{" * 400 + "}" * 400 + "}"), {}, "", 413, "query"),
    ("PUT", "/sparql", BARE, ASK, 405, "method"),
    ("DELETE", "/sparql", {}, "", 405, "method"),
    ("PATCH", "/sparql", BARE, ASK, 405, "method"),
]


def _is_problem(body: bytes, status: int, place: str) -> None:
    document = json.loads(body)
    assert document["status"] == status
    first = document["errors"][0]
    assert first["place"].split(":")[0] == place
    assert first["reason"]
    assert first["remedy"]


@pytest.mark.parametrize(("query", "accept"), UNACCEPTABLE)
def test_a_format_that_cannot_be_had_is_406_and_names_those_that_can(
    query: str, accept: str, door: TestClient
) -> None:
    response = door.get(get(query), headers={"accept": accept})
    assert response.status_code == 406
    assert response.headers["content-type"] == "application/problem+json"
    _is_problem(response.content, 406, "accept")
    assert "application/" in response.json()["errors"][0]["remedy"]


@pytest.mark.parametrize(("method", "address", "headers", "body", "status", "place"), REFUSED)
def test_errors_are_problem_documents(
    method: str, address: str, headers: dict[str, str], body: str, status: int, place: str, door: TestClient
) -> None:
    response = door.request(method, address, headers=headers, content=body.encode() or None)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["access-control-allow-origin"] == "*"
    _is_problem(response.content, status, place)
    if status == 405:
        assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    if status == 415 and "charset" not in headers["content-type"]:
        assert "application/sparql-query" in response.headers["accept-post"]


NAMED_FORMATS = [
    (SELECT, "format", "csv", "text/csv; charset=utf-8"),
    (SELECT, "output", "XML", "application/sparql-results+xml"),
    (SELECT, "results", "application/sparql-results+json", "application/sparql-results+json"),
    (GRAPH, "format", "json", "application/ld+json"),
    (GRAPH, "format", "rdf+xml", "application/rdf+xml"),
    (GRAPH, "format", "n3", "text/turtle; charset=utf-8"),
    (GRAPH, "format", "csv", "application/n-triples"),  # no such graph: Accept decides
]


@pytest.mark.parametrize(("query", "field", "name", "media"), NAMED_FORMATS)
def test_a_field_may_name_the_format_beside_the_accept_header(
    query: str, field: str, name: str, media: str, door: TestClient
) -> None:
    headers = {"accept": "application/n-triples, application/sparql-results+xml;q=0.3"}
    response = door.get(get(query, **{field: name}), headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (200, media)


def test_an_answer_the_client_has_is_not_sent_again(door: TestClient) -> None:
    first = door.get(get(SELECT))
    kept = {"if-none-match": f'"other", W/{first.headers["etag"]}'}
    again = door.get(get(SELECT), headers=kept)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "Accept" in again.headers["vary"]
    assert door.get(get(SELECT), headers={**kept, "accept": "text/csv"}).status_code == 200
    assert door.get("/sparql", headers={"if-match": '"other"'}).status_code == 412
    assert door.get("/sparql", headers={"if-none-match": "*"}).status_code == 304
    post = door.post("/sparql", content=SELECT, headers={**kept, **BARE})
    assert post.status_code == 200, "conditions are for GET and HEAD"


def test_a_query_that_is_not_utf8_is_refused(door: TestClient) -> None:
    assert door.post("/sparql", content=b"ASK { ?s ?p '\xff' }", headers=BARE).status_code == 400


def _number(body: bytes) -> int:
    return int(json.loads(body)["results"]["bindings"][0]["n"]["value"])


def test_the_three_forms_choose_the_dataset_alike(door: TestClient) -> None:
    chosen = urlencode({"default-graph-uri": BR})
    whole = _number(door.get(get(COUNT)).content)
    answers = {
        _number(door.get(get(COUNT, **{"default-graph-uri": BR})).content),
        _number(door.post("/sparql?" + chosen, content=COUNT, headers=BARE).content),
        _number(door.post("/sparql", content=f"query={quote(COUNT)}&{chosen}", headers=FORM).content),
    }
    assert len(answers) == 1
    assert 0 < answers.pop() < whole
    named = COUNT.replace("{ ?s ?p ?o }", "{ GRAPH ?g { ?s ?p ?o } }")
    assert 0 < _number(door.get(get(named, **{"named-graph-uri": BR})).content) < whole


def test_head_gives_the_headers_alone(door: TestClient) -> None:
    response = door.head(get(SELECT))
    assert (response.status_code, response.headers["content-type"]) == (
        200,
        "application/sparql-results+json",
    )
    assert door.head("/sparql").headers["content-type"].startswith("text/turtle")


def test_browsers_of_other_sites_may_ask(door: TestClient) -> None:
    response = door.options(
        "/sparql", headers={"origin": "https://example.org", "access-control-request-method": "POST"}
    )
    assert response.status_code == 204
    assert "POST" in response.headers["access-control-allow-methods"]


@pytest.mark.parametrize(
    ("accept", "status", "media"),
    [
        ("", 200, "text/turtle; charset=utf-8"),
        ("application/rdf+xml", 200, "application/rdf+xml"),
        ("application/ld+json", 200, "application/ld+json"),
        ("application/n-triples", 200, "application/n-triples"),
        ("text/html", 200, "text/turtle; charset=utf-8"),
        ("image/png", 406, "application/problem+json"),
    ],
)
def test_without_a_query_the_service_describes_itself(
    accept: str, status: int, media: str, door: TestClient
) -> None:
    response = door.get("/sparql", headers={"accept": accept})
    assert (response.status_code, response.headers["content-type"]) == (status, media)


def test_the_description_is_true(door: TestClient) -> None:
    store = ox.Store()
    store.load(door.get("/sparql", headers={"accept": "text/turtle"}).content, format=ox.RdfFormat.TURTLE)
    prefix = "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> PREFIX void: <http://rdfs.org/ns/void#> "
    query = "SELECT ?size { ?service a sd:Service ; sd:endpoint ?service ; sd:supportedLanguage sd:SPARQL11Query ; sd:feature sd:UnionDefaultGraph ;"
    query += f" sd:defaultDataset/sd:namedGraph [ sd:name <{BR}> ; sd:graph/void:triples ?size ] }}"
    rows = list(store.query(prefix + query))  # type: ignore[arg-type]
    assert int(rows[0]["size"].value) == _number(door.get(get(COUNT, **{"default-graph-uri": BR})).content)
    functions = store.query(prefix + "SELECT ?f { ?service sd:extensionFunction ?f }")
    names = {row["f"].value.rpartition("#")[2] for row in functions}  # type: ignore[union-attr]
    for name in names:
        asked = door.get(get(f'SELECT (drf:{name}("EU", "US", "personal", "2015-10-07") AS ?n) {{}}'))
        assert asked.json()["results"]["bindings"][0]["n"]["value"]
    assert names == {"status", "best", "worst"}


def test_time_and_memory_limits_have_their_statuses(dataset: Dataset, book: RuleBook) -> None:
    limits = Limits(seconds=2, memory=256 * 2**20, wait=60)
    endpoint = serving_endpoint(dataset, book, limits=limits, workers=1)
    app = FastAPI()
    app.include_router(router(endpoint, limits))
    try:
        with TestClient(app) as client:
            slow = client.get(get("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"))
            _is_problem(slow.content, 504, "query")
            assert slow.status_code == 504
            assert client.get(get(ASK)).json()["boolean"] is True
            assert client.get(
                get("SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c LIMIT 1000000")
            ).status_code in (413, 504)
    finally:
        endpoint.close()


def test_a_server_behind_that_is_down_is_503(dataset: Dataset, book: RuleBook) -> None:
    endpoint = serving_endpoint(dataset, book, "http://127.0.0.1:9/sparql")
    app = FastAPI()
    app.include_router(router(endpoint))
    try:
        with TestClient(app) as client:
            response = client.get(get(ASK))
            assert response.status_code == 503
            assert response.headers["retry-after"]
            _is_problem(response.content, 503, "DATARULES_SPARQL")
            assert client.get("/sparql").status_code == 200
    finally:
        endpoint.close()
