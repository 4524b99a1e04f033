"""The AI divide: how unequal lawful data reach is over people, between and within groups, and since when.

Every person is given the reach of the place they live in (`datarules.reach`); inequality is taken over people.

- Lorenz curve: people by ascending reach against their share of all reach (M. O. Lorenz 1905).
- Gini: one less twice the area below that curve, by trapezoids, so exact for grouped data.
- Theil's T = Σ w (x/μ) ln(x/μ), with people shares w (H. Theil 1967). It adds up: T = Σ s T_g + Σ s ln(μ_g/μ) with
  the groups' shares of all reach s, that is, within plus between (A. F. Shorrocks, Econometrica 48(3), 1980).
- Law or size: reach is one's own people (size) plus others' whose law opens to one (law). Gini = Σ (μ_k/μ) C_k over
  these two sources, C_k their concentration along the ranking by reach (R. I. Lerman, S. Yitzhaki, Review of
  Economics and Statistics 67(1), 1985); the parts add up to the whole. Beside it stand two worlds that need no
  law: no rules (everyone reaches everyone; no inequality) and full localisation (own people only; all size).

People are today's on every day: only law moves. Intervals are those of `datarules.reach.Figure`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from . import timeline
from .matrix import Frame, Matrix, Progress
from .reach import VARIANTS, Census, Figure, Floats, Grid, figure, grids, own_people, shares
from .rulebook import RuleBook
from .vocab import Status

NO_GROUP = "no group"


def lorenz(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return the Lorenz curve: cumulative shares of weights and of values, both from 0 to 1.

    Args:
        values: not negative, shape (n).
        weights: not negative, shape (n), with a positive sum.
    """
    order = np.argsort(values, kind="stable")
    w = weights[order]
    x = np.concatenate([[0.0], np.cumsum(w) / w.sum()])
    mass = np.cumsum(w * values[order])
    y = np.concatenate([[0.0], mass / mass[-1] if mass[-1] > 0 else x[1:]])
    return x, y


def gini(values: Floats, weights: Floats) -> float:
    """Return the Gini coefficient, 0 (all alike) to 1; nought where nobody has anything."""
    x, y = lorenz(values, weights)
    return float(1 - (np.diff(x) * (y[1:] + y[:-1])).sum())


def concentration(part: Floats, values: Floats, weights: Floats) -> float:
    """Return the concentration coefficient of a part along the ranking by ``values``; the part may rise or fall.

    People with equal values share one rank: within a tie the part counts at its mean, so that the
    order of the data does not matter.
    """
    if not (weights * part).sum():
        return 0.0
    levels, group = np.unique(values, return_inverse=True)
    w = np.bincount(group, weights, len(levels))
    mass = np.bincount(group, weights * part, len(levels))
    x = np.concatenate([[0.0], np.cumsum(w) / w.sum()])
    y = np.concatenate([[0.0], np.cumsum(mass) / mass.sum()])
    return float(1 - (np.diff(x) * (y[1:] + y[:-1])).sum())


def theil(values: Floats, weights: Floats) -> float:
    """Return Theil's T; nought where all are alike or nobody has anything."""
    w = weights / weights.sum()
    mean = (w * values).sum()
    if not mean:
        return 0.0
    ratio = values / mean
    logs = np.log(ratio, out=np.zeros_like(ratio), where=ratio > 0)
    return max(0.0, float((w * ratio * logs).sum()))


@dataclass(frozen=True, slots=True)
class Group:
    """One group of people.

    Attributes:
        name: of the group.
        people: its share of all people.
        share: its share of all reach.
        mean: its mean reach.
        theil: inequality within it.
        between: its summand of the inequality between groups, s ln(μ_g/μ).
    """

    name: str
    people: float
    share: float
    mean: float
    theil: float
    between: float


@dataclass(frozen=True, slots=True)
class Split:
    """Theil's T taken apart by groups: ``total`` = ``within`` + ``between``."""

    total: float
    within: float
    between: float
    groups: tuple[Group, ...]


def split(values: Floats, weights: Floats, names: Sequence[str]) -> Split:
    """Return Theil's T between and within groups.

    Args:
        values: shape (n).
        weights: shape (n).
        names: group of each; empty for none, which makes a group of its own.
    """
    total, mass = weights.sum(), (weights * values).sum()
    mean = mass / total
    labels = np.array([name or NO_GROUP for name in names])
    groups = []
    for name in sorted(set(labels.tolist())):
        here = (labels == name) & (weights > 0)
        w, x = weights[here], values[here]
        if not w.sum():
            continue
        own = float((w * x).sum() / w.sum())
        share = float((w * x).sum() / mass) if mass else 0.0
        between = share * float(np.log(own / mean)) if own else 0.0
        groups.append(Group(str(name), float(w.sum() / total), share, own, theil(x, w), between))
    within = sum(g.share * g.theil for g in groups)
    return Split(theil(values, weights), within, sum(g.between for g in groups), tuple(groups))


@dataclass(frozen=True, slots=True)
class Inequality:
    """The divide in one world.

    Attributes:
        mean: mean reach over people.
        gini: Gini coefficient.
        theil: Theil's T.
        size: the part of the Gini that comes from own people.
        law: the part that comes from what others' law opens; ``size`` + ``law`` = ``gini``.
    """

    mean: Figure
    gini: Figure
    theil: Figure
    size: Figure
    law: Figure


