"""The compiled decision table of a log: each word → a number, each combination of words → its verdicts over time.

A log repeats itself: it has many rows and few combinations of places, data, purpose, sector and facts. Each
field is a small table of words with a number for what they mean; the numbers of a row make one integer, its
*key*. A key leads to a *line*, the course of its verdict over the days of change, and line and period lead
to a verdict. So whoever joins (`datarules.flows`) joins small tables on integers. Numbers of persons and the
like mean only on which sides of the law's thresholds they fall, so they stay few. Verdicts are those of
`datarules.timeline`, and of `datarules.decide` where one row names several categories.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from . import matrix, wording
from . import vocab as v
from .decide import decide
from .flow_beside import NOTHING, Beside, Day, of_decision
from .flow_words import Reading, Words
from .forge import Forge
from .matrix import NONE, STATUSES, Matrix
from .model import Rule, Transfer, Value
from .outlook import Outcome, outlooks
from .rulebook import RuleBook
from .timeline import Turn, turns
from .vocab import Status

Longs = npt.NDArray[np.int64]
Facts = tuple[tuple[str, Value], ...]
Shared = tuple[str, str, Facts]
"""Purpose, sector and facts."""
Progress = Callable[[int, int], None]
MOST_KEYS = 1 << 62


@dataclass(frozen=True, slots=True)
class Verdict(Outcome):
    """One answer, and what stands beside its status without changing it."""

    beside: Beside = NOTHING


@dataclass(slots=True)
class _Lines:
    """Courses of verdicts, each as where it branched off: line, period, verdict."""

    periods: int
    verdicts: dict[Verdict, int] = field(default_factory=dict)
    parents: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    takes: list[int] = field(default_factory=list)
    known: dict[tuple[int, int, int], int] = field(default_factory=dict)

    def branch(self, line: int, period: int, verdict: int) -> int:
        """Return the line that leaves another in a period for a verdict."""
        key = (line, period, verdict)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = len(self.parents)
            self.parents.append(line)
            self.starts.append(period)
            self.takes.append(verdict)
        return found

    def spelled(self, line: int) -> npt.NDArray[np.int32]:
        """Return the number of the verdict in each period."""
        found = np.empty(self.periods, np.int32)
        until = self.periods
        while line != NONE:
            found[self.starts[line] : until] = self.takes[line]
            until, line = self.starts[line], self.parents[line]
        return found


@dataclass(frozen=True, slots=True)
class Table:
    """The compiled decision table of a log.

    Attributes:
        fields: what each column means, in the order of the key.
        keys: int64, the combinations that occur.
        asked: the meaning of each by field, without the day.
        lines: int32, the line of each.
        periods: first ordinal of each period of unchanged law.
        courses: int32 (lines, periods), numbers of verdicts.
        verdicts: the verdicts.
    """

    fields: tuple[Words, ...]
    keys: Longs
    asked: list[dict[str, Any]]
    lines: npt.NDArray[np.int32]
    periods: Longs
    courses: npt.NDArray[np.int32]
    verdicts: tuple[Verdict, ...]

    def lasting(self) -> npt.NDArray[np.int32]:
        """Return the number of the verdict of each combination; `NONE` where it differs between periods."""
        if not len(self.lines):
            return np.zeros(0, np.int32)
        same = (self.courses == self.courses[:, :1]).all(axis=1)
        return np.where(same[self.lines], self.courses[self.lines, 0], NONE).astype(np.int32)

    def places(self) -> Places:
        """Return a place for each verdict of each combination whose verdict differs between periods."""
        ranks, distinct = np.empty_like(self.courses), []
        for line, course in enumerate(self.courses):
            found, ranks[line] = np.unique(course, return_inverse=True)
            distinct.append(found)
        turning = np.flatnonzero(self.lasting() == NONE)
        sizes = np.array([len(found) for found in distinct], np.int64)[self.lines[turning]]
        firsts = np.zeros(len(self.keys), np.int32)
        firsts[turning] = np.cumsum(sizes) - sizes
        parts = [distinct[line] for line in self.lines[turning].tolist()]
        verdicts = np.concatenate(parts) if parts else np.zeros(0, np.int32)
        return Places(firsts, ranks, np.repeat(turning, sizes), verdicts)


class Places(NamedTuple):
    """Dense numbers for the verdicts of combinations, so that rows are counted by position.

    Attributes:
        firsts: int32, the first place of each combination.
        ranks: int32 (lines, periods), how far from it the verdict of a period is.
        owners: int64, the combination of each place.
        verdicts: int32, the number of its verdict.
    """

    firsts: npt.NDArray[np.int32]
    ranks: npt.NDArray[np.int32]
    owners: Longs
    verdicts: npt.NDArray[np.int32]


def strides(fields: Sequence[Words]) -> list[int]:
    """Return by what the number of each field counts in the key."""
    found, step = [], 1
    for one in reversed(fields):
        found.append(step)
        step *= max(1, len(one.meanings))
    if step > MOST_KEYS:
        raise OverflowError("more combinations of words than a key can tell apart")
    return found[::-1]


def periods(book: RuleBook, first: date, last: date) -> Longs:
    """Return the first ordinal of each period of unchanged law between two days, both included."""
    days = [d for d in book.epochs if first.toordinal() < d <= last.toordinal()]
    return np.array([first.toordinal(), *days], np.int64)


def unpacked(reading: Reading, fields: Sequence[Words], keys: Longs) -> list[dict[str, Any]]:
    """Return the meaning of every key, constants included."""
    columns: dict[str, list[Any]] = {}
    for one, step in zip(fields, strides(fields), strict=True):
        columns[one.field] = [one.meanings[n] for n in (keys // step % max(1, len(one.meanings))).tolist()]
    fixed = {key: value for key, value in reading.fixed.items() if key != "date"}
    names = list(columns)
    return [
        fixed | dict(zip(names, row, strict=True))
        for row in (zip(*columns.values(), strict=True) if names else [()] * len(keys))
    ]


class _Course(Protocol):
    """The courses of some combinations, in the making."""

    places: set[str]

    def turn(self, turn: Turn, period: int, duties: Day) -> None:
        """Take in a day of change, with what stands beside on it."""
        ...

    def lines(self) -> npt.NDArray[np.int32]:
        """Return the line of each of the combinations, in the order they were given."""
        ...


class _Framed:
    """Combinations of one category each that share purpose, sector and facts: (place, place, category)."""

    def __init__(
        self, book: RuleBook, made: _Lines, shared: Shared, rows: list[tuple[str, str, str]]
    ) -> None:
        self.book, self.made = book, made
        places = {place for row in rows for place in row[:2]}
        categories = sorted({row[2] for row in rows})
        purpose, sector, facts = shared
        self.frame = matrix.frame(book, categories, places, purpose, sector, dict(facts))
        place = self.column = {iri: n for n, iri in enumerate(self.frame.places)}
        kind = {iri: n for n, iri in enumerate(categories)}
        where = np.array([[kind[c], place[a], place[b]] for a, b, c in rows], np.int64)
        self.where = (where[:, 0], where[:, 1], where[:, 2])
        self.origins, self.places = {row[0] for row in rows}, places
        self.forge = Forge(book, dict(facts))
        self.sheet = matrix.Sheet(self.frame, {})
        self.beside = np.zeros(self.frame.shape, np.int32)
        self.kinds: dict[Beside, int] = {NOTHING: 0}
        self.now, self.found = (np.full(len(rows), NONE, np.int32) for _ in range(2))

    def turn(self, turn: Turn, period: int, duties: Day) -> None:
        """Take in a day of change."""
        touched = [place for place in self.frame.places if place in turn.touched and place in self.origins]
        meeting = duties.meeting(self.origins, self.frame.places).difference(touched)
        if not touched and not meeting:
            return
        self.sheet.fill(outlooks(turn.view, self.forge, touched))
        for origin in touched:
            self._duties(duties, origin, self.frame.places)
        for origin in sorted(meeting):
            self._duties(duties, origin, sorted(duties.moved))
        found = self.sheet.matrix(turn.day, self.book.release)
        packed = _packed(found, self.where) * len(self.kinds) + self.beside[self.where]
        distinct, inverse = np.unique(packed, return_inverse=True)
        known, kinds = self.made.verdicts, list(self.kinds)
        verdicts = []
        for one in distinct.tolist():
            answer, beside = divmod(one, len(kinds))
            verdict = _verdict(found, answer, kinds[beside])
            verdicts.append(known.setdefault(verdict, len(known)))
        numbers = np.array(verdicts, np.int32)[inverse]
        moved = numbers != self.now
        both = self.found[moved].astype(np.int64) * (1 << 31) + numbers[moved]
        pairs, back = np.unique(both, return_inverse=True)
        after = [self.made.branch(one >> 31, period, one & ((1 << 31) - 1)) for one in pairs.tolist()]
        self.found[moved] = np.array(after, np.int32)[back]
        self.now = numbers

    def _duties(self, duties: Day, origin: str, among: Sequence[str]) -> None:
        """Set what stands beside the status of one origin's transfers to some places, itself excepted."""
        row, law = self.column[origin], duties.of(origin)
        others = [place for place in among if place != origin and place in self.column]
        self.beside[:, row, [self.column[place] for place in others]] = 0
        if law.silent:
            return
        for number, cell in enumerate(self.frame.cells):
            for places in law.classes(others, cell):
                for found, held in law.towards(duties, places, cell, self.forge.given):
                    kind = self.kinds.setdefault(found, len(self.kinds))
                    self.beside[number, row, [self.column[place] for place in held]] = kind

    def lines(self) -> npt.NDArray[np.int32]:
        """Return the line of each combination."""
        return self.found


