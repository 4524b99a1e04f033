"""Any SPARQL 1.1 server as the endpoint: the same queries, by HTTP POST (SPARQL 1.1 Protocol 2.1.2).

The address is chosen by whoever runs the program, never by whoever asks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import httpx2

from . import endpoint_guard as guard
from .endpoint import Endpoint, Kind, Limits, Result, Want, overrun
from .errors import ConfigError, QueryError
from .vocab import PREFIXES

ACCEPT_ROWS = "application/sparql-results+json, application/sparql-results+xml;q=0.5"
ACCEPT_GRAPH = "application/n-triples, text/turtle;q=0.5, application/rdf+xml;q=0.3"
ASK_AS_ROW = ("__ASK_RETVAL",)
"""The one variable under which Virtuoso 7 answers an ASK, as a row with 1 or 0."""
GRAPH_TYPES = {
    "application/n-triples": "ntriples",
    "text/plain": "ntriples",
    "text/turtle": "turtle",
    "application/rdf+xml": "rdfxml",
}
ROW_TYPES = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
}
MAX_BYTES = 256 * 1024 * 1024
"""Largest answer that is read."""


class Remote:
    """The endpoint at an address.

    Args:
        address: where queries are posted.
        checker: a local endpoint that parses queries; it refuses SERVICE before anything is sent.
        limits: the time counts from sending to the last byte.
        transport: how requests are sent; tests hand in their own.
    """

    union_default = False

    def __init__(
        self,
        address: str,
        checker: Endpoint,
        limits: Limits | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.address = address
        self.limits = limits or Limits()
        self.checker = checker
        if not re.match(r"https?://[^/\s]", address):
            raise self._config(
                "This is not the address of a SPARQL server.",
                "Give one that begins with http:// or https://.",
            )
        self._client = httpx2.Client(
            timeout=httpx2.Timeout(self.limits.seconds, connect=5.0),
            transport=transport,
            follow_redirects=False,
        )

    def _config(self, reason: str, remedy: str = "Check the address and that the server runs.") -> Any:
        return ConfigError.single("DATARULES_SPARQL", self.address, reason, remedy)

    def graphs(self) -> Sequence[tuple[str, int]]:
        """Return nothing: the server's graphs are its own affair."""
        return ()

    def query(
        self,
        text: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        want: Want | None = None,
    ) -> Result:
        """Answer a query (see `endpoint.Endpoint.query`)."""
        guard.refuse_oversize(text, self.limits)
        guard.refuse_update(text)
        if "service" in text.casefold():
            self.checker.query(text)
        form = {
            "query": declared(text),
            "default-graph-uri": list(default_graphs),
            "named-graph-uri": list(named_graphs),
        }
        body, media = self._post(form, accepted(text))
        result = self._read(body, media)
        fmt = (want or {}).get(result.kind)
        return (
            result if fmt is None or fmt == result.format else Result(result.kind, fmt, result.serialise(fmt))
        )

    def _post(self, form: dict[str, Any], accept: str) -> tuple[bytes, str]:
        try:
            with self._client.stream("POST", self.address, data=form, headers={"accept": accept}) as response:
                parts, size = [], 0
                for part in response.iter_bytes():
                    size += len(part)
                    if size > MAX_BYTES:
                        raise overrun("rows", self.limits)
                    parts.append(part)
                body = b"".join(parts)
                self._refused(response.status_code, body)
                return body, response.headers.get("content-type", "").split(";")[0].strip().casefold()
        except httpx2.TimeoutException as error:
            if isinstance(error, httpx2.ConnectTimeout):
                raise self._config("The server does not answer.") from error
            raise overrun("time", self.limits) from error
        except httpx2.HTTPError as error:
            raise self._config(f"The server cannot be reached: {error}.") from error

    def _refused(self, status: int, body: bytes) -> None:
        said = " ".join(body[:300].decode("utf-8", "replace").split())
        if status == 400:
            raise QueryError.single(
                "query", "", f"The server refuses it: {said}", "Correct the query for that server."
            )
        if status in (408, 504):
            raise overrun("time", self.limits)
        if status == 413:
            raise overrun("rows", self.limits)
        if status != 200:
            raise self._config(f"The server answers with status {status}: {said}")

    def _read(self, body: bytes, media: str) -> Result:
        kind: Kind
        try:
            if media in GRAPH_TYPES:
                result = Result("graph", GRAPH_TYPES[media], body)
                found = len(result.triples())
            elif media in ROW_TYPES:
                kind = (
                    "ask"
                    if re.search(rb'"boolean"\s*:|<boolean>', body[-400:])
                    and b'"bindings"' not in body
                    and b"<results" not in body
                    else "select"
                )
                result = Result(kind, ROW_TYPES[media], body)
                if kind == "ask":
                    result.boolean()
                    return result
                names, rows = result.rows()
                if names == ASK_AS_ROW:
                    truth = bool(rows) and rows[0][0] is not None and rows[0][0].value not in ("0", "false")
                    return Result(
                        "ask", "json", b'{"head":{},"boolean":%s}' % (b"true" if truth else b"false")
                    )
                found = len(rows)
            else:
                raise self._config(
                    f"The server answers with {media or 'no type'}, not with a SPARQL result.",
                    "Check that the address is its query address.",
                )
        except (SyntaxError, ValueError, TypeError, AttributeError) as error:
            raise self._config(f"The server's answer is malformed: {error}.") from error
        if found > self.limits.rows:
            raise overrun("rows", self.limits)
        return result

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
        self.checker.close()


def declared(text: str) -> str:
    """Return a query with the project's prefixes declared before it, without moving its lines."""
    start = " ".join(f"PREFIX {name}: <{space}>" for name, space in PREFIXES.items())
    return f"{start} {text}"


def accepted(text: str) -> str:
    """Return the Accept header for a query: some servers write a graph as rows when both are accepted."""
    form = re.match(r"[A-Za-z]*", text[guard.body_start(text) :])
    if form and form[0].upper() in ("CONSTRUCT", "DESCRIBE"):
        return ACCEPT_GRAPH
    return ACCEPT_ROWS
