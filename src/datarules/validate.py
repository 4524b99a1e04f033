"""Dataset → findings, or a dataset that may decide.

SHACL 1.0 Core and SHACL-SPARQL (W3C Recommendation 2017-07-20) run by pySHACL, then the checks across
files of `datarules.consistency`. A dataset whose digest was found valid before is not checked again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import bundled
from . import vocab as v
from .consistency import check_law, check_names, declared
from .errors import DataError, Problem
from .findings import Finding, without_echoes
from .load import Dataset, SourceFile, ValidDataset
from .rulebook import RuleBook

if TYPE_CHECKING:
    from rdflib import Graph

BATCH, ALONE = 2000, 500
"""Triples validated together at most, since each run has a fixed cost; a file of this many shares no run with
another, so that a change of one file leaves the runs of most others as they were, and these are found in the cache."""

Progress = Callable[[int, int], None]
Rows = list[tuple[str, str, str, str, str]]
"""What SHACL found: focus node, message, shape, severity, value."""


def _nt(triples: Iterable[Any]) -> str:
    return "".join(f"{t.subject} {t.predicate} {t.object} .\n" for t in triples)


_SHAPES: list[Graph] = []
_QUERIES: dict[str, Any] = {}
"""The queries of the shapes, parsed."""


def _shapes() -> Graph:
    from rdflib import Graph

    if not _SHAPES:
        shapes = Graph()
        for path in bundled.shape_files():
            shapes.parse(path, format="turtle")
        _SHAPES.append(shapes)
    return _SHAPES[0]


def _shacl(payload: str) -> Rows:
    """Validate N-Triples; return (focus, message, shape, severity, value) rows. Runs in a worker process.

    The parser gives blank nodes names of its own, so they are led back to those of the payload.
    """
    import pyshacl
    from rdflib import RDF, Graph, Namespace
    from rdflib.plugins.sparql import prepareQuery
    from rdflib.term import BNode

    class Prepared(Graph):
        """A graph that parses a query once: pySHACL asks that of a shape for every node, and parsing was half its time."""

        def query(self, query_object: Any, *arguments: Any, **words: Any) -> Any:
            text = query_object if isinstance(query_object, str) else ""
            if text and text not in _QUERIES:
                _QUERIES[text] = prepareQuery(text)
            return super().query(_QUERIES[text] if text else query_object, *arguments, **words)

    sh = Namespace("http://www.w3.org/ns/shacl#")
    nodes: dict[str, BNode] = {}
    graph = Prepared().parse(data=payload, format="nt", bnode_context=nodes)
    names = {str(node): label for label, node in nodes.items()}
    _, report, _ = pyshacl.validate(
        graph, shacl_graph=_shapes(), advanced=False, inference="none", allow_warnings=True
    )
    rows = []
    for result in report.subjects(RDF.type, sh.ValidationResult):
        focus, shape = str(report.value(result, sh.focusNode)), str(report.value(result, sh.sourceShape))
        severity = "warning" if report.value(result, sh.resultSeverity) == sh.Warning else "error"
        rows.append(
            (
                names.get(focus, focus),
                str(report.value(result, sh.resultMessage)),
                shape,
                severity,
                str(report.value(result, sh.value) or ""),
            )
        )
    return rows


CHAINS = frozenset({v.NS + "overrides", v.NS + "anyOf", v.NS + "allOf"})
"""Links that shapes follow from thing to thing."""
CONTEXT = CHAINS | frozenset(
    {
        v.RDF + "type",
        v.NS + "role",
        v.SKOS + "prefLabel",
        v.NS + "ofJurisdiction",
        v.NS + "action",
        v.NS + "validFrom",
        v.NS + "validUntil",
    }
)


def _blocks(file: SourceFile) -> Iterable[list[Any]]:
    """Yield the triples of a file thing by thing, each with its blank nodes."""
    owners = {t.object.value: t.subject.value for t in file.triples if type(t.object).__name__ == "BlankNode"}
    blocks: dict[str, list[Any]] = {}
    for triple in file.triples:
        subject = triple.subject.value
        blocks.setdefault(owners.get(subject, subject), []).append(triple)
    yield from blocks.values()


def _payloads(dataset: Dataset, files: Sequence[SourceFile]) -> list[tuple[str, frozenset[str]]]:
    """Cut files into batches, each with what the shapes ask about things declared elsewhere.

    Returns:
        Pairs of N-Triples and the batch's own subjects: findings on anything else are another batch's.
    """
    about: dict[str, list[Any]] = {}
    for file in dataset.files:
        for triple in file.triples:
            if triple.predicate.value in CONTEXT and not triple.subject.value.startswith("_"):
                about.setdefault(triple.subject.value, []).append(triple)
    batches: list[list[Any]] = [[]]
    for file in files:
        alone = len(file.triples) >= ALONE
        if alone:
            batches.append([])
        for block in _blocks(file):
            if len(batches[-1]) + len(block) > BATCH:
                batches.append([])
            batches[-1] += block
        if alone:
            batches.append([])
    payloads = []
    for batch in filter(None, batches):
        subjects = {t.subject.value for t in batch}
        context: list[Any] = []
        wanted = {t.object.value for t in batch if hasattr(t.object, "value")} - subjects
        told = set(subjects)
        while wanted:
            found = [t for name in sorted(wanted) for t in about.get(name, ())]
            told |= wanted
            wanted = {t.object.value for t in found if t.predicate.value in CHAINS} - told
            context += found
        payloads.append((_nt(batch) + _nt(context), frozenset(map(str, subjects))))
    return payloads


def validate(
    dataset: Dataset,
    only: Sequence[SourceFile] | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
    cache: Path | None = None,
    compiled: Callable[[Dataset], RuleBook] = RuleBook.unchecked,
) -> list[Finding]:
    """Check files of a dataset against shapes and cross-file checks.

    Args:
        dataset: everything that was loaded, as context.
        only: the files to report on; all unless given.
        progress: called with (done, total) batches.
        workers: processes to use; the number of cores unless given.
        cache: folder in which SHACL results of unchanged files are found again; none unless given.
        compiled: see `datarules.consistency.check_law`.

    Returns:
        Findings ordered by file and line; empty when there is nothing to mend.
    """
    files = list(only) if only is not None else list(dataset.files)
    payloads = _payloads(dataset, files)
    homes = {t.subject.value: f for f in files for t in f.triples}
    owners = _owners(files)
    known = declared(dataset)
    found: dict[Finding, None] = {}
    for done, rows in enumerate(_run([p for p, _ in payloads], workers, cache / "shacl" if cache else None)):
        own = payloads[done][1]
        for focus, message, shape, severity, value in rows:
            if value.startswith((v.NS, v.ID)) and value not in known:
                continue  # a misspelt name is reported once, with the nearest, by the check Undeclared
            subject = owners.get(focus, focus)
            file = homes.get(subject) if subject in own else None
            if file is not None:
                finding = Finding(
                    file.name,
                    file.line_of(subject),
                    v.local(subject),
                    message,
                    shape.rsplit("/", 1)[-1],
                    severity,
                )
                found[finding] = None
        if progress:
            progress(done + 1, len(payloads))
    names = {f.name for f in files}
    found.update(dict.fromkeys(f for f in check_names(dataset) if f.file in names))
    if not any(f.severity == "error" for f in found):
        try:
            found.update(dict.fromkeys(f for f in check_law(dataset, compiled) if f.file in names))
        except DataError as error:
            found.update(
                dict.fromkeys(
                    Finding(p.place.split(":")[0], int(p.place.split(":")[1]), p.value, p.reason, "Readable")
                    for p in error.problems
                )
            )
    return without_echoes(sorted(found))


def _owners(files: Sequence[SourceFile]) -> dict[str, str]:
    """Map each blank node to the named thing it belongs to."""
    return {
        str(t.object.value): t.subject.value
        for f in files
        for t in f.triples
        if type(t.object).__name__ == "BlankNode"
    }


KEPT = 4000
"""Most results kept in the cache; the oldest go first."""


def _run(payloads: list[str], workers: int | None, cache: Path | None) -> Iterable[Rows]:
    """Validate payloads in order, taking from the cache what was validated before."""
    shapes = _program() + "".join(path.read_text(encoding="utf-8") for path in bundled.shape_files())
    kept = (
        [cache / f"{hashlib.sha256((shapes + p).encode()).hexdigest()}.json" for p in payloads]
        if cache
        else []
    )
    known: dict[int, Rows] = {}
    for number, path in enumerate(kept):
        with contextlib.suppress(OSError, ValueError, IndexError):
            known[number] = [
                (r[0], r[1], r[2], r[3], r[4]) for r in json.loads(path.read_text(encoding="utf-8"))
            ]
    todo = [number for number in range(len(payloads)) if number not in known]
    count = min(workers or os.cpu_count() or 1, len(todo))
    with ProcessPoolExecutor(count) if count > 1 else contextlib.nullcontext() as pool:
        results = (pool.map if pool else map)(_shacl, [payloads[number] for number in todo])
        for number in range(len(payloads)):
            if number not in known:
                known[number] = next(iter(results))
                _keep(kept[number] if kept else None, known[number])
            yield known[number]


def _keep(path: Path | None, rows: Rows) -> None:
    """Write a result to the cache; a cache that cannot be written only costs time."""
    if path is None:
        return
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps(rows), encoding="utf-8")
        temporary.replace(path)
        stored = list(path.parent.glob("*.json"))
        if len(stored) > KEPT:
            for old in sorted(stored, key=lambda p: p.stat().st_mtime)[: len(stored) - KEPT]:
                old.unlink(missing_ok=True)


@lru_cache
def _program() -> str:
    """Return the version of the checks themselves, so that what an older program found is not believed."""
    files = [
        Path(__file__).with_name(f"{name}.py") for name in ("consistency", "findings", "reader", "validate")
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def cache_folder() -> Path:
    """Return where the digests of valid datasets are kept."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "datarules"


def attest(dataset: Dataset, cache: Path | None = None, progress: Progress | None = None) -> ValidDataset:
    """Validate a dataset unless its digest is known to be valid.

    Args:
        dataset: the loaded files.
        cache: folder of known digests; none is read or written unless given.
        progress: see `validate`.

    Raises:
        DataError: with one problem per finding of severity *error*.
    """
    stamp = cache / f"valid-{dataset.digest}-{_program()}" if cache else None
    if stamp is None or not stamp.exists():
        errors = [f for f in validate(dataset, progress=progress, cache=cache) if f.severity == "error"]
        if errors:
            raise DataError(
                *(Problem(f"{f.file}:{f.line}", f.subject, f.message, f"[{f.shape}]") for f in errors)
            )
        if stamp is not None:
            try:
                stamp.parent.mkdir(parents=True, exist_ok=True)
                stamp.touch()
            except OSError:  # a read-only home only costs the next start a check
                pass
    return ValidDataset(dataset)
