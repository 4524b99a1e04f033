"""Reach, divide and priorities over REST; what takes long runs aside, one at a time (`datarules.serve.world`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import brief, brief_pages
from .. import divide_reports as reports
from ..asked import Asked, level_of
from ..errors import InputError
from ..measures import SINCE
from ..vocab import Status
from .work import Progress
from .world import MOST, PAGE, World


class Reach:
    """The routes, on the study, clock and turn of the routes on the law as a whole.

    Personal data for AI training are looked at unless a request says otherwise.

    Args:
        world: those routes.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.study = world.study

    def routes(self) -> list[Route]:
        """Return the routes, to be put into an application."""
        table: list[tuple[str, Callable[[Request], Awaitable[Response]]]] = [
            ("/v1/reach", self.ranking),
            ("/v1/reach/{code}", self.reach_of),
            ("/v1/languages", self.languages),
            ("/v1/languages/{code}", self.language),
            ("/v1/divide", self.divide),
            ("/v1/priorities/{code}", self.priorities),
            ("/v1/briefs/{code}.{form}", self.brief),
        ]
        return [Route(path, endpoint, methods=["GET"]) for path, endpoint in table]

    def measured(self, words: dict[str, Any]) -> tuple[Asked, Status]:
        """Read what a measure is about, and its level."""
        asked = self.study.ask_reach(
            words["as_of"] if "as_of" in words else self.world.today(),
            data=words.get("data"),
            purpose=words.get("purpose"),
            sector=words.get("sector", "any"),
            facts=words.get("facts"),
        )
        self.study.inhabitants()
        return asked, level_of(words.get("level", "safeguards"))

    async def ranking(self, request: Request) -> Response:
        """Rank every place by reach."""
        asked, level = self.measured(self.world.words(request, "level"))
        return await self.world.told(request, lambda _: reports.ranking(self.study, asked, level))

    async def reach_of(self, request: Request) -> Response:
        """Tell the reach of one place."""
        asked, level = self.measured(self.world.words(request, "level"))
        party = self.study.party(request.path_params["code"], asked.day)
        if not party.one:
            remedy = f"Ask /v1/priorities/{party.code}, or /v1/reach for every place."
            raise InputError.single("code", party.code, "This is a group; reach is told of places.", remedy)
        iri = party.places[0]
        return await self.world.told(request, lambda _: reports.place(self.study, asked, level, iri))

    async def languages(self, request: Request) -> Response:
        """List the languages with how far each may be learnt from."""
        asked, level = self.measured(self.world.words(request, "level"))
        return await self.world.told(request, lambda _: reports.spoken(self.study, asked, level))

    async def language(self, request: Request) -> Response:
        """Tell where one language may lawfully be learnt from, place by place."""
        asked, level = self.measured(self.world.words(request, "level"))
        code = request.path_params["code"]
        return await self.world.told(request, lambda _: reports.language(self.study, asked, level, code))

    async def divide(self, request: Request) -> Response:
        """Tell how unequal reach is; since 1995 too where ``history`` says so."""
        words = self.world.words(request, "level", "history", "since")
        asked, level = self.measured(words)
        since = reports.since_of(words.get("since"), asked) or SINCE
        told = self.world.truth(words, "history")

        def make(progress: Progress) -> Any:
            course = self.study.divide_course(asked, level, since, progress=progress) if told else ()
            return reports.divide(self.study, asked, level, course)

        return await self.world.told(request, make)

    async def priorities(self, request: Request) -> Response:
        """Tell what holds back the reach of a place, a group or the world, and what would gain most."""
        words = self.world.words(request, "level", "limit")
        asked, level = self.measured(words)
        limit = self.world.count(words, "limit", PAGE, 1, MOST)
        party = self.study.party(request.path_params["code"], asked.day)

        def make(progress: Progress) -> Any:
            found = self.study.priorities(asked, level, party, progress)
            return reports.priorities(self.study, asked, level, party, found, limit)

        return await self.world.told(request, make)

    async def brief(self, request: Request) -> Response:
        """Write a policy brief on a place, a group or the world, as a file to keep: HTML or Markdown.

        Raises:
            InputError: there is no such form.
        """
        asked, level = self.measured(self.world.words(request, "level"))
        form = request.path_params["form"]
        if form not in BRIEFS:
            remedy = f"Use one of: {', '.join(BRIEFS)}."
            raise InputError.single("form", form, "A brief does not come in this form.", remedy)
        party = self.study.party(request.path_params["code"], asked.day)
        media, write = BRIEFS[form]

        reply = await self.world.told(
            request,
            lambda _: write(brief.make(self.study, asked, level, party, self.world.today())).encode(),
            media,
        )
        reply.headers["content-disposition"] = f'attachment; filename="datarules-brief-{party.code}.{form}"'
        return reply


BRIEFS = {
    "html": ("text/html; charset=utf-8", brief_pages.html),
    "md": ("text/markdown; charset=utf-8", brief_pages.markdown),
}
"""Forms of a brief: media type and what writes it."""
