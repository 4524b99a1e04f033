"""Snapshots of the main views: how they look, small, and where their parts stand.

A picture pixel by pixel holds for one machine and its fonts only. What is kept are thumbnails, a tenth of the size, in
which a letter is less than a pixel, compared with tolerance; and, of the parts that make a view, where they begin and
how wide they are, to 8 pixels. Heights are not kept: they follow from how a font breaks lines. Beside them stands what
holds with any font: no part outside the screen, no two parts in one place, no text cut off.

The answers of the API are kept with the pictures, and the clock stands, so that an edit of the law changes nothing here.
``make snapshots`` makes all anew; look at the pictures before you commit them.
"""

from __future__ import annotations

import gzip
import io
import json
import os
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image, ImageChops, ImageStat

from .browsing import DESK, MARKS, PATIENCE, PHONE, new_page
from .conftest import TODAY

pytestmark = MARKS
FOLDER = Path(__file__).parent / "snapshots"
ANSWERS, BOXES = FOLDER / "answers.json.gz", FOLDER / "boxes.json"
RENEW = os.environ.get("DATARULES_SNAPSHOTS") == "renew"
VIEWS = {
    "map": "/map/EU",
    "pair": "/pair/EU/US",
    "jurisdiction": "/jurisdiction/KE",
    "matrix": "/matrix",
    "islands": "/islands",
    "divide": "/divide",
}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"width": DESK, "scheme": "light", "locale": "en-GB"},
    "dark": {"width": DESK, "scheme": "dark", "locale": "en-GB"},
    "phone": {"width": PHONE, "scheme": "light", "locale": "en-GB"},
    "arabic": {"width": DESK, "scheme": "light", "locale": "ar-EG"},
}
SMALLER = 10
STEP = 8
"""Pixels to which places are kept."""
FAR = 0.035
"""Most that two thumbnails may differ on average: 1 is white beside black."""
OTHER = 0.09
"""Most of their pixels that may differ by more than an eighth."""

PARTS = """names => names.flatMap((name) =>
  [...document.querySelectorAll(name)].filter((e) => e.checkVisibility()).slice(0, 6).map((e) => {
    const box = e.getBoundingClientRect();
    return { name, x: box.x, width: box.width, top: box.top + scrollY, height: box.height };
  }))"""
NAMES = ["header", "header nav", "header form", "search.bar", "main", "main h1", "main figure", "main canvas"]
NAMES += ["main svg[role=application]", "main .panel", "main > div > section", "main [role=region]", "footer"]
FREE = ("header nav", "header form", "main h1")
"""Parts that lie as words let them: that they are there is kept, not where."""
APART = ("header", "search.bar", "main", "footer")
"""Parts that stand one below the other."""
CLIPPED = """() => [...document.querySelectorAll("main *, header *, footer *")].filter((e) => {
  const style = getComputedStyle(e);
  if (!e.checkVisibility() || !e.innerText?.trim() || e.matches(".sr, .sr *, svg *, select, option")) return false;
  return style.overflowX === "hidden" && e.scrollWidth > e.clientWidth + 1;
}).map((e) => e.outerHTML.slice(0, 120))"""


LETTERS = """() => ["--sans", "--serif"].map((name) => {
  const context = document.createElement("canvas").getContext("2d");
  context.font = `16px ${getComputedStyle(document.documentElement).getPropertyValue(name)}`;
  return Math.round(context.measureText("Where data may go from one place to another").width);
})"""


