"""How the answer to one question changed over the years, and which acts changed it.

Law changes only on the days named in the data, so looking at those days is looking at all of them; and of
those only the days of statements that the question could turn on.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from . import ask, catalogue
from . import vocab as v
from .decide import decide, statements
from .model import Coverage, Decision, Membership, Rule, Transfer
from .rulebook import RuleBook

FIRST_DAY = ask.EARLIEST
"""Where a history starts unless another day is named: the earliest day one may ask about."""
Row = dict[str, Any]


def days(book: RuleBook, transfer: Transfer) -> list[int]:
    """Return the days (ordinals) on which law starts or ends that a transfer could turn on, in order.

    That is: rules and reviews of every group that origin or destination ever belongs to, at first or second
    hand, and entries that make any of these a member of anything. The others name neither.
    """
    records = book.records
    above: dict[str, set[str]] = {}
    for entry in records.memberships.values():
        above.setdefault(entry.member, set()).add(entry.group)
    reached: set[str] = set()
    waiting = [transfer.origin, transfer.destination]
    while waiting:
        if (one := waiting.pop()) not in reached:
            reached.add(one)
            waiting += above.get(one, ())
    dated: list[Rule | Coverage | Membership] = []
    dated += [r for r in records.rules.values() if r.order in reached]
    dated += [c for c in records.coverages.values() if c.order in reached]
    dated += [e for e in records.memberships.values() if e.member in reached]
    found = {day for one in dated for day in (one.start, one.end)}
    return sorted(found & set(book.epochs))


def walk(
    book: RuleBook, transfer: Transfer, first: date, last: date | None = None
) -> Iterator[tuple[date, Decision]]:
    """Yield the decision on ``first`` and on every later day before ``last`` on which its law changed."""
    start, end = first.toordinal(), last.toordinal() if last else None
    for day in (start, *(d for d in days(book, transfer) if d > start and (end is None or d < end))):
        yield date.fromordinal(day), decide(book, transfer, day)


class Periods:
    """Periods of equal status, best and worst, built day by day.

    Attributes:
        rows: ``from``, ``until`` (nothing for the last), ``status``, ``best``, ``worst``.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def add(self, day: date, found: Decision) -> None:
        """Take in the decision of a day; days must come in order."""
        given = {"status": found.status.value, "best": found.best.value, "worst": found.worst.value}
        if self.rows and all(self.rows[-1][key] == value for key, value in given.items()):
            return
        if self.rows:
            self.rows[-1]["until"] = day.isoformat()
        self.rows.append({"from": day.isoformat(), "until": None, **given})


def events(book: RuleBook, transfer: Transfer, first: date, last: date | None = None) -> list[Row]:
    """Return the days on which the answer changed, each with what started or ended and by which act.

    Returns:
        Rows of ``date``, ``before`` and ``after`` (each status, best, worst; ``before`` is nothing on the
        first day) and ``causes`` (rows of `catalogue.changes`, only statements the answers speak of).
    """
    rows: list[Row] = []
    by_day: dict[str, list[Row]] = {}
    for change in catalogue.changes(book, first, last):
        by_day.setdefault(change["date"], []).append(change)
    spoken: set[str] = set()
    state: dict[str, str] | None = None
    for day, found in walk(book, transfer, first, last):
        now = {"status": found.status.value, "best": found.best.value, "worst": found.worst.value}
        names = {v.local(name) for name in statements(found)}
        causes = [
            c
            for c in by_day.get(day.isoformat(), ())
            if c["id"] in (names if c["event"] == "starts" else spoken)
        ]
        if now != state or (causes and names != spoken):
            rows.append({"date": day.isoformat(), "before": state, "after": now, "causes": causes})
        spoken, state = names, now
    return rows
