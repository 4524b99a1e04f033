"""HTTP on the wire within bounds: how large a head may be, and how long a client may take to send it.

The parser itself reads heads of any size for any time, so that a few clients could fill the memory or hold
all connections (the attack known as Slowloris). A head over the bound is answered with 431 (RFC 6585
section 5), one that does not come in time by closing the connection.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ..errors import Problem
from . import problems

MAX_HEAD = 128 * 1024
"""Bytes of request line and headers; a query in an address has up to 96 KiB."""
PATIENCE = 30.0
"""Seconds in which the head of a request has to arrive, and then each further part of its body."""


def _refusal() -> bytes:
    told = Problem("headers", f"{MAX_HEAD:,} bytes", "The head of the request is too large.", "Send less.")
    response = problems.response(431, [told], {"connection": "close"})
    head = b"".join(b"%s: %s\r\n" % pair for pair in response.raw_headers)
    return b"HTTP/1.1 431 Request Header Fields Too Large\r\n%s\r\n%s" % (head, bytes(response.body))


class Bounded(HttpToolsProtocol):
    """The server's protocol with bounds on the head of a request."""

    _head = 0
    _reading = True
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to count."""
        super().connection_made(transport)
        self._start_clock()

    def _start_clock(self) -> None:
        self._stop_clock()
        self._deadline = asyncio.get_running_loop().call_later(PATIENCE, self._give_up)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes from the client."""
        if self._deadline is None or not self._reading:
            self._start_clock()
        if self._reading:
            self._head += len(data)
            if self._head > MAX_HEAD and not self._head_ends(data):
                self._stop_clock()
                self.transport.write(_refusal())
                self.transport.close()
                return
        super().data_received(data)

    def _head_ends(self, data: bytes) -> bool:
        """Say whether the head ends within its bound, so that the rest is body."""
        end = data.find(b"\r\n\r\n")
        return end >= 0 and self._head - len(data) + end <= MAX_HEAD

    def on_headers_complete(self) -> None:
        """Stop counting: what follows is the body, whose size `datarules.serve.guard` bounds."""
        self._reading = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Count anew for the next request on the connection."""
        super().on_message_complete()
        self._head, self._reading = 0, True
        self._stop_clock()
