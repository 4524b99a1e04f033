"""The lawyers' suite as rows: each case asked of the rulebook, with the rules its answer rests on and those it is about.

A case is a table of ``tests/cases/<code>.toml``: a question with the answer its author read in the law. The rows
say what the rulebook at hand answers, so that a case beside other law shows the difference. Asking all of them
takes a while; ``make bundle`` does it once (``python -m datarules.law_cases``) and keeps the rows with the release
they hold for.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from . import ask
from . import vocab as v
from .answer import rules_used
from .bundled import case_files, cases_place
from .decide import decide
from .errors import InputError
from .load import load
from .model import Decision, Membership, Rule, Transfer
from .rulebook import RuleBook

Row = dict[str, Any]
ROLES = ("decides", "cites")
"""How a case concerns a rule: its answer rests on it, or it names an article of a rule that the answer weighs."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Cases as rows, and by what they concern.

    Attributes:
        release: the release of the law they were asked of.
        rows: every case, in the order of the files; ``roles`` of a row names each rule or entry it concerns.
    """

    release: str
    rows: tuple[Row, ...]
    _by_rule: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def tested(self) -> frozenset[str]:
        """Return the identifiers of all rules and entries that a case which holds puts to the test."""
        return frozenset(v.ID + name for row in self.rows if row["holds"] for name in row["roles"])

    def of_place(self, code: str) -> list[Row]:
        """Return the cases written for the law of a place, in the order of their file."""
        return [_shown(row) for row in self.rows if row["place"] == code]

    def of_rule(self, name: str) -> list[Row]:
        """Return the cases a rule decides, then those that cite it, each with its ``role``; of its own law first."""
        own = name.partition("/")[0]
        if not self._by_rule:
            for row in self.rows:
                for one in row["roles"]:
                    self._by_rule.setdefault(one, []).append(row)
        found = [{**_shown(row), "role": row["roles"][name]} for row in self._by_rule.get(name, ())]
        return sorted(found, key=lambda row: (ROLES.index(row["role"]), row["place"] != own))


def _shown(row: Row) -> Row:
    return {key: value for key, value in row.items() if key != "roles"}


def _told(statement: Rule | Membership, articles: frozenset[str]) -> bool:
    return any(c.article in articles for c in statement.citations)


def _weighed(decision: Decision) -> Iterator[Rule | Membership]:
    """Yield every statement an answer shows."""
    for route in decision.routes:
        yield route.rule
        yield from route.entries
    for obstacle in decision.obstacles:
        yield from filter(None, (obstacle.rule, obstacle.entry))
        yield from obstacle.entries
    for overlay in decision.overlays:
        yield overlay.rule
    for conflict in decision.conflicts:
        yield from (conflict.first, conflict.second, *conflict.lifts)


def question(book: RuleBook, case: dict[str, Any]) -> tuple[Transfer, date]:
    """Return the transfer a case asks about, and the day.

    Raises:
        InputError: the rulebook knows a place or a word of the case not.
    """
    data, purpose, sector = (
        case.get("data", "personal"),
        case.get("purpose", "any"),
        case.get("sector", "any"),
    )
    facts, open_facts = case.get("facts"), case.get("open", False)
    ends = case["origin"], case["destination"]
    transfer, day = ask.transfer(book, *ends, data, purpose, sector, case["date"], facts, open_facts)
    assert day is not None
    return transfer, day


def _asked(book: RuleBook, place: str, number: int, case: dict[str, Any]) -> Row:
    """Ask one case; return its row.

    Raises:
        InputError: the rulebook knows a place or a word of the case not.
    """
    data = case.get("data", "personal")
    transfer, day = question(book, case)
    decision = decide(book, transfer, day.toordinal())
    articles = frozenset(case.get("cites", ()))
    roles = {s.iri: "cites" for s in _weighed(decision) if _told(s, articles)}
    roles |= {s.iri: "decides" for s in rules_used(decision)}
    given = {key: case[key] for key in ("status", "best", "worst") if key in case}
    found = {
        "status": decision.status.value,
        "best": decision.best.value,
        "worst": decision.worst.value,
    }
    return {
        "case": f"{place}-{number}",
        "place": place,
        "name": case["name"],
        "note": case.get("note", ""),
        "origin": case["origin"],
        "destination": case["destination"],
        "data": [data] if isinstance(data, str) else list(data),
        "purpose": case.get("purpose", "any"),
        "sector": case.get("sector", "any"),
        "date": case["date"].isoformat(),
        "facts": dict(case.get("facts", {})),
        "open": case.get("open", False),
        **found,
        "expected": given,
        "holds": given.items() <= found.items(),
        "cites": list(case.get("cites", ())),
        "rules": sorted(v.local(iri) for iri, role in roles.items() if role == "decides"),
        "roles": {v.local(iri): role for iri, role in roles.items()},
    }


def read(files: Iterable[Path]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Yield the cases of files: the code they stand under, their number there from 1, and what they say."""
    for path in files:
        for number, case in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["case"], 1):
            assert isinstance(case["date"], date)
            yield path.stem, number, case


def survey(book: RuleBook, files: Sequence[Path] | None = None) -> Cases:
    """Ask every case; those about places or words this law does not have are left out.

    Args:
        book: the rulebook.
        files: of cases; the bundled ones unless given.
    """
    cases = list(enumerate(read(case_files() if files is None else files)))
    rows: dict[int, Row] = {}
    last = date.min
    for at, (place, number, case) in sorted(cases, key=lambda one: one[1][2]["date"]):
        if case["date"] != last:
            book.forget(last.toordinal())
            last = case["date"]
        try:
            rows[at] = _asked(book, place, number, case)
        except InputError:
            continue
    return Cases(book.release, tuple(rows[at] for at in sorted(rows)))


def at_hand(book: RuleBook) -> Cases | None:
    """Return the cases as `main` kept them, if that was for this law."""
    file = cases_place()
    if not file.is_file():
        return None
    found = json.loads(file.read_text(encoding="utf-8"))
    return Cases(book.release, tuple(found["rows"])) if found["release"] == book.release else None


def kept(book: RuleBook) -> Cases:
    """Return the cases as `main` kept them, if that was for this law; else ask them now."""
    return at_hand(book) or survey(book)


def main() -> int:
    """Ask every case of the bundled law and keep the rows for the server."""
    found = survey(RuleBook.unchecked(load()))
    file = cases_place()
    file.parent.mkdir(parents=True, exist_ok=True)
    document = {"release": found.release, "rows": found.rows}
    file.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
