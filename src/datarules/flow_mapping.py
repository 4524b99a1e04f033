"""How the columns of a log of transfers are to be read: a small TOML, or the names of the columns themselves.

::

    [columns]                       # what a question asks about = column of the log
    origin = "exporter_country"
    destination = "importer_country"
    date = "sent_at"
    data = "category"
    [columns.facts]                 # fact = column
    persons-since-1-january = "subjects"

    [constants]                     # what is the same for every row
    sector = "payments"
    [constants.facts]
    recipient-dpf-certified = true

    [words.data]                    # own word = ours; also for origin, destination, places, purpose, sector
    PII = "personal"

    [reading]
    separator = ";"                 # between several categories of one row
    date-format = "%d.%m.%Y"        # of days written as text (default: ISO 8601)

    [writing]
    prefix = "dr_"                  # of the columns added
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from . import ask
from .errors import InputError, Problem, nearest
from .rulebook import RuleBook

FIELDS = ("origin", "destination", "date", "data", "purpose", "sector")
NEEDED = FIELDS[:3]
"""Fields that each row or the mapping must give."""
OTHER_NAMES = {
    "origin": ("from", "source", "exporter"),
    "destination": ("to", "target", "importer"),
    "date": ("day", "as_of", "timestamp", "time"),
    "data": ("category", "categories", "data_category"),
}
"""Further names under which a column is recognised when no mapping names it."""
PLACES = "places"
SECTIONS = {
    "columns": (*FIELDS, "facts"),
    "constants": (*FIELDS, "facts"),
    "words": (*(f for f in FIELDS if f != "date"), PLACES),
    "reading": ("separator", "date-format"),
    "writing": ("prefix",),
}


@dataclass(frozen=True, slots=True)
class FlowMapping:
    """How a log is read.

    Attributes:
        columns: field or ``facts.<name>`` → column of the log.
        constants: field or ``facts.<name>`` → the value of every row.
        words: field → own word → ours.
        separator: between several data categories in one cell.
        date_format: of days written as text, in the directives of ``strptime``; empty for ISO 8601.
        prefix: of the columns added.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    separator: str = ";"
    date_format: str = ""
    prefix: str = "dr_"

    def own_words(self, field_: str) -> Mapping[str, str]:
        """Return the words of the log for a field, with ours."""
        shared = self.words.get(PLACES, {}) if field_ in ("origin", "destination") else {}
        return {**shared, **self.words.get(field_, {})}


def _flat(section: Mapping[str, Any]) -> dict[str, Any]:
    facts = section.get("facts", {})
    plain = {name: value for name, value in section.items() if name != "facts"}
    return plain | {f"facts.{name}": value for name, value in facts.items()}


