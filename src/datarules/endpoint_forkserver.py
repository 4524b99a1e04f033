"""A process that loads the store once and forks query workers, which share its memory until they write to it.

The fork server is spawned and has one thread, so that it may fork where a server with threads must not (fork(2),
copy on write). A worker is therefore there at once and costs little beside the first. Whoever wants workers opens
a channel to the fork server, also from another process than the one that started it, and speaks with each worker alone.
Workers end with the channel they were asked for on, and with the fork server, which ends with the last that knows it.
A worker cannot open a socket: it has no file left to open.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import pickle
import selectors
import signal
import socket
import struct
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

import pyoxigraph as ox

from .endpoint import Limits, Overrun, overrun
from .endpoint_disk import all_quads, place
from .endpoint_local import Local
from .errors import ConfigError, QueryError
from .load import Dataset
from .rulebook import RuleBook

START = 60.0
"""Seconds that loading may take."""
WORD = struct.Struct("!cq")
"""What is asked on a channel: to fork a worker, or to end the one of a number."""
NUMBER = struct.Struct("!q")
FORK, END = b"f", b"e"
LEAVE = 2.0
"""Seconds in which a fork server that no one knows any more ends by itself."""
SWEEP = 5.0
"""Seconds after which workers that ended by themselves are forgotten."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a worker holds: quads as N-Quads, or a folder with a store; the rulebook pickled; its limits."""

    quads: bytes
    folder: str
    book: bytes
    limits: Limits


def content(dataset: Dataset, book: RuleBook | None, limits: Limits, folder: Path | None = None) -> Content:
    """Pack a dataset and rulebook for the workers; with a folder they read the store that is kept there."""
    packed = pickle.dumps(book)
    if folder is not None:
        return Content(b"", str(place(dataset, folder)), packed, limits)
    quads = ox.serialize(all_quads(dataset), format=ox.RdfFormat.N_QUADS) or b""
    return Content(bytes(quads), "", packed, limits)


@dataclass(slots=True)
class _Held:
    """What workers find when they are forked; without a store they open the one in the folder."""

    book: RuleBook | None
    limits: Limits
    folder: str
    local: Local | None = None
    graphs: Sequence[tuple[str, int]] = ()


# -- inside a worker


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


def _work(pipe: Connection, held: _Held) -> None:
    """Answer one request after another until whoever asks goes away."""
    local, graphs = held.local, held.graphs
    if local is None:  # files and threads of a store on disk must not be forked
        local = Local(ox.Store.read_only(held.folder), held.book, held.limits)
        graphs = local.graphs()
    _confine(held.limits, shut=not held.folder)
    pipe.send(("ready", graphs))
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            pipe.send(_answer(local, pipe.recv()))


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


# -- inside the fork server


