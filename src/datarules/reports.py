"""Comparisons, conflicts, chains, obstacles and islands as published documents: one JSON shape for every door.

Each document says day, data and release, holds sentences in ``text`` and the articles behind them. Nothing
is judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from . import answer, catalogue, explain, wording
from . import vocab as v
from .barriers import Barrier
from .compare import AXES, Comparison
from .conflicts import Clash
from .islands import Islands, State
from .islands import row as islands_row
from .model import Rule, Value
from .obstacles import Bench, Change, Way
from .paths import Chains, Path
from .rulebook import Cell, RuleBook

Document = dict[str, Any]
ROUTES_SHOWN = 12


def head(
    book: RuleBook, as_of: date, cell: Cell | None = None, facts: Mapping[str, Value] | None = None
) -> Document:
    """Return what every document begins with."""
    asked = (
        {}
        if cell is None
        else {"data": v.local(cell.data), "purpose": v.local(cell.purpose), "sector": v.local(cell.sector)}
    )
    return {
        "as_of": as_of.isoformat(),
        **asked,
        "facts": dict(facts or {}),
        "release": book.release,
        "disclaimer": answer.DISCLAIMER,
    }


def statement(book: RuleBook, iri: str) -> Document:
    """Return a rule or list entry with its articles."""
    rule = book.records.rules.get(iri)
    if rule is not None:
        return answer.rule_document(book, rule)
    return answer.entry_document(book, book.records.memberships[iri])


def clash(book: RuleBook, one: Clash) -> Document:
    """Return one conflict."""
    return {
        "kind": one.kind,
        "between": [v.local(place) for place in one.between],
        "norms": [answer.rule_document(book, rule) for rule in (one.first, one.second)],
        "data": [v.local(c) for c in one.data],
        "sectors": [v.local(c) for c in one.sectors],
        "purposes": [v.local(c) for c in one.purposes],
        "resolution": one.resolution,
        "by": answer.rule_document(book, one.by) if one.by else None,
        "further": [answer.rule_document(book, rule) for rule in one.lifts[1:]],
        "applies": "yes" if one.now else "possible",
        "if": "" if one.now else explain.condition(book, one.condition),
        "text": wording.clash(book, one),
    }


def comparison(
    book: RuleBook, found: Comparison, as_of: date, cell: Cell, today: date | None = None
) -> Document:
    """Return two jurisdictions side by side."""
    first, second = found.sides
    facts = dict(first.decision.transfer.facts)
    return {
        "first": v.local(first.origin),
        "second": v.local(second.origin),
        **head(book, as_of, cell, facts),
        "verdict": found.verdict,
        "why": wording.verdict(book, found),
        "directions": [answer.document(book, side.decision, as_of, today) for side in found.sides],
        "axes": {
            axis: [[statement(book, one.iri) for one in side.axes[axis]] for side in found.sides]
            for axis in AXES
        },
        "shared_mechanisms": [v.local(k) for k in found.shared],
        "one_sided_mechanisms": [
            {"mechanism": v.local(k), "from": v.local(found.sides[side].origin)}
            for k, side in found.one_sided
        ],
        "asymmetry": found.asymmetry,
        "conflicts": [clash(book, one) for one in found.conflicts],
        "text": [
            *wording.verdict(book, found),
            *(wording.clash(book, one) for one in found.conflicts if one.now),
        ],
    }


def conflicts(
    book: RuleBook, found: Sequence[Clash], as_of: date, data: str | None, total: int | None = None
) -> Document:
    """Return a list of conflicts with the count of each kind."""
    counts: dict[str, int] = {}
    for one in found:
        counts[one.kind] = counts.get(one.kind, 0) + 1
    return {
        **head(book, as_of),
        "data": v.local(data) if data else None,
        "total": len(found) if total is None else total,
        "kinds": counts,
        "conflicts": [clash(book, one) for one in found],
    }


def path(book: RuleBook, one: Path) -> Document:
    """Return one chain, step by step."""
    return {
        "places": [v.local(one.legs[0].origin), *(v.local(leg.destination) for leg in one.legs)],
        "status": one.status.value,
        "rests_on_silence_of": [v.local(iri) for iri in one.silent],
        "legs": [
            {
                "origin": v.local(leg.origin),
                "destination": v.local(leg.destination),
                "alone": leg.decision.status.value,
                "status": leg.status.value,
                "route": next(
                    (answer.rule_document(book, r.rule) for r in leg.decision.routes if r.now), None
                ),
                "carried": [
                    {"of": v.local(c.origin), **answer.rule_document(book, c.rule)}
                    for c in leg.carried
                    if c.origin != leg.origin
                ],
                "barred_by": answer.rule_document(book, leg.barred_by.rule) if leg.barred_by else None,
            }
            for leg in one.legs
        ],
        "text": wording.path(book, one),
    }


def paths(book: RuleBook, found: Chains, as_of: date, cell: Cell, facts: Mapping[str, Value]) -> Document:
    """Return the direct step, the chains that are freer, and those that only a carried rule bars."""
    legs = found.direct.legs
    why = [o["text"] for o in answer.document(book, legs[0].decision, as_of)["obstacles"]]
    return {
        "origin": v.local(legs[0].origin),
        "destination": v.local(legs[-1].destination),
        **head(book, as_of, cell, facts),
        "direct": path(book, found.direct),
        "why_not_direct": why,
        "chains": [path(book, one) for one in found.chains],
        "barred": [path(book, one) for one in found.barred],
    }


def way(book: RuleBook, one: Way, destination: str) -> Document:
    """Return a minimal set of changes."""
    return {
        "status": one.status.value,
        "changes": [
            {
                "kind": change.kind,
                "what": v.local(change.what) if change.what else None,
                "rule": statement(book, change.rule) if change.rule else None,
                "text": wording.change(book, change, destination),
            }
            for change in one.changes
        ],
        "text": wording.way(book, one, destination),
    }


def obstacles(book: RuleBook, bench: Bench, ways: Iterable[Way], level: v.Status, as_of: date) -> Document:
    """Return what stands between two places, as minimal sets of changes."""
    pair = bench.pair
    return {
        "origin": v.local(pair.origin),
        "destination": v.local(pair.destination),
        **head(book, as_of, bench.cell, bench.given),
        "level": level.value,
        "status": bench.status.value,
        "ways": [way(book, one, pair.destination) for one in ways],
    }


def barrier(book: RuleBook, one: Barrier) -> Document:
    """Return one of the world's obstacles."""
    rule = book.records.rules.get(one.rule)
    return {
        "data": v.local(one.category),
        "kind": one.kind,
        "what": v.local(one.what) if one.what else None,
        "rule": answer.rule_document(book, rule) if rule else None,
        "pairs": one.pairs,
        "alone": one.alone,
        "origins": sorted(one.origins),
        "destinations": len(one.destinations),
        "people": one.people,
        "text": wording.change(book, Change(one.kind, one.rule, one.what)),
    }


