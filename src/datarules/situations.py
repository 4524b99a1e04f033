"""What a question comes to once compiled: the programs of the orders in a cell, and what they ask about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .model import Comparison, Coverage, Expr, Membership, Rule, comparisons
from .rulebook import Cell, Chain
from .vocab import Action


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule in a cell: when it bites, which entries of the order's program override it."""

    rule: Rule
    when: Expr
    overridden_by: tuple[int, ...]
    lists: tuple[Membership, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """The rules of one order on one action in a cell, overriding rules before overridden ones."""

    order: str
    action: Action
    reach: Expr
    inside: Expr
    entries: tuple[Entry, ...]
    nothing_added: tuple[Coverage, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """A cell compiled: programs that decide, entries that stand beside, and what each of the two asks about.

    ``tests`` are the comparisons of the programs alone, so that a duty beside the status adds no world to it.
    """

    cell: Cell
    programs: tuple[Program, ...]
    beside: tuple[Entry, ...]
    tests: tuple[Comparison, ...]
    beside_tests: tuple[Comparison, ...]
    measures: frozenset[str]


@dataclass(frozen=True, slots=True)
class Grid:
    """The situations a question takes in, the asked one first.

    ``lines`` holds, for each of data, purpose and sector, the sets of situations (by number) that differ
    on that axis alone.
    """

    situations: tuple[Situation, ...]
    lines: dict[str, tuple[tuple[int, ...], ...]]


def entries_of(found: list[tuple[Rule, Expr, tuple[Membership, ...]]]) -> tuple[Entry, ...]:
    """Make the entries of a program from its rules in order, each with when it bites and by which lists."""
    position = {rule.iri: number for number, (rule, _, _) in enumerate(found)}
    beaten: dict[str, list[int]] = {}
    for number, (rule, _, _) in enumerate(found):
        for iri in rule.overrides:
            if iri in position:
                beaten.setdefault(iri, []).append(number)
    return tuple(Entry(rule, when, tuple(beaten.get(rule.iri, ())), lists) for rule, when, lists in found)


def situation_of(cell: Cell, programs: Iterable[Program], beside: Iterable[Entry] = ()) -> Situation:
    """Make a situation, with the comparisons and measures its programs ask about."""
    programs, beside = tuple(programs), tuple(beside)
    tests = dict.fromkeys(
        t for p in programs for e in (p.reach, p.inside, *(x.when for x in p.entries)) for t in comparisons(e)
    )
    aside = dict.fromkeys(t for e in beside for t in comparisons(e.when))
    measures = frozenset(f for p in programs for e in p.entries for f in e.rule.requires)
    return Situation(cell, programs, beside, tuple(tests), tuple(aside), measures)


def left_out(chains: Iterable[Chain]) -> frozenset[str]:
    """Return the rules of an order that no way into it brings along."""
    ways = [frozenset().union(*(entry.leaves_out for entry in chain)) for chain in chains]
    return frozenset.intersection(*ways) if ways else frozenset()
