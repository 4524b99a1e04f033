"""The lawyers' suite: every case in ``tests/cases`` asks a question and holds the answer to the article."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from datarules import answer, law_cases
from datarules.decide import decide
from datarules.rulebook import RuleBook
from datarules.vocab import LOCALISATION

CASES = Path(__file__).parent / "cases"
KEYS = {
    "name",
    "pair",
    "origin",
    "destination",
    "data",
    "date",
    "status",
    "best",
    "worst",
    "cites",
    "not_cites",
    "overlays",
    "conflicts",
    "not_conflicts",
    "facts",
    "purpose",
    "sector",
    "open",
    "note",
}


ALL = [(f"{place}-{number}", case) for place, number, case in law_cases.read(sorted(CASES.glob("*.toml")))]


def cited(document: dict[str, Any], lapsed: bool = True) -> set[str]:
    """Return every article the answer cites, with or without what has lapsed."""
    found = set()
    for key in ("routes", "obstacles", "overlays"):
        for part in document[key]:
            if part.get("kind") == "lapsed" and not lapsed:
                continue
            found |= {c["article"] for c in part["citations"]}
            found |= {c["article"] for e in part.get("entries", ()) for c in e["citations"]}
    for conflict in document["conflicts"]:
        for norm in (*conflict["norms"], *filter(None, [conflict["by"]]), *conflict["further"]):
            found |= {c["article"] for c in norm["citations"]}
    return found


@pytest.mark.parametrize("case", [c for _, c in ALL], ids=[i for i, _ in ALL])
def test_case(case: dict[str, Any], book: RuleBook) -> None:
    assert not case.keys() - KEYS, f"unknown keys {case.keys() - KEYS}"
    transfer, day = law_cases.question(book, case)
    document = answer.document(book, decide(book, transfer, day.toordinal()), day)
    story = case["name"] + "\n" + "\n".join(document["text"])
    for key in ("status", "best", "worst"):
        if key in case:
            assert document[key] == case[key], f"{key}: {story}"
    found = cited(document)
    missing = set(case.get("cites", ())) - found
    assert not missing, f"not cited: {sorted(missing)}; cited: {sorted(found)}\n{story}"
    wrong = set(case.get("not_cites", ())) & cited(document, lapsed=False)
    assert not wrong, f"cited though it should not be: {sorted(wrong)}\n{story}"
    if "overlays" in case:
        kinds = {o["kind"] for o in document["overlays"] if o["applies"] == "yes"} & set(
            LOCALISATION.values()
        )
        assert kinds == set(case["overlays"]), story
    if "conflicts" in case:
        assert {c["kind"] for c in document["conflicts"]} >= set(case["conflicts"]), story
        if not case["conflicts"]:
            assert not document["conflicts"], story
    assert {c["kind"] for c in document["conflicts"]}.isdisjoint(case.get("not_conflicts", ())), story


def test_the_suite_is_large_enough_and_tells_stories_of_change() -> None:
    joined: dict[str, int] = {}
    for _, case in ALL:
        if "pair" in case:
            joined[case["pair"]] = joined.get(case["pair"], 0) + 1
    assert len(ALL) >= 150
    alone = [pair for pair, count in joined.items() if count < 2]
    assert not alone, f"a before/after pair needs two cases: {alone}"
    assert sum(joined.values()) * 3 >= len(ALL)


def test_names_are_unique_sentences() -> None:
    names = [(label.rsplit("-", 1)[0], case["name"]) for label, case in ALL]
    assert len(set(names)) == len(names), sorted({n for n in names if names.count(n) > 1})
