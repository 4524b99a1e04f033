"""How things are timed, and the rows of the table.

Calls are timed one by one with ``time.perf_counter_ns`` (its own cost, about 0.1 µs, is not subtracted).
The garbage collector stays on, as it is in use.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Sample:
    """Times of many calls, ascending, in seconds."""

    times: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the median in seconds."""
        return median(self.times)

    def quantile(self, share: float) -> float:
        """Return the time which ``share`` (0 to 1) of the calls did not exceed, in seconds."""
        return self.times[min(len(self.times) - 1, int(share * len(self.times)))]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        part: the measure it belongs to.
        name: what was measured.
        value: the figure, in ``unit``.
        unit: ``s`` (shown as s, ms or µs), ``times``, ``requests/s``, ``%`` or ``of 100``.
        target: the figure to reach in the same unit, if there is one.
        at_least: whether the target is a least (else a most).
        note: what the reader must know, such as how many calls, and the 99th percentile.
    """

    part: str
    name: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Say whether the target is reached; nothing where there is none."""
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target

    def document(self) -> dict[str, Any]:
        """Return the row for a JSON file."""
        return {
            "part": self.part,
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "target": self.target,
            "target_is": None if self.target is None else "at least" if self.at_least else "at most",
            "met": self.met,
            "note": self.note,
        }


def each(call: Callable[[Item], object], items: Iterable[Item]) -> Sample:
    """Time a call once for each item."""
    clock = time.perf_counter_ns
    times = []
    for item in items:
        start = clock()
        call(item)
        times.append((clock() - start) / 1e9)
    return Sample(tuple(sorted(times)))


def side_by_side(calls: dict[str, Callable[[int], object]], count: int, rounds: int = 5) -> dict[str, Sample]:
    """Time several calls on the numbers 0 to ``count - 1`` in alternating rounds.

    Alternation spreads whatever else the machine does over all of them, so that their ratios hold.
    """
    times: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(rounds):
        for name, call in calls.items():
            times[name] += each(call, range(turn, count, rounds)).times
    return {name: Sample(tuple(sorted(found))) for name, found in times.items()}


def command(arguments: Sequence[str], runs: int, environment: dict[str, str], before: Any = None) -> Sample:
    """Time a whole process several times.

    Args:
        arguments: the command.
        runs: how often.
        environment: its environment variables.
        before: called before each run, untimed.

    Raises:
        RuntimeError: the command fails; with what it printed.
    """
    times = []
    for _ in range(runs):
        if before:
            before()
        start = time.perf_counter()
        done = subprocess.run(list(arguments), env=environment, capture_output=True, text=True, check=False)
        times.append(time.perf_counter() - start)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(arguments)}: exit code {done.returncode}\n{done.stderr[-2000:]}")
    return Sample(tuple(sorted(times)))
