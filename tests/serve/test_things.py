"""Linked data: every name leads to a document, for people and for machines; the dataset describes itself."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from datarules import vocab as v
from datarules.functions import NAMES
from datarules.load import Dataset
from datarules.serve.sparql_catalogue import DCAT, DUMPS, VOID
from datarules.store import export_graph

from .conftest import problem

SPACE = v.NS.removesuffix("ns#")
RDF_FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-quads": ox.RdfFormat.N_QUADS,
}
RULE = "/id/EU/GDPR-46-2-c"


def names(dataset: Dataset) -> list[str]:
    """Return every name of our space that something is said of, and every graph."""
    found = {q.subject.value for q in dataset.quads() if isinstance(q.subject, ox.NamedNode)}
    found |= {str(q.graph_name.value) for q in dataset.quads() if isinstance(q.graph_name, ox.NamedNode)}
    return sorted(name for name in found if name.startswith(SPACE))


def see(client: TestClient, path: str, accept: str) -> tuple[str, bytes, str]:
    """Follow a name to its document; return its address, content and media type."""
    first = client.get(path, headers={"accept": accept}, follow_redirects=False)
    assert first.status_code == 303, f"{path}: {first.text}"
    assert "Accept" in first.headers["vary"]
    then = client.get(first.headers["location"], headers={"accept": accept})
    assert then.status_code == 200, f"{path}: {then.text}"
    return first.headers["location"], then.content, then.headers["content-type"].partition(";")[0]


class Anchors(HTMLParser):
    """Collects the anchors and links of a page, and checks that every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.ids.add(told.get("id") or "")
        self.links.add(told.get("href") or "")
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(page: bytes) -> Anchors:
    found = Anchors()
    found.feed(page.decode())
    found.close()
    assert found.open == []
    return found


def test_every_term_leads_to_its_place_in_the_page_of_the_vocabulary(
    client: TestClient, dataset: Dataset
) -> None:
    terms = [name for name in names(dataset) if name.startswith(v.NS)]
    assert len(terms) > 100
    _, page, media = see(client, "/ns", "text/html")
    assert media == "text/html"
    anchors = read(page).ids
    assert {term.removeprefix(v.NS) for term in terms} <= anchors
    _, said, _ = see(client, "/ns", "text/turtle")
    subjects = {str(q.subject) for q in ox.parse(said, format=ox.RdfFormat.TURTLE)}
    assert {f"<{term}>" for term in terms} <= subjects
    _, functions, _ = see(client, "/fn", "text/html")
    assert set(NAMES) <= read(functions).ids


def test_names_of_every_kind_lead_to_what_the_graph_says_of_them(
    client: TestClient, dataset: Dataset
) -> None:
    data = [name for name in names(dataset) if not name.startswith(v.NS)]
    graphs = [name for name in data if name.startswith(v.GRAPH)]
    chosen = [*data[::200], *graphs[::40]]
    assert len(chosen) > 35 and len(graphs) > 100
    known = {str(q.subject) for q in dataset.quads()}
    for name in chosen:
        path = "/" + name.removeprefix(SPACE)
        address, said, _ = see(client, path, "application/n-triples")
        assert address == f"/data{path}.nt"
        subjects = {str(q.subject) for q in ox.parse(said, format=ox.RdfFormat.N_TRIPLES)}
        assert subjects
        if name not in graphs:
            assert f"<{name}>" in subjects and f"<{name}>" in known
        page_address, page, media = see(client, path, "text/html,*/*;q=0.1")
        assert (page_address, media) == (f"/page{path}", "text/html")
        assert {f"/data{path}.ttl", "/page.css"} <= read(page).links


@pytest.mark.parametrize("media", RDF_FORMATS)
def test_a_name_is_described_alike_in_every_form(media: str, client: TestClient) -> None:
    _, said, given = see(client, RULE, media)
    assert given == media
    stated = {q.triple for q in ox.parse(said, format=RDF_FORMATS[media])}
    plain = [t for t in stated if not isinstance(t.object, ox.BlankNode)]
    assert (
        ox.Triple(
            ox.NamedNode(f"{SPACE}id/EU/GDPR-46-2-c"),
            ox.NamedNode(v.NS + "ofJurisdiction"),
            ox.NamedNode(v.ID + "EU"),
        )
        in plain
    )
    articles = {str(t.object) for t in stated if t.predicate.value == v.NS + "pinpoint"}
    assert '"art. 46(2)(c)"' in articles, "nodes without a name come along"


