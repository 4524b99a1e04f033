"""What the commands on the law as a whole do: compare, conflicts, islands, path, obstacles, history.

Data go to standard output, talk to standard error; ``--json`` gives the documents of the REST API.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from . import history as past
from . import reports, study, wording
from .commands import facts_of, open_data, progress_bar
from .conflicts import KINDS
from .errors import InputError
from .model import Transfer
from .screen import show_lines, show_table
from .study import Asked, Study
from .validate import cache_folder

Add = Callable[..., argparse.ArgumentParser]
SHOWN = 40
"""Rows of a list shown on a terminal; ``--json`` gives all."""


def made_study(args: argparse.Namespace) -> Study:
    """Return a study of the data named or bundled."""
    dataset, book = open_data(args)
    return Study.of(book, cache_folder(), dataset)


def _asked(args: argparse.Namespace, made: Study, one: bool = True, **places: str) -> Asked:
    return study.read(
        made.book,
        args.date or date.today(),
        args.data or "personal",
        args.purpose,
        args.sector,
        facts_of(args.fact),
        places,
        one,
    )


@contextmanager
def watched(text: str) -> Any:
    """Draw a bar while something runs, where a person is watching."""
    progress, close = progress_bar(text)
    try:
        yield progress
    finally:
        close()


def print_json(document: Any) -> int:
    """Print a document as JSON; return the exit code."""
    print(json.dumps(document, ensure_ascii=False, indent=2))
    return 0


def compare(args: argparse.Namespace) -> int:
    """Compare two jurisdictions."""
    made = made_study(args)
    asked = _asked(args, made, first=args.first, second=args.second)
    found = made.compare(asked)
    document = reports.comparison(made.book, found, asked.day, asked.cell, date.today())
    if args.json:
        return print_json(document)
    from .screen import show_comparison

    show_comparison(document)
    return 0


def conflicts(args: argparse.Namespace) -> int:
    """List conflicts between norms."""
    made = made_study(args)
    places = {n: w for n, w in (("jurisdiction", args.jurisdiction), ("other", args.other)) if w}
    asked = _asked(args, made, **places)
    data = asked.cell.data if args.data else None
    with watched("Comparing legal orders") as progress:
        found = made.conflicts(asked, data, args.kind or KINDS, progress)
    kept = [one for one in found if one.now or args.possible]
    if args.json:
        return print_json(reports.conflicts(made.book, kept, asked.day, data))
    heading = f"{len(kept)} conflicts on {asked.day.isoformat()}"
    show_lines(heading, [wording.clash(made.book, one) for one in kept[:SHOWN]], len(kept))
    return 0


def islands(args: argparse.Namespace) -> int:
    """Show the data islands of a day, or how they changed."""
    made = made_study(args)
    asked = _asked(args, made)
    level, case = study.level_of(args.level), study.case_of(args.case)
    with watched("Walking through the days of change") as progress:
        states = made.island_states(asked, level, case, progress)
    if args.history:
        if args.json:
            return print_json(reports.island_history(made.book, states))
        lines = [wording.island_change(made.book, change) for state in states for change in state.changes]
        show_lines(f"Islands at {level.value} since {study.FIRST.isoformat()}", lines, len(lines))
        return 0
    found = made.islands(asked, level, case)
    named = made.named_islands(asked, level, case)
    document = reports.islands(made.book, found, asked.day, asked.cell, level, case, named)
    if args.json:
        return print_json(document)
    from .screen import show_islands

    show_islands(document)
    return 0


def path(args: argparse.Namespace) -> int:
    """Find lawful chains between two places."""
    made = made_study(args)
    asked = _asked(args, made, origin=args.origin, destination=args.destination)
    found = made.paths(asked, args.longest)
    document = reports.paths(made.book, found, asked.day, asked.cell, asked.facts)
    if args.json:
        return print_json(document)
    lines = list(document["direct"]["text"]) + document["why_not_direct"][:3]
    show_lines("Direct", lines, len(lines))
    for heading, chains in (
        ("Chains", document["chains"]),
        ("Barred by a rule carried along", document["barred"]),
    ):
        for chain in chains:
            show_lines(heading, chain["text"], len(chain["text"]))
    return 0


def obstacles(args: argparse.Namespace) -> int:
    """Say what stands between two places, or what the world's main obstacles are."""
    made = made_study(args)
    level = study.level_of(args.level)
    if args.origin or args.destination:
        if not (args.origin and args.destination):
            raise InputError.single("destination", "", "One place is missing.", "Name two places, or none.")
        asked = _asked(args, made, origin=args.origin, destination=args.destination)
        bench, ways = made.obstacles(asked, level)
        document = reports.obstacles(made.book, bench, ways, level, asked.day)
        if args.json:
            return print_json(document)
        head = f"{document['origin']} → {document['destination']}: {document['status']}; at {level.value} or freer with"
        lines = [one["text"] for one in document["ways"]] or [
            "nothing: it is there already, or no small change does it"
        ]
        show_lines(head, lines, len(lines))
        return 0
    asked = _asked(args, made, one=False)
    with watched("Looking at every pair") as progress:
        found = made.barriers(asked, level, progress)
    rows = [reports.barrier(made.book, one) for one in found]
    if args.json:
        common = reports.head(made.book, asked.day, facts=asked.facts)
        return print_json({**common, "level": level.value, "total": len(rows), "obstacles": rows})
    columns = ("data", "kind", "pairs", "alone", "text")
    show_table(rows[:SHOWN], columns)
    return 0


