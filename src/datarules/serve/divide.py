"""Reach, divide and priorities over REST; what takes long runs aside, one at a time (`datarules.serve.world`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import divide_reports as reports
from ..asked import Asked, level_of
from ..errors import InputError
from ..measures import SINCE
from ..vocab import Status
from .world import MOST, PAGE, World


class Reach(World):
    """The routes, handed a study and a clock; personal data for AI training unless a request says otherwise."""

    def routes(self) -> list[Route]:
        """Return the routes, to be put into an application."""
        table: list[tuple[str, Callable[[Request], Awaitable[Response]]]] = [
            ("/v1/reach", self.ranking),
            ("/v1/reach/{code}", self.reach_of),
            ("/v1/divide", self.divide),
            ("/v1/priorities/{code}", self.priorities),
        ]
        return [Route(path, endpoint, methods=["GET"]) for path, endpoint in table]

    def measured(self, words: dict[str, Any]) -> tuple[Asked, Status]:
        """Read what a measure is about, and its level."""
        asked = self.study.ask_reach(
            words["as_of"] if "as_of" in words else self.today(),
            data=words.get("data"),
            purpose=words.get("purpose"),
            sector=words.get("sector", "any"),
            facts=words.get("facts"),
        )
        self.study.inhabitants()
        return asked, level_of(words.get("level", "safeguards"))

    async def ranking(self, request: Request) -> Response:
        """Rank every place by reach."""
        asked, level = self.measured(self.words(request, "level"))
        return self.rows(request, await self.aside(lambda: reports.ranking(self.study, asked, level)))

    async def reach_of(self, request: Request) -> Response:
        """Tell the reach of one place."""
        asked, level = self.measured(self.words(request, "level"))
        party = self.study.party(request.path_params["code"], asked.day)
        if not party.one:
            remedy = f"Ask /v1/priorities/{party.code}, or /v1/reach for every place."
            raise InputError.single("code", party.code, "This is a group; reach is told of places.", remedy)
        iri = party.places[0]
        return self.rows(request, await self.aside(lambda: reports.place(self.study, asked, level, iri)))

    async def divide(self, request: Request) -> Response:
        """Tell how unequal reach is; since 1995 too where ``history`` says so."""
        words = self.words(request, "level", "history", "since")
        asked, level = self.measured(words)
        since = reports.since_of(words.get("since"), asked) or SINCE
        told = self.truth(words, "history")

        def make() -> Any:
            course = self.study.divide_course(asked, level, since) if told else ()
            return reports.divide(self.study, asked, level, course)

        return self.rows(request, await self.aside(make))

    async def priorities(self, request: Request) -> Response:
        """Tell what holds back the reach of a place, a group or the world, and what would gain most."""
        words = self.words(request, "level", "limit")
        asked, level = self.measured(words)
        limit = self.count(words, "limit", PAGE, 1, MOST)
        party = self.study.party(request.path_params["code"], asked.day)

        def make() -> Any:
            found = self.study.priorities(asked, level, party)
            return reports.priorities(self.study, asked, level, party, found, limit)

        return self.rows(request, await self.aside(make))
