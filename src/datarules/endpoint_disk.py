"""The store in a folder: made whole beside the old one, checked whenever it is opened, made anew when damaged.

A store is written into a folder of its own and gets its name, which tells its content, by one renaming. A
process killed at any moment therefore leaves either a whole store under its name or a part that the next
start takes away. Whoever still reads an older store keeps it until it is swept.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from . import bundled
from .errors import ConfigError
from .load import Dataset
from .mappings import mapping_quads

STORE, PART = "store-", "part-"
"""How the folders of whole stores and of stores being made begin."""
DAMAGED = (OSError, RuntimeError, SyntaxError, ValueError)
"""What the store raises where its files are not what they were."""


def all_quads(dataset: Dataset) -> Iterable[ox.Quad]:
    """Yield every quad of the dataset and of the outward mappings."""
    yield from dataset.quads()
    yield from mapping_quads()


def place(dataset: Dataset, folder: Path) -> Path:
    """Return the folder that a store of these data has."""
    tables = hashlib.sha256(bundled.mappings_file().read_bytes()).hexdigest()
    name = hashlib.sha256(f"{dataset.digest} {tables} {ox.__version__}".encode()).hexdigest()[:24]
    return folder / f"{STORE}{name}"


def sound(store: ox.Store, quads: Iterable[ox.Quad]) -> bool:
    """Say whether a store holds these quads and no others; reads all of it."""
    wanted = set(quads)
    try:
        return len(store) == len(wanted) and all(quad in wanted for quad in store)
    except DAMAGED:
        return False


def opened(dataset: Dataset, folder: Path) -> ox.Store:
    """Return the store of these data in a folder, to be read; made where it is missing or damaged.

    Raises:
        ConfigError: the folder cannot be used.
    """
    target = place(dataset, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if target.is_dir():
            with contextlib.suppress(*DAMAGED):
                store = ox.Store.read_only(str(target))
                if sound(store, all_quads(dataset)):
                    return store
                del store
            shutil.rmtree(target)
        _made(dataset, folder, target)
        return ox.Store.read_only(str(target))
    except OSError as error:
        remedy = "Give a folder of its own that this process may write."
        raise ConfigError.single(
            "store folder", folder, f"The folder cannot be used: {error}.", remedy
        ) from error


def _made(dataset: Dataset, folder: Path, target: Path) -> None:
    """Make a store beside the others and give it its name; another process may have been quicker."""
    part = Path(tempfile.mkdtemp(prefix=f"{PART}{os.getpid()}-", dir=folder))
    try:
        store = ox.Store(str(part / "store"))
        store.bulk_extend(all_quads(dataset))
        store.flush()
        del store
        with contextlib.suppress(FileExistsError):
            os.rename(part / "store", target)
        if not target.is_dir():
            raise OSError(f"{target.name} could not be put in place")
    except OSError:
        if not target.is_dir():
            raise
    finally:
        shutil.rmtree(part, ignore_errors=True)


def sweep(folder: Path, keep: Path) -> None:
    """Take away all stores but one, and parts whose maker is gone."""
    for one in folder.iterdir() if folder.is_dir() else ():
        maker = one.name.removeprefix(PART).partition("-")[0]
        left = one.name.startswith(PART) and not (maker.isdigit() and Path(f"/proc/{maker}").exists())
        if left or (one.name.startswith(STORE) and one != keep):
            shutil.rmtree(one, ignore_errors=True)
