"""Bridges, portfolios and mechanisms over REST and on the command line: one document for all doors."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from datarules import cli

from .conftest import problem

DAY = "2026-05-01"


def test_a_bridge_names_cost_class_and_article(client: TestClient) -> None:
    found = client.get("/v1/bridges/DE/KE", params={"level": "recognised", "as_of": DAY}).json()
    assert (found["first"], found["second"], found["level"]) == ("DE", "KE", "recognised")
    listing = found["directions"][0]["ways"][0]
    assert listing["changes"][0]["class"] == "administrative act" and listing["changes"][0]["article"]
    assert found["both"]["cost"] == sum(change["cost"] for change in found["both"]["changes"])
    assert all(status in ("free", "recognised") for status in found["both"]["statuses"])


def test_weights_are_open(client: TestClient) -> None:
    fields = {"level": "recognised", "as_of": DAY, "weights": "1,50,10,300"}
    found = client.get("/v1/bridges/DE/KE", params=fields).json()
    assert found["directions"][0]["ways"][0]["changes"][0]["class"] == "statute"


def test_a_portfolio_comes_with_its_proof(client: TestClient) -> None:
    fields: dict[str, Any] = {"k": 3, "as_of": DAY, "joined": "one-way"}
    (found,) = client.get("/v1/portfolio", params=fields).json()["portfolios"]
    assert found["gap"] == 0 and found["bound"] == found["gain"] == found["decided"]
    assert len(found["changes"]) == 3 and all(change["text"] for change in found["changes"])
    (greedy,) = client.get("/v1/portfolio", params={**fields, "greedy": "yes"}).json()["portfolios"]
    assert greedy["method"] == "greedy" and greedy["gain"] <= found["gain"] <= greedy["bound"]


def test_mechanisms_compared_and_fitted(client: TestClient) -> None:
    rows = client.get("/v1/mechanisms", params={"as_of": DAY}).json()["mechanisms"]
    assert {row["sort"] for row in rows} == {"kind", "certificate", "scheme"}
    fields = {"kind": "standard-contract", "scheme": "ASEAN", "as_of": DAY}
    found = client.get("/v1/mechanisms", params=fields).json()
    assert found["today"] <= found["after"] <= found["pairs"] and len(found["members"]) > 2


@pytest.mark.parametrize(
    ("path", "fields", "place"),
    [
        ("/v1/bridges/DE/XQ", {}, "second"),
        ("/v1/bridges/DE/KE", {"weights": "1,2"}, "weights"),
        ("/v1/portfolio", {"k": "0"}, "k"),
        ("/v1/portfolio", {"budget": "much"}, "budget"),
        ("/v1/portfolio", {"budget": "-1"}, "budget"),
        ("/v1/portfolio", {"objective": "glory"}, "objective"),
        ("/v1/portfolio", {"kinds": "bribe"}, "kinds"),
        ("/v1/mechanisms", {"kind": "magic"}, "kind"),
        ("/v1/mechanisms", {"scheme": "ASEAN"}, "scheme"),
        ("/v1/mechanisms", {"kind": "recognition", "scheme": "ASEEN"}, "scheme"),
        ("/v1/mechanisms", {"kind": "recognition"}, "members"),
    ],
)
def test_mistakes_are_named(client: TestClient, path: str, fields: dict[str, str], place: str) -> None:
    assert place in problem(client.get(path, params=fields), 422)


def test_the_description_knows_the_routes(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/v1/bridges/{first}/{second}", "/v1/portfolio", "/v1/mechanisms"} <= set(paths)


def test_the_command_line_gives_the_same_document(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["bridges", "DE", "KE", "--date", DAY, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == client.get("/v1/bridges/DE/KE", params={"as_of": DAY}).json()


def test_the_command_line_prints_the_gap(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["portfolio", "--budget", "6", "--kinds", "listing", "--level", "recognised", "--date", DAY]
    assert cli.main(command) == 0
    assert "gap 0.00%" in capsys.readouterr().out


def test_people_come_from_a_file(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "people.csv"
    file.write_text("code,people\nBR,203000000\nKE,54000000\n", encoding="utf-8")
    command = ["portfolio", "--k", "1", "--objective", "people", "--one-way", "--date", DAY]
    assert cli.main([*command, "--people", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["objective"] == "people"
    file.write_text("code,people\nBR,many\n", encoding="utf-8")
    assert cli.main([*command, "--people", str(file)]) == 2
