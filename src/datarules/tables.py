"""Matrix → tables: one row an ordered pair and data category, in the formats statisticians and stores read.

The same matrix gives the same bytes: rows are ordered by category, origin and destination, writers have
fixed settings and no clock. Everything streams one category at a time, so a door can hand out large tables
without building them.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import table_lines
from . import vocab as v
from .errors import InputError, Problem, nearest
from .formats import Format, chosen
from .matrix import NUMBER, STATUSES, Matrix
from .rulebook import RuleBook
from .vocab import Status

if TYPE_CHECKING:
    import pandas as pd

Coding = tuple[pa.Array, npt.NDArray[np.int32]]
"""The words of a column, and the place among them of each number that stands for one."""
Places = npt.NDArray[np.intp]
WORD = pa.dictionary(pa.int32(), pa.string())
SCHEMA: pa.Schema = pa.schema(
    [
        ("origin", WORD),
        ("destination", WORD),
        ("category", WORD),
        ("purpose", WORD),
        ("sector", WORD),
        ("date", pa.date32()),
        ("status", WORD),
        ("best", WORD),
        ("worst", WORD),
        ("route", WORD),
        ("route_article", WORD),
        ("obstacle", WORD),
        ("obstacle_article", WORD),
        ("capped", pa.bool_()),
        ("release", WORD),
    ]
)
"""Columns. ``route`` is the freest route open and ``obstacle`` the first prohibition that stands, by the name
of the rule, each with its article; nothing where there is none. ``capped``: only bounds could be given."""


@dataclass(frozen=True, slots=True)
class Only:
    """Which rows: codes of origins and destinations, statuses. Nothing limits nothing."""

    origins: frozenset[str] = frozenset()
    destinations: frozenset[str] = frozenset()
    statuses: frozenset[Status] = frozenset()


def only(
    book: RuleBook,
    matrix: Matrix,
    origins: Iterable[str] = (),
    destinations: Iterable[str] = (),
    statuses: Iterable[str] = (),
) -> Only:
    """Read which rows are wanted: codes and names of statuses, in any case.

    Raises:
        InputError: a code is not in the matrix, or there is no such status; with every problem found.
    """
    codes = [book.records.jurisdictions[iri].code for iri in matrix.frame.places]
    problems: list[Problem] = []

    def read(field: str, words: Iterable[str], known: dict[str, str], reason: str) -> frozenset[str]:
        found = set()
        for word in words:
            one = known.get(word.strip().casefold())
            if one is None:
                close = nearest(word, list(known.values()))
                remedy = f"Did you mean {' or '.join(close)}?" if close else ""
                problems.append(Problem(field, word, reason, remedy))
            else:
                found.add(one)
        return frozenset(found)

    places = {code.casefold(): code for code in codes}
    names = {s.value: s.value for s in Status}
    absent = "There is no such place in the matrix."
    made = Only(
        read("origin", origins, places, absent),
        read("destination", destinations, places, absent),
        frozenset(map(Status, read("status", statuses, names, "There is no such status."))),
    )
    if problems:
        raise InputError(*problems)
    return made


def _dictionary(words: Sequence[str]) -> Coding:
    """Return the distinct words in order, and the place of each given word among them; -1 for no word."""
    distinct = sorted(set(words) - {""})
    place = {word: number for number, word in enumerate(distinct)}
    return pa.array(distinct, pa.string()), np.array([place.get(word, -1) for word in words], np.int32)


def _coded(coding: Coding, numbers: npt.NDArray[Any]) -> pa.Array:
    """Return a dictionary encoded column of the words with these numbers; nothing for no word."""
    dictionary, place = coding
    indices = place[numbers]
    return pa.DictionaryArray.from_arrays(pa.array(indices, mask=indices < 0), dictionary)


def _rules(book: RuleBook, matrix: Matrix, numbers: npt.NDArray[np.int32]) -> tuple[Coding, Coding]:
    """Return the dictionaries of names and of articles of the rules that some numbers stand for."""
    used = np.zeros(len(matrix.rules) + 1, np.bool_)
    used[numbers.ravel()] = True
    iris = [iri if here else "" for iri, here in zip((*matrix.rules, ""), used.tolist(), strict=True)]
    found = [book.records.rules.get(iri) for iri in iris]
    articles = [rule.citations[0].article if rule and rule.citations else "" for rule in found]
    return _dictionary([v.local(iri) for iri in iris]), _dictionary(articles)


def schema(matrix: Matrix) -> pa.Schema:
    """Return `SCHEMA` with the facts stated of every transfer as metadata, where there are any."""
    facts = dict(matrix.frame.facts)
    return SCHEMA.with_metadata({"facts": json.dumps(facts)} if facts else None)


def batches(book: RuleBook, matrix: Matrix, wanted: Only | None = None) -> Iterator[pa.RecordBatch]:
    """Yield the table category by category, without those of which no row is wanted.

    Args:
        book: the compiled law.
        matrix: decisions of one day.
        wanted: which rows; all unless given.
    """
    wanted = wanted or Only()
    codes = [book.records.jurisdictions[iri].code for iri in matrix.frame.places]
    order = sorted(range(len(codes)), key=codes.__getitem__)
    origins, destinations = (
        np.array([n for n in order if not some or codes[n] in some], np.intp)
        for some in (wanted.origins, wanted.destinations)
    )
    block = np.ix_(origins, destinations)
    names = [v.local(category) for category in matrix.frame.categories]
    coding = {
        "place": _dictionary(codes),
        "category": _dictionary(names),
        "status": (pa.array([s.value for s in STATUSES]), np.arange(len(STATUSES), dtype=np.int32)),
    }
    for name in ("route", "obstacle"):
        coding[name], coding[f"{name}_article"] = _rules(book, matrix, getattr(matrix, name))
    numbers = np.array(sorted(NUMBER[s] for s in wanted.statuses or STATUSES), np.uint8)
    for number in sorted(range(len(names)), key=names.__getitem__):
        row, column = np.nonzero(np.isin(matrix.status[number][block], numbers))
        if len(row):
            yield _batch(matrix, coding, (np.full(len(row), number), origins[row], destinations[column]))


def _batch(matrix: Matrix, coding: dict[str, Coding], cells: tuple[Places, Places, Places]) -> pa.RecordBatch:
    """Return the rows of some cells (category, origin and destination of each)."""
    same = np.zeros(len(cells[0]), np.int32)
    columns = {
        "origin": _coded(coding["place"], cells[1]),
        "destination": _coded(coding["place"], cells[2]),
        "category": _coded(coding["category"], cells[0]),
        "purpose": _coded(_dictionary([v.local(matrix.frame.purpose)]), same),
        "sector": _coded(_dictionary([v.local(matrix.frame.sector)]), same),
        "date": pa.repeat(pa.scalar(date.fromordinal(matrix.day), pa.date32()), len(same)),
        **{n: _coded(coding["status"], getattr(matrix, n)[cells]) for n in ("status", "best", "worst")},
        "capped": pa.array(matrix.capped[cells]),
        "release": _coded(_dictionary([matrix.release]), same),
    }
    for name in ("route", "obstacle"):
        numbers = getattr(matrix, name)[cells]
        columns[name] = _coded(coding[name], numbers)
        columns[f"{name}_article"] = _coded(coding[f"{name}_article"], numbers)
    return pa.record_batch([columns[name] for name in SCHEMA.names], schema=schema(matrix))


def arrow(book: RuleBook, matrix: Matrix, wanted: Only | None = None) -> pa.Table:
    """Return the table as Arrow, one chunk a category (see `SCHEMA`)."""
    return pa.Table.from_batches(batches(book, matrix, wanted), schema(matrix))


def frame(book: RuleBook, matrix: Matrix, wanted: Only | None = None) -> pd.DataFrame:
    """Return the table as pandas: words are categories, statuses in the order of the scale."""
    made: pd.DataFrame = arrow(book, matrix, wanted).to_pandas(date_as_object=False)
    return made


# ---------------------------------------------------------------- files


def _csv(book: RuleBook, matrix: Matrix, wanted: Only | None) -> Iterator[bytes]:
    """Yield CSV by RFC 4180: a header, CRLF, text in quotes; nothing between commas means no rule."""
    from pyarrow import csv

    first = True
    for batch in batches(book, matrix, wanted):
        for start in range(0, batch.num_rows, table_lines.ROWS):
            page = io.BytesIO()
            options = csv.WriteOptions(include_header=first, eol="\r\n")
            csv.write_csv(batch.slice(start, table_lines.ROWS), page, options)
            yield page.getvalue()
            first = False
    if first:
        page = io.BytesIO()
        csv.write_csv(SCHEMA.empty_table(), page, csv.WriteOptions(eol="\r\n"))
        yield page.getvalue()


class _Drain(io.RawIOBase):
    """A file that is emptied while it is written."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """Say that it can be written."""
        return True

    def write(self, data: Any) -> int:
        """Take in some bytes."""
        self._parts.append(bytes(data))
        return len(data)

    def drain(self) -> bytes:
        """Return what has been written since the last call."""
        found = b"".join(self._parts)
        self._parts.clear()
        return found


def parquet(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[bytes]:
    """Yield Parquet (format 2.6, Zstandard), one row group a batch, one chunk a row group."""
    from pyarrow import parquet as pq

    sink = _Drain()
    with pq.ParquetWriter(sink, schema, version="2.6", compression="zstd", compression_level=3) as writer:
        for batch in batches:
            writer.write_batch(batch)
            yield sink.drain()
    yield sink.drain()


def _parquet(book: RuleBook, matrix: Matrix, wanted: Only | None) -> Iterator[bytes]:
    return parquet(batches(book, matrix, wanted), schema(matrix))


def _json(book: RuleBook, matrix: Matrix, wanted: Only | None) -> Iterator[bytes]:
    return table_lines.json_records(batches(book, matrix, wanted))


def _jsonl(book: RuleBook, matrix: Matrix, wanted: Only | None) -> Iterator[bytes]:
    return table_lines.json_lines(batches(book, matrix, wanted))


def _nquads(book: RuleBook, matrix: Matrix, wanted: Only | None) -> Iterator[bytes]:
    return table_lines.nquads(batches(book, matrix, wanted), matrix.frame)


def _trig(book: RuleBook, matrix: Matrix, wanted: Only | None) -> Iterator[bytes]:
    return table_lines.turtle(batches(book, matrix, wanted), matrix.frame, named=True)


def _turtle(book: RuleBook, matrix: Matrix, wanted: Only | None) -> Iterator[bytes]:
    return table_lines.turtle(batches(book, matrix, wanted), matrix.frame)


FORMATS: dict[str, Format] = {
    "csv": Format("text/csv", ".csv", _csv),
    "parquet": Format("application/vnd.apache.parquet", ".parquet", _parquet),
    "json": Format("application/json", ".json", _json),
    "jsonl": Format("application/x-ndjson", ".jsonl", _jsonl),
    "nquads": Format("application/n-quads", ".nq", _nquads),
    "trig": Format("application/trig", ".trig", _trig),
    "turtle": Format("text/turtle", ".ttl", _turtle),
}
"""File formats by name."""


def write(fmt: str, book: RuleBook, matrix: Matrix, wanted: Only | None = None) -> Iterator[bytes]:
    """Yield a table as a file, chunk by chunk; the same bytes for the same matrix and rows.

    Args:
        fmt: one of `FORMATS`.
        book: the compiled law the matrix was made with.
        matrix: decisions of one day.
        wanted: which rows; all unless given.

    Raises:
        InputError: there is no such format (before anything is yielded).
    """
    return chosen(FORMATS, fmt).stream(book, matrix, wanted)
