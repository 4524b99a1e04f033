"""The page in a real browser: open, pick, read, follow the links; no error, no request to another host."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import uvicorn
from fastapi.testclient import TestClient

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = [pytest.mark.browser, pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed")]
WIDTHS = [390, 1440]
SCHEMES = ["light", "dark"]


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


@dataclass
class Seen:
    """What a page did beside showing itself."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, address: str) -> Any:
        self.page.goto(address)
        self.page.wait_for_selector("html[data-ready]")
        return self.page

    def settled(self) -> None:
        self.page.wait_for_selector("#answer[aria-busy=false]")


@pytest.fixture
def seen(browser: Any, request: pytest.FixtureRequest) -> Iterator[Seen]:
    width, scheme = getattr(request, "param", (1440, "light"))
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    found = Seen(page)
    page.on("console", lambda m: found.complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: found.complaints.append(str(e)))
    page.on("request", lambda r: found.requests.append(r.url))
    yield found
    page.close()


def test_a_person_asks_reads_and_finds_the_law(seen: Seen, address: str) -> None:
    page = seen.open(f"{address}/")
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_label("From", exact=True).fill("European Union (EU)")
    page.get_by_label("To", exact=True).fill("us")
    page.get_by_role("button", name="Ask").click()
    page.wait_for_selector("#status")
    assert page.locator("#status").inner_text().lower() == "safeguards"
    assert page.get_by_label("To", exact=True).input_value() == "United States (US)"
    hrefs = page.locator(".cites a").evaluate_all("links => links.map(a => a.href)")
    assert any("eur-lex.europa.eu" in h or "data.europa.eu" in h for h in hrefs)
    assert all(urlsplit(h).scheme in ("http", "https") for h in hrefs)
    assert "not legal advice" in page.locator("#answer").inner_text()
    assert {urlsplit(r).netloc for r in seen.requests} == {urlsplit(address).netloc}
    assert seen.complaints == []


def test_links_of_articles_are_those_of_the_api(seen: Seen, address: str, client: TestClient) -> None:
    page = seen.open(f"{address}/?origin=EU&destination=US")
    answer = client.get("/v1/check?origin=EU&destination=US").json()
    official = {
        c["address"]
        for part in ("routes", "obstacles", "overlays")
        for one in answer[part]
        for c in one["citations"]
    }
    official |= {c["address"] for r in answer["routes"] for e in r["entries"] for c in e["citations"]}
    official |= {
        c["address"]
        for one in answer["conflicts"]
        for n in [*one["norms"], one["by"]]
        if n
        for c in n["citations"]
    }
    shown = set(page.locator(".cites a").evaluate_all("links => links.map(a => a.getAttribute('href'))"))
    assert shown and shown <= official


def test_the_address_restores_the_question(seen: Seen, address: str) -> None:
    page = seen.open(
        f"{address}/?origin=EU&destination=US&as_of=2015-10-07&data=health&fact=consent=no&open=true"
    )
    assert page.locator("#as_of").input_value() == "2015-10-07"
    assert page.locator("#data").input_value() == "health"
    assert page.locator("#open").is_checked()
    assert "2015-10-07" in page.locator(".headline").inner_text()
    assert parse_qs(urlsplit(page.url).query)["fact"] == ["consent=no"]
    page.locator("#as_of").fill("2015-10-05")
    page.wait_for_url("**as_of=2015-10-05**")
    page.locator(".headline", has_text="2015-10-05").wait_for()
    page.go_back()
    page.locator(".headline", has_text="2015-10-07").wait_for()


def test_a_deciding_fact_asks_again(seen: Seen, address: str) -> None:
    page = seen.open(f"{address}/?origin=EU&destination=US")
    fact = page.locator(".turns .fact", has_text="Data Privacy Framework")
    fact.get_by_role("button", name="Yes").press("Enter")
    page.locator("#status", has_text="recognised").wait_for()
    assert "recipient-dpf-certified=yes" in parse_qs(urlsplit(page.url).query)["fact"]
    pressed = page.locator(".turns .fact", has_text="Data Privacy Framework").locator("[aria-pressed=true]")
    assert pressed.inner_text() == "Yes"


