"""Serve the data of a few jurisdictions from several forked workers; a file names them, read at each SIGHUP."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from datarules import bundled
from datarules.endpoint_local import Local
from datarules.errors import DataError
from datarules.load import load
from datarules.rulebook import RuleBook
from datarules.serve.app import create_app
from datarules.serve.wire import Bounded
from datarules.serve.workers import Crew, Switch


def made() -> tuple[ASGIApp, Callable[[], None]]:
    names = Path(sys.argv[1]).read_text(encoding="utf-8").split(",")
    if names == ["invalid"]:
        raise DataError.single("data", "", "These data are not valid.")
    dataset = load([path for path in bundled.data_files() if path.stem in names])
    book = RuleBook.unchecked(dataset)
    app = create_app(book, Local.open(dataset, book), today=lambda: date(2026, 11, 23), dataset=dataset)
    return app, lambda: None


if __name__ == "__main__":
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(2048)
    first = made()

    def work(renewed: bool) -> None:
        switch = Switch(made() if renewed else first, made)
        signal.signal(signal.SIGHUP, lambda number, frame: switch.renew_aside())
        config = uvicorn.Config(switch, http=Bounded, lifespan="off", log_level="error", access_log=False)
        uvicorn.Server(config).run(sockets=[listener])

    print(listener.getsockname()[1], flush=True)
    sys.exit(Crew(work, 2).run())
