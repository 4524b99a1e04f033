"""Checks across files that SHACL does not reach: names, references, circles, gaps in the law as encoded.

Each check is a function from the dataset (or the compiled law) to findings; the name in brackets at the
end of a finding is the function's key in `CHECKS` or `LAW_CHECKS`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from pyoxigraph import BlankNode, Literal

from . import vocab as v
from .errors import nearest
from .findings import Finding
from .load import Dataset, SourceFile
from .model import FOREVER, Rule
from .rulebook import RuleBook
from .vocab import Action, Modality, Strength

OWN = (v.NS, v.ID)
FALSY = frozenset({"false", "0", ""})


def _finding(file: SourceFile, subject: str, message: str, shape: str, severity: str = "error") -> Finding:
    return Finding(file.name, file.line_of(subject), v.local(subject), message, shape, severity)


def declared(dataset: Dataset) -> dict[str, SourceFile]:
    """Map every subject that has a type to the file that says so first."""
    found: dict[str, SourceFile] = {}
    for file in dataset.files:
        for triple in file.triples:
            if triple.predicate.value == v.RDF + "type":
                found.setdefault(triple.subject.value, file)
    return found


def undeclared(dataset: Dataset) -> Iterable[Finding]:
    """Every name of ours that is used has been declared somewhere: the guard against misspelling."""
    known = declared(dataset)
    for file in dataset.files:
        owners = _owners(file)
        seen: set[tuple[str, str]] = set()
        for triple in file.triples:
            for node in (triple.predicate, triple.object):
                name = node.value if hasattr(node, "value") and not hasattr(node, "datatype") else ""
                if name.startswith(OWN) and name not in known and (triple.subject.value, name) not in seen:
                    seen.add((triple.subject.value, name))
                    close = nearest(
                        v.local(name), [v.local(d) for d in known if _space(d) == _space(name)], 1
                    )
                    hint = f"Did you mean {close[0]}?" if close else "Correct it, or declare it."
                    subject = owners.get(triple.subject.value, triple.subject.value)
                    message = f"{v.local(name)} is used but declared nowhere. {hint}"
                    yield _finding(file, subject, message, "Undeclared")


def _owners(file: SourceFile) -> dict[str, str]:
    """Map each nameless node of a file (a citation) to the named thing it belongs to."""
    return {t.object.value: t.subject.value for t in file.triples if isinstance(t.object, BlankNode)}


def _space(name: str) -> str:
    """Return the part of a name within which a misspelling is looked for: everything up to the last slash."""
    return name[: max(name.rfind("/"), name.rfind("#")) + 1]


def twice(dataset: Dataset) -> Iterable[Finding]:
    """A subject is described in one file only."""
    homes: dict[str, SourceFile] = {}
    for file in dataset.files:
        for subject in {t.subject.value for t in file.triples if t.subject.value.startswith(OWN)}:
            if subject in homes:
                yield _finding(
                    file,
                    subject,
                    f"{homes[subject].name} describes this too. Rename one, or join the two.",
                    "Duplicate",
                )
            homes.setdefault(subject, file)


def twice_in_file(dataset: Dataset) -> Iterable[Finding]:
    """A subject has one block in its file; two blocks of one name are usually two things merged by accident."""
    import re

    for file in dataset.data:
        seen: dict[str, int] = {}
        for match in re.finditer(r"^((?:[a-z]+)?:[^\s;]+)\s+a\s", file.text, re.MULTILINE):
            line = file.text.count("\n", 0, match.start()) + 1
            if match[1] in seen:
                message = f"The block on line {seen[match[1]]} has the same name, so the two become one thing. Rename one."
                prefix, _, rest = match[1].partition(":")
                subject = v.local(file.prefixes.get(prefix, prefix) + rest)
                yield Finding(file.name, line, subject, message, "DuplicateBlock")
            seen.setdefault(match[1], line)


def misplaced(dataset: Dataset) -> Iterable[Finding]:
    """Every subject of a file lies in the file's own space (facts may be declared anywhere)."""
    for file in dataset.data:
        space = v.ID + file.graph.removeprefix(v.GRAPH)
        for subject in sorted({t.subject.value for t in file.triples}):
            if (
                subject.startswith("http")
                and subject != space
                and not subject.startswith((space + "/", v.FACT))
            ):
                yield _finding(
                    file,
                    subject,
                    f"This does not belong in {file.name}. Its name must begin with {v.local(space)}/.",
                    "Misplaced",
                )


def falsy(dataset: Dataset) -> Iterable[Finding]:
    """No false, 0 or empty text as a value: query engines disagree on them in property paths."""
    for file in dataset.files:
        owners = _owners(file)
        for triple in file.triples:
            if isinstance(triple.object, Literal) and triple.object.value in FALSY:
                subject = owners.get(triple.subject.value, triple.subject.value)
                message = f"The value {triple.object.value!r} is not allowed. Leave it out or say it another way, for example odrl:neq true."
                yield _finding(file, subject, message, "Falsy")


