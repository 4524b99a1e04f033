"""Tables of decisions in their readers: the same rows for pandas, Arrow, JSON and RDF, and as `decide` says."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest

from datarules import matrix as matrices
from datarules import tables
from datarules import vocab as v
from datarules.decide import decide
from datarules.errors import InputError
from datarules.matrix import Matrix
from datarules.model import Transfer
from datarules.open import open_dataset
from datarules.rulebook import RuleBook
from datarules.vocab import Status

from .decision import worlds

DAY = date(2026, 5, 1)
NAMES = ("health", "payment", "personal")


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return open_dataset()[1]


@pytest.fixture(scope="module")
def matrix(book: RuleBook) -> Matrix:
    """Given in no order, so that the table has to make one."""
    found = matrices.frame(book, [v.CATEGORY + n for n in reversed(NAMES)])
    turned = matrices.Frame(tuple(reversed(found.places)), found.categories)
    return matrices.matrix(book, turned, DAY.toordinal())


@pytest.fixture(scope="module")
def rows(book: RuleBook, matrix: Matrix) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tables.arrow(book, matrix).to_pylist()
    return found


@pytest.fixture(scope="module")
def some(book: RuleBook, matrix: Matrix) -> tables.Only:
    """Enough rows for readers that are slow."""
    return tables.only(book, matrix, ["BR", "CN", "EU", "US", "IN"], ["JP", "US", "EU", "RU"])


def text(fmt: str, book: RuleBook, matrix: Matrix, wanted: tables.Only | None = None) -> bytes:
    return b"".join(tables.write(fmt, book, matrix, wanted))


def test_every_pair_has_one_row_in_order(matrix: Matrix, rows: list[dict[str, Any]]) -> None:
    keys = [(r["category"], r["origin"], r["destination"]) for r in rows]
    assert len(keys) == matrix.status.size
    assert keys == sorted(set(keys))
    assert {r["date"] for r in rows} == {DAY}
    assert {r["release"] for r in rows} == {matrix.release}


def test_counts_of_statuses_are_those_of_the_matrix(matrix: Matrix, rows: list[dict[str, Any]]) -> None:
    for name in ("status", "best", "worst"):
        wanted = np.bincount(getattr(matrix, name).ravel(), minlength=len(Status))
        found = [sum(r[name] == s.value for r in rows) for s in Status]
        assert found == wanted.tolist()


def test_rows_say_what_decide_says(book: RuleBook, matrix: Matrix, rows: list[dict[str, Any]]) -> None:
    spoken = [r for r in rows if r["route"] or r["obstacle"]]
    chosen = random.Random(7).sample(spoken, 80) + random.Random(8).sample(rows, 40)
    for row in chosen:
        if row["origin"] == row["destination"]:
            continue
        asked = Transfer(
            v.ID + row["origin"],
            v.ID + row["destination"],
            (v.CATEGORY + row["category"],),
            v.ANY_PURPOSE,
            v.ANY_SECTOR,
        )
        found = decide(book, asked, DAY.toordinal())
        assert (row["status"], row["best"], row["worst"]) == (
            found.status.value,
            found.best.value,
            found.worst.value,
        ), row
        assert row["capped"] == found.capped
        routes = {v.local(r.rule.iri): r.rule.citations[0].article for r in found.routes if r.now}
        obstacles = {v.local(o.rule.iri): o.rule.citations[0].article for o in found.obstacles if o.rule}
        if row["route"]:
            assert routes.get(row["route"]) == row["route_article"], row
        if row["obstacle"]:
            assert obstacles.get(row["obstacle"]) == row["obstacle_article"], row


def test_pandas_has_the_statuses_in_the_order_of_the_scale(book: RuleBook, matrix: Matrix) -> None:
    frame = tables.frame(book, matrix)
    assert len(frame) == matrix.status.size
    assert list(frame["status"].cat.categories) == [s.value for s in Status]
    counts = frame.groupby(["category", "status"], observed=True).size()
    number = matrices.NUMBER[Status.SAFEGUARDS]
    assert counts["health", "safeguards"] == (matrix.status[matrix.of(v.CATEGORY + "health")] == number).sum()
    assert frame["date"].eq(pd.Timestamp(DAY)).all()


def test_csv_in_pandas_and_in_the_csv_module(
    book: RuleBook, matrix: Matrix, rows: list[dict[str, Any]]
) -> None:
    made = text("csv", book, matrix)
    frame = pd.read_csv(io.BytesIO(made), keep_default_na=False, parse_dates=["date"])
    assert list(frame.columns) == tables.SCHEMA.names
    assert frame["route_article"].tolist() == [r["route_article"] or "" for r in rows]
    read = list(csv.DictReader(io.StringIO(made.decode(), newline="")))
    assert [r["obstacle"] for r in read] == [r["obstacle"] or "" for r in rows]
    assert made.count(b"\r\n") == len(rows) + 1 == made.count(b"\n")


def test_parquet_keeps_the_types(book: RuleBook, matrix: Matrix) -> None:
    read = pq.read_table(io.BytesIO(text("parquet", book, matrix)))
    assert read.schema.equals(tables.SCHEMA)
    assert read.equals(tables.arrow(book, matrix))


def test_json_and_json_lines_hold_the_rows(book: RuleBook, matrix: Matrix, some: tables.Only) -> None:
    wanted = [
        {**row, "date": row["date"].isoformat()} for row in tables.arrow(book, matrix, some).to_pylist()
    ]
    assert len(wanted) == 5 * 4 * len(NAMES)
    assert json.loads(text("json", book, matrix, some)) == wanted
    lines = text("jsonl", book, matrix, some).splitlines()
    assert [json.loads(line) for line in lines] == wanted


# ---------------------------------------------------------------- RDF


def quads(fmt: str, made: bytes) -> set[Any]:
    kinds = {"nquads": ox.RdfFormat.N_QUADS, "trig": ox.RdfFormat.TRIG, "turtle": ox.RdfFormat.TURTLE}
    return set(ox.parse(made, format=kinds[fmt]))


QUERY = """
SELECT ?graph ?origin ?target ?data ?day ?status ?best ?worst
  (GROUP_CONCAT(COALESCE(STR(?rule), ""); separator=" ") AS ?rules)
