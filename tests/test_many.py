"""Many decisions as columns: every row is the answer of a single decision."""

from __future__ import annotations

import random
from datetime import date

import pytest

from datarules import vocab as v
from datarules.decide import decide
from datarules.many import Desk
from datarules.matrix import NONE, STATUSES
from datarules.model import Transfer
from datarules.rulebook import RuleBook

DAY = date(2026, 5, 1).toordinal()
CATEGORIES = [v.CATEGORY + name for name in ("personal", "health", "payment")]


@pytest.mark.parametrize("facts", [{}, {"consent": True, "us-persons-12-months": 200_000}])
def test_rows_are_single_decisions(facts: dict[str, bool | int], book: RuleBook) -> None:
    desk = Desk(book, DAY, CATEGORIES, facts=facts)
    rng = random.Random(7)
    places = sorted(book.records.jurisdictions)
    columns = [[rng.choice(known) for _ in range(400)] for known in (places, places, CATEGORIES)]
    found = desk.decide(*columns)
    for number, (origin, destination, category) in enumerate(zip(*columns, strict=True)):
        asked = Transfer(
            origin, destination, (category,), v.ANY_PURPOSE, v.ANY_SECTOR, tuple(sorted(facts.items()))
        )
        alone = decide(book, asked, DAY)
        row = tuple(STATUSES[array[number]] for array in (found.status, found.best, found.worst))
        assert row == (alone.status, alone.best, alone.worst), (origin, destination, category)
        if found.rule[number] != NONE:
            named = {r.rule.iri for r in alone.routes} | {o.rule.iri for o in alone.obstacles if o.rule}
            assert found.rules[found.rule[number]] in named
    assert found.statuses() == [STATUSES[n] for n in found.status]
    assert len(set(found.statuses())) > 3


def test_rows_to_unions_are_single_decisions_too(book: RuleBook) -> None:
    desk = Desk(book, DAY, CATEGORIES[:1])
    unions = sorted(iri for iri, place in book.records.jurisdictions.items() if place.union)
    assert len(unions) > 2
    pairs = [(origin, union) for origin in sorted(book.records.jurisdictions) for union in unions]
    found = desk.decide([a for a, _ in pairs], [b for _, b in pairs], CATEGORIES[:1] * len(pairs)).statuses()
    for (origin, union), status in zip(pairs, found, strict=True):
        asked = Transfer(origin, union, (CATEGORIES[0],), v.ANY_PURPOSE, v.ANY_SECTOR)
        assert status is decide(book, asked, DAY).status, (origin, union)


def test_a_place_the_table_does_not_have_is_no_row(book: RuleBook) -> None:
    desk = Desk(book, DAY, CATEGORIES[:1], [v.ID + "EU", v.ID + "US"])
    assert desk.decide([v.ID + "EU"], [v.ID + "US"], CATEGORIES[:1]).statuses()
    assert desk.decide([], [], []).statuses() == []
    with pytest.raises(KeyError):
        desk.decide([v.ID + "EU"], [v.ID + "JP"], CATEGORIES[:1])
