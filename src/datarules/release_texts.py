"""What a release says about itself: DCAT, VoID and RO-Crate, how to cite it, what changed and when."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from . import __version__, answer, catalogue
from . import vocab as v
from .rulebook import RuleBook

HOME = "https://w3id.org/datarules"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
DESCRIPTION = (
    "What each jurisdiction's law says about data leaving, entering and staying, as a graph that decides, "
    "with the article, the dates and the evidence behind every statement."
)
MEDIA = {
    ".ttl": "text/turtle",
    ".nq": "application/n-quads",
    ".parquet": "application/vnd.apache.parquet",
    ".graphml": "application/graphml+xml",
    ".gexf": "application/gexf+xml",
    ".sqlite": "application/vnd.sqlite3",
    ".md": "text/markdown",
    ".json": "application/json",
    ".tsv": "text/tab-separated-values",
    ".cff": "application/yaml",
}
"""Media types by suffix; anything else is plain text."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the texts are about.

    Attributes:
        release: version of the data.
        digest: SHA-256 over ontology, data and shapes.
        day: the day the release is of, also that of its decisions.
        counts: how many jurisdictions, rules, entries and triples there are.
    """

    release: str
    digest: str
    day: date
    counts: Mapping[str, int]

    def document(self) -> dict[str, Any]:
        """Return ``release.json``."""
        return {
            "release": self.release,
            "digest": self.digest,
            "date": self.day.isoformat(),
            "program": __version__,
            "counts": dict(self.counts),
            "licence": LICENCE,
            "disclaimer": answer.DISCLAIMER,
        }


def media_of(name: str) -> str:
    """Return the media type of a file by its name."""
    return next((kind for suffix, kind in MEDIA.items() if name.endswith(suffix)), "text/plain")


def described(facts: Facts, files: Mapping[str, tuple[int, str]]) -> str:
    """Return the description in DCAT 3 and VoID, as Turtle.

    Args:
        facts: what the release is.
        files: size in bytes and SHA-256 of each file, by name.
    """
    own = f"<{HOME}/release/{facts.release}>"
    shown = [name for name in sorted(files) if not name.startswith(("data/", "ontology/", "LICENSE"))]
    lines = [
        "@prefix dcat: <http://www.w3.org/ns/dcat#> .",
        "@prefix dct: <http://purl.org/dc/terms/> .",
        "@prefix spdx: <http://spdx.org/rdf/terms#> .",
        "@prefix void: <http://rdfs.org/ns/void#> .",
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .",
        "",
        f"{own} a dcat:Dataset, void:Dataset ;",
        f'  dct:title "datarules {facts.release}"@en ;',
        f"  dct:description {json.dumps(DESCRIPTION)}@en ;",
        f'  dct:issued "{facts.day.isoformat()}"^^xsd:date ;',
        f"  dct:license <{LICENCE}> ;",
        f'  dcat:version "{facts.release}" ;',
        f"  dcat:landingPage <{HOME}> ;",
        f'  void:uriSpace "{v.ID}" ;',
        f"  void:vocabulary <{v.NS}> ;",
        f"  void:triples {facts.counts['triples']} ;",
        "  void:dataDump <datarules.nq> ;",
        f"  dcat:distribution {', '.join(f'<{name}>' for name in shown)} .",
    ]
    for name in shown:
        size, digest = files[name]
        lines += [
            "",
            f"<{name}> a dcat:Distribution ;",
            f"  dcat:downloadURL <{name}> ;",
            f"  dcat:mediaType <https://www.iana.org/assignments/media-types/{media_of(name)}> ;",
            f'  dcat:byteSize "{size}"^^xsd:nonNegativeInteger ;',
            "  spdx:checksum [ a spdx:Checksum ; spdx:algorithm spdx:checksumAlgorithm_sha256 ;",
            f'    spdx:checksumValue "{digest}"^^xsd:hexBinary ] .',
        ]
    return "\n".join([*lines, ""])


def crate(facts: Facts, files: Mapping[str, tuple[int, str]]) -> str:
    """Return the metadata of an RO-Crate 1.1 (https://w3id.org/ro/crate/1.1), as JSON-LD."""
    parts = [
        {
            "@id": name,
            "@type": "File",
            "name": name,
            "encodingFormat": media_of(name),
            "contentSize": str(size),
            "sha256": digest,
        }
        for name, (size, digest) in sorted(files.items())
    ]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"datarules {facts.release}",
        "description": DESCRIPTION,
        "datePublished": facts.day.isoformat(),
        "version": facts.release,
        "license": {"@id": LICENCE},
        "hasPart": [{"@id": part["@id"]} for part in parts],
    }
    about = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    licence = {
        "@id": LICENCE,
        "@type": "CreativeWork",
        "name": "Creative Commons Attribution 4.0 International",
    }
    graph = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": [about, root, licence, *parts]}
    return json.dumps(graph, ensure_ascii=False, indent=2) + "\n"


