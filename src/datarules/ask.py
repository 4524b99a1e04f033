"""Words of people → a transfer. Every mistake is reported at once, with the nearest words that exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from . import vocab as v
from .errors import InputError, Problem, nearest
from .model import Fact, Jurisdiction, Transfer, Value
from .reader import Concept
from .rulebook import RuleBook

TRUE_WORDS = frozenset({"true", "yes", "y", "1", "on"})
FALSE_WORDS = frozenset({"false", "no", "n", "0", "off"})
EARLIEST = date(1970, 1, 1)
MAX_DATA = 20


def plain(word: str) -> str:
    """Return a word in the form names are compared in: small letters, hyphens for blanks and underscores."""
    return re.sub(r"[\s_]+", "-", word.strip().casefold())


def jurisdiction(book: RuleBook, word: str) -> Jurisdiction | None:
    """Return the jurisdiction of a code, English name or other known name."""
    found = book.by_code.get(word.strip().upper())
    if found is None:
        wanted = plain(word)
        for one in book.records.jurisdictions.values():
            names = (one.label, *one.aliases, *(name for _, name in one.names))
            if wanted in map(plain, names):
                return one
    return found


def concept(scheme: Mapping[str, Concept], space: str, word: str) -> str | None:
    """Return the IRI of a concept by local name, label or other label."""
    wanted = plain(word)
    if space + wanted in scheme:
        return space + wanted
    if word.strip() in scheme:
        return word.strip()
    for iri, one in sorted(scheme.items(), key=lambda item: not item[0].startswith(space)):
        if wanted in (plain(one.label), plain(v.local(iri)), *map(plain, one.aliases)):
            return iri
    return None


def fact(book: RuleBook, word: str) -> Fact | None:
    """Return a fact by name, label or other label."""
    wanted = plain(word)
    facts = book.records.facts
    if wanted in facts:
        return facts[wanted]
    return next((f for f in facts.values() if wanted in (plain(f.label), *map(plain, f.aliases))), None)


def fact_value(known: Fact, given: Any) -> Value:
    """Return the value of a fact.

    Raises:
        ValueError: the value is not of the fact's kind; the message says what is expected.
    """
    if known.kind is bool:
        if isinstance(given, bool):
            return given
        text = str(given).strip().casefold()
        if text in TRUE_WORDS:
            return True
        if text in FALSE_WORDS:
            return False
        raise ValueError("This fact is either yes or no.")
    if isinstance(given, bool):
        raise ValueError(f"This fact is a whole number of {known.unit}.")
    if isinstance(given, int):
        number = given
    else:
        text = str(given).strip().replace(",", "").replace("_", "")
        if not re.fullmatch(r"\d{1,15}", text):
            raise ValueError(f"This fact is a whole number of {known.unit}, {known.window}.")
        number = int(text)
    if not 0 <= number < 10**15:
        raise ValueError(f"This fact is a whole number of {known.unit} from 0 up.")
    return number


def day_of(text: str | date, place: str, problems: list[Problem]) -> date | None:
    """Read a day in ISO 8601 form; add a problem and return nothing where it is not one."""
    if isinstance(text, date):
        found = text
    else:
        try:
            found = date.fromisoformat(text.strip())
        except ValueError:
            problems.append(
                Problem(
                    place,
                    text,
                    "This is not a day of the calendar.",
                    "Write it as YYYY-MM-DD, for example 2026-11-23.",
                )
            )
            return None
    if found < EARLIEST:
        problems.append(
            Problem(
                place,
                found.isoformat(),
                "There was no data law to speak of.",
                f"Ask about a day from {EARLIEST} on.",
            )
        )
        return None
    return found


def _hint(words: Sequence[str], otherwise: str) -> str:
    return f"Did you mean {' or '.join(words)}?" if words else otherwise


class Question:
    """Collects the parts of a question and every problem with them."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self.problems: list[Problem] = []

    def place(self, word: str, field: str) -> str:
        """Return the IRI of a jurisdiction, or note the problem."""
        found = jurisdiction(self.book, word)
        if found:
            return found.iri
        codes = nearest(
            word, [*self.book.by_code, *(j.label for j in self.book.records.jurisdictions.values())]
        )
        shown = [f"{j.code} ({j.label})" for c in codes if (j := jurisdiction(self.book, c))]
        self.problems.append(
            Problem(
                field,
                word,
                "There is no jurisdiction of this code or name.",
                _hint(list(dict.fromkeys(shown)), "Codes are ISO 3166, for example BR or CA-QC."),
            )
        )
        return ""

    def concepts(
        self, words: Iterable[str], field: str, scheme: Mapping[str, Concept], space: str, listing: str
    ) -> tuple[str, ...]:
        """Return the IRIs of concepts, noting a problem for each unknown word."""
        found: dict[str, None] = {}
        for word in words:
            iri = concept(scheme, space, word)
            if iri:
                found[iri] = None
            else:
                close = nearest(
                    word, [v.local(i) for i in scheme] + [a for c in scheme.values() for a in c.aliases]
                )
                self.problems.append(
                    Problem(
                        field,
                        word,
                        f"There is no such {field}.",
                        _hint(close, f"See them all: {listing}."),
                    )
                )
        return tuple(found)

    def facts(self, given: Mapping[str, Any]) -> tuple[tuple[str, Value], ...]:
        """Return the stated facts by name, noting unknown names, wrong values and contradictions."""
        found: dict[str, Value] = {}
        for word, raw in given.items():
            place = f"facts.{word}"
            known = fact(self.book, word)
            if known is None:
                close = nearest(word, list(self.book.records.facts))
                self.problems.append(
                    Problem(
                        place,
                        str(raw),
                        "There is no such fact.",
                        _hint(close, "See them all: datarules facts, or /v1/facts."),
                    )
                )
                continue
            try:
                value = fact_value(known, raw)
            except ValueError as error:
                example = "yes" if known.kind is bool else "300000"
                self.problems.append(
                    Problem(place, str(raw), str(error), f"Write for example {known.name}={example}.")
                )
                continue
            if found.setdefault(known.name, value) != value:
                self.problems.append(
                    Problem(
                        place,
                        str(raw),
                        f"{known.name} is stated twice with different values.",
                        "State it once.",
                    )
                )
        return tuple(sorted(found.items()))


