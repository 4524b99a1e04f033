"""What many operations share: a problem document, an answer in short, the release asked of."""

from __future__ import annotations

from typing import Any

Part = dict[str, Any]


def problem() -> Part:
    """Return the schema of a problem document (RFC 9457)."""
    error = {n: {"type": "string"} for n in ("place", "value", "reason", "remedy")}
    return {
        "type": "object",
        "description": "RFC 9457 problem; errors lists everything that is wrong.",
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {"type": "object", "properties": error, "required": list(error)},
            },
        },
        "required": ["type", "title", "status", "detail", "errors"],
    }


def brief() -> Part:
    """Return the schema of an answer in short."""
    status, text = {"$ref": "#/components/schemas/status"}, {"type": ["string", "null"]}
    names = ("status", "best", "worst", "rule", "article", "address")
    return {
        "type": "object",
        "description": "An answer in short: status, its range, and the rule it rests on first.",
        "properties": {n: status if n in names[:3] else text for n in names},
        "required": list(names),
        "additionalProperties": False,
    }


def release(current: str) -> Part:
    """Return the field that names the release asked of."""
    return {
        "name": "release",
        "in": "query",
        "required": False,
        "description": "Answer from this release (see /v1/releases) instead of the law served now.",
        "schema": {"type": "string"},
        "example": current,
    }


def releases() -> tuple[str, str, Part, list[Part]]:
    """Describe the list of releases (`datarules.serve.releases`)."""
    maybe = {"type": ["string", "null"]}
    properties = {
        "release": {"type": "string", "description": "Version of the data, by which it is asked for."},
        "digest": {**maybe, "description": "SHA-256 over data, ontology and shapes."},
        "date": {**maybe, "format": "date", "description": "Day of the release; null where no file is kept."},
        "checksum": {**maybe, "description": "SHA-256 of the file of the release."},
        "current": {"type": "boolean", "description": "Whether this is the law served now."},
    }
    row = {"type": "object", "properties": properties, "required": list(properties)}
    text = (
        "The releases that may be asked of with release=, the oldest first; the law served now is among them."
    )
    return "releases", text, {"application/json": {"schema": {"type": "array", "items": row}}}, []
