"""A typed client of the REST API: the same questions to a server that runs somewhere.

Answers to GET are kept with their tags and asked for again on condition (RFC 9110 section 13), so a server
that has nothing new sends nothing twice. Problems come back as the errors of `datarules.errors`, with every
place that is wrong.

    with Client("http://127.0.0.1:8000") as ask:
        answer = ask.check("EU", "US", data=["personal"], as_of="2024-01-01")
        print(answer.status, [route.article for route in answer.routes if route.available])
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote

import httpx2
import msgspec

from .client_types import Answer, Brief, Question, Refused, Reply
from .errors import ConfigError, DataRulesError, InputError, Problem, QueryError

Row = dict[str, Any]
Found = TypeVar("Found")
CHUNK = 10_000
"""Questions sent in one batch."""
KEPT = 256
"""Answers kept with their tags."""
SPARQL_ROWS = "application/sparql-results+json"
Day = str | date


class Client:
    """A server asked over HTTP.

    Args:
        address: of the server, for example ``http://127.0.0.1:8000``.
        timeout: seconds to wait for an answer.
        transport: how requests are sent; tests hand in their own.
    """

    def __init__(
        self, address: str, timeout: float = 60.0, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self.address = address.rstrip("/")
        self._http = httpx2.Client(
            base_url=self.address, timeout=timeout, transport=transport, follow_redirects=False
        )
        self._kept: OrderedDict[str, tuple[str, bytes]] = OrderedDict()

    def __enter__(self) -> Client:
        """Return the client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    # -- asking

    def _send(self, request: httpx2.Request) -> httpx2.Response:
        try:
            response = self._http.send(request)
        except httpx2.HTTPError as error:
            reason = f"The server cannot be reached: {error}."
            remedy = "Check the address and that the server runs."
            raise ConfigError.single("address", self.address, reason, remedy) from error
        if response.status_code >= 400:
            raise self._refused(response)
        return response

    def _refused(self, response: httpx2.Response) -> DataRulesError:
        kind: type[DataRulesError] = (
            InputError if response.status_code in (400, 404, 406, 413, 415, 422) else ConfigError
        )
        if kind is InputError and response.request.url.path.endswith("/sparql"):
            kind = QueryError
        try:
            told = msgspec.json.decode(response.content, type=Refused)
            return kind(*(Problem(e.place, e.value, e.reason, e.remedy) for e in told.errors))
        except msgspec.DecodeError:
            reason = f"The server answers with status {response.status_code}."
            return ConfigError(
                Problem("address", self.address, reason, "Check that this is a datarules server.")
            )

    def _get(self, path: str, kind: type[Found], fields: Mapping[str, Any] | None = None) -> Found:
        """Return what stands at an address, of a type, sent again only when it changed."""
        request = self._http.build_request("GET", path, params=httpx2.QueryParams(_fields(fields or {})))
        key = str(request.url)
        known = self._kept.get(key)
        if known:
            request.headers["if-none-match"] = known[0]
        response = self._send(request)
        content = known[1] if known and response.status_code == 304 else response.content
        if tag := response.headers.get("etag"):
            self._kept[key] = tag, content
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        found: Found = self._decoded(content, kind)
        return found

    def _decoded(self, content: bytes, kind: Any) -> Any:
        try:
            return msgspec.json.decode(content, type=kind)
        except msgspec.DecodeError as error:
            reason, remedy = f"The answer cannot be read: {error}.", "Update client or server."
            raise ConfigError.single("address", self.address, reason, remedy) from error

    # -- decisions; ``release`` asks an older law that the server keeps (`releases`), here and below

    def check(self, origin: str, destination: str, *, release: str | None = None, **words: Any) -> Answer:
        """Decide one transfer.

        Args:
            origin: code or name.
            destination: code or name.
            release: version of the law to answer from; that served now unless given.
            words: ``data``, ``purpose``, ``sector``, ``as_of``, ``facts``, ``open``, ``stale_after`` as in
                `datarules.client_types.Question`.

        Raises:
            InputError: with every problem of the question.
            ConfigError: the server cannot be reached or fails.
        """
        asked = question(origin, destination, **words)
        request = self._http.build_request("POST", _at("/v1/check", release), **_json(asked))
        found: Answer = self._decoded(self._send(request).content, Answer)
        return found

    def check_many(
        self, questions: Iterable[Question], release: str | None = None
    ) -> Iterator[Reply[Answer]]:
        """Decide many transfers, in order; each reply holds an answer or a problem.

        Questions are sent in batches of `CHUNK` as the replies are taken.
        """
        yield from self._many(questions, _at("/v1/check/batch", release), list[Reply[Answer]])

    def check_many_short(
        self, questions: Iterable[Question], release: str | None = None
    ) -> Iterator[Reply[Brief]]:
        """Decide many transfers, with status, range and the first rule of each alone."""
        yield from self._many(questions, _at("/v1/check/batch?form=short", release), list[Reply[Brief]])

    def _many(self, questions: Iterable[Question], path: str, kind: Any) -> Iterator[Any]:
        part: list[Question] = []
        for one in questions:
            part.append(one)
            if len(part) == CHUNK:
                yield from self._batch(part, path, kind)
                part = []
        if part:
            yield from self._batch(part, path, kind)

    def _batch(self, part: Sequence[Question], path: str, kind: Any) -> Any:
        request = self._http.build_request("POST", path, **_json(part))
        return self._decoded(self._send(request).content, kind)

    def history(self, origin: str, destination: str, **words: Any) -> list[Row]:
        """Return the periods of equal status of one transfer; ``words`` as in `check`, without the day."""
        return self._get("/v1/history", list[Row], _asked(origin=origin, destination=destination, **words))

    # -- the law

    def releases(self) -> list[Row]:
        """Return the releases that may be asked of, the oldest first."""
        return self._get("/v1/releases", list[Row])

    def jurisdictions(self, release: str | None = None) -> list[Row]:
        """Return every jurisdiction."""
        return self._get("/v1/jurisdictions", list[Row], {"release": release})

    def jurisdiction(self, code: str, as_of: Day | None = None, release: str | None = None) -> Row:
        """Return one jurisdiction on a day with its rules and lists."""
        words = {"as_of": as_of, "release": release}
        return self._get(f"/v1/jurisdictions/{quote(code, safe='')}", Row, words)

    def rule(self, name: str, release: str | None = None) -> Row:
        """Return one rule by its name."""
        return self._get(f"/v1/rules/{quote(name)}", Row, {"release": release})

    def changes(
        self,
        since: Day,
        until: Day | None = None,
        jurisdiction: str | None = None,
        release: str | None = None,
    ) -> list[Row]:
        """Return what starts and ends between two days."""
        words = {"since": since, "until": until, "jurisdiction": jurisdiction, "release": release}
        return self._get("/v1/changes", list[Row], words)

    def authorities(
        self, jurisdiction: str | None = None, as_of: date | None = None, release: str | None = None
    ) -> list[Row]:
        """Return who supervises data rules, all or those of the orders one jurisdiction lies in."""
        day = as_of.isoformat() if as_of else None
        words = {"jurisdiction": jurisdiction, "as_of": day, "release": release}
        return self._get("/v1/authorities", list[Row], words)

    def facts(self, jurisdiction: str | None = None, release: str | None = None) -> list[Row]:
        """Return the facts one may state."""
        return self._get("/v1/facts", list[Row], {"jurisdiction": jurisdiction, "release": release})

    def categories(self, release: str | None = None) -> list[Row]:
        """Return the data categories."""
        return self._get("/v1/categories", list[Row], {"release": release})

    # -- the world; ``words`` are data, purpose, sector, as_of, facts, release, and those of the route (/openapi.json)

    def pair(self, first: str, second: str, **words: Any) -> Row:
        """Compare two jurisdictions."""
        return self._get(f"/v1/pairs/{quote(first, safe='')}/{quote(second, safe='')}", Row, _asked(**words))

    def conflicts(
        self, jurisdiction: str | None = None, other: str | None = None, **words: Any
    ) -> Iterator[Row]:
        """Yield the conflicts between norms, page after page."""
        asked = _asked(jurisdiction=jurisdiction, other=other, **words)
        yield from self._pages("/v1/conflicts", "conflicts", asked)

    def obstacles(self, origin: str, destination: str, **words: Any) -> Row:
        """Say what stands between two places."""
        return self._get("/v1/obstacles", Row, _asked(origin=origin, destination=destination, **words))

    def world_obstacles(self, **words: Any) -> Iterator[Row]:
        """Yield the world's obstacles, page after page."""
        yield from self._pages("/v1/obstacles", "obstacles", _asked(**words))

    def paths(self, origin: str, destination: str, **words: Any) -> Row:
        """Return lawful chains between two places."""
        return self._get("/v1/paths", Row, _asked(origin=origin, destination=destination, **words))

    def islands(self, **words: Any) -> Row:
        """Return the islands of a day."""
        return self._get("/v1/islands", Row, _asked(**words))

    def bridges(self, first: str, second: str, **words: Any) -> Row:
        """Return the cheapest changes of law that join a pair."""
        path = f"/v1/bridges/{quote(first, safe='')}/{quote(second, safe='')}"
        return self._get(path, Row, _asked(**words))

    def reach(self, code: str | None = None, **words: Any) -> Row:
        """Return lawful data reach of one place, or of all."""
        path = "/v1/reach" if code is None else f"/v1/reach/{quote(code, safe='')}"
        return self._get(path, Row, _asked(**words))

    def priorities(self, code: str, **words: Any) -> Row:
        """Return the rules that cost a place most reach, and what would gain most."""
        return self._get(f"/v1/priorities/{quote(code, safe='')}", Row, _asked(**words))

    def _pages(self, path: str, name: str, words: Mapping[str, Any]) -> Iterator[Row]:
        seen = int(words.get("offset", 0))
        while True:
            page: Row = self._get(path, Row, {**words, "offset": seen})
            yield from page[name]
            seen += len(page[name])
            if not page[name] or seen >= page["total"]:
                return

    # -- the graph

    def sparql(self, query: str) -> list[dict[str, str | None]] | bool:
        """Return the rows of a SELECT as plain values by variable, or the answer of an ASK.

        Raises:
            QueryError: the query is refused, malformed or too slow.
        """
        headers = {"content-type": "application/sparql-query", "accept": SPARQL_ROWS}
        request = self._http.build_request("POST", "/sparql", content=query.encode(), headers=headers)
        said = self._decoded(self._send(request).content, Row)
        if "boolean" in said:
            return bool(said["boolean"])
        names = said["head"]["vars"]
        return [
            {n: row[n]["value"] if n in row else None for n in names} for row in said["results"]["bindings"]
        ]

    def version(self) -> Row:
        """Return the versions of package and data at the server."""
        return self._get("/version", Row)


