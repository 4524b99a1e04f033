"""The things the decision works with: frozen records, no behaviour beyond their own fields.

Days are proleptic ordinals (``date.toordinal()``); periods are half-open, ``start <= day < end``.
Identifiers are full IRIs; sets of IRIs are ``frozenset[str]`` and an empty set means *no limit*.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .vocab import Action, Burden, Evidence, Extent, Modality, Status, Strength, local

FOREVER = date.max.toordinal()
Value = bool | int


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement is found.

    ``read_on`` is the day it was read; ``read_in`` addresses of texts used; ``means``, of a second reading, what
    differed: ``OtherSource`` or ``OtherReader``.
    """

    instrument: str
    title: str
    pinpoint: str
    address: str
    read_on: date
    read_in: tuple[str, ...] = ()
    means: str = ""

    @property
    def article(self) -> str:
        """Short form for people, such as ``GDPR art. 46(2)(c)``."""
        return f"{self.title} {self.pinpoint}".strip()

    def row(self) -> dict[str, Any]:
        """Return the citation as answers and lists show it."""
        return {
            "article": self.article,
            "instrument": local(self.instrument),
            "pinpoint": self.pinpoint,
            "address": self.address,
            "read_on": self.read_on.isoformat(),
            "read_in": list(self.read_in),
        }


@dataclass(frozen=True, slots=True)
class Fact:
    """Something one may state about a transfer. ``kind`` is ``bool`` or ``int``.

    A ``reading`` is one way to read disputed law. ``assumed_in``: sectors whose profile has it hold.
    """

    name: str
    label: str
    definition: str
    measure: bool
    kind: type
    unit: str = ""
    window: str = ""
    burden: Burden = Burden.NoBurden
    baseline: bool = False
    aliases: tuple[str, ...] = ()
    reading: bool = False
    assumed_in: frozenset[str] = frozenset()


