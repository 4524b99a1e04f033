"""One application on the bundled data and a fixed day, shared by the tests of the doors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from datarules.endpoint_local import Local
from datarules.load import Dataset
from datarules.rulebook import RuleBook
from datarules.serve.app import create_app

TODAY = date(2026, 11, 23)
EU_US = {"origin": "EU", "destination": "US"}


def problem(response: Any, status: int) -> dict[str, dict[str, str]]:
    """Return the errors of a problem document by place, having checked its form."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert (
        body["status"] == status and body["title"] and body["type"].startswith("https://") and body["detail"]
    )
    for error in body["errors"]:
        assert set(error) == {"place", "value", "reason", "remedy"}
        assert error["reason"]
    return {error["place"]: error for error in body["errors"]}


@pytest.fixture(scope="session")
def client(dataset: Dataset, book: RuleBook) -> Iterator[TestClient]:
    app = create_app(book, Local.open(dataset, book), today=lambda: TODAY)
    with TestClient(app, raise_server_exceptions=False) as found:
        yield found
