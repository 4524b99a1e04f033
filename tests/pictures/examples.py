"""One of each picture, small, for the tests; run as a program it prints a digest of every one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date

from datarules.pictures import chords, maps, matrix, network, plots, shades, timeline
from datarules.pictures.places import world
from datarules.pictures.sheet import Format, Heading
from datarules.vocab import Status

HEADING = Heading(
    "Where personal data may go <&> back",
    "2026-11-23",
    "personal data · any purpose · $level safeguards$",
    "The law of datarules; outlines: Natural Earth",
    "release 2026-11-23",
)
ALL = tuple(Status)
STATUSES = {
    code: ALL[i % len(ALL)]
    for i, code in enumerate(sorted([*world().places, "AE-DIFC", "EU", "US-TX"]))
    if code != "SG"
}
CODES = ["AT", "BE", "CH", "DE", "GB", "JP", "KR", "US", "AE-DIFC"]
ROWS = [[ALL[i] for _ in CODES] for i in range(len(CODES))]
ISLANDS = {"AT": "north", "BE": "north", "CH": "north", "JP": "east", "KR": "east"}
EDGES = [("AT", "BE"), ("BE", "CH"), ("AT", "CH"), ("JP", "KR"), ("CH", "JP")]
LINKS = [
    chords.Link("Union", "Japan", "recognition", 2),
    chords.Link("Japan", "Union", "recognition", 1),
    chords.Link("Union", "United States", "contract", 3),
]
THERE = timeline.Course(
    "A → B",
    [
        timeline.Period(date(1995, 1, 1), date(2000, 7, 26), Status.UNKNOWN, Status.UNKNOWN, Status.UNKNOWN),
        timeline.Period(date(2000, 7, 26), None, Status.SAFEGUARDS, Status.RECOGNISED, Status.PROHIBITED),
    ],
    [
        timeline.Cause(date(2000, 7, 26), "Decision 2000/520 & others"),
        timeline.Cause(date(2028, 1, 1), "A coming act"),
    ],
)
BACK = timeline.Course(
    "B → A", [timeline.Period(date(1995, 1, 1), None, Status.FREE, Status.FREE, Status.FREE)], []
)


def world_map(form: Format) -> bytes:
    return maps.world_map(HEADING, STATUSES, ["SG"], form, names={"AE-DIFC": "a zone"})


def island_map(form: Format) -> bytes:
    return maps.island_map(HEADING, ISLANDS, ["US", "MT"], ["AE-DIFC", "TV"], form)


def matrix_map(form: Format) -> bytes:
    span = matrix.Span
    groups, islands = [span("Europe", 0, 5), span("others", 5, 9)], [span("east", 5, 7)]
    return matrix.matrix_map(HEADING, CODES, ROWS, form, groups=groups, islands=islands)


def chord_diagram(form: Format) -> bytes:
    return chords.chord_diagram(HEADING, LINKS, form)


def pair(form: Format) -> bytes:
    return timeline.timeline(HEADING, [THERE, BACK], form, last=date(2030, 1, 1))


def island_network(form: Format) -> bytes:
    lone = {**ISLANDS, "US": "US", "AE-DIFC": "AE-DIFC"}
    return network.island_network(HEADING, lone, EDGES, form, hubs=["CH"], bridges=[("CH", "JP")])


def lorenz(form: Format) -> bytes:
    curves = [
        plots.Curve("even", "Gini 0.0", [0, 1], [0, 1]),
        plots.Curve("own <&> only", "Gini 0.4", [0, 0.6, 1], [0, 0.2, 1]),
    ]
    return plots.lorenz(HEADING, curves, form, measure="reach")


def bars(form: Format) -> bytes:
    rows = [plots.Bar(code, 0.9 - n / 12, 0.5 - n / 20, 0.95, 0.02, n == 2) for n, code in enumerate(CODES)]
    return plots.bars(HEADING, rows, form, measure="share of people", part="own people", hint="A hint.")


def course(form: Format) -> bytes:
    days = [date(1995, 1, 1), date(2010, 1, 1), date(2026, 11, 23)]
    panels = [
        plots.Panel("Mean", days, [0.2, 0.5, 0.8], [0.1, 0.4, 0.6], [1.0, 0.9, 0.9]),
        plots.Panel("Gini", days, [0.2, 0.1, 0.0], [0.0, 0.0, 0.0], [0.3, 0.2, 0.1], percent=False),
    ]
    return plots.course(HEADING, panels, form)


def share_map(form: Format) -> bytes:
    shares = {code: (n % 100) / 100 for n, code in enumerate(sorted(STATUSES))}
    return shades.share_map(HEADING, shares, [0.1, 0.3, 0.5, 0.7, 0.9], form, marked=["DE"])


PICTURES: dict[str, Callable[[Format], bytes]] = {
    "world map": world_map,
    "island map": island_map,
    "matrix": matrix_map,
    "chords": chord_diagram,
    "timeline": pair,
    "network": island_network,
    "lorenz": lorenz,
    "bars": bars,
    "course": course,
    "share map": share_map,
}


if __name__ == "__main__":
    for name, draw in PICTURES.items():
        for form in ("svg", "png"):
            print(name, form, hashlib.sha256(draw(form)).hexdigest())
