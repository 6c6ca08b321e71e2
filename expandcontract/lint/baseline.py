"""Known findings, kept in a file, that do not fail the build."""

import json

from expandcontract.errors import ExpandContractError
from expandcontract.lint.fingerprints import fingerprints
from expandcontract.lint.report import FileReport, Report
from expandcontract.model.value import replace


class BaselineNotReadError(ExpandContractError):
    """A baseline file is not one."""

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(reason, path)
        self.reason = reason
        self.path = path

    def __str__(self) -> str:
        which = f"the baseline {self.path}" if self.path else "the baseline"
        return f"{which} cannot be read ({self.reason}); write it anew with --update-baseline"


_VERSION = 1


def written(report: Report) -> str:
    """The text of a baseline file that knows every finding of the report."""
    known = [
        {"fingerprint": mark, "rule": f.rule, "path": f.path, "message": f.message}
        for f, mark in fingerprints(report)
    ]
    return json.dumps({"version": _VERSION, "findings": known}, indent=2, ensure_ascii=False) + "\n"


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


def read(text: str, path: str = "") -> frozenset[str]:
    """The fingerprints that a baseline file knows."""
    try:
        document = json.loads(text)
        if (version := document.get("version", _VERSION)) != _VERSION:
            raise BaselineNotReadError(f"version {version} instead of {_VERSION}", path)
        return frozenset(str(entry["fingerprint"]) for entry in document["findings"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BaselineNotReadError(f"no baseline, {type(error).__name__}", path) from None
