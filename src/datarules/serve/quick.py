"""The commonest question answered without the framework around it: ``GET /v1/check`` for JSON.

The bytes are those the route gives; whatever is out of the ordinary (a condition, another format, a mistake,
a fault) is left to the route. Two things make new questions cheap: numbers that no rule tells apart share one
answer (`RuleBook.alike`), kept in two halves between which the facts as stated are written; and what stands in
an address beside its facts is read once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .. import answer, ask
from ..decide import decide
from ..model import Transfer
from ..rulebook import RuleBook
from .door import JSON
from .reading import MAX_FIELDS

Asked = tuple[Transfer, date | None, int]
Headers = list[tuple[bytes, bytes]]
KEPT = 4096
"""Answers and addresses kept ready; an answer has 6 KB on average and seldom more than 60."""
_HERE = b"\0"
"""Where the facts go in a kept answer; encoded JSON has no such byte (RFC 8259 section 7)."""
CONDITIONS = (b"if-none-match", b"if-match")


class Answers:
    """Answers as bytes, one for all questions whose facts the law does not tell apart.

    Args:
        book: the compiled law.
    """

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self._kept = lru_cache(KEPT)(self._made)

    def of(self, transfer: Transfer, day: date, today: date, turtle: bool, stale_after: int) -> bytes:
        """Return the answer to a question."""
        facts = transfer.facts
        alike = self.book.alike(facts) if facts else facts
        asked = transfer if alike == facts else replace(transfer, facts=alike)
        parts = self._kept(asked, day, today, turtle, stale_after)
        return parts[0] if len(parts) == 1 else parts[0] + msgspec.json.encode(dict(facts)) + parts[1]

    def _made(self, asked: Transfer, day: date, today: date, turtle: bool, stale_after: int) -> list[bytes]:
        decision = decide(self.book, asked, day.toordinal())
        if turtle:
            return [answer.turtle(self.book, decision, day).encode()]
        document = answer.document(self.book, decision, day, today, stale_after)
        document["facts"] = msgspec.Raw(_HERE)
        return msgspec.json.encode(document).split(_HERE)


class Addresses:
    """Reads the questions of addresses.

    Args:
        book: for the names of facts.
        read: reads a whole query string.
    """

    def __init__(self, book: RuleBook, read: Callable[[bytes], Asked]) -> None:
        self.book = book
        self.whole = lru_cache(KEPT)(read)

    def read(self, raw: bytes) -> Asked:
        """Return the question of a query string.

        Raises:
            InputError: with every problem of it.
        """
        if b"fact=" not in raw or raw.count(b"&") > MAX_FIELDS:
            return self.whole(raw)
        rest, stated = [], {}
        for part in raw.split(b"&"):
            if part.startswith(b"fact="):
                name, sign, value = unquote_plus(part[5:].decode("latin-1")).partition("=")
                if name in stated:
                    return self.whole(raw)
                stated[name] = value if sign else "true"
            else:
                rest.append(part)
        try:
            transfer, day, age = self.whole(b"&".join(rest))
        except Exception:  # to be told together with what is wrong with the facts
            return self.whole(raw)
        words = ask.Question(self.book)
        facts = words.facts(stated)
        if words.problems or transfer.facts:
            return self.whole(raw)
        return replace(transfer, facts=facts), day, age


class Quick:
    """ASGI layer that answers the commonest question.

    Args:
        app: what answers all others.
        read: reads the question of a query string.
        made: makes the answer.
        today: the clock.
        headers: headers of an answer, by name.
    """

    def __init__(
        self,
        app: ASGIApp,
        read: Callable[[bytes], Asked],
        made: Callable[[Transfer, date, date, bool, int], bytes],
        today: Callable[[], date],
        headers: Callable[[], dict[str, str]],
    ) -> None:
        self.app = app
        self.read = read
        self.made = made
        self.today = today
        self.headers = headers
        self._head: tuple[date, Headers] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        found = None
        if scope["type"] == "http" and scope["path"] == "/v1/check" and scope["method"] == "GET":
            found = self._answered(scope)
        if found is None:
            await self.app(scope, receive, send)
        else:
            await send(found[0])
            await send(found[1])

    def _answered(self, scope: Scope) -> tuple[Message, Message] | None:
        for name, value in scope["headers"]:
            if name in CONDITIONS or (name == b"accept" and b"turtle" in value.lower()):
                return None
        try:
            transfer, day, age = self.read(scope["query_string"])
            today = self.today()
            content = self.made(transfer, day or today, today, False, age)
            head = self._headers(today)
        except Exception:  # the route meets it again and says what it is
            return None
        length = (b"content-length", b"%d" % len(content))
        start: dict[str, Any] = {"type": "http.response.start", "status": 200, "headers": [*head, length]}
        return start, {"type": "http.response.body", "body": content}

    def _headers(self, today: date) -> Headers:
        if self._head is None or self._head[0] != today:
            said = {**self.headers(), "content-type": JSON}
            self._head = today, [(name.encode(), value.encode()) for name, value in said.items()]
        return self._head[1]
