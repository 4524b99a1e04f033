"""What a query may not do: change data, call another server, name a graph that is not here.

Whether a word is a keyword is asked of the parser that will run the query: the word is misspelt and the
text parsed again. A keyword misspelt is a syntax error; the same letters in a string, comment, address or
name are not. No tokenizer of ours can therefore disagree with the parser. Grammar: SPARQL 1.1 Query, 19.8.
"""

from __future__ import annotations

import re

import pyoxigraph as ox

from .endpoint import Limits, malformed, overrun
from .errors import QueryError
from .vocab import PREFIXES

_SPACE = r"(?:[ \t\r\n]|#[^\r\n]*(?:[\r\n]|$))*"
_PROLOGUE = re.compile(
    rf"{_SPACE}(?:(?:BASE{_SPACE}<[^<>\"{{}}|^`\\\x00-\x20]*>|PREFIX{_SPACE}[^\s<>:]*:{_SPACE}<[^<>\"{{}}|^`\x00-\x20]*>){_SPACE})*",
    re.IGNORECASE | re.ASCII,
)
_UPDATE = re.compile(r"(INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY|WITH)\b", re.IGNORECASE | re.ASCII)
_FROM = re.compile(
    rf"(?<![\w?$:@-])FROM(?=[\s<#]){_SPACE}(?:NAMED(?=[\s<#]){_SPACE})?(<[^<>\"{{}}|^`\x00-\x20]*>|[^\s<>{{}}()#\"']*:[^\s<>{{}}()#\"']*)",
    re.IGNORECASE | re.ASCII,
)
_MISSPELT = {"service": "servjce", "from": "frqm"}
MAX_FROM = 200


def parse(text: str) -> None:
    """Parse a query and drop it.

    Raises:
        QueryError: it is malformed.
    """
    try:
        ox.Store().query(text, prefixes=PREFIXES)
    except (SyntaxError, ValueError) as error:
        raise malformed(error, text) from error


def _parses(text: str) -> bool:
    try:
        parse(text)
    except QueryError:
        return False
    return True


def has_keyword(text: str, word: str) -> bool:
    """Say whether a (well-formed) query uses a word as a keyword. ``word`` is ``service`` or ``from``."""
    misspelt, number = re.subn(word, _MISSPELT[word], text, flags=re.IGNORECASE | re.ASCII)
    return number > 0 and not _parses(misspelt)


def body_start(text: str) -> int:
    """Return where the prologue (BASE and PREFIX) ends."""
    found = _PROLOGUE.match(text)
    return found.end() if found else 0


def refuse_oversize(text: str, limits: Limits) -> None:
    """Refuse a query that is too long or too deeply nested to be parsed safely.

    Raises:
        Overrun: with the limit.
    """
    if len(text) > limits.length:
        raise overrun("length", limits)
    depth = deepest = 0
    for sign in text:
        if sign in "({[":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in ")}]":
            depth -= 1
    if deepest > limits.depth or re.search(rf"([!+-]\s*){{{limits.depth}}}", text):
        raise overrun("depth", limits)


def refuse_update(text: str) -> None:
    """Refuse an update by its first word after the prologue (SPARQL 1.1 Update, 19.8 rule Update1).

    Raises:
        QueryError: it is an update.
    """
    start = body_start(text)
    found = _UPDATE.match(text, start)
    if found:
        line = text.count("\n", 0, start) + 1
        column = start - (text.rfind("\n", 0, start) + 1) + 1
        raise QueryError.single(
            f"query:{line}:{column}",
            found[1].upper(),
            "Updates are refused: this endpoint is read only.",
            "Use SELECT, ASK, CONSTRUCT or DESCRIBE; to change the law, change its file.",
        )


def refuse_service(text: str) -> None:
    """Refuse federation, which would make the server call another one.

    The text itself is never run here, only its misspelt form, so that nothing can be called.

    Raises:
        QueryError: the query uses SERVICE, or is malformed.
    """
    if "service" not in text.casefold() or not has_keyword(text, "service"):
        return
    try:
        parse(f"{text}\n\0")
    except QueryError as error:
        last = text.count("\n") + 2
        if not error.problems[0].place.startswith(f"query:{last}:"):
            raise
    raise QueryError.single(
        "query",
        "SERVICE",
        "Queries to other servers are refused: this endpoint calls nothing outside.",
        "Leave SERVICE out and join the answers yourself.",
    )


def dataset_clause(text: str) -> list[str] | None:
    """Return the IRIs named by FROM and FROM NAMED, or nothing where the query has no such clause.

    Raises:
        QueryError: a clause cannot be read.
    """
    if "from" not in text.casefold():
        return None
    parse(text)
    if not has_keyword(text, "from"):
        return None
    prologue = text[: body_start(text)]
    named = []
    for found in _FROM.finditer(text, len(prologue)):
        misspelt = text[: found.start()] + _MISSPELT["from"] + text[found.start() + 4 :]
        if not _parses(misspelt):
            named.append(_resolve(prologue, found[1]))
        if len(named) > MAX_FROM:
            raise QueryError.single(
                "query",
                f"{len(named)} FROM",
                "There are too many FROM clauses.",
                f"Name at most {MAX_FROM} graphs; without FROM all are asked.",
            )
    if not named:
        raise QueryError.single(
            "query", "FROM", "The FROM clause cannot be read.", "Write it as FROM <address of the graph>."
        )
    return named


def _resolve(prologue: str, term: str) -> str:
    try:
        answer = ox.Store().query(f"{prologue}\nSELECT ({term} AS ?graph) {{}}", prefixes=PREFIXES)
    except (SyntaxError, ValueError) as error:
        raise QueryError.single(
            "query",
            f"FROM {term}",
            "This graph name cannot be read.",
            "Write it as FROM <address of the graph>.",
        ) from error
    return str(next(iter(answer))[0].value)  # type: ignore[arg-type]
