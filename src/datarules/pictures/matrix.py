"""Heat map of every pair: rows are origins, columns destinations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline
from numpy.typing import NDArray

from ..errors import InputError
from ..vocab import SCALE, Status
from . import palette
from .sheet import FOOT, MARGIN, TOP, Format, Heading, Sheet, drawing, filled, fitting, listed, text_width

SIDE = 8.6
"""Inches of the square."""
LEFT, ABOVE = 0.95, 0.62
"""Room for codes and brackets left of and above the square."""
PATTERNED = 70
"""Up to so many jurisdictions the cells are large enough for patterns."""


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbours in the order: from place ``start`` up to, not with, ``stop``."""

    name: str
    start: int
    stop: int


def cells(places: NDArray[np.bool_]) -> Outline:
    """Return the cells that are true as one path of rectangles, a run of neighbours in a row as one.

    Args:
        places: shape (rows, columns).

    Returns:
        A path in units of cells, x right, y down.
    """
    rows, columns = places.shape
    edge = np.zeros((rows, columns + 2), dtype=np.int8)
    edge[:, 1:-1] = places
    change = np.diff(edge, axis=1)
    y, start = np.nonzero(change == 1)
    stop = np.nonzero(change == -1)[1]
    corners = np.stack(
        [
            np.stack([x, line], -1)
            for x, line in ((start, y), (stop, y), (stop, y + 1), (start, y + 1), (start, y))
        ],
        axis=1,
    ).reshape(-1, 2)
    kinds = np.tile([Outline.MOVETO, *[Outline.LINETO] * 3, Outline.CLOSEPOLY], len(y))
    return Outline(corners.astype(float), kinds)


def _checked(codes: Sequence[str], statuses: Sequence[Sequence[Status]]) -> NDArray[np.intp]:
    order = {s: i for i, s in enumerate(Status)}
    if len(statuses) != len(codes) or any(len(row) != len(codes) for row in statuses):
        raise InputError.single(
            "statuses",
            f"{len(statuses)} rows",
            f"There are {len(codes)} codes; the matrix must have a row and a column for each.",
            "Give one status for each origin and destination, in the order of the codes.",
        )
    return np.array([[order[s] for s in row] for row in statuses], dtype=np.intp).reshape(len(codes), -1)


def matrix_map(
    heading: Heading,
    codes: Sequence[str],
    statuses: Sequence[Sequence[Status]],
    form: Format,
    *,
    groups: Sequence[Span] = (),
    islands: Sequence[Span] = (),
) -> bytes:
    """Draw a square of all pairs.

    Args:
        heading: the words around the picture.
        codes: the jurisdictions, in the order of rows and columns; 1 to some 300.
        statuses: one row for each origin, in it one status for each destination; the diagonal is not shown.
        form: svg or png.
        groups: neighbours to be set apart by lines, named above and at the left.
        islands: neighbours to be framed and named at the right.

    Returns:
        The picture.

    Raises:
        InputError: the matrix does not fit the codes; or the form is neither svg nor png.
    """
    values = _checked(codes, statuses)
    n = len(codes)
    off = ~np.eye(n, dtype=bool)
    counts = {s: int((off & (values == i)).sum()) for i, s in enumerate(Status)}
    said = listed(f"{c} {s.value}" for s, c in counts.items() if c)
    with drawing():
        right = 1.5 if islands else 0.2
        width = MARGIN + LEFT + SIDE + right + MARGIN
        height = TOP + ABOVE + SIDE + 0.86 + FOOT
        about = f"{n} origins (rows) by {n} destinations (columns), as of {heading.day}: {said}."
        sheet = Sheet(heading, width, height, about)
        axes = sheet.axes(MARGIN + LEFT, TOP + ABOVE, SIDE, SIDE)
        axes.set_xlim(0, n)
        axes.set_ylim(n, 0)
        _squares(axes, values, off, n)
        _names(sheet, codes)
        _groups(sheet, axes, groups, n)
        _islands(sheet, axes, islands, n)
        _count_legend(sheet, counts, n, TOP + ABOVE + SIDE + 0.2)
        return sheet.picture(form)


