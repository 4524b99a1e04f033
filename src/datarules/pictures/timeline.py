"""Timeline of one pair: how the answer changed in both directions, and which instruments changed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matplotlib.patches import Circle, Rectangle

from ..errors import InputError
from ..vocab import Status
from . import palette
from .sheet import FOOT, MARGIN, TOP, Format, Heading, Sheet, drawing, filled, listed, text_width, wrapped

WIDTH = 11.69
LABELS = 0.62
"""Room left of the bands."""
SIDE_BAND, BAND = 0.13, 0.36
"""Heights of the strips of best and worst, and of the status between them."""
LANE = 0.19
COLUMN_GAP = 0.3
LINE = 0.125
SIZE = 6.8


@dataclass(frozen=True, slots=True)
class Period:
    """A time in which the answer stayed the same: from a day up to, not with, another (or for good)."""

    start: date
    until: date | None
    status: Status
    best: Status
    worst: Status


@dataclass(frozen=True, slots=True)
class Cause:
    """What changed the answer on a day: an instrument's title, in a few words."""

    day: date
    text: str


@dataclass(frozen=True, slots=True)
class Course:
    """One direction of a pair: its name, its periods in order, and what separates them."""

    name: str
    periods: Sequence[Period]
    causes: Sequence[Cause]


