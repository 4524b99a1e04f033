"""What the commands on designs do: bridges, portfolio, mechanisms.

Data go to standard output, talk to standard error; ``--json`` gives the documents of the REST API.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import Any

from . import designs, study
from .commands_world import Add, _asked, _level, _pair, made_study, print_json, scope_arguments, watched
from .effects import KINDS
from .errors import InputError
from .planning import by_class, choose, kinds_of, limits_of, weights_of
from .portfolio import OBJECTIVES, TIME_LIMIT
from .screen import show_lines, show_table
from .study import Study

SHOWN = 40
"""Rows of a list shown on a terminal; ``--json`` gives all."""


def _with_people(made: Study, file: str | None) -> None:
    """Read people by code of place from a file of two columns, and let the study count them.

    Raises:
        InputError: a line is no code and number.
    """
    if not file:
        return
    found: dict[str, int] = {}
    with Path(file).open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.reader(lines), 1):
            if len(row) >= 2 and row[1].strip().isdigit():
                found[row[0].strip()] = int(row[1])
            elif number > 1:
                remedy = "Give a code and a whole number, such as BR,203000000."
                raise InputError.single(f"{file}:{number}", ",".join(row), "These are no people.", remedy)
    made.people = found


def bridges(args: argparse.Namespace) -> int:
    """Say what would make a pair compatible at a level, the cheapest first."""
    made = made_study(args)
    asked = _asked(args, made, first=args.first, second=args.second)
    weights = weights_of(args.weights)
    found = made.bridge(asked, study.level_of(args.level), weights)
    document = designs.bridge(made.book, found, asked.day, asked.cell, by_class(weights))
    if args.json:
        return print_json(document)
    for way in document["directions"]:
        lines = [f"cost {one['cost']:g}: {one['text']}" for one in way["ways"]]
        lines = lines or ["there already, or no small change that can be named does it"]
        show_lines(f"{way['origin']} → {way['destination']}: {way['status']}", lines, len(lines))
    both = document["both"]
    text = f"cost {both['cost']:g}: {both['text']}" if both else "no small change that can be named does it"
    show_lines(f"Both ways at {document['level']} or freer", [text], 1)
    return 0


def portfolio(args: argparse.Namespace) -> int:
    """Choose the changes of law that gain most."""
    made = made_study(args)
    _with_people(made, args.people)
    asked = _asked(args, made)
    weights, limits = weights_of(args.weights), limits_of(args.k, args.budget, args.front)
    with watched("Deciding every change") as progress:
        chooser = made.chooser(
            asked,
            study.level_of(args.level),
            args.objective,
            not args.one_way,
            weights,
            kinds_of(args.kinds),
            progress,
        )
    with watched("Choosing") as progress:
        found = choose(chooser, limits, args.greedy, args.time_limit, progress)
    document = designs.portfolios(
        made.book, found, chooser.effects, asked.day, args.objective, not args.one_way, by_class(weights)
    )
    if args.json:
        return print_json(document)
    for one in document["portfolios"]:
        show_lines(_heading(one, document), [_line(c) for c in one["changes"]], len(one["changes"]))
    return 0


def _heading(one: dict[str, Any], document: dict[str, Any]) -> str:
    gap = "not known" if one["gap"] is None else f"{one['gap']:.2%}"
    bound = "none" if one["bound"] is None else f"{one['bound']:,}"
    return (
        f"{len(one['changes'])} changes, cost {one['cost']:g}: +{one['gain']:,} on {one['base']:,} "
        f"({document['objective']}, {document['joined']}); decided again +{one['decided']:,}; "
        f"bound {bound}, gap {gap} ({one['method']}); fewest partners {one['fewest_partners'][0]} → {one['fewest_partners'][1]}"
    )


def _line(one: dict[str, Any]) -> str:
    equals = f"; {len(one['equals'])} others would do the same" if one["equals"] else ""
    return f"+{one['alone']:,} alone, {one['class']}: {one['text']}{equals}"


def mechanisms(args: argparse.Namespace) -> int:
    """Compare mechanisms, or say how one would fit among some places."""
    made = made_study(args)
    _with_people(made, args.people)
    level = study.level_of(args.level)
    members = [word for word in (args.members or "").split(",") if word.strip()]
    asked = _asked(args, made, True, **{f"members {n + 1}": word for n, word in enumerate(members)})
    if not args.kind:
        with watched("Looking at every pair") as progress:
            found = made.mechanisms(asked, level, progress)
        document = designs.mechanisms(made.book, found, asked.day, asked.cell, level)
        if args.json:
            return print_json(document)
        rows = [{**row, "orders": len(row["orders"])} for row in document["mechanisms"][:SHOWN]]
        show_table(rows, ("sort", "label", "orders", "pairs", "mutual", "alone", "commitments"))
        return 0
    with watched("Looking at every pair") as progress:
        one = made.fit(asked, args.kind, level, args.scheme or "", progress)
    document = designs.fit(made.book, one, asked.day, asked.cell)
    if args.json:
        return print_json(document)
    head = (
        f"{document['mechanism']} among {len(document['members'])} places at {document['level']}: "
        f"{document['today']} of {document['pairs']} pairs today, {document['after']} after the changes; "
        f"mutual {document['mutual']} → {document['after_mutual']}; accepted by {len(document['accepted_by'])}"
    )
    lines = [f"{', '.join(n['origins'])} ({n['class']}): {n['text']}" for n in document["needs"]]
    show_lines(head, lines or ["no change is needed, or none would do"], max(1, len(lines)))
    blocked = [
        f"{b['origin']} → {b['destination']} ({b['status']}): "
        + (
            "; ".join([x["label"] for x in b["bans"]] + [c["text"] for c in b["conflicts"]])
            or "law not encoded"
        )
        for b in document["blocked"]
    ]
    if blocked:
        show_lines("Blocked", blocked[:SHOWN], len(blocked))
    return 0


def add_parsers(add: Add) -> None:
    """Add these commands to the parser of the command line."""
    one = add("bridges", bridges, "Say what would make two places compatible at a level, the cheapest first.")
    _pair(one, ("first", "second"))
    scope_arguments(one)
    _level(one)
    _weights(one)

    two = add(
        "portfolio", portfolio, "Choose the changes of law that join most, within a number or a budget."
    )
    two.add_argument("--k", type=int, metavar="N", help="most changes (default: 10 unless a budget is given)")
    two.add_argument("--budget", type=float, metavar="B", help="most cost")
    two.add_argument("--objective", choices=OBJECTIVES, default="pairs")
    two.add_argument(
        "--one-way", action="store_true", help="count transfers one way instead of pairs both ways"
    )
    two.add_argument("--kinds", help=f"kinds of change, separated by commas (default: {','.join(KINDS)})")
    two.add_argument(
        "--front", type=int, default=1, metavar="N", help="N limits up to the one given: cost against gain"
    )
    two.add_argument(
        "--greedy", action="store_true", help="best next change again and again, instead of exactly"
    )
    two.add_argument(
        "--time-limit", type=float, default=TIME_LIMIT, metavar="SECONDS", help="for the solver (default: 60)"
    )
    _people(two)
    scope_arguments(two)
    _level(two)
    _weights(two)

    three = add(
        "mechanisms", mechanisms, "Compare mechanisms, or say how a kind would fit among some places."
    )
    three.add_argument("kind", nargs="?", metavar="KIND", help="kind of mechanism, such as recognition")
    three.add_argument("--members", help="codes or names of places, separated by commas")
    three.add_argument("--scheme", help="a scheme whose members they are, such as GlobalCBPR")
    _people(three)
    scope_arguments(three)
    _level(three)


def _people(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--people", metavar="FILE", help="people by place: lines of code,number")


def _weights(sub: argparse.ArgumentParser) -> None:
    text = "costs of private act, administrative act, statute, treaty (default: 1,3,10,30)"
    sub.add_argument("--weights", metavar="A,B,C,D", help=text)