def code(dataset: Dataset) -> Iterable[Finding]:
    """The jurisdiction a file is about has the file's name as its code, and no two share a code."""
    holders: dict[str, SourceFile] = {}
    for file in dataset.data:
        jurisdictions = {
            t.subject.value
            for t in file.triples
            if t.predicate.value == v.RDF + "type" and t.object.value == v.NS + "Jurisdiction"
        }
        for triple in file.triples:
            if triple.predicate.value != v.DCT + "identifier" or triple.subject.value not in jurisdictions:
                continue
            given, stem = triple.object.value, file.path.stem
            if triple.subject.value == v.ID + stem and given != stem:
                message = f'The code {given!r} is not the name of the file. Write dct:identifier "{stem}", or rename the file.'
                yield _finding(file, triple.subject.value, message, "Code")
            elif given in holders:
                message = f"The code {given!r} is taken by a jurisdiction in {holders[given].name}. Codes are unique: change one."
                yield _finding(file, triple.subject.value, message, "Code")
            holders.setdefault(given, file)


def value_kind(dataset: Dataset) -> Iterable[Finding]:
    """A yes/no fact is compared with true, a number with a number."""
    kinds = {
        t.subject.value: t.object.value
        for file in dataset.files
        for t in file.triples
        if t.predicate.value == v.NS + "valueType"
    }
    for file in dataset.files:
        facts = {t.subject.value: t.object.value for t in file.triples if t.predicate.value == v.NS + "fact"}
        for triple in file.triples:
            wanted = kinds.get(facts.get(triple.subject.value, ""))
            if (
                triple.predicate.value != v.NS + "value"
                or not isinstance(triple.object, Literal)
                or not wanted
            ):
                continue
            if triple.object.datatype.value != wanted:
                name = v.local(facts[triple.subject.value])
                kind = "a whole number" if wanted == v.XSD + "integer" else "yes or no: compare it with true"
                yield _finding(
                    file, triple.subject.value, f"The fact {name} is {kind}. Correct dr:value.", "ValueKind"
                )


def membership_circle(dataset: Dataset) -> Iterable[Finding]:
    """Nothing is, through plain memberships, a member of itself."""
    up: dict[str, set[str]] = defaultdict(set)
    homes: dict[str, tuple[SourceFile, str]] = {}
    for file in dataset.files:
        entry: dict[str, dict[str, str]] = defaultdict(dict)
        for t in file.triples:
            if t.predicate.value in (v.NS + "member", v.NS + "group", v.RDF + "type"):
                entry[t.subject.value][v.local(t.predicate.value)] = t.object.value
        for subject, parts in entry.items():
            if "member" in parts and "group" in parts and parts.get(v.RDF + "type") != v.NS + "Extension":
                up[parts["member"]].add(parts["group"])
                homes.setdefault(parts["member"], (file, subject))
    for start in sorted(up):
        stack, seen = list(up[start]), set()
        while stack:
            place = stack.pop()
            if place == start:
                file, subject = homes[start]
                yield _finding(
                    file,
                    subject,
                    f"{v.local(start)} is in the end a member of itself. Take one membership away.",
                    "MembershipCircle",
                )
                break
            if place not in seen:
                seen.add(place)
                stack += up.get(place, ())


CHECKS: dict[str, Callable[[Dataset], Iterable[Finding]]] = {
    "Undeclared": undeclared,
    "Duplicate": twice,
    "DuplicateBlock": twice_in_file,
    "Misplaced": misplaced,
    "Falsy": falsy,
    "Code": code,
    "ValueKind": value_kind,
    "MembershipCircle": membership_circle,
}


# ---------------------------------------------------------------- checks on the law as encoded


def _together(first: Rule, second: Rule) -> bool:
    return max(first.start, second.start) < min(first.end, second.end)


def _same_data(book: RuleBook, first: Rule, second: Rule) -> bool:
    """Say whether some data category falls under both rules."""
    return any(
        book.data_matches(first.scope, c) and book.data_matches(second.scope, c)
        for c in book.records.categories
    )


def _by_order(book: RuleBook, action: Action) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = defaultdict(list)
    for rule in book.records.rules.values():
        if rule.action is action and not rule.commitment and not rule.pending:
            found[rule.order].append(rule)
    return found


