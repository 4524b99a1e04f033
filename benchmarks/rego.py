"""The same rules in Rego (regopy, the rego-cpp engine): one rule of the module per rule of the law.

Included and left out as for Cedar (see `benchmarks.cedar`). The module is compiled once to a bundle; each
question sets the input and runs the bundle's entry point. Lists and the data hierarchy are base documents.
Timed: setting the input, the query, and reading the level from the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import regopy

from datarules.model import Comparison, Transfer
from datarules.vocab import Status

from .policies import Every, Formula, Law, No, OnList, Some, Within, context, parents, verdict

SIGNS = {"gt": ">", "gteq": ">=", "lt": "<", "lteq": "<=", "eq": "==", "neq": "!="}


class Writer:
    """Writes formulas as named rules; a formula met again is the same rule."""

    def __init__(self) -> None:
        self.names: dict[Formula, str] = {}
        self.lines: list[str] = []

    def atom(self, formula: Formula) -> str:
        """Return a formula as one line of a rule's body."""
        match formula:
            case OnList(number):
                return f'data.lists[input.destination]["{number}"]'
            case Within(category):
                return f'data.broader[input.data]["{category}"]'
            case Comparison(fact, operator, value):
                return f'input.facts["{fact}"] {SIGNS[operator]} {str(value).lower()}'
            case No(part):
                return f"not {self.named(part)}"
            case _:
                return self.named(formula)

    def named(self, formula: Formula) -> str:
        """Return the name of the rule that says a formula, written when first met."""
        name = self.names.get(formula)
        if name is None:
            parts = formula.parts if isinstance(formula, Some) else (formula,)
            bodies = [
                [self.atom(p) for p in part.parts] if isinstance(part, Every) else [self.atom(part)]
                for part in parts
            ]
            name = self.names[formula] = f"f{len(self.names)}"
            self.lines += [f"{name} if {{ {'; '.join(body) or 'true'} }}" for body in bodies]
            if not bodies:
                self.lines.append(f"{name} if {{ false }}")
        return name


def module(law: Law) -> str:
    """Return the policy as a Rego module with the sets ``permits`` and ``forbids``."""
    writer = Writer()
    heads = [
        f'{"permits" if p.permit else "forbids"} contains "{p.rule.iri}" if {{ {writer.named(p.when)} }}'
        for p in law.policies
    ]
    for name in ("permits", "forbids"):
        if not any(head.startswith(name) for head in heads):
            heads.append(f'{name} contains "none" if {{ false }}')
    answer = 'answer := {"permits": permits, "forbids": forbids}'
    return "\n".join(["package transfer", "import rego.v1", *writer.lines, *heads, answer])


def base(law: Law) -> dict[str, Any]:
    """Return the base documents: the lists of each place, and each category with all that is broader."""
    return {
        "lists": {place: {str(n): True for n in numbers} for place, numbers in law.lists.items()},
        "broader": {
            c: dict.fromkeys([c, *above], True)
            for c, above in parents(law, law.book.records.categories).items()
        },
    }


def request(law: Law, transfer: Transfer) -> dict[str, Any]:
    """Return the input document of a question."""
    return {
        "destination": transfer.destination,
        "data": transfer.data[0],
        "facts": context(law, transfer),
    }


def asker(law: Law) -> Callable[[dict[str, Any]], Status | None]:
    """Return a function input → level, or nothing for a denial; the module compiled once."""
    engine = regopy.Interpreter()
    engine.add_module("transfer", module(law))
    engine.add_data(base(law))
    bundle = engine.build("data.transfer.answer")

    def ask(asked: dict[str, Any]) -> Status | None:
        engine.set_input(asked)
        found = engine.query_bundle(bundle).results[0].expressions[0]
        return verdict(law, found["permits"], found["forbids"])

    return ask
