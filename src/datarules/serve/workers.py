"""Worker processes that share the compiled law, and new data without a stop.

The law is opened once and the process forked, so that workers share its memory until they write to it
(fork(2), copy on write); what is counted as garbage is frozen before, so that the collector does not touch it.
A worker that ends unasked is replaced. ``SIGHUP`` lets every worker open the data anew and change over at
once: requests under way are finished over the old law, later ones asked of the new; data that do not validate
change nothing.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

from starlette.types import ASGIApp, Receive, Scope, Send

from ..errors import DataRulesError

LOG = logging.getLogger("datarules")
QUICKEST = 1.0
"""Seconds a worker has to live; one that ends sooner again and again is not replaced without end."""
Closer = Callable[[], None]
Maker = Callable[[], tuple[ASGIApp, Closer]]


class Switch:
    """An application that can be exchanged while it is asked.

    Args:
        app: the application, and what closes it.
        made: makes the next one.
    """

    def __init__(self, app: tuple[ASGIApp, Closer], made: Maker) -> None:
        self._current = _Running(*app)
        self._made = made
        self._turn = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request with the application there is when it comes."""
        running = self._current
        running.under_way += 1
        try:
            await running.app(scope, receive, send)
        finally:
            running.under_way -= 1

    def renew(self) -> bool:
        """Make the next application and change over; say whether it could be made."""
        with self._turn:
            try:
                following = _Running(*self._made())
            except DataRulesError as error:
                LOG.error("the data are not changed: %s", error)
                return False
            old, self._current = self._current, following
        while old.under_way:
            time.sleep(0.05)
        old.close()
        LOG.warning("the data are changed")
        return True

    def renew_aside(self) -> None:
        """Do so on a thread, for a signal's handler."""
        threading.Thread(target=self.renew, name="datarules-renew", daemon=True).start()

    def close(self) -> None:
        """Close the application there is."""
        self._current.close()


class _Running:
    """An application with the number of requests under way."""

    def __init__(self, app: ASGIApp, close: Closer) -> None:
        self.app = app
        self.close = close
        self.under_way = 0


def freeze() -> None:
    """Keep the collector away from what there is, so that forked processes go on sharing it."""
    gc.collect()
    gc.freeze()


class Crew:
    """Forked workers and the process that watches them.

    Args:
        work: what a worker does until it is stopped; called in each worker with whether the data were opened anew
            since the crew began, so that one that replaces another has to open them anew as well.
        size: how many workers.
    """

    def __init__(self, work: Callable[[bool], None], size: int) -> None:
        self.work = work
        self.size = size
        self._renewed = False
        self._workers: dict[int, float] = {}
        self._stopping = False

    def _fork(self) -> None:
        number = os.fork()
        if number:
            self._workers[number] = time.monotonic()
            return
        self._begin()

    def _begin(self) -> NoReturn:
        """Work, in the worker; never comes back."""
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(one, signal.SIG_DFL)
        status = 1
        try:
            self.work(self._renewed)
            status = 0
        except Exception:
            LOG.exception("a worker failed")
        finally:
            os._exit(status)

    def _pass_on(self, number: int, frame: FrameType | None) -> None:
        """Pass a signal on to every worker; all but SIGHUP end the work."""
        self._stopping = self._stopping or number != signal.SIGHUP
        self._renewed = self._renewed or number == signal.SIGHUP
        for worker in list(self._workers):
            os.kill(worker, signal.SIGHUP if number == signal.SIGHUP else signal.SIGTERM)

    def run(self) -> int:
        """Watch over the workers until they are stopped; return the exit code."""
        freeze()
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(one, self._pass_on)
        for _ in range(self.size):
            self._fork()
        while self._workers:
            try:
                ended, _ = os.wait()
            except ChildProcessError:
                break
            since = self._workers.pop(ended, None)
            if since is None or self._stopping:
                continue
            if time.monotonic() - since < QUICKEST:
                time.sleep(QUICKEST)
            LOG.warning("worker %d ended and is replaced", ended)
            self._fork()
        return 0
