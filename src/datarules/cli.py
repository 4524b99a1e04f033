"""The command line. Data go to standard output, talk to standard error.

Exit codes: 0 fine, 1 findings or no answer, 2 the command cannot be carried out as given.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from . import __version__
from .errors import DataError, DataRulesError, InputError

Command = Callable[[argparse.Namespace], int]


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _progress() -> Any:
    """Return a progress callback that draws a bar when a person is watching, and its closer."""
    if not sys.stderr.isatty():
        return None, lambda: None
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    bar.start()
    task = bar.add_task("Validating", total=None)
    return (lambda done, total: bar.update(task, completed=done, total=total)), bar.stop


def _open(args: argparse.Namespace) -> Any:
    from . import bundled
    from .open import open_dataset

    progress, close = _progress()
    try:
        return open_dataset(bundled.data_files(Path(args.data_dir)) if args.data_dir else None, progress)
    finally:
        close()


def _facts(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        found[name] = value if sign else "true"
    return found


def check(args: argparse.Namespace) -> int:
    """Decide one transfer."""
    from . import answer, ask
    from .decide import decide

    _, book = _open(args)
    transfer, day = ask.transfer(
        book,
        args.origin,
        args.destination,
        args.data,
        args.purpose,
        args.sector,
        args.date or date.today(),
        _facts(args.fact),
        args.open,
    )
    assert day is not None
    decision = decide(book, transfer, day.toordinal())
    if args.turtle:
        print(answer.turtle(book, decision, day), end="")
        return 0
    document = answer.document(book, decision, day, date.today())
    if args.json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        from .screen import show

        show(document)
    return 0


def validate(args: argparse.Namespace) -> int:
    """Check data files."""
    from . import bundled, findings
    from .load import load
    from .validate import cache_folder
    from .validate import validate as run

    base = Path(args.data_dir) if args.data_dir else None
    known = {p.resolve(): p for p in bundled.data_files(base)}
    wanted = [Path(f).resolve() for f in args.files]
    missing = [str(p) for p in wanted if not p.is_file()]
    if missing:
        raise InputError.single(
            "files", ", ".join(missing), "There is no such file.", "Give the path of a Turtle file."
        )
    stems = {p.stem for p in wanted if p not in known}
    paths = [p for p in known.values() if p.stem not in stems] + [p for p in wanted if p not in known]
    progress, close = _progress()
    try:
        dataset = load(paths)
        only = [f for f in dataset.files if f.path.resolve() in set(wanted)] if wanted else None
        found = run(dataset, only, progress, cache=cache_folder())
        checked = len(only if only is not None else dataset.files)
    except DataError as error:
        found = [
            findings.Finding(
                p.place.rsplit(":", 1)[0],
                int(p.place.rsplit(":", 1)[1]) if ":" in p.place else 1,
                "",
                f"{p.reason} {p.remedy}",
                "Turtle",
            )
            for p in error.problems
        ]
        checked = len(wanted) or len(paths)
    finally:
        close()
    if args.json:
        print(findings.as_json(found, checked))
    elif args.sarif:
        print(findings.as_sarif(found, __version__))
    else:
        print(findings.as_text(found, checked))
    return 1 if any(f.severity == "error" for f in found) else 0


def rules(args: argparse.Namespace) -> int:
    """List the rules of one jurisdiction."""
    from . import ask, catalogue

    _, book = _open(args)
    question = ask.Question(book)
    iri = question.place(args.jurisdiction, "jurisdiction")
    day = ask.day_of(args.date, "date", question.problems) if args.date else None
    if question.problems:
        raise InputError(*question.problems)
    found = catalogue.rules_of(book, iri, day)
    if args.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return 0
    from .screen import show_rules

    show_rules(book, iri, found)
    return 0


def facts(args: argparse.Namespace) -> int:
    """List the facts one may state."""
    from . import ask, catalogue

    _, book = _open(args)
    question = ask.Question(book)
    iri = question.place(args.jurisdiction, "jurisdiction") if args.jurisdiction else None
    if question.problems:
        raise InputError(*question.problems)
    return _table(
        args, catalogue.facts(book, iri), ("name", "kind", "unit", "window", "baseline", "definition")
    )


def categories(args: argparse.Namespace) -> int:
    """List data categories, purposes or sectors."""
    from . import catalogue

    _, book = _open(args)
    scheme = (
        book.records.purposes
        if args.purposes
        else book.records.sectors
        if args.sectors
        else book.records.categories
    )
    return _table(args, catalogue.concepts(scheme), ("name", "label", "broader", "definition"))


def _table(args: argparse.Namespace, rows: list[dict[str, Any]], columns: Sequence[str]) -> int:
    if args.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    from .screen import show_table

    show_table(rows, columns)
    return 0


def changes(args: argparse.Namespace) -> int:
    """List what starts and ends between two days."""
    from . import ask, catalogue

    _, book = _open(args)
    question = ask.Question(book)
    first = ask.day_of(args.since, "since", question.problems)
    last = ask.day_of(args.until, "until", question.problems) if args.until else None
    iri = question.place(args.jurisdiction, "jurisdiction") if args.jurisdiction else None
    if question.problems or first is None:
        raise InputError(*question.problems)
    return _table(
        args, catalogue.changes(book, first, last, iri), ("date", "event", "jurisdiction", "label", "article")
    )


def query(args: argparse.Namespace) -> int:
    """Answer a SPARQL query."""
    from .store import open_endpoint, results_as

    text = sys.stdin.read() if args.file == "-" else Path(args.file).read_text(encoding="utf-8")
    endpoint = open_endpoint(lambda: _open(args))
    before = signal.signal(
        signal.SIGINT, signal.SIG_DFL
    )  # the store runs outside Python, where Ctrl+C is not heard
    try:
        result = endpoint.query(text)
    finally:
        signal.signal(signal.SIGINT, before)
    sys.stdout.write(results_as(result, args.format).decode())
    return 0


def export(args: argparse.Namespace) -> int:
    """Write the whole graph."""
    from .store import export_graph

    dataset, _ = _open(args)
    target = Path(args.output) if args.output != "-" else None
    data = export_graph(dataset, args.format)
    if target is None:
        sys.stdout.buffer.write(data)
    else:
        target.write_bytes(data)
        _say(f"{target}: {len(data):,} bytes, release {dataset.release}")
    return 0


def serve(args: argparse.Namespace) -> int:
    """Serve the API, the SPARQL endpoint and the page."""
    from .serve.run import run

    return int(run(args.host, args.port, args.workers, args.data_dir, args.store))


def new(args: argparse.Namespace) -> int:
    """Write a commented template for a jurisdiction."""
    from .template import write

    path = write(args.code, args.name, Path(args.output) if args.output else None)
    _say(f"{path}: fill in what the law says, then run: datarules validate {path}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="datarules",
        description="What each jurisdiction's law says about data leaving, entering and staying. Research information, not legal advice.",
    )
    parser.add_argument("--version", action="version", version=f"datarules {__version__}")
    parser.add_argument(
        "--data-dir", help="folder with jurisdictions/ and agreements/, instead of the bundled data"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run: Command, text: str, as_json: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        if as_json:
            sub.add_argument("--json", action="store_true", help="machine-readable output")
        return sub

    one = add(
        "check",
        check,
        "May this data go from A to B on this day, how, and if not, which rule stands in the way?",
    )
    one.add_argument("origin", help="code or name")
    one.add_argument("destination", help="code or name")
    one.add_argument(
        "--data", default="personal", help="data categories, separated by commas (default: personal)"
    )
    one.add_argument("--purpose", default="any")
    one.add_argument("--sector", default="any")
    one.add_argument("--date", help="day, YYYY-MM-DD (default: today)")
    one.add_argument(
        "--fact", action="append", default=[], metavar="NAME=VALUE", help="state a fact; may be repeated"
    )
    one.add_argument("--open", action="store_true", help="leave every fact not stated unknown")
    one.add_argument("--turtle", action="store_true", help="the answer as RDF")

    two = add("validate", validate, "Check data files; prints file:line: subject: what to mend [check].")
    two.add_argument("files", nargs="*", metavar="FILE", help="files to report on (default: all)")
    two.add_argument("--sarif", action="store_true", help="findings as SARIF 2.1.0")

    three = add("rules", rules, "List the rules of a jurisdiction with their articles.")
    three.add_argument("jurisdiction")
    three.add_argument("--date", help="only rules in force on this day")

    four = add("facts", facts, "List the facts one may state, with unit and meaning.")
    four.add_argument("jurisdiction", nargs="?", help="only facts its law asks about")

    five = add("categories", categories, "List the data categories.")
    five.add_argument("--purposes", action="store_true", help="list purposes instead")
    five.add_argument("--sectors", action="store_true", help="list sectors instead")

    six = add("changes", changes, "List what starts and ends between two days.")
    six.add_argument("jurisdiction", nargs="?")
    six.add_argument("--since", required=True, help="first day, YYYY-MM-DD")
    six.add_argument("--until", help="day before which to stop")

    seven = add("query", query, "Answer a SPARQL query from a file or standard input (-).", as_json=False)
    seven.add_argument("file", metavar="FILE|-")
    seven.add_argument(
        "--format", default="table", choices=["table", "json", "csv", "tsv", "xml", "turtle", "ntriples"]
    )

    eight = add("export", export, "Write the whole graph as one file.", as_json=False)
    eight.add_argument(
        "--format", default="trig", choices=["trig", "nquads", "turtle", "ntriples", "jsonld", "rdfxml"]
    )
    eight.add_argument("--output", "-o", default="-")

    nine = add("serve", serve, "Serve the REST API, SPARQL and the page.", as_json=False)
    nine.add_argument("--host", default="127.0.0.1")
    nine.add_argument("--port", type=int, default=8000)
    nine.add_argument("--workers", type=int, default=1)
    nine.add_argument(
        "--store", metavar="FOLDER", help="keep the SPARQL store in a folder instead of in memory"
    )

    ten = add(
        "new", new, "Write a commented template for a jurisdiction that passes validation.", as_json=False
    )
    ten.add_argument("code")
    ten.add_argument("--name", help="English name (default: the code)")
    ten.add_argument("--output", "-o", help="folder or file (default: data/jurisdictions)")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    args = _parser().parse_args(argv)
    try:
        run: Command = args.run
        return run(args)
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        _say(f"error: {error.filename or args.command}: {error.strerror or error}.")
        return 2
    except DataRulesError as error:
        for problem in error.problems:
            _say(f"error: {problem}")
        return 2
