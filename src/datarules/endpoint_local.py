"""A store in this process: pyoxigraph, in memory or in a folder, with every file as a named graph.

The default graph is the union of all named graphs unless a query or request says otherwise. Nothing here
can be interrupted: where strangers ask, `endpoint_pool` runs the same thing in processes that can be ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox

from . import endpoint_decisions as decisions
from . import endpoint_disk as disk
from . import endpoint_guard as guard
from .endpoint import (
    ASK_FORMATS,
    CANONICAL,
    ROW_FORMATS,
    Kind,
    Limits,
    Result,
    Want,
    malformed,
    overrun,
)
from .errors import QueryError
from .functions import functions
from .load import Dataset
from .rulebook import RuleBook
from .vocab import GRAPH, PREFIXES


def filled(dataset: Dataset, folder: Path | None = None) -> ox.Store:
    """Return a store with the data: in memory, or in a folder that is kept (`endpoint_disk.opened`).

    Raises:
        ConfigError: the folder cannot be used.
    """
    if folder is not None:
        return disk.opened(dataset, folder)
    store = ox.Store()
    store.bulk_extend(disk.all_quads(dataset))
    return store


class _Lines:
    """A file that counts lines and stops the writer at a limit."""

    def __init__(self, most: int) -> None:
        self.parts: list[bytes] = []
        self.left = most

    def write(self, part: bytes) -> int:
        self.left -= part.count(b"\n")
        if self.left < 0:
            raise OSError("too many lines")
        self.parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        pass


class Local:
    """The endpoint over a store in this process."""

    union_default = True

    def __init__(self, store: ox.Store, book: RuleBook | None, limits: Limits | None = None) -> None:
        self.store = store
        self.book = book
        self.limits = limits or Limits()
        self._decided: tuple[tuple[decisions.Wanted, ...], ox.Store] | None = None
        self.failures: list[Exception] = []
        self.functions: dict[Any, Any] = dict(functions(book, self.failures)) if book else {}
        self._known = {str(graph.value) for graph in store.named_graphs()}

    @classmethod
    def open(
        cls, dataset: Dataset, book: RuleBook | None, folder: Path | None = None, limits: Limits | None = None
    ) -> Local:
        """Open the store over a dataset, in memory or in ``folder``."""
        return cls(filled(dataset, folder), book, limits)

    def graphs(self) -> Sequence[tuple[str, int]]:
        """Return the named graphs with their number of triples."""
        return sorted(
            (graph, sum(1 for _ in self.store.quads_for_pattern(None, None, None, ox.NamedNode(graph))))
            for graph in self._known
        )

    def query(
        self,
        text: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        want: Want | None = None,
    ) -> Result:
        """Answer a query (see `endpoint.Endpoint.query`); the time limit does not hold here."""
        guard.refuse_oversize(text, self.limits)
        guard.refuse_update(text)
        guard.refuse_service(text)
        self.failures.clear()
        result = self._written(self._run(text, default_graphs, named_graphs))
        if self.failures:
            raise self.failures[0]
        fmt = (want or {}).get(result.kind)
        return (
            result if fmt is None or fmt == result.format else Result(result.kind, fmt, result.serialise(fmt))
        )

    def _over(self, asked: tuple[decisions.Wanted, ...]) -> ox.Store:
        """Return the store a query is answered over: with the decisions it names, the last ones kept."""
        if not asked or self.book is None:
            return self.store
        if self._decided is None or self._decided[0] != asked:
            self._decided = None
            self._decided = asked, decisions.with_decisions(self.store, self.book, asked)
        return self._decided[1]

    def _run(self, text: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> Any:
        asked = decisions.wanted(self.book, text, (*default_graphs, *named_graphs))
        store = self._over(asked)
        options: dict[str, Any] = {}
        if default_graphs or named_graphs:
            self._refuse_unknown(default_graphs, "default-graph-uri", asked)
            self._refuse_unknown(named_graphs, "named-graph-uri", asked)
            options["default_graph"] = [ox.NamedNode(g) for g in default_graphs]
            options["named_graphs"] = [ox.NamedNode(g) for g in named_graphs]
        else:
            clause = guard.dataset_clause(text)
            self._refuse_unknown(clause or (), "FROM", asked)
            options["use_default_graph_as_union"] = clause is None
        try:
            return store.query(text, prefixes=PREFIXES, custom_functions=self.functions, **options)
        except (SyntaxError, ValueError) as error:
            raise malformed(error, text) from error
        except RuntimeError as error:
            if "not supported" not in str(error):
                raise
            remedy = "The functions of this endpoint are listed in its description at /sparql."
            raise QueryError.single("query", "", f"{error}.", remedy) from error

    def _refuse_unknown(self, graphs: Sequence[str], place: str, asked: tuple[decisions.Wanted, ...]) -> None:
        made = decisions.names(asked)
        for graph in graphs:
            if self._known and graph not in self._known and graph not in made:
                raise QueryError.single(
                    place,
                    graph,
                    "This store has no such graph, and nothing is fetched from elsewhere.",
                    f"Name a graph such as {GRAPH}EU; SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s ?p ?o }} }} lists them.",
                )

    def _written(self, answer: Any) -> Result:
        limit = self.limits.rows
        if isinstance(answer, ox.QueryBoolean):
            return Result("ask", CANONICAL["ask"], bytes(answer.serialize(format=ASK_FORMATS["json"]) or b""))
        kind: Kind = "select" if isinstance(answer, ox.QuerySolutions) else "graph"
        lines = _Lines(limit + (kind == "select"))
        failed = ""
        try:
            if isinstance(answer, ox.QuerySolutions):
                answer.serialize(cast(IO[bytes], lines), format=ROW_FORMATS[CANONICAL["select"]])
            else:
                answer.serialize(cast(IO[bytes], lines), format=ox.RdfFormat.N_TRIPLES)
        except OSError as error:
            failed = str(error)
        del answer  # a traceback would carry it to another thread, where it must not be dropped
        if lines.left < 0:
            raise overrun("rows", self.limits)
        if failed:
            raise QueryError.single(
                "query", "", f"The query could not be finished: {failed}.", "Simplify it."
            )
        payload = b"".join(lines.parts)
        if kind == "graph":
            payload = b"".join(dict.fromkeys(payload.splitlines(keepends=True)))
        return Result(kind, CANONICAL[kind], payload)

    def close(self) -> None:
        """Nothing to stop."""
