"""Findings of a check, for people, programs and code-scanning tools."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

GUIDE = "CONTRIBUTING.md"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing an editor should mend. ``severity`` is ``error`` or ``warning``; ``shape`` names the check."""

    file: str
    line: int
    subject: str
    message: str
    shape: str
    severity: str = "error"

    def __str__(self) -> str:
        mark = "" if self.severity == "error" else "warning: "
        return f"{self.file}:{self.line}: {self.subject}: {mark}{self.message} [{self.shape}]"


ECHOES: dict[str, frozenset[str]] = {
    "FromBeforeUntil": frozenset({"From", "Until"}),
    "RuleStrict": frozenset({"RuleModality"}),
    "RuleResidual": frozenset({"RuleModality"}),
    "RuleStrictEvidence": frozenset({"Evidence"}),
    "ConditionValue": frozenset({"Falsy"}),
    "ValueKind": frozenset({"ConditionFact", "ConditionValue", "Falsy"}),
}
"""Checks that say nothing new once one of the others has been reported on the same subject."""


def without_echoes(findings: Sequence[Finding]) -> list[Finding]:
    """Leave out findings that only repeat another one of the same subject, so that each slip is told once."""
    told: dict[tuple[str, str], set[str]] = {}
    for one in findings:
        told.setdefault((one.file, one.subject), set()).add(one.shape)
    return [f for f in findings if ECHOES.get(f.shape, frozenset()).isdisjoint(told[f.file, f.subject])]


def as_text(findings: Sequence[Finding], checked: int) -> str:
    """Return one line per finding and a closing count."""
    errors = sum(f.severity == "error" for f in findings)
    files = len({f.file for f in findings})
    closing = f"{checked} files checked: no findings."
    if findings:
        closing = f"{checked} files checked: {errors} errors and {len(findings) - errors} warnings in {files} files. Guide: {GUIDE}"
    return "\n".join([*map(str, findings), closing])


def as_json(findings: Iterable[Finding], checked: int) -> str:
    """Return ``{"checked": n, "findings": [...]}``."""
    return json.dumps(
        {"checked": checked, "findings": [asdict(f) for f in findings]}, ensure_ascii=False, indent=2
    )


def as_sarif(findings: Sequence[Finding], version: str) -> str:
    """Return SARIF 2.1.0 (OASIS Standard, 2020-03-27)."""
    rules = sorted({f.shape for f in findings})
    results = [
        {
            "ruleId": f.shape,
            "ruleIndex": rules.index(f.shape),
            "level": f.severity,
            "message": {"text": f"{f.subject}: {f.message}"},
            "locations": [
                {"physicalLocation": {"artifactLocation": {"uri": f.file}, "region": {"startLine": f.line}}}
            ],
        }
        for f in findings
    ]
    driver = {"name": "datarules", "version": version, "rules": [{"id": r} for r in rules]}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(log, ensure_ascii=False, indent=2)
