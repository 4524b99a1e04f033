"""What stands before every door: headers on every answer, limits on every request, content codings.

It is the outermost layer, so that what it promises also holds for answers to faults.
"""

from __future__ import annotations

import re

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import Problem
from . import problems
from .encoding import Encoded, chosen, compressible, varying
from .problems import TooLargeError
from .rates import Rate

MAX_ADDRESS = 96 * 1024
"""Longest address with its query in bytes; a SPARQL query in an address has to fit."""
SECURITY = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}
CORS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "Datarules-Release, ETag, Link, RateLimit, RateLimit-Policy, Retry-After",
}
Headers = list[tuple[bytes, bytes]]
_HOST = re.compile(rb"[\w.:\[\]-]*", re.ASCII)


def _raw(headers: dict[str, str]) -> Headers:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def header(scope: Scope, wanted: bytes) -> bytes:
    """Return the first value of a request header, empty where it is missing."""
    return next((value for name, value in scope["headers"] if name == wanted), b"")


class Guard:
    """ASGI layer before everything.

    Args:
        app: what it guards.
        max_body: bytes; a longer body is refused with 413 before it is parsed, whether or not its
            length is announced.
        rate: how many requests a client may send; any number unless given.
    """

    def __init__(self, app: ASGIApp, max_body: int, rate: Rate | None = None) -> None:
        self.app = app
        self.max_body = max_body
        self.rate = rate
        self.always = _raw(SECURITY)
        self.reading = self.always + _raw(CORS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = self.reading if scope["method"] in ("GET", "HEAD", "OPTIONS") else self.always
        refusal = None
        if self.rate is not None:
            client = scope.get("client")
            wait, told = self.rate.take(client[0] if client else "")
            headers = headers + told
            refusal = problems.response(429, [self.rate.refusal(wait)]) if wait else None
        sending: Send = self._adding(send, headers)
        accept = header(scope, b"accept-encoding")
        coding = chosen(accept.decode("latin-1")) if accept else ""
        if coding and not header(scope, b"range"):
            sending = Encoded(sending, coding)
        refusal = refusal or self._refused(scope)
        if refusal is not None:
            await refusal(scope, receive, sending)
        elif scope["method"] == "OPTIONS":
            await _preflight(scope, receive, sending, self.app)
        elif scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, sending)
        else:
            await self.app(scope, self._counted(receive), sending)

    @staticmethod
    def _adding(send: Send, headers: Headers) -> Send:
        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message["headers"]
                present = {name for name, _ in given}
                if message["status"] == 304 or compressible(given) or b"content-encoding" in present:
                    given = varying(given)
                message["headers"] = [*given, *[h for h in headers if h[0] not in present]]
            await send(message)

        return adding

    def _refused(self, scope: Scope) -> Response | None:
        """Return the refusal of a request that is too long, names no host, or whose body is in a coding."""
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_ADDRESS:
            reason = f"The address has more than {MAX_ADDRESS:,} bytes."
            return problems.response(
                414,
                [Problem("address", "", reason, "Send it in the body, by POST.")],
                {"connection": "close"},
            )
        host = header(scope, b"host")
        if not _HOST.fullmatch(host):
            told = Problem("Host", host.decode("latin-1"), "This is no name of a host.", "Send one.")
            return problems.response(400, [told], {"connection": "close"})
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return None
        if self._announced(scope) > self.max_body:
            return problems.response(413, [self._too_large()], {"connection": "close"})
        coding = header(scope, b"content-encoding").decode("latin-1").strip()
        if coding.casefold() in ("", "identity"):
            return None
        reason = "Bodies in a content coding are not read, so that none can grow when it is unpacked."
        told = Problem("Content-Encoding", coding, reason, "Send the body as it is.")
        return problems.response(415, [told], {"accept-encoding": "identity"})

    @staticmethod
    def _announced(scope: Scope) -> int:
        length = header(scope, b"content-length")
        return int(length) if length.isdigit() else 0

    def _too_large(self) -> Problem:
        return Problem(
            "body",
            "",
            f"The body has more than {self.max_body:,} bytes.",
            "Send less, for example several smaller batches.",
        )

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
    if header(scope, b"access-control-request-method") in (b"GET", b"HEAD"):
        headers = {
            "access-control-allow-methods": "GET, HEAD",
            "access-control-allow-headers": "Accept, If-None-Match",
            "access-control-max-age": "86400",
        }
        await Response(status_code=204, headers=headers)(scope, receive, send)
    else:
        await app(scope, receive, send)
