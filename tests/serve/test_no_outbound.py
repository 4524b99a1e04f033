"""Nothing that is asked makes the server call anyone: a canary listens, and hears nothing."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx2
import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from datarules.endpoint_local import Local
from datarules.endpoint_remote import Remote
from datarules.errors import ConfigError, DataError, QueryError
from datarules.load import Dataset, load
from datarules.mappings import mapping_quads
from datarules.rulebook import RuleBook
from datarules.store import serving_endpoint
from datarules.study import Study

from ..conftest import sharing
from .test_sparql_protocol import BARE, FORM


class Canary:
    """A server on loopback that notes every connection and answers with RDF and a way back to itself."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(16)
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                one, _ = self._socket.accept()
            except OSError:
                return
            with one:
                one.settimeout(2)
                try:
                    self.heard.append(one.recv(4096))
                    one.sendall(
                        b"HTTP/1.1 302 Found\r\nlocation: /again\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                    )
                except OSError:
                    self.heard.append(b"")

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    found = Canary()
    yield found
    found.close()


def test_the_canary_hears(canary: Canary) -> None:
    assert httpx2.get(f"{canary.address}/x").status_code == 302
    assert canary.heard[0].startswith(b"GET /x ")


def queries(at: str) -> list[str]:
    """Return queries that would call out somewhere else; ``at`` is an address."""
    return [
        f"SELECT * {{ SERVICE <{at}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICE SILENT <{at}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ VALUES ?x {{ <{at}> }} SERVICE ?x {{ ?s ?p ?o }} }}",
        f"SELECT * {{ BIND(IRI('{at}') AS ?x) SERVICE SILENT ?x {{ ?s ?p ?o }} }}",
        f"PREFIX c: <{at}/> SELECT * {{ OPTIONAL {{ SERVICE c:x {{ ?s ?p ?o }} }} }}",
        f"ASK {{ FILTER NOT EXISTS {{ SERVICE <{at}> {{ ?s ?p ?o }} }} }}",
        f"SELECT * {{ {{ SELECT * {{ SERVICE <{at}> {{}} }} }} }}",
        f"SELECT * {{ \\u0053ERVICE <{at}> {{}} }}",
        f"SELECT * FROM <{at}/x.ttl> {{ ?s ?p ?o }}",
        f"SELECT * FROM NAMED <{at}/x.ttl> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        f"SELECT * {{ GRAPH <{at}/x.ttl> {{ ?s ?p ?o }} }}",
        f"BASE <{at}/> SELECT * FROM <x.ttl> {{ ?s ?p ?o }}",
        f"DESCRIBE <{at}/x.ttl>",
        f"CONSTRUCT {{ <{at}> ?p ?o }} WHERE {{ ?s ?p ?o . FILTER(?s = <{at}>) }}",
        f"LOAD <{at}/x.ttl>",
        f"LOAD SILENT <{at}/x.ttl> INTO GRAPH <urn:g>",
        f"SELECT (<{at}/function>(1) AS ?x) {{}}",
    ]


@pytest.fixture(scope="module")
def doors(dataset: Dataset, book: RuleBook, study: Study) -> Iterator[list[TestClient]]:
    """The application over a store in this process, and over worker processes as it is served to strangers."""
    from datarules.serve.app import create_app

    pool = serving_endpoint(dataset, book, workers=1)
    with sharing(study):
        apps = [create_app(book, one, dataset=dataset) for one in (Local.open(dataset, book), pool)]
    yield [TestClient(app, raise_server_exceptions=False) for app in apps]
    pool.close()


def test_no_query_calls_out(doors: list[TestClient], canary: Canary) -> None:
    for door in doors:
        for text in queries(canary.address):
            sent = [
                door.get("/sparql", params={"query": text}),
                door.post("/sparql", content=text.encode(), headers=BARE),
                door.post("/sparql", content=f"query={quote(text)}", headers=FORM),
            ]
            assert all(response.status_code in (200, 400, 403) for response in sent), text
            assert not any(b"again" in response.content for response in sent)
    assert canary.heard == []


def test_no_parameter_address_or_header_calls_out(doors: list[TestClient], canary: Canary) -> None:
    at, door = canary.address, doors[1]
    for name in ("default-graph-uri", "named-graph-uri", "using-graph-uri", "format", "output"):
        assert door.get("/sparql", params={"query": "ASK {}", name: at}).status_code in (400, 403)
    headers = {
        "link": f'<{at}/context.jsonld>; rel="http://www.w3.org/ns/json-ld#context"',
        "x-forwarded-host": at.removeprefix("http://"),
        "forwarded": f"host={at}",
        "referer": at,
        "origin": at,
        "if-none-match": at,
        "accept": f'application/ld+json; profile="{at}"',
    }
    for path in (
        "/sparql",
        "/",
        "/.well-known/void",
        "/ns",
        f"/id/{at}",
        f"/graph/{at}",
        f"/page/{at}/x",
        f"/data/{at}/x.ttl",
        f"/{at}",
    ):
        door.get(path, headers=headers)
    for path in ("/v1/check", "/v1/rules/x", "/v1/pairs/EU/US", "/v1/matrix"):
        door.get(
            path, params={"origin": at, "destination": at, "data": at, "as_of": "2026-05-01"}, headers=headers
        )
    assert canary.heard == []


def test_no_body_calls_out(doors: list[TestClient], canary: Canary) -> None:
    at, door = canary.address, doors[1]
    xml = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY % e SYSTEM "{at}/e.dtd"> %e; <!ENTITY f SYSTEM "{at}/f">]><x>&f;</x>'
    linked = json.dumps({"@context": f"{at}/context.jsonld", "origin": "EU", "destination": "US", "$ref": at})
    bodies = [
        (xml, "application/xml"),
        (xml, "application/json"),
        (linked, "application/ld+json"),
        (linked, "application/json"),
    ]
    for path in ("/v1/check", "/v1/check/batch", "/sparql"):
        for body, media in bodies:
            response = door.post(path, content=body, headers={"content-type": media})
            assert 400 <= response.status_code < 500
    assert canary.heard == []


