"""The one layout of data files: the same graph, always the same bytes, comments kept or refused."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datarules import bundled
from datarules.cli import main
from datarules.errors import DataError
from datarules.layout import layout
from datarules.template import template

ROOT = Path(__file__).parent.parent
FILES = bundled.data_files() + bundled.scenario_files()
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```turtle\n(.*?)```", GUIDE, re.DOTALL)
PREFIXES = EXAMPLE[: EXAMPLE.index("\nid:XX")]


def graph(text: str) -> ox.Dataset:
    """Return the canonical graph of a text: equal graphs are isomorphic."""
    found = ox.Dataset(ox.parse(text.encode(), format=ox.RdfFormat.TURTLE, base_iri="https://example/"))
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return found


def subjects(text: str) -> list[str]:
    return re.findall(r"^([\w-]*:\S+) ", text, re.MULTILINE)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_data_file_keeps_its_graph_and_its_comments(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    made = layout(text, path.name)
    assert graph(made) == graph(text)
    assert layout(made, path.name) == made
    assert sorted(subjects(made)) == sorted(subjects(text))
    comments = re.findall(r"^#(?! ?---).*", text, re.MULTILINE)
    assert re.findall(r"^#(?! ?---).*", made, re.MULTILINE) == comments


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_headings_of_rules_are_kept_in_their_order(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    made = layout(text, path.name)
    headings = re.findall(r"^# ---- rules: .*", text, re.MULTILINE)
    assert re.findall(r"^# ---- rules: .*", made, re.MULTILINE) == headings


def test_template_and_guide_are_in_the_layout() -> None:
    from datetime import date

    assert layout(EXAMPLE, "XX.ttl") == EXAMPLE
    made = template("XX", "Exampleland", date(2026, 11, 23))
    assert layout(made, "XX.ttl") == made


def test_blocks_come_in_one_order_and_the_default_first() -> None:
    blocks = EXAMPLE[len(PREFIXES) :].strip().split("\n\n")
    head, rest = blocks[0], blocks[1:]
    shuffled = "\n\n".join([PREFIXES, head, *reversed(rest)]) + "\n"
    order = [s for s in subjects(layout(shuffled, "XX.ttl")) if s != "id:XX"]
    kinds = [":PDA", ":under-1000-persons", ":PDA-20"]
    assert [s for s in order if s in kinds] == kinds
    assert order[-4:] == [":listed", ":listed-EU", ":Commissioner", ":coverage-non-personal"]


def test_predicates_come_in_one_order_whatever_the_order_written() -> None:
    one = ':x a dr:Membership ; dr:member id:EU ; dr:group :y ; dr:validFrom "2020-01-01"^^xsd:date .'
    other = ':x dr:validFrom "2020-01-01"^^xsd:date ; dr:group :y ;\n\n dr:member id:EU ; a dr:Membership .'
    made = [layout(f"{PREFIXES}\n{text}\n", "XX.ttl") for text in (one, other)]
    assert made[0] == made[1]


def test_a_subject_written_in_two_blocks_becomes_one() -> None:
    twice = f'{PREFIXES}\n:x a dr:Mechanism .\n:y a dr:Mechanism .\n:x skos:prefLabel "x"@en .\n'
    made = layout(twice, "XX.ttl")
    assert subjects(made) == [":x", ":y"]
    assert graph(made) == graph(twice)


def test_a_comment_before_a_block_goes_with_it() -> None:
    text = f"{PREFIXES}\n:c a dr:Coverage .\n# why this law\n:l a eli:LegalResource .\n# the end\n"
    made = layout(text, "XX.ttl")
    assert "# why this law\n:l a eli:LegalResource ." in made
    assert made.index(":l a") < made.index(":c a")
    assert made.endswith("# the end\n")


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        (":x a dr:Rule ;\n  # why\n  dr:strength dr:Strict .", 2, "comment inside a block"),
        (":x a dr:Rule . # why", 1, "comment after a statement"),
        (":x a dr:Rule ;\n  dr:strength", 2, "ends in the middle"),
        ("[] a dr:Rule .", 1, "begins with the name of its subject"),
        (':x a dr:Rule ; skos:note "open .', 1, "no word of Turtle"),
        (":x a dr:Rule ; dr:strength ; .", 1, "cannot stand as a value"),
        ("@prefix dr: <https://other.example/> .", 1, "declared twice"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_place(body: str, line: int, said: str) -> None:
    with pytest.raises(DataError) as caught:
        layout(f"{PREFIXES}\n{body}\n", "XX.ttl")
    (problem,) = caught.value.problems
    assert problem.place == f"XX.ttl:{PREFIXES.count(chr(10)) + 1 + line}"
    assert said in problem.reason and problem.remedy


def test_an_unknown_prefix_is_refused_as_turtle() -> None:
    with pytest.raises(DataError) as caught:
        layout(f"{PREFIXES}\n:x a nowhere:Rule .\n", "XX.ttl")
    assert "not well-formed Turtle" in str(caught.value)


literals = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20).map(
    lambda s: str(ox.Literal(s, language="en"))
)
names = st.from_regex(r":[A-Za-z][A-Za-z0-9._-]{0,6}[A-Za-z0-9]", fullmatch=True)
values = st.one_of(literals, names, st.integers(-9, 9).map(str), st.sampled_from(["true", "false"]))
nodes = st.recursive(
    values, lambda v: st.lists(v, max_size=3).map(lambda x: f"( {' '.join(x)} )"), max_leaves=4
)
pairs = st.tuples(
    st.sampled_from(["skos:note", "dr:requires", "dr:anyOf", "a"]), st.lists(nodes, min_size=1, max_size=3)
)


@given(st.lists(st.tuples(names, st.lists(pairs, min_size=1, max_size=4)), max_size=4))
def test_any_graph_comes_out_the_same_and_only_once(
    blocks: list[tuple[str, list[tuple[str, list[str]]]]],
) -> None:
    lines = [(name, [f"{p} {' , '.join(v)}" for p, v in said]) for name, said in blocks]
    body = "\n".join(f"{name} {' ; '.join(said)} ." for name, said in lines)
    text = f"{PREFIXES}\n{body}\n"
    made = layout(text, "XX.ttl")
    assert graph(made) == graph(text)
    assert layout(made, "XX.ttl") == made


def test_the_command_checks_writes_and_is_content(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "XX.ttl"
    file.write_text(EXAMPLE.replace(" ; dr:modality", " ;\n  dr:modality"), encoding="utf-8")
    before = file.read_bytes()
    assert main(["format", "--check", str(file)]) == 1
    assert f"datarules format {file}" in capsys.readouterr().out
    assert file.read_bytes() == before
    assert main(["format", str(file)]) == 0
    assert file.read_text(encoding="utf-8") == EXAMPLE
    assert main(["format", "--check", str(file)]) == 0


def test_the_command_writes_nothing_when_one_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "XX.ttl", tmp_path / "YY.ttl"
    good.write_text(EXAMPLE.replace(" ; dr:modality", " ;\n  dr:modality"), encoding="utf-8")
    bad.write_text(f"{PREFIXES}\n:x a dr:Rule . # why\n", encoding="utf-8")
    before = good.read_bytes()
    assert main(["format", str(good), str(bad)]) == 2
    assert "YY.ttl" in capsys.readouterr().err
    assert good.read_bytes() == before
