"""What the commands on reach do: reach, divide, priorities, brief.

Data go to standard output, talk to standard error; ``--json`` gives the documents of the REST API.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from . import brief, brief_pages, draw_reach
from . import divide_reports as reports
from .asked import Asked, level_of
from .commands import facts_of, open_data, write_whole
from .commands_world import print_json, watched
from .errors import ConfigError, InputError
from .measures import DATA, PURPOSE, SINCE
from .screen import show_lines, show_table
from .study import Study

Add = Callable[..., argparse.ArgumentParser]
SHOWN = 40
"""Rows of a list shown on a terminal; ``--json`` gives all."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
"""Programs that print a page as PDF, the first found is used."""
PRINTING = 120
"""Seconds a browser may take to print."""


def _asked(args: argparse.Namespace) -> tuple[Study, Asked, Any]:
    study = Study.of(open_data(args)[1])
    asked = study.ask_reach(
        args.date or date.today(),
        data=args.data,
        purpose=args.purpose,
        sector=args.sector,
        facts=facts_of(args.fact),
    )
    study.inhabitants()
    return study, asked, level_of(args.level)


def _picture(args: argparse.Namespace, make: Callable[[str], bytes]) -> int:
    """Write a picture into the file named, its form by the ending."""
    target = Path(args.picture)
    write_whole(target, make(target.suffix.removeprefix(".").casefold()))
    return 0


def reach(args: argparse.Namespace) -> int:
    """Say whose data may lawfully reach builders in a place, or in every place."""
    study, asked, level = _asked(args)
    if args.place is None:
        if args.picture:
            return _picture(args, lambda form: draw_reach.draw(study, args.kind, asked, form, level))
        document = reports.ranking(study, asked, level)
        if args.json:
            return print_json(document)
        rows = [
            {
                "code": r["code"],
                "name": r["label"],
                "reach": reports.percent(r["reach"]),
                "low": reports.percent(r["reach_low"]),
                "high": reports.percent(r["reach_high"]),
                "outward": reports.percent(r["outward"]),
                "languages": reports.percent(r["languages"]),
            }
            for r in document["places"][: None if args.all else SHOWN]
        ]
        show_table(rows, ("code", "name", "reach", "low", "high", "outward", "languages"))
        lines = [document["languages"]["text"]]
        show_lines(f"{len(document['places'])} places; {document['method']}", lines, len(lines))
        return 0
    party = study.party(args.place, asked.day)
    if not party.one:
        reason = "This is a group; reach is told of places."
        raise InputError.single("place", args.place, reason, f"Use `datarules brief {party.code}`.")
    document = reports.place(study, asked, level, party.places[0])
    if args.json:
        return print_json(document)
    rows = [
        {"at": at, **{k: reports.percent(one[k]) for k in ("value", "low", "high")}}
        for at, one in document["levels"].items()
    ]
    show_lines(f"{document['label']} on {document['as_of']}", document["text"], len(document["text"]))
    show_table(rows, ("at", "value", "low", "high"))
    lines = [
        f"{p['name']}: rank {p['rank']} of {p['of']}, mean {reports.percent(p['mean'])}"
        for p in document["peers"]
    ]
    show_lines("Peers", lines, len(lines))
    lines = [f"{name}: {reports.percent(one['value'])}" for name, one in document["data_apart"].items()]
    show_lines(f"Other data at {level.value}", lines, len(lines))
    return 0


def divide(args: argparse.Namespace) -> int:
    """Say how unequal reach is over people, since when, and how much of it is law."""
    study, asked, level = _asked(args)
    since = reports.since_of(args.since, asked) or SINCE
    course = []
    if args.history or args.kind == "course":
        with watched("Walking through the days of change") as progress:
            course = study.divide_course(asked, level, since, args.every_change, progress)
    if args.picture:
        return _picture(args, lambda form: draw_reach.draw(study, args.kind, asked, form, level, course))
    document = reports.divide(study, asked, level, course)
    if args.json:
        return print_json(document)
    show_lines(f"The divide on {document['as_of']}", document["text"], len(document["text"]))
    rows = [
        {
            "group": f"{kind}: {g['name']}",
            "people": reports.percent(g["people"]),
            "mean": reports.percent(g["mean"]),
            "theil": f"{g['theil']:.5f}",
            "between": f"{g['between']:+.5f}",
        }
        for kind in ("income", "region")
        for g in document["groups"][kind]["groups"]
    ]
    show_table(rows, ("group", "people", "mean", "theil", "between"))
    table = [
        {"varied": r["varied"], "to": r["to"], "mean": reports.percent(r["mean"]["value"])}
        | {k: f"{r['gini'][k]:.4f}" for k in ("value", "low", "high")}
        for r in document["sensitivity"]
    ]
    show_table(table, ("varied", "to", "mean", "value", "low", "high"))
    if course:
        moments = [
            {"date": m["date"], "mean": reports.percent(m["mean"]["value"])}
            | {
                "gini": f"{m['gini']['value']:.4f}",
                "low": f"{m['gini']['low']:.4f}",
                "high": f"{m['gini']['high']:.4f}",
            }
            for m in document["course"]
        ]
        show_table(moments, ("date", "mean", "gini", "low", "high"))
    return 0


