"""The words of a log of transfers and what they mean, each read once.

Numbers of persons and the like mean only between which of the law's thresholds they fall, so they stay few.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from . import ask
from . import vocab as v
from .errors import Problem
from .flow_mapping import FlowMapping, constant_day
from .matrix import NONE
from .model import Value, comparisons
from .rulebook import RuleBook


@dataclass(slots=True)
class Words:
    """What the words of one column mean.

    Attributes:
        field: what the column gives: a field of a question or ``facts.<name>``.
        words: distinct words, in the order they came.
        codes: number of the meaning of each word; `NONE` where it cannot be read.
        problems: why it cannot be read, or empty.
        meanings: what each number means.
        absent: number of a cell that is empty; `NONE` where it must not be.
    """

    field: str
    words: list[Any]
    codes: list[int]
    problems: list[str]
    meanings: list[Any]
    absent: int = NONE


def thresholds(book: RuleBook, name: str) -> list[int]:
    """Return the numbers at which the answer to some comparison of a fact turns, ascending.

    From each of them up to the next, and below the first, every rule and entry sees the same.
    """
    found: set[int] = set()
    records = book.records
    conditions = [
        *(rule.when for rule in records.rules.values()),
        *(entry.when for entry in records.memberships.values()),
    ]
    for when in conditions:
        for test in comparisons(when):
            if test.fact == name:
                turns = {"gt": (1,), "lteq": (1,), "gteq": (0,), "lt": (0,)}.get(test.operator, (0, 1))
                found |= {int(test.value) + turn for turn in turns}
    return sorted(found - {0})


def measured(book: RuleBook, name: str) -> Words:
    """Return what the classes of a number mean: 0 for not stated, then one between each two thresholds."""
    meanings = [None, 0, *thresholds(book, name)]
    return Words(f"facts.{name}", [], [], [], meanings, 0)


class Reading:
    """Reads the words of a log, each once.

    Args:
        book: the compiled law.
        mapping: how the log is read, as it fits the log.
    """

    def __init__(self, book: RuleBook, mapping: FlowMapping) -> None:
        self.book = book
        self.mapping = mapping
        self.problems: list[Problem] = []
        self.fixed = {key: self._constant(key, value) for key, value in mapping.constants.items()}

    def _constant(self, key: str, value: Any) -> Any:
        if key == "date":
            return constant_day(value, self.problems)
        meaning, problem = self.meaning(key, value)
        if problem:
            self.problems.append(Problem(f"constants.{key}", str(value), problem, ""))
        return meaning

    def words(self, key: str, distinct: Iterable[Any]) -> Words:
        """Return what the distinct words of a column mean; empty cells are left to ``absent``."""
        found = Words(key, [], [], [], [])
        numbers: dict[Any, int] = {}
        if key in ("purpose", "sector") or key.startswith("facts."):
            found.absent = numbers[None] = 0
            found.meanings.append(None)
        for word in distinct:
            if word is None:
                continue
            meaning, problem = self.meaning(key, word)
            code = NONE
            if not problem:
                code = numbers.setdefault(meaning, len(numbers))
                if code == len(found.meanings):
                    found.meanings.append(meaning)
            found.words.append(word)
            found.codes.append(code)
            found.problems.append(problem)
        return found

    def meaning(self, key: str, word: Any) -> tuple[Any, str]:
        """Return what one word means for a field, and why it cannot be read (or nothing)."""
        text = str(self.mapping.own_words(key).get(str(word).strip(), word)).strip()
        if not text:
            return None, "" if key in ("purpose", "sector") or key.startswith("facts.") else f"{key} is empty"
        if key.startswith("facts."):
            return self._fact(key.removeprefix("facts."), word if isinstance(word, (bool, int)) else text)
        question = ask.Question(self.book)
        records = self.book.records
        found: Any
        if key in ("origin", "destination"):
            found = question.place(text, key)
        elif key == "data":
            parts = [p for p in text.split(self.mapping.separator) if p.strip()]
            found = question.concepts(parts, key, records.categories, v.CATEGORY, "datarules categories")
            found = tuple(sorted(found))
        else:
            scheme, space = (records.purposes, v.PURPOSE) if key == "purpose" else (records.sectors, v.SECTOR)
            found = next(
                iter(question.concepts([text], key, scheme, space, f"datarules categories --{key}s")), None
            )
        return (None, "; ".join(map(str, question.problems))) if question.problems else (found, "")

    def _fact(self, name: str, given: Any) -> tuple[Value | None, str]:
        known = self.book.records.facts[name]
        if isinstance(given, str) and given.endswith(".0"):
            given = given[:-2]
        try:
            return ask.fact_value(known, given), ""
        except ValueError as error:
            return None, f"facts.{name}: {given!r} {error}"

    def day(self, word: Any) -> tuple[date | None, str]:
        """Return the day that a word of the date column names, and why it names none (or nothing)."""
        if isinstance(word, datetime):
            word = word.date()
        if isinstance(word, str) and self.mapping.date_format:
            try:
                word = datetime.strptime(word.strip(), self.mapping.date_format).date()
            except ValueError:
                return None, f"date: {word!r} is not of the form {self.mapping.date_format}"
        problems: list[Problem] = []
        found = ask.day_of(word if isinstance(word, date) else str(word), "date", problems)
        return found, "; ".join(map(str, problems))
