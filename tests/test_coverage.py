"""How much is known, and the classes derived by deciding, on a small world of five jurisdictions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container
from datetime import date, timedelta
from pathlib import Path

import pytest

from datarules import catalogue, classes, comparisons, coverage, documents
from datarules import vocab as v
from datarules.classes import Law, Openness
from datarules.cli import main
from datarules.coverage import Gap, Row, Survey
from datarules.errors import ConfigError, DataError
from datarules.load import load
from datarules.matrix import NUMBER
from datarules.rulebook import RuleBook
from datarules.vocab import Evidence, Extent, Status

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```turtle\n(.*?)```", GUIDE, re.DOTALL)
PREFIXES = EXAMPLE[: EXAMPLE.index("\nid:XX")]
DAY = date(2026, 11, 23)


def jurisdiction(code: str, body: str = "") -> str:
    head = f'id:{code} a dr:Jurisdiction ; dct:identifier "{code}" ; skos:prefLabel "{code}"@en .'
    law = ':Act a eli:LegalResource ; eli:title_short "Act" ; dct:title "Act"@en ; schema:url <https://act.example/> .'
    return f"{PREFIXES.replace('/XX/', f'/{code}/')}\n{head}\n{law}\n{body}\n"


def rule(
    code: str, name: str, modality: str, more: str, start: str = "2019-07-01", read: str = "2026-11-23"
) -> str:
    begins = f'dr:validFrom "{start}"^^xsd:date' if start else "dr:commencement dr:NotCommenced"
    return (
        f':{name} a dr:Rule ; skos:prefLabel "{name}"@en ; dr:ofJurisdiction id:{code} ; dr:modality dr:{modality} ; '
        f"dr:action dr:Transfer ; dr:data cat:personal ; {begins} ; dr:evidence dr:Inferred ; {more} ; "
        f'dr:citation [ a dr:Citation ; dct:source :Act ; dr:pinpoint "s. 1" ; dr:readOn "{read}"^^xsd:date ] .'
    )


def note(code: str, extent: str, data: str = "cat:personal", text: str = "Not read.") -> str:
    return (
        f":note-{extent} a dr:Coverage ; dr:ofJurisdiction id:{code} ; dr:action dr:Transfer ; dr:data {data} ; "
        f'dr:extent dr:{extent} ; dr:reviewedOn "2026-11-20"^^xsd:date ; skos:note "{text}"@en .'
    )


OPEN = rule("YY", "open", "Permission", "dr:strength dr:Residual")
WORLD = {
    "XX": EXAMPLE,
    "EU": jurisdiction("EU"),
    "YY": jurisdiction("YY", OPEN),
    "ZZ": jurisdiction("ZZ", note("ZZ", "NotReviewed", "cat:any")),
    "WW": jurisdiction(
        "WW", rule("WW", "coming", "Prohibition", "dr:strength dr:Residual", start="") + note("WW", "Partial")
    ),
}
Make = Callable[..., RuleBook]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return a function that compiles the small world, with some files changed."""

    def make(**changed: str) -> RuleBook:
        (tmp_path / "jurisdictions").mkdir(exist_ok=True)
        paths = []
        for code, text in {**WORLD, **changed}.items():
            paths.append(tmp_path / "jurisdictions" / f"{code}.ttl")
            paths[-1].write_text(text, encoding="utf-8")
        return RuleBook.unchecked(load(paths))

    return make


def row(found: Survey, code: str) -> Row:
    return next(one for one in found.rows if one.code == code)


def gap(found: Survey, code: str) -> Gap:
    return next(one for one in found.gaps if one.code == code)


# -- what is known


def test_verdicts_follow_from_what_is_stated(make: Make) -> None:
    found = coverage.survey(make(), DAY)
    verdicts = {one.code: one.verdict for one in found.rows}
    assert verdicts["XX"] is verdicts["YY"] is Extent.COMPLETE
    assert verdicts["ZZ"] is verdicts["EU"] is verdicts["WW"] is Extent.NOT_REVIEWED


