"""Portfolios against brute force over all subsets, and against the law decided again as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import e, isinf
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datarules.amend import amend
from datarules.costs import Costs
from datarules.effects import KINDS, Effects, statuses, survey
from datarules.forge import Forge
from datarules.matrix import NUMBER, Frame, frame
from datarules.obstacles import Change
from datarules.portfolio import Chooser, Limit, front
from datarules.program import Cell, Problem, Side
from datarules.rulebook import RuleBook
from datarules.solve import Model
from datarules.vocab import Action, Status, Strength

from ..decision.worlds import DAY, cat, entry, place, random_entries, random_rules, rule, world

LEVEL = Status.RECOGNISED
MOST = 7
"""Changes of which all subsets are tried."""


class StopError(Exception):
    """What a caller raises to end work."""


def asked(book: RuleBook) -> Frame:
    return frame(book, [cat("personal")], [place(c) for c in "ABC"])


def surveyed(book: RuleBook) -> Effects:
    return survey(book, asked(book), DAY, LEVEL)


def joined(book: RuleBook, changes: list[Change], mutual: bool) -> int:
    """Return what is joined on the amended law, counted plainly."""
    made = amend(book, changes, DAY)
    grid = statuses(made, asked(book), DAY, Forge(made, {})) <= NUMBER[LEVEL]
    pairs = combinations(range(3), 2)
    if mutual:
        return sum(bool(grid[a, b] and grid[b, a]) for a, b in pairs)
    return int(grid.sum()) - 3


def combinations_up_to(changes: list[Change], most: int) -> Iterator[tuple[Change, ...]]:
    for size in range(most + 1):
        yield from combinations(changes, size)


def subsets(numbers: list[int], most: int) -> Iterator[tuple[int, ...]]:
    for size in range(most + 1):
        yield from combinations(numbers, size)


def closed(order: str) -> list:  # type: ignore[type-arg]
    """A closed law with a list of its own, and nothing else."""
    return [
        rule(f"{order}-closed", order, "Prohibition", strength=Strength.RESIDUAL, data=["personal"]),
        rule(
            f"{order}-listed",
            order,
            "Permission",
            data=["personal"],
            destinations=[{"A": "L1", "B": "L2", "C": "L2"}[order]],
        ),
    ]


def open_law(order: str) -> list:  # type: ignore[type-arg]
    return [rule(f"{order}-open", order, "Permission", strength=Strength.RESIDUAL, data=["personal"])]


@st.composite
def closed_worlds(draw: st.DrawFn) -> RuleBook:
    """Three places, the first closed, the second open; routes by list, heavy routes, bans on data coming in."""
    rules = [*closed("A"), *open_law("B")]
    rules += draw(st.sampled_from([closed("C"), open_law("C"), []]))
    if draw(st.booleans()):
        rules.append(rule("A-permit", "A", "Permission", data=["personal"], requires=["m-approval"]))
    if draw(st.booleans()):
        rules.append(rule("C-shut", "C", "Prohibition", strength=Strength.STRICT, action=Action.IMPORT))
    if draw(st.booleans()):
        rules.append(rule("A-ban", "A", "Prohibition", strength=Strength.STRICT, destinations=["C"]))
    if draw(st.booleans()):
        rules.append(rule("C-names", "C", "Permission", data=["personal"], destinations=["L1"]))
    entries = [entry("e1", "B", "L1"), entry("e2", "A", "L2"), entry("e3", "L1", "L2")]
    return world(rules, draw(st.lists(st.sampled_from(entries), unique=True)))


@st.composite
def problems(draw: st.DrawFn) -> tuple[RuleBook, Effects]:
    """Effects out of the air: which of seven changes open or close which pair, alone or two together."""
    names = [f"r{n}" for n in range(MOST)]
    order = st.sampled_from(["A", "B", "C"])
    book = world([rule(n, draw(order), "Prohibition", strength=Strength.STRICT) for n in names])
    numbers, pairs = st.integers(0, MOST - 1), [(a, b) for a in range(3) for b in range(3) if a != b]
    status = statuses(book, asked(book), DAY, Forge(book, {}))
    found = Effects(asked(book), DAY, LEVEL, status, [Change("ban", place(n)) for n in names])
    for pair in pairs:
        found.status[pair] = NUMBER[draw(st.sampled_from([Status.FREE, Status.PROHIBITED]))]
        some = draw(st.lists(numbers, max_size=3, unique=True))
        if found.open[pair]:
            found.closers[pair] = some
            continue
        found.openers[pair] = some
        both = st.tuples(numbers, numbers).map(lambda p: (min(p), max(p))).filter(lambda p: p[0] != p[1])
        found.joint[pair] = draw(st.lists(both, max_size=2, unique=True))
        if not some:
            del found.openers[pair]
    return book, found


@settings(max_examples=300, deadline=None)
@given(problems(), st.booleans(), st.integers(1, 4))
def test_the_program_finds_the_best_of_all_subsets(made, mutual, count):  # type: ignore[no-untyped-def]
    book, effects = made
    chooser = Chooser(book, effects, "pairs", mutual)
    numbers = chooser.problem.candidates
    best = max(chooser.problem.gain(set(chosen)) for chosen in subsets(numbers, count))
    found = chooser.exact(Limit(count))
    assert found.gain == pytest.approx(best)
    assert found.gap == 0 and len(found.choices) <= count
    assert found.bound == pytest.approx(best)


@settings(max_examples=200, deadline=None)
@given(problems(), st.booleans(), st.sampled_from([9, 10, 25, 30]), st.sampled_from([1, 3]))
def test_within_a_budget_too(made, mutual, budget, step):  # type: ignore[no-untyped-def]
    book, effects = made
    chooser = Chooser(book, effects, "pairs", mutual, weights=Costs(statute=10, administrative=step))
    numbers = chooser.problem.candidates
    able = [c for c in subsets(numbers, len(numbers)) if sum(chooser.prices[n] for n in c) <= budget]
    found = chooser.exact(Limit(budget=budget))
    assert found.gain == pytest.approx(max(chooser.problem.gain(set(c)) for c in able))
    assert found.cost <= budget


@settings(max_examples=150, deadline=None)
@given(problems(), st.booleans(), st.integers(1, 3))
def test_the_fair_choice_has_the_highest_floor(made, mutual, count):  # type: ignore[no-untyped-def]
    book, effects = made
    chooser = Chooser(book, effects, "fair", mutual)

    def floor(chosen: set[int]) -> int:
        found = list(chooser.problem.partners)
        for cell in chooser.problem.cells:
            for end, pairs in cell.ends.items():
                found[end] += pairs * (all(s.holds(chosen) for s in cell.sides) - cell.joined)
        return min((found[p] for p in chooser.helped), default=0)

    best = max(floor(set(chosen)) for chosen in subsets(chooser.problem.candidates, count))
    chosen = {chooser.effects.candidates.index(c.change) for c in chooser.exact(Limit(count)).choices}
    assert floor(chosen) == best


@settings(max_examples=100, deadline=None)
@given(closed_worlds(), st.booleans(), st.integers(1, 2))
def test_on_law_nothing_within_the_limit_joins_more(book, mutual, count):  # type: ignore[no-untyped-def]
    """Every subset decided again: the choice is the best, since effects of one and two changes are exact."""
    chooser = Chooser(book, surveyed(book), "pairs", mutual)
    found = chooser.exact(Limit(count))
    base = joined(book, [], mutual)
    changes = [chooser.effects.candidates[n] for n in chooser.problem.candidates]
    best = max(joined(book, list(chosen), mutual) - base for chosen in combinations_up_to(changes, count))
    assert found.decided == best


@settings(max_examples=150, deadline=None)
@given(st.one_of(closed_worlds(), st.builds(world, random_rules(), random_entries())), st.booleans())
def test_every_effect_of_a_single_change_is_what_the_amended_law_says(book, mutual):  # type: ignore[no-untyped-def]
    chooser = Chooser(book, surveyed(book), "pairs", mutual)
    before = joined(book, [], mutual)
    assert before == chooser.problem.base
    for number in chooser.problem.candidates:
        change = chooser.effects.candidates[number]
        assert chooser.problem.gain({number}) == joined(book, [change], mutual) - before, change


@settings(max_examples=100, deadline=None)
@given(problems(), st.integers(1, 4), st.booleans(), st.booleans())
def test_greedy_stays_within_its_bound_and_below_the_optimum(made, count, priced, plain):  # type: ignore[no-untyped-def]
    book, effects = made
    if plain:
        effects.joint.clear()
        effects.closers.clear()
    chooser = Chooser(book, effects, "pairs", mutual=False)
    limit = Limit(budget=10.0 * count) if priced else Limit(count)
    greedy, exact = chooser.greedy(limit), chooser.exact(limit)
    assert greedy.gain <= exact.gain + 1e-9
    assert bool(greedy.guarantee) is chooser.problem.submodular
    if plain:
        assert greedy.guarantee == pytest.approx((1 - 1 / e) / (2 if priced else 1))
        assert greedy.gain >= greedy.guarantee * exact.gain - 1e-9
        assert greedy.bound >= exact.gain - 1e-9


def test_two_closed_laws_must_both_move_and_the_open_one_need_not() -> None:
    """A and B are closed, C is open: one change joins a closed one with C, two join all three pairs."""
    book = world([*closed("A"), *closed("B"), *open_law("C")])
    chooser = Chooser(book, surveyed(book), "pairs", mutual=True)
    assert [chooser.exact(Limit(k)).decided for k in (1, 2, 3)] == [1, 3, 3]
    assert isinf(chooser.greedy(Limit(2)).bound) and chooser.greedy(Limit(2)).guarantee == 0


def test_within_a_budget_the_cheaper_entries_are_taken() -> None:
    """Opening A's default costs a statute; entries cost a treaty here, since these lists are nobody's own."""
    book = world([*closed("A"), *open_law("B"), *open_law("C")])
    dear = Chooser(book, surveyed(book), "pairs", True, weights=Costs(1, 3, 10, 30)).exact(Limit(budget=30))
    cheap = Chooser(book, surveyed(book), "pairs", True, weights=Costs(1, 3, 10, 2)).exact(Limit(budget=4))
    assert [c.change.kind for c in dear.choices] == ["default"] and dear.decided == 2
    assert {c.change.kind for c in cheap.choices} == {"membership"} and cheap.decided == 2


def test_a_portfolio_is_decided_again_as_a_whole() -> None:
    """Two shut doors in one direction: neither change alone does anything, both together do."""
    ban = rule("in", "B", "Prohibition", strength=Strength.STRICT, data=["personal"], action=Action.IMPORT)
    book = world([*closed("A"), ban, *open_law("B")])
    chooser = Chooser(book, surveyed(book), "pairs", mutual=False)
    found = chooser.exact(Limit(2))
    assert found.gain >= 2 and found.decided >= found.gain
    assert joined(book, [c.change for c in found.choices], False) - found.base == found.decided


def test_people_count_those_at_both_ends() -> None:
    book = world([*closed("A"), *closed("B"), *open_law("C")])
    people = {"A": 1, "B": 100, "C": 10}
    found = Chooser(book, surveyed(book), "people", True, people).exact(Limit(1))
    assert found.choices[0].change.rule == place("B-closed") and found.decided == 110


def test_fairness_raises_the_worst_off_first() -> None:
    """A has no partner; B and C have each other. One change can help A alone."""
    book = world([*closed("A"), *open_law("B"), *open_law("C")])
    found = Chooser(book, surveyed(book), "fair", True).exact(Limit(1))
    assert found.floor == (0, 2) and found.gap == pytest.approx(0)


def test_a_front_gains_with_every_step_and_never_costs_less() -> None:
    book = world([*closed("A"), *closed("B"), *open_law("C")], [entry("e", "B", "L1")])
    found = front(Chooser(book, surveyed(book), "pairs", True), [Limit(k) for k in (1, 2, 3, 4)])
    gains, costs = [p.gain for _, p in found], [p.cost for _, p in found]
    assert gains == sorted(set(gains)) and costs == sorted(costs)


def test_only_the_kinds_asked_for_are_looked_at() -> None:
    book = world([*closed("A"), *open_law("B")])
    found = survey(book, asked(book), DAY, LEVEL, ["default"])
    assert {change.kind for change in found.candidates} == {"default"}
    assert {c.kind for c in surveyed(book).candidates} <= set(KINDS)


def test_what_the_progress_raises_ends_the_survey() -> None:
    def stop(done: int, of: int) -> None:
        raise StopError

    book = world([*closed("A"), *open_law("B")])
    with pytest.raises(StopError):
        survey(book, asked(book), DAY, LEVEL, progress=stop)


def tangled(changes: int, cells: int) -> Problem:
    """A program that is not solved at once: mutual cells whose sides many changes open, drawn at random."""
    draw = Random(5)

    def side() -> Side:
        return Side(False, tuple(sorted(draw.sample(range(changes), 3))), (), ())

    made = [Cell((side(), side()), False, float(draw.randint(1, 9)), 1) for _ in range(cells)]
    return Problem(made, list(range(changes)), 0.0, [], True)


def test_the_solver_stops_in_the_middle_when_told_to() -> None:
    problem, asked = tangled(60, 600), 0

    def look() -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise StopError

    prices = dict.fromkeys(problem.candidates, 1.0)
    with pytest.raises(StopError):
        Model(problem, problem.candidates, prices, 12, None, look).most(600.0)
    assert asked == 3


def test_the_solver_writes_nothing_where_answers_are_written(capfd: pytest.CaptureFixture[str]) -> None:
    problem = tangled(30, 100)
    found = Model(problem, problem.candidates, dict.fromkeys(problem.candidates, 1.0), 3, None).most(60.0)
    assert found.gap == 0.0 and len(found.chosen) == 3
    assert capfd.readouterr() == ("", "")


def test_an_objective_that_cannot_be_pursued_is_refused() -> None:
    book = world(closed("A"))
    with pytest.raises(ValueError, match="people"):
        Chooser(book, surveyed(book), "people")


def test_without_time_the_fair_choice_is_no_worse_than_the_greedy_one() -> None:
    book = world([*closed("A"), *closed("B"), *open_law("C")])
    chooser = Chooser(book, surveyed(book), "fair", True)
    assert chooser.exact(Limit(1), time_limit=0.0).gain >= chooser.greedy(Limit(1)).gain


def test_without_a_limit_everything_useful_may_be_chosen() -> None:
    book = world([*closed("A"), *closed("B"), *open_law("C")])
    assert Chooser(book, surveyed(book), "pairs", True).exact(Limit()).decided == 3


TONGUES = {"A": frozenset({"x", "y"}), "B": frozenset({"y", "z"}), "C": frozenset({"x", "w"})}


def languages(book: RuleBook, grid: Any) -> int:
    """Count languages the slow way: each place, each language of another whose data may come, once."""
    codes = [book.records.jurisdictions[p].code for p in asked(book).places]
    return sum(
        len(
            {t for a, one in enumerate(codes) if a != b and grid[a, b] for t in TONGUES.get(one, ())}
            - TONGUES.get(other, frozenset())
        )
        for b, other in enumerate(codes)
    )


@settings(max_examples=200, deadline=None)
@given(problems(), st.booleans(), st.integers(1, 4))
def test_languages_are_joined_as_by_the_best_of_all_subsets(made, mutual, count):  # type: ignore[no-untyped-def]
    book, effects = made
    chooser = Chooser(book, effects, "languages", mutual, tongues=TONGUES)

    def gain(chosen: Any) -> int:
        grid = effects.open.copy()
        for pair in np.ndindex(grid.shape):
            if pair[0] != pair[1]:
                alone = set(effects.openers.get(pair, ())) & set(chosen)
                both = any(a in chosen and b in chosen for a, b in effects.joint.get(pair, ()))
                shut = set(effects.closers.get(pair, ())) & set(chosen)
                grid[pair] = bool((effects.open[pair] or alone or both) and not shut)
        return languages(book, grid & grid.T if mutual else grid)

    best = max(gain(chosen) - gain(()) for chosen in subsets(chooser.problem.candidates, count))
    assert chooser.problem.base == gain(())
    found = chooser.exact(Limit(count))
    assert found.gain == pytest.approx(best) and found.bound == pytest.approx(best)
    greedy = chooser.greedy(Limit(count))
    assert greedy.gain <= found.gain + 1e-9
    chosen = {chooser.effects.candidates.index(c.change) for c in greedy.choices}
    assert greedy.gain == gain(chosen) - gain(())


@settings(max_examples=60, deadline=None)
@given(closed_worlds(), st.booleans(), st.integers(1, 2))
def test_languages_joined_on_law_are_decided_again(book, mutual, count):  # type: ignore[no-untyped-def]
    found = Chooser(book, surveyed(book), "languages", mutual, tongues=TONGUES).exact(Limit(count))
    assert found.decided == found.gain


def test_a_language_counts_once_for_a_place() -> None:
    """Opening C brings A nothing it does not speak but w; B brings z: one change joins the more."""
    book = world([*closed("A"), *closed("B"), *open_law("C")])
    found = Chooser(book, surveyed(book), "languages", False, tongues={**TONGUES, "C": frozenset({"x"})})
    assert found.exact(Limit(2)).decided > 0
    with pytest.raises(ValueError, match="languages"):
        Chooser(book, surveyed(book), "languages")
