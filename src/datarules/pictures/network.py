"""Network of islands: who reaches whom both ways, with hubs and bridges."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle

from ..errors import InputError
from . import palette
from .palette import Ink
from .sheet import FOOT, MARGIN, TOP, Format, Heading, Sheet, drawing, filled, legend_grid, listed

WIDTH, TALL = 11.69, 7.2
"""Inches of the sheet, and of the picture on it."""
SEED = 20261123
"""Seed of the layout: the same graph always lies the same way."""
Point = tuple[float, float]


def layout(islands: Mapping[str, str], edges: Sequence[tuple[str, str]]) -> dict[str, Point]:
    """Return a place for each node: islands apart from each other, their members close together.

    The islands and lone nodes are laid out as one graph by springs (T. M. J. Fruchterman, E. M. Reingold,
    "Graph drawing by force-directed placement", Software: Practice and Experience 21(11), 1991; networkx, fixed
    seed), then the members of an island around its middle in the order of a sunflower's seeds.

    Args:
        islands: name of the island by node; a node alone has its own code as name.
        edges: mutual edges.

    Returns:
        x and y by node; neighbours within an island are about 1 apart. Rounded to thousandths.
    """
    members: dict[str, list[str]] = {}
    for node in sorted(islands):
        members.setdefault(islands[node], []).append(node)
    degree = dict.fromkeys(islands, 0)
    between = nx.Graph()
    between.add_nodes_from(members)
    for a, b in edges:
        degree[a], degree[b] = degree[a] + 1, degree[b] + 1
        if islands[a] != islands[b]:
            held = between.get_edge_data(islands[a], islands[b], {"weight": 0.0})["weight"]
            between.add_edge(islands[a], islands[b], weight=held + 1.0)
    radius = {n: 0.74 * math.sqrt(len(m)) for n, m in members.items()}
    linked = [n for n in members if between.degree(n) or len(members[n]) > 1]
    middle = _middles(between.subgraph(linked), radius)
    places: dict[str, Point] = {}
    for name, (x, y) in middle.items():
        for i, node in enumerate(sorted(members[name], key=lambda n: (-degree[n], n))):
            far, turn = (0.74 * math.sqrt(i + 0.4) if len(members[name]) > 1 else 0.0), i * 2.399963
            places[node] = (x + far * math.cos(turn), y + far * math.sin(turn))
    edge = max((math.hypot(x, y) for x, y in places.values()), default=0.0)
    lone = [n for name in members if name not in middle for n in members[name]]
    low = min((y for _, y in places.values()), default=0.0) - 1.6
    across = max(12, int(2.4 * edge / 0.9))
    for i, node in enumerate(lone):
        row, column = divmod(i, across)
        count = min(across, len(lone) - row * across)
        places[node] = ((column - (count - 1) / 2) * 0.95, low - 0.95 * row)
    return {n: (round(x, 3), round(y, 3)) for n, (x, y) in sorted(places.items())}


def _middles(graph: nx.Graph, radius: Mapping[str, float]) -> dict[str, Point]:
    """Return the middle of each island: springs first, then pushed apart until no two islands touch."""
    names = sorted(graph)
    if not names:
        return {}
    plain = nx.Graph()
    plain.add_nodes_from(names)
    plain.add_edges_from(sorted((min(a, b), max(a, b), d) for a, b, d in graph.edges(data=True)))
    found = nx.spring_layout(plain, seed=SEED, iterations=300, k=1.2 / math.sqrt(len(names)))
    size = np.array([radius[n] for n in names])
    spot = np.array([found[n] for n in names]) * 1.1 * math.sqrt(float((size**2).sum()))
    spot[:, 0] *= 1.25
    for _ in range(400):
        apart = spot[:, None] - spot[None]
        far = np.hypot(apart[..., 0], apart[..., 1]) + np.eye(len(names)) * 1e9
        push = np.maximum(size[:, None] + size[None] + 0.9 - far, 0)[..., None] * apart / far[..., None]
        spot = spot + 0.3 * push.sum(1)
    spot -= spot.mean(axis=0)
    return {n: (float(x), float(y)) for n, (x, y) in zip(names, spot, strict=True)}


def _check(islands: Mapping[str, str], edges: Collection[tuple[str, str]]) -> None:
    strange = sorted({n for edge in edges for n in edge} - set(islands))
    if strange:
        raise InputError.single(
            "edges", ", ".join(strange), "These belong to no island.", "Name their island, or their own code."
        )


def island_network(
    heading: Heading,
    islands: Mapping[str, str],
    edges: Sequence[tuple[str, str]],
    form: Format,
    *,
    hubs: Collection[str] = (),
    bridges: Sequence[tuple[str, str]] = (),
    positions: Mapping[str, Point] | None = None,
    names: Mapping[str, str] | None = None,
) -> bytes:
    """Draw jurisdictions as nodes, close to the others of their island.

    Args:
        heading: the words around the picture.
        islands: name of the island by code; one alone has its own code as name.
        edges: pairs that reach each other both ways.
        form: svg or png.
        hubs: codes to be marked as hubs.
        bridges: pairs to be marked as bridges; they need not be among the edges.
        positions: place of each node; where not given `layout` finds it.
        names: names by code.

    Returns:
        The picture.

    Raises:
        InputError: an edge or bridge names a code without island; or the form is neither svg nor png.
    """
    _check(islands, [*edges, *bridges])
    names = names or {}
    order = [n for n in dict.fromkeys(islands.values()) if list(islands.values()).count(n) > 1]
    inks = {n: palette.kind_ink(i) for i, n in enumerate(order)}
    counts = {n: sum(1 for x in islands.values() if x == n) for n in order}
    spots = positions or layout(islands, edges)
    said = listed(f"{n} with {c} members" for n, c in counts.items()) or "none"
    alone = len(islands) - sum(counts.values())
    with drawing():
        legend = [(inks[n], n, f"{counts[n]} members") for n in order]
        legend += [(palette.ALONE, "alone", f"{alone}")] if alone else []
        rows = legend_grid(legend, WIDTH - 2 * MARGIN)[1] if legend else 0
        about = (
            f"Network of {len(islands)} jurisdictions and {len(edges)} mutual edges, as of {heading.day}. "
            f"Islands: {said}. Hubs: {listed(sorted(hubs)) or 'none'}. "
            f"Bridges: {listed(f'{a}–{b}' for a, b in bridges) or 'none'}."
        )
        sheet = Sheet(heading, WIDTH, TOP + TALL + 0.2 * rows + 0.42 + FOOT, about)
        axes = sheet.axes(MARGIN, TOP, WIDTH - 2 * MARGIN, TALL)
        _fit(axes, spots)
        _edges(axes, spots, edges, bridges, islands)
        for code in sorted(islands):
            ink = inks.get(islands[code], palette.ALONE)
            sheet.notes[f"note-node-{code}"] = f"{names.get(code, code)}: {islands[code]}"
            _node(axes, code, spots[code], ink, code in hubs)
        for name in order:
            _island_name(axes, name, [spots[c] for c in islands if islands[c] == name])
        _key(sheet, TOP + TALL + 0.1)
        if legend:
            sheet.legend(legend, MARGIN, TOP + TALL + 0.3, WIDTH - 2 * MARGIN)
        return sheet.picture(form)


def _fit(axes: Axes, spots: Mapping[str, Point]) -> None:
    """Set the limits so that a unit is as long across as it is up, and everything is seen."""
    points = np.array(list(spots.values()) or [(0.0, 0.0)])
    low, high = points.min(axis=0) - 0.9, points.max(axis=0) + 0.9
    middle, span = (low + high) / 2, high - low
    shape = (WIDTH - 2 * MARGIN) / TALL
    half = max(span[0] / shape, span[1]) / 2
    axes.set_xlim(middle[0] - half * shape, middle[0] + half * shape)
    axes.set_ylim(middle[1] - half, middle[1] + half)


def _edges(
    axes: Axes,
    spots: Mapping[str, Point],
    edges: Sequence[tuple[str, str]],
    bridges: Sequence[tuple[str, str]],
    islands: Mapping[str, str],
) -> None:
    marked = {frozenset(b) for b in bridges}
    plain = [e for e in edges if frozenset(e) not in marked]
    inner = [(spots[a], spots[b]) for a, b in plain if islands[a] == islands[b]]
    outer = [(spots[a], spots[b]) for a, b in plain if islands[a] != islands[b]]
    strong = float(np.clip(40 / math.sqrt(len(inner) + 1) / 10, 0.12, 0.6))
    axes.add_collection(LineCollection(inner, colors="#8A97A6", linewidths=strong, zorder=1))
    axes.add_collection(LineCollection(outer, colors="#8A97A6", linewidths=0.5, zorder=1))
    bold = [(spots[a], spots[b]) for a, b in bridges]
    axes.add_collection(LineCollection(bold, colors="white", linewidths=3.4, zorder=2))
    axes.add_collection(
        LineCollection(bold, colors=palette.MARK, linewidths=1.7, linestyles=[(0, (4, 1.6))], zorder=2.1)
    )


def _node(axes: Axes, code: str, spot: Point, ink: Ink, hub: bool) -> None:
    radius = 0.43 if hub else 0.34
    if hub:
        axes.add_patch(Circle(spot, radius + 0.09, fc="white", ec=palette.MARK, lw=1.3, zorder=3))
    circle = filled(Circle(spot, radius, zorder=4), ink, palette.TEXT, 0.5)
    circle.set_gid(f"note-node-{code}")
    axes.add_patch(circle)
    unit = axes.get_window_extent().width / 200 * 72 / (axes.get_xlim()[1] - axes.get_xlim()[0])
    size = float(np.clip(unit * radius * (1.0 if len(code) < 3 else 2.2 / len(code)), 1.5, 10))
    if ink.hatch:
        axes.add_patch(Circle(spot, radius * 0.72, fc=ink.face, ec="none", zorder=4.5))
    axes.text(
        *spot,
        code,
        fontsize=size,
        color=palette.ink_on(ink.face),
        ha="center",
        va="center_baseline",
        weight="bold",
        zorder=5,
    )


def _island_name(axes: Axes, name: str, spots: Sequence[Point]) -> None:
    points = np.array(spots)
    axes.text(
        float(points[:, 0].mean()),
        float(points[:, 1].max()) + 0.62,
        name,
        fontsize=8,
        color=palette.TEXT,
        ha="center",
        weight="bold",
        zorder=6,
        bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.85},
    )


def _key(sheet: Sheet, y: float) -> None:
    """Explain edge, hub and bridge."""
    x, line = MARGIN, y + 0.06
    sheet.paper.plot([x, x + 0.3], [line, line], color="#8A97A6", lw=0.9)
    sheet.text(x + 0.38, line + 0.04, "both ways open", color=palette.QUIET)
    x += 1.75
    sheet.paper.add_patch(Circle((x + 0.1, line), 0.09, fc="white", ec=palette.MARK, lw=1.2))
    sheet.paper.add_patch(Circle((x + 0.1, line), 0.055, fc=palette.ALONE.face, ec=palette.TEXT, lw=0.5))
    sheet.text(x + 0.28, line + 0.04, "hub", color=palette.QUIET)
    x += 0.95
    sheet.paper.plot([x, x + 0.35], [line, line], color=palette.MARK, lw=1.7, ls=(0, (4, 1.6)))
    sheet.text(x + 0.43, line + 0.04, "bridge between islands", color=palette.QUIET)
