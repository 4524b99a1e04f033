"""The class of each jurisdiction's law on personal data going out, found by deciding and never by hand.

Published classifications sort states into open, conditional and limited transfers, or into law and no law.
The same two words are derived here from the graph, on a day, so that they can be compared with such tables
row by row. Both look at personal data, for any purpose and sector, under the baseline profile.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from . import vocab as v
from .matrix import CONTESTED, INTERNAL, NUMBER
from .model import Coverage, Rule
from .rulebook import Cell, DayView
from .vocab import LOCALISATION, Action, Extent, Modality, Status, Strength
from .worlds import holds

PERSONAL = Cell(v.CATEGORY + "personal", v.ANY_PURPOSE, v.ANY_SECTOR)
"""What both classes look at."""
SPEAKS = (Action.TRANSFER, Action.ONWARD_TRANSFER, *LOCALISATION)
"""Actions by which a rule says something on where data go."""


class Openness(Enum):
    """How far personal data may go out, from the statuses to all destinations of other legal orders.

    ``open``: free to every destination that is answered. ``conditional``: not all free, and at least half
    of the destinations lie at ``safeguards`` or freer, so the parties themselves can take the route.
    ``limited``: at least half lie beyond that, at ``authorisation``, ``derogation`` or ``prohibited``.
    ``none-known``: more than half are ``unknown`` or ``contested``.
    """

    OPEN = "open"
    CONDITIONAL = "conditional"
    LIMITED = "limited"
    NONE_KNOWN = "none-known"


class Law(Enum):
    """Whether the law of a place speaks of personal data going out.

    ``law``: some rule in force there, other than an open default, is about personal data of every sector
    and purpose in the circumstances that the baseline profile assumes, and on sending them, on sending them on, or on keeping them inside. ``none``: no such rule,
    and an open default is stated, or a review is cited that found none. ``unknown``: neither.
    """

    LAW = "law"
    NONE = "none"
    UNKNOWN = "unknown"


def openness(numbers: Iterable[int]) -> Openness:
    """Return the class for statuses given by their numbers (`datarules.matrix.STATUSES`).

    Statuses of the own legal order (``internal``) do not count.
    """
    outside = sorted(n for n in numbers if n != INTERNAL)
    typical = outside[(len(outside) - 1) // 2] if outside else CONTESTED
    if typical >= CONTESTED:
        return Openness.NONE_KNOWN
    if max(n for n in outside if n < CONTESTED) == NUMBER[Status.FREE]:
        return Openness.OPEN
    return Openness.CONDITIONAL if typical <= NUMBER[Status.SAFEGUARDS] else Openness.LIMITED


def orders(view: DayView, place: str) -> list[str]:
    """Return the legal orders whose rules on personal data apply in a place, the place first."""
    book = view.book
    found = [
        order
        for order, chain in view.orders_of(place)
        if all(book.matches(entry.scope, PERSONAL) for entry in chain)
    ]
    return list(dict.fromkeys(found))


def default(rule: Rule) -> bool:
    """Say whether a rule is the default of its order."""
    return rule.strength is Strength.RESIDUAL


def defaults(view: DayView, place: str) -> list[Rule]:
    """Return the defaults for personal data in a place on the day of the view."""
    return [
        rule
        for order in orders(view, place)
        for rule in view.rules.get((order, Action.TRANSFER), ())
        if default(rule) and view.book.matches(rule.scope, PERSONAL)
    ]


def reviews(view: DayView, place: str) -> list[Coverage]:
    """Return the coverage notes on personal data going out, of every legal order that applies in a place."""
    above = view.book.broader[PERSONAL.data]
    return [
        review
        for order in orders(view, place)
        for review in view.coverage.get(order, ())
        if review.action is Action.TRANSFER and (not review.data or not above.isdisjoint(review.data))
    ]


def law(view: DayView, place: str) -> tuple[Law, Rule | Coverage | None]:
    """Return whether the law of a place speaks of personal data going out, and the statement that shows it.

    Of several rules that speak, the default comes first, then one on sending, then the latest.
    """
    spoken = [
        rule
        for order in orders(view, place)
        for action in SPEAKS
        for rule in view.rules.get((order, action), ())
        if PERSONAL.data in rule.scope.data
        and not rule.scope.sectors
        and not rule.scope.purposes
        and holds(rule.when, {}, view.book.baseline)
        and not (default(rule) and rule.modality is Modality.PERMISSION)
    ]
    if spoken:
        first = min(spoken, key=lambda r: (not default(r), r.action is not Action.TRANSFER, -r.start, r.iri))
        return Law.LAW, first
    opened = [rule for rule in defaults(view, place) if rule.modality is Modality.PERMISSION]
    if opened:
        return Law.NONE, max(opened, key=lambda r: (r.start, r.iri))
    nothing = [review for review in reviews(view, place) if review.extent is Extent.ADDS_NOTHING]
    return (Law.NONE, nothing[0]) if nothing and not defaults(view, place) else (Law.UNKNOWN, None)
