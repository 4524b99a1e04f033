"""Checks across files: misspelling, double names, circles, gaps in the law as encoded.

The exact lines are in ``tests/shapes``; here are the cases that need more than one file or a second look.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from datarules.consistency import check_law, check_names
from datarules.findings import Finding
from datarules.load import load

GOOD = Path(__file__).parent / "shapes" / "XX.ttl"
PREFIXES = "\n".join(
    line for line in GOOD.read_text(encoding="utf-8").splitlines() if line.startswith("@prefix")
)
CITATION = 'dr:citation [ a dr:Citation ; dct:source xx:PDA ; dr:pinpoint "s. 1" ; dr:readOn "2026-11-23"^^xsd:date ]'


def world(folder: Path, **files: str) -> list[Path]:
    """Write small data files; ``:`` is each file's own space and ``xx:`` that of the good file."""
    paths = []
    for name, body in files.items():
        head = (
            PREFIXES.replace("id/XX/", f"id/{name}/", 1)
            + "\n@prefix xx: <https://w3id.org/datarules/id/XX/> .\n"
        )
        path = folder / f"{name}.ttl"
        path.write_text(head + body, encoding="utf-8")
        paths.append(path)
    return paths


def names(folder: Path, **files: str) -> list[Finding]:
    return check_names(load([GOOD, *world(folder, **files)]))


def law(folder: Path, **files: str) -> list[Finding]:
    return check_law(load([GOOD, *world(folder, **files)]))


def rule(name: str, more: str, start: str = "2022-01-01") -> str:
    return (
        f':{name} a dr:Rule ; skos:prefLabel "{name}"@en ; dr:ofJurisdiction id:XX ; dr:action dr:Transfer ; {more} ; '
        f'dr:validFrom "{start}"^^xsd:date ; dr:evidence dr:OfficialText ; {CITATION} .\n'
    )


def entry(name: str, member: str, group: str, kind: str = "Membership") -> str:
    return (
        f":{name} a dr:{kind} ; dr:member {member} ; dr:group {group} ; "
        f'dr:validFrom "2022-01-01"^^xsd:date ; dr:evidence dr:OfficialText ; {CITATION} .\n'
    )


def test_a_misspelt_name_in_a_citation_is_told_at_the_rule(tmp_path: Path) -> None:
    (found,) = names(
        tmp_path, YY=rule("one", "dr:modality dr:Permission ; dr:data cat:any").replace("xx:PDA", "xx:PDB")
    )
    assert (found.subject, found.shape) == ("YY/one", "Undeclared")
    assert found.line > 1
    assert found.message == "XX/PDB is used but declared nowhere. Did you mean XX/PDA?"


def test_a_misspelt_property_is_told(tmp_path: Path) -> None:
    (found,) = names(tmp_path, YY=rule("one", "dr:modalty dr:Permission ; dr:data cat:any"))
    assert found.message == "modalty is used but declared nowhere. Did you mean modality?"


def test_a_name_like_nothing_else_gets_a_remedy_too(tmp_path: Path) -> None:
    (found,) = names(tmp_path, YY=rule("one", "dr:modality dr:Permission ; dr:data cat:qqqqqqq"))
    assert found.message == "qqqqqqq is used but declared nowhere. Correct it, or declare it."


def test_two_files_cannot_share_a_code(tmp_path: Path) -> None:
    (found,) = names(
        tmp_path,
        YY='id:YY a dr:Jurisdiction ; dct:identifier "YY" .\n:zone a dr:Jurisdiction ; dct:identifier "XX" .\n',
    )
    assert (found.subject, found.shape) == ("YY/zone", "Code")
    assert (
        found.message == "The code 'XX' is taken by a jurisdiction in XX.ttl. Codes are unique: change one."
    )


def test_an_own_fact_may_be_declared_in_the_file_of_the_law_that_asks(tmp_path: Path) -> None:
    assert names(tmp_path, YY='fact:yy-own a dr:Fact ; skos:prefLabel "own"@en .\n') == []


def test_an_extension_closes_no_circle(tmp_path: Path) -> None:
    lists = ':a a dr:Jurisdiction ; dct:identifier "A" .\n:b a dr:Jurisdiction ; dct:identifier "B" .\n'
    circle = entry("ab", ":a", ":b") + entry("ba", ":b", ":a")
    assert {f.shape for f in names(tmp_path, YY=lists + circle)} == {"MembershipCircle"}
    assert names(tmp_path, YY=lists + entry("ab", ":a", ":b") + entry("ba", ":b", ":a", "Extension")) == []


@pytest.mark.parametrize("value", ["false", "0", '""'])
def test_values_that_count_as_nothing_are_refused(tmp_path: Path, value: str) -> None:
    body = f":c a dr:Condition ; dr:fact fact:xx-persons ; dr:operator odrl:gt ; dr:value {value} .\n"
    assert "Falsy" in {f.shape for f in names(tmp_path, YY=body)}


def test_a_number_is_compared_with_a_number(tmp_path: Path) -> None:
    body = ":c a dr:Condition ; dr:fact fact:xx-persons ; dr:operator odrl:eq ; dr:value true .\n"
    (found,) = names(tmp_path, YY=body)
    assert found.message == "The fact xx-persons is a whole number. Correct dr:value."


BAN = "dr:modality dr:Prohibition ; dr:data cat:personal ; dr:sector sec:health ; dr:destination {}"


def test_a_ban_on_a_place_meets_a_route_to_a_list_that_has_it(tmp_path: Path) -> None:
    found = law(tmp_path, YY=rule("ban", BAN.format("xx:Listedland")))
    assert any(re.search("Transfer to a listed state", f.message) for f in found if f.shape == "Contested")


def test_a_ban_on_another_place_does_not_meet_that_route(tmp_path: Path) -> None:
    found = law(tmp_path, YY=rule("ban", BAN.format("xx:Neighbour")))
    assert not any(re.search("Transfer to a listed state", f.message) for f in found)


def test_a_named_precedence_settles_it(tmp_path: Path) -> None:
    over = rule("ban", BAN.format("xx:Listedland") + " ; dr:overrides xx:PDA-20-2-a , xx:PDA-21-2")
    assert law(tmp_path, YY=over) == []


def test_defaults_that_follow_each_other_are_no_contradiction(tmp_path: Path) -> None:
    open_law = rule(
        "before",
        'dr:modality dr:Permission ; dr:strength dr:Residual ; dr:data cat:any ; dr:validUntil "2019-07-01"^^xsd:date',
        "2010-01-01",
    )
    assert law(tmp_path, YY=open_law) == []
