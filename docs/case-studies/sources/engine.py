"""What the case studies are written with: every number and article in a page comes from the graph when it is made.

A study is a module with a function ``page(page: Page) -> None`` that puts text, tables and figures on a page. A
statement that could stop being true is put by `Page.claim`, which refuses it once the law no longer bears it out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from datarules import answer
from datarules import vocab as v
from datarules.decide import decide
from datarules.explain import place as place_name
from datarules.model import Decision, Membership, Rule, Transfer, Value
from datarules.pictures.sheet import Heading
from datarules.reach import Figure
from datarules.rulebook import RuleBook
from datarules.study import Study

HERE = Path(__file__).parent
FOLDER = HERE.parent
STUDIES = {
    "eu-us": "EU and US, 1995 to today",
    "china-2024": "China's opening of March 2024",
    "africa": "Africa under the Malabo Convention and the AfCFTA",
    "asean": "ASEAN and the model clauses",
    "languages": "Whose languages can AI learn from?",
}
"""Studies by name of the page; the module has the name with underscores."""
DAY = date(2026, 11, 28)
"""The day the studies are about, unless they say otherwise."""


class ClaimError(Exception):
    """A sentence of a study that the law, as encoded now, does not bear out."""


@dataclass
class Page:
    """One page being made.

    Attributes:
        name: of its file.
        study: what is asked.
        parts: blocks of Markdown.
        figures: pictures by file name.
    """

    name: str
    study: Study
    parts: list[str] = field(default_factory=list)
    figures: dict[str, bytes] = field(default_factory=dict)

    @property
    def book(self) -> RuleBook:
        """Return the law."""
        return self.study.book

    # -- putting

    def say(self, *paragraphs: str) -> None:
        """Put paragraphs, lists or headings."""
        self.parts += [
            " ".join(text.split()) if not text.startswith(("- ", "|")) else text for text in paragraphs
        ]

    def claim(self, holds: bool, text: str) -> None:
        """Put a sentence that must be true.

        Raises:
            ClaimError: it is not.
        """
        if not holds:
            raise ClaimError(f"{self.name}: no longer true: {' '.join(text.split())}")
        self.say(text)

    def table(self, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Put a table."""
        lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
        lines += ["| " + " | ".join(str(cell).replace("|", "/") for cell in row) + " |" for row in rows]
        self.parts.append("\n".join(lines))

    def listed(self, lines: Iterable[str]) -> None:
        """Put a list."""
        self.parts.append("\n".join(f"- {' '.join(line.split())}" for line in lines))

    def figure(self, name: str, picture: bytes, caption: str) -> None:
        """Put a picture, drawn as SVG."""
        file = f"{self.name}-{name}.svg"
        self.figures[file] = picture
        self.parts.append(f"![{caption}](figures/{file})")
        self.parts.append(f"*{caption}*")

    # -- law

    def iri(self, code: str) -> str:
        """Return the IRI of a jurisdiction."""
        return self.book.by_code[code].iri

    def label(self, place: str) -> str:
        """Return the name of a jurisdiction or list, by code or IRI."""
        return place_name(self.book, self.iri(place) if place in self.book.by_code else place)

    def statement(self, name: str) -> Rule | Membership:
        """Return a rule or entry by its local name."""
        iri = v.ID + name
        return self.book.records.rules.get(iri) or self.book.records.memberships[iri]

    def cite(self, one: Rule | Membership | str, ended: bool = False) -> str:
        """Return the articles of a statement as links to their official addresses, or of the act that ended it."""
        found = self.statement(one) if isinstance(one, str) else one
        citations = found.end_citations if ended else found.citations
        return "; ".join(dict.fromkeys(f"[{c.article}]({c.address})" for c in citations)) or "–"

    def decision(
        self,
        origin: str,
        destination: str,
        day: date,
        data: str = "personal",
        purpose: str = "any",
        **facts: Value,
    ) -> Decision:
        """Decide a transfer."""
        stated = tuple(sorted((name.replace("_", "-"), value) for name, value in facts.items()))
        asked = Transfer(
            self.iri(origin),
            self.iri(destination),
            (v.CATEGORY + data,),
            v.PURPOSE + purpose,
            v.ANY_SECTOR,
            stated,
        )
        return decide(self.book, asked, day.toordinal())

    def route(self, found: Decision) -> str:
        """Return the freest open route of a decision with its articles, or what stands in the way."""
        now = [r.rule for r in found.routes if r.now]
        if now:
            return f"{now[0].label} ({self.cite(now[0])})"
        stood = [o.rule for o in found.obstacles if o.rule]
        return f"none; in the way: {stood[0].label} ({self.cite(stood[0])})" if stood else "none encoded"

    def heading(self, title: str, subject: str, day: date = DAY) -> Heading:
        """Return the words around a picture."""
        return Heading(title, day.isoformat(), subject, "datarules", f"release {self.book.release}")

    # -- the end

    def markdown(self) -> str:
        """Return the page."""
        head = [
            f"# {STUDIES[self.name]}",
            f"*Made by `make studies` from the law as encoded; every figure and article below is taken from the graph. "
            f"{answer.DISCLAIMER} [How it is made](README.md).*",
        ]
        return "\n\n".join([*head, *self.parts]) + "\n"


def interval(found: Figure, digits: int = 1) -> str:
    """Return a share in per cent with its interval."""
    low, high = f"{found.low:.{digits}%}", f"{found.high:.{digits}%}"
    return f"{found.value:.{digits}%} ({low} to {high})" if low != high else f"{found.value:.{digits}%}"


def status(found: Decision) -> str:
    """Return a status, with its best and worst case where they differ."""
    cases = {found.status, found.best, found.worst}
    spread = f" (best {found.best.value}, worst {found.worst.value})" if len(cases) > 1 else ""
    return f"`{found.status.value}`{spread}"


def make(study: Study, name: str) -> Page:
    """Make the page of a study.

    Raises:
        ClaimError: a sentence of it is no longer true.
    """
    page = Page(name, study)
    module = import_module(name.replace("-", "_"))
    put: Callable[[Page], None] = module.page
    put(page)
    return page


def write(page: Page, folder: Path = FOLDER) -> None:
    """Write a page and its figures."""
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    (folder / f"{page.name}.md").write_text(page.markdown(), encoding="utf-8", newline="\n")
    for file, picture in page.figures.items():
        (folder / "figures" / file).write_bytes(picture)


def main(argv: Sequence[str] | None = None) -> int:
    """Make the studies named, or all; exit code 1 where a sentence is no longer true."""
    parser = argparse.ArgumentParser(description="Make the case studies.")
    parser.add_argument("study", nargs="*", choices=[[], *STUDIES], help="studies (default: all)")
    study, code = Study.open(), 0
    for name in parser.parse_args(argv).study or STUDIES:
        try:
            write(make(study, name))
        except ClaimError as error:
            sys.stderr.write(f"{error}\n")
            code = 1
    return code


def shares(rows: Mapping[str, Any]) -> Sequence[tuple[str, Any]]:
    """Return rows by value, highest first, names breaking ties."""
    return sorted(rows.items(), key=lambda row: (-row[1], row[0]))


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    raise SystemExit(main())
