"""Data islands: which jurisdictions may send data to each other, and how that changed.

An island is a set of places joined by *mutual* edges: data may go both ways at a level. Reachability is
never used, since duties on onward transfer forbid reading A → B → C as A → C. Components are the widest
reading, maximal cliques the strictest (everyone with everyone), communities (Blondel et al. 2008) lie
between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt

from .matrix import NUMBER, Bytes, Matrix
from .model import Membership, Rule
from .rulebook import RuleBook
from .timeline import Step
from .vocab import SCALE, Status

CASES = ("status", "best", "worst")
CLIQUES_KEPT = 200
"""Most maximal cliques listed, the largest first."""
CLIQUES_LOOKED_AT = 20_000
LOUVAIN_SEED = 1
Grid = npt.NDArray[np.bool_]


def places(book: RuleBook, parts: bool = True) -> list[str]:
    """Return the places islands are made of: every jurisdiction but unions, which hold no land of their own.

    Args:
        book: the compiled law.
        parts: also places within a state that have a code of their own (``US-TX``, ``AE-DIFC``).
    """
    known = book.records.jurisdictions.values()
    return sorted(j.iri for j in known if not j.union and (parts or "-" not in j.code))


def open_at(values: Bytes, level: Status) -> Grid:
    """Return where data may go at a level or freer; ``unknown`` and ``contested`` never do.

    Raises:
        ValueError: the level is off the scale.
    """
    if level not in SCALE:
        raise ValueError(f"{level.value} is not a level")
    return np.asarray(values <= NUMBER[level])


def mutual(matrix: Matrix, category: str, level: Status, case: str = "status") -> Grid:
    """Return the symmetric bool matrix (places, places) of pairs open both ways, false on the diagonal."""
    grid = open_at(getattr(matrix, case)[matrix.of(category)], level)
    both = grid & grid.T
    np.fill_diagonal(both, False)
    return both


def codes(book: RuleBook, iris: Iterable[str]) -> list[str]:
    """Return the codes of jurisdictions in order."""
    return sorted(book.records.jurisdictions[iri].code for iri in iris)


def components(edges: Grid) -> list[list[int]]:
    """Return the connected sets of two and more in a symmetric bool matrix, as row numbers.

    Spreading over whole rows is some hundred times faster here than making a graph object first.
    """
    left = edges.any(axis=1)
    found = []
    while left.any():
        reached = np.zeros(len(edges), np.bool_)
        frontier = np.zeros(len(edges), np.bool_)
        frontier[int(left.argmax())] = True
        while frontier.any():
            reached |= frontier
            frontier = edges[frontier].any(axis=0) & ~reached
        found.append(np.flatnonzero(reached).tolist())
        left &= ~reached
    return found


def graph(book: RuleBook, matrix: Matrix, category: str, level: Status, case: str = "status") -> nx.Graph:
    """Return the graph of mutual edges; nodes are codes with ``label``, edges carry both statuses."""
    known = book.records.jurisdictions
    names = [known[iri].code for iri in matrix.frame.places]
    values = getattr(matrix, case)[matrix.of(category)]
    statuses = list(Status)
    made = nx.Graph()
    made.add_nodes_from((known[iri].code, {"label": known[iri].label}) for iri in matrix.frame.places)
    for a, b in np.argwhere(np.triu(mutual(matrix, category, level, case))).tolist():
        there, back = statuses[values[a, b]].value, statuses[values[b, a]].value
        weight = 1.0 / (1 + max(int(values[a, b]), int(values[b, a])))
        made.add_edge(names[a], names[b], there=there, back=back, weight=weight)
    return made


@dataclass(frozen=True, slots=True)
class Islands:
    """The islands of one graph; every part holds codes.

    Attributes:
        components: connected sets of two and more, largest first.
        alone: places with no mutual edge.
        cliques: maximal sets in which everyone may exchange with everyone, three and more, largest first.
        cliques_complete: whether all maximal cliques were looked at.
        communities: Louvain communities of two and more, largest first.
        hubs: places by number of partners, most first, with that number.
        articulation: places whose loss would break a component.
        bridges: edges whose loss would break a component.
    """

    components: tuple[tuple[str, ...], ...]
    alone: tuple[str, ...]
    cliques: tuple[tuple[str, ...], ...]
    cliques_complete: bool
    communities: tuple[tuple[str, ...], ...]
    hubs: tuple[tuple[str, int], ...]
    articulation: tuple[str, ...]
    bridges: tuple[tuple[str, str], ...]


def _ordered(sets: Iterable[Iterable[str]], least: int) -> tuple[tuple[str, ...], ...]:
    found = {tuple(sorted(one)) for one in sets}
    return tuple(sorted((one for one in found if len(one) >= least), key=lambda one: (-len(one), one)))


def cliques(joined: nx.Graph) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """Return the largest maximal cliques, and whether all were looked at.

    Places with the same partners (true twins, such as members under one law) are taken together first:
    a maximal clique holds all of them or none.
    """
    twins: dict[frozenset[str], list[str]] = {}
    for node in joined:
        twins.setdefault(frozenset(joined[node]) | {node}, []).append(node)
    stands_for = {group[0]: group for group in twins.values()}
    small = joined.subgraph(stands_for)
    found = list(islice(nx.find_cliques(small), CLIQUES_LOOKED_AT + 1))
    whole = len(found) <= CLIQUES_LOOKED_AT
    full = ([place for one in clique for place in stands_for[one]] for clique in found)
    return _ordered(full, 3)[:CLIQUES_KEPT], whole


def _holding(joined: nx.Graph) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return articulation points and bridges from one walk over the biconnected components.

    A place in two components is an articulation point, a component of one edge a bridge (Hopcroft and
    Tarjan 1973). At 2,000 places and 670,000 edges this takes a ninth of what ``nx.bridges`` takes.
    """
    seen: dict[str, int] = {}
    bridges = []
    for one in nx.biconnected_components(joined):
        for place in one:
            seen[place] = seen.get(place, 0) + 1
        if len(one) == 2:
            bridges.append((min(one), max(one)))
    return tuple(sorted(p for p, count in seen.items() if count > 1)), tuple(sorted(bridges))


