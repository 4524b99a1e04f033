"""The Turtle of a scenario from a draft: instrument, mechanism, rules of each order, members; in the one layout.

Only words that mean something in `ontology/` are written; text of users is escaped as JSON does, which Turtle
reads alike (W3C RDF 1.1 Turtle, section 6.4).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from . import vocab as v
from .layout import PREFIX_ORDER, layout
from .vocab import Action

SPACE = v.ID + "scenario/"


@dataclass(frozen=True, slots=True)
class Route:
    """A new route: IRI of its kind of mechanism, name of its burden, name of the measure it takes or nothing."""

    kind: str
    burden: str
    measure: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a scenario file is to hold.

    Attributes:
        name: of the scenario.
        title: likewise.
        definition: what it imagines.
        start: first day.
        data: IRIs of categories.
        purposes: IRIs; empty for any.
        sectors: IRIs; empty for any.
        ends: IRIs of rules and entries.
        orders: IRI → code of the orders that get a rule.
        route: the route each gets, if it is one.
        banned: whether each gets a ban.
        where: where each wants data kept, if anywhere.
        towards: IRIs of destinations; empty for every one, or for the members.
        members: IRI → name of the members of a new mechanism.
    """

    name: str
    title: str
    definition: str
    start: date
    data: tuple[str, ...]
    purposes: tuple[str, ...]
    sectors: tuple[str, ...]
    ends: tuple[str, ...]
    orders: Mapping[str, str]
    route: Route | None
    banned: bool
    where: Action | None
    towards: tuple[str, ...]
    members: Mapping[str, str]


def write(draft: Draft, today: date) -> str:
    """Return a draft as Turtle.

    Args:
        draft: what to write.
        today: the day its statements were made.
    """
    cited = (
        f'dr:citation [ a dr:Citation ; dct:source :Act ; dr:pinpoint "art. 1" ; dr:readOn {_day(today)} ]'
    )
    spaces = {"": f"{SPACE}{draft.name}/", "scenario": SPACE, **v.PREFIXES}
    lines = [f"@prefix {p}: <{spaces[p]}> ." for p in (*PREFIX_ORDER, "scenario")]
    short = draft.title if len(draft.title) <= 60 else draft.title[:57] + "…"
    lines.append(
        f":Act a eli:LegalResource ; eli:title_short {_text(short + ' (imagined)')} ; "
        f"dct:title {_text('Imagined: ' + draft.title)}@en ; schema:url <{SPACE}{draft.name}> ."
    )
    lines += [_scenario(draft, cited), *_mechanism(draft), *_rules(draft, cited), *_members(draft, cited)]
    return layout("\n".join(lines) + "\n", f"{draft.name}.ttl")


def _scenario(draft: Draft, cited: str) -> str:
    looked_at = [f"dr:data {_name(draft.data[0])}"]
    looked_at += [f"dr:purpose {_name(iri)}" for iri in draft.purposes[:1]]
    looked_at += [f"dr:sector {_name(iri)}" for iri in draft.sectors[:1]]
    ends = [f"dr:ends {_all(draft.ends)}"] if draft.ends else []
    parts = [
        f"scenario:{draft.name} a dr:Scenario ; dct:title {_text(draft.title)}@en",
        *looked_at,
        *ends,
        f"dr:validFrom {_day(draft.start)}",
        f"skos:definition {_text(draft.definition)}@en",
        cited,
    ]
    return " ; ".join(parts) + " ."


def _mechanism(draft: Draft) -> Iterable[str]:
    if draft.route is not None:
        yield (
            f":mechanism a dr:Mechanism ; skos:prefLabel {_text(draft.title)}@en ; "
            f"dr:burden dr:{draft.route.burden} ; skos:broader {_name(draft.route.kind)} ."
        )


def _rules(draft: Draft, cited: str) -> Iterable[str]:
    """Yield the rules of each order."""
    scope = [f"dr:data {_all(draft.data)}"]
    scope += [f"dr:purpose {_all(draft.purposes)}"] if draft.purposes else []
    scope += [f"dr:sector {_all(draft.sectors)}"] if draft.sectors else []
    there = ":members" if draft.members else _all(draft.towards)
    to = [f"dr:destination {there}"] if there else []
    dated = [f"dr:validFrom {_day(draft.start)}", "dr:evidence dr:Inferred", cited]
    kinds: list[tuple[str, list[str]]] = []
    if draft.route is not None:
        measure = [f"dr:requires fact:{draft.route.measure}"] if draft.route.measure else []
        route = ["dr:modality dr:Permission", "dr:action dr:Transfer", "dr:viaMechanism :mechanism"]
        kinds.append(("route", [*route, *to, *measure]))
    if draft.banned:
        ban = ["dr:modality dr:Prohibition", "dr:action dr:Transfer", "dr:strength dr:Strict"]
        kinds.append(("ban", [*ban, *to]))
    if draft.where is not None:
        kinds.append(("kept", ["dr:modality dr:Obligation", f"dr:action dr:{draft.where.value}"]))
    for iri, code in draft.orders.items():
        for word, parts in kinds:
            head = f":{word}-{_plain(code)} a dr:Rule ; skos:prefLabel {_text(draft.title)}@en"
            yield " ; ".join([head, f"dr:ofJurisdiction {_name(iri)}", *parts, *scope, *dated]) + " ."


def _members(draft: Draft, cited: str) -> Iterable[str]:
    if not draft.members:
        return
    yield f":members a dr:JurisdictionGroup ; skos:prefLabel {_text('Members: ' + draft.title)}@en ."
    for iri, name in draft.members.items():
        parts = [f"dr:member {_name(iri)}", "dr:group :members", f"dr:validFrom {_day(draft.start)}"]
        yield (
            " ; ".join([f":member-{_plain(name)} a dr:Membership", *parts, "dr:evidence dr:Inferred", cited])
            + " ."
        )


# -- words of Turtle


def _day(day: date) -> str:
    return f'"{day.isoformat()}"^^xsd:date'


def _text(words: str) -> str:
    """Return a text as a literal; characters that are no Unicode scalars are replaced."""
    return json.dumps(words.encode("utf-8", "replace").decode("utf-8"), ensure_ascii=False)


def _plain(word: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]+", "-", word)


def _name(iri: str) -> str:
    """Return an IRI as Turtle, with a prefix where its last part is plain."""
    for prefix in ("cat", "pur", "sec", "mech", "fact", "id"):
        rest = iri.removeprefix(v.PREFIXES[prefix])
        if rest != iri and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*", rest):
            return f"{prefix}:{rest}"
    return f"<{iri}>"


def _all(iris: Iterable[str]) -> str:
    return " , ".join(_name(iri) for iri in iris)
