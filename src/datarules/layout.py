"""The one layout of a data file: order of blocks, order of predicates in a block, sections (CONTRIBUTING 1).

Pure text → text; the same statements come out, in the order a lawyer reads: jurisdiction, its memberships,
instruments, own terms, rules by section (each default first), lists with their entries, coverage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from . import turtle
from .turtle import Block, Items, Node, Text, Value
from .vocab import ID, PREFIXES

WIDTH = 120
"""Characters up to which the scope of a statement stays on one line."""
PREFIX_ORDER = (
    *("", "id", "cat", "dct", "dr", "eli", "fact", "mech"),
    *("odrl", "prov", "pur", "schema", "sec", "skos", "xsd"),
)
"""Prefixes every file begins with."""

HEAD, OWN, INSTRUMENTS, TERMS, RULES, LISTS, AUTHORITIES, COVERAGE = range(8)
HEADINGS = {
    OWN: "memberships in larger orders",
    INSTRUMENTS: "instruments",
    RULES: "rules",
    LISTS: "lists",
    AUTHORITIES: "authorities",
    COVERAGE: "coverage",
}
"""Headings of sections where the file has none of its own."""
TERM_KINDS = {
    "dr:DataCategory": "categories",
    "dr:Fact": "facts",
    "dr:Mechanism": "mechanisms",
    "dr:Condition": "conditions",
}
ENTRIES = ("dr:Membership", "dr:Extension")
RANKS = {
    "dr:Jurisdiction": HEAD,
    "eli:LegalResource": INSTRUMENTS,
    **dict.fromkeys(TERM_KINDS, TERMS),
    "dr:Rule": RULES,
    "dr:Commitment": RULES,
    "dr:JurisdictionGroup": LISTS,
    **dict.fromkeys(ENTRIES, LISTS),
    "dr:Authority": AUTHORITIES,
    "dr:Coverage": COVERAGE,
}
SPACED = (HEAD, RULES)
"""Blocks set apart by an empty line; facts are, too."""

_RULE = (
    *("a skos:prefLabel", "skos:altLabel"),
    "dr:ofJurisdiction dr:modality dr:action",
    "dr:data dr:notData dr:sector dr:purpose dr:destination dr:notDestination dr:onwardTo dr:appliesIf "
    "dr:requires dr:viaMechanism dr:strength dr:overrides",
    "dr:validFrom dr:validUntil dr:commencement dr:evidence",
    "prov:wasRevisionOf",
)
_ENTRY = (
    "a dr:member dr:group",
    "dr:data dr:notData dr:sector dr:purpose dr:appliesIf dr:viaMechanism",
    "dr:validFrom dr:validUntil dr:commencement dr:evidence",
    "dr:leavesOut",
    "prov:wasRevisionOf",
)
LINES: dict[str, tuple[str, ...]] = {
    "dr:Jurisdiction": ("a dct:identifier", "skos:prefLabel", "skos:altLabel"),
    "eli:LegalResource": ("a eli:title_short", "dct:title schema:url"),
    "dr:DataCategory": (
        *("a skos:inScheme skos:prefLabel", "skos:altLabel", "skos:definition"),
        "skos:broader skos:narrowMatch",
    ),
    "dr:Fact": (
        *("a skos:inScheme skos:prefLabel", "skos:altLabel", "skos:definition"),
        "dr:role dr:valueType dr:unit dr:window dr:baseline dr:assumedIn dr:burden",
    ),
    "dr:Mechanism": ("a skos:prefLabel", "skos:altLabel", "skos:definition", "dr:burden skos:broader"),
    "dr:Condition": ("a skos:prefLabel", "dr:fact dr:operator dr:value dr:allOf dr:anyOf"),
    "dr:Rule": _RULE,
    "dr:Commitment": _RULE,
    "dr:JurisdictionGroup": ("a skos:prefLabel", "skos:altLabel"),
    "dr:Membership": _ENTRY,
    "dr:Extension": _ENTRY,
    "dr:Authority": (
        *("a skos:prefLabel", "skos:altLabel"),
        "dr:ofJurisdiction dr:data dr:sector schema:url",
        "dr:validFrom dr:validUntil dr:evidence",
    ),
    "dr:Coverage": (
        "a dr:ofJurisdiction dr:action dr:data dr:sector",
        "dr:validFrom dr:validUntil dr:evidence",
        "dr:extent dr:reviewedOn",
    ),
    "dr:Citation": ("a dct:source dr:pinpoint dr:readIn dr:readOn dr:means",),
}
"""Predicates by class: each string is a line of a block. What is not named follows, then `LAST`."""
WRAPPED = ("dr:data", "dr:notData", "dr:fact")
"""First predicates of the lines that are broken where they are too long."""
LAST = ("skos:note", "skos:editorialNote", "dr:citation", "dr:endCitation", "dr:confirmation")
LAST_OF = {"dr:Jurisdiction": (*LAST, "dr:reviewedOn")}
REPEATED = ("dr:readIn",)
"""Predicates written again for each value."""


def graph_of(text: str) -> ox.Dataset:
    """Return the canonical graph of a text (W3C RDF Dataset Canonicalization 1.0); equal means isomorphic.

    Raises:
        SyntaxError: it is no Turtle.
    """
    found = ox.Dataset(ox.parse(text.encode(), format=ox.RdfFormat.TURTLE, base_iri=ID))
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return found


def layout(text: str, name: str) -> str:
    """Return a data file in the one layout.

    Args:
        text: the file.
        name: its name, for errors.

    Returns:
        The same graph; formatting it again changes nothing.

    Raises:
        DataError: the text is not of the form of a data file, a comment stands where it could not be kept,
            or (which would be a fault of this module) the graph would change.
    """
    read = turtle.read(text, name)
    made = "\n".join([*_prefixes(read, name), *_body(read), *(["", *read.tail] if read.tail else [])]) + "\n"
    try:
        same = graph_of(text) == graph_of(made)
    except SyntaxError as error:
        raise turtle.refusal(
            name, error.lineno or 1, "", f"This is not well-formed Turtle: {error.msg}."
        ) from error
    if not same:
        raise turtle.refusal(
            name, 1, "", "Formatting would change what the file says.", "Please report the file."
        )
    return made


def _prefixes(read: Text, name: str) -> Iterator[str]:
    wrong = [p for p, space in read.prefixes.items() if p and PREFIXES.get(p, space) != space]
    if wrong:
        raise turtle.refusal(
            name, 1, f"{wrong[0]}:", f"This prefix stands for {PREFIXES[wrong[0]]} in every file."
        )
    spaces = {**PREFIXES, **read.prefixes}
    chosen = [p for p in PREFIX_ORDER if p in spaces] + sorted(read.prefixes.keys() - set(PREFIX_ORDER))
    for prefix in chosen:
        yield f"@prefix {prefix}: <{spaces[prefix]}> ."


# -- the order of blocks


def _joined(blocks: Iterable[Block]) -> list[Block]:
    """Return one block a subject, at its first place."""
    found: dict[str, Block] = {}
    for block in blocks:
        known = found.setdefault(block.subject, block)
        if known is not block:
            known.comments += block.comments
            for predicate, values in block.pairs.items():
                here = known.pairs.setdefault(predicate, [])
                here += [v for v in values if not isinstance(v, str) or v not in here]
    return list(found.values())


def _rank(block: Block, head: str, whole: bool) -> int:
    """Return where a block stands; ``head`` is the file's own subject, ``whole`` that it is a jurisdiction."""
    if block.subject == head:
        return HEAD
    ends = [*block.pairs.get("dr:member", []), *block.pairs.get("dr:group", [])]
    if whole and head in ends and any(kind in ENTRIES for kind in block.kinds):
        return OWN
    return next((RANKS[kind] for kind in block.kinds if kind in RANKS), RULES)


