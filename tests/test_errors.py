"""Errors name place, value, reason and remedy; files that cannot be loaded are all told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from datarules.errors import ConfigError, DataError, DataRulesError, InputError, Problem, QueryError, nearest
from datarules.load import load

SHAPES = Path(__file__).parent / "shapes"
PREFIX = "@prefix dr: <https://w3id.org/datarules/ns#> .\n"


def places(*paths: Path) -> list[tuple[str, str]]:
    with pytest.raises(DataError) as caught:
        load(list(paths))
    return [(p.place, p.reason) for p in caught.value.problems]


def test_a_problem_reads_as_a_sentence() -> None:
    problem = Problem("origin", "EUU", "There is no such place.", "Did you mean EU?")
    assert str(problem) == "origin: 'EUU' There is no such place. Did you mean EU?"
    assert str(Problem("BR.ttl:8", "", "This is not Turtle.", "")) == "BR.ttl:8: This is not Turtle."


def test_an_error_carries_every_problem() -> None:
    error = InputError(Problem("a", "1", "Wrong.", "Mend."), Problem("b", "2", "Wrong too.", "Mend."))
    assert [p.place for p in error.problems] == ["a", "b"]
    assert str(error) == "a: '1' Wrong. Mend.\nb: '2' Wrong too. Mend."


@pytest.mark.parametrize("kind", [InputError, DataError, QueryError, ConfigError])
def test_every_kind_can_be_caught_as_one(kind: type[DataRulesError]) -> None:
    error = kind.single("place", 7, "Wrong.")
    assert type(error) is kind
    assert isinstance(error, DataRulesError)
    assert error.problems == (Problem("place", "7", "Wrong.", ""),)


@pytest.mark.parametrize(
    ("word", "known", "first"),
    [
        ("helth", ["health", "wealth management", "sector"], "health"),
        ("EUU", ["EU", "US", "AU"], "EU"),
        ("Recipient-DPF", ["recipient-dpf-certified", "exporter-is-ciio"], "recipient-dpf-certified"),
    ],
)
def test_the_nearest_word_comes_first(word: str, known: list[str], first: str) -> None:
    assert nearest(word, known)[0] == first


def test_nothing_is_suggested_for_a_word_like_no_other() -> None:
    assert nearest("zzzzzz", ["health", "payment"]) == []
    assert nearest("a", []) == []


def test_no_more_is_suggested_than_asked_for() -> None:
    assert len(nearest("health", ["health1", "health2", "health3", "health4"], limit=2)) == 2


def test_malformed_turtle_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "YY.ttl"
    path.write_text(
        PREFIX + "<https://x.example/a> a dr:Rule .\n<https://x.example/b> a dr:Rule ; dr:action .\n"
    )
    ((place, reason),) = places(path)
    assert place == "YY.ttl:3"
    assert reason.startswith("This is not well-formed Turtle: ")


def test_every_file_that_cannot_be_loaded_is_told(tmp_path: Path) -> None:
    broken, binary, missing = tmp_path / "AA.ttl", tmp_path / "BB.ttl", tmp_path / "CC.ttl"
    broken.write_text("nonsense")
    binary.write_bytes(b"\xff\xfe\x00")
    assert [place.split(":")[0] for place, _ in places(broken, binary, missing)] == [
        "AA.ttl",
        "BB.ttl",
        "CC.ttl",
    ]


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    twin = tmp_path / "XX.ttl"
    twin.write_text(PREFIX)
    ((place, reason),) = places(SHAPES / "XX.ttl", twin)
    assert place == str(twin)
    assert reason == f"Another file has this name: {SHAPES / 'XX.ttl'}."


def test_triple_terms_are_refused_since_not_every_tool_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "YY.ttl"
    path.write_text(PREFIX + "<https://x.example/a> dr:note <<( <https://x.example/a> a dr:Rule )>> .\n")
    ((place, _),) = places(path)
    assert place.startswith("YY.ttl")