def islands(joined: nx.Graph) -> Islands:
    """Return the islands of a graph of mutual edges (see `graph`)."""
    components = _ordered(nx.connected_components(joined), 1)
    found, whole = cliques(joined)
    ordered = nx.Graph()
    ordered.add_nodes_from(sorted(joined))
    ordered.add_weighted_edges_from(
        sorted((min(a, b), max(a, b), w) for a, b, w in joined.edges(data="weight"))
    )
    communities = nx.community.louvain_communities(ordered, seed=LOUVAIN_SEED) if ordered.size() else []
    return Islands(
        tuple(one for one in components if len(one) > 1),
        tuple(sorted(one[0] for one in components if len(one) == 1)),
        found,
        whole,
        _ordered(communities, 2),
        tuple(sorted(((n, d) for n, d in joined.degree() if d), key=lambda one: (-one[1], one[0]))),
        *_holding(joined),
    )


class Names:
    """Names of islands that stay over time: a successor keeps the name of the island it shares most with.

    A new island is named after the union whose members it holds, else after its best connected member.
    """

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._last: dict[str, frozenset[str]] = {}
        self._used: dict[str, int] = {}

    def _fresh(
        self, members: frozenset[str], degree: Callable[[str], int], unions: dict[str, frozenset[str]]
    ) -> str:
        held = [u for u, inside in unions.items() if inside and inside <= members]
        named = (
            max(held, key=lambda u: (len(unions[u]), u))
            if held
            else min(members, key=lambda m: (-degree(m), m))
        )
        count = self._used[named] = self._used.get(named, 0) + 1
        return named if count == 1 else f"{named} ({count})"

    def name(
        self, found: Sequence[frozenset[str]], degree: Callable[[str], int], unions: dict[str, frozenset[str]]
    ) -> dict[str, frozenset[str]]:
        """Return the islands by name, keeping names from the last call.

        Args:
            found: the islands, as sets of codes.
            degree: number of partners of a place.
            unions: codes of unions with the codes of their members.
        """
        shares = sorted(
            (
                (len(old & new), name, number)
                for name, old in self._last.items()
                for number, new in enumerate(found)
                if old & new
            ),
            key=lambda one: (-one[0], one[1], one[2]),
        )
        named: dict[int, str] = {}
        for _, name, number in shares:
            if number not in named and name not in named.values():
                named[number] = name
        made = {
            named.get(number) or self._fresh(members, degree, unions): members
            for number, members in enumerate(found)
        }
        self._last = dict(sorted(made.items()))
        return self._last


