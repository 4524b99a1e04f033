"""The query operation of the SPARQL 1.1 Protocol at ``/sparql``, read only.

Three forms of request (Protocol 2.1): GET, POST of a form, POST of the bare query. A GET without a query
gives the service description (Service Description 2). Every error is a problem document. Answers carry an
``ETag`` of their bytes; what never changes until the next release is thus not sent twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

import pyoxigraph as ox
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ..endpoint import Endpoint, Limits, Overrun, Result, triples_as
from ..errors import ConfigError, DataRulesError, Problem
from . import problems
from .conditional import met
from .sparql_description import description
from .sparql_formats import choose, content_type, named, offered, wanted

FORM = "application/x-www-form-urlencoded"
BARE = "application/sparql-query"
UPDATE = "application/sparql-update"
ALLOWED = "GET, HEAD, POST, OPTIONS"
OVERRUNS = {"time": 504, "busy": 503, "rows": 413, "memory": 413, "length": 413, "depth": 413}
"""Status for each limit: 504 ran too long, 503 no worker free, 413 too much of something."""
HEADERS = {"access-control-allow-origin": "*", "vary": "Accept"}
FIELDS = ("query", "default-graph-uri", "named-graph-uri")
FORMAT_FIELDS = ("format", "output", "results")
"""Fields in which clients such as SPARQLWrapper name a format beside the Accept header; the first counts."""
PASSED_OVER = ("maxrows",)
"""Fields that other servers add when they ask ours by ``SERVICE`` (Virtuoso); the limits here hold anyhow."""
MAX_GRAPHS = 500


class Refusal(Exception):
    """A request that is answered with a problem document."""

    def __init__(self, status: int, *found: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.response = problems.response(status, found, {**HEADERS, **(headers or {})})


@dataclass(frozen=True, slots=True)
class Asked:
    """A query request: its text, its dataset and what answers the client accepts."""

    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    accept: str


def router(endpoint: Endpoint, limits: Limits | None = None) -> APIRouter:
    """Return the routes of the endpoint.

    Args:
        endpoint: what answers; for strangers one whose limits hold (`store.serving_endpoint`).
        limits: bounds the length of what is read; defaults to those of `Limits`.
    """
    chosen = limits or Limits()
    routes = APIRouter()

    async def sparql(request: Request) -> Response:
        try:
            asked = await _read(request, chosen)
            if asked is None:
                return await run_in_threadpool(_described, request, endpoint)
            return await run_in_threadpool(_answered, request, asked, endpoint)
        except Refusal as refusal:
            return refusal.response

    # every method is taken, so that a wrong one is told which are right
    routes.add_route(
        "/sparql",
        sparql,
        methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        include_in_schema=False,
    )
    return routes


# -- reading a request


async def _read(request: Request, limits: Limits) -> Asked | None:
    """Return what is asked, or nothing where the description is."""
    method = request.method
    accept = ", ".join(request.headers.getlist("accept"))
    if method == "OPTIONS":
        raise Preflight()
    if method not in ("GET", "HEAD", "POST"):
        raise Refusal(
            405,
            Problem(
                "method",
                method,
                "The endpoint is read only and does not answer this method.",
                "Use GET or POST.",
            ),
            headers={"allow": ALLOWED},
        )
    fields = _fields(request.url.query, "address")
    if method != "POST":
        return _asked(fields, accept) if fields else None
    media, parameters = _media(request.headers.get("content-type", ""))
    body = await _body(request, limits)
    if media == UPDATE:
        raise Refusal(
            403,
            Problem(
                "content-type",
                UPDATE,
                "Updates are refused: this endpoint is read only.",
                f"Send a query as {BARE}.",
            ),
        )
    if media == FORM:
        if any(name == "query" for name, _ in fields):
            raise Refusal(
                400,
                Problem(
                    "query",
                    "",
                    "With a form, parameters stand in the body, not in the address.",
                    "Move them into the body (SPARQL 1.1 Protocol 2.1.2).",
                ),
            )
        return _asked(fields + _fields(_text(body, "utf-8"), "body"), accept)
    if media == BARE:
        if any(name == "query" for name, _ in fields):
            raise Refusal(
                400,
                Problem(
                    "query", "", "The query stands both in the address and in the body.", "Send it once."
                ),
            )
        return _asked([*fields, ("query", _text(body, parameters.get("charset", "utf-8")))], accept)
    raise Refusal(
        415,
        Problem(
            "content-type", media, "A query is not read from a body of this kind.", f"Send {BARE} or {FORM}."
        ),
        headers={"accept-post": f"{BARE}, {FORM}"},
    )


class Preflight(Refusal):
    """The answer to OPTIONS, for browsers of other sites."""

    def __init__(self) -> None:
        Exception.__init__(self)
        headers = {
            **HEADERS,
            "allow": ALLOWED,
            "access-control-allow-methods": "GET, HEAD, POST",
            "access-control-allow-headers": "Accept, Content-Type, If-None-Match",
            "access-control-max-age": "86400",
        }
        self.response = Response(status_code=204, headers=headers)


def _media(header: str) -> tuple[str, dict[str, str]]:
    media, *rest = (part.strip() for part in header.split(";"))
    return media.casefold(), {
        n.strip().casefold(): v.strip().strip('"').casefold() for n, _, v in (p.partition("=") for p in rest)
    }


async def _body(request: Request, limits: Limits) -> bytes:
    most = limits.length * 12  # a character is up to four bytes, each up to three signs in a form
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise Refusal(
                413,
                Problem("body", f"{most:,} bytes", "The body is longer than allowed.", "Shorten the query."),
            )
    return bytes(body)


def _text(body: bytes, charset: str) -> str:
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise Refusal(
            415,
            Problem(
                "content-type",
                charset,
                "Queries are written in UTF-8.",
                "Send the query as UTF-8 (SPARQL 1.1 Protocol 2.1.3).",
            ),
        )
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(
            400,
            Problem(
                "body",
                "",
                f"The body is not UTF-8: {error.reason} at byte {error.start}.",
                "Send it as UTF-8.",
            ),
        ) from error


def _fields(text: str, place: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            text,
            keep_blank_values=True,
            strict_parsing=bool(text),
            errors="strict",
            max_num_fields=MAX_GRAPHS + 1,
        )
    except (ValueError, UnicodeDecodeError) as error:
        raise Refusal(
            400,
            Problem(
                place,
                "",
                f"The parameters cannot be read: {error}.",
                "Write name=value pairs joined by &, percent-encoded UTF-8.",
            ),
        ) from error


def _asked(fields: Sequence[tuple[str, str]], accept: str) -> Asked:
    found: list[Problem] = []
    queries = [value for name, value in fields if name == "query"]
    for name, value in fields:
        if name in ("update", "using-graph-uri", "using-named-graph-uri"):
            raise Refusal(
                403, Problem(name, value, "Updates are refused: this endpoint is read only.", "Send a query.")
            )
        if name in PASSED_OVER:
            continue
        if name in FORMAT_FIELDS:
            accept = _named_format(value, accept, found, name)
        elif name not in FIELDS:
            found.append(
                Problem(
                    name,
                    value,
                    "There is no such parameter.",
                    f"Use {', '.join(FIELDS)}; choose the format by the Accept header.",
                )
            )
        elif name != "query":
            try:
                ox.NamedNode(value)
            except ValueError:
                found.append(
                    Problem(name, value, "This is not an absolute IRI.", "Name a graph by its full address.")
                )
    if len(queries) != 1:
        found.append(
            Problem(
                "query",
                "",
                "A request has exactly one query." if queries else "The query is missing.",
                "Give query=… once.",
            )
        )
    if found:
        raise Refusal(400, *found)
    graphs = {name: tuple(value for field, value in fields if field == name) for name in FIELDS[1:]}
    return Asked(queries[0], graphs["default-graph-uri"], graphs["named-graph-uri"], accept)


def _named_format(value: str, accept: str, found: list[Problem], name: str) -> str:
    """Return an Accept header that prefers a format named in a field, or note that there is none."""
    media = named(value)
    if not media:
        remedy = "Name json, xml, csv, tsv, turtle, ntriples, rdfxml, jsonld, trig or nquads, or use Accept."
        found.append(Problem(name, value, "There is no such format.", remedy))
        return accept
    return ", ".join([*media, *(f"{part.split(';')[0]};q=0.1" for part in accept.split(",") if part.strip())])


# -- answering


def _unacceptable(accept: str, names: Sequence[tuple[str, str]]) -> Refusal:
    media = ", ".join(dict.fromkeys(m for _, m in names))
    return Refusal(
        406,
        Problem(
            "accept",
            accept,
            "The answer cannot be written in any of these formats.",
            f"Accept one of: {media}.",
        ),
    )


def _sent(request: Request, content: bytes, media: str) -> Response:
    """Return an answer with the tag of its bytes, or that the client has it already."""
    tag = f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
    headers = {**HEADERS, "cache-control": "no-cache", "etag": tag}
    return met(request, tag, headers) or Response(content, 200, headers, media)


def _answered(request: Request, asked: Asked, endpoint: Endpoint) -> Response:
    want = wanted(asked.accept)
    if not want:
        raise _unacceptable(asked.accept, offered("select") + offered("graph"))
    try:
        result: Result = endpoint.query(asked.text, asked.default_graphs, asked.named_graphs, want)
        fmt = want.get(result.kind)
        if fmt is None:
            raise _unacceptable(asked.accept, offered(result.kind))
        return _sent(request, result.serialise(fmt), content_type(result.kind, fmt))
    except Overrun as error:
        status = OVERRUNS[error.limit]
        raise Refusal(
            status, *error.problems, headers={"retry-after": "5"} if status == 503 else None
        ) from error
    except ConfigError as error:
        raise Refusal(503, *error.problems, headers={"retry-after": "30"}) from error
    except DataRulesError as error:
        raise Refusal(400, *error.problems) from error


def _described(request: Request, endpoint: Endpoint) -> Response:
    accept = ", ".join(request.headers.getlist("accept"))
    fmt = choose(accept, offered("graph"))
    if fmt is None:
        # a person with a browser is shown Turtle rather than an error
        if "text/html" not in accept:
            raise _unacceptable(accept, offered("graph"))
        fmt = "turtle"
    try:
        triples = description(str(request.url.replace(query="", fragment="")), endpoint)
    except DataRulesError as error:
        raise Refusal(503, *error.problems) from error
    return _sent(request, triples_as(triples, fmt), content_type("graph", fmt))
