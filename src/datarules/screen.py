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
