"""The outlines of places, projected and ready to draw."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from matplotlib.path import Path as Outline

from .. import bundled
from .projection import Floats, around_middle, equal_earth


@dataclass(frozen=True, slots=True)
class Place:
    """One place with a code.

    Attributes:
        name: as the atlas writes it.
        area: square kilometres.
        point: x and y of a point well inside, on the plane of the map.
        latitude: of that point, degrees.
        outline: all its rings as one path, on the plane of the map.
    """

    name: str
    area: float
    point: tuple[float, float]
    latitude: float
    outline: Outline


@dataclass(frozen=True, slots=True)
class World:
    """Every place by code, what has no code, and the lines between and around them."""

    places: dict[str, Place]
    disputed: Outline
    coasts: Outline
    borders: Outline
    source: str


def _path(lines: Sequence[Sequence[int]], step: float, closed: bool) -> Outline:
    """Return lines of the file as one path on the plane; rings closed, lines open."""
    corners, codes = [np.empty((0, 2))], [np.empty(0, dtype=np.uint8)]
    for flat in lines:
        degrees = np.cumsum(np.array(flat).reshape(-1, 2), axis=0) * step
        corners.append(project(degrees))
        kind = np.full(len(degrees), Outline.LINETO, dtype=np.uint8)
        kind[0] = Outline.MOVETO
        if closed:
            kind[-1] = Outline.CLOSEPOLY
        codes.append(kind)
    return Outline(np.concatenate(corners), np.concatenate(codes))


def project(degrees: Floats) -> Floats:
    """Project outlines that run on across 180 degrees; shape (n, 2) to (n, 2)."""
    shift = around_middle(degrees[:, 0].mean()) - degrees[:, 0].mean()
    return np.stack(equal_earth(degrees[:, 0] + shift, degrees[:, 1]), axis=-1)


@lru_cache(maxsize=2)
def read(file: Path) -> World:
    """Read the outlines that `datarules.pictures.geometry` wrote."""
    document = json.loads(file.read_text(encoding="utf-8"))
    step = document["step"]
    places = {}
    for code, row in document["places"].items():
        x, y = equal_earth(around_middle(row["label"][0]), row["label"][1])
        outline = _path(row["rings"], step, True)
        places[code] = Place(row["name"], row["area"], (float(x), float(y)), row["label"][1], outline)
    return World(
        places,
        _path(document["disputed"], step, True),
        _path(document["coasts"], step, False),
        _path(document["borders"], step, False),
        document["source"],
    )


def world() -> World:
    """Return the outlines of the installation.

    Raises:
        ConfigError: they were not built; the message says how to.
    """
    return read(bundled.geometry_file())
