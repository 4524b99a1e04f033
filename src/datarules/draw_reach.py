"""Reach and divide as pictures: which figures each shows, its title, its source line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np

from . import draw as drawn
from .asked import Asked
from .divide import Moment, lorenz
from .errors import InputError
from .pictures import plots, shades
from .pictures.sheet import Format, Heading
from .study import Study
from .vocab import Status

RANKED = 40
"""Places of a ranking: those with most people."""
SPOKEN, SHUT = 26, 16
"""Languages of a chart: the most spoken ones, and the most spoken ones that are closed."""
OUTWARD = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Upper edges of the classes of a map of outward reach, which spans everything."""


def _heading(study: Study, asked: Asked, level: Status, title: str) -> Heading:
    made = drawn.heading(study, asked, title, f"at {level.value} or freer")
    source = f"{made.source}; people: {study.inhabitants().source}"
    return Heading(made.title, made.day, made.subject, source, made.version)


def _label(study: Study, code: str) -> str:
    return study.book.by_code[code].label


def ranking(
    study: Study,
    asked: Asked,
    form: Format,
    level: Status,
    codes: Sequence[str] = (),
    marked: Sequence[str] = (),
) -> bytes:
    """Return the reach of places as bars, highest first: those named, or those with most people."""
    found = study.reach(asked, level)
    people = study.inhabitants().territories
    chosen = (
        list(codes)
        or sorted((c for c in found.codes if c in people), key=lambda c: (-people[c].people, c))[:RANKED]
    )
    rows = []
    for code in chosen:
        one = found.figures(code)["reach"]
        own = float(found.own[found.codes.index(code)])
        rows.append(plots.Bar(_label(study, code), one.value, one.low, one.high, own, code in marked))
    rows.sort(key=lambda r: (-r.value, r.name))
    title = (
        "Whose data may reach builders: beside peers" if codes else "Whose data may reach builders in a place"
    )
    hint = "" if codes else f"The {len(rows)} places with most people."
    return plots.bars(
        _heading(study, asked, level, title),
        rows,
        form,
        measure="share of the world's people within lawful reach",
        part="own people",
        hint=hint,
    )


def language_chart(study: Study, asked: Asked, form: Format, level: Status) -> bytes:
    """Return the share of speakers whose data may leave their island: largest languages, and largest closed ones."""
    found = study.languages(asked, level)
    names = study.inhabitants().languages
    shut = [one for one in found if one.closed]
    chosen = [*found[:SPOKEN], *[one for one in shut if one not in found[:SPOKEN]][:SHUT]]
    rows = [
        plots.Bar(
            f"{names.get(one.code, one.code)}, {one.speakers / 1e6:,.0f} m",
            one.abroad.value,
            one.abroad.low,
            one.abroad.high,
            marked=one.closed,
        )
        for one in chosen
    ]
    law = sum(one.closed_by_law for one in found)
    return plots.bars(
        _heading(study, asked, level, "Whose languages may be learnt from outside"),
        rows,
        form,
        measure="share of speakers whose data may go to builders outside their island",
        hint=f"Bold: closed, as {len(shut)} of {len(found)} languages are ({law} of them whatever law not encoded says). Most spoken first, then closed ones.",
    )


def share_map(study: Study, asked: Asked, form: Format, level: Status, measure: str = "reach") -> bytes:
    """Return reach, or outward reach, on the map."""
    found = study.reach(asked, level)
    people = study.inhabitants().territories
    values = {c: found.figures(c)[measure].value for c in found.codes if c in people}
    edges: tuple[float, ...] = OUTWARD
    if measure == "reach":
        low, high = min(values.values()), max(values.values())
        steps = np.round(np.linspace(low, high, 7)[1:-1], 3)
        edges = tuple(float(e) for e in dict.fromkeys(steps.tolist()))
    titles = {
        "reach": "Share of the world's people whose data may reach builders there",
        "outward": "Share of the world's people whose builders may use data from there",
    }
    names = {code: _label(study, code) for code in values}
    return shades.share_map(_heading(study, asked, level, titles[measure]), values, edges, form, names=names)


def lorenz_curve(study: Study, asked: Asked, form: Format, level: Status) -> bytes:
    """Return the Lorenz curves of reach: the profile, the worst case, and full localisation."""
    found = study.divide(asked, level)
    own = found.weights / found.weights.sum()
    worlds = (
        ("law of the day", found.reach[0], found.actual.gini.value),
        ("in the worst case", found.reach[4], found.actual.gini.worst),
        ("under full localisation", own, found.localised.gini.value),
    )
    curves = []
    for name, values, coefficient in worlds:
        x, y = lorenz(values, found.weights)
        curves.append(plots.Curve(name, f"Gini {coefficient:.4f}", x.tolist(), y.tolist()))
    title = "How evenly lawful data reach is shared out"
    return plots.lorenz(_heading(study, asked, level, title), curves, form, measure="reach")


def course(study: Study, asked: Asked, form: Format, level: Status, moments: Sequence[Moment]) -> bytes:
    """Return mean reach and its inequality over the years."""
    days = [date.fromordinal(m.day) for m in moments]

    def panel(name: str, measure: str, percent: bool) -> plots.Panel:
        figures = [getattr(m.inequality, measure) for m in moments]
        value, low, high = ([getattr(f, k) for f in figures] for k in ("value", "low", "high"))
        return plots.Panel(name, days, value, low, high, percent)

    panels = [
        panel("Mean reach: share of the world's people", "mean", True),
        panel("Gini of reach over people", "gini", False),
        panel("Theil's T of reach over people", "theil", False),
    ]
    return plots.course(_heading(study, asked, level, "The divide over the years"), panels, form)


def draw(
    study: Study, kind: str, asked: Asked, form: str, level: Status, moments: Sequence[Moment] = ()
) -> bytes:
    """Return a picture.

    Args:
        study: the study to ask.
        kind: ``ranking``, ``map``, ``outward``, ``languages``, ``lorenz`` or ``course``.
        asked: what it is about.
        form: svg or png.
        level: level of the scale.
        moments: the course, for the kind of that name.

    Raises:
        InputError: there is no such kind or form.
        ConfigError: people or outlines are not built.
    """
    if form not in drawn.FORMS:
        reason, remedy = "There is no such form of picture.", f"Use one of: {', '.join(drawn.FORMS)}."
        raise InputError.single("format", form, reason, remedy)
    chosen: Format = "svg" if form == "svg" else "png"
    makers: dict[str, Callable[[], bytes]] = {
        "ranking": lambda: ranking(study, asked, chosen, level),
        "map": lambda: share_map(study, asked, chosen, level),
        "outward": lambda: share_map(study, asked, chosen, level, "outward"),
        "languages": lambda: language_chart(study, asked, chosen, level),
        "lorenz": lambda: lorenz_curve(study, asked, chosen, level),
        "course": lambda: course(study, asked, chosen, level, moments),
    }
    if kind not in makers:
        remedy = f"Use one of: {', '.join(makers)}."
        raise InputError.single("kind", kind, "There is no such picture.", remedy)
    return makers[kind]()
