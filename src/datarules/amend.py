"""The law as it would be: a copy of a rulebook in which some changes of law hold from a day on.

Changes are those of `datarules.obstacles`, and two more: ``membership`` (a place joins a scheme) and
``recognition`` (a closed law gets a new route that recognises a place, a list or every place). The copy is
asked like any other rulebook, so every effect is decided, never guessed. The base is not touched: records
are frozen, and the copy has dictionaries of its own.

What is changed gets a new name made of the old name and the change, so that equal names stand for equal
statements in every copy: situations decided for one copy (`datarules.forge.Forge`) hold for the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from . import vocab as v
from .errors import InputError, Problem
from .model import FOREVER, TRUE, Membership, Rule, Scope, Value
from .obstacles import LEVEL_BURDEN, Change
from .rulebook import RuleBook
from .vocab import Burden, Evidence, Modality, Status, Strength

KINDS = ("ban", "default", "burden", "listing", "membership", "recognition", "fact")
"""Kinds of change; ``fact`` changes no law (see `stated`)."""
MARK = "~"
"""Stands between the name of a statement and the change made to it."""
RECOGNITION = v.MECHANISM + "recognition"


def stated(changes: Iterable[Change]) -> dict[str, Value]:
    """Return the facts that some changes bring about, by name: what a private act can do."""
    return {change.what: True for change in changes if change.kind == "fact"}


def amend(book: RuleBook, changes: Iterable[Change], day: int) -> RuleBook:
    """Return a copy of the law in which changes hold from a day on.

    Args:
        book: the compiled law, which stays as it is.
        changes: the changes; those of kind ``fact`` are facts to state and are passed over.
        day: ordinal of the day; before it the copy says what the base says.

    Returns:
        The copy. Where no law changes, the base itself.

    Raises:
        InputError: a change names a rule, list or place that is not there on the day.
    """
    law = [change for change in dict.fromkeys(changes) if change.kind != "fact"]
    if not law:
        return book
    draft = _Draft(book, day)
    for change in law:
        draft.check(change)
    if draft.problems:
        raise InputError(*draft.problems)
    draft.make(law)
    return book.with_law(draft.rules, draft.memberships)


class _Draft:
    """Rules and entries being changed."""

    def __init__(self, book: RuleBook, day: int) -> None:
        self.book = book
        self.day = day
        self.rules = dict(book.records.rules)
        self.memberships = dict(book.records.memberships)
        self.problems: list[Problem] = []

    # -- checking

    def check(self, change: Change) -> None:
        """Note what a change names that is not there."""
        records = self.book.records
        groups, places = records.groups, records.jurisdictions
        rule = records.rules.get(change.rule)
        if change.kind not in KINDS:
            self._refuse("kind", change.kind, "There is no such kind of change.", f"Use one of: {KINDS}.")
        if change.kind != "membership" and (rule is None or not rule.in_force(self.day)):
            remedy = "Name a rule in force (datarules rules CODE)."
            self._refuse("rule", change.rule, "No such rule is in force on the day.", remedy)
            return
        if change.kind in ("listing", "membership") and change.what not in groups:
            self._refuse("what", change.what, "There is no such list.", "Name a list of the law.")
        if change.kind in ("burden", "recognition") and change.what not in {s.value for s in LEVEL_BURDEN}:
            self._refuse("what", change.what, "There is no such level.", "Name a level of the scale.")
        if change.place and change.place not in places and change.place not in groups:
            self._refuse("place", change.place, "There is no such place.", "Name a jurisdiction or a list.")
        if change.kind == "recognition" and rule is not None:
            closed = rule.modality is Modality.PROHIBITION and rule.strength is Strength.RESIDUAL
            if not closed or (change.place and rule.destinations):
                remedy = "Name the closed default of an order that covers every destination."
                self._refuse("rule", change.rule, "This rule is no such default.", remedy)

    def _refuse(self, place: str, value: str, reason: str, remedy: str) -> None:
        self.problems.append(Problem(place, v.local(value), reason, remedy))

    # -- making

    def make(self, changes: list[Change]) -> None:
        """Make the changes."""
        recognised: dict[tuple[str, str], set[str]] = {}
        for change in changes:
            match change.kind:
                case "ban":
                    self._end(change.rule)
                case "default":
                    opened = {"modality": Modality.PERMISSION, "level": Burden.NoBurden}
                    self._amended(change.rule, "opened", **opened)
                case "burden":
                    level = LEVEL_BURDEN[Status(change.what)]
                    self._amended(change.rule, change.what, level=level, requires=())
                case "recognition":
                    recognised.setdefault((change.rule, change.what), set()).add(change.place)
                case _:
                    self._enter(change)
        for (iri, wanted), places in sorted(recognised.items()):
            self._recognise(iri, wanted, frozenset() if "" in places else frozenset(places))

    def _end(self, iri: str) -> None:
        self.rules[iri] = replace(self.rules[iri], end=self.day)

    def _amended(self, iri: str, name: str, **changed: object) -> None:
        """End a rule and put its changed version in its place, overridden by whatever overrides it."""
        old = self.rules[iri]
        new = replace(old, iri=f"{iri}{MARK}{name}", start=self.day, **changed)  # type: ignore[arg-type]
        self._end(iri)
        self.rules[new.iri] = new
        self._beaten(new, lambda rule: iri in rule.overrides)

    def _beaten(self, new: Rule, by: object) -> None:
        for iri, rule in list(self.rules.items()):
            if rule.order == new.order and rule.action is new.action and by(rule):  # type: ignore[operator]
                self.rules[iri] = replace(rule, overrides=rule.overrides | {new.iri})

    def _enter(self, change: Change) -> None:
        """Add an entry to a list or scheme: for one place, or for every jurisdiction."""
        for place in [change.place] if change.place else self.book.records.jurisdictions:
            iri = f"{change.what}{MARK}{v.local(place)}"
            self.memberships[iri] = Membership(
                iri=iri,
                member=place,
                group=change.what,
                extension=False,
                scope=Scope(),
                when=TRUE,
                mechanism=None,
                start=self.day,
                end=FOREVER,
                evidence=Evidence.Inferred,
                citations=(),
            )

    def _recognise(self, iri: str, level: str, places: frozenset[str]) -> None:
        """Add a route beside a closed default: same data and circumstances, at a level.

        It bites nowhere else, and gives way to every ban of the order that is no default and to whatever
        overrides the order's present recognition, so that it never raises a status.
        """
        default = self.rules[iri]
        towards = "+".join(sorted(v.local(place) for place in places))
        new = replace(
            default,
            iri=f"{iri}{MARK}recognition-{level}{MARK}{towards}",
            label=f"New recognition beside: {default.label}",
            modality=Modality.PERMISSION,
            strength=Strength.DEFEASIBLE,
            destinations=places or default.destinations,
            requires=(),
            mechanism=self.book.records.mechanisms.get(RECOGNITION),
            overrides=frozenset(),
            start=self.day,
            end=FOREVER,
            level=LEVEL_BURDEN[Status(level)],
        )
        present = {
            rule.iri
            for rule in self.rules.values()
            if rule.order == default.order and rule.modality is Modality.PERMISSION and rule.level == 1
        }

        def stronger(rule: Rule) -> bool:
            ban = rule.modality is Modality.PROHIBITION and rule.strength is not Strength.RESIDUAL
            return ban or not present.isdisjoint(rule.overrides)

        self._beaten(new, stronger)
        self.rules[new.iri] = new
