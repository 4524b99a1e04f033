"""Look up known weaknesses of what is delivered: the locked Python requirements and the explorer's packages.

Ends with 1 if one is known. An index that offers no advisories is told of and fails nothing, since then nothing is known.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PIP = [
    sys.executable,
    "-m",
    "pip_audit",
    "--require-hashes",
    "--disable-pip",
    "--progress-spinner=off",
    "-f",
    "json",
]


def of_pip(document: dict[str, Any]) -> tuple[int, int, list[str], str]:
    """Return from pip-audit's report how many were looked up, how many were not, the weaknesses, and why not."""
    parts = document["dependencies"]
    skipped = [part for part in parts if "skip_reason" in part]
    found = [
        f"{part['name']} {part['version']}: {one['id']}, mended in {', '.join(one['fix_versions']) or 'no version'}"
        for part in parts
        for one in part.get("vulns", ())
    ]
    return len(parts) - len(skipped), len(skipped), found, skipped[0]["skip_reason"] if skipped else ""


def of_npm(document: dict[str, Any]) -> tuple[int, int, list[str], str]:
    """Return the same from the report of npm audit."""
    if "vulnerabilities" not in document:
        return 0, 1, [], document.get("message", "")
    found = [
        f"{name} {part['range']}: {', '.join(v['title'] for v in part['via'] if isinstance(v, dict)) or part['severity']}"
        for name, part in sorted(document["vulnerabilities"].items())
        if part["severity"] in ("high", "critical")
    ]
    return document["metadata"]["dependencies"]["total"], 0, found, ""


def main() -> int:
    """Ask both indexes; tell what they say."""
    weak = []
    for name, command, folder, read in (
        ("Python requirements", [*PIP, "-r", "requirements/base.txt"], ROOT, of_pip),
        ("packages of the explorer", ["npm", "audit", "--json"], ROOT / "web", of_npm),
    ):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        try:
            known, skipped, found, why = read(json.loads(done.stdout))
        except ValueError:
            known, skipped, found, why = 0, 1, [], done.stderr.strip().rsplit("\n", 1)[-1]
        told = f"{known} looked up" if known else f"NOT looked up ({why or 'no reason given'})"
        print(f"{name}: {told}{f', {skipped} not known to it' if known and skipped else ''}")
        weak += found
    print("\n".join(f"weakness: {one}" for one in weak), end="\n" if weak else "")
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main())
