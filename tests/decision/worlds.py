"""Small worlds: hand-made and random law for tests of the decision."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from datarules import vocab as v
from datarules.model import (
    FOREVER,
    TRUE,
    AllOf,
    AnyOf,
    Citation,
    Comparison,
    Coverage,
    Expr,
    Fact,
    Jurisdiction,
    Mechanism,
    Membership,
    Not,
    Rule,
    Scope,
    Transfer,
)
from datarules.reader import Concept, Records
from datarules.rulebook import RuleBook
from datarules.vocab import Action, Burden, Evidence, Extent, Modality, Strength

START = date(2000, 1, 1).toordinal()
DAY = date(2010, 1, 1).toordinal()
CITATION = Citation("law", "Act", "s. 1", "https://law.example/act", date(2026, 11, 23))
PLACES = ("A", "B", "C", "U")
LISTS = ("L1", "L2")
CATEGORIES = {
    "any": (),
    "personal": ("any",),
    "health": ("personal",),
    "finance": ("personal",),
    "machine": ("any",),
}
PURPOSES = {"any": (), "sale": ("any",)}
SECTORS = {"any": (), "bank": ("any",)}
FLAGS = ("f1", "f2", "f3")
MEASURES = {
    "m-contract": Burden.SelfExecuted,
    "m-approval": Burden.PriorApproval,
    "m-consent": Burden.CaseByCase,
}


def place(code: str) -> str:
    return v.ID + code


def cat(name: str) -> str:
    return v.CATEGORY + name


def rule(name: str, order: str, modality: str, **more: Any) -> Rule:
    """A rule of a small world; names are local, everything unsaid is unlimited."""
    mechanism: Mechanism | None = more.pop("mechanism", None)
    requires = tuple(more.pop("requires", ()))
    level = max([mechanism.burden if mechanism else Burden.NoBurden, *(MEASURES[m] for m in requires)])
    scope = Scope(
        frozenset(map(cat, more.pop("data", ()))),
        frozenset(map(cat, more.pop("not_data", ()))),
        frozenset(v.SECTOR + s for s in more.pop("sectors", ())),
        frozenset(v.PURPOSE + p for p in more.pop("purposes", ())),
    )
    defaults: dict[str, Any] = {
        "action": Action.TRANSFER,
        "strength": Strength.DEFEASIBLE,
        "destinations": frozenset(),
        "not_destinations": frozenset(),
        "when": TRUE,
        "overrides": frozenset(),
        "start": START,
        "end": FOREVER,
    }
    for key in ("destinations", "not_destinations", "overrides"):
        if key in more:
            more[key] = frozenset(place(x) for x in more[key])
    defaults.update(more)
    return Rule(
        iri=place(name),
        label=name,
        order=place(order),
        modality=Modality(modality),
        scope=scope,
        requires=requires,
        mechanism=mechanism,
        evidence=Evidence.OfficialText,
        citations=(CITATION,),
        level=level,
        **defaults,
    )


def entry(name: str, member: str, group: str, **more: Any) -> Membership:
    """An entry of a small world."""
    scope = Scope(frozenset(map(cat, more.pop("data", ()))))
    defaults: dict[str, Any] = {
        "extension": False,
        "when": TRUE,
        "mechanism": None,
        "start": START,
        "end": FOREVER,
    }
    defaults.update(more)
    return Membership(
        iri=place(name),
        member=place(member),
        group=place(group),
        scope=scope,
        evidence=Evidence.OfficialText,
        citations=(CITATION,),
        **defaults,
    )


def world(
    rules: list[Rule], entries: list[Membership] | None = None, coverages: list[Coverage] | None = None
) -> RuleBook:
    """A rulebook of four places, two lists, five categories and a few facts."""

    def scheme(space: str, names: dict[str, tuple[str, ...]]) -> dict[str, Concept]:
        return {
            space + n: Concept(space + n, n, n, tuple(space + b for b in up), (), ())
            for n, up in names.items()
        }

    records = Records(
        jurisdictions={place(c): Jurisdiction(place(c), c, c, None, union=c == "U") for c in PLACES},
        groups={place(c): c for c in LISTS},
        rules={r.iri: r for r in rules},
        memberships={m.iri: m for m in entries or []},
        coverages={c.iri: c for c in coverages or []},
        facts={
            **{
                n: Fact(
                    n,
                    n,
                    n,
                    False,
                    bool,
                    baseline=n == "f3",
                    assumed_in=frozenset({v.SECTOR + "bank"}) if n == "f2" else frozenset(),
                )
                for n in FLAGS
            },
            "count": Fact("count", "count", "count", False, int, "persons", "a year"),
            **{n: Fact(n, n, n, True, bool, burden=b) for n, b in MEASURES.items()},
        },
        categories=scheme(v.CATEGORY, CATEGORIES),
        purposes=scheme(v.PURPOSE, PURPOSES),
        sectors=scheme(v.SECTOR, SECTORS),
    )
    return RuleBook(records, "test")


def nothing_added(order: str) -> Coverage:
    return Coverage(
        place("cov-" + order),
        place(order),
        Action.TRANSFER,
        frozenset(),
        Extent.ADDS_NOTHING,
        0,
        FOREVER,
        Evidence.OfficialText,
        (CITATION,),
        date(2026, 1, 1),
    )


def ask(
    origin: str = "A",
    destination: str = "B",
    data: str = "personal",
    open_facts: bool = False,
    purpose: str = "any",
    sector: str = "any",
    **facts: Any,
) -> Transfer:
    """A question about a small world; fact names are written with underscores for hyphens."""
    stated = tuple(sorted((k.replace("_", "-"), x) for k, x in facts.items()))
    return Transfer(
        place(origin),
        place(destination),
        (cat(data),),
        v.PURPOSE + purpose,
        v.SECTOR + sector,
        stated,
        open_facts,
    )


# ---------------------------------------------------------------- random law

tests = st.one_of(
    st.builds(Comparison, st.sampled_from(FLAGS), st.sampled_from(["eq", "neq"]), st.just(True)),
    st.builds(
        Comparison, st.just("count"), st.sampled_from(["gt", "gteq", "lt", "lteq"]), st.sampled_from([1, 100])
    ),
)
exprs: st.SearchStrategy[Expr] = st.one_of(
    st.just(TRUE),
    tests,
    st.builds(lambda a, b: AllOf((a, b)), tests, tests),
    st.builds(lambda a, b: AnyOf((a, b)), tests, tests),
    st.builds(Not, tests),
)


@st.composite
def random_rules(draw: st.DrawFn) -> list[Rule]:
    found: list[Rule] = []
    for number in range(draw(st.integers(1, 6))):
        order = draw(st.sampled_from(["A", "A", "A", "U", "B"]))
        modality = draw(st.sampled_from(["Permission", "Permission", "Prohibition"]))
        strengths = [Strength.RESIDUAL, Strength.DEFEASIBLE, Strength.DEFEASIBLE]
        if modality == "Prohibition":
            strengths.append(Strength.STRICT)
        action = draw(st.sampled_from([Action.TRANSFER] * 5 + [Action.IMPORT]))
        earlier = [r.iri.removeprefix(v.ID) for r in found if r.order == place(order) and r.action is action]
        span = draw(
            st.sampled_from([(START, FOREVER)] * 4 + [(START, DAY), (DAY, FOREVER), (DAY + 1, FOREVER)])
        )
        found.append(
            rule(
                f"r{number}",
                order,
                modality,
                action=action,
                strength=draw(st.sampled_from(strengths)),
                data=draw(st.lists(st.sampled_from(["any", "personal", "health"]), max_size=1)),
                not_data=draw(st.sampled_from([[], [], [], ["finance"]])),
                purposes=draw(st.sampled_from([[], [], ["sale"]])),
                sectors=draw(st.sampled_from([[], [], [], ["bank"]])),
                destinations=draw(st.sampled_from([[], [], ["L1"], ["L2"], ["B"]])),
                not_destinations=draw(st.sampled_from([[], [], [], ["L1"]])),
                when=draw(exprs),
                requires=draw(st.lists(st.sampled_from(sorted(MEASURES)), max_size=2, unique=True))
                if modality == "Permission"
                else (),
                overrides=draw(st.lists(st.sampled_from(earlier), max_size=2, unique=True))
                if earlier
                else [],
                start=span[0],
                end=span[1],
            )
        )
    return found


@st.composite
def random_entries(draw: st.DrawFn) -> list[Membership]:
    options = [
        ("e1", "B", "L1"),
        ("e2", "C", "L1"),
        ("e3", "B", "L2"),
        ("e4", "L2", "L1"),
        ("e5", "A", "U"),
        ("e6", "B", "U"),
        ("e7", "U", "L2"),
    ]
    chosen = draw(st.lists(st.sampled_from(options), max_size=4, unique=True))
    found = []
    for name, member, group in chosen:
        extension = group == "U" and draw(st.booleans())
        data = draw(st.sampled_from([[], [], ["personal"], ["health"]]))
        found.append(
            entry(
                name,
                member,
                group,
                extension=extension,
                leaves_out=frozenset(
                    draw(st.sampled_from([[], [], [place("r1")], [place("r0"), place("r2")]]))
                )
                if extension
                else frozenset(),
                data=data,
                when=draw(st.one_of(st.just(TRUE), tests)),
            )
        )
    return found


random_questions = st.builds(
    ask,
    st.sampled_from(["A", "A", "U"]),
    st.sampled_from(["B", "C"]),
    st.sampled_from(["any", "personal", "health", "finance", "machine"]),
    st.booleans(),
    st.sampled_from(["any", "sale"]),
    st.sampled_from(["any", "bank"]),
    **{"f1": st.booleans()},
)
