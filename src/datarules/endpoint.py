"""What answers a query, and what the answer is: formats, limits, errors, `Result`.

A result is kept as bytes in one format and turned into others on demand. The forms are those of the W3C:
SPARQL 1.1 Query Results JSON, XML, CSV and TSV for rows, JSON and XML for yes/no, RDF 1.1 syntaxes for graphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import pyoxigraph as ox

from .errors import Problem, QueryError
from .vocab import PREFIXES

Kind = Literal["select", "ask", "graph"]
Reason = Literal["time", "rows", "memory", "length", "busy", "depth"]
Want = dict[Kind, str]

ROW_FORMATS: dict[str, ox.QueryResultsFormat] = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
ASK_FORMATS: dict[str, ox.QueryResultsFormat] = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
GRAPH_FORMATS: dict[str, ox.RdfFormat] = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "trig": ox.RdfFormat.TRIG,
    "nquads": ox.RdfFormat.N_QUADS,
}
FORMATS_OF: dict[Kind, tuple[str, ...]] = {
    "select": tuple(ROW_FORMATS),
    "ask": tuple(ASK_FORMATS),
    "graph": tuple(GRAPH_FORMATS),
}
CANONICAL: Want = {"select": "tsv", "ask": "json", "graph": "ntriples"}
"""The formats in which rows and triples can be counted line by line while they are written."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use.

    ``seconds`` of run time; ``rows`` or triples of the answer; ``memory`` in bytes beyond what is loaded;
    ``length`` in characters and ``depth`` in levels of bracket of the text; ``wait`` in seconds for a worker.
    """

    seconds: float = 10.0
    rows: int = 100_000
    memory: int = 512 * 1024 * 1024
    length: int = 64 * 1024
    depth: int = 200
    wait: float = 10.0


class Overrun(QueryError):
    """A query cut off at a limit; ``limit`` says which."""

    def __init__(self, limit: Reason, *problems: Problem) -> None:
        super().__init__(*problems)
        self.limit = limit


def overrun(limit: Reason, limits: Limits) -> Overrun:
    """Make the error for a limit that was met."""
    words: dict[Reason, tuple[str, str, str]] = {
        "time": (
            f"{limits.seconds:g} s",
            "The query ran longer than allowed and was stopped.",
            "Narrow it: name a jurisdiction, a date or a graph, or ask for fewer joins.",
        ),
        "rows": (
            f"{limits.rows:,}",
            "The answer has more rows than allowed; nothing is cut silently.",
            "Add a LIMIT (and OFFSET with ORDER BY), or count instead of listing.",
        ),
        "memory": (
            f"{limits.memory // 2**20:,} MiB",
            "The query needed more memory than allowed and was stopped.",
            "Avoid sorting or joining large cross products.",
        ),
        "length": (
            f"{limits.length:,} characters",
            "The query is longer than allowed.",
            "Shorten it, or split it into several.",
        ),
        "depth": (
            f"{limits.depth:,} levels",
            "The brackets of the query are nested more deeply than allowed.",
            "Flatten it.",
        ),
        "busy": (f"{limits.wait:g} s", "No worker became free in time.", "Try again in a few seconds."),
    }
    value, reason, remedy = words[limit]
    return Overrun(limit, Problem("query", value, reason, remedy))


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a query, as bytes in one format."""

    kind: Kind
    format: str
    payload: bytes

    def serialise(self, fmt: str) -> bytes:
        """Return the answer in a format of its kind (see `FORMATS_OF`).

        Raises:
            QueryError: the format does not fit the kind of answer, or cannot write it.
        """
        if fmt not in FORMATS_OF[self.kind]:
            kinds = {
                "select": "rows (SELECT)",
                "ask": "yes or no (ASK)",
                "graph": "a graph (CONSTRUCT, DESCRIBE)",
            }
            raise QueryError.single(
                "format",
                fmt,
                f"The answer is {kinds[self.kind]}, for which there is no such format.",
                f"Use one of: {', '.join(FORMATS_OF[self.kind])}.",
            )
        if fmt == self.format:
            return self.payload
        try:
            if self.kind == "graph":
                return triples_as(self.triples(), fmt)
            return bytes(_parsed(self).serialize(format=ROW_FORMATS[fmt]))
        except (SyntaxError, ValueError, OSError) as error:
            failed = str(error)
        raise QueryError.single(
            "format", fmt, f"The answer cannot be written in this format: {failed}.", "Ask for another one."
        )

    def rows(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Return the variables and the rows of a SELECT; a term is a pyoxigraph term, unbound is ``None``."""
        parsed = _parsed(self)
        return tuple(v.value for v in parsed.variables), [tuple(row) for row in parsed]

    def boolean(self) -> bool:
        """Return the answer of an ASK."""
        return bool(_parsed(self))

    def triples(self) -> list[ox.Triple]:
        """Return the triples of a CONSTRUCT or DESCRIBE."""
        return [quad.triple for quad in ox.parse(self.payload, format=GRAPH_FORMATS[self.format])]


def _parsed(result: Result) -> Any:
    return ox.parse_query_results(result.payload, format=ROW_FORMATS[result.format])


def triples_as(triples: Sequence[ox.Triple], fmt: str) -> bytes:
    """Write triples, grouped by subject, with the project's prefixes where the format has prefixes."""
    ordered = sorted(triples, key=lambda t: (str(t.subject), str(t.predicate), str(t.object)))
    return written(ordered, fmt)


def written(statements: Iterable[ox.Triple] | Iterable[ox.Quad], fmt: str) -> bytes:
    """Serialise statements in the order given, always with the same header."""
    prefixes = PREFIXES if fmt in ("turtle", "trig") else None
    text = bytes(ox.serialize(statements, format=GRAPH_FORMATS[fmt], prefixes=prefixes) or b"")
    header = re.match(rb"(?:@prefix [^\n]*\n)*", text)
    assert header is not None
    return b"".join(sorted(header[0].splitlines(keepends=True))) + text[header.end() :]


class Endpoint(Protocol):
    """Something that answers SPARQL queries and never changes anything."""

    @property
    def union_default(self) -> bool:
        """Whether the default graph of this endpoint is known to be the union of the named ones."""
        ...

    def graphs(self) -> Sequence[tuple[str, int]]:
        """Return the named graphs with their number of triples (empty where it is not known)."""
        ...

    def query(
        self,
        text: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        want: Want | None = None,
    ) -> Result:
        """Answer a query.

        Args:
            text: a SPARQL 1.1 query; the project's prefixes need not be declared.
            default_graphs: IRIs whose union is the default graph; replaces FROM (SPARQL 1.1 Protocol 2.1.4).
            named_graphs: IRIs of the named graphs; replaces FROM NAMED.
            want: the format preferred for each kind of answer.

        Raises:
            QueryError: refused, malformed, or cut off (`Overrun`).
            ConfigError: the endpoint itself does not work.
        """
        ...

    def close(self) -> None:
        """Stop whatever the endpoint started."""
        ...


MAX_EXPECTED = 60
"""Characters of a parser's list of expectations that are still of use to people."""
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


def malformed(error: Exception, text: str = "") -> QueryError:
    """Turn a parser's complaint into an error that names line, column and what stands there."""
    found = _POSITION.match(str(error))
    if not found:
        reason = str(error).rstrip(".")
        return QueryError(
            Problem("query", "", f"This is not a SPARQL 1.1 query: {reason}.", "Correct the query.")
        )
    line, column = int(found[1]), int(found[2])
    lines = text.split("\n")
    there = lines[line - 1][column - 1 : column + 29] if line <= len(lines) else ""
    wanted = found[3].rstrip(".").removeprefix("expected ")
    expected = f"expected {wanted}" if len(wanted) <= MAX_EXPECTED else "it cannot be read on from here"
    remedy = "Correct the query at or just before this place; a missing prefix, bracket or dot is the commonest cause."
    return QueryError(
        Problem(f"query:{line}:{column}", there, f"This is not a SPARQL 1.1 query: {expected}.", remedy)
    )