def inequality(values: Floats, weights: Floats, own: Floats) -> Inequality:
    """Return the divide.

    Args:
        values: reach, shape (variants, n), at least ``own``.
        weights: people, shape (n).
        own: each place's own share of the world's people, shape (n).
    """
    means = values @ weights / weights.sum()

    def part(row: Floats, what: Floats) -> float:
        mean = (weights * row).sum()
        return float((weights * what).sum() / mean * concentration(what, row, weights)) if mean else 0.0

    return Inequality(
        figure(means),
        figure([gini(row, weights) for row in values]),
        figure([theil(row, weights) for row in values]),
        figure([part(row, own) for row in values]),
        figure([part(row, np.maximum(row - own, 0)) for row in values]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Divide:
    """The divide of one day at one level.

    Attributes:
        codes: places with people, in the order of the arrays.
        reach: float (variants, places).
        weights: people.
        actual: under the law of the day.
        no_rules: everyone reaches everyone.
        localised: everyone reaches their own people only.
        splits: Theil's T by kind of group (``income``, ``region``, ``subregion``), under the profile.
        between: the part of Theil's T between groups as a figure, by kind of group.
    """

    codes: tuple[str, ...]
    reach: Floats
    weights: Floats
    actual: Inequality
    no_rules: Inequality
    localised: Inequality
    splits: Mapping[str, Split]
    between: Mapping[str, Figure]

    @property
    def toward_localisation(self) -> Figure:
        """Return where the Gini lies between no rules (0) and full localisation (1)."""
        low, high = self.no_rules.gini.value, self.localised.gini.value
        scale = (high - low) or 1.0
        g = self.actual.gini
        return Figure(*((v - low) / scale for v in (g.value, g.best, g.worst, g.unknown_open, g.low, g.high)))


def divide(open_: Grid, people: Census, kinds: Mapping[str, Mapping[str, str]]) -> Divide:
    """Return the divide over places with people.

    Args:
        open_: where data may go, by variant (see `datarules.reach.grids`).
        people: the people of the places.
        kinds: group by code, for each kind of group.
    """
    here = people.people > 0
    weights = people.people[here]
    own = weights / weights.sum()
    values = shares(people.people, open_)[:, here]
    codes = tuple(c for c, one in zip(people.codes, here.tolist(), strict=True) if one)
    names = {kind: [groups.get(c, "") for c in codes] for kind, groups in kinds.items()}
    apart = {kind: [split(row, weights, labels) for row in values] for kind, labels in names.items()}
    return Divide(
        codes,
        values,
        weights,
        inequality(values, weights, own),
        inequality(np.ones_like(values), weights, own),
        inequality(np.repeat(own[None], len(VARIANTS), 0), weights, own),
        {kind: rows[0] for kind, rows in apart.items()},
        {kind: figure([one.between for one in rows]) for kind, rows in apart.items()},
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """The divide on one day of its history, with Theil's T between groups by kind."""

    day: int
    inequality: Inequality
    between: Mapping[str, Figure]


def days_of(first: int, last: int) -> list[int]:
    """Return the first day, every first of January after it up to the last, and the last (ordinals)."""
    years = range(date.fromordinal(first).year + 1, date.fromordinal(last).year + 1)
    return sorted({first, *(date(y, 1, 1).toordinal() for y in years), last})


def course(
    book: RuleBook,
    asked: Frame,
    first: int,
    last: int,
    level: Status,
    people: Census,
    kinds: Mapping[str, Mapping[str, str]],
    every_change: bool = False,
    progress: Progress | None = None,
) -> Iterator[Moment]:
    """Yield the divide from one day to another, on every first of January or on every day of change.

    Args:
        book: the compiled law.
        asked: the places (as ``people.codes``), one category, purpose, sector and facts.
        first: ordinal of the first day.
        last: ordinal of the last day.
        level: see `datarules.reach.grids`.
        people: the people of the places, today's on every day.
        kinds: group by code, for each kind of group.
        every_change: every day on which some decision changed, instead of every year.
        progress: called with days done and days in all.
    """
    wanted = days_of(first, last)
    for step in timeline.timeline(book, asked, first, last + 1, progress):
        after = bisect_right(book.epochs, step.day)
        until = book.epochs[after] if after < len(book.epochs) else last + 1
        days = [d for d in wanted if step.day <= d < until]
        if every_change:
            days = [step.day] if step.changed.any() else []
        if days:
            found = _moment(book, step.matrix, asked, level, people, kinds)
            for day in days:
                yield Moment(day, found.actual, found.between)


def _moment(
    book: RuleBook,
    matrix: Matrix,
    asked: Frame,
    level: Status,
    people: Census,
    kinds: Mapping[str, Mapping[str, str]],
) -> Divide:
    own = own_people(book, matrix.day, asked.places)
    return divide(grids(matrix, asked.categories[0], level, own), people, kinds)


Row = tuple[str, str, Inequality]


def sensitivity(
    made: Callable[[Status], Grid], levels: Sequence[Status], chosen: Status, people: Census
) -> list[Row]:
    """Return the divide under other levels and other weights, as rows of (what is varied, to what, result).

    Args:
        made: gives where data may go at a level, by variant.
        levels: levels to try.
        chosen: the level at which weights are varied.
        people: the people of the places.
    """
    rows: list[Row] = []
    here = people.people > 0
    own = (people.people / people.people.sum())[here]
    for level in levels:
        values = shares(people.people, made(level))[:, here]
        rows.append(("level", level.value, inequality(values, people.people[here], own)))
    values = shares(people.people, made(chosen))[:, here]
    rows.append(("weights", "each place alike", inequality(values, np.ones(int(here.sum())), own)))
    lit = people.literate > 0
    read = (people.literate / people.literate.sum())[lit]
    values = shares(people.literate, made(chosen))[:, lit]
    rows.append(("weights", "literate people", inequality(values, people.literate[lit], read)))
    return rows
