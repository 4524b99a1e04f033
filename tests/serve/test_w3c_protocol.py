"""The W3C's tests of SPARQL 1.1 Protocol and Service Description, as far as they are about a read-only endpoint.

The names are those of the manifests (w3c/rdf-tests, sparql/sparql11/protocol and service-description); the
requests are written anew. Each test whose subject is a successful update is here as a refusal.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from datarules.endpoint import ROW_FORMATS
from datarules.endpoint_local import Local
from datarules.serve.sparql import router
from datarules.serve.sparql_formats import GRAPH_TYPES, ROW_TYPES

BASE = "http://example.org/data/"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"
SD = "http://www.w3.org/ns/sparql-service-description#"
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
DOCUMENT = ox.NamedNode("http://xmlns.com/foaf/0.1/Document")


@pytest.fixture(scope="module")
def door() -> Iterator[TestClient]:
    """Four graphs, each saying of itself that it is a document."""
    store = ox.Store()
    for number in range(4):
        one = ox.NamedNode(f"{BASE}{number}")
        store.add(ox.Quad(one, TYPE, DOCUMENT, one))
    app = FastAPI()
    app.include_router(router(Local(store, None)))
    with TestClient(app) as client:
        yield client


def graphs(**named: str) -> str:
    pairs = [
        f"{kind}-graph-uri={quote(BASE + n, safe='')}" for kind, numbers in named.items() for n in numbers
    ]
    return "&".join(pairs)


def inside(graph: str, number: int) -> str:
    pattern = f"<{BASE}{number}> a ?type"
    return f"GRAPH ?{graph} {{ {pattern} }}" if graph else f"{pattern} ."


BOTH = "ASK { " + inside("", 1) + inside("", 2) + " }"
NAMED = "ASK { " + inside("g1", 1) + inside("g2", 2) + " }"
FULL = "ASK { " + inside("", 3) + inside("g1", 1) + inside("g2", 2) + " }"
FROM = f"ASK FROM <{BASE}3> {{ {inside('g1', 1)} {inside('g2', 2)} }}"

GIVEN: list[tuple[str, str, str, str, str, str]] = [
    # name, method, query of the address, content type, body, kind of answer
    ("query_post_form", "POST", graphs(default="0"), FORM, "query=ASK%20%7B%7D", "boolean"),
    (
        "query_dataset_default_graphs_get",
        "GET",
        f"query={quote(BOTH)}&{graphs(default='12')}",
        "",
        "",
        "boolean",
    ),
    ("query_dataset_default_graphs_post", "POST", graphs(default="12"), DIRECT, BOTH, "boolean"),
    ("query_dataset_named_graphs_post", "POST", graphs(named="12"), DIRECT, NAMED, "boolean"),
    (
        "query_dataset_named_graphs_get",
        "GET",
        f"query={quote(NAMED)}&{graphs(named='12')}",
        "",
        "",
        "boolean",
    ),
    ("query_dataset_full", "POST", graphs(default="3", named="12"), DIRECT, FULL, "boolean"),
    ("query_multiple_dataset", "POST", graphs(named="12"), DIRECT, FROM, "boolean"),
    ("query_get", "GET", f"query=ASK%20%7B%7D&{graphs(default='0')}", "", "", "boolean"),
    ("query_content_type_select", "POST", graphs(default="0"), DIRECT, "SELECT (1 AS ?value) {}", "tabular"),
    ("query_content_type_ask", "POST", graphs(default="0"), DIRECT, "ASK {}", "boolean"),
    ("query_content_type_describe", "POST", graphs(default="0"), DIRECT, f"DESCRIBE <{BASE}>", "RDF"),
    (
        "query_content_type_construct",
        "POST",
        graphs(default="0"),
        DIRECT,
        "CONSTRUCT { <a:s> <a:p> 1 } WHERE {}",
        "RDF",
    ),
    ("query_post_direct", "POST", "", DIRECT, "ASK {}", "boolean"),
]


@pytest.mark.parametrize(
    ("name", "method", "query", "media", "body", "kind"), GIVEN, ids=[g[0] for g in GIVEN]
)
def test_queries_are_answered(
    name: str, method: str, query: str, media: str, body: str, kind: str, door: TestClient
) -> None:
    headers = {"content-type": media} if media else {}
    response = door.request(method, f"/sparql?{query}", headers=headers, content=body or None)
    assert response.is_success, response.text
    said = response.headers["content-type"].partition(";")[0]
    if kind == "RDF":
        assert said in {media for medias in GRAPH_TYPES.values() for media in medias}
        return
    form = next(form for form, medias in ROW_TYPES.items() if said in medias)
    found = ox.parse_query_results(response.content, format=ROW_FORMATS[form])
    if kind == "boolean":
        assert isinstance(found, ox.QueryBoolean) and bool(found) is True
    else:
        assert isinstance(found, ox.QuerySolutions) and [row[0].value for row in found] == ["1"]


REFUSED: list[tuple[str, str, str, str, bytes]] = [
    ("bad_query_method", "PUT", f"query=ASK%20%7B%7D&{graphs(default='0')}", FORM, b""),
    ("bad_multiple_queries", "GET", "query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D", "", b""),
    ("bad_query_wrong_media_type", "POST", "", "text/plain", b"ASK {}"),
    ("bad_query_missing_form_type", "POST", "", "", b"query=ASK%20%7B%7D"),
    ("bad_query_missing_direct_type", "POST", "", "", b"ASK {}"),
    ("bad_query_non_utf8", "POST", "", f"{DIRECT}; charset=UTF-16", "ASK {}".encode("utf-16")),
    ("bad_query_syntax", "GET", "query=ASK%20%7B", "", b""),
    ("bad_update_get", "GET", "update=CLEAR%20ALL", "", b""),
    ("bad_multiple_updates", "POST", "", FORM, b"update=CLEAR%20NAMED&update=CLEAR%20DEFAULT"),
    ("bad_update_wrong_media_type", "POST", "", "text/plain", b"CLEAR NAMED"),
    ("bad_update_missing_form_type", "POST", "", "", b"update=CLEAR%20NAMED"),
    ("bad_update_non_utf8", "POST", "", f"{UPDATE}; charset=UTF-16", "CLEAR NAMED".encode("utf-16")),
    ("bad_update_syntax", "POST", "", FORM, b"update=CLEAR%20XYZ"),
    (
        "bad_update_dataset_conflict",
        "POST",
        "using-named-graph-uri=http%3A%2F%2Fexample%2Fpeople",
        UPDATE,
        b"WITH <a:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ),
    # tests of updates that succeed elsewhere: a read-only endpoint refuses them
    ("update_dataset_default_graph", "POST", f"using-graph-uri={quote(BASE)}1", UPDATE, b"CLEAR ALL"),
    (
        "update_dataset_default_graphs",
        "POST",
        f"using-graph-uri={quote(BASE)}1&using-graph-uri={quote(BASE)}2",
        UPDATE,
        b"CLEAR ALL",
    ),
    ("update_dataset_named_graphs", "POST", f"using-named-graph-uri={quote(BASE)}1", UPDATE, b"CLEAR ALL"),
    (
        "update_dataset_full",
        "POST",
        f"using-graph-uri={quote(BASE)}1&using-named-graph-uri={quote(BASE)}2",
        UPDATE,
        b"CLEAR ALL",
    ),
    ("update_post_form", "POST", "", FORM, b"update=CLEAR+ALL"),
    ("update_post_direct", "POST", "", UPDATE, b"CLEAR ALL"),
    ("update_base_uri", "POST", "", UPDATE, b"INSERT DATA { <a:s> <a:p> <test> }"),
]


@pytest.mark.parametrize(("name", "method", "query", "media", "body"), REFUSED, ids=[r[0] for r in REFUSED])
def test_what_is_wrong_or_an_update_is_refused_and_changes_nothing(
    name: str, method: str, query: str, media: str, body: bytes, door: TestClient
) -> None:
    headers = {"content-type": media} if media else {}
    response = door.request(method, f"/sparql?{query}", headers=headers, content=body or None)
    assert 400 <= response.status_code < 500, response.text
    assert response.headers["content-type"] == "application/problem+json"
    count = door.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"})
    assert count.json()["results"]["bindings"][0]["n"]["value"] == "4"


def description(door: TestClient) -> ox.Store:
    response = door.get("/sparql", headers={"accept": "application/rdf+xml;q=0.5, text/turtle"})
    assert response.is_success
    assert response.headers["content-type"].startswith("text/turtle"), "returns-rdf"
    store = ox.Store()
    store.load(response.content, format=ox.RdfFormat.TURTLE)
    return store


def test_has_endpoint_triple(door: TestClient) -> None:
    found = list(description(door).quads_for_pattern(None, ox.NamedNode(SD + "endpoint"), None))
    assert [quad.object for quad in found] == [ox.NamedNode("http://testserver/sparql")]


# Domains and ranges of the vocabulary (SPARQL 1.1 Service Description 3), for what the description uses.
SCHEMA = [
    ("endpoint", "Service", None),
    ("supportedLanguage", "Service", None),
    ("resultFormat", "Service", None),
    ("feature", "Service", None),
    ("extensionFunction", "Service", "Function"),
    ("defaultDataset", "Service", "Dataset"),
    ("defaultGraph", "Dataset", "Graph"),
    ("namedGraph", "Dataset", "NamedGraph"),
    ("name", "NamedGraph", None),
    ("graph", "NamedGraph", "Graph"),
]


def test_conforms_to_schema(door: TestClient) -> None:
    said = description(door)
    used = {q.predicate.value.removeprefix(SD) for q in said if q.predicate.value.startswith(SD)}
    assert used <= {term for term, _, _ in SCHEMA}
    for term, domain, kind in SCHEMA:
        for quad in said.quads_for_pattern(None, ox.NamedNode(SD + term), None):
            assert isinstance(quad.subject, ox.NamedNode | ox.BlankNode)
            for node, wanted in ((quad.subject, domain), (quad.object, kind)):
                if wanted:
                    assert list(said.quads_for_pattern(node, TYPE, ox.NamedNode(SD + wanted))), (term, node)  # type: ignore[arg-type]
    services = list(said.quads_for_pattern(None, TYPE, ox.NamedNode(SD + "Service")))
    assert len(services) == 1
    names = {q.object.value for q in said.quads_for_pattern(None, ox.NamedNode(SD + "name"), None)}  # type: ignore[union-attr]
    assert names == {f"{BASE}{number}" for number in range(4)}
