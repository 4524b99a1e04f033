"""What each change of law would open: candidates over every pair of places, each effect decided again.

A change of a rule of one order touches the rows of the places under that order alone, so one copy of the
law can hold one such change for each of many orders at once, and every row is still decided exactly. A list
that names everybody gives every place the entry it would have alone, so one copy decides every entry of a
list; what an entry does is read off the columns of the places it takes in. Situations are decided once for
all copies (`datarules.forge`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt

from . import vocab as v
from .amend import amend
from .forge import Forge
from .matrix import NUMBER, Bytes, Frame
from .model import TRUE, Rule
from .obstacles import Bench, Change
from .outlook import EVERYWHERE, Outlook, outlooks
from .rulebook import DayView, RuleBook
from .verdicts import RANK
from .vocab import SCALE, Action, Status

Grid = npt.NDArray[np.bool_]
Progress = Callable[[int, int], None]
KINDS = ("listing", "recognition", "membership", "burden", "default", "ban")
"""Kinds of change a government can choose; facts are for the parties to bring about."""
LARGEST = 2
"""Most changes looked at together for one pair."""
Joint = tuple[int, int]


@dataclass(slots=True)
class Effects:
    """Every candidate, and what it opens or closes.

    Attributes:
        frame: places, one category, purpose, sector and facts.
        day: ordinal of the day.
        level: the level wanted.
        status: uint8 (places, places), numbers of `matrix.STATUSES`, as the law stands.
        candidates: the changes, by number.
        openers: ordered pair (row, column) → changes that open it alone.
        joint: ordered pair → pairs of changes that open it together and not alone.
        closers: ordered pair, open today → changes that would close it.
    """

    frame: Frame
    day: int
    level: Status
    status: Bytes
    candidates: list[Change] = field(default_factory=list)
    openers: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    joint: dict[tuple[int, int], list[Joint]] = field(default_factory=dict)
    closers: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    @property
    def open(self) -> Grid:
        """Return where data may go at the level or freer today; true on the diagonal."""
        return np.asarray(self.status <= NUMBER[self.level])


def statuses(
    book: RuleBook, asked: Frame, day: int, forge: Forge, rows: Iterable[int] | None = None
) -> Bytes:
    """Return the status of every ordered pair of a frame of one category, uint8 (places, places).

    Args:
        book: the compiled law.
        asked: the frame; its first category is looked at.
        day: ordinal of the day.
        forge: situations decided before.
        rows: origins to look at; others stay ``unknown``. All unless given.
    """
    view, cell = book.at(day), asked.cells[0]
    column = {place: number for number, place in enumerate(asked.places)}
    found = np.full((len(column), len(column)), NUMBER[Status.UNKNOWN], np.uint8)
    chosen = range(len(column)) if rows is None else sorted(set(rows))
    known: dict[int, Bytes] = {}
    for origin, outlook in outlooks(view, forge, [asked.places[n] for n in chosen]):
        row = known.get(id(outlook))
        if row is None:
            row = known[id(outlook)] = np.full(len(column), NUMBER[Status.UNKNOWN], np.uint8)
            for one in outlook.classes:
                there = [column[place] for place in one.places if place in column]
                if there:
                    row[there] = NUMBER[outlook.status(one, cell)]
        found[column[origin]] = row
    for number in chosen:
        found[number, number] = NUMBER[Status.INTERNAL]
    return found


class _Survey:
    """The making of `Effects`."""

    def __init__(self, book: RuleBook, asked: Frame, day: int, level: Status, kinds: Sequence[str]) -> None:
        self.book, self.day, self.kinds = book, day, kinds
        self.view: DayView = book.at(day)
        self.forge = Forge(book, dict(asked.facts))
        self.found = Effects(asked, day, level, statuses(book, asked, day, self.forge))
        self.base = self.found.open
        self.column = {place: number for number, place in enumerate(asked.places)}
        self.number: dict[Change, int] = {}
        self.rules: dict[Change, None] = {}
        self.lists: dict[str, str] = {}
        self.pairs: list[tuple[list[int], list[int], list[tuple[Change, ...]]]] = []
        self.schemes = schemes(book)

    # -- candidates

    def look(self) -> Iterator[tuple[int, int]]:
        """Collect the changes that could matter, from the ways down of every class of closed pairs."""
        places = self.found.frame.places
        cell, level = self.found.frame.cells[0], self.found.level
        origins: dict[int, tuple[Outlook, list[int]]] = {}
        for origin, outlook in outlooks(self.view, self.forge, places):
            origins.setdefault(id(outlook), (outlook, []))[1].append(self.column[origin])
        for number, (outlook, rows) in enumerate(origins.values()):
            for one in outlook.classes:
                there = [self.column[p] for p in one.places if p in self.column and p != outlook.origin]
                status = outlook.status(one, cell) if there else Status.UNKNOWN
                if status not in SCALE or RANK[status] <= RANK[level]:
                    continue
                facts = dict(self.found.frame.facts)
                bench = Bench(self.view, outlook.origin, places[there[0]], cell, facts)
                ways = bench.ways(level, LARGEST)
                self._take(rows, there, [way.changes for way in ways])
            yield number + 1, len(origins)
        self._schemes()

    def _take(self, rows: list[int], there: list[int], ways: list[tuple[Change, ...]]) -> None:
        used = [way for way in ways if all(change.kind in self.kinds for change in way)]
        for change in (change for way in used for change in way):
            if change.kind == "listing":
                self.lists.setdefault(change.what, change.rule)
            else:
                self.rules[change] = None
        for change in (change for way in ways for change in way):
            shut = change.kind == "default" and not self.book.records.rules[change.rule].destinations
            if shut and "recognition" in self.kinds:
                self.rules[Change("recognition", change.rule, self.recognised)] = None
        self.pairs.append((rows, there, [way for way in used if len(way) == 2]))

    @property
    def recognised(self) -> str:
        """Return the level of a new recognition: that of a recognition, or the level wanted if freer."""
        free = self.found.level in SCALE and RANK[self.found.level] < RANK[Status.RECOGNISED]
        return self.found.level.value if free else Status.RECOGNISED.value

    def _schemes(self) -> None:
        """Look for schemes whose list some route names, so that joining them may open something."""
        if "membership" not in self.kinds:
            return
        for group in self.schemes:
            if group not in self.lists and self._naming(group):
                self.lists[group] = ""

    def _naming(self, group: str) -> list[Rule]:
        """Return the rules in force that a list, or a list it stands on, is named by."""
        above, left = {group}, [group]
        while left:
            for entry in self.view.of_member.get(left.pop(), ()):
                if entry.group not in above:
                    above.add(entry.group)
                    left.append(entry.group)
        return [
            rule
            for action in (Action.TRANSFER, Action.IMPORT)
            for (order, of), rules in list(self.view.rules.items())
            if of is action
            for rule in rules
            if not above.isdisjoint(rule.destinations | rule.not_destinations)
        ]

    # -- effects

    def _rows(self, order: str, action: Action = Action.TRANSFER) -> list[int]:
        """Return the rows that the rules of an order on an action bear on."""
        if action is not Action.TRANSFER:
            return list(range(len(self.column)))
        return [self.column[p] for p in self.view.within().get(order, ()) if p in self.column]

    def batches(self) -> Iterator[list[tuple[Change, list[int]]]]:
        """Yield sets of changes of rules that bear on different rows."""
        left = []
        for change in self.rules:
            rule = self.book.records.rules[change.rule]
            left.append((change, self._rows(rule.order, rule.action)))
        while left:
            taken: set[int] = set()
            batch, rest = [], []
            for change, rows in left:
                if taken.isdisjoint(rows):
                    taken.update(rows)
                    batch.append((change, rows))
                else:
                    rest.append((change, rows))
            yield batch
            left = rest

    def decide_rules(self, batch: list[tuple[Change, list[int]]]) -> None:
        """Decide the rows of a set of changes again."""
        rows = [row for _, own in batch for row in own]
        again = self._again([change for change, _ in batch], rows)
        for change, own in batch:
            if change.kind == "recognition":
                for group in self.schemes:
                    inside = self._inside(group)
                    if len(inside) > 1:
                        self._note(Change("recognition", change.rule, change.what, group), again, own, inside)
            else:
                self._note(change, again, own, range(len(self.column)))

    def _again(self, changes: Sequence[Change], rows: Sequence[int]) -> Grid:
        made = amend(self.book, changes, self.day)
        again = statuses(made, self.found.frame, self.day, self.forge, rows)
        return np.asarray(again <= NUMBER[self.found.level])

    def decide_list(self, group: str, rule: str) -> None:
        """Decide what each entry of a list would do."""
        naming = self._naming(group)
        rows = sorted({row for one in naming for row in self._rows(one.order, one.action)})
        kind = "membership" if group in self.schemes else "listing"
        if kind not in self.kinds:
            return
        rule = "" if kind == "membership" else rule
        alone = any(one.action is Action.IMPORT for one in naming)
        everyone = self._again([Change("membership", "", group)], rows) if not alone else None
        for place in self._entrants(group):
            change = Change(kind, rule, group, place)
            again = self._again([change], rows) if everyone is None else everyone
            self._note(change, again, rows, self._inside(place))

    def _entrants(self, group: str) -> list[str]:
        """Return the places that could be entered: with a column of their own, or a union; not on it yet."""
        there = self.view.taken_in(group)
        known = self.book.records.jurisdictions
        return [p for p in known if (p in self.column or known[p].union) and p not in there]

    def _inside(self, target: str) -> list[int]:
        """Return the columns that a list or larger place takes in without condition."""
        return [
            self.column[place]
            for place, chains in self.view.taken_in(target).items()
            if place in self.column
            and any(all(e.when == TRUE and e.scope == EVERYWHERE for e in chain) for chain in chains)
        ]

    def _note(self, change: Change, again: Grid, rows: Sequence[int], columns: Iterable[int]) -> None:
        """Write down what a change opens and closes within some rows and columns."""
        if not len(rows):
            return
        box = np.ix_(list(rows), list(columns))
        differs = again[box] != self.base[box]
        if not differs.any():
            return
        number = self.number.setdefault(change, len(self.number))
        if number == len(self.found.candidates):
            self.found.candidates.append(change)
        for a, b in np.argwhere(differs).tolist():
            pair = (int(box[0][a, 0]), int(box[1][0, b]))
            into = self.found.closers if self.base[pair] else self.found.openers
            into.setdefault(pair, []).append(number)

    def joints(self) -> None:
        """Write down the pairs of changes that open a pair of places together."""
        for rows, there, ways in self.pairs:
            for way in ways:
                for row in rows:
                    for column in there:
                        self._joint(way, row, column)

    def _joint(self, way: tuple[Change, ...], row: int, column: int) -> None:
        if row == column or self.base[row, column]:
            return
        named = []
        for one in way:
            place = self.found.frame.places[column] if one.kind == "listing" else ""
            kind = "membership" if one.kind == "listing" and one.what in self.schemes else one.kind
            change = Change(kind, "" if kind == "membership" else one.rule, one.what, place)
            number = self.number.setdefault(change, len(self.number))
            if number == len(self.found.candidates):
                self.found.candidates.append(change)
            named.append(number)
        first, second = sorted(named)
        self.found.joint.setdefault((row, column), []).append((first, second))


def schemes(book: RuleBook) -> list[str]:
    """Return the lists that no order keeps for itself: schemes and agreements, which places join."""
    known = book.records.jurisdictions
    return [
        group for group in sorted(book.records.groups) if v.ID + v.local(group).partition("/")[0] not in known
    ]


def survey(
    book: RuleBook,
    asked: Frame,
    day: int,
    level: Status = Status.SAFEGUARDS,
    kinds: Sequence[str] = KINDS,
    progress: Progress | None = None,
) -> Effects:
    """Return every change of law that would open some pair, with every pair it opens, each decided again.

    Args:
        book: the compiled law.
        asked: places, one category, purpose, sector and facts.
        day: ordinal of the day.
        level: the level wanted.
        kinds: kinds of change to look at, of `KINDS`.
        progress: called with steps done and steps in all; what it raises ends the survey.
    """
    made = _Survey(book, asked, day, level, kinds)
    for done, of in made.look():
        if progress:
            progress(done, of * 2)
    batches, lists = list(made.batches()), sorted(made.lists.items())
    steps: list[Callable[[], None]] = [partial(made.decide_rules, batch) for batch in batches]
    steps += [partial(made.decide_list, group, rule) for group, rule in lists]
    for number, step in enumerate(steps):
        step()
        if progress:
            progress(len(steps) + number + 1, len(steps) * 2)
    made.joints()
    return made.found
