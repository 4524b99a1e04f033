"""Lawful data reach: whose data may reach those who build models in a place, and who may use that place's.

**Reach** of a place is the share of the world's people who live where the law lets data go to that place at
a level or freer; a place always reaches its own people (a union those of its members). Law is read from the
columns of a matrix (destination = the builder's place), people from `datarules.people`. **Outward reach** reads the
rows: the share of the world's people who live where builders may use this place's data. Both say what law
leaves open, not what anyone does.

Every measure is taken in six variants: the profile, the best and the worst case over everything not stated,
each with the pairs whose law is not encoded counted as shut and as open. `Figure` holds the profile's value
with unknown pairs shut, and the least and the greatest of the six. For reach, which grows with every open
pair, these are true bounds; for entropies and inequality they are the range of the variants, not a bound over
every mixture of them.

Language diversity: Shannon's entropy H = −Σ p ln p over the speakers reached, and the effective number exp H
(C. E. Shannon 1948; M. O. Hill, "Diversity and evenness", Ecology 54(2), 1973). People who speak several
languages count for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .islands import components, unions_of
from .matrix import NUMBER, UNKNOWN, Matrix
from .people import People
from .rulebook import RuleBook
from .vocab import SCALE, Status

Floats = npt.NDArray[np.float64]
Grid = npt.NDArray[np.bool_]
VARIANTS: tuple[tuple[str, bool], ...] = tuple(
    (case, opened) for case in ("status", "best", "worst") for opened in (False, True)
)
"""The variants by their place on the first axis: which case, and whether unknown pairs count as open."""
HALF = 0.5
"""A language community counts as reached from this share of its speakers on."""
CLOSED = 0.01
"""A language counts as closed up to this share of its speakers whose data may leave their island."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure with its interval.

    Attributes:
        value: under the profile, unknown pairs shut.
        best: best case over everything not stated, unknown pairs shut.
        worst: worst case, likewise.
        unknown_open: under the profile, unknown pairs open.
        low: least of all variants.
        high: greatest of all variants.
    """

    value: float
    best: float
    worst: float
    unknown_open: float
    low: float
    high: float


def figure(values: Sequence[float] | Floats) -> Figure:
    """Return the figure of six values, one a variant in the order of `VARIANTS`."""
    v = [float(x) for x in values]
    return Figure(v[0], v[2], v[4], v[1], min(v), max(v))


@dataclass(frozen=True, slots=True, eq=False)
class Census:
    """People by place, in the order of a matrix's places.

    Attributes:
        codes: codes of the places.
        people: float (places): people; nought where CLDR has none.
        literate: float (places): literate people; those of places without a figure are left out.
        languages: codes of languages, ascending.
        speakers: float (languages, places): who speaks a language, in whatever script.
        scripts: codes of scripts, ascending.
        writers: float (scripts, places): speakers of languages in that script.
    """

    codes: tuple[str, ...]
    people: Floats
    literate: Floats
    languages: tuple[str, ...]
    speakers: Floats
    scripts: tuple[str, ...]
    writers: Floats


def census(people: People, codes: Sequence[str]) -> Census:
    """Return the people of some places; a language in two scripts of one place counts its speakers once."""
    known = [people.territories.get(code) for code in codes]
    languages = tuple(sorted({s.language for t in known if t for s in t.speech}))
    scripts = tuple(sorted({s.script for t in known if t for s in t.speech}))
    row = {one: n for n, one in enumerate(languages)}
    line = {one: n for n, one in enumerate(scripts)}
    speakers, writers = np.zeros((len(languages), len(codes))), np.zeros((len(scripts), len(codes)))
    for column, one in enumerate(known):
        for s in one.speech if one else ():
            count = s.share * one.people if one else 0.0
            here = speakers[row[s.language], column]
            speakers[row[s.language], column] = max(here, count)
            writers[line[s.script], column] += count
    counts = np.array([float(t.people) if t else 0.0 for t in known])
    literacy = np.array([t.literacy or 0.0 if t else 0.0 for t in known])
    return Census(tuple(codes), counts, counts * literacy, languages, speakers, scripts, writers)


def own_people(book: RuleBook, day: int, places: Sequence[str]) -> Grid:
    """Return bool (origins, destinations): whose people count as a place's own, whatever the law.

    A place's own are its people; a union's are those of its members on the day.
    """
    known = book.records.jurisdictions
    codes = [known[iri].code for iri in places]
    column = {code: n for n, code in enumerate(codes)}
    own = np.eye(len(places), dtype=np.bool_)
    for union, members in unions_of(book, day).items():
        if union in column:
            own[[column[m] for m in members if m in column], column[union]] = True
    return own


def grids(matrix: Matrix, category: str, level: Status, own: Grid) -> Grid:
    """Return bool (variants, origins, destinations): where data may go, in the order of `VARIANTS`.

    Args:
        matrix: decisions of a day.
        category: IRI of the data category.
        level: data count as free to go at this level or freer; ``contested`` never does.
        own: pairs that count as open whatever the law (see `own_people`).

    Raises:
        ValueError: the level is off the scale.
    """
    if level not in SCALE:
        raise ValueError(f"{level.value} is not a level")
    row = matrix.of(category)
    found = np.empty((len(VARIANTS), *own.shape), np.bool_)
    for number, (case, opened) in enumerate(VARIANTS):
        values = getattr(matrix, case)[row]
        found[number] = (values <= NUMBER[level]) | own
        if opened:
            found[number] |= values == UNKNOWN
    return found


def shares(weights: Floats, open_: Grid) -> Floats:
    """Return float (variants, destinations): the share of the weights that reaches each place."""
    total = weights.sum()
    return (weights / total if total else weights) @ open_.astype(np.float64)


def entropy(counts: Floats, axis: int) -> Floats:
    """Return Shannon's entropy in nats along an axis of counts; nought where there is nobody."""
    total = counts.sum(axis=axis, keepdims=True)
    part = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    logs = np.log(part, out=np.zeros_like(part), where=part > 0)
    return np.asarray(-(part * logs).sum(axis=axis))


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """The reach of every place of one day at one level; arrays are (variants, places).

    Attributes:
        codes: codes of the places.
        people: share of the world's people.
        literate: share of the world's literate people.
        outward: share of the world's people who live where builders may use this place's data.
        places: number of places with people whose data may come, the own among them.
        languages: share of the world's languages of which half the speakers or more are reached.
        language_entropy: entropy over languages of the speakers reached, in nats.
        script_entropy: likewise over scripts.
        own: float (places): a place's own share of the world's people.
    """

    codes: tuple[str, ...]
    people: Floats
    literate: Floats
    outward: Floats
    places: Floats
    languages: Floats
    language_entropy: Floats
    script_entropy: Floats
    own: Floats

    def figures(self, code: str) -> dict[str, Figure]:
        """Return every measure of a place by name, ``reach`` first; effective numbers are exp of the entropies."""
        n = self.codes.index(code)
        found = {"reach": figure(self.people[:, n])}
        for name in ("literate", "outward", "places", "languages"):
            found[name] = figure(getattr(self, name)[:, n])
        for name in ("language_entropy", "script_entropy"):
            values = getattr(self, name)[:, n]
            found[name] = figure(values)
            found[f"effective_{name.partition('_')[0]}s"] = figure(np.exp(values))
        return found


