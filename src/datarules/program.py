"""The choice of changes as an integer program, and what its variables stand for.

Pairs of places that the same changes open are one *cell* with a weight: most of the world's pairs fall into
few cells. A cell has one side (one-way transfers) or two (mutual edges). With ``x`` for a change chosen,
``s`` for a side open and ``z`` for a cell joined:

* ``s ≤ Σ x`` over the changes that open the side alone ``+ Σ w`` over pairs of changes that open it
  together, ``w ≤ x`` for both of the pair; ``s ≤ 1 - x`` for each change that would close it;
* ``z ≤ s`` for each side of the cell; a side that is open and that nothing closes needs no variable;
* ``Σ x ≤ k``, or ``Σ cost·x ≤ budget``; maximise ``Σ weight·z``.

Where languages are to be joined, a language counts once for a place however many cells bring it: a *bundle* of
cells, joined where one of them is, ``y ≤ Σ z`` over its cells, maximise ``Σ weight·y``.

Only ``x`` needs to be whole: for whole ``x`` the rest is whole at an optimum. Coverage by mutual edges holds
the densest-k-subgraph problem (Feige, Peleg and Kortsarz 2001), so that no greedy choice has a bound there
and the exact program is what is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .effects import Effects, Grid


@dataclass(frozen=True, slots=True)
class Side:
    """One direction of a cell: whether it is open today, and which changes open or close it."""

    open: bool
    openers: tuple[int, ...]
    joint: tuple[tuple[int, int], ...]
    closers: tuple[int, ...]

    @property
    def fixed(self) -> bool:
        """Say whether nothing changes it."""
        return not self.closers if self.open else not (self.openers or self.joint)

    @property
    def changes(self) -> frozenset[int]:
        """Return every change that bears on it."""
        return frozenset((*self.openers, *self.closers, *(one for both in self.joint for one in both)))

    def holds(self, chosen: set[int]) -> bool:
        """Say whether it is open once some changes are made, as the program reckons."""
        opened = self.open or not chosen.isdisjoint(self.openers)
        opened = opened or any(a in chosen and b in chosen for a, b in self.joint)
        return opened and chosen.isdisjoint(self.closers)


@dataclass(slots=True)
class Cell:
    """Pairs of places that the same changes join.

    Attributes:
        sides: one or two sides; those that are open for good are left out.
        joined: whether it is joined today.
        weight: what the pairs count together.
        pairs: how many there are.
        ends: place (number) → how many of the pairs have it as an end.
    """

    sides: tuple[Side, ...]
    joined: bool
    weight: float = 0.0
    pairs: int = 0
    ends: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bundle:
    """What counts once as soon as one of some cells is joined; cells by number."""

    cells: frozenset[int]
    weight: float


@dataclass(slots=True)
class Problem:
    """The cells that some change can alter, and what stands fast.

    Attributes:
        cells: the cells.
        candidates: numbers of the changes that occur.
        base: what is joined today counts, over all pairs.
        partners: for each place, with how many others it is joined today.
        mutual: whether cells are mutual edges.
        bundles: languages joined, where these count; the cells then have no weight.
    """

    cells: list[Cell]
    candidates: list[int]
    base: float
    partners: list[int]
    mutual: bool
    bundles: list[Bundle] = field(default_factory=list)

    def gain(self, chosen: set[int]) -> float:
        """Return what chosen changes add, as the program reckons."""
        joined = [all(side.holds(chosen) for side in cell.sides) for cell in self.cells]
        found = sum(cell.weight * (now - cell.joined) for cell, now in zip(self.cells, joined, strict=True))
        for bundle in self.bundles:
            was = any(self.cells[n].joined for n in bundle.cells)
            found += bundle.weight * (any(joined[n] for n in bundle.cells) - was)
        return found

    @property
    def submodular(self) -> bool:
        """Say whether the gain is monotone and submodular: one side each, nothing joint, nothing closes."""
        return all(
            len(cell.sides) == 1 and not cell.sides[0].joint and not cell.sides[0].closers
            for cell in self.cells
        )


def weigh(
    effects: Effects,
    codes: Sequence[str],
    people: Mapping[str, int] | None,
    mutual: bool,
    tongues: Sequence[frozenset[str]] | None = None,
) -> Problem:
    """Return the problem of some effects.

    Args:
        effects: every change and what it opens.
        codes: codes of the places in the order of the frame.
        people: people by code: a mutual pair then counts those at both ends, a one-way pair those of its
            origin; each pair counts 1 unless given.
        mutual: whether pairs are joined both ways.
        tongues: languages of each place in the order of the frame, where these are to be joined: for each
            place those of others whose data may come, its own left out. Pairs then count nothing.
    """
    grid = effects.open
    number = len(codes)
    where: dict[tuple[int, int], Cell] = {}
    heads = [1.0 if people is None else float(people.get(code, 0)) for code in codes]
    changed = effects.openers.keys() | effects.joint.keys() | effects.closers.keys()
    touched = sorted({(min(p), max(p)) if mutual else p for p in changed})
    cells: dict[tuple[Side, ...], Cell] = {}
    sides: dict[tuple[int, int], Side] = {}
    for a, b in touched:
        found = tuple(
            sorted(
                (
                    side
                    for pair in (((a, b), (b, a)) if mutual else ((a, b),))
                    if not ((side := _side(effects, grid[pair], pair, sides)).fixed and side.open)
                ),
                key=_order,
            )
        )
        if not found or any(side.fixed for side in found):
            continue
        cell = cells.get(found)
        if cell is None:
            cell = cells[found] = Cell(found, all(side.open for side in found))
        cell.pairs += 1
        where[a, b] = cell
        both = heads[a] + heads[b]
        if tongues is None:
            cell.weight += 1.0 if people is None else both if mutual else heads[a]
        for end in (a, b):
            cell.ends[end] = cell.ends.get(end, 0) + 1
    joined = grid & grid.T if mutual else grid
    base, partners = 0.0, [0] * number
    for a in range(number):
        for b in range(a + 1 if mutual else 0, number):
            if a != b and joined[a, b]:
                base += 1.0 if people is None else heads[a] + (heads[b] if mutual else 0.0)
                for end in (a, b):
                    partners[end] += 1
    used = {c for cell in cells.values() for side in cell.sides for c in side.changes}
    made = Problem(list(cells.values()), sorted(used), base, partners, mutual)
    if tongues is not None:
        made.base = float(languages_joined(joined, tongues))
        made.bundles = _bundles(made.cells, where, joined, tongues, mutual)
    return made


def languages_joined(joined: Grid, tongues: Sequence[frozenset[str]]) -> int:
    """Return how many languages the data of others bring to places: for each place, those not its own.

    Args:
        joined: bool (places, places), rows are origins; the diagonal does not matter.
        tongues: languages of each place.
    """
    total = 0
    for there, own in enumerate(tongues):
        heard = set[str]().union(*(tongues[here] for here in joined[:, there].nonzero()[0].tolist()))
        total += len(heard - own)
    return total


def _bundles(
    cells: Sequence[Cell],
    where: Mapping[tuple[int, int], Cell],
    joined: Grid,
    tongues: Sequence[frozenset[str]],
    mutual: bool,
) -> list[Bundle]:
    """Return a bundle for each place and language that some change can bring or take, equal ones together."""
    number = {id(cell): n for n, cell in enumerate(cells)}
    ways: dict[tuple[int, str], set[int]] = {}
    moving: set[tuple[int, int]] = set()
    for (a, b), cell in where.items():
        for here, there in ((a, b), (b, a)) if mutual else ((a, b),):
            moving.add((here, there))
            for language in tongues[here] - tongues[there]:
                ways.setdefault((there, language), set()).add(number[id(cell)])
    fixed: set[tuple[int, str]] = set()
    for here, there in zip(*joined.nonzero(), strict=True):
        pair = int(here), int(there)
        if pair not in moving:
            fixed.update((pair[1], language) for language in tongues[pair[0]])
    counts: dict[frozenset[int], int] = {}
    for key, found in ways.items():
        if key not in fixed:
            counts[frozenset(found)] = counts.get(frozenset(found), 0) + 1
    return [Bundle(cells, float(count)) for cells, count in counts.items()]


def _side(
    effects: Effects, is_open: object, pair: tuple[int, int], known: dict[tuple[int, int], Side]
) -> Side:
    if pair not in known:
        known[pair] = Side(
            bool(is_open),
            tuple(sorted(set(effects.openers.get(pair, ())))),
            tuple(sorted(set(effects.joint.get(pair, ())))),
            tuple(sorted(set(effects.closers.get(pair, ())))),
        )
    return known[pair]


def _order(side: Side) -> tuple[object, ...]:
    return side.open, side.openers, side.joint, side.closers


def worth_a_look(
    problem: Problem, prices: Mapping[int, float], ties: Mapping[int, float]
) -> tuple[list[int], dict[int, list[int]]]:
    """Return the changes that no other one makes needless, and for each the equals it stands for.

    A change is needless where another costs no more, opens everything it opens and closes nothing.
    Changes that take part in joint openings, or that close something, all stay.

    Args:
        problem: the cells.
        prices: what counts against the limit: costs, or 1 each where only the number is limited.
        ties: which of two equals is taken: the one with the lower number here.
    """
    where: dict[int, set[int]] = {}
    sides: dict[Side, int] = {}
    kept: set[int] = set()
    for cell in problem.cells:
        for side in cell.sides:
            place = sides.setdefault(side, len(sides))
            for change in side.openers:
                where.setdefault(change, set()).add(place)
            kept.update(c for both in side.joint for c in both)
            kept.update(side.closers)
    openers = {place: frozenset(side.openers) for side, place in sides.items()}
    closing = {c for side in sides for c in side.closers}
    good: list[int] = []
    equals: dict[int, list[int]] = {}

    def rank(change: int) -> tuple[float, float, float, int]:
        return -len(where[change]), prices[change], ties[change], change

    for change in problem.candidates:
        if change in kept:
            good.append(change)
            continue
        others = frozenset.intersection(*(openers[place] for place in where[change])) - closing
        better = [o for o in others if o != change and prices[o] <= prices[change] and rank(o) < rank(change)]
        if not better:
            good.append(change)
        elif twins := [o for o in better if len(where[o]) == len(where[change])]:
            equals.setdefault(min(twins, key=rank), []).append(change)
    return good, equals


def reduced(problem: Problem, good: Sequence[int]) -> Problem:
    """Return the problem of fewer changes: cells that these do not tell apart become one."""
    left = set(good)
    known: dict[Side, Side] = {}
    cells: dict[tuple[Side, ...], Cell] = {}
    became: dict[int, Cell] = {}
    for number, cell in enumerate(problem.cells):
        sides = tuple(sorted((known.setdefault(s, _without(s, left)) for s in cell.sides), key=_order))
        if any(side.fixed and not side.open for side in sides):
            continue
        found = cells.get(sides)
        if found is None:
            found = cells[sides] = Cell(sides, cell.joined)
        became[number] = found
        found.weight += cell.weight
        found.pairs += cell.pairs
        for end, count in cell.ends.items():
            found.ends[end] = found.ends.get(end, 0) + count
    made = list(cells.values())
    place = {id(cell): number for number, cell in enumerate(made)}
    weights: dict[frozenset[int], float] = {}
    for bundle in problem.bundles:
        if kept := frozenset(place[id(became[n])] for n in bundle.cells if n in became):
            weights[kept] = weights.get(kept, 0.0) + bundle.weight
    bundles = [Bundle(kept, weight) for kept, weight in weights.items()]
    return Problem(made, sorted(left), problem.base, problem.partners, problem.mutual, bundles)


def _without(side: Side, left: set[int]) -> Side:
    return Side(
        side.open,
        tuple(c for c in side.openers if c in left),
        tuple((a, b) for a, b in side.joint if a in left and b in left),
        tuple(c for c in side.closers if c in left),
    )


class State:
    """What is joined after some changes, for finding the gain of one more quickly."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.chosen: set[int] = set()
        self.cells: dict[int, list[int]] = {}
        self._joined = [cell.joined for cell in problem.cells]
        self._bundles: dict[int, list[int]] = {}
        self._ways = [sum(self._joined[n] for n in bundle.cells) for bundle in problem.bundles]
        for number, cell in enumerate(problem.cells):
            for change in frozenset().union(*(side.changes for side in cell.sides)):
                self.cells.setdefault(change, []).append(number)
        for number, bundle in enumerate(problem.bundles):
            for one in bundle.cells:
                self._bundles.setdefault(one, []).append(number)

    def _turned(self, change: int, chosen: set[int]) -> dict[int, int]:
        """Return the cells that are joined (1) or parted (-1) once some changes are made."""
        cells = self.problem.cells
        found = {}
        for number in self.cells.get(change, ()):
            now = all(side.holds(chosen) for side in cells[number].sides)
            if now != self._joined[number]:
                found[number] = 1 if now else -1
        return found

    def gain(self, change: int) -> float:
        """Return what one more change adds."""
        turned = self._turned(change, self.chosen | {change})
        found = sum(self.problem.cells[number].weight * sign for number, sign in turned.items())
        moved: dict[int, int] = {}
        for number, sign in turned.items():
            for bundle in self._bundles.get(number, ()):
                moved[bundle] = moved.get(bundle, 0) + sign
        for bundle, step in moved.items():
            was, now = self._ways[bundle] > 0, self._ways[bundle] + step > 0
            found += self.problem.bundles[bundle].weight * (now - was)
        return found

    def add(self, change: int) -> set[int]:
        """Choose a change, and return the changes whose gain may now be another."""
        self.chosen.add(change)
        near = set(self.cells.get(change, ()))
        for number, sign in self._turned(change, self.chosen).items():
            self._joined[number] = sign > 0
            for bundle in self._bundles.get(number, ()):
                self._ways[bundle] += sign
                near |= self.problem.bundles[bundle].cells
        return {c for number in near for side in self.problem.cells[number].sides for c in side.changes}
