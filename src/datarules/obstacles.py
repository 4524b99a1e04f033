"""What stands between two places: the smallest changes of law that bring a transfer down to a level.

A change is one of: a prohibition gone (``ban``), the default of a closed law opened (``default``), a missing
entry on a list that an existing route names (``listing``), a circumstance that a route needs (``fact``,
such as a certificate), or the burden of a route that is open but too heavy (``burden``). A set of changes
is an obstacle where it brings the level down and no smaller part of it does. Every effect comes from
deciding again, never from a proxy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from .model import FALSE, Expr, Rule, Value, all_of, comparisons, negate
from .pairs import Pair
from .rulebook import Cell, DayView
from .situations import Entry, Program, Situation, entries_of
from .verdicts import RANK, combine, order_verdict
from .vocab import SCALE, Action, Burden, Modality, Status, Strength
from .worlds import Space

LARGEST = 3
"""Most changes looked at together."""
LEVEL_BURDEN = {
    Status.FREE: Burden.NoBurden,
    Status.RECOGNISED: Burden.Recognition,
    Status.SAFEGUARDS: Burden.SelfExecuted,
    Status.AUTHORISATION: Burden.PriorApproval,
    Status.DEROGATION: Burden.CaseByCase,
}


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One change of law or of the world.

    Attributes:
        kind: ``ban``, ``default``, ``listing``, ``fact`` or ``burden``.
        rule: IRI of the rule concerned: the prohibition, or the route that would open.
        what: the list (IRI), the fact (name) or the level that is missing; empty for prohibitions.
        place: IRI of the place that a list entry is for; empty for the destination looked at, or for every
            place where the change is made to the law as a whole (`datarules.amend`).
    """

    kind: str
    rule: str
    what: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """A minimal set of changes, and the level reached with it."""

    changes: tuple[Change, ...]
    status: Status


def status_of(profile: Mapping[str, bool], programs: Iterable[Program], given: Mapping[str, Value]) -> Status:
    """Return the status of programs in the one world of the profile and the facts given."""
    programs = list(programs)
    tests = dict.fromkeys(
        t for p in programs for e in (p.reach, p.inside, *(x.when for x in p.entries)) for t in comparisons(e)
    )
    fixed: dict[str, Value] = {t.fact: given.get(t.fact, profile.get(t.fact, 0)) for t in tests}
    space = Space(tests, profile, fixed)
    unmet = frozenset(name for name, value in given.items() if value is False)
    layers = combine([order_verdict(p, space, unmet) for p in programs], space)
    return next(status for status, bits in layers.items() if bits)


