"""Chord diagram: who is linked to whom by which mechanism.

D. Holten, "Hierarchical edge bundles", IEEE TVCG 12(5), 2006, and M. Krzywinski et al., "Circos", Genome
Research 19(9), 2009, for the form: nodes on a circle, links as ribbons whose ends are as wide as their weight.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Wedge
from matplotlib.path import Path as Outline

from ..errors import InputError
from . import palette
from .projection import Floats
from .sheet import FOOT, MARGIN, TOP, Format, Heading, Sheet, drawing, filled, legend_grid, listed, text_width

WIDTH = 9.5
TOGETHER = 60
"""With more links than this each mechanism gets a circle of its own."""
EMPTY = 0.14
"""Part of the circle that stays empty between nodes."""
INNER, ARRIVAL, RING = 0.965, 0.93, 1.0
"""Radii: where a ribbon leaves, where its point arrives, and the outer edge of a node."""


@dataclass(frozen=True, slots=True)
class Link:
    """A mechanism at work from one node to another.

    Attributes:
        origin, destination: names of nodes (jurisdictions or groups).
        kind: the mechanism.
        weight: how wide, above 0: a count of pairs, say.
    """

    origin: str
    destination: str
    kind: str
    weight: float


class _Plan:
    """What the circles of one picture share.

    Attributes:
        most: the greatest weight that one node has of one kind.
    """

    def __init__(
        self,
        nodes: Sequence[str],
        links: Sequence[Link],
        kinds: Sequence[str],
        inks: dict[str, palette.Ink],
        apart: bool,
    ) -> None:
        self.nodes, self.links, self.kinds, self.inks, self.apart = nodes, links, kinds, inks, apart
        sums: dict[tuple[str, str], float] = {}
        for one in links:
            for node in (one.origin, one.destination):
                sums[node, one.kind] = sums.get((node, one.kind), 0.0) + one.weight
        self.most = max(sums.values())


def chord_diagram(
    heading: Heading,
    links: Sequence[Link],
    form: Format,
    *,
    order: Sequence[str] = (),
    kinds: Sequence[str] = (),
) -> bytes:
    """Draw links as ribbons across a circle; with many links, one circle for each mechanism.

    Args:
        heading: the words around the picture.
        links: at least one; a link from a node to itself is not allowed. Up to some 40 nodes stay legible.
        form: svg or png.
        order: nodes clockwise from the top; those left out follow as they appear.
        kinds: mechanisms in the order of the legend; those left out follow as they appear.

    Returns:
        The picture.

    Raises:
        InputError: there is no link, one has no weight or no other end; or the form is neither svg nor png.
    """
    _check(links)
    seen = dict.fromkeys(name for one in links for name in (one.origin, one.destination))
    nodes = [n for n in dict.fromkeys([*order, *seen]) if n in seen]
    here = {one.kind for one in links}
    named = [k for k in dict.fromkeys([*kinds, *(one.kind for one in links)]) if k in here]
    inks = {k: palette.kind_ink(i) for i, k in enumerate(named)}
    total = {k: sum(one.weight for one in links if one.kind == k) for k in named}
    apart = len(named) > 1 and len(links) > TOGETHER
    across = min(len(named), 2 if len(named) in (2, 4) else 3) if apart else 1
    side = (WIDTH - 2 * MARGIN) / across - (0.1 if apart else 1.0)
    with drawing():
        legend = [(inks[k], k, f"{total[k]:g}") for k in named]
        rows = -(-len(named) // across) if apart else 1
        height = TOP + rows * (side + 0.3) + 0.2 * legend_grid(legend, WIDTH - 2 * MARGIN)[1] + 0.32 + FOOT
        said = listed(f"{k} {total[k]:g}" for k in named)
        about = (
            f"Chord diagram of {len(links)} links between {len(nodes)} nodes, as of {heading.day}: {said}."
        )
        sheet = Sheet(heading, WIDTH, height, about)
        plan = _Plan(nodes, links, named, inks, apart)
        for i, kind in enumerate(named if apart else [""]):
            row, column = divmod(i, across)
            left = MARGIN + column * (side + 0.1) + (0.0 if apart else 0.5)
            top = TOP + row * (side + 0.3) + (0.2 if apart else 0.0)
            if apart:
                sheet.text(left + side / 2, top - 0.03, kind, 8.5, weight="bold", ha="center")
            _circle(sheet, plan, (left, top, side), kind)
        y = TOP + rows * (side + 0.3) + 0.1
        hint = "A ribbon is flat where it leaves and pointed where it arrives; its width is its weight."
        sheet.text(MARGIN, y, hint, 6.5, color=palette.QUIET, style="italic")
        sheet.legend(legend, MARGIN, y + 0.12, WIDTH - 2 * MARGIN)
        return sheet.picture(form)


def _circle(sheet: Sheet, plan: _Plan, place: tuple[float, float, float], kind: str) -> None:
    """Draw one circle: all links, or those of one kind."""
    left, top, side = place
    size = float(np.clip(side * 1.25, 4.0, 9.5))
    longest = max(text_width(n, size, "bold") for n in plan.nodes)
    limit = 1.05 / max(1 - 2 * longest / side, 0.4)
    axes = sheet.axes(left, top, side, side)
    axes.set_xlim(-limit, limit)
    axes.set_ylim(-limit, limit)
    numbers = [i for i, one in enumerate(plan.links) if not kind or one.kind == kind]
    arcs, ends = _arcs(plan, numbers)
    for i in sorted(numbers, key=lambda i: (-plan.links[i].weight, i)):
        one = plan.links[i]
        outline = _ribbon(ends[i, True], ends[i, False])
        ink = plan.inks[one.kind]
        patch = filled(PathPatch(outline), ink, ink.line if plan.apart else "white", 0.25)
        patch.set_alpha(0.88)
        patch.set_gid(f"note-link-{i}")
        words = f"{one.origin} → {one.destination}: {one.kind} ({one.weight:g})"
        sheet.notes[f"note-link-{i}"] = words
        axes.add_patch(patch)
    for node in plan.nodes:
        _node(axes, node, *arcs[node], size)


def _check(links: Sequence[Link]) -> None:
    if not links:
        raise InputError.single("links", "", "There is no link to draw.", "Give at least one.")
    for one in links:
        if one.origin == one.destination or not one.weight > 0:
            raise InputError.single(
                "links",
                f"{one.origin} → {one.destination}, {one.weight:g}",
                "A link needs two different ends and a weight above 0.",
                "Leave such links out.",
            )


def _arcs(
    plan: _Plan, numbers: Sequence[int]
) -> tuple[dict[str, tuple[float, float]], dict[tuple[int, bool], tuple[float, float]]]:
    """Return the arc of each node and of each end of each link, as angles in radians, clockwise from the top.

    Ends of one node lie in the order of the nodes they lead to, so that ribbons cross as little as they can;
    between the same two nodes by kind. With a circle for each kind every node keeps its place in all of them.
    """
    nodes, links = plan.nodes, plan.links
    place = {n: i for i, n in enumerate(nodes)}
    rank = {k: i for i, k in enumerate(plan.kinds)}
    own: dict[str, list[tuple[int, int, bool, int]]] = {n: [] for n in nodes}
    for i in numbers:
        one = links[i]
        for leaves, here, other in (
            (True, one.origin, one.destination),
            (False, one.destination, one.origin),
        ):
            turn = -((place[other] - place[here]) % len(nodes))
            own[here].append((turn, rank[one.kind], leaves, i))
    weight = {n: sum(links[i].weight for *_, i in own[n]) for n in nodes}
    round_ = 2 * math.pi * (1 - EMPTY)
    space = 2 * math.pi * EMPTY / len(nodes)
    scale = round_ / (len(nodes) * plan.most if plan.apart else sum(weight.values()))
    arcs, ends, edge = {}, {}, space / 2
    for node in nodes:
        slot = round_ / len(nodes) if plan.apart else weight[node] * scale
        angle = start = edge + (slot - weight[node] * scale) / 2
        for _, _, leaves, i in sorted(own[node]):
            ends[i, leaves] = (angle, angle + links[i].weight * scale)
            angle = ends[i, leaves][1]
        arcs[node] = (start, angle)
        edge += slot + space
    return arcs, ends


def _on(radius: float, angles: Floats) -> Floats:
    return radius * np.stack([np.sin(angles), np.cos(angles)], axis=-1)


def _ribbon(leaves: tuple[float, float], arrives: tuple[float, float]) -> Outline:
    """Return the ribbon between two arcs: an arc, a curve to the point, and a curve back."""
    count = max(2, int((leaves[1] - leaves[0]) / 0.03) + 2)
    start = _on(INNER, np.linspace(*leaves, count))
    low, high = _on(ARRIVAL - 0.02, np.array(arrives))
    tip = _on(INNER, np.array([sum(arrives) / 2]))[0]
    middle = np.zeros(2)
    corners = [*start, middle, low, tip, high, middle, start[0], start[0]]
    curve, line = Outline.CURVE3, Outline.LINETO
    kinds = [Outline.MOVETO, *[line] * (count - 1), curve, curve, line, line, curve, curve, Outline.CLOSEPOLY]
    return Outline(np.array(corners), kinds)


def _node(axes: Axes, name: str, start: float, stop: float, size: float) -> None:
    """Draw a node's arc and its name, read outwards on either side; faint where nothing leaves or arrives."""
    used = stop - start > 1e-9
    first, last = 90 - math.degrees(stop), 90 - math.degrees(start)
    if used:
        ring = Wedge((0, 0), RING, first, last, width=RING - INNER - 0.006, fc=palette.TEXT, ec="none")
        axes.add_patch(ring)
    middle = (start + stop) / 2
    x, y = _on(RING + 0.025, np.array([middle]))[0]
    turn = 90 - math.degrees(middle)
    flip = x < 0
    axes.text(
        x,
        y,
        name,
        fontsize=size,
        weight="bold" if used else "normal",
        color=palette.TEXT if used else palette.QUIET,
        rotation=turn + 180 if flip else turn,
        rotation_mode="anchor",
        ha="right" if flip else "left",
        va="center_baseline",
    )
