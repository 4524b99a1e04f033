"""The sections of a brief that tell the law: the regime, the map from and to, the islands; and what a brief is made of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from . import catalogue, classes, divide_reports, draw, draw_reach, explain
from . import vocab as v
from .asked import Asked
from .divide_reports import span
from .matrix import STATUSES
from .measures import WORLD, Party
from .model import Rule
from .priorities import Priorities
from .study import Study
from .vocab import LOCALISATION, Action, Modality, Status, Strength

RULES_SHOWN, MEMBERS_SHOWN = 16, 60
REGIME = (Action.TRANSFER, *LOCALISATION, Action.ONWARD_TRANSFER, Action.IMPORT)
JOINT = re.compile(r"(?<=[a-z])(?=[A-Z])")


def plain(name: str) -> str:
    """Return a term of the ontology in plain words: ``KeepLocalCopy`` as ``keep local copy``."""
    return JOINT.sub(" ", name).lower()


@dataclass(frozen=True, slots=True)
class Table:
    """A table; numbers are text already, columns in ``right`` are set to the right."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as SVG, and the words that stand for it where pictures cannot be shown."""

    svg: bytes
    caption: str


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences, numbered or not."""

    lines: tuple[str, ...]
    numbered: bool = False


Block = str | Table | Picture | Points


@dataclass(slots=True)
class Section:
    """A heading with what stands below it."""

    title: str
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief: title, what it is about, sections, and the line at its foot."""

    title: str
    subject: str
    sections: tuple[Section, ...]
    foot: str


