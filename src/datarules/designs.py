"""Bridges, portfolios and mechanisms as published documents: one JSON shape for every door."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from math import isfinite

from . import reports, wording
from . import vocab as v
from .bridges import Bridge, Span
from .effects import Effects
from .explain import fact_label
from .fit import Fit
from .mechanisms import OPEN_LAW, Standing
from .obstacles import Change
from .portfolio import Limit, Portfolio
from .reports import Document
from .rulebook import Cell, RuleBook
from .vocab import Status


def change(book: RuleBook, one: Change, kind: str, cost: float) -> Document:
    """Return one change with its class, cost and the article it touches."""
    rule = book.records.rules.get(one.rule)
    return {
        "kind": one.kind,
        "what": v.local(one.what) if one.what else None,
        "place": v.local(one.place) if one.place else None,
        "class": kind,
        "cost": cost,
        "article": wording.articles(rule) if rule else None,
        "rule": reports.statement(book, one.rule) if rule else None,
        "text": wording.change(book, one),
    }


def span(book: RuleBook, one: Span, each: dict[str, float]) -> Document:
    """Return a way to bring a direction, or both, to a level."""
    changes = [change(book, c, k, each[k]) for c, k in zip(one.changes, one.classes, strict=True)]
    return {
        "cost": one.cost,
        "statuses": [status.value for status in one.statuses],
        "changes": changes,
        "text": " and ".join(str(c["text"]) for c in changes) or "nothing is needed",
    }


def bridge(book: RuleBook, found: Bridge, as_of: date, cell: Cell, each: dict[str, float]) -> Document:
    """Return the bridge between two places; ``each`` are the weights of the classes."""
    first, second = found.places
    return {
        "first": v.local(first),
        "second": v.local(second),
        **reports.head(book, as_of, cell),
        "level": found.level.value,
        "weights": each,
        "directions": [
            {
                "origin": v.local(a),
                "destination": v.local(b),
                "status": status.value,
                "ways": [span(book, one, each) for one in ways],
            }
            for (a, b), status, ways in zip(
                ((first, second), (second, first)), found.statuses, found.directions, strict=True
            )
        ],
        "both": span(book, found.both, each) if found.both else None,
    }


def _number(value: float) -> float | int | None:
    if not isfinite(value):
        return None
    return int(value) if float(value).is_integer() else round(value, 6)


def portfolio(book: RuleBook, found: Portfolio, limit: Limit) -> Document:
    """Return a portfolio with what is proved about it."""
    return {
        "limit": {"count": limit.count, "budget": limit.budget},
        "cost": _number(found.cost),
        "gain": _number(found.gain),
        "decided": _number(found.decided),
        "difference": _number(found.decided - found.gain),
        "base": _number(found.base),
        "bound": _number(found.bound),
        "gap": _number(found.gap),
        "method": found.method,
        "guarantee": round(found.guarantee, 4),
        "fewest_partners": list(found.floor),
        "candidates": {"all": found.candidates[0], "worth_a_look": found.candidates[1]},
        "changes": [
            {
                **change(book, one.change, one.kind, one.cost),
                "alone": _number(one.alone),
                "equals": [wording.change(book, other) for other in one.equals],
            }
            for one in found.choices
        ],
    }


def portfolios(
    book: RuleBook,
    found: Sequence[tuple[Limit, Portfolio]],
    effects: Effects,
    as_of: date,
    objective: str,
    mutual: bool,
    weights: dict[str, float],
) -> Document:
    """Return portfolios for one or more limits, with what they are about."""
    frame = effects.frame
    return {
        **reports.head(book, as_of, frame.cells[0], dict(frame.facts)),
        "level": effects.level.value,
        "objective": objective,
        "joined": "both ways" if mutual else "one way",
        "places": len(frame.places),
        "weights": weights,
        "portfolios": [portfolio(book, one, limit) for limit, one in found],
    }


def _name(book: RuleBook, one: Standing) -> str:
    if one.sort == "certificate":
        return fact_label(book, one.name)
    if one.name == OPEN_LAW:
        return "open law, no mechanism"
    known = book.records.mechanisms.get(one.name)
    return known.label if known else book.records.groups.get(one.name, v.local(one.name))


def mechanisms(book: RuleBook, found: Iterable[Standing], as_of: date, cell: Cell, level: Status) -> Document:
    """Return mechanisms on the same measures."""
    return {
        **reports.head(book, as_of, cell),
        "level": level.value,
        "mechanisms": [
            {
                "sort": one.sort,
                "id": v.local(one.name) or None,
                "label": _name(book, one),
                "orders": list(one.orders),
                "pairs": one.pairs,
                "mutual": one.mutual,
                "alone": one.alone,
                "people": one.people,
                "evidence": [e.name for e in one.evidence] if one.evidence else None,
                "members": list(one.members),
                "commitments": one.commitments,
            }
            for one in found
        ],
    }


def fit(book: RuleBook, found: Fit, as_of: date, cell: Cell) -> Document:
    """Return how a proposed mechanism fits the law of a day."""
    total = len(found.members) * (len(found.members) - 1)
    return {
        **reports.head(book, as_of, cell),
        "mechanism": v.local(found.kind),
        "level": found.level.value,
        "members": [v.local(place) for place in found.members],
        "accepted_by": [v.local(place) for place in found.accepts],
        "pairs": total,
        "today": len(found.today),
        "carried": len(found.carried),
        "mutual": found.mutual,
        "after": found.after,
        "after_mutual": found.after_mutual,
        "needs": [
            {
                "origins": [v.local(place) for place in need.origins],
                "towards": [v.local(place) for place in need.towards],
                **change(book, need.change, need.kind, need.cost),
            }
            for need in found.needs
        ],
        "blocked": [
            {
                "origin": v.local(one.origin),
                "destination": v.local(one.destination),
                "status": one.status.value,
                "bans": [reports.statement(book, rule.iri) for rule in one.bans],
                "conflicts": [reports.clash(book, clash) for clash in one.clashes],
            }
            for one in found.blocked
        ],
    }