@pytest.mark.parametrize(
    ("added", "wanted"),
    [
        (note("YY", "NotReviewed"), Extent.PARTIAL),
        (note("YY", "NotReviewed", "cat:any"), Extent.PARTIAL),
        (note("YY", "NotReviewed", "cat:non-personal"), Extent.COMPLETE),
        (note("YY", "Partial"), Extent.COMPLETE),
    ],
)
def test_a_matter_not_reviewed_lowers_the_verdict(make: Make, added: str, wanted: Extent) -> None:
    found = row(coverage.survey(make(YY=jurisdiction("YY", OPEN + added)), DAY), "YY")
    assert found.verdict is wanted
    assert len(found.questions) == 1


def test_a_route_without_a_default_is_partial_and_a_cited_review_that_found_nothing_is_complete(
    make: Make,
) -> None:
    route = rule("YY", "route", "Permission", "dr:viaMechanism mech:consent ; dr:requires fact:consent")
    nothing = note("ZZ", "AddsNothing").replace(
        "dr:extent",
        'dr:evidence dr:Inferred ; dr:citation [ a dr:Citation ; dct:source :Act ; dr:pinpoint "all" ; '
        'dr:readOn "2026-11-23"^^xsd:date ] ; dr:extent',
    )
    found = coverage.survey(make(YY=jurisdiction("YY", route), ZZ=jurisdiction("ZZ", nothing)), DAY)
    assert row(found, "YY").verdict is Extent.PARTIAL
    assert row(found, "ZZ").verdict is Extent.COMPLETE
    assert (row(found, "ZZ").openness, row(found, "ZZ").law) == (Openness.OPEN, Law.NONE)


def test_rules_and_entries_are_counted_by_evidence(make: Make) -> None:
    found = row(coverage.survey(make(), DAY, {"XX": 7}), "XX")
    assert found.rules[Evidence.OfficialText] == 3 and sum(found.rules.values()) == 3
    assert (found.entries, found.cases, found.sourced) == (1, 7, 1.0)
    assert row(coverage.survey(make(), DAY), "YY").sourced == 0.0
    assert row(coverage.survey(make(), DAY), "XX").cases is None


CONFIRMED = (
    '; dr:confirmation [ a dr:Citation ; dct:source :Act ; dr:pinpoint "s. 1" ; dr:readIn <https://other.example/act> ; '
    'dr:readOn "2026-11-28"^^xsd:date ; dr:means dr:OtherSource ] .'
)


def test_a_rule_of_weight_needs_two_different_checks(make: Make) -> None:
    ban = rule("YY", "ban", "Prohibition", "dr:strength dr:Residual")
    read = ban.replace("dr:Inferred", "dr:OfficialText")
    tested = {v.ID + "YY/ban"}

    def checked(text: str, cases: Container[str] | None = frozenset()) -> tuple[int, int | None]:
        found = row(coverage.survey(make(YY=jurisdiction("YY", text)), DAY, tested=cases), "YY")
        return found.weighty, found.checked

    assert checked(ban) == checked(read) == (1, 0)
    assert checked(ban, tested) == (1, 0), "stated from memory, so the case is the only check"
    assert checked(read, tested) == checked(read.removesuffix(" .") + CONFIRMED) == (1, 1)
    assert checked(ban.removesuffix(" .") + CONFIRMED, tested) == (1, 1)
    assert checked(read, None) == (1, None), "cases were not asked"
    assert checked(OPEN, tested) == (0, 0), "what needs nothing to be done has no weight"


def test_a_second_reading_is_shown_with_its_rule(make: Make) -> None:
    text = rule("YY", "ban", "Prohibition", "dr:strength dr:Residual").removesuffix(" .") + CONFIRMED
    (found,) = catalogue.rule(make(YY=jurisdiction("YY", text)), "YY/ban")["confirmed_by"]
    assert found["means"] == "OtherSource" and found["read_in"] == ["https://other.example/act"]


