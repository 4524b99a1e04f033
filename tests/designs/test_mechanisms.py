"""Mechanisms on the same measures, and the fit of a proposed one."""

from __future__ import annotations

import pytest

from datarules import vocab as v
from datarules.costs import Costs
from datarules.errors import InputError
from datarules.fit import fit
from datarules.matrix import Frame, frame
from datarules.mechanisms import OPEN_LAW, Standing, compared
from datarules.model import Mechanism, Rule
from datarules.portfolio import Limit
from datarules.rulebook import RuleBook
from datarules.study import Study, read
from datarules.vocab import Burden, Status, Strength

from ..decision.worlds import DAY, cat, entry, place, rule, world

CLAUSES = Mechanism(v.MECHANISM + "standard-contract", "clauses", Burden.SelfExecuted)
LISTED = Mechanism(v.MECHANISM + "recognition", "recognition", Burden.Recognition)


def shut(order: str) -> Rule:
    return rule(f"{order}-shut", order, "Prohibition", strength=Strength.RESIDUAL, data=["personal"])


def by_clauses(order: str) -> Rule:
    return rule(f"{order}-clauses", order, "Permission", data=["personal"], mechanism=CLAUSES)


def by_list(order: str) -> Rule:
    return rule(
        f"{order}-list", order, "Permission", data=["personal"], mechanism=LISTED, destinations=["L1"]
    )


def about(book: RuleBook) -> Frame:
    return frame(book, [cat("personal")], [place(c) for c in "ABC"])


def measures(book: RuleBook) -> dict[str, Standing]:
    return {v.local(one.name): one for one in compared(book, about(book), DAY, people={"A": 5, "B": 7})}


def test_pairs_carried_and_pairs_carried_alone() -> None:
    """A has clauses and a list with B on it, B clauses only: the list carries A to B, and never alone."""
    found = measures(
        world([shut("A"), shut("B"), by_clauses("A"), by_clauses("B"), by_list("A")], [entry("e", "B", "L1")])
    )
    clauses, recognition = found["standard-contract"], found["recognition"]
    assert (clauses.pairs, clauses.mutual, clauses.alone, clauses.people) == (4, 1, 3, 12)
    assert (recognition.pairs, recognition.mutual, recognition.alone) == (1, 0, 0)
    assert clauses.orders == ("A", "B") and recognition.orders == ("A",)


def test_an_open_law_carries_without_mechanism() -> None:
    free = rule("open", "A", "Permission", strength=Strength.RESIDUAL, data=["personal"])
    assert measures(world([free]))[OPEN_LAW].pairs == 2


def test_a_scheme_counts_the_pairs_lost_without_it() -> None:
    found = measures(world([shut("A"), by_list("A")], [entry("e", "B", "L1"), entry("f", "C", "L1")]))
    scheme = found["L1"]
    assert (scheme.sort, scheme.members, scheme.orders, scheme.alone) == ("scheme", ("B", "C"), ("A",), 2)


def test_the_fit_names_who_accepts_who_must_change_and_what_blocks() -> None:
    """A accepts clauses, B has none and is closed, C bans everything and no mechanism helps."""
    ban = rule("C-ban", "C", "Prohibition", strength=Strength.STRICT, data=["personal"])
    book = world([shut("A"), by_clauses("A"), shut("B"), ban])
    found = fit(book, about(book), DAY, CLAUSES.iri)
    assert found.accepts == (place("A"),)
    assert set(found.carried) == {(place("A"), place("B")), (place("A"), place("C"))}
    (need,) = found.needs
    assert need.origins == (place("B"),) and need.change.kind == "recognition" and len(need.towards) == 2
    assert {(b.origin, b.bans[0].iri) for b in found.blocked} == {(place("C"), place("C-ban"))}
    assert (len(found.today), found.mutual) == (2, 0)
    assert (found.after, found.after_mutual) == (4, 1)


@pytest.mark.parametrize(("treaty", "kind"), [(2.0, "listing"), (30.0, "recognition")])
def test_the_cheaper_of_entry_and_new_route_is_named(treaty: float, kind: str) -> None:
    book = world([shut("A"), by_list("A"), shut("B")])
    found = fit(book, about(book), DAY, LISTED.iri, Status.RECOGNISED, Costs(treaty=treaty))
    assert {need.change.kind for need in found.needs if need.origins == (place("A"),)} == {kind}


def test_a_study_reads_kind_and_scheme_and_refuses_what_is_not_there() -> None:
    book = world([shut("A"), by_clauses("A")], [entry("e", "B", "L1"), entry("f", "C", "L1")])
    book.records.mechanisms[CLAUSES.iri] = CLAUSES
    study, asked = Study(book), read(book, "2010-01-01")
    assert study.fit(asked, "standard-contract", Status.SAFEGUARDS, "L1").members == (place("B"), place("C"))
    for kind, scheme in (("magic", "L1"), ("standard-contract", "L9"), ("standard-contract", "")):
        with pytest.raises(InputError):
            study.fit(asked, kind, Status.SAFEGUARDS, scheme)


def test_people_count_only_where_there_are_counts() -> None:
    book = world([shut("A"), by_clauses("B")])
    with pytest.raises(InputError):
        Study(book).chooser(read(book, "2010-01-01"), Status.FREE, "people")
    found = Study(book, {"A": 3}).chooser(read(book, "2010-01-01"), Status.FREE, "people", mutual=False)
    assert found.exact(Limit(1)).decided in (3, 6)