_COMPARE: dict[str, Callable[[Value, Value], bool]] = {
    **{"gt": operator.gt, "gteq": operator.ge, "lt": operator.lt, "lteq": operator.le},
    **{"eq": operator.eq, "neq": operator.ne},
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of one fact with a value; ``operator`` is one of gt gteq lt lteq eq neq."""

    fact: str
    operator: str
    value: Value

    def holds(self, value: Value) -> bool:
        """Say whether the comparison holds for a known value."""
        return _COMPARE[self.operator](value, self.value)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; with no parts, always true."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; with no parts, never true."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Expr


Expr = Comparison | AllOf | AnyOf | Not
TRUE: Expr = AllOf(())
FALSE: Expr = AnyOf(())


def all_of(*parts: Expr) -> Expr:
    """Join expressions by *and*, flattening and dropping what is always true."""
    flat: dict[Expr, None] = {}
    for part in parts:
        for piece in part.parts if isinstance(part, AllOf) else (part,):
            if piece == FALSE:
                return FALSE
            flat[piece] = None
    return next(iter(flat)) if len(flat) == 1 else AllOf(tuple(flat))


def any_of(*parts: Expr) -> Expr:
    """Join expressions by *or*, flattening and dropping what is never true."""
    flat: dict[Expr, None] = {}
    for part in parts:
        for piece in part.parts if isinstance(part, AnyOf) else (part,):
            if piece == TRUE:
                return TRUE
            flat[piece] = None
    return next(iter(flat)) if len(flat) == 1 else AnyOf(tuple(flat))


def negate(expr: Expr) -> Expr:
    """Return the opposite of an expression."""
    if expr in (TRUE, FALSE):
        return FALSE if expr == TRUE else TRUE
    return expr.part if isinstance(expr, Not) else Not(expr)


def comparisons(expr: Expr) -> tuple[Comparison, ...]:
    """Return every comparison in an expression."""
    if isinstance(expr, Comparison):
        return (expr,)
    if isinstance(expr, Not):
        return comparisons(expr.part)
    return tuple(one for part in expr.parts for one in comparisons(part))


@dataclass(frozen=True, slots=True)
class Scope:
    """What a rule or entry is limited to. Empty sets limit nothing."""

    data: frozenset[str] = frozenset()
    not_data: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mechanism:
    """A transfer tool with the burden its kind brings at least. ``kinds`` are its broader mechanisms."""

    iri: str
    label: str
    burden: Burden
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One norm of one legal order."""

    iri: str
    label: str
    order: str
    modality: Modality
    action: Action
    strength: Strength
    scope: Scope
    destinations: frozenset[str]
    not_destinations: frozenset[str]
    when: Expr
    requires: tuple[str, ...]
    mechanism: Mechanism | None
    overrides: frozenset[str]
    start: int
    end: int
    evidence: Evidence
    citations: tuple[Citation, ...]
    end_citations: tuple[Citation, ...] = ()
    confirmations: tuple[Citation, ...] = ()
    commitment: bool = False
    pending: bool = False
    note: str = ""
    level: Burden = Burden.NoBurden
    onward_to: frozenset[str] = frozenset()
    file: str = ""

    def in_force(self, day: int) -> bool:
        """Say whether the rule holds on a day."""
        return not self.pending and self.start <= day < self.end


@dataclass(frozen=True, slots=True)
class Membership:
    """One entry of one member in one group; an ``extension`` carries rules, some left out, but no belonging."""

    iri: str
    member: str
    group: str
    extension: bool
    scope: Scope
    when: Expr
    mechanism: Mechanism | None
    start: int
    end: int
    evidence: Evidence
    citations: tuple[Citation, ...]
    end_citations: tuple[Citation, ...] = ()
    confirmations: tuple[Citation, ...] = ()
    note: str = ""
    file: str = ""
    leaves_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was reviewed in an order, and with what result."""

    iri: str
    order: str
    action: Action
    data: frozenset[str]
    extent: Extent
    start: int
    end: int
    evidence: Evidence | None
    citations: tuple[Citation, ...]
    reviewed_on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Authority:
    """A public body that supervises or applies data rules; ``names`` are its labels by language tag (BCP 47)."""

    iri: str
    order: str
    label: str
    names: tuple[tuple[str, str], ...]
    aliases: tuple[str, ...]
    scope: Scope
    site: str
    start: int
    end: int
    evidence: Evidence
    citations: tuple[Citation, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A place or body with its own data rules; a ``union`` is made of others and holds no land of its own.

    ``names`` are its labels by language tag (BCP 47), English among them.
    """

    iri: str
    code: str
    label: str
    reviewed_on: date | None
    aliases: tuple[str, ...] = ()
    file: str = ""
    union: bool = False
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Transfer:
    """A question. ``data`` are one or more category IRIs; ``facts`` what is known of the flow.

    ``open`` leaves every fact that is not stated unknown, so that the status is the worst case.
    """

    origin: str
    destination: str
    data: tuple[str, ...]
    purpose: str
    sector: str
    facts: tuple[tuple[str, Value], ...] = ()
    open: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """A permission that carries the transfer. ``now`` under the profile, else only if ``condition`` holds."""

    rule: Rule
    status: Status
    now: bool
    condition: Expr
    entries: tuple[Membership, ...]
    data: str


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way.

    ``kind``: ``default`` (closed law), ``prohibition``, ``possible`` (a prohibition in some way the
    unknown facts could turn out), ``unmet`` (a measure stated as not done), ``lapsed`` (``entry`` is a
    recognition that has ended). ``entries`` put the destination on the list the rule names; ``narrower``
    are the concepts by which the situation is narrower than the question.
    """

    kind: str
    rule: Rule | None
    entry: Membership | None
    entries: tuple[Membership, ...]
    condition: Expr
    data: str
    narrower: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overlay:
    """A duty beside the status: localisation kinds, ``duty``, ``onward-transfer``. ``now`` as in `Route`."""

    kind: str
    rule: Rule
    now: bool
    condition: Expr
    data: str
    narrower: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two norms that meet: ``disclosure``, ``exclusive-location`` or ``treaty-tension``.

    ``resolution`` is ``open``, ``agreement`` (an agreement lifts the ban for orders made under it),
    ``exception`` (another exception may lift it), ``infeasible``, ``split`` (data kept apart by where they
    come from satisfy both) or ``tension``. ``lifts`` are the norms that lift the ban or allow for exceptions, those
    of agreements first.
    """

    kind: str
    first: Rule
    second: Rule
    resolution: str
    lifts: tuple[Rule, ...]
    data: str

    @property
    def by(self) -> Rule | None:
        """Return the first of the norms that resolve it, if any does."""
        return next(iter(self.lifts), None)


@dataclass(frozen=True, slots=True)
class Part:
    """The answer for one data category of the flow."""

    data: str
    status: Status
    best: Status
    worst: Status
    deciding: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a transfer on a day, with everything it rests on."""

    transfer: Transfer
    day: int
    status: Status
    best: Status
    worst: Status
    deciding: tuple[str, ...]
    routes: tuple[Route, ...]
    obstacles: tuple[Obstacle, ...]
    overlays: tuple[Overlay, ...]
    conflicts: tuple[Conflict, ...]
    orders: tuple[str, ...]
    silent: tuple[str, ...]
    parts: tuple[Part, ...]
    capped: bool = False
    coverages: tuple[Coverage, ...] = field(default=())
