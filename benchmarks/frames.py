"""Frames of the explorer while it is used, and what Lighthouse says of its speed; in Debian's Chromium.

Frames: the map panned and zoomed, the time slider dragged, the matrix of every place panned, zoomed and pointed at,
beside the same movements of the mouse on an empty page in the same browser. A frame is the interval between two calls
of ``requestAnimationFrame``; it holds everything, the painting too, which here is done by the processor. What the
explorer itself is to blame for is the script of a frame: seconds spent in JavaScript (``ScriptDuration`` of the
protocol of the developer tools) by the number of frames.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from .http import served
from .measure import Row

PORT = 8137
WEB = Path(__file__).parent.parent / "web"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SCRIPT = 1 / 120
"""Most script of a frame in seconds: half of a frame at 60 a second."""
GOOD = 95
"""Least score of Lighthouse."""
VIEWS = ("/map/EU", "/pair/EU/US", "/jurisdiction/KE", "/matrix", "/islands", "/divide")
SIZE = {"width": 1440, "height": 900}
STEPS = 120
Move = Callable[[Any, dict[str, float], int], None]

START = """() => {
  window.frames_ = [];
  const next = (at) => { frames_.push(at); window.asked_ = requestAnimationFrame(next); };
  window.asked_ = requestAnimationFrame(next);
}"""
STOP = "() => { cancelAnimationFrame(asked_); return frames_; }"


def _round(page: Any, box: dict[str, float], steps: int) -> None:
    """Drag in circles."""
    x, y, r = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, min(box["width"], box["height"]) / 5
    page.mouse.move(x + r, y)
    page.mouse.down()
    for n in range(steps):
        page.mouse.move(x + r * math.cos(n / 8), y + r * math.sin(n / 8))
    page.mouse.up()


def _over(page: Any, box: dict[str, float], steps: int) -> None:
    """Point at one thing after another."""
    for n in range(steps):
        page.mouse.move(
            box["x"] + box["width"] * (0.1 + 0.8 * n / steps),
            box["y"] + box["height"] * (0.5 + 0.3 * math.sin(n / 9)),
        )


def _wheel(page: Any, box: dict[str, float], steps: int) -> None:
    """Zoom in and out again."""
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.keyboard.down("Control")
    for n in range(steps):
        page.mouse.wheel(0, -60 if n < steps / 2 else 60)
    page.keyboard.up("Control")


def _slide(page: Any, box: dict[str, float], steps: int) -> None:
    """Drag a slider from one end to the other."""
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 20, y)
    page.mouse.down()
    for n in range(steps):
        page.mouse.move(box["x"] + 20 + (box["width"] - 40) * n / steps, y)
    page.mouse.up()


STORIES: tuple[tuple[str, str, str, int, Move], ...] = (
    ("map, panned", "/map/EU", "main svg[role=application]", 3, _round),
    ("map, zoomed", "/map/EU", "main svg[role=application]", 0, _wheel),
    ("map, pointed at", "/map/EU", "main svg[role=application]", 0, _over),
    ("time slider, dragged", "/map/EU", "main input[type=range]", 0, _slide),
    ("matrix, panned", "/matrix", "main canvas", 4, _round),
    ("matrix, zoomed", "/matrix", "main canvas", 0, _wheel),
    ("matrix, pointed at", "/matrix", "main canvas", 0, _over),
)
"""Name, view, what is moved, how often the button to zoom in is pressed before, and the movement."""


def _measured(page: Any, protocol: Any, box: dict[str, float], move: Move, steps: int) -> dict[str, float]:
    """Return median and 95th percentile of a frame, and its script, in seconds."""

    def spent() -> float:
        told = protocol.send("Performance.getMetrics")["metrics"]
        return float(next(m["value"] for m in told if m["name"] == "ScriptDuration"))

    page.evaluate(START)
    before = spent()
    move(page, box, steps)
    after = spent()
    at = page.evaluate(STOP)
    frames = sorted((b - a) / 1000 for a, b in pairwise(at)) or [0.0]
    return {
        "median": median(frames),
        "late": frames[min(len(frames) - 1, int(0.95 * len(frames)))],
        "script": (after - before) / len(frames),
        "frames": len(frames),
    }


@contextmanager
def _page(browser: Any, address: str) -> Iterator[tuple[Any, Any]]:
    page = browser.new_page(viewport=SIZE)
    page.set_default_timeout(300_000)
    protocol = page.context.new_cdp_session(page)
    protocol.send("Performance.enable")
    page.goto(address)
    yield page, protocol
    page.close()


def _settle(page: Any, expect: Any) -> None:
    page.wait_for_selector("html[data-ready=true]")
    expect(page.locator("main .skeleton:visible, [aria-busy=true]")).to_have_count(0, timeout=300_000)


def frames(steps: int) -> Iterable[Row]:
    """Measure every story beside an empty page; ``steps`` movements each."""
    from playwright.sync_api import expect, sync_playwright

    with (
        served(["-m", "datarules", "serve", "--port", str(PORT)], PORT, "/health") as (address, _),
        sync_playwright() as started,
    ):
        browser = started.chromium.launch(executable_path=_browser(), args=ARGUMENTS)
        for name, path, what, zoomed, move in STORIES:
            with _page(browser, address + path) as (page, protocol):
                _settle(page, expect)
                for _ in range(zoomed):
                    page.locator("main .tools button").first.click()
                target = page.locator(what).first
                target.scroll_into_view_if_needed()
                page.wait_for_timeout(800)
                box = target.bounding_box()
                found = _measured(page, protocol, box, move, steps)
            with _page(browser, "about:blank") as (page, protocol):
                empty = _measured(page, protocol, box, move, steps)
            times = found["median"] / max(empty["median"], 1e-6)
            note = (
                f"95% under {found['late'] * 1e3:.0f} ms; {found['frames']:.0f} frames; an empty page "
                f"{empty['median'] * 1e3:.1f} ms, 95% under {empty['late'] * 1e3:.0f} ms: {times:.1f} times"
            )
            yield Row("frames", f"{name}: a frame", found["median"], "s", note=note)
            yield Row("frames", f"{name}: script of a frame", found["script"], "s", SCRIPT)
        browser.close()


def _browser() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise RuntimeError("Chromium is not installed (Debian package chromium).")
    return found


def lighthouse(runs: int) -> Iterable[Row]:
    """Let Lighthouse score the main views, each the best of some runs."""
    with served(["-m", "datarules", "serve", "--port", str(PORT)], PORT, "/health") as (address, _):
        done = subprocess.run(
            ["node", "lighthouse.mjs", address, *VIEWS],
            cwd=WEB,
            env={**os.environ, "CHROME_PATH": _browser(), "RUNS": str(runs)},
            capture_output=True,
            text=True,
            check=True,
        )
    for line in done.stdout.splitlines():
        told = json.loads(line)
        note = (
            f"first paint {told['first_paint_ms']} ms, largest {told['largest_paint_ms']} ms, blocked "
            f"{told['blocking_ms']} ms, shift {told['layout_shift']:.3f}, script {told['script_bytes'] / 1e3:.0f} kB; "
            f"processor slowed {told['slowdown']} times (BenchmarkIndex {told['benchmark_index']})"
        )
        for category, score in told["scores"].items():
            said = note if category == "performance" else ""
            yield Row("lighthouse", f"{told['path']}: {category}", score, "of 100", GOOD, True, said)
