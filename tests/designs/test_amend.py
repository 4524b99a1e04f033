"""Amended law: the base untouched, effects as on the work bench, recognitions that never lower anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datarules.amend import amend, stated
from datarules.errors import InputError
from datarules.matrix import UNKNOWN, frame, matrix
from datarules.obstacles import Bench, Change
from datarules.rulebook import Cell, RuleBook
from datarules.vocab import CATEGORY, PURPOSE, SECTOR, Action, Modality, Status, Strength

from ..decision.worlds import DAY, START, cat, entry, place, random_entries, random_rules, rule, world

CELL = Cell(CATEGORY + "personal", PURPOSE + "any", SECTOR + "any")
CLOSED = rule("closed", "A", "Prohibition", strength=Strength.RESIDUAL, data=["personal"])
ROUTE = rule("listed", "A", "Permission", data=["personal"], destinations=["L1"])


def bench(book: RuleBook, origin: str = "A", destination: str = "B", **facts: bool) -> Bench:
    return Bench(book.at(DAY), place(origin), place(destination), CELL, facts)


def everything(book: RuleBook) -> list[list[str]]:
    found = matrix(book, frame(book, [cat("personal"), cat("health")]), DAY)
    return [array.tolist() for array in (found.status, found.best, found.worst)]


def alone_on_its_list(book: RuleBook, change: Change) -> bool:
    """Say whether a list is one rule's alone, so that an entry does what the work bench says."""
    naming = [r for r in book.records.rules.values() if change.what in r.destinations | r.not_destinations]
    nested = any(e.member == change.what for e in book.records.memberships.values())
    return len(naming) == 1 and not nested and not naming[0].not_destinations


@settings(max_examples=300, deadline=None)
@given(random_rules(), random_entries(), st.sampled_from([Status.FREE, Status.RECOGNISED, Status.SAFEGUARDS]))
def test_a_single_change_does_what_the_work_bench_says(rules, entries, level):  # type: ignore[no-untyped-def]
    book = world(rules, entries)
    one = bench(book)
    before = everything(book)
    for change in one.candidates(level):
        if change.kind == "listing" and not alone_on_its_list(book, change):
            continue
        made = replace(change, place=place("B")) if change.kind == "listing" else change
        again = Bench(amend(book, [made], DAY).at(DAY), place("A"), place("B"), CELL, stated([made]))
        assert again.status is one.decide([change]), change
    assert everything(book) == before
    assert everything(RuleBook(book.records, book.release)) == before


@settings(max_examples=300, deadline=None)
@given(
    random_rules(),
    random_entries(),
    st.sampled_from(["free", "recognised", "safeguards"]),
    st.sampled_from(["", "B", "L1"]),
)
def test_a_recognition_never_raises_any_status(rules, entries, level, towards):  # type: ignore[no-untyped-def]
    book = world(rules, entries)
    asked = frame(book, [cat("personal"), cat("health")])
    before = matrix(book, asked, DAY).status
    for one in book.at(DAY).book.records.rules.values():
        closed = one.modality is Modality.PROHIBITION and one.strength is Strength.RESIDUAL
        if not closed or not one.in_force(DAY) or (towards and one.destinations):
            continue
        change = Change("recognition", one.iri, level, place(towards) if towards else "")
        after = matrix(amend(book, [change], DAY), asked, DAY).status
        fallen = after <= before
        if one.action is Action.IMPORT:  # a ban on receiving that is lifted leaves a silent origin unknown
            fallen |= after == UNKNOWN
        assert fallen.all(), change


def test_an_entry_puts_one_place_on_the_list_and_all_put_every_place_there() -> None:
    book = world([CLOSED, ROUTE])
    one = amend(book, [Change("listing", place("listed"), place("L1"), place("B"))], DAY)
    assert bench(one).status is Status.FREE
    assert bench(one, destination="C").status is Status.PROHIBITED
    every = amend(book, [Change("listing", place("listed"), place("L1"))], DAY)
    assert bench(every, destination="C").status is Status.FREE


def test_joining_a_scheme_opens_what_names_the_scheme() -> None:
    book = world([CLOSED, ROUTE], [entry("e", "C", "L1")])
    joined = amend(book, [Change("membership", "", place("L1"), place("B"))], DAY)
    assert (bench(book).status, bench(joined).status) == (Status.PROHIBITED, Status.FREE)


def test_before_its_day_an_amended_law_says_what_the_base_says() -> None:
    book = world([CLOSED, ROUTE])
    made = amend(book, [Change("default", place("closed"))], DAY)
    assert Bench(made.at(DAY - 1), place("A"), place("B"), CELL).status is Status.PROHIBITED
    assert Bench(made.at(DAY), place("A"), place("B"), CELL).status is Status.FREE


def test_whatever_overrides_a_rule_overrides_its_changed_version() -> None:
    permit = rule("permit", "A", "Permission", data=["personal"], requires=["m-approval"])
    special = rule(
        "special", "A", "Prohibition", strength=Strength.STRICT, data=["personal"], overrides=["permit"]
    )
    made = amend(world([CLOSED, permit, special]), [Change("burden", place("permit"), "free")], DAY)
    assert bench(made).status is Status.PROHIBITED


def test_a_recognition_gives_way_to_a_special_ban() -> None:
    ban = rule("ban", "A", "Prohibition", data=["personal"], destinations=["B"])
    made = amend(world([CLOSED, ban]), [Change("recognition", place("closed"), "recognised")], DAY)
    assert bench(made).status is Status.PROHIBITED
    assert bench(made, destination="C").status is Status.RECOGNISED


def test_no_change_of_law_is_no_copy() -> None:
    book = world([CLOSED])
    assert amend(book, [Change("fact", place("closed"), "f1")], DAY) is book
    assert stated([Change("fact", place("closed"), "f1")]) == {"f1": True}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (Change("ban", place("nothing")), "rule"),
        (Change("listing", place("listed"), place("L9")), "what"),
        (Change("burden", place("listed"), "light"), "what"),
        (Change("membership", "", place("L1"), place("Z")), "place"),
        (Change("recognition", place("listed"), "recognised"), "rule"),
        (Change("wish", place("listed")), "kind"),
    ],
)
def test_a_change_of_what_is_not_there_is_refused_with_its_name(change: Change, field: str) -> None:
    with pytest.raises(InputError) as caught:
        amend(world([CLOSED, ROUTE]), [change], DAY)
    assert field in {problem.place for problem in caught.value.problems}


def test_law_not_in_force_cannot_be_changed() -> None:
    old = rule("old", "A", "Prohibition", data=["personal"], start=START, end=DAY, action=Action.TRANSFER)
    with pytest.raises(InputError):
        amend(world([old]), [Change("ban", place("old"))], DAY)


def test_recognitions_on_the_real_law_raise_no_status(book: RuleBook) -> None:
    """Every closed law recognises everybody at once: no pair of the world is worse off."""
    day = date(2026, 5, 1).toordinal()
    asked = frame(book, [CATEGORY + "personal"])
    defaults = [
        r.iri
        for r in book.records.rules.values()
        if r.in_force(day)
        and r.modality is Modality.PROHIBITION
        and r.strength is Strength.RESIDUAL
        and r.action is Action.TRANSFER
    ]
    before = matrix(book, asked, day).status
    made = amend(book, [Change("recognition", iri, "recognised") for iri in defaults], day)
    after = matrix(made, asked, day).status
    assert len(defaults) > 50 and (after <= before).all() and (after < before).any()
