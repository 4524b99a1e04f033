"""Africa: what the Malabo Convention and the AfCFTA do today, and what a data annex would do."""

from __future__ import annotations

import numpy as np
from engine import DAY, Page, interval, shares

from datarules import vocab as v
from datarules import whatif
from datarules.matrix import NUMBER, frame, matrix
from datarules.pictures.plots import Bar, bars
from datarules.reach import Figure
from datarules.rulebook import RuleBook
from datarules.scenario import entered
from datarules.supposing import Supposed
from datarules.vocab import Status

LEVEL = Status.SAFEGUARDS


def page(page: Page) -> None:
    """Put the study."""
    malabo, afcfta = _group(page, "Malabo"), _group(page, "AfCFTA")
    parties, bound = (entered(page.book, g, DAY.toordinal()) for g in (malabo, afcfta))
    after = page.study.suppose("afcfta-data-annex")
    states = sorted(
        {r.order for r in after.book.records.rules.values() if r.iri.startswith(after.scenario.iri + "/")}
    )
    naming = _naming(page, "malabo")
    page.say(
        f"Two instruments of the African Union speak of data across borders. On {DAY.isoformat()} the graph has "
        f"{len(parties)} names on the list “{page.label(malabo)}” and {len(bound)} on “{page.label(afcfta)}”: a protocol "
        f"counts once it is in force for a state. A treaty opens a border only where the law of the exporter names it. "
        f"Does it?"
    )
    _named(page, naming, parties)
    _commitments(page, afcfta)
    _annex(page, after, states)
    page.say(
        "## What is not said",
        "Which protocols a state has ratified is told as far as an official list was read. For several states no "
        "transfer law was found; their answers are `unknown` and count as shut in the value and as open in the upper "
        "end of each interval. Reach says what law leaves open, not what networks carry.",
    )


def _group(page: Page, word: str) -> str:
    """Return the agreement whose local name begins with a word; the shortest such name."""
    names = [g for g in page.book.records.groups if v.local(g).startswith(word)]
    return min(names, key=lambda g: (len(g), g))


def _naming(page: Page, word: str) -> list[str]:
    """Return the rules in force that name a list called by a word, or a list that holds one."""
    book, view = page.book, page.book.at(DAY.toordinal())
    above = {g for g in book.records.groups if word in v.local(g).lower()}
    left = sorted(above)
    while left:
        for entry in view.of_member.get(left.pop(), ()):
            if entry.group not in above and entry.group not in book.records.jurisdictions:
                above.add(entry.group)
                left.append(entry.group)
    rules = [r for r in book.records.rules.values() if r.in_force(DAY.toordinal()) and not r.commitment]
    return sorted(rule.iri for rule in rules if rule.destinations & above)


def _named(page: Page, naming: list[str], parties: list[str]) -> None:
    page.say("## The Malabo Convention in national law")
    rules = page.book.records.rules
    orders = sorted({page.label(rules[iri].order) for iri in naming})
    if not naming:
        page.say("No rule of national law in the graph names the parties to the convention as destinations.")
    else:
        page.say(
            f"{len(naming)} rules of {len(orders)} orders ({', '.join(orders)}) name its parties as destinations, "
            f"by the convention's list or by one of their own:"
        )
        page.table(
            ("order", "rule", "article"),
            [(page.label(rules[iri].order), rules[iri].label, page.cite(rules[iri])) for iri in naming],
        )
    silent = [p for p in parties if page.label(p) not in orders]
    page.say(
        f"{len(silent)} of the {len(parties)} parties have no such rule in the graph: between them the convention "
        f"binds states, and the answer to an exporter comes from each national law alone."
    )


def _commitments(page: Page, afcfta: str) -> None:
    day = DAY.toordinal()
    found = [c for c in page.book.at(day).commitments if v.local(c.order).startswith("AfCFTA")]
    pending = [
        r
        for r in page.book.records.rules.values()
        if r.commitment and v.local(r.order).startswith("AfCFTA") and r not in found
    ]
    page.say(
        "## The AfCFTA",
        f"Of commitments on data under the agreement {len(found)} are in force and {len(pending)} are encoded that "
        f"are not in force on this day. A commitment between states never changes the status of a transfer; it can stand "
        f"in tension with a measure.",
    )
    page.listed(f"{one.label} ({page.cite(one)})" for one in [*found, *pending][:8])


