"""The sheet every picture is drawn on: heading, legend, source, version, and the bytes that leave.

Positions are inches from the top left corner. The same inputs give the same bytes.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal
from xml.sax.saxutils import escape

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch, Patch, Rectangle
from matplotlib.textpath import TextPath

from ..errors import InputError
from ..vocab import Status
from .palette import COAST, FAINT, MEANING, QUIET, STATUS, TEXT, Ink

Format = Literal["svg", "png"]
DPI = 200
"""Dots per inch of a PNG."""
MARGIN = 0.45
TOP = 1.0
"""Where the picture may begin, below the heading."""
FOOT = 0.5
"""Height kept for source and version."""
SWATCH = 0.34
"""From the left edge of a legend's box to its words."""
SETTINGS: dict[Any, Any] = {
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "svg.fonttype": "none",
    "svg.hashsalt": "datarules",
    "svg.image_inline": True,
    "path.simplify": False,
    "axes.unicode_minus": False,
}
SHORT = re.compile(r"(\.\d\d)\d+")
"""Decimals of a coordinate beyond the hundredth of a point."""
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Heading:
    """The words around a picture.

    Attributes:
        title: what the picture shows.
        day: the day it speaks of, ISO 8601.
        subject: what was asked, such as ``personal data · any purpose``.
        source: where it comes from.
        version: release of the data.
        disclaimer: what it is not.
    """

    title: str
    day: str
    subject: str
    source: str
    version: str
    disclaimer: str = "Research information, not legal advice."


@contextmanager
def drawing() -> Iterator[None]:
    """Hold matplotlib's settings at fixed values; one picture at a time, for they are global."""
    with _ONE_AT_A_TIME, matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        yield


