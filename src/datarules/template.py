"""The commented template of a jurisdiction file. A test keeps it valid."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from . import bundled
from .errors import InputError, Problem
from .vocab import ID, PREFIXES

CODE = re.compile(r"[A-Z][A-Z0-9]{1,4}(-[A-Z0-9]{1,5})?")

BODY = """
# The order of blocks: jurisdiction · its memberships · instruments · own categories, facts, mechanisms and
# conditions · rules (the default first) · lists with their entries · coverage. Replace every example value.
id:{code} a dr:Jurisdiction ; dct:identifier "{code}" ;
  skos:prefLabel "{name}"@en ;
  dr:reviewedOn "{today}"^^xsd:date .

# ---- instruments: each law once, with its official address
:Act a eli:LegalResource ; eli:title_short "Act" ;
  dct:title "Full title of the act"@en ; schema:url <https://law.example/{code}/act> .

# ---- rules: first the default for personal data. A closed law prohibits, an open one permits (dr:Permission).
:Act-1 a dr:Rule ; skos:prefLabel "Personal data leave only by a route of this act"@en ;
  dr:ofJurisdiction id:{code} ; dr:modality dr:Prohibition ; dr:action dr:Transfer ;
  dr:data cat:personal ; dr:strength dr:Residual ;
  dr:validFrom "{today}"^^xsd:date ; dr:evidence dr:Inferred ;
  dr:citation [ a dr:Citation ; dct:source :Act ; dr:pinpoint "s. 1" ; dr:readOn "{today}"^^xsd:date ] .

# then one rule for each route, with what it requires and the mechanism it is
:Act-2-a a dr:Rule ; skos:prefLabel "Transfer to a listed jurisdiction"@en ;
  dr:ofJurisdiction id:{code} ; dr:modality dr:Permission ; dr:action dr:Transfer ;
  dr:data cat:personal ; dr:destination :listed ; dr:viaMechanism mech:recognition ;
  dr:validFrom "{today}"^^xsd:date ; dr:evidence dr:Inferred ;
  dr:citation [ a dr:Citation ; dct:source :Act ; dr:pinpoint "s. 2(a)" ; dr:readOn "{today}"^^xsd:date ] .

:Act-2-b a dr:Rule ; skos:prefLabel "Transfer under the authority's standard clauses"@en ;
  dr:ofJurisdiction id:{code} ; dr:modality dr:Permission ; dr:action dr:Transfer ;
  dr:data cat:personal ; dr:requires fact:standard-contract-concluded ; dr:viaMechanism mech:standard-contract ;
  dr:validFrom "{today}"^^xsd:date ; dr:evidence dr:Inferred ;
  dr:citation [ a dr:Citation ; dct:source :Act ; dr:pinpoint "s. 2(b)" ; dr:readOn "{today}"^^xsd:date ] .

# ---- lists: one entry for each member, dated and cited
:listed a dr:JurisdictionGroup ; skos:prefLabel "Jurisdictions listed under section 2(a)"@en .

# ---- authorities: who supervises the law
:authority a dr:Authority ; skos:prefLabel "Authority"@en ;
  dr:ofJurisdiction id:{code} ; dr:data cat:personal ; schema:url <https://example.org/authority> ;
  dr:evidence dr:Inferred ;
  dr:citation [ a dr:Citation ; dct:source :Act ; dr:pinpoint "s. 3" ; dr:readOn "{today}"^^xsd:date ] .

# ---- coverage: what was not looked at is said openly
:coverage-non-personal a dr:Coverage ; dr:ofJurisdiction id:{code} ; dr:action dr:Transfer ; dr:data cat:non-personal ;
  dr:extent dr:NotReviewed ; dr:reviewedOn "{today}"^^xsd:date ;
  skos:note "Rules on non-personal data were not looked for."@en .
"""


def template(code: str, name: str, today: date) -> str:
    """Return the template of a jurisdiction file."""
    wanted = (
        "cat",
        "dct",
        "dr",
        "eli",
        "fact",
        "mech",
        "odrl",
        "prov",
        "pur",
        "schema",
        "sec",
        "skos",
        "xsd",
    )
    prefixes = [f"@prefix : <{ID}{code}/> .", f"@prefix id: <{ID}> ."] + [
        f"@prefix {p}: <{PREFIXES[p]}> ." for p in wanted
    ]
    return (
        "\n".join(prefixes)
        + "\n"
        + BODY.format(code=code, name=name.replace('"', "'"), today=today.isoformat())
    )


def write(code: str, name: str | None, output: Path | None, today: date | None = None) -> Path:
    """Write the template to ``output`` (a folder or file; the data folder unless given).

    Raises:
        InputError: the code is not of the form of a code, or the file exists.
    """
    code = code.strip().upper()
    problems = []
    if not CODE.fullmatch(code):
        problems.append(
            Problem(
                "code",
                code,
                "This is not the form of a jurisdiction code.",
                "Use ISO 3166 such as BR or CA-QC.",
            )
        )
    target = output or bundled.root() / "data" / "jurisdictions"
    path = target / f"{code}.ttl" if target.is_dir() else target
    if path.exists():
        problems.append(
            Problem(
                "output",
                str(path),
                "This file exists and is not overwritten.",
                "Edit it, or give another --output.",
            )
        )
    if not path.parent.is_dir():
        problems.append(
            Problem(
                "output",
                str(path.parent),
                "There is no such folder.",
                "Make it first, or give another --output.",
            )
        )
    if problems:
        raise InputError(*problems)
    path.write_text(template(code, name or code, today or date.today()), encoding="utf-8")
    return path
