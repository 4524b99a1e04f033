"""The same store in worker processes, so that limits hold: a query that overruns ends with its worker.

Workers come from a fork server (`endpoint_forkserver`), which holds the whole store and the rulebook once. One that runs
too long, asks for too much memory or crashes is ended and replaced while the others go on answering.
"""

from __future__ import annotations

import contextlib
import pickle
import queue
import threading
from collections.abc import Callable, Sequence

from .endpoint import Limits, Overrun, Result, Want, overrun
from .endpoint_forkserver import START, Channel, Content, ForkServer
from .endpoint_guard import refuse_oversize
from .errors import ConfigError, QueryError

RECYCLE = 2_000
"""Queries after which a worker is replaced, so that what it remembers of decisions stays bounded."""


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.number, self.pipe = channel.fork()
        self.answered = 0
        try:
            if not self.pipe.poll(START):
                raise EOFError
            self.graphs: Sequence[tuple[str, int]] = self.pipe.recv()[1]
        except (EOFError, OSError) as error:
            self.stop()
            raise ConnectionResetError("a query worker ended at its start") from error

    def stop(self) -> None:
        self.channel.end(self.number)
        self.pipe.close()


class Pool:
    """The endpoint over worker processes; safe to call from several threads.

    Made at once; the workers load in the background.

    Args:
        pack: packs what the workers hold (`endpoint_forkserver.content`), for a fork server of its own.
        limits: the limits of one query.
        workers: how many processes.
        server: a fork server of the same content to share; one of its own unless given.
    """

    union_default = True

    def __init__(
        self,
        pack: Callable[[], Content],
        limits: Limits,
        workers: int = 2,
        server: ForkServer | None = None,
    ) -> None:
        self.limits = limits
        self._pack = pack
        self._own: ForkServer | None = None
        self._channel: Channel | None = None
        if server is not None:
            with contextlib.suppress(OSError):  # it ended, so this pool needs one of its own
                self._channel = server.channel()
        self._free: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        self._lock = threading.Lock()
        self._building = threading.Lock()
        self._closed = False
        self._graphs: Sequence[tuple[str, int]] | None = None
        self._failure = ""
        for _ in range(workers):
            self._hire()

    @classmethod
    def empty(cls, limits: Limits | None = None) -> Pool:
        """Start one worker that holds nothing and only parses, for a remote endpoint."""
        chosen = limits or Limits()
        return cls(lambda: Content(b"", "", pickle.dumps(None), chosen), chosen, 1)

    def _hire(self) -> None:
        threading.Thread(target=self._start, name="datarules-hire", daemon=True).start()

    def _opened(self, broken: Channel | None = None) -> Channel:
        """Return the channel to the fork server; one to a fork server of its own where there is none that works."""
        with self._building:
            channel = self._channel
            if self._closed:
                raise BrokenPipeError("the server is stopping")
            if channel is None or channel is broken:
                if channel is not None:
                    channel.close()
                if self._own is not None:
                    self._own.close()
                self._own = ForkServer(self._pack())
                channel = self._channel = self._own.channel()
            return channel

    def _start(self) -> None:
        try:
            channel = self._opened()
            try:
                worker = _Worker(channel)
            except OSError:
                worker = _Worker(self._opened(channel))
        except Exception as error:  # whoever asks is told; a thread that dies tells nobody
            self._failure = f"{type(error).__name__}: {error}"
            self._free.put(None)
            return
        with self._lock:
            self._graphs = worker.graphs
            if not self._closed:
                self._free.put(worker)
                return
        worker.stop()

    def _take(self, wait: float) -> _Worker:
        try:
            worker = self._free.get(timeout=wait)
        except queue.Empty:
            raise overrun("busy", self.limits) from None
        if worker is None:
            self._hire()
            raise ConfigError.single(
                "query worker",
                "",
                f"A worker process did not start: {self._failure}.",
                "Give the server more memory, or start it with fewer workers.",
            )
        return worker

    def graphs(self) -> Sequence[tuple[str, int]]:
        """Return the named graphs with their number of triples; waits for the first worker."""
        if self._graphs is None:
            self._free.put(self._take(START))
        return self._graphs or ()

    def query(
        self,
        text: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        want: Want | None = None,
    ) -> Result:
        """Answer a query (see `endpoint.Endpoint.query`) within every limit."""
        refuse_oversize(text, self.limits)
        worker = self._take(self.limits.wait if self._graphs is not None else START)
        kept = False
        try:
            worker.pipe.send((text, tuple(default_graphs), tuple(named_graphs), want))
            if not worker.pipe.poll(self.limits.seconds):
                raise overrun("time", self.limits)
            reply = worker.pipe.recv()
            worker.answered += 1
            spent = reply[0] == "overrun" and reply[1] == "memory"
            kept = not spent and worker.answered < RECYCLE
        except (EOFError, OSError):
            raise overrun("memory", self.limits) from None
        finally:
            self._give_back(worker, kept)
        if reply[0] == "answer":
            result: Result = reply[1]
            return result
        if reply[0] == "overrun":
            raise Overrun(reply[1], *reply[2])
        raise (ConfigError if reply[0] == "broken" else QueryError)(*reply[1])

    def _give_back(self, worker: _Worker, kept: bool) -> None:
        with self._lock:
            if kept and not self._closed:
                self._free.put(worker)
                return
            closed = self._closed
        worker.stop()
        if not closed:
            self._hire()

    def close(self) -> None:
        """Stop every worker."""
        with self._lock:
            self._closed = True
        while True:
            try:
                worker = self._free.get_nowait()
            except queue.Empty:
                break
            if worker is not None:
                worker.stop()
        with self._building:
            if self._channel is not None:
                self._channel.close()
            if self._own is not None:
                self._own.close()
