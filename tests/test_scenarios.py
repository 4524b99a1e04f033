"""Scenarios that ship with the data: what each changes, what it leaves alone, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from datarules import bundled, islands, matrix, scenario, whatif
from datarules import vocab as v
from datarules.errors import DataError, InputError
from datarules.load import Dataset, load
from datarules.rulebook import RuleBook

Statuses = Callable[[str, str], tuple[str, str]]

PREFIXES = """@prefix id: <https://w3id.org/datarules/id/> .
@prefix scenario: <https://w3id.org/datarules/id/scenario/> .
@prefix : <https://w3id.org/datarules/id/scenario/imagined/> .
@prefix cat: <https://w3id.org/datarules/id/category/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix dr: <https://w3id.org/datarules/ns#> .
@prefix eli: <http://data.europa.eu/eli/ontology#> .
@prefix mech: <https://w3id.org/datarules/id/mechanism/> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:Act a eli:LegalResource ; eli:title_short "Act (imagined)" ; dct:title "Imagined: an act"@en ;
  schema:url <https://w3id.org/datarules/id/scenario/imagined> .
"""
CITED = 'dr:citation [ a dr:Citation ; dct:source :Act ; dr:pinpoint "art. 1" ; dr:readOn "2026-11-28"^^xsd:date ]'
HEAD = f"""scenario:imagined a dr:Scenario ; dct:title "An act"@en ; skos:definition "An act is made."@en ;
  dr:validFrom "2027-01-01"^^xsd:date ; {CITED} """
RULE = f""":rule a dr:Rule ; skos:prefLabel "A route"@en ; dr:ofJurisdiction id:RW ;
  dr:modality dr:Permission ; dr:action dr:Transfer ; dr:data cat:personal ; dr:destination id:GH ;
  dr:viaMechanism mech:recognition ; dr:validFrom "2027-01-01"^^xsd:date ; dr:evidence dr:Inferred ; {CITED} .