def heard(open_: Grid, counts: Floats) -> Floats:
    """Return float (variants, rows, destinations): of each row of counts, who is reached from each place."""
    return np.asarray(np.matmul(counts, open_.astype(np.float64)))


def reach(open_: Grid, people: Census, own: Grid) -> Reach:
    """Return the reach of every place.

    Args:
        open_: where data may go, by variant (see `grids`).
        people: the people of the places.
        own: whose people count as a place's own.
    """
    spoken = heard(open_, people.speakers)
    whole = people.speakers.sum(axis=1)
    most = spoken >= HALF * whole[None, :, None]
    written = heard(open_, people.writers)
    outward = shares(people.people, open_.transpose(0, 2, 1))
    inhabited = (people.people > 0).astype(np.float64)
    return Reach(
        people.codes,
        shares(people.people, open_),
        shares(people.literate, open_),
        outward,
        inhabited @ open_.astype(np.float64),
        most.mean(axis=1) if len(whole) else np.zeros_like(outward),
        entropy(spoken, 1),
        entropy(written, 1),
        shares(people.people, own[None])[0],
    )


@dataclass(frozen=True, slots=True)
class Language:
    """How far one language may be learnt from.

    Attributes:
        code: of the language.
        speakers: how many, people who speak several counted for each.
        places: codes of the places where it is spoken, most speakers first.
        audience: share of the world's people living where builders may use the data of half its speakers
            or more.
        abroad: share of its speakers whose data may leave their island.
        closed: by `abroad`: whether no one outside their island can lawfully learn it, under the profile with
            unknown pairs shut.
        closed_by_law: whether that holds with unknown pairs open too, so that encoded law does it.
        surely_closed: whether it holds in every variant.
    """

    code: str
    speakers: float
    places: tuple[str, ...]
    audience: Figure
    abroad: Figure
    closed: bool
    closed_by_law: bool
    surely_closed: bool


def leaving(open_: Grid) -> Grid:
    """Return bool (variants, places): whether data of a place may go to some place outside its island.

    The island is the component of mutual edges that the place lies in, or the place alone.
    """
    found = np.zeros(open_.shape[:2], np.bool_)
    for number, grid in enumerate(open_):
        both = grid & grid.T
        np.fill_diagonal(both, False)
        island = np.arange(len(grid))
        for members in components(both):
            island[members] = members[0]
        found[number] = (grid & (island[:, None] != island[None, :])).any(axis=1)
    return found


def languages(open_: Grid, people: Census) -> list[Language]:
    """Return every language with who may learn from it, most speakers first (see `Language`)."""
    whole = people.speakers.sum(axis=1)
    most = heard(open_, people.speakers) >= HALF * whole[None, :, None]
    audience = shares(people.people, most.transpose(0, 2, 1))
    out = leaving(open_).astype(np.float64) @ (people.speakers / whole[:, None]).T
    found = []
    for n in np.lexsort((np.arange(len(whole)), -whole)).tolist():
        spoken = [c for c in np.argsort(-people.speakers[n], kind="stable") if people.speakers[n, c] > 0]
        shut = out[:, n] <= CLOSED
        found.append(
            Language(
                people.languages[n],
                float(whole[n]),
                tuple(people.codes[c] for c in spoken),
                figure(audience[:, n]),
                figure(out[:, n]),
                bool(shut[0]),
                bool(shut[:2].all()),
                bool(shut.all()),
            )
        )
    return found


def learners(open_: Grid, people: Census, language: str) -> list[Figure]:
    """Return the share of a language's speakers whose data builders in each place may use, in the order of the places.

    Raises:
        ValueError: nobody of the census speaks the language.
    """
    row = people.speakers[[people.languages.index(language)]]
    found = heard(open_, row)[:, 0] / row.sum()
    return [figure(found[:, n]) for n in range(len(people.codes))]


def rank(values: Mapping[str, float], code: str) -> tuple[int, int]:
    """Return the rank of a code by value, highest first, and how many there are."""
    return 1 + sum(v > values[code] for v in values.values()), len(values)
