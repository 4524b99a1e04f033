"""A log joined with small tables on integers: first a number for each word, then one key, then one answer.

The joins are Ibis expressions, the same on every engine (`datarules.flow_engines`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from . import flow_table, flow_words
from .errors import InputError
from .flow_engines import Engine
from .flow_table import Longs, Places, Table
from .flow_words import Reading, Words
from .matrix import NONE

MOST_WORDS = 1_000_000
"""Distinct days a column may have; more mean that it is the wrong column."""
MOST_COMBINATIONS = 5_000_000
"""Distinct combinations of words a log may have; more mean that a column is the wrong one."""
ROW = "datarules_"
"""Prefix of the columns that only the join needs."""
PLACE = f"{ROW}place"
"""Column of the place of the verdict of a row whose verdict turns on the day."""
LINE, FIRST, RANK = f"{ROW}line", f"{ROW}first", f"{ROW}rank"
"""Columns of a row whose verdict turns on the day: its line, and the two parts of its place."""


def _days(column: Any, form: str) -> Any:
    """Return the days of a column: those of instants, and the first ten letters of ISO 8601 text."""
    if column.type().is_timestamp():
        return column.date()
    return column.left(10) if column.type().is_string() and not form else column


def _few(found: pa.Table, most: int, what: str) -> pa.Table:
    """Return rows, unless they are too many.

    Raises:
        InputError: they are.
    """
    if found.num_rows > most:
        raise InputError.single(
            "columns",
            what,
            f"There are more than {most:,} distinct values.",
            "Is one of the columns not what it is mapped to?",
        )
    return found


class _Problems:
    """Why words cannot be read, each with a number below zero."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def number(self, text: str) -> int:
        """Return the number of a problem."""
        self.texts.append(text)
        return -len(self.texts)

    def codes(self, codes: Iterable[int], problems: Iterable[str]) -> list[int]:
        """Return numbers of meanings, those of problems in place of what cannot be read."""
        return [self.number(text) if text else code for code, text in zip(codes, problems, strict=True)]


