"""Pairs, conflicts, chains, obstacles and islands in sentences; `datarules.explain` words single answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from . import explain
from . import vocab as v
from .compare import Comparison
from .conflicts import Clash
from .explain import place
from .islands import Change as IslandChange
from .model import Decision, Membership, Rule
from .obstacles import Change, Way
from .paths import Path
from .rulebook import RuleBook

KIND_WORDS = {
    "disclosure": "{a} can order what {b} forbids",
    "exclusive-location": "{a} and {b} both want the data inside and nowhere else",
    "copy-against-exclusive": "{a} wants a copy inside, {b} wants the data nowhere else",
    "retention-against-erasure": "{a} wants the data kept, {b} wants them deleted abroad",
    "export-ban-against-localisation": "{a} wants the data inside, {b} does not let them go there",
    "export-ban-against-access": "{a} can reach data held abroad, {b} does not let them go there",
    "onward-ban": "the law of {a} goes with the data and bars a step that {b} leaves open",
    "treaty-tension": "a measure of {a} stands beside a commitment it has given",
}
RESOLUTIONS = {
    "open": "Nothing encoded resolves it.",
    "infeasible": "One record cannot satisfy both; only data that fall under one law alone can be kept lawfully.",
    "split": "It can be met by keeping data apart by where they come from.",
    "mirror": "It can be met by keeping a copy on each side.",
    "agreement": "An agreement lifts the ban for orders made under it.",
    "exception": "An exception may lift the ban.",
    "tension": "This is a possible tension, not a breach.",
}
VERDICT_WORDS = {
    "compatible": "Compatible: data may go both ways with safeguards at most, however the open facts turn out.",
    "conditional": "Conditional: data may go both ways, on conditions or depending on facts not stated.",
    "one-way": "One-way: data may go one way and not the other.",
    "conflicting": "Conflicting: the two laws cannot both be kept for these data as things stand.",
    "unknown": "Unknown: the law of at least one side has not been encoded for these data on this day.",
}


def articles(one: Rule | Membership) -> str:
    """Return the articles of a statement."""
    return "; ".join(c.article for c in one.citations)


def cited(one: Rule | Membership) -> str:
    """Return a statement with its articles."""
    label = one.label if isinstance(one, Rule) else v.local(one.iri)
    found = articles(one)
    return f"{label} ({found})" if found else label


def _named(book: RuleBook, iris: Iterable[str]) -> str:
    return ", ".join(explain.label_of(book, iri) for iri in iris)


def clash(book: RuleBook, one: Clash) -> str:
    """Return a conflict in sentences: who wants what, the data they meet on, both articles, and the way out."""
    between = {name: place(book, rule.order) for name, rule in (("a", one.first), ("b", one.second))}
    scope = _named(book, one.data)
    for more in (one.sectors, one.purposes):
        if more:
            scope += f"; {_named(book, more)}"
    when = "" if one.now else f" where {explain.condition(book, one.condition) or 'other facts hold'}"
    by = f" {'; '.join(map(cited, one.lifts))}." if one.lifts else ""
    return (
        f"{KIND_WORDS[one.kind].format(**between)} "
        f"({scope}){when}: {cited(one.first)} against {cited(one.second)}. {RESOLUTIONS[one.resolution]}{by}"
    )


def verdict(book: RuleBook, found: Comparison) -> list[str]:
    """Return the verdict on a pair and its reasons in sentences."""
    lines = [VERDICT_WORDS[found.verdict]]
    for kind, about in found.why:
        if isinstance(about, Clash):
            lines.append(clash(book, about))
        elif isinstance(about, Decision):
            lines.append(_direction(book, kind, about))
    return lines


def _direction(book: RuleBook, kind: str, found: Decision) -> str:
    way = f"From {place(book, found.transfer.origin)} to {place(book, found.transfer.destination)}"
    match kind:
        case "off-scale":
            return f"{way} the answer is {found.status.value}."
        case "prohibited":
            bans = [o.rule for o in found.obstacles if o.kind == "prohibition" and o.rule]
            return f"{way} the transfer is prohibited{': ' + cited(bans[0]) if bans else ''}."
        case "worst-case":
            turns = ", ".join(explain.fact_label(book, d) for d in found.deciding[:6])
            open_facts = f"; it turns on: {turns}" if turns else ""
            return f"{way} the status is {found.status.value}, in the worst case {found.worst.value}{open_facts}."
        case _:
            return f"{way} the status is {found.status.value}, in the worst case {found.worst.value}."


def change(book: RuleBook, one: Change, destination: str = "") -> str:
    """Return one change that would lower a level, in words."""
    rule = book.records.rules.get(one.rule)
    name = cited(rule) if rule else ""
    order = place(book, rule.order) if rule else ""
    match one.kind:
        case "ban":
            return f"{order} gives up the prohibition: {name}"
        case "default":
            return f"{order} opens its default: {name}"
        case "listing":
            there = (
                f" {place(book, one.place or destination)}"
                if one.place or destination
                else " the destination"
            )
            return (
                f"{order} puts{there} on the list “{place(book, one.what)}”, so that this route opens: {name}"
            )
        case "fact":
            return f"it holds that {explain.fact_label(book, one.what)}, so that this route opens: {name}"
        case "burden":
            return f"{order} lightens this route to {one.what}: {name}"
        case "membership":
            return f"{place(book, one.place)} joins “{place(book, one.what)}”, which routes of others name"
        case "recognition":
            there = place(book, one.place) if one.place else "the members"
            return f"{order} recognises {there}, as a route ({one.what}) beside: {name}"
        case "deep":
            return "more changes than one or two at once are needed"
        case _:
            return f"the answer is {one.kind}"


def way(book: RuleBook, one: Way, destination: str) -> str:
    """Return a minimal set of changes in one sentence."""
    return f"{one.status.value} if {' and '.join(change(book, c, destination) for c in one.changes)}."


def path(book: RuleBook, one: Path) -> list[str]:
    """Return a chain in sentences, step by step."""
    stops = " → ".join([place(book, one.legs[0].origin), *(place(book, leg.destination) for leg in one.legs)])
    lines = [f"{stops}: {one.status.value}."]
    for leg in one.legs:
        step = f"{place(book, leg.origin)} → {place(book, leg.destination)}: {leg.status.value}"
        if leg.barred_by:
            lines.append(f"{step}, barred by {cited(leg.barred_by.rule)}.")
            continue
        route = next((r for r in leg.decision.routes if r.now), None)
        line = f"{step}{', by ' + cited(route.rule) if route else ''}."
        carried = dict.fromkeys(cited(c.rule) for c in leg.carried if c.origin != leg.origin)
        lines.append(line + (f" Carried along: {'; '.join(carried)}." if carried else ""))
    if one.silent:
        names = ", ".join(place(book, iri) for iri in one.silent)
        lines.append(
            f"No rule of {names} on onward transfer is encoded: that its law lets the data travel on is not known."
        )
    return lines


def island_change(book: RuleBook, one: IslandChange) -> str:
    """Return what happened to an island on a day, with the instruments that did it."""
    day = date.fromordinal(one.day).isoformat()
    others = ", ".join(one.others)
    what = {
        "born": "a new island",
        "gone": "the island is gone",
        "merged": f"{others} went into it",
        "split": f"{others} came out of it",
        "grew": "it grew",
        "shrank": "it shrank",
    }[one.kind]
    moves = [
        f"{word} {', '.join(codes)}" for word, codes in (("in:", one.joined), ("out:", one.left)) if codes
    ]
    causes = dict.fromkeys(
        (articles(c) if c.start == one.day else "; ".join(x.article for x in c.end_citations)) or cited(c)
        for c in one.causes
    )
    by = f" By {'; '.join(list(causes)[:4])}." if causes else ""
    return f"{day}, island {one.island}: {what}{'; ' + '; '.join(moves) if moves else ''}.{by}"
