"""The part of the OpenAPI description that is about bridges, portfolios and mechanisms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..effects import KINDS
from ..portfolio import OBJECTIVES
from ..vocab import SCALE

Part = dict[str, Any]
Described = tuple[str, str, Part, list[Part]]
_SCOPE = ("data", "purpose", "sector", "as_of", "fact")
_FIELDS: dict[str, tuple[str, Part, Any]] = {
    "level": (
        "Level of the scale at which a pair counts as open.",
        {"type": "string", "enum": [status.value for status in SCALE[1:]], "default": "safeguards"},
        "recognised",
    ),
    "weights": (
        "Costs of a private act, an administrative act, a statute and a treaty.",
        {"type": "string", "default": "1,3,10,30"},
        "1,3,10,30",
    ),
    "k": ("Most changes. Default: 10 unless a budget is given.", {"type": "integer", "minimum": 1}, 10),
    "budget": ("Most cost.", {"type": "number", "exclusiveMinimum": 0}, 40),
    "objective": (
        "What is to be gained.",
        {"type": "string", "enum": list(OBJECTIVES), "default": "pairs"},
        "pairs",
    ),
    "joined": (
        "Whether pairs count once both ways are open, or each way for itself.",
        {"type": "string", "enum": ["mutual", "one-way"], "default": "mutual"},
        "mutual",
    ),
    "kinds": (
        f"Kinds of change, separated by commas, of {', '.join(KINDS)}. Default: all.",
        {"type": "string"},
        "listing,recognition",
    ),
    "front": ("So many limits up to the one given.", {"type": "integer", "minimum": 1, "default": 1}, 1),
    "greedy": (
        "The best next change again and again, instead of exactly.",
        {"type": "string", "enum": ["no", "yes"], "default": "no"},
        "no",
    ),
    "seconds": ("Seconds for the solver.", {"type": "integer", "minimum": 1, "default": 60}, 60),
    "kind": ("Kind of mechanism, for its fit.", {"type": "string"}, "standard-contract"),
    "members": ("Codes or names of members, separated by commas.", {"type": "string"}, "BR,KE,IN"),
    "scheme": ("A scheme whose members they are.", {"type": "string"}, "ASEAN"),
}


def _field(name: str) -> Part:
    text, schema, example = _FIELDS[name]
    return {
        "name": name,
        "in": "query",
        "description": text,
        "required": False,
        "schema": schema,
        "example": example,
    }


def _place(name: str, example: str) -> Part:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "example": example}


def designs(parameter: Callable[[str], Part], row: Part) -> dict[str, Described]:
    """Return path → (name, summary, content, parameters).

    Args:
        parameter: describes a field shared with other routes.
        row: the content of an answer that is one document.
    """
    scope = [parameter(name) for name in _SCOPE]
    chosen = ("k", "budget", "objective", "joined", "kinds", "front", "greedy", "seconds", "level", "weights")
    return {
        "/v1/bridges/{first}/{second}": (
            "bridges",
            "The cheapest changes of law that make two places compatible at a level, with their articles.",
            row,
            [_place("first", "DE"), _place("second", "KE"), *scope, _field("level"), _field("weights")],
        ),
        "/v1/portfolio": (
            "portfolio",
            "The changes of law that join most within a number or a budget, with the optimality gap.",
            row,
            [*scope, *(_field(name) for name in chosen)],
        ),
        "/v1/mechanisms": (
            "mechanisms",
            "Mechanisms on the same measures; with a kind, how it would fit among members.",
            row,
            [*scope, *(_field(name) for name in ("kind", "members", "scheme", "level"))],
        ),
    }
