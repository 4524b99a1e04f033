"""Decision → the published document: one JSON shape for the command line and the API, and its RDF.

`SCHEMA` describes the document; every value comes from the decision, no judgement is added here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from . import explain
from . import vocab as v
from .model import Conflict, Decision, Membership, Obstacle, Overlay, Route, Rule
from .rulebook import RuleBook
from .vocab import Evidence

Document = dict[str, Any]
DISCLAIMER = "Research information, not legal advice."
STALE_AFTER = 365
"""Days after which a reading counts as stale, unless the question sets another age."""


def rule_document(book: RuleBook, rule: Rule) -> Document:
    """Return the document of a rule, made once: the same rule stands in many answers."""
    found = book.kept.get(rule.iri)
    if found is None:
        found = book.kept[rule.iri] = _describe(rule)
    return found


def _describe(rule: Rule) -> Document:
    first = rule.citations[0] if rule.citations else None
    return {
        "rule": v.local(rule.iri),
        "order": v.local(rule.order),
        "label": rule.label,
        "article": first.article if first else "",
        "address": first.address if first else "",
        "citations": [c.row() for c in rule.citations],
        "valid_from": date.fromordinal(rule.start).isoformat(),
        "evidence": rule.evidence.name,
    }


def entry_document(book: RuleBook, entry: Membership) -> Document:
    """Return the document of a list entry, made once."""
    found = book.kept.get(entry.iri)
    if found is None:
        found = book.kept[entry.iri] = _describe_entry(entry)
    return found


def _describe_entry(entry: Membership) -> Document:
    return {
        "entry": v.local(entry.iri),
        "member": v.local(entry.member),
        "list": v.local(entry.group),
        "mechanism": entry.mechanism.label if entry.mechanism else None,
        "valid_from": date.fromordinal(entry.start).isoformat(),
        "citations": [c.row() for c in entry.citations],
        "evidence": entry.evidence.name,
    }


def _route(book: RuleBook, route: Route) -> Document:
    rule = route.rule
    return {
        **rule_document(book, rule),
        "status": route.status.value,
        "available": route.now,
        "if": ""
        if route.now
        else explain.condition(book, route.condition) or "no rule that stands in its way applies",
        "mechanism": rule.mechanism.label if rule.mechanism else None,
        "burden": rule.level.name,
        "requires": [{"fact": name, "label": book.records.facts[name].label} for name in rule.requires],
        "entries": [entry_document(book, e) for e in route.entries],
        "data": v.local(route.data),
    }


def _obstacle(book: RuleBook, obstacle: Obstacle) -> Document:
    if obstacle.entry is not None:
        entry = obstacle.entry
        ended = entry.end_citations[0] if entry.end_citations else None
        return {
            "kind": obstacle.kind,
            "text": explain.obstacle(book, obstacle),
            "rule": v.local(entry.iri),
            "order": v.local(entry.group).split("/")[0],
            "label": entry.mechanism.label if entry.mechanism else v.local(entry.group),
            "article": ended.article if ended else "",
            "address": ended.address if ended else "",
            "citations": [c.row() for c in (*entry.end_citations, *entry.citations)],
            "ended_on": date.fromordinal(entry.end).isoformat(),
            "evidence": entry.evidence.name,
            "entries": [],
            "data": v.local(obstacle.data),
        }
    assert obstacle.rule is not None
    return {
        "kind": obstacle.kind,
        "text": explain.obstacle(book, obstacle),
        **rule_document(book, obstacle.rule),
        "entries": [entry_document(book, e) for e in obstacle.entries],
        "data": v.local(obstacle.data),
    }


def _overlay(book: RuleBook, overlay: Overlay) -> Document:
    return {
        "kind": overlay.kind,
        "applies": "yes" if overlay.now else "possible",
        "if": "" if overlay.now else explain.turning_on(book, overlay.narrower, overlay.condition).strip(),
        **rule_document(book, overlay.rule),
        "requires": [book.records.facts[f].label for f in overlay.rule.requires],
        "data": v.local(overlay.data),
    }


def _conflict(book: RuleBook, conflict: Conflict) -> Document:
    return {
        "kind": conflict.kind,
        "resolution": conflict.resolution,
        "text": explain.conflict(book, conflict),
        "norms": [rule_document(book, conflict.first), rule_document(book, conflict.second)],
        "by": rule_document(book, conflict.by) if conflict.by else None,
        "further": [rule_document(book, rule) for rule in conflict.lifts[1:]],
        "data": v.local(conflict.data),
    }


def rules_used(decision: Decision) -> list[Rule | Membership]:
    """Return the statements the status rests on, without those that only could have mattered."""
    used: dict[str, Rule | Membership] = {}
    for route in decision.routes:
        if route.now and route.status is decision.status:
            used[route.rule.iri] = route.rule
            used.update((e.iri, e) for e in route.entries)
    for obstacle in decision.obstacles:
        if obstacle.kind in ("default", "prohibition", "unmet") and obstacle.rule:
            used[obstacle.rule.iri] = obstacle.rule
    return list(used.values())


def evidence(decision: Decision) -> tuple[Evidence | None, date | None]:
    """Return the weakest evidence the status rests on, and the oldest day of reading."""
    used = rules_used(decision)
    levels = [s.evidence for s in used] + [c.evidence for c in decision.coverages if c.evidence]
    days = [c.read_on for s in used for c in s.citations] + [c.reviewed_on for c in decision.coverages]
    return (max(levels) if levels else None), (min(days) if days else None)


def document(
    book: RuleBook,
    decision: Decision,
    as_of: date,
    today: date | None = None,
    stale_after: int = STALE_AFTER,
) -> Document:
    """Return the answer as one JSON-ready document (see `SCHEMA`).

    Args:
        book: the rulebook decided with.
        decision: the decision.
        as_of: the day asked about.
        today: the day of asking, from which readings age; ``as_of`` unless given.
        stale_after: days after which a reading counts as stale.
    """
    asked = decision.transfer
    weakest, oldest = evidence(decision)
    asked_on = today or as_of
    age = (asked_on - oldest).days if oldest else 0
    return {
        "origin": v.local(asked.origin),
        "destination": v.local(asked.destination),
        "data": [v.local(d) for d in asked.data],
        "purpose": v.local(asked.purpose),
        "sector": v.local(asked.sector),
        "as_of": as_of.isoformat(),
        "facts": dict(asked.facts),
        "open": asked.open,
        "status": decision.status.value,
        "best": decision.best.value,
        "worst": decision.worst.value,
        "deciding_facts": [
            {"name": name, "label": explain.fact_label(book, name)} for name in decision.deciding
        ],
        "parts": [
            {"data": v.local(p.data), "status": p.status.value, "best": p.best.value, "worst": p.worst.value}
            for p in decision.parts
        ],
        "routes": [_route(book, r) for r in decision.routes],
        "obstacles": [_obstacle(book, o) for o in decision.obstacles],
        "overlays": [_overlay(book, o) for o in decision.overlays],
        "conflicts": [_conflict(book, c) for c in decision.conflicts],
        "orders": [v.local(o) for o in decision.orders],
        "silent_orders": [v.local(o) for o in decision.silent],
        "evidence": weakest.name if weakest else None,
        "oldest_reading": oldest.isoformat() if oldest else None,
        "asked_on": asked_on.isoformat(),
        "stale_after": stale_after,
        "stale": age > stale_after,
        "release": book.release,
        "text": explain.text(book, decision, as_of),
        "disclaimer": DISCLAIMER,
    }


def brief(book: RuleBook, decision: Decision) -> Document:
    """Return the answer in short: status, its range, and the rule and article it rests on first."""
    leading = next((r.rule for r in decision.routes if r.now and r.status is decision.status), None)
    if leading is None:
        leading = next((o.rule for o in decision.obstacles if o.rule), None)
    rule = rule_document(book, leading) if leading else {}
    return {
        "status": decision.status.value,
        "best": decision.best.value,
        "worst": decision.worst.value,
        "rule": rule.get("rule"),
        "article": rule.get("article"),
        "address": rule.get("address"),
    }


def turtle(book: RuleBook, decision: Decision, as_of: date) -> str:
    """Return the answer as Turtle: a ``dr:Flow`` and a ``dr:Decision`` with ``prov:used``."""
    asked = decision.transfer

    def names(iris: Iterable[str]) -> str:
        return " , ".join(f"<{i}>" for i in sorted(iris))

    lines = [
        f"@prefix {p}: <{space}> ." for p, space in v.PREFIXES.items() if p in ("dr", "prov", "xsd", "rdfs")
    ]
    lines += [
        "",
        "[] a dr:Decision ;",
        f"  dr:status dr:{decision.status.value.capitalize()} ; dr:best dr:{decision.best.value.capitalize()} ; dr:worst dr:{decision.worst.value.capitalize()} ;",
    ]
    facts = [d for d in decision.deciding if d in book.records.facts]
    if facts:
        lines.append(f"  dr:decidingFact {names(v.FACT + f for f in facts)} ;")
    used = rules_used(decision)
    if used:
        lines.append(f"  prov:used {names(u.iri for u in used)} ;")
    lines += [
        f"  rdfs:comment {json.dumps(explain.headline(book, decision, as_of), ensure_ascii=False)}@en ;",
        "  dr:ofFlow [ a dr:Flow ;",
        f"    dr:origin <{asked.origin}> ; dr:target <{asked.destination}> ;",
        f"    dr:data {names(asked.data)} ; dr:purpose <{asked.purpose}> ; dr:sector <{asked.sector}> ;",
        f'    dr:asOf "{as_of.isoformat()}"^^xsd:date ] .',
    ]
    return "\n".join(lines) + "\n"
