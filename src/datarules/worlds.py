"""Every way the unknown facts could turn out, as bits of one integer.

A space has one dimension per unknown fact. World *w* is a bit position; an expression is the integer
whose set bits are the worlds in which it holds. Thus *and*, *or*, *not* over all worlds at once are
single operations on integers, and supervaluation (van Fraassen 1966) is exact, not sampled.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import lru_cache

from .model import AllOf, AnyOf, Comparison, Expr, Not, Value, comparisons

CAP = 1 << 18
"""Most worlds a space may have; beyond it the answer falls back to bounds."""
TOGETHER = 1 << 12
"""Most worlds over which `Prospects` looks at all its expressions at once."""
NOW, POSSIBLY = 2, 1
KEPT = 4096
"""Most answers remembered for one situation."""


@lru_cache(maxsize=4096)
def _repeat(block: int, period: int, size: int) -> int:
    """Repeat ``block`` every ``period`` bits up to ``size`` bits."""
    bits, width = block, period
    while width < size:
        bits |= bits << width
        width *= 2
    return bits & ((1 << size) - 1)


def cut_points(tests: Iterable[Comparison]) -> tuple[int, ...]:
    """Return the numbers at which a set of thresholds changes its answer, ascending, 0 first."""
    tests = list(tests)
    found: list[int] = []
    before: tuple[bool, ...] | None = None
    for number in sorted(
        {0, *(n for t in tests for n in (t.value - 1, int(t.value), t.value + 1) if n >= 0)}
    ):
        answers = tuple(t.holds(number) for t in tests)
        if answers != before:
            found.append(number)
            before = answers
    return tuple(found)


def holds(expr: Expr, given: Mapping[str, Value], baseline: Mapping[str, bool]) -> bool:
    """Say whether an expression holds in one world: the facts given, the baseline profile for the rest."""
    if isinstance(expr, Comparison):
        value = given.get(expr.fact)
        return expr.holds(baseline.get(expr.fact, 0) if value is None else value)
    if isinstance(expr, Not):
        return not holds(expr.part, given, baseline)
    if isinstance(expr, AllOf):
        return all(holds(part, given, baseline) for part in expr.parts)
    return any(holds(part, given, baseline) for part in expr.parts)


class Space:
    """Every world over the facts some comparisons ask about.

    Attributes:
        facts: names of the facts, one per dimension.
        size: number of worlds.
        full: the integer with every world set.
    """

    __slots__ = ("_axes", "_baseline", "_bits", "_fixed", "_strides", "_values", "facts", "full", "size")

    def __init__(
        self,
        tests: Iterable[Comparison],
        baseline: Mapping[str, bool],
        fixed: Mapping[str, Value] | None = None,
        only: Mapping[str, tuple[Value, ...]] | None = None,
    ) -> None:
        """Lay out the worlds.

        Args:
            tests: the comparisons whose facts are the dimensions.
            baseline: what the profile assumes of yes/no facts.
            fixed: facts with one value, which get no dimension.
            only: the values to look at, for facts whose own cut points are not wanted.
        """
        self._fixed = dict(fixed or {})
        self._baseline = baseline
        by_fact: dict[str, list[Comparison]] = {}
        for test in tests:
            if test.fact not in self._fixed:
                by_fact.setdefault(test.fact, []).append(test)
        self.facts = tuple(by_fact)
        self._values: dict[str, tuple[Value, ...]] = {}
        self._strides: dict[str, int] = {}
        stride = 1
        for fact, asked in by_fact.items():
            values: tuple[Value, ...] = (False, True)
            if only and fact in only:
                values = only[fact]
            elif any(type(t.value) is int for t in asked):
                values = cut_points(asked)
            self._values[fact] = values
            self._strides[fact] = stride
            stride *= len(values)
        self._axes = tuple(
            (fact, stride, () if values == (False, True) else values, baseline.get(fact, 0))
            for (fact, stride), values in zip(self._strides.items(), self._values.values(), strict=True)
        )
        self.size = stride
        self.full = (1 << min(stride, CAP + 1)) - 1
        self._bits: dict[Expr, int] = {}

    def _block(self, fact: str, number: int) -> int:
        """Return the worlds in which a fact has its value of this number."""
        stride, count = self._strides[fact], len(self._values[fact])
        return _repeat(((1 << stride) - 1) << (number * stride), stride * count, self.size)

    def _number(self, fact: str, value: Value) -> int:
        """Return the number of the value that stands for a given one: the last not above it."""
        return max(bisect_right(self._values[fact], value) - 1, 0)

    def place(self, given: Mapping[str, Value]) -> tuple[int, bool]:
        """Return the number of the world of the given facts, and whether they settle every dimension.

        The baseline profile fills what is not given.
        """
        place, whole = 0, True
        for fact, stride, values, usual in self._axes:
            value = given.get(fact)
            if value is None:
                value, whole = usual, False
            if value:
                place += stride * max(bisect_right(values, value) - 1, 0) if values else stride
        return place, whole

    def where(self, given: Mapping[str, Value]) -> int:
        """Return the worlds in which the given facts are as given."""
        bits = self.full
        for fact in self.facts:
            if fact in given:
                bits &= self._block(fact, self._number(fact, given[fact]))
        return bits

    def bits(self, expr: Expr) -> int:
        """Return the worlds in which an expression holds."""
        found = self._bits.get(expr)
        if found is None:
            found = self._bits[expr] = self._compute(expr)
        return found

    def forget(self) -> None:
        """Give up what was remembered of expressions looked at."""
        self._bits = {}

    def _compute(self, expr: Expr) -> int:
        if isinstance(expr, Comparison):
            if expr.fact in self._fixed:
                return self.full if expr.holds(self._fixed[expr.fact]) else 0
            bits = 0
            for number, value in enumerate(self._values[expr.fact]):
                if expr.holds(value):
                    bits |= self._block(expr.fact, number)
            return bits
        if isinstance(expr, AllOf):
            bits = self.full
            for part in expr.parts:
                bits &= self.bits(part)
            return bits
        if isinstance(expr, AnyOf):
            bits = 0
            for part in expr.parts:
                bits |= self.bits(part)
            return bits
        return self.full & ~self.bits(expr.part)

    def _turns(self, fact: str, number: int, layers: Iterable[int], within: int) -> bool:
        """Say whether going from one value of a fact to the next moves some world to another layer."""
        stride = self._strides[fact]
        before = self._block(fact, number) & within & (within >> stride)
        return any(((layer >> stride) ^ layer) & before for layer in layers)

    def deciding(self, layers: Iterable[int], within: int) -> list[str]:
        """Return the facts whose change alone, inside ``within``, moves some world to another layer."""
        moving = [layer for layer in layers if layer & within and ~layer & within]
        return [
            fact
            for fact, values in self._values.items()
            if any(self._turns(fact, number, moving, within) for number in range(len(values) - 1))
        ]

    def turning(
        self, facts: Iterable[str], layers: Iterable[int], within: int
    ) -> dict[str, tuple[Value, ...]]:
        """Return, for each fact, its first value and every value at which some world changes layer."""
        moving = [layer for layer in layers if layer & within and ~layer & within]
        found: dict[str, tuple[Value, ...]] = {}
        for fact in facts:
            values = self._values[fact]
            kept = [n for n in range(1, len(values)) if self._turns(fact, n - 1, moving, within)]
            found[fact] = (values[0], *(values[n] for n in kept))
        return found


class Prospects:
    """Several expressions, and of each whether it holds now, could hold, or cannot.

    They are looked at over all worlds of the facts they ask about, together where those are few, else each
    over its own; one that asks about too many facts even then could always hold.
    """

    def __init__(self, expressions: Iterable[Expr], baseline: Mapping[str, bool]) -> None:
        """Lay out the worlds; ``baseline`` is what the profile assumes of yes/no facts."""
        self._expressions = tuple(expressions)
        self._baseline = baseline
        tests = dict.fromkeys(t for e in self._expressions for t in comparisons(e))
        self._facts = tuple(dict.fromkeys(t.fact for t in tests))
        together = Space(tests, baseline)
        self._spaces = (
            (together,) * len(self._expressions)
            if together.size <= TOGETHER
            else tuple(Space(comparisons(e), baseline) for e in self._expressions)
        )
        self._kept: dict[tuple[Value | None, ...], tuple[int, ...]] = {}

    def codes(self, given: Mapping[str, Value]) -> tuple[int, ...]:
        """Return a code for each expression.

        `NOW` where it holds under the facts and the profile, `POSSIBLY` where it does for some way the facts
        not given could turn out, else 0.
        """
        key = tuple([given.get(fact) for fact in self._facts])
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            found = self._kept[key] = tuple(self._codes(given))
        return found

    def _codes(self, given: Mapping[str, Value]) -> Iterable[int]:
        worlds: dict[int, tuple[int, int]] = {}
        for expr, space in zip(self._expressions, self._spaces, strict=True):
            if space.size > CAP:
                yield NOW if holds(expr, given, self._baseline) else POSSIBLY
                continue
            if id(space) not in worlds:
                worlds[id(space)] = space.place(given)[0], space.where(given)
            place, within = worlds[id(space)]
            bits = space.bits(expr)
            yield NOW if bits >> place & 1 else POSSIBLY if bits & within else 0
