"""The command on imagined law: what changes if a scenario comes true, or one made from words."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from . import builder, reports, scenario, whatif_rdf, whatif_report
from .commands import facts_of, write_whole
from .commands_world import SHOWN, Add, made_study, print_json, scope_arguments, watched
from .errors import InputError
from .required import Step
from .screen import show_lines, show_table
from .study import Asked, Study
from .supposing import Supposed
from .whatif import Effect

BUILT = ("by", "of", "members", "ends", "where", "title", "name")
"""Words of the builder that are flags of their own; the scope arguments and the level are the others."""


def _listed(args: argparse.Namespace) -> int:
    rows = [whatif_report.summary(scenario.read(path)) for path in scenario.names().values()]
    if args.json:
        return print_json(rows)
    show_table(rows, ("name", "title", "from"))
    return 0


def _alone(args: argparse.Namespace) -> None:
    """Refuse words of the builder without ``--new``, and a scenario beside it.

    Raises:
        InputError: with each of them.
    """
    extra = [name for name in (*BUILT, "start", "output") if getattr(args, name)]
    if args.new and args.scenario:
        raise InputError.single(
            "scenario", args.scenario, "--new makes one of its own.", "Give one of the two."
        )
    if not args.new and extra:
        raise InputError.single(
            extra[0], str(getattr(args, extra[0])), "This needs --new.", "Say --new KIND."
        )


def _built(args: argparse.Namespace, made: Study) -> builder.Built:
    words = {name: getattr(args, name) for name in (*BUILT, "data", "purpose", "sector", "level")}
    if args.output:  # a scenario is read from a file of its name
        words["name"] = args.name or Path(args.output).stem
        if builder.slug(words["name"]) != Path(args.output).stem:
            remedy = f"Write it to {builder.slug(words['name'])}.ttl."
            raise InputError.single("output", args.output, "A scenario lies in a file of its name.", remedy)
    return made.build({**words, "kind": args.new, "from": args.start}, date.today())


def run(args: argparse.Namespace) -> int:
    """List the scenarios, or lay one over the data and tell what changes; with ``--new``, make it first.

    Raises:
        InputError: the day lies before the scenario's first.
    """
    _alone(args)
    if args.scenario is None and not args.new:
        return _listed(args)
    made = made_study(args)
    plan = _built(args, made) if args.new else None
    if plan is not None and args.output:
        write_whole(Path(args.output), plan.turtle.encode())
    source = scenario.read_own(plan.turtle) if plan else scenario.read(scenario.find(args.scenario))
    words = {n: getattr(args, n) for n in ("data", "purpose", "sector")}
    asked = made.asked_of(source, {**words, "as_of": args.date, "facts": facts_of(args.fact)})
    steps: Sequence[Step] = ()
    with watched("Deciding every pair twice") as progress:
        after = made.suppose(source)
        level = args.level or (plan.plan.level if plan else "safeguards")
        found = made.effect(after, asked, level, progress)
        if plan is not None:
            steps = made.required(plan, after, asked, progress=progress)
    return _told(args, made, after, found, asked, plan, steps)


def _told(
    args: argparse.Namespace,
    made: Study,
    after: Supposed,
    found: Effect,
    asked: Asked,
    plan: builder.Built | None,
    steps: Sequence[Step],
) -> int:
    one = after.scenario
    if args.format:
        sys.stdout.buffer.write(whatif_rdf.write(args.format, made.book, after, found, asked))
        return 0
    if args.json:
        about = reports.head(made.book, asked.day, asked.cell, asked.facts)
        document = whatif_report.document(made.book, after.book, one, found, about)
        whole = whatif_report.built(made.book, after.book, plan, steps, document) if plan else document
        return print_json(whole)
    lines = whatif_report.text(made.book, after.book, found)
    show_lines(one.title, [one.definition, *lines][:SHOWN], len(lines) + 1)
    if plan is not None:
        told = [
            f"{whatif_report.step_text(made.book, after.book, plan.plan, s)}{f' ({s.act})' if s.act else ''}"
            for s in steps
        ]
        show_lines("What each party would have to change", told[:SHOWN], len(told))
    return 0


def add_parsers(add: Add) -> None:
    """Add this command to the parser of the command line."""
    text = "Lay a scenario over the data and tell what changes; without one, list them. With --new, make one."
    one = add("whatif", run, text)
    one.add_argument(
        "scenario", nargs="?", help="name of a scenario that ships with the data, or a Turtle file"
    )
    scope_arguments(one, many=True, default=None)
    one.set_defaults(purpose=None, sector=None)
    one.add_argument(
        "--level", help="level of the scale pairs are counted at, and of a new route (default: safeguards)"
    )
    one.add_argument("--format", choices=whatif_rdf.FORMATS, help="the effect as RDF")
    new = one.add_argument_group("a scenario of your own")
    new.add_argument(
        "--new", choices=builder.KINDS, metavar="KIND", help=f"one of {', '.join(builder.KINDS)}"
    )
    new.add_argument("--by", metavar="PLACES", help="places or lists whose law changes, or all")
    new.add_argument(
        "--of", metavar="PLACES", help="places or lists the change is about (default for a ban: all)"
    )
    new.add_argument("--members", metavar="PLACES", help="of a scheme, certification, clauses or treaty")
    new.add_argument("--ends", metavar="IDS", help="rules or entries that end")
    new.add_argument("--where", choices=builder.WHERE, help="where data are to be kept (ban, localisation)")
    new.add_argument("--from", dest="start", metavar="DAY", help="first day (default: tomorrow)")
    new.add_argument("--title", help="title (default: made from the words)")
    new.add_argument("--name", help="name in addresses (default: made from the title)")
    new.add_argument("--output", "-o", metavar="FILE", help="write the scenario as Turtle")
