"""What a run of the linter found, as one value."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from expandcontract.lint.finding import Finding, Severity
from expandcontract.model.value import field, value

if TYPE_CHECKING:
    from expandcontract.lint.effects import Effects


def tool_version() -> str:
    """The release of this package; asked only where it is printed, since asking takes time."""
    from importlib.metadata import version  # noqa: PLC0415

    return version("expandcontract")


@value(kw_only=True)
class Judged:
    """One statement with its place and its costs."""

    line: int
    column: int
    end_line: int
    sql: str
    effects: "Effects"

    def document(self) -> dict[str, Any]:
        """The statement as JSON prints it."""
        return {
            "line": self.line,
            "column": self.column,
            "end_line": self.end_line,
            "sql": self.sql,
            "effects": self.effects.document(),
        }


@value(kw_only=True)
class FileReport:
    """One text: its statements and what was found in it.

    Statements and text may be left out where many texts are judged; the counts stay.
    """

    path: str
    text: str
    revision: str | None = None
    statements: tuple[Judged, ...] = ()
    findings: tuple[Finding, ...] = ()
    total: int = 0  #: how many statements there are
    unread: int = 0  #: how many of them could not be read

    def document(self, *, effects: bool) -> dict[str, Any]:
        """The text as JSON prints it."""
        document: dict[str, Any] = {"path": self.path, "revision": self.revision}
        if effects:
            document["statements"] = [item.document() for item in self.statements]
        document["findings"] = [item.document() for item in self.findings]
        return document


@value(frozen=False)
class Counts:
    """What a summary says, counted file by file, so that the files need not be kept."""

    files: int = 0
    statements: int = 0
    unread: int = 0
    baselined: int = 0
    by_severity: Counter[Severity] = field(default_factory=Counter)

    def add(self, file: FileReport) -> None:
        """Count one more file."""
        self.files += 1
        self.statements += file.total
        self.unread += file.unread
        self.by_severity.update(finding.severity for finding in file.findings)

    @property
    def coverage(self) -> float:
        """The share of statements that were read, in percent."""
        if not self.statements:
            return 100.0
        return 100.0 * (self.statements - self.unread) / self.statements


@value(kw_only=True)
class Report:
    """All texts of one run."""

    files: tuple[FileReport, ...]
    pg_version: int
    baselined: int = field(default=0)
    dialect: str = "postgres"

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, in the order of the files."""
        return tuple(finding for file in self.files for finding in file.findings)

    @property
    def statements(self) -> tuple[Judged, ...]:
        """Every statement, in the order of the files."""
        return tuple(statement for file in self.files for statement in file.statements)

    @property
    def counts(self) -> Counts:
        """How much of everything there is."""
        counts = Counts(baselined=self.baselined)
        for file in self.files:
            counts.add(file)
        return counts

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def unread(self) -> int:
        """How many statements could not be read."""
        return sum(file.unread for file in self.files)

    @property
    def total(self) -> int:
        """How many statements there are."""
        return sum(file.total for file in self.files)

    @property
    def coverage(self) -> float:
        """The share of statements that were read, in percent."""
        return self.counts.coverage

    def to_dict(self, *, effects: bool = True) -> dict[str, Any]:
        """The report as `--format json` prints it."""
        return {
            "version": 1,
            "tool": {"name": "expandcontract", "version": tool_version()},
            "dialect": self.dialect,
            "pg_version": self.pg_version if self.dialect == "postgres" else None,
            "files": [file.document(effects=effects) for file in self.files],
            "summary": {
                "files": len(self.files),
                "statements": self.total,
                "errors": self.count(Severity.ERROR),
                "warnings": self.count(Severity.WARNING),
                "unread": self.unread,
            },
        }
