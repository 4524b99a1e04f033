"""Norms of two legal orders that meet: each conflict names both articles and the data they meet on.

Two norms meet where some data, in some sector and for some purpose, fall under both. What then follows
depends on the kind: one record can satisfy both (``mirror``), data kept apart by where they come from can
(``split``), an agreement or another exception lifts one norm, or nothing does (``infeasible``, ``open``).
A commitment between states never makes a measure unlawful here: it is a ``tension``.

Kinds:
    disclosure: a duty to hand data to an authority against a ban on doing so.
    exclusive-location: both orders want the same data inside and nowhere else.
    copy-against-exclusive: one order wants the data nowhere else, the other wants a copy inside.
    retention-against-erasure: one order wants data processed outside it deleted there, the other has them kept.
    export-ban-against-localisation: one order forbids that data go to the other, which has them stored,
        recorded or processed inside.
    export-ban-against-access: one order forbids that data go to the other, whose authorities can order
        those under its jurisdiction to hand over data held abroad.
    onward-ban: one order's law goes with the data and bars a step that the next order leaves open.
    treaty-tension: a measure of a party against a commitment to the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from . import vocab as v
from .beside import lifted, location_clash, two_parties
from .decide import decide
from .model import FALSE, Expr, Rule, Scope, Transfer, Value, all_of, negate
from .norms import Norms, broadest, meeting, takes_all, within
from .rulebook import Cell, DayView, RuleBook
from .verdicts import bars
from .vocab import LOCALISATION, SCALE, Action, Modality, Status
from .worlds import holds

KINDS = (
    "disclosure",
    "exclusive-location",
    "copy-against-exclusive",
    "retention-against-erasure",
    "export-ban-against-localisation",
    "export-ban-against-access",
    "onward-ban",
    "treaty-tension",
)
EXCLUSIVE = (Action.STORE_INSIDE, Action.PROCESS_INSIDE)
COPIES = (Action.KEEP_LOCAL_COPY, Action.COLLECT_INSIDE)
DUTIES = (*LOCALISATION, Action.DISCLOSE, Action.ERASE_ABROAD, Action.RETAIN)
BANS = (Action.DISCLOSE, Action.TRANSFER, Action.ONWARD_TRANSFER)
UNRESOLVED = ("open", "infeasible")
TERRITORIAL = ("exclusive-location", "copy-against-exclusive", "export-ban-against-localisation")
"""Kinds in which each norm is about data in its own territory."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two norms that meet.

    Attributes:
        kind: one of `KINDS`.
        between: IRIs of the places compared, the one whose norm comes first, first.
        first: the duty, or the first norm.
        second: the ban, or the second norm.
        data: the broadest data categories under both norms, by IRI.
        sectors: the sectors under both; empty for any.
        purposes: the purposes under both; empty for any.
        resolution: ``open``, ``infeasible``, ``split``, ``mirror``, ``agreement``, ``exception``, ``tension``.
        lifts: the norms that resolve it, those of agreements first.
        now: whether both norms bite under the baseline profile and the facts stated.
        condition: when both bite.
    """

    kind: str
    between: tuple[str, str]
    first: Rule
    second: Rule
    data: tuple[str, ...]
    sectors: tuple[str, ...]
    purposes: tuple[str, ...]
    resolution: str
    lifts: tuple[Rule, ...]
    now: bool
    condition: Expr

    @property
    def by(self) -> Rule | None:
        """Return the first of the norms that resolve it, if any does."""
        return next(iter(self.lifts), None)


Concerned = Callable[[str, Rule, Rule], bool]
"""Says of a kind of conflict and its two norms whether they are looked at."""

# -- the kinds

Found = tuple[str, Rule, Rule, str, tuple[Rule, ...], Expr]
"""kind, first norm, second norm, resolution, what resolves it, when both bite"""


def _each(
    kind: str, firsts: Iterable[tuple[Rule, Expr]], seconds: Iterable[tuple[Rule, Expr]], resolution: str
) -> Iterator[Found]:
    seconds = list(seconds)
    for first, when in firsts:
        for second, also in seconds:
            yield kind, first, second, resolution, (), all_of(when, also)


def _disclosure(ours: Norms, theirs: Norms) -> Iterator[Found]:
    """A duty under their law to hand data over against our ban on doing so."""
    duties = theirs.of(Modality.OBLIGATION, Action.DISCLOSE)
    for ban, when in ours.of(Modality.PROHIBITION, Action.DISCLOSE) if duties else ():
        lifts = tuple(ours.lifts(ban))
        for duty, also in duties:
            yield "disclosure", duty, ban, "open", lifts, all_of(when, also)


def _location(ours: Norms, theirs: Norms) -> Iterator[Found]:
    """Where data must lie: exclusive claims and copies, ours against theirs."""
    if not (ours.speaks(*EXCLUSIVE) and theirs.speaks(*EXCLUSIVE, *COPIES)):
        return
    exclusive = ours.of(Modality.OBLIGATION, *EXCLUSIVE)
    if ours.here < theirs.here:
        yield from _each(
            "exclusive-location", exclusive, theirs.of(Modality.OBLIGATION, *EXCLUSIVE), "infeasible"
        )
    yield from _each("copy-against-exclusive", theirs.of(Modality.OBLIGATION, *COPIES), exclusive, "split")


def _erasure(ours: Norms, theirs: Norms) -> Iterator[Found]:
    """Our duty to delete abroad against their duty to keep, or to keep a copy or the store inside."""
    erase = ours.of(Modality.OBLIGATION, Action.ERASE_ABROAD)
    if erase:
        keep = theirs.of(Modality.OBLIGATION, Action.RETAIN, Action.KEEP_LOCAL_COPY, Action.STORE_INSIDE)
        yield from _each("retention-against-erasure", keep, erase, "infeasible")


def _export_bans(ours: Norms, theirs: Norms) -> Iterator[Found]:
    """Our ban on sending data there against their duty to have them inside, or within reach."""
    bans = ours.bans() if theirs.speaks(*LOCALISATION, Action.DISCLOSE) else []
    if not bans:
        return
    inside = theirs.of(Modality.OBLIGATION, *LOCALISATION)
    claims = {c.article for rule, _ in ours.of(Modality.OBLIGATION, *EXCLUSIVE) for c in rule.citations}
    plain = [(rule, when) for rule, when in bans if claims.isdisjoint(c.article for c in rule.citations)]
    yield from _each("export-ban-against-localisation", inside, plain, "split")
    access = theirs.of(Modality.OBLIGATION, Action.DISCLOSE)
    yield from _each("export-ban-against-access", access, bans, "split")


def _onward(ours: Norms, theirs: Norms) -> Iterator[Found]:
    """Our ban that goes with the data against their law, which would let them travel on to a barred place."""
    view = ours.view
    for ban, when in ours.of(Modality.PROHIBITION, Action.ONWARD_TRANSFER):
        barred = sorted(
            {p for target in ban.onward_to for p in view.taken_in(target)} - {ours.here, theirs.here}
        )
        for place in barred:
            route = _opens(view, theirs.here, place, ban)
            if route is not None:
                yield "onward-ban", ban, route, "infeasible", (), when
                break


def _opens(view: DayView, here: str, there: str, ban: Rule) -> Rule | None:
    """Return the rule by which data under a ban could lawfully go there under the law here, if one does."""
    data = min(ban.scope.data, default=v.ANY_DATA)
    purpose = min(ban.scope.purposes, default=v.ANY_PURPOSE)
    sector = min(ban.scope.sectors, default=v.ANY_SECTOR)
    key = ("opens", here, there, data, purpose, sector)
    if key in view.memo:
        return view.memo[key]  # type: ignore[return-value]
    found = decide(view.book, Transfer(here, there, (data,), purpose, sector), view.day)
    light = found.status in SCALE and SCALE.index(found.status) <= SCALE.index(Status.SAFEGUARDS)
    opened = next((r.rule for r in found.routes if r.now), None) if light else None
    view.memo[key] = opened
    return opened


def _tension(ours: Norms, theirs: Norms) -> Iterator[Found]:
    """Our measures against commitments given to the other as a party to the same agreement."""
    view = ours.view
    measures = {
        Action.ADOPT_TRANSFER_RESTRICTION: lambda: ours.of(Modality.PROHIBITION, Action.TRANSFER),
        Action.ADOPT_LOCALISATION: lambda: ours.of(Modality.OBLIGATION, *LOCALISATION),
    }
    common = ours.agreements(ours.here) & ours.agreements(ours.there)
    for commitment in view.commitments if common else ():
        if commitment.modality is not Modality.PROHIBITION or commitment.action not in measures:
            continue
        if commitment.order not in common:
            continue
        if not two_parties(ours.pair, commitment.order):
            continue
        given, _ = ours.pair.applies(
            replace(commitment, scope=Scope()), Cell(v.ANY_DATA, v.ANY_PURPOSE, v.ANY_SECTOR), ours.there
        )
        if given == FALSE:
            continue
        exceptions = [c for c in view.commitments if commitment.iri in c.overrides]
        for measure, when in measures[commitment.action]():
            unless = [negate(c.when) for c in exceptions if takes_all(view.book, c.scope, measure.scope)]
            yield (
                "treaty-tension",
                measure,
                commitment,
                "tension",
                tuple(exceptions),
                all_of(when, given, *unless),
            )


def _restricts(
    ours: Norms, measure: Rule, data: tuple[str, ...], sectors: tuple[str, ...], purposes: tuple[str, ...]
) -> bool:
    """Say whether a measure stands in the way of some transfer there, under the profile."""
    if measure.action is not Action.TRANSFER:
        return True
    purpose, sector = min(purposes, default=v.ANY_PURPOSE), min(sectors, default=v.ANY_SECTOR)
    baseline = ours.view.book.profile(sector)
    return any(
        bars(ours.pair.situation(Cell(category, purpose, sector)), baseline, measure) for category in data
    )


_DIRECTED: tuple[Callable[[Norms, Norms], Iterator[Found]], ...] = (
    _disclosure,
    _location,
    _erasure,
    _export_bans,
    _onward,
    _tension,
)


Met = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""The data, sectors and purposes under two norms."""


