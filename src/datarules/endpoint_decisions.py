"""Decisions as named graphs, made when a query names one: ``…/graph/decisions/2026-05-01/personal``.

A query that names such a graph is answered over the store together with the decisions of that day and
category; every other query sees the law alone, so that no answer depends on what others asked before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

import pyoxigraph as ox

from . import matrix, tables
from . import vocab as v
from .errors import QueryError
from .rulebook import RuleBook
from .table_lines import graph_iri

MOST = 2
"""Most such graphs in one query; one holds about a million statements."""
_NAMED = re.compile(re.escape(v.GRAPH) + r"decisions/([^/>\s\"]*)/([^>\s\";]*)")
Wanted = tuple[date, str]


def wanted(book: RuleBook | None, text: str, graphs: Sequence[str] = ()) -> tuple[Wanted, ...]:
    """Return the days and categories of the decision graphs that a query or its dataset names.

    Raises:
        QueryError: a graph is of no day or no category, or there are more than `MOST`.
    """
    found: dict[Wanted, None] = {}
    for day_text, name in dict.fromkeys(
        m.groups() for part in (text, *graphs) for m in _NAMED.finditer(part)
    ):
        place = f"{v.GRAPH}decisions/{day_text}/{name}"
        try:
            day = date.fromisoformat(day_text)
        except ValueError:
            raise QueryError.single("graph", place, "This names no day.", "Write it as YYYY-MM-DD.") from None
        iri = (
            v.CATEGORY + name if book is None or v.CATEGORY + name in book.records.categories else v.ID + name
        )
        if book is not None and iri not in book.records.categories:
            remedy = "See the categories at /v1/categories, such as personal."
            raise QueryError.single("graph", place, "There is no such data category.", remedy)
        found[day, iri] = None
    if len(found) > MOST:
        remedy = (
            f"Name at most {MOST}, or load the output of datarules materialise into a server of your own."
        )
        raise QueryError.single("query", f"{len(found)} graphs of decisions", "These are too many.", remedy)
    return tuple(found)


def names(asked: Iterable[Wanted]) -> set[str]:
    """Return the addresses of decision graphs."""
    return {graph_iri(day.isoformat(), v.local(category)) for day, category in asked}


def with_decisions(store: ox.Store, book: RuleBook, asked: Iterable[Wanted]) -> ox.Store:
    """Return a store in memory with everything in ``store`` and the decisions asked for."""
    made = ox.Store()
    made.bulk_extend(store)
    for day, category in asked:
        found = matrix.matrix(book, matrix.frame(book, [category]), day.toordinal())
        made.bulk_load(b"".join(tables.write("trig", book, found)), format=ox.RdfFormat.TRIG)
    return made
