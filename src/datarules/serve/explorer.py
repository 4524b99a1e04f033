"""The explorer: one page for every view address, its parts, and the JSON of a view at the same address.

What ``make bundle`` builds lies in one folder: ``index.html`` and, below ``assets/``, files whose names carry
a hash of their content, each beside its compressed forms (``.br``, ``.gz``). A view address gives the page,
or, where ``Accept`` prefers it, the document of the matching route of the API (`VIEWS`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from .. import bundled
from ..errors import Problem
from .problems import NotFoundError, response
from .sparql_formats import choose, ranges

SCOPE = ("date", "data", "purpose", "sector", "fact")
"""Fields of an address that ask the question; ``date`` is ``as_of`` of the API."""
RENAMED = {"date": "as_of"}
COMPRESSED = (("br", ".br"), ("gzip", ".gz"))
FOREVER = "public, max-age=31536000, immutable"
HTML = "text/html"


@dataclass(frozen=True, slots=True)
class View:
    """A view address and what it is as a document.

    Args:
        path: the address, with places in braces.
        route: the route of the API with the same braces; a query may stand in it.
        fields: fields of the address that are passed along; the others only say how things are shown.
        turned: the route where ``direction=to``.
    """

    path: str
    route: str
    fields: tuple[str, ...] = ()
    turned: str = ""

    def document(self, places: dict[str, str], query: Sequence[tuple[str, str]]) -> tuple[str, str]:
        """Return path and query string of the document of an address."""
        back = self.turned and ("direction", "to") in query
        target, _, fixed = (self.turned if back else self.route).partition("?")
        filled = {name: quote(value, safe="/") for name, value in places.items()}
        passed = [(RENAMED.get(name, name), value) for name, value in query if name in self.fields]
        known = parse_qsl(fixed.format(**filled))
        return target.format(**filled), urlencode([*known, *passed])


VIEWS: tuple[View, ...] = (
    View("/", "/v1/coverage", ("date",)),
    View("/map", "/v1/coverage", ("date",)),
    View("/map/{place}", "/v1/matrix?origin={place}", SCOPE, "/v1/matrix?destination={place}"),
    View("/pair", "/v1/jurisdictions"),
    View("/pair/{first}", "/v1/jurisdictions/{first}", ("date",)),
    View("/pair/{first}/{second}", "/v1/pairs/{first}/{second}", SCOPE),
    View("/jurisdictions", "/v1/jurisdictions"),
    View("/jurisdiction/{code}", "/v1/jurisdictions/{code}", ("date",)),
    View("/rule/{id:path}", "/v1/rules/{id}"),
    View("/search", "/v1/search", ("q",)),
    View("/changes", "/v1/changes", ("since", "until", "jurisdiction")),
    View("/coverage", "/v1/coverage", ("date", "jurisdiction", "stale")),
    View("/about", "/version"),
    View("/matrix", "/v1/grid", SCOPE),
    View("/islands", "/v1/islands", (*SCOPE, "level", "case")),
    View("/obstacles", "/v1/obstacles", (*SCOPE, "origin", "destination", "level")),
    View("/conflicts", "/v1/conflicts", (*SCOPE, "jurisdiction", "other", "kind", "possible")),
    View("/lab", "/v1/scenarios"),
    View("/lab/bridges", "/v1/scenarios"),
    View("/lab/bridges/{from}/{to}", "/v1/bridges/{from}/{to}", (*SCOPE, "level")),
    View("/lab/mechanisms", "/v1/mechanisms", (*SCOPE, "level")),
    View("/lab/portfolio", "/v1/portfolio", (*SCOPE, "level", "k", "objective", "joined")),
    View("/lab/scenario/{name}", "/v1/scenarios/{name}"),
    View("/divide", "/v1/divide", (*SCOPE, "level", "history", "since")),
)
"""Every view with its document. ``/sparql`` is the endpoint itself and gives the page to browsers."""


def wants_page(accept: str) -> bool:
    """Say whether an ``Accept`` header (RFC 9110 section 12.5.1) asks for a page rather than for data."""
    return choose(accept, [("page", HTML), ("data", "application/json")]) in ("page", None)


def names_page(accept: str) -> bool:
    """Say whether an ``Accept`` header names HTML, as browsers do and clients of an API do not."""
    return any(one.type == HTML and one.quality > 0 for one in ranges(accept))


class Shown:
    """One view address as an ASGI application: the page, or the document of the API.

    Args:
        explorer: where the page is.
        view: the row of `VIEWS`.
    """

    def __init__(self, explorer: Explorer, view: View) -> None:
        self.explorer = explorer
        self.view = view

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope)
        if wants_page(request.headers.get("accept", "")):
            await self.explorer.page(request)(scope, receive, send)
            return
        query = parse_qsl(scope["query_string"].decode("latin-1"))
        path, asked = self.view.document(dict(request.path_params), query)
        inner = {k: v for k, v in scope.items() if k not in ("path_params", "endpoint", "route")}
        inner |= {"path": path, "raw_path": path.encode(), "query_string": asked.encode()}
        await scope["app"].router(inner, receive, send)


class BrowserRoute(Route):
    """A route that only browsers find: other clients go on to what else stands at the address."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match as usual where ``Accept`` names HTML."""
        accept = next((value for name, value in scope.get("headers", ()) if name == b"accept"), b"")
        return super().matches(scope) if names_page(accept.decode("latin-1")) else (Match.NONE, {})


