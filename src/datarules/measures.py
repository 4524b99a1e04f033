"""Reach, divide and priorities as questions to a study; what is dear to compute is kept by the study.

The measures themselves are in `datarules.reach`, `datarules.divide` and `datarules.priorities`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from . import divide, priorities, reach
from . import matrix as matrices
from . import people as peoples
from .asked import Asked, level_of, read
from .divide import Divide, Moment, Row
from .errors import InputError, nearest
from .islands import unions_of
from .people import People
from .priorities import Priorities
from .reach import Census, Figure, Grid, Language, Reach
from .rulebook import RuleBook
from .vocab import SCALE, Status

if TYPE_CHECKING:
    import pandas as pd

Made = TypeVar("Made")
Progress = Callable[[int, int], None]
DATA, PURPOSE = "personal-training", "ai-training"
"""What reach is about unless asked otherwise: personal data gathered to train a model, sent for AI training."""
WORLD = "world"
SINCE = date(1995, 1, 1)
"""Where the history of the divide begins: the year of the first general law on transfers."""


@dataclass(frozen=True, slots=True)
class Party:
    """One place, the members of a group, or the world.

    Attributes:
        code: code of the place or name of the group; ``world``.
        label: English name.
        places: IRIs: the place, the members with people on the day, or every place with people.
        one: whether it is a single jurisdiction.
    """

    code: str
    label: str
    places: tuple[str, ...]
    one: bool


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A day ready to be measured: decisions, people, own pairs, and where data may go."""

    matrix: matrices.Matrix
    census: Census
    own: Grid
    open: Grid


