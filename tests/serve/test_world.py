"""The law as a whole over REST: pairs, conflicts, islands, chains, obstacles, histories, files, pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from xml.etree import ElementTree

import networkx as nx
import pandas as pd
import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from datarules import vocab as v
from datarules.endpoint_local import Local
from datarules.load import Dataset
from datarules.rulebook import RuleBook
from datarules.serve.app import create_app

from .conftest import TODAY, problem

DAY = "2026-05-01"
WHERE = {"as_of": DAY}


def test_a_pair_shows_both_directions_axes_and_verdict(client: TestClient) -> None:
    found = client.get("/v1/pairs/EU/Japan", params=WHERE).json()
    assert (found["first"], found["second"]) == ("EU", "JP")
    assert [d["origin"] for d in found["directions"]] == ["EU", "JP"]
    assert "recognition" in found["shared_mechanisms"]
    assert any(s["article"] == "GDPR art. 44" for s in found["axes"]["default"][0])
    assert found["verdict"] == "conditional" and found["why"]
    assert found["disclaimer"]


def test_each_direction_of_a_pair_is_the_answer_of_check(client: TestClient) -> None:
    pair = client.get("/v1/pairs/CN/US", params={**WHERE, "data": "health"}).json()
    alone = client.get(
        "/v1/check", params={**WHERE, "origin": "CN", "destination": "US", "data": "health"}
    ).json()
    assert pair["directions"][0]["status"] == alone["status"]
    assert pair["directions"][0]["routes"] == alone["routes"]


def test_conflicts_are_told_with_both_articles_and_paged(client: TestClient) -> None:
    asked = {**WHERE, "jurisdiction": "US", "other": "CN", "kind": "disclosure"}
    found = client.get("/v1/conflicts", params=asked).json()
    assert found["total"] == len(found["conflicts"]) > 2
    for one in found["conflicts"]:
        assert one["kind"] == "disclosure"
        assert all(norm["citations"] for norm in one["norms"])
        assert one["data"]
    page = client.get("/v1/conflicts", params={**asked, "limit": 1, "offset": 1}).json()
    assert page["conflicts"] == found["conflicts"][1:2]
    assert page["total"] == found["total"]
    possible = client.get("/v1/conflicts", params={**asked, "possible": "true"}).json()
    assert possible["total"] > found["total"]


def test_chains_carry_the_law_of_the_origin(client: TestClient) -> None:
    asked = {
        **WHERE,
        "origin": "US",
        "destination": "CN",
        "data": "health",
        "purpose": "data-brokerage",
        "fact": "us-persons-12-months=200000",
    }
    found = client.get("/v1/paths", params=asked).json()
    assert found["direct"]["status"] == "prohibited"
    assert found["chains"] == []
    assert found["barred"][0]["legs"][1]["barred_by"]["article"].startswith("28 CFR § 202.302")
    assert any("28 CFR" in line for line in found["why_not_direct"])


def test_obstacles_of_a_pair_say_what_would_open_it(client: TestClient) -> None:
    found = client.get("/v1/obstacles", params={**WHERE, "origin": "RU", "destination": "US"}).json()
    assert found["status"] == "authorisation"
    kinds = {change["kind"] for way in found["ways"] for change in way["changes"]}
    assert {"default", "burden", "listing"} <= kinds
    assert all(change["rule"]["article"] for way in found["ways"] for change in way["changes"])


def test_the_worlds_obstacles_are_counted_by_pairs(client: TestClient) -> None:
    found = client.get("/v1/obstacles", params={**WHERE, "limit": 50}).json()
    pairs = [one["pairs"] for one in found["obstacles"]]
    assert pairs == sorted(pairs, reverse=True) and pairs[0] > 100
    assert {"unknown"} <= {one["kind"] for one in found["obstacles"]}


def test_islands_have_names_members_and_a_history_with_acts(client: TestClient) -> None:
    asked = {**WHERE, "level": "recognised"}
    found = client.get("/v1/islands", params=asked).json()
    together = next(m for m in found["islands"].values() if "DE" in m)
    assert {"FR", "JP", "CH"} <= set(together)
    assert sorted(map(len, found["components"])) == sorted(map(len, found["islands"].values()))
    assert not {"EU", "EEA", "EPO"} & set(found["alone"]) | ({"EU", "EEA", "EPO"} & set(together))
    story = client.get("/v1/islands/history", params={"level": "recognised"}).json()
    japan = [one for one in story if one["date"] == "2019-01-23"]
    assert any("JP" in one["joined"] for one in japan)
    assert any("2019/419" in c["article"] for one in japan for c in one["causes"])


def test_the_history_of_a_pair_names_the_act_of_each_change(client: TestClient) -> None:
    there, back = client.get(
        "/v1/history/EU/US", params={"since": "2015-01-01", "until": "2024-01-01"}
    ).json()
    assert (there["origin"], back["origin"]) == ("EU", "US")
    days = {row["date"]: [c["article"] for c in row["causes"]] for row in there["events"]}
    assert any("C-362/14" in a for a in days["2015-10-06"])
    assert any("Decision 2023/1795" in a for a in days["2023-07-10"])


# -- files


def test_the_matrix_comes_in_every_format_with_equal_rows(client: TestClient) -> None:
    asked = {**WHERE, "origin": "EU,BR", "status": "safeguards,recognised"}
    rows = client.get("/v1/matrix", params=asked).json()
    assert {row["origin"] for row in rows} == {"EU", "BR"}
    assert {row["status"] for row in rows} <= {"safeguards", "recognised"}
    by_suffix = client.get("/v1/matrix.csv", params=asked)
    assert by_suffix.headers["content-type"] == "text/csv; charset=utf-8"
    table = pd.read_csv(io.StringIO(by_suffix.text), keep_default_na=False)
    assert len(table) == len(rows)
    by_accept = client.get("/v1/matrix", params=asked, headers={"accept": "application/vnd.apache.parquet"})
    parquet = pd.read_parquet(io.BytesIO(by_accept.content))
    assert list(parquet["status"].astype(str)) == [row["status"] for row in rows]
    lines = client.get("/v1/matrix.nq", params=asked)
    quads = list(ox.parse(lines.content, format=ox.RdfFormat.N_QUADS))
    decisions = [q for q in quads if q.object == ox.NamedNode(v.NS + "Decision")]
    assert len(decisions) == len(rows)


def test_files_carry_an_etag_and_are_not_sent_twice(client: TestClient) -> None:
    first = client.get("/v1/matrix.csv", params={**WHERE, "origin": "EU"})
    tag = first.headers["etag"]
    again = client.get("/v1/matrix.csv", params={**WHERE, "origin": "EU"}, headers={"if-none-match": tag})
    assert again.status_code == 304 and not again.content
    other = client.get("/v1/matrix.jsonl", params={**WHERE, "origin": "EU"}, headers={"if-none-match": tag})
    assert other.status_code == 200


def test_the_graph_is_read_by_its_reader(client: TestClient) -> None:
    found = client.get("/v1/graph.graphml", params={**WHERE, "level": "recognised"})
    graph = nx.parse_graphml(found.text)
    assert graph.is_directed() and graph.number_of_nodes() > 250
    names = {data.get("code", node): node for node, data in graph.nodes(data=True)}
    assert graph.has_edge(names["DE"], names["JP"]) and not graph.has_edge(names["DE"], names["CN"])


@pytest.mark.parametrize("kind", ["map", "timeline", "matrix"])
def test_pictures_are_drawn(client: TestClient, kind: str) -> None:
    places = {"map": "BR", "timeline": "EU,US", "matrix": ""}[kind]
    svg = client.get(f"/v1/pictures/{kind}.svg", params={**WHERE, **({"place": places} if places else {})})
    assert svg.status_code == 200 and svg.headers["content-type"].startswith("image/svg+xml")
    assert ElementTree.fromstring(svg.content).tag.endswith("svg")
    assert DAY in svg.text


def test_wrong_questions_name_everything_that_is_wrong(client: TestClient) -> None:
    wrong = client.get("/v1/conflicts", params={"kind": "disclosur", "jurisdiction": "EU"})
    assert "disclosure" in problem(wrong, 422)["kind"]["remedy"]
    assert "safeguards" in problem(client.get("/v1/islands?level=fine"), 422)["level"]["remedy"]
    assert set(problem(client.get("/v1/paths?origin=RU"), 422)) == {"destination"}
    assert set(problem(client.get("/v1/pairs/EU/Atlantis?data=foo"), 422)) == {"second", "data"}
    assert set(problem(client.get("/v1/islands?foo=1"), 422)) == {"foo"}
    assert "csv" in problem(client.get("/v1/matrix.xlsx"), 422)["format"]["remedy"]
    assert "place" in str(problem(client.get("/v1/pictures/map.svg"), 422))
    assert set(problem(client.get("/v1/matrix", headers={"accept": "image/png"}), 406)) == {"Accept"}
    bad = client.get("/v1/obstacles?limit=0")
    assert set(problem(bad, 422)) == {"limit"}


# -- decisions in SPARQL

GRAPH = f"{v.GRAPH}decisions/{DAY}/personal"
COUNT = f"""SELECT ?status (COUNT(*) AS ?n) WHERE {{ GRAPH <{GRAPH}> {{
  ?d a dr:Decision ; dr:status ?status ; dr:ofFlow [ dr:origin id:BR ; dr:target ?b ] }} }} GROUP BY ?status"""


@pytest.fixture(scope="module")
def endpoint(dataset: Dataset, book: RuleBook) -> Iterator[Local]:
    yield Local.open(dataset, book)


def test_decisions_of_a_day_can_be_counted_in_sparql(endpoint: Local, client: TestClient) -> None:
    _, rows = endpoint.query(COUNT).rows()
    counted = {str(status.value).removeprefix(v.NS).casefold(): int(n.value) for status, n in rows}
    matrix = client.get("/v1/matrix", params={**WHERE, "origin": "BR"}).json()
    expected: dict[str, int] = {}
    for row in matrix:
        expected[row["status"]] = expected.get(row["status"], 0) + 1
    assert counted == expected


def test_other_queries_do_not_see_decisions_made_for_one(endpoint: Local) -> None:
    everything = "SELECT (COUNT(*) AS ?n) WHERE { ?d a dr:Decision }"
    before = endpoint.query(everything).rows()
    endpoint.query(COUNT)
    assert endpoint.query(everything).rows() == before
    assert GRAPH not in {graph for graph, _ in endpoint.graphs()}


def test_a_graph_of_no_day_or_category_is_refused_with_a_remedy(client: TestClient) -> None:
    for name in ("2026-13-01/personal", "2026-05-01/nonsense"):
        query = f"SELECT * {{ GRAPH <{v.GRAPH}decisions/{name}> {{ ?s ?p ?o }} }} LIMIT 1"
        found = problem(client.get("/sparql", params={"query": query}), 400)
        assert found["graph"]["remedy"]


def test_without_a_day_the_law_of_today_is_meant(dataset: Dataset, book: RuleBook) -> None:
    app = create_app(book, today=lambda: date(2015, 10, 5))
    with TestClient(app) as early:
        before = early.get("/v1/pairs/EU/US").json()
    assert before["as_of"] == "2015-10-05" != TODAY.isoformat()
    assert before["directions"][0]["best"] == "recognised"
