"""Where ontology and data are, in a checkout or in an installed wheel."""

from __future__ import annotations

import tomllib
from pathlib import Path

from .errors import ConfigError

_HERE = Path(__file__).resolve().parent


def root() -> Path:
    """Return the folder that holds ``ontology/`` and ``data/``.

    Raises:
        ConfigError: neither a checkout nor a wheel with bundled data.
    """
    for folder in (_HERE / "bundle", _HERE.parent.parent):
        if (folder / "ontology" / "datarules.ttl").is_file() and (folder / "data" / "jurisdictions").is_dir():
            return folder
    raise ConfigError.single(
        "installation", _HERE, "The ontology and data are missing.", "Install the wheel again."
    )


def ontology_files(base: Path | None = None) -> list[Path]:
    """Return the Turtle files of the ontology below a folder or bundled, without the shapes."""
    return sorted(((base or root()) / "ontology").glob("*.ttl"))


def shape_files(base: Path | None = None) -> list[Path]:
    """Return the SHACL files below a folder or bundled."""
    return sorted(((base or root()) / "ontology" / "shapes").glob("*.ttl"))


def mappings_file() -> Path:
    """Return the SSSOM table of outward mappings."""
    return root() / "ontology" / "mappings.sssom.tsv"


def data_files(folder: Path | None = None) -> list[Path]:
    """Return every data file (jurisdictions, then agreements) below ``folder`` or the bundled data.

    Raises:
        ConfigError: the folder holds no data.
    """
    base = folder or root() / "data"
    if not (base / "jurisdictions").is_dir():
        raise ConfigError.single(
            "data folder", base, "It has no folder jurisdictions/.", "Give the folder above it."
        )
    return sorted((base / "jurisdictions").glob("*.ttl")) + sorted((base / "agreements").glob("*.ttl"))


def scenario_files() -> list[Path]:
    """Return the scenarios that ship with the data; they are imagined and no part of it."""
    return sorted((root() / "data" / "scenarios").glob("*.ttl"))


def geometry_place() -> Path:
    """Return where the outlines of places are kept, built or not."""
    return _HERE / "bundle" / "geometry" / "places.json"


def geometry_file() -> Path:
    """Return the outlines of places.

    Raises:
        ConfigError: they were not built.
    """
    place = geometry_place()
    if not place.is_file():
        raise ConfigError.single(
            "geometry", place, "The outlines of places are not built.", "Run `make geometry`."
        )
    return place


def people_place() -> Path:
    """Return where the table of people is kept, built or not."""
    return _HERE / "bundle" / "people" / "territories.json"


def people_file() -> Path:
    """Return the table of people, literacy and languages by territory.

    Raises:
        ConfigError: it was not built.
    """
    place = people_place()
    if not place.is_file():
        raise ConfigError.single("people", place, "The table of people is not built.", "Run `make bundle`.")
    return place


def manual_place() -> Path:
    """Return where the built documentation is kept, built or not."""
    return _HERE / "bundle" / "docs"


def explorer_place() -> Path:
    """Return where the explorer is kept, built or not."""
    return _HERE / "bundle" / "web"


def comparison_file() -> Path:
    """Return the published classification that the graph is compared with."""
    return root() / "data" / "comparisons" / "unctad-2026.csv"


def case_files(data: Path | None = None) -> list[Path]:
    """Return the law cases, one file of TOML a place: those bundled, or of ``tests/cases`` beside a data folder.

    Empty where a data folder of one's own has no cases beside it.
    """
    inside = _HERE / "bundle" / "cases"
    beside = (data or root() / "data").parent / "tests" / "cases"
    folder = inside if data is None and inside.is_dir() else beside
    return sorted(folder.glob("*.toml")) if folder.is_dir() else []


def cases_place() -> Path:
    """Return where the law cases with their answers are kept, built or not."""
    return _HERE / "bundle" / "answers" / "cases.json"


def case_counts(data: Path | None = None) -> dict[str, int] | None:
    """Return how many law cases each file holds, by its code; None where there are no cases."""
    files = case_files(data)
    if not files:
        return None
    return {p.stem: len(tomllib.loads(p.read_text(encoding="utf-8"))["case"]) for p in files}


def competency_files() -> list[Path]:
    """Return the competency questions of the ontology, SPARQL queries that each begin with the question."""
    inside = _HERE / "bundle" / "competency"
    folder = inside if inside.is_dir() else _HERE.parent.parent / "tests" / "competency"
    return sorted(folder.glob("*.rq"))
