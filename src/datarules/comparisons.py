"""Where this graph and a published classification differ, row by row, with this graph's article.

The table compared with is UNCTAD's status of legislation on data protection and privacy
(``data/comparisons/README.md``: source, date, licence). It answers another question than this graph: whether
there is a law on data protection, not whether the law speaks of data going out. The differences show both
kinds: what one of the two has not seen, and laws that leave transfers open.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO

from . import vocab as v
from .classes import Law, law
from .errors import DataError, Problem
from .model import Coverage, Rule
from .rulebook import RuleBook

LEGISLATION, DRAFT, NO_LEGISLATION, NO_DATA = STATUSES = ("Legislation", "Draft", "No Legislation", "No Data")
"""Statuses of the table."""
MEANS = {LEGISLATION: Law.LAW, DRAFT: Law.NONE, NO_LEGISLATION: Law.NONE}
"""What each status says in the words of this graph: a draft is no law yet."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One jurisdiction on which the two differ; ``ours`` shows it by ``statement``, if anything is stated."""

    code: str
    label: str
    theirs: str
    ours: Law
    statement: Rule | Coverage | None

    @property
    def article(self) -> str:
        """The article of this graph, or what its review says."""
        cited = self.statement.citations if self.statement else ()
        return "; ".join(c.article for c in cited)


@dataclass(frozen=True, slots=True)
class Compared:
    """The comparison: how many agree, how many the table leaves open, and both kinds of difference by code."""

    agreed: int
    no_data: int
    differ: tuple[Difference, ...]
    unanswered: tuple[Difference, ...]


def read(text: str, name: str) -> dict[str, str]:
    """Return the statuses of a table by code.

    Args:
        text: CSV with the columns ``code`` and ``status``.
        name: of the file, for errors.

    Raises:
        DataError: a status or a column is not known, or a code stands twice.
    """
    found: dict[str, str] = {}
    problems = []
    for number, row in enumerate(csv.DictReader(StringIO(text)), 2):
        code, status = row.get("code") or "", row.get("status") or ""
        if not code or status not in STATUSES or code in found:
            reason = "A row is a code that stands once, and a status."
            remedy = f"The statuses are: {', '.join(STATUSES)}."
            problems.append(Problem(f"{name}:{number}", f"{code},{status}", reason, remedy))
        found[code] = status
    if problems:
        raise DataError(*problems)
    return found


def compare(book: RuleBook, day: date, table: Mapping[str, str], name: str) -> Compared:
    """Compare law or none with a table on a day.

    Args:
        book: the compiled law.
        day: the day decided on.
        table: statuses by code (see `read`).
        name: of the table, for errors.

    Raises:
        DataError: the table names a code that the graph does not know.
    """
    unknown = sorted(code for code in table if code not in book.by_code)
    if unknown:
        reason, remedy = "The graph has no such jurisdiction.", "Mend the code or leave the row out."
        raise DataError(*(Problem(name, code, reason, remedy) for code in unknown))
    view = book.at(day.toordinal())
    differ, unanswered, agreed, without = [], [], 0, 0
    for code, status in sorted(table.items()):
        place = book.by_code[code]
        ours, statement = law(view, place.iri)
        one = Difference(code, place.label, status, ours, statement)
        if status == NO_DATA:
            without += 1
        elif ours is Law.UNKNOWN:
            unanswered.append(one)
        elif ours is MEANS[status]:
            agreed += 1
        else:
            differ.append(one)
    return Compared(agreed, without, tuple(differ), tuple(unanswered))


def told(statement: Rule | Coverage | None) -> str:
    """Return what the statement of this graph says, in its own words."""
    if isinstance(statement, Rule):
        return statement.label
    return statement.note if statement else ""


def source(statement: Rule | Coverage | None) -> str:
    """Return the name under which a statement is found, such as ``BR/LGPD-33``."""
    return v.local(statement.iri) if statement else ""
