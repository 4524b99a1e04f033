"""Schemas that many operations share: a problem document, and an answer in short."""

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