def islands(
    book: RuleBook,
    found: Islands,
    as_of: date,
    cell: Cell,
    level: v.Status,
    case: str,
    named: Mapping[str, Iterable[str]],
) -> Document:
    """Return the islands of a day; ``named`` are the components by their lasting names."""
    return {
        **head(book, as_of, cell),
        "level": level.value,
        "case": case,
        "islands": {
            name: sorted(members)
            for name, members in sorted(named.items(), key=lambda one: (-len(list(one[1])), one[0]))
        },
        **islands_row(found),
    }


def island_history(book: RuleBook, states: Iterable[State]) -> list[Document]:
    """Return what happened to the islands, oldest first."""
    return [
        {
            "date": date.fromordinal(change.day).isoformat(),
            "kind": change.kind,
            "island": change.island,
            "joined": list(change.joined),
            "left": list(change.left),
            "others": list(change.others),
            "size": len(state.islands.get(change.island, ())),
            "causes": [_cause(book, one, change.day) for one in change.causes],
            "text": wording.island_change(book, change),
        }
        for state in states
        for change in state.changes
    ]


def _cause(book: RuleBook, one: Any, day: int) -> Document:
    starts = one.start == day
    cited = one.citations if starts else one.end_citations
    return {
        "event": "starts" if starts else "ends",
        "id": v.local(one.iri),
        "kind": "rule" if isinstance(one, Rule) else "entry",
        "label": one.label if isinstance(one, Rule) else catalogue.entry_label(book, one),
        "article": "; ".join(c.article for c in cited),
    }
