"""Query workers of a fork server: they share its memory, end with whoever asked for them, and are there again at once."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from datarules import bundled
from datarules.endpoint import Limits
from datarules.endpoint_forkserver import Content, ForkServer, content
from datarules.endpoint_pool import Pool
from datarules.errors import ConfigError
from datarules.load import Dataset, load
from datarules.rulebook import RuleBook

ROOT = Path(__file__).parent.parent.parent
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
LIMITS = Limits(seconds=20, wait=60)


@pytest.fixture(scope="module")
def few() -> tuple[Dataset, RuleBook]:
    dataset = load([path for path in bundled.data_files() if path.stem in ("JP", "KE")])
    return dataset, RuleBook.unchecked(dataset)


@pytest.fixture
def fork_server(few: tuple[Dataset, RuleBook]) -> Iterator[ForkServer]:
    found = ForkServer(content(*few, LIMITS))
    yield found
    found.close()


def until(wanted: Callable[[], object], seconds: float = 30) -> None:
    last = time.monotonic() + seconds
    while not wanted():
        assert time.monotonic() < last
        time.sleep(0.05)


def children(process: int) -> list[int]:
    """Return the processes that a process started and that still run."""
    path = Path(f"/proc/{process}/task/{process}/children")
    return [int(n) for n in path.read_text().split()] if path.exists() else []


def named(process: int) -> str:
    return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def gone(processes: list[int]) -> bool:
    return not any(Path(f"/proc/{one}").exists() for one in processes)


def test_pools_share_a_fork_server_and_end_their_own_workers_alone(
    few: tuple[Dataset, RuleBook], fork_server: ForkServer
) -> None:
    pools = [Pool(lambda: pytest.fail("packed twice"), LIMITS, 2, fork_server) for _ in range(2)]
    answers = [pool.query(COUNT) for pool in pools]
    assert answers[0] == answers[1]
    parent = fork_server.number
    until(lambda: len(children(parent)) == 4)
    pools[0].close()
    until(lambda: len(children(parent)) == 2)
    with ThreadPoolExecutor(8) as many:
        assert set(many.map(lambda _: pools[1].query(COUNT).payload, range(40))) == {answers[0].payload}
    pools[1].close()
    until(lambda: not children(parent))


def test_a_pool_whose_fork_server_died_makes_one_of_its_own(
    few: tuple[Dataset, RuleBook], fork_server: ForkServer
) -> None:
    pool = Pool(lambda: content(*few, LIMITS), LIMITS, 1, fork_server)
    answer = pool.query(COUNT)
    parent = fork_server.number
    workers = children(parent)
    os.kill(parent, signal.SIGKILL)
    until(lambda: gone(workers))
    answers = []

    def answered() -> bool:
        try:
            answers.append(pool.query(COUNT))
        except Exception as error:
            assert "memory" in str(error), (
                error
            )  # a worker that is gone looks like one that asked for too much
        return bool(answers)

    until(answered, 60)
    assert answers == [answer]
    pool.close()


def test_workers_load_while_the_law_is_asked(few: tuple[Dataset, RuleBook]) -> None:
    dataset, book = few
    done = threading.Event()

    def ask() -> None:
        number = 0
        while not done.is_set():
            number += 1
            book.kept[str(number % 10_000)] = {"limits": Limits(rows=number)}
            if number % 5_000 == 0:
                book.kept.clear()

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        for _ in range(20):
            content(dataset, book, LIMITS)
        pool = Pool(lambda: content(dataset, book, LIMITS), LIMITS, 1)
        assert pool.query(COUNT).payload
        pool.close()
    finally:
        done.set()
        asking.join()
        book.kept.clear()


def test_why_no_worker_starts_is_told(few: tuple[Dataset, RuleBook]) -> None:
    def pack() -> Content:
        raise RuntimeError("nothing to pack")

    pool = Pool(pack, LIMITS, 1)
    with pytest.raises(ConfigError, match="nothing to pack"):
        pool.query(COUNT)
    pool.close()


def test_workers_write_to_little_of_what_they_share(
    few: tuple[Dataset, RuleBook], fork_server: ForkServer
) -> None:
    pool = Pool(lambda: content(*few, LIMITS), LIMITS, 2, fork_server)
    for _ in range(20):
        pool.query(COUNT)
    for worker in children(fork_server.number):
        sizes = {
            name: int(size.split()[0])
            for name, size in (
                line.split(":") for line in Path(f"/proc/{worker}/smaps_rollup").read_text().splitlines()[1:]
            )
        }
        assert sizes["Private_Dirty"] < sizes["Rss"] / 2, sizes
    pool.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """The server with two processes over a copy of the data, as it is started by hand."""
    for path in bundled.data_files():
        folder = tmp_path / "data" / path.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder)
    command = [sys.executable, "-m", "datarules", "--data-dir", str(tmp_path / "data"), "serve"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(
        [*command, "--port", "0", "--workers", "2"], stderr=subprocess.PIPE, env=environment, text=True
    ) as process:
        assert process.stderr
        said = ""
        for line in process.stderr:
            said += line
            if "http://" in line:
                break
        found = re.search(r"http://[^/]+", said)
        assert found, said
        try:
            yield found.group(), process.pid
        finally:
            process.terminate()  # passed on to the workers
            process.wait(30)


def asked(address: str, text: str = COUNT) -> set[str]:
    """Ask on connections of their own, so that every process is met."""
    found = [httpx2.get(address + "/sparql", params={"query": text}, timeout=60) for _ in range(8)]
    assert {one.status_code for one in found} == {200}
    return {one.text for one in found}


def everyone(process: int) -> list[int]:
    found = [process]
    for one in found:
        found += children(one)
    return found


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_every_process_ends_with_the_server(served: tuple[str, int], how: signal.Signals) -> None:
    address, process = served
    assert len(asked(address)) == 1
    known = everyone(process)
    forked = [one for one in known[1:] if "spawn_main" not in named(one) and "tracker" not in named(one)]
    os.kill(process, how)
    if how is signal.SIGKILL:  # its workers go on until they are stopped as well
        for one in forked:
            os.kill(one, signal.SIGKILL)
    until(lambda: gone([one for one in known if one != process]))


def test_new_data_bring_new_query_workers(served: tuple[str, int], tmp_path: Path) -> None:
    address, process = served
    text = 'ASK { ?s skos:prefLabel ?label FILTER(CONTAINS(?label, "amended for a test")) }'
    assert all("false" in answer for answer in asked(address, text))
    path = tmp_path / "data" / "jurisdictions" / "KE.ttl"
    before = path.read_text()
    changed = before.replace(
        '"sensitive personal data (Kenya)"@en', '"sensitive data, amended for a test"@en'
    )
    assert changed != before
    path.write_text(changed)
    os.kill(process, signal.SIGHUP)
    until(lambda: all("true" in answer for answer in asked(address, text)), 120)
