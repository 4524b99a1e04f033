"""Questions about law as it could be, for `datarules.study`: bridges, portfolios, mechanisms; and their words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, Protocol, TypeVar

from . import bridges, effects, matrix, mechanisms
from . import fit as fits
from . import vocab as v
from .costs import CLASSES, Costs
from .effects import KINDS
from .errors import InputError, nearest
from .model import Value
from .people import People
from .portfolio import LARGE, TIME_LIMIT, Chooser, Limit, Portfolio, front
from .rulebook import Cell, RuleBook
from .vocab import Status

Progress = Callable[[int, int], None]
Made = TypeVar("Made")


class About(Protocol):
    """What a question is about (`datarules.study.Asked`)."""

    @property
    def cell(self) -> Cell:
        """Return data category, purpose and sector."""

    @property
    def day(self) -> date:
        """Return the day."""

    @property
    def facts(self) -> dict[str, Value]:
        """Return the facts stated."""

    @property
    def places(self) -> tuple[str, ...]:
        """Return the places named."""


class Planning:
    """The part of a study that asks about changes of law. What it keeps and knows is the study's."""

    book: RuleBook
    people: Mapping[str, int] | None
    land: People | None

    def _keep(self, key: object, make: Callable[[], Made]) -> Made:
        raise NotImplementedError

    def epoch(self, day: date) -> int:
        """Return the number of the period without change of law that a day lies in."""
        raise NotImplementedError

    def places(self, parts: bool = True) -> list[str]:
        """Return the places of counts."""
        raise NotImplementedError

    def _frame(self, asked: About, places: Sequence[str] | None = None) -> matrix.Frame:
        chosen = self.places() if places is None else places
        scope = (asked.cell.purpose, asked.cell.sector, asked.facts)
        return matrix.frame(self.book, [asked.cell.data], chosen, *scope)

    def bridge(self, asked: About, level: Status, weights: Costs | None = None) -> bridges.Bridge:
        """Return the cheapest changes that bring the two places asked about to a level both ways."""
        first, second = asked.places
        day = asked.day.toordinal()
        return bridges.bridge(self.book, first, second, day, asked.cell, level, asked.facts, weights)

    def effects(
        self, asked: About, level: Status, kinds: Sequence[str] = KINDS, progress: Progress | None = None
    ) -> effects.Effects:
        """Return what each change of law would open on a day (see `datarules.effects`)."""
        frame, day = self._frame(asked), asked.day.toordinal()
        return self._keep(
            ("effects", frame, level, tuple(kinds), self.epoch(asked.day)),
            lambda: effects.survey(self.book, frame, day, level, kinds, progress),
        )

    def chooser(
        self,
        asked: About,
        level: Status,
        objective: str = "pairs",
        mutual: bool = True,
        weights: Costs | None = None,
        kinds: Sequence[str] = KINDS,
        progress: Progress | None = None,
    ) -> Chooser:
        """Return the effects of a day made ready for choosing (see `datarules.portfolio`).

        Raises:
            InputError: people or languages shall count and none are at hand.
        """
        if objective == "people" and self.people is None:
            remedy = "Give counts of people by code of place, or choose pairs or fair."
            raise InputError.single("objective", objective, "No counts of people are at hand.", remedy)
        if objective == "languages" and self.land is None:
            remedy = "Build the table of people (make bundle), or choose pairs or fair."
            raise InputError.single("objective", objective, "No counts of languages are at hand.", remedy)
        found = self.effects(asked, level, kinds, progress)
        return Chooser(self.book, found, objective, mutual, self.people, weights, self._tongues())

    def _tongues(self) -> dict[str, frozenset[str]] | None:
        """Return the languages of each territory, every one that CLDR counts speakers of."""
        if self.land is None:
            return None
        known = self.land.territories.items()
        return {code: frozenset(s.language for s in one.speech) for code, one in known}

    def portfolio(
        self,
        asked: About,
        level: Status,
        limit: Limit,
        objective: str = "pairs",
        mutual: bool = True,
        weights: Costs | None = None,
        time_limit: float = TIME_LIMIT,
    ) -> Portfolio:
        """Return the changes of law that gain most within a limit, chosen exactly.

        Args:
            asked: data, day and facts.
            level: level at which pairs count as joined.
            limit: most changes, or most cost.
            objective: ``pairs``, ``people``, ``languages`` or ``fair``.
            mutual: joined both ways, or one way.
            weights: costs of the classes of change.
            time_limit: seconds for the solver.
        """
        return self.chooser(asked, level, objective, mutual, weights).exact(limit, time_limit)

    def mechanisms(
        self, asked: About, level: Status, progress: Progress | None = None
    ) -> list[mechanisms.Standing]:
        """Return every mechanism on the same measures (see `datarules.mechanisms`)."""
        frame, day = self._frame(asked), asked.day.toordinal()
        return self._keep(
            ("mechanisms", frame, level, self.epoch(asked.day)),
            lambda: mechanisms.compared(self.book, frame, day, level, self.people, progress),
        )

    def fit(
        self, asked: About, kind: str, level: Status, scheme: str = "", progress: Progress | None = None
    ) -> fits.Fit:
        """Return how a mechanism of a kind fits among the places asked about, or the members of a scheme.

        Raises:
            InputError: no such kind or scheme, or fewer than two members.
        """
        known = {v.local(k): k for k in self.book.records.mechanisms if k.startswith(v.MECHANISM)}
        if kind not in known:
            listing = f"Use one of: {', '.join(sorted(known))}."
            raise InputError.single("kind", kind, "There is no such kind of mechanism.", listing)
        places, day = list(asked.places), asked.day.toordinal()
        if scheme:
            groups = {v.local(g): g for g in self.book.records.groups}
            if scheme not in groups:
                near = ", ".join(nearest(scheme, list(groups), 3)) or "a list of the law"
                raise InputError.single(
                    "scheme", scheme, "There is no such scheme.", f"Did you mean: {near}?"
                )
            inside = self.book.at(day).taken_in(groups[scheme])
            places += [p for p in self.places() if p in inside and p not in places]
        if len(places) < 2:
            remedy = "Name members, or a scheme that has some."
            raise InputError.single("members", "", "A mechanism needs two members.", remedy)
        return fits.fit(self.book, self._frame(asked, places), day, known[kind], level, None, progress)


