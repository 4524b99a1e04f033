"""The command line.

Exit codes: 0 fine, 1 findings or no answer, 2 the command cannot be carried out as given.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from . import (
    __version__,
    commands,
    commands_data,
    commands_design,
    commands_divide,
    commands_files,
    commands_flows,
    commands_scenarios,
    commands_world,
)
from .answer import STALE_AFTER
from .errors import DataRulesError

Command = Callable[[argparse.Namespace], int]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="datarules",
        description="What each jurisdiction's law says about data leaving, entering and staying. Research information, not legal advice.",
    )
    parser.add_argument("--version", action="version", version=f"datarules {__version__}")
    parser.add_argument(
        "--data-dir", help="folder with jurisdictions/ and agreements/, instead of the bundled data"
    )
    parser.add_argument(
        "--release", metavar="FILE", help="a release to answer from, instead of the bundled data"
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run: Command, text: str, as_json: bool = True) -> argparse.ArgumentParser:
        sub = subparsers.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        if as_json:
            sub.add_argument("--json", action="store_true", help="machine-readable output")
        return sub

    one = add(
        "check",
        commands.check,
        "May this data go from A to B on this day, how, and if not, which rule stands in the way?",
    )
    one.add_argument("origin", help="code or name")
    one.add_argument("destination", help="code or name")
    one.add_argument(
        "--data", default="personal", help="data categories, separated by commas (default: personal)"
    )
    one.add_argument("--purpose", default="any", help="what the data are sent for (default: any)")
    one.add_argument("--sector", default="any", help="sector of the parties (default: any)")
    one.add_argument("--date", help="day, YYYY-MM-DD (default: today)")
    one.add_argument(
        "--fact", action="append", default=[], metavar="NAME=VALUE", help="state a fact; may be repeated"
    )
    one.add_argument("--open", action="store_true", help="leave every fact not stated unknown")
    one.add_argument(
        "--stale-after",
        type=commands_data.days,
        default=STALE_AFTER,
        metavar="DAYS",
        help=f"age in days from which a reading counts as stale (default: {STALE_AFTER})",
    )
    one.add_argument("--turtle", action="store_true", help="the answer as RDF")

    two = add(
        "validate", commands.validate, "Check data files; prints file:line: subject: what to mend [check]."
    )
    two.add_argument("files", nargs="*", metavar="FILE", help="files to report on (default: all)")
    two.add_argument("--sarif", action="store_true", help="findings as SARIF 2.1.0")

    three = add("rules", commands.rules, "List the rules of a jurisdiction with their articles.")
    three.add_argument("jurisdiction", help="code or name")
    three.add_argument("--date", help="only rules in force on this day")

    who = add("authorities", commands.authorities, "List who supervises data rules, with site and article.")
    who.add_argument("jurisdiction", nargs="?", help="only those of the orders it lies in; code or name")
    who.add_argument("--date", help="the day, YYYY-MM-DD; today unless given")

    four = add("facts", commands.facts, "List the facts one may state, with unit and meaning.")
    four.add_argument("jurisdiction", nargs="?", help="only facts its law asks about")

    five = add("categories", commands.categories, "List the data categories.")
    five.add_argument("--purposes", action="store_true", help="list purposes instead")
    five.add_argument("--sectors", action="store_true", help="list sectors instead")

    six = add("changes", commands.changes, "List what starts and ends between two days.")
    six.add_argument("jurisdiction", nargs="?", help="only what this one did; code or name")
    six.add_argument("--since", required=True, help="first day, YYYY-MM-DD")
    six.add_argument("--until", help="day before which to stop")

    pair = add(
        "diff",
        commands.diff,
        "Tell the history of one pair as dated events, each with the act that caused it.",
    )
    pair.add_argument("origin", help="code or name")
    pair.add_argument("destination", help="code or name")
    pair.add_argument("--data", default="personal", help="data category (default: personal)")
    pair.add_argument("--purpose", default="any", help="what the data are sent for (default: any)")
    pair.add_argument("--sector", default="any", help="sector of the parties (default: any)")
    pair.add_argument("--from", dest="first", metavar="DAY", help="first day (default: 1970-01-01)")
    pair.add_argument(
        "--to", dest="last", metavar="DAY", help="day before which to stop (default: the last known change)"
    )
    pair.add_argument(
        "--fact", action="append", default=[], metavar="NAME=VALUE", help="state a fact; may be repeated"
    )

    seven = add(
        "query", commands.query, "Answer a SPARQL query from a file or standard input (-).", as_json=False
    )
    seven.add_argument("file", metavar="FILE|-", help="a file with the query; - for standard input")
    seven.add_argument(
        "--format", default="table", choices=["table", "json", "csv", "tsv", "xml", "turtle", "ntriples"]
    )

    eight = add("export", commands.export, "Write the whole graph as one file.", as_json=False)
    eight.add_argument(
        "--format", default="trig", choices=["trig", "nquads", "turtle", "ntriples", "jsonld", "rdfxml"]
    )
    eight.add_argument("--output", "-o", default="-", metavar="FILE", help="default: standard output")

    nine = add("serve", commands.serve, "Serve the REST API, SPARQL and the page.", as_json=False)
    nine.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    nine.add_argument("--port", type=int, default=8000, help="port; 0 takes a free one (default: 8000)")
    nine.add_argument("--workers", type=int, default=1, help="processes (default: 1)")
    nine.add_argument(
        "--release",
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="serve this release instead of the bundled data",
    )
    nine.add_argument(
        "--releases",
        metavar="FOLDER",
        help="releases that may be asked with release=VERSION beside the law served (default: DATARULES_RELEASES)",
    )
    nine.add_argument(
        "--store", metavar="FOLDER", help="keep the SPARQL store in a folder instead of in memory"
    )

    nine.add_argument(
        "--rate-limit",
        metavar="N/WINDOW",
        help="requests a client may send, for example 600/minute (default: any number)",
    )

    tools = add(
        "mcp",
        commands.mcp,
        "Serve the same operations as tools for assistants (Model Context Protocol) over standard input and output.",
        as_json=False,
    )
    tools.add_argument("--server", metavar="ADDRESS", help="ask this server instead of opening the data")

    commands_world.add_parsers(add)
    commands_files.add_parsers(add)
    commands_design.add_parsers(add)
    commands_scenarios.add_parsers(add)
    commands_flows.add_parsers(add)
    commands_data.add_parsers(add)
    commands_divide.add_parsers(add)

    ten = add(
        "new",
        commands.new,
        "Write a commented template for a jurisdiction that passes validation.",
        as_json=False,
    )
    ten.add_argument("code", help="code of the jurisdiction, such as ISO 3166 alpha-2")
    ten.add_argument("--name", help="English name (default: the code)")
    ten.add_argument("--output", "-o", help="folder or file (default: data/jurisdictions)")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code, 130 where a person interrupts it."""
    args = _parser().parse_args(argv)
    try:
        run: Command = args.run
        return run(args)
    except KeyboardInterrupt:
        print("stopped: nothing was left half written.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        print(f"error: {error.filename or args.command}: {error.strerror or error}.", file=sys.stderr)
        return 2
    except DataRulesError as error:
        for problem in error.problems:
            print(f"error: {problem}", file=sys.stderr)
        return 2
