"""The application: API, page and SPARQL in one, handed its data.

`datarules.serve.guard` stands before every door: headers, limits, content codings.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from .. import __version__, bundled
from ..endpoint import Endpoint, Limits
from ..errors import DataRulesError, Problem, nearest
from ..load import Dataset
from ..rulebook import RuleBook
from ..study import Study
from . import manual, openapi, problems, sparql
from .api import Api
from .cases import LawCases
from .coverage import Holdings
from .divide import Reach
from .explorer import Explorer, names_page
from .files import Files
from .guard import Guard
from .lookup import Lookup
from .mechanisms import Mechanisms
from .overview import Overview
from .problems import status_of
from .rates import Rate
from .releases import Releases, Replay
from .scenarios import Scenarios
from .sparql_things import Things
from .world import World

MAX_BODY = 1 << 22
"""Largest request body in bytes unless set otherwise: 4 MiB, room for a whole batch."""


class Application(FastAPI):
    """The framework with the guard around all of it, its answers to faults included.

    Args:
        max_body: largest request body in bytes.
        rate: how many requests a client may send; any number unless given.
        words: what the framework is told.
    """

    def __init__(self, max_body: int, rate: Rate | None = None, **words: Any) -> None:
        super().__init__(**words)
        self.max_body = max_body
        self.rate = rate
        self.quickly: Callable[[ASGIApp], ASGIApp] = lambda inner: inner
        self.guarded = True

    def build_middleware_stack(self) -> ASGIApp:
        """Return all layers of the application."""
        inner = self.quickly(super().build_middleware_stack())
        return Guard(inner, self.max_body, self.rate) if self.guarded else inner


def _known_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DataRulesError)
    return problems.response(status_of(error), error.problems)


def _invalid(request: Request, error: Exception) -> Response:
    """Turn the framework's own validation errors into problems."""
    assert isinstance(error, RequestValidationError)
    found = []
    for one in error.errors():
        place = ".".join(str(p) for p in one["loc"][1:]) or str(one["loc"][0])
        given = "" if one["type"] == "missing" else str(one.get("input", ""))
        found.append(Problem(place, given, f"{one['msg']}.", "See /openapi.json for what is expected."))
    return problems.response(422, found)


def _http_error(request: Request, error: Exception) -> Response:
    """Turn 404, 405 and the like into problems that say where to go instead."""
    assert isinstance(error, HTTPException)
    path = request.url.path
    if error.status_code == 404 and names_page(request.headers.get("accept", "")) and not _of_api(path):
        page: Response = request.app.state.explorer.page(request, 404)
        return page
    if error.status_code == 404:
        known = [p for p in _paths(request.app) if "{" not in p]
        close = nearest(path, known, 1)
        remedy = f"Did you mean {close[0]}?" if close else "See /openapi.json for every address."
        found = Problem("path", path, "There is nothing at this address.", remedy)
    elif error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        found = Problem(
            "method",
            request.method,
            f"{path} does not answer this method.",
            f"Use {allowed}." if allowed else "See /openapi.json.",
        )
    else:
        found = Problem("request", path, f"{error.detail}.", "See /openapi.json.")
    return problems.response(error.status_code, [found], error.headers)


def _of_api(path: str) -> bool:
    return path.startswith(("/v1/", "/assets/"))


def _unforeseen(request: Request, error: Exception) -> Response:
    """Say nothing of the inside; the trace goes to the server's log."""
    return problems.response(500, [problems.FAULT])


def _paths(app: Any) -> list[str]:
    return [route.path for route in app.routes if isinstance(route, Route)]


def _bare(max_body: int, rate: Rate | None, explorer: Path | None) -> Application:
    """Return an application that knows how to tell errors and has only the explorer's pages."""
    words: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    app = Application(max_body, rate, title=openapi.TITLE, version=__version__, **words)
    app.router.redirect_slashes = False
    app.add_exception_handler(DataRulesError, _known_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unforeseen)
    app.state.explorer = Explorer(explorer)
    app.router.routes.extend(app.state.explorer.routes())
    return app


def _add_law(
    app: Application, book: RuleBook, dataset: Dataset | None, today: Callable[[], date], cache: Path | None
) -> Api:
    """Give an application every route that answers from one rulebook."""
    api = Api(book, today)
    app.quickly = api.quickly
    world = World(book, today, Study.of(book, cache, dataset))
    holdings = Holdings(book, today)
    parts = (
        *(api, world, Files(book, today, world), Reach(world), Mechanisms(world), Scenarios(world)),
        *(holdings, Lookup(book, today), LawCases(book, today), Overview(world)),
    )
    for part in parts:
        app.router.routes.extend(part.routes())
    app.state.warm = lambda: (holdings.survey(today()), world.study.matrix(world.asked({})))
    return api


def create_app(
    book: RuleBook,
    endpoint: Endpoint | None = None,
    *,
    limits: Limits | None = None,
    today: Callable[[], date] = date.today,
    max_body: int = MAX_BODY,
    cache: Path | None = None,
    dataset: Dataset | None = None,
    explorer: Path | None = None,
    rate: Rate | None = None,
    releases: Path | None = None,
) -> FastAPI:
    """Make the application from data already opened.

    Args:
        book: the rulebook.
        endpoint: what answers SPARQL; without one there is no ``/sparql``. The caller closes it.
        limits: bounds of one SPARQL query.
        today: the clock; tests hand in a fixed day.
        max_body: largest request body in bytes.
        cache: folder that keeps what is dear to make and the same for the same law.
        dataset: what the rulebook was made of, for scenarios; the bundled data unless given.
        explorer: folder of the built explorer; the bundled one unless given.
        rate: how many requests a client may send; any number unless given.
        releases: folder of releases that may be asked beside the law served.

    Raises:
        DataError: the folder of releases holds something else.
    """

    def older(data: Dataset, law: RuleBook) -> ASGIApp:
        made = _bare(max_body, None, explorer)
        made.guarded = False
        _add_law(made, law, data, today, cache)
        return made

    app = _bare(max_body, rate, explorer)
    api = _add_law(app, book, dataset, today, cache)
    kept = Releases(api, releases, dataset.digest if dataset else None, older)
    app.quickly = lambda inner: Replay(api.quickly(inner), kept)
    app.router.routes.append(kept.route())
    app.state.releases = kept
    if endpoint is not None:
        app.router.routes.extend(sparql.router(endpoint, limits).routes)
        app.router.routes[:0] = Things(endpoint, book.release, dataset).routes()
    app.router.routes.append(Route("/openapi.json", _described(app)))
    app.router.routes.extend(manual.routes(bundled.manual_place()))
    return app


def _described(app: FastAPI) -> Callable[[Request], Any]:
    document = openapi.encoded(app)

    async def described(request: Request) -> Response:
        return Response(document, 200, {"cache-control": "no-cache"}, "application/json")

    return described