def _owner(heading: str, ranks: list[int]) -> int:
    """Say which blocks a section is for: those its first word names, else those there are most of."""
    words = {
        **dict.fromkeys(("membership", "memberships", "extension"), OWN),
        **dict.fromkeys(("instrument", "instruments"), INSTRUMENTS),
        **dict.fromkeys(("own", "category", *TERM_KINDS.values()), TERMS),
        **dict.fromkeys(("lists", "list", "members", "agreement"), LISTS),
        "rules": RULES,
        **dict.fromkeys(("authority", "authorities"), AUTHORITIES),
        "coverage": COVERAGE,
    }
    named = words.get(heading.split(":")[0].split(",")[0].split(" ")[0])
    return named if named in ranks else max(sorted(set(ranks), reverse=True), key=ranks.count)


def _body(read: Text) -> Iterator[str]:
    blocks = _joined(read.blocks)
    heads = [b for b in blocks if "dr:Jurisdiction" in b.kinds]
    heads += [b for b in blocks if "dr:JurisdictionGroup" in b.kinds and b.subject.startswith("id:")]
    head = heads[0].subject if heads else ""
    whole = bool(heads) and "dr:Jurisdiction" in heads[0].kinds
    ranks = {b.subject: _rank(b, head, whole) for b in blocks}
    under: dict[str, list[int]] = {}
    for block in blocks:
        if block.section is not None:
            under.setdefault(block.section, []).append(ranks[block.subject])
    owners = {heading: _owner(heading, found) for heading, found in under.items()}
    sections: dict[tuple[int, str], list[Block]] = {}
    for block in blocks:
        rank = ranks[block.subject]
        kept = block.section is not None and owners[block.section] == rank and rank != TERMS
        heading = (block.section or "") if kept else HEADINGS.get(rank, "")
        sections.setdefault((rank, heading), []).append(block)
    order = sorted(sections, key=lambda one: one[0])
    for rank, heading in order:
        yield from _section(rank, heading, sections[rank, heading])