def unions_of(book: RuleBook, day: int) -> dict[str, frozenset[str]]:
    """Return the unions with the codes of their members on a day."""
    known = book.records.jurisdictions
    view = book.at(day)
    return {
        j.code: frozenset(
            known[e.member].code
            for e in view.of_group.get(j.iri, ())
            if e.member in known and not e.extension
        )
        for j in known.values()
        if j.union
    }


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to an island on a day.

    ``kind``: ``born``, ``gone``, ``grew``, ``shrank``, ``merged`` (others went into it) or ``split``
    (others came out of it). ``others`` names them.
    """

    day: int
    kind: str
    island: str
    joined: tuple[str, ...]
    left: tuple[str, ...]
    others: tuple[str, ...]
    causes: tuple[Rule | Membership, ...]


def _story(
    before: dict[str, frozenset[str]], after: dict[str, frozenset[str]]
) -> Iterator[tuple[str, str, frozenset[str], frozenset[str], tuple[str, ...]]]:
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, frozenset()), after.get(name, frozenset())
        if old == new:
            continue
        from_others = tuple(sorted(o for o, m in before.items() if o != name and o not in after and m & new))
        to_others = tuple(sorted(o for o, m in after.items() if o != name and o not in before and m & old))
        if not old:
            source = tuple(sorted(o for o, m in before.items() if m & new))
            if not source:
                yield "born", name, new, old, ()
        elif not new:
            into = tuple(sorted(o for o, m in after.items() if m & old))
            if not into:
                yield "gone", name, new, old, ()
        elif from_others:
            yield "merged", name, new - old, old - new, from_others
        elif to_others:
            yield "split", name, new - old, old - new, to_others
        elif new - old:
            yield "grew", name, new - old, old - new, ()
        else:
            yield "shrank", name, new - old, old - new, ()


@dataclass(frozen=True, slots=True)
class State:
    """The named islands from a day on, and what changed on it."""

    day: int
    islands: dict[str, frozenset[str]]
    changes: tuple[Change, ...]


def history(
    book: RuleBook,
    steps: Iterable[Step],
    category: str,
    level: Status,
    case: str = "status",
    why: Callable[[Step, Grid], Sequence[Rule | Membership]] | None = None,
) -> Iterator[State]:
    """Yield the islands of the first step, and again on each day on which some island changed.

    Args:
        book: the compiled law.
        steps: days of change in order (`datarules.timeline.timeline`).
        category: IRI of the data category.
        level: the level of the edges.
        case: ``status``, ``best`` or ``worst``.
        why: says which of a step's causes changed some mutual edges (bool matrix); all unless given.
    """
    names = Names(book)
    before: dict[str, frozenset[str]] | None = None
    last: Grid | None = None
    for step in steps:
        edges = mutual(step.matrix, category, level, case)
        if last is not None and (edges == last).all():
            continue
        code = [book.records.jurisdictions[p].code for p in step.matrix.frame.places]
        sets = [frozenset(code[n] for n in one) for one in components(edges)]
        degrees = dict(zip(code, edges.sum(axis=0).tolist(), strict=True))
        after = dict(names.name(sets, degrees.__getitem__, unions_of(book, step.day)))
        causes = step.causes
        if last is not None and why is not None:
            causes = tuple(why(step, edges ^ last))
        changes = (
            tuple(
                Change(step.day, kind, name, tuple(sorted(new)), tuple(sorted(old)), others, causes)
                for kind, name, new, old, others in _story(before, after)
            )
            if before is not None
            else ()
        )
        if before is None or changes:
            yield State(step.day, after, changes)
        before, last = after, edges


def row(found: Islands) -> dict[str, Any]:
    """Return the islands as one JSON-ready document."""
    return {
        "components": [list(one) for one in found.components],
        "alone": list(found.alone),
        "cliques": [list(one) for one in found.cliques],
        "cliques_complete": found.cliques_complete,
        "communities": [list(one) for one in found.communities],
        "hubs": [{"code": code, "partners": count} for code, count in found.hubs],
        "articulation": list(found.articulation),
        "bridges": [list(one) for one in found.bridges],
    }
