"""The same store in worker processes, so that limits hold: a query that overruns ends with its worker.

Each worker holds the whole store and the rulebook. One that runs too long, asks for too much memory or
crashes is ended and replaced while the others go on answering. Workers are spawned, never forked, since a
server has threads; they end with their parent. A worker cannot open a socket: it has no file left to open.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import queue
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import pyoxigraph as ox

from .endpoint import Limits, Overrun, Result, Want, overrun
from .endpoint_disk import all_quads
from .endpoint_guard import refuse_oversize
from .endpoint_local import Local
from .errors import ConfigError, QueryError
from .load import Dataset
from .rulebook import RuleBook

START = 60.0
"""Seconds a worker may take to load."""
RECYCLE = 2_000
"""Queries after which a worker is replaced, so that what it remembers of decisions stays bounded."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a worker holds: quads as N-Quads, or a folder with a store; the rulebook pickled; its limits."""

    quads: bytes
    folder: str
    book: bytes
    limits: Limits


def content(dataset: Dataset, book: RuleBook | None, limits: Limits) -> Content:
    """Pack a dataset and rulebook for the workers."""
    quads = ox.serialize(all_quads(dataset), format=ox.RdfFormat.N_QUADS) or b""
    return Content(bytes(quads), "", pickle.dumps(book), limits)


# -- inside the worker


def _confine(limits: Limits, shut: bool) -> None:
    """Bound memory beyond what is loaded, and leave no file descriptor free."""
    import resource

    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            now = int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (now + limits.memory, now + limits.memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if shut:
            most = max(map(int, os.listdir("/proc/self/fd")))
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    except (OSError, ValueError):  # not Linux: the time and row limits hold all the same
        return


def _leave_with(parent: int) -> None:
    """End this process when its parent is gone, even in the middle of a query."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _work(pipe: Connection) -> None:
    """Load, then answer one request after another until the parent goes away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which ends us
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    packed: Content = pipe.recv()
    if packed.folder:
        store = ox.Store.read_only(packed.folder)
    else:
        store = ox.Store()
        store.bulk_load(packed.quads, format=ox.RdfFormat.N_QUADS)
    local = Local(store, pickle.loads(packed.book), packed.limits)  # noqa: S301 - our own parent wrote it
    local.query("SELECT ?s { ?s ?p ?o } LIMIT 1", want={"select": "json"})
    graphs = local.graphs()
    _confine(packed.limits, shut=not packed.folder)
    pipe.send(("ready", graphs))
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            request = pipe.recv()
            pipe.send(_answer(local, request))


def _answer(local: Local, request: tuple[Any, ...]) -> tuple[Any, ...]:
    try:
        return ("answer", local.query(*request))
    except Overrun as error:
        return ("overrun", error.limit, error.problems)
    except QueryError as error:
        return ("refused", error.problems)
    except MemoryError:
        return ("overrun", "memory", overrun("memory", local.limits).problems)
    except BaseException as error:
        if type(error).__name__ != "PanicException" and not isinstance(error, Exception):
            raise
        said = f"Answering this query failed inside: {type(error).__name__}: {error}."
        return ("broken", ConfigError.single("query worker", "", said, "Please report the query.").problems)


# -- in the parent


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, packed: Content) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs,), daemon=True, name="datarules-query")
        self.process.start()
        theirs.close()
        self.answered = 0
        try:
            self.pipe.send(packed)
            if not self.pipe.poll(START):
                raise EOFError
            self.graphs: Sequence[tuple[str, int]] = self.pipe.recv()[1]
        except (EOFError, OSError) as error:
            self.stop()
            raise ConfigError.single(
                "query worker",
                str(self.process.exitcode),
                "A worker process did not start.",
                "Give the server more memory, or start it with fewer workers.",
            ) from error

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


class Pool:
    """The endpoint over worker processes; safe to call from several threads."""

    union_default = True

    def __init__(self, pack: Callable[[], Content], limits: Limits, workers: int = 2) -> None:
        self.limits = limits
        self._packed = pack()
        self._free: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._graphs: Sequence[tuple[str, int]] | None = None
        self._failure = ""
        for _ in range(workers):
            self._hire()

    @classmethod
    def open(
        cls, dataset: Dataset, book: RuleBook | None, limits: Limits | None = None, workers: int = 2
    ) -> Pool:
        """Start workers over a dataset; returns at once, they load in the background."""
        chosen = limits or Limits()
        return cls(lambda: content(dataset, book, chosen), chosen, workers)

    @classmethod
    def on_disk(
        cls, folder: str, book: RuleBook | None, limits: Limits | None = None, workers: int = 2
    ) -> Pool:
        """Start workers over a store that `endpoint_local.filled` made in a folder and that is closed again."""
        chosen = limits or Limits()
        return cls(lambda: Content(b"", folder, pickle.dumps(book), chosen), chosen, workers)

    @classmethod
    def empty(cls, limits: Limits | None = None) -> Pool:
        """Start one worker that holds nothing and only parses, for a remote endpoint."""
        chosen = limits or Limits()
        return cls(lambda: Content(b"", "", pickle.dumps(None), chosen), chosen, 1)

    def _hire(self) -> None:
        threading.Thread(target=self._start, name="datarules-hire", daemon=True).start()

    def _start(self) -> None:
        try:
            worker = _Worker(self._packed)
        except (ConfigError, OSError) as error:
            self._failure = str(error)
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
                "query worker", "", f"A worker process did not start: {self._failure}", "Try again."
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
                return
            if worker is not None:
                worker.stop()
