"""Plots of measures: Lorenz curves, bars with intervals, and courses over the years.

Everything is told twice: by lightness and by line style or mark, so the plots hold in grey.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from ..errors import InputError
from . import palette
from .sheet import FOOT, MARGIN, TOP, Format, Heading, Sheet, drawing, filled, fitting, listed, text_width

LINES: tuple[tuple[str, str, float], ...] = (
    ("#0B3C8C", "-", 2.0),
    ("#2F7D7A", "--", 1.5),
    ("#B4561D", "-.", 1.5),
    ("#66407F", ":", 1.8),
)
"""Colour, style and width of lines, in turn."""
BAND, RULE = "#BBD0E8", "#D5DCE2"
BAR = palette.Ink("#7FA8D1", "#4A7094")
SIZE = 7.0
WIDTH = 8.27
"""Inches: A4, upright."""
STEP = 0.175
"""Height of one bar's row."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A Lorenz curve: shares of people against shares of the measure, with what the legend says of it."""

    name: str
    note: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: a value from 0 to 1 with its interval.

    Attributes:
        name: of the row.
        value: length of the bar.
        low: lower end of the interval.
        high: upper end.
        part: a part of the bar to tell apart, from its start.
        marked: whether the row is what the picture is about.
    """

    name: str
    value: float
    low: float
    high: float
    part: float = 0.0
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A course over the years: name, and by day the value with its interval."""

    name: str
    days: Sequence[date]
    value: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    percent: bool = True


def _plain(axes: Axes) -> None:
    """Give axes quiet edges and small labels."""
    axes.set_axis_on()
    axes.set_facecolor("none")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(palette.FAINT)
    axes.tick_params(labelsize=SIZE, colors=palette.QUIET, width=0.5, length=2.5)
    axes.grid(True, color=palette.GRATICULE, lw=0.5)
    axes.set_axisbelow(True)


def lorenz(heading: Heading, curves: Sequence[Curve], form: Format, *, measure: str) -> bytes:
    """Draw Lorenz curves over people.

    Args:
        heading: the words around the picture.
        curves: one to four.
        form: svg or png.
        measure: what is shared out, for the axis.

    Returns:
        The picture.

    Raises:
        InputError: there are none, or more than four curves; or the form is neither svg nor png.
    """
    if not 1 <= len(curves) <= len(LINES):
        raise InputError.single(
            "curves", len(curves), "This picture has one to four curves.", "Name that many."
        )
    side = 5.2
    with drawing():
        height = TOP + side + 0.75 + 0.21 * len(curves) + FOOT
        said = listed(f"{c.name} ({c.note})" for c in curves)
        sheet = Sheet(heading, WIDTH, height, f"Lorenz curves of {measure}, as of {heading.day}: {said}.")
        left = (WIDTH - side) / 2
        axes = sheet.axes(left, TOP, side, side)
        _plain(axes)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        ticks = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
        for put, labels in ((axes.set_xticks, axes.set_xticklabels), (axes.set_yticks, axes.set_yticklabels)):
            put(ticks)
            labels([f"{t:.0%}" for t in ticks])
        axes.plot([0, 1], [0, 1], color=palette.FAINT, lw=1.0)
        for (colour, style, width), curve in zip(LINES, curves, strict=False):
            axes.plot(curve.x, curve.y, color=colour, ls=style, lw=width)
        people = "share of the world's people, by ascending reach"
        sheet.text(left + side / 2, TOP + side + 0.38, people, 8, ha="center", color=palette.QUIET)
        words = f"share of all {measure}"
        sheet.text(
            left - 0.45, TOP + side / 2, words, 8, rotation=90, va="center", ha="center", color=palette.QUIET
        )
        y = TOP + side + 0.66
        for (colour, style, width), curve in zip(LINES, curves, strict=False):
            sheet.paper.plot([left, left + 0.4], [y - 0.03, y - 0.03], color=colour, ls=style, lw=width)
            sheet.text(left + 0.5, y, curve.name, SIZE + 0.5, weight="bold")
            after = left + 0.58 + text_width(curve.name, SIZE + 0.5, "bold")
            sheet.text(after, y, curve.note, SIZE + 0.5, color=palette.QUIET)
            y += 0.21
        return sheet.picture(form)


