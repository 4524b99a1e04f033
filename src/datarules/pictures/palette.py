"""Colours and patterns. Lightness carries the order; hue and pattern only repeat it.

From ``internal`` to ``prohibited`` each status is darker than the one before, by at least eight steps of CIE
L* also under simulated deuteranopia (Machado, Oliveira, Fernandes, "A physiologically-based model for
simulation of color vision deficiency", IEEE TVCG 15(6), 2009): a test measures it. What is off the scale has
a pattern of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..vocab import Status


@dataclass(frozen=True, slots=True)
class Ink:
    """How an area is filled: face colour, colour of the pattern, pattern (matplotlib's hatch letters)."""

    face: str
    line: str
    hatch: str = ""


STATUS: dict[Status, Ink] = {
    Status.INTERNAL: Ink("#DBF1EC", "#9CCFC6"),
    Status.FREE: Ink("#ADDAD3", "#559C95", "....."),
    Status.RECOGNISED: Ink("#76BCB8", "#3F8986", "------"),
    Status.SAFEGUARDS: Ink("#C58229", "#E0AC62", "//////"),
    Status.AUTHORISATION: Ink("#964B1D", "#BD7542", "\\\\\\\\\\\\"),
    Status.DEROGATION: Ink("#65211F", "#A86660", "||||||"),
    Status.PROHIBITED: Ink("#2C0E1C", "#2C0E1C"),
    Status.CONTESTED: Ink("#DCCBF0", "#6B3FA0", "xxxxxx"),
    Status.UNKNOWN: Ink("#FFFFFF", "#B4B8BC", "////"),
}
"""Fill of each status."""

MEANING: dict[Status, str] = {
    Status.INTERNAL: "one legal order",
    Status.FREE: "no tool needed",
    Status.RECOGNISED: "destination or recipient recognised",
    Status.SAFEGUARDS: "contract, certification, filing …",
    Status.AUTHORISATION: "an authority must act first",
    Status.DEROGATION: "case by case only",
    Status.PROHIBITED: "no lawful route",
    Status.CONTESTED: "rules clash, none prevails",
    Status.UNKNOWN: "law not encoded",
}
"""What a legend says after the name of a status."""

KINDS: tuple[Ink, ...] = (
    Ink("#1F3A5F", "#6F8FB8"),
    Ink("#E8B64C", "#9A6F12", "//////"),
    Ink("#2F7D7A", "#B5DEDA", "------"),
    Ink("#D07C5C", "#F3CDBE", "\\\\\\\\\\\\"),
    Ink("#D6E4F0", "#4A7094", "....."),
    Ink("#66407F", "#B796CC", "||||||"),
    Ink("#A2AD58", "#56611F", "++++++"),
    Ink("#F2C6D0", "#A34F66", "xxxxxx"),
)
"""Fills for kinds that have no order: islands, mechanisms. Used in turn; the eight differ in lightness too."""

ALONE = Ink("#DDDDD8", "#DDDDD8")
"""A jurisdiction that belongs to no island."""
CODELESS = Ink("#ECEEF0", "#ECEEF0")
"""An area to which ISO 3166-1 gives no code."""
OTHER = STATUS[Status.UNKNOWN]
TEXT, QUIET, FAINT = "#1C2430", "#5A6472", "#C9CED6"
COAST, BORDER, SEA, GRATICULE = "#5B6773", "#65707C", "#FBFCFD", "#E6EBEF"
MARK = "#0B3C8C"
"""The origin, and whatever else the picture points at."""


def kind_ink(number: int) -> Ink:
    """Return the fill of a kind: eight plain ones first, then the same with other patterns."""
    ink = KINDS[number % len(KINDS)]
    turn = number // len(KINDS)
    return (
        ink if not turn else Ink(ink.face, ink.line, KINDS[(number + 3 * turn) % len(KINDS)].hatch or "oooo")
    )


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour ``#RRGGBB``, 0 to 1 (WCAG 2, from sRGB, IEC 61966-2-1)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ink_on(face: str) -> str:
    """Return the colour of text on a face: dark or white, whichever contrasts more."""
    own = luminance(face) + 0.05
    return TEXT if own / (luminance(TEXT) + 0.05) > 1.05 / own else "#FFFFFF"
