"""The order in which rules of one legal order are looked at: whatever overrides comes before what it overrides."""

from __future__ import annotations

from .model import Rule


def topological(rules: list[Rule]) -> tuple[Rule, ...]:
    """Order rules so that whatever overrides comes first (the override graph has no circle)."""
    by_iri = {rule.iri: rule for rule in rules}
    beaters: dict[str, list[str]] = {iri: [] for iri in by_iri}
    for rule in rules:
        for beaten in rule.overrides & by_iri.keys():
            beaters[beaten].append(rule.iri)
    done: dict[str, None] = {}

    def visit(iri: str) -> None:
        if iri not in done:
            for beater in sorted(beaters[iri]):
                visit(beater)
            done[iri] = None

    for iri in sorted(by_iri):
        visit(iri)
    return tuple(by_iri[iri] for iri in done)
