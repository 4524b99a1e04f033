"""The command that checks logs of transfers of any size: flows."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .commands import open_data
from .commands_world import Add
from .errors import ConfigError
from .screen import show_lines, show_table


@contextmanager
def _watched() -> Iterator[Any]:
    """Draw a bar a step where a person is watching."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def tell(text: str, share: float) -> None:
            if text not in tasks:
                for task in tasks.values():
                    bar.update(task, completed=1.0)
                tasks[text] = bar.add_task(text, total=1.0)
            bar.update(tasks[text], completed=share)

        yield tell


def _engine(args: argparse.Namespace) -> Any:
    from . import flow_engines

    if args.engine == "spark":
        return flow_engines.Spark()
    return flow_engines.DuckDB(args.threads, args.memory)


def flows(args: argparse.Namespace) -> int:
    """Check logs of transfers, row by row."""
    try:
        from . import flow_mapping, flow_report
        from . import flows as logs
    except ModuleNotFoundError as error:
        raise ConfigError.single(
            "flows", error.name, "A library is missing.", "Install datarules with its dependencies."
        ) from None
    paths = logs.found_files(args.files)
    mapping = flow_mapping.read(Path(args.mapping)) if args.mapping else None
    output = Path(args.output) if args.output else None
    if output is not None:
        logs.writable(output)
    book = open_data(args)[1]
    engine = _engine(args)
    with _watched() as progress:
        checked = logs.check(book, engine, paths, mapping, progress)
        if output is not None:
            logs.write(engine, checked, output, progress)
    made = flow_report.document(book, checked)
    if args.report:
        _report(made, Path(args.report), flow_report.markdown(made))
    if args.json:
        print(json.dumps(made, ensure_ascii=False, indent=2))
    else:
        _show(made)
    return 0


def _report(made: dict[str, Any], path: Path, markdown: str) -> None:
    text = json.dumps(made, ensure_ascii=False, indent=2) + "\n" if path.suffix == ".json" else markdown
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.absolute().parent, delete=False) as part:
        part.write(text)
    Path(part.name).replace(path)


def _show(made: dict[str, Any]) -> None:
    show_table(made["statuses"], ("status", "rows", "share"))
    if made["pairs"]:
        show_table(
            made["pairs"][:12], ("origin", "destination", "data", "status", "rows", "obstacle", "article")
        )
    lines = [f"{row['rows']:,} rows: {row['problem']}" for row in made["problems"]]
    lines += [f"{row['file']}:{row['line']}: {row['reason']}" for row in made["damaged"]]
    if lines:
        show_lines("Could not be judged", lines[:20], len(lines))
    print(
        f"{made['rows']:,} rows: {made['judged']:,} judged, {made['not_judged']:,} not, "
        f"{len(made['damaged']):,} damaged lines; for {made['depends']:,} a fact not stated could make it heavier."
    )


def add_parsers(add: Add) -> None:
    """Add this command to the parser of the command line."""
    one = add("flows", flows, "Check logs of transfers (CSV, Parquet, Arrow) of any size, row by row.")
    one.add_argument("files", nargs="+", metavar="FILE", help="files, folders or patterns of one format")
    one.add_argument("--mapping", "-m", metavar="TOML", help="what the columns are (default: by their names)")
    one.add_argument(
        "--output", "-o", metavar="FILE", help="the rows with status, rule and reason: .parquet, .csv, .arrow"
    )
    one.add_argument("--report", metavar="FILE", help="the summary as .md or .json")
    one.add_argument("--engine", default="duckdb", choices=("duckdb", "spark"))
    one.add_argument("--threads", type=int, metavar="N", help="of DuckDB (default: every core)")
    one.add_argument("--memory", default="2GB", help="of DuckDB, then it uses the disk (default: 2GB)")
