"""Pages of others that people look at the data with: YASGUI on another site, pyLODE under the site's own policy."""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from .browsing import MARKS, new_page
from .test_sparql_clients import PREFIX, SELECT

YASGUI = Path(__file__).parent.parent / "clients" / "node_modules" / "@zazuko" / "yasgui" / "build"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>YASGUI</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="yasgui.min.css"></head><body><div id="here"></div>
<script src="yasgui.min.js"></script><script>
Yasgui.Yasqe.defaults.autocompleters = [];
window.yasgui = new Yasgui(document.getElementById("here"), {requestConfig: {endpoint: ENDPOINT, method: METHOD}});
</script></body></html>"""
GIVEN: dict[str, Any] = {"width": 1200, "scheme": "light", "locale": "en-GB"}
pytestmark = [
    *MARKS,
    pytest.mark.skipif(not YASGUI.exists(), reason="YASGUI is not installed (npm ci in tests/clients)"),
]


@pytest.fixture(params=["GET", "POST"])
def yasgui(request: pytest.FixtureRequest, browser: Any, live: str, tmp_path: Path) -> Iterator[Any]:
    """YASGUI on a site of its own, told of our endpoint; the page."""
    for name in ("yasgui.min.js", "yasgui.min.css"):
        shutil.copy(YASGUI / name, tmp_path)
    text = PAGE.replace("ENDPOINT", json.dumps(f"{live}/sparql")).replace("METHOD", json.dumps(request.param))
    (tmp_path / "index.html").write_text(text, encoding="utf-8")
    handler = functools.partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        page = new_page(browser, GIVEN, 30_000)
        page.goto(f"http://127.0.0.1:{site.server_address[1]}/")
        page.wait_for_function("window.yasgui && window.yasgui.getTab()")
        yield page
        page.context.close()
        site.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, without a line for each."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def asked(page: Any, text: str) -> str:
    """Type a query, send it as a person would, and return what the page then shows as its result."""
    page.evaluate("text => window.yasgui.getTab().setQuery(text)", text)
    page.locator(".yasqe_queryButton:visible").click()
    page.wait_for_function(
        "text => window.yasgui.getTab().getYasr().results && !document.querySelector('.yasqe_queryButton.busy')",
        arg="",
    )
    return str(page.locator(".yasr:visible").inner_text())


def test_yasgui_shows_the_rows_of_the_endpoint(yasgui: Any, live: str) -> None:
    shown = asked(yasgui, SELECT)
    rows = httpx2.get(f"{live}/sparql", params={"query": SELECT}).json()["results"]["bindings"]
    assert len(rows) == 5
    for row in rows:
        assert row["code"]["value"] in shown


def test_yasgui_shows_what_is_wrong_with_a_query(yasgui: Any) -> None:
    shown = asked(yasgui, PREFIX + "SELECT * { SERVICE <https://example.org/sparql> { ?s ?p ?o } }")
    assert "SERVICE" in shown
    assert "403" in shown or "400" in shown


def test_yasgui_shows_a_graph(yasgui: Any) -> None:
    text = PREFIX + "CONSTRUCT { ?j dct:identifier ?code } WHERE { ?j a dr:Union ; dct:identifier ?code }"
    assert "EEA" in asked(yasgui, text)


@pytest.mark.parametrize("name", ["ontology", "shapes", "mechanism", "fact"])
def test_pages_of_pylode_stand_under_the_policy_of_the_site(name: str, browser: Any, live: str) -> None:
    page = new_page(browser, GIVEN, 30_000)
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.goto(f"{live}/docs/vocabulary/{name}.html")
    assert page.locator("h1").inner_text().startswith("datarules: ")
    # the style is there: the contents stand at the right of the page
    assert page.locator("#toc").bounding_box()["x"] > GIVEN["width"] / 2
    first = page.locator("#toc ul.second a").last
    first.click()
    assert page.locator(f"[id='{first.get_attribute('href')[1:]}']").is_visible()
    page.context.close()
    assert complaints == []
