"""The law as a whole over REST: pairs, conflicts, islands, chains, obstacles, histories.

What takes long runs on a thread of its own, one at a time, and is kept; other requests are answered
meanwhile. It ends with the client: who goes away stops the work at its next step (`datarules.serve.work`).
Matrices, graphs and pictures are in `datarules.serve.files`.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from .. import ask, history, reports, study
from .. import vocab as v
from ..conflicts import KINDS
from ..errors import InputError, Problem, nearest
from ..model import Transfer
from ..rulebook import RuleBook
from ..study import Asked, Study
from . import reading
from .door import JSON, Door
from .work import EVENTS, GONE, Progress, Work

Made = TypeVar("Made")
Words = dict[str, Any]
SCOPE = ("data", "purpose", "sector", "fact")
"""Fields that say which data and circumstances a study is about."""
PAGE = 200
"""Rows of a list on one page unless asked otherwise."""
MOST = 5000
"""Most rows of a list on one page."""


class World(Door):
    """The routes, handed a study and a clock.

    Args:
        book: the compiled law.
        today: the clock.
        made: the study to ask; made of the rulebook unless given.
    """

    def __init__(self, book: RuleBook, today: Callable[[], date], made: Study | None = None) -> None:
        super().__init__(book, today)
        self.study = made or Study.of(book)
        self._turn = threading.Lock()

    def routes(self) -> list[Route]:
        """Return the routes, to be put into an application."""
        table: list[tuple[str, Callable[[Request], Awaitable[Response]]]] = [
            ("/v1/pairs/{first}/{second}", self.pair),
            ("/v1/conflicts", self.conflicts),
            ("/v1/islands", self.islands),
            ("/v1/islands/history", self.island_history),
            ("/v1/paths", self.paths),
            ("/v1/obstacles", self.obstacles),
            ("/v1/history/{first}/{second}", self.histories),
        ]
        return [Route(path, endpoint, methods=["GET"]) for path, endpoint in table]

    async def aside(self, make: Callable[[], Made]) -> Made:
        """Return what takes long to make, made on a thread, one at a time."""

        def run() -> Made:
            with self._turn:
                return make()

        return await run_in_threadpool(run)

    async def told(self, request: Request, make: Callable[[Progress], Any], kind: str = "") -> Response:
        """Return a document that takes long to make, and stop making it when the client goes away.

        Args:
            request: who asks; with ``Accept: text/event-stream`` progress is told on the way, and the document
                is the last event.
            make: makes the document on a thread; calls what it is handed with steps done and steps in all.
            kind: media type, where it makes bytes of one; a document is sent as JSON.
        """
        work = Work(self._turn, make)
        if EVENTS in request.headers.get("accept", "") and not kind:
            headers = {
                "cache-control": "no-store",
                "vary": "Accept",
                "x-accel-buffering": "no",
                **self.named(),
            }
            return StreamingResponse(work.events(request), 200, headers, EVENTS)
        found = await work.result(request)
        if found is None:
            return Response(status_code=GONE)
        return self.reply(request, found, kind or JSON, f"-{kind.rpartition('/')[2]}" if kind else "")

    # -- reading

    def words(self, request: Request, *known: str) -> Words:
        """Read the fields of a request, with the scope fields and the day, as words.

        Raises:
            InputError: with every problem of their form.
        """
        found, problems = reading.words_of_query(
            request.scope["query_string"], (*SCOPE, "as_of", *(k for k in known))
        )
        raw, _ = reading.query(request.scope["query_string"], (*SCOPE, "as_of", *known))
        words = {name: values[0] for name, values in raw.items() if name in known}
        if problems:
            raise InputError(*problems)
        return {**words, **found}

    def asked(self, words: Words, places: dict[str, str] | None = None, one: bool = True) -> Asked:
        """Read what a request is about; today unless a day is named."""
        return study.read(
            self.book,
            words["as_of"] if "as_of" in words else self.today(),
            words.get("data", "personal"),
            words.get("purpose", "any"),
            words.get("sector", "any"),
            words.get("facts"),
            places,
            one,
        )

    @staticmethod
    def count(words: Words, name: str, usual: int, least: int, most: int) -> int:
        """Return a whole number of a field.

        Raises:
            InputError: it is not one, or out of bounds.
        """
        text = words.get(name)
        if text is None:
            return usual
        if not text.isdigit() or not least <= int(text) <= most:
            remedy = f"Give a whole number from {least} to {most}."
            raise InputError(Problem(name, text, "This number is out of bounds.", remedy))
        return int(text)

    @staticmethod
    def truth(words: Words, name: str) -> bool:
        """Return whether a field says yes; no unless it is given.

        Raises:
            InputError: it says neither.
        """
        text = words.get(name, "no").strip().casefold()
        if text not in ask.TRUE_WORDS | ask.FALSE_WORDS:
            remedy = f"Write {name}=true, or leave it out."
            raise InputError(Problem(name, words[name], "This is either true or false.", remedy))
        return text in ask.TRUE_WORDS

    @staticmethod
    def needs(words: Words, *names: str) -> dict[str, str]:
        """Return fields that must be given.

        Raises:
            InputError: some are missing.
        """
        missing = [n for n in names if n not in words]
        if missing:
            raise InputError(
                *(
                    Problem(n, "", "This field is missing.", "Give a code or a name, for example BR.")
                    for n in missing
                )
            )
        return {n: words[n] for n in names}

    # -- pairs

    async def pair(self, request: Request) -> Response:
        """Compare two jurisdictions: both directions, rule by rule, conflicts and verdict."""
        words = self.words(request)
        asked = self.asked(words, dict(request.path_params))
        found = await self.aside(lambda: self.study.compare(asked))
        document = reports.comparison(self.book, found, asked.day, asked.cell, self.today())
        return self.rows(request, document)

    async def conflicts(self, request: Request) -> Response:
        """List conflicts between norms: of all orders, of one, or of two."""
        words = self.words(request, "jurisdiction", "other", "kind", "possible", "limit", "offset")
        chosen = [k for k in words.get("kind", "").split(",") if k]
        if wrong := [k for k in chosen if k not in KINDS]:
            close = [c for k in wrong for c in nearest(k, KINDS, 1)]
            remedy = f"Did you mean {' or '.join(close)}?" if close else f"The kinds are: {', '.join(KINDS)}."
            raise InputError(Problem("kind", ", ".join(wrong), "There is no such kind of conflict.", remedy))
        places: dict[str, str] = {n: words[n] for n in ("jurisdiction", "other") if n in words}
        if "other" in places and "jurisdiction" not in places:
            raise InputError(
                Problem("jurisdiction", "", "This field is missing.", "Give the first of the two.")
            )
        asked = self.asked(words, places)
        data = asked.cell.data if "data" in words else None
        possible = self.truth(words, "possible")
        limit, offset = self.count(words, "limit", PAGE, 1, MOST), self.count(words, "offset", 0, 0, 10**9)

        def make(progress: Progress) -> Any:
            found = self.study.conflicts(asked, data, chosen or KINDS, progress)
            kept = [one for one in found if one.now or possible]
            return reports.conflicts(self.book, kept[offset : offset + limit], asked.day, data, len(kept))

        return await self.told(request, make)

    async def paths(self, request: Request) -> Response:
        """Find lawful chains between two places, the first law's onward rules carried along."""
        words = self.words(request, "origin", "destination", "longest")
        asked = self.asked(words, self.needs(words, "origin", "destination"))
        longest = self.count(words, "longest", 2, 1, 3)
        found = await self.aside(lambda: self.study.paths(asked, longest))
        return self.rows(request, reports.paths(self.book, found, asked.day, asked.cell, asked.facts))

    async def obstacles(self, request: Request) -> Response:
        """Say what stands between two places, or, without places, the world's main obstacles."""
        words = self.words(request, "origin", "destination", "level", "limit", "offset")
        level = study.level_of(words.get("level", "safeguards"))
        if "origin" in words or "destination" in words:
            asked = self.asked(words, self.needs(words, "origin", "destination"))
            bench, ways = await self.aside(lambda: self.study.obstacles(asked, level))
            return self.rows(request, reports.obstacles(self.book, bench, ways, level, asked.day))
        asked = self.asked(words, one=False)
        limit, offset = self.count(words, "limit", PAGE, 1, MOST), self.count(words, "offset", 0, 0, 10**9)

        def make(progress: Progress) -> Any:
            found = self.study.barriers(asked, level, progress)
            rows = [reports.barrier(self.book, one) for one in found[offset : offset + limit]]
            head = {**reports.head(self.book, asked.day, facts=asked.facts), "level": level.value}
            return {**head, "total": len(found), "obstacles": rows}

        return await self.told(request, make)

    # -- islands

    async def islands(self, request: Request) -> Response:
        """Show the islands of a day with their lasting names."""
        words = self.words(request, "level", "case")
        asked = self.asked(words)
        level, case = (
            study.level_of(words.get("level", "safeguards")),
            study.case_of(words.get("case", "status")),
        )

        def make(progress: Progress) -> Any:
            self.study.island_states(asked, level, case, progress)
            found = self.study.islands(asked, level, case)
            named = self.study.named_islands(asked, level, case)
            return reports.islands(self.book, found, asked.day, asked.cell, level, case, named)

        return await self.told(request, make)

    async def island_history(self, request: Request) -> Response:
        """Tell how the islands merged and split since 1995, with the acts that did it."""
        words = self.words(request, "level", "case")
        asked = self.asked(words)
        level, case = (
            study.level_of(words.get("level", "safeguards")),
            study.case_of(words.get("case", "status")),
        )
        return await self.told(
            request,
            lambda progress: reports.island_history(
                self.book, self.study.island_states(asked, level, case, progress)
            ),
        )

    # -- histories

    async def histories(self, request: Request) -> Response:
        """Tell the history of a pair in both directions as dated events with the acts that caused them."""
        words = self.words(request, "since", "until")
        problems: list[Problem] = []
        since = ask.day_of(words["since"], "since", problems) if "since" in words else history.FIRST_DAY
        until = ask.day_of(words["until"], "until", problems) if "until" in words else None
        if problems:
            raise InputError(*problems)
        asked = self.asked(words, dict(request.path_params))
        first, second = asked.places
        stated = tuple(sorted(asked.facts.items()))

        def make() -> bytes:
            both = []
            for a, b in ((first, second), (second, first)):
                transfer = Transfer(a, b, (asked.cell.data,), asked.cell.purpose, asked.cell.sector, stated)
                rows = history.events(self.book, transfer, since or history.FIRST_DAY, until)
                both.append({"origin": v.local(a), "destination": v.local(b), "events": rows})
            return msgspec.json.encode(both)

        return self.reply(request, await self.aside(make))