class LawWriter:
    """Makes the sections on the law."""

    def __init__(self, study: Study, asked: Asked, level: Status, party: Party, today: date) -> None:
        self.study, self.asked, self.level, self.party, self.today = study, asked, level, party, today
        self.book = study.book
        self.view = self.book.at(asked.day.toordinal())
        self.known = self.book.records.jurisdictions
        self.people = study.inhabitants().territories
        self.codes = [self.known[p].code for p in party.places]
        self.union = party.one and self.known[party.places[0]].union
        self.reach = study.reach(asked, level, everywhere=self.union)

    def costs(self) -> Priorities:
        """Return what holds reach back."""
        return self.study.priorities(self.asked, self.level, self.party)

    def regime(self) -> Section:
        """Put the law of a place on one page; of several places, their classes."""
        if not self.party.one:
            return self._regimes()
        place = self.party.places[0]
        made = Section("The regime in one page")
        orders = list(dict.fromkeys(order for order, _ in self.view.orders_of(place)))
        names = ", ".join(explain.place(self.book, o) for o in orders)
        kind, shown = classes.law(self.view, place)
        article = shown.citations[0].article if shown is not None and shown.citations else ""
        made.blocks.append(
            f"Legal orders that apply: {names}. On personal data going out there is: {kind.value}"
            f"{f' ({article})' if article else ''}."
        )
        if bodies := self._bodies(place):
            made.blocks.append(bodies)
        rules = [
            rule
            for action in REGIME
            for rule in self._sorted([r for o in orders for r in self.view.rules.get((o, action), ())])
            if self.book.matches(rule.scope, self.asked.cell)
        ]
        made.blocks.append(
            Table(
                ("rule", "kind", "level", "article", "evidence"),
                tuple(self._rule(rule) for rule in rules[:RULES_SHOWN]),
            )
        )
        if len(rules) > RULES_SHOWN:
            made.blocks.append(f"{len(rules) - RULES_SHOWN} more rules apply; `datarules rules` lists them.")
        return made

    def _bodies(self, place: str) -> str:
        """Say who supervises the law of a place, its own bodies alone where it has some."""
        found = catalogue.authorities(self.book, place, self.asked.day)
        own = [one for one in found if one["order"] == v.local(place)] or found
        told = [f"{one['label']} ({', '.join(c['article'] for c in one['citations'][:1])})" for one in own]
        return f"Supervised by: {'; '.join(told)}." if told else ""

    @staticmethod
    def _sorted(rules: Sequence[Rule]) -> list[Rule]:
        return sorted(
            rules, key=lambda r: (r.strength is not Strength.RESIDUAL, r.modality.value, r.level, r.iri)
        )

    def _rule(self, rule: Rule) -> tuple[str, ...]:
        row = catalogue.rule_row(self.book, rule)
        default = "default, " if rule.strength is Strength.RESIDUAL else ""
        level = STATUSES[1 + rule.level].value if rule.modality is Modality.PERMISSION else ""
        kind = f"{default}{plain(row['modality'])}: {plain(v.local(rule.action.value))}"
        return rule.label, kind, level, row["article"], plain(row["evidence"])

    def _regimes(self) -> Section:
        made = Section("The regimes")
        counts: dict[str, int] = {}
        for place in self.party.places:
            kind = classes.law(self.view, place)[0].value
            counts[kind] = counts.get(kind, 0) + 1
        words = {
            "law": "have law on personal data going out",
            "none": "have none",
            "unknown": "are not encoded",
        }
        made.blocks.append("; ".join(f"{n} {words[k]}" for k, n in sorted(counts.items())) + ".")
        if self.party.code != WORLD:
            rows = []
            for code, place in sorted(zip(self.codes, self.party.places, strict=True))[:MEMBERS_SHOWN]:
                said, shown = classes.law(self.view, place)
                article = shown.citations[0].article if shown is not None and shown.citations else ""
                figures = self.reach.figures(code)
                rows.append(
                    (
                        self.known[place].label,
                        said.value,
                        article,
                        span(figures["reach"]),
                        span(figures["outward"]),
                    )
                )
            heads = ("place", "law", "article", "reach", "outward reach")
            made.blocks.append(Table(heads, tuple(rows), frozenset({3, 4})))
        return made

    def maps(self) -> Section:
        """Show the map from and to."""
        made = Section("From and to")
        if self.party.one:
            asked = Asked(self.asked.cells, self.asked.day, self.asked.facts, self.party.places)
            label = self.party.label
            for direction, words in (("from", f"Data from {label}"), ("to", f"Data to {label}")):
                svg = draw.world_map(self.study, asked, "svg", "to" if direction == "to" else "from")
                made.blocks.append(Picture(svg, f"{words}: {self._counts(direction)}."))
            return made
        if self.party.code == WORLD:
            for measure, words in (("reach", "Reach of builders"), ("outward", "Outward reach")):
                svg = draw_reach.share_map(self.study, self.asked, "svg", self.level, measure)
                made.blocks.append(Picture(svg, f"{words} by place."))
            return made
        rows = []
        found = self.study.matrix(self.asked, everywhere=False)
        index = [found.frame.places.index(p) for p in self.party.places]
        for n, place in zip(index, self.party.places, strict=True):
            statuses = [STATUSES[found.status[0, n, m]].value for m in index if m != n]
            rows.append((self.known[place].label, *(str(statuses.count(s.value)) for s in Status)))
        made.blocks.append("Destinations within the group, by status:")
        heads = ("from", *(s.value for s in Status))
        kept = [0, *(n for n in range(1, len(heads)) if any(row[n] != "0" for row in rows))]
        shown = tuple(tuple(row[n] for n in kept) for row in rows)
        made.blocks.append(Table(tuple(heads[n] for n in kept), shown, frozenset(range(1, len(kept)))))
        return made

    def _counts(self, direction: str) -> str:
        found = self.study.matrix(self.asked)
        here = found.frame.places.index(self.party.places[0])
        row = found.status[0, here] if direction == "from" else found.status[0, :, here]
        land = [n for n, p in enumerate(found.frame.places) if n != here and not self.known[p].union]
        names = [STATUSES[row[n]].value for n in land]
        return ", ".join(f"{names.count(s.value)} {s.value}" for s in Status if names.count(s.value))

    def islands(self) -> Section:
        """Say with whom data may be exchanged both ways."""
        made = Section("Islands")
        found = self.study.islands(self.asked, self.level)
        if self.party.code == WORLD:
            largest = found.components[0] if found.components else ()
            made.blocks.append(
                f"Islands of places that may exchange data both ways: {len(found.components)}; the largest has "
                f"{len(largest)} places, {len(found.alone)} places are alone."
            )
            svg = draw_reach.language_chart(self.study, self.asked, "svg", self.level)
            words = divide_reports.language_words(self.study.languages(self.asked, self.level))
            made.blocks += [
                words,
                Picture(svg, "Languages by the share of speakers whose data may leave their island."),
            ]
            return made
        codes = set(self.codes)
        if self.union:
            codes = set(self.study.unions(self.asked.day)[self.party.code])
        partners = dict(found.hubs)
        lines = []
        for island in found.components:
            if inside := sorted(codes & set(island)):
                names = f"{len(inside)} members" if len(inside) > 3 else ", ".join(inside)
                lines.append(f"{names}: on an island of {len(island)} places.")
        if alone := sorted(codes & set(found.alone)):
            lines.append(f"{', '.join(alone)}: alone; no place may both send and receive.")
        few = sorted(codes, key=lambda c: (-partners.get(c, 0), c))[:12]
        lines.append("Partners both ways: " + ", ".join(f"{c} {partners.get(c, 0)}" for c in few) + ".")
        made.blocks.append(Points(tuple(lines)))
        made.blocks.append(
            "Islands are joined by mutual exchange only; passing data on through others is not counted."
        )
        return made
