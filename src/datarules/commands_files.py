"""The commands that write files about the law as a whole: matrix, graph, picture, materialise."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from . import formats, study
from .commands import facts_of, write_whole
from .commands_world import Add, made_study, scope_arguments, watched
from .errors import InputError
from .study import Asked, Study

HERE = "-"


def _asked(args: argparse.Namespace, made: Study, one: bool = True, places: Iterable[str] = ()) -> Asked:
    named = {f"place {n}": word for n, word in enumerate(places, 1)}
    day = args.date or date.today()
    return study.read(made.book, day, args.data, args.purpose, args.sector, facts_of(args.fact), named, one)


def _write(chunks: Iterable[bytes], target: str) -> int:
    """Write chunks to a file or to standard output; return the bytes written."""
    size = 0
    if target == HERE:
        for chunk in chunks:
            size += sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        return size
    return write_whole(Path(target), chunks)


def _format(args: argparse.Namespace, known: dict[str, formats.Format], usual: str) -> str:
    """Return the format named, or that of the file's suffix, or the usual one."""
    if args.format:
        return str(args.format)
    fitting = [n for n, one in known.items() if args.output != HERE and args.output.endswith(one.suffix)]
    return max(fitting, key=lambda n: len(known[n].suffix)) if fitting else usual


def matrix(args: argparse.Namespace) -> int:
    """Write every ordered pair of a day as a table."""
    from . import tables

    made = made_study(args)
    asked = _asked(args, made, one=False)
    name = _format(args, tables.FORMATS, "csv")
    formats.chosen(tables.FORMATS, name)
    with watched("Deciding every pair") as progress:
        found = made.matrix(asked, progress=progress)
    wanted = tables.only(made.book, found, args.origin, args.destination, args.status)
    _write(tables.write(name, made.book, found, wanted), args.output)
    return 0


def graph(args: argparse.Namespace) -> int:
    """Write the graph of pairs, of their history, or of the law."""
    from . import graphs

    made = made_study(args)
    asked = _asked(args, made)
    name = _format(args, graphs.FORMATS, "gexf" if args.kind == graphs.HISTORY else "graphml")
    formats.chosen(graphs.FORMATS, name, args.kind)
    level = study.level_of(args.level) if args.level else None
    found = made.graph_of(args.kind, asked, level)
    _write(graphs.write(name, found), args.output)
    return 0


def picture(args: argparse.Namespace) -> int:
    """Draw a picture as SVG or PNG."""
    from . import draw

    made = made_study(args)
    asked = _asked(args, made, places=args.place)
    form = args.format or Path(args.output).suffix.lstrip(".") or "svg"
    content = draw.draw(
        made, args.kind, asked, form, study.level_of(args.level), study.case_of(args.case), args.direction
    )
    _write([content], args.output)
    return 0


def materialise(args: argparse.Namespace) -> int:
    """Write decisions of chosen days as named graphs, for any SPARQL server."""
    from . import tables

    made = made_study(args)
    days = args.date or [date.today().isoformat()]
    name = _format(args, tables.FORMATS, "nquads")
    if name not in ("nquads", "trig", "turtle"):
        raise InputError.single(
            "format", name, "Decisions are written as RDF.", "Use nquads, trig or turtle."
        )

    def chunks() -> Iterable[bytes]:
        for day in days:
            asked = study.read(made.book, day, args.data, args.purpose, args.sector, facts_of(args.fact))
            yield from tables.write(name, made.book, made.matrix(asked))

    _write(chunks(), args.output)
    return 0


def _output(sub: argparse.ArgumentParser, known: Iterable[str]) -> None:
    sub.add_argument("--format", choices=list(known), help="default: by the suffix of the file")
    sub.add_argument("--output", "-o", default=HERE, metavar="FILE", help="default: standard output")


def add_parsers(add: Add) -> None:
    """Add these commands to the parser of the command line."""
    tables = ("csv", "parquet", "json", "jsonl", "nquads", "trig", "turtle")
    one = add("matrix", matrix, "Write every ordered pair of a day as a table.", as_json=False)
    scope_arguments(one, many=True)
    for name in ("origin", "destination", "status"):
        one.add_argument(f"--{name}", action="append", default=[], help="only these; may be repeated")
    _output(one, tables)

    two = add("graph", graph, "Write the graph of pairs, of their history, or of the law.", as_json=False)
    two.add_argument("kind", nargs="?", default="pairs", choices=("pairs", "history", "law"))
    scope_arguments(two)
    two.add_argument("--level", help="only edges at this level or freer (default: all)")
    _output(two, ("graphml", "gexf", "dot", "cyjs", "jsonld", "edges", "nodes", "parquet"))

    three = add("picture", picture, "Draw a picture as SVG or PNG.", as_json=False)
    three.add_argument("kind", choices=("map", "islands", "matrix", "network", "timeline", "mechanisms"))
    three.add_argument("place", nargs="*", help="one place for map, two for timeline")
    scope_arguments(three)
    three.add_argument("--level", default="safeguards", help="level of the scale (default: safeguards)")
    three.add_argument("--case", default="status", help="status, best or worst (default: status)")
    three.add_argument("--direction", default="from", choices=("from", "to"), help="of a map")
    _output(three, ("svg", "png"))

    four = add(
        "materialise",
        materialise,
        "Write decisions of chosen days as named graphs for SPARQL.",
        as_json=False,
    )
    scope_arguments(four, many=True, many_days=True)
    _output(four, ("nquads", "trig", "turtle"))
