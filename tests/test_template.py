"""The template of a jurisdiction file: valid as written, and never in the way of one's own work."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from datarules import bundled, vocab
from datarules.errors import InputError
from datarules.load import load
from datarules.template import template, write
from datarules.validate import validate

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(("code", "name"), [("YY", "Otherland"), ("YY-ZZZ", 'The "Free" Zone')])
def test_the_template_passes_validation_as_written(tmp_path: Path, code: str, name: str) -> None:
    path = write(code, name, tmp_path, TODAY)
    dataset = load([path])
    assert path.name == f"{code}.ttl"
    assert validate(dataset, dataset.data, workers=1) == []


def test_the_template_has_the_prefixes_of_every_data_file() -> None:
    lines = [x for x in template("YY", "Otherland", TODAY).splitlines() if x.startswith("@prefix")]
    assert lines[0] == f"@prefix : <{vocab.ID}YY/> ."
    guide = (bundled.root() / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown = re.findall(r"^@prefix .*$", guide, re.MULTILINE)
    assert [x.replace("/YY/", "/XX/") for x in lines] == shown


def test_a_code_is_put_in_capitals(tmp_path: Path) -> None:
    assert write(" yy ", None, tmp_path, TODAY).name == "YY.ttl"
    assert 'dct:identifier "YY"' in (tmp_path / "YY.ttl").read_text(encoding="utf-8")


def test_a_file_is_not_overwritten(tmp_path: Path) -> None:
    path = write("YY", None, tmp_path, TODAY)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="This file exists and is not overwritten"):
        write("YY", None, tmp_path, TODAY)
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("code", ["", "Y", "otherland", "../YY", "YY/ZZ", "ÄÖ"])
def test_what_is_no_code_is_refused(tmp_path: Path, code: str) -> None:
    with pytest.raises(InputError, match="This is not the form of a jurisdiction code"):
        write(code, None, tmp_path, TODAY)
    assert list(tmp_path.iterdir()) == []


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        write("?", None, tmp_path / "none" / "YY.ttl", TODAY)
    assert [p.place for p in caught.value.problems] == ["code", "output"]