def test_unknown_pairs_and_their_reasons(make: Make) -> None:
    found = coverage.survey(make(), DAY)
    assert (found.pairs, found.unknown) == (5 * 4, 3 * 4)
    assert gap(found, "ZZ").kind == "no-law-reviewed"
    assert gap(found, "WW").kind == "not-in-force"
    assert [one.note for one in gap(found, "WW").notes] == ["Not read."]
    read = coverage.survey(make(WW=jurisdiction("WW", note("WW", "Partial"))), DAY)
    assert gap(read, "WW").kind == "articles-not-read"
    ended = rule("WW", "old", "Prohibition", 'dr:strength dr:Residual ; dr:validUntil "2020-01-01"^^xsd:date')
    assert gap(coverage.survey(make(WW=jurisdiction("WW", ended)), DAY), "WW").kind == "no-default"


def test_a_default_that_leaves_some_out_is_told_apart(make: Make) -> None:
    text = rule("YY", "open", "Permission", "dr:strength dr:Residual ; dr:notDestination id:EU")
    found = gap(coverage.survey(make(YY=jurisdiction("YY", text)), DAY), "YY")
    assert (found.kind, found.destinations) == ("some-destinations", 1)


def test_readings_age_by_what_decides_and_by_nothing_else(make: Make) -> None:
    beside = rule("YY", "disclosure", "Obligation", "dr:strength dr:Defeasible", read="2020-01-01")
    beside = beside.replace("dr:action dr:Transfer", "dr:action dr:DiscloseToForeignAuthority")
    found = coverage.survey(make(YY=jurisdiction("YY", OPEN + beside)), DAY)
    assert row(found, "YY").oldest == DAY
    older = EXAMPLE.replace(
        'dr:readIn <https://guide.example/xx> ; dr:readOn "2026-11-23"', 'dr:readOn "2024-01-02"'
    )
    assert row(coverage.survey(make(XX=older), DAY), "XX").oldest == date(2024, 1, 2)


def test_stale_begins_the_day_after_the_age(make: Make) -> None:
    found = coverage.survey(make(), DAY)
    codes = [
        [one.code for one in coverage.stale(found, DAY + timedelta(days=n), 365)]
        for n in (362, 363, 365, 366)
    ]
    assert codes == [[], ["WW", "ZZ"], ["WW", "ZZ"], ["WW", "ZZ", "XX", "YY"]]


# -- classes


def test_openness_is_read_off_the_statuses() -> None:
    def kind(*statuses: Status) -> Openness:
        return classes.openness([NUMBER[s] for s in statuses])

    assert kind(Status.FREE, Status.FREE, Status.INTERNAL) is Openness.OPEN
    assert kind(Status.FREE, Status.FREE, Status.UNKNOWN) is Openness.OPEN
    assert kind(Status.FREE, Status.PROHIBITED) is Openness.CONDITIONAL
    assert kind(Status.RECOGNISED, Status.SAFEGUARDS, Status.PROHIBITED) is Openness.CONDITIONAL
    assert kind(Status.RECOGNISED, Status.AUTHORISATION, Status.AUTHORISATION) is Openness.LIMITED
    assert kind(Status.FREE, Status.UNKNOWN, Status.UNKNOWN) is Openness.NONE_KNOWN
    assert kind(Status.INTERNAL) is Openness.NONE_KNOWN


def test_classes_come_from_deciding(make: Make) -> None:
    found = coverage.survey(make(), DAY)
    assert (row(found, "XX").openness, row(found, "XX").law) == (Openness.CONDITIONAL, Law.LAW)
    assert (row(found, "YY").openness, row(found, "YY").law) == (Openness.OPEN, Law.NONE)
    assert (row(found, "ZZ").openness, row(found, "ZZ").law) == (Openness.NONE_KNOWN, Law.UNKNOWN)
    approval = EXAMPLE.replace("fact:standard-contract-concluded", "fact:authority-approval").replace(
        "mech:standard-contract", "mech:approval"
    )
    assert row(coverage.survey(make(XX=approval), DAY), "XX").openness is Openness.LIMITED
    before = coverage.survey(make(), date(2019, 6, 30))
    assert row(before, "XX").law is Law.UNKNOWN


