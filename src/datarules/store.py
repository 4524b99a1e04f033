"""The graph as a store: which endpoint answers, and the graph as one file.

The rooms behind it: `endpoint` (results, limits), `endpoint_guard` (what is refused), `endpoint_local` and
`endpoint_pool` (pyoxigraph in this process or in workers of `endpoint_forkserver`), `endpoint_remote` (another server).
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from .endpoint import GRAPH_FORMATS, Endpoint, Limits, Overrun, Result, triples_as, written
from .endpoint_disk import all_quads, opened, place, sweep
from .endpoint_forkserver import ForkServer, content
from .endpoint_local import Local
from .endpoint_pool import Pool
from .endpoint_remote import Remote
from .errors import InputError
from .load import Dataset
from .rulebook import RuleBook
from .vocab import PREFIXES

VARIABLE = "DATARULES_SPARQL"
"""Environment variable with the address of a SPARQL 1.1 server that answers instead of the built-in store."""
DATASET_FORMATS = ("trig", "nquads")
WIDEST = 200


def open_endpoint(open_local: Callable[[], tuple[Dataset, RuleBook]]) -> Endpoint:
    """Return the endpoint of the command line: the server named in the environment, or the built-in store.

    The data are opened only if they are needed. Read by doors alone.

    Raises:
        ConfigError: the address is not one.
        DataError: the data are invalid.
    """
    address = os.environ.get(VARIABLE, "").strip()
    if address:
        return Remote(address, Local(ox.Store(), None))
    return Local.open(*open_local())


def serving_endpoint(
    dataset: Dataset,
    book: RuleBook,
    address: str | None = None,
    limits: Limits | None = None,
    workers: int = 2,
    folder: Path | None = None,
    server: ForkServer | None = None,
) -> Endpoint:
    """Return an endpoint for strangers: every limit holds, and one query cannot stop the others.

    Args:
        dataset: what is asked about.
        book: what the functions of `functions` decide with.
        address: a SPARQL server that answers instead (`VARIABLE`, read by the door).
        limits: the limits of one query.
        workers: processes that answer, which share the store.
        folder: keep the store on disk there instead of in memory.
        server: what another endpoint of the same data in this family of processes takes workers from (`fork_server`).
    """
    chosen = limits or Limits()
    if address:
        return Remote(address, Pool.empty(chosen), chosen)
    if folder is not None:
        opened(dataset, folder)
        sweep(folder, place(dataset, folder))
    return Pool(lambda: content(dataset, book, chosen, folder), chosen, workers, server)


def fork_server(dataset: Dataset, book: RuleBook, folder: Path | None = None) -> ForkServer:
    """Return a fork server that the endpoints of several processes share; see `serving_endpoint`."""
    return ForkServer(content(dataset, book, Limits(), folder))


def results_as(result: Result, fmt: str) -> bytes:
    """Return a result in a format, or as a ``table`` for the terminal.

    Raises:
        QueryError: the format does not fit the kind of answer.
    """
    if fmt != "table":
        return result.serialise(fmt)
    if result.kind == "graph":
        return result.serialise("turtle")
    if result.kind == "ask":
        return b"yes\n" if result.boolean() else b"no\n"
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    names, rows = result.rows()
    table = Table(box=None, pad_edge=False)
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_short(term)) for term in row))
    page = io.StringIO()
    console = Console(file=page, width=max(shutil.get_terminal_size((WIDEST, 24)).columns, 60))
    console.print(table)
    console.print(f"{len(rows):,} row{'' if len(rows) == 1 else 's'}")
    return page.getvalue().encode()


def _short(term: Any) -> str:
    """Return a term as people read it: prefixed names, bare values."""
    if term is None:
        return ""
    if isinstance(term, ox.Literal):
        return f"{term.value}@{term.language}" if term.language and term.language != "en" else str(term.value)
    if isinstance(term, ox.NamedNode):
        best = max(
            (p for p, space in PREFIXES.items() if term.value.startswith(space)),
            key=lambda p: len(PREFIXES[p]),
            default=None,
        )
        return f"{best}:{term.value[len(PREFIXES[best]) :]}" if best is not None else str(term.value)
    return str(term)


def export_graph(dataset: Dataset, fmt: str) -> bytes:
    """Return the whole graph as one file, the same bytes for the same data.

    ``trig`` and ``nquads`` keep the graph of each file; the others hold the union of all graphs.

    Raises:
        InputError: there is no such format.
    """
    if fmt not in GRAPH_FORMATS:
        raise InputError.single(
            "format", fmt, "There is no such format.", f"Use one of: {', '.join(GRAPH_FORMATS)}."
        )
    if fmt not in DATASET_FORMATS:
        return triples_as(list({quad.triple for quad in all_quads(dataset)}), fmt)
    ordered = sorted(
        set(all_quads(dataset)),
        key=lambda q: (str(q.graph_name), str(q.subject), str(q.predicate), str(q.object)),
    )
    return written(ordered, fmt)


__all__ = [
    "VARIABLE",
    "Endpoint",
    "ForkServer",
    "Limits",
    "Local",
    "Overrun",
    "Pool",
    "Remote",
    "Result",
    "export_graph",
    "fork_server",
    "open_endpoint",
    "results_as",
    "serving_endpoint",
]
