"""The case studies follow from the law: each is made again, and its sentences, numbers and links are looked at."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from datarules.load import load
from datarules.rulebook import RuleBook
from datarules.study import Study

FOLDER = Path(__file__).parent.parent / "docs" / "case-studies"
sys.path.insert(0, str(FOLDER / "sources"))

import engine  # noqa: E402 - the sources of the studies are no package


@pytest.fixture(scope="module")
def study() -> Study:
    dataset = load()
    return Study.of(RuleBook.unchecked(dataset), None, dataset)


@pytest.mark.parametrize("name", engine.STUDIES)
def test_a_study_follows_from_the_law(study: Study, name: str) -> None:
    """Raises `engine.ClaimError` with the sentence that is no longer true."""
    made = engine.make(study, name)
    text = made.markdown()
    committed = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    assert text == committed, "the law has changed since the page was made: run make studies"
    assert made.figures, "a study has a figure"
    for file, picture in made.figures.items():
        assert f"](figures/{file})" in text and picture.startswith(b"<?xml")
        assert (FOLDER / "figures" / file).is_file()
    addresses = {c.address for r in study.book.records.rules.values() for c in r.citations}
    addresses |= {
        c.address for m in study.book.records.memberships.values() for c in (*m.citations, *m.end_citations)
    }
    addresses |= {c.address for r in study.book.records.rules.values() for c in r.end_citations}
    links = set(re.findall(r"\]\((https?://[^)]+)\)", text))
    assert (
        links and {link for link in links if link not in addresses and f"{link})" not in addresses} == set()
    )


def test_every_study_has_a_source_and_is_told_of() -> None:
    sources = {path.stem.replace("_", "-") for path in (FOLDER / "sources").glob("*.py")} - {"engine"}
    assert sources == set(engine.STUDIES)
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(f"]({name}.md)" in index for name in engine.STUDIES)


def test_a_sentence_that_is_not_true_stops_the_study(study: Study) -> None:
    page: Any = engine.Page("eu-us", study)
    page.claim(True, "So it is.")
    with pytest.raises(engine.ClaimError, match="no longer true: So it was"):
        page.claim(False, "So it was.")
    assert page.parts == ["So it is."]


def test_no_source_types_an_article_or_an_address_by_hand() -> None:
    for path in (FOLDER / "sources").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://|\bart\. \d|\bs\. \d|§", text), path.name
