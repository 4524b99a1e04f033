"""The ground of every map: sea, outlines, rings for small places, and the list of what is not on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path as Outline

from . import palette
from .palette import Ink
from .places import Place, world
from .projection import EARTH_KM, Floats, equal_earth
from .sheet import MARGIN, Sheet, filled, text_width

SOUTH, NORTH = -57.0, 84.0
"""Latitudes between which the map is drawn."""
SMALL = 12_000.0
"""Places of fewer square kilometres get a ring."""
ROOM = 130_000.0
"""Places of more square kilometres have room for their code."""
RING = 3.6
"""Radius of a ring, in points."""
LABEL = 5.0
"""Latitude and longitude lines, degrees apart, are 30; labels start at this size, in points."""
NOTE = (
    "Outlines as Natural Earth draws them; they express no view on the status of any territory. "
    "Areas without a code stay grey."
)


def frame() -> tuple[float, float, float]:
    """Return half the width, the lower and the upper edge of the map on the plane."""
    half = float(equal_earth(180.0, 0.0)[0])
    low, high = (float(equal_earth(0.0, lat)[1]) for lat in (SOUTH, NORTH))
    return half, low, high


def map_height(width: float) -> float:
    """Return the height of a map of this width."""
    half, low, high = frame()
    return width * (high - low) / (2 * half)


def on_map(place: Place | None) -> bool:
    """Return whether a place lies between the map's edges."""
    return place is not None and SOUTH < place.latitude < NORTH


def _globe() -> Outline:
    lat = np.linspace(SOUTH, NORTH, 90)
    right, left = (np.stack(equal_earth(np.full(90, lon), lat), axis=-1) for lon in (180.0, -180.0))
    return Outline(np.concatenate([right, left[::-1], right[:1]]), closed=True)


def _graticule() -> Outline:
    lines = [
        np.stack(equal_earth(np.full(60, m), np.linspace(SOUTH, NORTH, 60)), -1) for m in range(-150, 180, 30)
    ]
    lines += [
        np.stack(equal_earth(np.array([-180.0, 180.0]), np.full(2, p)), -1) for p in (-30.0, 0.0, 30.0, 60.0)
    ]
    codes = [np.r_[Outline.MOVETO, np.full(len(line) - 1, Outline.LINETO)] for line in lines]
    return Outline(np.concatenate(lines), np.concatenate(codes))


