"""The endpoint described in the words of SPARQL 1.1 Service Description."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from .. import vocab as v
from ..endpoint import Endpoint
from ..functions import NAMES

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
FORMATS = "http://www.w3.org/ns/formats/"
WRITTEN = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
    "JSON-LD",
    "TriG",
    "N-Quads",
)


def description(address: str, endpoint: Endpoint) -> list[ox.Triple]:
    """Return the triples that describe the endpoint at an address, with its named graphs."""
    return list(_triples(address, endpoint))


def _triples(address: str, endpoint: Endpoint) -> Iterator[ox.Triple]:
    kind = ox.NamedNode(v.RDF + "type")
    service = ox.NamedNode(address)
    dataset, default = ox.BlankNode("dataset"), ox.BlankNode("default")

    def said(
        subject: ox.NamedNode | ox.BlankNode, term: str, value: ox.NamedNode | ox.BlankNode | ox.Literal
    ) -> ox.Triple:
        return ox.Triple(subject, ox.NamedNode(term), value)

    yield ox.Triple(service, kind, ox.NamedNode(SD + "Service"))
    yield said(service, SD + "endpoint", service)
    yield said(service, SD + "supportedLanguage", ox.NamedNode(SD + "SPARQL11Query"))
    for written in WRITTEN:
        yield said(service, SD + "resultFormat", ox.NamedNode(FORMATS + written))
    if endpoint.union_default:
        yield said(service, SD + "feature", ox.NamedNode(SD + "UnionDefaultGraph"))
        for name in NAMES:
            function = ox.NamedNode(v.FUNCTIONS + name)
            yield said(service, SD + "extensionFunction", function)
            yield ox.Triple(function, kind, ox.NamedNode(SD + "Function"))
    yield said(service, SD + "defaultDataset", dataset)
    yield ox.Triple(dataset, kind, ox.NamedNode(SD + "Dataset"))
    yield said(dataset, SD + "defaultGraph", default)
    yield ox.Triple(default, kind, ox.NamedNode(SD + "Graph"))
    for number, (name, size) in enumerate(endpoint.graphs()):
        named, graph = ox.BlankNode(f"n{number}"), ox.BlankNode(f"g{number}")
        yield said(dataset, SD + "namedGraph", named)
        yield ox.Triple(named, kind, ox.NamedNode(SD + "NamedGraph"))
        yield said(named, SD + "name", ox.NamedNode(name))
        yield said(named, SD + "graph", graph)
        yield ox.Triple(graph, kind, ox.NamedNode(SD + "Graph"))
        yield said(graph, VOID + "triples", ox.Literal(size))
