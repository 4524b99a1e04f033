"""EU and US: three frameworks, two falls, and what carried data in between."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from engine import DAY, Page, status

from datarules import draw, history, whatif, wording
from datarules import vocab as v
from datarules.asked import read
from datarules.conflicts import between
from datarules.model import Membership, Transfer, comparisons
from datarules.vocab import Status

ONE = timedelta(days=1)
ALWAYS = date.max.toordinal()


def page(page: Page) -> None:
    """Put the study."""
    entries = frameworks(page)
    _question(page, entries)
    _table(page, entries)
    _baseline(page)
    _back(page)
    _conflicts(page)
    _if_it_falls(page, entries)
    _limits(page)


def frameworks(page: Page) -> list[Membership]:
    """Return the entries of the United States on the list of adequate destinations of the Union, by first day."""
    us, listed = page.iri("US"), v.ID + "EU/adequate"
    found = [e for e in page.book.records.memberships.values() if (e.member, e.group) == (us, listed)]
    return sorted((e for e in found if facts(e)), key=lambda e: e.start)


def facts(entry: Membership) -> dict[str, bool]:
    """Return the certificate that an entry asks for, as facts."""
    return {test.fact.replace("-", "_"): True for test in comparisons(entry.when) if "certified" in test.fact}


def _day(ordinal: int) -> date:
    return date.fromordinal(ordinal)


def _ended(entry: Membership) -> bool:
    return entry.end <= DAY.toordinal()


def _question(page: Page, entries: list[Membership]) -> None:
    ended = [e for e in entries if _ended(e)]
    page.say(
        f"Personal data have moved between the European Union and the United States under {len(entries)} successive "
        f"arrangements for certified recipients. What did each one change, for whom, and what was left when one fell?"
    )
    page.claim(
        bool(ended)
        and all(e.end_citations for e in ended)
        and all(a.end <= b.start for a, b in pairwise(entries)),
        f"The graph holds {len(entries)} entries of the United States on the Union's list of adequate destinations "
        f"that are limited to certified recipients; {len(ended)} of them have ended, each by an act of its own; no "
        f"two ever held at once.",
    )


def _table(page: Page, entries: list[Membership]) -> None:
    page.say("## The frameworks, on the days that mattered")
    rows = []
    for entry in entries:
        held = facts(entry)
        start = _day(entry.start)
        before, on = (page.decision("EU", "US", d, **held) for d in (start - ONE, start))
        row = [start.isoformat(), page.cite(entry), status(before), status(on)]
        if _ended(entry):
            end = _day(entry.end)
            fallen = page.decision("EU", "US", end, **held)
            row += [end.isoformat(), page.cite(entry, ended=True), status(fallen)]
        else:
            row += ["in force", "–", "–"]
        rows.append(row)
    head = ("from", "by", "the day before", "that day", "until", "ended by", "the day it fell")
    page.table(head, rows)
    fallen = [page.decision("EU", "US", _day(e.end), **facts(e)) for e in entries if _ended(e)]
    routes = "; ".join(dict.fromkeys(page.route(one) for one in fallen))
    page.claim(
        all(one.status is Status.SAFEGUARDS for one in fallen),
        f"Each fall moved certified recipients one step, not to a standstill: what carried the data on the next day "
        f"was {routes}. The status is that under the baseline profile: a private exporter, ordinary business data, "
        f"every measure open to it. Whether clauses suffice in the single case is a question of fact that the graph "
        f"shows as a duty beside the status, not as a status.",
    )


def _baseline(page: Page) -> None:
    page.say(
        "## Without a certificate", "Most recipients never held one. For them the same years look like this."
    )
    rows = []
    asked = Transfer(
        page.iri("EU"), page.iri("US"), (v.CATEGORY + "personal",), v.ANY_PURPOSE, v.ANY_SECTOR, ()
    )
    last = ""
    for event in history.events(page.book, asked, date(1995, 1, 1)):
        now = event["after"]["status"]
        if now != last and date.fromisoformat(event["date"]) <= DAY:
            new = page.decision("EU", "US", date.fromisoformat(event["date"]))
            rows.append((event["date"], status(new), page.route(new)))
            last = now
    page.table(("from", "EU → US", "freest open route"), rows)
    asked_pair = read(page.book, DAY, places={"first": "EU", "second": "US"}, one=True)
    caption = "EU and US under the baseline profile, both ways, with the acts that changed the answer"
    page.figure("timeline", draw.pair_timeline(page.study, asked_pair, "svg"), caption)


def _back(page: Page) -> None:
    back = page.decision("US", "EU", DAY)
    page.say(
        "## The way back",
        f"From the United States to the Union the status on {DAY.isoformat()} is {status(back)}: {page.route(back)}. "
        f"The two directions rest on different defaults: one law asks for a ground before data leave, the other for "
        f"none unless a special rule says so.",
    )


def _conflicts(page: Page) -> None:
    view = page.book.at(DAY.toordinal())
    found = [c for c in between(view, page.iri("EU"), page.iri("US")) if c.now and c.kind != "treaty-tension"]
    page.say("## What no framework has settled")
    if not found:
        page.say("On the day of this page no two norms of the two orders are found to bite on the same data.")
        return
    page.say(
        f"{len(found)} pairs of norms of the two orders bite on the same data under the baseline profile, whatever the "
        f"certificate:"
    )
    page.listed(
        f"{wording.KIND_WORDS[c.kind].format(a=page.label(c.first.order), b=page.label(c.second.order))}: "
        f"{page.cite(c.first)} against {page.cite(c.second)}. {wording.RESOLUTIONS[c.resolution]}"
        for c in found[:6]
    )


def _if_it_falls(page: Page, entries: list[Membership]) -> None:
    current = [e for e in entries if not _ended(e)]
    if not current:
        page.say("## If it falls again", "No framework is in force on the day of this page.")
        return
    study = page.study
    after = study.suppose("dpf-falls")
    stated = {name.replace("_", "-"): "yes" for name in facts(current[-1])}
    effect = study.effect(after, study.asked_of(after.scenario, {"facts": stated}), Status.RECOGNISED)
    n = whatif.counts(effect)
    moved = [one for one in effect.pairs if one.before[0] is not one.after[0]]
    mild = [one for one in moved if one.after[0] is Status.SAFEGUARDS]
    page.say(
        "## If it falls again",
        f"The scenario `dpf-falls`, which ships with the data and is imagined, ends the framework of "
        f"{page.cite(current[-1])} and its counterparts on {after.scenario.start.isoformat()}. For certified recipients "
        f"{n['closed']} ordered pairs of jurisdictions then lose recognition and {n['opened']} gain it; "
        f"{len(mild)} of the {len(moved)} pairs whose status changes come to rest at `safeguards`. "
        f"{len(effect.arisen)} conflicts arise and {len(effect.gone)} go.",
    )


def _limits(page: Page) -> None:
    page.say(
        "## What is not said",
        "The graph holds what instruments say and since when. It does not hold how often clauses were used, what "
        "supervisory authorities tolerated between a judgment and its successor, or what the assessment of a single "
        "transfer came to. Before 1998 no transfer law of the Union is encoded: the answer is then `unknown`, not "
        "`free`.",
    )