def bars(
    heading: Heading, rows: Sequence[Bar], form: Format, *, measure: str, part: str = "", hint: str = ""
) -> bytes:
    """Draw values from 0 to 1 as bars, each with its interval.

    Args:
        heading: the words around the picture.
        rows: from top to bottom, at least one.
        form: svg or png.
        measure: what the bars show, for the axis.
        part: what the darker part of a bar is, where rows have one.
        hint: a line below the axis.

    Returns:
        The picture.

    Raises:
        InputError: there are no rows; or the form is neither svg nor png.
    """
    if not rows:
        raise InputError.single("rows", "", "There is nothing to draw.", "Name at least one row.")
    with drawing():
        room = min(2.4, 0.2 + max(text_width(r.name, SIZE, "bold") for r in rows))
        high = len(rows) * STEP
        height = TOP + 0.1 + high + 0.95 + FOOT
        first = rows[0]
        about = f"Bars of {measure}, as of {heading.day}: {len(rows)} rows, the first {first.name} {first.value:.1%}."
        sheet = Sheet(heading, WIDTH, height, about)
        left, width = MARGIN + room, WIDTH - 2 * MARGIN - room - 0.55
        axes = sheet.axes(left, TOP + 0.1, width, high)
        _plain(axes)
        axes.set_xlim(0, 1)
        axes.set_ylim(len(rows), 0)
        axes.set_yticks([])
        axes.grid(False, axis="y")
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
        for n, row in enumerate(rows):
            _bar(axes, n, row)
            y = TOP + 0.1 + (n + 0.5) * STEP + 0.035
            weight = "bold" if row.marked else "normal"
            sheet.text(left - 0.08, y, fitting(row.name, room - 0.1, SIZE), SIZE, ha="right", weight=weight)
            sheet.text(WIDTH - MARGIN, y, f"{row.value:.1%}", SIZE, ha="right", weight=weight)
        y = TOP + 0.1 + high + 0.36
        sheet.text(left, y, measure, 7.5, color=palette.QUIET)
        y += 0.2
        sheet.paper.plot([left, left + 0.3], [y - 0.03, y - 0.03], color=palette.TEXT, lw=0.8)
        sheet.text(
            left + 0.38,
            y,
            "interval: best and worst case, unknown law shut and open",
            SIZE,
            color=palette.QUIET,
        )
        if part:
            at = left + 3.6
            sheet.swatch(at, y, palette.Ink(palette.MARK, palette.MARK))
            sheet.text(at + 0.34, y, part, SIZE, color=palette.QUIET)
        if hint:
            sheet.text(
                MARGIN,
                y + 0.19,
                fitting(hint, WIDTH - 2 * MARGIN, SIZE),
                SIZE,
                color=palette.QUIET,
                style="italic",
            )
        return sheet.picture(form)


def _bar(axes: Axes, n: int, row: Bar) -> None:
    face = palette.Ink("#2F6FB0", "#2F6FB0") if row.marked else BAR
    axes.add_patch(filled(Rectangle((0, n + 0.16), row.value, 0.68), face))
    if row.part:
        axes.add_patch(
            filled(Rectangle((0, n + 0.16), row.part, 0.68), palette.Ink(palette.MARK, palette.MARK))
        )
    axes.plot([row.low, row.high], [n + 0.5, n + 0.5], color=palette.TEXT, lw=0.8, solid_capstyle="butt")
    for end in (row.low, row.high):
        axes.plot([end, end], [n + 0.3, n + 0.7], color=palette.TEXT, lw=0.8)


def course(heading: Heading, panels: Sequence[Panel], form: Format) -> bytes:
    """Draw measures over the years, each in a panel of its own with its interval as a band.

    Args:
        heading: the words around the picture.
        panels: at least one, each with at least two days.
        form: svg or png.

    Returns:
        The picture.

    Raises:
        InputError: there is nothing to draw; or the form is neither svg nor png.
    """
    if not panels or any(len(p.days) < 2 for p in panels):
        raise InputError.single(
            "panels", "", "A course needs two days or more.", "Name an earlier first day."
        )
    tall = 1.75
    with drawing():
        height = TOP + len(panels) * (tall + 0.45) + 0.3 + FOOT
        said = listed(f"{p.name} from {p.value[0]:.3f} to {p.value[-1]:.3f}" for p in panels)
        sheet = Sheet(
            heading, WIDTH, height, f"Course from {panels[0].days[0]} to {panels[0].days[-1]}: {said}."
        )
        left, width = MARGIN + 0.4, WIDTH - 2 * MARGIN - 0.4
        for n, panel in enumerate(panels):
            top = TOP + 0.25 + n * (tall + 0.45)
            sheet.text(MARGIN, top - 0.08, panel.name, 8, weight="bold")
            axes = sheet.axes(left, top, width, tall)
            _plain(axes)
            x = [day.toordinal() for day in panel.days]
            axes.fill_between(x, panel.low, panel.high, step="post", color=BAND, lw=0)
            axes.step(x, panel.value, where="post", color=palette.MARK, lw=1.6)
            years = range(panel.days[0].year, panel.days[-1].year + 1)
            shown = [y for y in years if y % 5 == 0] if len(years) > 12 else list(years)
            axes.set_xticks([date(y, 1, 1).toordinal() for y in shown], [str(y) for y in shown])
            axes.set_xlim(x[0], x[-1])
            axes.set_ylim(0, max(1.0 if panel.percent else 0.0, max(panel.high) * 1.05) or 1.0)
            if panel.percent:
                axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
        y = TOP + len(panels) * (tall + 0.45) + 0.22
        sheet.swatch(MARGIN, y, palette.Ink(BAND, BAND))
        words = "interval: best and worst case, unknown law shut and open; people are today's on every day"
        sheet.text(MARGIN + 0.34, y - 0.01, words, SIZE, color=palette.QUIET)
        return sheet.picture(form)
