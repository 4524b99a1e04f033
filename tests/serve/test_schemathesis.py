"""The API against its own description: what schemathesis makes up, valid and not, and chains of requests.

All checks and all phases run, chains included, over the data of a few jurisdictions, so that questions about
the whole world are quick. Examples are few and always the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import schemathesis
from schemathesis.engine import events, from_schema

from datarules import bundled
from datarules.endpoint_local import Local
from datarules.load import load
from datarules.rulebook import RuleBook
from datarules.serve.app import create_app

PLACES = {"EU", "US", "DE", "JP", "KE", "CN", "EEA"}
REFUSED = [400, 404, 406, 413, 414, 415, 422]
CONFIG: dict[str, Any] = {
    "request-timeout": 300,
    "generation": {"deterministic": True, "max-examples": 2},
    "checks": {
        # a description cannot list what exists: a well-formed name may be of nothing, and is told so
        "positive_data_acceptance": {"expected-statuses": [200, 303, *REFUSED]},
        "negative_data_rejection": {"expected-statuses": [405, *REFUSED]},
    },
    "operations": [
        {
            # each question of a batch is answered in its place, the invalid ones by a problem
            "include-operation-id": "batch",
            "checks": {"negative_data_rejection": {"expected-statuses": [200, 405, *REFUSED]}},
        }
    ],
}
FOREIGN = ["scenarioEffect", "scenario", "scenarios"]
"""Operations whose files speak of places that are not among the few."""


@schemathesis.serializer("application/sparql-query")
def sparql_query(context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@pytest.fixture(scope="module")
def run() -> list[Any]:
    """What happened, event by event."""
    dataset = load([path for path in bundled.data_files() if path.stem in PLACES])
    book = RuleBook.unchecked(dataset)
    app = create_app(book, Local.open(dataset, book), today=lambda: date(2026, 11, 23), dataset=dataset)
    config = schemathesis.Config.from_dict(CONFIG)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=config)
    return list(from_schema(schema.exclude(operation_id=FOREIGN)).execute())


def failures(run: list[Any], phase: str) -> Iterator[str]:
    for event in run:
        if isinstance(event, events.ScenarioFinished) and event.phase.name == phase:
            for case, checks in event.recorder.checks.items():
                for check in checks:
                    if check.failure_info is not None:
                        sent = event.recorder.cases[case].value.as_curl_command()
                        yield f"{check.name}: {check.failure_info.failure}\n{sent}"


@pytest.mark.parametrize("phase", ["EXAMPLES", "COVERAGE", "FUZZING", "STATEFUL_TESTING"])
def test_every_operation_keeps_to_its_description(phase: str, run: list[Any]) -> None:
    done = [e for e in run if isinstance(e, events.ScenarioFinished) and e.phase.name == phase]
    assert len(done) >= (1 if phase == "STATEFUL_TESTING" else 40)
    assert list(failures(run, phase)) == []


def test_nothing_went_wrong_in_asking(run: list[Any]) -> None:
    wrong = [
        str(getattr(e, "info", e)) for e in run if isinstance(e, events.NonFatalError | events.FatalError)
    ]
    assert wrong == []
    assert isinstance(run[-1], events.EngineFinished)
