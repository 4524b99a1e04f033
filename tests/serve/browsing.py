"""A browser for the tests of the explorer: pages that remember what they did beside showing themselves."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from datarules import bundled

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parent.parent.parent / "web" / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed"),
    pytest.mark.skipif(
        not (bundled.explorer_place() / "index.html").is_file(), reason="make bundle was not run"
    ),
]
"""Marks of a module whose tests need the browser."""
DESK, PHONE = 1440, 390
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATIENCE = 300_000
"""Milliseconds that a view may take to stand; the first islands and conflicts of a law take long."""


@dataclass
class Seen:
    """A page and what it did beside showing itself."""

    page: Any
    address: str
    expect: Any
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)

    def open(self, path: str) -> Any:
        """Go to a view and wait until it stands with everything it asks for."""
        self.page.goto(self.address + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        self.page.wait_for_selector("html[data-ready=true]")
        waiting = self.page.locator("main .skeleton:visible, [aria-busy=true]")
        self.expect(waiting).to_have_count(0, timeout=PATIENCE)

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.page.url).query)

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.page.url).path)

    def file(self, label: str) -> bytes:
        """Take a file from the export menu."""
        self.page.locator("main").get_by_role("button", name="Export").click()
        with self.page.expect_download() as waiting:
            self.page.locator("#exports").get_by_text(label, exact=True).click()
        return Path(waiting.value.path()).read_bytes()

    def table(self) -> list[list[str]]:
        """Take the CSV of the view."""
        return list(csv.reader(io.StringIO(self.file("CSV").decode("utf-8-sig"))))


def new_page(browser: Any, given: dict[str, Any], patience: int) -> Any:
    """Open a page of a width, colour scheme and locale that waits so many milliseconds for what it is asked."""
    context = browser.new_context(
        viewport={"width": given["width"], "height": 900},
        color_scheme=given["scheme"],
        locale=given["locale"],
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(patience)
    return page


def watched(browser: Any, address: str, request: pytest.FixtureRequest) -> Iterator[Seen]:
    """Yield a page; fail afterwards if it asked another host, met an error or complained."""
    given = {"width": DESK, "scheme": "light", "locale": "en-GB", **getattr(request, "param", {})}
    page = new_page(browser, given, 30_000)
    found = Seen(page, address, pytest.importorskip("playwright.sync_api").expect)
    page.on("console", lambda m: found.complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: found.complaints.append(str(e)))
    page.on(
        "request", lambda r: None if r.url.startswith("blob:") else found.hosts.add(urlsplit(r.url).netloc)
    )
    page.on("response", lambda r: found.failed.append(r.url) if r.status >= 400 else None)
    yield found
    page.context.close()
    assert found.hosts <= {urlsplit(address).netloc}
    if request.node.get_closest_marker("mistakes") is None:
        assert found.failed == []
        assert found.complaints == []


def too_much(seen: Seen, views: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the look of each view: headings, width, disclaimer, rules of access."""
    script = AXE.read_text(encoding="utf-8")
    for name, path in views.items():
        page = seen.open(path)
        if page.locator("h1").count() != 1:
            yield name, "not one heading of the first order"
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            yield name, "wider than the screen"
        if "not legal advice" not in page.locator("footer").inner_text():
            yield name, "no disclaimer"
        page.evaluate(script)
        options = {"runOnly": STANDARDS, "resultTypes": ["violations"]}
        found = page.evaluate("options => axe.run(document, options)", options)
        for broken in found["violations"]:
            yield name, f"{broken['id']}: {[n['html'][:160] for n in broken['nodes'][:3]]}"
