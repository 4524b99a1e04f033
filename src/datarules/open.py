"""The one way from files to a rulebook: load, attest, compile."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .load import Dataset, ValidDataset, load
from .rulebook import RuleBook
from .validate import Progress, attest, cache_folder


def open_dataset(
    data: Sequence[Path] | None = None, progress: Progress | None = None
) -> tuple[Dataset, RuleBook]:
    """Load and validate the data (bundled unless given) and compile the rulebook.

    Raises:
        DataError: the data are malformed or do not pass validation.
    """
    valid: ValidDataset = attest(load(data), cache_folder(), progress)
    return valid.dataset, RuleBook.compile(valid)
