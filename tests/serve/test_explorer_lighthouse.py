"""Lighthouse over the explorer: accessibility and best practices by score, performance by what no machine sways.

The score of performance depends on how busy the machine is, even where the processor is slowed to measure; it is
measured by ``python -m benchmarks lighthouse``. Here stands what makes it: bytes, requests, layout shift.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .browsing import BROWSER, MARKS

WEB = Path(__file__).parent.parent.parent / "web"
NODE = shutil.which("node")
VIEWS = ("/map/EU", "/pair/EU/US", "/matrix")
GOOD = 95
SCRIPT = 120_000
"""Most bytes of compressed script of a first view."""
REQUESTS = 26
SHIFT = 0.1
"""Most layout shift; Lighthouse calls this good."""
pytestmark = [*MARKS, pytest.mark.skipif(NODE is None, reason="Node is not installed")]


@pytest.fixture(scope="module")
def reports(live: str) -> dict[str, dict[str, Any]]:
    """What Lighthouse says of each view."""
    assert NODE is not None and BROWSER is not None
    done = subprocess.run(
        [NODE, "lighthouse.mjs", live, *VIEWS],
        cwd=WEB,
        env={**os.environ, "CHROME_PATH": BROWSER},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {one["path"]: one for one in found}


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_accessible_and_well_made(reports: dict[str, dict[str, Any]], view: str) -> None:
    report = reports[view]
    assert not report["error"]
    wrong = [one for one in report["failed"] if one["category"] != "performance"]
    assert report["scores"]["accessibility"] >= GOOD, wrong
    assert report["scores"]["best-practices"] >= GOOD, wrong


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_comes_quickly(reports: dict[str, dict[str, Any]], view: str) -> None:
    report = reports[view]
    assert report["script_bytes"] <= SCRIPT
    assert report["requests"] <= REQUESTS
    assert report["layout_shift"] <= SHIFT
    assert report["blocking_scripts"] == []
