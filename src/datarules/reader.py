"""Triples → records. The last module on the way to a decision that sees RDF.

It reads a dataset that validation has passed, so it only refuses what would make a record meaningless.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from . import vocab as v
from .errors import DataError, Problem
from .load import Dataset, SourceFile
from .model import (
    FOREVER,
    TRUE,
    Authority,
    Citation,
    Comparison,
    Coverage,
    Expr,
    Fact,
    Jurisdiction,
    Mechanism,
    Membership,
    Rule,
    Scope,
    all_of,
    any_of,
)
from .vocab import Action, Burden, Evidence, Extent, Modality, Strength

Node = Any
Index = dict[str, dict[str, list[Node]]]


@dataclass(slots=True)
class Concept:
    """A SKOS concept of one of the shared or local schemes."""

    iri: str
    label: str
    definition: str
    broader: tuple[str, ...]
    narrow_matches: tuple[str, ...]
    aliases: tuple[str, ...]
    arises: v.Arising | None = None


@dataclass(slots=True)
class Records:
    """Everything the files say, as records keyed by IRI."""

    jurisdictions: dict[str, Jurisdiction] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    memberships: dict[str, Membership] = field(default_factory=dict)
    coverages: dict[str, Coverage] = field(default_factory=dict)
    authorities: dict[str, Authority] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    mechanisms: dict[str, Mechanism] = field(default_factory=dict)
    categories: dict[str, Concept] = field(default_factory=dict)
    purposes: dict[str, Concept] = field(default_factory=dict)
    sectors: dict[str, Concept] = field(default_factory=dict)
    instruments: dict[str, tuple[str, str, str]] = field(default_factory=dict)


def read(dataset: Dataset) -> Records:
    """Return the records of a dataset.

    Raises:
        DataError: a statement cannot be read as the record it claims to be; all such are listed.
    """
    return _Reader(dataset).run()


def _key(node: Node) -> str:
    return str(node.value) if hasattr(node, "value") else str(node)


class _Reader:
    def __init__(self, dataset: Dataset) -> None:
        self.index: Index = defaultdict(lambda: defaultdict(list))
        self.home: dict[str, SourceFile] = {}
        self.types: dict[str, set[str]] = defaultdict(set)
        self.problems: list[Problem] = []
        self.out = Records()
        for file in dataset.files:
            for triple in file.triples:
                subject, predicate = triple.subject.value, triple.predicate.value
                self.index[subject][predicate].append(triple.object)
                if predicate == v.RDF + "type":
                    self.types[triple.object.value].add(subject)
                    self.home.setdefault(subject, file)

    def run(self) -> Records:
        """Read every kind of record in the order in which they refer to each other."""
        out = self.out
        for kind, into in (
            ("DataCategory", out.categories),
            ("Purpose", out.purposes),
            ("Sector", out.sectors),
        ):
            for iri in self._all(kind):
                into[iri] = self._concept(iri)
        for iri in self._all("Mechanism"):
            out.mechanisms[iri] = self._mechanism(iri)
        for iri in self._all("Fact"):
            self._guard(iri, lambda i: out.facts.__setitem__(v.local(i), self._fact(i)))
        for iri in sorted(self.types[v.ELI + "LegalResource"]):
            title = self._text(iri, v.ELI + "title_short") or self._text(iri, v.DCT + "title")
            out.instruments[iri] = (title, self._text(iri, v.DCT + "title"), self._one(iri, v.SCHEMA + "url"))
        for iri in self._all("Jurisdiction"):
            out.jurisdictions[iri] = self._jurisdiction(iri)
        for iri in self._all("JurisdictionGroup"):
            out.groups[iri] = self._text(iri, v.SKOS + "prefLabel")
        for kind in ("Rule", "Commitment"):
            for iri in self._all(kind):
                self._guard(iri, lambda i, c=kind == "Commitment": out.rules.__setitem__(i, self._rule(i, c)))
        for kind in ("Membership", "Extension"):
            for iri in self._all(kind):
                self._guard(
                    iri,
                    lambda i, e=kind == "Extension": out.memberships.__setitem__(i, self._membership(i, e)),
                )
        for iri in self._all("Coverage"):
            self._guard(iri, lambda i: out.coverages.__setitem__(i, self._coverage(i)))
        for iri in self._all("Authority"):
            self._guard(iri, lambda i: out.authorities.__setitem__(i, self._authority(i)))
        if self.problems:
            raise DataError(*self.problems)
        return out

    def _guard(self, iri: str, make: Any) -> None:
        try:
            make(iri)
        except (KeyError, ValueError, IndexError) as error:
            file = self.home[iri]
            self.problems.append(
                Problem(
                    f"{file.name}:{file.line_of(iri)}",
                    v.local(iri),
                    f"This statement cannot be read ({error}).",
                    f"Run: datarules validate {file.name}",
                )
            )

    def _all(self, kind: str) -> list[str]:
        return sorted(self.types[v.NS + kind])

    def _objects(self, subject: str, predicate: str) -> list[Node]:
        return self.index[subject].get(predicate, [])

    def _iris(self, subject: str, predicate: str) -> tuple[str, ...]:
        return tuple(sorted(_key(o) for o in self._objects(subject, predicate)))

    def _one(self, subject: str, predicate: str) -> str:
        found = self._objects(subject, predicate)
        return _key(found[0]) if found else ""

    def _text(self, subject: str, predicate: str) -> str:
        found = self._objects(subject, predicate)
        for node in found:
            if getattr(node, "language", None) in ("en", None):
                return _key(node)
        return _key(found[0]) if found else ""

    def _labels(self, subject: str) -> tuple[tuple[str, str], ...]:
        found = self._objects(subject, v.SKOS + "prefLabel")
        return tuple(sorted((getattr(node, "language", None) or "en", _key(node)) for node in found))

    def _texts(self, subject: str, predicate: str) -> tuple[str, ...]:
        return tuple(sorted(_key(o) for o in self._objects(subject, predicate)))

    def _term(self, subject: str, predicate: str, default: str = "") -> str:
        return self._one(subject, v.NS + predicate).removeprefix(v.NS) or default

    def _day(self, subject: str, predicate: str, default: int) -> int:
        text = self._one(subject, v.NS + predicate)
        return date.fromisoformat(text).toordinal() if text else default

    def _concept(self, iri: str) -> Concept:
        return Concept(
            iri,
            self._text(iri, v.SKOS + "prefLabel"),
            self._text(iri, v.SKOS + "definition"),
            self._iris(iri, v.SKOS + "broader"),
            self._iris(iri, v.SKOS + "narrowMatch"),
            self._texts(iri, v.SKOS + "altLabel"),
            v.Arising(arises) if (arises := self._term(iri, "arises")) else None,
        )

    def _mechanism(self, iri: str, seen: frozenset[str] = frozenset()) -> Mechanism:
        kinds: dict[str, None] = {}
        burden = Burden[self._term(iri, "burden", "NoBurden")]
        for kind in self._iris(iri, v.SKOS + "broader"):
            if kind not in seen:
                above = self._mechanism(kind, seen | {iri})
                kinds.update(dict.fromkeys((kind, *above.kinds)))
                if not self._objects(iri, v.NS + "burden"):
                    burden = max(burden, above.burden)
        return Mechanism(iri, self._text(iri, v.SKOS + "prefLabel"), burden, tuple(kinds))

    def _fact(self, iri: str) -> Fact:
        integer = self._one(iri, v.NS + "valueType") == v.XSD + "integer"
        return Fact(
            v.local(iri),
            self._text(iri, v.SKOS + "prefLabel"),
            self._text(iri, v.SKOS + "definition"),
            self._term(iri, "role") == "Measure",
            int if integer else bool,
            self._text(iri, v.NS + "unit"),
            self._text(iri, v.NS + "window"),
            Burden[self._term(iri, "burden", "NoBurden")],
            self._term(iri, "baseline") == "Holds",
            self._texts(iri, v.SKOS + "altLabel"),
            iri in self.types[v.NS + "Reading"],
            frozenset(self._iris(iri, v.NS + "assumedIn")),
        )

    def _jurisdiction(self, iri: str) -> Jurisdiction:
        return Jurisdiction(
            iri,
            self._one(iri, v.DCT + "identifier") or v.local(iri),
            self._text(iri, v.SKOS + "prefLabel"),
            date.fromisoformat(day) if (day := self._one(iri, v.NS + "reviewedOn")) else None,
            self._texts(iri, v.SKOS + "altLabel"),
            self.home[iri].name,
            iri in self.types[v.NS + "Union"],
            self._labels(iri),
        )

    def _expr(self, node: str, seen: frozenset[str] = frozenset()) -> Expr:
        if node in seen:
            raise ValueError(f"condition {v.local(node)} contains itself")
        if node.startswith(v.FACT):
            return Comparison(v.local(node), "eq", True)
        seen = seen | {node}
        parts: list[Expr] = []
        if fact := self._one(node, v.NS + "fact"):
            literal = self._objects(node, v.NS + "value")[0].value
            value: bool | int = True if literal == "true" else int(literal)
            parts.append(
                Comparison(v.local(fact), self._one(node, v.NS + "operator").removeprefix(v.ODRL), value)
            )
        parts += [self._expr(p, seen) for p in self._iris(node, v.NS + "allOf")]
        if alternatives := self._iris(node, v.NS + "anyOf"):
            parts.append(any_of(*(self._expr(p, seen) for p in alternatives)))
        if not parts:
            raise ValueError(f"condition {v.local(node)} tests nothing")
        return all_of(*parts)

    def _when(self, iri: str) -> Expr:
        return all_of(TRUE, *(self._expr(c) for c in self._iris(iri, v.NS + "appliesIf")))

    def _scope(self, iri: str) -> Scope:
        def get(name: str, top: str) -> frozenset[str]:
            found = frozenset(self._iris(iri, v.NS + name))
            return frozenset() if top in found else found

        return Scope(
            get("data", v.ANY_DATA),
            get("notData", ""),
            get("sector", v.ANY_SECTOR),
            get("purpose", v.ANY_PURPOSE),
        )

    def _citations(self, iri: str, predicate: str = "citation") -> tuple[Citation, ...]:
        made = []
        for node in self._objects(iri, v.NS + predicate):
            key = _key(node)
            source = self._one(key, v.DCT + "source")
            short, _, address = self.out.instruments.get(source, ("", "", source))
            read = self._one(key, v.NS + "readOn")
            own = self._one(key, v.SCHEMA + "url")
            made.append(
                Citation(
                    source,
                    short,
                    self._text(key, v.NS + "pinpoint"),
                    own or address,
                    date.fromisoformat(read),
                    self._iris(key, v.NS + "readIn"),
                    self._term(key, "means"),
                )
            )
        return tuple(made)

    def _rule(self, iri: str, commitment: bool) -> Rule:
        mechanism = self.out.mechanisms.get(self._one(iri, v.NS + "viaMechanism"))
        requires = tuple(v.local(f) for f in self._iris(iri, v.NS + "requires"))
        level = max(
            [
                mechanism.burden if mechanism else Burden.NoBurden,
                *(self.out.facts[f].burden for f in requires),
            ]
        )
        pending = self._term(iri, "commencement") == "NotCommenced"
        return Rule(
            iri=iri,
            label=self._text(iri, v.SKOS + "prefLabel"),
            order=self._one(iri, v.NS + "ofJurisdiction"),
            modality=Modality(self._term(iri, "modality")),
            action=Action(self._term(iri, "action")),
            strength=Strength(self._term(iri, "strength", "Defeasible")),
            scope=self._scope(iri),
            destinations=frozenset(self._iris(iri, v.NS + "destination")),
            not_destinations=frozenset(self._iris(iri, v.NS + "notDestination")),
            when=self._when(iri),
            requires=requires,
            mechanism=mechanism,
            overrides=frozenset(self._iris(iri, v.NS + "overrides")),
            start=self._day(iri, "validFrom", FOREVER),
            end=self._day(iri, "validUntil", FOREVER),
            evidence=Evidence[self._term(iri, "evidence")],
            citations=self._citations(iri),
            end_citations=self._citations(iri, "endCitation"),
            confirmations=self._citations(iri, "confirmation"),
            commitment=commitment,
            pending=pending,
            note=" ".join(self._texts(iri, v.SKOS + "note")),
            level=level,
            onward_to=frozenset(self._iris(iri, v.NS + "onwardTo")),
            file=self.home[iri].name,
        )

    def _membership(self, iri: str, extension: bool) -> Membership:
        return Membership(
            iri=iri,
            member=self._one(iri, v.NS + "member"),
            group=self._one(iri, v.NS + "group"),
            extension=extension,
            scope=self._scope(iri),
            when=self._when(iri),
            mechanism=self.out.mechanisms.get(self._one(iri, v.NS + "viaMechanism")),
            start=self._day(iri, "validFrom", FOREVER),
            end=self._day(iri, "validUntil", FOREVER),
            evidence=Evidence[self._term(iri, "evidence")],
            citations=self._citations(iri),
            end_citations=self._citations(iri, "endCitation"),
            confirmations=self._citations(iri, "confirmation"),
            note=" ".join(self._texts(iri, v.SKOS + "note")),
            file=self.home[iri].name,
            leaves_out=frozenset(self._iris(iri, v.NS + "leavesOut")),
        )

    def _coverage(self, iri: str) -> Coverage:
        evidence = self._term(iri, "evidence")
        return Coverage(
            iri,
            self._one(iri, v.NS + "ofJurisdiction"),
            Action(self._term(iri, "action", "Transfer")),
            self._scope(iri).data,
            Extent(self._term(iri, "extent")),
            self._day(iri, "validFrom", 0),
            self._day(iri, "validUntil", FOREVER),
            Evidence[evidence] if evidence else None,
            self._citations(iri),
            date.fromisoformat(self._one(iri, v.NS + "reviewedOn")),
            " ".join(self._texts(iri, v.SKOS + "note")),
        )

    def _authority(self, iri: str) -> Authority:
        return Authority(
            iri,
            self._one(iri, v.NS + "ofJurisdiction"),
            self._text(iri, v.SKOS + "prefLabel"),
            self._labels(iri),
            self._texts(iri, v.SKOS + "altLabel"),
            self._scope(iri),
            self._one(iri, v.SCHEMA + "url"),
            self._day(iri, "validFrom", 0),
            self._day(iri, "validUntil", FOREVER),
            Evidence[self._term(iri, "evidence")],
            self._citations(iri),
            " ".join(self._texts(iri, v.SKOS + "note")),
        )


def narrower_closure(concepts: Iterable[Concept]) -> dict[str, frozenset[str]]:
    """Map each concept to itself and all that is broader: ``skos:broader`` up, ``skos:narrowMatch`` inverted."""
    up: dict[str, set[str]] = defaultdict(set)
    known = list(concepts)
    for concept in known:
        up[concept.iri].update(concept.broader)
        for inner in concept.narrow_matches:
            up[inner].add(concept.iri)
    closed: dict[str, frozenset[str]] = {}
    for concept in known:
        reached, stack = {concept.iri}, [concept.iri]
        while stack:
            for above in up[stack.pop()]:
                if above not in reached:
                    reached.add(above)
                    stack.append(above)
        closed[concept.iri] = frozenset(reached)
    return closed
