"""What each command does. Data go to standard output, talk to standard error.

Every function takes the parsed arguments and returns the exit code: 0 fine, 1 findings.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from . import __version__
from .errors import DataError, InputError, Problem

PATIENCE = 600.0
"""Seconds an assistant waits for an answer; a world as a whole takes long when it is first asked for."""


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def progress_bar(text: str = "Validating") -> Any:
    """Return a progress callback that draws a bar when a person is watching, and its closer."""
    if not sys.stderr.isatty():
        return None, lambda: None
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    bar.start()
    task = bar.add_task(text, total=None)
    return (lambda done, total: bar.update(task, completed=done, total=total)), bar.stop


def write_whole(target: Path, content: bytes | Iterable[bytes], tell: bool = True) -> int:
    """Write a file whole or not at all; return the bytes written.

    What is there stays as it is until everything is written, also where the work is interrupted.

    Raises:
        OSError: it cannot be written.
    """
    chunks = [content] if isinstance(content, bytes) else content
    if target.exists() and not target.is_file():  # a pipe or a device takes what comes
        with target.open("wb") as stream:
            return sum(stream.write(chunk) for chunk in chunks)
    part = target.with_name(f".{target.name}.part")
    try:
        with part.open("wb") as file:
            size = sum(file.write(chunk) for chunk in chunks)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    if tell:
        _say(f"{target}: {size:,} bytes")
    return size


def open_data(args: argparse.Namespace) -> Any:
    """Return dataset and rulebook, of the folder named or bundled."""
    from . import bundled
    from .open import open_dataset

    if args.release:
        from .released import open_release

        return open_release(Path(args.release))
    progress, close = progress_bar()
    try:
        return open_dataset(bundled.data_files(Path(args.data_dir)) if args.data_dir else None, progress)
    finally:
        close()


def facts_of(pairs: Sequence[str]) -> dict[str, str]:
    """Return the facts of ``--fact NAME=VALUE``; a bare name means yes."""
    found = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        found[name] = value if sign else "true"
    return found


def _question(book: Any, args: argparse.Namespace, day: str | date, open_facts: bool = False) -> Any:
    """Return the transfer and the day that the arguments of check and diff ask about."""
    from . import ask

    words = (args.origin, args.destination, args.data, args.purpose, args.sector, day)
    return ask.transfer(book, *words, facts_of(args.fact), open_facts)


def check(args: argparse.Namespace) -> int:
    """Decide one transfer."""
    from . import answer
    from .decide import decide

    _, book = open_data(args)
    transfer, day = _question(book, args, args.date or date.today(), args.open)
    decision = decide(book, transfer, day.toordinal())
    if args.turtle:
        print(answer.turtle(book, decision, day), end="")
        return 0
    document = answer.document(book, decision, day, date.today(), args.stale_after)
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
    progress, close = progress_bar()
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

    _, book = open_data(args)
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


def authorities(args: argparse.Namespace) -> int:
    """List the authorities, all or those of the orders one jurisdiction lies in."""
    from . import ask, catalogue

    _, book = open_data(args)
    question = ask.Question(book)
    iri = question.place(args.jurisdiction, "jurisdiction") if args.jurisdiction else None
    day = ask.day_of(args.date, "date", question.problems) if args.date else date.today()
    if question.problems:
        raise InputError(*question.problems)
    found = catalogue.authorities(book, iri, day)
    if not args.json:
        for row in found:
            row["article"] = row["citations"][0]["article"] if row["citations"] else ""
    return _table(args, found, ("order", "label", "data", "site", "article", "evidence"))


def facts(args: argparse.Namespace) -> int:
    """List the facts one may state."""
    from . import ask, catalogue

    _, book = open_data(args)
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

    _, book = open_data(args)
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

    _, book = open_data(args)
    question = ask.Question(book)
    first = ask.day_of(args.since, "since", question.problems)
    last = ask.day_of(args.until, "until", question.problems) if args.until else None
    iri = question.place(args.jurisdiction, "jurisdiction") if args.jurisdiction else None
    if question.problems or first is None:
        raise InputError(*question.problems)
    return _table(
        args, catalogue.changes(book, first, last, iri), ("date", "event", "jurisdiction", "label", "article")
    )


def diff(args: argparse.Namespace) -> int:
    """Tell the history of one pair as dated events."""
    from . import ask, history

    _, book = open_data(args)
    transfer, first = _question(book, args, args.first or history.FIRST_DAY)
    problems: list[Problem] = []
    last = ask.day_of(args.last, "to", problems) if args.last else None
    if problems:
        raise InputError(*problems)
    found = history.events(book, transfer, first, last)
    if args.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return 0
    from .screen import show_events

    show_events(found)
    return 0


def query(args: argparse.Namespace) -> int:
    """Answer a SPARQL query."""
    from .store import open_endpoint, results_as

    text = sys.stdin.read() if args.file == "-" else Path(args.file).read_text(encoding="utf-8")
    endpoint = open_endpoint(lambda: open_data(args))
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

    dataset, _ = open_data(args)
    target = Path(args.output) if args.output != "-" else None
    data = export_graph(dataset, args.format)
    if target is None:
        sys.stdout.buffer.write(data)
    else:
        write_whole(target, data)
        _say(f"release {dataset.release}")
    return 0


def serve(args: argparse.Namespace) -> int:
    """Serve the API, the SPARQL endpoint and the page."""
    from .serve.run import run

    where = (args.data_dir, args.store, args.release)
    kept = args.releases or os.environ.get("DATARULES_RELEASES", "").strip() or None
    return int(run(args.host, args.port, args.workers, *where, args.rate_limit, kept))


def mcp(args: argparse.Namespace) -> int:
    """Serve the operations of the API as tools for assistants, over standard input and output."""
    import httpx2

    from .mcp_server import run

    if args.server:
        run(httpx2.AsyncClient(base_url=args.server, timeout=PATIENCE))
        return 0
    from .serve.app import create_app
    from .store import serving_endpoint
    from .validate import cache_folder

    dataset, book = open_data(args)
    endpoint = serving_endpoint(dataset, book, workers=1)
    try:
        app = create_app(book, endpoint, cache=cache_folder(), dataset=dataset)
        run(
            httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app), base_url="http://datarules", timeout=PATIENCE
            )
        )
    finally:
        endpoint.close()
    return 0


def new(args: argparse.Namespace) -> int:
    """Write a commented template for a jurisdiction."""
    from .template import write

    path = write(args.code, args.name, Path(args.output) if args.output else None)
    _say(f"{path}: fill in what the law says, then run: datarules validate {path}")
    return 0
