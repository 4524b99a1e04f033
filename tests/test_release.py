"""Releases: the same bytes for the same law, every file readable, and the answers of then."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest
import rdflib

from datarules.cli import main
from datarules.errors import DataError
from datarules.released import open_release, verified

SHAPES = Path(__file__).parent / "shapes"
ASKED = ("check", "XX", "XX-LISTED", "--date", "2022-01-01", "--json")
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")


@pytest.fixture(scope="module")
def law(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("law")
    (folder / "jurisdictions").mkdir()
    shutil.copy(SHAPES / "XX.ttl", folder / "jurisdictions")
    return folder


@pytest.fixture(scope="module")
def made(law: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        assert main(["--data-dir", str(law), "release", "-o", str(folder), "--date", "2026-05-01"]) == 0
    return next(folder.glob("*.zip"))


def opened(made: Path, folder: Path) -> Path:
    with zipfile.ZipFile(made) as bundle:
        bundle.extractall(folder)
    return next(folder.iterdir())


def test_the_same_law_gives_the_same_bytes(
    law: Path, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    (tmp_path / "out").mkdir()
    argv = ["--data-dir", str(law), "release", "-o", str(tmp_path / "out"), "--date", "2026-05-01"]
    assert main(argv) == 0
    assert (tmp_path / "out" / made.name).read_bytes() == made.read_bytes()
    assert made.name.startswith("datarules-2026-05-01-")


def test_every_file_is_in_the_checksums_and_in_the_descriptions(made: Path, tmp_path: Path) -> None:
    folder = opened(made, tmp_path)
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    inside = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert set(verified(made)) == inside - {"SHA256SUMS"}
    graph = rdflib.Graph().parse(folder / "dataset.ttl", publicID="file:///r/")
    told = {str(x).removeprefix("file:///r/") for x in graph.objects(None, DCAT.downloadURL)}
    assert told <= inside and "datarules.nq" in told and "datarules.sqlite" in told
    crate = json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    parts = {row["@id"] for row in crate["@graph"] if row["@type"] == "File"}
    assert parts <= inside and "data/jurisdictions/XX.ttl" in parts
    assert (folder / "data/jurisdictions/XX.ttl").read_bytes() == (SHAPES / "XX.ttl").read_bytes()


def test_tables_say_the_same_in_parquet_and_sqlite(made: Path, tmp_path: Path) -> None:
    folder = opened(made, tmp_path)
    base = sqlite3.connect(folder / "datarules.sqlite")
    for name in ("jurisdictions", "rules", "entries", "citations", "facts", "changes"):
        rows = pq.read_table(folder / "tables" / f"{name}.parquet").to_pylist()
        assert rows
        assert base.execute(f"SELECT count(*) FROM {name}").fetchone()[0] == len(rows)
    cited = {row["statement"] for row in pq.read_table(folder / "tables/citations.parquet").to_pylist()}
    assert {row["rule"] for row in pq.read_table(folder / "tables/rules.parquet").to_pylist()} <= cited
    query = "SELECT status FROM decisions WHERE origin = 'XX' AND destination = 'XX-LISTED' AND category = 'personal'"
    decided = pq.read_table(folder / "decisions/2026-05-01.parquet").to_pylist()
    assert base.execute(query).fetchall() == [
        (row["status"],)
        for row in decided
        if (row["origin"], row["destination"], row["category"]) == ("XX", "XX-LISTED", "personal")
    ]
    quads = ox.parse((folder / "datarules.nq").read_bytes(), format=ox.RdfFormat.N_QUADS)
    counts = json.loads((folder / "release.json").read_text(encoding="utf-8"))["counts"]
    assert len({quad.triple for quad in quads}) == counts["triples"]
    assert "## Exampleland (XX)" in (folder / "CHANGES.md").read_text(encoding="utf-8")


def test_a_release_answers_as_on_its_day_whatever_the_law_says_now(
    law: Path, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def asked(*more: str) -> Any:
        assert main([*more, *ASKED]) == 0
        return json.loads(capsys.readouterr().out)

    before = asked("--data-dir", str(law))
    shutil.copytree(law, tmp_path / "now")
    path = tmp_path / "now" / "jurisdictions" / "XX.ttl"
    text = path.read_text(encoding="utf-8")
    assert "2020-01-01" in text
    path.write_text(text.replace('"2020-01-01"', '"2023-01-01"'), encoding="utf-8")
    assert asked("--data-dir", str(tmp_path / "now")) != before
    assert asked("--release", str(made)) == before


def changed(made: Path, target: Path, name: str, content: bytes | None) -> Path:
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            if not info.filename.endswith(name):
                new.writestr(info, old.read(info))
            elif content is not None:
                new.writestr(info, content)
        if content is not None and not any(i.filename.endswith(name) for i in old.infolist()):
            new.writestr(f"{old.namelist()[0].split('/')[0]}/{name}", content)
    return target


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("XX.ttl", b"changed", "changed"),
        ("datarules.nq", None, "missing"),
        ("data/jurisdictions/ZZ.ttl", b"", "not in the checksums"),
        ("SHA256SUMS", None, "nothing can be checked"),
    ],
)
def test_a_release_that_was_touched_is_refused(
    made: Path, tmp_path: Path, name: str, content: bytes | None, reason: str
) -> None:
    wrong = changed(made, tmp_path / "wrong.zip", name, content)
    with pytest.raises(DataError, match=reason) as caught:
        open_release(wrong)
    assert name.split("/")[-1] in str(caught.value)


def test_what_is_no_release_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"no zip")
    assert main(["release", "--verify", str(path)]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_release_can_be_served(made: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "datarules", "serve", "--port", "0", "--release", str(made)]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        line = server.stderr.readline()
        address = line.split()[2]
        for _ in range(100):
            try:
                with urllib.request.urlopen(f"{address}version") as answer:
                    told = json.load(answer)
                break
            except OSError:
                time.sleep(0.1)
        assert json.dumps(told).count(made.stem.rsplit("-", 1)[1]) >= 1
    finally:
        server.terminate()
        server.wait()
        if server.stderr:
            server.stderr.close()