class Explorer:
    """The routes of the explorer.

    Args:
        folder: where it was built to; the bundled one unless given.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or bundled.explorer_place()

    def routes(self) -> list[Route]:
        """Return the routes, to be put into an application."""
        views = [Route(view.path, Shown(self, view), methods=["GET", "HEAD"]) for view in VIEWS]
        return [
            BrowserRoute("/sparql", self.workbench, methods=["GET", "HEAD"]),
            *views,
            Route("/assets/{name:path}", self.asset, methods=["GET", "HEAD"]),
            Route("/icon.svg", self.icon, methods=["GET", "HEAD"]),
        ]

    def page(self, request: Request, status: int = 200) -> Response:
        """Return the page of every view; 503 with what to do where it was not built."""
        file = self.folder / "index.html"
        if not file.is_file():
            remedy = "Run `make bundle`, then start again. The API answers at /v1 all the same."
            return response(503, [Problem("explorer", str(file.name), "The explorer is not built.", remedy)])
        kept = self._file(request, file, "no-cache")
        kept.status_code = status
        kept.headers["vary"] = "Accept, Accept-Encoding"
        return kept

    async def workbench(self, request: Request) -> Response:
        """Return the page at the address of the SPARQL endpoint."""
        return self.page(request)

    async def asset(self, request: Request) -> Response:
        """Return a part of the explorer; its name changes whenever its content does.

        Raises:
            NotFoundError: there is no such part.
        """
        name = request.path_params["name"]
        file = self.folder / "assets" / name
        if not re.fullmatch(r"[\w-]+(\.[\w-]+)+", name) or not file.is_file():
            raise NotFoundError(Problem("path", name, "The explorer has no such part.", "Reload the page."))
        return self._file(request, file, FOREVER)

    async def icon(self, request: Request) -> Response:
        """Return the mark of the explorer."""
        return self._file(request, self.folder / "icon.svg", "public, max-age=86400")

    @staticmethod
    def _file(request: Request, file: Path, caching: str) -> Response:
        """Return a file, compressed where that is accepted and was made at build."""
        headers = {"cache-control": caching, "vary": "Accept-Encoding"}
        media = guess_type(file.name)[0] or "application/octet-stream"
        accepted = request.headers.get("accept-encoding", "")
        weights = {one.type: one.quality for one in ranges(accepted)}
        for coding, suffix in COMPRESSED:
            small = file.with_name(file.name + suffix)
            if weights.get(coding, 0) > 0 and small.is_file():
                return FileResponse(small, headers={**headers, "content-encoding": coding}, media_type=media)
        return FileResponse(file, headers=headers, media_type=media)