class Measures(ABC):
    """Measures of reach, to be mixed into a study."""

    book: RuleBook
    land: People | None

    @abstractmethod
    def matrix(
        self, asked: Asked, everywhere: bool = True, progress: Progress | None = None
    ) -> matrices.Matrix:
        """Return the matrix of a day."""

    @abstractmethod
    def epoch(self, day: date) -> int:
        """Return the number of the period without change of law that a day lies in."""

    @abstractmethod
    def _keep(self, key: object, make: Callable[[], Made]) -> Made: ...

    def inhabitants(self) -> People:
        """Return people, literacy and languages.

        Raises:
            ConfigError: the table was not built.
        """
        if self.land is None:
            self.land = peoples.people()
        return self.land

    def ask_reach(self, as_of: str | date, **words: Any) -> Asked:
        """Read what a measure is about; personal data for AI training unless said otherwise."""
        words["data"] = words.get("data") or DATA
        words["purpose"] = words.get("purpose") or PURPOSE
        return read(self.book, as_of, one=True, **words)

    def party(self, word: str, day: date) -> Party:
        """Return a place, a group or the world by code or name.

        Raises:
            InputError: there is none of that name.
        """
        from .ask import Question, jurisdiction

        known = self.book.records.jurisdictions
        if word.strip().casefold() == WORLD:
            inhabited = self.inhabitants().territories
            return Party(WORLD, "World", tuple(i for i, j in known.items() if j.code in inhabited), False)
        groups = {iri.rpartition("/id/")[2]: iri for iri in self.book.records.groups}
        found = {name.casefold(): name for name in groups}.get(word.strip().casefold())
        if found and jurisdiction(self.book, word) is None:
            members = [p for p in self.book.at(day.toordinal()).taken_in(groups[found]) if p in known]
            return Party(found, self.book.records.groups[groups[found]], self._inhabited(members), False)
        question = Question(self.book)
        iri = question.place(word, "place")
        if question.problems:
            close = nearest(word, sorted(groups), 2)
            if close and jurisdiction(self.book, word) is None:
                remedy = f"{question.problems[0].remedy} Groups of a like name: {', '.join(close)}."
                raise InputError.single("place", word, question.problems[0].reason, remedy)
            raise InputError(*question.problems)
        return Party(known[iri].code, known[iri].label, (iri,), True)

    def _inhabited(self, places: list[str]) -> tuple[str, ...]:
        known, people = self.book.records.jurisdictions, self.inhabitants().territories
        return tuple(sorted(p for p in places if known[p].code in people and not known[p].union))

    # -- the day

    def field(self, asked: Asked, level: Status, everywhere: bool = False) -> Field:
        """Return a day ready to be measured: without unions unless everywhere.

        Raises:
            InputError: no place of the data has people.
        """
        found = self.matrix(asked, everywhere)
        known = self.book.records.jurisdictions
        own = reach.own_people(self.book, asked.day.toordinal(), found.frame.places)
        people = reach.census(self.inhabitants(), [known[p].code for p in found.frame.places])
        if not people.people.any():
            reason = "None of these places is in the table of people."
            raise InputError.single("data", len(people.codes), reason, "Use data with places of ISO 3166-1.")
        return Field(found, people, own, reach.grids(found, asked.cell.data, level, own))

    def _key(self, name: str, asked: Asked, *more: object) -> object:
        return (name, asked.cell, tuple(asked.facts.items()), *more, self.epoch(asked.day))

    def reach(self, asked: Asked, level: Status, everywhere: bool = False) -> Reach:
        """Return the reach of every place; of unions too where ``everywhere`` says so."""

        def make() -> Reach:
            day = self.field(asked, level, everywhere)
            return reach.reach(day.open, day.census, day.own)

        return self._keep(self._key("reach", asked, level, everywhere), make)

    def reach_at(self, asked: Asked, level: Status, place: str) -> Figure:
        """Return the reach of one place or union alone, without the other measures."""
        day = self.field(asked, level, everywhere=True)
        column = day.open[:, :, day.matrix.frame.places.index(place)].astype(np.float64)
        return reach.figure(column @ day.census.people / day.census.people.sum())

    def languages(self, asked: Asked, level: Status) -> list[Language]:
        """Return every language with who may learn from it."""

        def make() -> list[Language]:
            day = self.field(asked, level)
            return reach.languages(day.open, day.census)

        return self._keep(self._key("languages", asked, level), make)

    def learners(self, asked: Asked, level: Status, language: str) -> dict[str, Figure]:
        """Return by code of the place the share of a language's speakers whose data its builders may use.

        Raises:
            InputError: nobody of the places speaks the language.
        """
        day = self.field(asked, level)
        if language not in day.census.languages:
            names = {code: self.inhabitants().languages.get(code, code) for code in day.census.languages}
            close = nearest(language, [*names, *names.values()], 2)
            remedy = "See /v1/languages." + (f" Close: {', '.join(close)}." if close else "")
            raise InputError.single("language", language, "No place has speakers of such a language.", remedy)
        return dict(zip(day.census.codes, reach.learners(day.open, day.census, language), strict=True))

    def kinds(self, groups: int = peoples.GROUPS) -> dict[str, dict[str, str]]:
        """Return the groups of places by kind: income, region and subregion, by code."""
        people = self.inhabitants()
        codes = sorted(c for c in people.territories if c in self.book.by_code)
        return {
            "income": people.income(codes, groups),
            "region": {c: people.region(c) for c in codes},
            "subregion": {c: people.subregion(c) for c in codes},
        }

    def divide(self, asked: Asked, level: Status) -> Divide:
        """Return the divide of a day."""

        def make() -> Divide:
            day = self.field(asked, level)
            return divide.divide(day.open, day.census, self.kinds())

        return self._keep(self._key("divide", asked, level), make)

    def divide_sensitivity(self, asked: Asked, level: Status) -> list[Row]:
        """Return the divide of a day under other levels and other weights."""
        day = self.field(asked, level)

        def made(one: Status) -> Grid:
            return reach.grids(day.matrix, asked.cell.data, one, day.own)

        return divide.sensitivity(made, SCALE[1:-1], level, day.census)

    def divide_course(
        self,
        asked: Asked,
        level: Status,
        since: date = SINCE,
        every_change: bool = False,
        progress: Progress | None = None,
    ) -> list[Moment]:
        """Return the divide from a day to the day asked about, by years or by days of change."""

        def make() -> list[Moment]:
            frame = self.matrix(asked, everywhere=False).frame
            known = self.book.records.jurisdictions
            people = reach.census(self.inhabitants(), [known[p].code for p in frame.places])
            first, last = since.toordinal(), asked.day.toordinal()
            return list(
                divide.course(
                    self.book, frame, first, last, level, people, self.kinds(), every_change, progress
                )
            )

        return self._keep((self._key("course", asked, level), since, asked.day, every_change), make)

    def priorities(
        self, asked: Asked, level: Status, party: Party, progress: Progress | None = None
    ) -> Priorities:
        """Return what holds back the reach of a party, and what would raise it most.

        Members of a group, and the places of the world, count by their people.
        """

        def make() -> Priorities:
            union = self.book.records.jurisdictions[party.places[0]].union if party.one else False
            day = self.field(asked, level, everywhere=union)
            frame = day.matrix.frame
            total = day.census.people.sum()
            people = dict(zip(frame.places, (day.census.people / total).tolist(), strict=True))
            inside = 1.0 if party.one else sum(people.get(p, 0.0) for p in party.places)
            places = {p: (1.0 if party.one else people.get(p, 0.0) / inside) for p in party.places}
            return priorities.priorities(
                self.book,
                frame,
                asked.day.toordinal(),
                level,
                people,
                places,
                day.own,
                progress=progress,
            )

        return self._keep(self._key("priorities", asked, level, party), make)

    # -- as pandas frames

    def reach_table(self, as_of: str | date, level: str = "safeguards", **words: Any) -> pd.DataFrame:
        """Return the reach of every place with people, one row a place, highest first.

        Args:
            as_of: the day.
            level: level of the scale.
            words: ``data``, ``purpose``, ``sector``, ``facts`` as in `datarules.asked.read`.
        """
        import pandas as pd

        found = self.reach(self.ask_reach(as_of, **words), level_of(level))
        people, income = self.inhabitants(), self.kinds()["income"]
        rows = []
        for code in (c for c in found.codes if c in people.territories):
            row: dict[str, Any] = {
                "code": code,
                "people": people.territories[code].people,
                "region": people.region(code),
                "income": income.get(code, ""),
                "own": float(found.own[found.codes.index(code)]),
            }
            for name, one in found.figures(code).items():
                row |= {name: one.value, f"{name}_low": one.low, f"{name}_high": one.high}
            rows.append(row)
        made = pd.DataFrame(rows)
        return made.sort_values(["reach", "code"], ascending=[False, True], ignore_index=True)

    def divide_table(self, as_of: str | date, level: str = "safeguards", **words: Any) -> pd.DataFrame:
        """Return the divide from 1995 to a day, one row a year, one column a measure with its interval."""
        import pandas as pd

        rows = []
        for moment in self.divide_course(self.ask_reach(as_of, **words), level_of(level)):
            row: dict[str, Any] = {"day": date.fromordinal(moment.day).isoformat()}
            for name, one in asdict(moment.inequality).items():
                row |= {name: one["value"], f"{name}_low": one["low"], f"{name}_high": one["high"]}
            row |= {f"theil_between_{kind}": one.value for kind, one in moment.between.items()}
            rows.append(row)
        return pd.DataFrame(rows)

    def priorities_table(
        self, place: str, as_of: str | date, level: str = "safeguards", **words: Any
    ) -> pd.DataFrame:
        """Return what holds back the reach of a place, a group or the world, most costly first."""
        import pandas as pd

        asked = self.ask_reach(as_of, **words)
        found = self.priorities(asked, level_of(level), self.party(place, asked.day))
        tried = {(t.cost.change, t.cost.destination): t.gain for t in found.best}
        known = self.book.records.jurisdictions
        return pd.DataFrame(
            {
                "kind": one.change.kind,
                "order": known[one.order].code if one.order in known else "",
                "rule": one.change.rule,
                "what": one.change.what,
                "pairs": one.pairs,
                "cost": one.cost,
                "gain_alone": one.gain,
                "gain_tried": tried.get((one.change, one.destination), np.nan),
            }
            for one in found.inward
        )

    def unions(self, day: date) -> Mapping[str, frozenset[str]]:
        """Return the unions with the codes of their members on a day."""
        return unions_of(self.book, day.toordinal())
