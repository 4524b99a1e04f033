"""Logs of transfers: every row is there again, with the answer that `decide` gives, whoever joins."""

from __future__ import annotations

import csv
import json
import random
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from datarules import (
    ask,
    flow_beside,
    flow_engines,
    flow_mapping,
    flow_report,
    flow_table,
    flow_words,
    flows,
)
from datarules import vocab as v
from datarules.cli import main
from datarules.decide import decide
from datarules.errors import InputError
from datarules.model import Transfer, comparisons
from datarules.open import open_dataset
from datarules.rulebook import RuleBook
from datarules.timeline import turns

FACTS = {"persons-since-1-january": "subjects", "recipient-dpf-certified": "dpf"}
MAPPING = {
    "columns": {
        "origin": "exporter",
        "destination": "importer",
        "date": "sent",
        "data": "kind",
        "purpose": "why",
        "facts": FACTS,
    },
    "words": {"places": {"Home": "CN"}, "data": {"PII": "personal"}},
}
PLACES = ("Home", "EU", "DE", "US", "Brazil", "IN", "KE", "SG", "JP", "RU")
NUMBERS = (None, 0, 9_999, 100_000, 5_000_000)


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return open_dataset()[1]


def log(rows: int, seed: int) -> pd.DataFrame:
    chance = random.Random(seed)
    first = date(2023, 6, 1)
    return pd.DataFrame(
        {
            "number": range(rows),
            "exporter": [chance.choice(PLACES) for _ in range(rows)],
            "importer": [chance.choice(PLACES) for _ in range(rows)],
            "sent": [first + timedelta(chance.randrange(1000)) for _ in range(rows)],
            "kind": [chance.choice(("PII", "health", "payment", "personal;health")) for _ in range(rows)],
            "why": [chance.choice((None, "ai-training", "any")) for _ in range(rows)],
            "subjects": pd.array([chance.choice(NUMBERS) for _ in range(rows)], dtype="Int64"),
            "dpf": pd.array([chance.choice((None, True, False)) for _ in range(rows)], dtype="boolean"),
            "note": [f"00{n}" for n in range(rows)],
        }
    )


JUDGED = ("status", "best", "worst", "localisation", "duties", "location_clash")


def expected(book: RuleBook, row: dict[str, Any]) -> tuple[str | None, ...]:
    facts = {
        name: row[column]
        for name, column in FACTS.items()
        if row[column] is not None and row[column] == row[column]
    }
    words = {"Home": "CN", "PII": "personal"}
    asked, day = ask.transfer(
        book,
        words.get(row["exporter"], row["exporter"]),
        words.get(row["importer"], row["importer"]),
        [words.get(part, part) for part in row["kind"].split(";")],
        row["why"] or "any",
        as_of=row["sent"],
        facts=facts,
    )
    assert day is not None
    found = decide(book, asked, day.toordinal())
    rules = {one.rule.iri: one.kind for one in found.overlays if one.now}
    local = {iri for iri, kind in rules.items() if kind in v.LOCALISATION.values()}
    clashes = [one.resolution for one in found.conflicts if one.kind == "exclusive-location"]
    beside = (" ".join(map(v.local, sorted(some))) for some in (local, rules.keys() - local))
    clash = "infeasible" if "infeasible" in clashes else "".join(clashes[:1])
    levels = (found.status.value, found.best.value, found.worst.value)
    return *levels, *(text or None for text in (*beside, clash))


def checked(
    book: RuleBook, path: Path, engine: flow_engines.Engine | None = None
) -> tuple[flows.Checked, pd.DataFrame]:
    engine = engine or flow_engines.DuckDB(2)
    found = flows.check(book, engine, [path], flow_mapping.parse(MAPPING))
    output = path.with_name("answers.parquet")
    flows.write(engine, found, output)
    return found, pq.read_table(output).to_pandas()


