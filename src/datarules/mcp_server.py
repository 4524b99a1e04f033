"""The operations of the REST API as tools for assistants (Model Context Protocol, revision of the SDK).

Every tool asks the same application that serves the API, within this process or at an address, so that
answers, limits and errors are the same; nothing is decided here. Answers carry their articles.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx2
import msgspec
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from . import __version__

INSTRUCTIONS = (
    "Answers questions about laws on data leaving, entering and staying in a jurisdiction. Every answer names "
    "the articles it rests on: cite them. Silence is not permission: `unknown` means that no law has been "
    "encoded. Places are ISO 3166 codes or names; days are YYYY-MM-DD, today unless given; facts are an object "
    "of names and values (see the tool facts). Research information, not legal advice."
)
Facts = dict[str, bool | int | str]
Row = dict[str, Any]
Fields = list[tuple[str, str | int | float | bool | None]]
MOST_ROWS = 100
"""Rows of a list in one answer unless asked otherwise."""


class Asked:
    """What the tools ask.

    Args:
        http: a client of the API.
    """

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str, **words: Any) -> Any:
        """Return the document at an address.

        Raises:
            ToolError: with every problem of the question.
        """
        facts = words.pop("facts", None) or {}
        fields: Fields = [(n, _text(one)) for n, one in words.items() if one is not None]
        fields += [("fact", f"{name}={_text(value)}") for name, value in facts.items()]
        return self._read(await self.http.get(path, params=fields))

    async def post(self, path: str, body: Any) -> Any:
        """Return the document in reply to a JSON body."""
        headers = {"content-type": "application/json"}
        return self._read(await self.http.post(path, content=msgspec.json.encode(body), headers=headers))

    async def query(self, text: str) -> Any:
        """Return the results of a SPARQL query."""
        accept = "application/sparql-results+json, application/ld+json;q=0.9"
        headers = {"content-type": "application/sparql-query", "accept": accept}
        return self._read(await self.http.post("/sparql", content=text.encode(), headers=headers))

    @staticmethod
    def _read(response: httpx2.Response) -> Any:
        try:
            found = msgspec.json.decode(response.content)
        except msgspec.DecodeError:
            raise ToolError(f"The server answers with status {response.status_code}.") from None
        if response.status_code >= 400:
            wrong = [f"{e['place']}: {e['value']!r} {e['reason']} {e['remedy']}" for e in found["errors"]]
            raise ToolError("\n".join(wrong))
        return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, list) else str(value)


def _part(word: str) -> str:
    return quote(word, safe="")


def server(http: httpx2.AsyncClient) -> MCPServer:
    """Return the server of the tools.

    Args:
        http: a client of the API; the caller closes it.
    """
    made = MCPServer("datarules", title="datarules", instructions=INSTRUCTIONS, version=__version__)
    asked = Asked(http)
    _decisions(made, asked)
    _law(made, asked)
    _world(made, asked)
    _design(made, asked)
    return made


def _decisions(made: MCPServer, asked: Asked) -> None:
    @made.tool()
    async def check(
        origin: str,
        destination: str,
        data: list[str] | None = None,
        purpose: str = "any",
        sector: str = "any",
        as_of: str | None = None,
        facts: Facts | None = None,
        open: bool = False,
    ) -> Row:
        """May this data go from A to B on this day, how, and if not, which rule stands in the way?

        data: categories (tool categories), personal unless given. open: leave facts not stated unknown, so
        that the status is the worst case.
        """
        body: Row = {"origin": origin, "destination": destination, "data": data or ["personal"]}
        body |= {"purpose": purpose, "sector": sector, "facts": facts or {}, "open": open}
        found: Row = await asked.post("/v1/check", body | ({"as_of": as_of} if as_of else {}))
        return found

    @made.tool()
    async def check_batch(questions: list[Row], full: bool = False) -> list[Row]:
        """Decide up to 10,000 transfers at once, in order.

        Each question is an object with the fields of the tool check. In short unless full: status, best,
        worst, the rule it rests on first and its article.
        """
        found: list[Row] = await asked.post(f"/v1/check/batch?form={'full' if full else 'short'}", questions)
        return found

    @made.tool()
    async def pair(
        first: str,
        second: str,
        data: str = "personal",
        purpose: str = "any",
        as_of: str | None = None,
        facts: Facts | None = None,
    ) -> Row:
        """Compare two jurisdictions: both directions rule by rule, shared mechanisms, conflicts, a verdict."""
        path = f"/v1/pairs/{_part(first)}/{_part(second)}"
        found: Row = await asked.get(path, data=data, purpose=purpose, as_of=as_of, facts=facts)
        return found


def _law(made: MCPServer, asked: Asked) -> None:
    @made.tool()
    async def rules(jurisdiction: str, as_of: str | None = None) -> Row:
        """Show the rules of a jurisdiction on a day with their articles, its lists and the lists it is on."""
        found: Row = await asked.get(f"/v1/jurisdictions/{_part(jurisdiction)}", as_of=as_of)
        return found

    @made.tool()
    async def rule(name: str) -> Row:
        """Show one rule by its name, such as the tool check gives it."""
        found: Row = await asked.get(f"/v1/rules/{quote(name)}")
        return found

    @made.tool()
    async def changes(since: str, until: str | None = None, jurisdiction: str | None = None) -> list[Row]:
        """List the law that starts and ends between two days, with the acts that did it."""
        words = {"since": since, "until": until, "jurisdiction": jurisdiction}
        found: list[Row] = await asked.get("/v1/changes", **words)
        return found

    @made.tool()
    async def facts(jurisdiction: str | None = None) -> list[Row]:
        """List the facts one may state about a transfer, all or those one jurisdiction's law asks about."""
        found: list[Row] = await asked.get("/v1/facts", jurisdiction=jurisdiction)
        return found

    @made.tool()
    async def categories() -> list[Row]:
        """List the data categories."""
        found: list[Row] = await asked.get("/v1/categories")
        return found

    @made.tool()
    async def sparql(query: str) -> Row:
        """Ask the graph in SPARQL 1.1, read only, with limits.

        Prefixes dr:, id:, cat:, fact: and others need not be declared. A rule has dr:citation with
        dct:source and dr:pinpoint: select them to cite.
        """
        found: Any = await asked.query(query)
        return found if isinstance(found, dict) else {"@graph": found}


