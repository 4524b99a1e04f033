"""The questions the graph must answer, put to two engines that share no code: the answers must agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib

from datarules.endpoint_local import Local
from datarules.load import Dataset
from datarules.store import export_graph

from .competency_answers import QUERIES, Answer, answer


@pytest.fixture(scope="session")
def both(dataset: Dataset) -> Iterator[tuple[Local, rdflib.Dataset, rdflib.Graph]]:
    named = rdflib.Dataset()
    named.parse(data=export_graph(dataset, "nquads"), format="nquads")
    union = rdflib.Graph()
    union.parse(data=export_graph(dataset, "ntriples"), format="ntriples")
    yield Local.open(dataset, None), named, union


def _spelt(term: object) -> str:
    if term is None:
        return ""
    if isinstance(term, rdflib.Literal):
        kind = str(term.datatype) if term.datatype and not term.datatype.endswith("#string") else ""
        return f"{term}@{term.language or ''}^{kind if not term.language else ''}"
    return str(term)


def _second(graph: rdflib.Graph, text: str) -> Answer:
    found = graph.query(text)
    if found.type == "ASK":
        return Counter({(str(found.askAnswer),): 1})
    if found.type == "CONSTRUCT":
        assert found.graph is not None
        return Counter({tuple(map(_spelt, triple)) for triple in found.graph})
    order = sorted(range(len(found.vars or ())), key=lambda i: str((found.vars or [])[i]))
    return Counter(tuple(_spelt(row[i]) for i in order) for row in found)  # type: ignore[index]


def test_there_are_at_least_twenty_five_questions() -> None:
    assert len(QUERIES) >= 25


@pytest.mark.parametrize("path", QUERIES, ids=lambda p: p.stem)
def test_two_engines_agree_and_find_something(
    path: Path, both: tuple[Local, rdflib.Dataset, rdflib.Graph]
) -> None:
    local, named, union = both
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# "), "a question begins with its sentence"
    first = answer(local.query(text))
    second = _second(named if "GRAPH" in text else union, text)
    assert first, "nothing was found"
    assert ("False",) not in first
    assert first == second
