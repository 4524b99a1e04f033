"""Designs over REST: bridges between two places, portfolios of changes, mechanisms and their fit.

What takes long runs aside, one at a time, by way of `datarules.serve.world.World.told`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import designs, study
from ..errors import InputError, Problem
from ..planning import by_class, choose, kinds_of, limits_of, weights_of
from ..portfolio import OBJECTIVES
from .work import Progress
from .world import Words, World

SECONDS = 60
"""Seconds a request may have the solver for."""
MOST = 200
"""Most changes asked for at once."""
FRONT = 20
"""Most limits of one front."""


class Mechanisms:
    """The routes, on the study, clock and turn of the routes on the law as a whole.

    Args:
        world: those routes.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[Route]:
        """Return the routes, to be put into an application."""
        table: list[tuple[str, Callable[[Request], Awaitable[Response]]]] = [
            ("/v1/bridges/{first}/{second}", self.bridges),
            ("/v1/portfolio", self.portfolio),
            ("/v1/mechanisms", self.mechanisms),
        ]
        return [Route(path, endpoint, methods=["GET"]) for path, endpoint in table]

    async def bridges(self, request: Request) -> Response:
        """Say what would make two places compatible at a level, the cheapest first."""
        world = self.world
        words = world.words(request, "level", "weights")
        asked = world.asked(words, dict(request.path_params))
        level, weights = study.level_of(words.get("level", "safeguards")), weights_of(words.get("weights"))
        found = await world.aside(lambda: world.study.bridge(asked, level, weights))
        return world.rows(
            request, designs.bridge(world.book, found, asked.day, asked.cell, by_class(weights))
        )

    async def portfolio(self, request: Request) -> Response:
        """Choose the changes of law that join most, within a number or a budget."""
        world = self.world
        known = (
            "k",
            "budget",
            "objective",
            "joined",
            "kinds",
            "front",
            "greedy",
            "seconds",
            "level",
            "weights",
        )
        words = world.words(request, *known)
        asked, level = world.asked(words), study.level_of(words.get("level", "safeguards"))
        weights, kinds = weights_of(words.get("weights")), kinds_of(words.get("kinds"))
        objective = _one_of(words, "objective", OBJECTIVES)
        mutual = _one_of(words, "joined", ("mutual", "one-way")) == "mutual"
        greedy = _one_of(words, "greedy", ("no", "yes")) == "yes"
        seconds = world.count(words, "seconds", SECONDS, 1, SECONDS)
        count = world.count(words, "k", 10, 1, MOST) if "k" in words else None
        limits = limits_of(count, _budget(words), world.count(words, "front", 1, 1, FRONT))

        def make(progress: Progress) -> Any:
            chooser = world.study.chooser(asked, level, objective, mutual, weights, kinds, progress)
            found = choose(chooser, limits, greedy, seconds / len(limits), progress)
            day = asked.day
            return designs.portfolios(
                world.book, found, chooser.effects, day, objective, mutual, by_class(weights)
            )

        return await world.told(request, make)

    async def mechanisms(self, request: Request) -> Response:
        """Compare mechanisms, or, with a kind, say how it would fit among members or those of a scheme."""
        world = self.world
        words = world.words(request, "kind", "members", "scheme", "level")
        level = study.level_of(words.get("level", "safeguards"))
        members = [word for word in words.get("members", "").split(",") if word.strip()]
        asked = world.asked(words, {f"members {n + 1}": word for n, word in enumerate(members)})
        if "kind" not in words:
            if extra := [name for name in ("members", "scheme") if name in words]:
                raise InputError(
                    *(Problem(n, words[n], "This needs a kind.", "Give kind too.") for n in extra)
                )

            def compare(progress: Progress) -> Any:
                found = world.study.mechanisms(asked, level, progress)
                return designs.mechanisms(world.book, found, asked.day, asked.cell, level)

            return await world.told(request, compare)
        kind, scheme = words["kind"], words.get("scheme", "")

        def fit(progress: Progress) -> Any:
            one = world.study.fit(asked, kind, level, scheme, progress)
            return designs.fit(world.book, one, asked.day, asked.cell)

        return await world.told(request, fit)


def _one_of(words: Words, name: str, known: tuple[str, ...]) -> str:
    """Return a word of a field, the first one known unless given.

    Raises:
        InputError: there is no such word.
    """
    word = str(words.get(name, known[0]))
    if word not in known:
        remedy = f"Use one of: {', '.join(known)}."
        raise InputError(Problem(name, word, "There is no such choice.", remedy))
    return word


def _budget(words: Words) -> float | None:
    """Return the budget, if one is given.

    Raises:
        InputError: it is no number.
    """
    if "budget" not in words:
        return None
    try:
        return float(words["budget"])
    except ValueError:
        problem = Problem("budget", words["budget"], "This is no number.", "Give a number such as 40.")
        raise InputError(problem) from None