"""


@pytest.fixture(scope="module")
def law(
    dataset: Dataset, book: RuleBook, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], RuleBook]:
    folder = tmp_path_factory.mktemp("cache")

    @cache
    def imagined(name: str) -> RuleBook:
        return scenario.apply(dataset, scenario.read(scenario.names()[name]), folder, book)

    return imagined


def statuses(book: RuleBook, way: str, purpose: str = "any", **facts: Any) -> tuple[str, str, str]:
    """Return status, best and worst case of a way such as ``DE-US`` on the first day of the scenarios."""
    codes = way.split("-")
    asked = matrix.frame(
        book,
        places=[book.by_code[c].iri for c in codes],
        purpose=v.PURPOSE + purpose,
        facts={name.replace("_", "-"): value for name, value in facts.items()},
    )
    found = matrix.matrix(book, asked, date(2027, 1, 1).toordinal())
    at = 0, asked.places.index(book.by_code[codes[0]].iri), asked.places.index(book.by_code[codes[1]].iri)
    first, second, third = (
        matrix.STATUSES[int(grid[at])].value for grid in (found.status, found.best, found.worst)
    )
    return first, second, third


CHANGES: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("dpf-falls", "DE-US", {"recipient_dpf_certified": True}, "recognised", "safeguards"),
    ("dpf-falls", "GB-US", {"recipient_uk_extension_certified": True}, "recognised", "safeguards"),
    ("general-court-annulled", "DE-US", {"recipient_dpf_certified": True}, "recognised", "safeguards"),
    ("global-cbpr-recognised", "KR-PH", {}, "derogation", "safeguards"),
    ("eu-asean-clauses", "LA-DE", {}, "derogation", "safeguards"),
    ("afcfta-data-annex", "RW-GH", {}, "authorisation", "recognised"),
    ("afcfta-data-annex", "KE-NG", {}, "safeguards", "recognised"),
    ("convention-108-plus-as-list", "TN-MA", {}, "authorisation", "recognised"),
    ("china-eu-negative-list", "CN-DE", {"persons_since_1_january": 300_000}, "safeguards", "free"),
    ("china-eu-negative-list", "DE-CN", {"recipient_certified": True}, "safeguards", "recognised"),
    ("training-data-corridor", "KR-BR", {"purpose": "ai-training"}, "derogation", "safeguards"),
    ("all-localised", "GH-RW", {}, "free", "prohibited"),
    ("all-localised", "DE-FR", {}, "internal", "prohibited"),
]
STAYS: list[tuple[str, str, dict[str, Any]]] = [
    ("dpf-falls", "DE-JP", {}),
    ("general-court-confirmed", "DE-US", {"recipient_dpf_certified": True}),
    ("general-court-annulled", "GB-US", {"recipient_uk_extension_certified": True}),
    ("global-cbpr-recognised", "KR-BR", {}),
    ("eu-asean-clauses", "LA-GB", {}),
    ("afcfta-data-annex", "MA-DE", {}),
    ("convention-108-plus-as-list", "DE-TR", {}),
    ("china-eu-negative-list", "CN-US", {"persons_since_1_january": 300_000}),
    ("training-data-corridor", "KR-BR", {}),
    ("training-data-corridor", "KR-VN", {"purpose": "ai-training"}),
    ("all-localised", "EU-US", {}),
]


@pytest.mark.parametrize(("name", "way", "facts", "was", "now"), CHANGES)
def test_a_scenario_has_its_main_effect(
    book: RuleBook, law: Callable[[str], RuleBook], name: str, way: str, facts: Any, was: str, now: str
) -> None:
    assert (statuses(book, way, **facts)[0], statuses(law(name), way, **facts)[0]) == (was, now)


@pytest.mark.parametrize(("name", "way", "facts"), STAYS)
def test_a_scenario_leaves_other_pairs_alone(
    book: RuleBook, law: Callable[[str], RuleBook], name: str, way: str, facts: Any
) -> None:
    assert statuses(law(name), way, **facts) == statuses(book, way, **facts)


def test_every_scenario_that_ships_is_tried() -> None:
    assert {c[0] for c in CHANGES} | {"general-court-confirmed"} == set(scenario.names())
    assert {s[0] for s in STAYS} == set(scenario.names())


def test_scenarios_are_no_data() -> None:
    assert bundled.scenario_files()
    assert not set(bundled.scenario_files()) & set(bundled.data_files())


def test_before_the_first_day_a_scenario_changes_nothing(
    book: RuleBook, law: Callable[[str], RuleBook]
) -> None:
    some = [book.by_code[c].iri for c in ("DE", "US", "GB", "CH", "JP")]
    eve = (date(2027, 1, 1) - timedelta(days=1)).toordinal()
    found = whatif.effect(book, law("dpf-falls"), eve, places=some)
    assert found.pairs == ()


def test_the_data_and_their_rulebook_stay_as_they_are(
    dataset: Dataset, law: Callable[[str], RuleBook]
) -> None:
    day = date(2027, 1, 1).toordinal()

    def grids(one: RuleBook) -> list[Any]:
        found = matrix.matrix(one, matrix.frame(one, places=islands.places(one)[::6]), day)
        return [found.status, found.best, found.worst]

    digest, files, book = dataset.digest, dataset.files, RuleBook.unchecked(dataset)
    before, records = grids(book), deepcopy(book.records)
    law("all-localised")
    assert (dataset.digest, dataset.files) == (digest, files)
    assert load().digest == digest
    assert book.records == records == RuleBook.unchecked(dataset).records, "not a statement is another"
    for grid, again in zip(before, grids(book), strict=True):
        assert np.array_equal(grid, again)


def test_what_ends_is_shown_as_lapsed_with_the_act_that_ended_it(law: Callable[[str], RuleBook]) -> None:
    found = law("general-court-annulled")
    entry = found.records.memberships[v.ID + "EU/adequate-US-2023"]
    assert entry.end == date(2027, 1, 1).toordinal()
    assert [c.title for c in entry.end_citations] == ["C-703/25 P, annulment (imagined)"]
    assert entry in found.ended[v.ID + "EU/adequate"]


def test_a_template_is_written_out_for_each_order_entered(law: Callable[[str], RuleBook]) -> None:
    made = law("afcfta-data-annex").records.rules
    of = {r.order for iri, r in made.items() if "/scenario/afcfta-data-annex/transfer/" in iri}
    known = {v.local(o) for o in of}
    assert {"GH", "ZA", "KE"} <= known, "lists within the list are unfolded"
    assert not known & {"ECOWAS", "SZ/SADC", "DE"}


# -- what is refused


def imagined(tmp_path: Path, text: str) -> scenario.Scenario:
    path = tmp_path / "imagined.ttl"
    path.write_text(PREFIXES + text, encoding="utf-8")
    return scenario.read(path)


def test_a_scenario_of_ones_own_is_applied(dataset: Dataset, book: RuleBook, tmp_path: Path) -> None:
    found = scenario.apply(dataset, imagined(tmp_path, f"{HEAD}.\n{RULE}"))
    assert statuses(book, "RW-GH")[0] == "authorisation"
    assert statuses(found, "RW-GH")[0] == "recognised"


WRONG = [
    (f"{HEAD}.\n{RULE.replace('cat:personal', 'cat:persnal')}", "Did you mean"),
    (f"{HEAD}.\n{RULE.replace('skos:prefLabel', 'skos:altLabel')}", "prefLabel"),
    (f"{HEAD}.\n{RULE.replace(':rule', 'id:RW')}", "id/scenario|scenario/imagined|describes this too"),
    (
        f"{HEAD}; dr:ends <https://w3id.org/datarules/id/EU/adequate-US-2016> .\n",
        "does not hold on 2027-01-01",
    ),
    (f"{HEAD}; dr:ends id:EU .\n", "dr:ends"),
    (
        f"{HEAD}.\n{RULE.replace('dr:ofJurisdiction id:RW', 'dr:forEach id:AfCFTA-Digital-Trade')}",
        "has no members on 2027-01-01",
    ),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_a_scenario_keeps_to_the_shapes_of_the_data(
    dataset: Dataset, tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(DataError, match=said) as caught:
        scenario.apply(dataset, imagined(tmp_path, text))
    assert all(p.place.startswith("imagined.ttl") for p in caught.value.problems)


def test_a_scenario_states_nothing_as_found(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="imagined") as caught:
        imagined(tmp_path, f"{HEAD}.\n{RULE.replace('dr:Inferred', 'dr:OfficialText')}")
    (problem,) = caught.value.problems
    assert problem.value == "scenario/imagined/rule"


def test_a_file_without_a_scenario_of_its_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="describes no scenario"):
        imagined(tmp_path, RULE)


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(InputError, match="dpf-falls"):
        scenario.find("dpf-fall")
