"""A scenario from plain words: who recognises whom, which mechanism joins them, what ends, what is forbidden.

Words go in (`FIELDS`), a scenario as Turtle comes out (`datarules.overlay`), to be laid over the law like any
other (`datarules.scenario`). A new rule is put where the decision is made: beside the closed default of the
order over a place, which for a member of a union is the union's. Nothing is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from . import ask
from . import vocab as v
from .asked import level_of
from .errors import InputError, Problem, nearest
from .explain import place as place_name
from .obstacles import LEVEL_BURDEN
from .overlay import Draft, Route, write
from .rulebook import DayView, RuleBook
from .scenario import entered
from .vocab import LOCALISATION, Action, Status, Strength

RECOGNITION, END, BAN, LOCALISE = "recognition", "end", "ban", "localisation"
MECHANISMS: dict[str, tuple[str, str]] = {
    "scheme": ("recipient-scheme", "contract-with-safeguards"),
    "certification": ("certification", "certification-obtained"),
    "clauses": ("standard-contract", "standard-contract-concluded"),
    "treaty": ("treaty", "contract-with-safeguards"),
}
"""Kinds of mechanism with members: the kind of route it is, and the measure it takes at ``safeguards``."""
KINDS = (RECOGNITION, *MECHANISMS, END, BAN, LOCALISE)
FIELDS = (
    *("kind", "by", "of", "members", "level", "data", "purpose", "sector"),
    *("where", "ends", "from", "title", "name"),
)
USUAL = {RECOGNITION: Status.RECOGNISED}
"""Level of a new route by kind, where none is named; ``safeguards`` for the others."""
MEASURES = {Status.AUTHORISATION: "authority-approval", Status.DEROGATION: "consent"}
WHERE = {word: action for action, word in LOCALISATION.items()}
ALL = "all"
MOST = 300
"""Most names in one field."""
LONGEST = 200
"""Most characters of a title."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for, read.

    Attributes:
        kind: one of `KINDS`.
        parties: IRIs of the places whose law changes, in the order named; lists unfolded.
        towards: IRIs of places and lists the change is about; empty for every destination.
        orders: party → the orders whose law decides for it, where the new rule goes.
        level: level of the new route; of pairs looked at, where there is none.
        data: IRIs of the data categories.
        purposes: IRIs of the purposes; empty for any.
        sectors: IRIs of the sectors; empty for any.
        where: where data are to be kept, or nothing.
        ends: IRIs of the rules and entries that end.
        start: the first day.
        title: what it is called.
        name: its name in addresses.
    """

    kind: str
    parties: tuple[str, ...]
    towards: tuple[str, ...]
    orders: Mapping[str, tuple[str, ...]]
    level: Status
    data: tuple[str, ...]
    purposes: tuple[str, ...]
    sectors: tuple[str, ...]
    where: Action | None
    ends: tuple[str, ...]
    start: date
    title: str
    name: str

    @property
    def opens(self) -> bool:
        """Say whether the plan adds routes."""
        return self.kind == RECOGNITION or self.kind in MECHANISMS


@dataclass(frozen=True, slots=True)
class Built:
    """A scenario that was built: what was asked for, and the Turtle."""

    plan: Plan
    turtle: str


def build(book: RuleBook, words: Mapping[str, Any], today: date) -> Built:
    """Build a scenario.

    Args:
        book: the law it is to be laid over.
        words: ``kind`` (`KINDS`); ``by``, places or lists whose law changes; ``of``, places or lists it is
            about (every destination unless given); ``members`` of a mechanism, who recognise each other (in
            place of ``by`` and ``of``; with ``by`` only these recognise); ``level`` of the route; ``data``,
            ``purpose``, ``sector``; ``where`` data are to be kept (`WHERE`); ``ends``, rules and entries;
            ``from``, the first day; ``title``; ``name``. Names come as a list or separated by commas; ``all``
            stands for every place.
        today: the day it is built, named as the day its statements were made; the first day is the next one
            unless given.

    Returns:
        Plan and Turtle; the same words on the same day give the same text.

    Raises:
        InputError: with every problem found, each with the nearest name that exists.
    """
    plan = _Reading(book, words, today).plan()
    return Built(plan, write(_draft(book, plan), today))


# -- reading


class _Reading:
    """Words being read; every problem is kept until the end."""

    def __init__(self, book: RuleBook, words: Mapping[str, Any], today: date) -> None:
        self.book = book
        self.question = ask.Question(book)
        self.problems = self.question.problems
        self.words = {name: value for name, value in words.items() if value not in (None, "", [], ())}
        self.today = today
        for name in self.words.keys() - set(FIELDS):
            close = nearest(name, FIELDS, 1)
            remedy = f"Did you mean {close[0]}?" if close else f"The fields are: {', '.join(FIELDS)}."
            self.note(name, name, "There is no such field.", remedy)

    def note(self, place: str, value: str, reason: str, remedy: str) -> None:
        self.problems.append(Problem(place, value[:80], reason, remedy))

    def text(self, name: str, usual: str = "") -> str:
        """Return a field of one word or line."""
        value = self.words.get(name, usual)
        if not isinstance(value, str) or len(value) > LONGEST:
            self.note(
                name, str(value), f"This field is a text of at most {LONGEST} characters.", "Shorten it."
            )
            return usual
        return value.strip()

    def names(self, name: str) -> list[str]:
        """Return a field of several names."""
        given = self.words.get(name, [])
        found = given.split(",") if isinstance(given, str) else given
        if not isinstance(found, list | tuple) or not all(isinstance(one, str) for one in found):
            self.note(name, str(given), "This field is a list of names.", "Give texts, or one with commas.")
            return []
        if len(found) > MOST:
            self.note(name, f"{len(found)} names", "There are too many names.", f"Give at most {MOST}.")
            return []
        return list(dict.fromkeys(one.strip() for one in found if one.strip()))

    def places(self, name: str) -> list[str]:
        """Return IRIs of the places and lists of a field; the class of jurisdictions for ``all``."""
        groups, found = self.book.records.groups, []
        for word in self.names(name):
            if word.casefold() == ALL:
                found.append(v.NS + "Jurisdiction")
            elif ask.jurisdiction(self.book, word) is None and v.ID + word in groups:
                found.append(v.ID + word)
            elif iri := self.question.place(word, name):
                found.append(iri)
        return list(dict.fromkeys(found))

    def unfolded(self, places: Iterable[str], day: date) -> list[str]:
        """Return jurisdictions for places and lists of a day."""
        known, found = self.book.records.jurisdictions, list[str]()
        for iri in places:
            found += [iri] if iri in known else entered(self.book, iri, day.toordinal())
        return list(dict.fromkeys(found))

    def concepts(self, name: str, usual: str) -> tuple[str, ...]:
        """Return the concepts of a scope field."""
        scheme, space, listing = {
            "data": (self.book.records.categories, v.CATEGORY, "categories"),
            "purpose": (self.book.records.purposes, v.PURPOSE, "purposes"),
            "sector": (self.book.records.sectors, v.SECTOR, "sectors"),
        }[name]
        return self.question.concepts(self.names(name) or [usual], name, scheme, space, f"/v1/{listing}")

    def statements(self, name: str) -> tuple[str, ...]:
        """Return the rules and entries of a field, by local name or IRI."""
        records, found = self.book.records, list[str]()
        for word in self.names(name):
            iri = word if word.startswith(v.ID) else v.ID + word
            if iri in records.rules or iri in records.memberships:
                found.append(iri)
                continue
            close = nearest(word, [v.local(one) for one in (*records.rules, *records.memberships)], 2)
            remedy = f"Did you mean {' or '.join(close)}?" if close else "Take the id from an answer."
            self.note(name, word, "There is no rule or entry of this id.", remedy)
        return tuple(found)

    def plan(self) -> Plan:
        """Return what is asked for.

        Raises:
            InputError: with every problem.
        """
        kind = self.text("kind")
        if kind not in KINDS:
            close = nearest(kind, KINDS, 1)
            remedy = f"Did you mean {close[0]}?" if close else f"Use one of: {', '.join(KINDS)}."
            self.note("kind", kind, "There is no such kind of change.", remedy)
        start = ask.day_of(
            self.text("from", (self.today + timedelta(days=1)).isoformat()), "from", self.problems
        )
        start = start or self.today
        by, of, members = (self.places(name) for name in ("by", "of", "members"))
        towards = () if v.NS + "Jurisdiction" in of else tuple(of or members)
        parties = self.unfolded(by or members, start)
        data = self.concepts("data", "personal")
        purposes, sectors = (
            tuple(c for c in self.concepts(name, "any") if c not in (v.ANY_PURPOSE, v.ANY_SECTOR))
            for name in ("purpose", "sector")
        )
        level, where, ends = self.level(kind), self.where(kind), self.statements("ends")
        self.complete(kind, parties, towards, ends)
        if self.problems:
            raise InputError(*self.problems)
        title = self.text("title") or _title(self.book, kind, parties, towards, by or members, ends)
        name = slug(self.text("name") or title)
        orders = {p: self.orders(p, kind, start, data) for p in parties}
        return Plan(
            kind,
            tuple(parties),
            towards,
            orders,
            level,
            data,
            purposes,
            sectors,
            where,
            ends,
            start,
            title,
            name,
        )

    def level(self, kind: str) -> Status:
        """Return the level asked for; a route has one from ``free`` to ``derogation``."""
        try:
            level = level_of(self.text("level") or USUAL.get(kind, Status.SAFEGUARDS).value)
        except InputError as error:
            self.problems += error.problems
            return Status.SAFEGUARDS
        if level not in LEVEL_BURDEN:
            known = ", ".join(s.value for s in LEVEL_BURDEN)
            self.note("level", level.value, "No route has this level.", f"Use one of: {known}.")
        return level

    def where(self, kind: str) -> Action | None:
        """Return where data are to be kept."""
        word = self.text("where", "store-inside" if kind == LOCALISE else "")
        if not word:
            return None
        if word not in WHERE or kind not in (BAN, LOCALISE):
            remedy = f"With ban or localisation, use one of: {', '.join(WHERE)}."
            self.note("where", word, "This does not say where data are to be kept.", remedy)
        return WHERE.get(word)

    def complete(
        self, kind: str, parties: list[str], towards: tuple[str, ...], ends: tuple[str, ...]
    ) -> None:
        """Note what a kind of change needs and does not have."""
        told = {problem.place for problem in self.problems}
        members = kind in MECHANISMS
        wanted = [("ends", ends, "Name rules or entries by id, as answers name them.")] if kind == END else []
        if kind != END and kind in KINDS:
            field_ = "members" if members else "by"
            wanted.append((field_, tuple(parties), "Name places or lists, separated by commas."))
        if kind == RECOGNITION or members:
            remedy = "Name places or lists, or all."
            there = towards or (("all",) if self.words.get("of") else ())
            wanted.append(("members" if members else "of", there, remedy))
        for name, value, remedy in wanted:
            if not value and name not in told:
                self.note(name, "", "This field is missing.", remedy)
                told.add(name)

    def orders(self, place: str, kind: str, start: date, data: tuple[str, ...]) -> tuple[str, ...]:
        """Return the orders a new rule for a place goes to: a ban is the place's own."""
        if kind in (BAN, LOCALISE):
            return (place,)
        return deciding(self.book.at(start.toordinal()), place, data)


