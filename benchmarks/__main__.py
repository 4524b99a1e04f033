"""``python -m benchmarks [PART…] [--json FILE] [--quick]``: measure and print one table."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from datarules.load import load
from datarules.rulebook import RuleBook

from .measure import Row

PARTS = (
    "decide",
    "sparql",
    "policy",
    "matrix",
    "portfolio",
    "flows",
    "start",
    "http",
    "sparql-http",
    "frames",
    "lighthouse",
    "saturation",
)
LONG = ("saturation",)
"""Parts that take long and run only where they are named."""
LIBRARIES = ("pyoxigraph", "duckdb", "cedarpy", "regopy", "fastapi", "uvicorn")


def _measure(parts: Sequence[str], quick: bool) -> Iterable[Row]:
    dataset = load()
    book = RuleBook.unchecked(dataset)
    if "decide" in parts:
        from . import decisions

        yield from decisions.rows(book, 500 if quick else 3000)
    if "sparql" in parts:
        from . import engines

        yield from engines.rows_sparql(dataset, book, 20 if quick else 200)
    if "policy" in parts:
        from . import engines

        yield from engines.rows_policy_engines(book, 50 if quick else 500)
    if "matrix" in parts:
        from . import matrices

        yield from matrices.rows(book, quick)
    if "portfolio" in parts:
        from . import portfolios

        yield from portfolios.rows(book, quick)
    if "flows" in parts:
        from . import flows

        yield from flows.rows(book, quick)
    if "start" in parts:
        from . import starts

        yield from starts.rows(2 if quick else 9)
    if "http" in parts:
        from . import http

        yield from http.rows(2 if quick else 5)
    if "sparql-http" in parts:
        from . import sparql_http

        yield from sparql_http.rows(dataset, 3 if quick else 15)
    if "saturation" in parts:
        from . import saturation

        yield from saturation.rows(quick)
    if "frames" in parts:
        from . import frames

        yield from frames.frames(40 if quick else frames.STEPS)
    if "lighthouse" in parts:
        from . import frames

        yield from frames.lighthouse(1 if quick else 3)


def shown(value: float, unit: str) -> str:
    """Return a figure for people: seconds as s, ms or µs."""
    if unit != "s":
        return f"{value:,.0f} {unit}" if value >= 100 else f"{value:,.1f} {unit}"
    for factor, name in ((1.0, "s"), (1e3, "ms"), (1e6, "µs")):
        if value * factor >= 1 or name == "µs":
            return (
                f"{value * factor:,.3g} {name}" if value * factor < 1000 else f"{value * factor:,.0f} {name}"
            )
    raise AssertionError(unit)


def verdict(row: Row) -> str:
    """Return whether the target is reached, and if not by how much it is missed."""
    if row.met is None or row.target is None:
        return ""
    if row.met:
        return "[green]met[/]"
    factor = row.target / row.value if row.at_least else row.value / row.target
    return f"[red]missed {factor:,.2f} times[/]"


def table(rows: Iterable[Row], machine: str) -> Table:
    """Return the rows as one table."""
    made = Table(title="Measures of datarules", caption=machine, expand=False)
    for heading, justify in (("", "left"), ("measured", "left"), ("median", "right"), ("target", "right")):
        made.add_column(heading, justify=justify, overflow="fold")  # type: ignore[arg-type]
    made.add_column("")
    made.add_column("how", style="dim", overflow="fold")
    part = ""
    for row in rows:
        if row.part != part:
            made.add_section()
        sign = "≥" if row.at_least else "≤"
        target = "" if row.target is None else f"{sign} {shown(row.target, row.unit)}"
        made.add_row(
            "" if row.part == part else row.part,
            row.name,
            shown(row.value, row.unit),
            target,
            verdict(row),
            row.note,
        )
        part = row.part
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks; exit code 0 whether or not targets are met, so that a slow day breaks nothing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts",
        nargs="*",
        metavar="PART",
        help=f"of {', '.join(PARTS)}; all but {', '.join(LONG)} unless given",
    )
    parser.add_argument("--json", metavar="FILE", help="also write the figures to a file")
    parser.add_argument("--quick", action="store_true", help="fewer calls: for trying out, not for judging")
    args = parser.parse_args(arguments)
    if unknown := [p for p in args.parts if p not in PARTS]:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    load_average = ", ".join(f"{n:.1f}" for n in os.getloadavg())
    machine = (
        f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, "
        f"load average at start {load_average}; " + ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    )
    console = Console(width=None if sys.stdout.isatty() else 200)
    rows = []
    with console.status("Measuring") as status:
        for row in _measure(args.parts or [p for p in PARTS if p not in LONG], args.quick):
            rows.append(row)
            status.update(f"Measured: {row.part}, {row.name}")
    console.print(table(rows, machine))
    if args.json:
        document = {"machine": machine, "quick": args.quick, "rows": [row.document() for row in rows]}
        path = Path(args.json)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