class Ground:
    """A map on a sheet.

    Attributes:
        world: the outlines.
        axes: axes on the plane of the projection.
        point: length of a point (1/72 inch) on that plane.
        bottom: where the map ends, inches from the top of the sheet.
    """

    def __init__(self, sheet: Sheet, top: float) -> None:
        self.sheet, self.world = sheet, world()
        width = sheet.width - 2 * MARGIN
        half, low, high = frame()
        self.axes: Axes = sheet.axes(MARGIN, top, width, map_height(width))
        self.axes.set_xlim(-half, half)
        self.axes.set_ylim(low, high)
        self.point = 2 * half / (width * 72)
        self.bottom = top + map_height(width)
        self._line(_globe(), "#D5DCE2", 0.7, palette.SEA, 0)
        self._line(_graticule(), palette.GRATICULE, 0.4, "none", 0.5)

    def _line(self, path: Outline, colour: str, width: float, face: str, order: float) -> None:
        self.axes.add_patch(PathPatch(path, ec=colour, lw=width, fc=face, zorder=order, joinstyle="round"))

    def fill(self, inks: Mapping[str, Ink], notes: Mapping[str, str], other: Ink) -> None:
        """Fill the places that are large enough, then draw coasts and borders.

        Args:
            inks: fill by code.
            notes: words by code, shown for that place by SVG viewers.
            other: fill of places not named in ``inks``.
        """
        for code, place in self.world.places.items():
            if not on_map(place):
                continue
            patch = filled(PathPatch(place.outline, zorder=1), inks.get(code, other))
            if code in inks:
                patch.set_gid(f"note-area-{code}")
                self.sheet.notes[f"note-area-{code}"] = notes[code]
            self.axes.add_patch(patch)
        self._line(self.world.disputed, "none", 0, palette.CODELESS.face, 1)
        self._line(self.world.borders, palette.BORDER, 0.35, "none", 2)
        self._line(self._visible(self.world.coasts), palette.COAST, 0.3, "none", 2)

    @staticmethod
    def _visible(path: Outline) -> Outline:
        """Leave out the lines south of the map."""
        corners, codes = np.asarray(path.vertices), np.asarray(path.codes)
        parts = np.split(np.arange(len(codes)), np.flatnonzero(codes == Outline.MOVETO)[1:])
        index = np.concatenate([part for part in parts if corners[part, 1].min() > frame()[1]])
        return Outline(corners[index], codes[index])

    def outline(self, codes: Collection[str]) -> None:
        """Draw a strong line around places, thinner where there are several."""
        width = 1.1 if len(codes) < 4 else 0.6
        for code in sorted(codes):
            if on_map(self.world.places.get(code)):
                self._line(self.world.places[code].outline, palette.MARK, width, "none", 3)

    def star(self, code: str) -> None:
        """Put a star on a place, or just above it where a ring lies on it."""
        x, y = self.world.places[code].point
        if self.world.places[code].area < SMALL:
            y += 2.6 * RING * self.point
        self.axes.plot([x], [y], marker="*", ms=11, mfc=palette.MARK, mec="white", mew=0.8, zorder=8)

    def rings(
        self,
        inks: Mapping[str, Ink],
        notes: Mapping[str, str],
        marked: Collection[str] = (),
        dashed: Collection[str] = (),
    ) -> None:
        """Draw a ring with the code for each small place, moved aside where rings would lie upon each other."""
        small = [c for c in sorted(inks) if c in self.world.places and self.world.places[c].area < SMALL]
        small = [c for c in small if on_map(self.world.places[c])]
        if not small:
            return
        true = np.array([self.world.places[c].point for c in small])
        words = np.array([self.world.places[c].point for c in self._labelled(inks)]).reshape(-1, 2)
        moved = spread(true, 2.15 * RING * self.point, words)
        for code, (x, y), (u, v) in zip(small, true, moved, strict=True):
            if np.hypot(u - x, v - y) > RING * self.point:
                self.axes.plot([x, u], [y, v], color=palette.COAST, lw=0.35, zorder=4)
                self.axes.plot([x], [y], "o", ms=1.2, mfc=palette.TEXT, mec="none", zorder=4)
            edge, width = (palette.MARK, 1.3) if code in marked else (palette.TEXT, 0.45)
            width = 0.7 if code in dashed else width
            style: Any = (0, (1.6, 1.1)) if code in dashed else "-"
            circle = Circle(
                (u, v), RING * self.point, fc=inks[code].face, ec=edge, lw=width, ls=style, zorder=5
            )
            circle.set_gid(f"note-ring-{code}")
            self.sheet.notes[f"note-ring-{code}"] = notes[code]
            self.axes.add_patch(circle)
            colour = palette.ink_on(inks[code].face)
            self._word(u, v, code, 3.5, colour, 6)

    def codes(self, inks: Mapping[str, Ink]) -> None:
        """Write the code on each place with room for it."""
        for code in self._labelled(inks):
            place = self.world.places[code]
            size = float(np.clip(4.4 + place.area / 2.5e6, 4.4, 7.5))
            self._word(*place.point, code, size, palette.ink_on(inks[code].face), 4)

    def names(self, groups: Mapping[str, str], inks: Mapping[str, Ink], most: int = 3) -> None:
        """Write the name of a group under the codes of its largest members; on a plate where it does not fit."""
        places = self.world.places
        for name in dict.fromkeys(groups.values()):
            members = [c for c in groups if groups[c] == name and on_map(places.get(c))]
            members.sort(key=lambda c: (-places[c].area, c))
            for code in members[:most]:
                x, y = places[code].point
                fits = text_width(name, 5) * 72 * self.point < 0.85 * np.sqrt(places[code].area) / EARTH_KM
                if fits:
                    self._word(x, y - 9 * self.point, name, 5, palette.ink_on(inks[code].face), 4)
                elif code == members[0]:
                    plate = {"boxstyle": "round,pad=0.12", "fc": "white", "ec": inks[code].line, "lw": 0.5}
                    self._word(x, y - 10 * self.point, name, 5, palette.TEXT, 7, bbox=plate)

    def _labelled(self, inks: Mapping[str, object]) -> list[str]:
        places = self.world.places
        return [c for c in sorted(inks) if c in places and on_map(places[c]) and places[c].area > ROOM]

    def _word(
        self, x: float, y: float, words: str, size: float, colour: str, order: float, **more: Any
    ) -> None:
        self.axes.text(
            x,
            y,
            words,
            fontsize=size,
            color=colour,
            ha="center",
            va="center_baseline",
            zorder=order,
            weight="bold",
            **more,
        )

    def missing(self, codes: Collection[str]) -> list[str]:
        """Return the codes, sorted, of which the map shows nothing."""
        return sorted(c for c in codes if not on_map(self.world.places.get(c)))


