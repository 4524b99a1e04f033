"""The norms of one place towards another, and the data on which two norms meet."""

from __future__ import annotations

from collections.abc import Iterable

from . import vocab as v
from .beside import by_treaty
from .model import FALSE, Expr, Rule, Scope, all_of, any_of, negate
from .pairs import Pair
from .rulebook import Cell, DayView, RuleBook
from .vocab import Action, Arising, Modality, Strength


def _common(book: RuleBook, one: frozenset[str], other: frozenset[str]) -> tuple[str, ...] | None:
    """Return the broadest concepts within both of two sets; empty for any; nothing where they do not meet."""
    if not one or not other:
        return tuple(sorted(one or other))
    broader = book.broader
    found = {c for c in one if not other.isdisjoint(broader[c])} | {
        c for c in other if not one.isdisjoint(broader[c])
    }
    return tuple(sorted(c for c in found if (broader[c] - {c}).isdisjoint(found))) or None


def meeting(
    book: RuleBook, one: Scope, other: Scope, territorial: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] | None:
    """Return the data, sectors and purposes under two scopes, or nothing where they do not meet.

    Where both norms are ``territorial`` (each is about data in its own territory), the two laws can claim
    the same record only of a kind both know: not a term of art of one law, not data that by what they are
    belong to one state.
    """
    sectors = _common(book, one.sectors, other.sectors)
    purposes = _common(book, one.purposes, other.purposes)
    if sectors is None or purposes is None:
        return None
    data = broadest(book, within(book, one, other, territorial))
    return (data, sectors, purposes) if data else None


def within(book: RuleBook, one: Scope, other: Scope, territorial: bool = False) -> set[str]:
    """Return every data category under two scopes (see `meeting`)."""
    return {
        c
        for c in book.records.categories
        if book.data_matches(one, c)
        and book.data_matches(other, c)
        and not (territorial and (not c.startswith(v.CATEGORY) or book.arising(c) is Arising.IN_ONE_STATE))
    }


def broadest(book: RuleBook, categories: Iterable[str]) -> tuple[str, ...]:
    """Return the categories that lie within no other of them."""
    found = set(categories)
    return tuple(sorted(c for c in found if (book.broader[c] - {c}).isdisjoint(found)))


class Norms:
    """What one place's own orders say towards another place, on a day.

    Args:
        view: the law of the day.
        here: the place whose norms these are.
        there: the other place. Orders over both are left out: they do not meet themselves.
    """

    def __init__(self, view: DayView, here: str, there: str) -> None:
        self.pair = Pair(view, here, there)
        self.view = view
        self.here = here
        self.there = there
        self.orders = sorted(self.pair.orders.keys() - self.pair.target_orders.keys())
        self._exceptions: dict[str, list[tuple[Rule, Expr]]] = {}

    def bites(self, rule: Rule, cell: Cell) -> Expr:
        """Return when a rule bites here towards there in a cell."""
        if not self.view.book.matches(rule.scope, cell):
            return FALSE
        if not self.pair.reaches(self.pair.orders[rule.order], cell):
            return FALSE
        return self.pair.applies(rule, cell, self.there)[0]

    def _reach(self, rule: Rule) -> Expr:
        """Return when a rule bites here towards there on some data of its scope; not never, if it can."""
        purpose = min(rule.scope.purposes, default=v.ANY_PURPOSE)
        sector = min(rule.scope.sectors, default=v.ANY_SECTOR)
        if not self.by_category(rule):
            return self.bites(rule, Cell(min(rule.scope.data, default=v.ANY_DATA), purpose, sector))
        return any_of(
            *(self.bites(rule, Cell(c, purpose, sector)) for c in self.view.book.records.categories)
        )

    def by_category(self, rule: Rule) -> bool:
        """Say whether it depends on the kind of data when a rule bites: its list, or its reach, is scoped."""
        chains = [*self.pair.orders[rule.order]]
        for target in rule.destinations | rule.not_destinations:
            chains += self.view.covers(target, self.there)
        return any(entry.scope != Scope() for chain in chains for entry in chain)

    def of(self, modality: Modality, *actions: Action) -> list[tuple[Rule, Expr]]:
        """Return the rules of some actions with when each bites, whatever exceptions may say."""
        return [
            (rule, when)
            for order in self.orders
            for action in actions
            for rule in self.view.rules.get((order, action), ())
            if rule.modality is modality and (when := self._reach(rule)) != FALSE
        ]

    def speaks(self, *actions: Action) -> bool:
        """Say whether the own orders have rules on some action at all."""
        return any(self.view.rules.get((order, action)) for order in self.orders for action in actions)

    def agreements(self, place: str) -> frozenset[str]:
        """Return the agreements with commitments that a place is on."""
        key = ("agreements", place)
        found = self.view.memo.get(key)
        if not isinstance(found, frozenset):
            orders = {commitment.order for commitment in self.view.commitments}
            found = self.view.memo[key] = frozenset(o for o in orders if self.view.covers(o, place))
        return found

    def unless(self, rule: Rule, scope: Scope) -> Expr:
        """Return when no exception of the same order takes everything under a scope out of a rule."""
        others = self._exceptions.get(rule.iri)
        if others is None:
            others = self._exceptions[rule.iri] = [
                (other, when)
                for other in self.view.rules.get((rule.order, rule.action), ())
                if rule.iri in other.overrides and (when := self._reach(other)) != FALSE
            ]
        return all_of(
            *(negate(when) for other, when in others if takes_all(self.view.book, other.scope, scope))
        )

    def lifts(self, ban: Rule) -> list[Rule]:
        """Return the permissions that override a blocking rule, treaty routes first."""
        found = [
            rule
            for rule in self.view.rules.get((ban.order, ban.action), ())
            if rule.modality is Modality.PERMISSION
            and ban.iri in rule.overrides
            and self._reach(rule) != FALSE
        ]
        return sorted(found, key=lambda rule: (not by_treaty(rule), rule.iri))

    def bans(self) -> list[tuple[Rule, Expr]]:
        """Return the prohibitions on sending data there that are not the default of a closed law."""
        found = self.of(Modality.PROHIBITION, Action.TRANSFER)
        return [(rule, when) for rule, when in found if rule.strength is not Strength.RESIDUAL]


def takes_all(book: RuleBook, wide: Scope, narrow: Scope) -> bool:
    """Say whether whatever falls under the narrow scope falls under the wide one."""
    if wide.not_data - narrow.not_data or (wide.data and not narrow.data):
        return False
    if any(wide.data.isdisjoint(book.broader[c]) for c in narrow.data if wide.data):
        return False
    for mine, theirs in ((wide.sectors, narrow.sectors), (wide.purposes, narrow.purposes)):
        if mine and (not theirs or any(mine.isdisjoint(book.broader[c]) for c in theirs)):
            return False
    return True
