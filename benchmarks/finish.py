"""From the rules that apply to the status, one world at a time: the part SPARQL is spared.

A literal reading of how a file is read (CONTRIBUTING, section 2), on sets of rules instead of bit layers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from datarules.model import Rule, Value
from datarules.vocab import SCALE, Burden, Modality, Status, Strength

LEVELS = (Status.FREE, Status.RECOGNISED, Status.SAFEGUARDS, Status.AUTHORISATION, Status.DEROGATION)
STRICT_TO_FREE = (Status.PROHIBITED, Status.CONTESTED, *reversed(LEVELS))


def order_status(applying: Iterable[Rule], given: Mapping[str, Value]) -> Status | None:
    """Return what one order says, given its rules that apply; nothing where it is silent.

    Args:
        applying: permissions and prohibitions that apply, overridden or not.
        given: the facts; a measure stated false makes the permissions that need it unavailable.
    """
    rules = {rule.iri: rule for rule in applying}
    unavailable = {
        iri
        for iri, rule in rules.items()
        if rule.modality is Modality.PERMISSION and any(given.get(m) is False for m in rule.requires)
    }
    beaters = {iri: [o for o in rules.values() if iri in o.overrides] for iri in rules}
    known: dict[str, bool] = {}

    def stands(iri: str) -> bool:
        if iri not in known:
            ban = rules[iri].modality is Modality.PROHIBITION
            known[iri] = not any(stands(o.iri) for o in beaters[iri] if not (ban and o.iri in unavailable))
        return known[iri]

    standing = [rule for iri, rule in rules.items() if stands(iri)]
    bans = [r for r in standing if r.modality is Modality.PROHIBITION]
    routes = [r for r in standing if r.modality is Modality.PERMISSION and r.iri not in unavailable]
    hard = [r for r in bans if r.strength is not Strength.RESIDUAL]
    special = [r for r in routes if r.strength is not Strength.RESIDUAL]
    default_ban = any(r.strength is Strength.RESIDUAL for r in bans)
    if hard:
        strict = any(r.strength is Strength.STRICT for r in hard)
        return Status.CONTESTED if special and not strict else Status.PROHIBITED
    open_routes = special if default_ban else routes
    if open_routes:
        floor = max((_price(rule, beaters, unavailable, stands) for rule in rules.values()), default=0)
        return LEVELS[max(min(r.level for r in open_routes), floor)]
    shut = any(r.iri in unavailable for r in standing)
    return Status.PROHIBITED if default_ban or shut else None


def _price(
    rule: Rule, beaters: Mapping[str, list[Rule]], unavailable: set[str], stands: object
) -> Burden | int:
    """Return the level a lifted ban still asks for: that of the cheapest permission which lifts it."""
    if rule.modality is not Modality.PROHIBITION or rule.strength is Strength.RESIDUAL:
        return 0
    lifting = [
        o.level
        for o in beaters[rule.iri]
        if o.modality is Modality.PERMISSION and o.iri not in unavailable and stands(o.iri)  # type: ignore[operator]
    ]
    return min(lifting, default=0)


def combine(statuses: Iterable[Status | None]) -> Status:
    """Join the orders: the most restrictive that speaks; unknown where all are silent."""
    said = set(statuses)
    return next((s for s in STRICT_TO_FREE if s in said), Status.UNKNOWN)


def scale_position(status: Status) -> int:
    """Return the place of a status on the scale."""
    return SCALE.index(status)
