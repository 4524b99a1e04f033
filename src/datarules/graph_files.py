"""Graphs → files: GraphML, GEXF, DOT, Cytoscape JSON, JSON-LD, lists of nodes and edges.

Own writers where those of networkx do not fit: its GraphML says ``True`` where XML Schema says ``true`` and
takes another path where lxml is installed, its GEXF bears the day of writing, its Cytoscape JSON has a list
where Cytoscape wants an object. All write nodes and edges in the order of the graph, in chunks of bytes.

Sources: GraphML (graphml.graphdrawing.org), GEXF 1.3 (gexf.net, schema of the Gephi project), the DOT
language (graphviz.org), Cytoscape.js JSON (js.cytoscape.org), JSON-LD 1.1 (W3C).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import networkx as nx
import pyarrow as pa

from . import table_lines, tables
from . import vocab as v

CHUNK = 1 << 16
HIDDEN = "spells"
"""Attribute of an edge that is no column: its `Spell`s in order."""
Columns = dict[str, str]
Edge = tuple[str, str, str, dict[str, Any]]
Spell = tuple[int, int | None, str]
"""First and last day (ordinals; no last day: still so), status."""


def chunks(texts: Iterable[str]) -> Iterator[bytes]:
    """Yield texts as UTF-8 in chunks of about 64 KiB."""
    kept: list[str] = []
    size = 0
    for text in texts:
        kept.append(text)
        size += len(text)
        if size >= CHUNK:
            yield "".join(kept).encode()
            kept, size = [], 0
    if kept:
        yield "".join(kept).encode()


def edges(graph: nx.DiGraph) -> Iterator[Edge]:
    """Yield (id, origin, destination, attributes) of each edge; ids are readable and stay."""
    seen: dict[tuple[str, str], int] = {}
    for a, b, attributes in graph.edges(data=True):
        number = seen[a, b] = seen.get((a, b), 0) + 1
        yield f"{a}>{b}" if number == 1 else f"{a}>{b} ({number})", a, b, attributes


def columns(attributes: Iterable[dict[str, Any]]) -> Columns:
    """Return the names of attributes in the order they are met, each with ``boolean``, ``int`` or ``string``."""
    found: Columns = {}
    for one in attributes:
        for name, value in one.items():
            if name not in found and name != HIDDEN:
                found[name] = (
                    "boolean" if isinstance(value, bool) else "int" if isinstance(value, int) else "string"
                )
    return found


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# ---------------------------------------------------------------- XML


def graphml(graph: nx.DiGraph) -> Iterator[bytes]:
    """Yield GraphML 1.1."""
    return chunks(_graphml(graph))


def _graphml(graph: nx.DiGraph) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns"'
    yield ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="'
    yield "http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.1/graphml.xsd"
    yield '">\n'
    scopes = {
        "graph": columns([graph.graph]),
        "node": columns(n for _, n in graph.nodes(data=True)),
        "edge": columns(e for _, _, _, e in edges(graph)),
    }
    keys: dict[tuple[str, str], str] = {}
    for scope, found in scopes.items():
        for name, kind in found.items():
            key = keys[scope, name] = f"{scope[0]}_{name}"
            yield f'<key id="{key}" for="{scope}" attr.name={quoteattr(name)} attr.type="{kind}"/>\n'

    def data(scope: str, attributes: dict[str, Any]) -> str:
        return "".join(
            f'<data key="{keys[scope, n]}">{escape(_text(attributes[n]))}</data>'
            for n in scopes[scope]
            if n in attributes
        )

    yield f'<graph edgedefault="directed">\n{data("graph", graph.graph)}\n'
    for node, attributes in graph.nodes(data=True):
        yield f"<node id={quoteattr(node)}>{data('node', attributes)}</node>\n"
    for name, a, b, attributes in edges(graph):
        yield f"<edge id={quoteattr(name)} source={quoteattr(a)} target={quoteattr(b)}>"
        yield f"{data('edge', attributes)}</edge>\n"
    yield "</graph>\n</graphml>\n"


def gexf(graph: nx.DiGraph) -> Iterator[bytes]:
    """Yield GEXF 1.3; a graph of history is dynamic, for the timeline of Gephi.

    An edge is there from the first to the last day of each of its spells (both inclusive, GEXF 1.3 section
    Dynamics), its ``status`` is an attribute that changes within them.
    """
    return chunks(_gexf(graph))


def _gexf(graph: nx.DiGraph) -> Iterator[str]:
    dynamic = graph.graph["kind"] == "history"
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3"'
    yield ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    yield ' xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">\n'
    about = "; ".join(f"{name}: {_text(value)}" for name, value in graph.graph.items())
    yield f"<meta><creator>datarules</creator><description>{escape(about)}</description></meta>\n"
    yield '<graph defaultedgetype="directed" idtype="string" '
    if dynamic:
        yield f'mode="dynamic" timeformat="date" timerepresentation="interval" start="{graph.graph["from"]}">\n'
    else:
        yield 'mode="static">\n'
    of_nodes = columns(n for _, n in graph.nodes(data=True))
    of_nodes.pop("label", None)  # the label of GEXF itself
    of_edges = columns(e for _, _, _, e in edges(graph))
    yield _declared("node", "static", of_nodes) + _declared("edge", "static", of_edges)
    if dynamic:
        yield _declared("edge", "dynamic", {"status": "string"})
    yield f'<nodes count="{graph.number_of_nodes()}">\n'
    for node, attributes in graph.nodes(data=True):
        yield f"<node id={quoteattr(node)} label={quoteattr(attributes.get('label', node))}>"
        yield f"{_attvalues(attributes, of_nodes)}</node>\n"
    yield f'</nodes>\n<edges count="{graph.number_of_edges()}">\n'
    for name, a, b, attributes in edges(graph):
        yield f"<edge id={quoteattr(name)} source={quoteattr(a)} target={quoteattr(b)}>"
        yield f"{_attvalues(attributes, of_edges)}{_spells(attributes)}</edge>\n"
    yield "</edges>\n</graph>\n</gexf>\n"


def _declared(scope: str, mode: str, found: Columns) -> str:
    """Return the declaration of some attributes of nodes or edges."""
    rows = "".join(
        f'<attribute id={quoteattr(n)} title={quoteattr(n)} type="{"integer" if k == "int" else k}"/>\n'
        for n, k in found.items()
    )
    return f'<attributes class="{scope}" mode="{mode}">\n{rows}</attributes>\n'


@lru_cache(maxsize=65536)
def _period(start: int, end: int | None) -> str:
    last = f' end="{date.fromordinal(end)}"' if end is not None else ""
    return f'start="{date.fromordinal(start)}"{last}'


def _attvalues(attributes: dict[str, Any], known: Columns) -> str:
    """Return values that stay, then the status of each spell."""
    values = [
        f"<attvalue for={quoteattr(name)} value={quoteattr(_text(attributes[name]))}/>"
        for name in known
        if attributes.get(name, "") != ""
    ]
    values += [
        f'<attvalue for="status" value="{status}" {_period(start, end)}/>'
        for start, end, status in attributes.get(HIDDEN, ())
    ]
    return f"<attvalues>{''.join(values)}</attvalues>" if values else ""


def _spells(attributes: dict[str, Any]) -> str:
    """Return when the edge is there: spells that follow one another without a day between are one."""
    joined: list[tuple[int, int | None]] = []
    for start, end, _ in attributes.get(HIDDEN, ()):
        before = joined[-1][1] if joined else None
        if before is not None and start == before + 1:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    spells = "".join(f"<spell {_period(start, end)}/>" for start, end in joined)
    return f"<spells>{spells}</spells>" if spells else ""


# ---------------------------------------------------------------- JSON


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def cyjs(graph: nx.DiGraph) -> Iterator[bytes]:
    """Yield Cytoscape JSON, for Cytoscape and Cytoscape.js; networkx reads it too (``value``)."""
    return chunks(_cyjs(graph))


def _cyjs(graph: nx.DiGraph) -> Iterator[str]:
    yield f'{{"format_version":"1.0","generated_by":"datarules","data":{_json(graph.graph)},'
    yield f'"directed":true,"multigraph":{_json(graph.is_multigraph())},\n"elements":{{"nodes":[\n'
    for number, (node, attributes) in enumerate(graph.nodes(data=True)):
        data = {"id": node, "name": node, "value": node, **attributes}
        yield f"{',' if number else ''}{_json({'data': data})}\n"
    yield '],"edges":[\n'
    for number, (name, a, b, attributes) in enumerate(edges(graph)):
        data = {"id": name, "source": a, "target": b, **attributes}
        yield f"{',' if number else ''}{_json({'data': data})}\n"
    yield "]}}\n"


CONTEXT = {
    "@base": v.ID,
    "dr": v.NS,
    "prov": v.PROV,
    "code": v.DCT + "identifier",
    "label": {"@id": v.SKOS + "prefLabel", "@language": "en"},
    "release": v.OWL + "versionInfo",
    **{name: {"@id": f"dr:{name}", "@type": "@vocab"} for name in ("status", "best", "worst")},
    "used": {"@id": "prov:used", "@type": "@id"},
    "of": {"@id": "dr:ofFlow", "@type": "@id"},
    "origin": {"@id": "dr:origin", "@type": "@id"},
    "destination": {"@id": "dr:target", "@type": "@id"},
    **{name: {"@id": f"dr:{name}", "@type": "@id"} for name in ("data", "purpose", "sector")},
    "date": {"@id": "dr:asOf", "@type": v.XSD + "date"},
}
"""Words of the JSON-LD and what they stand for in the ontology."""


def jsonld(graph: nx.DiGraph) -> Iterator[bytes]:
    """Yield JSON-LD: places, and a decision with its flow for each edge, under the IRIs of `table_lines`."""
    return chunks(_jsonld(graph))


def _jsonld(graph: nx.DiGraph) -> Iterator[str]:
    about = graph.graph
    day, category, beyond = about["as_of"], about["category"], about["conditions"]
    iri = table_lines.graph_iri(day, category, beyond)
    axes = {axis: about[axis].removeprefix(v.ID) for axis in ("data", "purpose", "sector")}
    yield f'{{"@context":{_json(CONTEXT)},\n"@id":{_json(iri)},"@graph":[\n'
    yield _json({"@id": iri, "release": about["release"]})
    for node, attributes in graph.nodes(data=True):
        yield ",\n" + _json(
            {"@id": node, "@type": "dr:Jurisdiction", "code": node, "label": attributes["label"]}
        )
    for _, a, b, one in edges(graph):
        decision, flow = (
            table_lines.pair_path(kind, day, category, a, b) + beyond for kind in ("decision", "flow")
        )
        used = [one[name] for name in ("route", "obstacle") if one[name]]
        yield ",\n" + _json(
            {
                "@id": decision,
                "@type": "dr:Decision",
                **{name: f"dr:{one[name].capitalize()}" for name in ("status", "best", "worst")},
                **({"used": used} if used else {}),
                "of": {"@id": flow, "@type": "dr:Flow", "origin": a, "destination": b, **axes, "date": day},
            }
        )
    yield "\n]}\n"


# ---------------------------------------------------------------- lists


def _rows(rows: Iterable[list[Any]]) -> Iterator[str]:
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    for row in rows:
        writer.writerow(map(_text, row))
        yield page.getvalue()
        page.seek(0)
        page.truncate()


def node_list(graph: nx.DiGraph) -> Iterator[bytes]:
    """Yield the nodes as CSV (RFC 4180), with the columns Gephi looks for: ``Id``, ``Label``."""
    known = [name for name in columns(n for _, n in graph.nodes(data=True)) if name != "label"]
    body = (
        [node, one.get("label", node), *(one.get(name, "") for name in known)]
        for node, one in graph.nodes(data=True)
    )
    return chunks(_rows([["Id", "Label", *known], *body]))


def edge_list(graph: nx.DiGraph) -> Iterator[bytes]:
    """Yield the edges as CSV (RFC 4180), with the columns Gephi looks for: ``Source``, ``Target``, ``Type``."""
    known = list(columns(e for _, _, _, e in edges(graph)))
    body = ([a, b, "Directed", *(one.get(n, "") for n in known)] for _, a, b, one in edges(graph))
    return chunks(_rows([["Source", "Target", "Type", *known], *body]))


def edge_parquet(graph: nx.DiGraph) -> Iterator[bytes]:
    """Yield the edges as Parquet: ``origin``, ``destination``, then their attributes; nothing for an empty text."""
    known = columns(e for _, _, _, e in edges(graph))
    found = list(edges(graph))
    types = {"boolean": pa.bool_(), "int": pa.int64(), "string": tables.WORD}
    made: dict[str, list[Any]] = {
        "origin": [a for _, a, _, _ in found],
        "destination": [b for _, _, b, _ in found],
    }
    for name, kind in known.items():
        values = [one.get(name) for _, _, _, one in found]
        made[name] = [value or None for value in values] if kind == "string" else values
    schema = pa.schema([(name, types[known.get(name, "string")]) for name in made])
    arrays = [
        pa.array(values, pa.string()).dictionary_encode()
        if schema.field(name).type == tables.WORD
        else pa.array(values, schema.field(name).type)
        for name, values in made.items()
    ]
    return tables.parquet([pa.record_batch(arrays, schema=schema)], schema)