def test_a_page_shows_what_points_to_its_subject(client: TestClient) -> None:
    page = client.get("/page/id/EU/clauses-2021").text
    assert 'href="/id/EU/GDPR-46-2-c"' in page
    assert "Transfer under the Commission clauses of 2021" in page
    response = client.get("/page/id/EU/clauses-2021")
    assert 'rel="describes"' in response.headers["link"]
    assert (
        client.get(
            "/page/id/EU/clauses-2021", headers={"if-none-match": response.headers["etag"]}
        ).status_code
        == 304
    )
    assert client.get("/page.css").headers["content-type"].startswith("text/css")


def test_what_comes_from_data_or_address_is_never_taken_for_html(client: TestClient) -> None:
    for path in (
        "/page/id/<script>alert(1)</script>",
        "/id/%3Cscript%3E",
        "/page/id/a%22b",
        "/data/id/a%20b.ttl",
    ):
        response = client.get(path, headers={"accept": "text/html"})
        problem(response, 404)
        assert response.headers["x-content-type-options"] == "nosniff"


def test_names_nothing_is_said_of_and_formats_that_cannot_be_had(client: TestClient) -> None:
    assert "path" in problem(client.get("/id/XX/nothing"), 404)
    assert "path" in problem(client.get("/graph/XX"), 404)
    assert "suffix" in problem(client.get("/data/id/EU.docx"), 404)
    assert "suffix" in problem(client.get("/dump.zip"), 404)
    assert "Accept" in problem(client.get(RULE, headers={"accept": "image/png"}), 406)
    assert "Accept" in problem(client.get("/.well-known/void", headers={"accept": "image/png"}), 406)


def test_other_names_of_the_space_lead_somewhere_too(client: TestClient) -> None:
    assert see(client, "/dataset", "text/turtle")[0] == "/.well-known/void"
    assert see(client, "/schema/answer", "*/*")[2] == "application/schema+json"
    assert see(client, "/0.1/ns", "text/turtle")[0] == "/data/ns.ttl"


# -- the dataset


def description(client: TestClient, path: str, accept: str) -> ox.Store:
    response = client.get(path, headers={"accept": accept})
    assert response.status_code == 200
    store = ox.Store()
    store.load(response.content, format=RDF_FORMATS[response.headers["content-type"].partition(";")[0]])
    return store


def test_void_and_dcat_say_what_is_true(client: TestClient, dataset: Dataset) -> None:
    said = description(client, "/.well-known/void", "text/turtle")
    query = f"""PREFIX void: <{VOID}> PREFIX dcat: <{DCAT}> SELECT ?sparql ?size ?version {{
        ?d a void:Dataset, dcat:Dataset ; void:sparqlEndpoint ?sparql ; void:triples ?size ; dcat:version ?version ;
           <http://purl.org/dc/terms/license> ?licence }}"""
    solutions = said.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    row = next(solutions)
    assert row["version"].value == client.get("/version").json()["data"]
    counted = client.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"})
    assert row["size"].value == counted.json()["results"]["bindings"][0]["n"]["value"]
    assert row["sparql"].value == "http://testserver/sparql"
    for term in (VOID + "dataDump", DCAT + "downloadURL", DCAT + "endpointDescription"):
        for quad in said.quads_for_pattern(None, ox.NamedNode(term), None):
            address = str(quad.object).strip("<>")
            assert client.head(address).status_code == 200, address
    media = {
        str(q.object).strip("<>").rpartition("media-types/")[2]
        for q in said.quads_for_pattern(None, ox.NamedNode(DCAT + "mediaType"), None)
    }
    assert media == {one for _, one, _ in DUMPS.values()}


def test_the_root_is_a_page_for_people_and_a_catalogue_for_machines(client: TestClient) -> None:
    for media in RDF_FORMATS:
        found = description(client, "/", media)
        assert list(found.quads_for_pattern(None, None, ox.NamedNode(DCAT + "Catalog")))
    for accept in ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "*/*", ""):
        assert client.get("/", headers={"accept": accept}).headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("suffix", ["nq", "ttl"])
def test_the_whole_graph_can_be_had(suffix: str, client: TestClient, dataset: Dataset) -> None:
    expected = export_graph(dataset, DUMPS[suffix][0])
    plain = client.get(f"/dump.{suffix}", headers={"accept-encoding": "identity"})
    assert plain.content == expected
    coded = client.get(f"/dump.{suffix}", headers={"accept-encoding": "gzip"})
    assert coded.headers["content-encoding"] == "gzip" and coded.content == expected
    assert re.fullmatch(r'W/"[^"]+"', coded.headers["etag"])
    tag = plain.headers["etag"]
    assert client.get(f"/dump.{suffix}", headers={"if-none-match": tag}).status_code == 304
    assert len(gzip.compress(expected, 6)) < len(expected) / 5
