"""Queries and bodies made to exhaust the server: each ends at a limit, and others are answered meanwhile."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import httpx2
import pytest

from datarules.endpoint import Limits
from datarules.load import Dataset
from datarules.rulebook import RuleBook
from datarules.serve.app import create_app
from datarules.store import serving_endpoint

from .conftest import EU_US, TODAY, listening

LIMITS = Limits(seconds=2, rows=2_000, memory=192 * 2**20, wait=30)
CUT = {400, 413, 503, 504}
ATTACKS = {
    "cartesian product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "cartesian product with a filter that never holds": "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(?a = ?f && ?c = 1) }",
    "cartesian product sorted": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY DESC(?f) ?a",
    "cartesian product made distinct": "SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f }",
    "product of values": "SELECT * {"
    + "VALUES ?x%d { 1 2 3 4 5 6 7 8 9 } " * 12 % tuple(range(12))
    + "} ORDER BY ?x1",
    "deep path": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>)* ?b . ?b (!<urn:x>|^!<urn:x>)+ ?c }",
    "path of paths": "SELECT (COUNT(*) AS ?n) { ?a ((!<urn:x>)*/(!<urn:y>)*)* ?b . ?b ((^!<urn:z>)*)* ?c }",
    "regular expression": "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?a), STR(?d)), '^(([a-z/:])+.)+[A-Z]([a-z])+$')) } LIMIT 1000000",
    "regular expression that grows": "SELECT * { BIND(REPLACE('"
    + "a" * 2000
    + "', '(((a{1,100}){1,100}){1,100}){1,100}', 'b') AS ?x) }",
    "text that doubles": "SELECT (STRLEN(?z) AS ?n) { BIND('"
    + "x" * 64
    + "' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
    + " BIND(?x40 AS ?z) }",
    "text joined": "SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f), STR(?i))) AS ?z) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "groups of groups": "SELECT ?a ?d (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f } GROUP BY ?a ?d ?c ?f",
    "nested groups": "SELECT * " + "{ " * 5_000 + "?s ?p ?o" + " }" * 5_000,
    "nested negations": "ASK { FILTER(" + "!" * 30_000 + "true) }",
    "nested subqueries": "SELECT * { " * 150 + "?s ?p ?o . ?a ?b ?c" + " }" * 150,
    "nested functions": "SELECT (" + "ABS(" * 5_000 + "1" + ")" * 5_000 + " AS ?x) {}",
    "long union": "SELECT * { " + " UNION ".join("{ ?s ?p ?o }" for _ in range(3_000)) + " }",
    "everything": "CONSTRUCT { ?s ?p ?o . ?o ?p ?s } WHERE { ?s ?p ?o }",
    "decisions without end": "SELECT (drf:status(?a, ?b, ?c, ?d) AS ?x) { ?a a dr:Jurisdiction . ?b a dr:Jurisdiction . ?c a dr:DataCategory . ?r dr:validFrom ?d } ORDER BY ?x",
}


@pytest.fixture(scope="module")
def served(dataset: Dataset, book: RuleBook) -> Iterator[str]:
    endpoint = serving_endpoint(dataset, book, limits=LIMITS, workers=2)
    app = create_app(book, endpoint, limits=LIMITS, today=lambda: TODAY, dataset=dataset)
    with listening(app) as address:
        assert httpx2.get(f"{address}/sparql", params={"query": "ASK {}"}, timeout=120).status_code == 200
        yield address
    endpoint.close()


@pytest.mark.parametrize("name", ATTACKS)
def test_each_attack_ends_at_a_limit_while_others_are_answered(name: str, served: str) -> None:
    ended: list[httpx2.Response] = []

    def attack() -> None:
        headers = {"content-type": "application/sparql-query"}
        content = ATTACKS[name].encode()
        ended.append(httpx2.post(f"{served}/sparql", content=content, headers=headers, timeout=120))

    thread = threading.Thread(target=attack)
    thread.start()
    asked = 0
    with httpx2.Client(base_url=served, timeout=120) as http:
        while thread.is_alive() or asked < 3:
            assert http.get("/v1/check", params=EU_US).status_code == 200
            assert http.get("/sparql", params={"query": "ASK { ?s a dr:Rule }"}).json()["boolean"] is True
            asked += 1
            thread.join(0.05)
    response = ended[0]
    if response.status_code != 200:
        assert response.status_code in CUT, response.text
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["errors"][0]["remedy"]
    assert len(response.content) < 3_000_000


def test_the_worst_ones_are_cut(served: str) -> None:
    for name in (
        "cartesian product",
        "deep path",
        "nested groups",
        "nested negations",
        "text joined",
        "everything",
    ):
        headers = {"content-type": "application/sparql-query"}
        response = httpx2.post(
            f"{served}/sparql", content=ATTACKS[name].encode(), headers=headers, timeout=120
        )
        assert response.status_code in CUT, name


BODIES = {
    "deep arrays": b"[" * 200_000 + b"]" * 200_000,
    "deep objects": b'{"facts":' * 100_000 + b"1" + b"}" * 100_000,
    "huge number": b'{"origin":"EU","destination":"US","facts":{"consent":' + b"9" * 1_000_000 + b"}}",
    "huge text": json.dumps({"origin": "x" * 3_000_000, "destination": "US"}).encode(),
    "many keys": json.dumps({f"k{n}": n for n in range(100_000)}).encode(),
    "many facts": json.dumps({**EU_US, "facts": {f"f{n}": n for n in range(2_000)}}).encode(),
    "many categories": json.dumps({**EU_US, "data": ["personal"] * 100_000}).encode(),
    "twice the same key": b"{" + b",".join(b'"k%d":1,"k%d":2' % (n, n) for n in range(20_000)) + b"}",
}


@pytest.mark.parametrize("name", BODIES)
def test_bodies_made_to_hurt_are_refused_soon(name: str, served: str) -> None:
    headers = {"content-type": "application/json"}
    response = httpx2.post(f"{served}/v1/check", content=BODIES[name], headers=headers, timeout=60)
    assert response.status_code in (400, 413, 422), response.text[:300]
    assert response.headers["content-type"] == "application/problem+json"
    assert len(response.content) < 200_000
    assert httpx2.get(f"{served}/health").status_code == 200