class _Scale:
    """Days to inches."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self.left, self.right = MARGIN + LABELS, WIDTH - MARGIN
        self.inch = (self.right - self.left) / (last - first).days

    def at(self, day: date) -> float:
        """Return the x of a day, kept within the scale."""
        day = min(max(day, self.first), self.last)
        return self.left + (day - self.first).days * self.inch


def timeline(
    heading: Heading,
    courses: Sequence[Course],
    form: Format,
    *,
    first: date = date(1995, 1, 1),
    last: date,
) -> bytes:
    """Draw the periods of a pair, one band for each direction, and list the causes by number.

    Args:
        heading: the words around the picture; its day is marked, and what lies after it is "coming".
        courses: one for each direction.
        form: svg or png.
        first: first day shown.
        last: first day not shown.

    Returns:
        The picture.

    Raises:
        InputError: the days do not follow each other, or the day of the heading is not ISO 8601; or the form
            is neither svg nor png.
    """
    today = _day(heading)
    if not first < last:
        raise InputError.single("last", last, f"The picture starts on {first}.", "Name a later day.")
    scale = _Scale(first, last)
    shown = [[c for c in one.causes if first <= c.day < last] for one in courses]
    with drawing():
        lanes = [_lanes([scale.at(c.day) for c in causes]) for causes in shown]
        tall = [0.3 + BAND + 2 * SIDE_BAND + 0.1 + LANE * (max(k, default=0) + 1) + 0.2 for k in lanes]
        half = (WIDTH - 2 * MARGIN - COLUMN_GAP) / 2
        listing = [_listing(causes, half) for causes in shown]
        lists = max((sum(map(len, one)) for one in listing), default=0) * LINE + 0.5
        if len(courses) == 1:
            lists = lists / 2 + 0.4
        height = TOP + 0.3 + sum(tall) + lists + 0.75 + FOOT
        sheet = Sheet(heading, WIDTH, height, _about(heading, courses))
        below = _axis(sheet, scale, today, TOP + 0.25, sum(tall))
        y, number = TOP + 0.3, 1
        for course, causes, lane, high in zip(courses, shown, lanes, tall, strict=True):
            _band(sheet, scale, course, y)
            _marks(sheet, scale, causes, lane, number, y + 0.3 + BAND + 2 * SIDE_BAND)
            y, number = y + high, number + len(causes)
        _lists(sheet, [c.name for c in courses], shown, listing, half, below + 0.1)
        sheet.statuses(MARGIN, height - FOOT - 0.62, WIDTH - 2 * MARGIN)
        return sheet.picture(form)


def _day(heading: Heading) -> date:
    try:
        return date.fromisoformat(heading.day)
    except ValueError:
        raise InputError.single(
            "day", heading.day, "This is not a day of the calendar.", "Write it as YYYY-MM-DD."
        ) from None


def _about(heading: Heading, courses: Sequence[Course]) -> str:
    parts = [
        f"{one.name}: " + listed(f"{p.status.value} from {p.start.isoformat()}" for p in one.periods)
        for one in courses
    ]
    return f"Timeline as of {heading.day}. " + "; ".join(parts) + "."


def _lanes(places: Sequence[float]) -> list[int]:
    """Return for each mark the first lane in which it does not touch the mark before it."""
    ends: list[float] = []
    lanes = []
    for x in places:
        lane = next((i for i, end in enumerate(ends) if x >= end), len(ends))
        if lane == len(ends):
            ends.append(0.0)
        ends[lane] = x + 0.2
        lanes.append(lane)
    return lanes


def _axis(sheet: Sheet, scale: _Scale, today: date, top: float, high: float) -> float:
    """Draw the years and the day of the heading; return the y below."""
    bottom = top + high
    for year in range(scale.first.year, scale.last.year + 1):
        day = date(year, 1, 1)
        if not scale.first <= day < scale.last:
            continue
        x, fifth = scale.at(day), year % 5 == 0
        width = 0.7 if fifth else 0.35
        sheet.paper.plot([x, x], [top, bottom], color=palette.FAINT, lw=width, zorder=0)
        if fifth or (scale.last.year - scale.first.year) <= 16:
            sheet.text(x, top - 0.05, str(year), SIZE, color=palette.QUIET, ha="center")
    if scale.first <= today < scale.last:
        x = scale.at(today)
        sheet.paper.add_patch(Rectangle((x, top), scale.right - x, high, fc="#EEF3FB", ec="none", zorder=-1))
        sheet.paper.plot([x, x], [top - 0.02, bottom], color=palette.MARK, lw=1.2, zorder=2.6)
        sheet.text(x - 0.04, bottom + 0.1, f"as of {today.isoformat()}", SIZE, color=palette.MARK, ha="right")
        sheet.text(x + 0.04, bottom + 0.1, "coming", SIZE, color=palette.MARK, style="italic")
    return bottom + 0.15


def _band(sheet: Sheet, scale: _Scale, course: Course, top: float) -> None:
    """Draw the name and the three strips of one direction: best, status, worst."""
    sheet.text(MARGIN, top + 0.2, course.name, 9.5, weight="bold")
    strips = (("best", SIDE_BAND, 0.0), ("status", BAND, SIDE_BAND), ("worst", SIDE_BAND, SIDE_BAND + BAND))
    for name, high, down in strips:
        y = top + 0.3 + down
        sheet.text(
            MARGIN + LABELS - 0.06, y + high / 2, name, 6, color=palette.QUIET, ha="right", va="center"
        )
        runs: list[tuple[float, float, Status]] = []
        for period in course.periods:
            found: Status = getattr(period, name)
            a, b = scale.at(period.start), scale.at(period.until or scale.last)
            if b <= a:
                continue
            if runs and runs[-1][2] is found and abs(runs[-1][1] - a) < 1e-9:
                a = runs.pop()[0]
            runs.append((a, b, found))
        for a, b, found in runs:
            ink = palette.STATUS[found]
            box = filled(Rectangle((a, y), b - a, high, zorder=2), ink, palette.COAST, 0.3)
            sheet.paper.add_patch(box)
            size = 7.5 if name == "status" else 5.5
            if text_width(found.value, size, "bold") + 0.1 < b - a:
                _word(sheet, (a + b) / 2, y + high / 2, found.value, size, ink)


def _word(sheet: Sheet, x: float, y: float, words: str, size: float, ink: palette.Ink) -> None:
    """Write on a fill, on a plain ground of the same colour so that the pattern does not disturb."""
    wide, high = text_width(words, size, "bold") + 0.06, size / 72 * 1.25
    plain = Rectangle((x - wide / 2, y - high / 2), wide, high, fc=ink.face, ec="none", zorder=3)
    sheet.paper.add_patch(plain)
    colour = palette.ink_on(ink.face)
    sheet.text(x, y, words, size, color=colour, ha="center", va="center_baseline", weight="bold", zorder=4)


def _marks(
    sheet: Sheet, scale: _Scale, causes: Sequence[Cause], lanes: Sequence[int], number: int, top: float
) -> None:
    for i, (cause, lane) in enumerate(zip(causes, lanes, strict=True)):
        x, y = scale.at(cause.day), top + 0.14 + lane * LANE
        sheet.paper.plot([x, x], [top - BAND - 2 * SIDE_BAND, y], color=palette.TEXT, lw=0.6, zorder=2.5)
        sheet.paper.add_patch(Circle((x, y), 0.078, fc="white", ec=palette.TEXT, lw=0.6, zorder=7))
        size = 5.5 if number + i < 100 else 4.5
        sheet.text(x, y, str(number + i), size, ha="center", va="center_baseline", zorder=8, weight="bold")


def _listing(causes: Sequence[Cause], width: float) -> list[list[str]]:
    return [wrapped(c.text, width - 1.0, SIZE) for c in causes]


def _lists(
    sheet: Sheet,
    names: Sequence[str],
    shown: Sequence[Sequence[Cause]],
    listing: Sequence[Sequence[list[str]]],
    half: float,
    top: float,
) -> None:
    """List the causes of each direction in its column; of a single direction in both."""
    number = 1
    columns = [(n, list(zip(c, t, strict=True))) for n, c, t in zip(names, shown, listing, strict=True)]
    if len(columns) == 1:
        rows, lines, cut = columns[0][1], 0, 0
        whole = sum(len(t) for _, t in rows)
        while lines * 2 < whole:
            lines, cut = lines + len(rows[cut][1]), cut + 1
        columns = [(names[0], rows[:cut]), ("", rows[cut:])]
    for i, (name, rows) in enumerate(columns):
        x, y = MARGIN + i * (half + COLUMN_GAP), top + 0.15
        sheet.text(x, y, name, 7.5, weight="bold")
        y += 0.05
        for cause, lines_ in rows:
            y += LINE
            sheet.text(x + 0.2, y, str(number), SIZE, weight="bold", ha="right")
            sheet.text(x + 0.27, y, cause.day.isoformat(), SIZE, color=palette.QUIET)
            for k, line in enumerate(lines_):
                y += LINE if k else 0.0
                sheet.text(x + 1.0, y, line, SIZE)
            number += 1
