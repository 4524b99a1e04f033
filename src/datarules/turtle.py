"""Turtle text ↔ blocks of words, with the comments between them; the ground of the formatter.

Reads what data files are written in: ``@prefix``, one block a subject, literals, lists and blank nodes in
brackets (W3C RDF 1.1 Turtle, section 6.5, without relative addresses). Words stay as they were spelt. Graph
libraries lose comments and the order a lawyer reads in, hence an own reader of words; whether the text is
Turtle at all is for `datarules.load` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .errors import DataError, Problem

_NAME = r"(?:[\w:-]|%[0-9A-Fa-f]{2}|\\.)"
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<comment>\#[^\n]*)
    |(?P<iri><[^\s<>"{{}}|^`]*>)
    |(?P<string>\"\"\"(?:[^"\\]|\\.|"(?!\"\"))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<at>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<typed>\^\^)
    |(?P<name>(?:\w(?:[\w.-]*[\w-])?)?:(?:{_NAME}(?:(?:{_NAME}|\.)*{_NAME})?)?)
    |(?P<number>[+-]?\d*\.?\d+(?:[eE][+-]?\d+)?)
    |(?P<word>[A-Za-z]+)
    |(?P<mark>[;,.\[\]()])""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text and its line (from 1). ``kind`` is a group of the pattern above."""

    kind: str
    text: str
    line: int
    first: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A blank node in brackets: pairs of predicate and values, in the order written."""

    pairs: tuple[tuple[str, tuple[Value, ...]], ...]


@dataclass(frozen=True, slots=True)
class Items:
    """An RDF list in round brackets."""

    values: tuple[Value, ...]


Value = str | Node | Items


@dataclass(slots=True)
class Block:
    """What stands about one subject.

    Attributes:
        subject: as spelt.
        pairs: values by predicate, in the order written; ``a`` for ``rdf:type``.
        section: text of the section comment it stands under, without the dashes; none before the first.
        comments: comment lines directly before it.
        line: where it begins.
    """

    subject: str
    pairs: dict[str, list[Value]]
    section: str | None
    comments: list[str]
    line: int

    @property
    def kinds(self) -> tuple[str, ...]:
        """The classes named."""
        return tuple(v for v in self.pairs.get("a", []) if isinstance(v, str))


@dataclass(slots=True)
class Text:
    """A file read: prefixes in the order declared, blocks, and the comments after the last block."""

    prefixes: dict[str, str] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)


SECTION = re.compile(r"#\s*-{3,}\s*(.*?)\s*-*\s*")


def tokens(text: str, name: str) -> Iterator[Token]:
    """Yield the words of a text, without space.

    Raises:
        DataError: something that is no word of Turtle; names file and line.
    """
    at, line, fresh = 0, 1, True
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise refusal(name, line, text[at : at + 20].split("\n")[0], "This is no word of Turtle.")
        kind, found = str(match.lastgroup), match.group()
        if kind != "space":
            yield Token(kind, found, line, fresh)
        newlines = found.count("\n")
        fresh = bool(newlines) if kind == "space" else False
        line += newlines
        at = match.end()


def refusal(name: str, line: int, value: str, reason: str, remedy: str = "") -> DataError:
    """Return the error for a text that cannot be formatted as it stands."""
    remedy = remedy or "Write it as in CONTRIBUTING section 1, then format again."
    return DataError(Problem(f"{name}:{line}", value, reason, remedy))


class _Reader:
    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.words = list(tokens(text, name))
        self.at = 0
        self.last = 0

    def stop(self, reason: str, remedy: str = "") -> DataError:
        here = self.words[min(self.at, len(self.words) - 1)]
        return refusal(self.name, here.line, here.text[:60], reason, remedy)

    def peek(self) -> Token | None:
        return self.words[self.at] if self.at < len(self.words) else None

    def take(self, *marks: str) -> Token:
        """Return the next word, which must be one of some marks if any are given."""
        word = self.peek()
        if word is None:
            self.at -= 1
            raise self.stop("The text ends in the middle of a statement.")
        if word.kind == "comment":
            remedy = "Move it to a line of its own before the block, or make it a skos:editorialNote."
            raise self.stop("A comment inside a block cannot be kept in its place.", remedy)
        if marks and word.text not in marks:
            raise self.stop(f"Expected {' or '.join(marks)} here.")
        self.at += 1
        self.last = word.line + word.text.count("\n")
        return word

    def value(self) -> Value:
        word = self.take()
        match word.kind, word.text:
            case "mark", "[":
                return Node(tuple((p, tuple(v)) for p, v in self.pairs("]").items()))
            case "mark", "(":
                found: list[Value] = []
                while (ahead := self.peek()) is None or ahead.text != ")":
                    found.append(self.value())
                self.take(")")
                return Items(tuple(found))
            case "string", text:
                ahead = self.peek()
                if ahead and ahead.kind == "at":
                    return text + self.take().text
                if ahead and ahead.kind == "typed":
                    return text + self.take().text + self.take().text
                return text
            case (("iri" | "name" | "number"), text):
                return text
            case "word", ("true" | "false") as text:
                return text
        self.at -= 1
        raise self.stop("This cannot stand as a value.")

    def pairs(self, end: str) -> dict[str, list[Value]]:
        """Read ``predicate value , value ; …`` up to an end mark; a predicate written twice is joined."""
        found: dict[str, list[Value]] = {}
        while True:
            word = self.take()
            if word.text == end:
                return found
            if word.text == ";":
                continue
            if word.kind not in ("iri", "name") and word.text != "a":
                self.at -= 1
                raise self.stop("This cannot stand as a predicate.")
            values = found.setdefault("a" if word.text == "rdf:type" else word.text, [])
            while True:
                value = self.value()
                if not isinstance(value, str) or value not in values:
                    values.append(value)
                if self.take(",", ";", end).text != ",":
                    self.at -= 1
                    break

    def prefix(self, into: dict[str, str]) -> None:
        word = self.take()
        name, address = self.take(), self.take()
        if name.kind != "name" or not name.text.endswith(":") or address.kind != "iri":
            raise self.stop("This is no declaration of a prefix.")
        if into.setdefault(name.text[:-1], address.text[1:-1]) != address.text[1:-1]:
            raise self.stop(f"The prefix {name.text} is declared twice with different addresses.")
        if word.text.startswith("@"):
            self.take(".")

    def run(self) -> Text:
        found = Text()
        section: str | None = None
        comments: list[str] = []
        while word := self.peek():
            if word.kind == "comment":
                if not word.first or (word.line == self.last and self.at):
                    remedy = "Move it to a line of its own before the block."
                    raise self.stop("A comment after a statement cannot be kept in its place.", remedy)
                match = SECTION.fullmatch(word.text)
                if match:
                    section = match[1]
                else:
                    comments.append(word.text.rstrip())
                self.at += 1
            elif word.text.casefold() in ("@prefix", "prefix"):
                self.prefix(found.prefixes)
            elif word.kind in ("iri", "name"):
                self.take()
                found.blocks.append(Block(word.text, self.pairs("."), section, comments, word.line))
                comments = []
            else:
                raise self.stop("A block begins with the name of its subject.")
        found.tail = comments
        return found


def read(text: str, name: str) -> Text:
    """Read a text as prefixes, blocks and comments.

    Args:
        text: the Turtle text.
        name: of the file, for errors.

    Raises:
        DataError: it is not of the form of a data file, or a comment stands where it could not be kept.
    """
    return _Reader(text, name).run()