def citation(facts: Facts) -> str:
    """Return ``CITATION.cff`` (Citation File Format 1.2.0)."""
    return "\n".join(
        [
            "cff-version: 1.2.0",
            "message: If you use these data, please cite them as below.",
            "type: dataset",
            'title: "datarules: rules on data leaving, entering and staying"',
            "authors:",
            '  - name: "The datarules maintainers"',
            f'version: "{facts.release}"',
            f"date-released: {facts.day.isoformat()}",
            f"url: {HOME}",
            "license: CC-BY-4.0",
            f"abstract: {json.dumps(DESCRIPTION)}",
            "",
        ]
    )


def licence() -> str:
    """Return the notice on the licence."""
    return "\n".join(
        [
            "Ontology and data of datarules are licensed under the Creative Commons Attribution 4.0",
            f"International licence (CC BY 4.0): {LICENCE}legalcode",
            "",
            "Names of jurisdictions in Arabic, Chinese, French, Russian and Spanish: Unicode CLDR 48.2,",
            "Copyright © 1991-2026 Unicode, Inc., under the Unicode License v3",
            "(https://www.unicode.org/license.txt).",
            "",
            answer.DISCLAIMER,
            "",
        ]
    )


def changes(book: RuleBook) -> str:
    """Return what started and ended, by jurisdiction and year, newest first, with the article of each."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in catalogue.changes(book, date(1, 1, 1)):
        found.setdefault(str(row["jurisdiction"]), []).append(row)
    labels = {v.local(iri): one.label for iri, one in book.records.jurisdictions.items()}
    lines = ["# Changes of law by jurisdiction and period", "", answer.DISCLAIMER, ""]
    for code in sorted(found, key=lambda code: (code not in labels, labels.get(code, code))):
        lines += [f"## {labels.get(code, code)} ({code})", ""]
        years: dict[str, list[dict[str, Any]]] = {}
        for row in found[code]:
            years.setdefault(str(row["date"])[:4], []).append(row)
        for year in sorted(years, reverse=True):
            lines += [f"### {year}", ""]
            lines += [_line(row) for row in years[year]]
            lines.append("")
    return "\n".join(lines)


def _line(row: Mapping[str, Any]) -> str:
    cited = f" ({row['article']})" if row["article"] else ""
    return f"- {row['date']} {row['event']}: {row['label']}{cited}"


def readme(facts: Facts, files: Sequence[str]) -> str:
    """Return what is where, for people."""
    counts = ", ".join(f"{n:,} {name}" for name, n in facts.counts.items())
    told = {
        "datarules.nq": "the whole graph, one named graph a file; load it into any SPARQL 1.1 server",
        "datarules.sqlite": "the same tables and the decisions on personal data, for SQL",
        "tables/": "the law as flat tables (Parquet): jurisdictions, rules, entries, citations, facts, changes",
        "decisions/": "every ordered pair and shared category on the day of the release (Parquet)",
        "graphs/": "pairs of the day and the law as networks (GraphML, GEXF)",
        "data/, ontology/": "the Turtle files themselves, with the shapes that check them",
        "CHANGES.md": "what started and ended, by jurisdiction and period, with articles",
        "dataset.ttl, ro-crate-metadata.json": "this release in DCAT, VoID and RO-Crate",
        "SHA256SUMS": "checksums of every file: sha256sum -c SHA256SUMS",
    }
    lines = [
        f"# datarules {facts.release}",
        "",
        DESCRIPTION,
        "",
        f"State of {facts.day.isoformat()}: {counts}. {len(files)} files.",
        "",
        *(f"- `{name}`: {text}" for name, text in told.items()),
        "",
        "Serve it with `datarules serve --release FILE`; ask it with `datarules --release FILE check A B`.",
        "",
        f"Licence: CC BY 4.0, see LICENSE. {answer.DISCLAIMER}",
        "",
    ]
    return "\n".join(lines)
