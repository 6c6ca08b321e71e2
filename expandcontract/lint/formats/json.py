"""JSON, for programs; the keys are stable within a version."""

import json

from expandcontract.lint.report import Report


def render(report: Report, *, effects: bool = False) -> str:
    """The whole report; costs of each statement only when asked for."""
    return json.dumps(report.to_dict(effects=effects), indent=2, ensure_ascii=False)
