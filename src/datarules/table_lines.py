"""Rows of a decision table as lines of JSON and RDF, in chunks of bytes.

The columns are dictionary encoded, so each word is spelled once a category and Arrow's `take` and join do the
rest. RDF follows the ontology (``dr:Decision``, ``dr:Flow``); JSON is RFC 8259, N-Quads, TriG and Turtle
are the RDF 1.1 recommendations of the W3C. Nothing here is ordered or chosen: rows come as they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Union

import pyarrow as pa
import pyarrow.compute as pc

from . import vocab as v
from .matrix import Frame

ROWS = 2048
"""Rows a chunk."""
Spell = Callable[[object], str]
Piece = Union[str, tuple[str, Spell], "When"]
"""A part of every line: the same text for all, or a column with how its words are spelled."""
BOUNDS = "Only bounds could be given."


@dataclass(frozen=True, slots=True)
class When:
    """Pieces for the rows alone in which a column holds something (and is not false)."""

    column: str
    pieces: tuple[Piece, ...]


def conditions(frame: Frame) -> str:
    """Return what sets the decisions of a frame apart from those on any transfer, as part of IRIs.

    Empty for any purpose and sector and no facts; else such as ``;sector=payments;recipient-listed=true``.
    """
    said = [("purpose", v.local(frame.purpose))] if frame.purpose != v.ANY_PURPOSE else []
    said += [("sector", v.local(frame.sector))] if frame.sector != v.ANY_SECTOR else []
    said += [(name, str(value).lower()) for name, value in frame.facts]
    return "".join(f";{name}={value}" for name, value in said)


def graph_iri(day: str, category: str, beyond: str = "") -> str:
    """Return the named graph of a day's decisions on a data category.

    Args:
        day: ISO date.
        category: local name of the data category.
        beyond: see `conditions`.
    """
    return f"{v.GRAPH}decisions/{day}/{category}{beyond}"


def pair_path(kind: str, day: str, category: str, origin: str = "", destination: str = "") -> str:
    """Return the IRI of a ``decision`` or ``flow`` below `vocab.ID`, without its `conditions`."""
    return f"{kind}/{day}/{category}/{origin}/{destination}".rstrip("/")


def lines(batch: pa.RecordBatch, pieces: Sequence[Piece]) -> Iterator[bytes]:
    """Yield the rows of a batch, each as its pieces one after the other.

    Args:
        batch: columns dictionary encoded, or cheap to encode (dates, yes/no).
        pieces: the parts of each line, line end included.
    """
    ready = [_ready(batch, piece) for piece in pieces]
    for start in range(0, batch.num_rows, ROWS):
        text = _joined(ready, start)
        size = pc.sum(pc.binary_length(text)).as_py()
        yield text.buffers()[2].slice(0, size).to_pybytes()


def _ready(batch: pa.RecordBatch, piece: Piece) -> Any:
    """Return a piece with its words spelled: text, or (words, word of each row), or (where, pieces)."""
    if isinstance(piece, str):
        return piece
    if isinstance(piece, When):
        column = batch.column(piece.column)
        where = column if pa.types.is_boolean(column.type) else column.is_valid()
        return where, [_ready(batch, one) for one in piece.pieces]
    column = batch.column(piece[0])
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    words = [piece[1](word) for word in (*coded.dictionary.to_pylist(), None)]
    return pa.array(words, pa.string()), pc.fill_null(coded.indices, len(words) - 1)


def _joined(ready: Sequence[Any], start: int) -> pa.Array:
    parts = []
    for one in ready:
        if isinstance(one, str):
            parts.append(one)
        elif isinstance(one[1], list):
            parts.append(pc.if_else(one[0].slice(start, ROWS), _joined(one[1], start), ""))
        else:
            parts.append(one[0].take(one[1].slice(start, ROWS)))
    return pc.binary_join_element_wise(*parts, "")


# ---------------------------------------------------------------- JSON


def _json(value: object) -> str:
    """Return a value as JSON, days as ISO dates."""
    return json.dumps(value, ensure_ascii=False, default=str)


def json_lines(batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """Yield JSON Lines: one object a row."""
    for batch in batches:
        yield from lines(batch, [*_object(batch), "\n"])


def json_records(batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """Yield one JSON array of one object a row."""
    before = b"[\n"
    for batch in batches:
        for chunk in lines(batch, [",\n", *_object(batch)]):
            yield before + (chunk[2:] if before else chunk)
            before = b""
    yield before + b"\n]\n"


def _object(batch: pa.RecordBatch) -> list[Piece]:
    pieces: list[Piece] = []
    for number, name in enumerate(batch.schema.names):
        pieces += [f"{',' if number else '{'}{json.dumps(name)}:", (name, _json)]
    return [*pieces, "}"]


# ---------------------------------------------------------------- RDF


def _first(batch: pa.RecordBatch, column: str) -> str:
    """Return the value of a column that is the same in all rows of a batch, as text."""
    return str(batch.column(column)[0].as_py())


def _word(value: object) -> str:
    return str(value)


def _term(status: object) -> str:
    return str(status).capitalize()


class _Graph:
    """One day's decisions on one data category: its IRIs, and the pieces of those of each row."""

    def __init__(self, batch: pa.RecordBatch, frame: Frame, space: str) -> None:
        self.day, category = _first(batch, "date"), _first(batch, "category")
        beyond = conditions(frame)
        self.iri = graph_iri(self.day, category, beyond)
        self.release = json.dumps(_first(batch, "release"), ensure_ascii=False)
        self.data = next(c for c in frame.categories if v.local(c) == category)
        self.decision, self.flow = (
            (
                f"<{space}{pair_path(kind, self.day, category)}/",
                ("origin", _word),
                "/",
                ("destination", _word),
                f"{beyond}>",
            )
            for kind in ("decision", "flow")
        )


