"""Every way the unknown facts could turn out, as bits of one integer.

A space has one dimension per unknown fact. World *w* is a bit position; an expression is the integer
whose set bits are the worlds in which it holds. Thus *and*, *or*, *not* over all worlds at once are
single operations on integers, and supervaluation (van Fraassen 1966) is exact, not sampled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from .model import AllOf, AnyOf, Comparison, Expr, Not, Value

CAP = 1 << 20
"""Most worlds a space may have; beyond it the answer falls back to bounds."""


@lru_cache(maxsize=4096)
def _repeat(block: int, period: int, size: int) -> int:
    """Repeat ``block`` every ``period`` bits up to ``size`` bits."""
    bits, width = block, period
    while width < size:
        bits |= bits << width
        width *= 2
    return bits & ((1 << size) - 1)


def cut_points(tests: Iterable[Comparison]) -> tuple[int, ...]:
    """Return one number for each way a set of thresholds can fall, lowest first, 0 among them."""
    tests = list(tests)
    seen: dict[tuple[bool, ...], int] = {}
    for number in sorted(
        {0, *(n for t in tests for n in (t.value - 1, int(t.value), t.value + 1) if n >= 0)}
    ):
        seen.setdefault(tuple(t.holds(number) for t in tests), number)
    return tuple(seen.values())


class Space:
    """The worlds left open once some facts are given.

    Attributes:
        facts: names of the unknown facts, one per dimension.
        size: number of worlds.
        full: the integer with every world set.
        base: the world of the baseline profile.
    """

    __slots__ = ("_bits", "_given", "_strides", "_values", "base", "facts", "full", "size")

    def __init__(
        self,
        tests: Iterable[Comparison],
        given: Mapping[str, Value],
        baseline: Mapping[str, bool],
        only: Mapping[str, tuple[Value, ...]] | None = None,
    ) -> None:
        by_fact: dict[str, list[Comparison]] = {}
        for test in tests:
            if test.fact not in given:
                by_fact.setdefault(test.fact, []).append(test)
        self.facts = tuple(by_fact)
        self._given = given
        self._values: list[tuple[Value, ...]] = []
        self._strides: dict[str, tuple[int, int]] = {}
        stride, base = 1, 0
        for index, (fact, asked) in enumerate(by_fact.items()):
            numeric = any(type(t.value) is int for t in asked)
            values: tuple[Value, ...] = (False, True)
            if only and fact in only:
                values = only[fact]
            elif numeric:
                values = cut_points(asked)
            self._values.append(values)
            self._strides[fact] = (stride, index)
            if not numeric and baseline.get(fact, False):
                base += stride
            stride *= len(values)
        self.size = stride
        self.base = base
        self.full = (1 << min(stride, CAP + 1)) - 1
        self._bits: dict[Expr, int] = {}

    def bits(self, expr: Expr) -> int:
        """Return the worlds in which an expression holds."""
        found = self._bits.get(expr)
        if found is None:
            found = self._bits[expr] = self._compute(expr)
        return found

    def _compute(self, expr: Expr) -> int:
        if isinstance(expr, Comparison):
            if expr.fact in self._given:
                return self.full if expr.holds(self._given[expr.fact]) else 0
            stride, index = self._strides[expr.fact]
            values = self._values[index]
            unit = (1 << stride) - 1
            block = 0
            for position, value in enumerate(values):
                if expr.holds(value):
                    block |= unit << (position * stride)
            return _repeat(block, stride * len(values), self.size)
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
        if isinstance(expr, Not):
            return self.full & ~self.bits(expr.part)
        raise TypeError(expr)

    def deciding(self, layers: Iterable[int]) -> list[str]:
        """Return the facts whose change alone moves some world from one layer to another."""
        layers = [layer for layer in layers if layer and layer != self.full]
        found = []
        for fact, (stride, index) in self._strides.items():
            count = len(self._values[index])
            lower = _repeat((1 << (stride * (count - 1))) - 1, stride * count, self.size)
            if any(((layer >> stride) ^ layer) & lower for layer in layers):
                found.append(fact)
        return found

    def turning(self, facts: Iterable[str], layers: Iterable[int]) -> dict[str, tuple[Value, ...]]:
        """Return, for each fact, its first value and every value at which some world changes layer."""
        layers = [layer for layer in layers if layer and layer != self.full]
        found: dict[str, tuple[Value, ...]] = {}
        for fact in facts:
            stride, index = self._strides[fact]
            values = self._values[index]
            kept = [values[0]]
            for number in range(1, len(values)):
                before = _repeat(
                    ((1 << stride) - 1) << ((number - 1) * stride), stride * len(values), self.size
                )
                if any(((layer >> stride) ^ layer) & before for layer in layers):
                    kept.append(values[number])
            found[fact] = tuple(kept)
        return found
