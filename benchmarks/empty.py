"""The yardstick: an empty FastAPI endpoint under the settings `datarules serve` uses.

``python -m benchmarks.empty PORT``
"""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI

app = FastAPI()


@app.get("/v1/check")
async def empty() -> dict[str, str]:
    """Answer nothing."""
    return {}


if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="warning",
        access_log=False,
        backlog=2048,
        server_header=False,
    )
