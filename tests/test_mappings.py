"""The table of outward mappings, its triples and its errors."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from datarules import bundled, vocab
from datarules.errors import DataError
from datarules.load import load
from datarules.mappings import COLUMNS, MAPPINGS, mapping_quads, read_mappings

HEAD = "#curie_map:\n#  dr: https://w3id.org/datarules/ns#\n#  dpv: https://w3id.org/dpv#\n#  semapv: https://w3id.org/semapv/vocab/\n#  skos: http://www.w3.org/2004/02/skos/core#\n"
ROW = "dr:Rule\trule\tskos:closeMatch\tdpv:Rule\tRule\tsemapv:ManualMappingCuration\t"


def table(folder: Path, *rows: str, columns: str = "\t".join(COLUMNS)) -> Path:
    path = folder / "mappings.sssom.tsv"
    path.write_text(HEAD + "\n".join([columns, *rows]) + "\n", encoding="utf-8")
    return path


def problems(path: Path) -> list[tuple[str, str, str]]:
    with pytest.raises(DataError) as caught:
        read_mappings(path)
    return [(p.place, p.value, p.reason) for p in caught.value.problems]


def test_every_subject_is_a_term_of_the_ontology_under_its_own_label() -> None:
    labels: dict[str, set[str]] = {}
    for file in load([]).ontology:
        for s, p, o in file.triples:
            if p.value in (vocab.RDFS + "label", vocab.SKOS + "prefLabel"):
                labels.setdefault(s.value, set()).add(o.value)
    assert [m.line for m in read_mappings() if m.subject_label not in labels.get(m.subject, set())] == []


def test_the_table_says_what_it_is_and_under_which_licence() -> None:
    text = bundled.mappings_file().read_text(encoding="utf-8")
    assert "#license: https://creativecommons.org/licenses/by/4.0/\n" in text
    assert "#mapping_set_id: " in text


def test_objects_are_terms_of_others() -> None:
    mappings = read_mappings()
    assert len(mappings) >= 40
    assert not any(m.object.startswith((vocab.NS, vocab.ID)) for m in mappings)
    spaces = {"https://w3id.org/dpv", vocab.ODRL, vocab.ELI, vocab.SCHEMA}
    assert all(any(m.object.startswith(s) for m in mappings) for s in spaces)


def test_rows_are_sorted() -> None:
    rows = [
        line for line in bundled.mappings_file().read_text(encoding="utf-8").splitlines() if line[0] != "#"
    ][1:]
    assert rows == sorted(rows)


def test_quads_stand_in_the_graph_of_mappings(tmp_path: Path) -> None:
    (quad,) = mapping_quads(table(tmp_path, ROW))
    assert quad == ox.Quad(
        ox.NamedNode("https://w3id.org/datarules/ns#Rule"),
        ox.NamedNode("http://www.w3.org/2004/02/skos/core#closeMatch"),
        ox.NamedNode("https://w3id.org/dpv#Rule"),
        ox.NamedNode(MAPPINGS),
    )
    assert MAPPINGS == "https://w3id.org/datarules/graph/mappings"


def test_every_wrong_line_is_named_at_once(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        ROW,
        ROW.replace("skos:closeMatch", "skos:broader"),
        ROW.replace("dr:Rule", "xx:Rule"),
        ROW.replace("dpv:Rule", "no such term"),
        ROW.replace("semapv:ManualMappingCuration", "dr:Rule"),
        "dr:Rule\trule",
        ROW,
    )
    assert problems(path) == [
        ("mappings.sssom.tsv:8", "skos:broader", "This is not a mapping relation."),
        ("mappings.sssom.tsv:9", "xx:Rule", "This is not a term with a known prefix."),
        ("mappings.sssom.tsv:10", "no such term", "This is not a term with a known prefix."),
        ("mappings.sssom.tsv:11", "dr:Rule", "This is not a justification."),
        ("mappings.sssom.tsv:12", "dr:Rule", "There are 2 columns, not 7."),
        ("mappings.sssom.tsv:13", "dr:Rule", "Line 7 maps the same two terms."),
    ]


def test_other_columns_are_refused(tmp_path: Path) -> None:
    assert problems(table(tmp_path, ROW, columns="subject_id\tobject_id"))[0][::2] == (
        "mappings.sssom.tsv:6",
        "These are not the columns.",
    )


def test_a_table_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    ((place, _, reason),) = problems(tmp_path / "none.tsv")
    assert place == "none.tsv"
    assert reason.startswith("The table cannot be read: ")
