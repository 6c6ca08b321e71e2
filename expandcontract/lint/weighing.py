"""How much a finding matters once the sizes of the tables are known."""

from collections.abc import Iterable, Mapping

from expandcontract.lint.effects import Effects
from expandcontract.lint.finding import Finding, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.value import replace

SMALL = 10_000
"""Rows below which a scan, a rewrite or an index is a matter of milliseconds."""

_PROPORTIONAL = frozenset(
    {Hazard.SCANS, Hazard.REWRITES, Hazard.BLOCKS_READS, Hazard.BLOCKS_WRITES}
)


def weighed(found: Iterable[Finding], effects: Effects, sizes: Mapping[str, int]) -> list[Finding]:
    """The findings of a statement, milder where the work they speak of is little."""
    worked_on = dict.fromkeys((*effects.rewrites, *effects.scans, *effects.index_builds))
    rows = {name: sizes.get(_full(name)) for name in worked_on}
    return [_weighed(finding, rows) for finding in found]


def _full(name: str) -> str:
    return name if "." in name else f"public.{name}"


def _weighed(finding: Finding, rows: Mapping[str, int | None]) -> Finding:
    known = [count for count in rows.values() if count is not None]
    if not known or finding.hazard not in _PROPORTIONAL:
        return finding
    told = ", ".join(f"{name} has about {n:,} rows" for name, n in rows.items() if n is not None)
    small = len(known) == len(rows) and max(known) < SMALL
    milder = Severity.WARNING if finding.severity is Severity.ERROR else Severity.INFO
    return replace(
        finding,
        severity=milder if small else finding.severity,
        help=f"{told}. {finding.help}".strip(),
    )
