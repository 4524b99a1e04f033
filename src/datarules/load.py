"""Turtle files → one dataset, a named graph per file; remembers the line of each subject.

Parsing is pyoxigraph's (W3C RDF 1.1 Turtle); nothing is checked here beyond syntax.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from . import bundled
from .errors import DataError, Problem
from .vocab import GRAPH

Term = ox.NamedNode | ox.BlankNode | ox.Literal


class Statement(NamedTuple):
    """One RDF 1.1 triple."""

    subject: ox.NamedNode | ox.BlankNode
    predicate: ox.NamedNode
    object: Term


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One Turtle file: its name for people, its named graph, its text and its triples."""

    path: Path
    name: str
    graph: str
    text: str
    triples: tuple[Statement, ...]
    prefixes: dict[str, str]

    def line_of(self, subject: str) -> int:
        """Return the line (from 1) where a subject's block begins; 1 where it cannot be found."""
        for form in self._forms(subject):
            match = re.search(rf"^{re.escape(form)}(?=[\s;.])", self.text, re.MULTILINE)
            if match:
                return self.text.count("\n", 0, match.start()) + 1
        return 1

    def _forms(self, subject: str) -> list[str]:
        forms = [f"<{subject}>"]
        for prefix, space in self.prefixes.items():
            if subject.startswith(space):
                forms.append(f"{prefix}:{subject[len(space) :]}")
        return forms


@dataclass(frozen=True, slots=True)
class Dataset:
    """Files as loaded, not yet validated. ``ontology`` files come first in ``files``."""

    ontology: tuple[SourceFile, ...]
    data: tuple[SourceFile, ...]
    digest: str
    _by_graph: dict[str, SourceFile] = field(default_factory=dict)

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """Every file, ontology first."""
        return self.ontology + self.data

    @property
    def release(self) -> str:
        """Version of the data: the first twelve digits of a SHA-256 over every file."""
        return self.digest[:12]

    def quads(self) -> Iterable[ox.Quad]:
        """Yield every triple with its file's named graph."""
        for file in self.files:
            graph = ox.NamedNode(file.graph)
            for triple in file.triples:
                yield ox.Quad(triple.subject, triple.predicate, triple.object, graph)


@dataclass(frozen=True, slots=True)
class ValidDataset:
    """A dataset that has passed validation: attested by `datarules.validate`, or by the release it comes from."""

    dataset: Dataset


def read_file(path: Path, name: str, graph: str) -> SourceFile:
    """Read one Turtle file.

    Raises:
        DataError: the file cannot be read or is not Turtle; names line and column.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError.single(
            name, "", f"The file cannot be read: {error}.", "Give a readable UTF-8 file."
        ) from error
    return read_text(text, path, name, graph)


def read_text(text: str, path: Path, name: str, graph: str) -> SourceFile:
    """Read the text of a Turtle file, which need not be on disk.

    Args:
        text: the Turtle.
        path: where it would lie; its stem names blank nodes.
        name: its name for people.
        graph: its named graph.

    Raises:
        DataError: it is not Turtle; names line and column.
    """
    try:
        parser = ox.parse(text.encode(), format=ox.RdfFormat.TURTLE, base_iri=graph)
        triples = _stable(parser, path.stem)
        prefixes = dict(parser.prefixes)
    except SyntaxError as error:
        where = f"{name}:{error.lineno or 1}"
        reason = str(error.msg).rstrip(".")
        raise DataError.single(
            where,
            "",
            f"This is not well-formed Turtle: {reason}.",
            "Check the end of the line before: a missing ';' or '.' is the commonest cause.",
        ) from error
    return SourceFile(path, name, graph, text, triples, prefixes)


def _stable(quads: Iterable[ox.Quad], stem: str) -> tuple[Statement, ...]:
    """Name blank nodes by file and order of appearance, so that the same file always gives the same triples.

    Raises:
        SyntaxError: the text uses RDF 1.2 triple terms, which not every RDF tool reads yet.
    """
    names: dict[str, ox.BlankNode] = {}
    prefix = re.sub(r"[^A-Za-z0-9]", "", stem)

    def named(node: ox.BlankNode) -> ox.BlankNode:
        return names.setdefault(node.value, ox.BlankNode(f"{prefix}c{len(names)}"))

    found = []
    for quad in quads:
        subject, value = quad.subject, quad.object
        if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
            raise SyntaxError("a triple term of RDF 1.2")
        if isinstance(subject, ox.BlankNode):
            subject = named(subject)
        if isinstance(value, ox.BlankNode):
            value = named(value)
        found.append(Statement(subject, quad.predicate, value))
    return tuple(found)


def _graph_for(path: Path) -> str:
    return GRAPH + path.stem


def load(data: Sequence[Path] | None = None, base: Path | None = None) -> Dataset:
    """Load the ontology and the data files (the bundled ones unless given).

    Args:
        data: the data files.
        base: folder with the ontology, such as that of a release; the bundled one unless given.

    Returns:
        The dataset with one named graph per file.

    Raises:
        DataError: any file is unreadable or malformed; every such file is named.
    """
    paths = list(data) if data is not None else bundled.data_files()
    problems: list[Problem] = []
    ontology: list[SourceFile] = []
    files: list[SourceFile] = []
    digest = hashlib.sha256()
    for group, members in ((ontology, bundled.ontology_files(base)), (files, paths)):
        for path in members:
            try:
                file = read_file(path, path.name, _graph_for(path))
            except DataError as error:
                problems.extend(error.problems)
                continue
            group.append(file)
            digest.update(path.name.encode() + b"\0" + file.text.encode() + b"\0")
    seen: dict[str, Path] = {}
    for file in ontology + files:
        if file.graph in seen:
            problems.append(
                Problem(
                    str(file.path),
                    file.path.stem,
                    f"Another file has this name: {seen[file.graph]}.",
                    "Rename one of the two.",
                )
            )
        seen[file.graph] = file.path
    if problems:
        raise DataError(*problems)
    for path in bundled.shape_files(base):
        digest.update(path.read_bytes())
    return Dataset(tuple(ontology), tuple(files), digest.hexdigest())