def _serve(door: socket.socket, loading: Connection) -> None:
    """Load, then fork and end workers as channels ask, until no one is left who could open one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server, which ends us
    packed: Content = loading.recv()
    loading.close()
    book: RuleBook | None = pickle.loads(packed.book)  # noqa: S301 - whoever started us wrote it
    held = _Held(book, packed.limits, packed.folder)
    if not packed.folder:
        store = ox.Store()
        store.bulk_load(packed.quads, format=ox.RdfFormat.N_QUADS)
        held.local = Local(store, book, packed.limits)
        held.local.query("SELECT ?s { ?s ?p ?o } LIMIT 1", want={"select": "json"})
        held.graphs = held.local.graphs()
    del packed
    gc.collect()
    gc.freeze()
    _Serving(door, held).run()


class _Serving:
    """The fork server at work: its channels, and the workers of each."""

    def __init__(self, door: socket.socket, held: _Held) -> None:
        self.door = door
        self.channels: dict[socket.socket, set[int]] = {}
        self.held = held
        self.waiting = selectors.DefaultSelector()
        self.waiting.register(door, selectors.EVENT_READ)

    def run(self) -> None:
        while True:
            for key, _ in self.waiting.select(SWEEP):
                one = key.fileobj
                assert isinstance(one, socket.socket)
                if one is not self.door:
                    self._asked(one)
                elif not self._opened():
                    for channel in list(self.channels):
                        self._cut(channel)
                    return
            for numbers in self.channels.values():
                numbers.difference_update([number for number in numbers if os.waitpid(number, os.WNOHANG)[0]])

    def _opened(self) -> bool:
        """Take in a channel; say no when no one is left."""
        said, files, _, _ = socket.recv_fds(self.door, 1, 1)
        for file in files:
            channel = socket.socket(fileno=file)
            self.channels[channel] = set()
            self.waiting.register(channel, selectors.EVENT_READ)
        return bool(said)

    def _asked(self, channel: socket.socket) -> None:
        try:
            said = channel.recv(WORD.size, socket.MSG_WAITALL)
        except OSError:
            said = b""
        if len(said) < WORD.size:
            self._cut(channel)
            return
        what, number = WORD.unpack(said)
        if what == FORK:
            self._fork(channel)
        elif number in self.channels[channel]:
            self._end(number)
            self.channels[channel].discard(number)

    def _fork(self, channel: socket.socket) -> None:
        ours, theirs = multiprocessing.Pipe()
        parent = os.getpid()
        number = os.fork()
        if not number:
            ours.close()
            self._begin(theirs, parent)
        self.channels[channel].add(number)
        theirs.close()
        with contextlib.suppress(OSError):  # whoever asked is gone: the channel will say so
            socket.send_fds(channel, [NUMBER.pack(number)], [ours.fileno()])
        ours.close()

    def _begin(self, pipe: Connection, parent: int) -> NoReturn:
        """Be a worker; never comes back."""
        status = 1
        try:
            self.waiting.close()
            for one in (self.door, *self.channels):
                one.close()
            threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
            _work(pipe, self.held)
            status = 0
        finally:
            os._exit(status)

    def _end(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
        os.waitpid(number, 0)

    def _cut(self, channel: socket.socket) -> None:
        """End the workers of a channel whose other end is gone."""
        self.waiting.unregister(channel)
        for number in self.channels.pop(channel):
            self._end(number)
        channel.close()


# -- outside


class ForkServer:
    """A fork server and the door to it, which processes forked later know as well.

    Args:
        packed: what its workers hold.
    """

    def __init__(self, packed: Content) -> None:
        context = multiprocessing.get_context("spawn")
        self._door, theirs = socket.socketpair()
        receiving, sending = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_serve, args=(theirs, receiving), daemon=True, name="datarules-forkserver"
        )
        self._process.start()
        theirs.close()
        receiving.close()
        with contextlib.suppress(OSError):  # one that died at its start says so to whoever asks for a worker
            sending.send(packed)
        sending.close()

    @property
    def number(self) -> int:
        """Return the number of its process."""
        return self._process.pid or 0

    def channel(self) -> Channel:
        """Open a channel.

        Raises:
            OSError: the fork server is gone.
        """
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(self._door, [b"l"], [theirs.fileno()])
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        return Channel(ours)

    def close(self) -> None:
        """End the fork server with all workers, in the process that started it."""
        self._door.close()
        self._process.join(LEAVE)
        self._process.kill()
        self._process.join()


class Channel:
    """Asks a fork server for workers, and ends them; safe to use from several threads.

    Args:
        pipe: the channel.
    """

    def __init__(self, pipe: socket.socket) -> None:
        self._pipe = pipe
        self._turn = threading.Lock()

    def fork(self) -> tuple[int, Connection]:
        """Return the number of a new worker, and the pipe to it.

        Raises:
            OSError: the fork server is gone, or does not get ready in `START` seconds.
        """
        with self._turn:
            self._pipe.settimeout(START)
            self._pipe.sendall(WORD.pack(FORK, 0))
            said, files, _, _ = socket.recv_fds(self._pipe, NUMBER.size, 1)
        if len(said) < NUMBER.size or not files:
            raise ConnectionResetError("the fork server of query workers ended")
        return NUMBER.unpack(said)[0], Connection(files[0])

    def end(self, number: int) -> None:
        """End a worker of this channel, whatever it does."""
        with self._turn, contextlib.suppress(OSError):  # without a fork server workers end by themselves
            self._pipe.sendall(WORD.pack(END, number))

    def close(self) -> None:
        """End all workers of the channel."""
        self._pipe.close()