WHERE { GRAPH ?graph {
  ?decision a dr:Decision ; dr:status ?status ; dr:best ?best ; dr:worst ?worst ; dr:ofFlow ?flow .
  ?flow a dr:Flow ; dr:origin ?origin ; dr:target ?target ; dr:data ?data ; dr:asOf ?day ;
    dr:purpose <https://w3id.org/datarules/id/purpose/any> ; dr:sector <https://w3id.org/datarules/id/sector/any> .
  OPTIONAL { ?decision prov:used ?rule }
} } GROUP BY ?graph ?decision ?origin ?target ?data ?day ?status ?best ?worst
"""


def test_rdf_in_a_store_answers_like_the_table(book: RuleBook, matrix: Matrix, some: tables.Only) -> None:
    store = ox.Store()
    store.load(text("trig", book, matrix, some), format=ox.RdfFormat.TRIG)
    found = set()
    answers: Any = store.query(QUERY, prefixes={"dr": v.NS, "prov": v.PROV})
    for one in answers:
        said = [one[n].value for n in ("origin", "target", "data", "day", "status", "best", "worst")]
        used = frozenset(map(v.local, one["rules"].value.split()))
        found.add((one["graph"].value, *(v.local(x).lower() for x in said), used))
    wanted = {
        (
            f"https://w3id.org/datarules/graph/decisions/2026-05-01/{r['category']}",
            *(r["origin"].lower(), r["destination"].lower(), r["category"], "2026-05-01"),
            *(r["status"], r["best"], r["worst"]),
            frozenset({r["route"], r["obstacle"]} - {None}),
        )
        for r in tables.arrow(book, matrix, some).to_pylist()
    }
    assert found == wanted


def test_rdf_has_no_blank_nodes_and_the_same_triples_in_each_form(
    book: RuleBook, matrix: Matrix, some: tables.Only
) -> None:
    made = {fmt: quads(fmt, text(fmt, book, matrix, some)) for fmt in ("nquads", "trig", "turtle")}
    assert made["nquads"] == made["trig"]
    assert {q.triple for q in made["trig"]} == {q.triple for q in made["turtle"]}
    assert not any(isinstance(t, ox.BlankNode) for q in made["trig"] for t in (q.subject, q.object))
    subjects = {q.subject.value for q in made["trig"]}
    assert "https://w3id.org/datarules/id/decision/2026-05-01/personal/BR/JP" in subjects


def test_words_of_the_rdf_are_in_the_ontology(book: RuleBook, matrix: Matrix, some: tables.Only) -> None:
    root = Path(__file__).parent.parent / "ontology"
    files = [(root / name).read_bytes() for name in ("datarules.ttl", "terms.ttl")]
    known = {q.subject.value for made in files for q in quads("turtle", made)}
    used = {
        t.value
        for q in quads("nquads", text("nquads", book, matrix, some))
        for t in (q.predicate, q.object)
        if isinstance(t, ox.NamedNode) and t.value.startswith(v.NS)
    }
    assert len(used) > 10
    assert used <= known


@pytest.mark.parametrize("fmt", ["nquads", "trig", "turtle"])
@pytest.mark.skipif(shutil.which("rapper") is None, reason="needs Raptor (Debian package raptor2-utils)")
def test_raptor_reads_the_rdf(
    book: RuleBook, matrix: Matrix, some: tables.Only, tmp_path: Path, fmt: str
) -> None:
    made = text(fmt, book, matrix, some)
    file = tmp_path / f"table{tables.FORMATS[fmt].suffix}"
    file.write_bytes(made)
    done = subprocess.run(
        ["rapper", "-q", "-i", fmt, "-o", "ntriples", str(file)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert len(set(done.stdout.splitlines())) == len({q.triple for q in quads(fmt, made)})


def test_narrower_questions_have_decisions_of_their_own(book: RuleBook) -> None:
    places = [v.ID + "IN", v.ID + "SG"]
    made = []
    for facts in ({}, {"recipient-safe-harbour-certified": True}):
        frame = matrices.frame(
            book, [v.CATEGORY + "payment"], places, v.ANY_PURPOSE, v.SECTOR + "payments", facts
        )
        matrix = matrices.matrix(book, frame, DAY.toordinal())
        made.append(quads("nquads", text("nquads", book, matrix)))
    first, second = ({q.subject.value for q in one} for one in made)
    assert first.isdisjoint(second)
    assert f"{v.ID}decision/2026-05-01/payment/IN/SG;sector=payments" in first
    assert any(x.endswith(";sector=payments;recipient-safe-harbour-certified=true") for x in second)
    sector = next(q.object.value for q in made[0] if q.predicate.value == v.NS + "sector")
    assert sector == v.SECTOR + "payments"


def test_bounds_are_said_to_be_bounds() -> None:
    book = worlds.world([worlds.rule("r", "A", "Permission")])
    frame = matrices.frame(book, [worlds.cat("personal")], [worlds.place("A"), worlds.place("B")])
    matrix = matrices.matrix(book, frame, worlds.DAY)
    matrix.capped[0, 0, 1] = True
    comments = [q for q in quads("trig", text("trig", book, matrix)) if q.predicate.value.endswith("comment")]
    assert [(q.subject.value, q.object.value) for q in comments] == [
        (v.ID + "decision/2010-01-01/personal/A/B", "Only bounds could be given.")
    ]
    assert [r["capped"] for r in json.loads(text("json", book, matrix))] == [False, True, False, False]


# ---------------------------------------------------------------- rows wanted, formats, bytes


def test_filters_keep_the_rows_they_name(book: RuleBook, matrix: Matrix, rows: list[dict[str, Any]]) -> None:
    wanted = tables.only(book, matrix, ["br", "US"], ["JP"], ["safeguards", "Free"])
    found = tables.arrow(book, matrix, wanted).to_pylist()
    assert found == [
        r
        for r in rows
        if r["origin"] in ("BR", "US") and r["destination"] == "JP" and r["status"] in ("safeguards", "free")
    ]
    assert found


def test_filters_that_name_nothing_known_are_refused_at_once(book: RuleBook, matrix: Matrix) -> None:
    with pytest.raises(InputError) as caught:
        tables.only(book, matrix, ["XQ"], [], ["safeguard"])
    assert [p.place for p in caught.value.problems] == ["origin", "status"]
    assert "safeguards" in caught.value.problems[1].remedy


@pytest.mark.parametrize("fmt", tables.FORMATS)
def test_no_rows_are_a_valid_file(book: RuleBook, matrix: Matrix, fmt: str) -> None:
    wanted = tables.only(book, matrix, ["BR"], ["BR"], ["prohibited"])
    made = text(fmt, book, matrix, wanted)
    if fmt == "parquet":
        assert pq.read_table(io.BytesIO(made)).schema.equals(tables.SCHEMA)
    elif fmt == "csv":
        assert list(pd.read_csv(io.BytesIO(made)).columns) == tables.SCHEMA.names
    elif fmt == "json":
        assert json.loads(made) == []
    elif fmt == "jsonl":
        assert made == b""
    else:
        assert quads(fmt, made) == set()


def test_an_unknown_format_names_the_known_ones(book: RuleBook, matrix: Matrix) -> None:
    with pytest.raises(InputError, match="csv, parquet, json, jsonl, nquads, trig, turtle"):
        tables.write("xlsx", book, matrix)


def test_large_tables_come_in_many_small_chunks(book: RuleBook, matrix: Matrix) -> None:
    for fmt in ("csv", "jsonl", "trig"):
        sizes = [len(chunk) for chunk in tables.write(fmt, book, matrix)]
        assert len(sizes) > 20
        assert max(sizes) < sum(sizes) / 10


def test_suffixes_and_media_types_tell_formats_apart() -> None:
    assert len({f.suffix for f in tables.FORMATS.values()}) == len(tables.FORMATS)
    assert len({f.media for f in tables.FORMATS.values()}) == len(tables.FORMATS)


DIGESTS = """
import hashlib
from datetime import date
from datarules import matrix, tables
from datarules.open import open_dataset
book = open_dataset()[1]
frame = matrix.frame(book, ["https://w3id.org/datarules/id/category/" + n for n in ("personal", "health")])
found = matrix.matrix(book, frame, date(2026, 5, 1).toordinal())
for fmt in tables.FORMATS:
    print(fmt, hashlib.sha256(b"".join(tables.write(fmt, book, found))).hexdigest())
