"""Scenarios: a Turtle file of imagined law laid over the data, which stay as they are.

A scenario declares what it imagines below its own name, ``…/id/scenario/<name>/``: instruments, rules and
list entries of any order, lists, mechanisms. It may end rules and entries of the data (``dr:ends``), and may
speak once for every member of a list (``dr:forEach``). It is checked by the shapes of the data.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from . import bundled
from . import vocab as v
from .errors import DataError, InputError, Problem, nearest
from .load import Dataset, SourceFile, Statement, read_file, read_text
from .model import Citation, Membership, Rule
from .reader import Records
from .reader import read as read_records
from .rulebook import RuleBook
from .validate import validate

SPACE = "scenario/"
NAME = r"[A-Za-z0-9][A-Za-z0-9-]{0,79}"
"""What the name of a scenario looks like."""
MOST = 20_000
"""Most statements of one scenario, templates written out."""
FOR_EACH, TYPE = v.NS + "forEach", v.RDF + "type"
RULES = frozenset({v.NS + "Rule", v.NS + "Commitment"})
DATED = RULES | {v.NS + "Membership", v.NS + "Extension"}
Dated = TypeVar("Dated", Rule, Membership)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One hypothesis as written.

    Attributes:
        name: the name of its file.
        title: what it is called.
        definition: what it imagines.
        start: the first day of the hypothesis.
        ends: IRIs of the rules and entries that end on that day.
        data: IRI of the data category it is looked at for unless another is named; may be empty.
        purpose: likewise of the purpose.
        sector: likewise of the sector.
        file: the file, with templates not yet written out.
    """

    name: str
    title: str
    definition: str
    start: date
    ends: tuple[str, ...]
    data: str
    purpose: str
    sector: str
    file: SourceFile

    @property
    def iri(self) -> str:
        """Return the name of the scenario as an IRI."""
        return v.ID + SPACE + self.name


def names() -> dict[str, Path]:
    """Return the scenarios that ship with the data, by name."""
    return {path.stem: path for path in bundled.scenario_files()}


def named(word: str) -> Path:
    """Return the file of a scenario that ships with the data.

    Raises:
        InputError: there is none of this name.
    """
    known = names()
    if word in known:
        return known[word]
    close = nearest(word, list(known), 1)
    remedy = f"Did you mean {close[0]}?" if close else f"The scenarios are: {', '.join(known)}."
    raise InputError.single("scenario", word, "There is no such scenario.", remedy)


def find(word: str) -> Path:
    """Return the file of a scenario, by its name or its own path.

    Raises:
        InputError: there is none.
    """
    return Path(word) if word not in names() and Path(word).is_file() else named(word)


def read(path: Path) -> Scenario:
    """Read a scenario from a Turtle file.

    Raises:
        DataError: it is no Turtle, or describes no scenario of the file's name, or states something as found
            rather than imagined.
    """
    return _described(read_file(path, path.name, v.GRAPH + SPACE + path.stem), path.stem)


def read_own(text: str) -> Scenario:
    """Read a scenario from Turtle that is in no file; its name is the one it declares.

    Raises:
        DataError: as `read` does, and where it declares no scenario, or more than one.
    """
    whole = read_text(text, Path("scenario.ttl"), "scenario", v.GRAPH + SPACE)
    declared = {
        t.subject.value.removeprefix(v.ID + SPACE)
        for t in whole.triples
        if t.predicate.value == TYPE and t.object.value == v.NS + "Scenario"
    }
    found = sorted(name for name in declared if re.fullmatch(NAME, name))
    if len(declared) != 1 or not found:
        remedy = f"Declare one: <{v.ID}{SPACE}my-scenario> a dr:Scenario."
        raise DataError.single("scenario", ", ".join(sorted(declared)), "This is not one scenario.", remedy)
    file = replace(whole, path=Path(f"{found[0]}.ttl"), name=f"{found[0]}.ttl", graph=whole.graph + found[0])
    return _described(file, found[0])


