"""Logs of transfers against DuckDB's plain hash join of the same rows, in one run on the same engine.

The rows are made here: places skewed as traffic is, five categories, three years of days. The plain join
looks up three text columns in a table of the combinations that occur, which is the least that any table of
decisions by pair and category must do; it knows neither days nor what to do with words that do not fit.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from datarules import flow_engines, flow_mapping, flows
from datarules import vocab as v
from datarules.rulebook import RuleBook

from .measure import Row

ROWS = int(os.environ.get("DATARULES_BENCH_ROWS", 20_000_000))
SPEED = 20e6
"""Rows a second aimed at."""
SHARE = 60.0
"""Percent of the plain join's speed aimed at."""
MAPPING = {"columns": {"origin": "src", "destination": "dst", "date": "day", "data": "data"}}
DATA = ("personal", "health", "payment", "location", "communications")


def _made(book: RuleBook, path: Path, rows: int, days: int) -> None:
    """Write a log of random transfers."""
    codes = sorted(j.code for j in book.records.jurisdictions.values())
    data = [d for d in DATA if v.CATEGORY + d in book.records.categories]
    base = flow_engines.DuckDB().base
    base.con.execute(
        f"""COPY (
          SELECT i AS id, ($1)[1 + (pow(random(), 3) * {len(codes) - 1})::INT] AS src,
            ($1)[1 + (pow(random(), 3) * {len(codes) - 1})::INT] AS dst,
            ($2)[1 + (random() * {len(data) - 1})::INT] AS data,
            DATE '2023-06-01' + (random() * {days})::INT AS day, (random() * 1e6)::INT AS bytes
          FROM range({rows}) t(i)) TO '{path}' (FORMAT parquet)""",
        [codes, data],
    )


def _timed(run: Callable[[], Any]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _plain(path: Path) -> tuple[float, float]:
    """Return the seconds of the plain join alone, and of writing its result."""
    con = flow_engines.DuckDB().base.con
    con.execute(
        f"CREATE TABLE combos AS SELECT src, dst, data, row_number() OVER () AS k FROM (SELECT DISTINCT src, dst, data FROM '{path}')"
    )
    joined = f"FROM '{path}' l LEFT JOIN combos USING (src, dst, data)"
    alone = min(_timed(lambda: con.execute(f"SELECT sum(k) {joined}").fetchall()) for _ in range(3))
    output = path.with_name("plain.parquet")
    written = _timed(lambda: con.execute(f"COPY (SELECT l.*, k {joined}) TO '{output}'").fetchall())
    output.unlink()
    return alone, written


def rows(book: RuleBook, quick: bool) -> Iterable[Row]:
    """Measure the summary of a log and the writing of every row, on one day and over three years."""
    count = ROWS // 20 if quick else ROWS
    mapping = flow_mapping.parse(MAPPING)
    with tempfile.TemporaryDirectory() as folder:
        for name, days in (("one day", 0), ("three years, every pair on every day", 1000)):
            path = Path(folder) / f"{days}.parquet"
            _made(book, path, count, days)
            alone, written = _plain(path)
            engine = flow_engines.DuckDB()
            fresh = RuleBook(book.records, book.release)
            decided = 0.0
            began = time.perf_counter()
            last = [began, ""]

            def tell(text: str, share: float, last: list[Any] = last) -> None:
                nonlocal decided
                now = time.perf_counter()
                decided += now - last[0] if text == "Deciding" else 0.0
                last[:] = [now, text]

            found = flows.check(fresh, engine, [path], mapping, tell)
            taken = time.perf_counter() - began
            assert found.rows == count
            joins = taken - decided
            note = f"{count:,} rows, {len(found.counts):,} answers; deciding {decided:.1f} s besides"
            yield Row("flows", f"rows judged and counted, {name}", count / joins, "rows/s", SPEED, True, note)
            share = 100 * alone / joins
            note = f"plain join of three text columns {count / alone / 1e6:.0f} million rows/s"
            yield Row("flows", f"share of a plain hash join, {name}", share, "%", SHARE, True, note)
            output = path.with_name("answers.parquet")
            wrote = _timed(partial(flows.write, engine, found, output))
            share = 100 * written / wrote
            note = f"ten columns added: {count / wrote / 1e6:.1f} million rows/s; plain join {count / written / 1e6:.1f}"
            yield Row("flows", f"writing, share of the plain join's, {name}", share, "%", SHARE, True, note)
            output.unlink()
            path.unlink()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Row("flows", "most memory of the process", peak, "MB", note=f"DuckDB may use {flow_engines.MEMORY}")
