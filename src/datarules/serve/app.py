"""The application: API, page and SPARQL in one, handed its data.

Security headers, CORS for reading and the limit on bodies are set here for every door at once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .. import __version__
from ..endpoint import Endpoint, Limits
from ..errors import DataRulesError, Problem, nearest
from ..load import Dataset
from ..rulebook import RuleBook
from ..study import Study
from . import openapi, problems, sparql
from .api import Api
from .coverage import Holdings
from .divide import Reach
from .explorer import Explorer, names_page
from .files import Files
from .lookup import Lookup
from .mechanisms import Mechanisms
from .overview import Overview
from .problems import STATUS, TooLargeError, status_of
from .scenarios import Scenarios
from .world import World

MAX_BODY = 1 << 20
"""Largest request body in bytes unless set otherwise: 1 MiB."""
SECURITY = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}
CORS = {"access-control-allow-origin": "*", "access-control-expose-headers": "ETag"}


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


class Guard:
    """ASGI layer before everything: headers on every response, a limit on every request body.

    Args:
        app: what it guards.
        max_body: bytes; a longer body is refused with 413 before it is parsed, whether or not its
            length is announced.
    """

    def __init__(self, app: ASGIApp, max_body: int) -> None:
        self.app = app
        self.max_body = max_body
        self.always = _raw(SECURITY)
        self.reading = self.always + _raw(CORS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = self.reading if scope["method"] in ("GET", "HEAD", "OPTIONS") else self.always

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(h for h in headers if h[0] not in present)]
            await send(message)

        if scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, adding)
        elif scope["method"] == "OPTIONS":
            await _preflight(scope, receive, adding, self.app)
        elif self._announced(scope) > self.max_body:
            await self._refusal()(scope, receive, adding)
        else:
            await self.app(scope, self._counted(receive), adding)

    @staticmethod
    def _announced(scope: Scope) -> int:
        length = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        return int(length) if length.isdigit() else 0

    def _too_large(self) -> Problem:
        return Problem(
            "body",
            "",
            f"The body has more than {self.max_body:,} bytes.",
            "Send less, for example several smaller batches.",
        )

    def _refusal(self) -> Response:
        return problems.response(STATUS[TooLargeError], [self._too_large()], {"connection": "close"})

    def _counted(self, receive: Receive) -> Receive:
        seen = 0

        async def counting() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.max_body:
                raise TooLargeError(self._too_large())
            return message

        return counting


async def _preflight(scope: Scope, receive: Receive, send: Send, app: ASGIApp) -> None:
    """Answer a CORS preflight for reading; let any other OPTIONS request through."""
    wanted = next(
        (value for name, value in scope["headers"] if name == b"access-control-request-method"), b""
    )
    if wanted in (b"GET", b"HEAD"):
        headers = {
            "access-control-allow-methods": "GET, HEAD",
            "access-control-allow-headers": "Accept, If-None-Match",
            "access-control-max-age": "86400",
        }
        await Response(status_code=204, headers=headers)(scope, receive, send)
    else:
        await app(scope, receive, send)


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
    phrase = HTTPStatus.INTERNAL_SERVER_ERROR.description
    return problems.response(
        500, [Problem("server", "", f"{phrase}.", "Please report the request that led here.")]
    )


def _paths(app: Any) -> list[str]:
    return [route.path for route in app.routes if isinstance(route, Route)]


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
    """
    app = FastAPI(title=openapi.TITLE, version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    app.router.redirect_slashes = False
    app.add_middleware(Guard, max_body=max_body)
    app.add_exception_handler(DataRulesError, _known_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unforeseen)
    app.state.explorer = Explorer(explorer)
    app.router.routes.extend(app.state.explorer.routes())
    app.router.routes.extend(Api(book, today).routes())
    world = World(book, today, Study.of(book, cache, dataset))
    app.router.routes.extend([*world.routes(), *Files(book, today, world).routes()])
    app.router.routes.extend(Reach(world).routes())
    app.router.routes.extend(Mechanisms(world).routes())
    app.router.routes.extend(Scenarios(world).routes())
    app.router.routes.extend(Overview(world).routes())
    app.router.routes.extend(Holdings(book, today).routes())
    app.router.routes.extend(Lookup(book, today).routes())
    if endpoint is not None:
        app.router.routes.extend(sparql.router(endpoint, limits).routes)
    app.router.routes.append(Route("/openapi.json", _described(app)))
    return app


def _described(app: FastAPI) -> Callable[[Request], Any]:
    document = openapi.encoded(app)

    async def described(request: Request) -> Response:
        return Response(document, 200, {"cache-control": "no-cache"}, "application/json")

    return described
