"""The law as flat tables: for pandas, DuckDB, spreadsheets and SQL, with an article in every row."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from . import catalogue
from .rulebook import RuleBook

Row = dict[str, Any]
TEXT = pa.string()
LIST = pa.list_(TEXT)
NAMES = ("jurisdictions", "rules", "entries", "authorities", "citations", "facts", "changes")
"""The tables, by name."""
COLUMNS: dict[str, tuple[tuple[str, pa.DataType], ...]] = {
    "jurisdictions": (
        ("code", TEXT),
        ("label", TEXT),
        ("union", pa.bool_()),
        ("rules", pa.int32()),
        ("reviewed_on", pa.date32()),
    ),
    "rules": (
        *((name, TEXT) for name in ("rule", "order", "label", "article", "address")),
        *((name, TEXT) for name in ("modality", "action", "strength")),
        *((name, LIST) for name in ("data", "not_data", "sectors", "purposes")),
        *((name, LIST) for name in ("destinations", "not_destinations")),
        ("applies_if", TEXT),
        ("facts", LIST),
        ("requires", LIST),
        *((name, TEXT) for name in ("mechanism", "burden")),
        ("overrides", LIST),
        ("valid_from", pa.date32()),
        ("valid_until", pa.date32()),
        ("commenced", pa.bool_()),
        ("evidence", TEXT),
        ("note", TEXT),
    ),
    "entries": (
        *((name, TEXT) for name in ("entry", "member", "group", "kind")),
        ("data", LIST),
        ("not_data", LIST),
        ("mechanism", TEXT),
        ("valid_from", pa.date32()),
        ("valid_until", pa.date32()),
        ("evidence", TEXT),
        ("note", TEXT),
    ),
    "authorities": (
        *((name, TEXT) for name in ("authority", "order", "label")),
        ("short", LIST),
        ("data", LIST),
        ("sectors", LIST),
        ("site", TEXT),
        ("valid_from", pa.date32()),
        ("valid_until", pa.date32()),
        ("evidence", TEXT),
        ("note", TEXT),
    ),
    "citations": (
        *((name, TEXT) for name in ("statement", "role", "article", "instrument", "pinpoint", "address")),
        ("read_on", pa.date32()),
        ("read_in", LIST),
        ("means", TEXT),
    ),
    "facts": (
        *(
            (name, TEXT)
            for name in ("name", "label", "kind", "unit", "window", "role", "baseline", "definition")
        ),
        ("assumed_in", LIST),
    ),
    "changes": (
        ("date", pa.date32()),
        *((name, TEXT) for name in ("event", "jurisdiction", "label", "article", "id", "kind", "evidence")),
    ),
}
"""Columns of each table with their types; days are dates, several values a list."""


def _cited(name: str, row: Row) -> list[Row]:
    return [
        {"statement": name, "role": role, **citation}
        for role in ("citations", "ended_by", "confirmed_by")
        for citation in row[role]
    ]


def rows(book: RuleBook) -> dict[str, list[Row]]:
    """Return the rows of every table, in a fixed order."""
    rules = [catalogue.rule_row(book, rule) for _, rule in sorted(book.records.rules.items())]
    entries = [catalogue.entry_row(entry) for _, entry in sorted(book.records.memberships.items())]
    cited = [one for row in rules for one in _cited(row["rule"], row)]
    cited += [one for row in entries for one in _cited(row["entry"], row)]
    return {
        "jurisdictions": catalogue.jurisdictions(book),
        "rules": rules,
        "entries": entries,
        "authorities": catalogue.authorities(book),
        "citations": cited,
        "facts": sorted(catalogue.facts(book), key=lambda row: str(row["name"])),
        "changes": catalogue.changes(book, date(1, 1, 1)),
    }


def _value(value: Any, kind: pa.DataType) -> Any:
    if kind == pa.date32():
        return date.fromisoformat(value) if value else None
    return str(value) if kind == TEXT and value is not None else value


def tables(book: RuleBook) -> dict[str, pa.Table]:
    """Return every table as Arrow."""
    made = {}
    for name, found in rows(book).items():
        columns = {
            column: pa.array([_value(row.get(column), kind) for row in found], kind)
            for column, kind in COLUMNS[name]
        }
        made[name] = pa.table(columns)
    return made


def sqlite(book: RuleBook, path: Path, decisions: pa.Table | None = None) -> None:
    """Write every table into one SQLite file; lists are JSON, days ISO 8601 text.

    Args:
        book: the compiled law.
        path: the file to make.
        decisions: a table of decisions to add, as ``decisions``.
    """
    found = tables(book) | ({"decisions": decisions} if decisions is not None else {})
    with sqlite3.connect(path, isolation_level=None) as base:
        base.execute("PRAGMA page_size = 4096")
        base.execute("PRAGMA journal_mode = OFF")
        for name, table in found.items():
            columns = ", ".join(f'"{column}"' for column in table.column_names)
            marks = ", ".join("?" * table.num_columns)
            base.execute(f"CREATE TABLE {name} ({columns})")
            base.execute("BEGIN")
            lines = zip(*(column.to_pylist() for column in table.columns), strict=True)
            base.executemany(
                f"INSERT INTO {name} VALUES ({marks})",  # noqa: S608  (names are ours)
                [tuple(_plain(value) for value in line) for line in lines],
            )
            base.execute("COMMIT")
        base.execute("VACUUM")


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat() if isinstance(value, date) else value
