"""A policy brief on a place, a group or the world, as sections of plain values; `datarules.brief_pages` writes them.

Everything said comes from decisions and rests on articles; nothing is judged here, and no advice is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from . import answer, coverage, divide_reports, draw_reach, explain
from . import vocab as v
from .asked import Asked
from .brief_law import MEMBERS_SHOWN, Brief, LawWriter, Picture, Points, Section, Table, plain
from .divide_reports import percent
from .measures import WORLD, Party
from .priorities import LAW, LIGHTEST, Cost
from .study import Study
from .vocab import Status

Progress = Callable[[int, int], None]
COSTS_SHOWN, CHANGES_SHOWN, PEERS_SHOWN = 8, 3, 24


class _Writer(LawWriter):
    """Makes the sections of one brief."""

    def short(self) -> Section:
        """Say the main things in a few sentences."""
        made = Section("In short")
        if self.party.one:
            document = divide_reports.place(self.study, self.asked, self.level, self.party.places[0])
            made.blocks.append(Points(tuple(document["text"])))
        else:
            weights = {c: self.people[c].people for c in self.codes if c in self.people}
            means = self._means(weights)
            people = sum(weights.values()) / sum(one.people for one in self.people.values())
            made.blocks.append(
                Points(
                    (
                        f"{len(weights)} places with {percent(people)} of the world's people.",
                        f"On average {means[0]} of the world's people are within lawful reach of their builders.",
                        f"On average builders where {means[1]} of the world's people live may use data of their people.",
                    )
                )
            )
        best = self.costs().best[:1]
        if best:
            said = divide_reports.trial(self.study, best[0])
            gain = f"{percent(best[0].gain)} of the world's people ({said['people']:,})"
            made.blocks.append(
                f"The single change of law that would gain most reach: {said['text']}. It gains {gain}."
            )
        return made

    def _means(self, weights: dict[str, int]) -> tuple[str, str]:
        total = sum(weights.values()) or 1
        found = []
        for measure in ("reach", "outward"):
            rows = [(self.reach.figures(c)[measure], w) for c, w in weights.items()]
            mean, low, high = (
                sum(getattr(one, k) * w for one, w in rows) / total for k in ("value", "low", "high")
            )
            found.append(
                percent(mean)
                if percent(low) == percent(high)
                else f"{percent(mean)} ({percent(low)} to {percent(high)})"
            )
        return found[0], found[1]

    def obstacles(self) -> Section:
        """List what holds reach back, with articles."""
        made = Section("Obstacles")
        found = self.costs()
        own = {o for p in self.party.places for o, _ in self.view.orders_of(p)}
        others = [c for c in found.inward if self.party.code == WORLD or c.order not in own]
        mine = [c for c in found.outward if c.order in own] if self.party.code != WORLD else []
        if others:
            made.blocks += [
                "What keeps others' data away (share of the world's people held back):",
                self._costs(others),
            ]
        if mine:
            made.blocks += [
                "Own rules that keep data from others (share of the world's people whose builders are kept out):",
                self._costs(mine),
            ]
        elif self.party.code != WORLD:
            made.blocks.append("No own rule keeps data from others at this level.")
        return made

    @staticmethod
    def _apart(costs: Sequence[Cost]) -> list[Cost]:
        """Leave out facts, and of changes of one order that hold back the same all but the lightest."""
        first: dict[object, Cost] = {}
        for one in sorted(
            (c for c in costs if c.change.kind in LAW),
            key=lambda c: (LIGHTEST.index(c.change.kind), c.change, c.destination),
        ):
            first.setdefault((one.order, one.pairs, round(one.cost, 12)), one)
        found = [*first.values(), *(c for c in costs if not c.change.rule)]
        return sorted(found, key=lambda c: (-c.cost, c.change, c.destination))

    def _costs(self, costs: Sequence[Cost]) -> Table:
        rows = []
        for one in self._apart(costs)[:COSTS_SHOWN]:
            made = divide_reports.cost(self.study, one)
            unknown = "law not encoded" if one.change.kind == "unknown" else made["text"]
            article = made["rule"]["article"] if made["rule"] else ""
            rows.append((percent(one.cost), percent(one.gain), f"{one.pairs:,}", unknown, article))
        heads = ("held back", "alone", "pairs", "what would lift it", "article")
        return Table(heads, tuple(rows), frozenset({0, 1, 2}))

    def beside_peers(self) -> Section:
        """Tell reach beside peers; of the world, the divide."""
        if self.party.code == WORLD:
            return self._divide()
        made = Section("AI data reach against peers")
        if self.party.one:
            document = divide_reports.place(self.study, self.asked, self.level, self.party.places[0])
            rows = [
                (at, *(percent(one[k]) for k in ("value", "low", "high")))
                for at, one in document["levels"].items()
            ]
            rows += [
                (f"{n} at {self.level.value}", *(percent(o[k]) for k in ("value", "low", "high")))
                for n, o in document["data_apart"].items()
            ]
            made.blocks.append(Table(("reach at", "share", "low", "high"), tuple(rows), frozenset({1, 2, 3})))
            peers = [(p["name"], f"{p['rank']} of {p['of']}", percent(p["mean"])) for p in document["peers"]]
            if peers:
                made.blocks.append(Table(("among", "rank", "mean reach"), tuple(peers), frozenset({1, 2})))
        codes = self._peers()
        if codes:
            marked = [c for c in self.codes if c in codes]
            svg = draw_reach.ranking(self.study, self.asked, "svg", self.level, codes, marked)
            made.blocks.append(Picture(svg, "Reach beside peers, with intervals."))
        return made

    def _peers(self) -> list[str]:
        """Return the places to show beside the party: its own, then the most populous of region and income group."""
        own = [c for c in self.codes if c in self.people]
        if self.union:
            own = sorted(c for c in self.study.unions(self.asked.day)[self.party.code] if c in self.people)
        kinds = self.study.kinds()
        beside = {
            c
            for kind in ("subregion", "income")
            for c, name in kinds[kind].items()
            if name and name in {kinds[kind].get(o) for o in own}
        }
        room = max(PEERS_SHOWN - len(own), 6)
        others = sorted((c for c in beside if c not in own), key=lambda c: (-self.people[c].people, c))
        return [*own[:MEMBERS_SHOWN], *others[:room]]

    def _divide(self) -> Section:
        made = Section("The AI divide")
        document = divide_reports.divide(self.study, self.asked, self.level)
        made.blocks.append(Points(tuple(document["text"])))
        rows = [
            (
                kind,
                g["name"],
                percent(g["people"]),
                percent(g["mean"]),
                f"{g['theil']:.5f}",
                f"{g['between']:+.5f}",
            )
            for kind in ("income", "region")
            for g in document["groups"][kind]["groups"]
        ]
        heads = ("kind", "group", "people", "mean reach", "Theil within", "between")
        made.blocks.append(Table(heads, tuple(rows), frozenset({2, 3, 4, 5})))
        rows = [
            (
                r["varied"],
                r["to"],
                percent(r["mean"]["value"]),
                *(f"{r['gini'][k]:.4f}" for k in ("value", "low", "high")),
            )
            for r in document["sensitivity"]
        ]
        heads = ("varied", "to", "mean reach", "Gini", "low", "high")
        made.blocks.append(Table(heads, tuple(rows), frozenset({2, 3, 4, 5})))
        made.blocks.append(
            Picture(
                draw_reach.lorenz_curve(self.study, self.asked, "svg", self.level),
                "Lorenz curves of reach over people.",
            )
        )
        return made

    def course(self, progress: Progress | None) -> Section:
        """Draw the divide over the years."""
        moments = self.study.divide_course(self.asked, self.level, progress=progress)
        svg = draw_reach.course(self.study, self.asked, "svg", self.level, moments)
        words = "Mean reach and inequality since 1995. Early values are low where early law is not encoded; see the band."
        return Section("Since 1995", [Picture(svg, words)])

    def changes(self) -> Section:
        """Name the three changes that gain most."""
        made = Section("Three changes that would gain most")
        rows = []
        for one in self.costs().best[:CHANGES_SHOWN]:
            said = divide_reports.trial(self.study, one)
            rows.append(
                f"{said['text']}. Reach rises from {percent(one.before.value)} to {percent(one.after.value)} of the world's "
                f"people, by {said['people']:,} people (interval after: {percent(one.after.low)} to {percent(one.after.high)})."
            )
        made.blocks.append(Points(tuple(rows), True) if rows else "No single change of law raises it.")
        made.blocks.append(
            "Each was put into the law alone, one for each legal order, and every pair decided again. Whether a change is "
            "desirable is not said here: the protection a rule gives is not measured."
        )
        return made

    def evidence(self) -> Section:
        """Say what it rests on, and how old the readings are."""
        made = Section("Evidence and freshness")
        codes = set(self.codes)
        if self.party.code == WORLD:
            codes = set(self.book.by_code)
        rows = [r for r in coverage.survey(self.book, self.asked.day).rows if r.code in codes]
        levels: dict[str, int] = {}
        for row in rows:
            for level, count in row.rules.items():
                levels[plain(level.name)] = levels.get(plain(level.name), 0) + count
        said = (
            ", ".join(f"{n} {name}" for name, n in sorted(levels.items(), key=lambda x: -x[1]) if n)
            or "no own rules"
        )
        dates = [r.oldest for r in rows if r.oldest]
        lines = [f"Own rules of all days by evidence: {said}."]
        if dates:
            old = sum((self.today - d).days > answer.STALE_AFTER for d in dates)
            lines.append(
                f"Oldest reading that decides: {min(dates).isoformat()}; {old} of {len(dates)} are stale."
            )
        unknown = sum(r.unknown > 0 for r in rows)
        lines.append(f"Origins of which some answer is unknown: {unknown} of {len(rows)}.")
        for row in rows if len(rows) == 1 else ():
            lines += [str(q.note) for q in row.questions if q.note][:4]
        made.blocks.append(Points(tuple(lines)))
        return made

    def method(self) -> Section:
        """Say how it was measured, and what it is not."""
        text = divide_reports.DIVIDE_METHOD if self.party.code == WORLD else divide_reports.METHOD
        return Section("Method", [text, f"People: {self.study.inhabitants().source}.", answer.DISCLAIMER])


def make(
    study: Study, asked: Asked, level: Status, party: Party, today: date, progress: Progress | None = None
) -> Brief:
    """Return the brief on a party.

    Args:
        study: the study to ask.
        asked: data, purpose, sector, facts and day.
        level: level of the scale.
        party: a place, a group or the world.
        today: the day from which readings age.
        progress: called while the history of the world is walked through.

    Raises:
        ConfigError: people or outlines are not built.
    """
    write = _Writer(study, asked, level, party, today)

    def sections() -> Iterator[Section]:
        yield write.short()
        yield write.regime()
        yield write.maps()
        yield write.islands()
        yield write.obstacles()
        yield write.beside_peers()
        if party.code == WORLD:
            yield write.course(progress)
        yield write.changes()
        yield write.evidence()
        yield write.method()

    cell = asked.cell
    about = " · ".join(
        [
            explain.label_of(study.book, cell.data),
            *(
                explain.label_of(study.book, c)
                for c in (cell.purpose, cell.sector)
                if c not in (v.ANY_PURPOSE, v.ANY_SECTOR)
            ),
            f"at {level.value} or freer",
            f"as of {asked.day.isoformat()}",
        ]
    )
    foot = f"datarules, release {study.book.release}; written {today.isoformat()}. {answer.DISCLAIMER}"
    return Brief(f"{party.label}: data transfers and AI data reach", about, tuple(sections()), foot)