def test_each_row_has_the_answer_of_decide(book: RuleBook, tmp_path: Path) -> None:
    frame = log(150, 1)
    frame.loc[:9, ["exporter", "importer", "kind"]] = ["AE", "BF", "health"]
    path = tmp_path / "log.parquet"
    table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(table, path)
    found, answers = checked(book, path)
    rows: list[dict[str, Any]] = table.to_pylist()
    judged = answers[[f"dr_{name}" for name in JUDGED]].to_numpy()
    told = [tuple(None if pd.isna(cell) else cell for cell in one) for one in judged]
    assert told == [expected(book, row) for row in rows]
    assert answers["number"].tolist() == list(range(150))
    counted = pd.Series(answers["dr_status"]).value_counts().to_dict()
    report = flow_report.document(book, found)
    assert {row["status"]: row["rows"] for row in report["statuses"]} == counted
    assert report["beside"]["localised"] == answers["dr_localisation"].notna().sum() > 20
    assert report["beside"]["dutied"] == answers["dr_duties"].notna().sum() > 20
    clashes = answers["dr_location_clash"].value_counts().to_dict()
    assert report["beside"]["location_clashes"] == clashes and clashes
    for kind in ("localisation", "duties"):
        named = answers[f"dr_{kind}"].dropna().str.split().explode().value_counts().to_dict()
        assert {row["rule"]: row["rows"] for row in report["beside"][kind]} == named
    assert answers["dr_problem"].isna().all()


def test_what_stands_beside_follows_every_change_of_law_at_both_ends(book: RuleBook) -> None:
    """Whatever moves: duties of the origin, lists they name, the claims of the destination, its duties on data coming in."""
    law = book
    places = tuple(v.ID + code for code in ("AE", "BF", "ET", "CN", "RU", "IL", "IS"))
    kind = v.CATEGORY + "health"
    rows = [(a, b, kind) for a in places for b in places]
    lines = flow_table._Lines(400)
    course = flow_table._Framed(law, lines, (v.ANY_PURPOSE, v.ANY_SECTOR, ()), rows)
    first, last = date(2023, 1, 1).toordinal(), date(2026, 6, 1).toordinal()
    chance = random.Random(4)
    for number, turn in enumerate(turns(law, places, first, last)):
        course.turn(turn, number, flow_beside.Day(turn.view, places, turn.touched))
        verdicts = list(lines.verdicts)
        for place in chance.sample(range(len(rows)), 2):
            asked = Transfer(*rows[place][:2], (kind,), v.ANY_PURPOSE, v.ANY_SECTOR)
            found = flow_beside.of_decision(decide(law, asked, turn.day))
            assert verdicts[course.now[place]].beside == found, (rows[place], turn.day)
    assert {one.beside.clash for one in lines.verdicts} > {""}
    arriving = {iri for iri, one in law.records.rules.items() if one.action is v.Action.IMPORT}
    assert any(arriving.intersection(one.beside.duties) for one in lines.verdicts)


def test_text_and_typed_columns_read_alike(book: RuleBook, tmp_path: Path) -> None:
    frame = log(80, 2)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    instants = pa.array([datetime(d.year, d.month, d.day, 23, 59) for d in frame["sent"]])
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "c").mkdir()
    pq.write_table(table.set_column(3, "sent", instants), tmp_path / "a" / "log.parquet")
    frame.to_csv(tmp_path / "b" / "log.csv", index=False)
    with (
        pa.OSFile(str(tmp_path / "c" / "log.arrow"), "wb") as file,
        pa.ipc.new_file(file, table.schema) as sink,
    ):
        sink.write_table(table)
    one = checked(book, tmp_path / "a" / "log.parquet")[1]
    two = checked(book, tmp_path / "b" / "log.csv")[1]
    three = checked(book, tmp_path / "c" / "log.arrow")[1]
    added = [f"dr_{name}" for name in flow_mapping.ADDED]
    pd.testing.assert_frame_equal(one[added], two[added])
    pd.testing.assert_frame_equal(one[added], three[added])
    assert two["note"].tolist() == frame["note"].tolist(), "text with leading zeros stays as it was"


