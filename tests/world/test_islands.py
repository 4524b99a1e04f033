"""Islands on worlds drawn by hand, on random ones, and in the real law."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from datarules import islands as isl
from datarules import vocab as v
from datarules.matrix import Matrix, frame, matrix
from datarules.model import Rule
from datarules.rulebook import Cell, RuleBook
from datarules.study import Asked, Study
from datarules.timeline import timeline
from datarules.vocab import Status, Strength

from ..decision.worlds import DAY, cat, entry, random_entries, random_rules, rule, world

PERSONAL = cat("personal")
FREE: dict[str, Any] = dict(strength=Strength.RESIDUAL, data=["personal"])


def drawn(*edges: tuple[str, str]) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from("ABCDEF")
    graph.add_weighted_edges_from((a, b, 1.0) for a, b in edges)
    return graph


def test_a_chain_is_one_component_but_no_clique_and_its_middle_holds_it_together() -> None:
    found = isl.islands(drawn(("A", "B"), ("B", "C")))
    assert found.components == (("A", "B", "C"),)
    assert found.cliques == ()
    assert found.articulation == ("B",)
    assert found.bridges == (("A", "B"), ("B", "C"))
    assert found.alone == ("D", "E", "F")


def test_two_triangles_that_share_a_place_are_two_cliques() -> None:
    found = isl.islands(drawn(("A", "B"), ("A", "C"), ("B", "C"), ("C", "D"), ("C", "E"), ("D", "E")))
    assert found.cliques == (("A", "B", "C"), ("C", "D", "E"))
    assert found.articulation == ("C",)
    assert found.bridges == ()
    assert found.hubs[0] == ("C", 4)


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 8), st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=28))
def test_cliques_are_those_of_the_textbook(size, pairs):  # type: ignore[no-untyped-def]
    graph = nx.Graph()
    graph.add_nodes_from(str(n) for n in range(size))
    graph.add_edges_from((str(a), str(b)) for a, b in pairs if a != b and a < size and b < size)
    expected = {tuple(sorted(c)) for c in nx.find_cliques(graph) if len(c) > 2}
    found, whole = isl.cliques(graph)
    assert whole and set(found) == expected


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 9), st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=20))
def test_what_holds_an_island_together_is_that_of_the_textbook(size, pairs):  # type: ignore[no-untyped-def]
    graph = nx.Graph()
    graph.add_nodes_from(str(n) for n in range(size))
    graph.add_weighted_edges_from((str(a), str(b), 1.0) for a, b in pairs if a != b and a < size and b < size)
    found = isl.islands(graph)
    assert set(found.articulation) == set(nx.articulation_points(graph))
    assert set(map(frozenset, found.bridges)) == set(map(frozenset, nx.bridges(graph)))


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 9), st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=14))
def test_components_of_a_matrix_are_those_of_its_graph(size, pairs):  # type: ignore[no-untyped-def]
    grid = np.zeros((size, size), np.bool_)
    for a, b in pairs:
        if a != b and a < size and b < size:
            grid[a, b] = grid[b, a] = True
    expected = {frozenset(c) for c in nx.connected_components(nx.from_numpy_array(grid)) if len(c) > 1}
    assert set(map(frozenset, isl.components(grid))) == expected


def mutual_of(*rules: Rule) -> tuple[RuleBook, Matrix, isl.Grid]:
    book = world(list(rules))
    found = matrix(book, frame(book, [PERSONAL]), DAY)
    return book, found, isl.mutual(found, PERSONAL, Status.SAFEGUARDS)


def test_edges_are_mutual_and_never_reached_by_way_of_others() -> None:
    """A and B exchange, B and C exchange, A may not send to C: A and C share no edge."""
    book, found, grid = mutual_of(
        rule("a", "A", "Permission", **FREE),
        rule("a-c", "A", "Prohibition", strength=Strength.STRICT, data=["personal"], destinations=["C"]),
        rule("b", "B", "Permission", **FREE),
        rule("c", "C", "Permission", **FREE),
    )
    graph = isl.graph(book, found, PERSONAL, Status.SAFEGUARDS)
    assert set(map(frozenset, graph.edges)) == {frozenset("AB"), frozenset("BC")}
    assert isl.islands(graph).components == (("A", "B", "C"),)
    assert isl.islands(graph).cliques == ()
    assert grid.sum() == 4


def test_one_way_traffic_and_unknown_law_make_no_edge() -> None:
    _, _, grid = mutual_of(rule("a", "A", "Permission", **FREE), rule("b", "B", "Prohibition", **FREE))
    assert not grid.any()


@settings(max_examples=80, deadline=None)
@given(random_rules(), random_entries(), st.sampled_from(["B", "C", "U"]))
def test_adding_a_recognition_never_splits_an_island(rules, entries, member):  # type: ignore[no-untyped-def]
    """A new unconditional route overrides nothing, so no edge at its level is lost by it."""
    more = rule("new", "A", "Permission", destinations=[member], data=["personal"])
    grids = []
    for law in (rules, [*rules, more]):
        book = world(law, entries)
        found = matrix(book, frame(book, [PERSONAL]), DAY)
        grids.append((isl.mutual(found, PERSONAL, Status.PROHIBITED), found))
    (before, old), (after, new) = grids
    lost = before & ~after
    contested = (new.status[0] == 7) | (new.status[0].T == 7)
    assert not (lost & ~contested).any(), "only a ban without precedence can clash with a recognition"
    assert old.frame.places == new.frame.places


def test_names_stay_and_the_story_of_merging_and_splitting_is_told() -> None:
    names = isl.Names(world([]))
    degree = {"A": 3, "B": 1, "C": 1, "D": 2, "E": 1}.__getitem__
    first = dict(names.name([frozenset("AB"), frozenset("DE")], degree, {}))
    assert first == {"A": frozenset("AB"), "D": frozenset("DE")}
    second = dict(names.name([frozenset("ABDE")], degree, {}))
    assert list(second) == ["A"]
    merged = list(isl._story(first, second))
    assert [(k, n, o) for k, n, _, _, o in merged] == [("merged", "A", ("D",))]
    third = dict(names.name([frozenset("ABE"), frozenset("DC")], degree, {}))
    assert third["A"] == frozenset("ABE")
    assert [(k, n) for k, n, *_ in isl._story(second, third)] == [("split", "A")]


def test_a_new_island_is_named_after_the_union_it_holds() -> None:
    names = isl.Names(world([]))
    found = names.name([frozenset("ABC")], {"A": 2, "B": 2, "C": 2}.__getitem__, {"U": frozenset("AB")})
    assert list(found) == ["U"]


def test_history_tells_the_day_and_the_cause() -> None:
    later = DAY + 100
    rules = [
        rule("a", "A", "Prohibition", **FREE),
        rule("a-list", "A", "Permission", data=["personal"], destinations=["L1"]),
        rule("b", "B", "Permission", **FREE),
    ]
    book = world(rules, [entry("listed", "B", "L1", start=later, end=later + 50)])
    asked = frame(book, [PERSONAL], isl.places(book))
    states = list(isl.history(book, timeline(book, asked, DAY), PERSONAL, Status.SAFEGUARDS))
    told = [
        (c.day, c.kind, c.joined, c.left, [x.label if hasattr(x, "label") else x.iri[-6:] for x in c.causes])
        for s in states
        for c in s.changes
    ]
    assert told == [
        (later, "born", ("A", "B"), (), ["listed"]),
        (later + 50, "gone", (), ("A", "B"), ["listed"]),
    ]


def test_kept_states_are_the_states(tmp_path: Path) -> None:
    """What is read back from the folder is what was computed, and another law does not find it."""
    rules = [rule("a", "A", "Prohibition", **FREE), rule("b", "B", "Permission", **FREE)]
    rules.append(rule("a-list", "A", "Permission", data=["personal"], destinations=["L1"]))
    book = world(rules, [entry("listed", "B", "L1", start=DAY + 9)])
    asked = Asked((Cell(PERSONAL, v.ANY_PURPOSE, v.ANY_SECTOR),), date.fromordinal(DAY))
    made = Study(book, folder=tmp_path).island_states(asked, Status.SAFEGUARDS)
    (kept,) = tmp_path.glob("islands-*.json")
    again = Study(book, folder=tmp_path).island_states(asked, Status.SAFEGUARDS)
    assert again == made and made[-1].changes
    kept.write_text("[{", encoding="utf-8")
    assert Study(book, folder=tmp_path).island_states(asked, Status.SAFEGUARDS) == made
    other = world(rules)
    other.release = "another"
    Study(other, folder=tmp_path).island_states(asked, Status.SAFEGUARDS)
    assert len(list(tmp_path.glob("islands-*.json"))) == 2


def test_levels_off_the_scale_are_refused() -> None:
    values = np.zeros((2, 2), np.uint8)
    try:
        isl.open_at(values, Status.UNKNOWN)
    except ValueError as error:
        assert "unknown" in str(error)
    else:
        raise AssertionError("unknown is no level")
