"""Reach, divide and priorities as published documents: one JSON shape for every door, with sentences and method.

Shares are numbers from 0 to 1; every figure is ``value`` (the profile, unknown pairs shut), ``best`` and ``worst``
(over everything not stated), ``unknown_open``, and ``low`` to ``high``, the interval of all of these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from . import answer, reports, wording
from . import vocab as v
from .asked import Asked
from .divide import Inequality, Moment, Split
from .errors import InputError
from .measures import Party
from .priorities import Cost, Priorities, Trial
from .reach import Figure, Language, Reach, rank
from .study import Study
from .vocab import SCALE, Status

Document = dict[str, Any]
APART = ("personal-training", "copyrighted-training", "open-training", "government", "open")
"""Data categories whose reach is told beside each other: what text-and-data-mining, training-data, government and
open-data rules govern is apart from personal data."""
METHOD = (
    "Share of the world's people who live where the law lets such data go to builders there at this level or freer; "
    "own people always count. Interval: best and worst case over everything not stated, with pairs whose law is "
    "not encoded shut and open. People, literacy and languages are CLDR's of today; it counts no users of the "
    "internet. Income groups are fourths of the territories by CLDR's gross domestic product per head."
)
DIVIDE_METHOD = (
    "Gini and Theil's T over the world's people, each with the reach of the place they live in. No rules: everyone "
    "reaches everyone. Full localisation: own people only. The Gini splits into size (own people) and law (others "
    "whose law opens). The interval is the range of six variants, not a bound over their mixtures. "
) + METHOD.split(". ", 1)[1]
LANGUAGES_SHOWN = 60


def percent(share: float) -> str:
    """Return a share in per cent, with one decimal, two below one per cent."""
    return f"{share:.1%}" if abs(share) >= 0.01 or not share else f"{share:.2%}"


def span(one: Figure) -> str:
    """Return a share with its interval: ``81.0% (61.3% to 93.9%)``; without one where it is a point."""
    if percent(one.low) == percent(one.high):
        return percent(one.value)
    return f"{percent(one.value)} ({percent(one.low)} to {percent(one.high)})"


def head(study: Study, asked: Asked, level: Status, method: str = METHOD) -> Document:
    """Return what every document begins with."""
    about = reports.head(study.book, asked.day, asked.cell, asked.facts)
    return {**about, "level": level.value, "source": study.inhabitants().source, "method": method}


def _figures(figures: Mapping[str, Figure]) -> Document:
    return {name: asdict(one) for name, one in figures.items()}


def ranking(study: Study, asked: Asked, level: Status) -> Document:
    """Return every place with people by its reach, and the languages that are closed."""
    table = study.reach_table(asked.day, **_words(asked, level))
    known = study.book.by_code
    rows = []
    for row in table.to_dict("records"):
        rows.append(
            {
                "code": row["code"],
                "label": known[row["code"]].label,
                **{k: x for k, x in row.items() if k != "code"},
            }
        )
    return {**head(study, asked, level), "places": rows, "languages": languages(study, asked, level)}


def _words(asked: Asked, level: Status) -> Document:
    cell = asked.cell
    words = {"data": v.local(cell.data), "purpose": v.local(cell.purpose), "sector": v.local(cell.sector)}
    return {"level": level, "facts": dict(asked.facts), **words}


def _language(study: Study, one: Language) -> Document:
    return {
        "code": one.code,
        "name": study.inhabitants().languages.get(one.code, one.code),
        "speakers": round(one.speakers),
        "places": list(one.places[:8]),
        "audience": asdict(one.audience),
        "abroad": asdict(one.abroad),
        "closed": one.closed,
        "closed_by_law": one.closed_by_law,
        "surely_closed": one.surely_closed,
    }


def languages(study: Study, asked: Asked, level: Status) -> Document:
    """Return how many languages are closed to all outside their island, and the largest of these."""
    found = study.languages(asked, level)
    shut = [one for one in found if one.closed]
    return {
        "all": len(found),
        "closed": len(shut),
        "closed_by_law": sum(one.closed_by_law for one in found),
        "surely_closed": sum(one.surely_closed for one in found),
        "text": language_words(found),
        "largest_closed": [_language(study, one) for one in shut[:LANGUAGES_SHOWN]],
        "largest": [_language(study, one) for one in found[:LANGUAGES_SHOWN]],
    }


def spoken(study: Study, asked: Asked, level: Status) -> Document:
    """Return every language with how far it may be learnt from, most speakers first."""
    found = study.languages(asked, level)
    return {**head(study, asked, level), "languages": [_language(study, one) for one in found]}


def language(study: Study, asked: Asked, level: Status, code: str) -> Document:
    """Return one language with the share of its speakers that builders in each place may learn from.

    Raises:
        InputError: no place has speakers of it.
    """
    reached = study.learners(asked, level, code)
    one = next(found for found in study.languages(asked, level) if found.code == code)
    rows = [
        {
            "code": place,
            "label": study.book.by_code[place].label,
            "home": place in one.places,
            **asdict(share),
        }
        for place, share in sorted(reached.items(), key=lambda row: (-row[1].value, row[0]))
    ]
    return {**head(study, asked, level), "language": _language(study, one), "places": rows}


def language_words(found: Sequence[Language]) -> str:
    """Return in a sentence how many languages are closed."""
    shut, law, sure = (
        sum(getattr(one, k) for one in found) for k in ("closed", "closed_by_law", "surely_closed")
    )
    return (
        f"No one outside their island can lawfully learn {shut} of {len(found)} languages: for {law} encoded law does it, "
        f"whatever law is not encoded says, and for {sure} it does so however the open facts turn out."
    )


def peers(study: Study, found: Reach, code: str, measure: str = "reach") -> list[Document]:
    """Return the rank of a place by a measure in the world, its region, subregion and income group."""
    people = study.inhabitants().territories
    values = {c: found.figures(c)[measure].value for c in found.codes if c in people}
    rows: list[Document] = []
    for kind, groups in {"world": dict.fromkeys(values, "world"), **study.kinds()}.items():
        name = groups.get(code, "")
        here = {c: values[c] for c in values if groups.get(c) == name}
        if not name or code not in here:
            continue
        place, many = rank(here, code)
        weights = {c: people[c].people for c in here}
        mean = sum(values[c] * weights[c] for c in here) / sum(weights.values())
        rows.append({"kind": kind, "name": name, "rank": place, "of": many, "mean": mean})
    return rows


def place(study: Study, asked: Asked, level: Status, iri: str) -> Document:
    """Return the reach of one place, by level and kind of data, beside its peers."""
    one = study.book.records.jurisdictions[iri]
    found = study.reach(asked, level, everywhere=one.union)
    figures = found.figures(one.code)
    levels = {s.value: asdict(study.reach_at(asked, s, iri)) for s in SCALE[1:-1]}
    apart = {}
    for name in APART:
        if v.CATEGORY + name in study.book.records.categories:
            words = {k: x for k, x in _words(asked, level).items() if k != "level"}
            other = study.ask_reach(asked.day, **{**words, "data": name})
            apart[name] = asdict(study.reach_at(other, level, iri))
    return {
        **head(study, asked, level),
        "code": one.code,
        "label": one.label,
        "own": float(found.own[found.codes.index(one.code)]),
        "figures": _figures(figures),
        "levels": levels,
        "data_apart": apart,
        "peers": peers(study, found, one.code),
        "text": _place_text(one.label, level, figures),
    }


def _place_text(label: str, level: Status, figures: Mapping[str, Figure]) -> list[str]:
    count = figures["effective_languages"]
    return [
        f"Data of {span(figures['reach'])} of the world's people may lawfully reach builders in {label} at "
        f"{level.value} or freer.",
        f"Builders where {span(figures['outward'])} of the world's people live may use data of people in {label}.",
        f"Of {span(figures['languages'])} of the world's languages half the speakers or more are within reach: as "
        f"diverse as {count.value:.1f} languages of equal size ({count.low:.1f} to {count.high:.1f}).",
    ]


def _inequality(one: Inequality) -> Document:
    return {
        name: asdict(x)
        for name, x in (
            ("mean", one.mean),
            ("gini", one.gini),
            ("theil", one.theil),
            ("size", one.size),
            ("law", one.law),
        )
    }


def _split(one: Split, between: Figure) -> Document:
    return {
        "total": one.total,
        "within": one.within,
        "between": one.between,
        "between_interval": asdict(between),
        "groups": [asdict(g) for g in one.groups],
    }


def divide(study: Study, asked: Asked, level: Status, course: Sequence[Moment] = ()) -> Document:
    """Return the divide of a day: inequality, the two worlds beside it, groups, sensitivity, and its course."""
    found = study.divide(asked, level)
    worlds = {"actual": found.actual, "no_rules": found.no_rules, "full_localisation": found.localised}
    rows = study.divide_sensitivity(asked, level)
    where = found.toward_localisation
    return {
        **head(study, asked, level, DIVIDE_METHOD),
        "places": len(found.codes),
        **{name: _inequality(one) for name, one in worlds.items()},
        "toward_localisation": asdict(where),
        "groups": {kind: _split(one, found.between[kind]) for kind, one in found.splits.items()},
        "sensitivity": [{"varied": a, "to": b, **_inequality(one)} for a, b, one in rows],
        "course": [
            {
                "date": date.fromordinal(m.day).isoformat(),
                **_inequality(m.inequality),
                "theil_between": {kind: asdict(x) for kind, x in m.between.items()},
            }
            for m in course
        ],
        "text": [
            f"On average {span(found.actual.mean)} of the world's people are within the lawful reach of builders where "
            "someone lives.",
            f"Gini of that reach over people: {gini_words(found.actual.gini)}; with no rules 0, under full localisation "
            f"{found.localised.gini.value:.3f}: {percent(where.value)} of the way there ({percent(where.low)} to "
            f"{percent(where.high)}).",
            f"Of the Gini, {found.actual.size.value:+.4f} comes from own people (size) and {found.actual.law.value:+.4f} "
            "from what others' law opens.",
        ],
    }


def gini_words(one: Figure) -> str:
    """Return a coefficient with its interval."""
    return f"{one.value:.4f} ({one.low:.4f} to {one.high:.4f})"


def cost(study: Study, one: Cost) -> Document:
    """Return what one rule costs."""
    book = study.book
    rule = book.records.rules.get(one.change.rule)
    return {
        "kind": one.change.kind,
        "what": v.local(one.change.what) if one.change.what else None,
        "destination": v.local(one.destination) if one.destination else None,
        "order": v.local(one.order) if one.order else None,
        "rule": answer.rule_document(book, rule) if rule else None,
        "pairs": one.pairs,
        "alone": one.alone,
        "cost": one.cost,
        "gain_alone": one.gain,
        "origins": sorted(one.origins),
        "text": wording.change(book, one.change, one.destination),
    }


def trial(study: Study, one: Trial) -> Document:
    """Return one change that was tried."""
    return {
        **cost(study, one.cost),
        "before": asdict(one.before),
        "after": asdict(one.after),
        "gain": one.gain,
        "people": round(one.gain * sum(study.inhabitants().counts().get(c, 0) for c in study.book.by_code)),
    }


def priorities(
    study: Study, asked: Asked, level: Status, party: Party, found: Priorities, limit: int | None = None
) -> Document:
    """Return what holds back the reach of a party: rules of others, its own, and the changes that gain most."""
    own = {o for p in party.places for o, _ in study.book.at(asked.day.toordinal()).orders_of(p)}
    return {
        **head(study, asked, level),
        "code": party.code,
        "label": party.label,
        "members": [] if party.one else sorted(v.local(p) for p in party.places),
        "rules_of_others": [cost(study, c) for c in found.inward if c.order not in own][:limit],
        "own_rules": [cost(study, c) for c in found.inward if c.order in own][:limit],
        "own_rules_on_sending": [cost(study, c) for c in found.outward if c.order in own][:limit],
        "best": [trial(study, t) for t in found.best],
        "text": [
            f"{wording.change(study.book, t.cost.change, t.cost.destination)}: reach rises by {percent(t.gain)} of the "
            f"world's people, from {percent(t.before.value)} to {percent(t.after.value)}."
            for t in found.best
        ],
    }


def since_of(word: str | None, asked: Asked) -> date | None:
    """Return the first day of a course.

    Raises:
        InputError: it is no day, or does not lie before the day asked about.
    """
    if word is None:
        return None
    try:
        found = date.fromisoformat(word)
    except ValueError:
        raise InputError.single("since", word, "This is not a day.", "Write YYYY-MM-DD.") from None
    if found > asked.day:
        raise InputError.single("since", word, "It lies after the day asked about.", "Name an earlier day.")
    return found
