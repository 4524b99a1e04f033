"""Older law on request: a server that keeps releases answers as a server of that release alone would."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from datarules.cli import main
from datarules.client import Client
from datarules.endpoint_local import Local
from datarules.errors import DataError, InputError
from datarules.released import open_release, releases
from datarules.serve.app import create_app
from datarules.vocab import Status

from .conftest import TODAY, listening, problem

SHAPES = Path(__file__).parent.parent / "shapes"
CHECK = "origin=XX&destination=XX-LISTED&as_of=2022-01-01"
ASKED = [
    f"/v1/check?{CHECK}",
    "/v1/check?origin=XX&destination=XX-LISTED",
    f"/v1/check?{CHECK}&fact=xx-persons=5",
    "/v1/check?origin=XX&destination=nowhere",
    "/v1/pairs/XX/XX-LISTED?as_of=2022-01-01",
    "/v1/matrix?as_of=2022-01-01",
    "/v1/matrix.csv?as_of=2022-01-01&origin=XX",
    "/v1/changes?since=2019-01-01",
    "/v1/rules/XX/PDA-20-2-a",
    "/v1/rules/XX/PDA-nothing",
    "/v1/jurisdictions",
    "/v1/jurisdictions/XX?as_of=2022-01-01",
    "/v1/history?origin=XX&destination=XX-LISTED",
    "/v1/facts",
    "/v1/coverage",
    "/v1/islands?as_of=2022-01-01&level=recognised",
]
TIED = ("etag", "content-type", "datarules-release", "vary", "cache-control")


def released(law: Path, folder: Path, day: str) -> Path:
    before = set(folder.glob("*.zip"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        assert main(["--data-dir", str(law), "release", "-o", str(folder), "--date", day]) == 0
    return (set(folder.glob("*.zip")) - before).pop()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two releases in one folder; in the later one the listing of a state begins three years later."""
    folder, law = tmp_path_factory.mktemp("releases"), tmp_path_factory.mktemp("law")
    (law / "jurisdictions").mkdir()
    shutil.copy(SHAPES / "XX.ttl", law / "jurisdictions")
    first = released(law, folder, "2026-05-01")
    path = law / "jurisdictions" / "XX.ttl"
    text = path.read_text(encoding="utf-8")
    assert '"2020-01-01"' in text
    path.write_text(text.replace('"2020-01-01"', '"2023-01-01"'), encoding="utf-8")
    return first, released(law, folder, "2026-06-01")


def alone(path: Path, folder: Path | None = None) -> TestClient:
    dataset, book = open_release(path)
    app = create_app(book, Local.open(dataset, book), today=lambda: TODAY, dataset=dataset, releases=folder)
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def both(made: tuple[Path, Path]) -> Iterator[TestClient]:
    """A server of the later release that keeps the earlier one too."""
    with alone(made[1], made[0].parent) as found:
        yield found


@pytest.fixture(scope="module")
def then(made: tuple[Path, Path]) -> Iterator[TestClient]:
    """A server of the earlier release alone."""
    with alone(made[0]) as found:
        yield found


def version(path: Path) -> str:
    return path.stem.rsplit("-", 1)[1]


