"""The law as a whole, asked in words: matrices as pandas frames, islands as networkx graphs, pairs, chains.

`Study` is what a notebook uses and what command line and API call: it reads words, asks the core, and keeps
what is dear to compute. It decides nothing itself.

>>> from datarules.study import Study                                    # doctest: +SKIP
>>> study = Study.open()                                                 # doctest: +SKIP
>>> study.table("2026-05-01", data="personal,health")                    # doctest: +SKIP
>>> study.graph("2026-05-01", level="safeguards")                        # doctest: +SKIP
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from . import ask, barriers, compare, conflicts, matrix, obstacles, paths, timeline
from . import islands as isles
from . import vocab as v
from .errors import InputError, Problem
from .model import Membership, Rule, Value
from .planning import Planning
from .rulebook import Cell, RuleBook
from .vocab import SCALE, Status

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

Progress = Callable[[int, int], None]
Made = TypeVar("Made")
ALL = "all"
FIRST = date(1995, 1, 1)
"""Where the history of islands begins unless another day is named: the year of the first general law on transfers."""
KEPT = 24


@dataclass(frozen=True, slots=True)
class Asked:
    """What a study is about, read from words.

    Attributes:
        cells: one exact question a data category.
        day: the day.
        facts: facts stated of every transfer.
        places: IRIs of places, in the order they were named.
    """

    cells: tuple[Cell, ...]
    day: date
    facts: dict[str, Value] = field(default_factory=dict)
    places: tuple[str, ...] = ()

    @property
    def cell(self) -> Cell:
        """Return the first question."""
        return self.cells[0]


def read(
    book: RuleBook,
    as_of: str | date,
    data: str | Sequence[str] = "personal",
    purpose: str = "any",
    sector: str = "any",
    facts: Mapping[str, Any] | None = None,
    places: Mapping[str, str] | None = None,
    one: bool = False,
) -> Asked:
    """Read what a study is about.

    Args:
        book: the rulebook, for what exists.
        as_of: the day.
        data: categories, separated by commas; ``all`` for every shared one.
        purpose: one purpose.
        sector: one sector.
        facts: name → yes/no or number.
        places: name of the field → code or name of a place.
        one: whether a single category is wanted.

    Raises:
        InputError: with every problem found.
    """
    question = ask.Question(book)
    records = book.records
    words = [w for part in ([data] if isinstance(data, str) else data) for w in part.split(",") if w.strip()]
    if words == [ALL]:
        categories = matrix.shared_categories(book)
    else:
        categories = question.concepts(
            words or ["personal"],
            "data",
            records.categories,
            v.CATEGORY,
            "datarules categories, or /v1/categories",
        )
    if one and len(words) > 1:
        question.problems.append(
            Problem(
                "data",
                ", ".join(words),
                "One data category is looked at here.",
                "Name one, such as personal.",
            )
        )
    axes = []
    for word, field_, scheme, space, top in (
        (purpose, "purpose", records.purposes, v.PURPOSE, v.ANY_PURPOSE),
        (sector, "sector", records.sectors, v.SECTOR, v.ANY_SECTOR),
    ):
        listing = f"datarules categories --{field_}s, or /v1/{field_}s"
        axes.append(next(iter(question.concepts([word or "any"], field_, scheme, space, listing)), top))
    stated = dict(question.facts(facts or {}))
    found = tuple(question.place(word, name) for name, word in (places or {}).items())
    day = ask.day_of(as_of, "as_of", question.problems)
    if question.problems or day is None:
        raise InputError(*question.problems)
    return Asked(tuple(Cell(c, axes[0], axes[1]) for c in categories), day, stated, found)


def level_of(word: str | Status) -> Status:
    """Return a level of the scale by name.

    Raises:
        InputError: there is no such level.
    """
    if isinstance(word, Status):
        return word
    known = {s.value: s for s in SCALE[1:]}
    if word.strip().casefold() not in known:
        raise InputError.single("level", word, "There is no such level.", f"Use one of: {', '.join(known)}.")
    return known[word.strip().casefold()]


def case_of(word: str) -> str:
    """Return which case to look at: ``status`` (the profile), ``best`` or ``worst``.

    Raises:
        InputError: there is no such case.
    """
    if word not in isles.CASES:
        raise InputError.single(
            "case", word, "There is no such case.", f"Use one of: {', '.join(isles.CASES)}."
        )
    return word


class Study(Planning):
    """Questions about the law as a whole.

    Args:
        book: the compiled law.
        people: people by code of place, for counts of people; nothing where none are at hand.
    """

    def __init__(self, book: RuleBook, people: Mapping[str, int] | None = None) -> None:
        self.book = book
        self.people = people
        self._kept: OrderedDict[object, Any] = OrderedDict()

    @classmethod
    def open(cls) -> Study:
        """Open the bundled law, validated.

        Raises:
            DataError: the data do not pass validation.
        """
        from .open import open_dataset

        return cls(open_dataset()[1])

    def _keep(self, key: object, make: Callable[[], Made]) -> Made:
        if key not in self._kept:
            made = make()
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        found: Made = self._kept[key]
        return found

    def epoch(self, day: date) -> int:
        """Return the number of the period without change of law that a day lies in."""
        return bisect_right(self.book.epochs, day.toordinal())

    def last_change(self) -> date:
        """Return the last day on which some law is known to change."""
        return date.fromordinal(self.book.epochs[-1])

    def places(self, parts: bool = True) -> list[str]:
        """Return the places of counts, maps and islands (see `datarules.islands.places`)."""
        return isles.places(self.book, parts)

    # -- matrix

    def matrix(
        self, asked: Asked, everywhere: bool = True, progress: Progress | None = None
    ) -> matrix.Matrix:
        """Return the matrix of a day: all jurisdictions, or the places alone of which islands are made."""
        categories = [cell.data for cell in asked.cells]
        chosen = None if everywhere else self.places()
        frame = matrix.frame(
            self.book, categories, chosen, asked.cell.purpose, asked.cell.sector, asked.facts
        )
        day = asked.day.toordinal()
        found = self._keep(
            ("matrix", frame, self.epoch(asked.day)), lambda: matrix.matrix(self.book, frame, day, progress)
        )
        return found if found.day == day else found.on(day)

    def table(self, as_of: str | date, **words: Any) -> pd.DataFrame:
        """Return the matrix of a day as a pandas frame, one row an ordered pair and category.

        Args:
            as_of: the day.
            words: ``data``, ``purpose``, ``sector``, ``facts`` as in `read`.
        """
        from . import tables

        return tables.frame(self.book, self.matrix(read(self.book, as_of, **words)))

    # -- islands

    def graph(
        self, as_of: str | date, level: str = "safeguards", case: str = "status", **words: Any
    ) -> nx.Graph:
        """Return the graph of mutual edges of a day (see `datarules.islands.graph`)."""
        asked = read(self.book, as_of, one=True, **words)
        found = self.matrix(asked, everywhere=False)
        return isles.graph(self.book, found, asked.cell.data, level_of(level), case_of(case))

    def islands(self, asked: Asked, level: Status, case: str = "status") -> isles.Islands:
        """Return the islands of a day."""

        def make() -> isles.Islands:
            found = self.matrix(asked, everywhere=False)
            return isles.islands(isles.graph(self.book, found, asked.cell.data, level, case))

        return self._keep(
            ("islands", asked.cell, tuple(asked.facts.items()), level, case, self.epoch(asked.day)), make
        )

    def island_states(
        self, asked: Asked, level: Status, case: str = "status", progress: Progress | None = None
    ) -> list[isles.State]:
        """Return the islands with their lasting names, from 1995 on: one state for each day they changed."""

        def make() -> list[isles.State]:
            frame = matrix.frame(
                self.book,
                [asked.cell.data],
                self.places(),
                asked.cell.purpose,
                asked.cell.sector,
                asked.facts,
            )
            steps = timeline.timeline(self.book, frame, FIRST.toordinal(), None, progress)
            return list(isles.history(self.book, steps, asked.cell.data, level, case, self._why(asked)))

        return self._keep(("states", asked.cell, tuple(asked.facts.items()), level, case), make)

    def named_islands(self, asked: Asked, level: Status, case: str = "status") -> dict[str, frozenset[str]]:
        """Return the islands of a day by the names they keep over time."""
        states = self.island_states(asked, level, case)
        last = [s for s in states if s.day <= asked.day.toordinal()]
        return last[-1].islands if last else {}

    def _why(self, asked: Asked) -> Callable[[timeline.Step, isles.Grid], list[Rule | Membership]]:
        """Return what tells which causes of a step changed some edges: those the changed decisions speak of."""

        def why(step: timeline.Step, changed: isles.Grid) -> list[Rule | Membership]:
            return timeline.causes_of(self.book, step, changed, asked.cell, asked.facts)

        return why

    # -- pairs

    def compare(self, asked: Asked) -> compare.Comparison:
        """Compare the two places asked about."""
        first, second = asked.places
        return compare.compare(self.book, first, second, asked.day.toordinal(), asked.cell, asked.facts)

    def conflicts(
        self,
        asked: Asked,
        data: str | None,
        kinds: Sequence[str] = conflicts.KINDS,
        progress: Progress | None = None,
    ) -> list[conflicts.Clash]:
        """Return the conflicts between the two places asked about, or between all legal orders."""
        view = self.book.at(asked.day.toordinal())
        if len(asked.places) == 2:
            return conflicts.between(view, asked.places[0], asked.places[1], data, asked.facts, kinds)
        key = ("conflicts", data, tuple(asked.facts.items()), self.epoch(asked.day))
        found = self._keep(key, lambda: conflicts.world(view, data, asked.facts, progress=progress))
        return [
            one for one in found if one.kind in kinds and (not asked.places or asked.places[0] in one.between)
        ]

    def paths(self, asked: Asked, longest: int = paths.LONGEST) -> paths.Chains:
        """Return the lawful chains between the two places asked about."""
        walk = paths.Walk(self.book, asked.day.toordinal(), asked.cell, asked.facts)
        return walk.best(asked.places[0], asked.places[1], self.places(), longest)

    def obstacles(self, asked: Asked, level: Status) -> tuple[obstacles.Bench, list[obstacles.Way]]:
        """Return what stands between the two places asked about."""
        view = self.book.at(asked.day.toordinal())
        bench = obstacles.Bench(view, asked.places[0], asked.places[1], asked.cell, asked.facts)
        return bench, bench.ways(level)

    def barriers(
        self, asked: Asked, level: Status, progress: Progress | None = None
    ) -> list[barriers.Barrier]:
        """Return the world's obstacles on a day."""
        categories = [cell.data for cell in asked.cells]
        frame = matrix.frame(
            self.book, categories, self.places(), asked.cell.purpose, asked.cell.sector, asked.facts
        )
        day = asked.day.toordinal()
        return self._keep(
            ("barriers", frame, level, self.epoch(asked.day)),
            lambda: barriers.barriers(self.book, frame, day, level, self.people, progress),
        )
