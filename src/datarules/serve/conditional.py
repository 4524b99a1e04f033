"""Conditional requests (RFC 9110 section 13): a client that has an answer is not sent it again."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from ..errors import Problem
from . import problems


def _tags(header: str) -> list[str]:
    return [one.strip() for one in header.split(",") if one.strip()]


def unchanged(request: Request, tag: str) -> bool:
    """Say whether the client has what carries this tag; compared weakly (section 13.1.2)."""
    known = request.headers.get("if-none-match")
    return known is not None and any(one == "*" or one.removeprefix("W/") == tag for one in _tags(known))


def met(request: Request, tag: str, headers: Mapping[str, str]) -> Response | None:
    """Return 304 or 412 where a condition of the request says so, else nothing.

    Args:
        request: the request; conditions count for GET and HEAD alone.
        tag: strong entity tag of the answer that would be sent.
        headers: what a 304 repeats of it: ``ETag``, ``Vary``, ``Cache-Control``.
    """
    if request.method not in ("GET", "HEAD"):
        return None
    wanted = request.headers.get("if-match")
    if wanted is not None and not any(one in ("*", tag) for one in _tags(wanted)):
        told = Problem("If-Match", wanted, "The answer now carries another tag.", "Ask without this header.")
        return problems.response(412, [told], {"etag": tag})
    return Response(status_code=304, headers=dict(headers)) if unchanged(request, tag) else None
