"""Start the server: open and validate the data first, then listen.

Invalid data stop the start with every finding; part of the data is never served.
"""

from __future__ import annotations

import atexit
import os
import socket
import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from .. import bundled
from ..errors import ConfigError
from ..load import Dataset
from ..open import open_dataset
from ..released import open_release
from ..rulebook import RuleBook
from ..store import VARIABLE, serving_endpoint
from ..validate import cache_folder
from .app import create_app

STORE_DIR = "DATARULES_STORE_DIR"
DATA_DIR = "DATARULES_DATA_DIR"
RELEASE = "DATARULES_RELEASE"
"""Environment variable that tells worker processes where the data are."""
BACKLOG = 2048


def app_from_environment() -> FastAPI:
    """Make the application in a worker process, from the folder named by `DATA_DIR` or the bundled data.

    Raises:
        DataError: the data are invalid.
        ConfigError: the SPARQL server named in the environment has no usable address.
    """
    dataset, book = _opened(os.environ.get(DATA_DIR), os.environ.get(RELEASE))
    store = os.environ.get(STORE_DIR)
    endpoint = serving_endpoint(
        dataset, book, os.environ.get(VARIABLE, "").strip() or None, folder=Path(store) if store else None
    )
    atexit.register(endpoint.close)
    return create_app(book, endpoint, cache=cache_folder(), dataset=dataset)


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
) -> int:
    """Serve until stopped; return the exit code.

    Args:
        host: name or address to listen on.
        port: port; 0 takes any free one, which is then printed.
        workers: processes, each with its own copy of the data.
        data_dir: folder with ``jurisdictions/`` and ``agreements/``; bundled data if not given.
        store: folder to keep the SPARQL store in; in memory if not given.
        release: a release to serve in place of the bundled data.

    Raises:
        DataError: the data are invalid.
        ConfigError: the address or the number of workers does not work.
    """
    if workers < 1:
        raise ConfigError.single("--workers", workers, "At least one process is needed.", "Give 1 or more.")
    if store and workers > 1:
        raise ConfigError.single(
            "--store",
            store,
            "A store in a folder is filled by one process.",
            "Use --workers 1, or the memory store.",
        )
    for name, value in ((STORE_DIR, store), (DATA_DIR, data_dir), (RELEASE, release)):
        if value:
            os.environ[name] = value
        else:
            os.environ.pop(name, None)
    app: FastAPI | str = "datarules.serve.run:app_from_environment"
    if workers == 1:
        app = app_from_environment()
    else:
        _opened(data_dir, release)
    listener = _listen(host, port)
    bound = listener.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    print(f"datarules serves http://{shown}:{bound}/ (stop with Ctrl+C)", file=sys.stderr, flush=True)  # noqa: T201
    config = uvicorn.Config(
        app,
        factory=workers > 1,
        workers=workers,
        log_level="warning",
        access_log=False,
        backlog=BACKLOG,
        server_header=False,
    )
    try:
        if workers == 1:
            uvicorn.Server(config).run(sockets=[listener])
        else:
            Multiprocess(config, sockets=[listener]).run()
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()
    return 0
