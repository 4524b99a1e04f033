"""People, literacy, product, languages and regions of territories, read from the bundled table (CLDR).

Codes are the project's own: ISO 3166-1 alpha-2 and ``XK``. Parts of a state with law of their own (such as
a federal state or a financial centre) have no people of their own in CLDR: their people count with the
state, so that nobody counts twice. CLDR counts no users of the internet, and no other source under a fitting
licence is bundled: what is said of people is said of all people.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from . import bundled

GROUPS = 4
"""Income groups unless asked otherwise: fourths of the territories."""
GROUP_WORDS = {
    2: ("lower half", "upper half"),
    3: ("lowest third", "middle third", "highest third"),
    4: ("lowest fourth", "second fourth", "third fourth", "highest fourth"),
}


@dataclass(frozen=True, slots=True)
class Speech:
    """One language of a territory, in one script.

    Attributes:
        language: CLDR's code, ISO 639.
        script: ISO 15924.
        share: of the people, 0 to 1; people may speak several.
        official: CLDR's word for its status (``official``, ``de_facto_official``, ``official_regional``…), or
            empty.
    """

    language: str
    script: str
    share: float
    official: str


@dataclass(frozen=True, slots=True)
class Territory:
    """One territory; what CLDR does not say is None or empty.

    Attributes:
        code: ISO 3166-1 alpha-2, or ``XK``.
        people: how many.
        gdp: gross domestic product in the (international) dollars CLDR gives.
        literacy: share of literate people, 0 to 1.
        region: M49 code of the region.
        subregion: M49 code of the subregion.
        speech: languages.
    """

    code: str
    people: int
    gdp: int | None
    literacy: float | None
    region: str
    subregion: str
    speech: tuple[Speech, ...]

    @property
    def per_head(self) -> float | None:
        """Return gross domestic product per head."""
        return None if self.gdp is None else self.gdp / self.people


@dataclass(frozen=True, slots=True)
class People:
    """Every territory by code, with English names of regions, languages and scripts.

    Attributes:
        territories: by code, those with people only.
        regions: names by M49 code.
        languages: names by code.
        scripts: names by code.
        source: where the figures come from, with the version.
    """

    territories: dict[str, Territory]
    regions: dict[str, str]
    languages: dict[str, str]
    scripts: dict[str, str]
    source: str

    def counts(self) -> dict[str, int]:
        """Return people by code."""
        return {code: one.people for code, one in self.territories.items()}

    def income(self, codes: Iterable[str], groups: int = GROUPS) -> dict[str, str]:
        """Return the income group of each territory: equal parts of the territories by product per head.

        This stands in for the World Bank's classes, which CLDR does not carry: territories are ordered by
        CLDR's gross domestic product per head and cut into parts of equal number (not of equal people).
        Territories without a figure are left out.

        Args:
            codes: the territories to divide.
            groups: 2, 3 or 4 parts.
        """
        heads = [(t.per_head, c) for c in codes if (t := self.territories.get(c)) and t.per_head is not None]
        words = GROUP_WORDS[groups]
        return {code: words[n * groups // len(heads)] for n, (_, code) in enumerate(sorted(heads))}

    def region(self, code: str) -> str:
        """Return the name of the region of a territory, or an empty string."""
        one = self.territories.get(code)
        return self.regions.get(one.region, "") if one else ""

    def subregion(self, code: str) -> str:
        """Return the name of the subregion of a territory, or an empty string."""
        one = self.territories.get(code)
        return self.regions.get(one.subregion, "") if one else ""


def _territory(code: str, row: dict[str, Any]) -> Territory:
    speech = tuple(
        Speech(key.partition("-")[0], key.partition("-")[2], one["share"], one.get("official", ""))
        for key, one in row["languages"].items()
    )
    return Territory(
        code,
        row["people"],
        row.get("gdp"),
        row.get("literacy"),
        row.get("region", ""),
        row.get("subregion", ""),
        speech,
    )


@lru_cache(maxsize=2)
def read(file: Path) -> People:
    """Read the table that `datarules.people_build` wrote."""
    made = json.loads(file.read_text(encoding="utf-8"))
    return People(
        {code: _territory(code, row) for code, row in made["territories"].items()},
        made["regions"],
        made["languages"],
        made["scripts"],
        f"{made['source']} {made['version']}",
    )


def people() -> People:
    """Return the table of the installation.

    Raises:
        ConfigError: it was not built; the message says how to.
    """
    return read(bundled.people_file())


def at_hand() -> People | None:
    """Return the table of the installation, or nothing where it was not built."""
    return people() if bundled.people_place().is_file() else None
