"""Serve the tools over the data of a few jurisdictions, unchecked, so that a test starts at once."""

from __future__ import annotations

import sys
from datetime import date

import httpx2

from datarules import bundled
from datarules.endpoint_local import Local
from datarules.load import load
from datarules.mcp_server import run
from datarules.rulebook import RuleBook
from datarules.serve.app import create_app

if __name__ == "__main__":
    wanted = set(sys.argv[1].split(","))
    files = [path for path in bundled.data_files() if path.stem in wanted]
    dataset = load(files)
    book = RuleBook.unchecked(dataset)
    app = create_app(book, Local.open(dataset, book), today=lambda: date(2026, 11, 23), dataset=dataset)
    run(httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://datarules", timeout=600))
