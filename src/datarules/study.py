"""The law as a whole, asked in words: matrices as pandas frames, islands as networkx graphs, pairs, chains.

`Study` is what a notebook uses and what command line and API call: it reads words, asks the core, and keeps
what is dear to compute. It decides nothing itself.

>>> from datarules.study import Study                                    # doctest: +SKIP
>>> study = Study.open()                                                 # doctest: +SKIP
>>> study.table("2026-05-01", data="personal,health")                    # doctest: +SKIP
>>> study.graph("2026-05-01", level="safeguards")                        # doctest: +SKIP
"""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from . import __version__, barriers, compare, conflicts, island_files, matrix, obstacles, paths, timeline
from . import islands as isles
from .asked import Asked as Asked
from .asked import case_of as case_of
from .asked import level_of as level_of
from .asked import read as read
from .errors import InputError
from .load import Dataset
from .measures import Measures
from .model import Membership, Rule
from .people import People, at_hand
from .planning import Planning
from .rulebook import RuleBook
from .supposing import Supposing
from .vocab import Status

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

Progress = Callable[[int, int], None]
Made = TypeVar("Made")
FIRST = date(1995, 1, 1)
"""Where the history of islands begins unless another day is named: the year of the first general law on transfers."""
KEPT = 24


class Study(Measures, Planning, Supposing):
    """Questions about the law as a whole.

    Args:
        book: the compiled law.
        people: people by code of place, for counts of people; nothing where none are at hand.
        folder: where the history of islands, which takes half a minute, is kept for the same law.
        land: people, literacy and languages, for measures of reach; the bundled one unless given.
        dataset: the files the rulebook was made of, for scenarios; the bundled ones unless given.
    """

    def __init__(
        self,
        book: RuleBook,
        people: Mapping[str, int] | None = None,
        folder: Path | None = None,
        land: People | None = None,
        dataset: Dataset | None = None,
    ) -> None:
        self.book = book
        self.dataset = dataset
        self.folder = folder
        self.land = land
        self.people = land.counts() if people is None and land is not None else people
        self._kept: OrderedDict[object, Any] = OrderedDict()

    @classmethod
    def open(cls) -> Study:
        """Open the bundled law, validated.

        Raises:
            DataError: the data do not pass validation.
        """
        from .open import open_dataset

        dataset, book = open_dataset()
        return cls.of(book, dataset=dataset)

    @classmethod
    def of(cls, book: RuleBook, folder: Path | None = None, dataset: Dataset | None = None) -> Study:
        """Return a study of some law, with the bundled people where they were built."""
        return cls(book, folder=folder, land=at_hand(), dataset=dataset)

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

    def graph_of(self, kind: str, asked: Asked, level: Status | None = None) -> nx.DiGraph:
        """Return a graph for export (`datarules.graphs`): ``pairs`` of a day, their ``history``, or the ``law``.

        Raises:
            InputError: there is no such graph.
        """
        from . import graphs

        kinds = (graphs.PAIRS, graphs.HISTORY, graphs.LAW)
        if kind not in kinds:
            raise InputError.single(
                "kind", kind, "There is no such graph.", f"Use one of: {', '.join(kinds)}."
            )
        if kind == graphs.LAW:
            return graphs.law_graph(self.book, asked.day.toordinal())
        named = self.named_islands(asked, level or Status.SAFEGUARDS)
        if kind == graphs.PAIRS:
            found = self.matrix(asked, everywhere=False)
            return graphs.pair_graph(self.book, found, asked.cell.data, level, named)
        one = matrix.frame(
            self.book, [asked.cell.data], self.places(), asked.cell.purpose, asked.cell.sector, asked.facts
        )
        steps = timeline.timeline(self.book, one, FIRST.toordinal())
        return graphs.history_graph(self.book, steps, asked.cell.data, level, named)

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
        key = ("states", asked.cell, tuple(asked.facts.items()), level, case)

        def make() -> list[isles.State]:
            file = self._file(key)
            if file is not None and file.is_file():
                with suppress(ValueError, KeyError, OSError):
                    return island_files.restore(self.book, file.read_text(encoding="utf-8"))
            frame = matrix.frame(
                self.book,
                [asked.cell.data],
                self.places(),
                asked.cell.purpose,
                asked.cell.sector,
                asked.facts,
            )
            steps = timeline.timeline(self.book, frame, FIRST.toordinal(), None, progress)
            states = list(isles.history(self.book, steps, asked.cell.data, level, case, self._why(asked)))
            if file is not None:
                with suppress(OSError):
                    file.parent.mkdir(parents=True, exist_ok=True)
                    part = file.with_suffix(f".{os.getpid()}")
                    part.write_text(island_files.dump(states), encoding="utf-8")
                    part.replace(file)
            return states

        return self._keep(key, make)

    def _file(self, key: object) -> Path | None:
        """Return where something dear is kept for this law and this version, if anywhere."""
        if self.folder is None:
            return None
        name = hashlib.sha256(f"{__version__} {self.book.release} {key!r}".encode()).hexdigest()[:32]
        return self.folder / f"islands-{name}.json"

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
