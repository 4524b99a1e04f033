"""Every data file: named by its code, written the same way, cited, and valid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from datarules import bundled, vocab
from datarules.load import Dataset, SourceFile, ValidDataset
from datarules.model import FOREVER, Membership, Rule
from datarules.rulebook import RuleBook
from datarules.validate import attest, cache_folder

FILES = bundled.data_files()


def values(file: SourceFile, predicate: str, subject: str = "") -> Iterator[str]:
    """Yield what a file says by a property, of one subject if given."""
    for one in file.triples:
        if one.predicate.value == predicate and subject in ("", one.subject.value):
            yield one.object.value


def test_all_data_pass_validation(dataset: Dataset) -> None:
    assert isinstance(attest(dataset, cache_folder()), ValidDataset)


def test_every_file_is_about_what_its_name_says(dataset: Dataset) -> None:
    wrong = []
    for file in dataset.data:
        own = vocab.ID + file.path.stem
        kinds = set(values(file, vocab.RDF + "type", own))
        codes = list(values(file, vocab.DCT + "identifier", own))
        wanted = "Jurisdiction" if file.path.parent.name == "jurisdictions" else "JurisdictionGroup"
        if vocab.NS + wanted not in kinds or codes not in (
            [file.path.stem],
            [] if wanted != "Jurisdiction" else [""],
        ):
            wrong.append((file.name, sorted(kinds), codes))
    assert wrong == []


def test_prefixes_are_the_same_in_every_file(dataset: Dataset) -> None:
    wrong = [
        (file.name, prefix, iri)
        for file in dataset.data
        for prefix, iri in file.prefixes.items()
        if iri != (vocab.PREFIXES.get(prefix) if prefix else f"{vocab.ID}{file.path.stem}/")
    ]
    assert wrong == []


def test_every_jurisdiction_has_a_code_and_an_english_name(dataset: Dataset, book: RuleBook) -> None:
    assert len(book.by_code) == len(book.records.jurisdictions)
    english = {
        t.subject.value
        for f in dataset.data
        for t in f.triples
        if t.predicate.value == vocab.SKOS + "prefLabel" and getattr(t.object, "language", "") == "en"
    }
    assert [j.code for j in book.records.jurisdictions.values() if j.iri not in english] == []


def test_names_lead_to_one_jurisdiction(book: RuleBook) -> None:
    seen: dict[str, str] = {}
    clashes = [
        (word, seen[word.casefold()], j.code)
        for j in book.records.jurisdictions.values()
        for word in {j.code, j.label, *j.aliases}
        if seen.setdefault(word.casefold(), j.code) != j.code
    ]
    assert clashes == []


def test_nothing_was_read_after_the_newest_review(book: RuleBook) -> None:
    records = book.records
    reviews = [j.reviewed_on for j in records.jurisdictions.values() if j.reviewed_on]
    reviews += [c.reviewed_on for c in records.coverages.values()]
    cited = [(s.iri, s.citations) for s in dated(book)] + [
        (c.iri, c.citations) for c in records.coverages.values()
    ]
    late = [iri for iri, citations in cited for c in citations if c.read_on > max(reviews)]
    assert late == []


RECENT = date(2025, 1, 1).toordinal()
"""From here on nothing is stated from memory (CONTRIBUTING, section 4)."""


def dated(book: RuleBook) -> list[Rule | Membership]:
    """Return rules and entries: what has a first day and evidence."""
    return [*book.records.rules.values(), *book.records.memberships.values()]


def test_law_of_2025_and_later_was_read(book: RuleBook) -> None:
    recent = [s for s in dated(book) if RECENT <= s.start < FOREVER]
    assert recent
    assert [vocab.local(s.iri) for s in recent if s.evidence is vocab.Evidence.Inferred] == []


END_WITHOUT_CITATION = {
    "BR/Res19-2": "a time of grace that ends by its own words",
}
"""Statements that ended since 2025 and name no act that ended them, with the reason."""


def test_what_ended_in_2025_and_later_says_by_what(book: RuleBook) -> None:
    ended = [s for s in dated(book) if RECENT <= s.end < FOREVER]
    assert ended
    assert {vocab.local(s.iri) for s in ended if not s.end_citations} == set(END_WITHOUT_CITATION)


def test_every_statement_ends_after_it_starts(book: RuleBook) -> None:
    assert [s.iri for s in dated(book) if s.start >= s.end and s.start < FOREVER] == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_layout(path: Path) -> None:
    raw = path.read_bytes()
    text = raw.decode("utf-8")
    assert b"\r" not in raw
    assert b"\t" not in raw
    assert text.endswith("\n")
    assert not re.search(r"[ \t]+$", text, re.MULTILINE), "blanks at the end of a line"
    assert text.startswith(f"@prefix : <{vocab.ID}{path.stem}/> .\n@prefix id: <{vocab.ID}> .\n")