def _annex(page: Page, after: Supposed, states: list[str]) -> None:
    study, book = page.study, page.book
    day = max(DAY, after.scenario.start)
    effect = study.effect(after, study.asked_of(after.scenario, {}), Status.RECOGNISED)
    n = whatif.counts(effect)
    page.say(
        "## If the protocol had a data annex",
        f"The scenario `afcfta-data-annex` (imagined, from {after.scenario.start.isoformat()}, {len(states)} states): "
        f"{after.scenario.definition} "
        f"At `recognised` or freer {n['opened']:,} ordered pairs open and {n['closed']} close; {len(effect.arisen)} "
        f"conflicts arise and {len(effect.gone)} go."
        + (f" Places with {effect.opened:,} people gain a way out." if effect.opened else ""),
    )
    today, then = (_reach(page, one, states, day.toordinal()) for one in (book, after.book))
    page.claim(
        all(then[code].value >= today[code].value - 1e-12 for code in today),
        "No state would reach fewer people within the agreement than today.",
    )
    total = _mean(page, today), _mean(page, then)
    page.say(
        f"For personal data and AI training at `{LEVEL.value}` or freer, the average inhabitant of the area lives where "
        f"builders may use the data of {interval(total[0])} of its people today and {interval(total[1])} under the annex "
        f"(the interval: best and worst case of everything not stated, and unknown pairs shut and open)."
    )
    gained = {code: then[code].value - today[code].value for code in today}
    head = [code for code, gain in shares(gained) if gain > 0][:5]
    if head:
        told = ", ".join(f"{page.label(c)} ({today[c].value:.0%} to {then[c].value:.0%})" for c in head)
        page.say(f"Those who gain most: {told}.")
    drawn = [
        Bar(page.label(code), value, then[code].low, then[code].high, today[code].value)
        for code, value in shares({code: one.value for code, one in then.items()})
    ]
    heading = page.heading(
        "Data reach within the AfCFTA", "personal data, AI training, at safeguards or freer", day
    )
    page.figure(
        "annex",
        bars(heading, drawn, "svg", measure="share of the area's people whose data may come", part="today"),
        "Data reach within the area under the imagined annex; the darker part is today's law",
    )


def _reach(page: Page, book: RuleBook, states: list[str], day: int) -> dict[str, Figure]:
    """Return, for each state with people, the share of the area's people whose data may come there."""
    known, people = book.records.jurisdictions, page.study.inhabitants().counts()
    inside = [p for p in states if known[p].code in people]
    asked = frame(book, [v.CATEGORY + "personal"], inside, v.PURPOSE + "ai-training")
    found = matrix(book, asked, day)
    codes = [known[p].code for p in asked.places]
    weights = np.array([people[c] for c in codes], float) / sum(people[c] for c in codes)
    level, unknown = NUMBER[LEVEL], NUMBER[Status.UNKNOWN]

    def share(grid: np.ndarray, also: bool = False) -> np.ndarray:
        open_ = (grid[0] <= level) | (also & (grid[0] == unknown))
        np.fill_diagonal(open_, True)
        made: np.ndarray = weights @ open_
        return made

    variants = [
        share(found.status), share(found.best), share(found.worst),
        share(found.status, True), share(found.best, True), share(found.worst, True),
    ]  # fmt: skip
    return {
        code: Figure(
            *(float(one[n]) for one in variants[:4]),
            min(float(x[n]) for x in variants),
            max(float(x[n]) for x in variants),
        )
        for n, code in enumerate(codes)
    }


def _mean(page: Page, found: dict[str, Figure]) -> Figure:
    people = page.study.inhabitants().counts()
    total = sum(people[c] for c in found)
    names = ("value", "best", "worst", "unknown_open", "low", "high")
    return Figure(
        *(sum(getattr(one, name) * people[c] for c, one in found.items()) / total for name in names)
    )
