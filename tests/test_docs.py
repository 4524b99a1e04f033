"""What the documents say is true: commands exist, examples run, every command is told of."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from datarules import cli
from datarules.rulebook import RuleBook

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands() -> list[str]:
    lines = [line.split("   #")[0].strip() for block in blocks(README, "sh") for line in block.splitlines()]
    asking = ("check", "compare", "conflicts US", "path", "obstacles RU", "history")
    return [line for line in lines if line.startswith(tuple(f"datarules {word}" for word in asking))]


EXPECTED = {
    "2015-10-05": "recognised",
    "2015-10-07": "safeguards",
    "persons-since-1-january=300000": "safeguards",
}


@pytest.mark.parametrize("line", commands())
def test_every_question_of_the_readme_is_answered(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(shlex.split(line)[1:]) == 0
    said = capsys.readouterr().out
    assert said
    for part, status in EXPECTED.items():
        if part in line:
            assert status in said


def test_every_command_is_told_of() -> None:
    known = {name for action in cli._parser()._actions if action.choices for name in action.choices}
    assert "check" in known
    missing = [name for name in known if f"datarules {name}" not in README + GUIDE]
    assert not missing, f"tell of these commands in README or CONTRIBUTING: {missing}"


def test_the_python_example_runs() -> None:
    study, one = blocks(README, "python")
    space: dict[str, Any] = {}
    exec(compile(one, "README.md", "exec"), space)
    assert space["decision"].status.value in ("safeguards", "recognised")
    exec(compile(study, "README.md", "exec"), space)
    assert set(space["frame"]["category"]) == {"personal", "health"}
    assert space["islands"].has_edge("DE", "JP") and not space["islands"].has_edge("DE", "CN")


def test_the_sparql_example_gives_rows(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (counted,) = blocks(README, "sparql")
    file = tmp_path / "count.rq"
    file.write_text(counted, encoding="utf-8")
    assert cli.main(["query", str(file), "--format", "csv"]) == 0
    assert len(capsys.readouterr().out.splitlines()) > 4
    found = re.search(r"<<'Q'\n(.*?)\nQ\n", README, re.DOTALL)
    assert found
    file = tmp_path / "example.rq"
    file.write_text(found[1], encoding="utf-8")
    assert cli.main(["query", str(file), "--format", "csv"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) > 10
    assert any(row.startswith("EU,safeguards") for row in rows)


def test_the_files_the_documents_name_exist() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)", README + GUIDE):
        assert (ROOT / target).exists(), target


def test_the_example_of_the_guide_validates(tmp_path: Path) -> None:
    from datarules import bundled
    from datarules.load import load
    from datarules.validate import validate

    (example,) = blocks(GUIDE, "turtle")
    file = tmp_path / "XX.ttl"
    file.write_text(example, encoding="utf-8")
    dataset = load([*bundled.data_files(), file])
    found = validate(dataset, [f for f in dataset.data if f.path == file], workers=1)
    assert not [str(f) for f in found if f.severity == "error"]


def test_the_jurisdictions_said_to_be_encoded_are_those_with_rules(book: RuleBook) -> None:
    counts: dict[str, int] = {}
    for rule in book.records.rules.values():
        if rule.order in book.records.jurisdictions:
            code = book.records.jurisdictions[rule.order].code
            counts[code] = counts.get(code, 0) + 1
    told = re.search(r"<!-- encoded -->(.*?)<!-- /encoded -->", README, re.DOTALL)
    assert told
    listed = set(re.findall(r"\b[A-Z]{2,3}(?:-[A-Z]+)?\b", told[1]))
    assert listed == {code for code, count in counts.items() if count >= 5}
