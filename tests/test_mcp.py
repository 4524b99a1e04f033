"""The tools for assistants, asked by the SDK's own client over standard input and output."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

ROOT = Path(__file__).parent.parent
PLACES = "EU,US,DE,FR,JP,KE,CN,RU,EEA,ISO,UN"
DAY = "2026-05-01"
TOOLS = {
    *("check", "check_batch", "pair", "rules", "rule", "changes", "facts", "categories", "sparql"),
    *("conflicts", "islands", "path", "obstacles", "bridges", "reach", "priorities"),
}
CITING = """SELECT ?rule ?law ?article { ?rule a dr:Rule ; dr:citation [ dct:source ?law ; dr:pinpoint ?article ] }
ORDER BY ?rule LIMIT 3"""
ASKED: list[tuple[str, dict[str, Any], str]] = [
    (
        "check",
        {"origin": "EU", "destination": "US", "data": ["health"], "facts": {"consent": False}},
        "GDPR art.",
    ),
    (
        "check_batch",
        {"questions": [{"origin": "EU", "destination": "US"}, {"origin": "CN", "destination": "US"}]},
        "GDPR art.",
    ),
    ("pair", {"first": "EU", "second": "JP", "as_of": DAY}, "GDPR art. 44"),
    ("rules", {"jurisdiction": "KE", "as_of": DAY}, "DPA s."),
    ("rule", {"name": "EU/GDPR-46-2-c"}, "GDPR art. 46(2)(c)"),
    ("changes", {"since": "2020-01-01", "until": "2024-01-01", "jurisdiction": "EU"}, "article"),
    ("conflicts", {"jurisdiction": "US", "other": "CN", "as_of": DAY, "limit": 2}, "article"),
    ("islands", {"level": "recognised", "as_of": DAY}, "article"),
    ("path", {"origin": "RU", "destination": "US", "as_of": DAY}, "art"),
    ("obstacles", {"origin": "RU", "destination": "US", "as_of": DAY}, "article"),
    ("bridges", {"first": "KE", "second": "DE", "level": "recognised", "as_of": DAY}, "article"),
    ("priorities", {"code": "KE", "as_of": DAY, "limit": 3}, "article"),
    ("reach", {"code": "KE", "as_of": DAY}, "article"),
    ("sparql", {"query": CITING}, "art"),
]


@pytest.fixture(scope="module")
def said() -> Iterator[dict[str, Any]]:
    """Everything asked of one server: the tools it lists, and each answer by tool."""

    async def ask() -> dict[str, Any]:
        entry = str(ROOT / "tests" / "serve" / "mcp_entry.py")
        parameters = StdioServerParameters(
            command=sys.executable, args=[entry, PLACES], env={"PYTHONPATH": str(ROOT / "src")}
        )
        async with Client(parameters, read_timeout_seconds=300) as client:
            found: dict[str, Any] = {"tools": (await client.list_tools()).tools}
            for name, words, _ in ASKED:
                found[name] = await client.call_tool(name, words)
            found["wrong"] = await client.call_tool(
                "check", {"origin": "EUU", "destination": "US", "as_of": "x"}
            )
            found["service"] = await client.call_tool(
                "sparql", {"query": "ASK { SERVICE <http://127.0.0.1:9/> {} }"}
            )
            return found

    yield asyncio.run(ask())


def text(result: Any) -> str:
    return "\n".join(part.text for part in result.content)


def test_the_tools_are_those_of_the_api_and_say_what_they_do(said: dict[str, Any]) -> None:
    assert {tool.name for tool in said["tools"]} == TOOLS
    assert {name for name, _, _ in ASKED} | {"facts", "categories"} == TOOLS
    for tool in said["tools"]:
        assert len(tool.description or "") > 20
        assert tool.input_schema["type"] == "object"


@pytest.mark.parametrize(("name", "words", "article"), ASKED, ids=[name for name, _, _ in ASKED])
def test_every_answer_comes_with_articles(name: str, words: Any, article: str, said: dict[str, Any]) -> None:
    result = said[name]
    assert not result.is_error, text(result)
    assert article in text(result)
    assert result.structured_content


def test_an_answer_is_that_of_the_api(said: dict[str, Any]) -> None:
    answer = json.loads(text(said["check"]))
    assert (answer["origin"], answer["destination"], answer["facts"]) == ("EU", "US", {"consent": False})
    assert answer["status"] and answer["routes"] and answer["disclaimer"]


def test_problems_come_back_with_what_to_mend(said: dict[str, Any]) -> None:
    assert said["wrong"].is_error
    assert "EUU" in text(said["wrong"]) and "as_of" in text(said["wrong"])
    assert said["service"].is_error
    assert "calls nothing outside" in text(said["service"])
