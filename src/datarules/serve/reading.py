"""Requests → words: query strings and JSON bodies, with every mistake noted rather than the first.

Only the form is looked at here; what the words mean is for `datarules.ask` to say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from .. import ask
from ..errors import InputError, Problem, nearest
from ..model import Transfer
from ..rulebook import RuleBook
from .problems import MalformedError

MAX_FIELDS = 200
"""Most fields a query string or a JSON object may have."""
MAX_DEPTH = 16
"""Deepest nesting of a JSON body; a question needs three."""
QUESTION_FIELDS = (
    "origin",
    "destination",
    "data",
    "purpose",
    "sector",
    "as_of",
    "facts",
    "open",
    "stale_after",
)
QUERY_FIELDS = ("origin", "destination", "data", "purpose", "sector", "as_of", "fact", "open", "stale_after")
OLDEST = 36_500
"""Largest age of a reading, in days, that can be asked for."""
REPEATABLE = frozenset({"data", "fact"})
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)

Words = dict[str, Any]
BODY_RELEASE = Problem(
    "release", "", "The release is not named in the body.", "Put it into the address: ?release=…."
)
"""What is said of a release within a question."""


def unknown_field(name: str, known: Sequence[str], place: str = "") -> Problem:
    """Return the problem of a field that does not exist, with the nearest that does."""
    close = nearest(name, list(known), 1)
    remedy = f"Did you mean {close[0]}?" if close else f"The fields are: {', '.join(known) or 'none'}."
    return Problem(place or name, name, "There is no such field.", remedy)


def query(raw: bytes, known: Sequence[str]) -> tuple[dict[str, list[str]], list[Problem]]:
    """Read a query string: values by field, and a problem for each unknown or needlessly repeated one.

    Raises:
        MalformedError: there are more than `MAX_FIELDS` fields.
    """
    try:
        pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise MalformedError(
            Problem(
                "query",
                f"{raw.count(b'&') + 1} fields",
                "The query string has too many fields.",
                f"Send at most {MAX_FIELDS}, or use POST.",
            )
        ) from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    problems = [unknown_field(name, known) for name in found if name not in known]
    problems += [
        Problem(name, ", ".join(values), "This field is given more than once.", "Give it once.")
        for name, values in found.items()
        if name in known and name not in REPEATABLE and len(values) > 1
    ]
    return found, problems


def body(raw: bytes) -> Any:
    """Parse a JSON body (RFC 8259), refusing deep nesting before parsing and double keys while parsing.

    Raises:
        MalformedError: not JSON, nested too deep, or a key that stands twice in one object.
    """
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _depth(raw) > MAX_DEPTH:
        raise MalformedError(
            Problem(
                "body",
                "",
                f"The JSON is nested more than {MAX_DEPTH} deep.",
                "A question is one flat object; facts are an object in it.",
            )
        )
    if not raw.strip():
        raise MalformedError(
            Problem(
                "body",
                "",
                "The body is empty.",
                'Send JSON, for example {"origin": "EU", "destination": "US"}.',
            )
        )
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise MalformedError(
            Problem("body", f"byte {error.start}", "The body is not UTF-8.", "Encode JSON as UTF-8.")
        ) from None
    except json.JSONDecodeError as error:
        raise MalformedError(
            Problem(
                "body",
                f"line {error.lineno}, column {error.colno}",
                f"This is not JSON: {error.msg}.",
                "Mend the JSON at this place.",
            )
        ) from None
    except ValueError as error:
        raise MalformedError(
            Problem("body", "", f"This JSON cannot be used: {error}.", "Mend it and send it again.")
        ) from None


def _depth(raw: bytes) -> int:
    """Return the deepest nesting of brackets outside strings, without parsing."""
    deepest = depth = 0
    for match in _TOKENS.finditer(raw):
        token = match.group()
        if token in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token in b"]}":
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(k for k, _ in pairs if sum(k == other for other, _ in pairs) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON value")


def words_of_query(raw: bytes, known: Sequence[str] = QUERY_FIELDS) -> tuple[Words, list[Problem]]:
    """Read the question of a query string; ``fact=name=value`` may be repeated, a bare name means yes."""
    found, problems = query(raw, known)
    words: Words = {
        name: found[name][0]
        for name in ("origin", "destination", "purpose", "sector", "as_of")
        if name in found and name in known
    }
    if "data" in found:
        words["data"] = found["data"]
    stated: dict[str, str] = {}
    for pair in found.get("fact", ()):
        name, sign, value = pair.partition("=")
        value = value if sign else "true"
        if stated.setdefault(name, value) != value:
            problems.append(
                Problem(
                    f"facts.{name}",
                    value,
                    "This fact is stated twice with different values.",
                    "State it once.",
                )
            )
    words["facts"] = stated
    if "stale_after" in found:
        text = found["stale_after"][0]
        words["stale_after"] = int(text) if text.isdecimal() and len(text) < 6 else -1
        if not 0 <= words["stale_after"] <= OLDEST:
            problems.append(_no_age(text))
    if "open" in found:
        text = found["open"][0].strip().casefold()
        words["open"] = text in ask.TRUE_WORDS
        if text not in ask.TRUE_WORDS | ask.FALSE_WORDS:
            problems.append(
                Problem(
                    "open",
                    found["open"][0],
                    "This is either true or false.",
                    "Write open=true, or leave it out.",
                )
            )
    return words, problems


def _no_age(value: str) -> Problem:
    remedy = f"Give a whole number of days from 0 to {OLDEST:,}, or leave it out."
    return Problem("stale_after", value, "This is no age of a reading.", remedy)


def words_of_object(given: Any) -> tuple[Words, list[Problem]]:
    """Read the question of a JSON object, noting unknown keys and values of the wrong kind."""
    if not isinstance(given, dict):
        return {}, [
            Problem(
                "question",
                json.dumps(given),
                "A question is a JSON object.",
                'Send for example {"origin": "EU", "destination": "US"}.',
            )
        ]
    facts = given.get("facts")
    for place, found in (("question", given), ("facts", facts if isinstance(facts, dict) else {})):
        if len(found) > MAX_FIELDS:
            told = f"There are more than {MAX_FIELDS} fields."
            return {}, [Problem(place, f"{len(found)} fields", told, "Send those that exist: /v1/facts.")]
    words: Words = {}
    problems = [
        BODY_RELEASE if name == "release" else unknown_field(name, QUESTION_FIELDS)
        for name in given
        if name not in QUESTION_FIELDS
    ]
    for name, value in given.items():
        if name in QUESTION_FIELDS:
            wanted = _wanted(name, value)
            if wanted:
                problems.append(
                    Problem(
                        name,
                        json.dumps(value),
                        f"This field is {wanted}.",
                        "Give it in that form, or leave it out.",
                    )
                )
            else:
                words[name] = value
    for name, value in (words.get("facts") or {}).items():
        if not isinstance(value, bool | int | str):
            problems.append(
                Problem(
                    f"facts.{name}",
                    json.dumps(value),
                    "A fact is true, false, a whole number or a string.",
                    "Give it in that form.",
                )
            )
    words["facts"] = {
        n: value for n, value in (words.get("facts") or {}).items() if isinstance(value, bool | int | str)
    }
    return words, problems


def _wanted(name: str, value: Any) -> str:
    """Say what a field should have been; nothing when it is fine."""
    match name:
        case "data":
            fine = isinstance(value, str) or (
                isinstance(value, list) and all(isinstance(v, str) for v in value)
            )
            return "" if fine else "a string or a list of strings"
        case "facts":
            return "" if isinstance(value, dict) else "an object of fact names and values"
        case "open":
            return "" if isinstance(value, bool) else "true or false"
        case "stale_after":
            fine = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= OLDEST
            return "" if fine else f"a whole number of days from 0 to {OLDEST:,}"
        case _:
            return "" if isinstance(value, str) else "a string"


def question(
    book: RuleBook, words: Mapping[str, Any], problems: list[Problem]
) -> tuple[Transfer, date | None]:
    """Turn words into a transfer and, where one was given, the day.

    Raises:
        InputError: with the problems of the form and of the meaning, all at once.
    """
    noted = list(problems)
    told = {p.place for p in problems}
    for name in ("origin", "destination"):
        if name not in words and name not in told:
            noted.append(
                Problem(name, "", "This field is missing.", "Give a code or a name, for example BR.")
            )
            told.add(name)
    try:
        found = ask.transfer(
            book,
            words.get("origin", ""),
            words.get("destination", ""),
            words.get("data", "personal"),
            words.get("purpose", "any"),
            words.get("sector", "any"),
            words.get("as_of"),
            words.get("facts"),
            words.get("open", False),
        )
    except InputError as error:
        noted += [p for p in error.problems if p.place not in told]
        raise InputError(*noted) from None
    if noted:
        raise InputError(*noted)
    return found
