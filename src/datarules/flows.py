"""Logs of transfers of any size, each row with its status, reason and rule.

The compiled decision table (`datarules.flow_table`) is joined to the log by an Ibis expression, the same on
every engine (`datarules.flow_engines`). Two passes: one finds the words and their combinations, the other
joins. Memory does not grow with the rows. No row is lost: what cannot be judged is kept with the reason,
and what is no row at all (a damaged line of a CSV file) is counted and told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from glob import glob
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from . import flow_table
from .errors import InputError, Problem
from .flow_engines import Engine, format_of
from .flow_join import PLACE, ROW, Join
from .flow_mapping import ADDED, FlowMapping, fitted
from .flow_table import Longs, Places, Table, Verdict
from .flow_words import Reading
from .matrix import NONE
from .rulebook import RuleBook

Progress = Callable[[str, float], None]
"""Called with what is being done, and the share done from 0 to 1."""


class Count(NamedTuple):
    """How many rows got one answer.

    Attributes:
        asked: the meaning of the row's words by field, without the day; empty where it cannot be judged.
        verdict: the answer; nothing where it cannot be judged.
        problem: why it cannot be judged, or empty.
        rows: how many.
    """

    asked: dict[str, Any]
    verdict: Verdict | None
    problem: str
    rows: int


@dataclass(slots=True)
class Checked:
    """A log with its answers.

    Attributes:
        mapping: how it was read.
        first: first day of a row that can be judged; nothing if there is none.
        last: the last.
        answered: makes the log with the columns added, for the engine to run.
        counts: how many rows got which answer.
        damaged: lines of the files that are no rows: file, line, reason, text.
    """

    mapping: FlowMapping
    first: date | None
    last: date | None
    answered: Callable[[], Any]
    counts: list[Count] = field(default_factory=list)
    damaged: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Return how many rows there are."""
        return sum(one.rows for one in self.counts)


def found_files(words: Iterable[str]) -> list[Path]:
    """Return the files that names, patterns and folders stand for, in order.

    Raises:
        InputError: one stands for nothing, or they are of different formats.
    """
    problems: list[Problem] = []
    found: dict[Path, str] = {}
    for word in words:
        path = Path(word)
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else []
        here = inside or ([path] if path.is_file() else [Path(p) for p in sorted(glob(word, recursive=True))])
        if not here:
            problems.append(
                Problem("files", word, "There is no such file.", "Give a file, folder or pattern.")
            )
        for one in here:
            try:
                found[one] = format_of(one)
            except InputError as error:
                problems += error.problems
    if len(set(found.values())) > 1:
        problems.append(
            Problem(
                "files",
                ", ".join(sorted(set(found.values()))),
                "The files are of different formats.",
                "Check one format at a time.",
            )
        )
    if problems:
        raise InputError(*problems)
    return list(found)


def _texts(book: RuleBook, table: Table, problems: Sequence[str]) -> tuple[list[int], dict[str, Any]]:
    """Return the numbers of answers, and the columns each adds."""
    rows: list[dict[str, str]] = [flow_table.columns_of(book, verdict) for verdict in table.verdicts]
    numbers = [*range(len(rows)), *(-n for n in range(1, len(problems) + 1))]
    rows += [{"problem": text} for text in problems]
    columns = {
        f"{ROW}text_{key}": pa.array([row.get(key) or None for row in rows], pa.string()) for key in ADDED
    }
    return numbers, columns