def _squares(axes: Axes, values: NDArray[np.intp], off: NDArray[np.bool_], n: int) -> None:
    for i, status in enumerate(Status):
        here = off & (values == i)
        if here.any():
            patch = filled(PathPatch(cells(here), zorder=1), palette.STATUS[status])
            if n > PATTERNED:
                patch.set_antialiased(False)
                if status in SCALE:
                    patch.set_hatch("")
            axes.add_patch(patch)
    if n <= 120:
        grid = [[(k, 0), (k, n)] for k in range(n + 1)] + [[(0, k), (n, k)] for k in range(n + 1)]
        line = Outline(
            np.array(grid, dtype=float).reshape(-1, 2), [Outline.MOVETO, Outline.LINETO] * len(grid)
        )
        axes.add_patch(PathPatch(line, ec="white", fc="none", lw=0.6 if n <= PATTERNED else 0.25, zorder=2))
    axes.plot([0, n], [0, n], color=palette.QUIET, lw=0.5, zorder=3)
    axes.add_patch(Rectangle((0, 0), n, n, fc="none", ec=palette.QUIET, lw=0.6, zorder=6, clip_on=False))


def _names(sheet: Sheet, codes: Sequence[str]) -> None:
    """Write every code: smaller where there are many, then in staggered lanes, long ones in the last."""
    n = len(codes)
    step = SIDE / n
    size = float(np.clip(step * 72 * 0.82, 2.6, 7.0))
    lanes = max(1, int(np.ceil(size / 72 * 1.1 / step)))
    lane = size / 72 * 2.6
    for i, code in enumerate(codes):
        at = i % lanes if len(code) < 4 or lanes == 1 else lanes
        middle, back = (i + 0.5) * step, 0.05 + at * lane
        x, y = MARGIN + LEFT - back, TOP + ABOVE + middle
        sheet.text(x, y, code, size, ha="right", va="center_baseline")
        x, y = MARGIN + LEFT + middle, TOP + ABOVE - back
        sheet.text(x, y, code, size, ha="center", va="bottom", rotation=90)
    sheet.text(MARGIN, TOP + 0.02, "rows: from", 6.5, color=palette.QUIET, style="italic")
    sheet.text(MARGIN, TOP + 0.14, "columns: to", 6.5, color=palette.QUIET, style="italic")


def _groups(sheet: Sheet, axes: Axes, groups: Sequence[Span], n: int) -> None:
    step = SIDE / n
    for span in groups:
        for k in (span.start, span.stop):
            if 0 < k < n:
                axes.plot([k, k], [0, n], color=palette.TEXT, lw=0.9, zorder=4)
                axes.plot([0, n], [k, k], color=palette.TEXT, lw=0.9, zorder=4)
        long = (span.stop - span.start) * step
        middle = (span.start + span.stop) / 2 * step
        name = fitting(span.name, long - 0.04, 6.5) if text_width(span.name, 6.5) > long else span.name
        if long < 0.12 or name == "…":
            continue
        left, top = MARGIN + LEFT, TOP + ABOVE
        a, b = span.start * step + 0.02, span.stop * step - 0.02
        sheet.paper.plot([left + a, left + b], [top - 0.44] * 2, color=palette.QUIET, lw=0.9)
        sheet.text(left + middle, top - 0.48, name, 6.5, ha="center", weight="bold")
        sheet.paper.plot([left - 0.62] * 2, [top + a, top + b], color=palette.QUIET, lw=0.9)
        sheet.text(left - 0.66, top + middle, name, 6.5, ha="right", va="center", rotation=90, weight="bold")


def _islands(sheet: Sheet, axes: Axes, islands: Sequence[Span], n: int) -> None:
    step, below = SIDE / n, -1.0
    x = MARGIN + LEFT + SIDE + 0.08
    for span in sorted(islands, key=lambda s: s.start):
        count = span.stop - span.start
        axes.add_patch(
            Rectangle(
                (span.start, span.start),
                count,
                count,
                fc="none",
                ec=palette.MARK,
                lw=1.6,
                zorder=5,
                clip_on=False,
            )
        )
        a, b = (TOP + ABOVE + k * step for k in (span.start, span.stop))
        sheet.paper.plot(
            [x, x + 0.07, x + 0.07, x], [a + 0.01, a + 0.01, b - 0.01, b - 0.01], color=palette.MARK, lw=1.1
        )
        y = max((a + b) / 2 + 0.03, below)
        below = y + 0.13
        sheet.paper.plot([x + 0.07, x + 0.13], [(a + b) / 2, y - 0.03], color=palette.MARK, lw=0.5)
        sheet.text(x + 0.15, y, fitting(f"{span.name} ({count})", 1.28, 6.5), 6.5, color=palette.MARK)


def _count_legend(sheet: Sheet, counts: dict[Status, int], n: int, top: float) -> None:
    total = max(n * n - n, 1)
    entries = [
        (palette.STATUS[s], s.value, f"{palette.MEANING[s]} · {c / total:.0%}") for s, c in counts.items()
    ]
    sheet.legend(entries, MARGIN, top, sheet.width - 2 * MARGIN)
