"""The store: what it answers, in which formats, what it refuses, and limits that hold."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from datarules.endpoint import Limits, Overrun, Result
from datarules.endpoint_forkserver import content
from datarules.endpoint_local import Local, filled
from datarules.endpoint_pool import Pool
from datarules.endpoint_remote import Remote
from datarules.errors import ConfigError, InputError, QueryError
from datarules.load import Dataset
from datarules.rulebook import RuleBook
from datarules.store import VARIABLE, export_graph, open_endpoint, results_as, serving_endpoint

BR = "https://w3id.org/datarules/graph/BR"
EU = "https://w3id.org/datarules/graph/EU"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def local(dataset: Dataset, book: RuleBook) -> Local:
    return Local.open(dataset, book)


@pytest.fixture(scope="module")
def pool(dataset: Dataset, book: RuleBook) -> Iterator[Pool]:
    limits = Limits(seconds=4, rows=5_000, memory=256 * 2**20, wait=30)
    found = Pool(lambda: content(dataset, book, limits), limits, workers=2)
    yield found
    found.close()


def number(result: Result) -> int:
    return int(result.rows()[1][0][0].value)


def only(local: Local, text: str) -> list[str | None]:
    row = local.query(text).rows()[1][0]
    return [term.value if term is not None else None for term in row]


# -- the dataset


def test_default_graph_is_the_union_and_each_file_a_named_graph(local: Local, dataset: Dataset) -> None:
    whole = number(local.query(COUNT))
    named = number(local.query("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"))
    assert whole >= len({q.triple for q in dataset.quads()})
    assert named >= whole
    graphs = {row[0].value for row in local.query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").rows()[1]}
    assert {file.graph for file in dataset.files if file.triples} <= graphs


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT (COUNT(*) AS ?n) FROM <{BR}> {{ ?s ?p ?o }}",
        f"select (COUNT(*) AS ?n) from#a comment\n<{BR}> {{ ?s ?p ?o }}",
        f"SELECT (COUNT(*) AS ?n) FROM NAMED <{BR}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        "PREFIX g: <https://w3id.org/datarules/graph/> SELECT (COUNT(*) AS ?n) FROM g:BR { ?s ?p ?o }",
    ],
)
def test_from_narrows_to_one_file(text: str, local: Local) -> None:
    assert number(local.query(text)) == number(local.query(COUNT, [BR]))


def test_protocol_dataset_replaces_that_of_the_query(local: Local) -> None:
    assert number(local.query(f"SELECT (COUNT(*) AS ?n) FROM <{EU}> {{ ?s ?p ?o }}", [BR])) == number(
        local.query(COUNT, [BR])
    )
    assert number(local.query(COUNT, (), [BR])) == 0, "only named graphs given: the default graph is empty"


@pytest.mark.parametrize(
    "name", ["file:///etc/passwd", "http://127.0.0.1:9/graph", "https://w3id.org/datarules/graph/XX"]
)
def test_a_graph_that_is_not_here_is_refused_not_fetched(name: str, local: Local) -> None:
    for text in (
        f"SELECT * FROM <{name}> {{ ?s ?p ?o }}",
        f"ASK FROM NAMED <{name}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    ):
        with pytest.raises(QueryError, match="no such graph, and nothing is fetched"):
            local.query(text)
    with pytest.raises(QueryError, match="default-graph-uri"):
        local.query(COUNT, [name])


def test_a_store_on_disk_gives_the_same_answers_and_is_refilled_when_the_data_change(
    dataset: Dataset, local: Local, tmp_path: Path
) -> None:
    folder = tmp_path / "store"
    assert number(Local.open(dataset, None, folder).query(COUNT)) == number(local.query(COUNT))
    less = Dataset(dataset.ontology, (), "another digest")
    assert number(Local(filled(less, folder), None).query(COUNT)) < number(local.query(COUNT))


# -- refusals


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a:a> <a:b> <a:c> }",
        "PREFIX ex: <http://example.org/> # then\nDELETE WHERE { ?s ?p ?o }",
        "LOAD <http://127.0.0.1:9/x.ttl>",
        "BASE <http://example.org/> WITH <g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_updates_are_refused(text: str, local: Local) -> None:
    with pytest.raises(QueryError, match="Updates are refused"):
        local.query(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "ASK { OPTIONAL { { service silent <http://127.0.0.1:9/> { ?s ?p ?o } } } }",
        "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE ?s { ?s ?p ?o } } }",
        "SELECT * { { SELECT * { SERVICE<http://127.0.0.1:9/>{} } } }",
        "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICE:x{} }",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o MINUS { SERVICE <http://127.0.0.1:9/> {} } }",
        # the same text is an address to a careless tokenizer, and then hides the rest in a string
        "SELECT * { FILTER(?a<?b)#>'''\n SERVICE <http://127.0.0.1:9/> {} #'''\n }",
    ],
)
def test_federation_is_refused_at_any_depth(text: str, local: Local) -> None:
    with pytest.raises(QueryError, match="Queries to other servers are refused"):
        local.query(text)


@pytest.mark.parametrize(
    "text",
    [
        'ASK { FILTER(CONTAINS("SERVICE <http://x/> { } FROM <http://x/>", "LOAD")) }',
        "SELECT ?service { ?service ?from ?o } LIMIT 1 # SERVICE <http://x/> { }",
        "SELECT * { ?s ?p <http://example.org/SERVICE#FROM> } # INSERT DATA",
        "PREFIX service: <http://example.org/> SELECT * { ?s service:service ?o }",
        "PREFIX from: <http://example.org/> SELECT ?from { ?s from:from ?from } GROUP BY ?from",
        "SELECT * { ?s ?p '''LOAD\nSERVICE <x> {''' }",
        'SELECT * { ?s ?p "x"@from }',
    ],
)
def test_the_words_alone_are_no_reason_to_refuse(text: str, local: Local) -> None:
    assert local.query(text).kind in ("select", "ask")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("SELECT * {\n ?s ?p }", "query:2:9"),
        ("SELECT * { ?s nosuch:p ?o }", "query:1:23"),
        ("ASK {\n SERVICE <x:x> { ?s ?p } }", "query:2:26"),
    ],
)
def test_a_malformed_query_names_line_and_column(text: str, place: str, local: Local) -> None:
    with pytest.raises(QueryError) as caught:
        local.query(text)
    assert caught.value.problems[0].place == place
    assert caught.value.problems[0].reason.startswith("This is not a SPARQL 1.1 query")


# -- formats

ROWS = 'SELECT ?a ?b { VALUES (?a ?b) { (1 UNDEF) ("x, \\"y\\"\\n\\tz"@en <http://example.org/>) (UNDEF UNDEF) } }'


def test_rows_in_every_format(local: Local) -> None:
    result = local.query(ROWS)
    document = json.loads(result.serialise("json"))
    assert document["head"]["vars"] == ["a", "b"]
    assert document["results"]["bindings"][1]["a"] == {
        "type": "literal",
        "value": 'x, "y"\n\tz',
        "xml:lang": "en",
    }
    assert list(csv.reader(io.StringIO(result.serialise("csv").decode(), newline=""))) == [
        ["a", "b"],
        ["1", ""],
        ['x, "y"\n\tz', "http://example.org/"],
        ["", ""],
    ]
    assert result.serialise("tsv") == b'?a\t?b\n1\t\n"x, \\"y\\"\\n\\tz"@en\t<http://example.org/>\n\t\n'
    space = "{http://www.w3.org/2005/sparql-results#}"
    assert len(ElementTree.fromstring(result.serialise("xml")).findall(f".//{space}result")) == 3
    assert b"3 rows" in results_as(result, "table")


def test_yes_or_no_in_its_formats(local: Local) -> None:
    result = local.query("ASK { ?s a dr:Rule }")
    assert json.loads(result.serialise("json"))["boolean"] is True
    assert b"<boolean>true</boolean>" in result.serialise("xml")
    assert results_as(result, "table") == b"yes\n"
    with pytest.raises(QueryError, match="yes or no"):
        result.serialise("csv")


def test_graphs_in_every_format_say_the_same(local: Local) -> None:
    result = local.query("CONSTRUCT { ?s skos:prefLabel ?o } { ?s a dr:Jurisdiction ; skos:prefLabel ?o }")
    formats = {
        "turtle": ox.RdfFormat.TURTLE,
        "ntriples": ox.RdfFormat.N_TRIPLES,
        "rdfxml": ox.RdfFormat.RDF_XML,
        "jsonld": ox.RdfFormat.JSON_LD,
        "trig": ox.RdfFormat.TRIG,
        "nquads": ox.RdfFormat.N_QUADS,
    }
    expected = set(result.triples())
    assert expected
    for name, fmt in formats.items():
        assert {quad.triple for quad in ox.parse(result.serialise(name), format=fmt)} == expected, name
    with pytest.raises(QueryError, match="a graph"):
        result.serialise("csv")


def test_a_repeated_triple_of_a_graph_is_written_once(local: Local) -> None:
    result = local.query("CONSTRUCT { <x:x> a dr:Rule } { ?s a dr:Rule }")
    assert len(result.triples()) == 1


@pytest.mark.parametrize("fmt", ["trig", "nquads", "turtle", "ntriples", "jsonld", "rdfxml"])
def test_the_export_is_the_same_bytes_and_the_same_graph(fmt: str, dataset: Dataset, local: Local) -> None:
    first = export_graph(dataset, fmt)
    shuffled = tuple(replace(file, triples=file.triples[::-1]) for file in dataset.data[::-1])
    assert first == export_graph(replace(dataset, data=shuffled), fmt), (
        "the order of files and statements shows"
    )
    again = ox.Store()
    again.bulk_load(
        first,
        format={
            "trig": ox.RdfFormat.TRIG,
            "nquads": ox.RdfFormat.N_QUADS,
            "turtle": ox.RdfFormat.TURTLE,
            "ntriples": ox.RdfFormat.N_TRIPLES,
            "jsonld": ox.RdfFormat.JSON_LD,
            "rdfxml": ox.RdfFormat.RDF_XML,
        }[fmt],
    )
    assert number(Local(again, None).query(COUNT)) == number(local.query(COUNT))
    if fmt in ("trig", "nquads"):
        assert len(again) == len(local.store)


def test_an_export_format_that_does_not_exist_is_refused(dataset: Dataset) -> None:
    with pytest.raises(InputError, match="Use one of: turtle"):
        export_graph(dataset, "yaml")


# -- functions


def test_functions_decide_inside_a_query(local: Local) -> None:
    text = """SELECT (drf:status(id:EU, id:US, cat:personal, "2015-10-05"^^xsd:date, pur:any) AS ?a)
      (drf:status("EU", "US", "personal", "2015-10-07") AS ?b) (drf:best("EU", "Japan", "personal", "2026-11-23") AS ?c)
      (drf:worst(id:EU, id:US, cat:personal, "2015-10-05"^^xsd:date) AS ?d) {}"""
    assert only(local, text) == ["safeguards", "safeguards", "recognised", "safeguards"]
    assert only(
        local,
        'SELECT (drf:best("EU", "US", "personal", "2015-10-05") AS ?a) (drf:best("EU", "US", "personal", "2015-10-07") AS ?b) {}',
    ) == ["recognised", "safeguards"]


@pytest.mark.parametrize(
    "arguments",
    [
        '"EU", "XX", "personal", "2026-01-01"',
        '"EU", "US", "nonsense", "2026-01-01"',
        '"EU", "US", "personal", "2026-13-01"',
        '"EU", "US", "personal"',
        "?x, id:US, cat:personal, 1",
        '"EU", "US", "personal", "0001-01-01"',
        '"EU", "US", "personal", "2026-01-01", "nonsense"',
        "<x:x>, id:US, cat:personal, 1",
    ],
)
def test_functions_give_nothing_for_what_is_no_question(arguments: str, local: Local) -> None:
    assert only(local, f"SELECT (drf:status({arguments}) AS ?a) (1 AS ?b) {{}}") == [None, "1"]


def test_a_fault_inside_a_decision_is_not_taken_for_no_answer(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("datarules.functions.decide", broken)
    with pytest.raises(ZeroDivisionError):
        Local.open(dataset, RuleBook.unchecked(dataset)).query(
            'SELECT (drf:status("EU", "US", "personal", "2026-01-01") AS ?a) {}'
        )


# -- limits


def test_workers_answer_as_the_store_does(pool: Pool, local: Local) -> None:
    for text in (COUNT, ROWS, "ASK {}", 'SELECT (drf:status("EU", "US", "personal", "2015-10-07") AS ?a) {}'):
        assert pool.query(text) == local.query(text)
    assert number(pool.query(COUNT, [BR])) == number(local.query(COUNT, [BR]))
    assert dict(pool.graphs())[BR] == number(local.query(COUNT, [BR]))


def test_a_query_that_overruns_is_stopped_while_others_are_answered(pool: Pool) -> None:
    caught: list[Overrun] = []

    def overrun() -> None:
        try:
            pool.query(ENDLESS)
        except Overrun as error:
            caught.append(error)

    thread = threading.Thread(target=overrun)
    thread.start()
    answered = 0
    while thread.is_alive():
        assert pool.query("ASK {}").boolean()
        answered += 1
    assert answered > 1
    assert [error.limit for error in caught] == ["time"]
    assert number(pool.query(COUNT)) > 0, "the worker was replaced"


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        ("rows", "SELECT * { ?a ?b ?c . ?d ?e ?f }"),
        ("rows", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"),
        ("memory", "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c"),
        ("length", "ASK {} #" + "x" * 70_000),
        ("depth", "ASK { " + "{" * 300 + "}" * 300 + " }"),
        ("depth", "ASK { FILTER(" + "!" * 50_000 + "true) }"),
    ],
)
def test_limits_hold(limit: str, text: str, pool: Pool) -> None:
    with pytest.raises(Overrun) as caught:
        pool.query(text)
    assert caught.value.limit == limit
    assert caught.value.problems[0].remedy
    assert pool.query("ASK {}").boolean()


def test_exactly_as_many_rows_as_allowed_are_answered(dataset: Dataset) -> None:
    few = Local.open(dataset, None, limits=Limits(rows=10))
    assert len(few.query("SELECT ?s { ?s a dr:Rule } LIMIT 10").rows()[1]) == 10
    assert (
        len(few.query("CONSTRUCT { ?s a dr:Rule } { SELECT ?s { ?s a dr:Rule } LIMIT 10 }").triples()) == 10
    )
    with pytest.raises(Overrun, match="nothing is cut silently"):
        few.query("SELECT ?s { ?s a dr:Rule } LIMIT 11")


def test_refusals_of_a_worker_arrive_as_they_are(pool: Pool) -> None:
    with pytest.raises(QueryError, match="Queries to other servers are refused"):
        pool.query("SELECT * { SERVICE <http://127.0.0.1:9/> {} }")
    with pytest.raises(QueryError, match="no such graph"):
        pool.query(COUNT, ["http://127.0.0.1:9/"])


def test_workers_over_a_store_on_disk(dataset: Dataset, local: Local, tmp_path: Path) -> None:
    endpoint = serving_endpoint(dataset, RuleBook.unchecked(dataset), folder=tmp_path / "store", workers=1)
    try:
        assert number(endpoint.query(COUNT)) == number(local.query(COUNT))
    finally:
        endpoint.close()


def test_the_environment_chooses_the_endpoint(
    monkeypatch: pytest.MonkeyPatch, dataset: Dataset, book: RuleBook
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert isinstance(open_endpoint(lambda: (dataset, book)), Local)
    monkeypatch.setenv(VARIABLE, "http://127.0.0.1:9/sparql")
    assert isinstance(open_endpoint(lambda: pytest.fail("the data were opened for nothing")), Remote)
    monkeypatch.setenv(VARIABLE, "ftp://example.org/")
    with pytest.raises(ConfigError, match=r"DATARULES_SPARQL: 'ftp://example.org/'"):
        open_endpoint(lambda: (dataset, book))
