"""Validated dataset → rulebook: the law compiled once, asked by day.

``rulebook.at(day)`` gives the law in force on a day. Law changes only on the days named in the data, so
all days between two changes share one compiled view.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .errors import DataError
from .load import Dataset, ValidDataset
from .model import FOREVER, Coverage, Expr, Membership, Rule, Scope, Value, comparisons
from .precedence import topological
from .reader import Records, narrower_closure, read
from .vocab import Action, Arising, Extent, Modality

Chain = tuple[Membership, ...]
"""Entries that together put a place into an order or a list; all of them must hold."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One exact question: a data category, a purpose and a sector."""

    data: str
    purpose: str
    sector: str

    def beyond(self, asked: Cell) -> tuple[str, ...]:
        """Return the concepts by which this cell is narrower than the one asked about."""
        return tuple(
            getattr(self, axis)
            for axis in ("data", "purpose", "sector")
            if getattr(self, axis) != getattr(asked, axis)
        )


class RuleBook:
    """The compiled law of every day.

    Attributes:
        records: every record by IRI.
        broader: per scheme, each concept with itself and all that is broader.
        baseline: what the baseline profile assumes of each yes/no circumstance, in no particular sector.
        epochs: the days on which some statement starts or ends, ascending (ordinals).
        release: version of the data it was compiled from.
        kept: what answers say of a rule or entry, by IRI, made when first asked for.
        words: the wording of conditions, by identity of the expression, which is kept with it.
    """

    def __init__(self, records: Records, release: str) -> None:
        self.records = records
        self.release = release
        self.broader: dict[str, frozenset[str]] = {}
        for scheme in (records.categories, records.purposes, records.sectors):
            self.broader.update(narrower_closure(scheme.values()))
        self.baseline = {f.name: f.baseline for f in records.facts.values() if f.kind is bool}
        self._profiles: dict[str, Mapping[str, bool]] = {}
        days = {0}
        dated: list[Rule | Membership | Coverage] = [*records.rules.values(), *records.coverages.values()]
        dated += records.memberships.values()
        for statement in dated:
            days.update(d for d in (statement.start, statement.end) if d < FOREVER)
        self.epochs = sorted(days)
        self.ended: dict[str, list[Membership]] = defaultdict(list)
        for entry in records.memberships.values():
            if entry.end < FOREVER and entry.end_citations:
                self.ended[entry.group].append(entry)
        self.kept: dict[str, dict[str, Any]] = {}
        self.words: dict[int, tuple[Expr, str]] = {}
        self._views: dict[int, DayView] = {}
        self._weight = 0
        self.by_code = {j.code: j for j in records.jurisdictions.values()}
        self._steps: dict[str, list[int]] | None = None

    def __reduce__(self) -> tuple[type[RuleBook], tuple[Records, str]]:
        """Pickle the records alone: what is kept is made anew, and may be changing while others are answered."""
        return type(self), (self.records, self.release)

    @classmethod
    def compile(cls, valid: ValidDataset) -> RuleBook:
        """Compile a validated dataset; no other type is accepted.

        Raises:
            DataError: a statement cannot be read.
        """
        if not isinstance(valid, ValidDataset):
            remedy = "Pass it through datarules.validate first."
            raise DataError.single(
                "rulebook", type(valid).__name__, "Only validated data can decide.", remedy
            )
        return cls(read(valid.dataset), valid.dataset.release)

    @classmethod
    def unchecked(cls, dataset: Dataset) -> RuleBook:
        """Compile without validation, for tests of the decision on small worlds."""
        return cls(read(dataset), dataset.release)

    def with_law(self, rules: dict[str, Rule], memberships: dict[str, Membership]) -> RuleBook:
        """Return a rulebook of other rules and entries over the same places, lists, facts and concepts."""
        return RuleBook(replace(self.records, rules=rules, memberships=memberships), self.release)

    def profile(self, sector: str) -> Mapping[str, bool]:
        """Return what the baseline profile assumes in a sector; `baseline` itself where that is the same."""
        found = self._profiles.get(sector)
        if found is None:
            around = self.broader.get(sector, frozenset())
            more = {f.name: True for f in self.records.facts.values() if not around.isdisjoint(f.assumed_in)}
            found = self._profiles[sector] = {**self.baseline, **more} if more else self.baseline
        return found

    def alike(self, facts: tuple[tuple[str, Value], ...]) -> tuple[tuple[str, Value], ...]:
        """Return facts with each number replaced by the least that no rule or entry tells apart from it.

        The law compares numbers with thresholds alone, so questions that are alike in this have the same
        answer: below, at and above each threshold there is one number that stands for all.
        """
        steps = self._steps
        if steps is None:
            steps = self._steps = self._compared()
        return tuple(
            [
                (name, value)
                if isinstance(value, bool)
                else (
                    name,
                    max(found[bisect_right(found, value) - 1], 0) if (found := steps.get(name)) else 0,
                )
                for name, value in facts
            ]
        )

    def _compared(self) -> dict[str, list[int]]:
        """Return, for each number the law asks about, where the answer to some comparison may change."""
        steps: dict[str, set[int]] = {}
        statements: list[Rule | Membership] = [
            *self.records.rules.values(),
            *self.records.memberships.values(),
        ]
        for statement in statements:
            for test in comparisons(statement.when):
                if not isinstance(test.value, bool):
                    steps.setdefault(test.fact, {0}).update((test.value, test.value + 1))
        return {name: sorted(found) for name, found in steps.items()}

    def at(self, day: int) -> DayView:
        """Return the law in force on a day (an ordinal)."""
        epoch = bisect_right(self.epochs, day) - 1
        view = self._views.get(epoch)
        if view is None:
            view = self._views[epoch] = DayView(self, self.epochs[max(epoch, 0)])
        return view

    def forget(self, day: int) -> None:
        """Drop the view of a day, for walks over many days that look at each once."""
        self._views.pop(bisect_right(self.epochs, day) - 1, None)

    def count(self, view: DayView, weight: int, most: int) -> None:
        """Count bytes more that are remembered; where they are too many, all but the day in hand is forgotten."""
        if self._weight + weight > most:
            self._views = {epoch: one for epoch, one in self._views.items() if one is view}
            view.memo.clear()
            self._weight = 0
        self._weight += weight

    def arising(self, category: str) -> Arising | None:
        """Return where data of a category arise, which narrower categories take over."""
        for one in sorted(self.broader[category], key=lambda c: (-len(self.broader[c]), c)):
            if found := self.records.categories[one].arises:
                return found
        return None

    def matches(self, scope: Scope, cell: Cell) -> bool:
        """Say whether a scope takes in an exact data category, purpose and sector."""
        return (
            self.data_matches(scope, cell.data)
            and self.axis_matches(scope.purposes, cell.purpose)
            and self.axis_matches(scope.sectors, cell.sector)
        )

    def data_matches(self, scope: Scope, category: str) -> bool:
        """Say whether a category lies within the data of a scope."""
        above = self.broader[category]
        return (not scope.data or not scope.data.isdisjoint(above)) and scope.not_data.isdisjoint(above)

    def axis_matches(self, wanted: frozenset[str], concept: str) -> bool:
        """Say whether a purpose or sector is one of those wanted, or narrower."""
        return not wanted or not wanted.isdisjoint(self.broader[concept])


