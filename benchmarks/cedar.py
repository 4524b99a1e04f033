"""The same rules in Cedar (cedarpy): one policy per rule, generated from the compiled rulebook.

Included: the origin's rules on transfer in force on the day, conditions, destination lists and the data
hierarchy as entity groups, overrides and lifted bans (see `benchmarks.policies`). The level is that of the
freest determining policy. Policies and entities are parsed once and reused; the request is built before the
clock starts. Timed: `is_authorized` with its JSON context and result, and reading the level from the answer.

Not included, to Cedar's advantage: citations, routes that could be opened, best and worst, deciding facts,
narrower categories, overlays and conflicts, all of which `decide` returns; *contested* and *unknown*, which
Cedar cannot tell from a denial.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import cedarpy

from datarules.model import Comparison, Transfer
from datarules.vocab import Status

from .policies import Every, Formula, Law, No, OnList, Some, Within, context, parents, verdict

SIGNS = {"gt": ">", "gteq": ">=", "lt": "<", "lteq": "<=", "eq": "==", "neq": "!="}


def text_of(formula: Formula) -> str:
    """Return a formula in Cedar's expression language."""
    match formula:
        case OnList(number):
            return f'principal in List::"{number}"'
        case Within(category):
            return f'resource in Data::"{category}"'
        case Comparison(fact, operator, value):
            return f'context["{fact}"] {SIGNS[operator]} {str(value).lower()}'
        case Every(parts):
            return f"({' && '.join(map(text_of, parts))})" if parts else "true"
        case Some(parts):
            return f"({' || '.join(map(text_of, parts))})" if parts else "false"
        case No(part):
            return f"!({text_of(part)})"
    raise TypeError(formula)


def policies(law: Law) -> str:
    """Return the policy set as Cedar text."""
    return "\n".join(
        f'@id("{p.rule.iri}") {"permit" if p.permit else "forbid"}'
        f'(principal, action == Action::"transfer", resource) when {{ {text_of(p.when)} }};'
        for p in law.policies
    )


def entities(law: Law) -> list[dict[str, Any]]:
    """Return places with the lists they are on, and categories with all that is broader."""

    def entity(kind: str, name: str, above: list[dict[str, str]]) -> dict[str, Any]:
        return {"uid": {"type": kind, "id": name}, "attrs": {}, "parents": above}

    lists = sorted({number for numbers in law.lists.values() for number in numbers})
    found = [entity("List", str(number), []) for number in lists]
    for place, numbers in law.lists.items():
        found.append(entity("Place", place, [{"type": "List", "id": str(n)} for n in numbers]))
    for category, broader in parents(law, law.book.records.categories).items():
        found.append(entity("Data", category, [{"type": "Data", "id": above} for above in broader]))
    return found


def request(law: Law, transfer: Transfer) -> dict[str, Any]:
    """Return the Cedar request of a question."""
    return {
        "principal": {"type": "Place", "id": transfer.destination},
        "action": {"type": "Action", "id": "transfer"},
        "resource": {"type": "Data", "id": transfer.data[0]},
        "context": context(law, transfer),
    }


def asker(law: Law) -> Callable[[dict[str, Any]], Status | None]:
    """Return a function request → level, or nothing for a denial; policies and entities parsed once."""
    known = cedarpy.PolicySet.from_str(policies(law))
    world = cedarpy.Entities.from_json_str(json.dumps(entities(law)))

    def ask(asked: dict[str, Any]) -> Status | None:
        answer = cedarpy.is_authorized(asked, known, world)
        if answer.diagnostics.errors:
            raise RuntimeError(answer.diagnostics.errors)
        if not answer.allowed:
            return None
        named = answer.diagnostics.id_annotations_by_reason
        return verdict(law, (named[r] for r in answer.diagnostics.reasons), ())

    return ask
