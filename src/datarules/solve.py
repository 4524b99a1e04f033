"""The integer program of `datarules.program`, handed to HiGHS (Huangfu and Hall 2018).

For mutual edges the plain program is weak: parts of many changes open parts of every edge. It is tightened
by products ``y = x·x'`` of two changes: a cell both sides of which are shut needs one, and the limit times
each change (reformulation and linearisation, Adams and Sherali 1986) holds the products down to what a
whole choice can have: ``Σ y ≤ (k - 1)·x``, or ``Σ cost·y ≤ (budget - cost)·x``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from .program import Cell, Problem, Side

Look = Callable[[], None]
TOLERANCE = 1e-6
"""How exact the solver is, against the size of the gain."""
PRODUCTS = 60_000
"""Most products of two changes put into the program to tighten it."""


@dataclass(frozen=True, slots=True)
class Solution:
    """Changes chosen, the bound on the gain, and the gap between the two (0 is proof)."""

    chosen: tuple[int, ...]
    bound: float
    gap: float


class Model:
    """Rows and columns of the program.

    Args:
        problem: the cells.
        changes: numbers of the changes to choose among.
        prices: cost of each.
        count: most changes, or no limit.
        budget: most cost, or no limit.
        look: called again and again while the solver runs; what it raises ends the run.
    """

    def __init__(
        self,
        problem: Problem,
        changes: Sequence[int],
        prices: Mapping[int, float],
        count: int | None,
        budget: float | None,
        look: Look | None = None,
    ) -> None:
        self.problem = problem
        self.look = look
        self.x = {change: number for number, change in enumerate(changes)}
        self.upper: list[float] = [1.0] * len(self.x)
        self.rows: list[tuple[dict[int, float], float]] = []
        self.pairs: dict[tuple[int, int], int] = {}
        self.sides: dict[Side, int] = {}
        self.cells: list[tuple[int, int]] = []
        self.products: dict[tuple[int, int], int] = {}
        self._at_most(dict.fromkeys(range(len(self.x)), 1.0), float(len(self.x) if count is None else count))
        if budget is not None:
            self._at_most({number: prices[change] for change, number in self.x.items()}, float(budget))
        tight = self._products_needed() <= PRODUCTS
        for number, cell in enumerate(problem.cells):
            sides = [self._side(side) for side in cell.sides]
            if all(side is not None for side in sides):
                made = self._cell([s for s in sides if s is not None])
                self.cells.append((made, number))
                if tight and (pairs := self._openers(cell)):
                    self._tighten(made, *pairs)
        self._limit_products(prices, count, budget)
        self.bundles = list(self._bundled())

    def _bundled(self) -> Iterator[tuple[int, float]]:
        """Yield a variable for each bundle that some cell left can join, with its weight."""
        variable = {number: made for made, number in self.cells}
        for bundle in self.problem.bundles:
            ways = [variable[n] for n in sorted(bundle.cells) if n in variable]
            if ways:
                made = self._variable()
                self._at_most({made: 1.0, **dict.fromkeys(ways, -1.0)}, 0.0)
                yield made, bundle.weight

    def _variable(self, upper: float = 1.0) -> int:
        self.upper.append(upper)
        return len(self.upper) - 1

    def _at_most(self, row: dict[int, float], most: float) -> None:
        self.rows.append((row, most))

    def _side(self, side: Side) -> int | None:
        """Return the variable of a side; nothing where no change that is left can open it."""
        if side in self.sides:
            return self.sides[side]
        openers = [self.x[c] for c in side.openers if c in self.x]
        joint = [(a, b) for a, b in side.joint if a in self.x and b in self.x]
        if not (side.open or openers or joint):
            return None
        if len(openers) == 1 and not (joint or side.closers or side.open):
            found = openers[0]
        else:
            found = self._variable()
            if not side.open:
                terms = dict.fromkeys([*openers, *(self._pair(a, b) for a, b in joint)], -1.0)
                self._at_most({found: 1.0, **terms}, 0.0)
            for closer in side.closers:
                if closer in self.x:
                    self._at_most({found: 1.0, self.x[closer]: 1.0}, 1.0)
        self.sides[side] = found
        return found

    def _pair(self, a: int, b: int) -> int:
        if (a, b) not in self.pairs:
            made = self.pairs[a, b] = self._variable()
            for one in (a, b):
                self._at_most({made: 1.0, self.x[one]: -1.0}, 0.0)
        return self.pairs[a, b]

    def _cell(self, sides: list[int]) -> int:
        if len(sides) == 1:
            return sides[0]
        made = self._variable()
        for side in sides:
            self._at_most({made: 1.0, side: -1.0}, 0.0)
        return made

    # -- tightening

    def _openers(self, cell: Cell) -> tuple[list[int], list[int]] | None:
        """Return the openers of both sides of a cell that two changes join; nothing for other cells."""
        if len(cell.sides) != 2 or any(side.open or side.joint or side.closers for side in cell.sides):
            return None
        first, second = ([c for c in side.openers if c in self.x] for side in cell.sides)
        return (first, second) if first and second else None

    def _products_needed(self) -> int:
        found: set[tuple[int, int]] = set()
        for cell in self.problem.cells:
            if pairs := self._openers(cell):
                found.update((min(c, d), max(c, d)) for c in pairs[0] for d in pairs[1])
                if len(found) > PRODUCTS:
                    break
        return len(found)

    def _tighten(self, made: int, first: Sequence[int], second: Sequence[int]) -> None:
        """Say of a cell joined that some change of each side is chosen, by products of two changes."""
        terms: dict[int, float] = {}
        for c in first:
            for d in second:
                terms[self.x[c] if c == d else self._product(min(c, d), max(c, d))] = -1.0
        self._at_most({made: 1.0, **terms}, 0.0)

    def _product(self, c: int, d: int) -> int:
        if (c, d) not in self.products:
            made = self.products[c, d] = self._variable()
            for one in (c, d):
                self._at_most({made: 1.0, self.x[one]: -1.0}, 0.0)
        return self.products[c, d]

    def _limit_products(self, prices: Mapping[int, float], count: int | None, budget: float | None) -> None:
        """Multiply the limit by each change: with it chosen, the rest of the limit is left for the others."""
        others: dict[int, dict[int, int]] = {}
        for (c, d), made in self.products.items():
            others.setdefault(c, {})[d] = made
            others.setdefault(d, {})[c] = made
        for change, pairs in others.items():
            x = self.x[change]
            if count is not None:
                self._at_most({**dict.fromkeys(pairs.values(), 1.0), x: 1.0 - count}, 0.0)
            if budget is not None:
                row = {made: prices[other] for other, made in pairs.items()}
                self._at_most({**row, x: prices[change] - budget}, 0.0)

    # -- solving

    def most(self, time_limit: float) -> Solution:
        """Return the choice that adds most."""
        aim = np.zeros(len(self.upper))
        for variable, number in self.cells:
            aim[variable] += self.problem.cells[number].weight
        for variable, weight in self.bundles:
            aim[variable] += weight
        cells = self.problem.cells
        base = sum(cell.weight for cell in cells if cell.joined)
        base += sum(b.weight for b in self.problem.bundles if any(cells[n].joined for n in b.cells))
        chosen, bound = self._solve(aim, time_limit)
        return self._proved(chosen, self.problem.gain(set(chosen)), bound - base)

    def _proved(self, chosen: tuple[int, ...], gain: float, bound: float) -> Solution:
        """Return a solution with its gap; gains are whole numbers, and the solver is exact to `TOLERANCE`."""
        if bound <= gain + TOLERANCE * max(1.0, abs(gain)):
            bound = gain
        elif np.isfinite(bound) and all(cell.weight.is_integer() for cell in self.problem.cells):
            bound = max(gain, float(np.floor(bound + TOLERANCE)))
        return Solution(chosen, bound, (bound - gain) / gain if gain > 0 else bound - gain)

    def fairest(
        self, places: Sequence[int], line: int, time_limit: float, start: Sequence[int] = ()
    ) -> Solution:
        """Return the choice that raises the least connected.

        First the fewest partners of any place is made as high as can be (max-min): the highest floor for
        which a choice exists, by halving. Then, that floor kept, the shortfall of all places from a line is
        made least (the poverty gap of Foster, Greer and Thorbecke 1984): a partner counts for each end that
        is below the line, and for nothing above it.

        Args:
            places: places that some change can help.
            line: number of partners below which a place counts.
            time_limit: seconds in all; half for each of the two.
            start: a choice within the limits, taken where the solver finds none as good in its time.

        Returns:
            The choice; ``bound`` and ``gap`` are of the second step, in partners below the line.
        """
        low = min((self.problem.partners[p] for p in places), default=0)
        high = min((self._most_partners(p) for p in places), default=0)
        while low < high:
            middle = (low + high + 1) // 2
            if self._floor_holds(middle, places, time_limit / 16):
                low = middle
            else:
                high = middle - 1
        kept = len(self.rows)
        self._floor(low, places)
        aim = [0.0] * len(self.upper)
        for place in places:
            row, standing = self._partners(place)
            if row and self.problem.partners[place] < line:
                below = self._variable(float(line))
                self._at_most({below: 1.0, **{k: -n for k, n in row.items()}}, standing)
                aim += [0.0] * (len(self.upper) - len(aim))
                aim[below] = 1.0
        chosen, bound = self._solve(np.asarray(aim), time_limit / 2)
        del self.rows[kept:]
        poor = [p for p in places if self.problem.partners[p] < line and self._partners(p)[0]]
        before = sum(self.problem.partners[p] for p in poor)

        def reached(choice: Sequence[int]) -> tuple[int, int]:
            floor = min((self._after(choice, p) for p in places), default=0)
            return min(floor, low), sum(min(line, self._after(choice, p)) for p in poor) - before

        chosen = max((chosen, tuple(start)), key=reached)
        return self._proved(chosen, float(reached(chosen)[1]), bound - before)

    def _floor(self, floor: int, places: Sequence[int]) -> None:
        """Ask for at least so many partners of every place; who has fewer today needs some change."""
        for place in places:
            row, standing = self._partners(place)
            if standing >= floor:
                continue
            self._at_most({k: -float(n) for k, n in row.items()}, standing - floor)
            if self.problem.partners[place] < floor:
                helping = {
                    self.x[c]: -1.0
                    for cell in self.problem.cells
                    if place in cell.ends
                    for side in cell.sides
                    for c in side.changes
                    if c in self.x
                }
                self._at_most(helping, -1.0)

    def _floor_holds(self, floor: int, places: Sequence[int], time_limit: float) -> bool:
        kept = len(self.rows)
        self._floor(floor, places)
        _, bound = self._solve(np.zeros(len(self.upper)), time_limit)
        del self.rows[kept:]
        return bool(np.isfinite(bound))

    def _most_partners(self, place: int) -> int:
        row, standing = self._partners(place)
        return int(standing + sum(row.values()))

    def _partners(self, place: int) -> tuple[dict[int, float], float]:
        """Return the variables that count partners of a place, and the partners that stand fast."""
        standing = float(self.problem.partners[place])
        row: dict[int, float] = {}
        for variable, number in self.cells:
            cell = self.problem.cells[number]
            if count := cell.ends.get(place, 0):
                row[variable] = row.get(variable, 0.0) + count
                standing -= count * cell.joined
        return row, standing

    def _after(self, chosen: Sequence[int], place: int) -> int:
        found, took = self.problem.partners[place], set(chosen)
        for cell in self.problem.cells:
            if count := cell.ends.get(place, 0):
                found += count * (all(side.holds(took) for side in cell.sides) - cell.joined)
        return found

    def _solve(self, aim: Any, time_limit: float) -> tuple[tuple[int, ...], float]:
        """Maximise, and return the changes chosen with the bound proved."""
        import highspy

        if not self.x:
            return (), 0.0
        scale = max(1.0, float(np.abs(aim).max(initial=0.0)) / 1000)
        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.silent()
        solver.setOptionValue("time_limit", float(time_limit))
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.passModel(self._program(aim / scale))
        raised = self._watched(solver)
        solver.run()
        if raised:
            raise raised[0]
        info = solver.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return (), inf
        values = np.asarray(solver.getSolution().col_value)
        names = list(self.x)
        chosen = tuple(names[n] for n in np.flatnonzero(values[: len(names)] > 0.5).tolist())
        bound = info.mip_dual_bound if np.isfinite(info.mip_dual_bound) else info.objective_function_value
        return chosen, float(bound) * scale

    def _program(self, aim: Any) -> Any:
        """Return the program as HiGHS takes it, rows laid end to end."""
        import highspy

        made = highspy.HighsLp()
        made.num_col_, made.num_row_ = len(self.upper), len(self.rows)
        made.sense_ = highspy.ObjSense.kMaximize
        made.col_cost_, made.col_lower_ = np.asarray(aim, float), np.zeros(len(self.upper))
        made.col_upper_ = np.asarray(self.upper)
        made.row_lower_ = np.full(len(self.rows), -highspy.kHighsInf)
        made.row_upper_ = np.asarray([most for _, most in self.rows], float)
        kinds = highspy.HighsVarType
        made.integrality_ = [
            kinds.kInteger if n < len(self.x) else kinds.kContinuous for n in range(len(self.upper))
        ]
        made.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        made.a_matrix_.start_ = np.cumsum([0, *(len(row) for row, _ in self.rows)])
        made.a_matrix_.index_ = np.asarray([k for row, _ in self.rows for k in row])
        made.a_matrix_.value_ = np.asarray([w for row, _ in self.rows for w in row.values()], float)
        return made

    def _watched(self, solver: Any) -> list[BaseException]:
        """Let `look` end a run that is under way; return where what it raised is put."""
        raised: list[BaseException] = []
        look = self.look
        if look is None:
            return raised

        def ask(event: Any) -> None:
            try:
                if not raised:
                    look()
            except BaseException as error:
                raised.append(error)
            if raised:
                event.interrupt()

        for place in (solver.cbMipInterrupt, solver.cbSimplexInterrupt):
            place.subscribe(ask)
        return raised
