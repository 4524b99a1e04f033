"""Portfolios: the changes of law that join most, exactly by integer programming, or greedily with a bound.

The program (`datarules.program`) is solved by HiGHS (Huangfu and Hall 2018). Its effects are
those of single changes and of pairs of changes, each decided again (`datarules.effects`); what three or
more changes would open only together is not in it. The portfolio chosen is therefore decided again as a
whole, and the difference is part of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import e, inf

import numpy as np

from .amend import amend
from .costs import Costs, class_of
from .effects import Effects, statuses
from .forge import Forge
from .matrix import NUMBER
from .obstacles import Change
from .program import Problem, State, languages_joined, reduced, weigh, worth_a_look
from .rulebook import RuleBook
from .solve import Look, Model

OBJECTIVES = ("pairs", "people", "languages", "fair")
TIME_LIMIT = 60.0
"""Seconds the solver may take unless told otherwise."""
LARGE = 40
"""Most changes chosen exactly unless told otherwise; beyond it the choice is greedy."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How much may be changed: at most ``count`` changes, at most ``budget`` in cost; either may be open."""

    count: int | None = None
    budget: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One change chosen.

    ``alone`` is what it would add by itself, ``equals`` the changes that do the same at the same cost.
    """

    change: Change
    kind: str
    cost: float
    alone: float
    equals: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Changes chosen together.

    Attributes:
        choices: the changes.
        cost: what they cost together.
        gain: what they add, as the program reckons.
        decided: what they add on the amended law as a whole.
        base: what is joined today.
        bound: no choice within the limits adds more, as the program reckons; infinite where not known.
        gap: ``(bound - gain) / gain``; 0 is proof of the optimum.
        method: ``exact`` or ``greedy``.
        guarantee: the share of the optimum that the greedy choice reaches at least, by theory; 0 for none.
        floor: fewest partners of any place that some change can help, before and after (decided).
        partners: partners of each place after, decided; places in the order of the frame.
        candidates: changes looked at, and those that none made needless.
    """

    choices: tuple[Choice, ...]
    cost: float
    gain: float
    decided: float
    base: float
    bound: float
    gap: float
    method: str
    guarantee: float
    floor: tuple[int, int]
    partners: tuple[int, ...]
    candidates: tuple[int, int]


