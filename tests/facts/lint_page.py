"""Makes `docs/reference/locks.md` of the labelled statements."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests.facts.lint_cases import FIRST, LAST, Case, Chapter, Facts, chapters, grouped

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "locks.md"
HEAD = f"""\
# What statements lock, read and rewrite

What each statement did on real servers of PostgreSQL {FIRST} to {LAST}: it ran on the tables that
stand above its list, and the server said which relations that existed before it had locked, read
in full, written anew or built an index on. `ec lint --effects` says the same, and tests compare the
two on every major. What each mode stops is told in [Locks](../explanation/locks.md).

- **locks**: the strongest mode on each table and view. An index is listed where it is locked in
  ACCESS EXCLUSIVE and no table is: readers whose plans use the index wait all the same.
- **reads**: tables whose rows were all read. How a query reads its tables is the planner's choice.
- **writes anew**: tables with a new file. **builds on**: tables with a new or newly written index.
- **alone** stands where the statement refuses to run in a transaction; *fails* gives the SQLSTATE.
- A statement marked † is one that the linter does not know enough of, and says nothing about.
- Where majors differ, a statement has a line for each group of them.

This page is made by `python -m tests.facts.renew_lint`.
"""
COLUMNS = ("statement", "major", "locks", "reads", "writes anew", "builds on", "")


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(_chapter(one) for one in chapters())])


def _chapter(chapter: Chapter) -> str:
    lines = [f"## {chapter.title}", "", "```sql", chapter.setup, "```", ""]
    lines += [_row(COLUMNS), _row("---" for _ in COLUMNS)]
    lines += [_row(cells) for case in chapter.cases for cells in _rows(case)]
    return "\n".join([*lines, ""])


def _rows(case: Case) -> Iterator[tuple[str, ...]]:
    statement = f"`{' '.join(case.sql.rstrip(';').split())}`{' †' if case.unsaid else ''}"
    for first, last, facts in grouped(case.labels):
        majors = "" if (first, last) == (FIRST, LAST) else f"{first}–{last}"  # noqa: RUF001
        yield statement, majors if first < last else str(first), *_cells(facts)
        statement = ""


def _cells(facts: Facts) -> tuple[str, ...]:
    if facts.fails:
        return "", "", "", "", f"*fails* {facts.fails}"
    hidden = "ACCESS EXCLUSIVE" not in facts.locks.values()
    readers = {one: m for one, m in facts.indexes.items() if hidden and m == "ACCESS EXCLUSIVE"}
    return (
        "; ".join([*_modes(facts.locks), *_modes(readers, "index ")]),
        ", ".join(sorted(facts.scans)),
        ", ".join(sorted(facts.rewrites)),
        ", ".join(sorted(facts.builds)),
        "" if facts.transactional else "**alone**",
    )


def _modes(locks: Mapping[str, str], what: str = "") -> Iterator[str]:
    for name in sorted(locks):
        yield f"{what}{name} {locks[name]}"


def _row(cells: Iterable[str]) -> str:
    escaped = (cell.replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"
