"""Finding places, laws and rules by name, code, law or article, forgiving typing errors.

Words of the question are matched with words of the entries: the same word, its beginning, or one at a small
edit distance (Damerau-Levenshtein, normalised; F. Damerau, CACM 7(3), 1964). Rare words count more (inverse
document frequency; K. Spärck Jones, Journal of Documentation 28(1), 1972).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import explain
from . import vocab as v
from .rulebook import RuleBook

KINDS = ("jurisdiction", "instrument", "rule")
"""Kinds of entries, in the order in which equals are shown."""
CLOSE = 0.72
"""Least likeness of a mistyped word, 0 to 1."""
SHORTEST = 4
"""Letters from which a word may be mistyped."""
_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff]")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be found.

    Attributes:
        kind: one of `KINDS`.
        id: local name.
        label: its name.
        detail: what tells it from others, such as the article.
        order: code of the jurisdiction.
        address: official address of the text, or empty.
        exact: names by which it is called outright, folded.
    """

    kind: str
    id: str
    label: str
    detail: str
    order: str
    address: str
    exact: frozenset[str]


def fold(text: str) -> str:
    """Return text without case and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in parts if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """Return the folded words of a text; Chinese is cut into its characters too."""
    found = []
    for word in _WORD.findall(fold(text)):
        found.append(word)
        if _HAN.search(word):
            found += word
    return found


def _entries(book: RuleBook) -> Iterator[tuple[Entry, str]]:
    """Yield every entry with the text it is found by."""
    records = book.records
    for place in records.jurisdictions.values():
        names = [place.label, *place.aliases, *(name for _, name in place.names)]
        exact = frozenset(fold(n) for n in (place.code, *names))
        yield (
            Entry("jurisdiction", place.code, place.label, "", place.code, "", exact),
            " ".join((place.code, *names)),
        )
    for iri, (short, title, address) in records.instruments.items():
        name = v.local(iri)
        order = name.split("/")[0]
        entry = Entry("instrument", name, short, title, order, address, frozenset({fold(short), fold(name)}))
        yield entry, f"{name} {short} {title}"
    for rule in records.rules.values():
        name, order = v.local(rule.iri), v.local(rule.order)
        articles = "; ".join(c.article for c in rule.citations)
        address = rule.citations[0].address if rule.citations else ""
        exact = frozenset({fold(name), *(fold(c.article) for c in rule.citations)})
        yield (
            Entry("rule", name, rule.label, articles, order, address, exact),
            f"{name} {rule.label} {articles} {explain.place(book, rule.order)}",
        )


class Finder:
    """An index over one rulebook, made once."""

    def __init__(self, book: RuleBook) -> None:
        self.entries: list[Entry] = []
        self._holders: dict[str, set[int]] = defaultdict(set)
        for number, (entry, text) in enumerate(_entries(book)):
            self.entries.append(entry)
            for word in words(text):
                self._holders[word].add(number)
        self._vocabulary = sorted(self._holders)

    def _matches(self, word: str) -> dict[str, float]:
        """Return words of the vocabulary that a word may mean, with their likeness from 0 to 1."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        found = {w: 0.75 + 0.2 * len(word) / len(w) for w in self._vocabulary if w.startswith(word)}
        if len(word) >= SHORTEST:
            for near, likeness, _ in process.extract(
                word, self._vocabulary, scorer=OSA.normalized_similarity, score_cutoff=CLOSE, limit=12
            ):
                found[near] = max(found.get(near, 0.0), 0.85 * likeness)
        if word in self._holders:
            found[word] = 1.0
        return found

    def find(self, text: str) -> list[tuple[Entry, float]]:
        """Return the entries that hold a likeness of every word, best first, with their worth."""
        asked = list(dict.fromkeys(words(text)))
        worth: dict[int, float] = {}
        meanings = {word: self._matches(word) for word in asked}
        for position, word in enumerate(asked):
            reached: dict[int, float] = {}
            for meant, likeness in meanings[word].items():
                holders = self._holders[meant]
                weight = likeness**2 * math.log(1 + len(self.entries) / len(holders))
                for number in holders:
                    reached[number] = max(reached.get(number, 0.0), weight)
            worth = {n: worth.get(n, 0.0) + w for n, w in reached.items() if position == 0 or n in worth}
        likeliest = [
            max(meanings[word].items(), key=_likeness, default=(word, 0.0))[0] for word in words(text)
        ]
        called, phrase = fold(text).strip(), f" {' '.join(likeliest)} "
        rows = [
            (self.entries[n], value + _bonus(self.entries[n], called, phrase)) for n, value in worth.items()
        ]
        return sorted(rows, key=lambda row: (-row[1], KINDS.index(row[0].kind), row[0].id))


def _likeness(match: tuple[str, float]) -> float:
    return match[1]


def _bonus(entry: Entry, called: str, phrase: str) -> float:
    """Return what is added where an entry is called just that, or says the words one after the other."""
    if called in entry.exact:
        return 20.0
    return 6.0 if phrase in f" {' '.join(words(f'{entry.detail} {entry.label} {entry.id}'))} " else 0.0


def row(entry: Entry) -> Row:
    """Return an entry as lists show it."""
    return {
        "kind": entry.kind,
        "id": entry.id,
        "label": entry.label,
        "detail": entry.detail,
        "jurisdiction": entry.order,
        "address": entry.address,
    }
