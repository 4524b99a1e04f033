"""Effects of scenarios as published documents and in sentences; `datarules.whatif` finds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from . import reports, wording
from . import vocab as v
from .builder import Built, Plan
from .explain import place
from .reports import Document
from .required import Step
from .rulebook import RuleBook
from .scenario import Scenario
from .whatif import CASES, Effect, Shift, Tide, counts

ALL = slice(None)
TOLD = 12
"""Most pairs told in sentences."""


def pair_row(before: RuleBook, after: RuleBook, one: Shift) -> Document:
    """Return one pair that changes."""
    known = before.records.jurisdictions
    return {
        "origin": known[one.origin].code,
        "destination": known[one.destination].code,
        "data": v.local(one.category),
        **{case: [a.value, b.value] for case, a, b in zip(CASES, one.before, one.after, strict=True)},
        "route": reports.statement(after, one.route) if one.route else None,
        "obstacle": reports.statement(after, one.obstacle) if one.obstacle else None,
    }


def pair_text(book: RuleBook, after: RuleBook, one: Shift) -> str:
    """Return one pair that changes in a sentence."""
    parts = [
        f"{case} {a.value} → {b.value}"
        for case, a, b in zip(CASES, one.before, one.after, strict=True)
        if a is not b
    ]
    rule = after.records.rules.get(one.route)
    by = f", by {wording.cited(rule)}" if rule and one.before[0] is not one.after[0] else ""
    way = f"{place(book, one.origin)} → {place(book, one.destination)}"
    return f"{way} ({v.local(one.category)}): {', '.join(parts)}{by}."


def text(before: RuleBook, after: RuleBook, found: Effect) -> list[str]:
    """Return an effect in sentences: counts, people, islands, conflicts, then the first pairs."""
    n, day = counts(found), date.fromordinal(found.day).isoformat()
    if not n["changed"]:
        lines = [f"On {day} none of {n['pairs']:,} ordered pairs changes."]
    else:
        lines = [
            f"On {day} {n['changed']:,} of {n['pairs']:,} ordered pairs change: {n['status']:,} in status,"
            f" {n['best']:,} in the best case, {n['worst']:,} in the worst.",
            f"At {found.level.value} or freer {n['opened']:,} open and {n['closed']:,} close.",
        ]
    if found.opened is not None and (found.opened or found.closed):
        lines.append(f"Places with {found.opened:,} people gain a way out, with {found.closed:,} lose one.")
    for one in found.tides:
        lines += _tide_text(one)
    for clashes, said in ((found.arisen, "arise"), (found.gone, "go")):
        if clashes:
            lines.append(f"{len(clashes)} conflicts {said}, among them: {wording.clash(after, clashes[0])}")
    return lines + [pair_text(before, after, one) for one in found.pairs[:TOLD]]


def _tide_text(one: Tide) -> Iterable[str]:
    about = v.local(one.category)
    for whole, parts in one.merged:
        yield f"{len(parts)} islands for {about} merge into one of {len(whole)}."
    for whole, parts in one.split:
        yield f"The island of {len(whole)} for {about} splits into {len(parts)}."
    for codes, said in ((one.joined, "join an island"), (one.left, "stand alone")):
        if codes:
            yield f"For {about}, {', '.join(codes)} now {said}."


def document(
    before: RuleBook, after: RuleBook, scenario: Scenario, found: Effect, about: Document, shown: slice = ALL
) -> Document:
    """Return an effect as published.

    Args:
        before: the law as it is.
        after: the law as imagined.
        scenario: what was imagined.
        found: the effect.
        about: what the document begins with (`datarules.reports.head`).
        shown: which of the pairs to list; all unless given.
    """
    known = before.records.jurisdictions
    return {
        "scenario": summary(scenario),
        **about,
        "level": found.level.value,
        "counts": counts(found),
        "people": None if found.opened is None else {"opened": found.opened, "closed": found.closed},
        "pairs": [pair_row(before, after, one) for one in found.pairs[shown]],
        "islands": [
            {
                "data": v.local(one.category),
                "before": one.before,
                "after": one.after,
                "merged": [{"into": whole, "from": parts} for whole, parts in one.merged],
                "split": [{"from": whole, "into": parts} for whole, parts in one.split],
                "joined": one.joined,
                "left": one.left,
            }
            for one in found.tides
        ],
        "conflicts": {
            "arise": [reports.clash(after, one) for one in found.arisen],
            "go": [reports.clash(before, one) for one in found.gone],
            "compared": found.compared,
        },
        "orders": sorted(known[iri].code for iri in found.orders),
        "text": text(before, after, found),
    }


def summary(scenario: Scenario) -> Document:
    """Return a scenario as lists show it."""
    return {
        "name": scenario.name,
        "title": scenario.title,
        "definition": scenario.definition,
        "from": scenario.start.isoformat(),
        "ends": [v.local(iri) for iri in scenario.ends],
        "data": v.local(scenario.data) if scenario.data else "personal",
        "purpose": v.local(scenario.purpose) if scenario.purpose else "any",
        "sector": v.local(scenario.sector) if scenario.sector else "any",
    }


# -- scenarios that were built


def step_text(before: RuleBook, after: RuleBook, plan: Plan, one: Step) -> str:
    """Return in a sentence what an order would have to do."""
    who = place(before, one.order)
    rule = after.records.rules.get(one.statement)
    about = wording.cited(rule) if rule else ""
    match one.kind:
        case "route" if one.change is not None:
            alone = plan.towards[0] if len(plan.towards) == 1 else ""
            return f"{wording.change(before, replace(one.change, place=alone))}."
        case "list":
            entry = f"could enter the destinations on the list “{place(before, one.what)}”"
            return f"Instead {who} {entry}, so that this route opens: {about}."
        case "open":
            return f"{who} has nothing to change, its law being open: {about}."
        case "law":
            return f"No default of {who} for these data is encoded; it would need a rule of its own."
        case "still-shut" if one.change is not None:
            count = f"{len(one.origins)} origins and {len(one.towards)} destinations"
            return f"Between {count} it stays shut unless {wording.change(after, one.change)}."
        case "shuts":
            return f"This shuts a route of {who}: {about}."
        case "ends":
            ended = before.records.memberships.get(one.statement)
            return f"{who} ends: {wording.cited(ended) if ended else about}."
        case _:
            return f"{who} makes a new act."


def step(before: RuleBook, after: RuleBook, plan: Plan, one: Step) -> Document:
    """Return what an order would have to do, with the statement of law it touches."""
    known = before.records.jurisdictions

    def codes(places: Iterable[str]) -> list[str]:
        return [known[p].code if p in known else v.local(p) for p in places]

    rule = after.records.rules.get(one.statement) or after.records.memberships.get(one.statement)
    return {
        "order": codes([one.order])[0],
        "kind": one.kind,
        "parties": codes(one.parties),
        "class": one.act or None,
        "cost": one.cost,
        "article": wording.articles(rule) if rule else None,
        "statement": reports.statement(after, one.statement) if rule else None,
        "list": v.local(one.what) if one.what else None,
        "origins": codes(one.origins),
        "destinations": codes(one.towards),
        "text": step_text(before, after, plan, one),
    }


def built(
    before: RuleBook, after: RuleBook, made: Built, steps: Sequence[Step], effect: Document
) -> Document:
    """Return a scenario that was built: its Turtle, its effect, and what each party would have to change."""
    plan = made.plan
    known = before.records.jurisdictions
    return {
        "name": plan.name,
        "title": plan.title,
        "kind": plan.kind,
        "parties": [known[p].code for p in plan.parties],
        "towards": [v.local(p) for p in plan.towards],
        "turtle": made.turtle,
        "changes": [step(before, after, plan, one) for one in steps],
        "effect": effect,
    }
