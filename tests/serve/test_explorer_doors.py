"""The explorer over HTTP: pages, parts, caching, and the JSON of a view at the address of its page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from datarules import bundled
from datarules.endpoint_local import Local
from datarules.load import Dataset
from datarules.rulebook import RuleBook
from datarules.serve.app import create_app
from datarules.serve.explorer import VIEWS

from .conftest import TODAY, problem

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
JSON = {"accept": "application/json"}
PLACES = {
    "from": "IN",
    "to": "RU",
    "name": "dpf-falls",
    "place": "EU",
    "first": "EU",
    "second": "US",
    "code": "KE",
    "id": "EU/GDPR-46-2-c",
}
NEEDED = {"/changes": "?since=2025-01-01", "/search": "?q=kenya"}


def filled(path: str) -> str:
    return re.sub(r"\{(\w+)(:path)?\}", lambda m: PLACES[m[1]], path) + NEEDED.get(path, "")


@pytest.fixture(scope="module")
def built(dataset: Dataset, book: RuleBook, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Serve a small folder in place of the built explorer."""
    folder = tmp_path_factory.mktemp("explorer")
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<!doctype html><title>datarules</title>", encoding="utf-8")
    (folder / "icon.svg").write_text("<svg/>", encoding="utf-8")
    (folder / "assets" / "a-1.js").write_bytes(b"let plain;")
    (folder / "assets" / "a-1.js.br").write_bytes(b"br")
    (folder / "assets" / "a-1.js.gz").write_bytes(b"gz")
    app = create_app(book, Local.open(dataset, book), today=lambda: TODAY, explorer=folder)
    with TestClient(app, raise_server_exceptions=False) as found:
        yield found


@pytest.mark.parametrize("path", [*(v.path for v in VIEWS), "/sparql"])
def test_every_view_address_is_a_page_to_browsers(built: TestClient, path: str) -> None:
    reply = built.get(filled(path), headers=HTML)
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/html")
    assert reply.headers["cache-control"] == "no-cache"
    assert "Accept" in reply.headers["vary"]
    assert "script-src 'self'" in reply.headers["content-security-policy"]


@pytest.mark.parametrize("view", [v for v in VIEWS if v.path != "/search"], ids=lambda v: v.path)
def test_every_view_is_json_at_the_same_address(built: TestClient, view: object) -> None:
    path = view.path  # type: ignore[attr-defined]
    reply = built.get(filled(path), headers=JSON)
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == "application/json"
    assert reply.json()


def test_the_document_of_an_address_is_that_of_the_route(built: TestClient) -> None:
    shown = built.get("/pair/EU/US?date=2015-10-07&data=health&way=back&lang=ar", headers=JSON)
    assert shown.json() == built.get("/v1/pairs/EU/US?as_of=2015-10-07&data=health").json()
    turned = built.get("/map/EU?direction=to", headers=JSON).json()
    assert {row["destination"] for row in turned} == {"EU"}


def test_mistakes_in_an_address_are_problems(built: TestClient) -> None:
    found = problem(built.get("/pair/EU/Frnce", headers=JSON), 422)
    assert any("France" in error["remedy"] for error in found.values())


def test_sparql_clients_still_find_the_endpoint(built: TestClient) -> None:
    reply = built.get("/sparql", params={"query": "ASK { ?s ?p ?o }"})
    assert reply.json()["boolean"] is True


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("identity", None)],
)
def test_parts_come_compressed_and_may_be_kept(built: TestClient, accepted: str, coding: str | None) -> None:
    with built.stream("GET", "/assets/a-1.js", headers={"accept-encoding": accepted}) as reply:
        assert reply.status_code == 200
        assert reply.headers.get("content-encoding") == coding
        assert "immutable" in reply.headers["cache-control"]
        assert reply.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("name", ["b-2.js", "..%2Findex.html", "%2e%2e/index.html", ".env"])
def test_nothing_else_is_served(built: TestClient, name: str) -> None:
    assert built.get(f"/assets/{name}", headers=JSON).status_code == 404


def test_an_unknown_address_is_a_page_that_says_so_and_a_problem_to_programs(built: TestClient) -> None:
    page = built.get("/nowhere", headers=HTML)
    assert (page.status_code, page.headers["content-type"].split(";")[0]) == (404, "text/html")
    problem(built.get("/nowhere", headers=JSON), 404)
    problem(built.get("/v1/nowhere", headers=HTML), 404)


def test_an_explorer_not_built_says_what_to_do(dataset: Dataset, book: RuleBook, tmp_path: Path) -> None:
    with TestClient(create_app(book, explorer=tmp_path)) as bare:
        reply = bare.get("/", headers=HTML)
        assert reply.status_code == 503
        assert "make bundle" in reply.text
        assert bare.get("/health").status_code == 200


def test_days_of_change_are_those_of_the_changes(built: TestClient) -> None:
    days = [d for d in built.get("/v1/days").json() if d["date"] >= "1995"]
    rows = built.get("/v1/changes?since=1995-01-01").json()
    assert sum(day["changes"] for day in days) == len(rows)
    assert [day["date"] for day in days] == sorted({row["date"] for row in rows})
    assert "2018-05-25" in {d["date"] for d in built.get("/v1/days?jurisdiction=FR").json()}
    assert "2018-05-25" not in {d["date"] for d in built.get("/v1/days?jurisdiction=JP").json()}


@pytest.mark.skipif(not (bundled.explorer_place() / "index.html").is_file(), reason="make bundle was not run")
def test_the_built_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(client: TestClient) -> None:
    page = client.get("/", headers=HTML).text
    assert not re.search(r"(src|href)=\"(https?:)?//", page)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page)
    for name in re.findall(r"/assets/[\w.-]+", page):
        assert client.get(name).status_code == 200
