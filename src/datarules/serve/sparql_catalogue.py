"""The dataset described for machines: VoID and DCAT 3, at ``/.well-known/void`` and at ``/`` by Accept.

Sources: W3C note "Describing Linked Datasets with the VoID Vocabulary" (section 7.2 for the address), W3C
recommendation DCAT 3.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from .. import vocab as v
from ..endpoint import Endpoint

VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
FOAF = "http://xmlns.com/foaf/0.1/"
SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
IANA = "https://www.iana.org/assignments/media-types/"
DATASET = v.NS.removesuffix("ns#") + "dataset"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
TITLE = "datarules: rules on data leaving, entering and staying"
TEXT = (
    "What each jurisdiction's law says about data leaving, entering and staying, with articles, dates and "
    "levels of evidence, as a graph that decides. Research information, not legal advice."
)
DUMPS = {
    "nq": ("nquads", "application/n-quads", "N-Quads"),
    "trig": ("trig", "application/trig", "TriG"),
    "ttl": ("turtle", "text/turtle", "Turtle"),
    "nt": ("ntriples", "application/n-triples", "N-Triples"),
    "rdf": ("rdfxml", "application/rdf+xml", "RDF_XML"),
    "jsonld": ("jsonld", "application/ld+json", "JSON-LD"),
}
"""Whole graphs that can be had: format, media type and name at the W3C by suffix."""
Term = ox.NamedNode | ox.BlankNode | ox.Literal


def _node(base: str, term: str) -> ox.NamedNode:
    return ox.NamedNode(base + term)


def triples(base: str, endpoint: Endpoint | None, release: str, dumps: bool = True) -> list[ox.Triple]:
    """Return the description.

    Args:
        base: address of the server without a slash at its end.
        endpoint: what answers SPARQL, asked for its named graphs.
        release: version of the data.
        dumps: whether whole graphs can be had at ``/dump``.
    """
    return list(_triples(base, endpoint, release, dumps))


def _triples(base: str, endpoint: Endpoint | None, release: str, dumps: bool) -> Iterator[ox.Triple]:
    kind, dct = ox.NamedNode(v.RDF + "type"), v.DCT
    dataset, catalogue = ox.NamedNode(DATASET), ox.NamedNode(f"{base}/")

    def said(subject: ox.NamedNode | ox.BlankNode, term: str, *values: Term) -> Iterator[ox.Triple]:
        for value in values:
            yield ox.Triple(subject, ox.NamedNode(term), value)

    document = ox.NamedNode(f"{base}/.well-known/void")
    yield ox.Triple(document, kind, _node(VOID, "DatasetDescription"))
    yield from said(document, FOAF + "primaryTopic", dataset)
    yield ox.Triple(catalogue, kind, _node(DCAT, "Catalog"))
    yield from said(catalogue, dct + "title", ox.Literal("datarules", language="en"))
    yield from said(catalogue, dct + "license", ox.NamedNode(LICENCE))
    yield from said(catalogue, DCAT + "dataset", dataset)
    for one in (_node(VOID, "Dataset"), _node(DCAT, "Dataset")):
        yield ox.Triple(dataset, kind, one)
    yield from said(dataset, dct + "title", ox.Literal(TITLE, language="en"))
    yield from said(dataset, dct + "description", ox.Literal(TEXT, language="en"))
    yield from said(dataset, dct + "license", ox.NamedNode(LICENCE))
    yield from said(dataset, dct + "identifier", ox.Literal(release))
    yield from said(dataset, DCAT + "version", ox.Literal(release))
    yield from said(dataset, FOAF + "homepage", catalogue)
    yield from said(dataset, DCAT + "landingPage", catalogue)
    yield from said(dataset, VOID + "uriSpace", ox.Literal(v.ID))
    used = (v.NS, v.DCT, v.SKOS, v.PROV, v.SCHEMA, v.ELI)
    yield from said(dataset, VOID + "vocabulary", *map(ox.NamedNode, used))
    yield from _services(base, catalogue, dataset, endpoint is not None)
    for suffix, (_, media, name) in DUMPS.items() if dumps else ():
        address = ox.NamedNode(f"{base}/dump.{suffix}")
        yield from said(dataset, VOID + "dataDump", address)
        yield from said(dataset, VOID + "feature", _node(FORMATS, name))
        part = ox.BlankNode(f"dump-{suffix}")
        yield from said(dataset, DCAT + "distribution", part)
        yield ox.Triple(part, kind, _node(DCAT, "Distribution"))
        yield from said(part, DCAT + "downloadURL", address)
        yield from said(part, DCAT + "mediaType", _node(IANA, media))
        yield from said(part, dct + "format", _node(FORMATS, name))
        yield from said(part, dct + "license", ox.NamedNode(LICENCE))
    if endpoint is not None:
        yield from said(dataset, VOID + "sparqlEndpoint", ox.NamedNode(f"{base}/sparql"))
        yield from _parts(dataset, endpoint)


def _services(base: str, catalogue: ox.NamedNode, dataset: ox.NamedNode, sparql: bool) -> Iterator[ox.Triple]:
    described = {"/v1": "/openapi.json", **({"/sparql": "/sparql"} if sparql else {})}
    for path, description in described.items():
        service = ox.BlankNode("service" + path.replace("/", "-"))
        rows: tuple[tuple[str, Term], ...] = (
            (v.RDF + "type", _node(DCAT, "DataService")),
            (DCAT + "endpointURL", ox.NamedNode(base + path)),
            (DCAT + "endpointDescription", ox.NamedNode(base + description)),
            (DCAT + "servesDataset", dataset),
        )
        yield ox.Triple(catalogue, _node(DCAT, "service"), service)
        for term, value in rows:
            yield ox.Triple(service, ox.NamedNode(term), value)


def _parts(dataset: ox.NamedNode, endpoint: Endpoint) -> Iterator[ox.Triple]:
    """Yield the named graphs as parts, with their sizes where those are known."""
    sizes = endpoint.graphs()
    whole = ox.Literal(sum(size for _, size in sizes))
    if sizes:
        yield ox.Triple(dataset, _node(VOID, "triples"), whole)
    for name, size in sizes:
        graph = ox.NamedNode(name)
        yield ox.Triple(dataset, _node(VOID, "subset"), graph)
        yield ox.Triple(graph, ox.NamedNode(v.RDF + "type"), _node(VOID, "Dataset"))
        yield ox.Triple(graph, _node(VOID, "triples"), ox.Literal(size))
