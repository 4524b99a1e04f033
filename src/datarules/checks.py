"""How often a rule was checked, and by which different means.

One means is the first reading, a second the reading of somebody who said what the place in the law holds before
seeing how it was stated (``dr:confirmation``), a third a law case: a question with the answer its author read in the
law, which the rulebook answers in the same way and which weighs the rule.
"""

from __future__ import annotations

from collections.abc import Container
from enum import Enum

from .model import Rule
from .vocab import Burden, Evidence, Modality

ENOUGH = 2
"""Different means by which a rule of weight is to be checked."""


class Check(Enum):
    """A means by which a rule was checked."""

    READ = "read"
    READ_AGAIN = "read-again"
    CASE = "case"


def weighs(rule: Rule) -> bool:
    """Say whether a rule asks for something or stands in the way: any but routes that are free or by recognition."""
    return rule.modality is not Modality.PERMISSION or rule.level >= Burden.SelfExecuted


def checks(rule: Rule, tested: Container[str]) -> tuple[Check, ...]:
    """Return the means by which a rule was checked.

    Args:
        rule: the rule.
        tested: identifiers of the statements that law cases put to the test.

    Returns:
        At most one of each; evidence ``Inferred`` is no reading.
    """
    found = {
        Check.READ: rule.evidence is not Evidence.Inferred,
        Check.READ_AGAIN: bool(rule.confirmations),
        Check.CASE: rule.iri in tested,
    }
    return tuple(one for one, so in found.items() if so)
