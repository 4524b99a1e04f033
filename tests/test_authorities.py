"""Who supervises data rules: what the commands, the API and a brief say of it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from datarules import catalogue
from datarules import vocab as v
from datarules.cli import main
from datarules.endpoint_local import Local
from datarules.load import load
from datarules.rulebook import RuleBook
from datarules.serve.app import create_app
from datarules.vocab import Evidence

SMALL = Path(__file__).parent / "shapes" / "XX.ttl"


@pytest.fixture(scope="module")
def small() -> RuleBook:
    return RuleBook.unchecked(load([SMALL]))


def test_an_authority_is_told_with_its_article_from_its_first_day_on(small: RuleBook) -> None:
    (found,) = catalogue.authorities(small, v.ID + "XX", date(2026, 5, 1))
    assert (found["label"], found["short"], found["data"]) == ("Data Commissioner", ["DC"], ["personal"])
    assert found["names"]["fr"] == "Commissaire aux données"
    assert found["citations"][0]["article"] == "PDA s. 6"
    assert catalogue.authorities(small, v.ID + "XX", date(2019, 6, 30)) == []
    assert catalogue.jurisdiction(small, v.ID + "XX", date(2026, 5, 1))["authorities"] == [found]


def test_a_place_is_also_under_the_authorities_of_the_orders_it_lies_in(small: RuleBook) -> None:
    assert catalogue.authorities(small, v.ID + "XX/Neighbour", date(2026, 5, 1)) == []
    members = [e for e in small.records.memberships.values() if e.group == v.ID + "XX"]
    for entry in members:
        found = catalogue.authorities(small, entry.member, date(2026, 5, 1))
        assert [one["order"] for one in found] == ["XX"]


def test_the_command_and_the_route_say_the_same(
    small: RuleBook, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "jurisdictions"
    folder.mkdir()
    (folder / "XX.ttl").write_bytes(SMALL.read_bytes())
    assert main(["--data-dir", str(tmp_path), "authorities", "XX", "--date", "2026-05-01", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    app = create_app(small, Local.open(load([SMALL]), small), today=lambda: date(2026, 5, 1))
    with TestClient(app) as client:
        assert client.get("/v1/authorities", params={"jurisdiction": "XX"}).json() == told
        wrong = client.get("/v1/authorities", params={"jurisdiction": "Atlantis", "as_of": "soon"})
    assert wrong.status_code == 422
    assert {error["place"] for error in wrong.json()["errors"]} == {"jurisdiction", "as_of"}


def test_every_authority_of_the_data_is_named_and_no_other_has_its_name(book: RuleBook) -> None:
    known = book.records.authorities.values()
    names = [(one.order, one.label) for one in known]
    assert len(set(names)) == len(names)
    late = date(2025, 1, 1).toordinal()
    assert not [one.iri for one in known if one.start >= late and one.evidence is Evidence.Inferred]
