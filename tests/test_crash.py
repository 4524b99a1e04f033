"""The store in a folder survives whatever happens to whoever writes it, and is made anew when damaged."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from datarules import bundled
from datarules.endpoint_disk import PART, STORE, all_quads, opened, place, sound, sweep
from datarules.load import Dataset, load

ROOT = Path(__file__).parent.parent
KILLS = 30
FEW, MORE = "KE,JP", "KE,JP,BR"
WRITER = """
import itertools, sys
from pathlib import Path
from datarules import bundled
from datarules.endpoint_disk import opened, place, sweep
from datarules.load import load
sets = [load([f for f in bundled.data_files() if f.stem in s.split(",")]) for s in sys.argv[2:]]
folder = Path(sys.argv[1])
print("ready", flush=True)
for dataset in itertools.cycle(sets):
    opened(dataset, folder)
    sweep(folder, place(dataset, folder))
    print("made", flush=True)
"""


def some(names: str) -> Dataset:
    return load([path for path in bundled.data_files() if path.stem in names.split(",")])


@pytest.fixture(scope="module")
def few() -> Dataset:
    return some(FEW)


@pytest.fixture(scope="module")
def more() -> Dataset:
    return some(MORE)


def whole(dataset: Dataset, folder: Path) -> bool:
    return set(opened(dataset, folder)) == set(all_quads(dataset))


def test_a_writer_killed_at_any_moment_leaves_whole_stores_or_none(
    few: Dataset, more: Dataset, tmp_path: Path
) -> None:
    rng = random.Random(20261128)
    folder = tmp_path / "stores"
    for _ in range(KILLS):
        command = [sys.executable, "-c", WRITER, str(folder), FEW, MORE]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, env={"PYTHONPATH": str(ROOT / "src")}
        ) as writer:
            assert writer.stdout
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(rng.uniform(0, 0.3))
            writer.send_signal(signal.SIGKILL)
        for one in folder.glob(f"{STORE}*"):
            dataset = next(d for d in (few, more) if place(d, folder) == one)
            assert whole(dataset, folder)
    assert whole(few, folder) and whole(more, folder)
    sweep(folder, place(few, folder))
    assert [one.name for one in folder.iterdir()] == [place(few, folder).name]


def test_two_writers_at_once_do_not_hurt_each_other(few: Dataset, more: Dataset, tmp_path: Path) -> None:
    code = WRITER.replace("for dataset in itertools.cycle(sets):", "for dataset in sets:").replace(
        "    sweep(", "    0 and sweep("
    )
    commands = [[sys.executable, "-c", code, str(tmp_path), *sets] for sets in ((FEW, MORE), (MORE, FEW))]
    writers = [
        subprocess.Popen(c, env={"PYTHONPATH": str(ROOT / "src")}, stdout=subprocess.DEVNULL)
        for c in commands
    ]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    assert whole(few, tmp_path) and whole(more, tmp_path)
    assert not list(tmp_path.glob(f"{PART}*"))


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_store_is_found_out_and_made_anew(seed: int, few: Dataset, tmp_path: Path) -> None:
    opened(few, tmp_path)
    rng = random.Random(seed)
    files = sorted(f for f in place(few, tmp_path).rglob("*") if f.is_file() and f.stat().st_size > 100)
    file = files[seed % len(files)]
    content = bytearray(file.read_bytes())
    kind = seed % 3
    if kind == 0:
        for _ in range(200):
            content[rng.randrange(len(content))] ^= 0xFF
    file.write_bytes(b"" if kind == 1 else bytes(content[: len(content) // 2] if kind == 2 else content))
    assert whole(few, tmp_path)


def test_a_store_with_a_statement_more_or_less_is_not_sound(few: Dataset) -> None:
    import pyoxigraph as ox

    store = ox.Store()
    store.bulk_extend(all_quads(few))
    quads = list(all_quads(few))
    assert sound(store, quads)
    assert not sound(store, quads[1:])
    store.remove(quads[0])
    assert not sound(store, quads)


def test_a_reader_keeps_its_store_while_another_is_made(few: Dataset, more: Dataset, tmp_path: Path) -> None:
    reading = opened(few, tmp_path)
    opened(more, tmp_path)
    assert len(reading) == len(set(all_quads(few)))
    assert {one.name for one in tmp_path.iterdir()} == {place(d, tmp_path).name for d in (few, more)}
