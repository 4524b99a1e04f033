"""How much of the law the graph holds, over REST. The survey of a period is made once and kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import coverage, law_cases
from ..coverage import Survey
from ..errors import InputError, Problem
from ..rulebook import RuleBook
from .door import Door
from .reading import OLDEST

KEPT = 8
"""Periods between two changes of law whose survey is kept."""


class Holdings(Door):
    """The route, handed the rulebook and a clock."""

    def __init__(self, book: RuleBook, today: Callable[[], date]) -> None:
        super().__init__(book, today)
        self._turn = threading.Lock()
        self._kept: dict[int, Survey] = {}
        asked = law_cases.at_hand(book)
        self._tested = asked.tested if asked else None

    def routes(self) -> list[Route]:
        """Return the routes, to be put into an application."""
        return [Route("/v1/coverage", self.coverage, methods=["GET"])]

    def survey(self, day: date) -> Survey:
        """Return the survey of a day: the same for all days between two changes of law."""
        with self._turn:
            epoch = self.book.at(day.toordinal()).day
            if epoch not in self._kept:
                if len(self._kept) >= KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[epoch] = coverage.survey(self.book, day, tested=self._tested)
            return replace(self._kept[epoch], day=day)

    async def coverage(self, request: Request) -> Response:
        """Show what the graph holds on a day: of all jurisdictions, of one, or of those read long ago.

        With ``stale=DAYS`` only jurisdictions whose oldest deciding reading is older than that on the day.
        """
        fields, question = self.fields(request, "as_of", "jurisdiction", "stale")
        day = self.day(fields, "as_of", question) or self.today()
        place = self.place(fields, question)
        age = fields.get("stale")
        if age is not None and not (age.isdecimal() and len(age) < 6 and int(age) <= OLDEST):
            remedy = f"Give a whole number of days from 0 to {OLDEST:,}."
            question.problems.append(Problem("stale", age, "This is no age of a reading.", remedy))
        if question.problems:
            raise InputError(*question.problems)
        found = await run_in_threadpool(self.survey, day)
        rows = list(found.rows) if age is None else coverage.stale(found, day, int(age))
        if place is not None:
            rows = [row for row in rows if row.iri == place]
        return self.rows(request, coverage.document(found, rows))
