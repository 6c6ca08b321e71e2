"""The labelled statements: `lint_corpus/*.sql`, where the outcome stands below each statement.

A file has chapters. A chapter starts with `-- # its title`, goes on with the SQL that makes its
tables, and after `-- run` has one statement in each paragraph. Before a statement may stand
`-- since 17`, `-- until 14`, `-- not run` (the server is only asked whether a transaction
allows it) or `-- unsaid: reason` (the linter does not know, and says nothing of it). After it
stand its labels, one for each group of majors whose outcome differs:

    --> [14-17] locks orders ACCESS EXCLUSIVE; scans orders

`python -m tests.facts.renew_lint` writes the labels; nobody else does.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

CORPUS = Path(__file__).parent / "lint_corpus"
LABEL = re.compile(r"--> (?:\[(\d+)(?:-(\d+))?\] )?(.+)")
MARK = re.compile(r"-- (since|until) (\d+)|-- (not run)|-- (unsaid): \S.*")
FIRST, LAST = 12, 19


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What one statement does to the relations that stood before it."""

    locks: Mapping[str, str] = field(default_factory=dict)  #: tables and views
    indexes: Mapping[str, str] = field(default_factory=dict)
    rewrites: frozenset[str] = frozenset()
    scans: frozenset[str] = frozenset()
    builds: frozenset[str] = frozenset()
    transactional: bool = True
    fails: str = ""  #: SQLSTATE

    def __str__(self) -> str:
        """Spell a label."""
        if self.fails:
            return f"fails {self.fails}"
        parts = (
            ("locks", [f"{name} {self.locks[name]}" for name in sorted(self.locks)]),
            ("indexes", [f"{name} {self.indexes[name]}" for name in sorted(self.indexes)]),
            ("rewrites", sorted(self.rewrites)),
            ("scans", sorted(self.scans)),
            ("builds", sorted(self.builds)),
            ("no", [] if self.transactional else ["transaction"]),
        )
        return (
            "; ".join(f"{word} {', '.join(items)}" for word, items in parts if items) or "nothing"
        )

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a label."""
        parts = dict(part.partition(" ")[::2] for part in text.split("; "))
        lists = {word: items.split(", ") for word, items in parts.items() if items}
        return cls(
            locks=dict(item.split(" ", 1) for item in lists.get("locks", ())),
            indexes=dict(item.split(" ", 1) for item in lists.get("indexes", ())),
            rewrites=frozenset(lists.get("rewrites", ())),
            scans=frozenset(lists.get("scans", ())),
            builds=frozenset(lists.get("builds", ())),
            transactional="no" not in parts,
            fails=parts.get("fails", ""),
        )


@dataclass(frozen=True, kw_only=True)
class Case:
    """A statement, and what it was seen to do on each major."""

    sql: str
    marks: tuple[str, ...] = ()
    since: int = 0
    until: int = 99
    runs: bool = True
    labels: Mapping[int, Facts] = field(default_factory=dict)

    def on(self, major: int) -> bool:
        """Whether this major knows the form."""
        return self.since <= major <= self.until

    @property
    def unsaid(self) -> bool:
        """Whether the linter says nothing of it."""
        return any(mark.startswith("-- unsaid: ") for mark in self.marks)

    def __str__(self) -> str:
        """Spell the paragraph."""
        return "\n".join([*self.marks, self.sql, *self._label_lines()])

    def _label_lines(self) -> Iterator[str]:
        groups = grouped(self.labels)
        for first, last, facts in groups:
            majors = f"[{first}] " if first == last else f"[{first}-{last}] "
            yield f"--> {majors if len(groups) > 1 else ''}{facts}"


def grouped(labels: Mapping[int, Facts]) -> list[tuple[int, int, Facts]]:
    """The first and last of neighbouring majors that do the same, and what they do."""
    groups: list[tuple[int, int, Facts]] = []
    for major in sorted(labels):
        if groups and groups[-1][2] == labels[major]:
            groups[-1] = (groups[-1][0], major, labels[major])
        else:
            groups.append((major, major, labels[major]))
    return groups


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """Statements that start from the same tables."""

    title: str
    setup: str
    cases: tuple[Case, ...]

    def __str__(self) -> str:
        """Spell the chapter."""
        body = "\n\n".join(str(case) for case in self.cases)
        return f"-- # {self.title}\n{self.setup}\n-- run\n\n{body}\n"


def parse(text: str) -> Iterator[Chapter]:
    """The chapters of a file."""
    for part in re.split(r"^-- # ", text, flags=re.MULTILINE)[1:]:
        title, _, rest = part.partition("\n")
        setup, _, body = rest.partition("\n-- run\n")
        paragraphs = (one.strip("\n") for one in re.split(r"\n\s*\n", body))
        cases = tuple(_case(one) for one in paragraphs if one)
        yield Chapter(title=title, setup=setup.strip("\n"), cases=cases)


def _case(paragraph: str) -> Case:
    marks: list[str] = []
    lines: list[str] = []
    label_lines: list[re.Match[str]] = []
    for line in paragraph.splitlines():
        if found := LABEL.fullmatch(line):
            label_lines.append(found)
        elif not lines and MARK.fullmatch(line):
            marks.append(line)
        else:
            lines.append(line)
    spans = [mark for mark in marks if mark.startswith(("-- since ", "-- until "))]
    said = dict(mark.removeprefix("-- ").split(" ") for mark in spans)
    since, until = int(said.get("since", 0)), int(said.get("until", 99))
    known = range(max(since, FIRST), min(until, LAST) + 1)
    labels: dict[int, Facts] = {}
    for first, last, words in (one.groups() for one in label_lines):
        majors = range(int(first), int(last or first) + 1) if first else known
        labels |= dict.fromkeys(majors, Facts.read(words))
    return Case(
        sql="\n".join(lines),
        marks=tuple(marks),
        since=since,
        until=until,
        runs="-- not run" not in marks,
        labels=labels,
    )


def files() -> list[Path]:
    """The files of the corpus, in the order of the page."""
    return sorted(CORPUS.glob("*.sql"))


def chapters() -> list[Chapter]:
    """The whole corpus."""
    return [chapter for file in files() for chapter in parse(file.read_text("utf-8"))]
