"""World map of a share: light to dark by classes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from . import palette
from .ground import NOTE, Ground, map_height, on_map, tiles, tiles_height
from .maps import NOT_DRAWN, WIDTH
from .palette import Ink
from .places import world
from .sheet import FOOT, MARGIN, TOP, Format, Heading, Sheet, drawing, legend_grid, listed

SHADES: tuple[Ink, ...] = (
    Ink("#F3EAD3", "#D9C99A"),
    Ink("#DCE3C0", "#A9B787", "....."),
    Ink("#A8CDB7", "#6FA58A", "------"),
    Ink("#6CABB0", "#3F7F86", "//////"),
    Ink("#3A7CA5", "#6FA5C8", "\\\\\\\\\\\\"),
    Ink("#1B3F6E", "#1B3F6E"),
)
"""Fills of six classes, each darker than the one before."""


def share_map(
    heading: Heading,
    shares: Mapping[str, float],
    edges: Sequence[float],
    form: Format,
    *,
    marked: Collection[str] = (),
    names: Mapping[str, str] | None = None,
) -> bytes:
    """Draw a share of every place.

    Args:
        heading: the words around the picture.
        shares: value from 0 to 1 by code; a code without outlines is listed beneath the map.
        edges: ascending upper edges of the classes but the last, at most five; a value on an edge lies below.
        form: svg or png.
        marked: codes to outline.
        names: names by code, for viewers and the list.

    Returns:
        The picture.

    Raises:
        ConfigError: the outlines are not built.
        InputError: the form is neither svg nor png.
    """
    names = names or {}
    places = world().places
    classes = {code: sum(value > e for e in edges) for code, value in shares.items()}
    inks = {code: SHADES[n] for code, n in classes.items()}
    notes = {code: f"{names.get(code, code)}: {value:.1%}" for code, value in shares.items()}
    bounds = [min(shares.values(), default=0.0), *edges, max(shares.values(), default=1.0)]
    counts = [sum(n == k for n in classes.values()) for k in range(len(edges) + 1)]
    legend = [
        (SHADES[k], f"{bounds[k]:.1%} to {bounds[k + 1]:.1%}", f"{counts[k]} places")
        for k in range(len(edges) + 1)
    ]
    legend.append((palette.OTHER, "no people", "or not asked about"))
    with drawing():
        away = sorted(c for c in shares if not on_map(places.get(c)))
        missing = [(inks[c], c if names.get(c, c) == c else f"{c} {names[c]}") for c in away]
        rows = legend_grid(legend, WIDTH - 2 * MARGIN)[1] * 0.2
        high = TOP + map_height(WIDTH - 2 * MARGIN) + rows + 0.26
        high += tiles_height(WIDTH, missing, NOT_DRAWN) + FOOT
        said = listed(
            f"{count} places {name}" for (_, name, _), count in zip(legend, counts, strict=False) if count
        )
        sheet = Sheet(heading, WIDTH, high, f"World map of shares as of {heading.day}: {said}.")
        ground = Ground(sheet, TOP)
        ground.fill(inks, notes, palette.OTHER)
        ground.outline(marked)
        ground.codes(inks)
        ground.rings(inks, notes, marked)
        y = tiles(sheet, missing, ground.bottom + 0.12, NOT_DRAWN)
        sheet.legend(legend, MARGIN, y + 0.08, WIDTH - 2 * MARGIN)
        sheet.footnote(NOTE)
        return sheet.picture(form)
