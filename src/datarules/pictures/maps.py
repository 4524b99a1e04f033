"""World maps: statuses from an origin or to a destination, and islands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from matplotlib.patches import Circle, Rectangle

from ..vocab import SCALE, Status
from . import palette
from .ground import NOTE, Ground, map_height, on_map, tiles, tiles_height
from .palette import Ink
from .places import world
from .sheet import DPI, FOOT, MARGIN, TOP, Format, Heading, Sheet, drawing, legend_grid, listed

WIDTH = 11.69
"""Inches: A4, across."""
__all__ = ["DPI", "WIDTH", "island_map", "world_map"]
NOT_DRAWN = "Not on the map:"


def _name(code: str, names: Mapping[str, str]) -> str:
    place = world().places.get(code)
    return names.get(code) or (place.name if place else code)


def _entries(
    codes: Sequence[str], inks: Mapping[str, Ink], names: Mapping[str, str]
) -> list[tuple[Ink, str]]:
    return [(inks[c], c if names.get(c, c) == c else f"{c} {names[c]}") for c in codes]


def world_map(
    heading: Heading,
    statuses: Mapping[str, Status],
    marked: Collection[str],
    form: Format,
    *,
    direction: Literal["from", "to"] = "from",
    names: Mapping[str, str] | None = None,
) -> bytes:
    """Draw the status of every place, from an origin or to a destination.

    Args:
        heading: the words around the picture.
        statuses: status by code; a code without outlines is listed beneath the map.
        marked: codes that make up the origin (or destination): one, or the members of a union.
        form: svg or png.
        direction: whether ``marked`` is the origin (``from``) or the destination (``to``).
        names: names by code, for viewers and for the list.

    Returns:
        The picture.

    Raises:
        ConfigError: the outlines are not built.
        InputError: the form is neither svg nor png.
    """
    names = names or {}
    places = world().places
    counts = Counter(s for s in statuses.values())
    said = listed(f"{counts[s]} {s.value}" for s in Status if counts[s])
    role = "origin" if direction == "from" else "destination"
    inks = {c: palette.STATUS[s] for c, s in statuses.items()}
    notes = {c: f"{_name(c, names)}: {s.value}" for c, s in statuses.items()}
    for code in set(marked) - set(statuses):
        inks[code], notes[code] = Ink("#FFFFFF", "#FFFFFF"), f"{_name(code, names)}: {role}"
    with drawing():
        missing = _entries(sorted(c for c in statuses if not on_map(places.get(c))), inks, names)
        high = TOP + map_height(WIDTH - 2 * MARGIN) + 1.0 + tiles_height(WIDTH, missing, NOT_DRAWN) + FOOT
        about = f"World map by status, {role} {listed(sorted(marked))}, as of {heading.day}: {said}."
        sheet = Sheet(heading, WIDTH, high, about)
        ground = Ground(sheet, TOP)
        ground.fill(inks, notes, palette.OTHER)
        ground.outline(marked)
        ground.codes({c: k for c, k in inks.items() if c not in marked})
        ground.rings(inks, notes, marked, {c for c, s in statuses.items() if s not in SCALE})
        if len(drawn := sorted(c for c in marked if on_map(places.get(c)))) == 1:
            ground.star(drawn[0])
        y = tiles(sheet, missing, ground.bottom + 0.12, NOT_DRAWN)
        sheet.statuses(MARGIN, y + 0.08, WIDTH - 2 * MARGIN - 1.6)
        _key(sheet, WIDTH - MARGIN - 1.45, y + 0.08, role)
        sheet.footnote(NOTE)
        return sheet.picture(form)


def _key(sheet: Sheet, x: float, y: float, role: str) -> None:
    """Explain the strong outline, the rings and the grey."""
    sheet.paper.add_patch(Rectangle((x, y - 0.02), 0.26, 0.14, fc="none", ec=palette.MARK, lw=1.1))
    sheet.text(x + 0.34, y + 0.1, role, weight="bold")
    for line, (style, width, words) in enumerate(
        (("-", 0.5, "small place"), ((0, (1.6, 1.1)), 0.7, "off the scale")), 1
    ):
        middle = y + 0.05 + 0.2 * line
        ring = Circle((x + 0.13, middle), 0.06, fc="white", ec=palette.TEXT, lw=width, ls=style)
        sheet.paper.add_patch(ring)
        sheet.text(x + 0.34, middle + 0.05, words, color=palette.QUIET)
    sheet.swatch(x, y + 0.72, palette.CODELESS)
    sheet.text(x + 0.34, y + 0.7, "area without a code", color=palette.QUIET)


def island_map(
    heading: Heading,
    islands: Mapping[str, str],
    alone: Collection[str],
    unknown: Collection[str],
    form: Format,
    *,
    names: Mapping[str, str] | None = None,
) -> bytes:
    """Draw which jurisdictions lie on one island.

    Args:
        heading: the words around the picture.
        islands: name of the island by code; islands keep the order in which they first appear.
        alone: codes that reach no other both ways.
        unknown: codes whose law is not encoded.
        form: svg or png.
        names: names by code.

    Returns:
        The picture.

    Raises:
        ConfigError: the outlines are not built.
        InputError: the form is neither svg nor png.
    """
    names = names or {}
    places = world().places
    order = list(dict.fromkeys(islands.values()))
    fills = {name: palette.kind_ink(i) for i, name in enumerate(order)}
    counts = Counter(islands.values())
    inks = {c: palette.OTHER for c in unknown} | {c: palette.ALONE for c in alone}
    inks |= {c: fills[name] for c, name in islands.items()}
    words = dict.fromkeys(unknown, "law not encoded") | dict.fromkeys(alone, "on no island") | dict(islands)
    notes = {c: f"{_name(c, names)}: {words[c]}" for c in inks}
    legend = [(fills[n], n, f"{counts[n]} members") for n in order]
    legend += [
        (palette.ALONE, "alone", f"{len(alone)} on no island"),
        (palette.OTHER, "unknown", "law not encoded"),
    ]
    with drawing():
        missing = _entries(sorted(c for c in inks if not on_map(places.get(c))), inks, names)
        rows = legend_grid(legend, WIDTH - 2 * MARGIN)[1] * 0.2
        high = TOP + map_height(WIDTH - 2 * MARGIN) + rows + 0.26
        high += tiles_height(WIDTH, missing, NOT_DRAWN) + FOOT
        said = listed(f"{n} with {counts[n]} members" for n in order)
        sheet = Sheet(heading, WIDTH, high, f"World map of islands as of {heading.day}: {said or 'none'}.")
        ground = Ground(sheet, TOP)
        ground.fill(inks, notes, palette.OTHER)
        ground.codes(inks)
        ground.names(islands, inks)
        ground.rings(inks, notes)
        y = tiles(sheet, missing, ground.bottom + 0.12, NOT_DRAWN)
        sheet.legend(legend, MARGIN, y + 0.08, WIDTH - 2 * MARGIN)
        sheet.footnote(NOTE)
        return sheet.picture(form)