# -- words


def weights_of(text: str | None) -> Costs:
    """Read weights given as four numbers: private act, administrative act, statute, treaty.

    Raises:
        InputError: they are not four numbers above zero.
    """
    if not text:
        return Costs()
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != len(CLASSES) or not all(0 < n < 1e9 for n in numbers):
        remedy = f"Give four numbers above zero, for {', '.join(CLASSES)}: 1,3,10,30."
        raise InputError.single("weights", text, "These are no weights.", remedy)
    return Costs(*numbers)


def by_class(weights: Costs) -> dict[str, float]:
    """Return the weights by name of the class."""
    return dict(zip(CLASSES, asdict(weights).values(), strict=True))


def kinds_of(text: str | None) -> tuple[str, ...]:
    """Read kinds of change, separated by commas.

    Raises:
        InputError: there is no such kind.
    """
    chosen = tuple(part.strip() for part in (text or "").split(",") if part.strip()) or KINDS
    if wrong := [kind for kind in chosen if kind not in KINDS]:
        remedy = f"The kinds are: {', '.join(KINDS)}."
        raise InputError.single("kinds", ", ".join(wrong), "There is no such kind of change.", remedy)
    return chosen


def limits_of(count: int | None, budget: float | None, several: int) -> list[Limit]:
    """Return one limit, or several up to it, for a front; ten changes unless one is given.

    Raises:
        InputError: a number is not above zero.
    """
    for name, number in (("k", count), ("budget", budget)):
        if number is not None and not 0 < number < 1e9:
            raise InputError.single(name, str(number), "This leaves nothing to choose.", "Give more than 0.")
    if several <= 1:
        return [Limit(10 if count is None and budget is None else count, budget)]
    if budget is not None:
        return [Limit(count, budget * (n + 1) / several) for n in range(several)]
    most = count or 10
    return [Limit(n) for n in sorted({max(1, round(most * (n + 1) / several)) for n in range(several)})]


def choose(
    chooser: Chooser, limits: Sequence[Limit], greedy: bool, time_limit: float, progress: Any = None
) -> list[tuple[Limit, Portfolio]]:
    """Return a portfolio for each limit: exact, or greedy where asked for or where many are to be chosen.

    Args:
        chooser: effects made ready.
        limits: the limits, ascending.
        greedy: whether greedily in any case; beyond `portfolio.LARGE` changes it is so anyhow.
        time_limit: seconds for each.
        progress: called with limits done and limits in all.
    """
    if greedy or any((limit.count or 0) > LARGE for limit in limits):
        return [(limit, chooser.greedy(limit)) for limit in limits]
    return front(chooser, limits, time_limit, progress)
