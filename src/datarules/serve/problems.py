"""Errors of the door as RFC 9457 problem documents.

Every error leaves as ``application/problem+json`` with ``type``, ``title``, ``status``, ``detail`` and
``errors``: one ``{place, value, reason, remedy}`` per thing that is wrong, all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.responses import Response

from ..errors import ConfigError, DataError, DataRulesError, InputError, Problem, QueryError

PROBLEM = "application/problem+json"
TYPES = "https://w3id.org/datarules/problem/"
TITLES = {
    400: "Malformed request",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    412: "Precondition failed",
    413: "Too large",
    414: "Address too long",
    415: "Unsupported media type",
    422: "Invalid question",
    429: "Too many requests",
    431: "Header too large",
    500: "Server error",
}
FAULT = Problem(
    "server",
    "",
    f"{HTTPStatus.INTERNAL_SERVER_ERROR.description}.",
    "Please report the request that led here.",
)
"""What is said of a fault of ours: nothing of the inside."""
MOST_ERRORS = 100
"""Most things that are named in one problem."""
LONGEST_VALUE = 200
"""Characters of a wrong value that are repeated in a problem."""


class NotFoundError(InputError):
    """There is nothing at this address."""


class MalformedError(InputError):
    """A request that cannot be read at all."""


class TooLargeError(InputError):
    """A request body over the limit."""


class NotAcceptableError(InputError):
    """None of the formats the client accepts can be had."""


class MediaTypeError(InputError):
    """A request body of a kind that is not read here."""


STATUS: dict[type[DataRulesError], int] = {
    NotFoundError: 404,
    MalformedError: 400,
    TooLargeError: 413,
    NotAcceptableError: 406,
    MediaTypeError: 415,
    InputError: 422,
    QueryError: 400,
    DataError: 500,
    ConfigError: 500,
    DataRulesError: 500,
}
"""What each error becomes; the nearest class in the line of descent counts."""


def status_of(error: DataRulesError) -> int:
    """Return the status an error leaves with."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def kind_of(title: str) -> str:
    """Return the name of a kind of problem, by its title."""
    return TYPES + title.casefold().replace(" ", "-")


def clean(text: str) -> str:
    """Return text that can be written as UTF-8, shortened to `LONGEST_VALUE` characters."""
    safe = text.encode("utf-8", "replace").decode("utf-8")
    return safe if len(safe) <= LONGEST_VALUE else safe[:LONGEST_VALUE] + "…"


def document(status: int, problems: Iterable[Problem]) -> dict[str, Any]:
    """Return a problem document (RFC 9457 section 3) with every problem found."""
    found = list(problems)
    more = f"{len(found)} things are wrong; see errors" + (
        f", which name the first {MOST_ERRORS}." if len(found) > MOST_ERRORS else "."
    )
    title = TITLES.get(status) or HTTPStatus(status).phrase
    return {
        "type": kind_of(title),
        "title": title,
        "status": status,
        "detail": clean(str(found[0])) if len(found) == 1 else more,
        "errors": [
            {
                "place": clean(p.place),
                "value": clean(p.value),
                "reason": clean(p.reason),
                "remedy": clean(p.remedy),
            }
            for p in found[:MOST_ERRORS]
        ],
    }


def response(status: int, problems: Iterable[Problem], headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem document as a response; ``headers`` such as ``Allow`` are kept."""
    kept = {
        k: v for k, v in (headers or {}).items() if k.casefold() not in ("content-type", "content-length")
    }
    return Response(
        msgspec.json.encode(document(status, problems)),
        status,
        {**kept, "cache-control": "no-store"},
        PROBLEM,
    )