def _described(file: SourceFile, name: str) -> Scenario:
    iri = v.ID + SPACE + name
    about: dict[str, list[str]] = {}
    for triple in file.triples:
        if triple.subject.value == iri:
            about.setdefault(triple.predicate.value, []).append(str(triple.object.value))
    if v.NS + "Scenario" not in about.get(TYPE, ()):
        remedy = f"Write <{iri}> a dr:Scenario."
        raise DataError.single(file.name, name, "The file describes no scenario of its name.", remedy)
    if problems := list(_found_rather_than_imagined(file)):
        raise DataError(*problems)

    def one(name: str) -> str:
        return next(iter(about.get(name, ())), "")

    try:
        start = date.fromisoformat(one(v.NS + "validFrom"))
    except ValueError as error:
        where, remedy = f"{file.name}:{file.line_of(iri)}", 'Give dr:validFrom "2027-01-01"^^xsd:date.'
        raise DataError.single(where, name, "A scenario needs one first day.", remedy) from error
    return Scenario(
        name,
        one(v.DCT + "title"),
        one(v.SKOS + "definition"),
        start,
        tuple(sorted(about.get(v.NS + "ends", ()))),
        one(v.NS + "data"),
        one(v.NS + "purpose"),
        one(v.NS + "sector"),
        file,
    )


def _found_rather_than_imagined(file: SourceFile) -> Iterable[Problem]:
    """Yield a problem for each rule or entry whose evidence is not ``dr:Inferred``."""
    evidence = {
        t.subject.value: t.object.value for t in file.triples if t.predicate.value == v.NS + "evidence"
    }
    for triple in file.triples:
        subject = triple.subject.value
        dated = triple.predicate.value == TYPE and triple.object.value in DATED
        if dated and evidence.get(subject) != v.NS + "Inferred":
            yield Problem(
                f"{file.name}:{file.line_of(subject)}",
                v.local(subject),
                "What a scenario states is imagined.",
                "Write dr:evidence dr:Inferred.",
            )


# -- templates


def entered(book: RuleBook, group: str, day: int) -> list[str]:
    """Return the orders entered in a list on a day, lists within it unfolded; unions stay whole.

    The class ``dr:Jurisdiction`` stands for every jurisdiction that is no union.
    """
    places = book.records.jurisdictions
    if group == v.NS + "Jurisdiction":
        return sorted(iri for iri, one in places.items() if not one.union)
    found, left, seen = set(), [group], {group}
    while left:
        for entry in book.at(day).of_group.get(left.pop(), ()):
            if entry.member in places and not entry.extension:
                found.add(entry.member)
            elif entry.member not in seen:
                seen.add(entry.member)
                left.append(entry.member)
    return sorted(found)


def written_out(dataset: Dataset, scenario: Scenario) -> SourceFile:
    """Return the file of a scenario with each template written out for every member.

    Raises:
        DataError: a list of a template has no members on the first day.
    """
    file = scenario.file
    templates = {t.subject.value: t.object.value for t in file.triples if t.predicate.value == FOR_EACH}
    if not templates:
        return file
    plain = [t for t in file.triples if _owner(file, t) not in templates]
    book = RuleBook.unchecked(_beside(dataset, replace(file, triples=tuple(plain))))
    for subject, group in sorted(templates.items()):
        block = [t for t in file.triples if _owner(file, t) == subject and t.predicate.value != FOR_EACH]
        members = entered(book, group, scenario.start.toordinal())
        if not members:
            where = f"{file.name}:{file.line_of(subject)}"
            reason = f"{v.local(group)} has no members on {scenario.start.isoformat()}."
            raise DataError.single(where, v.local(subject), reason, "Name another list in dr:forEach.")
        if len(plain) + len(block) * len(members) > MOST:
            where = f"{file.name}:{file.line_of(subject)}"
            reason = f"The scenario would have more than {MOST:,} statements."
            raise DataError.single(
                where, v.local(subject), reason, "Name a smaller list, or fewer templates."
            )
        for number, member in enumerate(members):
            plain += _copy(block, subject, member, number)
    return replace(file, triples=tuple(plain))


def _owner(file: SourceFile, triple: Statement) -> str:
    """Return the named thing a triple belongs to, through one nameless node (a citation)."""
    subject = triple.subject
    if isinstance(subject, ox.BlankNode):
        return next((t.subject.value for t in file.triples if t.object == subject), subject.value)
    return subject.value


def _copy(block: list[Statement], subject: str, member: str, number: int) -> Iterable[Statement]:
    """Yield the triples of a template for one member."""
    kinds = {t.object.value for t in block if t.predicate.value == TYPE}
    role = "ofJurisdiction" if kinds & RULES else "member"
    made = ox.NamedNode(f"{subject}/{v.local(member)}")
    yield Statement(made, ox.NamedNode(v.NS + role), ox.NamedNode(member))
    for triple in block:
        inner, value = triple.subject, triple.object
        copied = ox.BlankNode(f"{inner.value}m{number}") if isinstance(inner, ox.BlankNode) else made
        if isinstance(value, ox.BlankNode):
            value = ox.BlankNode(f"{value.value}m{number}")
        yield Statement(copied, triple.predicate, value)


