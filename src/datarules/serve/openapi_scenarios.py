"""The OpenAPI description of the routes on scenarios (`datarules.serve.scenarios`)."""

from __future__ import annotations

from typing import Any

from ..builder import KINDS, WHERE
from ..obstacles import LEVEL_BURDEN
from ..whatif_rdf import FORMATS
from .openapi_world import LEVEL, LIMIT, OFFSET, SCOPE, TEXT, Operation, Part, field
from .scenarios import LARGEST, TURTLE

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
    told = {**row, **{one.media: {"schema": TEXT} for one in FORMATS.values()}}
    written = {**row, TURTLE: {"schema": TEXT}}
    return {
        "/v1/scenarios": ("scenarios", "Hypotheses on the law that ship with the data.", rows, []),
        "/v1/scenarios/{name}": ("scenario", "One scenario as written, JSON or Turtle.", written, [NAME]),
        "/v1/scenarios/{name}/effect": (
            "scenarioEffect",
            "What a scenario would change: pairs, islands and conflicts; as RDF too.",
            told,
            [NAME, LEVEL, LIMIT, OFFSET, *scope],
        ),
    }


OWN = """@prefix : <https://w3id.org/datarules/id/scenario/rwanda-recognises/> .
@prefix scenario: <https://w3id.org/datarules/id/scenario/> .
@prefix id: <https://w3id.org/datarules/id/> .
@prefix cat: <https://w3id.org/datarules/id/category/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix dr: <https://w3id.org/datarules/ns#> .
@prefix eli: <http://data.europa.eu/eli/ontology#> .
@prefix mech: <https://w3id.org/datarules/id/mechanism/> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:Act a eli:LegalResource ; eli:title_short "Order (imagined)" ; dct:title "Imagined: an order"@en ;
  schema:url <https://w3id.org/datarules/id/scenario/rwanda-recognises> .
scenario:rwanda-recognises a dr:Scenario ; dct:title "Rwanda recognises Ghana"@en ;
  skos:definition "Personal data may go from Rwanda to Ghana."@en ; dr:validFrom "2027-01-01"^^xsd:date ;
  dr:citation [ a dr:Citation ; dct:source :Act ; dr:pinpoint "s. 1" ; dr:readOn "2026-11-28"^^xsd:date ] .
:route a dr:Rule ; skos:prefLabel "Transfer to Ghana"@en ; dr:ofJurisdiction id:RW ;
  dr:modality dr:Permission ; dr:action dr:Transfer ; dr:data cat:personal ; dr:destination id:GH ;
  dr:viaMechanism mech:recognition ; dr:validFrom "2027-01-01"^^xsd:date ; dr:evidence dr:Inferred ;
  dr:citation [ a dr:Citation ; dct:source :Act ; dr:pinpoint "s. 1" ; dr:readOn "2026-11-28"^^xsd:date ] .
"""
"""A scenario of one's own, as an example."""
PLAN = {"kind": "recognition", "by": ["KE", "NG"], "of": ["EU"], "level": "recognised", "from": "2027-01-01"}
"""A plan, as an example."""


def plan() -> Part:
    """Return the schema of a plan: the words a scenario is made from."""
    names: Part = {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}
    told: dict[str, tuple[str, Any]] = {
        "kind": ("What changes.", {"enum": list(KINDS)}),
        "by": ("Places or lists whose law changes; all for every place.", names),
        "of": ("Places or lists it is about; every destination of a ban unless given.", names),
        "members": ("Members of a mechanism, who recognise each other.", names),
        "level": ("Level of the new route.", {"enum": [status.value for status in LEVEL_BURDEN]}),
        "data": ("Data categories.", names),
        "purpose": ("Purposes.", names),
        "sector": ("Sectors.", names),
        "where": ("Where data are to be kept, for ban and localisation.", {"enum": list(WHERE)}),
        "ends": ("Rules and entries that end.", names),
        "from": ("First day; tomorrow unless given.", {"type": "string", "format": "date"}),
        "title": ("Title; made from the words unless given.", TEXT),
        "name": ("Name in addresses; made from the title unless given.", TEXT),
        "as_of": ("Day asked about; the first day unless given.", {"type": "string", "format": "date"}),
        "facts": ("Facts stated.", {"type": "object"}),
    }
    properties = {name: {"description": text, **schema} for name, (text, schema) in told.items()}
    return {"type": "object", "properties": properties, "required": ["kind"], "additionalProperties": False}


def posted(row: Part) -> dict[str, tuple[str, str, Part, list[Part], Part]]:
    """Return the operations that take a body, by path: as `operations`, and the body last."""
    level_and_page = [LEVEL, LIMIT, OFFSET, *(DAY if one["name"] == "as_of" else one for one in SCOPE)]
    turtle = {
        "schema": {"type": "string", "maxLength": LARGEST},
        "examples": {"recognition": {"value": OWN}},
    }
    told = {**row, **{one.media: {"schema": TEXT} for one in FORMATS.values()}}
    words = {"schema": plan(), "examples": {"recognition": {"value": PLAN}}}
    return {
        "/v1/scenarios": (
            "buildScenario",
            "A scenario from words: its Turtle, its effect, and the articles each party would have to change.",
            row,
            [LIMIT, OFFSET],
            {"application/json": words},
        ),
        "/v1/scenarios/effect": (
            "ownScenarioEffect",
            "What a scenario of one's own would change; nothing of it is kept on disk.",
            told,
            level_and_page,
            {TURTLE: turtle},
        ),
    }