def transfer(
    book: RuleBook,
    origin: str,
    destination: str,
    data: str | Sequence[str] = "personal",
    purpose: str = "any",
    sector: str = "any",
    as_of: str | date | None = None,
    facts: Mapping[str, Any] | None = None,
    open_facts: bool = False,
) -> tuple[Transfer, date | None]:
    """Read a question put in words.

    Args:
        book: the rulebook, for what exists.
        origin: code or name.
        destination: code or name.
        data: one or more categories; a comma separates them in one string.
        purpose: one purpose.
        sector: one sector.
        as_of: the day; nothing if the caller sets it.
        facts: name → yes/no or number.
        open_facts: leave what is not stated unknown.

    Returns:
        The transfer and the day.

    Raises:
        InputError: with every problem found.
    """
    ask = Question(book)
    records = book.records
    words = [w for part in ([data] if isinstance(data, str) else data) for w in part.split(",") if w.strip()]
    if not words or len(words) > MAX_DATA:
        ask.problems.append(
            Problem(
                "data",
                str(len(words)),
                f"A question is about 1 to {MAX_DATA} data categories.",
                "Name them, for example personal,health.",
            )
        )
    found = Transfer(
        ask.place(origin, "origin"),
        ask.place(destination, "destination"),
        ask.concepts(
            words, "data", records.categories, v.CATEGORY, "datarules categories, or /v1/categories"
        ),
        next(
            iter(
                ask.concepts(
                    [purpose or "any"],
                    "purpose",
                    records.purposes,
                    v.PURPOSE,
                    "datarules categories --purposes, or /v1/purposes",
                )
            ),
            v.ANY_PURPOSE,
        ),
        next(
            iter(
                ask.concepts(
                    [sector or "any"],
                    "sector",
                    records.sectors,
                    v.SECTOR,
                    "datarules categories --sectors, or /v1/sectors",
                )
            ),
            v.ANY_SECTOR,
        ),
        ask.facts(facts or {}),
        open_facts,
    )
    day = day_of(as_of, "as_of", ask.problems) if as_of is not None else None
    if ask.problems:
        raise InputError(*ask.problems)
    return found, day
