"""Matrices, graphs and pictures over REST: by suffix or by Accept, streamed where they are large."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from .. import draw, graphs, study, tables
from ..errors import InputError, Problem
from ..formats import Format, chosen
from ..rulebook import RuleBook
from ..study import Study
from .conditional import met
from .door import Door
from .problems import NotAcceptableError
from .sparql_formats import choose
from .world import World

GRAPH_KINDS = (graphs.PAIRS, graphs.HISTORY, graphs.LAW)
UTF8 = ("text/csv", "text/turtle", "text/vnd.graphviz")


class Files(Door):
    """The routes, handed the door that studies and keeps.

    Args:
        book: the compiled law.
        today: the clock.
        world: reads what is asked and runs what takes long.
    """

    def __init__(self, book: RuleBook, today: Callable[[], date], world: World) -> None:
        super().__init__(book, today)
        self.world = world
        self._pictures: dict[object, bytes] = {}

    @property
    def study(self) -> Study:
        """Return the study asked."""
        return self.world.study

    def routes(self) -> list[Route]:
        """Return the routes, to be put into an application."""
        return [
            Route("/v1/matrix", self.matrix, methods=["GET"]),
            Route("/v1/matrix.{suffix:path}", self.matrix, methods=["GET"]),
            Route("/v1/graph", self.graph, methods=["GET"]),
            Route("/v1/graph.{suffix:path}", self.graph, methods=["GET"]),
            Route("/v1/pictures/{kind}.{form}", self.picture, methods=["GET"]),
        ]

    def _format(self, request: Request, formats: Mapping[str, Format], usual: str, kind: str = "") -> str:
        """Return the format asked for: by suffix, else by Accept, else the usual one.

        Raises:
            InputError: there is no such format.
            NotAcceptableError: there is none that is accepted.
        """
        suffix: str | None = request.path_params.get("suffix")
        if suffix is not None:
            by_suffix = {one.suffix.lstrip("."): name for name, one in formats.items()}
            name = by_suffix.get(suffix, suffix)
            chosen(formats, name, kind)
            return name
        able = [(name, one.media) for name, one in formats.items() if not one.kinds or kind in one.kinds]
        able.sort(key=lambda one: one[0] != usual)
        accepted: str | None = choose(request.headers.get("accept", ""), able)
        if accepted is None:
            offered = ", ".join(dict.fromkeys(media for _, media in able))
            raise NotAcceptableError(
                Problem(
                    "Accept",
                    request.headers.get("accept", ""),
                    "None of these formats can be had.",
                    f"Accept one of: {offered}.",
                )
            )
        return accepted

    def _stream(
        self, request: Request, chunks: Iterator[bytes], one: Format, name: str, variant: str
    ) -> Response:
        headers = self.headers(variant)
        if kept := met(request, headers["etag"], headers):
            return kept
        headers["content-disposition"] = f'inline; filename="{name}{one.suffix}"'
        media = f"{one.media}; charset=utf-8" if one.media in UTF8 else one.media
        return StreamingResponse(chunks, 200, headers, media)

    async def matrix(self, request: Request) -> Response:
        """Return every ordered pair of a day as a table, streamed."""
        words = self.world.words(request, "origin", "destination", "status")
        name = self._format(request, tables.FORMATS, "json")
        asked = self.world.asked(words, one=False)
        found = await self.world.aside(lambda: self.study.matrix(asked))
        limits = [
            [w for w in words.get(field, "").split(",") if w] for field in ("origin", "destination", "status")
        ]
        wanted = tables.only(self.book, found, *limits)
        chunks = tables.write(name, self.book, found, wanted)
        return self._stream(
            request, chunks, tables.FORMATS[name], f"datarules-matrix-{asked.day.isoformat()}", f"-{name}"
        )

    async def graph(self, request: Request) -> Response:
        """Return the graph of pairs on a day, of their history, or of the law, as a file."""
        words = self.world.words(request, "kind", "level")
        kind = words.get("kind", graphs.PAIRS)
        if kind not in GRAPH_KINDS:
            raise InputError(
                Problem("kind", kind, "There is no such graph.", f"Use one of: {', '.join(GRAPH_KINDS)}.")
            )
        name = self._format(request, graphs.FORMATS, "gexf" if kind == graphs.HISTORY else "graphml", kind)
        asked = self.world.asked(words)
        level = study.level_of(words["level"]) if "level" in words else None
        made = await self.world.aside(lambda: self.study.graph_of(kind, asked, level))
        title = f"datarules-{kind}-{asked.day.isoformat()}"
        return self._stream(request, graphs.write(name, made), graphs.FORMATS[name], title, f"-{kind}-{name}")

    async def picture(self, request: Request) -> Response:
        """Draw a picture: map, islands, matrix, network, timeline, mechanisms."""
        words = self.world.words(request, "place", "level", "case", "direction")
        named = [w for w in words.get("place", "").split(",") if w]
        asked = self.world.asked(words, {f"place {n}": word for n, word in enumerate(named, 1)})
        level, case = (
            study.level_of(words.get("level", "safeguards")),
            study.case_of(words.get("case", "status")),
        )
        kind, form = request.path_params["kind"], request.path_params["form"]
        direction = words.get("direction", "from")
        key = (
            kind,
            form,
            asked.places,
            asked.cell,
            tuple(asked.facts.items()),
            asked.day,
            level,
            case,
            direction,
        )

        def make() -> bytes:
            if key not in self._pictures:
                if len(self._pictures) >= PICTURES_KEPT:
                    self._pictures.pop(next(iter(self._pictures)))
                self._pictures[key] = draw.draw(self.study, kind, asked, form, level, case, direction)
            return self._pictures[key]

        content = await self.world.aside(make)
        return self.reply(request, content, draw.FORMS[form], f"-{form}")


PICTURES_KEPT = 64
"""Pictures kept ready; one is about a megabyte."""