def _counts(
    join: Join,
    table: Table,
    places: Places,
    found: tuple[Longs, Longs],
    dated: bool,
    tell: Callable[[float], None],
) -> list[Count]:
    """Return how many rows got which answer; only rows whose answer turns on their day are read again."""
    verdicts, problems = table.verdicts, join.problems.texts
    counts: list[Count] = []

    def counted(by: list[str], log: Any) -> Iterator[tuple[Any, ...]]:
        got = join.engine.rows(log.group_by(by).aggregate(rows=log.count()), tell)
        return zip(*(got[name].to_pylist() for name in (*by, "rows")), strict=True)

    if not dated:  # a day that cannot be read takes the place of any other answer
        asked = dict(zip(table.keys.tolist(), table.asked, strict=True))
        for key, number, n in counted([f"{ROW}key", f"{ROW}answer"], join.log):
            if number < 0:
                counts.append(Count({}, None, problems[-number - 1], n))
            else:
                counts.append(Count(asked[key], verdicts[number], "", n))
        return counts
    keys, rows = found
    bad = len(keys) - len(table.keys)
    for number, n in zip(keys[:bad].tolist(), rows[:bad].tolist(), strict=True):
        counts.append(Count({}, None, problems[-number - 1], n))
    for one, number, n in zip(table.asked, table.lasting().tolist(), rows[bad:].tolist(), strict=True):
        if number != NONE:
            counts.append(Count(one, verdicts[number], "", n))
    if len(places.owners):
        owners, numbers = places.owners.tolist(), places.verdicts.tolist()
        for place, n in counted([PLACE], join.turning()):
            counts.append(Count(table.asked[owners[place]], verdicts[numbers[place]], "", n))
    return counts


def check(
    book: RuleBook,
    engine: Engine,
    paths: Sequence[Path],
    mapping: FlowMapping | None = None,
    progress: Progress | None = None,
) -> Checked:
    """Judge every row of a log.

    Args:
        book: the compiled law.
        engine: what runs the join.
        paths: the files, all of one format.
        mapping: how columns are read; by their names unless given.
        progress: called with what is being done and the share done.

    Returns:
        The counts, and the expression by which the engine writes the rows (`write`).

    Raises:
        InputError: the log or the mapping cannot be used; with every problem found.
    """
    log = engine.read(paths, format_of(paths[0]))
    own = list(log.columns)
    fit = fitted(book, mapping or FlowMapping(), own)
    reading = Reading(book, fit)
    if reading.problems:
        raise InputError(*reading.problems)

    def tell(text: str, share: float) -> None:
        if progress:
            progress(text, share)

    join = Join(engine, log, reading)
    keys, rows = join.combinations(lambda share: tell("Reading", share))
    starts, span, dated = join.days(lambda share: tell("Reading days", share))
    table = flow_table.compiled(
        reading,
        join.fields,
        keys[keys >= 0] if len(starts) else keys[:0],
        starts,
        lambda done, total: tell("Deciding", done / max(1, total)),
    )
    places = table.places()
    join.answers(table, places)
    counts = _counts(join, table, places, (keys, rows), dated, lambda share: tell("Counting", share))

    @cache
    def answered() -> Any:
        numbers, texts = _texts(book, table, join.problems.texts)
        join.follow(join.log[f"{ROW}answer"], f"{ROW}text", numbers, texts, list(texts))
        return join.log.select(*own, **{fit.prefix + key: join.log[f"{ROW}text_{key}"] for key in ADDED})

    first, last = span or (None, None)
    return Checked(fit, first, last, answered, counts, engine.damaged())


def writable(path: Path) -> None:
    """Make sure that a log can be written to a path.

    Raises:
        InputError: the suffix is not known, the folder does not exist, or there is such a file already.
    """
    format_of(path)
    if path.exists():
        raise InputError.single("output", str(path), "There is such a file already.", "Name another file.")
    if not path.absolute().parent.is_dir():
        raise InputError.single("output", str(path), "There is no such folder.", "Make the folder first.")


def write(engine: Engine, checked: Checked, path: Path, progress: Progress | None = None) -> None:
    """Write every row with its answer; a file appears only when it is whole.

    Args:
        engine: what judged the log.
        checked: the log.
        path: the file (with Spark: the folder); its suffix names the format.
        progress: called with what is being done and the share done.

    Raises:
        InputError: see `writable`.
    """
    writable(path)
    part = path.with_name(f".{path.name}.part{''.join(path.suffixes)}")
    try:
        engine.write(
            checked.answered(),
            part,
            format_of(path),
            lambda share: progress("Writing", share) if progress else None,
        )
        part.replace(path)
    finally:
        if part.is_file():
            part.unlink()
