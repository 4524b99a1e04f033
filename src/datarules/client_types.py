"""The shapes of questions and answers for clients, as the published schema has them (``/v1/schema/answer``).

Unknown fields are passed over, so that a newer server can be read. A test reads real answers into these and
holds every field against the schema.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Generic, TypeVar

import msgspec

from .vocab import Status

Value = bool | int | str
Said = TypeVar("Said")


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A question about one transfer; only origin and destination are needed."""

    origin: str
    destination: str
    data: list[str] | str = "personal"
    purpose: str = "any"
    sector: str = "any"
    as_of: str | None = None
    facts: dict[str, Value] = msgspec.field(default_factory=dict)
    open: bool = False
    stale_after: int = 365


class Citation(msgspec.Struct, frozen=True):
    """A place in a legal instrument."""

    article: str
    instrument: str
    pinpoint: str
    address: str
    read_on: date
    read_in: list[str]


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule in short."""

    rule: str
    order: str
    label: str
    article: str
    address: str
    citations: list[Citation]
    evidence: str
    valid_from: date | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry in a list, or a membership."""

    entry: str
    member: str
    listing: str = msgspec.field(name="list")
    mechanism: str | None
    valid_from: date
    citations: list[Citation]
    evidence: str


class Measure(msgspec.Struct, frozen=True):
    """A measure a route asks for."""

    fact: str
    label: str


class Route(Rule, frozen=True, kw_only=True):
    """A permission that carries the transfer, or would under a condition."""

    status: Status
    available: bool
    condition: str = msgspec.field(name="if")
    mechanism: str | None
    burden: str
    requires: list[Measure]
    entries: list[Entry]
    data: str


class Obstacle(Rule, frozen=True, kw_only=True):
    """A rule that stands in the way, or a recognition that has ended."""

    kind: str
    text: str
    entries: list[Entry]
    data: str
    ended_on: date | None = None


class Overlay(Rule, frozen=True, kw_only=True):
    """A duty beside the status."""

    kind: str
    applies: str
    condition: str = msgspec.field(name="if")
    requires: list[str]
    data: str


class Conflict(msgspec.Struct, frozen=True):
    """Two norms that meet."""

    kind: str
    resolution: str
    text: str
    norms: list[Rule]
    by: Rule | None
    data: str
    further: list[Rule] = msgspec.field(default_factory=list)


class Deciding(msgspec.Struct, frozen=True):
    """What an answer turns on."""

    name: str
    label: str


class Part(msgspec.Struct, frozen=True):
    """The answer for one data category."""

    data: str
    status: Status
    best: Status
    worst: Status


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """May this data go, how, and if not, what stands in the way. Research information, not legal advice."""

    origin: str
    destination: str
    data: list[str]
    purpose: str
    sector: str
    as_of: date
    facts: dict[str, bool | int]
    open: bool
    status: Status
    best: Status
    worst: Status
    deciding_facts: list[Deciding]
    parts: list[Part]
    routes: list[Route]
    obstacles: list[Obstacle]
    overlays: list[Overlay]
    conflicts: list[Conflict]
    orders: list[str]
    silent_orders: list[str]
    evidence: str | None
    oldest_reading: date | None
    asked_on: date
    stale_after: int
    stale: bool
    release: str
    text: list[str]
    disclaimer: str


class Brief(msgspec.Struct, frozen=True):
    """An answer in short."""

    status: Status
    best: Status
    worst: Status
    rule: str | None
    article: str | None
    address: str | None


class Wrong(msgspec.Struct, frozen=True):
    """One thing that is wrong with a question."""

    place: str
    value: str
    reason: str
    remedy: str


class Refused(msgspec.Struct, frozen=True):
    """A problem document (RFC 9457)."""

    title: str
    status: int
    detail: str
    errors: list[Wrong]
    type: str = "about:blank"


class Reply(msgspec.Struct, Generic[Said], frozen=True):
    """The reply to one question of a batch: an answer or a problem."""

    answer: Said | None = None
    problem: Refused | None = None


def fields(kind: Any) -> set[str]:
    """Return the names a shape has on the wire."""
    return {field.encode_name for field in msgspec.structs.fields(kind)}