class Chooser:
    """Effects made ready for choosing.

    Args:
        book: the compiled law.
        effects: every change and what it opens.
        objective: ``pairs``, ``people``, ``languages`` (for each place the languages of others whose data may
            come and that are not its own, each once) or ``fair``.
        mutual: whether pairs are joined both ways.
        people: people by code of place, for ``people``.
        weights: costs of the classes of change.
        tongues: languages by code of place, for ``languages``.

    Raises:
        ValueError: no such objective, or no people or languages are given where they count.
    """

    def __init__(
        self,
        book: RuleBook,
        effects: Effects,
        objective: str = "pairs",
        mutual: bool = True,
        people: Mapping[str, int] | None = None,
        weights: Costs | None = None,
        tongues: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        missing = (objective == "people" and people is None) or (objective == "languages" and tongues is None)
        if objective not in OBJECTIVES or missing:
            raise ValueError(f"objective {objective} cannot be pursued")
        self.book, self.effects, self.objective = book, effects, objective
        weights = weights or Costs()
        codes = [book.records.jurisdictions[p].code for p in effects.frame.places]
        spoken = [(tongues or {}).get(code, frozenset()) for code in codes]
        self.tongues = spoken if objective == "languages" else None
        self.problem: Problem = weigh(
            effects, codes, people if objective == "people" else None, mutual, self.tongues
        )
        self.heads = [float((people or {}).get(code, 0)) for code in codes]
        self.kinds = {c: class_of(book, effects.candidates[c]) for c in self.problem.candidates}
        self.prices = {c: weights.of(kind) for c, kind in self.kinds.items()}
        self._ready: dict[bool, tuple[list[int], dict[int, list[int]], Problem]] = {}
        helped = {end for cell in self.problem.cells if not cell.joined for end in cell.ends}
        self.helped = sorted(helped)

    def ready(self, limit: Limit) -> tuple[list[int], dict[int, list[int]], Problem]:
        """Return the changes worth a look within a kind of limit, their equals, and the problem of these alone."""
        priced = limit.budget is not None
        if priced not in self._ready:
            prices = self.prices if priced else dict.fromkeys(self.prices, 1.0)
            good, equals = worth_a_look(self.problem, prices, self.prices)
            self._ready[priced] = (good, equals, reduced(self.problem, good))
        return self._ready[priced]

    # -- exact

    def exact(self, limit: Limit, time_limit: float = TIME_LIMIT, look: Look | None = None) -> Portfolio:
        """Return the best choice within limits, with what is proved about it.

        Args:
            limit: how much may be changed.
            time_limit: seconds for the solver; the best choice found by then is returned with its gap.
            look: called again and again while the solver runs; what it raises ends the work.
        """
        good, _, problem = self.ready(limit)
        model = Model(problem, good, self.prices, limit.count, limit.budget, look)
        if self.objective == "fair":
            start = self._climb(problem, good, limit)
            found = model.fairest(self.helped, self.line, time_limit, start)
            return self._portfolio(found.chosen, found.bound, "exact", 1.0, found.gap, limit)
        found = model.most(time_limit)
        if found.gap > 0:
            other = self.greedy(limit)
            if other.gain > problem.gain(set(found.chosen)):
                gap = max(0.0, found.bound - other.gain) / other.gain
                return replace(other, bound=found.bound, gap=gap, method="exact")
        return self._portfolio(found.chosen, found.bound, "exact", 1.0, found.gap, limit)

    @property
    def line(self) -> int:
        """Return the partners below which a place counts as badly connected: today's median, and one at least."""
        ranked = sorted(self.problem.partners)
        return max(1, ranked[len(ranked) // 2] if ranked else 0)

    # -- greedy

    def greedy(self, limit: Limit) -> Portfolio:
        """Return the choice that takes the best next change again and again.

        For one-way transfers the gain is monotone and submodular, and the choice reaches 1 - 1/e of the
        optimum for a number of changes (Nemhauser, Wolsey and Fisher 1978) and (1 - 1/e)/2 for a budget
        (Khuller, Moss and Naor 1999: the better of best value for cost and best single change). For mutual
        edges, joint openings or closings there is no such bound, and none is claimed. For submodular gains
        the bound given is that of the gains left over: f(S) + the largest gains still to be had within
        the limit (Minoux 1978). What is pursued is the number of pairs, people or languages, never fairness.
        """
        good, _, problem = self.ready(limit)
        chosen = self._climb(problem, good, limit)
        guarantee, bound = 0.0, inf
        if problem.submodular:
            guarantee = 1 - 1 / e
            if limit.budget is not None:
                guarantee /= 2
                chosen = self._or_single(problem, good, chosen, limit)
            bound = self._left_over(problem, good, chosen, limit)
        gain = problem.gain(set(chosen))
        gap = (bound - gain) / gain if gain else 0.0
        return self._portfolio(chosen, bound, "greedy", guarantee, gap, limit)

    def _climb(self, problem: Problem, good: Sequence[int], limit: Limit) -> list[int]:
        state = State(problem)
        chosen: list[int] = []
        gains = {c: state.gain(c) for c in good}
        spent = 0.0
        while limit.count is None or len(chosen) < limit.count:
            room = inf if limit.budget is None else limit.budget - spent
            able = [c for c, gain in gains.items() if gain > 0 and self.prices[c] <= room]
            if not able:
                break
            priced = limit.budget is not None
            best = max(able, key=lambda c: (gains[c] / (self.prices[c] if priced else 1.0), -c))
            chosen.append(best)
            spent += self.prices[best]
            del gains[best]
            gains.update((c, state.gain(c)) for c in state.add(best) if c in gains)
        return chosen

    def _or_single(self, problem: Problem, good: Sequence[int], chosen: list[int], limit: Limit) -> list[int]:
        able = [c for c in good if self.prices[c] <= (limit.budget or 0.0)]
        state = State(problem)
        single = max(able, key=lambda c: (state.gain(c), -c), default=None)
        better = single is not None and state.gain(single) > problem.gain(set(chosen))
        return [single] if single is not None and better else chosen

    def _left_over(self, problem: Problem, good: Sequence[int], chosen: Sequence[int], limit: Limit) -> float:
        """Return the bound of the gains still to be had: by number, or by filling the budget in parts."""
        state = State(problem)
        for one in chosen:
            state.add(one)
        gains = {c: state.gain(c) for c in good if c not in chosen}
        total = problem.gain(set(chosen))
        by_number = total + sum(sorted(gains.values(), reverse=True)[: limit.count])
        if limit.budget is None:
            return by_number
        room = limit.budget
        for change in sorted(gains, key=lambda c: -gains[c] / self.prices[c]):
            part = min(1.0, room / self.prices[change])
            total += part * gains[change]
            room -= part * self.prices[change]
            if room <= 0:
                break
        return min(total, by_number)

    # -- the answer

    def _portfolio(
        self, chosen: Sequence[int], bound: float, method: str, guarantee: float, gap: float, limit: Limit
    ) -> Portfolio:
        good, equals, _ = self.ready(limit)
        changes = [self.effects.candidates[c] for c in chosen]
        partners, decided = self.decide(changes)
        gain = self.problem.gain(set(chosen))
        before = [self.problem.partners[p] for p in self.helped]
        after = [partners[p] for p in self.helped]
        choices = [
            Choice(
                self.effects.candidates[c],
                self.kinds[c],
                self.prices[c],
                self.problem.gain({c}),
                tuple(self.effects.candidates[o] for o in equals.get(c, ())),
            )
            for c in chosen
        ]
        choices.sort(key=lambda one: (-one.alone, one.change))
        return Portfolio(
            tuple(choices),
            sum(one.cost for one in choices),
            gain,
            decided,
            self.problem.base,
            bound,
            gap,
            method,
            guarantee,
            (min(before, default=0), min(after, default=0)),
            tuple(partners),
            (len(self.problem.candidates), len(good)),
        )

    def decide(self, changes: Sequence[Change]) -> tuple[list[int], float]:
        """Decide every pair again on the amended law: partners of each place, and what is gained."""
        frame, day = self.effects.frame, self.effects.day
        made = amend(self.book, changes, day)
        again = statuses(made, frame, day, Forge(made, dict(frame.facts)))
        grid = np.asarray(again <= NUMBER[self.effects.level])
        np.fill_diagonal(grid, False)
        if self.problem.mutual:
            grid &= grid.T
        partners = grid.sum(axis=1) if self.problem.mutual else grid.sum(axis=1) + grid.sum(axis=0)
        if self.objective == "people":
            total = float((grid.sum(axis=1) * np.asarray(self.heads)).sum())
        elif self.tongues is not None:
            total = float(languages_joined(grid, self.tongues))
        else:
            total = float(grid.sum()) / (2 if self.problem.mutual else 1)
        return [int(n) for n in partners], total - self.problem.base


def front(
    chooser: Chooser,
    limits: Sequence[Limit],
    time_limit: float = TIME_LIMIT,
    progress: Callable[[int, int], None] | None = None,
) -> list[tuple[Limit, Portfolio]]:
    """Return the Pareto front of cost against gain: the best choice for each limit, those that add nothing left out.

    Args:
        chooser: effects made ready.
        limits: budgets (or numbers of changes), ascending.
        time_limit: seconds for each.
        progress: called with limits done and limits in all, again and again while the solver runs; what it
            raises ends the work.
    """
    found: list[tuple[Limit, Portfolio]] = []
    for number, limit in enumerate(limits):
        look = partial(progress, number, len(limits)) if progress else None
        one = chooser.exact(limit, time_limit, look)
        if not found or one.gain > found[-1][1].gain:
            found.append((limit, one))
    if progress:
        progress(len(limits), len(limits))
    return found
