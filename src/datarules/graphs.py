"""The pair graph and the graph of the law, and their files.

Nodes of the pair graph are places, edges say that data may go one way at a level. The graph of history has
the same edges with the days of each status, for timelines. The graph of the law leads from jurisdictions
over rules to instruments, and from lists to members.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt

from . import graph_dot, graph_files, table_lines
from . import vocab as v
from .formats import Format, chosen
from .graph_files import Spell
from .islands import open_at
from .matrix import STATUSES, Frame, Matrix
from .model import FOREVER, Membership, Rule
from .rulebook import RuleBook
from .timeline import Step
from .vocab import Status

PAIRS, HISTORY, LAW = "pairs", "history", "law"
"""Kinds of graph, kept as ``graph.graph["kind"]``."""


def _places(
    book: RuleBook, frame: Frame, islands: Mapping[str, Iterable[str]] | None
) -> list[tuple[str, dict[str, Any]]]:
    """Return the nodes of a frame in its order."""
    known = book.records.jurisdictions
    island = {code: name for name, members in (islands or {}).items() for code in members}
    found = []
    for one in (known[iri] for iri in frame.places):
        more = {"island": island.get(one.code, "")} if islands is not None else {}
        found.append((one.code, {"label": one.label, "union": one.union, **more}))
    return found


def _about(frame: Frame, category: str, level: Status | None, release: str) -> dict[str, Any]:
    return {
        "category": v.local(category),
        "level": level.value if level else "",
        "data": category,
        "purpose": frame.purpose,
        "sector": frame.sector,
        "conditions": table_lines.conditions(frame),
        "release": release,
    }


def _open(values: npt.NDArray[np.uint8], level: Status | None) -> npt.NDArray[np.bool_]:
    """Return where there is an edge: at a level or freer, or everywhere; never from a place to itself."""
    grid = open_at(values, level) if level else np.ones(values.shape, np.bool_)
    np.fill_diagonal(grid, False)
    return grid


def pair_graph(
    book: RuleBook,
    matrix: Matrix,
    category: str,
    level: Status | None = None,
    islands: Mapping[str, Iterable[str]] | None = None,
) -> nx.DiGraph:
    """Return the graph of the pairs of one day.

    Args:
        book: the compiled law.
        matrix: decisions of the day.
        category: IRI of the data category.
        level: strictest status of an edge under the profile; every pair, also what is off the scale, unless given.
        islands: codes by name of island, kept as ``island`` of the nodes.

    Returns:
        Nodes are codes with ``label`` and ``union``; edges have ``status``, ``best``, ``worst``, ``route`` and
        ``obstacle`` (names of rules, or empty), ``article`` of the route, and ``mutual`` (an edge goes back).

    Raises:
        ValueError: the level is off the scale, or the category not in the matrix.
    """
    axis = matrix.of(category)
    grid = _open(matrix.status[axis], level)
    graph = nx.DiGraph(kind=PAIRS, as_of=date.fromordinal(matrix.day).isoformat())
    graph.graph.update(_about(matrix.frame, category, level, matrix.release))
    nodes = _places(book, matrix.frame, islands)
    graph.add_nodes_from(sorted(nodes, key=lambda node: node[0]))
    graph.add_edges_from(_edges(book, matrix, axis, grid, [code for code, _ in nodes]))
    return graph


def _edges(
    book: RuleBook, matrix: Matrix, axis: int, grid: npt.NDArray[np.bool_], codes: list[str]
) -> list[tuple[str, str, dict[str, Any]]]:
    """Return the edges of a grid in the order of codes, with what the matrix says of each."""
    rules = [book.records.rules.get(iri) for iri in matrix.rules]
    names = [*(v.local(iri) for iri in matrix.rules), ""]
    articles = [*(r.citations[0].article if r and r.citations else "" for r in rules), ""]
    words = [s.value for s in STATUSES]
    rows, columns = np.nonzero(grid)
    values = [
        getattr(matrix, name)[axis][rows, columns].tolist()
        for name in ("status", "best", "worst", "route", "obstacle")
    ]
    found = []
    for a, b, back, status, best, worst, route, obstacle in zip(
        rows.tolist(), columns.tolist(), grid.T[rows, columns].tolist(), *values, strict=True
    ):
        one = {"status": words[status], "best": words[best], "worst": words[worst], "route": names[route]}
        one |= {"article": articles[route], "obstacle": names[obstacle], "mutual": back}
        found.append((codes[a], codes[b], one))
    return sorted(found, key=lambda edge: edge[:2])


def history_graph(
    book: RuleBook,
    steps: Iterable[Step],
    category: str,
    level: Status | None = None,
    islands: Mapping[str, Iterable[str]] | None = None,
) -> nx.DiGraph:
    """Return the graph of the pairs over time.

    Args:
        book: the compiled law.
        steps: days of change in order (`datarules.timeline.timeline`).
        category: IRI of the data category.
        level: strictest status of an edge; every pair on every day unless given.
        islands: as in `pair_graph`.

    Returns:
        Nodes as in `pair_graph`; each edge has ``spells``: (first day, last day or nothing, status) in order,
        days as ordinals, for the days on which it was open at the level.

    Raises:
        ValueError: there is no step, the level is off the scale, or the category not in the matrix.
    """
    graph = nx.DiGraph(kind=HISTORY)
    spells: dict[tuple[int, int], list[Spell]] = {}
    now = since = edge = None
    matrix: Matrix | None = None
    for step in steps:
        matrix = step.matrix
        status = matrix.status[matrix.of(category)]
        if now is None or since is None or edge is None:
            now, since = status.copy(), np.full(status.shape, step.day, np.int32)
            edge = _open(now, level)
            graph.graph["from"] = date.fromordinal(step.day).isoformat()
            continue
        changed = status != now
        _close(spells, changed & edge, now, since, step.day - 1)
        since[changed] = step.day
        now[changed] = status[changed]
        edge = _open(now, level)
    if matrix is None or now is None or since is None or edge is None:
        raise ValueError("no day was given")
    _close(spells, edge, now, since, None)
    graph.graph.update(_about(matrix.frame, category, level, matrix.release))
    nodes = _places(book, matrix.frame, islands)
    codes = [code for code, _ in nodes]
    graph.add_nodes_from(sorted(nodes, key=lambda node: node[0]))
    found = [(codes[a], codes[b], {"spells": tuple(one)}) for (a, b), one in spells.items()]
    graph.add_edges_from(sorted(found, key=lambda one: one[:2]))
    return graph


def _close(
    spells: dict[tuple[int, int], list[Spell]],
    ended: npt.NDArray[np.bool_],
    status: npt.NDArray[np.uint8],
    since: npt.NDArray[np.int32],
    last: int | None,
) -> None:
    """Note the spells of some pairs, which had a status since a day."""
    rows, columns = np.nonzero(ended)
    for a, b, number, first in zip(
        rows.tolist(), columns.tolist(), status[ended].tolist(), since[ended].tolist(), strict=True
    ):
        spells.setdefault((a, b), []).append((first, last, STATUSES[number].value))


# ---------------------------------------------------------------- the law


def _dates(one: Rule | Membership) -> dict[str, str]:
    """Return the period of a statement; nothing for open ends."""
    return {
        "valid_from": date.fromordinal(one.start).isoformat() if one.start > 0 else "",
        "valid_until": date.fromordinal(one.end).isoformat() if one.end < FOREVER else "",
    }


def law_graph(book: RuleBook, day: int | None = None) -> nx.MultiDiGraph:
    """Return jurisdictions, rules, instruments and lists as one graph, of a day (an ordinal) or of all days.

    Nodes have ``kind`` and ``label``; edges have ``kind``: ``states`` (jurisdiction → rule), ``cites``
    (rule → instrument, with ``pinpoint``), ``names`` (rule → list or place) and ``takes-in`` (list or union →
    member) or ``extends-to`` (legal order → where its rules also apply), these two with their dates.
    """
    records = book.records
    graph = nx.MultiDiGraph(kind=LAW, release=book.release)
    if day is not None:
        graph.graph["as_of"] = date.fromordinal(day).isoformat()
    nodes = {v.local(j.iri): ("jurisdiction", j.label) for j in records.jurisdictions.values()}
    nodes |= {v.local(iri): ("list", label) for iri, label in records.groups.items()}
    edges: list[tuple[str, str, dict[str, Any]]] = []
    for rule in records.rules.values():
        if day is not None and not rule.in_force(day):
            continue
        name = v.local(rule.iri)
        nodes[name] = ("rule", rule.label)
        said = {"modality": rule.modality.value, "action": rule.action.value, **_dates(rule)}
        edges.append((v.local(rule.order), name, {"kind": "states", **said}))
        for citation in rule.citations:
            nodes[v.local(citation.instrument)] = ("instrument", citation.title)
            cited = {"kind": "cites", "pinpoint": citation.pinpoint}
            edges.append((name, v.local(citation.instrument), cited))
        edges += [(name, v.local(target), {"kind": "names"}) for target in rule.destinations]
    for entry in records.memberships.values():
        if day is None or entry.start <= day < entry.end:
            kind = "extends-to" if entry.extension else "takes-in"
            edges.append((v.local(entry.group), v.local(entry.member), {"kind": kind, **_dates(entry)}))
    others = {name for a, b, _ in edges for name in (a, b)} - nodes.keys()
    nodes |= {name: ("other", name) for name in others}
    graph.add_nodes_from((n, {"kind": k, "label": label}) for n, (k, label) in sorted(nodes.items()))
    graph.add_edges_from(sorted(edges, key=lambda e: (e[0], e[1], sorted(e[2].items()))))
    return graph


# ---------------------------------------------------------------- files

FORMATS: dict[str, Format] = {
    "graphml": Format("application/graphml+xml", ".graphml", graph_files.graphml, (PAIRS, LAW)),
    "gexf": Format("application/gexf+xml", ".gexf", graph_files.gexf, (PAIRS, HISTORY, LAW)),
    "dot": Format("text/vnd.graphviz", ".gv", graph_dot.dot, (PAIRS,)),
    "cyjs": Format("application/json", ".cyjs", graph_files.cyjs, (PAIRS, LAW)),
    "jsonld": Format("application/ld+json", ".jsonld", graph_files.jsonld, (PAIRS,)),
    "edges": Format("text/csv", ".edges.csv", graph_files.edge_list, (PAIRS, LAW)),
    "nodes": Format("text/csv", ".nodes.csv", graph_files.node_list, (PAIRS, LAW)),
    "parquet": Format("application/vnd.apache.parquet", ".parquet", graph_files.edge_parquet, (PAIRS, LAW)),
}
"""File formats by name, with the kinds of graph each can hold. Where two share a media type, the first is meant."""


def write(fmt: str, graph: nx.DiGraph) -> Iterator[bytes]:
    """Yield a graph of this module as a file, chunk by chunk; the same bytes for the same graph.

    Args:
        fmt: one of `FORMATS`.
        graph: from `pair_graph`, `history_graph` or `law_graph`.

    Raises:
        InputError: there is no such format, or it cannot hold this kind of graph (before anything is yielded).
    """
    return chosen(FORMATS, fmt, graph.graph["kind"]).stream(graph)