class _Several:
    """One question about several categories."""

    def __init__(self, book: RuleBook, made: _Lines, asked: Transfer) -> None:
        self.book, self.made = book, made
        self.asked = asked
        self.origins, self.places = {asked.origin}, {asked.origin, asked.destination}
        self.line = self.last = NONE

    def turn(self, turn: Turn, period: int, duties: Day) -> None:
        """Take in a day of change."""
        meeting = duties.meeting(self.origins, (self.asked.destination,))
        if self.asked.origin not in turn.touched | meeting:
            return
        found = decide(self.book, self.asked, turn.day)
        route = found.routes[0].rule.iri if found.routes else ""
        rules = [one.rule for one in found.obstacles if one.rule is not None and one.kind != "possible"]
        obstacle = rules[0].iri if rules else ""
        levels = (found.status, found.best, found.worst)
        verdict = Verdict(*levels, route, obstacle, found.capped, of_decision(found))
        number = self.made.verdicts.setdefault(verdict, len(self.made.verdicts))
        if number != self.last:
            self.line, self.last = self.made.branch(self.line, period, number), number

    def lines(self) -> npt.NDArray[np.int32]:
        """Return the line."""
        return np.array([self.line], np.int32)


def compiled(
    reading: Reading, fields: Sequence[Words], keys: Longs, days: Longs, progress: Progress | None = None
) -> Table:
    """Decide every combination that occurs, in every period.

    Args:
        reading: what read the words.
        fields: what the columns mean, in the order of the key.
        keys: the combinations that occur.
        days: first ordinal of each period.
        progress: called with days of change done and days in all.
    """
    book = reading.book
    made = _Lines(len(days))
    frames: dict[Shared, list[tuple[int, tuple[str, str, str]]]] = {}
    courses: list[tuple[_Course, list[int]]] = []
    asked = unpacked(reading, fields, keys)
    for number, row in enumerate(asked):
        facts: Facts = tuple(
            sorted(
                (k.removeprefix("facts."), x)
                for k, x in row.items()
                if k.startswith("facts.") and x is not None
            )
        )
        shared = (row.get("purpose") or v.ANY_PURPOSE, row.get("sector") or v.ANY_SECTOR, facts)
        if len(row["data"]) == 1:
            pair = (row["origin"], row["destination"], row["data"][0])
            frames.setdefault(shared, []).append((number, pair))
        else:
            one = Transfer(row["origin"], row["destination"], row["data"], *shared)
            courses.append((_Several(book, made, one), [number]))
    for shared, rows in frames.items():
        courses.append((_Framed(book, made, shared, [pair for _, pair in rows]), [n for n, _ in rows]))
    places = tuple(sorted({place for course, _ in courses for place in course.places}))
    if courses:
        for turn in turns(book, places, int(days[0]), int(days[-1]) + 1, progress):
            period = int(np.searchsorted(days, turn.day, "right")) - 1
            duties = Day(turn.view, places, turn.touched)
            for course, _ in courses:
                course.turn(turn, period, duties)
    lines = np.empty(len(keys), np.int32)
    for course, numbers in courses:
        lines[numbers] = course.lines()
    used, back = np.unique(lines, return_inverse=True)
    spelled = np.array([made.spelled(line) for line in used.tolist()], np.int32).reshape(len(used), len(days))
    return Table(tuple(fields), keys, asked, back.astype(np.int32), days, spelled, tuple(made.verdicts))


