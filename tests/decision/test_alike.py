"""Numbers the law does not tell apart: one stands for all of them, and the answer is that of each."""

from __future__ import annotations

import random
from datetime import date

import pytest

from datarules import ask
from datarules.decide import _part, decide
from datarules.model import Decision, Transfer
from datarules.pairs import Pair
from datarules.rulebook import Cell, RuleBook

DAY = date(2026, 11, 23).toordinal()
PAIRS = [("CN", "US"), ("US", "CN"), ("CN", "DE"), ("IN", "SG"), ("EU", "US")]


def plainly(book: RuleBook, asked: Transfer) -> Decision:
    """Decide the very question, remembering nothing."""
    pair = Pair(book.at(DAY), asked.origin, asked.destination)
    return _part(pair, Cell(asked.data[0], asked.purpose, asked.sector), asked)


@pytest.mark.parametrize(("origin", "destination"), PAIRS)
@pytest.mark.parametrize("data", ["personal", "health", "important", "genomic"])
def test_answers_are_those_of_the_very_numbers(
    origin: str, destination: str, data: str, book: RuleBook
) -> None:
    rng = random.Random(f"{origin}{destination}{data}")
    counted = sorted(name for name, fact in book.records.facts.items() if fact.kind is int)
    sizes = [
        0,
        1,
        2,
        99,
        100,
        999,
        1_000,
        9_999,
        10_000,
        10_001,
        99_999,
        100_000,
        100_001,
        999_999,
        1_000_000,
        5_000_000,
    ]
    told = set()
    for _ in range(15):
        facts = {name: rng.choice(sizes) for name in rng.sample(counted, 6)}
        facts["consent"] = rng.random() < 0.5
        asked, _ = ask.transfer(book, origin, destination, data, facts=facts, open_facts=rng.random() < 0.3)
        found = decide(book, asked, DAY)
        assert found == plainly(book, asked)
        assert found.transfer == asked
        told.add(book.alike(asked.facts))
    assert len(told) > 1


def test_numbers_are_alike_exactly_where_no_threshold_lies_between(book: RuleBook) -> None:
    steps = book._compared()
    assert len(steps) > 5
    for name, found in steps.items():
        for value in found:
            for near in (value - 1, value, value + 1):
                if near >= 0:
                    same = book.alike(((name, near),)) == book.alike(((name, value),))
                    assert same == (near == value or (near not in found and near > value)), (
                        name,
                        near,
                        value,
                    )
    unasked = (("consent", True), ("no-such-fact", 17))
    assert book.alike(unasked) == (("consent", True), ("no-such-fact", 0))