def test_swapping_turns_the_question_round(seen: Seen, address: str) -> None:
    page = seen.open(f"{address}/?origin=EU&destination=GB")
    page.get_by_role("button", name="Swap from and to").click()
    page.wait_for_url("**origin=GB&destination=EU**")
    seen.settled()
    assert page.get_by_label("From", exact=True).input_value().endswith("(GB)")


def test_a_period_of_the_history_asks_about_its_first_day(seen: Seen, address: str) -> None:
    page = seen.open(f"{address}/?origin=EU&destination=US")
    period = page.locator(".strip button").first
    day = period.get_attribute("aria-label").split(" ")[0]
    period.click()
    page.wait_for_url(f"**as_of={day}**")
    page.locator(".headline", has_text=day).wait_for()


def test_mistakes_stand_beside_the_field(seen: Seen, address: str) -> None:
    page = seen.open(f"{address}/?origin=Frnce&destination=US")
    assert "France" in page.locator("#origin-error").inner_text()
    assert page.locator("#origin").get_attribute("aria-invalid") == "true"
    assert page.locator("#status").count() == 0
    page.get_by_label("From", exact=True).fill("France (FR)")
    page.get_by_role("button", name="Ask").click()
    page.wait_for_selector("#status")
    assert not page.locator("#origin-error").is_visible()


def test_unknown_is_an_answer_of_its_own(seen: Seen, address: str) -> None:
    page = seen.open(f"{address}/?origin=AI&destination=US")
    assert page.locator("#status").inner_text().lower() == "unknown"
    text = page.locator("#answer").inner_text()
    assert "Silence is not permission" in text
    assert "Law encoded so far" in text


def test_a_form_can_be_filled_with_the_keyboard_alone(seen: Seen, address: str) -> None:
    page = seen.open(f"{address}/")
    page.locator("#origin").focus()
    page.keyboard.type("DE")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "swap"
    page.keyboard.press("Tab")
    page.keyboard.type("KR")
    page.keyboard.press("Enter")
    page.wait_for_selector("#status")
    assert parse_qs(urlsplit(page.url).query)["origin"] == ["DE"]


CONTRAST = """() => {
  const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const found = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !node.checkVisibility() || node.tagName === 'OPTION' || node.tagName === 'NOSCRIPT') continue;
    let back = node, paint = [0, 0, 0, 0];
    while (back) { paint = parse(getComputedStyle(back).backgroundColor); if (paint.length < 4 || paint[3] > 0) break; back = back.parentElement; }
    const [a, b] = [light(parse(getComputedStyle(node).color).slice(0, 3)), light(paint.slice(0, 3))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found.push(`${node.tagName}.${node.className}: ${ratio.toFixed(2)} ${node.textContent.trim().slice(0, 30)}`);
  }
  return found;
}"""


@pytest.mark.parametrize(
    "seen", [(w, s) for w in WIDTHS for s in SCHEMES], indirect=True, ids=lambda p: f"{p[0]}-{p[1]}"
)
@pytest.mark.parametrize("query", ["", "?origin=CN&destination=US", "?origin=AI&destination=US"])
def test_the_page_fits_and_can_be_read(seen: Seen, address: str, query: str) -> None:
    page = seen.open(f"{address}/{query}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CONTRAST) == []
    unnamed = "nodes => nodes.filter(n => n.checkVisibility() && !n.labels?.length && !n.ariaLabel && !n.getAttribute('aria-labelledby') && !n.textContent.trim()).length"
    assert page.locator("input, select, button, a").evaluate_all(unnamed) == 0
    assert page.evaluate(
        "new Set([...document.querySelectorAll('[id]')].map(n => n.id)).size === document.querySelectorAll('[id]').length"
    )
    assert seen.complaints == []


def test_on_paper_the_answer_stands_alone(seen: Seen, address: str) -> None:
    page = seen.open(f"{address}/?origin=EU&destination=US")
    page.emulate_media(media="print")
    assert not page.locator("#question").is_visible()
    assert page.locator("#status").is_visible()
    assert "http" in page.locator(".cites a").first.evaluate("a => getComputedStyle(a, '::after').content")
