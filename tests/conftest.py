"""What many tests share: the bundled data, read once, and one study of them that remembers what it computed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from rdflib import Graph

import datarules.open
from datarules import bundled
from datarules.load import Dataset, load
from datarules.rulebook import RuleBook
from datarules.study import Study

LONG = (
    *(
        "explorer_views",
        "flows",
        "explorer_doors",
        "manual",
        "explorer",
        "competency",
        "world",
        "api",
        "wheel",
    ),
    *("builder", "docs", "pictures"),
)
"""Modules that take minutes: begun last, one would keep the whole run waiting."""


settings.register_profile("repeatable", derandomize=True)
settings.register_profile("explore", print_blob=True)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--examples-times", type=int, default=1, help="how many times the usual examples to try")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the modules that take long; the tests of one stay in one process (``--dist loadfile``)."""
    times = config.getoption("--examples-times")
    for item in items:
        made = getattr(getattr(item, "obj", None), "_hypothesis_internal_use_settings", None)
        if made is not None and times > 1:
            more = settings(made, max_examples=made.max_examples * times, deadline=None)
            item.obj._hypothesis_internal_use_settings = more  # type: ignore[attr-defined]
    order = {f"test_{name}": number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path.stem, len(LONG)))


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
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which all workers of one run keep what is dear to make; never that of an earlier run."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "kept"


@pytest.fixture(scope="session")
def study(dataset: Dataset, book: RuleBook, kept: Path) -> Iterator[Study]:
    """One study of the bundled data, which forgets little; tests ask it and do not change it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("datarules.study.KEPT", 100)
        yield Study.of(book, kept, dataset)


@contextmanager
def sharing(study: Study) -> Iterator[None]:
    """Let whoever opens a study of the bundled data have the shared one, which remembers what it computed."""
    made = Study.of

    def of(book: RuleBook, folder: Path | None = None, dataset: Dataset | None = None) -> Study:
        return study if book is study.book and folder is None else made(book, folder, dataset)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Study, "of", of)
        yield


@pytest.fixture
def opened(dataset: Dataset, study: Study, monkeypatch: pytest.MonkeyPatch) -> Iterator[Study]:
    """Let commands on the bundled data use the shared study, instead of each opening its own."""
    whole = datarules.open.open_dataset

    def open_dataset(data: object = None, progress: object = None) -> tuple[Dataset, RuleBook]:
        return whole(data, progress) if data is not None else (dataset, study.book)  # type: ignore[arg-type]

    monkeypatch.setattr(datarules.open, "open_dataset", open_dataset)
    with sharing(study):
        yield study
