"""Outward mappings: a table that lawyers can review → SKOS triples.

The table is SSSOM/TSV (Simple Standard for Sharing Ontological Mappings 1.0): lines that begin with ``#``
are metadata in YAML, of which only ``curie_map`` matters here; then a line of column names; then one mapping
a line. Nothing else in the program needs the mappings: they help others to find our terms by theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from . import bundled
from .errors import DataError, Problem
from .vocab import GRAPH, SKOS

MAPPINGS = GRAPH + "mappings"
"""The named graph in which the triples stand."""

COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "comment",
)
PREDICATES = tuple(f"{SKOS}{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related"))
JUSTIFICATION = "https://w3id.org/semapv/vocab/"


@dataclass(frozen=True, slots=True)
class Mapping:
    """One line of the table, with full IRIs and the line it stands on (from 1)."""

    subject: str
    subject_label: str
    predicate: str
    object: str
    object_label: str
    justification: str
    comment: str
    line: int


def read_mappings(path: Path | None = None) -> list[Mapping]:
    """Read the table (the bundled one unless given).

    Raises:
        DataError: the table cannot be read or a line is wrong; every wrong line is named.
    """
    file = path or bundled.mappings_file()
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError.single(
            file.name, "", f"The table cannot be read: {error}.", "Give a readable UTF-8 file."
        ) from error
    return _Table(file.name, lines).read()


def mapping_quads(path: Path | None = None) -> Iterator[ox.Quad]:
    """Yield the mappings as SKOS triples in the graph `MAPPINGS`.

    Raises:
        DataError: see `read_mappings`.
    """
    graph = ox.NamedNode(MAPPINGS)
    for one in read_mappings(path):
        subject, predicate, target = map(ox.NamedNode, (one.subject, one.predicate, one.object))
        yield ox.Quad(subject, predicate, target, graph)


class _Table:
    """A table while it is read; collects every problem."""

    def __init__(self, name: str, lines: list[str]) -> None:
        self.name = name
        self.lines = lines
        self.problems: list[Problem] = []
        self.spaces = self._curie_map()

    def _curie_map(self) -> dict[str, str]:
        """Return prefix → namespace from the lines indented below ``#curie_map:``."""
        found: dict[str, str] = {}
        inside = False
        for line in self.lines:
            if not line.startswith("#"):
                break
            if match := re.fullmatch(r"#\s{2,}([\w-]+):\s*(\S+)\s*", line):
                if inside:
                    found[match[1]] = match[2]
            else:
                inside = line.rstrip() == "#curie_map:"
        return found

    def _wrong(self, line: int, value: str, reason: str, remedy: str) -> None:
        self.problems.append(Problem(f"{self.name}:{line}", value, reason, remedy))

    def read(self) -> list[Mapping]:
        body = [
            (n, line) for n, line in enumerate(self.lines, 1) if line.strip() and not line.startswith("#")
        ]
        if not body or tuple(body[0][1].split("\t")) != COLUMNS:
            shown = body[0][1] if body else ""
            self._wrong(
                body[0][0] if body else 1, shown, "These are not the columns.", f"Write {' '.join(COLUMNS)}."
            )
            raise DataError(*self.problems)
        found: list[Mapping] = []
        seen: dict[tuple[str, str], int] = {}
        for number, line in body[1:]:
            one = self._row(number, line)
            if one is None:
                continue
            first = seen.setdefault((one.subject, one.object), number)
            if first != number:
                self._wrong(
                    number, line.split("\t")[0], f"Line {first} maps the same two terms.", "Keep one of them."
                )
            found.append(one)
        if self.problems:
            raise DataError(*self.problems)
        return found

    def _row(self, number: int, line: str) -> Mapping | None:
        cells = line.split("\t")
        if len(cells) != len(COLUMNS):
            reason = f"There are {len(cells)} columns, not {len(COLUMNS)}."
            self._wrong(number, cells[0], reason, "Separate them by tabs; leave an empty comment empty.")
            return None
        before = len(self.problems)
        subject, predicate, target, justification = (self._iri(number, cells[i]) for i in (0, 2, 3, 5))
        if predicate and predicate not in PREDICATES:
            self._wrong(
                number,
                cells[2],
                "This is not a mapping relation.",
                "Use skos:exactMatch, closeMatch, broadMatch, narrowMatch or relatedMatch.",
            )
        if justification and not justification.startswith(JUSTIFICATION):
            self._wrong(
                number,
                cells[5],
                "This is not a justification.",
                "Use a term of SEMAPV such as semapv:ManualMappingCuration.",
            )
        if len(self.problems) > before:
            return None
        return Mapping(subject, cells[1], predicate, target, cells[4], justification, cells[6], number)

    def _iri(self, number: int, curie: str) -> str:
        prefix, colon, rest = curie.partition(":")
        if not colon or prefix not in self.spaces or not re.fullmatch(r"[\w.-]+", rest):
            self._wrong(
                number,
                curie,
                "This is not a term with a known prefix.",
                "Write prefix:term and declare the prefix in #curie_map.",
            )
            return ""
        return self.spaces[prefix] + rest
