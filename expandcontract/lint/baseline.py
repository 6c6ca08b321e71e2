"""Known findings, kept in a file, that do not fail the build."""

import json

from expandcontract.errors import ExpandContractError
from expandcontract.lint.fingerprints import fingerprints
from expandcontract.lint.report import FileReport, Report
from expandcontract.model.value import replace


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
    known = read(text)
    files = tuple(new_only(file, known) for file in report.files)
    left = sum(len(file.findings) for file in files)
    return replace(report, files=files, baselined=len(report.findings) - left)


def new_only(file: FileReport, known: frozenset[str]) -> FileReport:
    """The file without the findings of these fingerprints."""
    report = Report(files=(file,), pg_version=0)
    new = tuple(finding for finding, mark in fingerprints(report) if mark not in known)
    return replace(file, findings=new)


def read(text: str) -> frozenset[str]:
    """The fingerprints that a baseline file knows."""
    try:
        document = json.loads(text)
        return frozenset(str(entry["fingerprint"]) for entry in document["findings"])
    except (ValueError, KeyError, TypeError) as error:
        raise BaselineNotReadError(type(error).__name__) from None
