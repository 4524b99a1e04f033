"""Effects of scenarios as RDF: valid by the shapes, the same in every format, true to the effect."""

from __future__ import annotations

from datetime import date

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import Graph, Namespace, URIRef

from datarules import bundled, whatif_rdf
from datarules import vocab as v
from datarules.study import Study
from datarules.whatif import Effect

Made = tuple[Study, Effect, dict[str, bytes]]


@pytest.fixture(scope="module")
def made(study: Study) -> Made:
    words = {"kind": "ban", "by": "FR", "of": "CN", "where": "store-inside", "ends": "EU/adequate-JP"}
    after = study.suppose(study.build(words, date(2026, 11, 28)).turtle)
    asked = study.asked_of(after.scenario, {"facts": {"consent": "yes"}})
    effect = study.effect(after, asked)
    return (
        study,
        effect,
        {f: whatif_rdf.write(f, study.book, after, effect, asked) for f in whatif_rdf.FORMATS},
    )


def triples(made: Made, form: str) -> set[tuple[str, ...]]:
    formats = {"turtle": ox.RdfFormat.TURTLE, "jsonld": ox.RdfFormat.JSON_LD, "nquads": ox.RdfFormat.N_QUADS}
    return {
        tuple(map(str, (q.subject, q.predicate, q.object)))
        for q in ox.parse(made[2][form], format=formats[form])
    }


def test_every_format_says_the_same(made: Made) -> None:
    assert triples(made, "turtle") == triples(made, "jsonld") == triples(made, "nquads")
    named = {q.graph_name.value for q in ox.parse(made[2]["nquads"], format=ox.RdfFormat.N_QUADS)}
    assert len(named) == 1 and next(iter(named)).endswith("safeguards;consent=true")


def test_it_tells_each_pair_each_conflict_and_what_it_rests_on(made: Made) -> None:
    _, effect, _ = made
    said = triples(made, "turtle")

    def count(predicate: str) -> int:
        return sum(p == f"<{predicate}>" for _, p, _ in said)

    assert effect.pairs and effect.arisen
    assert count(v.NS + "changes") == len(effect.pairs)
    assert (count(v.NS + "comes"), count(v.NS + "goes")) == (len(effect.arisen), len(effect.gone))
    assert count(v.NS + "islandAfter") == sum(len(tide.after) for tide in effect.tides)
    used = {o for _, p, o in said if p == f"<{v.PROV}used>"}
    assert f"<{v.ID}EU/adequate-JP>" in used and any("/ban-FR>" in o for o in used)
    one = effect.pairs[0]
    ends = f"{v.local(one.origin)}/{v.local(one.destination)}"
    after = [o for s, p, o in said if s.endswith(f"/{ends}/after>") and p == f"<{v.NS}status>"]
    assert after == [f"<{v.NS}{one.after[0].value.capitalize()}>"]


def test_it_keeps_to_the_shapes(made: Made) -> None:
    graph = Graph().parse(data=made[2]["turtle"], format="turtle")
    for path in (*bundled.ontology_files(),):
        graph.parse(path, format="turtle")
    shapes = Graph()
    for path in bundled.shape_files():
        shapes.parse(path, format="turtle")
    sh, chosen = Namespace("http://www.w3.org/ns/shacl#"), Graph()
    for kind in ("Effect", "Shift", "Island", "Conflict"):
        for shape in list(shapes.subjects(sh.targetClass, URIRef(v.NS + kind))):
            chosen += shapes.cbd(shape)
            for part in shapes.objects(shape, sh.property):
                chosen += shapes.cbd(part)
    conforms, _, text = pyshacl.validate(graph, shacl_graph=chosen)
    assert conforms, text
    graph.remove((None, URIRef(v.NS + "after"), None))
    assert not pyshacl.validate(graph, shacl_graph=chosen)[0]
