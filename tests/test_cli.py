"""The command line as a user meets it: what is printed where, and with which exit code.

Most tests ask about the small world of ``tests/shapes/XX.ttl``; the pair around Safe Harbour asks about the
law in ``data/``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox
import pytest
from rdflib import Graph

from datarules import cli, tables
from datarules.cli import main

SHAPES = Path(__file__).parent / "shapes"
BAD = SHAPES / "bad"


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON on standard output."""
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder that holds the small world only."""
    folder = tmp_path_factory.mktemp("world")
    (folder / "jurisdictions").mkdir()
    shutil.copy(SHAPES / "XX.ttl", folder / "jurisdictions")
    return folder


@pytest.fixture
def run(world: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs a command on the small world."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(world / "cache"))

    def run(*argv: str) -> Ran:
        code = main(["--data-dir", str(world), *argv])
        return Ran(code, *capsys.readouterr())

    return run


LISTED = ("check", "XX", "XX-LISTED", "--date", "2022-01-01")

# ---------------------------------------------------------------- check


def test_check_says_what_holds_and_on_which_article(run: Run) -> None:
    code, out, err = run(*LISTED)
    assert (code, err) == (0, "")
    assert "recognised" in out.splitlines()[0]
    assert "On 2022-01-01, personal data from Exampleland to Listedland may go" in out
    assert "PDA s. 20(2)(a)" in out
    assert "https://laws.example/pda" in out
    assert "not legal advice" in out


def test_check_turns_on_the_day(run: Run) -> None:
    before = run("check", "XX", "XX-LISTED", "--date", "2019-12-31", "--json").document
    after = run("check", "XX", "XX-LISTED", "--date", "2020-01-01", "--json").document
    assert (before["status"], after["status"]) == ("prohibited", "recognised")
    assert [o["article"] for o in before["obstacles"]] == ["PDA s. 20(1)"]


def test_check_as_json_has_the_keys_of_the_contract(run: Run) -> None:
    document = run(*LISTED, "--json").document
    wanted = "origin destination data purpose sector as_of facts status best worst deciding_facts routes obstacles "
    wanted += "overlays conflicts orders evidence oldest_reading stale release text"
    assert set(wanted.split()) <= set(document)
    assert (document["origin"], document["as_of"], document["data"]) == ("XX", "2022-01-01", ["personal"])


def test_check_as_turtle_is_read_alike_by_two_parsers(run: Run) -> None:
    out = run(*LISTED, "--turtle").out
    graph = Graph().parse(data=out, format="turtle")
    assert len(graph) == len(set(ox.parse(out.encode(), format=ox.RdfFormat.TURTLE))) > 0
    dr = "https://w3id.org/datarules/ns#"
    rows = graph.query(f"SELECT ?s WHERE {{ ?d a <{dr}Decision> ; <{dr}status> ?s }}")
    assert [str(row[0]) for row in rows] == [dr + "Recognised"]  # type: ignore[index]


PAYMENTS = (
    "check",
    "XX",
    "XX-LISTED",
    "--sector",
    "payments",
    "--purpose",
    "data-brokerage",
    "--date",
    "2019-12-31",
)


def test_a_fact_changes_the_answer_and_is_shown(run: Run) -> None:
    assert run(*PAYMENTS, "--fact", "xx-persons=5000", "--json").document["status"] == "prohibited"
    few = run(*PAYMENTS, "--fact", "xx-persons=999", "--json").document
    assert (few["status"], few["facts"]) == ("safeguards", {"xx-persons": 999})
    assert few["routes"][0]["requires"] != []


def test_open_leaves_unstated_facts_unknown(run: Run) -> None:
    profile, left_open = run(*PAYMENTS, "--json").document, run(*PAYMENTS, "--open", "--json").document
    assert profile["status"] == "safeguards", "few persons are assumed"
    assert (left_open["status"], left_open["best"]) == ("prohibited", "safeguards")
    assert "xx-persons" in {f["name"] for f in left_open["deciding_facts"]}


def test_safe_harbour_before_and_after_its_end_differ_and_say_why(capsys: pytest.CaptureFixture[str]) -> None:
    documents = []
    for day in ("2015-10-05", "2015-10-07"):
        assert main(["check", "EU", "US", "--date", day, "--fact", "safe-harbour=yes", "--json"]) == 0
        documents.append(json.loads(capsys.readouterr().out))
    before, after = documents
    assert (before["status"], after["status"]) == ("recognised", "safeguards")
    cited = [c["article"] for r in before["routes"] for e in r["entries"] for c in e["citations"]]
    assert "Decision 2000/520 art. 1" in cited
    ended = "Safe Harbour no longer carries this transfer: it ended on 2015-10-06 (C-362/14"
    assert ended not in " ".join(before["text"])
    assert ended in " ".join(after["text"])


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("check", "XX", "XX-LISTD"), "destination: 'XX-LISTD' There is no jurisdiction of this code or name. Did you mean XX-LISTED (Listedland)"),
        (("check", "XX", "XX-LISTED", "--date", "2015-02-30"), "as_of: '2015-02-30' This is not a day of the calendar. Write it as YYYY-MM-DD"),
        (("check", "XX", "XX-LISTED", "--data", "helth"), "data: 'helth' There is no such data. Did you mean health"),
        (("check", "XX", "XX-LISTED", "--purpose", "brokerag"), "purpose: 'brokerag' There is no such purpose. Did you mean brokerage"),
        (("check", "XX", "XX-LISTED", "--sector", "paymens"), "sector: 'paymens' There is no such sector. Did you mean payments"),
        (("check", "XX", "XX-LISTED", "--fact", "xx-person=5"), "facts.xx-person: '5' There is no such fact. Did you mean xx-persons"),
        (("check", "XX", "XX-LISTED", "--fact", "xx-persons=5 GB"), "facts.xx-persons: '5 GB' This fact is a whole number of persons, since 1 January. Write for example xx-persons=300000."),
        (("check", "XX", "XX-LISTED", "--fact", "xx-clauses-signed=7"), "This fact is either yes or no. Write for example xx-clauses-signed=yes."),
        (("check", "XX", "XX-LISTED", "--fact", "xx-persons=5", "--fact", "persons concerned=6"), "xx-persons is stated twice with different values. State it once."),
        (("rules", "ZZ"), "jurisdiction: 'ZZ' There is no jurisdiction of this code or name."),
        (("facts", "ZZ"), "jurisdiction: 'ZZ' There is no jurisdiction of this code or name."),
        (("changes", "--since", "yesterday"), "since: 'yesterday' This is not a day of the calendar."),
        (("validate", "no-such.ttl"), "There is no such file. Give the path of a Turtle file."),
    ],
    ids=lambda value: " ".join(value[:1] + value[-1:]) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_bad_input_is_named_with_a_remedy(run: Run, argv: tuple[str, ...], said: str) -> None:
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_several_mistakes_are_told_at_once(run: Run) -> None:
    code, out, err = run(
        "check", "QQ", "RR", "--data", "helth,secret", "--date", "never", "--fact", "xx-persons=-1"
    )
    places = [line.split(":")[1].strip() for line in err.splitlines()]
    assert (code, out) == (2, "")
    assert sorted(places) == ["as_of", "data", "data", "destination", "facts.xx-persons", "origin"]


def test_an_unknown_command_is_a_usage_error(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        run("chekc", "XX")
    assert left.value.code == 2
    assert capsys.readouterr().out == ""


# ---------------------------------------------------------------- validate


def test_validate_a_good_file(run: Run, world: Path) -> None:
    assert run("validate", str(world / "jurisdictions" / "XX.ttl")) == Ran(
        0, "1 files checked: no findings.\n", ""
    )


def test_validate_all(run: Run) -> None:
    code, out, _ = run("validate")
    assert code == 0
    assert out.endswith("files checked: no findings.\n")


def test_validate_a_bad_file_prints_its_lines(run: Run) -> None:
    code, out, err = run("validate", str(BAD / "RuleLabel.ttl"))
    assert (code, err) == (1, "")
    assert out.startswith((BAD / "RuleLabel.txt").read_text(encoding="utf-8"))
    assert out.endswith("1 files checked: 1 errors and 0 warnings in 1 files. Guide: CONTRIBUTING.md\n")


def test_validate_tells_the_findings_of_all_files_at_once(run: Run) -> None:
    found = run("validate", str(BAD / "Cited.ttl"), str(BAD / "RuleLabel.ttl"), "--json").document["findings"]
    assert [(f["file"], f["shape"]) for f in found] == [
        ("Cited.ttl", "Cited"),
        ("RuleLabel.ttl", "RuleLabel"),
    ]


def test_a_warning_alone_is_no_failure(run: Run) -> None:
    code, out, _ = run("validate", str(BAD / "RuleRoute.ttl"))
    assert code == 0
    assert "warning: A route should name its mechanism" in out


def test_validate_as_sarif(run: Run) -> None:
    ran = run("validate", str(BAD / "RuleLabel.ttl"), "--sarif")
    assert ran.code == 1
    (result,) = ran.document["runs"][0]["results"]
    assert result["ruleId"] == "RuleLabel"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 10


def test_malformed_turtle_is_told_with_its_line(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "YY.ttl"
    path.write_text(
        "@prefix dr: <https://w3id.org/datarules/ns#> .\n<https://x.example/a> a dr:Rule\n  dr:action dr:Transfer .\n"
    )
    code, out, err = run("validate", str(path))
    assert (code, err) == (1, "")
    assert out.startswith("YY.ttl:3: : This is not well-formed Turtle: ")
    assert "a missing ';' or '.' is the commonest cause. [Turtle]" in out


def test_nothing_is_decided_on_data_with_errors(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(world / "jurisdictions", tmp_path / "jurisdictions")
    shutil.copy(BAD / "RuleLabel.ttl", tmp_path / "jurisdictions")
    assert main(["--data-dir", str(tmp_path), *LISTED]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: RuleLabel.ttl:10: 'RuleLabel/rule' A rule needs a short English label")


# ---------------------------------------------------------------- lists


def test_rules_lists_articles_and_can_be_limited_to_a_day(run: Run) -> None:
    code, out, _ = run("rules", "XX")
    assert code == 0
    assert "PDA s. 20(2)(b)  Transfer under the Commissioner's clauses" in out
    everything = {r["article"] for r in run("rules", "XX", "--json").document}
    today = {r["article"] for r in run("rules", "XX", "--date", "2024-07-01", "--json").document}
    assert everything - today == {"PDA s. 20(2)(b)", "PDA s. 30"}


def test_facts_gives_unit_and_window(run: Run) -> None:
    found = {f["name"]: f for f in run("facts", "XX", "--json").document}
    assert set(found) == {"xx-persons", "xx-clauses-signed", "xx-exporter-is-registered"}
    assert (found["xx-persons"]["unit"], found["xx-persons"]["window"]) == ("persons", "since 1 January")
    assert len(run("facts", "--json").document) > len(found)
    assert "xx-persons" in run("facts", "XX").out


@pytest.mark.parametrize(
    ("option", "name"), [((), "health"), (("--purposes",), "research"), (("--sectors",), "payments")]
)
def test_categories_lists_concepts(run: Run, option: tuple[str, ...], name: str) -> None:
    assert name in {row["name"] for row in run("categories", *option, "--json").document}
    assert name in run("categories", *option).out


def test_changes_lists_what_starts_and_ends(run: Run) -> None:
    rows = run("changes", "XX", "--since", "2019-07-01", "--until", "2020-01-01", "--json").document
    assert {(r["date"], r["event"], r["article"]) for r in rows} == {
        ("2019-07-01", "starts", "PDA s. 20(1)"),
        ("2019-07-01", "starts", "PDA s. 20(2)(a)"),
        ("2019-07-01", "starts", "PDA s. 20(2)(b)"),
        ("2019-07-01", "ends", "PDA s. 4"),
    }
    assert "PDA s. 20(1)" in run("changes", "--since", "2019-07-01").out


# ---------------------------------------------------------------- new, export, query


def test_new_writes_a_file_that_passes_and_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    code, out, err = run("new", "yy", "--name", "Otherland", "--output", str(tmp_path))
    path = tmp_path / "YY.ttl"
    assert (code, out) == (0, "")
    assert f"datarules validate {path}" in err
    assert run("validate", str(path)) == Ran(0, "1 files checked: no findings.\n", "")
    path.write_text("mine")
    code, out, err = run("new", "YY", "--output", str(tmp_path))
    assert (code, out) == (2, "")
    assert "This file exists and is not overwritten." in err
    assert path.read_text() == "mine"


def test_export_can_be_read_again(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "all.nq"
    ran = run("export", "--format", "nquads", "--output", str(target))
    assert (ran.code, ran.out) == (0, "")
    graphs = {q.graph_name for q in ox.parse(path=str(target), format=ox.RdfFormat.N_QUADS)}
    assert ox.NamedNode("https://w3id.org/datarules/graph/XX") in graphs


def test_query_from_a_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "codes.rq"
    path.write_text("SELECT ?code WHERE { ?j a dr:Jurisdiction ; dct:identifier ?code } ORDER BY ?code")
    ran = run("query", str(path), "--format", "csv")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.split() == ["code", "XX", "XX-LISTED", "XX-NEIGHBOUR", "XX-UNION"]


def test_a_wrong_query_is_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "wrong.rq"
    path.write_text("SELECT ?code WHERE { ?j a }")
    code, out, err = run("query", str(path))
    assert (code, out) == (2, "")
    assert err.startswith("error: ")


# ---------------------------------------------------------------- as a program


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (LISTED, 0),
        (("validate", str(BAD / "RuleLabel.ttl")), 1),
        (("check", "XX", "Atlantis"), 2),
    ],
    ids=["answered", "findings", "bad question"],
)
def test_exit_codes_of_the_program(world: Path, argv: tuple[str, ...], code: int) -> None:
    command = [sys.executable, "-m", "datarules", "--data-dir", str(world), *argv]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == code
    assert bool(ran.stdout) == (code < 2)
    assert bool(ran.stderr) == (code == 2)


# -- whatif


REPEAL = """@prefix : <https://w3id.org/datarules/id/scenario/repeal/> .
@prefix xx: <https://w3id.org/datarules/id/XX/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix dr: <https://w3id.org/datarules/ns#> .
@prefix eli: <http://data.europa.eu/eli/ontology#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://w3id.org/datarules/id/scenario/repeal> a dr:Scenario ; dct:title "The list is emptied"@en ;
  skos:definition "The listed state is struck off."@en ; dr:validFrom "2027-01-01"^^xsd:date ;
  dr:ends xx:listed-Listedland ;
  dr:citation [ a dr:Citation ; dct:source :Order ; dr:pinpoint "art. 1" ; dr:readOn "2026-11-28"^^xsd:date ] .
