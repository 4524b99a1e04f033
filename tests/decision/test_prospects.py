"""Duties beside the status: whether each bites now, could, or cannot, whatever else a question leaves open."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datarules.decide import decide
from datarules.model import FALSE, TRUE, AllOf, AnyOf, Comparison, Expr, Not
from datarules.vocab import Action
from datarules.worlds import NOW, POSSIBLY, Prospects, holds

from .worlds import DAY, FLAGS, ask, rule, tests, world

BASELINE = {"f1": True}
VALUES = {**dict.fromkeys(FLAGS, (False, True)), "count": (0, 1, 2, 99, 100, 101)}

deep: st.SearchStrategy[Expr] = st.recursive(
    st.one_of(st.just(TRUE), st.just(FALSE), tests),
    lambda inner: st.one_of(
        st.builds(lambda parts: AllOf(tuple(parts)), st.lists(inner, max_size=3)),
        st.builds(lambda parts: AnyOf(tuple(parts)), st.lists(inner, max_size=3)),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)
stated = st.fixed_dictionaries({}, optional={name: st.sampled_from(VALUES[name]) for name in VALUES})


def literally(expr: Expr, facts: dict[str, bool | int]) -> int:
    """Try one world after the other."""
    if holds(expr, facts, BASELINE):
        return NOW
    worlds = product(*((facts[n],) if n in facts else values for n, values in VALUES.items()))
    return POSSIBLY if any(holds(expr, dict(zip(VALUES, w, strict=True)), BASELINE) for w in worlds) else 0


@pytest.mark.parametrize("together", [1, 1 << 12])
@settings(max_examples=250, deadline=None)
@given(expressions=st.lists(deep, max_size=5), facts=stated)
def test_each_expression_holds_now_or_could_as_world_after_world_says(together, expressions, facts):  # type: ignore[no-untyped-def]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("datarules.worlds.TOGETHER", together)
        found = Prospects(expressions, BASELINE)
        assert found.codes(facts) == tuple(literally(e, facts) for e in expressions)
        assert found.codes(facts) == tuple(literally(e, facts) for e in expressions)


def test_what_cannot_be_looked_at_over_all_worlds_could_always_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datarules.worlds.CAP", 2)
    monkeypatch.setattr("datarules.worlds.TOGETHER", 1)
    wide = AllOf((Comparison("f2", "eq", True), Comparison("f3", "eq", True)))
    narrow = Comparison("f1", "neq", True)
    found = Prospects([wide, narrow], BASELINE)
    assert found.codes({"f2": True, "f3": True}) == (NOW, POSSIBLY)
    assert found.codes({"f1": True, "f2": True}) == (POSSIBLY, 0)


def test_duties_that_ask_about_much_leave_the_answer_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("worlds", "verdicts"):
        monkeypatch.setattr(f"datarules.{module}.CAP", 4)
    narrow = AllOf(tuple(Comparison(flag, "eq", True) for flag in ("f2", "f3", "f1")))
    rules = [
        rule("way", "A", "Permission", when=Comparison("f1", "eq", True)),
        rule("bar", "A", "Prohibition", when=Comparison("f1", "neq", True)),
        rule("keep", "A", "Obligation", action=Action.STORE_INSIDE, when=narrow),
    ]
    book = world(rules, [])
    found = decide(book, ask("A", "B"), DAY)
    assert not found.capped
    assert found.deciding == ("f1",)
    assert [(one.rule.label, one.now) for one in found.overlays] == [("keep", False)]
    told = decide(book, ask("A", "B", f1=True, f2=True, f3=True), DAY)
    assert [(one.rule.label, one.now) for one in told.overlays] == [("keep", True)]
