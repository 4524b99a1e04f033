"""Work that takes long: progress is told, and it stops when the client goes away."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from datarules.errors import InputError
from datarules.rulebook import RuleBook
from datarules.serve.work import EVENTS, Progress
from datarules.serve.world import World


def app(book: RuleBook, make: Callable[[Progress], Any]) -> tuple[Starlette, World]:
    world = World(book, lambda: date(2026, 11, 23))

    async def work(request: Request) -> Response:
        return await world.told(request, make)

    return Starlette(routes=[Route("/work", work)]), world


def events(text: str) -> list[tuple[str, Any]]:
    """Return the events of a stream, comments left out."""
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            found.append((fields["event"], msgspec.json.decode(fields["data"])))
    return found


def test_the_last_event_is_the_document_that_comes_without_events_too(book: RuleBook) -> None:
    def make(progress: Progress) -> dict[str, int]:
        for n in range(3):
            progress(n + 1, 3)
        return {"answer": 42}

    client = TestClient(app(book, make)[0])
    stream = client.get("/work", headers={"accept": EVENTS})
    assert stream.headers["content-type"].startswith(EVENTS)
    *before, last = events(stream.text)
    assert last == ("result", client.get("/work").json())
    assert before == [("progress", {"done": 3, "of": 3})]


def test_a_problem_on_the_way_is_the_last_event(book: RuleBook) -> None:
    def make(progress: Progress) -> None:
        raise InputError.single("level", "x", "There is no such level.", "Use another.")

    (last,) = events(TestClient(app(book, make)[0]).get("/work", headers={"accept": EVENTS}).text)
    assert last[0] == "problem" and last[1]["status"] == 422
    assert last[1]["errors"][0]["place"] == "level"


ENDLESS = 10**8
"""Steps of work that takes far longer than a look at the client."""


def left(accept: str, book: RuleBook) -> tuple[bool, World]:
    """Ask, go away once the work has begun, and return whether the work was done to the end."""
    begun, stopped, whole = threading.Event(), threading.Event(), threading.Event()

    def make(progress: Progress) -> None:
        try:
            for n in range(ENDLESS):
                begun.set()
                progress(n, ENDLESS)
            whole.set()
        finally:
            stopped.set()

    made, world = app(book, make)

    async def ask() -> None:
        sent: list[dict[str, Any]] = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> dict[str, Any]:
            if sent:
                return sent.pop()
            while not begun.is_set():
                await asyncio.sleep(0)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            return None

        scope = {
            **{"type": "http", "method": "GET", "path": "/work", "raw_path": b"/work", "root_path": ""},
            **{"query_string": b"", "headers": [(b"accept", accept.encode())], "http_version": "1.1"},
            **{"asgi": {"version": "3.0"}, "scheme": "http", "server": ("x", 80), "client": ("y", 1)},
        }
        await made(scope, receive, send)
        await asyncio.to_thread(stopped.wait)

    asyncio.run(ask())
    return whole.is_set(), world


def test_work_stops_when_the_client_goes_away(book: RuleBook) -> None:
    for accept in ("application/json", EVENTS):
        whole, world = left(accept, book)
        assert not whole
        assert asyncio.run(world.aside(lambda: "next")) == "next", "the turn is given back"


def test_a_portfolio_tells_its_progress(client: TestClient) -> None:
    asked = {"k": 1, "kinds": "ban", "as_of": "1995-06-01"}
    found = events(client.get("/v1/portfolio", params=asked, headers={"accept": EVENTS}).text)
    assert found[-1] == ("result", client.get("/v1/portfolio", params=asked).json())
