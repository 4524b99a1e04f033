"""Older law on request: ``release=VERSION`` on the routes under ``/v1`` answers from that release.

The answer is, byte for byte, what a server of that release alone would give on the same day. A release is
opened when it is first asked of, on a thread, checksums first; the last few asked of stay open.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ..errors import DataRulesError, Problem
from ..load import Dataset
from ..released import Release, open_release, releases
from ..rulebook import RuleBook
from . import problems
from .door import Door

FIELD = "release"
KEPT = 2
"""Releases kept open beside the law served; one takes about 70 MB in each process, more once asked for matrices."""
PRESENT = ("/v1/releases", "/v1/changes.atom", "/v1/changes.json", "/v1/queries")
"""Routes that are about the present alone: what there is, feeds to subscribe to, queries for this endpoint."""

Made = Callable[[Dataset, RuleBook], ASGIApp]


def replays(path: str) -> bool:
    """Say whether the route at a path can be asked of an older release."""
    return path.startswith("/v1/") and path not in PRESENT


class Releases:
    """The law served now and the releases of a folder.

    Args:
        door: shares headers and clock of the law served now.
        folder: where the releases lie; none unless given.
        digest: SHA-256 of the data served now, where known.
        made: makes the routes over the law of a release.

    Raises:
        DataError: the folder holds something that is no release.
    """

    def __init__(self, door: Door, folder: Path | None, digest: str | None, made: Made) -> None:
        self.door = door
        self.current = door.book.release
        self.digest = digest
        self.kept = {one.version: one for one in releases(folder)} if folder else {}
        self._made = made
        self._open: OrderedDict[str, ASGIApp] = OrderedDict()
        self._turn = asyncio.Lock()

    def route(self) -> Route:
        """Return the route that lists them."""
        return Route("/v1/releases", self.listed, methods=["GET"])

    def _row(self, version: str, one: Release | None) -> dict[str, Any]:
        return {
            "release": version,
            "digest": one.digest if one else self.digest,
            "date": one.day.isoformat() if one else None,
            "checksum": one.checksum if one else None,
            "current": version == self.current,
        }

    async def listed(self, request: Request) -> Response:
        """List the releases that may be asked of, the oldest first; the law served now is among them."""
        self.door.plain(request)
        rows = [self._row(version, one) for version, one in self.kept.items()]
        if self.current not in self.kept:
            rows.append(self._row(self.current, None))
        return self.door.rows(request, rows)

    def unknown(self, version: str) -> Problem:
        """Return the problem of a release that is not here, with those that are."""
        there = ", ".join({**self.kept, self.current: None})
        return Problem(FIELD, version, "There is no such release here.", f"Use one of: {there}.")

    async def app(self, version: str) -> ASGIApp:
        """Return the application over a release, opened if it is not.

        Raises:
            DataError: the file was changed since it was listed.
        """
        if version not in self._open:
            async with self._turn:
                if version not in self._open:
                    self._open[version] = await run_in_threadpool(self._opened, self.kept[version].path)
                    while len(self._open) > KEPT:
                        self._open.popitem(last=False)
        self._open.move_to_end(version)
        return self._open[version]

    def _opened(self, path: Path) -> ASGIApp:
        return self._made(*open_release(path))


class Replay:
    """ASGI layer that sends questions about an older release to the law of that release.

    Args:
        app: what answers from the law served now.
        kept: the releases there are.
    """

    def __init__(self, app: ASGIApp, kept: Releases) -> None:
        self.app = app
        self.kept = kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or b"release=" not in scope["query_string"] or not replays(scope["path"]):
            await self.app(scope, receive, send)
            return
        named, rest = _parted(scope["query_string"])
        found = await self._found(named)
        asked = {**scope, "query_string": rest} if named else scope
        await found(asked, receive, send)

    async def _found(self, named: Sequence[str]) -> ASGIApp:
        """Return what answers: the law served now, that of a release, or a refusal."""
        if not named or list(named) == [self.kept.current]:
            return self.app
        if len(named) > 1:
            told = Problem(FIELD, ", ".join(named), "This field is given more than once.", "Give it once.")
            return problems.response(422, [told])
        if named[0] not in self.kept.kept:
            return problems.response(422, [self.kept.unknown(named[0])])
        try:
            return await self.kept.app(named[0])
        except DataRulesError as error:
            return problems.response(problems.status_of(error), error.problems)


def _parted(raw: bytes) -> tuple[list[str], bytes]:
    """Return the releases that a query string names, and the query string without them."""
    sign = f"{FIELD}=".encode()
    parts = raw.split(b"&")
    named = [part[len(sign) :].decode("latin-1") for part in parts if part.startswith(sign)]
    return named, b"&".join(part for part in parts if not part.startswith(sign))
