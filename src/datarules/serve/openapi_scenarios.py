"""The OpenAPI description of the routes on scenarios (`datarules.serve.scenarios`)."""

from __future__ import annotations

from .openapi_world import LEVEL, LIMIT, OFFSET, SCOPE, TEXT, Operation, Part, field
from .scenarios import TURTLE

NAME = field("name", "Name of a scenario.", TEXT, "general-court-annulled", "path")
DAY = field(
    "as_of",
    "Day asked about, YYYY-MM-DD, not before the first day of the scenario, which is the default.",
    {"type": "string", "format": "date"},
    "2027-06-01",
)


def operations(row: Part, rows: Part) -> dict[str, Operation]:
    """Return the operations by path, as `datarules.serve.openapi_world.operations` does."""
    scope = [DAY if one["name"] == "as_of" else one for one in SCOPE]
    written = {**row, TURTLE: {"schema": TEXT}}
    return {
        "/v1/scenarios": ("scenarios", "Hypotheses on the law that ship with the data.", rows, []),
        "/v1/scenarios/{name}": ("scenario", "One scenario as written, JSON or Turtle.", written, [NAME]),
        "/v1/scenarios/{name}/effect": (
            "scenarioEffect",
            "What a scenario would change: pairs, islands and conflicts.",
            row,
            [NAME, LEVEL, LIMIT, OFFSET, *scope],
        ),
    }
