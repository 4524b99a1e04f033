"""The documentation at ``/docs``, where it was built: a static site under a policy of its own."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""As for the other pages, but the theme's pictures are data in its style sheets."""


class Manual(StaticFiles):
    """The files of the site, with the policy."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, or the page that says there is none."""
        found = await super().get_response(path, scope)
        found.headers["content-security-policy"] = POLICY
        found.headers["cache-control"] = "no-cache"
        return found


def routes(place: Path) -> list[BaseRoute]:
    """Return the routes of the documentation; none where it was not built.

    Args:
        place: the folder of the built site.
    """
    if not (place / "index.html").is_file():
        return []
    start = Route("/docs", _start)
    return [start, Mount("/docs", Manual(directory=place, html=True))]


async def _start(request: object) -> Response:
    return Response(status_code=308, headers={"location": "/docs/"})
