"""What every picture must hold: the same bytes, all its words, every place and status, nothing from outside."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from datarules import bundled
from datarules.errors import ConfigError, InputError
from datarules.pictures import chords, maps, matrix, network, places, sheet, timeline
from datarules.vocab import SCALE, Status

from . import examples
from .examples import HEADING, PICTURES

ROOT = Path(__file__).parent.parent.parent
SVG = "{http://www.w3.org/2000/svg}"
WITH_STATUSES = ("world map", "matrix", "timeline")


@cache
def drawn(name: str, form: Literal["svg", "png"] = "svg") -> bytes:
    return PICTURES[name](form)


def tree(name: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawn(name))


def words(name: str) -> set[str]:
    return {"".join(e.itertext()).strip() for e in tree(name).iter(SVG + "text")}


def notes(name: str) -> set[str]:
    return {e.text or "" for e in tree(name).iter(SVG + "title")}


def test_other_processes_draw_the_same_bytes() -> None:
    env = {
        **os.environ,
        "PYTHONHASHSEED": "7",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "TZ": "Asia/Tokyo",
    }
    command = [sys.executable, "-m", "tests.pictures.examples"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    mine = [
        f"{name} {form} {hashlib.sha256(drawn(name, form)).hexdigest()}"
        for name in PICTURES
        for form in ("svg", "png")
    ]
    assert done.stdout.splitlines() == mine


def test_settings_of_the_program_neither_matter_nor_change() -> None:
    import matplotlib

    with matplotlib.rc_context({"font.size": 20, "svg.fonttype": "path", "hatch.linewidth": 5}):
        again = PICTURES["timeline"]("svg")
        assert matplotlib.rcParams["svg.fonttype"] == "path"
    assert again == drawn("timeline")


@pytest.mark.parametrize("name", PICTURES)
def test_the_words_around_are_there_as_text(name: str) -> None:
    said = words(name)
    assert HEADING.title in said
    assert f"{HEADING.subject}  ·  as of {HEADING.day}" in said
    assert {HEADING.source, HEADING.version, HEADING.disclaimer} <= said


@pytest.mark.parametrize("name", PICTURES)
def test_title_and_description_are_there_for_those_who_do_not_see(name: str) -> None:
    root = tree(name)
    first, second = root[0], root[1]
    assert (first.tag, first.text) == (SVG + "title", HEADING.title)
    assert second.tag == SVG + "desc"
    assert HEADING.day in (second.text or "")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{first.get('id')} {second.get('id')}"


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_comes_from_outside(name: str) -> None:
    text = drawn(name).decode()
    assert "<!DOCTYPE" not in text
    assert not re.search(r"<(image|script|foreignObject|style[^>]*>[^<]*@import)", text)
    for element in tree(name).iter():
        for key, value in element.attrib.items():
            if key.endswith(("href", "src")):
                assert value.startswith("#")
            assert all(at.startswith("#") for at in re.findall(r"url\(\s*['\"]?([^)'\"]*)", value))


@pytest.mark.parametrize("name", PICTURES)
def test_names_within_the_picture_are_unique(name: str) -> None:
    ids = [e.get("id") for e in tree(name).iter() if e.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", PICTURES)
def test_the_png_has_the_size_of_the_svg(name: str) -> None:
    image = Image.open(io.BytesIO(drawn(name, "png")))
    root = tree(name)
    wanted = [float((root.get(k) or "").removesuffix("pt")) / 72 * sheet.DPI for k in ("width", "height")]
    assert image.format == "PNG"
    assert image.size == pytest.approx(wanted, abs=2)
    assert image.info["Title"] == HEADING.title
    assert "Software" not in image.info


@pytest.mark.parametrize("name", WITH_STATUSES)
def test_every_status_is_in_the_legend(name: str) -> None:
    assert {s.value for s in Status} <= words(name)


def test_every_place_of_a_world_map_appears() -> None:
    said, told = words("world map"), notes("world map")
    outlines = places.world().places
    for code, status in examples.STATUSES.items():
        place = outlines.get(code)
        on_the_map = place is not None and f"{place.name}: {status.value}" in told
        listed = any(w == code or w.startswith(f"{code} ") for w in said)
        assert on_the_map or listed, code
    assert "AE-DIFC a zone" in said


def test_small_places_have_a_ring_with_their_code() -> None:
    ids = {e.get("id") for e in tree("world map").iter()}
    small = [c for c, p in places.world().places.items() if p.area < 1000 and c != "AQ"]
    assert {"SG", "MT", "BM", "TV", "LI"} <= set(small)
    assert {f"note-ring-{c}" for c in small} <= ids
    assert set(small) <= words("world map")


def test_the_origin_is_said() -> None:
    assert "Singapore: origin" in notes("world map")
    to = maps.world_map(HEADING, {"DE": Status.FREE}, ["JP"], "svg", direction="to").decode()
    assert "Japan: destination" in to
    assert "Japan: origin" not in to


def test_islands_are_named_on_map_and_in_the_network() -> None:
    for name in ("island map", "network"):
        assert {"north", "east"} <= words(name)
        assert "3 members" in words(name)
    assert {"Austria: north", "United States of America: on no island", "Malta: on no island"} <= notes(
        "island map"
    )
    assert "Tuvalu: law not encoded" in notes("island map")


def test_every_jurisdiction_of_the_network_is_a_node() -> None:
    assert {"AT", "BE", "CH", "JP", "KR", "US", "AE-DIFC"} <= words("network")
    description = next(tree("network").iter(SVG + "desc")).text or ""
    assert "Hubs: CH." in description
    assert "Bridges: CH–JP." in description


def test_links_are_told_one_by_one() -> None:
    assert "Union → United States: contract (3)" in notes("chords")


def test_many_links_are_drawn_apart_by_mechanism() -> None:
    names = [f"node {i}" for i in range(10)]
    links = [chords.Link(a, b, kind, 1) for a in names for b in names if a != b for kind in ("x", "y")]
    text = chords.chord_diagram(HEADING, links, "svg").decode()
    assert len(re.findall(r">node 3</text>", text)) == 2


def test_the_timeline_lists_causes_by_number() -> None:
    said = words("timeline")
    assert {"1", "2000-07-26", "Decision 2000/520 & others", "2", "A coming act", "coming"} <= said
    assert {"A → B", "B → A", "best", "worst"} <= said


def grey_cells() -> Iterator[float]:
    """Yield the middle grey of a cell of each status, as the PNG of the matrix shows it."""
    grey = np.asarray(Image.open(io.BytesIO(drawn("matrix", "png"))).convert("L"), dtype=float)
    step = matrix.SIDE / len(examples.CODES)
    for i in range(len(examples.CODES)):
        column = (i + 4) % len(examples.CODES)
        top, left = sheet.TOP + matrix.ABOVE + i * step, sheet.MARGIN + matrix.LEFT + column * step
        box = [round(v * sheet.DPI) for v in (top + 0.1, top + step - 0.1, left + 0.1, left + step - 0.1)]
        yield float(np.median(grey[box[0] : box[1], box[2] : box[3]]))


def test_the_statuses_of_the_scale_darken_step_by_step_in_a_grey_print() -> None:
    shades = dict(zip(Status, grey_cells(), strict=True))
    steps = -np.diff([shades[s] for s in SCALE])
    assert steps.min() > 18


def test_a_square_of_270_jurisdictions_shows_every_code() -> None:
    codes = [f"{a}{b}" for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0"]
    rows = [[list(Status)[(i * j) % 9] for j in range(270)] for i in range(270)]
    text = matrix.matrix_map(HEADING, codes, rows, "svg").decode()
    assert all(text.count(f">{code}</text>") == 2 for code in codes)
    assert len(text) < 6_000_000


@pytest.mark.parametrize(
    ("draw", "place"),
    [
        (lambda: matrix.matrix_map(HEADING, ["AT"], [], "svg"), "statuses"),
        (lambda: chords.chord_diagram(HEADING, [], "svg"), "links"),
        (lambda: chords.chord_diagram(HEADING, [chords.Link("a", "a", "k", 1)], "svg"), "links"),
        (lambda: network.island_network(HEADING, {"AT": "x"}, [("AT", "BE")], "svg"), "edges"),
        (lambda: timeline.timeline(HEADING, [examples.BACK], "svg", last=date(1990, 1, 1)), "last"),
        (lambda: PICTURES["timeline"]("pdf"), "format"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(draw: object, place: str) -> None:
    with pytest.raises(InputError) as refused:
        draw()  # type: ignore[operator]
    assert refused.value.problems[0].place == place
    assert refused.value.problems[0].remedy


def test_without_outlines_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bundled, "geometry_place", lambda: tmp_path / "places.json")
    with pytest.raises(ConfigError, match="Run `make geometry`"):
        maps.world_map(HEADING, {"AT": Status.FREE}, ["BE"], "svg")


def test_the_example_of_the_readme_draws() -> None:
    blocks = re.findall(r"```py\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (example,) = (block for block in blocks if "datarules.pictures" in block)
    space: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), space)
    assert b"Canada: recognised" in space["picture"]  # type: ignore[operator]
