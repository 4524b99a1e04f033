"""The OpenAPI description of the routes on the law as a whole (`datarules.serve.world`, `datarules.serve.files`)."""

from __future__ import annotations

from typing import Any

from .. import draw, graphs, tables
from ..conflicts import KINDS
from ..islands import CASES
from ..vocab import SCALE, Status
from .world import MOST, PAGE

Part = dict[str, Any]
Operation = tuple[str, str, Part, list[Part]]


def field(
    name: str, text: str, schema: Part, example: Any = None, where: str = "query", needed: bool = False
) -> Part:
    """Return the description of one field of a request; those of an address are always needed."""
    made: Part = {
        "name": name,
        "in": where,
        "description": text,
        "required": needed or where == "path",
        "schema": schema,
    }
    return made if example is None else {**made, "example": example}


TEXT: Part = {"type": "string"}
DAY: Part = {"type": "string", "format": "date"}


def _words(*values: str) -> Part:
    return {"type": "string", "enum": list(values)}


def _page(name: str, usual: int, least: int) -> Part:
    return {
        "type": "integer",
        "minimum": least,
        "default": usual,
        **({"maximum": MOST} if name == "limit" else {}),
    }


SCOPE = [
    field("data", "Data category (see /v1/categories). Default: personal.", TEXT, "personal"),
    field("purpose", "Purpose (see /v1/purposes).", TEXT, "any"),
    field("sector", "Sector (see /v1/sectors).", TEXT, "any"),
    field("as_of", "Day asked about, YYYY-MM-DD. Default: today.", DAY, "2026-05-01"),
    field("fact", "A fact as name=value; may be repeated.", {"type": "array", "items": TEXT}),
]
FIRST = field("first", "Code or name of a jurisdiction.", TEXT, "EU", "path")
SECOND = field("second", "Code or name of another.", TEXT, "US", "path")
LEVEL = field("level", "Level of the scale.", _words(*(s.value for s in SCALE[1:])), "safeguards")
CASE = field("case", "The baseline profile, the best case or the worst.", _words(*CASES), "status")
LIMIT = field("limit", "Most rows.", _page("limit", PAGE, 1), 20)
OFFSET = field("offset", "Rows to skip.", _page("offset", 0, 0), 0)


def _place(name: str, text: str, example: str | None = None, needed: bool = False) -> Part:
    return field(name, text, TEXT, example, needed=needed)


def _files(formats: dict[str, Any]) -> Part:
    text: Part = {"schema": {"type": "string", "format": "binary"}}
    return {one.media: {} if "json" in one.media else text for one in formats.values()}


