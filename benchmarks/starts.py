"""Whole processes from a cold start, and the steps to a rulebook.

The validation cache lies in a folder of its own, so that the user's is neither used nor spoiled. *Warm*
means that the data were found valid before; Python's own bytecode is compiled in all runs.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from datarules import bundled
from datarules.load import load
from datarules.rulebook import RuleBook

from .measure import Row, Sample, command

CHECK, COMPILE, ONE_FILE = 1.0, 2.0, 3.0
"""Targets in seconds."""


def rows(runs: int) -> Iterable[Row]:
    """Measure starts, loading and validation; ``runs`` processes each."""
    largest = max(bundled.data_files(), key=lambda path: path.stat().st_size)
    files = len(bundled.data_files())
    python = [sys.executable, "-m", "datarules"]
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "datarules"
        environment = {**os.environ, "XDG_CACHE_HOME": folder}

        def cold() -> None:
            shutil.rmtree(cache, ignore_errors=True)

        everything = command([*python, "validate"], max(2, runs // 3), environment, cold)
        check = command([*python, "check", "EU", "US"], 1, environment)
        check = command([*python, "check", "EU", "US"], runs, environment)
        yield Row(
            "start",
            "datarules check EU US, whole process, cache warm",
            check.median,
            "s",
            CHECK,
            note=_runs(check),
        )
        nothing = command([sys.executable, "-c", "pass"], runs, environment)
        yield Row("start", "python -c pass, for comparison", nothing.median, "s", note=_runs(nothing))
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            RuleBook.unchecked(load())
            times.append(time.perf_counter() - start)
        compiled = Sample(tuple(sorted(times)))
        yield Row(
            "start",
            f"load and compile all {files} files, in process",
            compiled.median,
            "s",
            COMPILE,
            note=_runs(compiled),
        )
        one = command([*python, "validate", str(largest)], max(2, runs // 2), environment, cold)
        yield Row(
            "start",
            f"datarules validate {largest.name} (the largest), cache empty",
            one.median,
            "s",
            ONE_FILE,
            note=_runs(one),
        )
        yield Row(
            "start",
            f"datarules validate, all files, cache empty, {os.cpu_count()} cores",
            everything.median,
            "s",
            note=_runs(everything),
        )
        again = command([*python, "validate"], runs, environment)
        again = command([*python, "validate"], runs, environment)
        yield Row(
            "start", "datarules validate, all files, nothing changed", again.median, "s", note=_runs(again)
        )


def _runs(found: Sample) -> str:
    return f"{len(found.times)} runs, {found.times[0]:.2f} to {found.times[-1]:.2f} s"