def test_releases_are_listed_with_day_digest_and_checksum(
    both: TestClient, then: TestClient, made: tuple[Path, Path]
) -> None:
    rows = both.get("/v1/releases").json()
    assert [(row["release"], row["date"], row["current"]) for row in rows] == [
        (version(made[0]), "2026-05-01", False),
        (version(made[1]), "2026-06-01", True),
    ]
    for row, path in zip(rows, made, strict=True):
        assert row["checksum"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert row["digest"].startswith(row["release"]) and len(row["digest"]) == 64
    (only,) = then.get("/v1/releases").json()
    assert (only["release"], only["current"], only["checksum"]) == (version(made[0]), True, None)


@pytest.mark.parametrize("address", ASKED)
def test_replay_gives_the_old_answer_byte_for_byte(
    both: TestClient, then: TestClient, made: tuple[Path, Path], address: str
) -> None:
    old = version(made[0])
    sign = "&" if "?" in address else "?"
    replayed, original = both.get(f"{address}{sign}release={old}"), then.get(address)
    assert replayed.status_code == original.status_code
    assert replayed.content == original.content
    assert {n: replayed.headers.get(n) for n in TIED} == {n: original.headers.get(n) for n in TIED}
    if replayed.status_code == 200:
        assert replayed.headers["datarules-release"] == old and old in replayed.headers["etag"]


def test_the_law_of_the_two_differs_and_the_release_served_may_be_named(
    both: TestClient, made: tuple[Path, Path]
) -> None:
    old, new = (both.get(f"/v1/check?{CHECK}&release={version(path)}").json() for path in made)
    assert old["status"] == "recognised" != new["status"]
    assert (old["release"], new["release"]) == (version(made[0]), version(made[1]))
    plain, named = both.get(f"/v1/check?{CHECK}"), both.get(f"/v1/check?release={version(made[1])}&{CHECK}")
    assert plain.content == named.content and plain.headers["etag"] == named.headers["etag"]


def test_bodies_are_answered_from_the_release_in_the_address(
    both: TestClient, then: TestClient, made: tuple[Path, Path]
) -> None:
    asked = {"origin": "XX", "destination": "XX-LISTED", "as_of": "2022-01-01"}
    assert (
        both.post(f"/v1/check?release={version(made[0])}", json=asked).content
        == then.post("/v1/check", json=asked).content
    )
    batch = [asked, {**asked, "destination": "none"}]
    for form in ("full", "short"):
        replayed = both.post(f"/v1/check/batch?form={form}&release={version(made[0])}", json=batch)
        assert replayed.content == then.post(f"/v1/check/batch?form={form}", json=batch).content
        assert replayed.headers["datarules-release"] == version(made[0])
    told = problem(both.post("/v1/check", json={**asked, "release": version(made[0])}), 422)
    assert "address" in told["release"]["remedy"]


def test_a_client_that_has_the_old_answer_is_not_sent_it_again(
    both: TestClient, made: tuple[Path, Path]
) -> None:
    address = f"/v1/check?{CHECK}&release={version(made[0])}"
    tag = both.get(address).headers["etag"]
    assert both.get(address, headers={"if-none-match": tag}).status_code == 304
    assert both.get(f"/v1/check?{CHECK}", headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("named", ["0123456789ab", "", "%zz"])
def test_an_unknown_release_is_told_which_there_are(
    both: TestClient, made: tuple[Path, Path], named: str
) -> None:
    told = problem(both.get(f"/v1/matrix?release={named}"), 422)
    assert all(version(path) in told["release"]["remedy"] for path in made)


def test_a_release_is_named_once_and_only_where_it_can_be_asked(
    both: TestClient, made: tuple[Path, Path]
) -> None:
    old, new = map(version, made)
    assert (
        "more than once"
        in problem(both.get(f"/v1/facts?release={old}&release={new}"), 422)["release"]["reason"]
    )
    assert "no such field" in problem(both.get(f"/v1/releases?release={old}"), 422)["release"]["reason"]
    paths = both.get("/openapi.json").json()["paths"]
    for path in (
        "/v1/check",
        "/v1/check/batch",
        "/v1/pairs/{first}/{second}",
        "/v1/matrix",
        "/v1/rules/{id}",
    ):
        for operation in paths[path].values():
            (field,) = [p for p in operation["parameters"] if p["name"] == "release"]
            assert field["example"] == new
    assert all(p["name"] != "release" for p in paths["/v1/changes.atom"]["get"]["parameters"])


def test_a_release_changed_after_the_start_is_refused_and_the_law_served_answers_on(
    made: tuple[Path, Path], tmp_path: Path
) -> None:
    shutil.copy(made[0], tmp_path)
    with alone(made[1], tmp_path) as client:
        path = tmp_path / made[0].name
        path.write_bytes(path.read_bytes()[:-100])
        told = problem(client.get(f"/v1/check?{CHECK}&release={version(made[0])}"), 500)
        assert "cannot be read" in str(told)
        assert client.get(f"/v1/check?{CHECK}").status_code == 200


def test_only_the_last_few_asked_of_stay_open(
    both: TestClient, then: TestClient, made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datarules.serve.releases.KEPT", 1)
    kept: Any = both.app.state.releases  # type: ignore[attr-defined]
    opened: list[str] = []
    whole = kept._opened

    def opening(path: Path) -> Any:
        opened.append(version(path))
        return whole(path)

    monkeypatch.setattr(kept, "_opened", opening)
    kept._open.clear()
    kept.kept["again"] = kept.kept[version(made[0])]
    try:
        for name in (version(made[0]), version(made[0]), "again", version(made[0])):
            assert (
                both.get(f"/v1/check?{CHECK}&release={name}").content
                == then.get(f"/v1/check?{CHECK}").content
            )
        assert len(opened) == 3 and len(kept._open) == 1
    finally:
        del kept.kept["again"]


def test_the_client_asks_older_law(made: tuple[Path, Path]) -> None:
    dataset, book = open_release(made[1])
    app = create_app(book, today=lambda: TODAY, dataset=dataset, releases=made[0].parent)
    day = date(2022, 1, 1)
    with listening(app) as address, Client(address) as ask:
        old, new = (row["release"] for row in ask.releases())
        assert ask.check("XX", "XX-LISTED", as_of=day, release=old).status is Status.RECOGNISED
        assert ask.check("XX", "XX-LISTED", as_of=day).release == new
        assert ask.changes("2019-01-01", release=old) != ask.changes("2019-01-01")
        assert ask.pair("XX", "XX-LISTED", as_of=day, release=old)["release"] == old
        assert ask.rule("XX/PDA-20", release=old) and ask.jurisdictions(release=old)
        with pytest.raises(InputError, match=old):
            ask.jurisdiction("XX", release="none")
        assert httpx2.get(f"{address}/health").json()["release"] == new


def test_a_folder_with_something_else_in_it_is_refused(made: tuple[Path, Path], tmp_path: Path) -> None:
    shutil.copy(made[0], tmp_path)
    assert [one.version for one in releases(tmp_path)] == [version(made[0])]
    (tmp_path / "other.zip").write_bytes(b"no zip")
    with pytest.raises(DataError, match="other"):
        releases(tmp_path)
    with pytest.raises(DataError, match="no such folder"):
        releases(tmp_path / "none")
