"""Statuses and kinds can be told apart in grey and by people who see red and green alike."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from datarules.pictures import palette
from datarules.vocab import SCALE, Status

DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)
"""Machado, Oliveira, Fernandes 2009, severity 1, on linear RGB."""
PROTANOPIA = np.array(
    [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]
)


def lightness(colour: str, seen: np.ndarray = np.eye(3)) -> float:  # noqa: B008
    """CIE L* of a colour as it is seen through a matrix on linear RGB."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    y = float(np.clip(seen @ linear, 0, 1) @ [0.2126, 0.7152, 0.0722])
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


@pytest.mark.parametrize(
    "seen", [np.eye(3), DEUTERANOPIA, PROTANOPIA], ids=["grey", "deuteranopia", "protanopia"]
)
def test_each_status_of_the_scale_is_darker_than_the_one_before(seen: np.ndarray) -> None:
    shades = [lightness(palette.STATUS[s].face, seen) for s in SCALE]
    assert min(a - b for a, b in pairwise(shades)) >= 8


def test_every_status_has_its_own_pattern_save_the_two_ends_of_the_scale() -> None:
    patterns = {s: palette.STATUS[s].hatch for s in Status}
    plain = {s for s, hatch in patterns.items() if not hatch}
    assert plain == {SCALE[0], SCALE[-1]}
    kinds = [(hatch[:1], len(hatch)) for hatch in patterns.values() if hatch]
    assert len(set(kinds)) == len(kinds)


def test_patterns_off_the_scale_stand_out() -> None:
    for status in set(Status) - set(SCALE):
        ink = palette.STATUS[status]
        assert lightness(ink.face) - lightness(ink.line) > 20


def test_words_on_every_fill_can_be_read() -> None:
    inks = [*palette.STATUS.values(), *palette.KINDS, palette.ALONE, palette.CODELESS]
    for ink in inks:
        pair = sorted(palette.luminance(c) for c in (ink.face, palette.ink_on(ink.face)))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, ink.face  # WCAG 2.2, 1.4.3


def test_kinds_are_told_apart_by_colour_or_pattern() -> None:
    many = [palette.kind_ink(i) for i in range(24)]
    assert len({(ink.face, ink.hatch) for ink in many}) == len(many)
    shades = sorted(lightness(ink.face) for ink in many[:8])
    assert min(b - a for a, b in pairwise(shades)) > 4
