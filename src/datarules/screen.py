"""Answers on a terminal, with rich."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from . import explain
from .rulebook import RuleBook

COLOURS = {
    "internal": "green",
    "free": "green",
    "recognised": "green",
    "safeguards": "yellow",
    "authorisation": "dark_orange",
    "derogation": "dark_orange",
    "prohibited": "red",
    "contested": "magenta",
    "unknown": "bright_black",
}


def show(document: dict[str, Any]) -> None:
    """Print one answer."""
    console = Console(highlight=False, soft_wrap=True)
    status = document["status"]
    title = Text(f"{document['origin']} → {document['destination']}  ", style="bold")
    title.append(f" {status} ", style=f"bold reverse {COLOURS[status]}")
    title.append(f"  best {document['best']} · worst {document['worst']}", style="dim")
    console.print(title)
    for number, line in enumerate(document["text"]):
        console.print(Text(("" if number == 0 else "• ") + line, style="bold" if number == 0 else ""))
    addresses = dict.fromkeys(
        (part["article"], part["address"])
        for key in ("routes", "obstacles", "overlays")
        for part in document[key]
        if part["address"] and part.get("available", True)
    )
    for article, address in list(addresses)[:8]:
        console.print(Text(f"  {article}: {address}", style="dim"))
    weakest = document["evidence"] or "none"
    console.print(
        Text(
            f"Evidence: {weakest}; oldest reading {document['oldest_reading'] or 'none'}; release {document['release']}. {document['disclaimer']}",
            style="dim",
        )
    )


def show_table(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    """Print rows as a table."""
    table = Table(box=None, header_style="bold")
    for column in columns:
        table.add_column(column, no_wrap=column in ("name", "date"))
    for row in rows:
        table.add_row(*(", ".join(c) if isinstance(c := row[k], list) else str(c or "") for k in columns))
    Console(highlight=False).print(table)


def show_rules(book: RuleBook, iri: str, rows: Sequence[dict[str, Any]]) -> None:
    """Print the rules of a jurisdiction in the order of their articles."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(Text(f"{explain.place(book, iri)}: {len(rows)} rules", style="bold"))
    for row in rows:
        period = f"{row['valid_from'] or 'not commenced'} – {row['valid_until'] or ''}".rstrip(" –")
        console.print(Text(f"{row['article']}  ", style="bold") + Text(row["label"]))
        console.print(
            Text(
                f"    {row['modality']} · {row['action']} · {', '.join(row['data'])} · {period} · {row['evidence']} · {row['rule']}",
                style="dim",
            )
        )


def show_events(rows: Sequence[dict[str, Any]]) -> None:
    """Print the history of a pair: one line for each day of change, what caused it below."""
    console = Console(highlight=False, soft_wrap=True)
    for row in rows:
        after = row["after"]
        line = Text(f"{row['date']}  ", style="bold")
        line.append(f" {after['status']} ", style=f"bold reverse {COLOURS[after['status']]}")
        line.append(f"  best {after['best']} · worst {after['worst']}", style="dim")
        console.print(line)
        for cause in row["causes"]:
            cited = f" ({cause['article']})" if cause["article"] else ""
            console.print(Text(f"    {cause['event']}: {cause['label']}{cited}"))


def show_lines(heading: str, lines: Sequence[str], total: int) -> None:
    """Print a heading and one bullet a line; say how many there are where not all are shown."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(Text(heading, style="bold"))
    for line in lines:
        console.print(Text(f"• {line}"))
    if total > len(lines):
        console.print(Text(f"{total - len(lines):,} more; --json gives all.", style="dim"))


def show_comparison(document: dict[str, Any]) -> None:
    """Print two jurisdictions side by side."""
    console = Console(highlight=False)
    for line in document["why"]:
        console.print(Text(line, style="bold" if line == document["why"][0] else ""))
    table = Table(show_lines=True, header_style="bold")
    table.add_column("")
    for there in document["directions"]:
        table.add_column(f"{there['origin']} → {there['destination']}", ratio=1)
    table.add_row(
        "status",
        *(
            Text(f"{d['status']} (best {d['best']}, worst {d['worst']})", style=COLOURS[d["status"]])
            for d in document["directions"]
        ),
    )
    for axis, sides in document["axes"].items():
        table.add_row(axis, *("\n".join(_row(one) for one in side) or "–" for side in sides))
    console.print(table)
    shared = ", ".join(document["shared_mechanisms"]) or "none"
    console.print(Text(f"Mechanisms that carry both ways: {shared}."))
    for one in document["conflicts"]:
        if one["applies"] == "yes":
            console.print(Text(f"• {one['text']}"))
    possible = sum(one["applies"] != "yes" for one in document["conflicts"])
    if possible:
        console.print(Text(f"{possible} more conflicts depend on facts not stated.", style="dim"))
    console.print(Text(document["disclaimer"], style="dim"))


def _row(one: dict[str, Any]) -> str:
    if "rule" in one:
        return f"{one['label']} ({one['article']})"
    cited = "; ".join(c["article"] for c in one["citations"])
    return f"{one['member']} on {one['list']} ({cited})"


def show_islands(document: dict[str, Any]) -> None:
    """Print the islands of a day."""
    console = Console(highlight=False)
    title = f"Islands of {document['data']} data at {document['level']} on {document['as_of']}"
    console.print(Text(f"{title} ({document['case']})", style="bold"))
    table = Table(box=None, header_style="bold")
    for column in ("island", "places", "members"):
        table.add_column(column, justify="right" if column == "places" else "left", overflow="fold")
    for name, members in document["islands"].items():
        table.add_row(name, str(len(members)), " ".join(members))
    table.add_row("alone", str(len(document["alone"])), " ".join(document["alone"]))
    console.print(table)
    largest = document["cliques"][0] if document["cliques"] else []
    more = "" if document["cliques_complete"] else " at least"
    console.print(
        Text(
            f"Everyone with everyone:{more} {len(document['cliques'])} largest groups, the first of {len(largest)}."
        )
    )
    console.print(Text(f"Communities: {', '.join(str(len(c)) for c in document['communities']) or 'none'}."))
    hubs = ", ".join(f"{h['code']} {h['partners']}" for h in document["hubs"][:8])
    console.print(Text(f"Most partners: {hubs or 'none'}."))
    broken = " ".join(document["articulation"]) or "none"
    bridges = ", ".join("–".join(pair) for pair in document["bridges"][:12]) or "none"
    console.print(Text(f"Places whose loss breaks an island: {broken}. Bridges: {bridges}."))
    console.print(Text(document["disclaimer"], style="dim"))
