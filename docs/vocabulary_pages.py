"""The ontology, its concept schemes and its shapes as pages of pyLODE, made when the documentation is built.

pyLODE's profiles describe classes and properties; concepts and shapes are handed to it as named individuals,
for which it has a section but no profile.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import rdflib
import reference_pages
from dominate import tags
from pylode import OntPub
from pylode.utils import section_html
from rdflib import OWL, RDF, SH, SKOS
from rdflib.namespace import DCTERMS, VANN

from datarules import bundled
from datarules import vocab as v

logging.getLogger().setLevel(logging.WARNING)  # pyLODE asks for everything when it is imported
DR = rdflib.Namespace(v.NS)
ONTOLOGY = rdflib.URIRef(v.NS.rstrip("#"))
LICENCE = rdflib.URIRef("https://creativecommons.org/licenses/by/4.0/")
SHOWN = {
    SKOS.altLabel: "Also called",
    SKOS.definition: "Meaning",
    SKOS.inScheme: "Scheme",
    SKOS.broader: "Broader",
    SKOS.broadMatch: "Broader elsewhere",
    SKOS.narrowMatch: "Holds",
    SKOS.closeMatch: "Close to",
    SKOS.exactMatch: "Same as",
    SKOS.notation: "Written",
    SKOS.example: "Example",
    SKOS.scopeNote: "Scope",
    DR.burden: "Burden",
    DR.role: "Role",
    DR.valueType: "Value",
    DR.unit: "Unit",
    DR.window: "Window",
    DR.baseline: "Baseline",
    DR.arises: "Arises",
    SH.targetClass: "Of every",
    SH.targetSubjectsOf: "Of what has",
    SH.path: "Of",
    SH.property: "Asks",
    SH.severity: "Severity",
    SH.message: "Says",
}
"""What is shown of a concept or a shape, by its heading, in this order."""

SPACES = {str(SKOS): "SKOS", str(SH): "SHACL", v.NS: "datarules"}


class Pages(OntPub):
    """An OntPub document with one more section.

    Args:
        graph: what is described; it is changed.
        heading: of the further section.
        members: what the section tells of.
    """

    def __init__(self, graph: rdflib.Graph, heading: str, members: Iterable[Any]) -> None:
        for one in members:
            graph.remove((one, RDF.type, None))
            graph.add((one, RDF.type, OWL.NamedIndividual))
            graph.add((one, DCTERMS.title, graph.value(one, SKOS.prefLabel) or rdflib.Literal(_local(one))))
        super().__init__(graph, sort_subjects=True)
        self.heading = heading
        for prop, title in SHOWN.items():
            known = next(name for space, name in SPACES.items() if str(prop).startswith(space))
            self.props_labeled[prop] = {"title": title, "description": "", "ont_title": known}

    def _make_main_sections(self) -> None:
        super()._make_main_sections()
        with self.content:
            section_html(
                self.heading,
                self.ont,
                self.back_onts,
                self.ns,
                OWL.NamedIndividual,
                list(SHOWN),
                self.toc,
                "named_individuals",
                self.fids,
                self.props_labeled,
            )

    def _make_toc(self) -> None:
        super()._make_toc()
        (whole,) = self.doc.body.get(tags.ul, cls="first")
        entries = tags.ul(
            (tags.li(tags.a(e[1], href=e[0])) for e in self.toc["named_individuals"]), cls="second"
        )
        whole.add(tags.li(tags.h4(tags.a(self.heading, href="#named_individuals")), entries))


def _local(term: rdflib.term.Node) -> str:
    return str(term).rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def _titled(graph: rdflib.Graph, whole: rdflib.URIRef, title: str, prefix: str, told: str) -> None:
    """Say what pyLODE and a reader need to know of a document."""
    graph.add((whole, RDF.type, OWL.Ontology))
    graph.add((whole, DCTERMS.title, rdflib.Literal(title, "en")))
    graph.add((whole, DCTERMS.description, rdflib.Literal(told, "en")))
    graph.add((whole, DCTERMS.license, LICENCE))
    graph.add((whole, VANN.preferredNamespacePrefix, rdflib.Literal(prefix)))
    graph.add((whole, VANN.preferredNamespaceUri, rdflib.URIRef(f"{whole}/")))


def _read(paths: Iterable[Any]) -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in paths:
        graph.parse(path)
    return graph


def _scheme(whole: rdflib.Graph, scheme: rdflib.URIRef) -> str:
    """Return the page of one concept scheme."""
    members = set(whole.subjects(SKOS.inScheme, scheme))
    graph = rdflib.Graph()
    for prefix, space in whole.namespaces():
        graph.bind(prefix, space)
    for one in members:
        for triple in whole.triples((one, None, None)):
            graph.add(triple)
    graph.remove((None, SKOS.inScheme, None))
    _titled(
        graph,
        scheme,
        f"datarules: {whole.value(scheme, SKOS.prefLabel)}",
        _local(scheme),
        f"The {len(members)} entries that all law shares; files of law add their own.",
    )
    return str(Pages(graph, "Concepts", sorted(members)).make_html())


def _ontology(whole: rdflib.Graph, schemes: Iterable[rdflib.URIRef]) -> str:
    """Return the page of the ontology, with the values its own schemes hold."""
    graph = rdflib.Graph()
    for prefix, space in whole.namespaces():
        graph.bind(prefix, space)
    for triple in whole:
        if str(triple[0]).startswith(str(ONTOLOGY)):
            graph.add(triple)
    members = set()
    for scheme in schemes:
        members |= set(whole.subjects(SKOS.inScheme, scheme))
        graph.remove((scheme, None, None))
    for one in members:
        graph.set(
            (
                one,
                SKOS.inScheme,
                rdflib.Literal(str(whole.value(whole.value(one, SKOS.inScheme), SKOS.prefLabel))),
            )
        )
    return str(Pages(graph, "Values", sorted(members)).make_html())


def _shapes() -> str:
    """Return the page of the shapes, each with what it asks."""
    graph = _read(bundled.shape_files())
    shapes = sorted(
        s
        for kind in (SH.NodeShape, SH.PropertyShape)
        for s in graph.subjects(RDF.type, kind)
        if isinstance(s, rdflib.URIRef)
    )
    told = rdflib.Graph()
    for prefix, space in graph.namespaces():
        told.bind(prefix, space)
    for shape in shapes:
        for prop in (SH.targetClass, SH.targetSubjectsOf, SH.path, SH.property, SH.severity, SH.message):
            for value in graph.objects(shape, prop):
                if not isinstance(value, rdflib.BNode):
                    told.add((shape, prop, value))
        for query in graph.objects(shape, SH.sparql):
            for message in graph.objects(query, SH.message):
                told.add((shape, SH.message, message))
    space = rdflib.URIRef(f"{v.NS.removesuffix('ns#')}shape")
    _titled(
        told, space, "datarules: shapes", "shape", "What is asked of the data with SHACL, beside consistency."
    )
    return str(Pages(told, "Shapes", shapes).make_html())


def pages() -> dict[str, str]:
    """Return every page of pyLODE by its path below docs/."""
    whole = reference_pages.ontology()
    schemes = sorted(s for s in whole.subjects(RDF.type, SKOS.ConceptScheme) if isinstance(s, rdflib.URIRef))
    own = [s for s in schemes if str(s).startswith(v.NS)]
    made = {f"vocabulary/{_local(s)}.html": _scheme(whole, s) for s in schemes if s not in own}
    return {"vocabulary/ontology.html": _ontology(whole, own), "vocabulary/shapes.html": _shapes(), **made}
