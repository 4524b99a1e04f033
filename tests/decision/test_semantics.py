"""The decision against a literal reading of its semantics, and the promises it makes to users."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from datarules import beside
from datarules.decide import decide
from datarules.explain import text
from datarules.matrix import STATUSES, frame, matrix
from datarules.model import Comparison, Decision, Membership, Transfer
from datarules.rulebook import RuleBook
from datarules.vocab import CATEGORY, SCALE, SECTOR, Action, Status, Strength

from .literal import literal
from .worlds import DAY, ask, cat, entry, place, random_entries, random_questions, random_rules, rule, world

SLOW = settings(max_examples=150, deadline=None)
OFF = (Status.CONTESTED, Status.UNKNOWN)


def rank(status: Status) -> int:
    return SCALE.index(status)


@settings(SLOW, max_examples=600)
@given(random_rules(), random_entries(), random_questions)
def test_the_compiled_decision_says_what_the_literal_reading_says(rules, entries, question):  # type: ignore[no-untyped-def]
    book = world(rules, entries)
    found, expected = decide(book, question, DAY), literal(book, question, DAY)
    assert (found.status, found.best, found.worst) == (expected.status, expected.best, expected.worst)
    assert frozenset(found.deciding) == expected.deciding


def test_leave_to_receive_is_no_leave_to_send_and_a_ban_on_receiving_is_a_ban() -> None:
    """What the destination says on data coming in, where the origin says nothing and where it does."""
    asked = ask("A", "B")
    welcome = rule("welcome", "B", "Permission", action=Action.IMPORT)
    refusal = rule("refusal", "B", "Prohibition", action=Action.IMPORT)
    leave = rule("leave", "A", "Permission")
    answers = [
        decide(world(rules), asked, DAY).status
        for rules in ([welcome], [refusal], [leave, welcome], [leave, refusal])
    ]
    assert answers == [Status.UNKNOWN, Status.PROHIBITED, Status.FREE, Status.PROHIBITED]


@SLOW
@given(random_rules(), random_entries(), random_questions)
def test_best_status_and_worst_are_in_order(rules, entries, question):  # type: ignore[no-untyped-def]
    found = decide(world(rules, entries), question, DAY)
    if found.worst in OFF:
        assert found.status in OFF or rank(found.best) <= rank(found.status)
    else:
        assert rank(found.best) <= rank(found.status) <= rank(found.worst)


@SLOW
@given(random_rules(), random_entries(), random_questions, st.randoms())
def test_the_order_of_rules_is_irrelevant(rules, entries, question, random):  # type: ignore[no-untyped-def]
    shuffled, mixed = list(rules), list(entries)
    random.shuffle(shuffled)
    random.shuffle(mixed)
    first, second = (
        decide(world(rules, entries), question, DAY),
        decide(world(shuffled, mixed), question, DAY),
    )
    assert (first.status, first.best, first.worst, set(first.deciding)) == (
        second.status,
        second.best,
        second.worst,
        set(second.deciding),
    )


@SLOW
@given(random_rules(), random_entries(), random_questions)
def test_adding_a_prohibition_never_makes_an_answer_freer(rules, entries, question):  # type: ignore[no-untyped-def]
    before = decide(world(rules, entries), question, DAY)
    ban = rule("ban", "A", "Prohibition")
    after = decide(world([*rules, ban], entries), question, DAY)
    if before.status not in OFF and after.status not in OFF:
        assert rank(after.status) >= rank(before.status)
    allowed = {Status.PROHIBITED}
    if question.open:  # the worst case then, in which a clash without precedence hides what lies beneath
        allowed.add(Status.CONTESTED)
    assert before.status is not Status.PROHIBITED or after.status in allowed


@SLOW
@given(random_rules(), random_entries(), random_questions)
def test_outside_its_dates_a_rule_has_no_effect(rules, entries, question):  # type: ignore[no-untyped-def]
    without = decide(world(rules, entries), question, DAY)
    over = rule("over", "A", "Prohibition", end=DAY)
    coming = rule("coming", "A", "Permission", start=DAY + 1)
    with_both = decide(world([*rules, over, coming], entries), question, DAY)
    assert (without.status, without.best, without.worst) == (
        with_both.status,
        with_both.best,
        with_both.worst,
    )


@SLOW
@given(random_rules(), random_entries(), random_questions, st.booleans(), st.integers(0, 200))
def test_more_facts_never_widen_the_range(rules, entries, question, flag, count):  # type: ignore[no-untyped-def]
    book = world(rules, entries)
    before = decide(book, question, DAY)
    known = replace(
        question, facts=tuple(sorted({**dict(question.facts), "f2": flag, "count": count}.items()))
    )
    after = decide(book, known, DAY)
    if after.best not in OFF and before.best not in OFF:
        assert rank(after.best) >= rank(before.best)
    if before.worst not in OFF:
        assert after.worst not in OFF
        assert rank(after.worst) <= rank(before.worst)
    assert set(after.deciding) <= set(before.deciding)


@SLOW
@given(random_rules(), random_entries(), random_questions)
def test_every_route_and_obstacle_is_a_rule_of_an_order_consulted(rules, entries, question):  # type: ignore[no-untyped-def]
    found = decide(world(rules, entries), question, DAY)
    orders = set(found.orders)
    assert {r.rule.order for r in found.routes} <= orders
    assert {o.rule.order for o in found.obstacles if o.rule} <= orders
    if found.status in (Status.FREE, Status.SAFEGUARDS) and not found.transfer.open:
        assert any(r.now for r in found.routes)


def small(*rules: object) -> RuleBook:
    return world(list(rules))  # type: ignore[arg-type]


def answer(book: RuleBook, question: Transfer) -> Decision:
    return decide(book, question, DAY)


def test_silence_is_unknown_not_free() -> None:
    assert answer(world([]), ask()).status is Status.UNKNOWN


def test_an_unknown_exception_widens_the_answer_and_is_named() -> None:
    ban = rule("ban", "A", "Prohibition", strength=Strength.STRICT, when=Comparison("f1", "eq", True))
    free = rule("free", "A", "Permission")
    found = answer(small(ban, free), ask())
    assert (found.best, found.status, found.worst) == (Status.FREE, Status.FREE, Status.PROHIBITED)
    assert found.deciding == ("f1",)


def test_the_sector_asked_about_says_what_is_assumed_and_leaves_it_open() -> None:
    """f2 is assumed among banks alone."""
    rules = [
        rule("open", "A", "Permission", strength=Strength.RESIDUAL),
        rule("shut", "A", "Prohibition", when=Comparison("f2", "eq", True)),
    ]
    book = world(rules)
    anywhere, banks = (decide(book, ask(sector=name), DAY) for name in ("any", "bank"))
    assert (anywhere.status, banks.status) == (Status.FREE, Status.PROHIBITED)
    for found in (anywhere, banks):
        assert (found.best, found.worst, found.deciding) == (Status.FREE, Status.PROHIBITED, ("f2",))
    told = [
        any("assumed unless stated: f2" in line for line in text(book, f, date.fromordinal(DAY)))
        for f in (anywhere, banks)
    ]
    assert told == [False, True]
    assert decide(book, ask(sector="bank", f2=False), DAY).status is Status.FREE
    asked = frame(book, [cat("personal")], sector=SECTOR + "bank")
    cells = matrix(book, asked, DAY)
    assert STATUSES[cells.status[0, 0, 1]] is Status.PROHIBITED


def test_open_facts_give_the_worst_case_as_status() -> None:
    route = rule("route", "A", "Permission", when=Comparison("f1", "eq", True))
    closed = rule("closed", "A", "Prohibition", strength=Strength.RESIDUAL)
    assert answer(small(route, closed), ask()).status is Status.PROHIBITED
    assert answer(small(route, closed), ask(f1=True)).status is Status.FREE
    opened = answer(small(route, closed), ask(open_facts=True))
    assert (opened.best, opened.status) == (Status.FREE, Status.PROHIBITED)


def test_a_measure_that_is_refused_takes_its_route_away_and_says_so() -> None:
    closed = rule("closed", "A", "Prohibition", strength=Strength.RESIDUAL)
    contract = rule("contract", "A", "Permission", requires=["m-contract"])
    consent = rule("consent", "A", "Permission", requires=["m-consent"])
    book = small(closed, contract, consent)
    assert answer(book, ask()).status is Status.SAFEGUARDS
    refused = answer(book, ask(m_contract=False))
    assert refused.status is Status.DEROGATION
    assert [o.rule.label for o in refused.obstacles if o.kind == "unmet" and o.rule] == ["contract"]
    assert answer(book, ask(m_contract=False, m_consent=False)).status is Status.PROHIBITED


def test_a_lifted_ban_still_asks_for_what_lifts_it() -> None:
    free = rule("free", "A", "Permission", strength=Strength.RESIDUAL)
    ban = rule("ban", "A", "Prohibition", data=["finance"], strength=Strength.STRICT)
    lift = rule("lift", "A", "Permission", data=["finance"], requires=["m-approval"], overrides=["ban"])
    book = small(free, ban, lift)
    assert answer(book, ask(data="machine")).status is Status.FREE
    assert answer(book, ask(data="finance")).status is Status.AUTHORISATION
    assert answer(book, ask(data="finance", m_approval=False)).status is Status.PROHIBITED


def test_permission_and_plain_ban_without_precedence_are_contested() -> None:
    found = answer(small(rule("yes", "A", "Permission"), rule("no", "A", "Prohibition")), ask())
    assert found.status is Status.CONTESTED


def test_several_categories_are_as_strict_as_the_strictest_and_are_told_apart() -> None:
    book = small(
        rule("free", "A", "Permission", strength=Strength.RESIDUAL),
        rule("ban", "A", "Prohibition", data=["health"], strength=Strength.STRICT),
    )
    question = replace(ask(), data=(CATEGORY + "machine", CATEGORY + "health"))
    found = decide(book, question, DAY)
    assert found.status is Status.PROHIBITED
    assert [p.status for p in found.parts] == [Status.FREE, Status.PROHIBITED]


def test_a_duty_on_data_coming_in_stands_beside_the_status_where_they_come_from_outside() -> None:
    """A duty of the destination, limited to data from A, and not for what stays within the order U."""
    duty = rule("duty", "U", "Obligation", action=Action.IMPORT, destinations=["A"])
    leave = [rule(f"leave-{code}", code, "Permission") for code in "ACU"]
    inside = [entry("in", "B", "U")]

    def told(origin: str, entries: list[Membership]) -> list[tuple[str, str]]:
        found = decide(world([duty, *leave], entries), ask(origin, "B"), DAY)
        assert found.status in (Status.FREE, Status.INTERNAL)
        return [(beside.kind_of(o.rule), o.rule.label) for o in found.overlays]

    assert told("A", inside) == [("import", "duty")]
    assert told("C", inside) == [], "the duty is on data from A"
    assert told("A", []) == [], "B does not lie in U"
    assert told("A", [*inside, entry("in-too", "A", "U")]) == [], "both ends lie in U"


def test_nothing_leaves_or_enters_a_union_between_its_members_even_where_it_settles_nothing() -> None:
    """U has law on data coming in and on where data are kept, none on transfers: B and C lie in it, A does not."""
    ban = rule("ban", "U", "Prohibition", action=Action.IMPORT)
    keep = rule("keep", "U", "Obligation", action=Action.STORE_INSIDE)
    leave = [rule(f"leave-{code}", code, "Permission") for code in "ABC"]
    book = world([ban, keep, *leave], [entry("b", "B", "U"), entry("c", "C", "U")])

    def told(origin: str, destination: str) -> tuple[Status, list[str]]:
        found = decide(book, ask(origin, destination), DAY)
        asked = frame(book, [cat("personal")])
        cells = matrix(book, asked, DAY)
        at = tuple(asked.places.index(place(code)) for code in (origin, destination))
        assert STATUSES[cells.status[0, at[0], at[1]]] is found.status
        return found.status, [one.rule.label for one in found.overlays]

    assert told("B", "C") == (Status.FREE, [])
    assert told("B", "A") == (Status.FREE, ["keep"])
    assert told("A", "B") == (Status.PROHIBITED, [])


def test_a_list_of_all_full_members_covers_the_union() -> None:
    """A and B are in U, and C for health data only: a list that names A and B takes U in, and not C."""
    inside = [entry("a", "A", "U"), entry("b", "B", "U"), entry("c", "C", "U", data=["health"])]
    named = [entry("list-a", "A", "L1"), entry("list-b", "B", "L1")]
    view = world([], [*inside, *named]).at(DAY)
    assert view.covers(place("L1"), place("U"))
    assert not view.covers(place("L1"), place("C"))
    assert set(view.taken_in(place("L1"))) == {place("A"), place("B"), place("U")}
    whole = world([], [*inside[:2], entry("c", "C", "U"), *named]).at(DAY)
    assert not whole.covers(place("L1"), place("U"))
    assert set(whole.taken_in(place("L1"))) == {place("A"), place("B")}


def test_a_place_is_internal_to_itself() -> None:
    assert answer(world([]), replace(ask(), destination=place("A"))).status is Status.INTERNAL
