"""Functions a researcher can call inside a query to ask for a decision.

``drf:status(?origin, ?destination, ?category, ?date[, ?purpose])`` gives the status as a plain literal such
as ``"safeguards"``; ``drf:best`` and ``drf:worst`` the two ends of its range. Places and concepts are IRIs
or the words of the command line; the date is an ``xsd:date`` or its text. Anything that is not a question
gives no value (an unbound result), as SPARQL 1.1 Query, 17.6 asks of a failing extension function.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

import pyoxigraph as ox

from . import ask
from . import vocab as v
from .decide import decide
from .model import Decision, Transfer
from .rulebook import RuleBook

Function = Callable[..., ox.Literal | None]
NAMES = ("status", "best", "worst")


def functions(book: RuleBook, failures: list[Exception]) -> dict[ox.NamedNode, Function]:
    """Return the functions over a rulebook, by their IRI, for pyoxigraph's ``custom_functions``.

    Args:
        book: what decides.
        failures: receives whatever goes wrong inside a decision. The store would take it for "no value",
            and a fault must not look like an answer.
    """

    @lru_cache(maxsize=4096)
    def decision(origin: str, destination: str, data: str, day: int, purpose: str) -> Decision:
        return decide(book, Transfer(origin, destination, (data,), purpose, v.ANY_SECTOR), day)

    def named(aspect: str) -> Function:
        def function(*terms: Any) -> ox.Literal | None:
            asked = _question(book, terms)
            if asked is None:
                return None
            try:
                return ox.Literal(getattr(decision(*asked), aspect).value)
            except Exception as error:
                failures[:] = failures[:1] or [error]
                return None

        return function

    return {ox.NamedNode(v.FUNCTIONS + name): named(name) for name in NAMES}


def _question(book: RuleBook, terms: tuple[Any, ...]) -> tuple[str, str, str, int, str] | None:
    if len(terms) not in (4, 5):
        return None
    records = book.records
    origin, destination = (_place(book, term) for term in terms[:2])
    data = _concept(terms[2], records.categories, v.CATEGORY)
    day = _day(terms[3])
    purpose = _concept(terms[4], records.purposes, v.PURPOSE) if len(terms) == 5 else v.ANY_PURPOSE
    if origin is None or destination is None or data is None or day is None or purpose is None:
        return None
    return origin, destination, data, day, purpose


def _place(book: RuleBook, term: Any) -> str | None:
    if isinstance(term, ox.NamedNode):
        return term.value if term.value in book.records.jurisdictions else None
    found = ask.jurisdiction(book, term.value) if isinstance(term, ox.Literal) else None
    return found.iri if found else None


def _concept(term: Any, scheme: dict[str, Any], space: str) -> str | None:
    if isinstance(term, ox.NamedNode):
        return term.value if term.value in scheme else None
    return ask.concept(scheme, space, term.value) if isinstance(term, ox.Literal) else None


def _day(term: Any) -> int | None:
    if not isinstance(term, ox.Literal):
        return None
    try:
        found = date.fromisoformat(
            term.value[:10] if term.datatype.value == v.XSD + "dateTime" else term.value
        )
    except ValueError:
        return None
    return found.toordinal() if found >= ask.EARLIEST else None