def test_every_format_written_reads_back_alike(book: RuleBook, tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    pq.write_table(pa.Table.from_pandas(log(60, 3), preserve_index=False), path)
    engine = flow_engines.DuckDB(2)
    found = flows.check(book, engine, [path], flow_mapping.parse(MAPPING))
    written = {
        suffix: tmp_path / f"out{suffix}" for suffix in (".parquet", ".arrow", ".csv", ".tsv", ".csv.gz")
    }
    for one in written.values():
        flows.write(engine, found, one)
    added = [f"dr_{name}" for name in flow_mapping.ADDED]
    first = pq.read_table(written[".parquet"]).select(added)
    assert {field.type for field in first.schema} == {pa.string()}
    with pa.ipc.open_file(str(written[".arrow"])) as file:
        assert file.read_all().select(added).equals(first)
    shown = first.to_pandas().fillna("")
    assert shown["dr_status"].nunique() > 2
    for suffix, mark in ((".csv", ","), (".tsv", "\t"), (".csv.gz", ",")):
        told = pd.read_csv(written[suffix], sep=mark, dtype=str, keep_default_na=False)
        pd.testing.assert_frame_equal(told[added], shown, check_dtype=False)


DAMAGED = """\
exporter,importer,sent,kind,subjects,note
EU,US,2015-10-05,personal,,first
CN,DE,2025-05-01,personal,"300,000",x
CN,DE,2025-05-01,personal,many,x
XX,JP,2026-05-01,personal,,x
EU,,2026-05-01,personal,,x
EU,JP,31/12/2024,personal,,x
EU,JP,,personal,,x
EU,JP,2026-05-01,feelings,,x
IN,SG,2026-05-01,payment,,"quoted, comma"
too,many,2026-05-01,columns,here,for,this
"""


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(DAMAGED, encoding="utf-8")
    (tmp_path / "m.toml").write_text(
        '[columns]\norigin = "exporter"\ndestination = "importer"\ndate = "sent"\ndata = "kind"\n'
        '[columns.facts]\npersons-since-1-january = "subjects"\n',
        encoding="utf-8",
    )
    return path


def test_no_row_is_lost_and_each_says_why(
    damaged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output, report = tmp_path / "out.csv", tmp_path / "report.md"
    words = [
        "flows",
        str(damaged),
        "-m",
        str(tmp_path / "m.toml"),
        "-o",
        str(output),
        "--report",
        str(report),
    ]
    assert main([*words, "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    with output.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["note"] for row in rows] == ["first", *["x"] * 7, "quoted, comma"]
    assert (made["rows"], made["judged"], made["not_judged"]) == (9, 3, 6)
    assert [bool(row["dr_status"]) == bool(row["dr_problem"]) for row in rows] == [False] * 9
    for row, part in zip(
        rows[2:8],
        ("facts.persons", "'XX'", "destination is missing", "31/12", "date is", "'feelings'"),
        strict=True,
    ):
        assert part in row["dr_problem"]
    assert [(one["line"], one["text"]) for one in made["damaged"]] == [(11, DAMAGED.splitlines()[-1])]
    text = report.read_text(encoding="utf-8")
    assert "destination is missing" in text and "not legal advice" in text


def test_a_log_without_a_day_that_can_be_read_keeps_every_row(book: RuleBook, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("origin,destination,data,date\nDE,US,personal,never\nFR,JP,personal,\n", encoding="utf-8")
    engine = flow_engines.DuckDB(2)
    found = flows.check(book, engine, [path])
    flows.write(engine, found, tmp_path / "answers.parquet")
    told = pq.read_table(tmp_path / "answers.parquet")["dr_problem"].to_pylist()
    assert "'never'" in told[0] and told[1] == "date is missing"
    assert sorted(one.problem for one in found.counts) == sorted(told)


def test_a_file_is_never_written_over_and_never_half_written(
    book: RuleBook, damaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapping = flow_mapping.read(damaged.with_name("m.toml"))
    engine = flow_engines.DuckDB(2)
    found = flows.check(book, engine, [damaged], mapping)
    with pytest.raises(InputError, match="such a file already"):
        flows.write(engine, found, damaged)
    output = damaged.with_name("out.parquet")

    def stopped(expression: Any, path: Path, form: str, progress: Any = None) -> None:
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "write", stopped)
    with pytest.raises(KeyboardInterrupt):
        flows.write(engine, found, output)
    assert sorted(p.name for p in damaged.parent.iterdir()) == ["log.csv", "m.toml"]


def test_every_mistake_of_a_mapping_comes_at_once(book: RuleBook, damaged: Path) -> None:
    wrong = flow_mapping.parse(
        {
            "columns": {"origin": "exportr", "facts": {"no-such-fact": "subjects"}},
            "constants": {"origin": "EU"},
        }
    )
    with pytest.raises(InputError) as error:
        flows.check(book, flow_engines.DuckDB(2), [damaged], wrong)
    told = {problem.place: problem for problem in error.value.problems}
    assert set(told) == {"columns.origin", "columns.facts.no-such-fact", "constants.origin", "columns.date"}
    assert "exporter" in told["columns.origin"].remedy
    with pytest.raises(InputError, match=r"columns\.orign"):
        flow_mapping.parse({"columns": {"orign": "a"}})
    with pytest.raises(InputError, match=r"writing\.prefix"):
        flow_mapping.fitted(book, flow_mapping.parse({}), ["from", "to", "date", "dr_status"])


def test_columns_are_found_by_their_names(book: RuleBook) -> None:
    found = flow_mapping.fitted(
        book, flow_mapping.parse({}), ["id", "From", "to", "timestamp", "category", "Sector"]
    )
    assert found.columns == {
        "origin": "From",
        "destination": "to",
        "date": "timestamp",
        "data": "category",
        "sector": "Sector",
    }


def test_a_number_means_which_thresholds_it_reaches(book: RuleBook) -> None:
    name = "persons-since-1-january"
    turns = flow_words.thresholds(book, name)
    tests = [
        test for rule in book.records.rules.values() for test in comparisons(rule.when) if test.fact == name
    ]
    assert tests
    for number in (0, 1, *turns, *(turn - 1 for turn in turns), 10**9):
        standing = max([0, *(turn for turn in turns if turn <= number)])
        assert [test.holds(number) for test in tests] == [test.holds(standing) for test in tests]


def test_files_are_named_or_told(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv"):
        (tmp_path / name).write_text("x\n", encoding="utf-8")
    assert [p.name for p in flows.found_files([str(tmp_path)])] == ["a.csv", "b.csv"]
    assert [p.name for p in flows.found_files([str(tmp_path / "*.csv")])] == ["a.csv", "b.csv"]
    (tmp_path / "c.xlsx").write_text("x\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        flows.found_files([str(tmp_path / "c.xlsx"), str(tmp_path / "none.csv")])
    assert [problem.value.rsplit("/", 1)[-1] for problem in error.value.problems] == ["c.xlsx", "none.csv"]


@pytest.fixture(scope="module")
def spark() -> Iterator[flow_engines.Spark]:
    if shutil.which("java") is None:
        pytest.skip("java is not installed (Debian package default-jre-headless)")
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.shuffle.partitions", "1").config("spark.driver.memory", "512m")
    session = builder.config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
    yield flow_engines.Spark(session)
    session.stop()


@pytest.mark.filterwarnings("ignore")
def test_spark_gives_what_duckdb_gives(book: RuleBook, tmp_path: Path, spark: flow_engines.Spark) -> None:
    frame = log(80, 3)
    frame.loc[::11, "exporter"] = "Nowhere"
    frame.loc[::17, "kind"] = None
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    for folder in ("one", "two"):
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), tmp_path / folder / "log.parquet")
    one, here = checked(book, tmp_path / "one" / "log.parquet")
    two, there = checked(book, tmp_path / "two" / "log.parquet", spark)
    there = there.sort_values("number", ignore_index=True)
    added = [f"dr_{name}" for name in flow_mapping.ADDED]
    pd.testing.assert_frame_equal(here[added], there[added])
    assert flow_report.document(book, one)["statuses"] == flow_report.document(book, two)["statuses"]
    assert one.rows == two.rows == 80


def test_what_a_verdict_says(book: RuleBook, damaged: Path) -> None:
    found = flows.check(
        book, flow_engines.DuckDB(2), [damaged], flow_mapping.read(damaged.with_name("m.toml"))
    )
    places = {one.asked["origin"]: one.verdict for one in found.counts if one.verdict}
    india = places[v.ID + "IN"]
    assert india is not None and book.records.rules[india.obstacle].order == v.ID + "IN"
