"""Writing a release: everything in one dated, versioned file that is the same, byte for byte, for the same data."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from . import coverage, graphs, matrix, release_tables, study, tables
from . import release_texts as texts
from .endpoint_local import all_quads
from .errors import InputError
from .load import Dataset
from .released import FACTS, SUMS
from .rulebook import RuleBook
from .store import export_graph
from .study import Study

Progress = Callable[[int, int], None]
Part = tuple[str, bytes]
STAMP = (1980, 1, 1, 0, 0, 0)
"""Time given to every file inside, since the real one would change the bytes."""
STEPS = 9


def name_of(dataset: Dataset, day: date) -> str:
    """Return the name of a release: version and day."""
    return f"datarules-{day.isoformat()}-{dataset.release}"


def _sources(dataset: Dataset) -> Iterator[Part]:
    """Yield ontology, shapes and data as they were read."""
    for file in dataset.ontology:
        yield f"ontology/{file.path.name}", file.text.encode()
    base = dataset.ontology[0].path.parent
    for path in [*sorted((base / "shapes").glob("*.ttl")), base / "mappings.sssom.tsv"]:
        yield f"ontology/{path.relative_to(base)}", path.read_bytes()
    for file in dataset.data:
        yield f"data/{file.path.parent.name}/{file.path.name}", file.text.encode()


def _parts(
    dataset: Dataset, book: RuleBook, day: date, step: Callable[[], None], cache: Path | None
) -> Iterator[Part]:
    """Yield every file but those that describe the others."""
    yield from _sources(dataset)
    step()
    yield "datarules.nq", export_graph(dataset, "nquads")
    step()
    for name, table in release_tables.tables(book).items():
        yield f"tables/{name}.parquet", b"".join(tables.parquet(table.to_batches(), table.schema))
    step()
    frame = matrix.frame(book, matrix.shared_categories(book))
    found = matrix.matrix(book, frame, day.toordinal())
    yield f"decisions/{day.isoformat()}.parquet", b"".join(tables.write("parquet", book, found))
    step()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "datarules.sqlite"
        personal = matrix.matrix(book, matrix.frame(book), day.toordinal())
        release_tables.sqlite(book, path, tables.arrow(book, personal))
        yield "datarules.sqlite", path.read_bytes()
    step()
    asked = study.read(book, day)
    made = Study.of(book, cache)
    for kind in (graphs.PAIRS, graphs.LAW):
        graph = made.graph_of(kind, asked)
        for fmt, suffix in (("graphml", ".graphml"), ("gexf", ".gexf")):
            if fmt in graphs.FORMATS and (not graphs.FORMATS[fmt].kinds or kind in graphs.FORMATS[fmt].kinds):
                yield f"graphs/{kind}{suffix}", b"".join(graphs.write(fmt, graph))
        step()
    yield "CHANGES.md", texts.changes(book).encode()
    yield "LICENSE", texts.licence().encode()


def _described(
    dataset: Dataset, book: RuleBook, day: date, files: dict[str, tuple[int, str]]
) -> Iterable[Part]:
    counts = {
        "jurisdictions": len(book.records.jurisdictions),
        "rules": len(book.records.rules),
        "list entries": len(book.records.memberships),
        "triples": len({quad.triple for quad in all_quads(dataset)}),
    }
    facts = texts.Facts(dataset.release, dataset.digest, day, counts)
    yield FACTS, (json.dumps(facts.document(), ensure_ascii=False, indent=2) + "\n").encode()
    yield "CITATION.cff", texts.citation(facts).encode()
    yield "README.md", texts.readme(facts, list(files)).encode()
    yield "dataset.ttl", texts.described(facts, files).encode()
    yield "ro-crate-metadata.json", texts.crate(facts, files).encode()


def write(
    dataset: Dataset,
    book: RuleBook,
    folder: Path,
    day: date | None = None,
    progress: Progress | None = None,
    cache: Path | None = None,
) -> Path:
    """Write a release.

    Args:
        dataset: the data, validated.
        book: the rulebook compiled from them.
        folder: where to put the file.
        day: the day of the release and of its decisions; that of the last review unless given.
        progress: called with steps done and steps in all.
        cache: folder where the history of islands is kept.

    Returns:
        The path of the file, which appears only when it is whole.

    Raises:
        InputError: the folder does not exist, or holds such a file with other bytes.
    """
    if not folder.is_dir():
        raise InputError.single("output", str(folder), "There is no such folder.", "Make the folder first.")
    day = day or coverage.last_review(book)
    name = name_of(dataset, day)
    target, part = folder / f"{name}.zip", folder / f".{name}.part"
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, STEPS)

    files: dict[str, tuple[int, str]] = {}
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle:

            def put(inner: str, content: bytes) -> None:
                files[inner] = (len(content), hashlib.sha256(content).hexdigest())
                info = zipfile.ZipInfo(f"{name}/{inner}", STAMP)
                info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                bundle.writestr(info, content)

            for inner, content in _parts(dataset, book, day, step, cache):
                put(inner, content)
            for inner, content in _described(dataset, book, day, dict(files)):
                put(inner, content)
            sums = "".join(f"{digest}  {inner}\n" for inner, (_, digest) in sorted(files.items()))
            put(SUMS, sums.encode())
        step()
        if target.exists() and target.read_bytes() != part.read_bytes():
            raise InputError.single(
                "output", str(target), "There is such a file with other bytes.", "Move it away first."
            )
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target