def _packed(found: Matrix, where: tuple[Longs, Longs, Longs]) -> Longs:
    """Return the answer of some cells, each as one integer."""
    rules = len(found.rules) + 1
    packed = found.status[where].astype(np.int64)
    for array, base in ((found.best, 16), (found.worst, 16), (found.capped, 2)):
        packed = packed * base + array[where]
    return (packed * rules + found.route[where] + 1) * rules + found.obstacle[where] + 1


def _verdict(found: Matrix, packed: int, beside: Beside) -> Verdict:
    rules = len(found.rules) + 1
    packed, obstacle = divmod(packed, rules)
    packed, route = divmod(packed, rules)
    packed, capped = divmod(packed, 2)
    packed, worst = divmod(packed, 16)
    status, best = divmod(packed, 16)
    names = ("", *found.rules)
    levels = (STATUSES[status], STATUSES[best], STATUSES[worst])
    return Verdict(*levels, names[route], names[obstacle], bool(capped), beside)


def columns_of(book: RuleBook, verdict: Verdict) -> dict[str, str]:
    """Return the columns that a verdict adds to a row (see `datarules.flow_mapping.ADDED`)."""
    rules = book.records.rules
    route, obstacle = rules.get(verdict.route), rules.get(verdict.obstacle)
    shown: Rule | None = route or obstacle
    parts = []
    if verdict.status is Status.UNKNOWN:
        parts.append("The law has not been encoded for these data on this day.")
    if route is not None:
        parts.append(f"Open: {wording.cited(route)}.")
    if obstacle is not None:
        parts.append(f"In the way: {wording.cited(obstacle)}.")
    if verdict.capped:
        parts.append("Only bounds could be given.")
    return {
        "status": verdict.status.value,
        "best": verdict.best.value,
        "worst": verdict.worst.value,
        "rule": v.local(shown.iri) if shown else "",
        "article": wording.articles(shown) if shown else "",
        "reason": " ".join(parts),
        "localisation": " ".join(map(v.local, verdict.beside.localisation)),
        "duties": " ".join(map(v.local, verdict.beside.duties)),
        "location_clash": verdict.beside.clash,
    }
