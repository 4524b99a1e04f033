"""The documentation: complete, every example executed, readable in a browser under the site's own policy."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import rdflib
from fastapi.testclient import TestClient
from starlette.applications import Starlette

from datarules import bundled, cli
from datarules import vocab as v
from datarules.serve import manual

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))
import reference_pages  # noqa: E402

SHAPES = "https://w3id.org/datarules/shape/"
PAGES = sorted([*DOCS.glob("*.md"), *DOCS.glob("tutorials/*.md")])
TAUGHT = [page for page in PAGES if page.name not in ("coverage.md", "disagreements.md")]
LONG = (
    "portfolio",
    "mechanisms",
    "whatif general",
    "whatif --new",
    "obstacles",
    "islands",
    "brief",
    "priorities",
)
"""Commands that take minutes on the whole law; each runs in a test of its own elsewhere, here their words are read."""


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def lines() -> list[str]:
    found = [line for page in TAUGHT for block in blocks(page, "sh") for line in block.splitlines()]
    return list(
        dict.fromkeys(line.split("   #")[0].strip() for line in found if line.startswith("datarules "))
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    env = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "transfers.csv").write_text(
        "origin,destination,date,data\nEU,US,2024-05-01,personal\nKE,DE,2024-05-01,health\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "line", [line for line in lines() if not line.startswith(tuple(f"datarules {w}" for w in LONG))]
)
def test_every_command_shown_runs(line: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(line)[1:]
    if words[0] == "validate":
        assert cli.main(["new", "XZ", "--name", "Exampleland", "--output", "XZ.ttl"]) == 0
    assert cli.main(words) == 0, capsys.readouterr().err


@pytest.mark.parametrize(
    "line", [line for line in lines() if line.startswith(tuple(f"datarules {w}" for w in LONG))]
)
def test_every_long_command_shown_is_understood(line: str) -> None:
    args = cli._parser().parse_args(shlex.split(line)[1:])
    assert callable(args.run)


def test_what_the_worked_examples_say_is_so(capsys: pytest.CaptureFixture[str]) -> None:
    text = (DOCS / "semantics.md").read_text(encoding="utf-8")
    assert "Below the thresholds of 2024 the first is `free`" in text
    said = []
    for line in [x for block in blocks(DOCS / "semantics.md", "sh") for x in block.splitlines()][:3]:
        assert cli.main(shlex.split(line)[1:]) == 0
        said.append(capsys.readouterr().out.splitlines()[0])
    assert "free" in said[0] and "authorisation" in said[1] and "best free" in said[2]
    assert (
        cli.main(
            [
                "check",
                "IN",
                "SG",
                "--data",
                "payment",
                "--sector",
                "payments",
                "--date",
                "2026-05-01",
                "--json",
            ]
        )
        == 0
    )
    assert '"store-inside"' in capsys.readouterr().out


def test_every_query_shown_gives_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queries = [query for page in TAUGHT for query in blocks(page, "sparql")]
    assert len(queries) >= 3
    for number, query in enumerate(queries):
        file = tmp_path / f"{number}.rq"
        file.write_text(query, encoding="utf-8")
        assert cli.main(["query", str(file), "--format", "csv"]) == 0
        assert len(capsys.readouterr().out.splitlines()) > 2, query


def test_python_shown_runs() -> None:
    for page in TAUGHT:
        space: dict[str, Any] = {}
        for block in blocks(page, "python"):
            exec(compile(block, page.name, "exec"), space)
        if space:
            assert set(space["frame"]["status"]) <= {*space["frame"]["status"].cat.categories}
            assert len(space["reach"]) > 200


def test_requests_shown_are_answered(client: TestClient) -> None:
    requests = [block for page in TAUGHT for block in blocks(page, "http")]
    assert len(requests) >= 3
    for request in requests:
        head, _, body = request.strip().partition("\n")
        method, path = head.split()
        answer = client.request(
            method, path, content=body or None, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 200, answer.text
        assert "prohibited" in answer.text or "status" in answer.text


def test_every_command_and_argument_is_told_of() -> None:
    silent = [
        f"{name} {argument}"
        for name, parser in reference_pages.parsers().items()
        for argument, told in [("", parser.description or "–"), *reference_pages.arguments(parser)]
        if told == "–" or re.fullmatch(r"Default: `[^`]*`\.", told)
    ]
    assert not silent, f"say what these mean: {silent}"


def test_every_term_has_a_label_and_a_meaning() -> None:
    made = reference_pages.terms(reference_pages.ontology())
    rows = [row.split(" | ") for row in made.splitlines() if row.startswith("| `dr:")]
    assert len(rows) > 60
    assert not [row[0] for row in rows if len(row) < 3 or not row[1].strip() or not row[2].strip(" |")]


def test_every_route_is_told_of(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    page = reference_pages.pages()["reference/routes.md"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert f"## {method.upper()} {path}\n" in page
            assert operation.get("summary"), path


def test_every_setting_is_told_of() -> None:
    page = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
    code = "".join(
        p.read_text(encoding="utf-8")
        for folder in ("src", "benchmarks")
        for p in (ROOT / folder).rglob("*.py")
    )
    for name in set(re.findall(r"DATARULES_[A-Z_]+", code)):
        assert f"`{name}`" in page, name


DATA = ("application/json", "application/ld+json")
"""Types of script that no browser runs."""


class Inline(HTMLParser):
    """Finds what a policy without inline code would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") not in DATA):
            self.found.append(f"<{tag}>")
        self.found += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        for name in ("src", "href"):
            target = given.get(name) or ""
            if tag in ("script", "link", "img") and target.startswith(("http:", "https:", "//")):
                self.found.append(f"{tag} {target}")


def test_no_page_needs_what_the_policy_refuses(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 30
    for page in pages:
        seen = Inline()
        seen.feed(page.read_text(encoding="utf-8"))
        assert not seen.found, (page.name, seen.found[:5])


def test_pylode_tells_of_every_term_concept_and_shape(site: Path) -> None:
    graph = reference_pages.ontology()
    for path in bundled.shape_files():
        graph.parse(path)
    names = {str(one) for one in graph.subjects() if isinstance(one, rdflib.URIRef)}
    own = {
        one
        for one in names
        if one.startswith(("https://w3id.org/datarules/id/", v.NS, SHAPES)) and one != v.NS
    }
    schemes = {str(one) for one in graph.subjects(rdflib.RDF.type, rdflib.SKOS.ConceptScheme)}
    told = " ".join(page.read_text(encoding="utf-8") for page in (site / "vocabulary").glob("*.html"))
    missing = {one for one in own if f">{one}</code>" not in told}
    assert missing <= {one for one in schemes if one.startswith(v.NS)} | {f"{SHAPES}prefixes"}
    assert len(own) > 400


def test_the_documentation_is_served_under_its_policy(site: Path) -> None:
    with TestClient(Starlette(routes=manual.routes(site))) as client:
        assert client.get("/docs", follow_redirects=False).headers["location"] == "/docs/"
        page = client.get("/docs/semantics.html")
        assert page.status_code == 200 and "script-src 'self'" in page.headers["content-security-policy"]
        assert client.get("/docs/none.html").status_code == 404
    assert manual.routes(site / "none") == []
