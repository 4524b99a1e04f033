"""China's provisions of March 2024: which volumes were freed, which were not, and what it did to the pair table."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from engine import Page, interval, status

from datarules import catalogue
from datarules.asked import read
from datarules.matrix import NUMBER, STATUSES, frame, matrix
from datarules.pictures.plots import Bar, bars
from datarules.vocab import Status

OPENED = date(2024, 3, 22)
EVE = OPENED - timedelta(days=1)
VOLUMES = (1_000, 50_000, 500_000, 2_000_000)
DESTINATION = "DE"


def page(page: Page) -> None:
    """Put the study."""
    changes = [c for c in catalogue.changes(page.book, OPENED, OPENED + timedelta(days=1), page.iri("CN"))]
    page.say(
        f"On {OPENED.isoformat()} rules on sending personal data out of mainland China changed. The graph knows "
        f"{sum(c['event'] == 'starts' for c in changes)} statements of Chinese law that start on that day and "
        f"{sum(c['event'] == 'ends' for c in changes)} that end. What became free, and what did not?"
    )
    _volumes(page)
    _sensitive(page)
    _grounds(page)
    _world(page)
    _statements(page, changes)
    page.say(
        "## What is not said",
        "Statuses are those of general law for a private exporter that is no operator of critical infrastructure. "
        "Lists of important data, negative lists of free trade zones and rules of single sectors are asked for by facts "
        "of their own; where they are not stated, the interval of a decision ranges over them. How long a filing takes "
        "in practice, and what an authority accepts, is not in the graph.",
    )


def _volumes(page: Page) -> None:
    page.say(
        "## By volume",
        f"The same transfer from mainland China to {page.label(DESTINATION)}, by the number of persons whose data (not "
        f"sensitive) have been sent since 1 January:",
    )
    rows, freer = [], 0
    for volume in VOLUMES:
        was, now = (
            page.decision("CN", DESTINATION, day, persons_since_1_january=volume, persons_total=volume)
            for day in (EVE, OPENED)
        )
        rows.append((f"{volume:,}", status(was), status(now), page.route(now)))
        freer += NUMBER[now.status] < NUMBER[was.status]
    page.table(("persons", EVE.isoformat(), OPENED.isoformat(), "freest open route since"), rows)
    least = page.decision("CN", DESTINATION, OPENED, persons_since_1_january=VOLUMES[0])
    page.claim(
        least.status is Status.FREE and freer > 0,
        f"Of the {len(VOLUMES)} volumes {freer} became freer overnight. The smallest needs no transfer tool any more: "
        f"{page.route(least)}.",
    )


def _sensitive(page: Page) -> None:
    was, now = (
        page.decision("CN", DESTINATION, day, data="health", sensitive_persons_since_1_january=5_000)
        for day in (EVE, OPENED)
    )
    page.say(
        "## Sensitive data",
        f"Health data of 5,000 persons: {status(was)} before, {status(now)} after, by {page.route(now)}. The opening "
        f"was one of volume; for sensitive data the graph shows "
        f"{'a lighter' if NUMBER[now.status] < NUMBER[was.status] else 'no lighter'} status.",
    )


def _grounds(page: Page) -> None:
    page.say("## By ground", "Large volumes (500,000 persons) that rest on a ground the provisions name:")
    rows = []
    for fact, words in (
        ("necessary_for_contract", "necessary for a contract with the person"),
        ("necessary_for_hr", "necessary for staff"),
        ("data_collected_abroad", "collected abroad and only processed in China"),
    ):
        stated = {fact: True, "persons_since_1_january": 500_000}
        was, now = (page.decision("CN", DESTINATION, day, **stated) for day in (EVE, OPENED))
        rows.append((words, status(was), status(now), page.route(now)))
    page.table(("ground", EVE.isoformat(), OPENED.isoformat(), "freest open route since"), rows)


def _world(page: Page) -> None:
    study, book = page.study, page.book
    cn = page.iri("CN")
    counted: dict[date, Counter[str]] = {}
    for day in (EVE, OPENED):
        asked = frame(book, places=study.places())
        found = matrix(book, asked, day.toordinal())
        row = found.status[0, asked.places.index(cn)]
        counted[day] = Counter(STATUSES[int(n)].value for n in row if STATUSES[int(n)] is not Status.INTERNAL)
    words = sorted(
        set(counted[EVE]) | set(counted[OPENED]), key=lambda w: [s.value for s in STATUSES].index(w)
    )
    page.say(
        "## Every destination", "Small volumes, every destination of the graph, under the baseline profile:"
    )
    rows = [(f"`{w}`", counted[EVE][w], counted[OPENED][w]) for w in words]
    page.table(("status", EVE.isoformat(), OPENED.isoformat()), rows)
    figures = {}
    for day in (EVE, OPENED):
        asked_reach = read(book, day, one=True)
        figures[day] = study.reach(asked_reach, Status.FREE).figures("CN")["outward"]
    page.say(
        f"Weighted by people: builders among {interval(figures[EVE])} of the world's people could use ordinary personal "
        f"data from mainland China without a transfer tool on the eve, {interval(figures[OPENED])} on the day "
        f"(own people count; the interval ranges over everything not stated)."
    )
    drawn = [
        Bar(day.isoformat(), one.value, one.low, one.high, marked=day == OPENED)
        for day, one in figures.items()
    ]
    heading = page.heading(
        "Where personal data may go from mainland China freely", "personal data, small volumes", OPENED
    )
    measure = "share of the world's people living where the data may go without a transfer tool"
    page.figure(
        "outward", bars(heading, drawn, "svg", measure=measure), "The eve and the day, with intervals"
    )


def _statements(page: Page, changes: list[dict[str, str]]) -> None:
    page.say("## The statements behind it")
    rows = []
    for change in changes:
        one = page.statement(change["id"])
        over = change["event"] == "ends" and bool(one.end_citations)
        rows.append((change["event"], change["label"], page.cite(one, ended=over)))
    page.table(("event", "statement", "article (of what ended it, where one is named)"), rows)
    names = ", ".join(sorted({c["id"] for c in changes if c["event"] == "starts"})[:3])
    page.say(
        f"Ask for any of them by its name, such as {names}: `datarules rules CN --date {OPENED.isoformat()}`."
    )