def _scope(met: Met) -> Scope:
    data, sectors, purposes = met
    return Scope(frozenset(data), frozenset(), frozenset(sectors), frozenset(purposes))


def _narrowed(
    sides: tuple[Norms, Norms],
    norms: tuple[Rule, Rule],
    met: Met,
    when: Expr,
    given: Mapping[str, Value],
    territorial: bool,
) -> tuple[Met, Expr, bool] | None:
    """Return the data on which both norms bite once exceptions are taken out, when, and whether now.

    Where they bite now on some of the data, only these are kept; nothing where they can bite on none.
    """
    data, sectors, purposes = met
    book = sides[0].view.book
    plain = [rule for rule in norms if not rule.commitment]
    own = {rule.iri: sides[0] if rule.order in sides[0].orders else sides[1] for rule in plain}
    scoped = [rule for rule in plain if own[rule.iri].by_category(rule)]
    categories = within(book, norms[0].scope, norms[1].scope, territorial) if scoped else set(data)
    conditions: dict[str, Expr] = {}
    sector = min(sectors, default=v.ANY_SECTOR)
    for category in sorted(categories):
        scope = Scope(frozenset((category,)), frozenset(), frozenset(sectors), frozenset(purposes))
        cell = Cell(category, min(purposes, default=v.ANY_PURPOSE), sector)
        parts = [when, *(own[rule.iri].bites(rule, cell) for rule in scoped)]
        parts += [own[rule.iri].unless(rule, scope) for rule in plain if rule.action is not Action.DISCLOSE]
        bites = all_of(*parts)
        if bites != FALSE:
            conditions[category] = bites
    profile = book.profile(sector)
    now = broadest(book, (c for c, bites in conditions.items() if holds(bites, given, profile)))
    kept = now or broadest(book, conditions)
    return ((kept, sectors, purposes), conditions[kept[0]], bool(now)) if kept else None