def deciding(view: DayView, place: str, data: Iterable[str]) -> tuple[str, ...]:
    """Return the orders that decide for a place on some data: those over it with a general default.

    Where none has one, the place itself.
    """
    data = list(data)
    found = {
        order
        for order, _ in view.orders_of(place)
        for rule in view.rules.get((order, Action.TRANSFER), ())
        if rule.strength is Strength.RESIDUAL
        and not (rule.scope.sectors or rule.scope.purposes)
        and any(view.book.data_matches(rule.scope, one) for one in data)
    }
    return tuple(sorted(found)) or (place,)


def slug(text: str) -> str:
    """Return a name for addresses."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:60].strip("-") or "scenario"


def _named(book: RuleBook, iris: Iterable[str]) -> str:
    shown = [place_name(book, iri) if iri != v.NS + "Jurisdiction" else "every jurisdiction" for iri in iris]
    if len(shown) > 4:
        shown = [*shown[:3], f"{len(shown) - 3} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _title(
    book: RuleBook, kind: str, parties: list[str], towards: Iterable[str], by: list[str], ends: Iterable[str]
) -> str:
    """Return a title for a scenario that was given none."""
    who, whom = _named(book, by), _named(book, towards) or "every destination"
    one = len(parties) == 1
    match kind:
        case "recognition":
            made = f"{who} {'recognises' if one else 'recognise'} {whom}"
        case "end":
            made = f"End of {', '.join(v.local(iri) for iri in ends)}"
        case "ban":
            made = f"{who} {'forbids' if one else 'forbid'} transfers to {whom}"
        case "localisation":
            made = f"{who} {'keeps' if one else 'keep'} data inside"
        case _:
            made = f"New {kind} of {_named(book, towards)}"
    return made[:LONGEST]


# -- what is to be written


def _draft(book: RuleBook, plan: Plan) -> Draft:
    """Return what the file of a plan holds."""
    kind, measure = MECHANISMS.get(plan.kind, ("recognition", "contract-with-safeguards"))
    needed = MEASURES.get(plan.level, measure if plan.level is Status.SAFEGUARDS else "")
    orders = dict.fromkeys(order for party in plan.parties for order in plan.orders[party])
    codes = {iri: book.records.jurisdictions[iri].code for iri in orders}
    route = Route(v.MECHANISM + kind, LEVEL_BURDEN[plan.level].name, needed) if plan.opens else None
    members = plan.towards if plan.kind in MECHANISMS else ()
    return Draft(
        name=plan.name,
        title=plan.title,
        definition=_definition(book, plan),
        start=plan.start,
        data=plan.data,
        purposes=plan.purposes,
        sectors=plan.sectors,
        ends=plan.ends,
        orders=codes,
        route=route,
        banned=plan.kind == BAN,
        where=plan.where,
        towards=() if members else plan.towards,
        members={iri: v.local(iri).replace("/", "-") for iri in members},
    )


def _definition(book: RuleBook, plan: Plan) -> str:
    """Return in a sentence what a plan imagines."""
    who, whom = _named(book, plan.parties), _named(book, plan.towards) or "every destination"
    what = ", ".join(book.records.categories[c].label for c in plan.data)
    for scheme, chosen in (
        (book.records.purposes, plan.purposes),
        (book.records.sectors, plan.sectors),
    ):
        what += "".join(f"; {scheme[one].label}" for one in chosen)
    parts = []
    if plan.opens:
        parts.append(f"The law that decides for {who} lets data ({what}) go to {whom} at {plan.level.value}.")
    if plan.kind == BAN:
        parts.append(f"The law of {who} forbids transfers of data ({what}) to {whom}.")
    if plan.where:
        parts.append(f"The law of {who} demands of data ({what}): {LOCALISATION[plan.where]}.")
    if plan.ends:
        parts.append(f"What ends: {', '.join(v.local(iri) for iri in plan.ends)}.")
    return " ".join(parts)
