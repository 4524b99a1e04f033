"""The part of the OpenAPI description that is about search, feeds, reach and briefs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..finder import KINDS
from .lookup import LONGEST

Part = dict[str, Any]
Parameter = Callable[..., Part]
Described = tuple[str, str, Part, list[Part]]


def lookup(parameter: Parameter, row: Part) -> dict[str, Described]:
    """Describe search and feeds (`datarules.serve.lookup`)."""
    text = {"name": "q", "in": "query", "required": True, "schema": {"type": "string", "maxLength": LONGEST}}
    text |= {
        "description": "Name, code, law or article; typing errors are forgiven.",
        "example": "GDPR art. 49",
    }
    kind = {"name": "kind", "in": "query", "required": False, "schema": {"type": "string"}, "example": "rule"}
    kind["description"] = f"Only these kinds, by comma: {', '.join(KINDS)}."
    since = {**parameter("since"), "required": False}
    feed = [since, parameter("jurisdiction")]
    binary = {"schema": {"type": "string"}}
    return {
        "/v1/search": ("search", "Find places, laws and rules.", row, [text, kind]),
        "/v1/changes.atom": (
            "changesAtom",
            "What starts and ends, newest first, as an Atom feed; the last two years unless since is given.",
            {"application/atom+xml": binary},
            feed,
        ),
        "/v1/changes.json": (
            "changesFeed",
            "The same as a JSON Feed.",
            {"application/feed+json": {"schema": {"type": "object"}}},
            feed,
        ),
    }


def reach(parameter: Parameter, rows: Part) -> dict[str, Described]:
    """Describe the routes on reach; data and purpose are those of AI training unless said otherwise."""
    asked = [
        {**parameter(n), "required": False} for n in ("data", "purpose", "sector", "as_of", "fact", "level")
    ]
    code = {**parameter("jurisdiction", "path"), "name": "code"}
    party = {**code, "description": "Code or name of a place, name of a group, or world."}
    form = {
        "name": "form",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "enum": ["html", "md"]},
    }
    form["example"] = "md"
    course = [parameter("history"), {**parameter("since"), "required": False, "example": "2010-01-01"}]
    limit = {
        "name": "limit",
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "default": 200},
        "example": 20,
    }
    return {
        "/v1/reach": (
            "reach",
            "Every place by lawful data reach, and the languages closed to outsiders.",
            rows,
            asked,
        ),
        "/v1/reach/{code}": (
            "reachOf",
            "Lawful data reach of a place beside its peers.",
            rows,
            [code, *asked],
        ),
        "/v1/divide": (
            "divide",
            "How unequal reach is over people, and how much is law.",
            rows,
            [*asked, *course],
        ),
        "/v1/briefs/{code}.{form}": (
            "brief",
            "A policy brief on a place, a group or the world, as a file.",
            {"text/html": {"schema": {"type": "string"}}, "text/markdown": {"schema": {"type": "string"}}},
            [party, form, *asked],
        ),
        "/v1/priorities/{code}": (
            "priorities",
            "Which rules cost most reach, and which single change gains most.",
            rows,
            [party, *asked, limit],
        ),
    }
