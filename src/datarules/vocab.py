"""The names of the ontology: the only place that spells an IRI.

Source: ``ontology/datarules.ttl`` and ``ontology/terms.ttl``; a test holds the two together.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from functools import lru_cache

NS = "https://w3id.org/datarules/ns#"
FUNCTIONS = "https://w3id.org/datarules/fn#"
ID = "https://w3id.org/datarules/id/"
GRAPH = "https://w3id.org/datarules/graph/"
CATEGORY = ID + "category/"
PURPOSE = ID + "purpose/"
SECTOR = ID + "sector/"
MECHANISM = ID + "mechanism/"
FACT = ID + "fact/"
ANY_DATA = CATEGORY + "any"
ANY_PURPOSE = PURPOSE + "any"
ANY_SECTOR = SECTOR + "any"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCT = "http://purl.org/dc/terms/"
ELI = "http://data.europa.eu/eli/ontology#"
ODRL = "http://www.w3.org/ns/odrl/2/"
PROV = "http://www.w3.org/ns/prov#"
SCHEMA = "https://schema.org/"
OWL = "http://www.w3.org/2002/07/owl#"

PREFIXES: dict[str, str] = {
    "id": ID,
    "cat": CATEGORY,
    "dct": DCT,
    "dr": NS,
    "drf": FUNCTIONS,
    "eli": ELI,
    "fact": FACT,
    "mech": MECHANISM,
    "odrl": ODRL,
    "owl": OWL,
    "prov": PROV,
    "pur": PURPOSE,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": SCHEMA,
    "sec": SECTOR,
    "skos": SKOS,
    "xsd": XSD,
}


class Modality(Enum):
    """What a rule does; members are the local names of the ontology."""

    PERMISSION = "Permission"
    PROHIBITION = "Prohibition"
    OBLIGATION = "Obligation"


class Action(Enum):
    """What a rule is about; members are the local names of the ontology."""

    TRANSFER = "Transfer"
    IMPORT = "Import"
    ONWARD_TRANSFER = "OnwardTransfer"
    KEEP_LOCAL_COPY = "KeepLocalCopy"
    COLLECT_INSIDE = "CollectInside"
    STORE_INSIDE = "StoreInside"
    PROCESS_INSIDE = "ProcessInside"
    RETAIN = "Retain"
    ERASE_ABROAD = "EraseAbroad"
    DISCLOSE = "DiscloseToForeignAuthority"
    ADOPT_TRANSFER_RESTRICTION = "AdoptTransferRestriction"
    ADOPT_LOCALISATION = "AdoptLocalisation"


LOCALISATION: dict[Action, str] = {
    Action.KEEP_LOCAL_COPY: "local-copy",
    Action.COLLECT_INSIDE: "collect-inside",
    Action.STORE_INSIDE: "store-inside",
    Action.PROCESS_INSIDE: "process-inside",
}
"""Localisation actions and the kind of overlay each one gives."""


class Arising(Enum):
    """Where data of a category arise; members are the local names of the ontology."""

    IN_ONE_STATE = "InOneState"
    BETWEEN_TWO_PLACES = "BetweenTwoPlaces"


class Strength(Enum):
    """How a rule stands against others of its order."""

    RESIDUAL = "Residual"
    DEFEASIBLE = "Defeasible"
    STRICT = "Strict"


class Burden(IntEnum):
    """Weight of a measure or mechanism; the number is the level it gives a route."""

    NoBurden = 0
    Recognition = 1
    SelfExecuted = 2
    PriorApproval = 3
    CaseByCase = 4


class Status(Enum):
    """Answers, the scale first in order, then what is off the scale."""

    INTERNAL = "internal"
    FREE = "free"
    RECOGNISED = "recognised"
    SAFEGUARDS = "safeguards"
    AUTHORISATION = "authorisation"
    DEROGATION = "derogation"
    PROHIBITED = "prohibited"
    CONTESTED = "contested"
    UNKNOWN = "unknown"

    __hash__ = object.__hash__  # members are single; Enum's own hash is computed in Python each time


SCALE: tuple[Status, ...] = (
    Status.INTERNAL,
    Status.FREE,
    Status.RECOGNISED,
    Status.SAFEGUARDS,
    Status.AUTHORISATION,
    Status.DEROGATION,
    Status.PROHIBITED,
)
"""Statuses that can be compared, freest first. ``contested`` and ``unknown`` stand outside."""


class Evidence(IntEnum):
    """How well a statement is supported, strongest first."""

    OfficialText = 1
    OfficialTranslation = 2
    TwoSecondarySources = 3
    OneSecondarySource = 4
    Inferred = 5


class Extent(Enum):
    """Result of a review."""

    ADDS_NOTHING = "AddsNothing"
    COMPLETE = "Complete"
    PARTIAL = "Partial"
    NOT_REVIEWED = "NotReviewed"


@lru_cache(maxsize=65536)
def local(iri: str) -> str:
    """Return an IRI of this project without its namespace: ``…/id/BR/LGPD-33`` → ``BR/LGPD-33``."""
    for space in (CATEGORY, PURPOSE, SECTOR, MECHANISM, FACT, ID, NS):
        if iri.startswith(space):
            return iri[len(space) :]
    return iri
