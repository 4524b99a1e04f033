"""What views of the explorer need in one piece: every pair of a day as a grid, and example queries."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import bundled, reports
from ..matrix import STATUSES, signs
from .work import Progress
from .world import World


class Overview:
    """The routes, on the study, clock and turn of the routes on the law as a whole.

    Args:
        world: those routes.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[Route]:
        """Return the routes, to be put into an application."""
        return [
            Route("/v1/grid", self.grid, methods=["GET"]),
            Route("/v1/queries", self.queries, methods=["GET"]),
        ]

    async def grid(self, request: Request) -> Response:
        """Return every ordered pair of a day: one line of signs an origin, one sign a destination."""
        asked = self.world.asked(self.world.words(request))

        def make(progress: Progress) -> Any:
            found = self.world.study.matrix(asked)
            records = self.world.book.records.jurisdictions
            at = found.of(asked.cell.data)
            return {
                **reports.head(self.world.book, asked.day, asked.cell, asked.facts),
                "scale": [status.value for status in STATUSES],
                "codes": [records[iri].code for iri in found.frame.places],
                "status": signs(found.status[at]),
                "best": signs(found.best[at]),
                "worst": signs(found.worst[at]),
            }

        return await self.world.told(request, make)

    async def queries(self, request: Request) -> Response:
        """List the competency questions of the ontology with the SPARQL queries that answer them."""
        self.world.plain(request)
        return self.world.rows(request, [question(path) for path in bundled.competency_files()])


def question(path: Path) -> dict[str, str]:
    """Read a query: its name, the question in its leading comment, and its text."""
    text = path.read_text(encoding="utf-8")
    head = re.match(r"(?:#.*\n)*", text)
    asked = " ".join(line.lstrip("# ") for line in (head.group() if head else "").splitlines())
    return {"name": path.stem, "question": asked, "query": text}
