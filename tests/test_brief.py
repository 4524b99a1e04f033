"""Briefs on a place, a group and the world: complete, self-contained, the same each time; and the commands on reach."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from datarules import brief, brief_pages, commands_divide, divide_reports
from datarules.brief_law import Block, Brief, Picture, Points, Section, Table
from datarules.cli import main
from datarules.study import Study
from datarules.vocab import Status

DAY = date(2026, 11, 23)
SECTIONS = ("In short", "From and to", "Islands", "Obstacles", "Evidence and freshness", "Method")


pytestmark = pytest.mark.usefixtures("opened")


@pytest.fixture(scope="module")
def made(study: Study) -> Callable[[str], Brief]:
    @cache
    def one(word: str) -> Brief:
        return brief.make(study, study.ask_reach(DAY), Status.SAFEGUARDS, study.party(word, DAY), DAY)

    return one


@pytest.mark.parametrize("word", ["KE", "ASEAN", "EU"])
def test_a_brief_has_every_section_and_is_no_advice(made: Callable[[str], Brief], word: str) -> None:
    found = made(word)
    titles = [s.title for s in found.sections]
    assert set(SECTIONS) <= set(titles)
    assert all(s.blocks for s in found.sections)
    assert "not legal advice" in found.foot
    assert any("Three changes" in t for t in titles)


def test_changes_name_their_articles_and_people(made: Callable[[str], Brief], study: Study) -> None:
    (section,) = (s for s in made("KE").sections if s.title.startswith("Three changes"))
    points = section.blocks[0]
    assert isinstance(points, Points) and len(points.lines) == 3
    rules = {c.article for r in study.book.records.rules.values() for c in r.citations}
    for line in points.lines:
        assert any(article in line for article in rules)
        assert re.search(r"by [\d,]+ people", line)


def test_the_page_needs_nothing_else_and_its_names_are_its_own(made: Callable[[str], Brief]) -> None:
    page = brief_pages.html(made("KE"))
    assert not re.search(r'(?:src|href)="(?!#)', page.replace('xlink:href="data:', 'xlink:at="data:'))
    assert "<script" not in page and "@import" not in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    used = set(re.findall(r"url\(#([^)]+)\)", page)) | set(re.findall(r'href="#([^"]+)"', page))
    assert used <= set(ids)
    body = re.sub(r"<!doctype html>|<meta[^>]*>", "", page, flags=re.IGNORECASE)
    assert ElementTree.fromstring(body).find(".//main") is not None


def test_what_comes_from_the_law_is_escaped() -> None:
    blocks: list[Block] = [
        "a <b> & `code`",
        Table(("x|y",), (("<i>",),)),
        Points(("<u>",)),
        Picture(b"<svg id='x' />", "c"),
    ]
    page = brief_pages.html(Brief("T <t>", "s", (Section("H & H", blocks),), "f"))
    assert "<b>" not in page and "<i>" not in page and "<u>" not in page
    assert "<code>code</code>" in page and "T &lt;t&gt;" in page
    text = brief_pages.markdown(Brief("T", "s", (Section("H", blocks),), "f"))
    assert "| x\\|y |" in text and "- <u>" in text


def test_the_same_question_gives_the_same_page(made: Callable[[str], Brief], study: Study) -> None:
    again = brief.make(study, study.ask_reach(DAY), Status.SAFEGUARDS, study.party("KE", DAY), DAY)
    assert brief_pages.html(again) == brief_pages.html(made("KE"))
    assert brief_pages.markdown(again) == brief_pages.markdown(made("KE"))


def test_documents_agree_with_each_other(study: Study) -> None:
    one = study
    asked = one.ask_reach(DAY)
    ranking = divide_reports.ranking(one, asked, Status.SAFEGUARDS)
    place = divide_reports.place(one, asked, Status.SAFEGUARDS, one.party("KE", DAY).places[0])
    (row,) = (r for r in ranking["places"] if r["code"] == "KE")
    assert row["reach"] == place["figures"]["reach"]["value"]
    levels = [x["value"] for x in place["levels"].values()]
    assert levels == sorted(levels)
    assert place["levels"]["safeguards"] == pytest.approx(place["figures"]["reach"])
    world = divide_reports.divide(one, asked, Status.SAFEGUARDS)
    mean = sum(r["reach"] * r["people"] for r in ranking["places"]) / sum(
        r["people"] for r in ranking["places"]
    )
    assert world["actual"]["mean"]["value"] == pytest.approx(mean)
    (same,) = (r for r in world["sensitivity"] if r["to"] == "safeguards")
    assert same["gini"] == pytest.approx(world["actual"]["gini"])
    json.dumps([ranking, place, world])


# -- the commands


def ran(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = main([*argv, "--date", DAY.isoformat()])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_reach_of_a_place_and_of_all_on_a_terminal_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(capsys, "reach", "Kenya")
    assert code == 0 and "world's people" in out and "Eastern Africa" in out
    code, out, _ = ran(capsys, "reach", "KE", "--json")
    document = json.loads(out)
    assert (
        document["code"] == "KE"
        and document["data"] == "personal-training"
        and document["purpose"] == "ai-training"
    )
    assert "not legal advice" in document["disclaimer"] and "CLDR" in document["source"]
    code, out, _ = ran(capsys, "reach", "--all")
    assert code == 0 and "languages" in out


def test_divide_and_priorities(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(capsys, "divide")
    assert code == 0 and "Gini" in out and "region: Africa" in out
    code, out, _ = ran(capsys, "priorities", "KE", "--json")
    document = json.loads(out)
    gains = [t["gain"] for t in document["best"]]
    assert code == 0 and gains == sorted(gains, reverse=True)
    assert all(t["rule"]["article"] for t in document["best"])


def test_what_cannot_be_asked_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert ran(capsys, "reach", "ASEAN")[2].startswith("error: place: 'ASEAN' This is a group")
    assert ran(capsys, "priorities", "ASEAM")[0] == 2
    assert "There is no such level" in ran(capsys, "divide", "--level", "high")[2]
    assert "A PDF needs a file" in ran(capsys, "brief", "KE", "--format", "pdf")[2]
    assert ran(capsys, "reach", "--picture", str(tmp_path / "x.gif"))[0] == 2
    assert "not a day" in ran(capsys, "divide", "--history", "--since", "then")[2]


def test_pictures_are_written_by_their_ending(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for argv in (("reach", "--kind", "ranking"), ("reach", "--kind", "languages"), ("divide",)):
        target = tmp_path / f"{len(argv)}{argv[-1]}.svg"
        assert ran(capsys, *argv, "--picture", str(target))[0] == 0
        assert target.read_bytes().startswith(b"<?xml")


def test_without_a_browser_a_pdf_is_refused_with_the_way_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    code, _, err = ran(capsys, "brief", "KE", "-o", str(tmp_path / "ke.pdf"))
    assert code == 2 and "Chromium" in err and "html" in err


@pytest.mark.browser
@pytest.mark.skipif(not any(map(shutil.which, commands_divide.BROWSERS)), reason="Chromium is not installed")
def test_a_browser_prints_the_brief(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "ke.pdf"
    assert ran(capsys, "brief", "KE", "-o", str(target))[0] == 0
    assert target.read_bytes().startswith(b"%PDF")
