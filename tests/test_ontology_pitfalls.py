"""Pitfalls of ontologies (the catalogue of OOPS!, https://oops.linkeddata.es), looked for in ours on every change.

Each check is a function that names what falls into the pitfall; a small ontology that falls into all of them shows
that it would be found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef

from datarules import bundled, vocab

SCHEMA = Namespace("https://schema.org/")
VS = Namespace("http://www.w3.org/2003/06/sw-vocab-status/ns#")
STATUSES = {"stable", "testing", "archaic"}
PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty)
HEADER = (DCTERMS.title, DCTERMS.description, DCTERMS.license, OWL.versionIRI, OWL.versionInfo)

FREE_VALUES = {"operator", "valueType", "readIn"}
"""Properties whose values are names or pages of others, so that no class of ours is their range."""

Check = Callable[[Graph], Iterable[object]]


def classes(graph: Graph) -> set[URIRef]:
    return {s for s in graph.subjects(RDF.type, OWL.Class) if isinstance(s, URIRef)}


def properties(graph: Graph) -> set[URIRef]:
    return {s for kind in PROPERTIES for s in graph.subjects(RDF.type, kind) if isinstance(s, URIRef)}


def name(iri: object) -> str:
    return re.split("[#/]", str(iri))[-1]


def unlabelled(graph: Graph) -> Iterable[object]:
    """P08: no label or definition, or several in one language: a name with two meanings (P01)."""
    for term in classes(graph) | properties(graph):
        for predicate in (RDFS.label, SKOS.definition):
            languages = [x.language for x in graph.objects(term, predicate) if isinstance(x, Literal)]
            if "en" not in languages or len(languages) != len(set(languages)):
                yield term


def two_kinds(graph: Graph) -> Iterable[object]:
    """P01: a term that is both class and property, or a property with values and with things as values."""
    yield from classes(graph) & properties(graph)
    yield from set(graph.subjects(RDF.type, PROPERTIES[0])) & set(graph.subjects(RDF.type, PROPERTIES[1]))


def boundless(graph: Graph) -> Iterable[object]:
    """P11: no domain or range; P19: several of rdfs, which would be all at once."""
    for term in properties(graph):
        if not graph.value(term, SCHEMA.domainIncludes) and not graph.value(term, RDFS.domain):
            yield term
        ranged = graph.value(term, SCHEMA.rangeIncludes) or graph.value(term, RDFS.range)
        if not ranged and name(term) not in FREE_VALUES:
            yield term
        if any(len(set(graph.objects(term, one))) > 1 for one in (RDFS.domain, RDFS.range)):
            yield term


def unknown_bounds(graph: Graph) -> Iterable[object]:
    """P34: a domain or range of our own space that is not declared as a class."""
    for predicate in (SCHEMA.domainIncludes, SCHEMA.rangeIncludes, RDFS.domain, RDFS.range, RDFS.subClassOf):
        for found in graph.objects(None, predicate):
            if str(found).startswith(vocab.NS) and found not in classes(graph):
                yield found


def circles(graph: Graph) -> Iterable[object]:
    """P06: a class, property or concept above itself."""
    for predicate in (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.broader):
        for term in set(graph.subjects(predicate)):
            if any(term in graph.transitive_objects(o, predicate) for o in graph.objects(term, predicate)):
                yield term


def unconnected(graph: Graph) -> Iterable[object]:
    """P04: a class that no property starts from or leads to, and that is neither above nor below another."""
    bounds = {o for p in (SCHEMA.domainIncludes, SCHEMA.rangeIncludes) for o in graph.objects(None, p)}
    bounds |= {o for p in (RDFS.domain, RDFS.range, RDFS.subClassOf) for o in graph.objects(None, p)}
    yield from (c for c in classes(graph) if c not in bounds and not graph.value(c, RDFS.subClassOf))


def wrong_inverses(graph: Graph) -> Iterable[object]:
    """P05: an inverse that is no property of things, or whose domain is not the range of the other."""
    for one, other in graph.subject_objects(OWL.inverseOf):
        ends = [
            (set(graph.objects(a, SCHEMA.domainIncludes)), set(graph.objects(b, SCHEMA.rangeIncludes)))
            for a, b in ((one, other), (other, one))
        ]
        things = all((p, RDF.type, OWL.ObjectProperty) in graph for p in (one, other))
        if not things or one == other or any(starts != leads for starts, leads in ends):
            yield one


def misnamed(graph: Graph) -> Iterable[object]:
    """P22: classes in CapitalCase, properties in lowerCase, letters and digits alone."""
    yield from (c for c in classes(graph) if not re.fullmatch("[A-Z][A-Za-z0-9]*", name(c)))
    yield from (p for p in properties(graph) if not re.fullmatch("[a-z][A-Za-z0-9]*", name(p)))


def same_words(graph: Graph) -> Iterable[object]:
    """P32: two classes, or two properties, with the same label."""
    for terms in (classes(graph), properties(graph)):
        known: dict[str, object] = {}
        for term in sorted(terms):
            for label in graph.objects(term, RDFS.label):
                if known.setdefault(str(label).casefold(), term) != term:
                    yield term


def unheaded(graph: Graph) -> Iterable[object]:
    """P38, P41: no declaration of the ontology, or one without title, licence or version."""
    headers = set(graph.subjects(RDF.type, OWL.Ontology))
    yield from (one for one in HEADER if not any(graph.value(h, one) for h in headers))


def unsettled(graph: Graph) -> Iterable[object]:
    """No status, or none of those that docs/deprecation.md knows."""
    for term in classes(graph) | properties(graph):
        if [str(x) for x in graph.objects(term, VS.term_status)] not in [[one] for one in STATUSES]:
            yield term


def without_successor(graph: Graph) -> Iterable[object]:
    """Deprecated without successor or note, or with a successor that is itself deprecated; archaic or not told so."""
    archaic = set(graph.subjects(VS.term_status, Literal("archaic")))
    deprecated = {s for s, o in graph.subject_objects(OWL.deprecated) if isinstance(o, Literal) and o.value}
    yield from archaic ^ deprecated
    for term in deprecated:
        after = graph.value(term, DCTERMS.isReplacedBy)
        if (after is None and not graph.value(term, SKOS.changeNote)) or after in deprecated:
            yield term


def nameless(graph: Graph) -> Iterable[object]:
    """Terms without a name of their own, and uses of our space that nothing declares."""
    yield from (
        s for kind in (OWL.Class, *PROPERTIES) for s in graph.subjects(RDF.type, kind) if isinstance(s, BNode)
    )
    declared = {s for s in graph.subjects(RDF.type) if isinstance(s, URIRef)}
    used = {n for triple in graph for n in triple if isinstance(n, URIRef) and str(n).startswith(vocab.NS)}
    yield from used - declared


CHECKS: list[Check] = [
    *(unlabelled, two_kinds, boundless, unknown_bounds, circles, unconnected, wrong_inverses, misnamed),
    *(same_words, unheaded, unsettled, without_successor, nameless),
]

WRONG = f"""
@prefix dr: <{vocab.NS}> . @prefix owl: <{OWL}> . @prefix rdfs: <{RDFS}> . @prefix skos: <{SKOS}> .
@prefix schema: <{SCHEMA}> . @prefix vs: <{VS}> .
dr:lonely a owl:Class ; rdfs:label "thing"@en , "object"@en .
dr:Round a owl:Class ; rdfs:subClassOf dr:Circle ; rdfs:label "thing"@en . dr:Circle rdfs:subClassOf dr:Round .
dr:Both a owl:ObjectProperty , owl:DatatypeProperty ; schema:domainIncludes dr:Nowhere ; owl:inverseOf dr:Both .
[] a owl:Class .
dr:old a owl:ObjectProperty ; vs:term_status "archaic" ; owl:deprecated true .
"""


@pytest.mark.parametrize("check", CHECKS, ids=lambda one: one.__name__)
def test_no_term_falls_into_a_pitfall(check: Check, ontology: Graph) -> None:
    assert sorted(set(map(str, check(ontology)))) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda one: one.__name__)
def test_a_pitfall_would_be_found(check: Check) -> None:
    assert list(check(Graph().parse(data=WRONG, format="turtle")))


def test_the_data_use_no_deprecated_term(ontology: Graph) -> None:
    old = {str(s) for s in ontology.subjects(OWL.deprecated)}
    text = "".join(path.read_text(encoding="utf-8") for path in bundled.data_files())
    used = {vocab.NS + word for word in re.findall(r"\bdr:(\w+)", text)}
    assert len(used) > 40 and old.isdisjoint(used)
