"""Content codings of answers: gzip and zstd where the client accepts them (RFC 9110 8.4 and 12.5.3, RFC 8878).

Small answers and those that are compressed already go as they are. An answer that is coded keeps its entity
tag as a weak one, since its bytes are no longer those the strong tag named (RFC 9110 8.8.1).
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache, partial
from typing import Protocol

import zstandard
from starlette.concurrency import run_in_threadpool
from starlette.types import Message, Send

LEAST = 1024
"""Bytes below which a coding does not pay."""
ASIDE = 1 << 18
"""Bytes from which a part is coded on a thread, so that other requests are answered meanwhile."""
CODINGS = ("zstd", "gzip")
"""What can be had, best first."""
_TEXT = re.compile(rb"text/|.*(?:json|xml|javascript|n-triples|n-quads|trig)\b", re.IGNORECASE)
Headers = list[tuple[bytes, bytes]]


class _Coder(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


@lru_cache(256)
def chosen(accept: str) -> str:
    """Return the coding an ``Accept-Encoding`` header prefers, or nothing where it wants none of `CODINGS`."""
    weights: dict[str, float] = {}
    for part in accept.split(","):
        name, *options = (piece.strip().casefold() for piece in part.split(";"))
        quality = next((o[2:] for o in options if o.startswith("q=")), "1")
        try:
            weights[name] = float(quality)
        except ValueError:
            weights[name] = 0.0
    rest = weights.get("*", 0.0)
    best = max(CODINGS, key=lambda name: weights.get(name, rest))
    asked = weights.get(best, rest)
    return best if asked > 0 and asked >= weights.get("identity", 0.0) else ""


def compressible(headers: Headers) -> bool:
    """Say whether what carries these headers is text that is not coded yet."""
    kind = b""
    for name, value in headers:
        if name == b"content-encoding":
            return False
        if name == b"content-type":
            kind = value
    return _TEXT.match(kind) is not None


def varying(headers: Headers) -> Headers:
    """Return headers whose ``Vary`` also names ``Accept-Encoding``."""
    named = b", ".join(value for name, value in headers if name == b"vary")
    if b"accept-encoding" in named.lower():
        return headers
    joined = (named + b", " if named else b"") + b"Accept-Encoding"
    return [*(h for h in headers if h[0] != b"vary"), (b"vary", joined)]


def _coder(coding: str) -> _Coder:
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=3).compressobj()
    return zlib.compressobj(6, zlib.DEFLATED, 31)


def _marked(headers: Headers, coding: str, size: int | None) -> Headers:
    """Return the headers of a coded answer; ``size`` where it is known."""
    kept = []
    for name, value in headers:
        if name == b"etag" and not value.startswith(b"W/"):
            value = b"W/" + value
        if name not in (b"content-length", b"accept-ranges"):
            kept.append((name, value))
    kept.append((b"content-encoding", coding.encode()))
    if size is not None:
        kept.append((b"content-length", str(size).encode()))
    return kept


class Encoded:
    """Sends one answer in a coding.

    Args:
        send: where it goes.
        coding: of `CODINGS`.
    """

    def __init__(self, send: Send, coding: str) -> None:
        self.send = send
        self.coding = coding
        self.held: Message | None = None
        self.coder: _Coder | None = None

    async def __call__(self, message: Message) -> None:
        """Take one message of the answer."""
        if message["type"] == "http.response.start":
            if message["status"] == 200 and compressible(message["headers"]):
                self.held = message
            else:
                await self.send(message)
        elif message["type"] == "http.response.body" and (self.held or self.coder):
            await self._body(message)
        else:
            if self.held is not None:  # a file the server sends by itself goes as it is
                held, self.held = self.held, None
                await self.send(held)
            await self.send(message)

    async def _body(self, message: Message) -> None:
        body, more = message.get("body", b""), message.get("more_body", False)
        if self.coder is None:
            start, self.held = self.held, None
            assert start is not None
            if not more and len(body) < LEAST:
                await self.send(start)
                await self.send(message)
                return
            self.coder = _coder(self.coding)
            coded = await self._coded(body, more)
            headers = _marked(start["headers"], self.coding, None if more else len(coded))
            await self.send({**start, "headers": headers})
        else:
            coded = await self._coded(body, more)
        if coded or not more:
            await self.send({**message, "body": coded})

    async def _coded(self, body: bytes, more: bool) -> bytes:
        assert self.coder is not None
        make = partial(_piece, self.coder, bytes(body), more)
        return await run_in_threadpool(make) if len(body) >= ASIDE else make()


def _piece(coder: _Coder, body: bytes, more: bool) -> bytes:
    coded = coder.compress(body)
    return coded if more else coded + coder.flush()
