"""datarules behind nginx with the configuration that ships; the other files name what exists."""

from __future__ import annotations

import configparser
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHAPES = ROOT / "tests" / "shapes"


def free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def got(address: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(address, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, {k.lower(): x for k, x in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {k.lower(): x for k, x in error.headers.items()}, error.read()


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
    if program is None:
        pytest.skip("nginx is not installed (Debian package nginx-light)")
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "law" / "jurisdictions").mkdir(parents=True)
    shutil.copy(SHAPES / "XX.ttl", folder / "law" / "jurisdictions")
    inner, outer = free(), free()
    site = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    site = site.replace("127.0.0.1:8000", f"127.0.0.1:{inner}").replace(
        "listen 80", f"listen 127.0.0.1:{outer}"
    )
    temporary = "".join(
        f"  {kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"{'user root;' if os.geteuid() == 0 else ''}\ndaemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\n  access_log off;\n{temporary}{site}}}\n",
        encoding="utf-8",
    )
    command = [
        sys.executable,
        "-m",
        "datarules",
        "--data-dir",
        str(folder / "law"),
        "serve",
        "--port",
        str(inner),
    ]
    serving = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert serving.stderr is not None
    assert "serves" in serving.stderr.readline()
    before = subprocess.Popen([program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "early.log")])
    address = f"http://127.0.0.1:{outer}"
    try:
        for _ in range(100):
            try:
                if got(f"{address}/health")[0] == 200:
                    break
            except OSError:
                pass
            time.sleep(0.1)
        yield address
    finally:
        for one in (before, serving):
            one.terminate()
            one.wait()
        serving.stderr.close()


def test_answers_come_through_and_are_confirmed(behind: str) -> None:
    address = f"{behind}/v1/check?origin=XX&destination=XX-LISTED&as_of=2022-01-01"
    status, headers, body = got(address)
    assert status == 200 and json.loads(body)["status"] == "recognised"
    assert got(address)[2] == body
    assert got(address, {"If-None-Match": headers["etag"]})[0] == 304


def test_what_is_negotiated_is_not_mixed_up(behind: str) -> None:
    query = f"{behind}/sparql?query=SELECT%20%2A%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%201"
    for media in ("application/sparql-results+json", "text/csv", "application/sparql-results+json"):
        assert got(query, {"Accept": media})[1]["content-type"].startswith(media)


def test_errors_come_through_as_problems(behind: str) -> None:
    status, headers, body = got(f"{behind}/v1/check?origin=QQ&destination=XX")
    assert status == 422 and headers["content-type"] == "application/problem+json"
    assert json.loads(body)["errors"][0]["place"] == "origin"


def test_the_unit_and_the_container_start_a_command_that_exists() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(ROOT / "deploy" / "datarules.service", encoding="utf-8")
    words = unit["Service"]["ExecStart"].split()
    container = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
    last = next(line for line in container.splitlines() if line.startswith("CMD "))
    for argv in (words[1:], json.loads(last.removeprefix("CMD "))):
        done = subprocess.run(
            [sys.executable, "-m", "datarules", argv[0], "--help"], capture_output=True, text=True
        )
        assert done.returncode == 0
        assert all(word in done.stdout for word in argv if word.startswith("--"))
