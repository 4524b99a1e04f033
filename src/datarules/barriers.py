"""The world's obstacles: what keeps data in, by pairs of places and by people, over every pair of a day.

Each class of pairs that one law treats alike is looked at once (`datarules.outlook`), and what would bring
it down to a level is found by deciding again (`datarules.obstacles`). A pair counts for each change that is
part of one of its smallest ways down: the counts answer "how many pairs would this change alone, or with
others, open", and are not shares of one whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from .forge import Forge
from .matrix import Frame
from .model import Rule
from .obstacles import Bench, Change, Way
from .outlook import Class, outlooks
from .rulebook import Cell, RuleBook
from .verdicts import RANK
from .vocab import SCALE, Status

LARGEST = 2
"""Most changes looked at together for one pair; what needs more counts as ``deep``."""
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Barrier:
    """One obstacle of one data category, with the pairs it holds back.

    Attributes:
        category: IRI of the data category.
        kind: ``ban``, ``default``, ``listing``, ``fact``, ``burden``; ``unknown`` where the law of the
            origin is not encoded; ``contested``; ``deep`` where no small set of changes is enough.
        rule: IRI of the rule, or empty.
        what: as in `datarules.obstacles.Change`.
        pairs: ordered pairs it holds back.
        alone: of these, the pairs for which this change alone is enough.
        origins: codes of the origins concerned.
        destinations: codes of the destinations concerned.
        people: people in the origins, each counted once; nothing where no count is given.
    """

    category: str
    kind: str
    rule: str
    what: str
    pairs: int = 0
    alone: int = 0
    origins: set[str] = field(default_factory=set)
    destinations: set[str] = field(default_factory=set)
    people: int | None = None

    def order(self, rules: Mapping[str, Rule]) -> str:
        """Return the IRI of the legal order whose rule it is, or an empty string."""
        return rules[self.rule].order if self.rule else ""


def _ways(
    book: RuleBook, day: int, origin: str, destination: str, cell: Cell, frame: Frame, level: Status
) -> list[Way]:
    bench = Bench(book.at(day), origin, destination, cell, dict(frame.facts))
    return bench.ways(level, LARGEST)


def _changes(status: Status, ways: Iterable[Way]) -> dict[Change, bool]:
    """Return the changes of the ways, each with whether it is enough alone."""
    if status is Status.UNKNOWN or status is Status.CONTESTED:
        return {Change(status.value, ""): False}
    found: dict[Change, bool] = {}
    for way in ways:
        for change in way.changes:
            found[change] = found.get(change, False) or len(way.changes) == 1
    return found or {Change("deep", ""): False}


def barriers(
    book: RuleBook,
    frame: Frame,
    day: int,
    level: Status = Status.SAFEGUARDS,
    people: Mapping[str, int] | None = None,
    progress: Progress | None = None,
) -> list[Barrier]:
    """Return the obstacles between the places of a frame, most pairs first.

    Args:
        book: the compiled law.
        frame: places, categories, purpose, sector and facts.
        day: ordinal of the day.
        level: pairs at this level or freer meet no obstacle.
        people: people by code of place.
        progress: called with origins done and origins in all.
    """
    view = book.at(day)
    code = {iri: book.records.jurisdictions[iri].code for iri in frame.places}
    forge = Forge(book, dict(frame.facts))
    found: dict[tuple[str, Change], Barrier] = {}
    known: dict[tuple[int, int, Cell], tuple[Status, dict[Change, bool]]] = {}
    for number, (origin, outlook) in enumerate(outlooks(view, forge, frame.places)):
        for one in outlook.classes:
            there = [place for place in one.places if place in code and place != origin]
            for cell in frame.cells if there else ():
                key = (id(outlook), one.number, cell)
                if key not in known:
                    known[key] = _look(
                        book, day, outlook.origin, one, cell, frame, level, outlook.outcome(one, cell).status
                    )
                status, changes = known[key]
                if status in SCALE and RANK[status] <= RANK[level]:
                    continue
                for change, alone in changes.items():
                    barrier = found.get((cell.data, change))
                    if barrier is None:
                        barrier = Barrier(cell.data, change.kind, change.rule, change.what)
                        found[cell.data, change] = barrier
                    barrier.pairs += len(there)
                    barrier.alone += len(there) if alone else 0
                    barrier.origins.add(code[origin])
                    barrier.destinations.update(code[place] for place in there)
        if progress:
            progress(number + 1, len(frame.places))
    if people is not None:
        for barrier in found.values():
            barrier.people = sum(people.get(c, 0) for c in barrier.origins)
    return sorted(found.values(), key=lambda b: (b.category, -b.pairs, b.kind, b.rule, b.what))


def _look(
    book: RuleBook, day: int, origin: str, one: Class, cell: Cell, frame: Frame, level: Status, status: Status
) -> tuple[Status, dict[Change, bool]]:
    """Return the status of a class and the changes that would open it."""
    if status in SCALE and RANK[status] <= RANK[level]:
        return status, {}
    away = next((place for place in one.places if place != origin), None)
    if away is None or status not in SCALE:
        return status, _changes(status, ())
    return status, _changes(status, _ways(book, day, origin, away, cell, frame, level))


def by_kind(found: Iterable[Barrier], rules: Mapping[str, Rule]) -> list[Barrier]:
    """Return the obstacles joined by kind and by the kind of mechanism of their rules, most pairs first.

    ``rule`` is then empty and ``what`` the label of the mechanism, or of nothing where there is none.
    Pairs held back by several obstacles of one kind count for each.
    """
    joined: dict[tuple[str, str, str], Barrier] = {}
    for one in found:
        mechanism = rules[one.rule].mechanism if one.rule else None
        what = mechanism.label if mechanism else ""
        key = (one.category, one.kind, what)
        total = joined.setdefault(key, Barrier(one.category, one.kind, "", what))
        total.pairs += one.pairs
        total.alone += one.alone
        total.origins |= one.origins
        total.destinations |= one.destinations
    return sorted(joined.values(), key=lambda b: (b.category, -b.pairs, b.kind, b.what))