def _place(rank: int, block: Block) -> int:
    """Return the place of a block within its section: own terms by kind, the default before its routes."""
    if rank == TERMS:
        return next(n for n, kind in enumerate(TERM_KINDS) if kind in block.kinds)
    return 0 if rank != RULES or "dr:Residual" in block.pairs.get("dr:strength", []) else 1


def _section(rank: int, heading: str, blocks: list[Block]) -> Iterator[str]:
    blocks = sorted(blocks, key=lambda b: _place(rank, b))
    if rank == TERMS:
        there = [word for kind, word in TERM_KINDS.items() if any(kind in b.kinds for b in blocks)]
        heading = ", ".join(there)
    yield ""
    if heading:
        yield f"# ---- {heading}"
    before: Block | None = None
    for block in blocks:
        if before is not None and (rank in SPACED or "dr:Fact" in (*block.kinds, *before.kinds)):
            yield ""
        yield from block.comments
        yield from _block(block)
        before = block


# -- one block


def _block(block: Block) -> Iterator[str]:
    kind = next((k for k in block.kinds if k in LINES), "")
    left = dict(block.pairs)
    made: list[str] = []
    last = LAST_OF.get(kind, LAST)
    groups = [group.split() for group in LINES.get(kind, ("a skos:prefLabel",))]
    named = {p for group in groups for p in group}
    others = [[p] for p in sorted(left) if p not in named and p not in last]
    for group in [*groups, *others, *([p] for p in last)]:
        parts = [part for p in group if p in left for part in _statements(p, left.pop(p))]
        made += _packed(parts, WIDTH if group[0] in WRAPPED else None)
    made[0] = f"{block.subject} {made[0]}"
    for number, line in enumerate(made):
        yield f"{'  ' if number else ''}{line} {'.' if number == len(made) - 1 else ';'}"


def _packed(parts: list[str], width: int | None) -> list[str]:
    """Put statements on one line, or on as few as the width allows, in order."""
    lines: list[str] = []
    for part in parts:
        if lines and (width is None or len(lines[-1]) + len(part) + 3 <= width):
            lines[-1] += f" ; {part}"
        else:
            lines.append(part)
    return lines


def _statements(predicate: str, values: list[Value]) -> list[str]:
    if predicate in REPEATED:
        return [f"{predicate} {_value(v)}" for v in values]
    apart = " ,\n    " if len(values) > 1 and all(isinstance(v, Node) for v in values) else " , "
    return [f"{predicate} {apart.join(_value(v) for v in values)}"]


def _value(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Items):
        return f"( {' '.join(_value(v) for v in value.values)} )" if value.values else "()"
    pairs = {p: list(v) for p, v in value.pairs}
    kind = next((v for v in pairs.get("a", []) if isinstance(v, str) and v in LINES), "")
    known = [p for group in LINES.get(kind, ("a",)) for p in group.split()]
    order = [p for p in known if p in pairs] + sorted(pairs.keys() - set(known))
    inside = " ; ".join(part for p in order for part in _statements(p, pairs[p]))
    return f"[ {inside} ]" if inside else "[]"
