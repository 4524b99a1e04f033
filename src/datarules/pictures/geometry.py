"""Builds the outlines of places: ``python -m datarules.pictures.geometry web``, or ``make geometry``.

Reads, below ``web/node_modules``, the TopoJSON of ``world-atlas`` (ISC; the shapes are Natural Earth, public
domain) and the code table of ``cldr-core`` (Unicode licence), and ``web/places.json`` beside them. Writes one
JSON file, the same bytes each time:

``places``: by code, ``name``, ``area`` (square kilometres), ``label`` (longitude, latitude of a point well
inside the largest part), ``rings`` (closed rings); ``disputed``: rings without a code, as Natural Earth has
them; ``coasts`` and ``borders``: open lines, each drawn once; ``licences``. A ring or line is one flat list
of whole numbers, ``x, y, dx, dy, dx, dy …``, in steps of ``step`` degrees. Longitudes run on where an outline
crosses 180 degrees.

TopoJSON: https://github.com/topojson/topojson-specification (arcs, quantisation, negative indices).
"""

from __future__ import annotations

import heapq
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .. import bundled
from ..errors import ConfigError
from .projection import EARTH_KM, MIDDLE, Floats, around_middle, equal_earth, ring_area

PACKAGES = ("world-atlas", "cldr-core")
"""What the outlines are made from; their licences travel with them."""
STEP = 0.01
"""Smallest step of the outlines, in degrees."""
FINE = 4e-6
"""Corners that span a smaller triangle are left out, in square radii: about 160 km², a dot in print."""
ATLAS = "node_modules/world-atlas/countries-{}.json"
CODES = "node_modules/cldr-core/supplemental/codeMappings.json"
ALIASES = "node_modules/cldr-core/supplemental/aliases.json"


def simplify(line: Floats, fine: float = FINE) -> Floats:
    """Leave out the corners of a line that span the smallest triangles, keeping its ends.

    M. Visvalingam, J. D. Whyatt, "Line generalisation by repeated elimination of points", The Cartographic
    Journal 30(1), 1993. Lines that close keep at least four points.

    Args:
        line: longitudes and latitudes, shape (n, 2).
        fine: triangles below this area go, in square radii.
    """
    count = len(line)
    least = 4 if count > 3 and np.array_equal(line[0], line[-1]) else 2
    x, y = equal_earth(line[:, 0], line[:, 1])
    before, after, area = list(range(-1, count - 1)), list(range(1, count + 1)), [np.inf] * count

    def spanned(i: int) -> float:
        a, b = before[i], after[i]
        return float(abs((x[i] - x[a]) * (y[b] - y[a]) - (x[b] - x[a]) * (y[i] - y[a]))) / 2

    heap = []
    for i in range(1, count - 1):
        area[i] = spanned(i)
        heap.append((area[i], i))
    heapq.heapify(heap)
    kept = [True] * count
    left = count
    while heap and left > least:
        size, i = heapq.heappop(heap)
        if size >= fine:
            break
        if not kept[i] or size != area[i]:
            continue
        kept[i], left = False, left - 1
        a, b = before[i], after[i]
        after[a], before[b] = b, a
        for j in (a, b):
            if 0 < j < count - 1:
                area[j] = max(size, spanned(j))
                heapq.heappush(heap, (area[j], j))
    return np.compress(kept, line, axis=0)


def unrolled(line: Floats) -> Floats:
    """Return a line without jumps of 360 degrees, its middle on the map (see `projection.MIDDLE`)."""
    longitude = np.unwrap(line[:, 0], period=360)
    turns = np.floor((longitude.mean() - MIDDLE + 180) / 360)
    return np.stack([longitude - 360 * turns, line[:, 1]], axis=-1)


class Atlas:
    """A decoded TopoJSON file: its arcs in degrees, simplified, and its shapes."""

    def __init__(self, topology: Mapping[str, Any]) -> None:
        scale, shift = (np.array(topology["transform"][k]) for k in ("scale", "translate"))
        self.arcs = [
            simplify(unrolled(np.cumsum(np.array(arc), axis=0) * scale + shift)) for arc in topology["arcs"]
        ]
        self.shapes: list[Mapping[str, Any]] = topology["objects"]["countries"]["geometries"]

    def line(self, arcs: Sequence[int]) -> Floats:
        """Return arcs joined end to end; a negative number is an arc read backwards."""
        parts = [self.arcs[i] if i >= 0 else self.arcs[~i][::-1] for i in arcs]
        return unrolled(np.concatenate([parts[0], *(part[1:] for part in parts[1:])]))

    def ring(self, arcs: Sequence[int]) -> Floats:
        """Return a closed ring; one that runs around a pole is closed there."""
        line = self.line(arcs)
        turn = abs(line[-1, 0] - line[0, 0])
        if turn < 180:
            return line
        pole = float(np.copysign(90, line[:, 1].mean()))
        return np.concatenate([line, [[line[-1, 0], pole], [line[0, 0], pole]], line[:1]])

    def polygons(self, shape: Mapping[str, Any]) -> Iterator[list[Sequence[int]]]:
        """Yield each polygon of a shape as its rings, each a list of arc numbers."""
        yield from [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]


def two_letter(codes: Mapping[str, Any], aliases: Mapping[str, Any]) -> dict[str, str]:
    """Return ISO 3166-1 numeric → alpha-2 from the code table of CLDR, without withdrawn codes."""
    withdrawn = aliases["supplemental"]["metadata"]["alias"]["territoryAlias"]
    table = codes["supplemental"]["codeMappings"].items()
    return {
        row["_numeric"]: alpha
        for alpha, row in table
        if len(alpha) == 2 and "_numeric" in row and alpha not in withdrawn
    }