def _reaches(book: RuleBook, data: tuple[str, ...], asked: str | None) -> bool:
    """Say whether data that two norms meet on lie within the category asked about, or the other way round."""
    return asked is None or any(asked in book.broader[c] or c in book.broader[asked] for c in data)


def between(
    view: DayView,
    here: str,
    there: str,
    data: str | None = None,
    given: Mapping[str, Value] | None = None,
    kinds: Iterable[str] = KINDS,
    concerned: Concerned | None = None,
) -> list[Clash]:
    """Return every conflict between the norms over two places on a day, in a stable order.

    Args:
        view: the law of the day.
        here: IRI of one place.
        there: IRI of the other.
        data: IRI of a data category; only conflicts on data within it, or that hold it.
        given: facts stated.
        kinds: kinds to look for.
        concerned: which norms that meet are looked at, by kind; all unless given.
    """
    book, wanted = view.book, set(kinds)
    sides = Norms(view, here, there), Norms(view, there, here)
    found: dict[tuple[str, str, str], Clash] = {}
    for ours, theirs in (sides, sides[::-1]):
        for look in _DIRECTED:
            for kind, first, second, resolution, lifts, when in look(ours, theirs):
                if kind not in wanted or when == FALSE or (concerned and not concerned(kind, first, second)):
                    continue
                met = meeting(book, first.scope, second.scope, kind in TERRITORIAL)
                if met is None or not _reaches(book, met[0], data):
                    continue
                cell = _narrowed(sides, (first, second), met, when, given or {}, kind in TERRITORIAL)
                if cell is None:
                    continue
                met, when, now = cell
                if kind == "disclosure":
                    lifts = tuple(rule for rule in lifts if takes_all(book, rule.scope, _scope(met)))
                    resolution = lifted(lifts)
                elif kind in ("exclusive-location", "copy-against-exclusive"):
                    resolution = location_clash(book, met[0])
                elif kind == "treaty-tension" and not _restricts(ours, first, *met):
                    continue
                places = (here, there) if first.order in sides[0].orders else (there, here)
                found.setdefault(
                    (kind, first.iri, second.iri),
                    Clash(kind, places, first, second, *met, resolution, lifts, now, when),
                )
    return sorted(found.values(), key=lambda c: (KINDS.index(c.kind), not c.now, c.first.iri, c.second.iri))


