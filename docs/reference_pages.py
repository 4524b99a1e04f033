"""The reference pages, from the command line's own parser, the description of the API, ontology and shapes."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import rdflib
from rdflib.namespace import OWL, RDF, RDFS, SH, SKOS

from datarules import bundled, catalogue, cli
from datarules import vocab as v
from datarules.endpoint_local import Local
from datarules.load import Dataset, load
from datarules.rulebook import RuleBook
from datarules.serve import openapi
from datarules.serve import problems as kinds
from datarules.serve.app import create_app

STATUS = rdflib.URIRef("http://www.w3.org/2003/06/sw-vocab-status/ns#term_status")
FULL = (
    ("ontology", "ontology"),
    ("mechanisms", "mechanism"),
    ("data categories", "category"),
    ("purposes", "purpose"),
    ("sectors", "sector"),
    ("facts", "fact"),
    ("shapes", "shapes"),
)
MADE = "*Made from the program itself when the documentation is built.*"


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join('---' for _ in heads)}|"
    for row in rows:
        yield f"| {' | '.join(_cell(cell) for cell in row)} |"
    yield ""


def parsers() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command by name."""
    whole = cli._parser()
    return {
        name: sub
        for action in whole._actions
        if isinstance(action, argparse._SubParsersAction)
        for name, sub in action.choices.items()
    }


def arguments(parser: argparse.ArgumentParser) -> list[tuple[str, str]]:
    """Return each argument of a command with what it means."""
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        name = ", ".join(f"`{one}`" for one in action.option_strings) or f"`{action.metavar or action.dest}`"
        told = [action.help or ""]
        if action.choices:
            told.append(f"One of {', '.join(f'`{c}`' for c in action.choices)}.")
        if action.default not in (None, argparse.SUPPRESS, False, [], "") and "default" not in (
            action.help or ""
        ):
            told.append(f"Default: `{action.default}`.")
        found.append((name, " ".join(part for part in told if part) or "–"))
    return found


def commands() -> str:
    """Return the page of commands."""
    lines = ["# Commands", "", MADE, "", "`datarules [--data-dir FOLDER | --release FILE] COMMAND …`", ""]
    for name, parser in sorted(parsers().items()):
        lines += [f"## {name}", "", parser.description or "", ""]
        lines += _table(("argument", "meaning"), arguments(parser))
    return "\n".join(lines)


def _parameters(operation: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (f"`{one['name']}`", one["in"], one.get("description", "–"))
        for one in operation.get("parameters", [])
        if "name" in one
    ]


def routes(dataset: Dataset, book: RuleBook) -> str:
    """Return the page of routes."""
    document = openapi.document(create_app(book, Local.open(dataset, book)))
    lines = [
        "# REST routes",
        "",
        MADE,
        "",
        "The same as `/openapi.json`, which has schemas and examples too.",
        "",
    ]
    for path, operations in sorted(document["paths"].items()):
        for method, operation in operations.items():
            lines += [f"## {method.upper()} {path}", "", operation.get("summary", "") + "."]
            lines += [operation.get("description", ""), ""]
            rows = _parameters(operation)
            lines += _table(("parameter", "in", "meaning"), rows) if rows else []
    return "\n".join(lines).replace("..", ".")


def _english(graph: rdflib.Graph, subject: Any, *terms: Any) -> str:
    for term in terms:
        for value in graph.objects(subject, term):
            if getattr(value, "language", None) in ("en", None):
                return str(value)
    return ""


def ontology() -> rdflib.Graph:
    """Return the ontology as one graph."""
    graph = rdflib.Graph()
    for path in bundled.ontology_files():
        graph.parse(path)
    return graph


def _meaning(graph: rdflib.Graph, subject: rdflib.URIRef) -> str:
    """Return what a term means; of a scheme, which values it holds."""
    told = _english(graph, subject, SKOS.definition, RDFS.comment)
    values = sorted(str(one).removeprefix(v.NS) for one in graph.subjects(SKOS.inScheme, subject))
    return told or (f"Scheme of: {', '.join(values)}." if values else "")


