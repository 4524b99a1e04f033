"""What researchers ask with: their clients against a server that runs, and other servers that ask ours."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pyoxigraph as ox
import pytest
import rdflib
import sparql_dataframe
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, JSONLD, N3, POST, RDFXML, TSV, TURTLE, XML, SPARQLWrapper

from ..test_servers import INI, free_port, running

PREFIX = "PREFIX dr: <https://w3id.org/datarules/ns#> PREFIX id: <https://w3id.org/datarules/id/> "
PREFIX += "PREFIX dct: <http://purl.org/dc/terms/> "
SELECT = PREFIX + "SELECT ?j ?code { ?j a dr:Jurisdiction ; dct:identifier ?code } ORDER BY ?code LIMIT 5"
COUNT = PREFIX + "SELECT (COUNT(*) AS ?n) { ?r a dr:Rule ; dr:ofJurisdiction id:BR }"
GRAPH = PREFIX + "CONSTRUCT { ?r a dr:Rule } WHERE { ?r a dr:Rule ; dr:ofJurisdiction id:BR }"


@pytest.fixture(scope="module")
def rules(live: str) -> int:
    """How many rules the country asked about has, by the plainest of requests."""
    answer = httpx2.get(f"{live}/sparql", params={"query": COUNT}).json()
    number = int(answer["results"]["bindings"][0]["n"]["value"])
    assert number > 5
    return number


def wrapper(live: str, text: str, form: str) -> SPARQLWrapper:
    asked = SPARQLWrapper(f"{live}/sparql")
    asked.setQuery(text)
    asked.setReturnFormat(form)
    return asked


def test_sparqlwrapper_reads_rows_in_every_form(live: str) -> None:
    rows = wrapper(live, SELECT, JSON).queryAndConvert()
    assert isinstance(rows, dict)
    codes = [row["code"]["value"] for row in rows["results"]["bindings"]]
    assert len(codes) == 5
    by_xml = wrapper(live, SELECT, XML).queryAndConvert()
    assert [one.firstChild.data for one in by_xml.getElementsByTagName("literal")] == codes  # type: ignore[union-attr]
    for form, comma in ((CSV, b","), (TSV, b"\t")):
        said = wrapper(live, SELECT, form).queryAndConvert()
        assert isinstance(said, bytes)
        assert [line.split(comma)[1].strip(b'"').decode() for line in said.splitlines()[1:]] == codes
    asked = wrapper(live, SELECT, JSON)
    asked.setMethod(POST)
    assert asked.queryAndConvert() == rows


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
@pytest.mark.parametrize(
    ("form", "syntax"), [(TURTLE, "turtle"), (N3, "n3"), (RDFXML, "xml"), (XML, "xml"), (JSONLD, "json-ld")]
)
def test_sparqlwrapper_reads_graphs(form: str, syntax: str, live: str, rules: int) -> None:
    said = wrapper(live, GRAPH, form).queryAndConvert()
    graph = said if isinstance(said, rdflib.Graph) else rdflib.Graph().parse(data=said, format=syntax)  # type: ignore[arg-type]
    assert len(graph) == rules


def test_sparqlwrapper_learns_why_a_query_is_refused(live: str) -> None:
    from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

    with pytest.raises(QueryBadFormed, match="This is not a SPARQL"):
        wrapper(live, "SELECT * { ?s", JSON).queryAndConvert()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_reads_the_endpoint_as_a_graph(method: str, live: str, rules: int) -> None:
    store = SPARQLStore(f"{live}/sparql", method=method)
    graph = rdflib.Graph(store)
    rows = list(graph.query(COUNT))
    assert int(rows[0][0]) == rules  # type: ignore[index, arg-type]
    brazil = rdflib.URIRef("https://w3id.org/datarules/id/BR")
    dr = rdflib.Namespace("https://w3id.org/datarules/ns#")
    assert len(list(graph.subjects(dr.ofJurisdiction, brazil))) >= rules
    assert bool(graph.query(PREFIX + "ASK { id:BR a dr:Jurisdiction }")) is True
    built = graph.query(GRAPH)
    assert built.graph is not None and len(built.graph) == rules


def test_sparql_dataframe_gives_a_frame(live: str) -> None:
    frame = sparql_dataframe.get(f"{live}/sparql", SELECT)
    assert list(frame.columns) == ["j", "code"] and len(frame) == 5
    posted = sparql_dataframe.get(f"{live}/sparql", SELECT, post=True)
    assert frame.equals(posted)


# -- other servers that ask ours


def test_a_store_in_another_process_joins_ours_by_service(live: str, rules: int) -> None:
    text = f"SELECT (COUNT(*) AS ?n) {{ SERVICE <{live}/sparql> {{ {GRAPH.partition('WHERE {')[2]} }}"
    found = ox.Store().query(PREFIX + text)
    assert int(next(iter(found))[0].value) == rules  # type: ignore[arg-type]


def _until_up(process: subprocess.Popen[bytes], address: str) -> None:
    for _ in range(600):
        assert process.poll() is None, "the server ended"
        try:
            if httpx2.get(address, params={"query": "ASK {}"}).status_code == 200:
                return
        except httpx2.HTTPError:
            time.sleep(0.1)
    raise AssertionError(f"{address} did not come up")


@pytest.fixture
def oxigraph(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    program = str(Path(sys.executable).with_name("oxigraph"))
    command = [program, "serve", "--location", str(tmp_path / "store"), "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_up(process, f"http://127.0.0.1:{port}/query")
        yield f"http://127.0.0.1:{port}/query"
    finally:
        process.terminate()
        process.wait(20)


def test_the_oxigraph_server_joins_ours_by_service(oxigraph: str, live: str, rules: int) -> None:
    text = (
        PREFIX
        + f"SELECT (COUNT(?r) AS ?n) {{ VALUES ?j {{ id:BR }} SERVICE <{live}/sparql> {{ ?r a dr:Rule ; dr:ofJurisdiction ?j }} }}"
    )
    response = httpx2.get(oxigraph, params={"query": text}, headers={"accept": "text/csv"}, timeout=60)
    assert response.text.split() == ["n", str(rules)]


COMUNICA = Path(__file__).parent.parent / "clients" / "node_modules" / ".bin" / "comunica-sparql"


@pytest.mark.skipif(not COMUNICA.exists(), reason="Comunica is not installed (npm ci in tests/clients)")
@pytest.mark.parametrize("kind", ["sparql@", ""])
def test_comunica_asks_the_endpoint(kind: str, live: str, rules: int) -> None:
    """Told what the source is, and having found it out from the service description."""
    command = [str(COMUNICA), f"{kind}{live}/sparql", COUNT, "-t", "application/sparql-results+json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["results"]["bindings"]
    assert [int(row["n"]["value"]) for row in rows] == [rules]


@pytest.mark.skipif(not COMUNICA.exists(), reason="Comunica is not installed (npm ci in tests/clients)")
def test_comunica_joins_the_endpoint_with_a_document_of_ours(live: str, rules: int) -> None:
    text = (
        PREFIX
        + "SELECT ?r ?code { ?j dct:identifier ?code . ?r a dr:Rule ; dr:ofJurisdiction ?j FILTER(?j = id:BR) }"
    )
    command = [str(COMUNICA), f"sparql@{live}/sparql", f"file@{live}/data/id/BR.ttl", text, "-t", "text/csv"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    assert len(set(done.stdout.split()[1:])) == rules


def test_rdflib_joins_ours_by_service(live: str, rules: int) -> None:
    graph = rdflib.Graph()
    graph.add(
        (
            rdflib.URIRef("urn:mine"),
            rdflib.URIRef("urn:about"),
            rdflib.URIRef("https://w3id.org/datarules/id/BR"),
        )
    )
    text = f"SELECT ?r {{ <urn:mine> <urn:about> ?j . SERVICE <{live}/sparql> {{ ?r a dr:Rule ; dr:ofJurisdiction ?j }} }}"
    lines = PREFIX.replace("> ", ">\n")  # rdflib takes a # before SERVICE for a comment up to the line's end
    assert len(list(graph.query(lines + text))) == rules


def test_what_virtuoso_adds_to_a_request_is_passed_over(live: str, rules: int) -> None:
    answer = httpx2.get(f"{live}/sparql", params={"query": COUNT, "maxrows": "10000000"})
    assert answer.json()["results"]["bindings"][0]["n"]["value"] == str(rules)


@pytest.mark.virtuoso
def test_virtuoso_joins_ours_by_service(live: str, rules: int, tmp_path: Path) -> None:
    program, client = shutil.which("virtuoso-t"), shutil.which("isql-vt") or shutil.which("isql")
    if program is None or client is None:
        pytest.skip("virtuoso-t is not installed (Debian package virtuoso-opensource)")
    isql, http = free_port(), free_port()
    (tmp_path / "virtuoso.ini").write_text(
        INI.format(folder=tmp_path, isql=isql, http=http), encoding="utf-8"
    )
    command = [program, "+foreground", "+configfile", str(tmp_path / "virtuoso.ini")]
    text = f"SELECT ?r {{ SERVICE <{live}/sparql> {{ ?r a dr:Rule ; dr:ofJurisdiction id:BR }} }}"
    with running(command, f"http://127.0.0.1:{http}/sparql", tmp_path):
        asked = [client, f"127.0.0.1:{isql}", "dba", "dba", f"exec=SPARQL {PREFIX} {text};"]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=120)
    told = {word for word in done.stdout.split() if word.startswith("https://w3id.org/datarules/id/BR/")}
    assert len(told) == rules, done.stdout + done.stderr
