"""Outlines: projected true to area, complete, built to the same bytes, without what is not theirs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from datarules import bundled
from datarules.errors import ConfigError
from datarules.pictures import geometry, ground, places
from datarules.pictures.projection import equal_earth, ring_area

ROOT = Path(__file__).parent.parent.parent
WEB = ROOT / "web"


@pytest.mark.parametrize(("south", "north"), [(0, 10), (35, 45), (60, 80), (-55, -50)])
def test_the_projection_keeps_areas(south: float, north: float) -> None:
    lat = np.linspace(south, north, 400)
    lon = np.concatenate([np.full(400, 100.0), np.full(400, 120.0), [100.0]])
    area = abs(ring_area(*equal_earth(lon, np.concatenate([lat, lat[::-1], lat[:1]]))))
    sphere = np.radians(20) * (np.sin(np.radians(north)) - np.sin(np.radians(south)))
    assert area == pytest.approx(sphere, rel=1e-3)


def test_the_projection_has_the_extent_of_its_paper() -> None:
    x, _ = equal_earth(180.0, 0.0)
    _, y = equal_earth(0.0, 90.0)
    assert x / y == pytest.approx(2.05458, rel=1e-4)


def test_the_outlines_are_built_to_the_same_bytes() -> None:
    assert geometry.build(WEB) == bundled.geometry_file().read_text(encoding="utf-8")


def test_every_place_of_the_code_table_has_an_outline() -> None:
    codes = json.loads((WEB / geometry.CODES).read_text(encoding="utf-8"))
    aliases = json.loads((WEB / geometry.ALIASES).read_text(encoding="utf-8"))
    table = geometry.two_letter(codes, aliases)
    wanted = {code for number, code in table.items() if int(number) < 900}
    assert len(wanted) == 249
    assert wanted <= set(places.world().places)


def test_areas_and_label_points_are_those_of_the_places() -> None:
    known = {"BR": 8.5e6, "FR": 5.5e5, "GF": 8.4e4, "RU": 1.69e7, "SG": 720.0, "SJ": 6.1e4, "NZ": 2.68e5}
    rows = json.loads(bundled.geometry_file().read_text(encoding="utf-8"))["places"]
    for code, area in known.items():
        assert rows[code]["area"] == pytest.approx(area, rel=0.7 if area < 1000 else 0.04), code
    for code, place in places.world().places.items():
        if place.area > 20_000 and code != "AQ":
            assert place.outline.contains_point(place.point), code


def test_nothing_runs_across_the_map() -> None:
    for code, place in places.world().places.items():
        if code != "AQ":
            x = np.asarray(place.outline.vertices)[:, 0]
            steps = np.abs(np.diff(x))[np.asarray(place.outline.codes)[1:] == place.outline.LINETO]
            assert steps.max(initial=0) < 0.5, code


def test_the_licences_travel_with_the_outlines() -> None:
    licences = json.loads(bundled.geometry_file().read_text(encoding="utf-8"))["licences"]
    assert "Bostock" in licences["world-atlas"]
    assert "UNICODE" in licences["cldr-core"].upper()


def test_outlines_alone_do_not_pass_for_a_bundle_with_law() -> None:
    assert bundled.geometry_file().parent.parent.name == "bundle"
    assert bundled.root() == ROOT


def test_without_the_packages_the_remedy_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="make geometry"):
        geometry.build(tmp_path)


def test_simplifying_keeps_ends_and_large_corners() -> None:
    line = np.array([[0, 0], [1, 0.001], [2, 0], [3, 8], [4, 0], [5, 0]], dtype=float)
    kept = geometry.simplify(line, fine=1e-3)
    assert kept[0].tolist() == [0, 0]
    assert kept[-1].tolist() == [5, 0]
    assert [3, 8] in kept.tolist()
    assert [1, 0.001] not in kept.tolist()


def test_rings_are_moved_apart_and_stay_near() -> None:
    crowd = np.array([[0.0, 0.0], [0.01, 0.0], [0.0, 0.01], [5.0, 5.0]])
    moved = ground.spread(crowd, 1.0, np.array([[0.2, 0.2]]))
    gaps = np.hypot(*(moved[:, None] - moved[None]).transpose(2, 0, 1)) + np.eye(4) * 9
    assert gaps.min() > 0.9
    assert np.hypot(*(moved - crowd).T).max() < 2
    assert moved[3] == pytest.approx(crowd[3], abs=0.01)


def test_nothing_of_the_atlas_is_kept_in_the_repository() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"node_modules/", "src/datarules/bundle/"} <= set(ignored)
    lock = (WEB / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') >= 2