def history(args: argparse.Namespace) -> int:
    """Tell how the status of a pair changed, both ways."""
    made = made_study(args)
    asked = _asked(args, made, first=args.first, second=args.second)
    first, second = asked.places
    stated = tuple(sorted(asked.facts.items()))
    both: list[dict[str, Any]] = []
    for a, b in ((first, second), (second, first)):
        transfer = Transfer(a, b, (asked.cell.data,), asked.cell.purpose, asked.cell.sector, stated)
        periods = past.Periods()
        for day, decision in past.walk(made.book, transfer, past.FIRST_DAY):
            periods.add(day, decision)
        both.append(
            {
                "origin": made.book.records.jurisdictions[a].code,
                "destination": made.book.records.jurisdictions[b].code,
                "periods": periods.rows,
            }
        )
    if args.json:
        return print_json(both)
    for one in both:
        rows = [{"way": f"{one['origin']} → {one['destination']}", **row} for row in one["periods"]]
        show_table(rows, ("way", "from", "until", "status", "best", "worst"))
    return 0


# -- the parser


def scope_arguments(
    sub: argparse.ArgumentParser,
    many: bool = False,
    default: str | None = "personal",
    many_days: bool = False,
) -> None:
    """Add the arguments that say which data, day and facts a command is about."""
    text = "data categories, separated by commas, or all" if many else "one data category"
    shown = f" (default: {default})" if default else " (default: any)"
    sub.add_argument("--data", default=default, help=text + shown)
    sub.add_argument("--purpose", default="any", help="what the data are sent for (default: any)")
    sub.add_argument("--sector", default="any", help="sector of the parties (default: any)")
    if many_days:
        sub.add_argument("--date", action="append", help="day, YYYY-MM-DD; may be repeated (default: today)")
    else:
        sub.add_argument("--date", help="day, YYYY-MM-DD (default: today)")
    sub.add_argument(
        "--fact", action="append", default=[], metavar="NAME=VALUE", help="state a fact; may be repeated"
    )


def _pair(sub: argparse.ArgumentParser, names: Sequence[str], needed: bool = True) -> None:
    for name in names:
        sub.add_argument(name, help="code or name", nargs=None if needed else "?")


def _level(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--level", default="safeguards", help="level of the scale (default: safeguards)")


def add_parsers(add: Add) -> None:
    """Add these commands to the parser of the command line."""
    one = add(
        "compare", compare, "Compare two jurisdictions: both directions, rule by rule, conflicts, verdict."
    )
    _pair(one, ("first", "second"))
    scope_arguments(one)

    two = add("conflicts", conflicts, "List norms of two legal orders that meet, with both articles.")
    _pair(two, ("jurisdiction", "other"), needed=False)
    scope_arguments(two, default=None)
    two.add_argument("--kind", action="append", choices=KINDS, help="kind of conflict; may be repeated")
    two.add_argument("--possible", action="store_true", help="also those that bite only on facts not stated")

    three = add("islands", islands, "Show which jurisdictions may exchange data, as islands.")
    scope_arguments(three)
    _level(three)
    three.add_argument("--case", default="status", help="status, best or worst (default: status)")
    three.add_argument("--history", action="store_true", help="how islands merged and split since 1995")

    four = add("path", path, "Find lawful chains A → B → C, with the first law's onward rules carried along.")
    _pair(four, ("origin", "destination"))
    scope_arguments(four)
    four.add_argument("--longest", type=int, default=2, choices=(1, 2, 3), help="most steps (default: 2)")

    five = add("obstacles", obstacles, "Say what stands between two places, or the world's main obstacles.")
    _pair(five, ("origin", "destination"), needed=False)
    scope_arguments(five, many=True)
    _level(five)

    six = add("history", history, "Tell how the status of a pair changed over the years, both ways.")
    _pair(six, ("first", "second"))
    scope_arguments(six)
