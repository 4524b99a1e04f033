"""The ontology: complete, used, and equal to the names the program knows."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic

from datarules import bundled, vocab

FILES = bundled.ontology_files() + bundled.shape_files()
DR = Namespace(vocab.NS)
CONCEPT_CLASSES = ("Fact", "DataCategory", "Purpose", "Sector", "Mechanism", "Term")


def name(iri: object) -> str:
    return str(iri).removeprefix(vocab.NS)


def terms(ontology: Graph, scheme: str) -> dict[str, str]:
    """Return local name → notation of the closed terms of a scheme."""
    return {
        name(s): str(ontology.value(s, SKOS.notation) or "")
        for s in ontology.subjects(SKOS.inScheme, DR[scheme])
    }


def test_every_term_has_label_and_definition(ontology: Graph) -> None:
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    subjects = {s for kind in kinds for s in ontology.subjects(RDF.type, kind)}
    assert [
        s for s in subjects if not ontology.value(s, RDFS.label) or not ontology.value(s, SKOS.definition)
    ] == []
    concepts = {s for kind in CONCEPT_CLASSES for s in ontology.subjects(RDF.type, DR[kind])}
    assert [
        s for s in concepts if not ontology.value(s, SKOS.prefLabel) or not ontology.value(s, SKOS.definition)
    ] == []
    assert len(subjects) > 50
    assert len(concepts) > 150


def test_every_class_has_an_example(ontology: Graph) -> None:
    assert [s for s in ontology.subjects(RDF.type, OWL.Class) if not ontology.value(s, SKOS.example)] == []


def test_every_scheme_has_a_label_and_its_concepts_point_to_it(ontology: Graph) -> None:
    schemes = set(ontology.subjects(RDF.type, SKOS.ConceptScheme))
    assert [s for s in schemes if not ontology.value(s, SKOS.prefLabel)] == []
    concepts = {s for kind in CONCEPT_CLASSES for s in ontology.subjects(RDF.type, DR[kind])}
    assert [c for c in concepts if set(ontology.objects(c, SKOS.inScheme)) & schemes == set()] == []


def test_every_term_is_used(ontology: Graph) -> None:
    """A term that no shape, no data file and no line of the program knows has no place."""
    used: set[str] = set()
    for path in [*bundled.shape_files(), *bundled.data_files(), *bundled.ontology_files()]:
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
            used.update(n.value for n in (quad.predicate, quad.object) if isinstance(n, ox.NamedNode))
    source = "".join(p.read_text(encoding="utf-8") for p in Path(vocab.__file__).parent.rglob("*.py"))
    used.update(vocab.NS + word for word in re.findall(r"\bdr:(\w+)", source))
    used.update(vocab.NS + status.value.capitalize() for status in vocab.Status)
    own = {str(s) for s in ontology.subjects(RDF.type) if str(s).startswith(vocab.NS)}
    assert sorted(own - used) == []


@pytest.mark.parametrize(
    ("enum", "scheme"),
    [
        (vocab.Action, "Actions"),
        (vocab.Modality, "Modalities"),
        (vocab.Strength, "Strengths"),
        (vocab.Extent, "Extents"),
    ],
)
def test_the_program_knows_exactly_the_terms(ontology: Graph, enum: type[Enum], scheme: str) -> None:
    assert {member.value for member in enum} == set(terms(ontology, scheme))


def test_evidence_levels_have_their_rank_as_notation(ontology: Graph) -> None:
    assert {e.name: str(e.value) for e in vocab.Evidence} == terms(ontology, "EvidenceLevels")


def test_each_burden_has_the_status_it_gives_as_notation(ontology: Graph) -> None:
    assert {b.name: vocab.SCALE[b.value + 1].value for b in vocab.Burden} == terms(ontology, "Burdens")


def test_statuses_have_their_word_as_notation(ontology: Graph) -> None:
    assert {s.value.capitalize(): s.value for s in vocab.Status} == terms(ontology, "Statuses")


def test_localisation_actions_have_the_kind_of_overlay_as_notation(ontology: Graph) -> None:
    notation = terms(ontology, "Actions")
    assert {a.value: notation[a.value] for a in vocab.LOCALISATION} == {
        a.value: k for a, k in vocab.LOCALISATION.items()
    }


@pytest.mark.parametrize("kind", ["DataCategory", "Purpose", "Sector", "Mechanism"])
def test_concepts_hang_together_without_a_circle(ontology: Graph, kind: str) -> None:
    concepts = set(ontology.subjects(RDF.type, DR[kind]))
    assert {o for c in concepts for o in ontology.objects(c, SKOS.broader)} <= concepts
    for concept in concepts:
        above = {
            o
            for b in ontology.objects(concept, SKOS.broader)
            for o in ontology.transitive_objects(b, SKOS.broader)
        }
        assert concept not in above


@pytest.mark.parametrize(
    ("kind", "top"),
    [("DataCategory", vocab.ANY_DATA), ("Purpose", vocab.ANY_PURPOSE), ("Sector", vocab.ANY_SECTOR)],
)
def test_each_scheme_has_one_top(ontology: Graph, kind: str, top: str) -> None:
    concepts = set(ontology.subjects(RDF.type, DR[kind]))
    assert {str(c) for c in concepts if not ontology.value(c, SKOS.broader)} == {top}


def test_every_mechanism_is_heavy_or_has_a_kind_that_is(ontology: Graph) -> None:
    for mechanism in ontology.subjects(RDF.type, DR.Mechanism):
        chain = ontology.transitive_objects(mechanism, SKOS.broader)
        assert any(ontology.value(m, DR.burden) for m in chain), mechanism


def test_no_two_concepts_of_a_scheme_share_a_word(ontology: Graph) -> None:
    """A question names concepts by label or other label, so a word must mean one thing."""
    for kind in CONCEPT_CLASSES[:4]:
        words: dict[str, str] = {}
        for concept in sorted(map(str, ontology.subjects(RDF.type, DR[kind]))):
            for predicate in (SKOS.prefLabel, SKOS.altLabel):
                for word in ontology.objects(URIRef(concept), predicate):
                    assert words.setdefault(str(word).casefold(), concept) == concept, word


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_two_parsers_read_the_same_triples(path: Path) -> None:
    one = Graph().parse(path)
    lines = "".join(
        f"{q.subject} {q.predicate} {q.object} .\n"
        for q in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    )
    assert isomorphic(one, Graph().parse(data=lines, format="nt"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_prefixes_are_the_same_everywhere(path: Path) -> None:
    parser = ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    for _ in parser:
        pass
    extra = {
        "sh": "http://www.w3.org/ns/shacl#",
        "shape": "https://w3id.org/datarules/shape/",
        "vann": "http://purl.org/vocab/vann/",
        "vs": "http://www.w3.org/2003/06/sw-vocab-status/ns#",
    }
    known = vocab.PREFIXES | extra
    assert {p: iri for p, iri in parser.prefixes.items() if known.get(p) != iri} == {}


def test_the_header_names_version_and_licence(ontology: Graph) -> None:
    (header,) = ontology.subjects(RDF.type, OWL.Ontology)
    assert ontology.value(header, OWL.versionIRI)
    assert str(ontology.value(header, URIRef("http://purl.org/vocab/vann/preferredNamespaceUri"))) == vocab.NS
    assert (
        header,
        URIRef(vocab.DCT + "license"),
        URIRef("https://creativecommons.org/licenses/by/4.0/"),
    ) in ontology
    assert ontology.value(header, OWL.versionInfo) == Literal("0.1")
