"""The law cases over REST: by the rule that decides them, by place, and what is refused."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from datarules import bundled, law_cases
from datarules.rulebook import RuleBook

from .conftest import problem

CASES = Path(__file__).parent.parent / "cases"
WRITTEN = """
[[case]]
name = "Data from the Union under standard clauses"
origin = "EU"
destination = "KE"
date = 2026-05-01
status = "safeguards"
cites = ["GDPR art. 46(2)(c)"]

[[case]]
name = "A place this law does not have"
origin = "EU"
destination = "Atlantis"
date = 2026-05-01
status = "free"

[[case]]
name = "A case its author read otherwise"
origin = "EU"
destination = "KE"
date = 2026-05-01
status = "free"
"""


def test_a_rule_comes_with_the_cases_it_decides(client: TestClient) -> None:
    rows = client.get("/v1/cases?rule=EU/GDPR-46-2-c").json()
    assert rows
    for row in rows:
        assert row["role"] in law_cases.ROLES
        assert (row["role"] == "decides") == ("EU/GDPR-46-2-c" in row["rules"])
    roles = [row["role"] for row in rows]
    assert roles == sorted(roles, key=law_cases.ROLES.index)


def test_a_case_says_what_the_service_answers_to_its_question(client: TestClient) -> None:
    for row in client.get("/v1/cases?jurisdiction=KE").json()[:5]:
        asked = [("origin", row["origin"]), ("destination", row["destination"]), ("as_of", row["date"])]
        asked += [("data", ",".join(row["data"])), ("purpose", row["purpose"]), ("sector", row["sector"])]
        asked += [("fact", f"{name}={value}".lower()) for name, value in row["facts"].items()]
        answer = client.get("/v1/check", params=asked).json()
        assert {k: answer[k] for k in ("status", "best", "worst")} == {
            k: row[k] for k in ("status", "best", "worst")
        }, row["name"]


def test_every_case_of_a_place_is_there(client: TestClient) -> None:
    written = tomllib.loads((CASES / "KE.toml").read_text(encoding="utf-8"))["case"]
    rows = client.get("/v1/cases?jurisdiction=Kenya").json()
    assert [row["name"] for row in rows] == [case["name"] for case in written]
    assert all(row["holds"] for row in rows)


def test_a_rule_no_case_is_about_has_none(client: TestClient) -> None:
    assert client.get("/v1/cases?rule=EU/no-such-rule").json() == []


@pytest.mark.parametrize("query", ["", "?rule=EU/GDPR-44&jurisdiction=EU"])
def test_a_rule_or_a_place_is_needed_and_not_both(client: TestClient, query: str) -> None:
    assert "rule" in problem(client.get(f"/v1/cases{query}"), 422)


def test_an_unknown_place_is_refused(client: TestClient) -> None:
    assert "jurisdiction" in problem(client.get("/v1/cases?jurisdiction=Atlantis"), 422)


def test_cases_are_asked_of_the_law_at_hand(
    book: RuleBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "EU.toml"
    file.write_text(WRITTEN, encoding="utf-8")
    found = law_cases.survey(book, [file]).of_place("EU")
    assert [row["holds"] for row in found] == [True, False]
    # Rows kept for another law are not told.
    kept = tmp_path / "cases.json"
    kept.write_text(json.dumps({"release": "another", "rows": found}), encoding="utf-8")
    monkeypatch.setattr(law_cases, "cases_place", lambda: kept)
    monkeypatch.setattr(law_cases, "case_files", lambda: [file])
    assert len(law_cases.kept(book).rows) == 2
    kept.write_text(json.dumps({"release": book.release, "rows": []}), encoding="utf-8")
    assert law_cases.kept(book).rows == ()


def test_cases_are_found_where_they_ship() -> None:
    places = [path.stem for path in bundled.case_files()]
    assert "KE" in places
    counts = bundled.case_counts()
    assert counts is not None and sum(counts.values()) == len(list(law_cases.read(bundled.case_files())))
