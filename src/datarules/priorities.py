"""Which rules cost how much reach, and which single change gains most: by deciding again, never by a proxy.

A transfer that is not open at a level is looked at once for each class of destinations one law treats alike
(`datarules.outlook`); its smallest sets of changes come from `datarules.obstacles`. What a rule costs is the reach
held back by sets it is part of; what it gains alone is the reach of transfers it opens by itself. The changes that gain
most are then put into the law one by one, every pair is decided again, and the gain is what the measure
rises by: that also finds what a list entry does through every other law that looks at the same list.

The measure is Σ s(o) r(d) over the open pairs (o, d): with people shares s and a single r it is the
reach of a place (`datarules.reach`), with people shares on both sides the mean reach over people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from .barriers import LARGEST
from .forge import Forge
from .matrix import Frame, Matrix, Progress, matrix
from .model import FOREVER, TRUE, Membership, Scope
from .obstacles import LEVEL_BURDEN, Bench, Change
from .outlook import Class, Outlook, outlooks
from .reach import Figure, Floats, Grid, figure, grids
from .rulebook import RuleBook
from .verdicts import RANK
from .vocab import SCALE, Burden, Evidence, Modality, Status

LIGHTEST = ("listing", "ban", "burden", "default")
"""Kinds of changes of law by the act they commonly take: an entry on a list, then changes of the statute itself."""
LAW = frozenset(LIGHTEST)
"""Kinds of changes of law; ``fact`` is one of the world, and ``unknown``, ``contested``, ``deep`` are none."""
TRIED = 8
"""Changes put into the law to measure their gain, unless asked otherwise."""
HYPOTHETICAL = "urn:datarules:hypothetical"
Weights = Mapping[str, float]


@dataclass(slots=True)
class Cost:
    """What one rule costs.

    Attributes:
        change: what would lift it; ``unknown``, ``contested`` and ``deep`` as in `datarules.barriers.Barrier`.
        destination: IRI of the destination to be listed, for ``listing``; else empty.
        order: IRI of the legal order whose rule it is, or empty.
        pairs: pairs held back by sets of changes it is part of.
        alone: pairs it opens by itself.
        cost: measure of the former.
        gain: measure of the latter.
        origins: codes of the origins held back.
    """

    change: Change
    destination: str
    order: str
    pairs: int = 0
    alone: int = 0
    cost: float = 0.0
    gain: float = 0.0
    origins: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Trial:
    """A change put into the law: the measure before and after, each with its interval."""

    cost: Cost
    before: Figure
    after: Figure

    @property
    def gain(self) -> float:
        """Return by how much the measure rises under the profile."""
        return self.after.value - self.before.value


@dataclass(frozen=True, slots=True)
class Priorities:
    """What holds reach back, and what would raise it most.

    Attributes:
        inward: rules that keep others' data from a place, most costly first.
        outward: rules that keep a place's data from others, most costly first.
        best: changes of law that raise reach most, each tried, highest gain first.
    """

    inward: tuple[Cost, ...]
    outward: tuple[Cost, ...]
    best: tuple[Trial, ...]


class _Look:
    """Finds the changes that open a class of destinations, each class once."""

    def __init__(self, book: RuleBook, frame: Frame, day: int, level: Status) -> None:
        self.view = book.at(day)
        self.cell = frame.cells[0]
        self.facts = dict(frame.facts)
        self.level = level
        self._known: dict[tuple[int, int], dict[Change, bool]] = {}

    def changes(self, origin: str, outlook: Outlook, one: Class, there: Sequence[str]) -> dict[Change, bool]:
        """Return the changes that are part of a smallest set, each with whether it is enough alone."""
        status = outlook.outcome(one, self.cell).status
        if status in SCALE and RANK[status] <= RANK[self.level]:
            return {}
        if status not in SCALE:
            return {Change(status.value, ""): False}
        key = (id(outlook), one.number)
        if key not in self._known:
            other = next((d for d in there if d != outlook.origin), None)
            pair = (outlook.origin, other) if other else (origin, there[0])
            bench = Bench(self.view, pair[0], pair[1], self.cell, self.facts)
            found: dict[Change, bool] = {}
            for way in bench.ways(self.level, LARGEST):
                for change in way.changes:
                    found[change] = found.get(change, False) or len(way.changes) == 1
            self._known[key] = found or {Change("deep", ""): False}
        return self._known[key]


def costs(
    book: RuleBook,
    frame: Frame,
    day: int,
    level: Status,
    sending: Weights,
    receiving: Weights,
    own: frozenset[tuple[str, str]] = frozenset(),
    progress: Progress | None = None,
) -> list[Cost]:
    """Return what each rule costs, most first.

    Args:
        book: the compiled law.
        frame: one category, purpose and sector, and the facts stated.
        day: ordinal of the day.
        level: pairs at this level or freer are open.
        sending: weights of origins by IRI.
        receiving: weights of destinations by IRI.
        own: pairs that are open whatever the law.
        progress: called with origins done and origins in all.
    """
    known = book.records.jurisdictions
    look = _Look(book, frame, day, level)
    origins = [place for place in frame.places if sending.get(place)]
    forge = Forge(book, dict(frame.facts))
    found: dict[tuple[Change, str], Cost] = {}
    for number, (origin, outlook) in enumerate(outlooks(look.view, forge, origins)):
        for one in outlook.classes:
            there = [d for d in one.places if receiving.get(d) and d != origin and (origin, d) not in own]
            for change, alone in look.changes(origin, outlook, one, there).items() if there else ():
                for targets in [[d] for d in there] if change.kind == "listing" else [there]:
                    destination = targets[0] if change.kind == "listing" else ""
                    cost = found.get((change, destination))
                    if cost is None:
                        rule = book.records.rules.get(change.rule)
                        cost = Cost(change, destination, rule.order if rule else "")
                        found[change, destination] = cost
                    weight = sending[origin] * sum(receiving[d] for d in targets)
                    cost.pairs += len(targets)
                    cost.cost += weight
                    cost.alone += len(targets) if alone else 0
                    cost.gain += weight if alone else 0.0
                    cost.origins.add(known[origin].code)
        if progress:
            progress(number + 1, len(origins))
    return sorted(found.values(), key=lambda c: (-c.cost, -c.gain, c.change, c.destination))


def changed(book: RuleBook, frame: Frame, day: int, cost: Cost) -> tuple[RuleBook, Frame]:
    """Return the law and the frame once a change is made, as `datarules.obstacles` means it; the given book stays.

    Raises:
        ValueError: the kind of the change is none that can be made.
    """
    records, change = book.records, cost.change
    if change.kind == "fact":
        return book, replace(frame, facts=tuple(sorted({**dict(frame.facts), change.what: True}.items())))
    if change.kind not in LAW:
        raise ValueError(f"{change.kind} is no change")
    rule = records.rules[change.rule]
    rules, entries = dict(records.rules), dict(records.memberships)
    if change.kind == "listing":
        entries[HYPOTHETICAL] = Membership(
            iri=HYPOTHETICAL,
            member=cost.destination,
            group=change.what,
            extension=False,
            scope=Scope(),
            when=TRUE,
            mechanism=None,
            start=day,
            end=FOREVER,
            evidence=Evidence.Inferred,
            citations=(),
        )
    elif change.kind == "ban":
        del rules[rule.iri]
    elif change.kind == "default":
        rules[rule.iri] = replace(rule, modality=Modality.PERMISSION, level=Burden.NoBurden)
    else:
        level = LEVEL_BURDEN[Status(change.what)]
        rules[rule.iri] = replace(rule, level=level, requires=())
    return RuleBook(replace(records, rules=rules, memberships=entries), book.release), frame


def _by_gain(one: Cost) -> tuple[float, int, Change, str]:
    kind = one.change.kind
    return -one.gain, LIGHTEST.index(kind) if kind in LIGHTEST else len(LIGHTEST), one.change, one.destination


def _measure(found: Matrix, level: Status, own: Grid, sending: Floats, receiving: Floats) -> Figure:
    open_ = grids(found, found.frame.categories[0], level, own)
    return figure(np.asarray(sending @ open_.astype(np.float64) @ receiving))


def trials(
    book: RuleBook,
    frame: Frame,
    day: int,
    level: Status,
    candidates: Iterable[Cost],
    sending: Weights,
    receiving: Weights,
    own: Grid,
    most: int = TRIED,
    progress: Progress | None = None,
) -> list[Trial]:
    """Try the changes of law that gain most alone, and return them by the gain measured, highest first.

    Of each legal order one change is tried, for one is enough where several open the same transfers: the one that
    gains most, and of equals the lightest act (see `LIGHTEST`).

    Args:
        book: the compiled law.
        frame: all places, one category, purpose and sector, and the facts stated.
        day: ordinal of the day.
        level: pairs at this level or freer are open.
        candidates: see `costs`.
        sending: weights of origins by IRI.
        receiving: weights of destinations by IRI.
        own: bool (origins, destinations): pairs open whatever the law.
        most: how many are tried.
        progress: called with changes tried and changes in all.
    """
    s, r = (np.array([w.get(p, 0.0) for p in frame.places]) for w in (sending, receiving))
    before = _measure(matrix(book, frame, day), level, own, s, r)
    first: dict[str, Cost] = {}
    for one in sorted(candidates, key=_by_gain):
        if one.change.kind in LAW and one.gain > 0:
            first.setdefault(one.order, one)
    chosen = list(first.values())[:most]
    found = []
    for number, cost in enumerate(chosen):
        after_book, after_frame = changed(book, frame, day, cost)
        after = _measure(matrix(after_book, after_frame, day), level, own, s, r)
        found.append(Trial(cost, before, after))
        if progress:
            progress(number + 1, len(chosen))
    return sorted(found, key=lambda t: (-t.gain, t.cost.change, t.cost.destination))


def priorities(
    book: RuleBook,
    frame: Frame,
    day: int,
    level: Status,
    people: Weights,
    places: Weights,
    own: Grid,
    most: int = TRIED,
    progress: Progress | None = None,
) -> Priorities:
    """Return what holds back the reach of some places, and what would raise it most.

    Args:
        book: the compiled law.
        frame: all places, one category, purpose and sector, and the facts stated.
        day: ordinal of the day.
        level: pairs at this level or freer are open.
        people: share of the world's people by IRI.
        places: the places, with weights that add up to one.
        own: bool (origins, destinations): pairs open whatever the law.
        most: how many changes are tried.
        progress: see `costs`.
    """
    pairs = frozenset((frame.places[a], frame.places[b]) for a, b in np.argwhere(own).tolist())
    inward = costs(book, frame, day, level, people, places, pairs, progress)
    outward = costs(book, frame, day, level, places, people, pairs)
    best = trials(book, frame, day, level, inward, people, places, own, most)
    return Priorities(tuple(inward), tuple(outward), tuple(best))