def nquads(batches: Iterable[pa.RecordBatch], frame: Frame) -> Iterator[bytes]:
    """Yield N-Quads, a named graph a category.

    Args:
        batches: one a category, none empty.
        frame: what the decisions are about.
    """
    for batch in batches:
        graph = _Graph(batch, frame, v.ID)
        end = f" <{graph.iri}> .\n"
        yield f"<{graph.iri}> <{v.OWL}versionInfo> {graph.release}{end}".encode()
        yield from lines(batch, _quads(graph, frame, end))


def _quads(graph: _Graph, frame: Frame, end: str) -> list[Piece]:
    decision, flow = graph.decision, graph.flow
    a, ns = f" <{v.RDF}type> ", v.NS
    pieces: list[Piece] = [*decision, f"{a}<{ns}Decision>{end}", *decision, f" <{ns}ofFlow> ", *flow, end]
    for name in ("status", "best", "worst"):
        pieces += [*decision, f" <{ns}{name}> <{ns}", (name, _term), f">{end}"]
    for name in ("route", "obstacle"):
        pieces.append(When(name, (*decision, f" <{v.PROV}used> <{v.ID}", (name, _word), f">{end}")))
    pieces.append(When("capped", (*decision, f' <{v.RDFS}comment> "{BOUNDS}"@en{end}')))
    pieces += [*flow, f"{a}<{ns}Flow>{end}"]
    for name, column in (("origin", "origin"), ("target", "destination")):
        pieces += [*flow, f" <{ns}{name}> <{v.ID}", (column, _word), f">{end}"]
    for name, iri in (("data", graph.data), ("purpose", frame.purpose), ("sector", frame.sector)):
        pieces += [*flow, f" <{ns}{name}> <{iri}>{end}"]
    return [*pieces, *flow, f' <{ns}asOf> "{graph.day}"^^<{v.XSD}date>{end}']


def turtle(batches: Iterable[pa.RecordBatch], frame: Frame, named: bool = False) -> Iterator[bytes]:
    """Yield Turtle, or TriG with a named graph a category.

    Args:
        batches: one a category, none empty.
        frame: what the decisions are about.
        named: TriG.
    """
    prefixes = [f"@prefix {p}: <{v.PREFIXES[p]}> ." for p in ("dr", "owl", "prov", "rdfs", "xsd")]
    yield "\n".join((f"@base <{v.ID}> .", *prefixes, "")).encode()
    for batch in batches:
        graph = _Graph(batch, frame, "")
        opened = f"\n<{graph.iri}> {{\n" if named else "\n"
        yield f"{opened}<{graph.iri}> owl:versionInfo {graph.release} .\n".encode()
        yield from lines(batch, _statements(graph, frame))
        if named:
            yield b"}\n"


def _statements(graph: _Graph, frame: Frame) -> list[Piece]:
    pieces: list[Piece] = [*graph.decision, " a dr:Decision"]
    for name in ("status", "best", "worst"):
        pieces += [f" ; dr:{name} dr:", (name, _term)]
    pieces += [When(n, (" ; prov:used <", (n, _word), ">")) for n in ("route", "obstacle")]
    pieces += [When("capped", (f' ; rdfs:comment "{BOUNDS}"@en',)), " ; dr:ofFlow ", *graph.flow, " .\n"]
    pieces += [*graph.flow, " a dr:Flow ; dr:origin <", ("origin", _word), "> ; dr:target <"]
    pieces += [("destination", _word), ">"]
    for name, iri in (("data", graph.data), ("purpose", frame.purpose), ("sector", frame.sector)):
        pieces.append(f" ; dr:{name} <{iri.removeprefix(v.ID)}>")
    return [*pieces, f' ; dr:asOf "{graph.day}"^^xsd:date .\n']
