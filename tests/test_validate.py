"""Validation: one good file, one bad file for each check with its exact lines, and what is done with findings.

``tests/shapes/XX.ttl`` keeps every rule of the shapes. Each ``tests/shapes/bad/<Check>.ttl`` makes the slip
that the check of this name is for, and leans on ``XX.ttl`` for the rest; the ``.txt`` beside it holds what
``datarules validate`` says, line for line.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyshacl
import pytest
from rdflib import RDF, Graph, Namespace, URIRef

from datarules import bundled
from datarules.consistency import CHECKS, LAW_CHECKS
from datarules.errors import DataError
from datarules.findings import Finding, as_json, as_sarif, as_text, without_echoes
from datarules.load import Dataset, ValidDataset, load
from datarules.rulebook import RuleBook
from datarules.validate import attest, validate

SHAPES = Path(__file__).parent / "shapes"
GOOD = SHAPES / "XX.ttl"
BAD = sorted((SHAPES / "bad").glob("*.ttl"))
SH = Namespace("http://www.w3.org/ns/shacl#")


def findings_of(*paths: Path, cache: Path | None = None) -> list[Finding]:
    """Validate files beside the good one; report on these files alone (on the good one if none is given)."""
    dataset = load([GOOD, *paths])
    only = [f for f in dataset.data if f.path in (paths or (GOOD,))]
    return validate(dataset, only, workers=1, cache=cache)


@pytest.fixture(scope="module")
def shapes() -> Graph:
    """Return all shapes as one graph."""
    graph = Graph()
    for path in bundled.shape_files():
        graph.parse(path)
    return graph


def reporting(shapes: Graph) -> dict[str, list[str]]:
    """Return the shapes that can report something, with their messages; those that only collect others cannot."""
    found: dict[str, list[str]] = {}
    for subject in set(shapes.subjects(RDF.type, SH.NodeShape)) | set(
        shapes.subjects(RDF.type, SH.PropertyShape)
    ):
        messages = [*shapes.objects(subject, SH.message)]
        for constraint in shapes.objects(subject, SH.sparql):
            messages += shapes.objects(constraint, SH.message)
        collects = (subject, SH.property, None) in shapes
        if isinstance(subject, URIRef) and (messages or not collects):
            found[subject.rsplit("/", 1)[-1]] = [str(m) for m in messages]
    return found


def test_the_good_file_has_no_findings() -> None:
    assert findings_of() == []


@pytest.mark.parametrize("path", BAD, ids=lambda p: p.stem)
def test_each_bad_file_gives_exactly_its_lines(path: Path) -> None:
    assert "".join(f"{f}\n" for f in findings_of(path)) == path.with_suffix(".txt").read_text(
        encoding="utf-8"
    )


def test_every_check_has_a_bad_file_in_which_it_reports(shapes: Graph) -> None:
    assert {p.stem for p in BAD} == {*reporting(shapes), *CHECKS, *LAW_CHECKS}
    silent = [p.stem for p in BAD if f"[{p.stem}]" not in p.with_suffix(".txt").read_text(encoding="utf-8")]
    assert silent == []


def test_every_shape_has_one_message_that_is_a_sentence(shapes: Graph) -> None:
    wrong = {
        n: m for n, m in reporting(shapes).items() if len(m) != 1 or not m[0].endswith(".") or len(m[0]) > 220
    }
    assert wrong == {}


def test_the_shapes_are_themselves_valid_shacl(shapes: Graph) -> None:
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=shapes, meta_shacl=True)
    assert conforms, text


def test_findings_of_a_citation_stand_at_the_rule_it_belongs_to() -> None:
    (finding,) = findings_of(SHAPES / "bad" / "CitationPinpoint.ttl")
    lines = (SHAPES / "bad" / "CitationPinpoint.ttl").read_text(encoding="utf-8").splitlines()
    assert finding.subject == "CitationPinpoint/rule"
    assert lines[finding.line - 1].startswith(":rule ")


def test_findings_of_several_files_come_at_once_and_in_order() -> None:
    wanted = [p for p in BAD if p.stem in ("RuleLabel", "Cited", "FactRole")]
    found = findings_of(*wanted)
    assert [f.shape for f in found] == ["Cited", "FactRole", "RuleLabel"]


def test_only_the_files_asked_for_are_reported() -> None:
    bad, other = SHAPES / "bad" / "RuleLabel.ttl", SHAPES / "bad" / "Cited.ttl"
    dataset = load([GOOD, bad, other])
    assert {f.file for f in validate(dataset, [f for f in dataset.data if f.path == bad], workers=1)} == {
        "RuleLabel.ttl"
    }


def test_a_warning_does_not_make_a_file_invalid(tmp_path: Path) -> None:
    dataset = load([GOOD, SHAPES / "bad" / "RuleRoute.ttl"])
    assert isinstance(attest(dataset, tmp_path), ValidDataset)


def test_data_with_errors_cannot_decide(tmp_path: Path) -> None:
    dataset = load([GOOD, SHAPES / "bad" / "RuleLabel.ttl"])
    for _ in range(2):  # a failed check is not remembered as a pass
        with pytest.raises(DataError) as caught:
            attest(dataset, tmp_path)
        (problem,) = caught.value.problems
        assert (problem.place, problem.value) == ("RuleLabel.ttl:10", "RuleLabel/rule")


def test_a_rulebook_accepts_validated_data_only() -> None:
    not_validated: Any = load([GOOD])
    with pytest.raises(DataError, match="Only validated data can decide"):
        RuleBook.compile(not_validated)


def test_what_was_found_before_is_found_again_in_the_cache(tmp_path: Path) -> None:
    path = SHAPES / "bad" / "CitationRead.ttl"
    first = findings_of(path, cache=tmp_path)
    kept = list((tmp_path / "shacl").glob("*.json"))
    assert len(kept) == 1
    kept[0].write_text("[]", encoding="utf-8")
    assert findings_of(path, cache=tmp_path) != first, "the cache was not used"
    kept[0].write_text("not JSON", encoding="utf-8")
    assert findings_of(path, cache=tmp_path) == first, "a broken cache must only cost time"


def test_a_change_of_one_file_leaves_what_was_found_in_most_others(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran: list[str] = []

    def shacl(payload: str) -> list[Any]:
        ran.append(payload)
        return []

    monkeypatch.setattr("datarules.validate._shacl", shacl)
    monkeypatch.setattr("datarules.validate.check_law", lambda *_: [])
    whole = list(dataset.data)
    validate(dataset, whole, workers=1, cache=tmp_path)
    runs = len(ran)
    assert runs > 50
    for gone in (whole[0], whole[len(whole) // 2]):
        ran.clear()
        validate(dataset, [f for f in whole if f is not gone], workers=1, cache=tmp_path)
        assert len(ran) < runs / 20


def _finding(shape: str, severity: str = "error") -> Finding:
    return Finding("BR.ttl", 7, "BR/rule", "Give one dr:evidence.", shape, severity)


def test_a_slip_is_told_once() -> None:
    assert without_echoes([_finding("From"), _finding("FromBeforeUntil")]) == [_finding("From")]
    assert without_echoes([_finding("FromBeforeUntil")]) == [_finding("FromBeforeUntil")]


def test_text_has_one_line_for_each_finding_and_a_count() -> None:
    text = as_text([_finding("Evidence"), _finding("RuleRoute", "warning")], 3)
    assert text.splitlines() == [
        "BR.ttl:7: BR/rule: Give one dr:evidence. [Evidence]",
        "BR.ttl:7: BR/rule: warning: Give one dr:evidence. [RuleRoute]",
        "3 files checked: 1 errors and 1 warnings in 1 files. Guide: CONTRIBUTING.md",
    ]
    assert as_text([], 3) == "3 files checked: no findings."


def test_json_holds_every_field() -> None:
    document = json.loads(as_json([_finding("Evidence")], 3))
    assert document["checked"] == 3
    assert document["findings"] == [
        {
            "file": "BR.ttl",
            "line": 7,
            "subject": "BR/rule",
            "message": "Give one dr:evidence.",
            "shape": "Evidence",
            "severity": "error",
        }
    ]


def test_sarif_has_what_the_standard_asks_for() -> None:
    """Check the required members of SARIF 2.1.0 (sections 3.13, 3.14, 3.19, 3.27)."""
    log = json.loads(as_sarif([_finding("Evidence"), _finding("Cited", "warning")], "1.2.3"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("datarules", "1.2.3")
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        (place,) = result["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"] == "BR.ttl"
        assert place["physicalLocation"]["region"]["startLine"] >= 1


def test_the_good_file_can_be_compiled() -> None:
    dataset: Dataset = load([GOOD])
    book = RuleBook.unchecked(dataset)
    assert book.by_code["XX"].label == "Exampleland"