def _owner(shape: Mapping[str, Any], middle: Floats, iso: Mapping[str, str], hand: Mapping[str, Any]) -> str:
    """Return the code of one polygon of a shape; nothing where the atlas gives it none."""
    name = shape["properties"]["name"]
    for code, part in hand["within"].items():
        if part["of"] == name and any(
            w <= middle[0] <= e and s <= middle[1] <= n for w, s, e, n in part["boxes"]
        ):
            return str(code)
    return str(iso.get(shape.get("id", ""), "") or hand["named"].get(name, ""))


def inner_point(ring: Floats) -> list[float]:
    """Return a point well inside a ring: of a grid over it, the one farthest from its border, in degrees.

    Args:
        ring: longitudes and latitudes, shape (n, 2), closed.
    """
    from matplotlib.path import Path as Outline

    low, high = ring.min(axis=0), ring.max(axis=0)
    axes = [np.linspace(a, b, 42)[1:-1] for a, b in zip(low, high, strict=True)]
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    inside = grid[Outline(ring).contains_points(grid)]
    if not len(inside):
        return [round(float(v), 2) for v in ring[:-1].mean(axis=0)]
    narrow = np.array([np.cos(np.radians(ring[:, 1].mean())), 1.0])
    a, b, p = ring[:-1] * narrow, ring[1:] * narrow, inside[:, None, :] * narrow
    along = b - a
    length = np.maximum((along**2).sum(-1), 1e-12)
    t = np.clip(((p - a) * along).sum(-1) / length, 0, 1)
    distance = (((a + t[..., None] * along) - p) ** 2).sum(-1).min(axis=1)
    return [round(float(v), 2) for v in inside[int(np.argmax(distance))]]


def _flat(line: Floats) -> list[int]:
    steps = np.round(line / STEP).astype(int)
    return [int(v) for v in np.concatenate([steps[:1], np.diff(steps, axis=0)]).ravel()]


def _area(ring: Floats) -> float:
    return abs(ring_area(*equal_earth(ring[:, 0], ring[:, 1]))) * EARTH_KM**2


def _gather(
    atlas: Atlas, iso: Mapping[str, str], hand: Mapping[str, Any]
) -> tuple[dict[str, dict[str, Any]], dict[str, list[list[Sequence[int]]]]]:
    """Return the record of each code, and the polygons (as arcs) of each code."""
    parts: dict[str, list[list[Sequence[int]]]] = {}
    names: dict[str, str] = {}
    for shape in atlas.shapes:
        for polygon in atlas.polygons(shape):
            middle = atlas.line(polygon[0])[:-1].mean(axis=0)
            middle[0] = around_middle(middle[0], 0)
            code = _owner(shape, middle, iso, hand)
            parts.setdefault(code, []).append(polygon)
            names.setdefault(code, shape["properties"]["name"])
    places = {}
    for code in sorted(parts):
        rings = [[atlas.ring(r) for r in polygon] for polygon in parts[code]]
        # The outer ring comes first, save for an outline around a pole.
        rings = [sorted(polygon, key=_area, reverse=True) for polygon in rings]
        sizes = [_area(outer) - sum(map(_area, holes)) for outer, *holes in rings]
        places[code] = {
            "name": names[code],
            "area": round(sum(sizes), 1),
            "label": inner_point(rings[int(np.argmax(sizes))][0]),
            "rings": [_flat(ring) for one in rings for ring in one],
        }
    return places, parts


def _lines(
    atlas: Atlas, parts: Mapping[str, list[list[Sequence[int]]]]
) -> tuple[list[list[int]], list[list[int]]]:
    """Return coasts (arcs of one place) and borders (arcs of two)."""
    users: dict[int, list[str]] = {}
    for code, polygons in parts.items():
        for polygon in polygons:
            for ring in polygon:
                for arc in ring:
                    users.setdefault(arc if arc >= 0 else ~arc, []).append(code)
    coasts = [_flat(atlas.arcs[n]) for n in sorted(users) if len(users[n]) == 1]
    borders = [_flat(atlas.arcs[n]) for n in sorted(users) if len(set(users[n])) > 1]
    return coasts, borders


def build(web: Path) -> str:
    """Return the outlines as JSON text.

    Args:
        web: the folder with ``places.json`` and ``node_modules``.

    Raises:
        ConfigError: a package is not installed there.
    """
    texts = []
    for name in ("places.json", CODES, ALIASES, ATLAS.format("50m"), ATLAS.format("10m")):
        if not (web / name).is_file():
            raise ConfigError.single("geometry", web / name, "This file is missing.", "Run `make geometry`.")
        texts.append(json.loads((web / name).read_text(encoding="utf-8")))
    hand, codes, aliases, middle, large = texts
    iso = two_letter(codes, aliases)
    atlas = Atlas(middle)
    places, parts = _gather(atlas, iso, hand)
    coasts, borders = _lines(atlas, parts)
    disputed = places.pop("", {"rings": []})["rings"]
    finer = Atlas(large)
    others, finer_parts = _gather(finer, iso, hand)
    for code in sorted(set(others) - set(places) - {""}):
        places[code] = others[code]
        coasts += _lines(finer, {code: finer_parts[code]})[0]
    document = {
        "source": "Natural Earth (public domain), from world-atlas",
        "licences": {n: (web / "node_modules" / n / "LICENSE").read_text(encoding="utf-8") for n in PACKAGES},
        "step": STEP,
        "places": dict(sorted(places.items())),
        "disputed": disputed,
        "coasts": coasts,
        "borders": borders,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Build from the folder given and write where `bundled.geometry_file` looks."""
    target = bundled.geometry_place()
    text = build(Path(arguments[0]))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