@lru_cache(maxsize=8192)
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Return the width of a line of text in inches; ``size`` in points."""
    if not text.strip():
        return 0.0
    font = FontProperties(family="DejaVu Sans", weight=weight)
    return float(TextPath((0, 0), text, size=size, prop=font).get_extents().x1) / 72


def wrapped(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Break text at blanks into lines no wider than ``width`` inches; a longer word keeps its line."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size, weight) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def fitting(text: str, width: float, size: float) -> str:
    """Return text cut with an ellipsis so that it is no wider than ``width`` inches."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def legend_grid(
    entries: Sequence[tuple[Ink, str, str]], width: float, size: float = 7
) -> tuple[int, int, float]:
    """Return the columns and rows a legend takes in a width, and the width of a column, in inches."""
    gap = 0.22
    need = gap + max(
        SWATCH + text_width(name, size, "bold") + 0.06 + text_width(meaning, size)
        for _, name, meaning in entries
    )
    columns = max(1, min(len(entries), int((width + gap) / need)))
    rows = -(-len(entries) // columns)
    return -(-len(entries) // rows), rows, min((width + gap) / columns, need)


def filled(patch: Patch, ink: Ink, edge: str | None = None, width: float = 0.4) -> Patch:
    """Give a patch its face, pattern and edge."""
    patch.set_facecolor(ink.face)
    patch.set_hatch(ink.hatch)
    patch.set_hatchcolor(ink.line)
    patch.set_hatch_linewidth(0.35)
    patch.set_edgecolor(edge or "none")
    patch.set_linewidth(width if edge else 0)
    return patch


class Sheet:
    """One picture being drawn.

    Attributes:
        width, height: inches.
        paper: axes over the whole sheet, in inches, y downwards.
        notes: title of an element by its gid, shown by SVG viewers and read by screen readers.
    """

    def __init__(self, heading: Heading, width: float, height: float, description: str) -> None:
        self.heading, self.width, self.height = heading, width, height
        self.description = description
        self.notes: dict[str, str] = {}
        self.figure = Figure(figsize=(width, height), dpi=DPI, facecolor="white")
        FigureCanvasAgg(self.figure)
        self.paper = self.axes(0, 0, width, height)
        self.paper.set_xlim(0, width)
        self.paper.set_ylim(height, 0)
        self.paper.set_zorder(5)
        self._head()
        self._foot()

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Return new empty axes of that place and size in inches."""
        box = (left / self.width, 1 - (top + height) / self.height, width / self.width, height / self.height)
        axes = self.figure.add_axes(box)
        axes.set_axis_off()
        return axes

    def text(self, x: float, y: float, words: str, size: float = 7, **options: Any) -> None:
        """Write a line, its baseline at ``y``; options as in `matplotlib.axes.Axes.text`."""
        options.setdefault("color", TEXT)
        options.setdefault("va", "baseline")
        self.paper.text(x, y, words, fontsize=size, **options)

    def _head(self) -> None:
        head = self.heading
        room = self.width - 2 * MARGIN
        size = 15.0
        while text_width(head.title, size, "bold") > room and size > 8:
            size -= 0.5
        self.text(MARGIN, 0.52, head.title, size, weight="bold")
        line = f"{head.subject}  ·  as of {head.day}" if head.subject else f"as of {head.day}"
        self.text(MARGIN, 0.76, fitting(line, room, 9), 9, color=QUIET)

    def _foot(self) -> None:
        head = self.heading
        room = self.width - 2 * MARGIN
        y = self.height - FOOT + 0.12
        self.paper.plot([MARGIN, self.width - MARGIN], [y, y], color=FAINT, lw=0.6)
        self.text(MARGIN, y + 0.15, fitting(head.source, room * 0.7, 6.5), 6.5, color=QUIET)
        self.text(self.width - MARGIN, y + 0.15, head.version, 6.5, color=QUIET, ha="right")
        self.text(MARGIN, y + 0.28, head.disclaimer, 6.5, color=QUIET, style="italic")

    def footnote(self, words: str) -> None:
        """Write a note at the right of the last line."""
        y = self.height - FOOT + 0.4
        self.text(self.width - MARGIN, y, words, 6.5, color=QUIET, ha="right", style="italic")

    def swatch(self, x: float, y: float, ink: Ink, width: float = 0.26, height: float = 0.14) -> None:
        """Draw a filled box with its lower edge at ``y``."""
        self.paper.add_patch(filled(Rectangle((x, y - height), width, height), ink, COAST))

    def legend(
        self, entries: Sequence[tuple[Ink, str, str]], x: float, y: float, width: float, size: float = 7
    ) -> float:
        """Draw boxes with a name in bold and a meaning, in columns; return the y below.

        Args:
            entries: fill, name, meaning (may be empty).
            x: left edge in inches.
            y: upper edge in inches.
            width: inches.
            size: points.
        """
        _, rows, step = legend_grid(entries, width, size)
        for i, (ink, name, meaning) in enumerate(entries):
            left, line = x + (i // rows) * step, y + 0.2 * (i % rows) + 0.12
            self.swatch(left, line, ink)
            self.text(left + SWATCH, line - 0.02, name, size, weight="bold")
            after = left + SWATCH + text_width(name, size, "bold") + 0.06
            self.text(after, line - 0.02, meaning, size, color=QUIET)
        return y + 0.2 * rows

    def statuses(self, x: float, y: float, width: float, size: float = 7) -> float:
        """Draw the legend of all statuses; return the y below."""
        entries = [(STATUS[s], s.value, MEANING[s]) for s in Status]
        return self.legend(entries, x, y, width, size)

    def card(self, x: float, y: float, width: float, height: float) -> None:
        """Draw a quiet frame."""
        box = FancyBboxPatch(
            (x, y), width, height, boxstyle="round,pad=0,rounding_size=0.06", fc="#FAFBFC", ec=FAINT, lw=0.6
        )
        self.paper.add_patch(box)

    def picture(self, form: Format) -> bytes:
        """Return the sheet as bytes.

        Raises:
            InputError: the form is neither svg nor png.
        """
        out = io.BytesIO()
        head = self.heading
        if form == "png":
            about = {"Title": head.title, "Description": self.description, "Software": None}
            self.figure.savefig(out, format="png", dpi=DPI, metadata=about)
            return out.getvalue()
        if form != "svg":
            raise InputError.single("format", form, "Pictures come in two forms.", "Ask for svg or png.")
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        self.figure.savefig(out, format="svg", metadata=nothing)
        return _finished(out.getvalue().decode("utf-8"), head, self.description, self.notes).encode("utf-8")


def _finished(text: str, head: Heading, description: str, notes: Mapping[str, str]) -> str:
    """Return matplotlib's SVG without document type, with title, description and notes, fonts to fall back on."""
    text = re.sub(r"<!DOCTYPE[^>]*>\s*", "", text, count=1)
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, count=1, flags=re.DOTALL)
    text = re.sub(r"<svg ", '<svg role="img" aria-labelledby="title desc" ', text, count=1)
    words = f'<title id="title">{escape(head.title)}</title>\n <desc id="desc">{escape(description)}</desc>'
    text = re.sub(r"(<svg [^>]*>)", lambda m: f"{m[1]}\n {words}", text, count=1)
    text = text.replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")
    text = re.sub(r' d="[^"]*"', lambda m: SHORT.sub(r"\1", m[0]), text)
    return re.sub(
        r'<g id="(note-[^"]+)">',
        lambda m: f"{m[0]}<title>{escape(notes[m[1]])}</title>" if m[1] in notes else m[0],
        text,
    )


def listed(items: Iterable[str]) -> str:
    """Join names for a sentence: ``a, b and c``."""
    names = list(items)
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