def spread(points: Floats, distance: float, fixed: Floats, rounds: int = 300) -> Floats:
    """Move points apart until no two are nearer than ``distance``, each drawn back to its own place.

    Args:
        points: shape (n, 2).
        distance: in the unit of the points.
        fixed: points that stay and that the others keep away from, shape (m, 2).
        rounds: most steps taken.

    Returns:
        New points, shape (n, 2); the same for the same input.
    """
    n = len(points)
    angle = np.arange(n) * 2.399963  # the golden angle: no two start in the same direction
    moved = points + np.stack([np.cos(angle), np.sin(angle)], -1) * distance * 1e-3
    for step in range(rounds):
        apart = moved[:, None] - moved[None]
        far = np.hypot(apart[..., 0], apart[..., 1]) + np.eye(n) * 1e9
        push = np.maximum(distance - far, 0)[..., None] * apart / far[..., None]
        away = moved[:, None] - fixed[None]
        near = np.maximum(np.hypot(away[..., 0], away[..., 1]), distance * 1e-6)[..., None]
        hold = np.maximum(distance * 0.9 - near, 0) * away / near
        pull = (points - moved) * (0.04 if step < rounds * 0.8 else 0.0)
        moved = moved + 0.35 * (push.sum(1) + hold.sum(1)) + pull
    return moved


def tiles(
    sheet: Sheet, entries: Sequence[tuple[Ink, str]], top: float, title: str, size: float = 6.2
) -> float:
    """List what the map cannot show, each with its fill; return the y below. Draws nothing for an empty list."""
    y = top
    if not entries:
        return y
    sheet.text(MARGIN, y + 0.1, title, size, color=palette.QUIET)
    x = MARGIN + text_width(title, size) + 0.14
    for ink, words in entries:
        need = 0.22 + text_width(words, size) + 0.16
        if x + need > sheet.width - MARGIN:
            x, y = MARGIN, y + 0.17
        sheet.swatch(x, y + 0.11, ink, 0.17, 0.1)
        sheet.text(x + 0.22, y + 0.1, words, size)
        x += need
    return y + 0.2


def tiles_height(width: float, entries: Sequence[tuple[Ink, str]], title: str, size: float = 6.2) -> float:
    """Return the height that `tiles` will take on a sheet of this width."""
    if not entries:
        return 0.0
    x, rows = MARGIN + text_width(title, size) + 0.14, 1
    for _, words in entries:
        need = 0.22 + text_width(words, size) + 0.16
        if x + need > width - MARGIN:
            x, rows = MARGIN, rows + 1
        x += need
    return 0.17 * rows + 0.06
