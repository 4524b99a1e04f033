"""Two jurisdictions side by side: axes, shared mechanisms, verdict."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from datarules import reports, wording
from datarules import vocab as v
from datarules.compare import AXES, VERDICTS, Comparison, compare
from datarules.model import Mechanism, Rule
from datarules.rulebook import Cell, RuleBook
from datarules.vocab import Action, Burden, Status, Strength

from ..decision.worlds import DAY, place, rule, world

CELL = Cell(v.CATEGORY + "personal", v.ANY_PURPOSE, v.ANY_SECTOR)
OPEN: dict[str, Any] = dict(strength=Strength.RESIDUAL, data=["personal"])


def verdict(*rules: Rule) -> Comparison:
    return compare(world(list(rules)), place("A"), place("B"), DAY, CELL)


def test_open_both_ways_is_compatible() -> None:
    found = verdict(rule("a", "A", "Permission", **OPEN), rule("b", "B", "Permission", **OPEN))
    assert found.verdict == "compatible"
    assert found.asymmetry == 0


def test_one_side_not_encoded_is_unknown() -> None:
    assert verdict(rule("a", "A", "Permission", **OPEN)).verdict == "unknown"


def test_an_approval_on_one_side_is_conditional() -> None:
    found = verdict(
        rule("a-closed", "A", "Prohibition", **OPEN),
        rule("a-permit", "A", "Permission", data=["personal"], requires=["m-approval"]),
        rule("b", "B", "Permission", **OPEN),
    )
    assert found.verdict == "conditional"
    assert found.asymmetry == 3
    assert [side.decision.status for side in found.sides] == [Status.AUTHORISATION, Status.FREE]


def test_a_ban_on_one_side_is_one_way_and_on_both_conflicting() -> None:
    ban_a = rule("a", "A", "Prohibition", strength=Strength.STRICT, data=["personal"])
    ban_b = rule("b-ban", "B", "Prohibition", strength=Strength.STRICT, data=["personal"])
    assert verdict(ban_a, rule("b", "B", "Permission", **OPEN)).verdict == "one-way"
    assert verdict(ban_a, ban_b).verdict == "conflicting"


def test_duties_that_cannot_both_be_kept_conflict_where_the_transfer_itself_is_lawful() -> None:
    closed = rule("a-closed", "A", "Prohibition", **OPEN)
    permit = rule("a-permit", "A", "Permission", data=["personal"], requires=["m-approval"])
    shield = rule("a-shield", "A", "Prohibition", action=Action.DISCLOSE, data=["personal"])
    produce = rule("b-produce", "B", "Obligation", action=Action.DISCLOSE, data=["personal"])
    found = verdict(closed, permit, shield, produce, rule("b", "B", "Permission", **OPEN))
    assert found.verdict == "conflicting"
    assert [c.kind for c in found.conflicts] == ["disclosure"]


def test_a_shared_mechanism_is_named_once_whatever_each_law_calls_it() -> None:
    kind = v.MECHANISM + "standard-contract"
    tools = [Mechanism(place(f"{c}/clauses"), f"clauses of {c}", Burden.SelfExecuted, (kind,)) for c in "AB"]
    rules = [rule(f"{c}-closed", c, "Prohibition", **OPEN) for c in "AB"]
    rules += [
        rule(f"{c}-scc", c, "Permission", data=["personal"], mechanism=t)
        for c, t in zip("AB", tools, strict=True)
    ]
    found = verdict(*rules)
    assert found.shared == (kind,)
    assert found.one_sided == ()
    assert found.verdict == "compatible"


@pytest.mark.parametrize(
    ("first", "second", "day", "expected"),
    [
        ("DE", "FR", "2026-05-01", "compatible"),
        ("GB", "CH", "2026-05-01", "compatible"),
        ("EU", "US", "2026-05-01", "conditional"),
        ("US", "CN", "2026-05-01", "conflicting"),
    ],
)
def test_known_pairs_get_their_verdict_with_articles(
    book: RuleBook, first: str, second: str, day: str, expected: str
) -> None:
    as_of = date.fromisoformat(day)
    found = compare(book, v.ID + first, v.ID + second, as_of.toordinal(), CELL)
    lines = wording.verdict(book, found)
    assert found.verdict == expected, lines
    assert lines[0].startswith(expected.capitalize())
    document = reports.comparison(book, found, as_of, CELL)
    assert set(document["axes"]) == set(AXES)
    assert document["verdict"] in VERDICTS
    cited = [s["article"] for s in document["axes"]["default"][0] if "article" in s]
    assert all(cited)


def test_rules_stand_on_the_axis_a_lawyer_would_look_at(book: RuleBook) -> None:
    found = compare(
        book,
        v.ID + "EU",
        v.ID + "IN",
        date(2026, 5, 1).toordinal(),
        Cell(v.CATEGORY + "payment", v.ANY_PURPOSE, v.SECTOR + "payments"),
    )
    articles = [
        {axis: {c.article for one in side.axes[axis] for c in one.citations} for axis in AXES}
        for side in found.sides
    ]
    assert "GDPR art. 44" in articles[0]["default"] and "GDPR art. 44" in articles[0]["onward-transfer"]
    assert "GDPR art. 49(1)(a)" in articles[0]["consent"]
    assert "GDPR art. 48" in articles[0]["government-access"]
    assert "RBI payment data circular para. 2(i)" in articles[1]["localisation"]
