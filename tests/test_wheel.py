"""The wheel in a clean environment: ontology, data and outlines inside, every command at work, no checkout near."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from datarules.load import Dataset
from datarules.validate import attest, cache_folder

ROOT = Path(__file__).parent.parent


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=env, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "dist", cwd=ROOT)
    wheel = next((folder / "dist").glob("datarules-*.whl"))
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    locked = ROOT / "requirements" / "base.txt"
    run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", locked, cwd=folder)
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", wheel, cwd=folder)
    env = {k: x for k, x in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    env |= {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    file = next((folder / "env" / "lib").rglob("bundle/data/jurisdictions/JP.ttl"))
    told = run(folder / "env" / "bin" / "datarules", "validate", file, cwd=folder, env=env)
    assert "no findings" in told  # from nothing; what the checkout found of the same files is then believed
    attest(dataset, cache_folder())
    shutil.copytree(cache_folder() / "shacl", folder / "cache" / "datarules" / "shacl", dirs_exist_ok=True)
    return folder, env


def test_a_question_is_answered_from_the_installed_wheel(clean: tuple[Path, dict[str, str]]) -> None:
    folder, env = clean
    command = folder / "env" / "bin" / "datarules"
    before = json.loads(
        run(command, "check", "EU", "US", "--date", "2015-10-05", "--json", cwd=folder, env=env)
    )
    after = json.loads(
        run(command, "check", "EU", "US", "--date", "2015-10-07", "--json", cwd=folder, env=env)
    )
    assert before["best"] == "recognised"
    assert after["best"] == "safeguards"
    assert any(o["kind"] == "lapsed" for o in after["obstacles"])


def test_the_installed_data_validate_and_can_be_queried(clean: tuple[Path, dict[str, str]]) -> None:
    folder, env = clean
    command = folder / "env" / "bin" / "datarules"
    assert " 0 errors" in run(command, "validate", cwd=folder, env=env)
    query = folder / "count.rq"
    query.write_text(
        "PREFIX dr: <https://w3id.org/datarules/ns#> SELECT (COUNT(?r) AS ?n) WHERE { ?r a dr:Rule }"
    )
    rows = run(command, "query", query, "--format", "csv", cwd=folder, env=env).split()
    assert int(rows[1]) > 300


def test_a_map_is_drawn_from_the_installed_wheel(clean: tuple[Path, dict[str, str]]) -> None:
    folder, env = clean
    program = (
        "from datarules.pictures import maps, sheet\n"
        "from datarules.vocab import Status\n"
        "head = sheet.Heading('A map', '2026-11-23', 'any data', 'a source', 'a release')\n"
        "print(maps.world_map(head, {'JP': Status.FREE}, ['BR'], 'svg').decode())"
    )
    drawn = run(folder / "env" / "bin" / "python", "-c", program, cwd=folder, env=env)
    assert "Japan: free" in drawn


def test_the_installed_scenarios_are_listed_and_are_no_data(clean: tuple[Path, dict[str, str]]) -> None:
    folder, env = clean
    command = folder / "env" / "bin" / "datarules"
    rows = json.loads(run(command, "whatif", "--json", cwd=folder, env=env))
    assert "dpf-falls" in [row["name"] for row in rows]
    query = folder / "imagined.rq"
    query.write_text("PREFIX dr: <https://w3id.org/datarules/ns#> SELECT ?s WHERE { ?s a dr:Scenario }")
    assert len(run(command, "query", query, "--format", "csv", cwd=folder, env=env).split()) == 1
