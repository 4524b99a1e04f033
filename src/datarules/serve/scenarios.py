"""Scenarios over REST: what ships with the data, each as written, and what it would change.

The law as imagined and its effect are made on a thread, one at a time, and kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import reports, scenario, study, whatif, whatif_report
from .. import vocab as v
from ..errors import InputError
from ..load import Dataset, load
from ..rulebook import RuleBook
from ..scenario import Scenario
from ..study import Asked
from ..vocab import Status
from .door import Door
from .world import MOST, PAGE, Words, World

TURTLE = "text/turtle"
KEPT = 4
"""Laws as imagined, and effects, that are kept."""


class Scenarios(Door):
    """The routes, handed the rulebook, a clock, the routes on the law as a whole and the data.

    Args:
        book: the compiled law.
        today: the clock.
        world: what reads fields and takes turns.
        dataset: what the rulebook was made of; the bundled data, loaded when needed, unless given.
    """

    def __init__(
        self, book: RuleBook, today: Callable[[], date], world: World, dataset: Dataset | None = None
    ) -> None:
        super().__init__(book, today)
        self.world = world
        self._dataset = dataset
        self._laws: OrderedDict[str, RuleBook] = OrderedDict()
        self._effects: OrderedDict[object, whatif.Effect] = OrderedDict()

    def routes(self) -> list[Route]:
        """Return the routes, to be put into an application."""
        table: list[tuple[str, Callable[[Request], Awaitable[Response]]]] = [
            ("/v1/scenarios", self.listed),
            ("/v1/scenarios/{name}", self.one),
            ("/v1/scenarios/{name}/effect", self.effect),
        ]
        return [Route(path, endpoint, methods=["GET"]) for path, endpoint in table]

    async def listed(self, request: Request) -> Response:
        """List the scenarios that ship with the data."""
        self.plain(request)
        rows = [whatif_report.summary(scenario.read(path)) for path in scenario.names().values()]
        return self.rows(request, rows)

    async def one(self, request: Request) -> Response:
        """Show a scenario: its Turtle where the client asks for it, else JSON."""
        self.plain(request)
        found = self._named(request)
        if TURTLE in request.headers.get("accept", ""):
            return self.reply(request, found.file.text.encode(), TURTLE, "-turtle")
        return self.rows(request, {**whatif_report.summary(found), "turtle": found.file.text})

    async def effect(self, request: Request) -> Response:
        """Tell what a scenario would change, pair by pair, island by island, and in conflicts."""
        words = self.world.words(request, "level", "limit", "offset")
        found = self._named(request)
        level = study.level_of(words.get("level", "safeguards"))
        limit = self.world.count(words, "limit", PAGE, 1, MOST)
        offset = self.world.count(words, "offset", 0, 0, 10**9)
        asked = self._asked(words, found)
        after, effect = await self.world.aside(lambda: self._made(found, asked, level))
        about = reports.head(self.book, asked.day, asked.cell, asked.facts)
        document = whatif_report.document(
            self.book, after, found, effect, about, slice(offset, offset + limit)
        )
        return self.rows(request, document)

    @staticmethod
    def _named(request: Request) -> Scenario:
        """Return the scenario of the address; files beyond those that ship are out of reach.

        Raises:
            InputError: there is none of this name.
        """
        return scenario.read(scenario.named(request.path_params["name"]))

    def _asked(self, words: Words, found: Scenario) -> Asked:
        """Read the question; what is not stated is as the scenario says.

        Raises:
            InputError: the day lies before the first day of the scenario.
        """
        usual: Words = {"as_of": found.start, "data": v.local(found.data) or "personal"}
        usual["purpose"] = v.local(found.purpose) or "any"
        asked = self.world.asked({**usual, **words}, one=False)
        if asked.day < found.start:
            reason = f"The scenario begins on {found.start.isoformat()}."
            raise InputError.single("as_of", asked.day.isoformat(), reason, "Name that day or a later one.")
        return asked

    def _made(self, found: Scenario, asked: Asked, level: Status) -> tuple[RuleBook, whatif.Effect]:
        after = self._laws.get(found.name)
        if after is None:
            self._dataset = self._dataset or load()
            after = self._laws[found.name] = scenario.apply(self._dataset, found, self.world.study.folder)
        self._laws.move_to_end(found.name)
        key = (found.name, asked.cells, asked.day, tuple(sorted(asked.facts.items())), level)
        effect = self._effects.get(key)
        if effect is None:
            effect = self._effects[key] = whatif.effect(
                self.book,
                after,
                asked.day.toordinal(),
                [cell.data for cell in asked.cells],
                level,
                self.world.study.people,
                facts=asked.facts,
                purpose=asked.cell.purpose,
                sector=asked.cell.sector,
            )
        for kept in (self._laws, self._effects):
            while len(kept) > KEPT:
                kept.popitem(last=False)
        return after, effect