def terms(graph: rdflib.Graph) -> str:
    """Return the page of the vocabulary."""
    own = {
        s
        for s in graph.subjects()
        if isinstance(s, rdflib.URIRef) and str(s).startswith(v.NS) and str(s) != v.NS
    }
    kinds = {
        "Classes": {OWL.Class, RDFS.Class},
        "Properties": {RDF.Property, OWL.ObjectProperty, OWL.DatatypeProperty},
    }
    lines = ["# Vocabulary", "", MADE, "", f"Namespace `dr:` is <{v.NS}>.", ""]
    lines += [
        f"In full, as pyLODE shows it: {', '.join(f'[{name}](../vocabulary/{file}.html)' for name, file in FULL)}.",
        "",
    ]
    for heading, types in (*kinds.items(), ("Values", None)):
        found = sorted(s for s in own if types is None or types & set(graph.objects(s, RDF.type)))
        own -= set(found)
        rows = (
            (
                f"`dr:{s.removeprefix(v.NS)}`",
                _english(graph, s, RDFS.label, SKOS.prefLabel),
                _meaning(graph, s),
                graph.value(s, STATUS) or "–",
            )
            for s in found
        )
        lines += [f"## {heading}", "", *_table(("term", "label", "meaning", "status"), rows)]
    return "\n".join(lines)


def shapes() -> str:
    """Return the page of shapes."""
    graph = rdflib.Graph()
    for path in bundled.shape_files():
        graph.parse(path)
    rows = []
    for subject, message in sorted(
        graph.subject_objects(SH.message), key=lambda pair: (str(pair[0]), str(pair[1]))
    ):
        severity = str(next(graph.objects(subject, SH.severity), SH.Violation)).removeprefix(str(SH))
        name = (
            str(subject).rsplit("#", 1)[-1].rsplit("/", 1)[-1] if isinstance(subject, rdflib.URIRef) else "–"
        )
        rows.append((name, severity, message))
    page = ["# Shapes", "", MADE, "", "What `datarules validate` checks beside consistency.", ""]
    return "\n".join([*page, *_table(("shape", "severity", "what it says"), rows)])


def problems() -> str:
    """Return the page of the kinds of problems that the API tells of (RFC 9457)."""
    page = ["# Problems", "", MADE, ""]
    page += [
        "What is wrong with a request comes as `application/problem+json`; `errors` names every place.",
        "",
    ]
    rows = ((f"`{kinds.kind_of(title)}`", status, title) for status, title in sorted(kinds.TITLES.items()))
    return "\n".join([*page, *_table(("type", "status", "title"), rows)])


def facts(book: RuleBook) -> str:
    """Return the page of facts."""
    page = [
        "# Facts",
        "",
        MADE,
        "",
        "What one may state of a transfer, with `--fact NAME=VALUE` or `facts.NAME`.",
        "",
    ]
    rows = (
        (
            f"`{f['name']}`",
            f["kind"],
            f["role"],
            f["unit"] or "–",
            f["window"] or "–",
            f["baseline"],
            f["label"],
        )
        for f in catalogue.facts(book)
    )
    heads = ("fact", "kind", "role", "unit", "window", "baseline", "label")
    return "\n".join([*page, *_table(heads, rows)])


def concepts(book: RuleBook) -> str:
    """Return the page of data categories, purposes and sectors."""
    lines = ["# Data, purposes, sectors", "", MADE, ""]
    records = book.records
    for heading, scheme in (
        ("Data categories", records.categories),
        ("Purposes", records.purposes),
        ("Sectors", records.sectors),
    ):
        rows = (
            (
                f"`{row['name']}`",
                row["label"],
                ", ".join(row["broader"]) if isinstance(row["broader"], list) else row["broader"] or "–",
                row["definition"] or "–",
            )
            for row in catalogue.concepts(scheme)
        )
        lines += [f"## {heading}", "", *_table(("name", "label", "broader", "meaning"), rows)]
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """Return every made page by its path below docs/."""
    dataset = load()
    book = RuleBook.unchecked(dataset)
    return {
        "reference/commands.md": commands(),
        "reference/routes.md": routes(dataset, book),
        "reference/terms.md": terms(ontology()),
        "reference/shapes.md": shapes(),
        "reference/facts.md": facts(book),
        "reference/concepts.md": concepts(book),
        "reference/problems.md": problems(),
    }
