"""The competency questions through ``/sparql`` against pyoxigraph in process: the same store, the same results.

In process: the query is answered by pyoxigraph itself and its answer written (rows as TSV, graphs as N-Triples)
into memory. Over HTTP: the same text is posted over a connection that stays open, and the whole answer in the
same format is read. Both take turns, query by query; nothing is kept of an answer between two askings. A query of
a few milliseconds pays mostly for the way there and back, so the whole set counts, and the worst query is told.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from http.client import HTTPConnection
from statistics import geometric_mean, median
from urllib.parse import urlsplit

import pyoxigraph as ox

from datarules.bundled import competency_files
from datarules.endpoint_local import filled
from datarules.load import Dataset
from datarules.vocab import PREFIXES

from .http import served
from .measure import Row

TIMES = 1.5
"""Times as long as in process that the whole set may take over HTTP."""
ACCEPT = "text/tab-separated-values, application/n-triples;q=0.9, application/sparql-results+json;q=0.5"
HEADERS = {"content-type": "application/sparql-query", "accept": ACCEPT, "accept-encoding": "identity"}


def inside(store: ox.Store, text: str) -> int:
    """Answer a query in process; return how many bytes the written answer has."""
    union = "GRAPH" not in text
    found = store.query(text, prefixes=PREFIXES, use_default_graph_as_union=union or "?g" in text)
    if isinstance(found, ox.QueryBoolean):
        return len(found.serialize(format=ox.QueryResultsFormat.JSON) or b"")
    if isinstance(found, ox.QuerySolutions):
        return len(found.serialize(format=ox.QueryResultsFormat.TSV) or b"")
    return len(found.serialize(format=ox.RdfFormat.N_TRIPLES) or b"")


def outside(connection: HTTPConnection, text: str) -> int:
    """Answer a query over HTTP; return how many bytes the answer has.

    Raises:
        RuntimeError: it is not answered.
    """
    connection.request("POST", "/sparql", text.encode(), HEADERS)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {body[:300]!r}")
    return len(body)


def rows(dataset: Dataset, rounds: int, port: int = 18768) -> Iterable[Row]:
    """Measure every competency question; ``rounds`` times each."""
    store = filled(dataset)
    queries = {path.stem: path.read_text(encoding="utf-8") for path in competency_files()}
    ours: dict[str, list[float]] = {name: [] for name in queries}
    theirs: dict[str, list[float]] = {name: [] for name in queries}
    with served(["-m", "datarules", "serve", "--port", str(port)], port, "/health") as (address, _):
        place = urlsplit(address)
        connection = HTTPConnection(str(place.hostname), place.port, timeout=60)
        for text in list(queries.values()) * 2:  # both workers of the endpoint are loaded
            outside(connection, text)
        for _ in range(rounds):
            for name, text in queries.items():
                start = time.perf_counter()
                inside(store, text)
                middle = time.perf_counter()
                outside(connection, text)
                ours[name].append(middle - start)
                theirs[name].append(time.perf_counter() - middle)
        connection.close()
    ratios = {name: median(theirs[name]) / median(ours[name]) for name in queries}
    alone, whole = (sum(median(found[name]) for name in queries) for found in (ours, theirs))
    worst = max(ratios, key=ratios.__getitem__)
    note = f"{len(queries)} questions: {alone * 1e3:,.0f} ms in process, {whole * 1e3:,.0f} ms over HTTP"
    yield Row(
        "SPARQL over HTTP", "all questions, against in process", whole / alone, "times", TIMES, note=note
    )
    extra = median(median(theirs[name]) - median(ours[name]) for name in queries)
    yield Row("SPARQL over HTTP", "longer by, the middle question", extra, "s")
    note = f"worst {worst}: {ratios[worst]:,.1f} times, {median(ours[worst]) * 1e3:.1f} ms in process"
    each = geometric_mean(ratios.values())
    yield Row("SPARQL over HTTP", "each question, geometric mean", each, "times", note=note)
