"""The server at saturation for as long as asked: errors, memory from start to end, latencies, a second worker.

Load is wrk's closed loop of `http`, on questions whose answers are kept and, in every second part, on numbers never
stated before, so that memory has every reason to grow. Memory is the proportional share (PSS) of all processes
of the server, so that pages which workers share count once. It is flat if over the second half, when every cache
is full, it grows by less than `GROWTH`. One worker is measured first, then two. What a second worker gives is
measured apart, in turns of a few seconds with both servers up: the load generator runs on the same cores, so the
gain shows in full only with three, and two servers of an empty endpoint tell how much of it this machine can
show. Workers that wait for nothing of each other gain as much as empty ones, and spend the same processor time on
a request as one alone.

``DATARULES_BENCH_SECONDS`` sets the seconds of load for each number of workers; ten minutes unless given.
"""

from __future__ import annotations

import os
import shutil
import time
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from datarules.load import load
from datarules.rulebook import RuleBook

from . import http
from .http import Load
from .measure import Row

SECONDS = int(os.environ.get("DATARULES_BENCH_SECONDS", 600))
PARTS = 20
"""Pieces that the load comes in; memory is read after each."""
GROWTH = 3.0
"""Most per cent that memory may grow over the second half."""
GAIN = 1.8
"""Times the throughput that two workers are to reach, on two free cores beside the load generator."""
TURN = 5
"""Seconds of one."""
TURNS = 6
"""Turns of load with one worker and with two."""
EMPTY = 95.0
"""Per cent of an empty endpoint's gain that two workers are to reach."""
MEMORY = 1.5
"""Times the memory of one worker that two may take."""
P99 = 50e-3


@dataclass(frozen=True, slots=True)
class Held:
    """What was seen of a server under load: each piece of load, and memory in MB before and after each."""

    pieces: tuple[Load, ...]
    memory: tuple[float, ...]
    seconds: float

    @property
    def rate(self) -> float:
        """Return requests answered each second."""
        return sum(one.rate for one in self.pieces) / len(self.pieces)

    @property
    def spent(self) -> float:
        """Return the server's processor time for a request, in seconds."""
        return sum(one.spent * one.rate for one in self.pieces) / sum(one.rate for one in self.pieces)

    @property
    def failures(self) -> int:
        """Return how many requests failed."""
        return sum(one.failures for one in self.pieces)

    @property
    def growth(self) -> float:
        """Return by how many per cent memory grew over the second half."""
        middle = self.memory[len(self.memory) // 2]
        return 100 * (self.memory[-1] - middle) / middle


def memory(process: int) -> float:
    """Return the memory of a process and its descendants in MB, shared pages counted once."""
    total = 0
    for one in http.family(process):
        for line in Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def held(workers: int, seconds: int, asked: list[str], port: int) -> Held:
    """Hold a server under load and return what was seen."""
    scripts = http.script(asked, False), http.script(asked, True)
    command = ["-m", "datarules", "serve", "--port", str(port), "--workers", str(workers)]
    with http.served(command, port, "/health") as at:
        for path in asked * (2 * workers):  # each worker keeps answers of its own
            urllib.request.urlopen(at[0] + path, timeout=10).read()
        size = max(1, seconds // PARTS)
        used = [memory(at[1])]
        pieces: list[Load] = []
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            pieces.append(http.wrk(at, scripts[len(pieces) % 2], size, http.CONNECTIONS))
            used.append(memory(at[1]))
        return Held(tuple(pieces), tuple(used), time.monotonic() - began)


def gain(
    commands: tuple[list[str], list[str]], ports: tuple[int, int], path: str, lua: str
) -> tuple[float, float]:
    """Return what two workers answer against one, and how that would be by the processor time of a request."""
    with http.served(commands[0], ports[0], path) as one, http.served(commands[1], ports[1], path) as two:
        loads: tuple[list[Load], list[Load]] = ([], [])
        for turn in range(2 * TURNS + 2):
            load = http.wrk((one, two)[turn % 2], lua, TURN, http.CONNECTIONS)
            if turn > 1:  # the first fill what is kept
                loads[turn % 2].append(load)
    rates = [sum(load.rate for load in found) for found in loads]
    costs = [
        sum(load.spent * load.rate for load in found) / rate for found, rate in zip(loads, rates, strict=True)
    ]
    return rates[1] / rates[0], 2 * costs[0] / costs[1]


def rows(quick: bool, port: int = 18767) -> Iterable[Row]:
    """Measure saturation with one worker and with two. No rows where wrk is not installed."""
    if not shutil.which("wrk"):
        yield Row("saturation", "not measured: wrk is not installed (apt-get install wrk)", 0, "requests/s")
        return
    asked = http.paths(RuleBook.unchecked(load()), 500)
    yield from _gains(asked, port)
    yield from _held(asked, min(SECONDS, 20) if quick else SECONDS, port)


def _gains(asked: list[str], port: int) -> Iterable[Row]:
    ports, lua = (port, port + 1), http.script(asked, False)

    def commands(words: list[str], flag: list[str]) -> tuple[list[str], list[str]]:
        made = [["-m", *words, *flag, str(number)] for number in ports]
        return made[0], made[1]

    ours = commands(["datarules", "serve"], ["--port"])
    ours[1].extend(["--workers", "2"])
    empty = commands(["benchmarks.empty"], [])
    empty[1].append("2")
    found, spent = gain(ours, ports, "/health", lua)
    bare, _ = gain(empty, ports, "/v1/check", lua)
    cores = os.cpu_count() or 1
    note = f"{cores} cores, of which the load generator takes part of one; an empty endpoint gains {bare:.2f} times"
    yield Row("saturation", "two workers against one", found, "times", GAIN, True, note)
    note = "processor time of a request with one worker and with two: what a core for each would give"
    yield Row("saturation", "two workers against one, by processor time", spent, "times", GAIN, True, note)
    share = 100 * found / bare
    yield Row("saturation", "gain of a second worker, share of an empty endpoint's", share, "%", EMPTY, True)


def _held(asked: list[str], seconds: int, port: int) -> Iterable[Row]:
    found = {workers: held(workers, seconds, asked, port) for workers in (1, 2)}
    for workers, one in found.items():
        name = f"{workers} worker{'s' if workers > 1 else ''}"
        note = f"{one.seconds:,.0f} s in {len(one.pieces)} pieces"
        yield Row("saturation", f"{name}: throughput", one.rate, "requests/s", note=note)
        yield Row("saturation", f"{name}: requests that failed", one.failures, "requests", 0)
        p50 = sorted(piece.p50 for piece in one.pieces)[len(one.pieces) // 2]
        worst = max(piece.p99 for piece in one.pieces)
        note = f"the worst piece; p50 {p50 * 1e3:.2f} ms"
        yield Row("saturation", f"{name}: 99th percentile", worst, "s", P99, note=note)
        start, last = one.memory[0], one.memory[-1]
        note = f"{start:,.0f} MB at the start, {last:,.0f} MB at the end, at most {max(one.memory):,.0f}"
        yield Row(
            "saturation", f"{name}: memory grown in the second half", one.growth, "%", GROWTH, note=note
        )
    extra = found[2].memory[-1] / found[1].memory[-1]
    yield Row("saturation", "memory of two workers against one", extra, "times", MEMORY)
