"""Start the server: open and validate the data first, then listen.

Invalid data stop the start with every finding; part of the data is never served.
"""

from __future__ import annotations

import atexit
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from .. import bundled
from ..errors import ConfigError, DataRulesError
from ..load import Dataset
from ..open import open_dataset
from ..released import open_release
from ..released import releases as list_releases
from ..rulebook import RuleBook
from ..store import VARIABLE, ForkServer, fork_server, serving_endpoint
from ..validate import cache_folder
from .app import create_app
from .rates import Rate
from .wire import Bounded
from .workers import LOG, Crew, Switch

BACKLOG = 2048


def made(
    data_dir: str | None,
    store: str | None,
    rate: str | None,
    release: str | None = None,
    releases: str | None = None,
    opened: tuple[Dataset, RuleBook] | None = None,
    shared: ForkServer | None = None,
) -> tuple[FastAPI, Callable[[], None]]:
    """Return the application over the data of a folder, of a release or the bundled data, and what closes it.

    Args:
        data_dir: folder with ``jurisdictions/`` and ``agreements/``; bundled data if not given.
        store: folder to keep the SPARQL store in; in memory if not given.
        rate: requests a client may send, such as ``600/minute``; any number if not given.
        release: a release to serve in place of the bundled data.
        releases: a folder of releases that may be asked beside it.
        opened: the data, where they are open already.
        shared: what query workers over them come from, where several servers share it.

    Raises:
        DataError: the data are invalid.
        ConfigError: the SPARQL server named in the environment has no usable address.
    """
    dataset, book = opened or _opened(data_dir, release)
    address = os.environ.get(VARIABLE, "").strip() or None
    folder = Path(store) if store else None
    endpoint = serving_endpoint(dataset, book, address, folder=folder, server=shared)
    limit, shelf = Rate.read(rate) if rate else None, Path(releases) if releases else None
    app = create_app(book, endpoint, cache=cache_folder(), dataset=dataset, rate=limit, releases=shelf)
    return app, endpoint.close


def _opened(folder: str | None, release: str | None = None) -> tuple[Dataset, RuleBook]:
    """Return the data of a folder, of a release, or the bundled data.

    Raises:
        DataError: the data are invalid.
        ConfigError: the folder holds no data, which would otherwise be served as an empty world.
    """
    if release:
        return open_release(Path(release))
    files = bundled.data_files(Path(folder)) if folder else None
    if files == []:
        raise ConfigError.single(
            "--data-dir",
            folder,
            "There are no data files in this folder.",
            "Name the folder that holds jurisdictions/ and agreements/.",
        )
    return open_dataset(files)


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address.

    Raises:
        ConfigError: the address is wrong or taken.
    """
    if not 0 <= port <= 65535:
        raise ConfigError.single(
            "--port", port, "A port is a number from 0 to 65535.", "Choose another, for example 8000."
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)  # whoever connects before a worker is ready waits
    except OSError as error:
        listener.close()
        raise ConfigError.single(
            "--host and --port",
            f"{host}:{port}",
            f"Cannot listen there: {error.strerror or error}.",
            "Choose another port or host, or end what listens there.",
        ) from None
    listener.set_inheritable(True)
    return listener


def run(
    host: str,
    port: int,
    workers: int,
    data_dir: str | None,
    store: str | None = None,
    release: str | None = None,
    rate: str | None = None,
    releases: str | None = None,
) -> int:
    """Serve until stopped; return the exit code.

    Args:
        host: name or address to listen on.
        port: port; 0 takes any free one, which is then printed.
        workers: processes, which share the compiled law.
        data_dir: folder with ``jurisdictions/`` and ``agreements/``; bundled data if not given.
        store: folder to keep the SPARQL store in; in memory if not given.
        release: a release to serve in place of the bundled data.
        rate: requests a client may send, such as ``600/minute``; any number if not given.
        releases: a folder of releases that may be asked beside the law served.

    Raises:
        DataError: the data are invalid.
        ConfigError: the address or the number of workers does not work.
    """
    if workers < 1:
        raise ConfigError.single("--workers", workers, "At least one process is needed.", "Give 1 or more.")
    if workers > 1 and not hasattr(os, "fork"):
        remedy = "Give 1, and start several servers behind a proxy."
        raise ConfigError.single("--workers", workers, "This system cannot share the law by fork.", remedy)
    if rate:
        Rate.read(rate)
    opened = _opened(data_dir, release)
    if releases:
        list_releases(Path(releases))
    listener = _listen(host, port)
    bound = listener.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    print(f"datarules serves http://{shown}:{bound}/ (stop with Ctrl+C)", file=sys.stderr, flush=True)  # noqa: T201

    shared: ForkServer | None = None

    def again() -> tuple[FastAPI, Callable[[], None]]:
        return made(data_dir, store, rate, release, releases)

    def first(renewed: bool) -> tuple[FastAPI, Callable[[], None]]:
        if renewed:
            try:
                return again()
            except DataRulesError as error:
                LOG.error("the data of before are served: %s", error)
        return made(data_dir, store, rate, release, releases, opened, shared)

    def work(renewed: bool = False) -> None:
        app, close = first(renewed)
        if workers == 1:
            threading.Thread(target=app.state.warm, daemon=True).start()
        switch = Switch((app, close), again)
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, lambda number, frame: switch.renew_aside())
        atexit.register(switch.close)
        try:
            uvicorn.Server(_config(switch)).run(sockets=[listener])
        finally:
            switch.close()

    try:
        if workers > 1:
            if not os.environ.get(VARIABLE, "").strip():
                shared = fork_server(*opened, Path(store) if store else None)
            return Crew(work, workers).run()
        work()
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()
        if shared is not None:
            shared.close()
    return 0


def _config(app: Switch) -> uvicorn.Config:
    """Return how the server speaks HTTP: quietly, within bounds (`datarules.serve.wire`)."""
    return uvicorn.Config(
        app,
        http=Bounded,
        lifespan="off",
        log_level="warning",
        access_log=False,
        backlog=BACKLOG,
        server_header=False,
    )