def operations(row: Part, rows: Part) -> dict[str, Operation]:
    """Return the operations by path: name, summary, content and parameters.

    Args:
        row: content of an answer that is one JSON object.
        rows: content of an answer that is a list of JSON objects.
    """
    kind = field("kind", "Kinds of conflict, separated by commas.", TEXT, KINDS[0])
    graph = field("kind", "Which graph.", _words(graphs.PAIRS, graphs.HISTORY, graphs.LAW), graphs.LAW)
    matrix = [
        *SCOPE,
        _place("origin", "Only these origins, separated by commas.", "EU,BR"),
        _place("destination", "Only these destinations, separated by commas.", "US"),
        field("status", "Only these statuses, separated by commas.", TEXT, ",".join(s.value for s in Status)),
    ]
    picture = [
        field("kind", "Which picture.", _words(*draw.KINDS), "map", "path"),
        field("form", "Form of the picture.", _words(*draw.FORMS), "svg", "path"),
        _place("place", "Places, separated by commas: one for a map, two for a timeline.", "EU"),
        field("direction", "Of a map: from the place, or to it.", _words("from", "to"), "from"),
        LEVEL,
        CASE,
        *SCOPE,
    ]
    suffix = [field("suffix", "Suffix of a format.", TEXT, "csv", "path")]
    graph_suffix = [field("suffix", "Suffix of a format.", TEXT, "graphml", "path")]
    drawn = {media: {"schema": {"type": "string", "format": "binary"}} for media in draw.FORMS.values()}
    since = field("since", "First day, YYYY-MM-DD.", DAY, "2020-01-01")
    until = field("until", "Day before which to stop, YYYY-MM-DD.", DAY, "2026-12-01")
    history = [p for p in SCOPE if p["name"] != "as_of"]
    return {
        "/v1/pairs/{first}/{second}": (
            "pair",
            "Two jurisdictions side by side, with a verdict.",
            row,
            [FIRST, SECOND, *SCOPE],
        ),
        "/v1/conflicts": (
            "conflicts",
            "Norms of two legal orders that meet, with both articles.",
            row,
            [
                _place("jurisdiction", "One of the two.", "US"),
                _place("other", "The other; all others unless given.", "EU"),
                kind,
                field(
                    "possible", "Also those that bite only on facts not stated.", {"type": "boolean"}, True
                ),
                LIMIT,
                OFFSET,
                *SCOPE,
            ],
        ),
        "/v1/islands": ("islands", "Which jurisdictions may exchange data.", row, [LEVEL, CASE, *SCOPE]),
        "/v1/islands/history": (
            "islandHistory",
            "How islands merged and split since 1995.",
            rows,
            [LEVEL, CASE, *history],
        ),
        "/v1/paths": (
            "paths",
            "Lawful chains, with onward rules carried along.",
            row,
            [
                _place("origin", "Where the data leave.", "RU", True),
                _place("destination", "Where they are to arrive.", "US", True),
                field(
                    "longest", "Most steps.", {"type": "integer", "minimum": 1, "maximum": 3, "default": 2}, 2
                ),
                *SCOPE,
            ],
        ),
        "/v1/obstacles": (
            "obstacles",
            "What stands between two places, or the world's main obstacles.",
            row,
            [
                _place("origin", "Where the data leave.", "RU"),
                _place("destination", "Where they arrive.", "US"),
                LEVEL,
                LIMIT,
                OFFSET,
                *SCOPE,
            ],
        ),
        "/v1/history/{first}/{second}": (
            "pairHistory",
            "The history of a pair, both ways.",
            rows,
            [FIRST, SECOND, since, until, *history],
        ),
        "/v1/matrix": ("matrix", "Every ordered pair of a day.", _files(tables.FORMATS), matrix),
        "/v1/matrix.{suffix}": (
            "matrixFile",
            "The same, by suffix.",
            _files(tables.FORMATS),
            [*suffix, *matrix],
        ),
        "/v1/grid": (
            "grid",
            "Every ordered pair of a day as a grid: one line an origin, one sign a destination.",
            row,
            SCOPE,
        ),
        "/v1/cases": (
            "cases",
            "Law cases with their answers: of a rule that decides them or is cited, or of a place.",
            rows,
            [
                field("rule", "A rule, or an entry of a list.", TEXT, "EU/GDPR-46-2-c"),
                field("jurisdiction", "Code or name of the place they were written for, instead.", TEXT),
            ],
        ),
        "/v1/languages": (
            "languages",
            "Languages by speakers, with how far each may lawfully be learnt from.",
            row,
            [LEVEL, *SCOPE],
        ),
        "/v1/languages/{code}": (
            "language",
            "The share of one language's speakers that builders in each place may learn from.",
            row,
            [field("code", "Code of a language (see /v1/languages).", TEXT, "sw", "path"), LEVEL, *SCOPE],
        ),
        "/v1/queries": ("queries", "Competency questions of the ontology as SPARQL queries.", rows, []),
        "/v1/graph": (
            "graph",
            "The graph of pairs, of their history, or of the law.",
            _files(graphs.FORMATS),
            [graph, LEVEL, *SCOPE],
        ),
        "/v1/graph.{suffix}": (
            "graphFile",
            "The same, by suffix.",
            _files(graphs.FORMATS),
            [*graph_suffix, graph, LEVEL, *SCOPE],
        ),
        "/v1/pictures/{kind}.{form}": ("picture", "A picture as SVG or PNG.", drawn, picture),
    }
