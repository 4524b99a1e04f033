"""What many tests share: the bundled data, read once, and one study of them that remembers what it computed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rdflib import Graph

import datarules.open
from datarules import bundled
from datarules.load import Dataset, load
from datarules.rulebook import RuleBook
from datarules.study import Study


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    """Whether the data pass validation is for other tests to say; here they only have to be there."""
    return load()


@pytest.fixture(scope="session")
def book(dataset: Dataset) -> RuleBook:
    return RuleBook.unchecked(dataset)


@pytest.fixture(scope="session")
def ontology() -> Graph:
    """The ontology without the shapes; tests read it and do not change it."""
    graph = Graph()
    for path in bundled.ontology_files():
        graph.parse(path)
    return graph


@pytest.fixture(scope="session")
def study(dataset: Dataset, book: RuleBook) -> Study:
    """One study of the bundled data; tests ask it and do not change it."""
    return Study.of(book, None, dataset)


@pytest.fixture
def opened(dataset: Dataset, study: Study, monkeypatch: pytest.MonkeyPatch) -> Iterator[Study]:
    """Let commands on the bundled data use the shared study, instead of each opening its own."""
    whole = datarules.open.open_dataset
    made = Study.of

    def open_dataset(data: object = None, progress: object = None) -> tuple[Dataset, RuleBook]:
        return whole(data, progress) if data is not None else (dataset, study.book)  # type: ignore[arg-type]

    def of(book: RuleBook, *more: object, **words: object) -> Study:
        return study if book is study.book else made(book, *more, **words)  # type: ignore[arg-type]

    monkeypatch.setattr(datarules.open, "open_dataset", open_dataset)
    monkeypatch.setattr(Study, "of", of)
    yield study