def priorities(args: argparse.Namespace) -> int:
    """Say which rules cost a place most reach, and which single change gains most."""
    study, asked, level = _asked(args)
    party = study.party(args.place, asked.day)
    with watched("Looking at every origin") as progress:
        found = study.priorities(asked, level, party, progress)
    document = reports.priorities(study, asked, level, party, found)
    if args.json:
        return print_json(document)
    lines = document["text"] or ["no single change of law raises it"]
    show_lines(f"{document['label']}: what would gain most, each tried", lines, len(lines))
    for key, heading in (
        ("rules_of_others", "Rules of others that cost most"),
        ("own_rules", "Own rules on data coming in"),
        ("own_rules_on_sending", "Own rules that keep data from others"),
    ):
        rows = document[key]
        lines = [f"{reports.percent(r['cost'])} of the world's people: {r['text']}" for r in rows[:12]] or [
            "none"
        ]
        show_lines(heading, lines, max(len(rows), len(lines)))
    return 0


def brief_of(args: argparse.Namespace) -> int:
    """Write a policy brief on a place, a group or the world."""
    study, asked, level = _asked(args)
    target = Path(args.output) if args.output else None
    form = args.format or (target.suffix.removeprefix(".").casefold() if target else "md")
    form = {"markdown": "md", "htm": "html"}.get(form, form)
    if form not in ("md", "html", "pdf"):
        raise InputError.single("format", form, "A brief comes in three forms.", "Use md, html or pdf.")
    if form == "pdf" and target is None:
        raise InputError.single("output", "", "A PDF needs a file.", "Name one with -o.")
    browser = next((b for b in map(shutil.which, BROWSERS) if b), None) if form == "pdf" else None
    if form == "pdf" and browser is None:
        remedy = "Install Chromium, or write html and print it from a browser."
        raise ConfigError.single("brief", "pdf", "No Chromium was found to print with.", remedy)
    with watched("Writing the brief") as progress:
        made = brief.make(study, asked, level, study.party(args.place, asked.day), date.today(), progress)
    text = brief_pages.markdown(made) if form == "md" else brief_pages.html(made)
    if target is None:
        print(text, end="")
    elif browser is None:
        write_whole(target, text.encode())
    else:
        _print_pdf(browser, text, target)
        print(f"{target}: {target.stat().st_size:,} bytes", file=sys.stderr)
    return 0


def _print_pdf(browser: str, text: str, target: Path) -> None:
    """Print a page with a browser that runs apart, reads one local file and asks no network.

    Raises:
        ConfigError: the browser printed nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "brief.html"
        page.write_text(text, encoding="utf-8")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        flags += [f"--user-data-dir={folder}/profile", f"--print-to-pdf={target.resolve()}"]
        before = target.stat().st_mtime_ns if target.exists() else None
        done = subprocess.run(  # noqa: S603 - a browser by its full path, with our own arguments
            [browser, *flags, page.as_uri()], capture_output=True, timeout=PRINTING, check=False
        )
        if not target.exists() or target.stat().st_mtime_ns == before:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise ConfigError.single(
                "brief", browser, (said or ["It printed nothing."])[-1], "Write html instead."
            )


def _scope(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--data", default=DATA, help=f"one data category (default: {DATA})")
    sub.add_argument("--purpose", default=PURPOSE, help=f"purpose (default: {PURPOSE})")
    sub.add_argument("--sector", default="any", help="sector of the parties (default: any)")
    sub.add_argument("--date", help="day, YYYY-MM-DD (default: today)")
    sub.add_argument(
        "--fact", action="append", default=[], metavar="NAME=VALUE", help="state a fact; may be repeated"
    )
    sub.add_argument("--level", default="safeguards", help="level of the scale (default: safeguards)")


def _drawn(sub: argparse.ArgumentParser, kinds: tuple[str, ...]) -> None:
    sub.add_argument("--picture", metavar="FILE", help="draw into a file instead: .svg or .png")
    sub.add_argument("--kind", default=kinds[0], choices=kinds, help=f"which picture (default: {kinds[0]})")


def add_parsers(add: Add) -> None:
    """Add these commands to the parser of the command line."""
    one = add("reach", reach, "Say whose data may lawfully reach AI builders in a place, or in every place.")
    one.add_argument("place", nargs="?", help="code or name")
    _scope(one)
    one.add_argument("--all", action="store_true", help="every place, not only the first")
    _drawn(one, ("ranking", "map", "outward", "languages"))

    two = add(
        "divide", divide, "Say how unequal lawful data reach is over people, and how much of it is law."
    )
    _scope(two)
    two.add_argument("--history", action="store_true", help="also year by year since 1995")
    two.add_argument("--every-change", action="store_true", help="with --history: on every day of change")
    two.add_argument("--since", help="first day of the history (default: 1995-01-01)")
    _drawn(two, ("lorenz", "course"))

    three = add("priorities", priorities, "Say which rules cost reach, and which single change gains most.")
    three.add_argument("place", help="code or name of a place or group, or world")
    _scope(three)

    four = add("brief", brief_of, "Write a policy brief on a place, a group or the world.", as_json=False)
    four.add_argument("place", help="code or name of a place or group, or world")
    _scope(four)
    four.add_argument(
        "--format", choices=("md", "html", "pdf"), help="form (default: by the file's ending, else md)"
    )
    four.add_argument("--output", "-o", help="file (default: standard output)")
