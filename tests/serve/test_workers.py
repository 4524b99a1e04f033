"""Workers that share one law: new data under load without a failed request, a killed worker replaced."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from datarules.errors import ConfigError
from datarules.serve import run, wire

from .conftest import listening

ROOT = Path(__file__).parent.parent.parent
QUESTION = "/v1/check?origin=JP&destination=KE&as_of=2026-05-01"


class Load:
    """Threads that ask without pause; what came back, by release of the law, and what went wrong."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.seen: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, daemon=True) for _ in range(4)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _ask(self) -> None:
        with httpx2.Client(base_url=self.address, timeout=30) as http:
            while not self._stop.is_set():
                try:
                    response = http.get(QUESTION)
                    self.seen[response.json()["release"]] += 1
                    if response.status_code != 200:
                        self.wrong.append(response.text)
                except (httpx2.HTTPError, ValueError, KeyError) as error:
                    self.wrong.append(repr(error))

    def until(self, wanted: Any) -> None:
        """Wait until something is so."""
        last = time.monotonic() + 60
        while not wanted():
            assert time.monotonic() < last, (self.seen, self.wrong[:3])
            time.sleep(0.05)


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[tuple[str, Path, int]]:
    """Two workers over data that a file names: their address, the file, the number of the process that watches."""
    names = tmp_path / "names"
    names.write_text("JP,KE", encoding="utf-8")
    command = [sys.executable, "-m", "tests.serve.crew_entry", str(names)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment, text=True) as process:
        assert process.stdout
        port = process.stdout.readline().strip()
        try:
            yield f"http://127.0.0.1:{port}", names, process.pid
        finally:
            process.terminate()
            assert process.wait(30) == 0


def children(parent: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def settled(address: str, count: int = 12) -> set[str]:
    """Ask on connections of their own, so that every worker is met."""
    return {httpx2.get(address + "/version", timeout=30).json()["data"] for _ in range(count)}


def test_new_data_are_changed_over_to_under_load_with_no_failed_request(crew: tuple[str, Path, int]) -> None:
    address, names, process = crew
    with Load(address) as load:
        load.until(lambda: sum(load.seen.values()) > 50)
        (old,) = load.seen
        for text, count in (("JP,KE,BR", 2), ("JP,KE", 2), ("JP,KE,BR,CN", 3)):
            names.write_text(text, encoding="utf-8")
            os.kill(process, signal.SIGHUP)
            load.until(lambda wanted=count: len(load.seen) == wanted)
            load.until(lambda: len(settled(address)) == 1)
        names.write_text("invalid", encoding="utf-8")
        last = settled(address)
        os.kill(process, signal.SIGHUP)
        before = sum(load.seen.values())
        load.until(lambda: sum(load.seen.values()) > before + 200)
        assert settled(address) == last and old not in last
    assert load.wrong == []


def test_a_worker_that_is_killed_is_replaced_and_the_others_answer(crew: tuple[str, Path, int]) -> None:
    address, _, process = crew
    assert settled(address)
    before = children(process)
    assert len(before) == 2
    os.kill(before[0], signal.SIGKILL)
    for _ in range(20):
        assert httpx2.get(address + "/health", timeout=30).status_code == 200
    last = time.monotonic() + 30
    while len(children(process)) < 2 or before[0] in children(process):
        assert time.monotonic() < last
        time.sleep(0.05)
    assert before[1] in children(process)


def test_a_worker_that_replaces_another_serves_the_law_of_now(crew: tuple[str, Path, int]) -> None:
    address, names, process = crew
    (old,) = settled(address)
    names.write_text("JP,KE,BR", encoding="utf-8")
    os.kill(process, signal.SIGHUP)
    last = time.monotonic() + 60
    while old in settled(address):
        assert time.monotonic() < last
    before = children(process)
    os.kill(before[0], signal.SIGKILL)
    while len(children(process)) < 2 or before[0] in children(process):
        assert time.monotonic() < last
        time.sleep(0.05)
    os.kill(before[1], signal.SIGSTOP)  # so that only the new one answers
    try:
        assert old not in settled(address, 3)
    finally:
        os.kill(before[1], signal.SIGCONT)


def test_the_law_is_shared_by_the_workers(crew: tuple[str, Path, int]) -> None:
    address, _, process = crew
    assert settled(address)
    for worker in children(process):
        sizes: Counter[str] = Counter()
        for line in Path(f"/proc/{worker}/smaps_rollup").read_text().splitlines()[1:]:
            name, size = line.split(":")
            sizes[name] += int(size.split()[0])
        assert sizes["Private_Dirty"] < sizes["Rss"] / 2, sizes


def test_settings_that_cannot_work_are_told_before_anything_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="no rate"):
        run.run("127.0.0.1", 0, 1, None, None, rate="often")
    monkeypatch.delattr(os, "fork")
    with pytest.raises(ConfigError, match="cannot share"):
        run.run("127.0.0.1", 0, 2, None)


# -- the wire


def talk(address: str, *parts: bytes, pause: float = 0.0) -> bytes:
    """Send bytes as they are; return all that comes back until the server closes the connection."""
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as one:
        try:
            for part in parts:
                one.sendall(part)
                time.sleep(pause)
        except (BrokenPipeError, ConnectionResetError):
            pass
        said = b""
        try:
            while piece := one.recv(65536):
                said += piece
        except ConnectionResetError:
            pass
        return said


@pytest.fixture
def bounded(client: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(wire, "PATIENCE", 0.5)
    with listening(client.app, http=wire.Bounded, timeout_keep_alive=1) as address:
        yield address


LINE = b"GET /health HTTP/1.1\r\nhost: x\r\n"


def test_a_head_without_end_is_refused_and_others_are_answered(bounded: str) -> None:
    said = talk(bounded, LINE, *[b"x-%d: " % n + b"y" * 8000 + b"\r\n" for n in range(40)])
    assert said.startswith(b"HTTP/1.1 431 ") and b"application/problem+json" in said
    assert httpx2.get(f"{bounded}/health").status_code == 200
    kept = talk(bounded, LINE + b"x-much: " + b"y" * 60_000 + b"\r\nconnection: close\r\n\r\n")
    assert kept.startswith(b"HTTP/1.1 200 ")


def test_a_client_that_never_ends_its_request_is_let_go(bounded: str) -> None:
    assert talk(bounded, b"") == b""
    assert talk(bounded, LINE) == b""
    body = b"POST /v1/check HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"
    assert b"200" not in talk(bounded, body)
    twice = talk(bounded, LINE + b"\r\n", LINE, pause=0.1)
    assert twice.count(b"HTTP/1.1 200") == 1
    slow = b'{"origin":"EU","destination":"US"}'
    head = (
        b"POST /v1/check HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        % len(slow)
    )
    assert b"HTTP/1.1 200" in talk(bounded, head, slow[:10], slow[10:20], slow[20:], pause=0.2)