def speakers(view: DayView) -> list[str]:
    """Return the jurisdictions with norms of their own that can meet others', by IRI."""
    found = {
        order
        for (order, _), rules in view.rules.items()
        if order in view.book.records.jurisdictions
        and any(
            (r.modality is Modality.OBLIGATION and r.action in DUTIES)
            or (r.modality is Modality.PROHIBITION and r.action in BANS)
            for r in rules
        )
    }
    return sorted(found)


def world(
    view: DayView,
    data: str | None = None,
    given: Mapping[str, Value] | None = None,
    kinds: Iterable[str] = KINDS,
    progress: Callable[[int, int], None] | None = None,
) -> list[Clash]:
    """Return every conflict between two legal orders on a day, each pair of orders looked at once.

    Orders over one another (a state and its union, a zone and its state) are left out. A conflict with the
    law of a union is listed once, for the union, not for every member.
    """
    orders = speakers(view)
    kinds = tuple(kinds)
    over = {place: {order for order, _ in view.orders_of(place)} for place in orders}
    found: list[Clash] = []
    for number, here in enumerate(orders):
        for there in orders[number + 1 :]:
            if there in over[here] or here in over[there]:
                continue
            found += [
                clash
                for clash in between(view, here, there, data, given, kinds)
                if clash.first.order in (here, there, clash.first.order if clash.first.commitment else here)
                and clash.second.order
                in (here, there, clash.second.order if clash.second.commitment else here)
            ]
        if progress:
            progress(number + 1, len(orders))
    return sorted(found, key=lambda c: (KINDS.index(c.kind), not c.now, c.first.iri, c.second.iri))
