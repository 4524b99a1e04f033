"""The wider views of the explorer in a real browser: matrix, islands, laboratory, divide, obstacles, conflicts, SPARQL.

Each view's story from click to file; no error in the console, no failed request, none to another host.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import uvicorn
from fastapi.testclient import TestClient

from datarules import bundled

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parent.parent.parent / "web" / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("explorer"),
    pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed"),
    pytest.mark.skipif(
        not (bundled.explorer_place() / "index.html").is_file(), reason="make bundle was not run"
    ),
]
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COUNTS = "SELECT ?place (COUNT(?r) AS ?n) { ?r <https://w3id.org/datarules/ns#ofJurisdiction> ?place } GROUP BY ?place"
VIEWS = {
    "matrix": "/matrix",
    "lab": "/lab?kind=recognition&by=KE&of=EU",
    "bridges": "/lab/bridges/IN/RU?level=recognised",
    "mechanisms": "/lab/mechanisms",
    "portfolio": "/lab/portfolio?k=2",
    "scenario": "/lab/scenario/dpf-falls",
    "islands": "/islands",
    "divide": "/divide",
    "obstacles": "/obstacles",
    "conflicts": "/conflicts?jurisdiction=CN&other=US&data=any",
    "sparql": f"/sparql?query={quote(COUNTS)}",
}


class Announcing(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@pytest.fixture(scope="module")
def address(client: TestClient) -> Iterator[str]:
    """Serve the application on a free port for as long as the module runs."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Announcing(uvicorn.Config(client.app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    assert server.ready.wait(30)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listener.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        yield running
        running.close()


class Seen:
    """A page and what it did beside showing itself."""

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.expect = pytest.importorskip("playwright.sync_api").expect
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        page.on(
            "console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        page.on("request", lambda r: self.hosts.add(urlsplit(r.url).netloc))
        page.on("response", lambda r: self.complaints.append(r.url) if r.status >= 400 else None)

    def open(self, path: str) -> Any:
        """Go to a view and wait until it stands with everything it asks for."""
        self.page.goto(self.address + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        self.page.wait_for_selector("html[data-ready=true]")
        waiting = self.page.locator("main .skeleton:visible, [aria-busy=true]")
        self.expect(waiting).to_have_count(0, timeout=300_000)

    def file(self, label: str) -> bytes:
        """Take a file from the export menu."""
        self.page.locator("main").get_by_role("button", name="Export").click()
        with self.page.expect_download() as waiting:
            self.page.locator("#exports").get_by_text(label, exact=True).click()
        return Path(waiting.value.path()).read_bytes()

    def table(self) -> list[list[str]]:
        """Take the CSV of the view."""
        return list(csv.reader(io.StringIO(self.file("CSV").decode("utf-8-sig"))))

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.page.url).query)


@pytest.fixture
def seen(browser: Any, address: str, request: pytest.FixtureRequest) -> Iterator[Seen]:
    given = {"width": 1440, "scheme": "light", **getattr(request, "param", {})}
    context = browser.new_context(
        viewport={"width": given["width"], "height": 900},
        color_scheme=given["scheme"],
        locale="en-GB",
        reduced_motion="reduce",
    )
    found = Seen(context.new_page(), address)
    yield found
    context.close()
    assert {h for h in found.hosts if h} <= {urlsplit(address).netloc}
    assert found.complaints == []


@pytest.mark.parametrize("seen", [{}, {"width": 390, "scheme": "dark"}], indirect=True, ids=("desk", "phone"))
def test_every_view_fits_and_satisfies_axe(seen: Seen) -> None:
    script = AXE.read_text(encoding="utf-8")
    for name, path in VIEWS.items():
        page = seen.open(path)
        assert page.locator("h1").count() == 1, name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
        page.evaluate(script)
        options = {"runOnly": STANDARDS, "resultTypes": ["violations"]}
        found = page.evaluate("options => axe.run(document, options)", options)
        told = [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found["violations"]]
        assert told == [], name