def question(origin: str, destination: str, **words: Any) -> Question:
    """Return a question; a field that is ``None`` is left to the server."""
    given = {name: value for name, value in words.items() if value is not None}
    if isinstance(given.get("as_of"), date):
        given["as_of"] = given["as_of"].isoformat()
    return msgspec.convert({"origin": origin, "destination": destination, **given}, Question)


def _at(path: str, release: str | None) -> str:
    """Return an address that asks a release, where one is named."""
    return (
        path if release is None else f"{path}{'&' if '?' in path else '?'}release={quote(release, safe='')}"
    )


def _json(value: Any) -> dict[str, Any]:
    return {"content": msgspec.json.encode(value), "headers": {"content-type": "application/json"}}


def _asked(**words: Any) -> dict[str, Any]:
    """Return the fields of an address: facts as ``fact=name=value``."""
    facts = words.pop("facts", None) or {}
    stated = [f"{name}={_text(value)}" for name, value in facts.items()]
    return {**words, "fact": stated or None}


def _fields(words: Mapping[str, Any]) -> list[tuple[str, str | int | float | bool | None]]:
    pairs: list[tuple[str, str | int | float | bool | None]] = []
    for name, value in words.items():
        if value is not None:
            several = value if isinstance(value, list | tuple) else [value]
            pairs += [(name, _text(one)) for one in several]
    return pairs


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