def two_defaults(book: RuleBook) -> Iterable[tuple[str, str]]:
    """Two defaults of one order say opposite things at once for the same data."""
    for rules in _by_order(book, Action.TRANSFER).values():
        defaults = [r for r in rules if r.strength is Strength.RESIDUAL]
        for number, first in enumerate(defaults):
            for second in defaults[number + 1 :]:
                same_scope = (
                    first.scope.sectors == second.scope.sectors
                    and first.scope.purposes == second.scope.purposes
                    and first.destinations == second.destinations
                )
                overridden = first.iri in second.overrides or second.iri in first.overrides
                if (
                    same_scope
                    and not overridden
                    and first.modality is not second.modality
                    and first.when == second.when
                    and _together(first, second)
                    and _same_data(book, first, second)
                ):
                    yield (
                        first.iri,
                        f"'{second.label}' is the opposite default for the same data at the same time. Narrow or end one, or write dr:overrides.",
                    )


def no_default(book: RuleBook) -> Iterable[tuple[str, str]]:
    """An order has transfer rules for some data but no default for them when they start."""
    for rules in _by_order(book, Action.TRANSFER).values():
        defaults = [r for r in rules if r.strength is Strength.RESIDUAL]
        for rule in rules:
            if (
                rule.strength is Strength.RESIDUAL
                or rule.modality is Modality.OBLIGATION
                or rule.start >= FOREVER
            ):
                continue
            wanted = rule.scope.data or {v.ANY_DATA}
            if not any(
                d.in_force(rule.start) and any(book.data_matches(d.scope, c) for c in wanted)
                for d in defaults
            ):
                yield (
                    rule.iri,
                    "On its first day no default holds for this data, so the answer is unknown where the rule does not apply. Add a rule with dr:strength dr:Residual.",
                )


def contested(book: RuleBook) -> Iterable[tuple[str, str]]:
    """A permission and a plain prohibition of one order overlap with no precedence between them."""
    for rules in _by_order(book, Action.TRANSFER).values():
        bans = [r for r in rules if r.modality is Modality.PROHIBITION and r.strength is Strength.DEFEASIBLE]
        routes = [
            r for r in rules if r.modality is Modality.PERMISSION and r.strength is not Strength.RESIDUAL
        ]
        for ban in bans:
            for route in routes:
                linked = ban.iri in route.overrides or route.iri in ban.overrides
                if (
                    not linked
                    and _together(ban, route)
                    and _same_data(book, ban, route)
                    and not _apart(book, ban, route)
                ):
                    yield (
                        ban.iri,
                        f"It meets the permission '{route.label}' and neither overrides the other, so the answer is contested where both apply. Write dr:overrides one way, or make the ban dr:Strict.",
                    )


def _apart(book: RuleBook, first: Rule, second: Rule) -> bool:
    """Say whether scopes plainly do not meet (different destinations, sectors or purposes)."""
    axes = (
        (first.scope.sectors, second.scope.sectors),
        (first.scope.purposes, second.scope.purposes),
        (_places(book, first.destinations), _places(book, second.destinations)),
    )
    return any(a and b and a.isdisjoint(b) for a, b in axes)


def _places(book: RuleBook, named: frozenset[str]) -> frozenset[str]:
    """Return places and lists with everything that was ever entered in them."""
    reached, grown = named, frozenset[str]()
    while reached != grown:
        grown = reached
        reached = grown | {
            e.member for e in book.records.memberships.values() if e.group in grown and not e.extension
        }
    return reached


def entry_twice(book: RuleBook) -> Iterable[tuple[str, str]]:
    """The same entry stands twice on one list with overlapping dates and the same scope."""
    seen: dict[object, list[tuple[int, int]]] = defaultdict(list)
    for entry in book.records.memberships.values():
        key = (entry.member, entry.group, entry.scope, entry.when, entry.mechanism, entry.extension)
        for start, end in seen[key]:
            if max(start, entry.start) < min(end, entry.end):
                yield (
                    entry.iri,
                    "The same member stands on this list twice at the same time. Join the two entries or correct the dates.",
                )
        seen[key].append((entry.start, entry.end))


LAW_CHECKS: dict[str, tuple[str, Callable[[RuleBook], Iterable[tuple[str, str]]]]] = {
    "TwoDefaults": ("error", two_defaults),
    "NoDefault": ("warning", no_default),
    "Contested": ("warning", contested),
    "EntryTwice": ("error", entry_twice),
}


def check_names(dataset: Dataset) -> list[Finding]:
    """Run the checks on names and references."""
    return [finding for check in CHECKS.values() for finding in check(dataset)]


def check_law(
    dataset: Dataset, compiled: Callable[[Dataset], RuleBook] = RuleBook.unchecked
) -> list[Finding]:
    """Run the checks on the law as encoded; the dataset must be readable as records.

    Args:
        dataset: the files.
        compiled: compiles them; a caller that needs the rulebook too may keep it.
    """
    book = compiled(dataset)
    homes = {
        t.subject.value: f for f in dataset.files for t in f.triples if t.predicate.value == v.RDF + "type"
    }
    found = []
    for name, (severity, check) in LAW_CHECKS.items():
        found += [_finding(homes[iri], iri, message, name, severity) for iri, message in check(book)]
    return found