def test_the_matrix_is_walked_by_keyboard_and_opens_a_pair(seen: Seen, client: TestClient) -> None:
    page = seen.open("/matrix?order=code")
    canvas = page.locator("main canvas")
    canvas.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowRight"):
        canvas.press(key)
    codes = sorted(client.get("/v1/grid").json()["codes"])
    told = page.locator("main .detail").inner_text()
    assert codes[1] in told and codes[2] in told
    canvas.press("Enter")
    page.wait_for_url(f"**/pair/{codes[1]}/{codes[2]}**")


def test_the_grid_says_what_the_matrix_says(client: TestClient) -> None:
    grid = client.get("/v1/grid?as_of=2020-01-01").json()
    row = grid["codes"].index("EU")
    for cell in client.get("/v1/matrix?as_of=2020-01-01&origin=EU").json():
        column = grid["codes"].index(cell["destination"])
        for name in ("status", "best", "worst"):
            assert grid["scale"][int(grid[name][row][column])] == cell[name], cell["destination"]


def test_a_scenario_is_built_shown_and_taken_away(seen: Seen) -> None:
    page = seen.open("/lab")
    for field, name in (("#lab-by", "Kenya"), ("#lab-of", "Brazil")):
        page.locator(field).fill(name)
        page.locator(field).press("Enter")
    page.locator("#effect").wait_for(timeout=120_000)
    seen.settle()
    assert seen.query["by"] == ["KE"] and seen.query["of"] == ["BR"]
    rows = seen.table()
    assert ["KE", "BR"] in [row[:2] for row in rows[1:]]
    assert "dr:Rule" in seen.file("Overlay (Turtle)").decode()


def test_bridges_name_the_article_to_change(seen: Seen, client: TestClient) -> None:
    page = seen.open("/lab/bridges/IN/RU?level=recognised")
    found = client.get("/v1/bridges/IN/RU?level=recognised").json()
    text = page.locator("main").inner_text()
    for change in found["both"]["changes"]:
        assert change["text"] in text
    assert page.locator("main .cites a").count() > 0


def test_islands_go_back_in_time_and_keep_the_address(seen: Seen, client: TestClient) -> None:
    page = seen.open("/islands?date=2010-01-01&form=map")
    found = client.get("/v1/islands?as_of=2010-01-01").json()
    rows = seen.table()[1:]
    assert {r[0] for r in rows if not r[2]} == set(found["alone"])
    page.get_by_role("button", name="network").click()
    page.locator("main canvas").wait_for()
    assert seen.query["date"] == ["2010-01-01"] and "form" not in seen.query


def test_the_divide_is_a_table_too(seen: Seen, client: TestClient) -> None:
    seen.open("/divide")
    best = client.get("/v1/reach").json()["places"]
    reach = {row[0]: float(row[3]) for row in seen.table()[1:]}
    assert reach == pytest.approx({p["code"]: p["reach"] for p in best})
    assert b"<svg" in seen.file("SVG")


def test_obstacles_and_conflicts_come_as_files(seen: Seen) -> None:
    seen.open("/obstacles")
    assert len(seen.table()) > 50
    page = seen.open("/conflicts?jurisdiction=CN&data=any")
    page.locator("#conflict-two").fill("United States")
    page.locator("#conflict-two").press("Enter")
    page.wait_for_url("**other=US**")
    seen.settle()
    assert {frozenset(row[1:3]) for row in seen.table()[1:]} == {frozenset(("CN", "US"))}


def test_a_competency_question_is_asked_and_kept_in_the_address(seen: Seen, client: TestClient) -> None:
    page = seen.open("/sparql")
    example = next(q for q in client.get("/v1/queries").json() if q["name"].startswith("02"))
    page.locator("#example").select_option(example["name"])
    page.wait_for_url("**query=**")
    page.locator("main table").wait_for()
    assert seen.query["query"] == [example["query"]]
    found = json.loads(seen.file("JSON"))
    accept = {"accept": "application/sparql-results+json"}
    direct = client.get("/sparql", params={"query": example["query"]}, headers=accept).json()
    assert found["results"]["bindings"] == direct["results"]["bindings"]
