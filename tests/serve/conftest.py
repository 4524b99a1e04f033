"""One application on the bundled data and a fixed day, shared by the tests of the doors."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from datarules.endpoint_local import Local
from datarules.load import Dataset
from datarules.rulebook import RuleBook
from datarules.serve.app import create_app
from datarules.study import Study

from ..conftest import sharing
from .browsing import ARGUMENTS, BROWSER, Seen, watched

TODAY = date(2026, 11, 23)
EU_US = {"origin": "EU", "destination": "US"}


def problem(response: Any, status: int) -> dict[str, dict[str, str]]:
    """Return the errors of a problem document by place, having checked its form."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert (
        body["status"] == status and body["title"] and body["type"].startswith("https://") and body["detail"]
    )
    for error in body["errors"]:
        assert set(error) == {"place", "value", "reason", "remedy"}
        assert error["reason"]
    return {error["place"]: error for error in body["errors"]}


@contextmanager
def listening(app: FastAPI, **settings: Any) -> Iterator[str]:
    """Serve an application on a free port of loopback until the block ends; yield its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, **settings))
        ready = threading.Event()

        async def serve() -> None:
            server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
            task = asyncio.create_task(server.serve([listener]))
            while not server.started and not task.done():
                await asyncio.sleep(0.01)
            ready.set()
            await task

        thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        assert ready.wait(60) and server.started
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)


def application(dataset: Dataset, book: RuleBook, study: Study) -> FastAPI:
    """Return an application on the shared study, which remembers what one test had computed for the next."""
    with sharing(study):
        return create_app(book, Local.open(dataset, book), today=lambda: TODAY, dataset=dataset)


@pytest.fixture(scope="session")
def live(dataset: Dataset, book: RuleBook, study: Study) -> Iterator[str]:
    """The same application behind a real server; the address."""
    with listening(application(dataset, book, study)) as address:
        yield address


@pytest.fixture(scope="session")
def client(dataset: Dataset, book: RuleBook, study: Study) -> Iterator[TestClient]:
    with TestClient(application(dataset, book, study), raise_server_exceptions=False) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for the tests of a module; its event loop, which no other may run beside, ends with it."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def seen(browser: Any, live: str, request: pytest.FixtureRequest) -> Iterator[Seen]:
    """A page of the explorer on the shared server."""
    yield from watched(browser, live, request)
