"""Clients made of the description by generators that others wrote, in Python and TypeScript, used on the live server."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

CLIENTS = Path(__file__).parent.parent / "clients"
TOOLS = CLIENTS / "node_modules" / ".bin"
DAY = "2015-10-07"
OPTIONS: dict[str, Any] = {
    **{"strict": True, "target": "es2022", "module": "es2022", "moduleResolution": "bundler"},
    **{"lib": ["es2022", "dom", "dom.iterable"], "types": []},
}
USE = """
import datetime, json, sys
from made import Client
from made.api.default import batch, check, check_body, jurisdictions, releases, rule
from made.models import BatchForm, Question
from made.types import UNSET

day = datetime.date.fromisoformat(sys.argv[2])
with Client(base_url=sys.argv[1]) as client:
    got = check.sync(client=client, origin="EU", destination="US", as_of=day)
    sent = check_body.sync(client=client, body=Question(origin="EU", destination="US", as_of=day))
    wrong = check.sync_detailed(client=client, origin="EUU", destination="US")
    many = batch.sync(client=client, body=[Question(origin="EU", destination="JP", as_of=day)], form=BatchForm.SHORT)
    kept = releases.sync(client=client)
    old = check.sync(client=client, origin="EU", destination="US", as_of=day, release=kept[0].release)
    one = rule.sync(client=client, id="EU/GDPR-46-2-c")
    print(json.dumps({
        "same": got.to_dict() == sent.to_dict() == old.to_dict(),
        "answer": got.to_dict(),
        "wrong": json.loads(wrong.content)["errors"][0]["place"],
        "many": len(many),
        "places": len(jurisdictions.sync(client=client)),
        "article": one.to_dict()["article"],
    }))
"""


def ran(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def plain(live: str) -> Any:
    words = {"origin": "EU", "destination": "US", "as_of": DAY}
    return httpx2.get(f"{live}/v1/check", params=words, timeout=60).json()


def test_a_python_client_can_be_generated_and_used(live: str, tmp_path: Path) -> None:
    beside = str(Path(sys.executable).parent)
    program = shutil.which("openapi-python-client", path=beside) or shutil.which("openapi-python-client")
    if program is None:
        pytest.skip("openapi-python-client is not installed")
    words = ("--url", f"{live}/openapi.json", "--output-path", tmp_path / "made", "--meta", "none")
    ran(program, "generate", *words, cwd=tmp_path)
    (tmp_path / "use.py").write_text(USE, encoding="utf-8")
    python = Path(program).with_name("python")
    said = json.loads(ran(python, "-W", "ignore", "use.py", live, DAY, cwd=tmp_path))
    assert said["same"] and said["answer"] == plain(live)
    assert said["wrong"] == "origin" and said["many"] == 1 and said["places"] > 200
    assert said["article"] == "GDPR art. 46(2)(c)"


def test_typescript_types_compile_and_fit_what_is_answered(live: str, tmp_path: Path) -> None:
    if not (TOOLS / "openapi-typescript").exists():
        pytest.skip("the clients are not installed (npm ci in tests/clients)")
    ran(TOOLS / "openapi-typescript", f"{live}/openapi.json", "-o", tmp_path / "schema.d.ts", cwd=CLIENTS)
    shutil.copy(CLIENTS / "ask.ts", tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": OPTIONS}), encoding="utf-8")
    ran(TOOLS / "tsc", "--project", ".", cwd=tmp_path)
    said = json.loads(ran("node", "ask.js", live, cwd=tmp_path))
    answer = plain(live)
    assert said["status"] == answer["status"]
    assert said["articles"] == [route["article"] for route in answer["routes"]]
    assert said["places"] == ["destination"]