def read(path: Path) -> FlowMapping:
    """Read a mapping from a TOML file.

    Raises:
        InputError: the file cannot be read, is no TOML, or names what does not exist; with every problem.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError.single(
            str(path), "", f"The mapping cannot be read ({error.strerror}).", "Give the path of a TOML file."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError.single(
            str(path), "", f"The mapping is no TOML: {error}.", "See the README."
        ) from None
    return parse(found, str(path))


def parse(found: Mapping[str, Any], place: str = "mapping") -> FlowMapping:
    """Read a mapping from what a TOML file says.

    Args:
        found: the tables of the file.
        place: name of the file, for messages.

    Raises:
        InputError: with every problem found.
    """
    problems: list[Problem] = []

    def wrong(key: str, value: object, reason: str, remedy: str) -> None:
        problems.append(Problem(f"{place}: {key}", str(value), reason, remedy))

    for name, section in found.items():
        if name not in SECTIONS or not isinstance(section, dict):
            wrong(name, "", "There is no such table.", f"Use: {', '.join(SECTIONS)}.")
            continue
        for key, value in section.items():
            known = SECTIONS[name]
            if key not in known:
                close = nearest(key, known)
                wrong(f"{name}.{key}", "", "There is no such key.", f"Use: {', '.join(close or known)}.")
            elif (key == "facts" or name == "words") != isinstance(value, dict):
                wrong(f"{name}.{key}", value, "This is not of the kind expected.", "See the README.")
            elif name == "columns" and key != "facts" and not isinstance(value, str):
                wrong(f"{name}.{key}", value, "A column is named by a text.", 'Write "name".')
    if problems:
        raise InputError(*problems)
    reading, writing = found.get("reading", {}), found.get("writing", {})
    return FlowMapping(
        _flat(found.get("columns", {})),
        _flat(found.get("constants", {})),
        found.get("words", {}),
        str(reading.get("separator", ";")),
        str(reading.get("date-format", "")),
        str(writing.get("prefix", "dr_")),
    )


def _guessed(book: RuleBook, present: Sequence[str]) -> dict[str, str]:
    """Return the columns whose names say what they hold, by field."""
    by_name = {ask.plain(name): name for name in reversed(present)}
    found: dict[str, str] = {}
    for one in FIELDS:
        for name in (one, *OTHER_NAMES.get(one, ())):
            if ask.plain(name) in by_name:
                found.setdefault(one, by_name[ask.plain(name)])
    for name in present:
        known = ask.fact(book, name)
        if known is not None and name not in found.values():
            found.setdefault(f"facts.{known.name}", name)
    return found


def _facts(book: RuleBook, given: Mapping[str, Any], place: str, problems: list[Problem]) -> dict[str, Any]:
    """Return columns or constants with facts under their names."""
    found = {}
    for key, value in given.items():
        if not key.startswith("facts."):
            found[key] = value
            continue
        known = ask.fact(book, key.removeprefix("facts."))
        if known is None:
            close = nearest(key.removeprefix("facts."), list(book.records.facts))
            problems.append(
                Problem(
                    f"{place}.{key}",
                    "",
                    "There is no such fact.",
                    f"Did you mean {' or '.join(close)}?" if close else "See them all: datarules facts.",
                )
            )
        else:
            found[f"facts.{known.name}"] = value
    return found


def fitted(book: RuleBook, mapping: FlowMapping, present: Sequence[str]) -> FlowMapping:
    """Return the mapping as it fits a log, its columns found where none is named.

    Args:
        book: the compiled law, for the facts.
        mapping: what the user said.
        present: the columns of the log.

    Raises:
        InputError: a column or fact that does not exist, a field given twice or not at all, a column that
            would be written over; with every problem found.
    """
    problems: list[Problem] = []
    columns = _facts(book, mapping.columns, "columns", problems)
    constants = _facts(book, mapping.constants, "constants", problems)
    for key, column in columns.items():
        if column not in present:
            close = nearest(column, list(present))
            remedy = f"Did you mean {' or '.join(close)}?" if close else f"It has: {', '.join(present)}."
            problems.append(Problem(f"columns.{key}", column, "The log has no such column.", remedy))
        if key in constants:
            problems.append(
                Problem(f"constants.{key}", "", "This is given by a column too.", "Give it once.")
            )
    for key, column in _guessed(book, present).items():
        if key not in columns and key not in constants:
            columns[key] = column
    for key in NEEDED:
        if key not in columns and key not in constants:
            problems.append(
                Problem(
                    f"columns.{key}",
                    "",
                    "No column or constant gives it.",
                    f"Name a column in the mapping; the log has: {', '.join(present)}.",
                )
            )
    if not any(key == "data" for key in (*columns, *constants)):
        constants["data"] = "personal"
    clash = [name for name in present if name.startswith(mapping.prefix)] if mapping.prefix else list(present)
    taken = sorted(set(clash) & {mapping.prefix + name for name in ADDED})
    if taken:
        problems.append(
            Problem(
                "writing.prefix",
                mapping.prefix,
                f"The log has columns that would be written over: {', '.join(taken)}.",
                "Choose another prefix.",
            )
        )
    if problems:
        raise InputError(*problems)
    return FlowMapping(
        columns, constants, mapping.words, mapping.separator, mapping.date_format, mapping.prefix
    )


ADDED = (
    *("status", "best", "worst", "rule", "article", "reason"),
    *("localisation", "duties", "location_clash", "problem"),
)
"""The columns added, without the prefix. ``problem`` says why a row cannot be judged; then the others are
empty. ``rule`` is the freest route open or, where there is none, the rule that stands in the way. Rules of ``localisation`` and ``duties`` bite beside the status, separated by
spaces; ``location_clash`` is ``infeasible`` or ``split`` where both ends claim to be the only place of the data."""


def constant_day(value: Any, problems: list[Problem]) -> date | None:
    """Return the day that a constant names."""
    return ask.day_of(value if isinstance(value, date) else str(value), "constants.date", problems)