class Bench:
    """One transfer on the work bench: its programs, and what they give once changed.

    Args:
        view: the law of the day.
        origin: IRI of the origin.
        destination: IRI of the destination.
        cell: data category, purpose and sector.
        given: facts stated.
    """

    def __init__(
        self,
        view: DayView,
        origin: str,
        destination: str,
        cell: Cell,
        given: Mapping[str, Value] | None = None,
    ) -> None:
        self.view = view
        self.pair = Pair(view, origin, destination)
        self.cell = cell
        self.profile = view.book.profile(cell.sector)
        self.given = dict(given or {})
        self.situation: Situation = self.pair.situation(cell)
        self.status = self.decide(())

    def decide(self, changes: Iterable[Change]) -> Status:
        """Return the status once some changes are made."""
        changes = tuple(changes)
        programs = [self._changed(program, changes) for program in self.situation.programs]
        given = dict(self.given)
        given.update((c.what, True) for c in changes if c.kind == "fact")
        return status_of(self.profile, programs, given)

    def _changed(self, program: Program, changes: tuple[Change, ...]) -> Program:
        gone = {c.rule for c in changes if c.kind == "ban"}
        opened = {c.rule for c in changes if c.kind == "default"}
        lighter = {c.rule: Status(c.what) for c in changes if c.kind == "burden"}
        listed = {c.rule for c in changes if c.kind == "listing"}
        found: list[tuple[Rule, Expr, tuple[()]]] = []
        touched = False
        for entry in program.entries:
            rule = entry.rule
            if rule.iri in gone:
                touched = True
                continue
            if rule.iri in opened:
                rule, touched = replace(rule, modality=Modality.PERMISSION, level=Burden.NoBurden), True
            elif rule.iri in lighter:
                rule = replace(rule, level=LEVEL_BURDEN[lighter[rule.iri]], requires=())
                touched = True
            found.append((rule, entry.when, ()))
        known = {rule.iri for rule, _, _ in found}
        for rule in self.view.ordered(program.order, program.action):
            if rule.iri in listed and rule.iri not in known:
                found.append((rule, self._listed(program, rule), ()))
                touched = True
        if not touched:
            return program
        place = {rule.iri: n for n, rule in enumerate(self.view.ordered(program.order, program.action))}
        found.sort(key=lambda one: place[one[0].iri])
        if gone and not self.view.speaks_without(program.order, self.cell.data, gone):
            program = replace(program, inside=FALSE)
        return replace(program, entries=entries_of([(r, w, ()) for r, w, _ in found]))

    def _listed(self, program: Program, rule: Rule) -> Expr:
        """Return when a rule would bite if its list named the destination."""
        return all_of(program.reach, rule.when, negate(program.inside))

    # -- candidates

    def candidates(self, level: Status) -> list[Change]:
        """Return every single change that could matter for a level."""
        found: dict[Change, None] = {}
        for program in self.situation.programs:
            for entry in program.entries:
                found.update(dict.fromkeys(self._of_entry(entry, level)))
            if program.action is Action.TRANSFER:
                found.update(dict.fromkeys(self._listings(program, level)))
        return list(found)

    def _of_entry(self, entry: Entry, level: Status) -> Iterator[Change]:
        rule = entry.rule
        if rule.modality is Modality.PROHIBITION:
            yield Change("default" if rule.strength is Strength.RESIDUAL else "ban", rule.iri)
            return
        if RANK[SCALE[1 + rule.level]] > RANK[level]:
            yield Change("burden", rule.iri, level.value)
        for test in comparisons(entry.when):
            known = self.view.book.records.facts.get(test.fact)
            stated = self.given.get(test.fact, self.profile.get(test.fact, False))
            if known and known.kind is bool and not stated and test.fact not in self.given:
                yield Change("fact", rule.iri, test.fact)

    def _listings(self, program: Program, level: Status) -> Iterator[Change]:
        known = {entry.rule.iri for entry in program.entries}
        groups = self.view.book.records.groups
        for rule in self.view.ordered(program.order, program.action):
            lists = sorted(rule.destinations & groups.keys())
            if (
                rule.iri not in known
                and not self.pair.leaves_out(rule, self.pair.destination)
                and lists
                and rule.modality is Modality.PERMISSION
                and RANK[SCALE[1 + rule.level]] <= RANK[level]
                and self.view.book.matches(rule.scope, self.cell)
                and self._listed(program, rule) != FALSE
            ):
                for one in lists:
                    yield Change("listing", rule.iri, one)

    def ways(self, level: Status = Status.SAFEGUARDS, largest: int = LARGEST) -> list[Way]:
        """Return every minimal set of changes that brings the status to a level or below, smallest first.

        Args:
            level: the level wanted.
            largest: most changes in a set.

        Returns:
            Nothing where the transfer is at the level already, or where no set of that size does it.
        """
        if self.status in SCALE and RANK[self.status] <= RANK[level]:
            return []
        found: list[Way] = []
        pool = self.candidates(level)
        for size in range(1, largest + 1):
            left = [c for c in pool if not any(w.changes == (c,) for w in found)] if size > 1 else pool
            for chosen in combinations(left, size):
                taken = set(chosen)
                if any(set(way.changes) <= taken for way in found):
                    continue
                status = self.decide(chosen)
                if status in SCALE and RANK[status] <= RANK[level]:
                    found.append(Way(tuple(sorted(chosen)), status))
            if found:
                break
        return sorted(found, key=lambda way: (len(way.changes), RANK[way.status], way.changes))
