"""How much of the law the graph holds: by jurisdiction, and as a share of all pairs that stay unknown.

Everything is derived from the records and from deciding; no clock: the day is an argument. Open questions are
the coverage notes in force that say `Partial` or `NotReviewed` (CONTRIBUTING section 4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from . import matrix as all_pairs
from . import vocab as v
from .checks import ENOUGH, checks, weighs
from .classes import PERSONAL, Law, Openness, defaults, law, openness, orders, reviews
from .islands import places
from .matrix import NONE, UNKNOWN, Matrix, Progress
from .model import Coverage, Membership, Rule
from .rulebook import DayView, RuleBook
from .vocab import Action, Evidence, Extent, Modality

OLD = 365
"""Days after which the reading an answer rests on is old, unless another age is asked for."""
GAPS = {
    "no-law-reviewed": "no law reviewed",
    "not-in-force": "a law is enacted and not in force yet",
    "articles-not-read": "reviewed in part; what the law says on transfers was not read",
    "some-destinations": "a default is stated, and some destinations are left open",
    "no-default": "no default stated",
}
"""Why an origin is unknown."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the graph holds of one jurisdiction.

    Attributes:
        iri: its identifier.
        code: its code.
        label: its name.
        verdict: extent of what is stated of personal data going out (see `verdict`).
        openness: derived class (`datarules.classes.Openness`).
        law: derived class (`datarules.classes.Law`).
        rules: its own rules of all days by level of evidence.
        entries: its own list entries of all days.
        weighty: its rules of weight (`datarules.checks.weighs`) of all days.
        checked: how many of these were checked by two different means; none where law cases were not asked.
        cases: law cases about it; none where they were not counted.
        sourced: share of its rules and entries that are not `Inferred`; none where it has none.
        oldest: oldest reading of what decides personal data going out on the day.
        reviewed: day of the last review.
        questions: coverage notes of its own that leave something open on the day.
        unknown: destinations that stay unknown for personal data.
    """

    iri: str
    code: str
    label: str
    verdict: Extent
    openness: Openness
    law: Law
    rules: dict[Evidence, int]
    entries: int
    weighty: int
    checked: int | None
    cases: int | None
    sourced: float | None
    oldest: date | None
    reviewed: date | None
    questions: tuple[Coverage, ...]
    unknown: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Why an origin stays unknown: a key of `GAPS`, towards how many destinations, and the notes that say so."""

    code: str
    label: str
    kind: str
    destinations: int
    notes: tuple[Coverage, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """The whole: rows by code, pairs of places in all and unknown, and the gaps by code."""

    day: date
    release: str
    rows: tuple[Row, ...]
    pairs: int
    unknown: int
    gaps: tuple[Gap, ...]


def last_review(book: RuleBook) -> date:
    """Return the day of the last review in the graph: the day that documents made from it speak of."""
    days = [j.reviewed_on for j in book.records.jurisdictions.values() if j.reviewed_on]
    return max([*days, *(c.reviewed_on for c in book.records.coverages.values())], default=date.min)


def survey(
    book: RuleBook,
    day: date,
    cases: Mapping[str, int] | None = None,
    progress: Progress | None = None,
    tested: Container[str] | None = None,
) -> Survey:
    """Return what the graph holds on a day.

    Args:
        book: the compiled law.
        day: the day decided on.
        cases: law cases by code, where they are at hand.
        progress: called with origins done and in all.
        tested: identifiers of the statements that law cases put to the test, where they were asked.
    """
    view = book.at(day.toordinal())
    grid = all_pairs.matrix(book, all_pairs.frame(book), day.toordinal(), progress)
    land = set(places(book))
    columns = [n for n, place in enumerate(grid.frame.places) if place in land]
    own: dict[str, list[Rule | Membership]] = {}
    statements: list[Rule | Membership] = [*book.records.rules.values(), *book.records.memberships.values()]
    for one in statements:
        own.setdefault(owner(one), []).append(one)
    rows, gaps = [], []
    for number, place in enumerate(grid.frame.places):
        statuses = [int(grid.status[0, number, column]) for column in columns if column != number]
        row = _row(view, grid, number, statuses, own.get(place, []), cases, tested)
        rows.append(row)
        if row.unknown and place in land:
            gaps.append(_gap(view, row, len(statuses)))
    count = len(land)
    return Survey(
        day, book.release, tuple(rows), count * (count - 1), sum(g.destinations for g in gaps), tuple(gaps)
    )


def owner(one: Rule | Membership) -> str:
    """Return the jurisdiction or agreement in whose file a rule or entry stands, by its name."""
    return v.ID + one.iri.removeprefix(v.ID).split("/")[0]


def _row(
    view: DayView,
    grid: Matrix,
    number: int,
    statuses: list[int],
    own: list[Rule | Membership],
    cases: Mapping[str, int] | None,
    tested: Container[str] | None,
) -> Row:
    place = grid.frame.places[number]
    known = view.book.records.jurisdictions[place]
    reviews = [c for c in view.book.records.coverages.values() if c.order == place]
    days = [c.reviewed_on for c in reviews] + ([known.reviewed_on] if known.reviewed_on else [])
    levels = Counter(one.evidence for one in own if isinstance(one, Rule))
    inferred = sum(one.evidence is Evidence.Inferred for one in own)
    weighty = [one for one in own if isinstance(one, Rule) and weighs(one)]
    checked = None if tested is None else sum(len(checks(one, tested)) >= ENOUGH for one in weighty)
    return Row(
        iri=place,
        code=known.code,
        label=known.label,
        verdict=verdict(view, place),
        openness=openness(statuses),
        law=law(view, place)[0],
        rules={level: levels[level] for level in Evidence},
        entries=sum(isinstance(one, Membership) for one in own),
        weighty=len(weighty),
        checked=checked,
        cases=None if cases is None else cases.get(known.code, 0),
        sourced=1 - inferred / len(own) if own else None,
        oldest=_oldest(view, grid, number),
        reviewed=max(days, default=None),
        questions=tuple(c for c in view.coverage.get(place, ()) if leaves_open(c)),
        unknown=sum(n == UNKNOWN for n in statuses),
    )


def leaves_open(review: Coverage) -> bool:
    """Say whether a coverage note leaves something open."""
    return review.extent in (Extent.PARTIAL, Extent.NOT_REVIEWED)


def verdict(view: DayView, place: str) -> Extent:
    """Return how far personal data going out are covered in a place, from what is in force on the day.

    `Complete`: a default is stated for personal data, with at least one route or itself open (a cited review
    that found no rule counts as an open default), and neither the place nor an order that states these has a
    `NotReviewed` note on the matter. `NotReviewed`: neither default nor route. `Partial`: anything between.
    A `Partial` note does not lower a complete verdict: it is an open question, and stands as one in the row.
    """
    stated = defaults(view, place)
    routes = [
        rule
        for order in orders(view, place)
        for rule in view.rules.get((order, Action.TRANSFER), ())
        if rule.modality is Modality.PERMISSION and view.book.data_matches(rule.scope, PERSONAL.data)
    ]
    notes = reviews(view, place)
    nothing = any(c.extent is Extent.ADDS_NOTHING and c.order == place for c in notes)
    if not (stated or routes or nothing):
        return Extent.NOT_REVIEWED
    telling = {place, *(rule.order for rule in (*stated, *routes))}
    blind = any(c.extent is Extent.NOT_REVIEWED and c.order in telling for c in notes)
    whole = bool(stated and routes) or (nothing and not routes)
    return Extent.COMPLETE if whole and not blind else Extent.PARTIAL


def _oldest(view: DayView, grid: Matrix, number: int) -> date | None:
    """Return the oldest reading among the rules that decide some destination, and the entries of their lists.

    Where no rule decides, the oldest day on which the matter was reviewed.
    """
    named = {int(n) for row in (grid.route, grid.obstacle) for n in row[0, number]} - {NONE}
    rules = [view.book.records.rules[grid.rules[n]] for n in named]
    lists = {group for rule in rules for group in (*rule.destinations, *rule.not_destinations)}
    deciding: list[Rule | Membership] = [
        *rules,
        *(e for group in lists for e in view.of_group.get(group, ())),
    ]
    days = [c.read_on for one in deciding for c in one.citations]
    return min(days or [c.reviewed_on for c in reviews(view, grid.frame.places[number])], default=None)


def _gap(view: DayView, row: Row, destinations: int) -> Gap:
    """Return why an origin is unknown, from its rules of all days and its coverage notes."""
    applying = set(orders(view, row.iri))
    rules = [r for r in view.book.records.rules.values() if r.order in applying]
    coming = [
        r
        for r in rules
        if r.action is Action.TRANSFER
        and (r.pending or r.start > view.day)
        and view.book.data_matches(r.scope, PERSONAL.data)
    ]
    notes = tuple(c for c in reviews(view, row.iri) if leaves_open(c))
    if row.unknown < destinations and defaults(view, row.iri):
        kind = "some-destinations"
    elif not rules and all(c.extent is Extent.NOT_REVIEWED for c in notes):
        kind = "no-law-reviewed"
    elif coming:
        kind = "not-in-force"
    else:
        kind = "articles-not-read" if notes else "no-default"
    return Gap(row.code, row.label, kind, row.unknown, notes)


def stale(found: Survey, today: date, age: int = OLD) -> list[Row]:
    """Return the jurisdictions whose oldest deciding reading is more than some days old, the oldest first.

    Args:
        found: the survey.
        today: the day from which readings age.
        age: days up to which a reading is fresh.
    """
    old = [row for row in found.rows if row.oldest and (today - row.oldest).days > age]
    return sorted(old, key=lambda row: (row.oldest, row.code))


# -- documents


def totals(found: Survey) -> dict[str, Any]:
    """Return the totals of a survey: JSON-ready."""
    rules = Counter[Evidence]()
    for row in found.rows:
        rules.update(row.rules)
    counted = [row.cases for row in found.rows if row.cases is not None]
    checked = [row.checked for row in found.rows if row.checked is not None]
    made = {
        "jurisdictions": len(found.rows),
        "verdicts": _counts((row.verdict.value for row in found.rows), (e.value for e in VERDICTS)),
        "openness": _counts((row.openness.value for row in found.rows), (o.value for o in Openness)),
        "law": _counts((row.law.value for row in found.rows), (one.value for one in Law)),
        "rules": {"all": rules.total(), **{level.name: rules[level] for level in Evidence}},
        "entries": sum(row.entries for row in found.rows),
        "weighty": sum(row.weighty for row in found.rows),
        "open_questions": sum(len(row.questions) for row in found.rows),
        "pairs": found.pairs,
        "unknown_pairs": found.unknown,
        "unknown_share": round(found.unknown / found.pairs, 4) if found.pairs else 0.0,
        "gaps": _counts((gap.kind for gap in found.gaps), GAPS),
    }
    more = {"checked": sum(checked)} if checked else {}
    return {**made, **more, **({"cases": sum(counted)} if counted else {})}


VERDICTS = (Extent.COMPLETE, Extent.PARTIAL, Extent.NOT_REVIEWED)
"""Verdicts a row may have, best first."""


def _counts(values: Iterable[str], words: Iterable[str]) -> dict[str, int]:
    counted = Counter(values)
    return {word: counted[word] for word in words}


def row_document(row: Row) -> dict[str, Any]:
    """Return a row: JSON-ready. ``cases`` and ``checked`` are left out where cases were not counted or asked."""
    made: dict[str, Any] = {
        "code": row.code,
        "label": row.label,
        "verdict": row.verdict.value,
        "openness": row.openness.value,
        "law": row.law.value,
        "rules": {level.name: count for level, count in row.rules.items()},
        "entries": row.entries,
        "weighty": row.weighty,
        "sourced": None if row.sourced is None else round(row.sourced, 4),
        "oldest_reading": row.oldest.isoformat() if row.oldest else None,
        "reviewed_on": row.reviewed.isoformat() if row.reviewed else None,
        "unknown_destinations": row.unknown,
        "open_questions": [_note(c) for c in row.questions],
    }
    counts = {"checked": row.checked, "cases": row.cases}
    return made | {name: n for name, n in counts.items() if n is not None}


def _note(review: Coverage) -> dict[str, Any]:
    return {
        "coverage": v.local(review.iri),
        "action": review.action.value,
        "data": sorted(v.local(d) for d in review.data) or ["any"],
        "extent": review.extent.value,
        "note": review.note,
    }


def document(found: Survey, rows: Iterable[Row] | None = None) -> dict[str, Any]:
    """Return the survey: JSON-ready, with all rows or those given."""
    chosen = found.rows if rows is None else rows
    return {
        "as_of": found.day.isoformat(),
        "release": found.release,
        "totals": totals(found),
        "jurisdictions": [row_document(row) for row in chosen],
        "unknown": [
            {
                "code": gap.code,
                "label": gap.label,
                "kind": gap.kind,
                "reason": GAPS[gap.kind],
                "destinations": gap.destinations,
                "notes": [_note(c) for c in gap.notes],
            }
            for gap in found.gaps
        ],
    }
