"""SARIF 2.1.0, for code scanning."""

import json
from typing import Any
from urllib.parse import quote

from expandcontract.lint.finding import Finding, Severity
from expandcontract.lint.fingerprints import fingerprints
from expandcontract.lint.registry import Entry, entries
from expandcontract.lint.report import Report, tool_version

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(report: Report) -> str:
    """One run with every rule and every finding."""
    rules = entries()
    places = {entry.rule.id: place for place, entry in enumerate(rules)}
    driver = {
        "name": "expandcontract",
        "version": tool_version(),
        "rules": [_rule(entry) for entry in rules],
    }
    results = [
        _result(finding, mark, places[finding.rule]) for finding, mark in fingerprints(report)
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False)


def _rule(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.rule.id,
        "name": entry.rule.name,
        "shortDescription": {"text": entry.summary},
        "fullDescription": {"text": entry.why or entry.summary},
        "help": {"text": entry.section("Instead") or entry.summary},
        "defaultConfiguration": {"level": _LEVELS[entry.rule.severity]},
        "properties": {"tags": [str(entry.rule.hazard)]},
    }


def _result(finding: Finding, mark: str, place: int) -> dict[str, Any]:
    region = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
    }
    artifact = {"uri": quote(finding.path.replace("\\", "/"))}
    location = {"physicalLocation": {"artifactLocation": artifact, "region": region}}
    return {
        "ruleId": finding.rule,
        "ruleIndex": place,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [location],
        "partialFingerprints": {"expandcontract/v1": mark},
        "properties": {"certainty": str(finding.certainty)},
    }
