"""What was found in a text, as JSON and back: for the cache, and between processes.

The path is left out: the same text has the same findings wherever it lies.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from expandcontract.lint.finding import Certainty, Edit, Finding, Fix, Severity
from expandcontract.lint.options import Source
from expandcontract.lint.report import FileReport
from expandcontract.model.hazard import Hazard

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_SEVERITIES = {str(one): one for one in Severity}
_HAZARDS = {str(one): one for one in Hazard}
_CERTAINTIES = {str(one): one for one in Certainty}


def written(file: FileReport) -> bytes:
    """The outcome of a text."""
    return _encode(_file(file)).encode(errors="surrogatepass")


def joined(files: Iterable[bytes]) -> bytes:
    """The outcomes of texts that were judged together."""
    return b"[%b]" % b",".join(files)


def read(content: bytes | None, sources: Sequence[Source]) -> tuple[FileReport, ...] | None:
    """The outcomes of these texts; nothing where the content is not what `joined` gave."""
    if content is None:
        return None
    try:
        files = json.loads(content.decode(errors="surrogatepass"))
        return tuple(
            FileReport(
                path=source.path,
                text=source.text,
                revision=source.revision,
                findings=tuple(_finding(item, source.path) for item in findings),
                total=int(total),
                unread=int(unread),
            )
            for source, (total, unread, findings) in zip(sources, files, strict=True)
        )
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return None


def _file(file: FileReport) -> list[Any]:
    return [file.total, file.unread, [_plain(finding) for finding in file.findings]]


def _plain(finding: Finding) -> list[Any]:
    fix = finding.fix
    return [
        finding.rule,
        finding.name,
        finding.severity,
        finding.hazard,
        finding.message,
        finding.why,
        finding.help,
        [finding.line, finding.column, finding.end_line, finding.end_column],
        finding.statement,
        finding.certainty,
        [fix.title, [[edit.start, edit.end, edit.text] for edit in fix.edits]] if fix else None,
    ]


def _finding(item: list[Any], path: str) -> Finding:
    rule, name, severity, hazard, message, why, help_, place, statement, certainty, fix = item
    line, column, end_line, end_column = place
    return Finding(
        rule=rule,
        name=name,
        severity=_SEVERITIES[severity],
        hazard=_HAZARDS[hazard],
        message=message,
        why=why,
        help=help_,
        path=path,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        statement=statement,
        certainty=_CERTAINTIES[certainty],
        fix=Fix(fix[0], tuple(Edit(*edit) for edit in fix[1])) if fix else None,
    )
