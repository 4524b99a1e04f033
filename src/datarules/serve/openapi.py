"""The OpenAPI 3.1 description of the API, with examples; a test holds it to the routes there are."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from .. import __version__
from ..answer import DISCLAIMER, STALE_AFTER
from . import openapi_lookup, openapi_scenarios, openapi_shared, openapi_things, openapi_world
from .api import FORMS, MAX_BATCH
from .explorer import BrowserRoute
from .openapi_designs import designs
from .problems import PROBLEM
from .reading import OLDEST, QUESTION_FIELDS
from .releases import replays
from .schema import ANSWER

Part = dict[str, Any]
TITLE = "datarules"
DESCRIPTION = f"""May this data go from A to B on this day, how, and if not, which rule stands in the way?

Every answer rests on encoded law with its article and official address. Silence is not permission: where
no law has been encoded the answer is `unknown`. Errors are problem documents (RFC 9457) that name every
field that is wrong, its value, the reason and the remedy.

**{DISCLAIMER}**"""

TOLD = (
    "With `Accept: text/event-stream` progress is told on the way, as events `progress` with `done` and `of`; the "
    "last event is `result`, or `problem`. The work stops when the connection is closed."
)
STREAMED = (
    *(
        "/v1/portfolio",
        "/v1/mechanisms",
        "/v1/divide",
        "/v1/reach",
        "/v1/reach/{code}",
        "/v1/languages",
        "/v1/languages/{code}",
        "/v1/priorities/{code}",
    ),
    *("/v1/conflicts", "/v1/islands", "/v1/islands/history", "/v1/obstacles", "/v1/scenarios/{name}/effect"),
)
"""Routes whose work tells its progress and can be stopped."""

_FIELDS: dict[str, tuple[str, Part, Any]] = {
    "origin": ("Code or name of the jurisdiction the data leave.", {"type": "string"}, "EU"),
    "destination": ("Code or name of the jurisdiction the data reach.", {"type": "string"}, "US"),
    "data": (
        "Data categories (see /v1/categories), repeated or separated by commas. Default: personal.",
        {"type": "array", "items": {"type": "string"}, "default": ["personal"]},
        ["personal"],
    ),
    "purpose": ("Purpose (see /v1/purposes).", {"type": "string", "default": "any"}, "any"),
    "sector": ("Sector (see /v1/sectors).", {"type": "string", "default": "any"}, "any"),
    "as_of": (
        "Day asked about, YYYY-MM-DD. Default: today.",
        {"type": "string", "format": "date"},
        "2015-10-07",
    ),
    "fact": (
        "A fact (see /v1/facts) as name=value; may be repeated. A bare name means yes.",
        {"type": "array", "items": {"type": "string"}},
        ["consent=no"],
    ),
    "open": (
        "Leave facts that are not stated unknown: the status is then the worst case.",
        {"type": "boolean", "default": False},
        False,
    ),
    "stale_after": (
        "Days after which a reading counts as stale.",
        {"type": "integer", "minimum": 0, "maximum": OLDEST, "default": STALE_AFTER},
        180,
    ),
    "stale": (
        "Name the jurisdictions whose oldest deciding reading is more than so many days old.",
        {"type": "integer", "minimum": 0, "maximum": OLDEST},
        365,
    ),
    "jurisdiction": ("Code or name of a jurisdiction.", {"type": "string"}, "BR"),
    "since": ("First day, YYYY-MM-DD.", {"type": "string", "format": "date"}, "2025-01-01"),
    "level": (
        "Level of the scale at which data count as free to go.",
        {"type": "string", "default": "safeguards"},
        "safeguards",
    ),
    "history": ("Also year by year.", {"type": "boolean", "default": False}, False),
    "until": ("Day before which to stop, YYYY-MM-DD.", {"type": "string", "format": "date"}, "2026-01-01"),
}
_QUESTION = ("origin", "destination", "data", "purpose", "sector", "as_of", "fact", "open", "stale_after")
_REQUIRED = frozenset({"origin", "destination", "since"})


def _parameter(name: str, where: str = "query") -> Part:
    text, schema, example = _FIELDS[name]
    return {
        "name": name,
        "in": where,
        "description": text,
        "required": where == "path" or name in _REQUIRED,
        "schema": schema,
        "example": example,
    }


def _question_schema() -> Part:
    properties = {n: {**_FIELDS[n][1], "description": _FIELDS[n][0]} for n in QUESTION_FIELDS if n in _FIELDS}
    properties["data"] = {
        "anyOf": [{"type": "string"}, _FIELDS["data"][1]],
        "description": _FIELDS["data"][0],
    }
    properties["facts"] = {
        "type": "object",
        "description": "Facts by name (see /v1/facts).",
        "additionalProperties": {"type": ["boolean", "integer", "string"]},
    }
    return {
        "type": "object",
        "properties": properties,
        "required": ["origin", "destination"],
        "additionalProperties": False,
        "example": {"origin": "EU", "destination": "US", "data": ["personal"], "as_of": "2015-10-07"},
    }


def _ref(name: str) -> Part:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: Part) -> Part:
    return {"application/json": {"schema": schema}}


def _operation(
    name: str, summary: str, content: Part, parameters: list[Part], body: Part | None = None
) -> Part:
    operation: Part = {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": "Fine.", "content": content},
            "default": {"description": "A problem.", "content": {PROBLEM: {"schema": _ref("Problem")}}},
        },
    }
    if body:
        operation["requestBody"] = {"required": True, "content": _json(body)}
    return operation


def _paths() -> Part:
    rows = _json({"type": "array", "items": {"type": "object"}})
    row = _json({"type": "object"})
    answer = {**_json(_ref("Answer")), "text/turtle": {"schema": {"type": "string"}}}
    replies = {
        "oneOf": [
            {
                "type": "object",
                "properties": {"answer": {"anyOf": [_ref("Answer"), _ref("Brief")]}},
                "required": ["answer"],
            },
            {"type": "object", "properties": {"problem": _ref("Problem")}, "required": ["problem"]},
        ]
    }
    question = [_parameter(n) for n in _QUESTION]
    code = {**_parameter("jurisdiction", "path"), "name": "code"}
    rule = {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
        "example": "EU/GDPR-46-2-c",
    }
    listed = {
        "/v1/jurisdictions": ("jurisdictions", "Every jurisdiction, with how many rules it has.", rows, []),
        "/v1/jurisdictions/{code}": (
            "jurisdiction",
            "One jurisdiction on a day.",
            row,
            [code, _parameter("as_of")],
        ),
        "/v1/rules/{id}": ("rule", "One rule; names contain slashes.", row, [rule]),
        "/v1/changes": (
            "changes",
            "What starts and ends between two days.",
            rows,
            [_parameter(n) for n in ("since", "until", "jurisdiction")],
        ),
        "/v1/authorities": (
            "authorities",
            "Who supervises data rules on a day, all or those of the orders one jurisdiction lies in.",
            rows,
            [_parameter(n) for n in ("jurisdiction", "as_of")],
        ),
        "/v1/days": (
            "days",
            "Days on which law starts or ends, with how much does.",
            rows,
            [_parameter("jurisdiction")],
        ),
        **openapi_lookup.lookup(_parameter, row),
        "/v1/coverage": (
            "coverage",
            "How much of the law the graph holds, by jurisdiction, and why origins stay unknown.",
            row,
            [_parameter(n) for n in ("as_of", "jurisdiction", "stale")],
        ),
        "/v1/facts": (
            "facts",
            "Facts one may state, with unit and meaning.",
            rows,
            [_parameter("jurisdiction")],
        ),
        "/v1/categories": ("categories", "Data categories.", rows, []),
        "/v1/purposes": ("purposes", "Purposes.", rows, []),
        "/v1/sectors": ("sectors", "Sectors.", rows, []),
        "/v1/schema/answer": (
            "answerSchema",
            "JSON Schema of the answer.",
            {"application/schema+json": {"schema": {"type": "object"}}},
            [],
        ),
        "/v1/history": (
            "history",
            "How the status of a transfer changed over time.",
            rows,
            [p for p in question if p["name"] not in ("as_of", "stale_after")],
        ),
        **openapi_lookup.reach(_parameter, row),
        "/v1/releases": openapi_shared.releases(),
        "/health": ("health", "Whether the service runs.", row, []),
        "/version": ("version", "Versions of package and data.", row, []),
    }
    listed.update(openapi_world.operations(row, rows))
    listed.update(openapi_scenarios.operations(row, rows))
    listed.update(designs(_parameter, row))
    paths: Part = {path: {"get": _operation(*parts)} for path, parts in listed.items()}
    for path, (name, summary, reply, fields, content) in openapi_scenarios.posted(row).items():
        made = _operation(name, summary, reply, fields)
        paths.setdefault(path, {})["post"] = {**made, "requestBody": {"required": True, "content": content}}
    for path in STREAMED:
        paths[path]["get"]["description"] = TOLD
    for path in ("/v1/scenarios", "/v1/scenarios/effect"):
        paths[path]["post"]["description"] = TOLD
    batch = {"type": "array", "maxItems": MAX_BATCH, "items": _ref("Question")}
    form = {
        "name": "form",
        "in": "query",
        "schema": {"type": "string", "enum": list(FORMS), "default": FORMS[0]},
    }
    form |= {"description": "Whole answers, or status, range and first rule alone.", "example": "short"}
    paths["/v1/check"] = {
        "get": _operation("check", "May this data go, how, and if not, why not?", answer, question),
        "post": _operation("checkBody", "The same question as a JSON object.", answer, [], _ref("Question")),
    }
    paths["/v1/check/batch"] = {
        "post": _operation(
            "batch",
            f"Up to {MAX_BATCH:,} questions; replies in order, each an answer or a problem.",
            _json({"type": "array", "items": replies}),
            [form],
            batch,
        )
    }
    return paths


def _sparql() -> Part:
    """Describe the SPARQL endpoint, whose own description (in RDF) stands at its address."""
    query = {"name": "query", "in": "query", "schema": {"type": "string"}, "example": "ASK { ?s ?p ?o }"}
    query["description"] = "A SPARQL 1.1 query; without one, the endpoint describes itself."
    results = {
        "application/sparql-results+json": {"schema": {"type": "object"}},
        "text/turtle": {"schema": {"type": "string"}},
    }
    post = _operation("sparqlPost", "The same with the query in the body.", results, [])
    post["requestBody"] = {
        "required": True,
        "content": {"application/sparql-query": {"schema": {"type": "string"}}},
    }
    return {"get": _operation("sparql", "SPARQL 1.1 Protocol, read only.", results, [query]), "post": post}


def document(app: FastAPI) -> Part:
    """Return the description: these routes, and those of routers that describe themselves."""
    found: Part = get_openapi(title=TITLE, version=__version__, description=DESCRIPTION, routes=app.routes)
    found["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    found["paths"] = {**_paths(), **found.get("paths", {})}
    if any(
        getattr(route, "path", "") == "/sparql" and not isinstance(route, BrowserRoute)
        for route in app.routes
    ):
        found["paths"]["/sparql"] = _sparql()
        things = openapi_things.operations()
        found["paths"].update({path: {"get": _operation(*parts)} for path, parts in things.items()})
    openapi_things.link(found["paths"])
    for path, operations in found["paths"].items():
        for one in operations.values() if replays(path) else ():
            one["parameters"] = [*one["parameters"], openapi_shared.release(app.state.releases.current)]
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(
        Question=_question_schema(), Problem=openapi_shared.problem(), Brief=openapi_shared.brief()
    )
    text = json.dumps({k: value for k, value in ANSWER.items() if k not in ("$schema", "$id", "$defs")})
    schemas["Answer"] = json.loads(text.replace("#/$defs/", "#/components/schemas/"))
    inner = json.loads(json.dumps(ANSWER["$defs"]).replace("#/$defs/", "#/components/schemas/"))
    schemas.update(inner)
    return found


def encoded(app: FastAPI) -> bytes:
    """Return the description as JSON."""
    return json.dumps(document(app), ensure_ascii=False).encode()
