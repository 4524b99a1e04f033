"""The yardstick: an empty FastAPI endpoint under the settings `datarules serve` uses.

``python -m benchmarks.empty PORT [WORKERS]``: forked workers that share a listening socket, as those of the server.
"""

from __future__ import annotations

import socket
import sys

import uvicorn
from fastapi import FastAPI

from datarules.serve.workers import Crew

app = FastAPI()


@app.get("/v1/check")
async def empty() -> dict[str, str]:
    """Answer nothing."""
    return {}


def run(port: int, workers: int) -> None:
    """Serve until stopped."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(2048)
    config = uvicorn.Config(app, log_level="warning", access_log=False, backlog=2048, server_header=False)

    def work(renewed: bool = False) -> None:
        uvicorn.Server(config).run(sockets=[listener])

    if workers > 1:
        Crew(work, workers).run()
    else:
        work()


if __name__ == "__main__":
    run(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
