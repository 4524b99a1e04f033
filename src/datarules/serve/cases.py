"""The law cases over REST: which of them a rule decides or is cited by, and those written for a place's law."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import law_cases
from .. import vocab as v
from ..errors import InputError, Problem
from ..rulebook import RuleBook
from .door import Door


class LawCases(Door):
    """The route, handed the rulebook and a clock. The cases are asked when they are first wanted, and kept."""

    def __init__(self, book: RuleBook, today: Callable[[], date]) -> None:
        super().__init__(book, today)
        self._turn = threading.Lock()
        self._kept: law_cases.Cases | None = None

    def routes(self) -> list[Route]:
        """Return the routes, to be put into an application."""
        return [Route("/v1/cases", self.cases, methods=["GET"])]

    def survey(self) -> law_cases.Cases:
        """Return every case with its answer."""
        with self._turn:
            if self._kept is None:
                self._kept = law_cases.kept(self.book)
            return self._kept

    async def cases(self, request: Request) -> Response:
        """List the law cases of a rule (``rule``) or of a place (``jurisdiction``).

        Raises:
            InputError: neither is given, or both, or what is given does not exist.
        """
        fields, question = self.fields(request, "rule", "jurisdiction")
        place = self.place(fields, question)
        rule = fields.get("rule")
        if (rule is None) == ("jurisdiction" not in fields):
            remedy = "Give the name of a rule, or the code or name of a jurisdiction."
            reason = "This needs a rule or a jurisdiction, and not both."
            question.problems.append(Problem("rule", rule or "", reason, remedy))
        if question.problems:
            raise InputError(*question.problems)
        found = await run_in_threadpool(self.survey)
        if rule is not None:
            return self.rows(request, found.of_rule(rule))
        assert place is not None
        return self.rows(request, found.of_place(v.local(place)))
