"""What a change of law costs: private act < administrative act < statute < treaty, weights open to the user.

The class follows from the change. Where an instrument is concerned its kind is read from its title, since
the data hold no other word on it: regulations, orders, decisions and the like are within the hand of an
administration, everything else counts as statute. The usual weights (1, 3, 10, 30) are half an order of
magnitude a step: each step adds those who must agree (Tsebelis, *Veto Players*, 2002: parties to a
contract; an authority; a legislature; several states). They rank, they do not measure; results should be
looked at under other weights too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from . import vocab as v
from .compare import kind_of
from .model import Rule
from .obstacles import Change
from .rulebook import RuleBook

PRIVATE, ADMINISTRATIVE, STATUTE, TREATY = "private act", "administrative act", "statute", "treaty"
CLASSES = (PRIVATE, ADMINISTRATIVE, STATUTE, TREATY)
CIRCUMSTANCE = "circumstance"
"""What nobody brings about by an act of law, such as that a transfer is necessary for a claim: no cost, no bridge."""
BY_THE_PARTIES = re.compile(r"certif|code-of-conduct|accredit|licen[cs]ed|registered|bound-by")
BY_STATES = re.compile(r"treaty|agreement")
"""Words in the name of a fact that say who can bring it about; the data hold nothing else on it."""
SUBORDINATE = re.compile(
    r"\b(regulations|rules|orders?|decrees?|decisions?|notices?|notifications?|measures|guidelines|guidance|"
    r"circulars?|resolutions?|instructions?|requirements|standards?|conditions)\b",
    re.IGNORECASE,
)
ENACTED = re.compile(
    r"\b(acts?|laws?|codes?|statutes?|loi|ley|lei|directive|constitution|decree-law|republic)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Costs:
    """Weights of the classes; any numbers above zero."""

    private: float = 1.0
    administrative: float = 3.0
    statute: float = 10.0
    treaty: float = 30.0

    def of(self, kind: str) -> float:
        """Return the weight of a class; without limit for a circumstance."""
        known = (self.private, self.administrative, self.statute, self.treaty)
        return dict(zip(CLASSES, known, strict=True)).get(kind, float("inf"))


def subordinate(book: RuleBook, rule: Rule) -> bool:
    """Say whether every instrument a rule rests on calls itself one that an administration can change."""
    titles = [
        book.records.instruments.get(c.instrument, ("", c.title, ""))[1].partition("(")[0]
        for c in rule.citations
    ]
    return bool(titles) and all(SUBORDINATE.search(t) and not ENACTED.search(t) for t in titles)


def own_list(book: RuleBook, group: str) -> bool:
    """Say whether a list is kept by one legal order, and not a scheme or agreement that places join."""
    home = v.local(group).partition("/")
    return bool(home[1]) and v.ID + home[0] in book.records.jurisdictions


def class_of(book: RuleBook, change: Change) -> str:
    """Return the class of a change, one of `CLASSES` or `CIRCUMSTANCE`.

    * ``fact``: a private act where it is a certificate or the like, a treaty where it is one, else a
      circumstance;
    * ``listing``: an administrative act where an order keeps the list, else a treaty (joining a scheme);
    * ``membership``: a treaty;
    * ``recognition``: an administrative act where the order already recognises by list, else as the rule;
    * ``burden``, ``default``, ``ban``: by the title of the instrument, administrative act or statute; a
      treaty where the route is one of a treaty.
    """
    rule = book.records.rules.get(change.rule)
    if change.kind == "membership" or (change.kind == "listing" and not own_list(book, change.what)):
        return TREATY
    if change.kind == "listing":
        return ADMINISTRATIVE
    assert rule is not None
    if change.kind == "fact":
        known = ((BY_THE_PARTIES, PRIVATE), (BY_STATES, TREATY))
        return next((found for words, found in known if words.search(change.what)), CIRCUMSTANCE)
    if change.kind == "recognition" and _recognises(book, rule):
        return ADMINISTRATIVE
    if kind_of(rule.mechanism) == v.MECHANISM + "treaty":
        return TREATY
    return ADMINISTRATIVE if subordinate(book, rule) else STATUTE


def _recognises(book: RuleBook, default: Rule) -> bool:
    """Say whether an order keeps a list of recognised places that one of its routes names."""
    return any(
        rule.order == default.order
        and rule.level == 1
        and rule.start <= default.end
        and default.start < rule.end
        and any(own_list(book, group) for group in rule.destinations & book.records.groups.keys())
        for rule in book.records.rules.values()
    )


def cost(book: RuleBook, changes: Iterable[Change], weights: Costs) -> float:
    """Return what a set of changes costs together; each is counted once."""
    return sum(weights.of(class_of(book, change)) for change in dict.fromkeys(changes))
