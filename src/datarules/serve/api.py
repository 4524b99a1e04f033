"""The REST API under ``/v1``: read the request, call the core, write the answer. It decides nothing.

Answers never change for one release and day, so questions read and answers written are kept in small
caches, and every GET carries an ``ETag`` made of package version, data release and day of asking.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from .. import __version__, answer, ask, catalogue, history
from ..decide import decide
from ..errors import InputError, Problem
from ..model import Transfer
from ..reader import Concept
from ..rulebook import RuleBook
from . import problems, reading
from .door import JSON, Door
from .problems import MediaTypeError, NotFoundError, TooLargeError
from .quick import Addresses, Answers, Quick
from .schema import ANSWER

MAX_BATCH = 10_000
"""Most questions in one batch."""
FORMS = ("full", "short")
"""How much of each answer a batch gives."""
CHUNK = 1 << 16
"""Bytes of a reply sent at a time."""
LOG = logging.getLogger("datarules")
KEPT_LISTS = 1024
"""Lists kept ready."""
KEPT_HISTORIES = 256
"""Histories kept ready; one is about 2 KB."""
TURTLE = "text/turtle"
HISTORY_FIELDS = tuple(f for f in reading.QUERY_FIELDS if f not in ("as_of", "stale_after"))

Endpoint = Callable[[Request], Awaitable[Response]]


def wants_turtle(accept: str) -> bool:
    """Say whether an ``Accept`` header (RFC 9110 section 12.5.1) prefers Turtle to JSON."""
    weights = {TURTLE: 0.0, JSON: 0.0}
    for part in accept.split(","):
        kind, *options = (p.strip().casefold() for p in part.split(";"))
        if kind in weights:
            q = next((o[2:] for o in options if o.startswith("q=")), "1")
            weights[kind] = float(q) if q.replace(".", "", 1).isdigit() else 1.0
    return weights[TURTLE] > weights[JSON]


class Api(Door):
    """The routes, handed the rulebook and a clock.

    Args:
        book: the compiled law.
        today: gives the day of asking, which is also the day asked about unless the question names one.
    """

    def __init__(self, book: RuleBook, today: Callable[[], date]) -> None:
        super().__init__(book, today)
        self.read = Addresses(book, self._read_query).read
        self.answer = Answers(book).of
        self._listed = lru_cache(KEPT_LISTS)(self._list)
        self._histories: dict[Transfer, bytes] = {}

    def quickly(self, app: ASGIApp) -> ASGIApp:
        """Return the layer that answers the commonest question before an application is asked."""
        return Quick(app, self.read, self.answer, self.today, self.headers)

    def routes(self) -> list[Route]:
        """Return the routes, to be put into an application."""
        table: list[tuple[str, Endpoint, list[str]]] = [
            ("/v1/check", self.check, ["GET", "POST"]),
            ("/v1/check/batch", self.batch, ["POST"]),
            ("/v1/history", self.history, ["GET"]),
            ("/v1/jurisdictions", self.jurisdictions, ["GET"]),
            ("/v1/jurisdictions/{code}", self.jurisdiction, ["GET"]),
            ("/v1/authorities", self.authorities, ["GET"]),
            ("/v1/rules/{id:path}", self.rule, ["GET"]),
            ("/v1/changes", self.changes, ["GET"]),
            ("/v1/days", self.days, ["GET"]),
            ("/v1/facts", self.facts, ["GET"]),
            ("/v1/categories", self.categories, ["GET"]),
            ("/v1/purposes", self.purposes, ["GET"]),
            ("/v1/sectors", self.sectors, ["GET"]),
            ("/v1/schema/answer", self.schema, ["GET"]),
            ("/health", self.health, ["GET"]),
            ("/version", self.version, ["GET"]),
        ]
        return [Route(path, endpoint, methods=methods) for path, endpoint, methods in table]

    # -- questions

    def _read_query(self, raw: bytes) -> tuple[Transfer, date | None, int]:
        return self._question(*reading.words_of_query(raw))

    def _question(self, words: dict[str, Any], problems: list[Problem]) -> tuple[Transfer, date | None, int]:
        """Return the transfer, the day where one is given, and the age from which a reading is stale."""
        transfer, day = reading.question(self.book, words, problems)
        return transfer, day, words.get("stale_after", answer.STALE_AFTER)

    async def check(self, request: Request) -> Response:
        """Decide one transfer: ``GET`` with a query string or ``POST`` with a JSON object."""
        if request.method == "POST":
            self._no_query(request)
            asked = self._question(*reading.words_of_object(await self._body(request)))
        else:
            asked = self.read(request.scope["query_string"])
        transfer, day, stale_after = asked
        today = self.today()
        turtle = wants_turtle(request.headers.get("accept", ""))
        content = self.answer(transfer, day or today, today, turtle, stale_after)
        return self.reply(request, content, TURTLE if turtle else JSON, "-ttl" if turtle else "")

    async def batch(self, request: Request) -> Response:
        """Decide a list of transfers, in order: each item is ``{"answer": …}`` or ``{"problem": …}``.

        ``?form=short`` gives of each answer the status, its range and the rule it rests on. The reply is
        written as it is decided, and other requests get their turn between two questions.
        """
        found, noted = reading.query(request.scope["query_string"], ("form",))
        form = found.get("form", ["full"])[0]
        if form not in FORMS:
            noted.append(Problem("form", form, "There is no such form.", f"Use {' or '.join(FORMS)}."))
        if noted:
            raise InputError(*noted)
        questions = await self._body(request)
        if not isinstance(questions, list):
            kind = type(questions).__name__
            told = "A batch is a JSON list of questions."
            raise InputError(Problem("body", kind, told, "Put the questions into [ ]."))
        if len(questions) > MAX_BATCH:
            told = f"A batch has at most {MAX_BATCH:,} questions."
            size = f"{len(questions)} questions"
            raise TooLargeError(Problem("body", size, told, "Send several batches."))
        parts = self._replies(questions, form == "short")
        return StreamingResponse(parts, 200, {"cache-control": "no-store", **self.named()}, JSON)

    async def _replies(self, questions: list[Any], short: bool) -> AsyncIterator[bytes]:
        today = self.today()
        part, size, sign = [b"["], 0, b""
        for number, given in enumerate(questions):
            reply = self._replied(given, today, short)
            part += (sign, reply)
            size, sign = size + len(reply), b","
            if size > CHUNK:
                yield b"".join(part)
                part, size = [], 0
            if not short or number % 50 == 0:
                await asyncio.sleep(0)
        yield b"".join((*part, b"]"))

    def _replied(self, given: Any, today: date, short: bool) -> bytes:
        try:
            transfer, day, age = self._question(*reading.words_of_object(given))
            if short:
                return self._short(transfer, day or today)
            return b'{"answer":%s}' % self.answer(transfer, day or today, today, False, age)
        except InputError as error:
            return msgspec.json.encode({"problem": problems.document(422, error.problems)})
        except Exception:  # the head is sent; a fault in one question must not end the others
            LOG.exception("a question of a batch failed")
            return msgspec.json.encode({"problem": problems.document(500, [problems.FAULT])})

    def _short(self, transfer: Transfer, day: date) -> bytes:
        decision = decide(self.book, transfer, day.toordinal())
        return msgspec.json.encode({"answer": answer.brief(self.book, decision)})

    async def history(self, request: Request) -> Response:
        """Tell how the status of one transfer changed: periods with equal status, best and worst."""
        words = reading.words_of_query(request.scope["query_string"], HISTORY_FIELDS)
        transfer, _ = reading.question(self.book, *words)
        content = self._histories.get(transfer)
        if content is None:
            content = msgspec.json.encode(await self._periods(transfer))
            if len(self._histories) >= KEPT_HISTORIES:
                self._histories.pop(next(iter(self._histories)))
            self._histories[transfer] = content
        return self.reply(request, content)

    async def _periods(self, transfer: Transfer) -> list[dict[str, Any]]:
        periods = history.Periods()
        for day, found in history.walk(self.book, transfer, history.FIRST_DAY):
            periods.add(day, found)
            await asyncio.sleep(0)
        return periods.rows

    async def _body(self, request: Request) -> Any:
        kind = request.headers.get("content-type", JSON).partition(";")[0].strip().casefold()
        if kind != JSON and not kind.endswith("+json"):
            raise MediaTypeError(Problem("Content-Type", kind, "Only JSON is read here.", f"Send {JSON}."))
        return reading.body(await request.body())

    def _no_query(self, request: Request) -> None:
        _, found = reading.query(request.scope["query_string"], ())
        if found:
            raise InputError(
                *(
                    Problem(
                        p.place,
                        p.value,
                        "With POST the question stands in the body.",
                        "Move this field into the JSON body.",
                    )
                    for p in found
                )
            )

    # -- lists

    def _list(self, make: Callable[..., Any], *args: Any) -> bytes:
        return msgspec.json.encode(make(self.book, *args))

    async def jurisdictions(self, request: Request) -> Response:
        """List every jurisdiction."""
        self.plain(request)
        return self.reply(request, self._listed(catalogue.jurisdictions))

    async def jurisdiction(self, request: Request) -> Response:
        """Show one jurisdiction on a day."""
        fields, question = self.fields(request, "as_of")
        day = self.day(fields, "as_of", question) or self.today()
        lookup = ask.Question(self.book)
        iri = lookup.place(request.path_params["code"], "code")
        if lookup.problems:
            raise NotFoundError(*lookup.problems, *question.problems)
        self.settle(question)
        return self.reply(request, self._listed(catalogue.jurisdiction, iri, day))

    async def authorities(self, request: Request) -> Response:
        """List the authorities of a day, all or those of the orders one jurisdiction lies in."""
        fields, question = self.fields(request, "jurisdiction", "as_of")
        iri = self.place(fields, question)
        day = self.day(fields, "as_of", question) or self.today()
        self.settle(question)
        return self.reply(request, self._listed(catalogue.authorities, iri, day))

    async def rule(self, request: Request) -> Response:
        """Show one rule by its name."""
        self.plain(request)
        try:
            row = catalogue.rule(self.book, request.path_params["id"])
        except InputError as error:
            raise NotFoundError(*error.problems) from None
        return self.rows(request, row)

    async def changes(self, request: Request) -> Response:
        """List what starts and ends between two days."""
        fields, question = self.fields(request, "since", "until", "jurisdiction")
        if "since" not in fields:
            missing = Problem(
                "since", "", "This field is missing.", "Give the first day, such as 2025-01-01."
            )
            question.problems.append(missing)
        since, until = self.day(fields, "since", question), self.day(fields, "until", question)
        iri = self.place(fields, question)
        if since and until and until <= since:
            wrong = Problem("until", until.isoformat(), "This is not after since.", "Give a later day.")
            question.problems.append(wrong)
        self.settle(question)
        return self.reply(request, self._listed(catalogue.changes, since, until, iri))

    async def days(self, request: Request) -> Response:
        """List the days on which law changes, of all jurisdictions or of the orders one lies in."""
        fields, question = self.fields(request, "jurisdiction")
        iri = self.place(fields, question)
        self.settle(question)
        return self.reply(request, self._listed(catalogue.days, iri))

    async def facts(self, request: Request) -> Response:
        """List the facts one may state, all or those one jurisdiction's law asks about."""
        fields, question = self.fields(request, "jurisdiction")
        iri = self.place(fields, question)
        self.settle(question)
        return self.reply(request, self._listed(catalogue.facts, iri))

    def _concepts(self, request: Request, scheme: dict[str, Concept]) -> Response:
        self.plain(request)
        return self.rows(request, catalogue.concepts(scheme))

    async def categories(self, request: Request) -> Response:
        """List the data categories."""
        return self._concepts(request, self.book.records.categories)

    async def purposes(self, request: Request) -> Response:
        """List the purposes."""
        return self._concepts(request, self.book.records.purposes)

    async def sectors(self, request: Request) -> Response:
        """List the sectors."""
        return self._concepts(request, self.book.records.sectors)

    async def schema(self, request: Request) -> Response:
        """Publish the JSON Schema of the answer."""
        self.plain(request)
        return self.reply(request, msgspec.json.encode(ANSWER), "application/schema+json")

    async def health(self, request: Request) -> Response:
        """Say that the service runs, and on how much law."""
        self.plain(request)
        records = self.book.records
        counts = {"jurisdictions": len(records.jurisdictions), "rules": len(records.rules)}
        content = msgspec.json.encode({"status": "ok", "release": self.book.release, **counts})
        return Response(content, 200, {"cache-control": "no-store"}, JSON)

    async def version(self, request: Request) -> Response:
        """Give the versions of package and data."""
        self.plain(request)
        return self.rows(request, {"package": __version__, "data": self.book.release})
