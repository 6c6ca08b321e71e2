"""Known findings, kept in a file, that do not fail the build."""

import json
from dataclasses import replace

from expandcontract.errors import ExpandContractError
from expandcontract.lint.fingerprints import fingerprints
from expandcontract.lint.report import Report


class BaselineNotReadError(ExpandContractError):
    """A baseline file is not one."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"the baseline cannot be read ({self.reason}); write it anew with --update-baseline"


def written(report: Report) -> str:
    """The text of a baseline file that knows every finding of the report."""
    known = [
        {"fingerprint": mark, "rule": f.rule, "path": f.path, "message": f.message}
        for f, mark in fingerprints(report)
    ]
    return json.dumps({"version": 1, "findings": known}, indent=2, ensure_ascii=False) + "\n"


def without_known(report: Report, text: str) -> Report:
    """The report without the findings that the baseline knows."""
    known = _read(text)
    new = {id(finding) for finding, mark in fingerprints(report) if mark not in known}
    files = tuple(
        replace(file, findings=tuple(f for f in file.findings if id(f) in new))
        for file in report.files
    )
    return replace(report, files=files, baselined=len(report.findings) - len(new))


def _read(text: str) -> frozenset[str]:
    try:
        document = json.loads(text)
        return frozenset(str(entry["fingerprint"]) for entry in document["findings"])
    except (ValueError, KeyError, TypeError) as error:
        raise BaselineNotReadError(type(error).__name__) from None
