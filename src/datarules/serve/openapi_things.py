"""The OpenAPI description of linked data: names, their documents, and the dataset (`datarules.serve.sparql_things`)."""

from __future__ import annotations

from typing import Any

from .openapi_world import TEXT, field
from .sparql_catalogue import DUMPS
from .sparql_formats import GRAPH_TYPES

Part = dict[str, Any]
Operation = tuple[str, str, Part, list[Part]]
GRAPHS: Part = {
    media[0]: {} if "json" in media[0] else {"schema": {"type": "string"}} for media in GRAPH_TYPES.values()
}
PAGE: Part = {"text/html": {"schema": {"type": "string"}}}

LINKS: dict[str, dict[str, tuple[str, dict[str, str]]]] = {
    "/v1/jurisdictions": {
        "One of them": ("jurisdiction", {"code": "$response.body#/0/code"}),
        "From one to another": (
            "check",
            {"origin": "$response.body#/0/code", "destination": "$response.body#/1/code"},
        ),
    },
    "/v1/jurisdictions/{code}": {
        "One of its rules": ("rule", {"id": "$response.body#/rules/0/rule"}),
        "Data from there": ("reachOf", {"code": "$response.body#/code"}),
    },
    "/v1/check": {
        "The first route": ("rule", {"id": "$response.body#/routes/0/rule"}),
        "The pair": ("pair", {"first": "$response.body#/origin", "second": "$response.body#/destination"}),
    },
    "/v1/categories": {
        "Everywhere": ("matrixFile", {"data": "$response.body#/0/name", "suffix": "csv"}),
    },
}
"""What an answer leads on to: by path and name of the link, the operation and its parameters."""


def link(paths: Part) -> None:
    """Write the links into the description of the operations (OpenAPI 3.1, 4.8.20)."""
    for path, named in LINKS.items():
        said = {
            name: {"operationId": operation, "parameters": parameters}
            for name, (operation, parameters) in named.items()
        }
        paths[path]["get"]["responses"]["200"]["links"] = {
            n.replace(" ", "-"): one for n, one in said.items()
        }


def operations() -> dict[str, Operation]:
    """Return the operations by path: name, summary, content and parameters."""
    thing = field("name", "Name within the space; may hold slashes.", TEXT, "EU/GDPR-46-2-c", "path")
    document = field("name", "Name with its kind.", TEXT, "id/EU/GDPR-46-2-c", "path")
    with_suffix = field("name", "Name with its kind and a suffix.", TEXT, "id/EU/GDPR-46-2-c.ttl", "path")
    graph = field("name", "Name of a file of the data.", TEXT, "BR", "path")
    suffix = field("suffix", "Suffix of a format.", {"type": "string", "enum": list(DUMPS)}, "nq", "path")
    version = field("version", "Version of the vocabulary.", TEXT, "0.1", "path")
    seen = "Leads by 303 to a page or to data, as Accept prefers."
    schema: Part = {"application/schema+json": {"schema": {"type": "object"}}}
    return {
        "/id/{name}": ("thing", f"A thing of the graph. {seen}", {**PAGE, **GRAPHS}, [thing]),
        "/graph/{name}": ("namedGraph", f"A named graph. {seen}", {**PAGE, **GRAPHS}, [graph]),
        "/ns": ("vocabulary", f"The vocabulary. {seen}", {**PAGE, **GRAPHS}, []),
        "/{version}/ns": ("vocabularyVersion", f"A version of it. {seen}", {**PAGE, **GRAPHS}, [version]),
        "/fn": ("functions", f"The functions of queries. {seen}", {**PAGE, **GRAPHS}, []),
        "/dataset": ("dataset", f"The dataset. {seen}", {**PAGE, **GRAPHS}, []),
        "/schema/answer": ("answerSchemaName", "Leads to the JSON Schema of the answer.", schema, []),
        "/page/{name}": ("page", "The page about a name.", PAGE, [document]),
        "/data/{name}": ("document", "What is said of a name, as RDF.", GRAPHS, [with_suffix]),
        "/page.css": ("style", "The style of the pages.", {"text/css": {"schema": {"type": "string"}}}, []),
        "/dump.{suffix}": ("dump", "The whole graph as one file.", GRAPHS, [suffix]),
        "/.well-known/void": ("void", "The dataset described in VoID and DCAT.", GRAPHS, []),
    }
