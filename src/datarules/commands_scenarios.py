"""The command on imagined law: what changes if a scenario comes true."""

from __future__ import annotations

import argparse
import json
from typing import Any

from . import reports, scenario, study, whatif, whatif_report
from . import vocab as v
from .commands import facts_of, open_data
from .commands_world import SHOWN, Add, scope_arguments, watched
from .errors import InputError
from .screen import show_lines, show_table
from .validate import cache_folder


def _print(document: Any) -> int:
    print(json.dumps(document, ensure_ascii=False, indent=2))
    return 0


def _listed(args: argparse.Namespace) -> int:
    rows = [whatif_report.summary(scenario.read(path)) for path in scenario.names().values()]
    if args.json:
        return _print(rows)
    show_table(rows, ("name", "title", "from"))
    return 0


def run(args: argparse.Namespace) -> int:
    """List the scenarios, or lay one over the data and tell what changes.

    Raises:
        InputError: the day lies before the scenario's first.
    """
    if args.scenario is None:
        return _listed(args)
    one = scenario.read(scenario.find(args.scenario))
    dataset, book = open_data(args)
    asked = study.read(
        book,
        args.date or one.start,
        args.data or v.local(one.data) or "personal",
        args.purpose or v.local(one.purpose) or "any",
        args.sector,
        facts_of(args.fact),
    )
    if asked.day < one.start:
        reason = f"The scenario begins on {one.start.isoformat()}."
        raise InputError.single("date", asked.day.isoformat(), reason, "Name that day or a later one.")
    with watched("Deciding every pair twice"):
        after = scenario.apply(dataset, one, cache_folder())
        found = whatif.effect(
            book,
            after,
            asked.day.toordinal(),
            [cell.data for cell in asked.cells],
            study.level_of(args.level),
            facts=asked.facts,
            purpose=asked.cell.purpose,
            sector=asked.cell.sector,
        )
    if args.json:
        about = reports.head(book, asked.day, asked.cell, asked.facts)
        return _print(whatif_report.document(book, after, one, found, about))
    lines = whatif_report.text(book, after, found)
    show_lines(one.title, [one.definition, *lines][:SHOWN], len(lines) + 1)
    return 0


def add_parsers(add: Add) -> None:
    """Add this command to the parser of the command line."""
    one = add("whatif", run, "Lay a scenario over the data and tell what changes; without one, list them.")
    one.add_argument(
        "scenario", nargs="?", help="name of a scenario that ships with the data, or a Turtle file"
    )
    scope_arguments(one, many=True, default=None)
    one.set_defaults(purpose=None)
    one.add_argument("--level", default="safeguards", help="level of the scale (default: safeguards)")
