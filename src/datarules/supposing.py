"""Questions about imagined law, for `datarules.study`: scenarios built from words, laid over the law, effects.

The law is asked twice, as it is and as imagined; neither changes. Nothing is kept on disk of a scenario that
is not of the data.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from . import builder, scenario, whatif
from . import vocab as v
from .asked import Asked, level_of, read
from .costs import Costs
from .errors import ConfigError, InputError
from .load import Dataset, load
from .required import Step, required
from .rulebook import RuleBook
from .scenario import Scenario
from .vocab import Status
from .whatif import Effect

Progress = Callable[[int, int], None]
Made = TypeVar("Made")
KEPT = 4
"""Laws as imagined that are kept at once; the one asked for least recently goes."""


@dataclass(frozen=True, slots=True)
class Supposed:
    """A scenario, and the law as it imagines it."""

    scenario: Scenario
    book: RuleBook


class Supposing:
    """The part of a study that asks about scenarios. What it keeps and knows is the study's."""

    book: RuleBook
    people: Mapping[str, int] | None
    folder: Path | None
    dataset: Dataset | None = None

    @cached_property
    def _imagined(self) -> OrderedDict[tuple[str, str], Supposed]:
        return OrderedDict()

    def _keep(self, key: object, make: Callable[[], Made]) -> Made:
        raise NotImplementedError

    def files(self) -> Dataset:
        """Return the files the rulebook was made of: those handed over, else the bundled ones.

        Raises:
            ConfigError: the rulebook was made of other files.
        """
        if self.dataset is None:
            self.dataset = load()
        if self.dataset.release != self.book.release:
            remedy = "Hand the dataset of the rulebook to the study."
            raise ConfigError.single("dataset", self.dataset.release, "These are not the rulebook's.", remedy)
        return self.dataset

    def build(self, words: Mapping[str, Any], today: date) -> builder.Built:
        """Build a scenario from words (see `datarules.builder.build`)."""
        return builder.build(self.book, words, today)

    def suppose(self, source: Path | str | Scenario) -> Supposed:
        """Lay a scenario over the law.

        Args:
            source: a scenario, the name of one that ships with the data, the path of a file, or the text of one.

        Raises:
            DataError: it is no scenario, or does not keep to the shapes; with every problem.
            InputError: there is none of this name.
        """
        if isinstance(source, Scenario):
            one = source
        elif isinstance(source, Path):
            one = scenario.read(source)
        elif "\n" in source:
            one = scenario.read_own(source)
        else:
            one = scenario.read(scenario.find(source))
        cache = self.folder if one.file.path.is_file() else None
        kept, key = self._imagined, (one.name, one.file.text)
        if key not in kept:
            kept[key] = Supposed(one, scenario.apply(self.files(), one, cache))
        kept.move_to_end(key)
        while len(kept) > KEPT:
            kept.popitem(last=False)
        return kept[key]

    def asked_of(self, one: Scenario, words: Mapping[str, Any]) -> Asked:
        """Read what an effect is asked for: words as in `datarules.asked.read`, what is not said as the scenario says.

        Raises:
            InputError: a word means nothing, or the day lies before the first day of the scenario.
        """
        usual = {
            "as_of": one.start,
            "data": v.local(one.data) or "personal",
            "purpose": v.local(one.purpose) or "any",
            "sector": v.local(one.sector) or "any",
        }
        asked = read(self.book, **{**usual, **{n: w for n, w in words.items() if w}})
        if asked.day < one.start:
            reason = f"The scenario begins on {one.start.isoformat()}."
            raise InputError.single("as_of", asked.day.isoformat(), reason, "Name that day or a later one.")
        return asked

    def effect(
        self,
        one: Supposed,
        asked: Asked,
        level: Status | str = Status.SAFEGUARDS,
        progress: Progress | None = None,
    ) -> Effect:
        """Return what a scenario does (see `datarules.whatif.effect`)."""
        wanted = level_of(level)
        stated = tuple(sorted(asked.facts.items()))
        key = ("effect", one.scenario.name, one.scenario.file.text, asked.cells, asked.day, stated, wanted)
        return self._keep(
            key,
            lambda: whatif.effect(
                self.book,
                one.book,
                asked.day.toordinal(),
                [cell.data for cell in asked.cells],
                wanted,
                self.people,
                facts=asked.facts,
                purpose=asked.cell.purpose,
                sector=asked.cell.sector,
                progress=progress,
            ),
        )

    def required(
        self,
        built: builder.Built,
        one: Supposed,
        asked: Asked,
        weights: Costs | None = None,
        progress: Progress | None = None,
    ) -> Sequence[Step]:
        """Return what each party to a scenario would have to change (see `datarules.required`)."""
        return required(self.book, one.book, built.plan, asked.facts, weights, progress)