class Join:
    """The log with the numbers of its words, in the making.

    Args:
        engine: what runs it.
        log: the log.
        reading: what reads the words.
    """

    def __init__(self, engine: Engine, log: Any, reading: Reading) -> None:
        self.engine = engine
        self.source = log
        self.log = log
        self.reading = reading
        self.problems = _Problems()
        self.fields: list[Words] = []
        self._day: tuple[list[Any], list[int], int | None] | None = None

    def follow(
        self, key: Any, name: str, words: Any, more: dict[str, Any], texts: Sequence[str] = ()
    ) -> None:
        """Add columns that follow from the word in one column, some of few texts."""
        word = pa.array(words, key.type().to_pyarrow())
        small = self.engine.put(f"{name}_words", pa.table({f"{name}_word": word, **more}), texts)
        log = self.log.mutate(**{f"{name}_key": key})
        both = log.left_join(small, [log[f"{name}_key"] == small[f"{name}_word"]])
        self.log = both.drop(f"{name}_key", f"{name}_word")

    def _number(self, column: str, fact: str) -> Any:
        """Return the class of a number: how many thresholds it reaches, 0 where none is stated."""
        cell = self.log[column]
        if cell.type().is_string():
            text = cell.replace(",", "").replace("_", "").strip()
            number, empty = text.try_cast("float64"), cell.isnull() | (text == "")
        else:
            number, empty = cell.cast("float64"), cell.isnull()
        good = number.notnull() & (number == number.floor()) & (number >= 0) & (number < 1e15)
        code = ibis.literal(1, "int32")
        for turn in flow_words.thresholds(self.reading.book, fact):
            code = code + (number >= turn).ifelse(1, 0).cast("int32")
        unit = self.reading.book.records.facts[fact].unit
        wrong = self.problems.number(f"facts.{fact}: this is no whole number of {unit} from 0 up")
        return ibis.cases((empty, 0), (good, code), else_=wrong).cast("int32")

    def combinations(self, tell: Callable[[float], None]) -> tuple[Longs, Longs]:
        """Give every row the key of its combination, or its problem; return the keys, ascending, and the rows of each.

        Raises:
            InputError: the combinations are too many, or the log changes while it is read.
        """
        book, mapping = self.reading.book, self.reading.mapping
        columns = {key: name for key, name in mapping.columns.items() if key != "date"}
        numbers = [
            key
            for key in columns
            if key.startswith("facts.") and book.records.facts[key.removeprefix("facts.")].kind is int
        ]
        place = {key: f"{ROW}{n}" for n, key in enumerate(columns)}
        made = {place[key]: self._number(columns[key], key.removeprefix("facts.")) for key in numbers}
        self.log = self.log.mutate(**made)
        for key in columns:
            if key in numbers:
                self.fields.append(flow_words.measured(book, key.removeprefix("facts.")))
            else:
                self._worded(key, columns[key], place[key], tell)
        self._keyed()
        key = self.log[f"{ROW}key"]
        grouped = self.log.group_by(key).aggregate(**{f"{ROW}rows": self.log.count()})
        found = _few(
            self.engine.rows(grouped.limit(MOST_COMBINATIONS + 1), tell),
            MOST_COMBINATIONS,
            ", ".join(columns.values()),
        )
        if found[f"{ROW}key"].null_count:
            raise InputError.single(
                "files",
                ", ".join(columns.values()),
                "There are words that were not there a moment ago: the log changes while it is read.",
                "Check a copy, or a log that is finished.",
            )
        keys, rows = (found[f"{ROW}{name}"].to_numpy().astype(np.int64) for name in ("key", "rows"))
        order = np.argsort(keys)
        return keys[order], rows[order]

    def _distinct(self, column: Any, what: str, tell: Callable[[float], None]) -> list[Any]:
        """Return the distinct words of a column of the log as it is, with nothing among them for empty cells.

        Raises:
            InputError: they are too many.
        """
        distinct = self.source.select(word=column).distinct().limit(MOST_WORDS + 1)
        return list(_few(self.engine.rows(distinct, tell), MOST_WORDS, what)["word"].to_pylist())

    def _worded(self, key: str, column: str, name: str, tell: Callable[[float], None]) -> None:
        """Add the number of what a word means, or of its problem."""
        found = self._distinct(self.source[column], column, tell)
        words = [word for word in found if word is not None]
        one = self.reading.words(key, words)
        numbers = self.problems.codes(one.codes, one.problems)
        lacking = None
        if len(words) < len(found):
            lacking = one.absent if one.absent != NONE else self.problems.number(f"{key} is missing")
        self._coded(self.log[column], name, words, numbers, lacking)
        self.fields.append(one)

    def _coded(self, cell: Any, name: str, words: Any, numbers: list[int], lacking: int | None) -> None:
        """Add the number of each word, and where cells are empty that of what is lacking."""
        self.follow(cell, name, words, {f"{name}_code": pa.array(numbers, pa.int32())})
        code = self.log[f"{name}_code"]
        if lacking is not None:
            code = code.coalesce(ibis.literal(lacking, "int32"))
        self.log = self.log.mutate(**{name: code}).drop(f"{name}_code")

    def _keyed(self) -> None:
        """Make one number of the numbers of a row, or of its first problem."""
        steps = flow_table.strides(self.fields)
        kind = "int32" if steps and steps[0] * len(self.fields[0].meanings) < 1 << 31 else "int64"
        names = [f"{ROW}{n}" for n in range(len(self.fields))]
        key = ibis.literal(0, kind)
        for name, step in zip(names, steps, strict=True):
            key = key + self.log[name].cast(kind) * ibis.literal(step, kind)
        if self.problems.texts:
            least = ibis.least(ibis.literal(0, "int32"), *(self.log[name] for name in names)).cast(kind)
            key = (least < 0).ifelse(least, key)
        self.log = self.log.mutate(**{f"{ROW}key": key.cast(kind)}).drop(*names)

    def days(self, tell: Callable[[float], None]) -> tuple[Longs, list[date], bool]:
        """Read the days; return the first of each period, first and last day, whether every day can be read.

        Raises:
            InputError: the days are too many.
        """
        mapping = self.reading.mapping
        if "date" not in mapping.columns:
            day = self.reading.fixed["date"]
            return flow_table.periods(self.reading.book, day, day), [day, day], True
        column = _days(self.source[mapping.columns["date"]], mapping.date_format)
        found = self._distinct(column, mapping.columns["date"], tell)
        words = [word for word in found if word is not None]
        read = [self.reading.day(word) for word in words]
        known = [day for day, _ in read if day is not None]
        span = [min(known), max(known)] if known else []
        starts = flow_table.periods(self.reading.book, *span) if span else np.zeros(0, np.int64)
        ordinals = np.array([day.toordinal() if day else 0 for day, _ in read], np.int64)
        places = (np.searchsorted(starts, ordinals, "right") - 1).tolist()
        codes = self.problems.codes(places, (problem for _, problem in read))
        lacking = None if len(words) == len(found) else self.problems.number("date is missing")
        self._day = (words, codes, lacking)
        return starts, span, len(known) == len(found)

    def _dated(self) -> None:
        """Give every row its period, or the problem of its day."""
        name = f"{ROW}day"
        if self._day is None:
            self.log = self.log.mutate(**{name: ibis.literal(0, "int32")})
            return
        words, codes, lacking = self._day
        mapping = self.reading.mapping
        column = _days(self.log[mapping.columns["date"]], mapping.date_format)
        self._coded(column, name, words, codes, lacking)

    def answers(self, table: Table, places: Places) -> None:
        """Give every row the number of its verdict, or of its problem.

        A combination whose verdict is the same in all periods has it at once; else its line and the period
        tell, and the place of its verdict too.
        """
        fixed = table.lasting()
        turning = fixed == NONE
        lines = {
            f"{ROW}fixed": pa.array(fixed, pa.int32(), mask=turning),
            LINE: pa.array(table.lines, pa.int32(), mask=~turning),
            FIRST: pa.array(places.firsts, pa.int32()),
        }
        self.follow(self.log[f"{ROW}key"], LINE, table.keys, lines)
        self._dated()  # after the lines, so that who wants few lines need not look up the days of all rows
        day = f"{ROW}day"
        where = (self.log[LINE] * ibis.literal(len(table.periods), "int32") + self.log[day]).cast("int32")
        cells = {
            f"{ROW}turned": pa.array(table.courses.ravel(), pa.int32()),
            RANK: pa.array(places.ranks.ravel(), pa.int32()),
        }
        self.follow(where, f"{ROW}cell", np.arange(table.courses.size), cells)
        log = self.log
        answer = ibis.coalesce(log[f"{ROW}fixed"], log[f"{ROW}turned"], log[f"{ROW}key"].cast("int32"))
        answer = (log[day] < 0).ifelse(log[day], answer)
        self.log = log.mutate(**{f"{ROW}answer": answer}).drop(f"{ROW}fixed", f"{ROW}turned")

    def turning(self) -> Any:
        """Return the rows whose verdict turns on the day, where every day can be read, with their `PLACE`."""
        log = self.log.filter(self.log[LINE].notnull(), self.log[RANK].notnull())
        return log.mutate(**{PLACE: log[FIRST] + log[RANK]})