:Order a eli:LegalResource ; eli:title_short "Order (imagined)" ; dct:title "Imagined: an order"@en ;
  schema:url <https://w3id.org/datarules/id/scenario/repeal> .
"""


def test_a_scenario_of_ones_own_is_told_and_the_way_back_is_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "repeal.ttl"
    path.write_text(REPEAL, encoding="utf-8")
    told = run("whatif", str(path), "--json")
    assert told.code == 0, told.err
    assert told.document["scenario"]["ends"] == ["XX/listed-Listedland"]
    (pair,) = [p for p in told.document["pairs"] if p["origin"] == "XX"]
    assert pair["status"][0] == "recognised" != pair["status"][1]
    said = run("whatif", str(path))
    assert "The list is emptied" in said.out and "1 of" in said.out


def test_a_scenario_is_not_asked_about_before_its_first_day(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "repeal.ttl"
    path.write_text(REPEAL, encoding="utf-8")
    early = run("whatif", str(path), "--date", "2026-12-31")
    assert early.code == 2 and "2027-01-01" in early.err


def test_without_a_scenario_those_that_ship_are_listed(run: Run) -> None:
    rows = run("whatif", "--json").document
    assert "general-court-annulled" in [row["name"] for row in rows]


def test_an_interrupted_command_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "matrix.csv"
    target.write_text("kept", encoding="utf-8")

    def interrupted(*_: Any) -> Iterator[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    monkeypatch.setattr(tables, "write", interrupted)
    assert cli.main(["matrix", "--date", "1990-01-01", "-o", str(target)]) == 130
    assert target.read_text(encoding="utf-8") == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["matrix.csv"]
    assert "stopped" in capsys.readouterr().err


def test_a_scenario_is_made_from_words_and_read_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rwanda.ttl"
    words = ["--new", "recognition", "--by", "RW", "--of", "GH", "--from", "2027-01-01"]
    assert cli.main(["whatif", *words, "-o", str(file), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["turtle"] == file.read_text(encoding="utf-8")
    assert made["changes"][0]["order"] == "RW" and made["changes"][0]["article"]
    assert cli.main(["whatif", str(file), "--level", "recognised", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == made["effect"]
    for wrong in ([*words, "dpf-falls"], ["--by", "RW"], [*words, "--name", "x", "-o", str(file)]):
        assert cli.main(["whatif", *wrong]) == 2