def key(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


@pytest.fixture(scope="module")
def answers() -> Iterator[dict[str, str]]:
    """Answers of the API by address; written where they are made anew."""
    known = json.loads(gzip.decompress(ANSWERS.read_bytes())) if ANSWERS.is_file() and not RENEW else {}
    yield known
    if RENEW:
        text = json.dumps(dict(sorted(known.items())), ensure_ascii=False).encode()
        ANSWERS.write_bytes(gzip.compress(text, 9, mtime=0))


@pytest.fixture(scope="module")
def boxes() -> Iterator[dict[str, Any]]:
    """Where parts stand, by view and look; written where they are made anew."""
    known = json.loads(BOXES.read_text(encoding="utf-8")) if BOXES.is_file() and not RENEW else {}
    yield known
    if RENEW:
        lines = [f"{json.dumps(name)}: {json.dumps(known[name])}" for name in sorted(known)]
        BOXES.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


@pytest.fixture
def shown(browser: Any, live: str, answers: dict[str, str], view: str, look: str) -> Iterator[Any]:
    """A view that stands, on the answers kept."""
    page = new_page(browser, LOOKS[look], PATIENCE)
    page.clock.set_fixed_time(datetime(TODAY.year, TODAY.month, TODAY.day, 12))
    missing = []

    def answer(route: Any) -> None:
        name = key(route.request.url)
        if RENEW and name not in answers:
            answers[name] = route.fetch(headers={"accept": "application/json"}, timeout=600_000).text()
        if name not in answers:
            missing.append(name)
            route.fulfill(status=404, body="{}")
            return
        route.fulfill(status=200, content_type="application/json", body=answers[name])

    page.route(lambda address: urlsplit(address).path.startswith(("/v1/", "/version")), answer)
    page.goto(live + VIEWS[view])
    page.wait_for_selector("html[data-ready=true]")
    expect = pytest.importorskip("playwright.sync_api").expect
    expect(page.locator("main .skeleton:visible, [aria-busy=true]")).to_have_count(0, timeout=PATIENCE)
    yield page
    page.context.close()
    assert missing == [], "no answer is kept: make snapshots"


def thumbnail(page: Any) -> Image.Image:
    """Return the first screen, small."""
    whole = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    size = (whole.width // SMALLER, whole.height // SMALLER)
    return whole.resize(size, Image.Resampling.BOX)


def difference(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """Return by how much two pictures differ on average, and the share of pixels that differ much."""
    apart = ImageChops.difference(one, other).convert("L")
    much = apart.point(lambda value: 255 if value > 32 else 0)
    return ImageStat.Stat(apart).mean[0] / 255, ImageStat.Stat(much).mean[0] / 255


def rounded(parts: list[dict[str, Any]]) -> list[list[Any]]:
    """Return name, beginning and width of parts, to `STEP` pixels."""
    kept = [(p["name"], p["x"], p["width"]) if p["name"] not in FREE else (p["name"], 0, 0) for p in parts]
    return [[name, round(x / STEP) * STEP, round(width / STEP) * STEP] for name, x, width in kept]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_looks_as_it_did(shown: Any, boxes: dict[str, Any], view: str, look: str) -> None:
    name = f"{view}-{look}"
    parts = shown.evaluate(PARTS, NAMES)
    wide = LOOKS[look]["width"]
    assert [p for p in parts if p["x"] < -1 or p["x"] + p["width"] > wide + 1] == []
    stacked = [next(p for p in parts if p["name"] == n) for n in APART if any(p["name"] == n for p in parts)]
    for above, below in pairwise(stacked):
        assert above["top"] + above["height"] <= below["top"] + 1, (above, below)
    assert shown.evaluate(CLIPPED) == []
    shown.mouse.move(0, 0)
    small = thumbnail(shown)
    file = FOLDER / f"{name}.png"
    if RENEW:
        small.quantize(64).save(file, optimize=True)
        boxes[name] = rounded(parts)
        boxes["letters"] = shown.evaluate(LETTERS)
        return
    kept = boxes[name]
    assert [p[0] for p in rounded(parts)] == [p[0] for p in kept]
    moved = [
        (a, b)
        for a, b in zip(rounded(parts), kept, strict=True)
        if abs(a[1] - b[1]) + abs(a[2] - b[2]) > STEP
    ]
    assert moved == []
    letters = zip(shown.evaluate(LETTERS), boxes["letters"], strict=True)
    if look in ("phone", "arabic") and any(abs(here - there) > 0.02 * there for here, there in letters):
        return
    far, other = difference(small, Image.open(file).convert("RGB"))
    assert far <= FAR and other <= OTHER, f"looks otherwise than {file.name}: {far:.3f}, {other:.3f}"


def test_the_measure_tells_views_apart() -> None:
    """Two views, or two looks of one, are further apart than the tolerance: else it would hold for anything."""
    kept = {file.stem: Image.open(file).convert("RGB") for file in sorted(FOLDER.glob("*.png"))}
    assert set(kept) == {f"{view}-{look}" for view in VIEWS for look in LOOKS}
    for one in VIEWS:
        for two in VIEWS:
            far, other = difference(kept[f"{one}-light"], kept[f"{two}-light"])
            assert one == two or far > FAR or other > OTHER, (one, two, far, other)
        assert difference(kept[f"{one}-light"], kept[f"{one}-dark"])[0] > FAR
        assert difference(kept[f"{one}-light"], kept[f"{one}-arabic"])[1] > 0
