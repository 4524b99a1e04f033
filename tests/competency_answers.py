"""How the answers of two engines are compared: as multisets of rows in one spelling."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from datarules.endpoint import Result

QUERIES = sorted((Path(__file__).parent / "competency").glob("*.rq"))
Answer = Counter[tuple[str, ...]]


def spelt(term: Any) -> str:
    """Return a term in one spelling; ``xsd:string`` is left out, as RDF 1.1 makes it the default."""
    if term is None:
        return ""
    if isinstance(term, ox.Literal):
        kind = "" if term.language or term.datatype.value.endswith("#string") else term.datatype.value
        return f"{term.value}@{term.language or ''}^{kind}"
    return str(term.value)


def answer(result: Result) -> Answer:
    """Return a result as a multiset."""
    if result.kind == "ask":
        return Counter({(str(result.boolean()),): 1})
    if result.kind == "graph":
        return Counter({(spelt(t.subject), spelt(t.predicate), spelt(t.object)) for t in result.triples()})
    names, rows = result.rows()
    order = sorted(range(len(names)), key=names.__getitem__)
    return Counter(tuple(spelt(row[i]) for i in order) for row in rows)