"""


def test_the_same_bytes_in_every_process(book: RuleBook) -> None:
    made = []
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", DIGESTS],
            capture_output=True,
            text=True,
            timeout=300,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(tables.__file__).parents[1])},
        )
        assert done.returncode == 0, done.stderr
        made.append(done.stdout.splitlines())
    assert len(made[0]) == len(tables.FORMATS)
    assert made[0] == made[1]


def test_words_with_commas_quotes_and_line_ends_survive() -> None:
    rule = worlds.rule("r", "A", "Permission")
    odd = 'Act, "new"\nart. 1\t§ ü <a> \\n'
    cited = (type(rule.citations[0])("law", odd, "", "", date(2026, 1, 1)),)
    book = worlds.world([type(rule)(**{**_fields(rule), "citations": cited})])
    frame = matrices.frame(book, [worlds.cat("personal")], [worlds.place("A"), worlds.place("B")])
    matrix = matrices.matrix(book, frame, worlds.DAY)
    assert tables.arrow(book, matrix).to_pylist()[1]["route_article"] == odd.strip()
    read = list(csv.DictReader(io.StringIO(text("csv", book, matrix).decode(), newline="")))
    assert read[1]["route_article"] == odd.strip()
    assert json.loads(text("json", book, matrix))[1]["route_article"] == odd.strip()
    assert pa.types.is_dictionary(tables.arrow(book, matrix).schema.field("route").type)


def _fields(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}
