"""``GET /v1/check`` against an empty FastAPI endpoint: same server, same settings, loopback, one process each.

Load comes from wrk (Debian package ``wrk``), a closed loop of 32 connections asking in turn. *Cached* asks
500 different questions again and again, after a first pass; *uncached* states a number of persons that was
never stated before in each request, so that nothing is remembered. The empty endpoint returns ``{}`` and
ignores the same query strings; it is measured before and after, and the mean of both counts.

Under load: 64 connections, each pausing at random (uniformly) between requests, so that together they
send about 80 % of what the endpoint can answer; wrk counts latency from the sending of the request.
This is not a fixed-rate generator: the rate reached is reported.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from datarules.load import load
from datarules.rulebook import RuleBook
from datarules.vocab import local

from . import questions as q
from .measure import Row

SHARE = {"cached": 85.0, "uncached": 70.0}
BUSY = 0.8
P99 = 6e-3
"""Targets: per cent of the empty endpoint's requests per second; share of its throughput at which latency is measured; 99th percentile in seconds there."""
CONNECTIONS, BUSY_CONNECTIONS = 32, 64
FACT = "persons-since-1-january"
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk measured: requests per second, latencies in seconds, failures; the server's own seconds a request."""

    rate: float
    p50: float
    p99: float
    failures: int
    spent: float = 0.0


@contextmanager
def served(arguments: list[str], port: int, path: str) -> Iterator[tuple[str, int]]:
    """Run a server process until the block ends; yield its address and number.

    Raises:
        RuntimeError: it does not answer within 60 seconds.
    """
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(address + path, timeout=5).read()
                break
            except OSError:  # not yet there, or there and not yet ready
                if process.poll() is not None:
                    raise RuntimeError(f"{' '.join(arguments)} ended early") from None
                time.sleep(0.2)
        else:
            raise RuntimeError(f"{' '.join(arguments)} does not answer")
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(20)


def paths(book: RuleBook, count: int) -> list[str]:
    """Return the addresses of different questions on the latest day, some with a fact."""
    found = []
    for number, (transfer, _) in enumerate(q.given(book, count, days=(q.LATEST,))):
        query = {
            "origin": local(transfer.origin),
            "destination": local(transfer.destination),
            "data": local(transfer.data[0]),
            "as_of": q.LATEST.isoformat(),
        }
        found.append(
            "/v1/check?" + urlencode(query) + (f"&fact={FACT}%3D{number}" if number % 4 == 0 else "")
        )
    return found


def script(asked: list[str], fresh: bool, pause: float = 0.0) -> str:
    """Return the Lua script that makes wrk ask the questions in turn.

    Args:
        asked: addresses without the server's part.
        fresh: state a new number in each request.
        pause: mean pause in seconds before each request.
    """
    if fresh:
        asked = [path.split("&fact=")[0] for path in asked]
    listed = ",\n".join(f'"{path}"' for path in asked)
    number = f'.. "&fact={FACT}%3D" .. (1000000 + n)' if fresh else ""
    lines = [f"local asked = {{{listed}}}", "local n = 0"]
    lines.append(
        f"function request() n = n + 1; return wrk.format('GET', asked[n % #asked + 1] {number}) end"
    )
    if pause:
        lines.append(f"function delay() return math.random() * {2000 * pause:.3f} end")
    return "\n".join(lines) + "\n"


def family(process: int) -> list[int]:
    """Return a process and all that descend from it."""
    found = [process]
    for one in found:
        for task in Path(f"/proc/{one}/task").iterdir():
            found += map(int, (task / "children").read_text(encoding="ascii").split())
    return found


def spent(process: int) -> float:
    """Return the processor time that a process and its descendants have used so far, in seconds."""
    ticks = 0
    for one in family(process):
        user, system = Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
        ticks += int(user) + int(system)
    return ticks / os.sysconf("SC_CLK_TCK")


