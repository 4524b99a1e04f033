"""Pair graph → DOT that can be read: one edge for both ways, coloured by status, like places drawn as one.

Places that treat all others alike, are treated alike by them and deal with each other alike both ways (the
members of one legal order, say) are true twins; drawn as one box they turn thousands of edges into some
hundred. Language: graphviz.org/doc/info/lang.html.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from xml.sax.saxutils import escape

import networkx as nx

from .graph_files import chunks
from .vocab import Status

LINE: dict[str, str] = {
    "internal": "#55606b",
    "free": "#2e7d32",
    "recognised": "#007a99",
    "safeguards": "#3d3fc4",
    "authorisation": "#7a5200",
    "derogation": "#9c4210",
    "prohibited": "#a3161d",
    "contested": "#6b3a94",
    "unknown": "#4d4d4d",
}
"""Colour of a line by status, each with a contrast of at least 4.5 to white (WCAG 2.2, 1.4.3)."""
WIDTH = 44
"""Characters a line of a box."""
Group = tuple[str, ...]


def twins(graph: nx.DiGraph) -> dict[Group, str]:
    """Return the places grouped with those they cannot be told from, each group with the status inside it.

    A group of one has no status; nor have places that may not send to each other at all.
    """
    around = {
        node: frozenset(
            [("to", b, e["status"]) for _, b, e in graph.out_edges(node, data=True)]
            + [("from", a, e["status"]) for a, _, e in graph.in_edges(node, data=True)]
        )
        for node in graph
    }
    found: dict[Group, str] = {}
    left = sorted(graph)
    for status in ("", *(s.value for s in Status)):
        groups: dict[frozenset[tuple[str, str, str]], list[str]] = {}
        for node in left:
            own = {("to", node, status), ("from", node, status)} if status else frozenset()
            groups.setdefault(around[node] | own, []).append(node)
        for group in groups.values():
            if len(group) > 1:
                found[tuple(group)] = status
        taken = {node for group in found for node in group}
        left = [node for node in left if node not in taken]
    found.update({(node,): "" for node in left})
    return dict(sorted(found.items()))


def dot(graph: nx.DiGraph) -> Iterator[bytes]:
    """Yield DOT. Places without an edge are counted in the title, not drawn."""
    return chunks(_dot(graph))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _title(graph: nx.DiGraph, alone: int, used: set[str]) -> str:
    """Return title and legend as one label: what is shown, then the statuses in their colours."""
    about = graph.graph
    reach = f", {about['level']} or freer" if about["level"] else ""
    words = f"{about['category']} data on {about['as_of']}{reach}; release {about['release']}"
    if alone:
        words += f"; {alone} places without an edge are not drawn"
    legend = "   ".join(f'<font color="{LINE[s.value]}">{s.value}</font>' for s in Status if s.value in used)
    return f'{escape(words)}<br/><font point-size="13">{legend} </font>'


def _box(graph: nx.DiGraph, group: Group, status: str) -> str:
    rows = [""]
    for code in group:
        if len(rows[-1]) + len(code) > WIDTH:
            rows.append("")
        rows[-1] += f" {code}" if rows[-1] else code
    if len(group) > 1:
        rows.append(f"({len(group)} places; among them: {status or 'nothing'})")
    label = "\n".join(rows)
    tip = ", ".join(graph.nodes[code].get("label", code) for code in group)
    return f"  {_quoted(group[0])} [label={_quoted(label)}, tooltip={_quoted(tip)}];\n"


def _dot(graph: nx.DiGraph) -> Iterator[str]:
    groups = {g: s for g, s in twins(graph).items() if s or graph.degree(g[0])}
    alone = graph.number_of_nodes() - sum(map(len, groups))
    used = set(groups.values()) | {e["status"] for _, _, e in graph.edges(data=True)}
    yield "digraph pairs {\n"
    yield f"  graph [label=<{_title(graph, alone, used)}>, labelloc=t, fontname=Helvetica, fontsize=18,"
    yield ' layout=neato, overlap=prism, sep="+16", splines=line, outputorder=edgesfirst];\n'
    yield '  node [shape=box, style="rounded,filled", fillcolor=white, fontname=Helvetica, fontsize=11];\n'
    yield "  edge [arrowsize=0.7, penwidth=1.1];\n"
    for group, status in groups.items():
        yield _box(graph, group, status)
    first = sorted(group[0] for group in groups)
    for a in first:
        for b in first:
            there = graph.edges[a, b]["status"] if graph.has_edge(a, b) else ""
            back = graph.edges[b, a]["status"] if graph.has_edge(b, a) else ""
            if there and (a < b or not back):
                yield _edge(a, b, there, back)
    yield "}\n"


def _edge(a: str, b: str, there: str, back: str) -> str:
    """Return one edge; where the ways differ, each half has the colour of the arrow it ends in."""
    colour, tip = LINE[there], f"{a} to {b}: {there}"
    if back:
        tip += f"; {b} to {a}: {back}"
        colour = colour if there == back else f"{LINE[back]};0.5:{colour}"
    both = ", dir=both" if back else ""
    return f'  {_quoted(a)} -> {_quoted(b)} [color="{colour}"{both}, tooltip={_quoted(tip)}];\n'
