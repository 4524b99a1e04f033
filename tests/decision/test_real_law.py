"""The compiled decision against the literal reading on the real law, with every circumstance known."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from datarules import vocab as v
from datarules.decide import decide
from datarules.load import load
from datarules.model import Transfer, Value
from datarules.rulebook import RuleBook

from .literal import World, asked

QUESTIONS = 120


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return RuleBook.unchecked(load())


def test_real_questions_get_the_literal_answer(book: RuleBook) -> None:
    random = Random(20261123)
    records = book.records
    encoded = sorted({r.order for r in records.rules.values() if r.order in records.jurisdictions})
    everywhere = sorted(records.jurisdictions)
    categories, purposes, sectors = (
        sorted(records.categories),
        sorted(records.purposes),
        sorted(records.sectors),
    )
    numbers: dict[str, set[int]] = {}
    for rule in records.rules.values():
        for test in asked(rule.when):
            if type(test.value) is not bool:
                numbers.setdefault(test.fact, set()).update((0, test.value - 1, test.value, test.value + 1))
    statuses = set()
    for _ in range(QUESTIONS):
        facts: dict[str, Value] = {}
        for name, fact in records.facts.items():
            if fact.measure:
                if random.random() < 0.1:
                    facts[name] = False
            elif fact.kind is bool:
                facts[name] = fact.baseline if random.random() < 0.85 else not fact.baseline
            else:
                facts[name] = random.choice(sorted(numbers.get(name, {0})))
        question = Transfer(
            random.choice(encoded),
            random.choice(everywhere if random.random() < 0.3 else encoded),
            (random.choice(categories),),
            random.choice(purposes) if random.random() < 0.3 else v.ANY_PURPOSE,
            random.choice(sectors) if random.random() < 0.3 else v.ANY_SECTOR,
            tuple(sorted(facts.items())),
        )
        day = random.randint(date(1996, 1, 1).toordinal(), date(2028, 1, 1).toordinal())
        if question.origin == question.destination:
            continue
        expected = World(book, day, question.data[0], question.purpose, question.sector, facts).status(
            question
        )
        found = decide(book, question, day)
        assert found.status is expected, (question, date.fromordinal(day))
        statuses.add(expected)
    assert len(statuses) >= 6, f"the sample is too plain: {statuses}"
