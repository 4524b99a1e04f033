"""The exported graph in its readers: the same triples for rdflib, pyoxigraph and Raptor, the same bytes each time."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pyoxigraph as ox
import pytest

from datarules import bundled
from datarules.load import Dataset, load
from datarules.store import export_graph


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """A part of the data is enough to compare readers."""
    names = {"SG", "HK", "MO", "APEC-CBPR", "GlobalCBPR"}
    return load([p for p in bundled.data_files() if p.stem in names])


@pytest.mark.parametrize(
    ("fmt", "parser"), [("ntriples", "ntriples"), ("turtle", "turtle"), ("rdfxml", "rdfxml")]
)
@pytest.mark.skipif(shutil.which("rapper") is None, reason="needs Raptor (Debian package raptor2-utils)")
def test_raptor_reads_what_was_written(dataset: Dataset, tmp_path: Path, fmt: str, parser: str) -> None:
    file = tmp_path / f"graph.{fmt}"
    file.write_bytes(export_graph(dataset, fmt))
    done = subprocess.run(
        ["rapper", "-q", "-i", parser, "-o", "ntriples", str(file)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    expected = {
        t.predicate.value for t in ox.parse(export_graph(dataset, "ntriples"), format=ox.RdfFormat.N_TRIPLES)
    }
    lines = set(done.stdout.splitlines())
    written = {q.triple for q in ox.parse(export_graph(dataset, "ntriples"), format=ox.RdfFormat.N_TRIPLES)}
    assert len(lines) == len(written)
    assert {re.split(r"\s+", line)[1].strip("<>") for line in lines} == expected


@pytest.mark.parametrize("fmt", ["trig", "nquads", "turtle", "ntriples", "jsonld", "rdfxml"])
def test_the_same_data_give_the_same_bytes(dataset: Dataset, fmt: str) -> None:
    names = {f.path for f in dataset.data}
    again = load([p for p in reversed(bundled.data_files()) if p in names])
    assert export_graph(dataset, fmt) == export_graph(again, fmt)
