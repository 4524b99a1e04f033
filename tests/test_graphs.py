"""Graphs in their readers: networkx, igraph, Graphviz, pandas, pyoxigraph; and the same bytes each time."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import igraph
import networkx as nx
import pandas as pd
import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest

from datarules import graph_dot, graphs, islands, tables, timeline
from datarules import matrix as matrices
from datarules import vocab as v
from datarules.errors import InputError
from datarules.matrix import STATUSES, Frame, Matrix
from datarules.open import open_dataset
from datarules.rulebook import RuleBook
from datarules.vocab import SCALE, Status

DAY = date(2026, 5, 1)
FIRST = date(2012, 1, 1)
PERSONAL = v.CATEGORY + "personal"
CODES = (
    "AD",
    "BR",
    "CH",
    "CN",
    "DE",
    "EEA",
    "EU",
    "FR",
    "GB",
    "IN",
    "JP",
    "KR",
    "NZ",
    "RU",
    "SG",
    "US",
    "VN",
)
LEVEL = Status.SAFEGUARDS
GEXF = "{http://gexf.net/1.3}"


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return open_dataset()[1]


@pytest.fixture(scope="module")
def frame(book: RuleBook) -> Frame:
    return matrices.frame(book, [v.CATEGORY + "health", PERSONAL], [v.ID + code for code in reversed(CODES)])


@pytest.fixture(scope="module")
def matrix(book: RuleBook, frame: Frame) -> Matrix:
    return matrices.matrix(book, frame, DAY.toordinal())


@pytest.fixture(scope="module")
def graph(book: RuleBook, matrix: Matrix) -> nx.DiGraph:
    named = {'The "first" & <best>': ["DE", "EU", "FR"], "AD": ["AD"]}
    return graphs.pair_graph(book, matrix, PERSONAL, LEVEL, named)


@pytest.fixture(scope="module")
def history(book: RuleBook, frame: Frame) -> nx.DiGraph:
    steps = timeline.timeline(book, frame, FIRST.toordinal())
    return graphs.history_graph(book, steps, PERSONAL, LEVEL)


@pytest.fixture(scope="module")
def law(book: RuleBook) -> nx.MultiDiGraph:
    return graphs.law_graph(book)


def made(fmt: str, graph: nx.DiGraph) -> bytes:
    return b"".join(graphs.write(fmt, graph))


def plain(attributes: dict[str, Any]) -> dict[str, str]:
    """Attributes as text, without what readers add and what is empty."""
    return {
        n: str(x).lower() if isinstance(x, bool) else str(x)
        for n, x in attributes.items()
        if n != "id" and x not in ("", None)
    }


def same(read: nx.DiGraph, graph: nx.DiGraph) -> bool:
    """Say whether a graph that was read has the nodes, edges and attributes of the one written."""
    nodes = {n: plain(a) for n, a in read.nodes(data=True)}
    edges = {(a, b): plain(e) for a, b, e in read.edges(data=True)}
    return nodes == {n: plain(a) for n, a in graph.nodes(data=True)} and edges == {
        (a, b): plain(e) for a, b, e in graph.edges(data=True)
    }


# ---------------------------------------------------------------- the graphs


def test_edges_are_the_pairs_open_at_the_level(book: RuleBook, matrix: Matrix, graph: nx.DiGraph) -> None:
    rows = {
        (r["origin"], r["destination"]): r
        for r in tables.arrow(book, matrix).to_pylist()
        if r["category"] == "personal" and r["origin"] != r["destination"]
    }
    allowed = [s.value for s in SCALE[: SCALE.index(LEVEL) + 1]]
    assert set(graph.edges) == {pair for pair, r in rows.items() if r["status"] in allowed}
    assert sorted(graph) == sorted(CODES)
    for a, b, e in graph.edges(data=True):
        row = rows[a, b]
        assert all(e[n] == (row[n] or "") for n in ("status", "best", "worst", "route", "obstacle"))
        assert e["article"] == (row["route_article"] or "")
        assert e["mutual"] == graph.has_edge(b, a)


def test_mutual_edges_are_those_of_the_islands(book: RuleBook, matrix: Matrix, graph: nx.DiGraph) -> None:
    joined = islands.graph(book, matrix, PERSONAL, LEVEL)
    both = {frozenset((a, b)) for a, b, e in graph.edges(data=True) if e["mutual"]}
    assert both == {frozenset(pair) for pair in joined.edges}


def test_without_a_level_every_pair_is_an_edge(book: RuleBook, matrix: Matrix) -> None:
    whole = graphs.pair_graph(book, matrix, PERSONAL)
    assert whole.number_of_edges() == len(CODES) * (len(CODES) - 1)
    assert {e["status"] for _, _, e in whole.edges(data=True)} >= {"internal", "safeguards", "recognised"}
    with pytest.raises(ValueError, match="unknown"):
        graphs.pair_graph(book, matrix, PERSONAL, Status.UNKNOWN)


def test_nodes_say_what_they_are(book: RuleBook, graph: nx.DiGraph) -> None:
    known = book.records.jurisdictions.values()
    assert dict(graph.nodes(data="union")) == {j.code: j.union for j in known if j.code in CODES}
    assert graph.nodes["EEA"]["union"] and not graph.nodes["FR"]["union"]
    assert graph.nodes["DE"]["island"] == graph.nodes["FR"]["island"] != ""
    assert graph.nodes["JP"] == {"label": "Japan", "union": False, "island": ""}


def test_spells_say_the_status_of_every_day(book: RuleBook, frame: Frame, history: nx.DiGraph) -> None:
    open_ = {s.value for s in SCALE[: SCALE.index(LEVEL) + 1]}
    days = [FIRST, date(2015, 10, 5), date(2015, 10, 6), date(2018, 5, 25), date(2021, 6, 28), DAY]
    for day in days:
        found = matrices.matrix(book, frame, day.toordinal())
        status = found.status[found.of(PERSONAL)]
        wanted = {
            (v.local(a), v.local(b)): STATUSES[status[i, j]].value
            for i, a in enumerate(frame.places)
            for j, b in enumerate(frame.places)
            if i != j and STATUSES[status[i, j]].value in open_
        }
        now = {
            (a, b): word
            for a, b, spells in history.edges(data="spells")
            for start, end, word in spells
            if start <= day.toordinal() and (end is None or day.toordinal() <= end)
        }
        assert now == wanted, day
    assert any(len(spells) > 1 for _, _, spells in history.edges(data="spells"))


def test_history_needs_a_day(book: RuleBook) -> None:
    with pytest.raises(ValueError, match="no day"):
        graphs.history_graph(book, [], PERSONAL)


def test_law_graph_leads_from_places_to_sources(book: RuleBook, law: nx.MultiDiGraph) -> None:
    kinds = Counter(kind for _, kind in law.nodes(data="kind"))
    assert kinds["rule"] == len(book.records.rules)
    assert kinds["jurisdiction"] == len(book.records.jurisdictions)
    edges = Counter(kind for _, _, kind in law.edges(data="kind"))
    assert edges["takes-in"] + edges["extends-to"] == len(book.records.memberships)
    assert edges["cites"] == sum(len(r.citations) for r in book.records.rules.values())
    rule = book.records.rules[v.ID + "BR/LGPD-33"]
    cited = {e["pinpoint"] for _, _, e in law.out_edges("BR/LGPD-33", data=True) if e["kind"] == "cites"}
    assert cited == {c.pinpoint for c in rule.citations}
    assert law.has_edge("BR", "BR/LGPD-33")


def test_law_graph_of_a_day_holds_what_is_in_force(book: RuleBook) -> None:
    day = date(2016, 1, 1).toordinal()
    found = graphs.law_graph(book, day)
    rules = {n for n, kind in found.nodes(data="kind") if kind == "rule"}
    assert rules == {v.local(r.iri) for r in book.records.rules.values() if r.in_force(day)}
    periods = [(e["valid_from"], e["valid_until"]) for _, _, e in found.edges(data=True) if "valid_from" in e]
    assert all(a <= "2016-01-01" and (not b or b > "2016-01-01") for a, b in periods)


# ---------------------------------------------------------------- readers


def test_graphml_in_networkx(graph: nx.DiGraph, law: nx.MultiDiGraph) -> None:
    read = nx.read_graphml(io.BytesIO(made("graphml", graph)))
    assert same(read, graph)
    assert read.edges["JP", "BR"]["mutual"] is graph.edges["JP", "BR"]["mutual"]
    assert read.graph["as_of"] == DAY.isoformat()
    again = nx.read_graphml(io.BytesIO(made("graphml", law)), force_multigraph=True)
    assert again.number_of_edges() == law.number_of_edges()
    assert Counter(k for _, _, k in again.edges(data="kind")) == Counter(
        k for _, _, k in law.edges(data="kind")
    )


def test_graphml_in_igraph(graph: nx.DiGraph, law: nx.MultiDiGraph, tmp_path: Path) -> None:
    file = tmp_path / "pairs.graphml"
    file.write_bytes(made("graphml", graph))
    read = igraph.Graph.Read_GraphML(str(file))
    names = read.vs["id"]
    assert read.is_directed()
    assert dict(zip(names, read.vs["label"], strict=True)) == dict(graph.nodes(data="label"))
    found = {(names[e.source], names[e.target]): (e["status"], bool(e["mutual"])) for e in read.es}
    assert found == {(a, b): (e["status"], e["mutual"]) for a, b, e in graph.edges(data=True)}
    file.write_bytes(made("graphml", law))
    assert igraph.Graph.Read_GraphML(str(file)).ecount() == law.number_of_edges()


def test_gexf_in_networkx(graph: nx.DiGraph) -> None:
    data = made("gexf", graph)
    assert b"lastmodified" not in data
    read = nx.read_gexf(io.BytesIO(data), version="1.3")
    assert read.graph["mode"] == "static"
    assert same(read, graph)


def test_gexf_of_history_in_networkx(history: nx.DiGraph) -> None:
    read = nx.read_gexf(io.BytesIO(made("gexf", history)), version="1.3")
    assert read.graph["mode"] == "dynamic"
    assert read.graph["start"] == FIRST.isoformat()
    assert set(read.edges) == set(history.edges)
    for a, b, spells in history.edges(data="spells"):
        wanted = [
            (word, date.fromordinal(start).isoformat(), date.fromordinal(end).isoformat() if end else None)
            for start, end, word in spells
        ]
        found = read.edges[a, b]["status"]
        assert [(word, start, None if end == "None" else end) for word, start, end in found] == wanted
        assert read.edges[a, b]["spells"][0][0] == wanted[0][1]
        assert read.edges[a, b]["spells"][-1][1] == str(wanted[-1][2])


def test_gexf_spells_keep_the_order_of_the_schema_and_do_not_touch(history: nx.DiGraph) -> None:
    root = ET.fromstring(made("gexf", history))
    whole = root.find(f"{GEXF}graph")
    assert whole is not None
    assert [child.tag.removeprefix(GEXF) for child in root] == ["meta", "graph"]
    order = [child.tag.removeprefix(GEXF) for child in whole]
    assert order == ["attributes", "attributes", "attributes", "nodes", "edges"]
    declared = {one.get("id") for one in whole.iter(f"{GEXF}attribute")}
    assert {one.get("for") for one in whole.iter(f"{GEXF}attvalue")} <= declared
    apart = 0
    for edge in whole.iter(f"{GEXF}edge"):
        assert [child.tag.removeprefix(GEXF) for child in edge] == ["attvalues", "spells"]
        spells = [(one.get("start", ""), one.get("end")) for one in edge.iter(f"{GEXF}spell")]
        for (_, end), (start, _) in pairwise(spells):
            assert end is not None
            assert date.fromisoformat(start) - date.fromisoformat(end) > timedelta(days=1)
            apart += 1
        assert all(end is None or start <= end for start, end in spells)
    assert apart


def test_cytoscape_json(graph: nx.DiGraph) -> None:
    data = json.loads(made("cyjs", graph))
    assert data["data"]["as_of"] == DAY.isoformat()
    nodes = {one["data"]["id"] for one in data["elements"]["nodes"]}
    edges = [one["data"] for one in data["elements"]["edges"]]
    assert len({e["id"] for e in edges}) == len(edges)
    assert nodes >= {x for e in edges for x in (e["source"], e["target"])}
    read = nx.cytoscape_graph(data)
    found = {(a, b): e["article"] for a, b, e in read.edges(data=True)}
    assert found == {(a, b): e["article"] for a, b, e in graph.edges(data=True)}
    assert set(read) == set(graph)


def test_json_ld_says_the_same_as_the_table(book: RuleBook, matrix: Matrix, graph: nx.DiGraph) -> None:
    read = set(ox.parse(made("jsonld", graph), format=ox.RdfFormat.JSON_LD))
    table = set(ox.parse(b"".join(tables.write("nquads", book, matrix)), format=ox.RdfFormat.N_QUADS))
    decisions = {str(q.subject) for q in read if str(q.object) == f"<{v.NS}Decision>"}
    assert len(decisions) == graph.number_of_edges()
    places = {f"<{v.ID}{code}>" for code in CODES}
    said = {q for q in read if str(q.subject) not in places}
    assert said <= table
    about = decisions | {d.replace("/id/decision/", "/id/flow/") for d in decisions}
    assert {q for q in said if str(q.subject) in about} == {q for q in table if str(q.subject) in about}
    assert not any(isinstance(q.object, ox.BlankNode) for q in read)


def test_lists_of_nodes_and_edges(graph: nx.DiGraph) -> None:
    nodes = pd.read_csv(io.BytesIO(made("nodes", graph)), keep_default_na=False).set_index("Id")
    assert nodes["Label"].to_dict() == dict(graph.nodes(data="label"))
    assert nodes["island"].to_dict() == dict(graph.nodes(data="island"))
    edges = pd.read_csv(io.BytesIO(made("edges", graph)), keep_default_na=False)
    assert set(edges["Type"]) == {"Directed"}
    wanted = {(a, b): e["article"] for a, b, e in graph.edges(data=True)}
    assert (
        dict(zip(zip(edges["Source"], edges["Target"], strict=True), edges["article"], strict=True)) == wanted
    )


def test_parquet_edges(graph: nx.DiGraph) -> None:
    read = pq.read_table(io.BytesIO(made("parquet", graph))).to_pylist()
    found = {
        (r.pop("origin"), r.pop("destination")): {n: x for n, x in r.items() if x is not None} for r in read
    }
    wanted = {(a, b): {n: x for n, x in e.items() if x != ""} for a, b, e in graph.edges(data=True)}
    assert found == wanted


def rebuilt(picture: dict[str, Any]) -> dict[tuple[str, str], str]:
    """The pairs a drawing stands for, each with its status: boxes taken apart, both ways of an edge."""
    boxes: dict[str, list[str]] = {}
    found: dict[tuple[str, str], str] = {}
    for box in picture["objects"]:
        lines = box["label"].replace("\\n", "\n").split("\n")
        inside = re.fullmatch(r"\((\d+) places; among them: (\w+)\)", lines[-1])
        members = " ".join(lines[:-1] if inside else lines).split()
        boxes[box["name"]] = members
        if inside:
            assert len(members) == int(inside[1])
            if inside[2] != "nothing":
                found |= {(a, b): inside[2] for a in members for b in members if a != b}
    for edge in picture["edges"]:
        for way in edge["tooltip"].split("; "):
            a, b, status = re.fullmatch(r"(\S+) to (\S+): (\w+)", way).groups()  # type: ignore[union-attr]
            found |= {(x, y): status for x in boxes[a] for y in boxes[b]}
    return found


@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz (Debian package graphviz)")
def test_dot_in_graphviz_draws_every_pair(graph: nx.DiGraph) -> None:
    def run(kind: str) -> bytes:
        return subprocess.run(
            ["dot", f"-T{kind}"], input=made("dot", graph), capture_output=True, check=True, timeout=120
        ).stdout

    picture = json.loads(run("json0"))
    assert rebuilt(picture) == {(a, b): e["status"] for a, b, e in graph.edges(data=True)}
    assert len(picture["objects"]) < len(CODES), "places under one law are one box"
    svg = ET.fromstring(run("svg"))
    drawn = [one for one in svg.iter() if one.get("class") == "edge"]
    assert len(drawn) == len(picture["edges"])
    both = [e for e in picture["edges"] if "; " in e["tooltip"]]
    assert both and all(e["dir"] == "both" for e in both)


def test_lines_are_dark_enough_to_be_seen_on_white() -> None:
    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    assert list(graph_dot.LINE) == [s.value for s in Status]
    assert len(set(graph_dot.LINE.values())) == len(Status)
    assert all(1.05 / (light(c) + 0.05) >= 4.5 for c in graph_dot.LINE.values())


# ---------------------------------------------------------------- formats, bytes


def test_an_unknown_format_names_the_known_ones(graph: nx.DiGraph, history: nx.DiGraph) -> None:
    with pytest.raises(InputError, match=", ".join(graphs.FORMATS)):
        graphs.write("gml", graph)
    with pytest.raises(InputError, match=r"cannot hold the graph of history\. Use one of: gexf\."):
        graphs.write("graphml", history)


def test_suffixes_tell_formats_apart() -> None:
    assert len({f.suffix for f in graphs.FORMATS.values()}) == len(graphs.FORMATS)


def test_names_with_marks_of_the_format_survive(book: RuleBook, matrix: Matrix) -> None:
    odd = "a \"b\" <c> & 'd'; é\\"
    graph = graphs.pair_graph(book, matrix, PERSONAL, LEVEL, {odd: ["JP"]})
    assert nx.read_graphml(io.BytesIO(made("graphml", graph))).nodes["JP"]["island"] == odd
    assert nx.read_gexf(io.BytesIO(made("gexf", graph))).nodes["JP"]["island"] == odd
    frame = pd.read_csv(io.BytesIO(made("nodes", graph)), keep_default_na=False).set_index("Id")
    assert frame["island"]["JP"] == odd


DIGESTS = f"""
import hashlib
from datetime import date
from datarules import graphs, matrix, timeline, vocab as v
from datarules.open import open_dataset
book = open_dataset()[1]
frame = matrix.frame(book, [v.CATEGORY + "personal"], [v.ID + code for code in {CODES!r}])
found = matrix.matrix(book, frame, {DAY.toordinal()})
steps = timeline.timeline(book, frame, {FIRST.toordinal()})
level = v.Status.SAFEGUARDS
made = [
    graphs.pair_graph(book, found, frame.categories[0], level),
    graphs.history_graph(book, steps, frame.categories[0], level),
    graphs.law_graph(book),
]
for graph in made:
    for fmt, one in graphs.FORMATS.items():
        if graph.graph["kind"] in one.kinds:
            print(graph.graph["kind"], fmt, hashlib.sha256(b"".join(graphs.write(fmt, graph))).hexdigest())
"""


def test_the_same_bytes_in_every_process() -> None:
    found = []
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", DIGESTS],
            capture_output=True,
            text=True,
            timeout=300,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(graphs.__file__).parents[1])},
        )
        assert done.returncode == 0, done.stderr
        found.append(done.stdout.splitlines())
    assert len(found[0]) == sum(len(f.kinds) for f in graphs.FORMATS.values())
    assert found[0] == found[1]
