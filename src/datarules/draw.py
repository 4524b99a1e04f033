"""Studies as pictures: which data each picture shows, its title, its source line.

The pictures themselves know nothing of law (`datarules.pictures`); here decisions become their input.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal

import numpy as np

from . import compare, explain, history, islands
from . import vocab as v
from .decide import decide
from .errors import InputError
from .matrix import STATUSES, UNKNOWN
from .model import Transfer
from .pictures import chords, maps, network, timeline
from .pictures import matrix as heat
from .pictures.sheet import Heading
from .study import Asked, Study
from .vocab import Status

Form = Literal["svg", "png"]
FORMS: dict[str, str] = {"svg": "image/svg+xml", "png": "image/png"}
"""Forms of pictures with their media types."""
SOURCE = "datarules: law encoded with articles and dates"
CAUSES_SHOWN = 14
CHORD_PLACES = 14
HORIZON = 3
"""Years past the day asked about that a timeline shows."""


def heading(study: Study, asked: Asked, title: str, more: str = "") -> Heading:
    """Return the heading of a picture."""
    cell, book = asked.cell, study.book
    parts = [explain.label_of(book, cell.data)]
    parts += [
        explain.label_of(book, c)
        for c in (cell.purpose, cell.sector)
        if c not in (v.ANY_PURPOSE, v.ANY_SECTOR)
    ]
    parts += [f"{explain.fact_label(book, name)}: {value}" for name, value in asked.facts.items()]
    subject = " · ".join([*parts, *([more] if more else [])])
    return Heading(title, asked.day.isoformat(), subject, SOURCE, f"release {book.release}")


def _names(study: Study) -> dict[str, str]:
    return {j.code: j.label for j in study.book.records.jurisdictions.values()}


def _one(study: Study, place: str) -> tuple[str, str, list[str]]:
    """Return code and label of a place, and the codes to mark on a map: of a union, its members."""
    known = study.book.records.jurisdictions
    return known[place].code, known[place].label, [known[place].code]


def world_map(study: Study, asked: Asked, form: Form, direction: Literal["from", "to"] = "from") -> bytes:
    """Return the world seen from the first place asked about, or as it may send there."""
    code, label, marked = _one(study, asked.places[0])
    found = study.matrix(asked)
    known = study.book.records.jurisdictions
    codes = [known[place].code for place in found.frame.places]
    here = codes.index(code)
    row = found.status[0, here] if direction == "from" else found.status[0, :, here]
    unions = {j.code for j in known.values() if j.union}
    statuses = {
        c: STATUSES[n] for c, n in zip(codes, row.tolist(), strict=True) if c != code and c not in unions
    }
    if known[asked.places[0]].union:
        members = islands.unions_of(study.book, asked.day.toordinal())[code]
        marked = sorted(members)
        statuses = {c: s for c, s in statuses.items() if c not in members}
    about = explain.label_of(study.book, asked.cell.data)
    title = f"{about[:1].upper()}{about[1:]} {direction} {label}"
    return maps.world_map(
        heading(study, asked, title), statuses, marked, form, direction=direction, names=_names(study)
    )


def _member_of(
    study: Study, asked: Asked, level: Status, case: str
) -> tuple[dict[str, str], list[str], list[str]]:
    """Return island by code, the places alone, and those whose law is not encoded."""
    named = study.named_islands(asked, level, case)
    member = {code: name for name, codes in named.items() for code in codes}
    found = study.matrix(asked, everywhere=False)
    known = study.book.records.jurisdictions
    codes = [known[place].code for place in found.frame.places]
    off = np.eye(len(codes), dtype=bool)
    silent = [c for c, row in zip(codes, (found.status[0] == UNKNOWN) | off, strict=True) if row.all()]
    unknown = [c for c in silent if c not in member]
    alone = [c for c in codes if c not in member and c not in unknown]
    return member, alone, unknown


def island_map(study: Study, asked: Asked, form: Form, level: Status, case: str = "status") -> bytes:
    """Return the islands of a day on the map."""
    member, alone, unknown = _member_of(study, asked, level, case)
    title = f"Data islands: mutual exchange at {level.value} or freer"
    shown = {code: f"Island {name}" for code, name in member.items()}
    return maps.island_map(
        heading(study, asked, title, f"{case} case"), shown, alone, unknown, form, names=_names(study)
    )


def heat_map(study: Study, asked: Asked, form: Form, level: Status, case: str = "status") -> bytes:
    """Return all pairs as a matrix, ordered by island and openness."""
    member, _, unknown = _member_of(study, asked, level, case)
    found = study.matrix(asked, everywhere=False)
    known = study.book.records.jurisdictions
    codes = [known[place].code for place in found.frame.places]
    openness = dict(zip(codes, (found.status[0] <= STATUSES.index(level)).sum(axis=1).tolist(), strict=True))
    sizes: dict[str, int] = {}
    for name in member.values():
        sizes[name] = sizes.get(name, 0) + 1
    silent = set(unknown)
    order = sorted(
        range(len(codes)),
        key=lambda n: (
            codes[n] in silent,
            -sizes.get(member.get(codes[n], ""), 0),
            member.get(codes[n], ""),
            -openness[codes[n]],
            codes[n],
        ),
    )
    ordered = [codes[n] for n in order]
    statuses = [[STATUSES[found.status[0, i, j]] for j in order] for i in order]
    spans = []
    start = 0
    for stop in range(1, len(ordered) + 1):
        here = member.get(ordered[start])
        if stop == len(ordered) or member.get(ordered[stop]) != here:
            if here is not None:
                spans.append(heat.Span(here, start, stop))
            start = stop
    title = "Who may send to whom: rows send, columns receive"
    return heat.matrix_map(heading(study, asked, title), ordered, statuses, form, islands=spans)


def network_map(study: Study, asked: Asked, form: Form, level: Status, case: str = "status") -> bytes:
    """Return the islands as a network of mutual edges, hubs and bridges marked."""
    member, _, _ = _member_of(study, asked, level, case)
    found = study.islands(asked, level, case)
    joined = islands.graph(study.book, study.matrix(asked, everywhere=False), asked.cell.data, level, case)
    communities = {code: f"Community {n}" for n, group in enumerate(found.communities, 1) for code in group}
    shown = {code: communities.get(code, code) for code in member}
    edges = sorted((min(a, b), max(a, b)) for a, b in joined.edges if a in shown and b in shown)
    hubs = [code for code, _ in found.hubs[:8]]
    title = f"Mutual exchange at {level.value} or freer, by community"
    return network.island_network(
        heading(study, asked, title, f"{case} case"),
        shown,
        edges,
        form,
        hubs=hubs,
        bridges=list(found.bridges),
        names=_names(study),
    )


def pair_timeline(study: Study, asked: Asked, form: Form) -> bytes:
    """Return the history of a pair, both ways, with the acts that changed it."""
    known = study.book.records.jurisdictions
    first, second = asked.places
    stated = tuple(sorted(asked.facts.items()))
    courses = []
    for a, b in ((first, second), (second, first)):
        transfer = Transfer(a, b, (asked.cell.data,), asked.cell.purpose, asked.cell.sector, stated)
        periods = history.Periods()
        for day, decision in history.walk(study.book, transfer, history.FIRST_DAY):
            periods.add(day, decision)
        courses.append(
            timeline.Course(
                f"{known[a].code} → {known[b].code}",
                [
                    timeline.Period(
                        date.fromisoformat(p["from"]),
                        date.fromisoformat(p["until"]) if p["until"] else None,
                        *(Status(p[key]) for key in ("status", "best", "worst")),
                    )
                    for p in periods.rows
                ],
                _causes(study, transfer),
            )
        )
    title = f"{known[first].label} and {known[second].label}, both ways"
    last = date(max(asked.day.year, study.last_change().year) + HORIZON, 1, 1)
    return timeline.timeline(heading(study, asked, title), courses, form, last=last)


def _causes(study: Study, transfer: Transfer) -> list[timeline.Cause]:
    """Return the acts that changed an answer, those of list entries first: they are what people know by name."""
    found = []
    for row in history.events(study.book, transfer, history.FIRST_DAY):
        if row["before"] is None or row["before"] == row["after"]:
            continue
        causes = sorted(
            (c for c in row["causes"] if c["article"]), key=lambda c: (c["kind"] != "entry", c["id"])
        )
        if causes:
            ends = "" if causes[0]["event"] == "starts" else " (ends)"
            text = f"{causes[0]['article'].split(';')[0]}{ends}"
            found.append(timeline.Cause(date.fromisoformat(row["date"]), text))
    return found[-CAUSES_SHOWN:]


def _apart(study: Study, asked: Asked) -> list[str]:
    """Return the places most others may send to, one for each legal order."""
    found = study.matrix(asked, everywhere=False)
    view = study.book.at(asked.day.toordinal())
    own = {rule.order for rule in study.book.records.rules.values()}
    counts = (found.status[0] <= STATUSES.index(Status.SAFEGUARDS)).sum(axis=0)
    chosen: list[str] = []
    taken: set[str] = set()
    for _, place in sorted(zip((-counts).tolist(), found.frame.places, strict=True)):
        orders = {order for order, _ in view.orders_of(place)} & own
        if orders and taken.isdisjoint(orders):
            chosen.append(place)
            taken |= orders
        if len(chosen) == CHORD_PLACES:
            break
    return chosen


def mechanism_chords(study: Study, asked: Asked, form: Form) -> bytes:
    """Return which kinds of mechanism carry transfers between the places asked about, or between the hubs."""
    book = study.book
    known = book.records.jurisdictions
    chosen: Sequence[str] = asked.places if len(asked.places) > 2 else _apart(study, asked)
    links = []
    stated = tuple(sorted(asked.facts.items()))
    for a in chosen:
        for b in chosen:
            if a == b:
                continue
            question = Transfer(a, b, (asked.cell.data,), asked.cell.purpose, asked.cell.sector, stated)
            decision = decide(book, question, asked.day.toordinal())
            kinds = {compare.kind_of(r.rule.mechanism) for r in decision.routes if r.now} - {""}
            for kind in sorted(kinds):
                links.append(
                    chords.Link(known[a].code, known[b].code, book.records.mechanisms[kind].label, 1.0)
                )
    order = [known[place].code for place in chosen]
    return chords.chord_diagram(
        heading(study, asked, "Mechanisms that carry transfers"), links, form, order=order
    )


Kind = Literal["map", "islands", "matrix", "network", "timeline", "mechanisms"]
KINDS: dict[str, tuple[int, int]] = {
    "map": (1, 1),
    "islands": (0, 0),
    "matrix": (0, 0),
    "network": (0, 0),
    "timeline": (2, 2),
    "mechanisms": (0, 40),
}
"""Kinds of pictures with the least and most places each is about."""


def draw(
    study: Study,
    kind: str,
    asked: Asked,
    form: str,
    level: Status = Status.SAFEGUARDS,
    case: str = "status",
    direction: str = "from",
) -> bytes:
    """Return a picture.

    Raises:
        InputError: there is no such kind or form, or the number of places does not fit.
        ConfigError: the outlines of the map are missing.
    """
    if kind not in KINDS:
        raise InputError.single("kind", kind, "There is no such picture.", f"Use one of: {', '.join(KINDS)}.")
    if form not in FORMS:
        raise InputError.single(
            "format", form, "There is no such form of picture.", f"Use one of: {', '.join(FORMS)}."
        )
    if direction not in ("from", "to"):
        raise InputError.single(
            "direction", direction, "A map looks from a place or to it.", "Use from or to."
        )
    least, most = KINDS[kind]
    if not least <= len(asked.places) <= most:
        wanted = f"{least}" if least == most else f"{least} to {most}"
        raise InputError.single(
            "places", len(asked.places), f"This picture is about {wanted} places.", "Name that many."
        )
    chosen: Form = "svg" if form == "svg" else "png"
    makers: dict[str, Callable[[], bytes]] = {
        "map": lambda: world_map(study, asked, chosen, "to" if direction == "to" else "from"),
        "islands": lambda: island_map(study, asked, chosen, level, case),
        "matrix": lambda: heat_map(study, asked, chosen, level, case),
        "network": lambda: network_map(study, asked, chosen, level, case),
        "timeline": lambda: pair_timeline(study, asked, chosen),
        "mechanisms": lambda: mechanism_chords(study, asked, chosen),
    }
    return makers[kind]()
