"""Work that takes long: made on a thread, watched from the loop, stopped when the client goes away.

Stopping is cooperative: work calls what it is handed between two steps, and that raises `StoppedError` once the
client is gone (a closed connection shows as ``http.disconnect``, ASGI 3.0 section 2.1.6). Progress is told as
server-sent events (WHATWG HTML, section 9.2): ``progress`` with steps done and in all, then one ``result`` or
``problem``.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from ..errors import DataRulesError
from . import problems

Progress = Callable[[int, int], None]
EVENTS = "text/event-stream"
GONE = 499
"""Status of a reply nobody reads: the client closed the connection."""
LOOK = 0.2
"""Seconds between two looks at whether the client is still there."""


class StoppedError(Exception):
    """Nobody waits for the work any more."""


class Work:
    """One piece of work, made once.

    Args:
        turn: lets one piece of work be made at a time.
        make: makes a document, or bytes; calls what it is handed with steps done and steps in all.
    """

    def __init__(self, turn: threading.Lock, make: Callable[[Progress], Any]) -> None:
        self._turn = turn
        self._make = make
        self._stopped = threading.Event()
        self._done: tuple[int, int] | None = None

    def _step(self, done: int, of: int) -> None:
        self._done = (done, of)
        if self._stopped.is_set():
            raise StoppedError

    def _run(self) -> bytes:
        while not self._turn.acquire(timeout=LOOK):
            if self._stopped.is_set():
                raise StoppedError
        try:
            made = self._make(self._step)
            return made if isinstance(made, bytes) else msgspec.json.encode(made)
        finally:
            self._turn.release()

    async def _watched(self, request: Request) -> AsyncIterator[asyncio.Task[bytes] | None]:
        """Start the work and yield nothing at each look, then the finished task; end early without a client."""
        task = asyncio.ensure_future(run_in_threadpool(self._run))
        try:
            while not (await asyncio.wait({task}, timeout=LOOK))[0]:
                if await request.is_disconnected():
                    return
                yield None
            yield task
        finally:
            self._stopped.set()
            if not task.done():
                task.add_done_callback(_settled)

    async def result(self, request: Request) -> bytes | None:
        """Return the document as JSON; nothing where the client went away.

        Raises:
            DataRulesError: what the work raised.
        """
        async for task in self._watched(request):
            if task is not None:
                return task.result()
        return None

    async def events(self, request: Request) -> AsyncIterator[bytes]:
        """Yield progress, then the document or the problem, as server-sent events."""
        told = None
        async for task in self._watched(request):
            if self._done is not None and self._done != told:
                told = self._done
                yield _event("progress", msgspec.json.encode({"done": told[0], "of": told[1]}))
            elif task is None:
                yield b": working\n\n"
            if task is not None:
                yield self._last(task)

    @staticmethod
    def _last(task: asyncio.Task[bytes]) -> bytes:
        try:
            return _event("result", task.result())
        except DataRulesError as error:
            document = problems.document(problems.status_of(error), error.problems)
            return _event("problem", msgspec.json.encode(document))


def _settled(task: asyncio.Task[bytes]) -> None:
    """Take note of what abandoned work came to, so that nobody misses it."""
    if not task.cancelled():
        task.exception()


def _event(name: str, data: bytes) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + data + b"\n\n"
