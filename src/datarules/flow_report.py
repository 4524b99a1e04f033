"""A checked log as one document: how many rows may go, which rules stand in the way of the others, what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from . import answer, explain, wording
from . import vocab as v
from .flow_beside import CLASHES
from .flows import Checked, Count
from .matrix import NUMBER
from .rulebook import RuleBook
from .vocab import Status

Document = dict[str, Any]
SHOWN = 20
"""Pairs and rules told of in words."""
LIGHT = (Status.INTERNAL, Status.FREE, Status.RECOGNISED, Status.SAFEGUARDS)
"""Statuses under which the parties can act alone."""


def _shares(rows: Counter[str], total: int, name: str) -> list[Document]:
    return [{name: word, "rows": n, "share": round(n / total, 6)} for word, n in rows.most_common()]


def _pairs(book: RuleBook, counts: Iterable[Count]) -> list[Document]:
    """Return what needs someone to act: pairs and data not under a light status, the most rows first."""
    known = book.records.jurisdictions
    found: Counter[tuple[str, str, tuple[str, ...], Status, str]] = Counter()
    for one in counts:
        if one.verdict is not None and one.verdict.status not in LIGHT:
            asked, verdict = one.asked, one.verdict
            key = (asked["origin"], asked["destination"], asked["data"], verdict.status, verdict.obstacle)
            found[key] += one.rows
    ordered = sorted(found.items(), key=lambda item: (-NUMBER[item[0][3]], -item[1], item[0]))
    rules = book.records.rules
    return [
        {
            "origin": known[origin].code,
            "destination": known[destination].code,
            "data": [v.local(one) for one in data],
            "status": status.value,
            "rows": rows,
            "obstacle": v.local(obstacle) if obstacle else "",
            "article": wording.articles(rules[obstacle]) if obstacle in rules else "",
        }
        for (origin, destination, data, status, obstacle), rows in ordered
    ]


def _ruled(book: RuleBook, found: Counter[str]) -> list[Document]:
    """Return rules with how many rows they bear on, the most first."""
    rules = book.records.rules
    return [
        {
            "rule": v.local(iri),
            "label": rules[iri].label,
            "jurisdiction": explain.label_of(book, rules[iri].order),
            "article": wording.articles(rules[iri]),
            "rows": rows,
        }
        for iri, rows in found.most_common()
        if iri in rules
    ]


def _obstacles(book: RuleBook, counts: Iterable[Count]) -> list[Document]:
    found: Counter[str] = Counter()
    for one in counts:
        if one.verdict is not None and one.verdict.status not in LIGHT and one.verdict.obstacle:
            found[one.verdict.obstacle] += one.rows
    return _ruled(book, found)


def _beside(book: RuleBook, counts: Iterable[Count]) -> Document:
    """Return how many rows have something beside their status, and the rules that bring it."""
    rows: Counter[str] = Counter()
    found: dict[str, Counter[str]] = {"localisation": Counter(), "duties": Counter()}
    for one in counts:
        if one.verdict is None:
            continue
        beside = one.verdict.beside
        for kind, rules in (("localisation", beside.localisation), ("duties", beside.duties)):
            rows[kind] += one.rows if rules else 0
            for iri in rules:
                found[kind][iri] += one.rows
        if beside.clash:
            rows[beside.clash] += one.rows
    return {
        "localised": rows["localisation"],
        "dutied": rows["duties"],
        "location_clashes": {kind: rows[kind] for kind in CLASHES if rows[kind]},
        "localisation": _ruled(book, found["localisation"]),
        "duties": _ruled(book, found["duties"]),
    }


def document(book: RuleBook, checked: Checked) -> Document:
    """Return the report.

    ``beside`` counts rows with localisation, with other duties, and with claims of both ends to the only place of
    the data. ``rows`` is the sum of ``judged`` and ``not_judged``; ``damaged`` are lines of the files that are no rows,
    and are in no other count. ``depends`` are rows whose worst case is heavier than their status: facts that
    the log does not state decide.
    """
    judged = [one for one in checked.counts if one.verdict is not None]
    statuses: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    depends = 0
    for one in checked.counts:
        if one.verdict is None:
            problems[one.problem] += one.rows
        else:
            statuses[one.verdict.status.value] += one.rows
            depends += one.rows if one.verdict.worst is not one.verdict.status else 0
    total = checked.rows
    return {
        "rows": total,
        "judged": statuses.total(),
        "not_judged": problems.total(),
        "damaged": checked.damaged,
        "from": checked.first.isoformat() if checked.first else None,
        "to": checked.last.isoformat() if checked.last else None,
        "columns": dict(checked.mapping.columns),
        "constants": {key: str(value) for key, value in checked.mapping.constants.items()},
        "statuses": _shares(statuses, total or 1, "status"),
        "depends": depends,
        "pairs": _pairs(book, judged),
        "obstacles": _obstacles(book, judged),
        "beside": _beside(book, judged),
        "problems": _shares(problems, total or 1, "problem"),
        "release": book.release,
        "disclaimer": answer.DISCLAIMER,
    }


def _table(rows: list[Document], columns: tuple[str, ...], right: str = "rows") -> list[str]:
    def shown(one: Document, name: str) -> str:
        value = one[name]
        if name == "share":
            return f"{value:.2%}"
        if isinstance(value, int):
            return f"{value:,}"
        return (", ".join(value) if isinstance(value, list) else str(value)).replace("|", "\\|")

    lines = [
        f"| {' | '.join(columns)} |",
        "|" + "|".join("---:" if c == right else "---" for c in columns) + "|",
    ]
    lines += ["| " + " | ".join(shown(row, name) for name in columns) + " |" for row in rows[:SHOWN]]
    return lines + ([f"… and {len(rows) - SHOWN:,} more."] if len(rows) > SHOWN else []) + [""]


def markdown(made: Document) -> str:
    """Return the report as Markdown."""
    span = f", {made['from']} to {made['to']}" if made["from"] else ""
    lines = [
        "# Transfers checked",
        "",
        f"{made['rows']:,} rows{span}; {made['judged']:,} judged, {made['not_judged']:,} could not be judged, "
        f"{len(made['damaged']):,} damaged lines. Release {made['release']}.",
        "",
        *_table(made["statuses"], ("status", "rows", "share")),
        f"For {made['depends']:,} rows a fact that the log does not state could make the answer heavier.",
        f"Beside the status, {made['beside']['localised']:,} rows fall under localisation and "
        f"{made['beside']['dutied']:,} under other duties"
        + "".join(
            f"; {n:,} under claims to one place ({k})" for k, n in made["beside"]["location_clashes"].items()
        )
        + ".",
        "",
    ]
    if made["pairs"]:
        lines += ["## What needs someone to act", ""]
        lines += _table(made["pairs"], ("origin", "destination", "data", "status", "rows", "article"))
    if made["obstacles"]:
        lines += ["## Rules in the way", ""]
        lines += _table(made["obstacles"], ("jurisdiction", "label", "article", "rows"))
    for kind, title in (("localisation", "Localisation"), ("duties", "Other duties")):
        if made["beside"][kind]:
            lines += [f"## {title}", ""]
            lines += _table(made["beside"][kind], ("jurisdiction", "label", "article", "rows"))
    if made["problems"]:
        lines += [
            "## Rows that could not be judged",
            "",
            *_table(made["problems"], ("problem", "rows", "share")),
        ]
    if made["damaged"]:
        lines += ["## Damaged lines", "", *_table(made["damaged"], ("file", "line", "reason"), "line")]
    return "\n".join([*lines, made["disclaimer"], ""])