@pytest.mark.parametrize("limit", ["dr:sector sec:banking", "dr:appliesIf fact:exporter-public-authority"])
def test_a_rule_for_one_sector_or_circumstance_is_no_general_law(make: Make, limit: str) -> None:
    ban = rule("YY", "ban", "Prohibition", f"dr:strength dr:Strict ; {limit}")
    book = make(YY=jurisdiction("YY", OPEN + ban))
    assert row(coverage.survey(book, DAY), "YY").law is Law.NONE


# -- a published table


def test_differences_name_our_article(make: Make) -> None:
    table = comparisons.read(
        "code,status\nXX,No Legislation\nYY,Draft\nZZ,Legislation\nWW,No Data\nEU,Legislation\n", "t"
    )
    found = comparisons.compare(make(), DAY, table, "t")
    assert (found.agreed, found.no_data) == (1, 1)
    assert [(d.code, d.ours, d.article) for d in found.differ] == [("XX", Law.LAW, "PDA s. 20(1)")]
    assert [d.code for d in found.unanswered] == ["EU", "ZZ"]


def test_a_table_that_does_not_hold_is_refused_with_every_row(make: Make) -> None:
    with pytest.raises(DataError) as caught:
        comparisons.read("code,status\nXX,Maybe\n,Draft\nYY,Draft\nYY,Draft\n", "t.csv")
    assert [p.place for p in caught.value.problems] == ["t.csv:2", "t.csv:3", "t.csv:5"]
    with pytest.raises(DataError, match="no such jurisdiction"):
        comparisons.compare(make(), DAY, {"QQ": "Draft"}, "t.csv")


# -- documents and commands


def test_the_committed_documents_are_what_is_generated(book: RuleBook) -> None:
    made = documents.generate(book, ROOT)
    assert {path.name for path in made} == {"coverage.md", "disagreements.md", "README.md"}
    old = [path.name for path, text in made.items() if path.read_text(encoding="utf-8") != text]
    assert not old, f"run `make generate`: {old}"


def test_every_jurisdiction_has_its_row(book: RuleBook) -> None:
    page = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    for code in book.by_code:
        assert f"\n| {code} | " in page


def test_a_readme_without_the_block_is_refused(book: RuleBook, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# nothing to fill\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="encoded"):
        documents.generate(book, tmp_path)


def test_the_command_gives_document_page_and_what_is_old(
    make: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    book = make()
    monkeypatch.setattr("datarules.commands_data.open_data", lambda args: (None, book))

    def run(*argv: str) -> str:
        assert main(["--data-dir", str(tmp_path / "data"), "coverage", "--date", "2026-11-23", *argv]) == 0
        return capsys.readouterr().out

    document = json.loads(run("--json"))
    assert document["totals"]["unknown_share"] == 0.6
    assert "cases" not in document["totals"]
    cases = tmp_path / "tests" / "cases"
    cases.mkdir(parents=True)
    (cases / "XX.toml").write_text('[[case]]\nname = "one"\n[[case]]\nname = "two"\n', encoding="utf-8")
    document = json.loads(run("--json"))
    assert {r["code"]: r["cases"] for r in document["jurisdictions"]} == {c: 2 * (c == "XX") for c in WORLD}
    assert run("--markdown") == documents.coverage_markdown(coverage.survey(book, DAY, {"XX": 2}))
    old = json.loads(run("--stale", "2", "--json"))["jurisdictions"]
    assert [r["code"] for r in old] == ["WW", "ZZ"]
    assert "0 jurisdictions rest on a reading more than 365 days before 2026-11-23" in run("--stale")
    assert "12 of 20 pairs (60.0%)" in run()


def test_an_age_that_is_no_number_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for argv in (["coverage", "--stale", "soon"], ["check", "BR", "JP", "--stale-after", "-1"]):
        with pytest.raises(SystemExit) as caught:
            main(argv)
        assert caught.value.code == 2
        assert "whole number from 0" in capsys.readouterr().err
