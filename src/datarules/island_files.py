"""The states of islands as text, so that a history need not be walked twice for the same law."""

from __future__ import annotations

import json
from collections.abc import Iterable

from .islands import Change, State
from .model import Membership, Rule
from .rulebook import RuleBook


def dump(states: Iterable[State]) -> str:
    """Return states as JSON, statements by their IRIs."""
    return json.dumps(
        [
            {
                "day": state.day,
                "islands": {name: sorted(codes) for name, codes in state.islands.items()},
                "changes": [
                    [c.kind, c.island, c.joined, c.left, c.others, [one.iri for one in c.causes]]
                    for c in state.changes
                ],
            }
            for state in states
        ]
    )


def restore(book: RuleBook, text: str) -> list[State]:
    """Return the states that `dump` wrote for the same law.

    Raises:
        KeyError: it names a statement that the law does not hold.
        ValueError: it is no JSON.
    """
    known: dict[str, Rule | Membership] = {**book.records.rules, **book.records.memberships}
    return [
        State(
            one["day"],
            {name: frozenset(codes) for name, codes in one["islands"].items()},
            tuple(
                Change(
                    one["day"],
                    kind,
                    name,
                    tuple(new),
                    tuple(old),
                    tuple(others),
                    tuple(known[i] for i in causes),
                )
                for kind, name, new, old, others, causes in one["changes"]
            ),
        )
        for one in json.loads(text)
    ]
