"""The compiled decision against the literal reading on the real law, with every circumstance known."""

from __future__ import annotations

import gc
import weakref
from datetime import date
from random import Random

import pytest

from datarules import vocab as v
from datarules.decide import decide
from datarules.explain import conflict
from datarules.model import Transfer, Value
from datarules.pairs import Pair
from datarules.rulebook import Cell, RuleBook
from datarules.verdicts import Table, bars

from .literal import World, asked

QUESTIONS = 120


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


def test_a_ban_on_disclosure_names_every_way_out(book: RuleBook) -> None:
    records, day = book.records, date(2026, 6, 1).toordinal()
    places = sorted({r.order for r in records.rules.values() if r.action is v.Action.DISCLOSE})
    ways = 0
    for origin in places:
        for destination in places:
            if origin != destination and {origin, destination} <= records.jurisdictions.keys():
                found = decide(
                    book, Transfer(origin, destination, (v.ANY_DATA,), v.ANY_PURPOSE, v.ANY_SECTOR), day
                )
                for one in found.conflicts:
                    if one.kind != "disclosure":
                        continue
                    lifting = {
                        rule.iri
                        for rule in records.rules.values()
                        if one.second.iri in rule.overrides and rule.modality is v.Modality.PERMISSION
                    }
                    told = [rule.iri for rule in one.lifts]
                    assert set(told) <= lifting and len(told) == len(set(told))
                    assert one.by is (one.lifts[0] if told else None)
                    text = conflict(book, one)
                    assert all(rule.label in text for rule in one.lifts)
                    ways = max(ways, len(told))
    assert ways > 1


def test_days_asked_about_before_are_forgotten_when_pairs_grow_many(
    book: RuleBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datarules.decide.MOST_KEPT", 1)
    names = book.by_code
    eu, us, jp = (names[code].iri for code in ("EU", "US", "JP"))
    personal = v.CATEGORY + "personal"

    def asked(origin: str, destination: str, day: int) -> object:
        return decide(
            book, Transfer(origin, destination, (personal,), v.ANY_PURPOSE, v.ANY_SECTOR), day
        ).status

    first, last = date(2015, 10, 5).toordinal(), date(2026, 11, 23).toordinal()
    before = asked(eu, us, first)
    held = weakref.ref(book.at(first))
    assert held() is not None
    for origin, destination in ((us, eu), (eu, jp), (jp, eu), (us, jp), (jp, us)):
        asked(origin, destination, last)
    gc.collect()
    assert held() is None
    assert asked(eu, us, first) is before


def test_what_is_remembered_of_questions_stays_within_its_bound(
    book: RuleBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = RuleBook(book.records, book.release)
    most = 4 << 20
    monkeypatch.setattr("datarules.decide.MOST_KEPT", most)
    day = date(2026, 5, 1).toordinal()
    origin = fresh.by_code["AU-NSW"].iri
    made = 0
    for destination in sorted(fresh.records.jurisdictions)[:25]:
        for name in ("any", "personal", "health", "financial"):
            decide(
                fresh, Transfer(origin, destination, (v.CATEGORY + name,), v.ANY_PURPOSE, v.ANY_SECTOR), day
            )
            gc.collect()
            weights = [
                one.weight
                for one in gc.get_objects()
                if isinstance(one, Table) and one.profile is fresh.baseline
            ]
            assert sum(weights) <= most
            made = max(made, len(weights))
    assert made > 3


def test_a_ban_bars_in_the_world_of_the_profile_where_the_decision_shows_it(book: RuleBook) -> None:
    random = Random(20261130)
    view = book.at(date(2026, 5, 1).toordinal())
    everywhere = sorted(book.records.jurisdictions)
    categories = sorted(book.records.categories)
    seen = {True: 0, False: 0}
    for _ in range(400):
        origin, destination = random.sample(everywhere, 2)
        cell = Cell(random.choice(categories), v.ANY_PURPOSE, v.ANY_SECTOR)
        found = decide(book, Transfer(origin, destination, (cell.data,), cell.purpose, cell.sector), view.day)
        shown = {o.rule.iri for o in found.obstacles if o.rule and o.kind in ("default", "prohibition")}
        pair = Pair(view, origin, destination)
        for order in pair.orders:
            for rule in view.rules.get((order, v.Action.TRANSFER), ()):
                if rule.modality is v.Modality.PROHIBITION:
                    barred = bars(pair.situation(cell), book.baseline, rule)
                    assert barred == (rule.iri in shown), (origin, destination, cell.data, rule.iri)
                    seen[barred] += 1
    assert min(seen.values()) > 100