# -- over the data


def _beside(dataset: Dataset, file: SourceFile) -> Dataset:
    """Return a dataset with one file more; the dataset given stays as it is."""
    digest = hashlib.sha256(f"{dataset.digest}\0{file.name}\0{file.text}".encode()).hexdigest()
    return Dataset(dataset.ontology, (*dataset.data, file), digest)


def check(dataset: Dataset, scenario: Scenario, cache: Path | None = None) -> list[Problem]:
    """Return what the shapes and checks of the data find in a scenario, errors only.

    Args:
        dataset: the data it lies over.
        scenario: the scenario.
        cache: folder that remembers which scenarios were found in order over which data.
    """
    both = _beside(dataset, written_out(dataset, scenario))
    return _checked(both, scenario, cache)


def _checked(both: Dataset, scenario: Scenario, cache: Path | None) -> list[Problem]:
    stamp = cache / f"scenario-{both.digest}" if cache else None
    if stamp is not None and stamp.exists():
        return []
    overlay = both.data[-1]
    problems: dict[Problem, None] = {}
    for one in validate(both, [overlay], workers=1, cache=cache):
        if one.severity == "error":
            line = max(overlay.line_of(_template(overlay, one.subject)), one.line)
            problems[Problem(f"{one.file}:{line}", one.subject, one.message, f"[{one.shape}]")] = None
    known = {t.subject.value for f in both.files for t in f.triples}
    for iri in scenario.ends:
        if iri.startswith(scenario.iri + "/") and iri in known:
            where, remedy = f"{overlay.name}:{overlay.line_of(scenario.iri)}", "Take one of the two away."
            problems[Problem(where, v.local(iri), "It is imagined and ended at once.", remedy)] = None
    if stamp is not None and not problems:
        with suppress(OSError):
            stamp.parent.mkdir(parents=True, exist_ok=True)
            stamp.touch()
    return list(problems)


def _template(file: SourceFile, subject: str) -> str:
    """Return the IRI of what a statement written out was written from, or its own."""
    iri = v.ID + subject
    return iri if file.line_of(iri) > 1 else iri.rpartition("/")[0]


def apply(dataset: Dataset, scenario: Scenario, cache: Path | None = None) -> RuleBook:
    """Return the law as the scenario imagines it; neither the dataset nor a rulebook made of it changes.

    Args:
        dataset: the data, found in order before.
        scenario: what is laid over them.
        cache: see `check`.

    Raises:
        DataError: the scenario does not keep to the shapes, or ends what does not hold on its first day.
    """
    both = _beside(dataset, written_out(dataset, scenario))
    if problems := _checked(both, scenario, cache):
        raise DataError(*problems)
    records = read_records(both)
    _end(records, scenario, _citations(records, both, scenario))
    return RuleBook(records, both.release)


def _citations(records: Records, both: Dataset, scenario: Scenario) -> tuple[Citation, ...]:
    """Return what the scenario itself cites, as the act that ends what it ends."""
    about: dict[str, dict[str, str]] = {}
    for triple in both.data[-1].triples:
        about.setdefault(triple.subject.value, {})[triple.predicate.value] = triple.object.value
    nodes = [
        t.object.value
        for t in both.data[-1].triples
        if t.subject.value == scenario.iri and t.predicate.value == v.NS + "citation"
    ]
    made = []
    for node in map(about.__getitem__, nodes):
        source = node[v.DCT + "source"]
        short, _, address = records.instruments.get(source, ("", "", source))
        read_on = date.fromisoformat(node[v.NS + "readOn"])
        made.append(Citation(source, short, node[v.NS + "pinpoint"], address, read_on))
    return tuple(made)


def _end(records: Records, scenario: Scenario, citations: tuple[Citation, ...]) -> None:
    """End rules and entries on the first day of a scenario.

    Raises:
        DataError: one of them does not hold on that day anyway.
    """
    day = scenario.start.toordinal()
    problems: list[Problem] = []

    def ended(one: Dated) -> Dated:
        if not one.start < day < one.end:
            reason = f"It does not hold on {scenario.start.isoformat()} as it is."
            remedy = "Take it out of dr:ends, or change the first day."
            problems.append(Problem(scenario.file.name, v.local(one.iri), reason, remedy))
        return replace(one, end=day, end_citations=citations)

    for iri in scenario.ends:
        if iri in records.rules:
            records.rules[iri] = ended(records.rules[iri])
        else:
            records.memberships[iri] = ended(records.memberships[iri])
    if problems:
        raise DataError(*problems)
