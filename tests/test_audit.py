"""The look-up of known weaknesses fails on one, and says so when it could look up nothing."""

from __future__ import annotations

import json
import runpy
import subprocess
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parent.parent / ".ci" / "audit.py"
WEAK = {"name": "p", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
SOUND = {"name": "q", "version": "2.0", "vulns": []}
SKIPPED = {"name": "r", "skip_reason": "not found"}
VIA = [{"title": "runs what it is given"}]
NPM_WEAK = {"vulnerabilities": {"n": {"range": "<3", "severity": "high", "via": VIA}}}
NPM_SOUND: dict[str, Any] = {"vulnerabilities": {}}
COUNTED = {"metadata": {"dependencies": {"total": 7}}}


@pytest.mark.parametrize(
    ("pip", "npm", "code", "said"),
    [
        ({"dependencies": [SOUND]}, NPM_SOUND | COUNTED, 0, ["1 looked up", "7 looked up"]),
        ({"dependencies": [SOUND, WEAK, SKIPPED]}, NPM_SOUND | COUNTED, 1, ["p 1.0: PYSEC-1, mended in 1.1"]),
        ({"dependencies": [SOUND]}, NPM_WEAK | COUNTED, 1, ["n <3: runs what it is given"]),
        (
            {"dependencies": [SKIPPED]},
            {"error": {}},
            0,
            ["requirements: NOT looked up", "explorer: NOT looked up"],
        ),
        (None, None, 0, ["NOT looked up (unreachable)"]),
    ],
)
def test_what_the_indexes_say_decides(
    pip: Any, npm: Any, code: int, said: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def run(command: list[str], **given: Any) -> subprocess.CompletedProcess[str]:
        told = npm if command[0] == "npm" else pip
        return subprocess.CompletedProcess(
            command, 0, "" if told is None else json.dumps(told), "a line\nunreachable\n"
        )

    monkeypatch.setattr(subprocess, "run", run)
    assert runpy.run_path(str(SCRIPT))["main"]() == code
    shown = capsys.readouterr().out
    for part in said:
        assert part in shown
