"""Builds the table of people: ``python -m datarules.people_build web``, or ``make bundle``.

Reads, below ``web/node_modules``, CLDR's ``territoryInfo`` (people, literacy, gross domestic product, shares
of languages with their official status), ``likelySubtags`` (script of a language in a territory),
``languageData`` (scripts where the former says nothing) and ``territoryContainment`` (the regions of the United
Nations, M49) from ``cldr-core``, and English names from ``cldr-localenames-full`` (both Unicode-3.0). Writes one
JSON file, the same bytes each time:

``territories``: by code, ``people``, ``gdp``, ``literacy`` (share, 0 to 1), ``region``, ``subregion`` (M49) and
``languages``: by language and script (``sw-Latn``), ``share`` of the people and ``official`` status, or nothing;
``regions``, ``languages``, ``scripts``: English names by code; ``source``; ``version``; ``licence``.

What CLDR has no figure for is left out, never set to nought. CLDR LDML part 6, "Supplemental territory
information": shares may add up to more than one, for people speak several languages.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import bundled
from .errors import ConfigError

CORE = "node_modules/cldr-core"
NAMES = "node_modules/cldr-localenames-full/main/en"
PARTS = ("territoryInfo", "likelySubtags", "languageData", "territoryContainment")
WORLD = "001"
UNWRITTEN = "Zxxx"
"""ISO 15924 for what has no script, or none that is known."""
Table = Mapping[str, Any]


def _read(file: Path) -> Any:
    if not file.is_file():
        raise ConfigError.single("people", file, "This file is missing.", "Run `make bundle`.")
    return json.loads(file.read_text(encoding="utf-8"))


def regions(containment: Table) -> dict[str, tuple[str, str]]:
    """Return region and subregion (M49) of each territory, by CLDR's tree of containment without groupings."""
    found: dict[str, tuple[str, str]] = {}

    def leaves(code: str) -> Iterator[str]:
        inside = containment.get(code, {}).get("_contains")
        if inside:
            for one in inside:
                yield from leaves(one)
        else:
            yield code

    for region in containment[WORLD]["_contains"]:
        for subregion in containment[region]["_contains"]:
            for code in leaves(subregion):
                found[code] = (region, subregion)
    return found


def script(language: str, territory: str, likely: Table, data: Table) -> str:
    """Return the script of a language in a territory: the likely one, else the first CLDR lists, else none.

    Args:
        language: with its script where CLDR names one (``uz_Cyrl``).
        territory: code.
        likely: CLDR's likely subtags.
        data: CLDR's language data.
    """
    plain, _, named = language.partition("_")
    if named:
        return named
    for key in (f"{plain}-{territory}", plain):
        if key in likely:
            return str(likely[key].split("-")[1])
    return str(data.get(plain, {}).get("_scripts", [UNWRITTEN])[0])


def _languages(code: str, row: Table, likely: Table, data: Table) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, one in sorted(row.get("languagePopulation", {}).items()):
        share = round(float(one["_populationPercent"]) / 100, 9)
        if not share:
            continue
        key = f"{name.partition('_')[0]}-{script(name, code, likely, data)}"
        official = one.get("_officialStatus")
        found[key] = {"share": share} | ({"official": official} if official else {})
    return found


def build(web: Path) -> str:
    """Return the table of people as JSON text.

    Args:
        web: the folder with ``node_modules``.

    Raises:
        ConfigError: a package is not installed there.
    """
    tables = [_read(web / CORE / "supplemental" / f"{n}.json")["supplemental"][n] for n in PARTS]
    info, likely, data, containment = tables
    names = {
        n: _read(web / NAMES / f"{n}.json")["main"]["en"]["localeDisplayNames"][n]
        for n in ("languages", "scripts", "territories")
    }
    about = _read(web / CORE / "package.json")
    where = regions(containment)
    territories: dict[str, dict[str, Any]] = {}
    for code, row in sorted(info.items()):
        people, gdp, literacy = (float(row.get(k, 0)) for k in ("_population", "_gdp", "_literacyPercent"))
        if not people:
            continue
        one: dict[str, Any] = {"people": round(people)}
        one |= {"gdp": round(gdp)} if gdp else {}
        one |= {"literacy": round(literacy / 100, 6)} if literacy else {}
        one |= dict(zip(("region", "subregion"), where.get(code, ()), strict=False))
        territories[code] = one | {"languages": _languages(code, row, likely, data)}
    spoken = {key.split("-")[0] for t in territories.values() for key in t["languages"]}
    written = {key.split("-")[1] for t in territories.values() for key in t["languages"]}
    named = sorted({c for pair in where.values() for c in pair})
    document = {
        "source": "Unicode CLDR, territory information",
        "version": about["version"],
        "licence": (web / CORE / "LICENSE").read_text(encoding="utf-8"),
        "regions": {c: names["territories"][c] for c in named if c in names["territories"]},
        "languages": {c: names["languages"][c] for c in sorted(spoken) if c in names["languages"]},
        "scripts": {c: names["scripts"][c] for c in sorted(written) if c in names["scripts"]},
        "territories": territories,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Build from the folder given and write where `bundled.people_file` looks."""
    target = bundled.people_place()
    text = build(Path(arguments[0]))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
