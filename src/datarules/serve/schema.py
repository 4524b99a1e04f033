"""JSON Schema (2020-12) of the answer that ``/v1/check`` and ``datarules check --json`` give.

Written by hand beside `datarules.answer.document`; tests hold real answers against it.
"""

from __future__ import annotations

from typing import Any

from ..vocab import LOCALISATION, Burden, Evidence, Status

Schema = dict[str, Any]
ADDRESS = "https://w3id.org/datarules/schema/answer"
STATUS: Schema = {"$ref": "#/$defs/status"}
DAY: Schema = {"$ref": "#/$defs/day"}
EVIDENCE: Schema = {"$ref": "#/$defs/evidence"}


def _text(description: str) -> Schema:
    return {"type": "string", "description": description}


def _choice(description: str, *values: str) -> Schema:
    return {"type": "string", "description": description, "enum": list(values)}


def _list(items: Schema, description: str) -> Schema:
    return {"type": "array", "items": items, "description": description}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _object(description: str, properties: Schema, optional: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


RULE: Schema = {
    "rule": _text("Name of the rule; /v1/rules/{name} shows all of it."),
    "order": _text("Code of the legal order whose rule it is."),
    "label": _text("What the rule says, in one line."),
    "article": _text("Short citation, for example GDPR art. 46(2)(c)."),
    "address": _text("Official address of the instrument; empty where there is none."),
    "citations": _list(_ref("citation"), "Every place the rule rests on."),
    "valid_from": DAY,
    "evidence": EVIDENCE,
}
DATA: Schema = {"data": _text("Data category this is about.")}
IF: Schema = {"if": _text("What it turns on; empty when it holds as things stand.")}

DEFINITIONS: Schema = {
    "status": _choice(
        "The scale from freest to strictest, then what stands outside it: contested, unknown.",
        *(s.value for s in Status),
    ),
    "day": {
        "type": "string",
        "format": "date",
        "pattern": r"^\d{4}-\d{2}-\d{2}$",
        "description": "Day, ISO 8601.",
    },
    "evidence": _choice("How well a statement is supported, strongest first.", *(e.name for e in Evidence)),
    "citation": _object(
        "A place in a legal instrument.",
        {
            "article": _text("Instrument and place as a lawyer cites them."),
            "instrument": _text("Name of the instrument."),
            "pinpoint": _text("Place within the instrument."),
            "address": _text("Official address of the instrument."),
            "read_on": DAY,
            "read_in": _list(
                {"type": "string"}, "Addresses of the texts actually read, when not the official one."
            ),
        },
    ),
    "rule": _object("A rule in short.", RULE),
    "entry": _object(
        "An entry in a list or a membership that puts a place under a rule.",
        {
            "entry": _text("Name of the entry."),
            "member": _text("Who is listed."),
            "list": _text("The list or larger order."),
            "mechanism": _or_null(_text("Framework the entry belongs to.")),
            "valid_from": DAY,
            "citations": _list(_ref("citation"), "What the entry rests on."),
            "evidence": EVIDENCE,
        },
    ),
    "route": _object(
        "A permission that carries the transfer, or would under a condition.",
        {
            **RULE,
            "status": STATUS,
            "available": {"type": "boolean", "description": "Whether it is open as things stand."},
            **IF,
            "mechanism": _or_null(_text("Kind of transfer tool.")),
            "burden": _choice("Weight of what the route asks for.", *(b.name for b in Burden)),
            "requires": _list(
                _object(
                    "A measure to be taken.",
                    {"fact": _text("Name of the fact."), "label": _text("The measure in words.")},
                ),
                "Measures the parties must take.",
            ),
            "entries": _list(_ref("entry"), "Entries the route rests on."),
            **DATA,
        },
    ),
    "obstacle": _object(
        "A rule that stands in the way, or a recognition that has ended.",
        {
            "kind": _choice(
                "default: closed law; prohibition; possible: a prohibition under facts not stated; unmet: a measure stated as not done; lapsed: a recognition that ended.",
                "default",
                "prohibition",
                "possible",
                "unmet",
                "lapsed",
            ),
            "text": _text("The obstacle in one sentence."),
            **RULE,
            "ended_on": DAY,
            "entries": _list(_ref("entry"), "Entries that put the destination on a list the rule names."),
            **DATA,
        },
        optional=("valid_from", "ended_on"),
    ),
    "overlay": _object(
        "A duty beside the status, never folded into it.",
        {
            "kind": _choice(
                "Localisation kinds; duty: comes with every transfer; onward-transfer: follows the data; import: where they come in.",
                *LOCALISATION.values(),
                "duty",
                "onward-transfer",
                "import",
            ),
            "applies": _choice("Whether it applies as things stand.", "yes", "possible"),
            **IF,
            **RULE,
            "requires": _list({"type": "string"}, "Measures in words."),
            **DATA,
        },
    ),
    "conflict": _object(
        "Two norms that meet.",
        {
            "kind": _choice("What meets what.", "disclosure", "exclusive-location", "treaty-tension"),
            "resolution": _choice(
                "How it stands.", "open", "agreement", "exception", "infeasible", "split", "tension"
            ),
            "text": _text("The conflict in one sentence."),
            "norms": {**_list(_ref("rule"), "The two norms."), "minItems": 2, "maxItems": 2},
            "by": _or_null(_ref("rule")),
            "further": _list(_ref("rule"), "Further norms that lift the ban or allow for exceptions."),
            **DATA,
        },
    ),
}

ANSWER: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": ADDRESS,
    "title": "Answer to a question about a cross-border data transfer",
    **_object(
        "May this data go from origin to destination on this day, how, and if not, what stands in the way. Research information, not legal advice.",
        {
            "origin": _text("Code of the jurisdiction the data leave."),
            "destination": _text("Code of the jurisdiction the data reach."),
            "data": {**_list({"type": "string"}, "Data categories asked about."), "minItems": 1},
            "purpose": _text("Purpose asked about."),
            "sector": _text("Sector asked about."),
            "as_of": DAY,
            "facts": {
                "type": "object",
                "description": "Facts stated.",
                "additionalProperties": {"type": ["boolean", "integer"]},
            },
            "open": {
                "type": "boolean",
                "description": "Whether facts not stated were left unknown, so that the status is the worst case.",
            },
            "status": STATUS,
            "best": STATUS,
            "worst": STATUS,
            "deciding_facts": _list(
                _object(
                    "A fact, or one of data, purpose and sector, on which the answer turns.",
                    {"name": _text("Name."), "label": _text("In words.")},
                ),
                "What the answer turns on.",
            ),
            "parts": _list(
                _object(
                    "The answer for one data category.",
                    {**DATA, "status": STATUS, "best": STATUS, "worst": STATUS},
                ),
                "The answer for each data category.",
            ),
            "routes": _list(_ref("route"), "Lawful routes, those open now first."),
            "obstacles": _list(_ref("obstacle"), "What stands in the way."),
            "overlays": _list(_ref("overlay"), "Duties beside the status."),
            "conflicts": _list(_ref("conflict"), "Norms that meet."),
            "orders": _list({"type": "string"}, "Legal orders whose rules were looked at."),
            "silent_orders": _list(
                {"type": "string"}, "Legal orders of which nothing fitting has been encoded."
            ),
            "evidence": _or_null(EVIDENCE),
            "oldest_reading": _or_null(DAY),
            "asked_on": {**DAY, "description": "Day of asking, from which readings age."},
            "stale_after": {
                "type": "integer",
                "minimum": 0,
                "description": "Days up to which a reading is fresh.",
            },
            "stale": {
                "type": "boolean",
                "description": "Whether the oldest reading is more than stale_after days before asked_on.",
            },
            "release": _text("Version of the data."),
            "text": {
                **_list({"type": "string"}, "The answer in sentences, the most important first."),
                "minItems": 1,
            },
            "disclaimer": _text("What this is not."),
        },
    ),
    "$defs": DEFINITIONS,
}
