"""What every part of the REST API shares: reading fields, replying with an ETag, settling problems."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from .. import __version__, ask
from ..errors import InputError
from ..rulebook import RuleBook
from . import reading
from .conditional import met

JSON = "application/json"
RELEASE = "datarules-release"
"""Header that names the release an answer comes from."""


class Door:
    """A part of the API, handed the rulebook and a clock.

    Args:
        book: the compiled law.
        today: gives the day of asking, which is also the day asked about unless the question names one.
    """

    def __init__(self, book: RuleBook, today: Callable[[], date]) -> None:
        self.book = book
        self.today = today

    def headers(self, variant: str = "") -> dict[str, str]:
        """Return the headers of whatever never changes for one package, release and day of asking."""
        tag = f'"{__version__}-{self.book.release}-{self.today().isoformat()}{variant}"'
        return {"etag": tag, "cache-control": "no-cache", "vary": "Accept", **self.named()}

    def named(self) -> dict[str, str]:
        """Return the header that names the release an answer comes from."""
        return {RELEASE: self.book.release}

    def reply(self, request: Request, content: bytes, kind: str = JSON, variant: str = "") -> Response:
        """Return content with its ETag, or 304 when the client has it."""
        headers = self.headers(variant)
        return met(request, headers["etag"], headers) or Response(content, 200, headers, kind)

    def rows(self, request: Request, rows: Any) -> Response:
        """Return rows as JSON."""
        return self.reply(request, msgspec.json.encode(rows))

    def fields(self, request: Request, *known: str) -> tuple[dict[str, str], ask.Question]:
        """Return the query fields and a question that already holds the problems of their form."""
        found, noted = reading.query(request.scope["query_string"], known)
        question = ask.Question(self.book)
        question.problems += noted
        return {name: values[0] for name, values in found.items() if name in known}, question

    def plain(self, request: Request) -> None:
        """Refuse any query field on a route that takes none."""
        self.settle(self.fields(request)[1])

    @staticmethod
    def settle(question: ask.Question) -> None:
        """Raise the problems of a question, if there are any.

        Raises:
            InputError: with all of them.
        """
        if question.problems:
            raise InputError(*question.problems)

    @staticmethod
    def day(fields: dict[str, str], name: str, question: ask.Question) -> date | None:
        """Return the day of a field, or note the problem."""
        return ask.day_of(fields[name], name, question.problems) if name in fields else None

    @staticmethod
    def place(fields: dict[str, str], question: ask.Question) -> str | None:
        """Return the jurisdiction asked about, or note the problem."""
        return question.place(fields["jurisdiction"], "jurisdiction") if "jurisdiction" in fields else None
