"""Scenarios over REST: what ships with the data, one of one's own, one made from words; and what each would change.

A scenario that is posted is laid over the law in memory and forgotten: nothing of it is written to disk, and
its addresses are names, never fetched.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import builder, reports, scenario, study, whatif_rdf, whatif_report
from ..asked import Asked
from ..errors import DataError, InputError, Problem, nearest
from ..scenario import Scenario
from ..supposing import Supposed
from ..vocab import Status
from . import reading
from .problems import MediaTypeError, TooLargeError
from .work import Progress
from .world import MOST, PAGE, Words, World

TURTLE = "text/turtle"
LARGEST = 128 * 1024
"""Largest scenario that can be posted, in bytes."""
QUESTION = ("as_of", "facts")
"""Fields of a posted plan beside those of the builder."""


class Scenarios:
    """The routes, on the study, clock and turn of the routes on the law as a whole.

    Args:
        world: those routes.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.study = world.study
        self.book = world.book

    def routes(self) -> list[Route]:
        """Return the routes, to be put into an application."""
        table: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
            ("GET", "/v1/scenarios", self.listed),
            ("POST", "/v1/scenarios", self.build),
            ("POST", "/v1/scenarios/effect", self.own),
            ("GET", "/v1/scenarios/{name}", self.one),
            ("GET", "/v1/scenarios/{name}/effect", self.effect),
        ]
        return [Route(path, endpoint, methods=[method]) for method, path, endpoint in table]

    async def listed(self, request: Request) -> Response:
        """List the scenarios that ship with the data."""
        self.world.plain(request)
        rows = [whatif_report.summary(scenario.read(path)) for path in scenario.names().values()]
        return self.world.rows(request, rows)

    async def one(self, request: Request) -> Response:
        """Show a scenario: its Turtle where the client asks for it, else JSON."""
        self.world.plain(request)
        found = self._named(request)
        if TURTLE in request.headers.get("accept", ""):
            return self.world.reply(request, found.file.text.encode(), TURTLE, "-turtle")
        return self.world.rows(request, {**whatif_report.summary(found), "turtle": found.file.text})

    async def effect(self, request: Request) -> Response:
        """Tell what a scenario that ships would change, pair by pair, island by island, and in conflicts."""
        words = self.world.words(request, "level", "limit", "offset")
        return await self._effect(request, self._named(request), words)

    async def own(self, request: Request) -> Response:
        """Tell what a scenario of the client's own would change; its Turtle is the body."""
        words = self.world.words(request, "level", "limit", "offset")
        kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
        if kind != TURTLE:
            raise MediaTypeError.single(
                "content-type", kind, "A scenario is Turtle.", f"Send it as {TURTLE}."
            )
        raw = await request.body()
        if len(raw) > LARGEST:
            reason = f"A scenario has at most {LARGEST:,} bytes."
            raise TooLargeError.single("body", f"{len(raw):,} bytes", reason, "Send a smaller one.")
        try:
            found = scenario.read_own(raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            where, remedy = f"byte {error.start}", "Encode Turtle as UTF-8."
            raise InputError.single("body", where, "The body is not UTF-8.", remedy) from None
        except DataError as error:
            raise InputError(*error.problems) from None
        return await self._effect(request, found, words)

    async def build(self, request: Request) -> Response:
        """Make a scenario from words; answer with its Turtle, its effect and what each party would have to change."""
        words = self.world.words(request, "limit", "offset")
        given = reading.body(await request.body())
        asked_words = self._plan_words(given)
        made = self.study.build({n: w for n, w in given.items() if n not in QUESTION}, self.world.today())
        source = scenario.read_own(made.turtle)
        asked = self.study.asked_of(source, asked_words)
        shown = self._page(words)

        def make(progress: Progress) -> Any:
            after = self._supposed(source)
            about = self._document(after, asked, made.plan.level, shown, progress)
            steps = self.study.required(made, after, asked, progress=progress)
            return whatif_report.built(self.book, after.book, made, steps, about)

        return await self.world.told(request, make)

    # -- reading

    @staticmethod
    def _named(request: Request) -> Scenario:
        """Return the scenario of the address; files beyond those that ship are out of reach.

        Raises:
            InputError: there is none of this name.
        """
        return scenario.read(scenario.named(request.path_params["name"]))

    @staticmethod
    def _plan_words(given: Any) -> Words:
        """Return what a posted plan says of the question, having looked at the form of the plan.

        Raises:
            InputError: it is no object, or a field of the question has the wrong form.
        """
        if not isinstance(given, Mapping):
            remedy = 'Send for example {"kind": "recognition", "by": "KE,NG", "of": "EU"}.'
            raise InputError.single("body", type(given).__name__, "A plan is a JSON object.", remedy)
        known = (*builder.FIELDS, *QUESTION)
        found = []
        for name in given.keys() - set(known):
            close = nearest(name, known, 1)
            remedy = f"Did you mean {close[0]}?" if close else f"The fields are: {', '.join(known)}."
            found.append(Problem(name, name, "There is no such field.", remedy))
        if not isinstance(given.get("as_of", ""), str):
            found.append(Problem("as_of", str(given["as_of"]), "A day is a text.", "Write it as YYYY-MM-DD."))
        if not isinstance(given.get("facts", {}), dict):
            found.append(
                Problem("facts", str(given["facts"]), "Facts are an object.", 'Write {"consent": true}.')
            )
        if found:
            raise InputError(*found)
        return {name: given[name] for name in QUESTION if name in given}

    def _page(self, words: Words) -> slice:
        limit = self.world.count(words, "limit", PAGE, 1, MOST)
        offset = self.world.count(words, "offset", 0, 0, 10**9)
        return slice(offset, offset + limit)

    # -- answering

    async def _effect(self, request: Request, found: Scenario, words: Words) -> Response:
        level = study.level_of(words.pop("level", "safeguards"))
        shown = self._page(words)
        asked = self.study.asked_of(found, {n: w for n, w in words.items() if n not in ("limit", "offset")})

        accepted = request.headers.get("accept", "")
        form = next((n for n, one in whatif_rdf.FORMATS.items() if one.media in accepted), "")

        def make(progress: Progress) -> Any:
            after = self._supposed(found)
            if form:
                effect = self.study.effect(after, asked, level, progress)
                return whatif_rdf.write(form, self.book, after, effect, asked)
            return self._document(after, asked, level, shown, progress)

        return await self.world.told(request, make, whatif_rdf.FORMATS[form].media if form else "")

    def _supposed(self, found: Scenario) -> Supposed:
        """Return the law as imagined.

        Raises:
            InputError: the scenario does not keep to the shapes.
        """
        try:
            return self.study.suppose(found)
        except DataError as error:
            raise InputError(*error.problems) from None

    def _document(
        self, after: Supposed, asked: Asked, level: Status, shown: slice, progress: Progress
    ) -> Any:
        found = self.study.effect(after, asked, level, progress)
        about = reports.head(self.book, asked.day, asked.cell, asked.facts)
        return whatif_report.document(self.book, after.book, after.scenario, found, about, shown)
