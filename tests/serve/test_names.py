"""The redirects that publish our names at w3id.org, followed to a running server; the rules are those that ship."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2
import pytest
import rdflib
from fastapi.testclient import TestClient

from datarules import bundled, vocab
from datarules.serve.problems import TITLES, kind_of

RULES = Path(__file__).parent.parent.parent / "deploy" / "w3id" / ".htaccess"
SPACE = "https://w3id.org/datarules/"
SERVER = "https://datarules.example"
RDF = ("text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples")
NAMES = [
    *("ns", "0.1/ns", "fn", "dataset", "graph/BR", "id/BR", "id/EU/GDPR-46-2-c", "id/category/personal"),
    *("id/fact/consent", "id/purpose/any", "id/sector/payments", "id/mechanism/standard-contract"),
]


def led(name: str) -> str:
    """Return where the rules send a name, as Apache's mod_rewrite reads them (first match, in order)."""
    for line in RULES.read_text(encoding="utf-8").splitlines():
        words = line.split()
        if words[:1] == ["RewriteRule"]:
            found = re.search(words[1], name)
            if found:
                assert words[3] == "[R=303,L]" and words[2].startswith(SERVER)
                return words[2].replace("$1", found[1] if found.groups() else "")
    raise AssertionError(f"no rule for {name}")


def answer(live: str, name: str, accept: str) -> httpx2.Response:
    address = led(name).replace(SERVER, live)
    return httpx2.get(address, headers={"accept": accept}, follow_redirects=True, timeout=60)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_leads_to_a_page_and_to_rdf_about_it(name: str, live: str) -> None:
    page = answer(live, name, "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    for media in RDF:
        said = answer(live, name, media)
        assert said.status_code == 200 and said.headers["content-type"].startswith(media)
    graph = rdflib.Graph().parse(data=answer(live, name, "text/turtle").text, format="turtle")
    told = {str(s).split("#")[0] for s in graph.subjects()}
    about = {"graph/BR": "id/BR", "0.1/ns": "ns"}.get(name, name)
    assert SPACE + about in told or name == "dataset"


def test_what_has_no_rdf_leads_to_what_tells_of_it(live: str) -> None:
    assert answer(live, "", "text/html").status_code == 200
    schema = answer(live, "schema/answer", "*/*")
    assert schema.headers["content-type"] == "application/schema+json"
    (row,) = answer(live, "release/0123456789ab", "application/json").json()
    assert row["current"] is True
    assert led("shape/Rule").endswith("/docs/reference/shapes.html")
    for title in TITLES.values():
        assert led(kind_of(title).removeprefix(SPACE)).endswith("/docs/reference/problems.html")


def test_names_of_nothing_are_told_so(live: str) -> None:
    assert answer(live, "id/BR/nothing-9", "text/turtle").status_code == 404
    with pytest.raises(AssertionError, match="no rule"):
        led("wp-admin")


def test_every_space_that_the_graph_uses_has_a_rule(client: TestClient) -> None:
    spaces = {iri.removeprefix(SPACE) for iri in vocab.PREFIXES.values() if iri.startswith(SPACE)}
    texts = [p.read_text(encoding="utf-8") for p in [*bundled.shape_files(), *bundled.ontology_files()]]
    for text in texts:
        spaces |= {one.removeprefix(SPACE) for one in re.findall(rf"<({SPACE}[^>]*)>", text)}
    assert len(spaces) > 8
    for space in spaces:
        assert led(f"{space}x" if space.endswith("/") else space.rstrip("#"))