def wrk(at: tuple[str, int], lua: str, seconds: int, connections: int) -> Load:
    """Put load on a server, given by its address and process.

    Raises:
        RuntimeError: wrk fails.
    """
    address, process = at
    before = spent(process)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(lua)
        file.flush()
        done = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", file.name, address],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(done.stderr or done.stdout)

    def quantile(share: int) -> float:
        found = re.search(rf"^\s*{share}%\s+([\d.]+)(us|ms|s|m)\s*$", done.stdout, re.MULTILINE)
        assert found, done.stdout
        return float(found[1]) * UNITS[found[2]]

    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    assert rate, done.stdout
    answered = re.search(r"(\d+) requests in", done.stdout)
    assert answered
    each = (spent(process) - before) / int(answered[1])
    return Load(float(rate[1]), quantile(50), quantile(99), int(failed[1]) if failed else 0, each)


def rows(seconds: int, port: int = 18765) -> Iterable[Row]:
    """Measure the endpoint; ``seconds`` of load each. No rows where wrk is not installed."""
    if not shutil.which("wrk"):
        yield Row("HTTP", "not measured: wrk is not installed (apt-get install wrk)", 0, "requests/s")
        return
    asked = paths(RuleBook.unchecked(load()), 500)
    again, fresh = script(asked, False), script(asked, True)
    empty_command = ["-m", "benchmarks.empty", str(port)]
    with served(empty_command, port, "/v1/check") as at:
        wrk(at, again, 1, CONNECTIONS)
        before = wrk(at, again, seconds, CONNECTIONS)
    with served(["-m", "datarules", "serve", "--port", str(port)], port, "/health") as at:
        address = at[0]
        for _ in range(4):  # until the SPARQL workers are loaded, which takes both cores
            urllib.request.urlopen(address + "/sparql?query=ASK%7B%7D", timeout=60).read()
            time.sleep(2)
        for path in asked:
            urllib.request.urlopen(address + path, timeout=5).read()
        cached = wrk(at, again, seconds, CONNECTIONS)
        pause = BUSY_CONNECTIONS / (cached.rate * BUSY)
        busy = wrk(at, script(asked, False, pause), seconds, BUSY_CONNECTIONS)
        uncached = wrk(at, fresh, seconds, CONNECTIONS)
        slow_pause = BUSY_CONNECTIONS / (uncached.rate * BUSY)
        slow_busy = wrk(at, script(asked, True, slow_pause), seconds, BUSY_CONNECTIONS)
    with served(empty_command, port, "/v1/check") as at:
        after = wrk(at, again, seconds, CONNECTIONS)
    empty = (before.rate + after.rate) / 2
    yield Row("HTTP", "empty FastAPI endpoint", empty, "requests/s", note=_told(after))
    yield Row("HTTP", "/v1/check, cached", cached.rate, "requests/s", note=_told(cached))
    yield Row("HTTP", "/v1/check, uncached", uncached.rate, "requests/s", note=_told(uncached))
    yield Row(
        "HTTP",
        "cached, of the empty endpoint",
        100 * cached.rate / empty,
        "%",
        SHARE["cached"],
        at_least=True,
    )
    yield Row(
        "HTTP",
        "uncached, of the empty endpoint",
        100 * uncached.rate / empty,
        "%",
        SHARE["uncached"],
        at_least=True,
    )
    idle = (before.spent + after.spent) / 2
    for name, found in (("cached", cached), ("uncached", uncached)):
        told = (
            f"{found.spent * 1e6:,.0f} µs a request against {idle * 1e6:,.0f}; other processes do not count"
        )
        share = 100 * idle / found.spent
        yield Row("HTTP", f"{name}, by processor time", share, "%", SHARE[name], at_least=True, note=told)
    yield Row("HTTP", "cached, 99th percentile at 80 % load", busy.p99, "s", P99, note=_told(busy))
    yield Row(
        "HTTP", "uncached, 99th percentile at 80 % load", slow_busy.p99, "s", P99, note=_told(slow_busy)
    )


def _told(found: Load) -> str:
    told = f"{found.rate:,.0f} requests/s, p50 {found.p50 * 1e3:.2f} ms, p99 {found.p99 * 1e3:.2f} ms"
    return told + (f", {found.failures} FAILED" if found.failures else "")
