"""Decisions in sentences: the only human wording of outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from . import vocab as v
from .beside import by_treaty
from .model import FALSE, TRUE, AllOf, AnyOf, Comparison, Conflict, Decision, Expr, Not, Obstacle, Route, Rule
from .rulebook import RuleBook
from .vocab import Status

STATUS_WORDS: dict[Status, str] = {
    Status.INTERNAL: "stays within one legal order, whose transfer rules do not bite",
    Status.FREE: "may go without a transfer tool",
    Status.RECOGNISED: "may go because the destination or recipient is recognised",
    Status.SAFEGUARDS: "may go once the parties have put safeguards in place themselves",
    Status.AUTHORISATION: "may go only after an authority has acted",
    Status.DEROGATION: "may go on case-by-case grounds only",
    Status.PROHIBITED: "may not go",
    Status.CONTESTED: "meets a permission and a prohibition with no precedence between them",
    Status.UNKNOWN: "cannot be judged, since no rule of the origin has been encoded for it",
}
OPERATORS = {
    "gt": "more than",
    "gteq": "at least",
    "lt": "fewer than",
    "lteq": "not more than",
    "eq": "exactly",
    "neq": "other than",
}
WORDS_KEPT = 100_000
"""Most worded conditions remembered."""
AXES = {"data": "the kind of data", "purpose": "the purpose", "sector": "the sector"}
LOCATION = {
    "infeasible": "A record that arises in both places cannot satisfy both; others can be kept apart by where they come from.",
    "split": "Data kept apart by where they come from satisfy both.",
}
KINDS = {
    "local-copy": "a copy must stay inside",
    "collect-inside": "data must first be recorded inside",
    "store-inside": "data must be stored inside and nowhere else",
    "process-inside": "data must be processed inside and nowhere else",
    "duty": "a duty comes with every transfer",
    "onward-transfer": "a rule follows the data to further destinations",
    "import": "a duty falls on the data when they come in",
}


def place(book: RuleBook, iri: str) -> str:
    """Return the name of a jurisdiction."""
    found = book.records.jurisdictions.get(iri)
    return found.label if found else book.records.groups.get(iri, v.local(iri))


def label_of(book: RuleBook, iri: str) -> str:
    """Return the label of a data category, purpose or sector."""
    for scheme in (book.records.categories, book.records.purposes, book.records.sectors):
        if iri in scheme:
            return scheme[iri].label
    return v.local(iri)


def fact_label(book: RuleBook, name: str) -> str:
    """Return the label of a fact, or of one of the axes data, purpose and sector."""
    found = book.records.facts.get(name)
    return found.label if found else AXES.get(name, name)


def condition(book: RuleBook, expr: Expr) -> str:
    """Return a condition in words; an empty string where it always holds. Worded once per expression."""
    known = book.words.get(id(expr))
    if known is None or known[0] is not expr:
        if len(book.words) >= WORDS_KEPT:
            book.words.clear()
        known = book.words[id(expr)] = (expr, _worded(book, expr))
    return known[1]


def _worded(book: RuleBook, expr: Expr) -> str:
    if expr == TRUE:
        return ""
    if expr == FALSE:
        return "never"
    if isinstance(expr, Comparison):
        return _comparison(book, expr)
    if isinstance(expr, Not):
        return f"not ({condition(book, expr.part)})"
    joiner = " and " if isinstance(expr, AllOf) else " or "
    parts = [(condition(book, part), isinstance(part, AnyOf)) for part in expr.parts]
    return joiner.join(f"({words})" if grouped and len(parts) > 1 else words for words, grouped in parts)


def _comparison(book: RuleBook, test: Comparison) -> str:
    known = book.records.facts.get(test.fact)
    label = known.label if known else test.fact
    if isinstance(test.value, bool):
        return label if test.operator == "eq" else f"not: {label}"
    return f"{label}: {OPERATORS[test.operator]} {test.value:,} {known.unit if known else ''}".rstrip()


def turning_on(book: RuleBook, narrower: tuple[str, ...], expr: Expr) -> str:
    """Return what something that is only possible turns on: ``for health data if …``."""
    scope = f" for {', '.join(label_of(book, c) for c in narrower)}" if narrower else ""
    when = condition(book, expr)
    return scope + (f" if {when}" if when else "")


def headline(book: RuleBook, decision: Decision, as_of: date) -> str:
    """Return the answer in one sentence."""
    asked = decision.transfer
    data = " and ".join(label_of(book, d) for d in asked.data)
    way = f"from {place(book, asked.origin)} to {place(book, asked.destination)}"
    return f"On {as_of.isoformat()}, {data} {way} {STATUS_WORDS[decision.status]} ({decision.status.value})."


def _articles(route: Route) -> str:
    cited = [c.article for c in route.rule.citations] + [
        c.article for e in route.entries for c in e.citations
    ]
    return "; ".join(dict.fromkeys(cited))


def obstacle(book: RuleBook, one: Obstacle) -> str:
    """Return an obstacle in one sentence."""
    if one.entry is not None:
        ended = "; ".join(c.article for c in one.entry.end_citations)
        name = (
            one.entry.mechanism.label
            if one.entry.mechanism
            else book.records.groups.get(one.entry.group, "listing")
        )
        return f"{name} no longer carries this transfer: it ended on {date.fromordinal(one.entry.end).isoformat()} ({ended})."
    rule = one.rule
    assert rule is not None
    cited = "; ".join(c.article for c in rule.citations)
    match one.kind:
        case "default":
            return f"By default {place(book, rule.order)} keeps such data in: {rule.label} ({cited})."
        case "prohibition":
            return f"{place(book, rule.order)} forbids it: {rule.label} ({cited})."
        case "unmet":
            return f"A route falls away because what it requires is not done: {rule.label} ({cited})."
        case _:
            return f"It would be forbidden{turning_on(book, one.narrower, one.condition)}: {rule.label} ({cited})."


def _solved(words: str, rules: Iterable[Rule]) -> str:
    labels = "; ".join(rule.label for rule in rules)
    return f" {words}: {labels}." if labels else ""


def conflict(book: RuleBook, one: Conflict) -> str:
    """Return a conflict between two norms in one sentence."""
    first = f"{one.first.label} ({'; '.join(c.article for c in one.first.citations)})"
    second = f"{one.second.label} ({'; '.join(c.article for c in one.second.citations)})"
    match one.kind:
        case "disclosure":
            solved = _solved(
                "An agreement lifts the ban for orders made under it", filter(by_treaty, one.lifts)
            )
            solved += _solved("An exception may lift the ban", (r for r in one.lifts if not by_treaty(r)))
            return f"{place(book, one.first.order)} can order what {place(book, one.second.order)} forbids: {first} against {second}.{solved}"
        case "exclusive-location":
            return f"Both ends claim the only place for the same data: {first} against {second}. {LOCATION[one.resolution]}"
        case _:
            exception = _solved("The agreement allows for exceptions", one.lifts)
            return f"Possible tension, not a breach: {first} beside the commitment {second}.{exception}"


def _assumed(book: RuleBook, decision: Decision) -> Iterable[str]:
    """Say what the profile assumes because of the sector asked about, where the answer turns on it."""
    sector = decision.transfer.sector
    for name in decision.deciding:
        known = book.records.facts.get(name)
        if known and book.profile(sector).get(name) and not known.baseline:
            yield f"Since the question is about {book.records.sectors[sector].label}, this is assumed unless stated: {known.label}."


def text(book: RuleBook, decision: Decision, as_of: date) -> list[str]:
    """Return the answer in sentences, the most important first."""
    lines = [headline(book, decision, as_of)]
    if decision.transfer.open:
        lines.append("Facts that were not stated are left unknown, so the status is the worst case.")
    if decision.best is not decision.worst:
        turns = ", ".join(fact_label(book, d) for d in decision.deciding)
        lines.append(
            f"Depending on facts not stated, the answer lies between {decision.best.value} and {decision.worst.value}. It turns on: {turns}."
        )
    for name in decision.deciding:
        known = book.records.facts.get(name)
        if known is not None and known.reading:
            assumed = "assumed" if known.baseline else "not assumed"
            lines.append(
                f"Sources read the law in two ways, and the answer turns on it: {known.definition} This is {assumed} here unless stated."
            )
    lines += _assumed(book, decision)
    if decision.capped:
        lines.append(
            "So many facts are open that only bounds can be given; state some of them for a sharper answer."
        )
    now = [r for r in decision.routes if r.now]
    for route in now[:6]:
        needs = ", ".join(book.records.facts[f].label for f in route.rule.requires)
        lines.append(
            f"Route ({route.status.value}): {route.rule.label}{f'; needs: {needs}' if needs else ''} ({_articles(route)})."
        )
    if len(now) > 6:
        lines.append(f"{len(now) - 6} more routes are open.")
    better = [r for r in decision.routes if not r.now and condition(book, r.condition)][:4]
    for route in better:
        lines.append(
            f"Another route ({route.status.value}) if {condition(book, route.condition)}: {route.rule.label} ({_articles(route)})."
        )
    lines += [obstacle(book, o) for o in decision.obstacles[:8]]
    for overlay in decision.overlays[:8]:
        cited = "; ".join(c.article for c in overlay.rule.citations)
        when = "" if overlay.now else turning_on(book, overlay.narrower, overlay.condition)
        lines.append(f"Beside the status, {KINDS[overlay.kind]}{when}: {overlay.rule.label} ({cited}).")
    lines += [conflict(book, c) for c in decision.conflicts[:6]]
    if decision.status is Status.UNKNOWN:
        names = ", ".join(place(book, o) for o in decision.silent) or place(book, decision.transfer.origin)
        lines.append(
            f"Silence is not permission: the law of {names} has not been encoded for this data on this day."
        )
    return lines