class DayView:
    """The law in force on one day: indexes for the decision, filled as they are asked for."""

    def __init__(self, book: RuleBook, day: int) -> None:
        self.book = book
        self.day = day
        records = book.records
        self.rules: dict[tuple[str, Action], list[Rule]] = defaultdict(list)
        self.commitments: list[Rule] = []
        for rule in records.rules.values():
            if rule.in_force(day):
                if rule.commitment:
                    self.commitments.append(rule)
                else:
                    self.rules[rule.order, rule.action].append(rule)
        self.of_member: dict[str, list[Membership]] = defaultdict(list)
        self.of_group: dict[str, list[Membership]] = defaultdict(list)
        for entry in records.memberships.values():
            if entry.start <= day < entry.end:
                self.of_member[entry.member].append(entry)
                self.of_group[entry.group].append(entry)
        self.coverage: dict[str, list[Coverage]] = defaultdict(list)
        for review in records.coverages.values():
            if review.start <= day < review.end:
                self.coverage[review.order].append(review)
        self._orders: dict[str, list[tuple[str, Chain]]] = {}
        self._covers: dict[tuple[str, str], list[Chain]] = {}
        self._taken_in: dict[str, dict[str, list[Chain]]] = {}
        self._importers = sorted(order for order, action in self.rules if action is Action.IMPORT)
        self._speaks: dict[tuple[str, str], bool] = {}
        self._silenced: dict[tuple[str, ...], frozenset[str]] = {}
        self._within: dict[str, dict[str, list[Chain]]] = {}
        self._ordered: dict[tuple[str, Action], tuple[Rule, ...]] = {}
        self.memo: dict[object, object] = {}

    def ordered(self, order: str, action: Action) -> tuple[Rule, ...]:
        """Return an order's permissions and prohibitions on an action, whatever overrides coming first."""
        found = self._ordered.get((order, action))
        if found is None:
            rules = [r for r in self.rules.get((order, action), ()) if r.modality is not Modality.OBLIGATION]
            found = self._ordered[order, action] = topological(rules)
        return found

    def orders_of(self, place: str) -> list[tuple[str, Chain]]:
        """Return the legal orders whose rules apply in a place, each with the entries that make it so.

        The place itself comes first. An extension brings the rules of one order and goes no further.
        """
        found = self._orders.get(place)
        if found is None:
            found = [(place, ())]
            self._climb(place, (), {place}, found)
            self._orders[place] = found
        return found

    def _climb(self, place: str, chain: Chain, seen: set[str], found: list[tuple[str, Chain]]) -> None:
        for entry in self.of_member[place]:
            if entry.group in self.book.records.jurisdictions and entry.group not in seen:
                found.append((entry.group, (*chain, entry)))
                if not entry.extension:
                    self._climb(entry.group, (*chain, entry), seen | {entry.group}, found)

    def covers(self, target: str, place: str) -> list[Chain]:
        """Return the ways in which a list or larger place takes in a place; empty when it does not."""
        key = (target, place)
        found = self._covers.get(key)
        if found is None:
            found = self._covers[key] = self._find_covers(target, place, frozenset())
        return found

    def speaks(self, order: str, category: str) -> bool:
        """Say whether being in one order together can settle a transfer of some data.

        A state's own law does not see what stays inside the state. A union's does only where the union has
        law on transfers of such data at all: members of an order that is silent on them are as foreign to
        each other as before.
        """
        key = (order, category)
        found = self._speaks.get(key)
        if found is None:
            place = self.book.records.jurisdictions.get(order)
            found = place is None or not place.union or self._has_law(order, category)
            self._speaks[key] = found
        return found

    def silenced(self, category: str, orders: Iterable[str]) -> frozenset[str]:
        """Return the narrower categories on which one of some unions is silent, though it speaks on a wider one."""
        key = (category, *sorted(orders))
        if key not in self._silenced:
            speaking = [order for order in key[1:] if self.speaks(order, category)]
            below = [one for one, above in self.book.broader.items() if category in above]
            silent = (one for one in below if any(not self.speaks(order, one) for order in speaking))
            self._silenced[key] = frozenset(silent)
        return self._silenced[key]

    def speaks_without(self, order: str, category: str, gone: Collection[str]) -> bool:
        """Say the same as `speaks` of a law in which some rules, by IRI, are no more."""
        place = self.book.records.jurisdictions.get(order)
        return place is None or not place.union or self._has_law(order, category, gone)

    def _has_law(self, order: str, category: str, gone: Collection[str] = ()) -> bool:
        broader = self.book.broader
        rules = self.rules.get((order, Action.TRANSFER), ())
        data = [rule.scope.data for rule in rules if rule.iri not in gone]
        data += [
            review.data
            for review in self.coverage.get(order, ())
            if review.extent is Extent.ADDS_NOTHING and review.action is Action.TRANSFER
        ]
        return any(
            not concepts or any(c in broader[category] or category in broader[c] for c in concepts)
            for concepts in data
        )

    def within(self) -> dict[str, dict[str, list[Chain]]]:
        """Return, for each legal order, the places in which its rules apply, with the ways in which."""
        if not self._within:
            for place in self.book.records.jurisdictions:
                for order, chain in self.orders_of(place):
                    self._within.setdefault(order, {}).setdefault(place, []).append(chain)
        return self._within

    def importers(self) -> list[str]:
        """Return the legal orders that have rules on data coming in."""
        return self._importers

    def taken_in(self, target: str) -> dict[str, list[Chain]]:
        """Return every jurisdiction that a list or larger place takes in, each with the ways in which.

        The same as `covers` for each jurisdiction, found by going down from the list once.
        """
        found = self._taken_in.get(target)
        if found is None:
            places = self.book.records.jurisdictions
            found = {target: [()]} if target in places else {}
            self._descend(target, (), {target}, found)
            seen: set[str] = set()
            while unions := self._unions_of(found) - seen:  # a union may be a member of another
                for union in sorted(unions):
                    if union in found or all(m in found for m in self._full_members(union)):
                        seen.add(union)
                        if chains := self.covers(target, union):
                            found[union] = chains
                if not unions & seen:
                    break
            self._taken_in[target] = found
        return found

    def _unions_of(self, places: Iterable[str]) -> set[str]:
        """Return the jurisdictions that have some of these places as members."""
        groups = {e.group for place in places for e in self.of_member.get(place, ()) if not e.extension}
        return groups & self.book.records.jurisdictions.keys()

    def _descend(self, target: str, chain: Chain, seen: set[str], found: dict[str, list[Chain]]) -> None:
        for entry in self.of_group.get(target, ()):
            if entry.extension or entry.member in seen:
                continue
            here = (*chain, entry)
            if entry.member in self.book.records.jurisdictions:
                found.setdefault(entry.member, []).append(here)
            self._descend(entry.member, here, seen | {entry.member}, found)

    def below(self, targets: Iterable[str]) -> set[str]:
        """Return every place and list that stands, directly or not, on one of some lists or larger places."""
        found: set[str] = set()
        left = list(targets)
        while left:
            for entry in self.of_group.get(left.pop(), ()):
                if entry.member not in found:
                    found.add(entry.member)
                    left.append(entry.member)
        return found

    def _find_covers(self, target: str, place: str, seen: frozenset[str]) -> list[Chain]:
        if target == place:
            return [()]
        if target in seen:
            return []
        found: list[Chain] = []
        for entry in self.of_group.get(target, ()):
            if not entry.extension and (entry.member == place or entry.member in self.of_group):
                below = self._find_covers(entry.member, place, seen | {target})
                found += [(entry, *chain) for chain in below]
        if target in self.book.records.groups:
            found += self._covers_all_members(target, place, seen)
        return found

    def _full_members(self, union: str) -> list[str]:
        """Return who is in a union for all data; a territory can be in it for some only."""
        return [e.member for e in self.of_group.get(union, ()) if not e.extension and e.scope == Scope()]

    def _covers_all_members(self, target: str, place: str, seen: frozenset[str]) -> list[Chain]:
        """A list that names every full member of a union covers the union."""
        members = self._full_members(place)
        if place not in self.book.records.jurisdictions or len(members) < 2:
            return []
        joined: list[Membership] = []
        for member in members:
            chains = self._find_covers(target, member, seen | {place})  # not by way of the union itself
            if not chains:
                return []
            joined += chains[0]
        return [tuple(joined)]
