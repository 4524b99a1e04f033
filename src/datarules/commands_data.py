"""What the commands on the data themselves do: coverage and format.

Data go to standard output, talk to standard error; ``--json`` gives the document of the REST API.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from . import ask, bundled, coverage, documents, law_cases
from .commands import open_data, progress_bar, write_whole
from .coverage import GAPS, OLD, Survey
from .errors import DataError, InputError, Problem
from .screen import show_lines, show_table
from .validate import cache_folder

Add = Callable[..., argparse.ArgumentParser]
COLUMNS = ("code", "verdict", "class", "law", "rules", "checked", "oldest", "open", "unknown")
SHOWN = ("verdicts", "openness", "law", "rules")
"""Totals shown on a terminal."""


def days(text: str) -> int:
    """Read a number of days.

    Raises:
        argparse.ArgumentTypeError: it is not a whole number from 0.
    """
    if not text.isdecimal() or len(text) > 5:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days; give a whole number from 0")
    return int(text)


def coverage_of(args: argparse.Namespace) -> int:
    """Say how much of the law the graph holds, and which readings are old."""
    problems: list[Problem] = []
    day = ask.day_of(args.date, "date", problems) if args.date else date.today()
    if problems or day is None:
        raise InputError(*problems)
    _, book = open_data(args)
    progress, close = progress_bar("Deciding every pair")
    try:
        cases = bundled.case_counts(Path(args.data_dir) if args.data_dir else None)
        asked = law_cases.at_hand(book)
        found = coverage.survey(book, day, cases, progress, asked.tested if asked else None)
    finally:
        close()
    old = coverage.stale(found, day, args.stale) if args.stale is not None else None
    if args.markdown:
        print(documents.coverage_markdown(found), end="")
    elif args.json:
        made = coverage.document(found, old)
        print(json.dumps(made, ensure_ascii=False, indent=2))
    elif old is not None:
        rows = [coverage.row_document(row) for row in old]
        show_table(rows, ("code", "label", "oldest_reading", "reviewed_on"))
        print(
            f"{len(old)} jurisdictions rest on a reading more than {args.stale} days before {day.isoformat()}."
        )
    else:
        _show(found)
    return 0


def _show(found: Survey) -> None:
    sums = coverage.totals(found)
    rows = [
        {
            "code": row.code,
            "verdict": row.verdict.value,
            "class": row.openness.value,
            "law": row.law.value,
            "rules": sum(row.rules.values()),
            "checked": documents.checked(row),
            "oldest": row.oldest,
            "open": len(row.questions),
            "unknown": row.unknown,
        }
        for row in found.rows
    ]
    show_table(rows, COLUMNS)
    lines = [f"{name}: " + ", ".join(f"{n:,} {word}" for word, n in sums[name].items()) for name in SHOWN]
    unknown = f"{found.unknown:,} of {found.pairs:,} pairs ({sums['unknown_share']:.1%})"
    lines.append(f"unknown for personal data: {unknown}")
    lines += [f"{n} origins unknown: {GAPS[kind]}" for kind, n in sums["gaps"].items() if n]
    show_lines(f"{sums['jurisdictions']} jurisdictions on {found.day.isoformat()}", lines, len(lines))
    print("--markdown and --json give more: evidence, entries, cases, sources and what is open.")


def format_files(args: argparse.Namespace) -> int:
    """Bring data files into the one layout, or say which are not in it."""
    from .layout import layout

    base = Path(args.data_dir) if args.data_dir else None
    paths = [Path(f) for f in args.files] or bundled.data_files(base)
    made: dict[Path, str] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
            after = layout(text, path.name)
        except UnicodeDecodeError:
            problems.append(Problem(str(path), "", "The file is not UTF-8.", "Save it as UTF-8."))
        except DataError as error:
            problems += error.problems
        else:
            if after != text:
                made[path] = after
    if problems:
        raise DataError(*problems)
    if args.check:
        for path in made:
            print(f"{path}: not in the one layout; run: datarules format {path}")
        return 1 if made else 0
    for path, text in made.items():
        write_whole(path, text.encode(), tell=False)
    print(f"{len(made)} of {len(paths)} files brought into the one layout.", file=sys.stderr)
    return 0


def release(args: argparse.Namespace) -> int:
    """Write a release, or check one against its checksums."""
    from . import released
    from .release import write

    if args.verify:
        sums = released.verified(Path(args.verify))
        dataset, _ = released.open_release(Path(args.verify))
        print(f"{args.verify}: release {dataset.release}, {len(sums)} files as they were written.")
        return 0
    problems: list[Problem] = []
    day = ask.day_of(args.date, "date", problems) if args.date else None
    if problems:
        raise InputError(*problems)
    dataset, book = open_data(args)
    progress, close = progress_bar("Writing the release")
    try:
        path = write(dataset, book, Path(args.output), day, progress, cache_folder())
    finally:
        close()
    print(f"{path}: {path.stat().st_size:,} bytes, release {dataset.release}", file=sys.stderr)
    print(path)
    return 0


def add_parsers(add: Add) -> None:
    """Add these commands to the parser of the command line."""
    one = add("coverage", coverage_of, "Say how much of the law the graph holds, by jurisdiction.")
    one.add_argument("--date", help="day decided on, from which readings age, YYYY-MM-DD (default: today)")
    one.add_argument(
        "--stale",
        nargs="?",
        type=days,
        const=OLD,
        metavar="DAYS",
        help=f"only jurisdictions whose oldest deciding reading is older (default: {OLD} days)",
    )
    one.add_argument("--markdown", action="store_true", help="the page docs/coverage.md for this day")

    two = add("format", format_files, "Bring data files into the one layout of CONTRIBUTING.", as_json=False)
    two.add_argument("files", nargs="*", metavar="FILE", help="files to format (default: all data files)")
    two.add_argument("--check", action="store_true", help="change nothing; name the files not in the layout")

    three = add(
        "release", release, "Write a dated, versioned release in one file, or check one.", as_json=False
    )
    three.add_argument("--output", "-o", default=".", metavar="FOLDER", help="default: here")
    three.add_argument("--date", help="day of its decisions, YYYY-MM-DD (default: the last review)")
    three.add_argument("--verify", metavar="FILE", help="check a release against its checksums instead")
