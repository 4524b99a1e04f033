"""Lists of what there is: jurisdictions, rules, facts, concepts, changes, as JSON-ready rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from . import explain
from . import vocab as v
from .errors import InputError
from .model import FOREVER, Authority, Membership, Rule, comparisons
from .reader import Concept
from .rulebook import RuleBook

Row = dict[str, Any]


def _iso(ordinal: int) -> str | None:
    return date.fromordinal(ordinal).isoformat() if 0 < ordinal < FOREVER else None


def _names(iris: frozenset[str]) -> list[str]:
    return sorted(v.local(i) for i in iris)


def rule_row(book: RuleBook, rule: Rule) -> Row:
    """Return everything a rule says."""
    first = rule.citations[0] if rule.citations else None
    return {
        "rule": v.local(rule.iri),
        "order": v.local(rule.order),
        "label": rule.label,
        "article": first.article if first else "",
        "address": first.address if first else "",
        "modality": rule.modality.value,
        "action": rule.action.value,
        "strength": rule.strength.value,
        "data": _names(rule.scope.data) or ["any"],
        "not_data": _names(rule.scope.not_data),
        "sectors": _names(rule.scope.sectors),
        "purposes": _names(rule.scope.purposes),
        "destinations": _names(rule.destinations),
        "not_destinations": _names(rule.not_destinations),
        "applies_if": explain.condition(book, rule.when),
        "facts": sorted({c.fact for c in comparisons(rule.when)}),
        "requires": list(rule.requires),
        "mechanism": rule.mechanism.label if rule.mechanism else None,
        "burden": rule.level.name,
        "overrides": _names(rule.overrides),
        "valid_from": _iso(rule.start),
        "valid_until": _iso(rule.end),
        "commenced": not rule.pending,
        "evidence": rule.evidence.name,
        "citations": [c.row() for c in rule.citations],
        "ended_by": [c.row() for c in rule.end_citations],
        "confirmed_by": [{**c.row(), "means": c.means} for c in rule.confirmations],
        "note": rule.note,
    }


def rules_of(book: RuleBook, order: str, day: date | None = None) -> list[Row]:
    """Return the rules of a jurisdiction in file order of their names, on a day if given."""
    found = [
        r
        for r in book.records.rules.values()
        if r.order == order and (day is None or r.in_force(day.toordinal()))
    ]
    return [rule_row(book, r) for r in sorted(found, key=lambda r: (r.start, r.iri))]


def rule(book: RuleBook, name: str) -> Row:
    """Return one rule by its name such as ``BR/LGPD-33-I``.

    Raises:
        InputError: there is no such rule.
    """
    found = book.records.rules.get(v.ID + name)
    if found is None:
        from .errors import nearest

        close = nearest(name, [v.local(i) for i in book.records.rules])
        raise InputError.single(
            "rule", name, "There is no such rule.", f"Did you mean {' or '.join(close)}?" if close else ""
        )
    return rule_row(book, found)


def entry_row(entry: Membership) -> Row:
    """Return everything a list entry says."""
    return {
        "entry": v.local(entry.iri),
        "member": v.local(entry.member),
        "group": v.local(entry.group),
        "kind": "extension" if entry.extension else "membership",
        "data": _names(entry.scope.data),
        "not_data": _names(entry.scope.not_data),
        "mechanism": entry.mechanism.label if entry.mechanism else None,
        "valid_from": _iso(entry.start),
        "valid_until": _iso(entry.end),
        "evidence": entry.evidence.name,
        "citations": [c.row() for c in entry.citations],
        "ended_by": [c.row() for c in entry.end_citations],
        "confirmed_by": [{**c.row(), "means": c.means} for c in entry.confirmations],
        "note": entry.note,
    }


def entry_label(book: RuleBook, entry: Membership) -> str:
    """Return a list entry in words."""
    return f"{explain.place(book, entry.member)} on: {explain.place(book, entry.group)}"


def jurisdictions(book: RuleBook) -> list[Row]:
    """Return every jurisdiction with how many rules it has and when it was reviewed."""
    counts: dict[str, int] = {}
    for rule_ in book.records.rules.values():
        counts[rule_.order] = counts.get(rule_.order, 0) + 1
    return [
        {
            "code": j.code,
            "label": j.label,
            "names": dict(j.names),
            "union": j.union,
            "rules": counts.get(j.iri, 0),
            "reviewed_on": j.reviewed_on.isoformat() if j.reviewed_on else None,
        }
        for j in sorted(book.records.jurisdictions.values(), key=lambda j: j.code)
    ]


def authority_row(authority: Authority) -> Row:
    """Return everything said of an authority."""
    return {
        "authority": v.local(authority.iri),
        "order": v.local(authority.order),
        "label": authority.label,
        "names": dict(authority.names),
        "short": list(authority.aliases),
        "data": _names(authority.scope.data) or ["personal"],
        "sectors": _names(authority.scope.sectors),
        "site": authority.site or None,
        "valid_from": _iso(authority.start),
        "valid_until": _iso(authority.end),
        "evidence": authority.evidence.name,
        "citations": [c.row() for c in authority.citations],
        "note": authority.note,
    }


def authorities(book: RuleBook, iri: str | None = None, day: date | None = None) -> list[Row]:
    """Return the authorities of the orders a jurisdiction lies in, its own first, or all; on a day if given."""
    ordinal = None if day is None else day.toordinal()
    orders: list[str] | None = None
    if iri is not None:
        reached = [] if day is None else [o for o, _ in book.at(day.toordinal()).orders_of(iri)]
        orders = list(dict.fromkeys((iri, *reached)))
    found = [
        one
        for one in book.records.authorities.values()
        if (orders is None or one.order in orders) and (ordinal is None or one.start <= ordinal < one.end)
    ]
    place = {order: n for n, order in enumerate(orders)} if orders else {}
    return [authority_row(a) for a in sorted(found, key=lambda a: (place.get(a.order, 0), a.order, a.iri))]


def jurisdiction(book: RuleBook, iri: str, day: date) -> Row:
    """Return one jurisdiction: orders it lies in, rules on a day, lists it keeps, lists it stands on."""
    view = book.at(day.toordinal())
    own = book.records.jurisdictions[iri]
    lists = [
        {"list": v.local(g), "label": label, "entries": [entry_row(e) for e in view.of_group.get(g, [])]}
        for g, label in sorted(book.records.groups.items())
        if g.startswith(iri + "/")
    ]
    reviews = [
        {
            "action": c.action.value,
            "data": _names(c.data) or ["any"],
            "extent": c.extent.value,
            "reviewed_on": c.reviewed_on.isoformat(),
            "note": c.note,
        }
        for c in view.coverage.get(iri, [])
    ]
    return {
        "code": own.code,
        "label": own.label,
        "names": dict(own.names),
        "reviewed_on": own.reviewed_on.isoformat() if own.reviewed_on else None,
        "as_of": day.isoformat(),
        "orders": [v.local(o) for o, _ in view.orders_of(iri)],
        "authorities": authorities(book, iri, day),
        "rules": rules_of(book, iri, day),
        "lists": lists,
        "stands_on": [entry_row(e) for e in view.of_member.get(iri, [])],
        "coverage": reviews,
    }


def facts(book: RuleBook, iri: str | None = None) -> list[Row]:
    """Return the facts one may state, all or those the rules of one jurisdiction ask about."""
    wanted: set[str] | None = None
    if iri is not None:
        view_orders = {iri} | {m.group for m in book.records.memberships.values() if m.member == iri}
        wanted = set()
        for one in book.records.rules.values():
            if one.order in view_orders:
                wanted.update(one.requires)
                wanted.update(c.fact for c in comparisons(one.when))
                for entry in book.records.memberships.values():
                    if entry.group in one.destinations:
                        wanted.update(c.fact for c in comparisons(entry.when))
    return [
        {
            "name": f.name,
            "label": f.label,
            "kind": "yes/no" if f.kind is bool else "number",
            "role": "measure" if f.measure else "circumstance",
            "unit": f.unit,
            "window": f.window,
            "baseline": "can be done"
            if f.measure
            else ("yes" if f.baseline else "no")
            if f.kind is bool
            else "below every threshold",
            "assumed_in": sorted(v.local(sector) for sector in f.assumed_in),
            "definition": f.definition,
            "also": list(f.aliases),
        }
        for f in sorted(book.records.facts.values(), key=lambda f: f.name)
        if wanted is None or f.name in wanted
    ]


def concepts(scheme: Mapping[str, Concept]) -> list[Row]:
    """Return the concepts of a scheme with what is broader."""
    return [
        {
            "name": v.local(c.iri),
            "label": c.label,
            "broader": [v.local(b) for b in c.broader],
            "definition": c.definition,
            "also": list(c.aliases),
        }
        for c in scheme.values()
    ]


def changes(book: RuleBook, since: date, until: date | None = None, iri: str | None = None) -> list[Row]:
    """Return what starts or ends from ``since`` until before ``until``, oldest first."""
    first, last = since.toordinal(), until.toordinal() if until else FOREVER
    rows = []
    statements: list[Rule | Membership] = [*book.records.rules.values(), *book.records.memberships.values()]
    for one in statements:
        owner = one.order if isinstance(one, Rule) else one.iri.removeprefix(v.ID).split("/")[0]
        owner = owner if isinstance(one, Rule) else v.ID + owner
        if iri is not None and owner != iri:
            continue
        label = one.label if isinstance(one, Rule) else entry_label(book, one)
        for event, day, cited in (("starts", one.start, one.citations), ("ends", one.end, one.end_citations)):
            if first <= day < last and day < FOREVER:
                rows.append(
                    {
                        "date": date.fromordinal(day).isoformat(),
                        "event": event,
                        "jurisdiction": v.local(owner),
                        "label": label,
                        "article": "; ".join(c.article for c in cited),
                        "id": v.local(one.iri),
                        "kind": "rule" if isinstance(one, Rule) else "entry",
                        "evidence": one.evidence.name,
                    }
                )
    return sorted(rows, key=lambda r: (r["date"], r["jurisdiction"], r["id"]))


def days(book: RuleBook, iri: str | None = None) -> list[Row]:
    """Return the days on which anything starts or ends, oldest first, with how much does.

    Args:
        book: the rulebook.
        iri: only what starts or ends in the legal orders this jurisdiction lies in, ever.
    """
    orders = {iri} | {m.group for m in book.records.memberships.values() if m.member == iri}
    counts: dict[str, int] = {}
    for row in changes(book, date.min):
        if iri is None or v.ID + row["jurisdiction"] in orders:
            counts[row["date"]] = counts.get(row["date"], 0) + 1
    return [{"date": day, "changes": count} for day, count in counts.items()]
