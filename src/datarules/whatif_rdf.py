"""The effect of a scenario as RDF: what it changes pair by pair, the islands, the conflicts, and by which statements.

A ``dr:Effect`` is derived from its scenario (``prov:wasDerivedFrom``) and used the statements added and ended
(``prov:used``). Each pair that changes is a ``dr:Shift`` (``dr:changes``) with two decisions; islands stand before
and after (``dr:islandBefore``, ``dr:islandAfter``); conflicts come or go (``dr:comes``, ``dr:goes``). Terms are those of ``ontology/datarules.ttl``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import pyoxigraph as ox

from . import vocab as v
from .asked import Asked
from .conflict_changes import differing
from .conflicts import Clash
from .formats import Format
from .rulebook import RuleBook
from .supposing import Supposed
from .vocab import Status
from .whatif import Effect, Shift, Tide

TYPE = ox.NamedNode(v.RDF + "type")
Node = ox.NamedNode
Object = ox.NamedNode | ox.Literal
PREFIXES = ("dct", "dr", "id", "prov", "xsd")


def _term(name: str) -> ox.NamedNode:
    return ox.NamedNode(v.NS + name)


def _status(status: Status) -> ox.NamedNode:
    return _term(status.value.capitalize())


class _Writer:
    """Triples of one effect."""

    def __init__(self, before: RuleBook, after: Supposed, found: Effect, asked: Asked) -> None:
        self.before, self.after, self.found, self.asked = before, after, found, asked
        self.day = ox.Literal(date.fromordinal(found.day).isoformat(), datatype=ox.NamedNode(v.XSD + "date"))
        said = [("purpose", v.local(asked.cell.purpose))] if asked.cell.purpose != v.ANY_PURPOSE else []
        said += [("sector", v.local(asked.cell.sector))] if asked.cell.sector != v.ANY_SECTOR else []
        said += [(name, str(value).lower()) for name, value in sorted(asked.facts.items())]
        beyond = "".join(f";{name}={value}" for name, value in said)
        self.base = f"{after.scenario.iri}/effect/{self.day.value}/{found.level.value}{beyond}"

    def all(self) -> Iterator[tuple[Node, Node, Object]]:
        """Yield every triple."""
        effect, scenario = Node(self.base), Node(self.after.scenario.iri)
        for name, value in (
            ("ofScenario", scenario),
            ("asOf", self.day),
            ("level", _status(self.found.level)),
        ):
            yield effect, _term(name), value
        yield effect, TYPE, _term("Effect")
        yield effect, Node(v.PROV + "wasDerivedFrom"), scenario
        yield from self._scenario(scenario)
        for iri in self._statements():
            yield effect, Node(v.PROV + "used"), Node(iri)
        for shift in self.found.pairs:
            yield from self._shift(effect, shift)
        for tide in self.found.tides:
            yield from self._tide(effect, tide)
        for name, clashes in (("comes", self.found.arisen), ("goes", self.found.gone)):
            for number, clash in enumerate(clashes, 1):
                one = Node(f"{self.base}/{name}/{number}")
                yield effect, _term(name), one
                yield from _conflict(one, clash)

    def _scenario(self, scenario: Node) -> Iterator[tuple[Node, Node, Object]]:
        one = self.after.scenario
        yield scenario, TYPE, _term("Scenario")
        yield scenario, Node(v.DCT + "title"), ox.Literal(one.title, language="en")
        first = ox.Literal(one.start.isoformat(), datatype=ox.NamedNode(v.XSD + "date"))
        yield scenario, _term("validFrom"), first
        for iri in one.ends:
            yield scenario, _term("ends"), Node(iri)

    def _statements(self) -> list[str]:
        """Return the statements that the scenario adds or ends."""
        first, second = self.before.records, self.after.book.records
        rules = differing(first.rules, second.rules)
        entries = differing(first.memberships, second.memberships)
        return sorted({*(one.iri for one in rules), *(one.iri for one in entries)})

    def _shift(self, effect: Node, shift: Shift) -> Iterator[tuple[Node, Node, Object]]:
        ends = f"{v.local(shift.origin)}/{v.local(shift.destination)}"
        base = f"{self.base}/pair/{v.local(shift.category)}/{ends}"
        one, flow = Node(base), Node(f"{base}/flow")
        yield effect, _term("changes"), one
        yield one, TYPE, _term("Shift")
        for name, iri in (("origin", shift.origin), ("target", shift.destination), ("data", shift.category)):
            yield flow, _term(name), Node(iri)
        for name, iri in (("purpose", self.asked.cell.purpose), ("sector", self.asked.cell.sector)):
            yield flow, _term(name), Node(iri)
        yield flow, TYPE, _term("Flow")
        yield flow, _term("asOf"), self.day
        yield one, _term("ofFlow"), flow
        for name, statuses in (("before", shift.before), ("after", shift.after)):
            decision = Node(f"{base}/{name}")
            yield one, _term(name), decision
            yield decision, TYPE, _term("Decision")
            yield decision, _term("ofFlow"), flow
            for case, status in zip(("status", "best", "worst"), statuses, strict=True):
                yield decision, _term(case), _status(status)
        for iri in (shift.route, shift.obstacle):
            if iri:
                yield Node(f"{base}/after"), Node(v.PROV + "used"), Node(iri)

    def _tide(self, effect: Node, tide: Tide) -> Iterator[tuple[Node, Node, Object]]:
        places = self.before.by_code
        for name, islands in (("islandBefore", tide.before), ("islandAfter", tide.after)):
            for number, codes in enumerate(islands, 1):
                one = Node(f"{self.base}/{name}/{v.local(tide.category)}/{number}")
                yield effect, _term(name), one
                yield one, TYPE, _term("Island")
                yield one, _term("data"), Node(tide.category)
                for code in codes:
                    yield one, _term("inhabitant"), Node(places[code].iri)


def _conflict(one: Node, clash: Clash) -> Iterator[tuple[Node, Node, Object]]:
    yield one, TYPE, _term("Conflict")
    yield one, Node(v.DCT + "type"), ox.Literal(clash.kind)
    yield one, _term("firstNorm"), Node(clash.first.iri)
    yield one, _term("secondNorm"), Node(clash.second.iri)
    for iri in clash.data:
        yield one, _term("data"), Node(iri)


def quads(before: RuleBook, after: Supposed, found: Effect, asked: Asked) -> Iterator[ox.Quad]:
    """Yield an effect as quads of one named graph, whose name is the effect's."""
    made = _Writer(before, after, found, asked)
    graph = Node(made.base)
    for subject, predicate, value in made.all():
        yield ox.Quad(subject, predicate, value, graph)


def _chunk(quads: Iterable[ox.Quad], form: ox.RdfFormat) -> Iterator[bytes]:
    named = form.supports_datasets
    statements = quads if named else (ox.Triple(q.subject, q.predicate, q.object) for q in quads)
    prefixes = {name: v.PREFIXES[name] for name in PREFIXES}
    written = ox.serialize(statements, format=form, prefixes=prefixes)
    yield written or b""


FORMATS: dict[str, Format] = {
    "turtle": Format("text/turtle", ".ttl", lambda found: _chunk(found, ox.RdfFormat.TURTLE)),
    "jsonld": Format("application/ld+json", ".jsonld", lambda found: _chunk(found, ox.RdfFormat.JSON_LD)),
    "nquads": Format("application/n-quads", ".nq", lambda found: _chunk(found, ox.RdfFormat.N_QUADS)),
}
"""Formats of effects by name."""


def write(name: str, before: RuleBook, after: Supposed, found: Effect, asked: Asked) -> bytes:
    """Return an effect in a format of `FORMATS`.

    Args:
        name: of the format.
        before: the law as it is.
        after: the law as imagined.
        found: the effect.
        asked: what was asked.
    """
    return b"".join(FORMATS[name].stream(quads(before, after, found, asked)))
