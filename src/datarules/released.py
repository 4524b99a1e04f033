"""Opening a release: checksums first, then the same dataset and rulebook as on the day it was made.

Data, ontology and shapes of the release are used, not those of the program, so a question gets the answer
it got then. The digest of what was unpacked must be the one that was validated when the release was made.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from . import bundled
from .errors import DataError, Problem
from .load import Dataset, ValidDataset, load
from .rulebook import RuleBook

SUMS = "SHA256SUMS"
FACTS = "release.json"
NEEDED = ("data/", "ontology/", FACTS)
LARGEST = 4 << 30
"""Bytes that a release may unpack to."""


def _wrong(path: Path, value: str, reason: str, remedy: str = "Get the release again.") -> DataError:
    return DataError(Problem(str(path), value, reason, remedy))


def verified(path: Path) -> dict[str, str]:
    """Check a release against its own checksums and return them, by the name of the file.

    Raises:
        DataError: it is no release, or a file is missing, changed or not listed; every such file is named.
    """
    problems: list[Problem] = []
    try:
        with zipfile.ZipFile(path) as bundle:
            names = {name for name in bundle.namelist() if not name.endswith("/")}
            top = {PurePosixPath(name).parts[0] for name in names}
            if len(top) != 1 or any(".." in PurePosixPath(n).parts or n.startswith("/") for n in names):
                raise _wrong(path, "", "This is no release of datarules.")
            if sum(info.file_size for info in bundle.infolist()) > LARGEST:
                raise _wrong(path, "", f"It would unpack to more than {LARGEST:,} bytes.")
            folder = top.pop()
            if f"{folder}/{SUMS}" not in names:
                raise _wrong(path, SUMS, "This file is missing, so nothing can be checked.")
            lines = bundle.read(f"{folder}/{SUMS}").decode("utf-8").splitlines()
            sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
            for name in sorted(sums.keys() | {n.removeprefix(f"{folder}/") for n in names} - {SUMS}):
                full = f"{folder}/{name}"
                if name not in sums:
                    problems.append(Problem(str(path), name, "This file is not in the checksums.", ""))
                elif full not in names:
                    problems.append(Problem(str(path), name, "This file is missing.", "Get it again."))
                elif hashlib.sha256(bundle.read(full)).hexdigest() != sums[name]:
                    problems.append(Problem(str(path), name, "This file was changed.", "Get it again."))
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise _wrong(path, "", f"The release cannot be read: {error}.") from None
    if problems:
        raise DataError(*problems)
    return sums


def _unpacked(path: Path, folder: Path) -> None:
    """Unpack what a rulebook is made of: data and ontology."""
    with zipfile.ZipFile(path) as bundle:
        for info in bundle.infolist():
            inner = "/".join(PurePosixPath(info.filename).parts[1:])
            if info.is_dir() or not inner.startswith(NEEDED):
                continue
            target = folder / inner
            target.parent.mkdir(parents=True, exist_ok=True)
            with bundle.open(info) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file)


def open_release(path: Path) -> tuple[Dataset, RuleBook]:
    """Open a release and compile its rulebook.

    Args:
        path: the file that ``datarules release`` wrote.

    Raises:
        DataError: it is no release, it was changed, or its data are not those that were validated.
    """
    verified(path)
    with tempfile.TemporaryDirectory(prefix="datarules-release-") as name:
        folder = Path(name)
        _unpacked(path, folder)
        stated = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        dataset = load(bundled.data_files(folder / "data"), folder)
    if dataset.digest != stated["digest"]:
        raise _wrong(path, stated["release"], "Its data are not those that were validated when it was made.")
    return dataset, RuleBook.compile(ValidDataset(dataset))


@dataclass(frozen=True, slots=True)
class Release:
    """A release that lies in a folder, as it describes itself.

    Attributes:
        path: the file.
        version: version of its data, by which it is asked for.
        digest: SHA-256 over its data, ontology and shapes.
        day: the day it is of.
        checksum: SHA-256 of the file.
    """

    path: Path
    version: str
    digest: str
    day: date
    checksum: str


def releases(folder: Path) -> list[Release]:
    """Return the releases of a folder, the oldest first; of several with the same data, the oldest alone.

    Only what they say of themselves is read; `open_release` checks the rest.

    Raises:
        DataError: there is no such folder, or a file in it is no release; every such file is named.
    """
    if not folder.is_dir():
        raise _wrong(folder, "", "There is no such folder.", "Name a folder that holds releases.")
    found: list[Release] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.zip")):
        try:
            found.append(_described(path))
        except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError) as error:
            told = f"This is no release of datarules: {error}."
            problems.append(Problem(str(path), "", told, "Get it again, or move it away."))
    if problems:
        raise DataError(*problems)
    found.sort(key=lambda one: (one.day, one.version), reverse=True)
    return sorted({one.version: one for one in found}.values(), key=lambda one: (one.day, one.version))


def _described(path: Path) -> Release:
    with zipfile.ZipFile(path) as bundle:
        name = next((n for n in bundle.namelist() if PurePosixPath(n).parts[1:] == (FACTS,)), None)
        if name is None:
            raise ValueError(f"{FACTS} is missing")
        stated = json.loads(bundle.read(name))
    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    version, digest = str(stated["release"]), str(stated["digest"])
    return Release(path, version, digest, date.fromisoformat(stated["date"]), checksum)