FILES = {
    "XX.ttl": "@prefix owl: <http://www.w3.org/2002/07/owl#> . <https://w3id.org/datarules/id/XX> owl:imports <{at}/x.ttl> .",
    "YY.ttl": "@base <{at}/> . <a> <b> <c> .",
    "ZZ.ttl": "<{at}/a> <http://www.w3.org/2000/01/rdf-schema#seeAlso> <{at}/b> . <a",
}


@pytest.mark.parametrize("name", FILES)
def test_no_data_file_calls_out(name: str, canary: Canary, tmp_path: Path) -> None:
    from datarules import bundled
    from datarules.validate import validate

    file = tmp_path / name
    file.write_text(FILES[name].format(at=canary.address), encoding="utf-8")
    files = [path for path in bundled.data_files() if path.stem == "KE"]
    try:
        dataset = load([*files, file])
        validate(dataset, [f for f in dataset.data if f.path == file], workers=1)
        Local.open(dataset, None).query("SELECT * { ?s ?p ?o } LIMIT 1")
    except DataError:
        pass
    assert list(mapping_quads())
    assert canary.heard == []


def test_another_server_as_the_store_is_never_followed_elsewhere(canary: Canary) -> None:
    """The one address that is called is the one set by whoever runs the server; its redirects are not followed."""
    remote = Remote(canary.address, Local(ox.Store(), None))
    with pytest.raises(ConfigError, match="status 302"):
        remote.query("ASK { ?s ?p ?o }")
    assert len(canary.heard) == 1, "no redirect is followed"
    for text in queries("http://192.0.2.1")[:8]:
        with pytest.raises((QueryError, ConfigError)):
            remote.query(text)
    assert len(canary.heard) <= 2
    remote.close()


def test_a_worker_of_the_store_cannot_open_a_connection_at_all(
    dataset: Dataset, book: RuleBook, canary: Canary
) -> None:
    """Even if a query were let through: the process that runs it has no file left to open."""
    pool = serving_endpoint(dataset, book, workers=1)
    try:
        assert pool.query("ASK { ?s ?p ?o }").boolean()
        worker = pool._free.get(timeout=60)  # type: ignore[attr-defined]
        limit = Path(f"/proc/{worker.number}/limits").read_text()
        files = next(line for line in limit.splitlines() if line.startswith("Max open files"))
        held = max(int(n.name) for n in Path(f"/proc/{worker.number}/fd").iterdir())
        assert int(files.split()[3]) <= held
        pool._free.put(worker)  # type: ignore[attr-defined]
    finally:
        pool.close()
    assert canary.heard == []