def _world(made: MCPServer, asked: Asked) -> None:
    @made.tool()
    async def conflicts(
        jurisdiction: str | None = None,
        other: str | None = None,
        kind: str | None = None,
        data: str | None = None,
        as_of: str | None = None,
        possible: bool = False,
        limit: int = MOST_ROWS,
        offset: int = 0,
    ) -> Row:
        """List norms of two legal orders that meet, with both articles; of all orders unless some are named."""
        words = {"jurisdiction": jurisdiction, "other": other, "kind": kind, "data": data, "as_of": as_of}
        found: Row = await asked.get("/v1/conflicts", **words, possible=possible, limit=limit, offset=offset)
        return found

    @made.tool()
    async def islands(level: str = "safeguards", data: str = "personal", as_of: str | None = None) -> Row:
        """Show which jurisdictions may exchange data with each other, and the acts that last changed that."""
        found: Row = await asked.get("/v1/islands", level=level, data=data, as_of=as_of)
        told: list[Row] = await asked.get("/v1/islands/history", level=level, data=data)
        return {**found, "last_changes": [one for one in told if one["date"] <= found["as_of"]][-5:]}

    @made.tool()
    async def path(
        origin: str,
        destination: str,
        data: str = "personal",
        purpose: str = "any",
        as_of: str | None = None,
        facts: Facts | None = None,
        longest: int = 2,
    ) -> Row:
        """Find lawful chains between two places, with the onward rules of the first law carried along."""
        words = {
            "origin": origin,
            "destination": destination,
            "data": data,
            "purpose": purpose,
            "as_of": as_of,
        }
        found: Row = await asked.get("/v1/paths", **words, facts=facts, longest=longest)
        return found

    @made.tool()
    async def obstacles(
        origin: str | None = None,
        destination: str | None = None,
        level: str = "safeguards",
        data: str = "personal",
        as_of: str | None = None,
        limit: int = MOST_ROWS,
    ) -> Row:
        """Say what stands between two places and what would open it; without places, the world's obstacles."""
        words: Row = {
            "origin": origin,
            "destination": destination,
            "level": level,
            "data": data,
            "as_of": as_of,
        }
        found: Row = await asked.get("/v1/obstacles", **words, limit=limit)
        return found


def _design(made: MCPServer, asked: Asked) -> None:
    @made.tool()
    async def bridges(
        first: str, second: str, level: str = "safeguards", data: str = "personal", as_of: str | None = None
    ) -> Row:
        """Find the cheapest changes of law that would join a pair, with the articles they touch."""
        path = f"/v1/bridges/{_part(first)}/{_part(second)}"
        found: Row = await asked.get(path, level=level, data=data, as_of=as_of)
        return found

    @made.tool()
    async def reach(
        code: str, level: str | None = None, data: str | None = None, as_of: str | None = None
    ) -> Row:
        """Tell of whose people a place's builders may lawfully use data, beside its peers, and what bars most."""
        words: Row = {"level": level, "data": data, "as_of": as_of}
        found: Row = await asked.get(f"/v1/reach/{_part(code)}", **words)
        barred: Row = await asked.get(f"/v1/priorities/{_part(code)}", **words, limit=5)
        return {**found, "barred_by": barred["rules_of_others"]}

    @made.tool()
    async def priorities(
        code: str,
        level: str | None = None,
        data: str | None = None,
        as_of: str | None = None,
        limit: int = 20,
    ) -> Row:
        """Tell which rules cost a place or group most reach, and which single change would gain most."""
        words: Row = {"level": level, "data": data, "as_of": as_of, "limit": limit}
        found: Row = await asked.get(f"/v1/priorities/{_part(code)}", **words)
        return found


def run(http: httpx2.AsyncClient) -> None:
    """Serve the tools over standard input and output until they are closed."""
    server(http).run("stdio")
