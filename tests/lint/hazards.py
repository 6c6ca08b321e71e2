"""The catalogue of hazards: `hazards/*.txt`, and what the linter has to say of each example.

A file has chapters, `# its title`, and below them paragraphs of one hazard each: its name, what
happens, and the rules that have to say so, between bars; then an example. `-` in place of rules
says that the statement is harmless, `? why` that it is no finding, and why: nothing may be said of
either. `@given` adds to `0_given.sql`, `@pg` and `@runner` are the major and who runs it.

`python -m tests.lint.hazards` makes the page of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from expandcontract.lint.registry import entries
from expandcontract.lint.rule import Rule

FOLDER = Path(__file__).parent / "hazards"
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "hazards.md"
GIVEN = (FOLDER / "0_given.sql").read_text("utf-8")
HEAD = """\
# Hazards, and the rules that know them

Every hazard that is known of DDL on a live PostgreSQL, and the rules that report it. Some
statements look dangerous and are not: of these the linter says nothing. Where no rule stands,
there is a reason. A test lints an example of each row. What all this is judged by is told in
[What the linter says](rules.md); rules marked * are off until they are selected.

This page is made by `python -m tests.lint.hazards`.
"""


@dataclass(frozen=True, kw_only=True)
class Hazard:
    """One row: what happens, and who says so."""

    chapter: str
    name: str
    what: str
    rules: tuple[str, ...]
    why_none: str
    sql: str
    given: str
    major: int
    runner: str


def hazards() -> Iterator[Hazard]:
    """The whole catalogue."""
    for path in sorted(FOLDER.glob("*.txt")):
        chapter = ""
        for paragraph in path.read_text("utf-8").strip().split("\n\n"):
            if paragraph.startswith("# "):
                chapter = paragraph.removeprefix("# ")
            else:
                yield _hazard(chapter, paragraph.splitlines())


def _hazard(chapter: str, lines: list[str]) -> Hazard:
    name, what, said = lines[0].split(" | ")
    marks = [line.split(" ", 1) for line in lines[1:] if line.startswith("@")]
    words = {mark.removeprefix("@"): value for mark, value in marks}
    return Hazard(
        chapter=chapter,
        name=name,
        what=what,
        rules=tuple(said.split()) if said[0] == "E" else (),
        why_none=said.removeprefix("? ") if said[0] == "?" else "",
        sql="\n".join(line for line in lines[1:] if not line.startswith("@")),
        given="\n".join([GIVEN, *(value for mark, value in marks if mark == "@given")]),
        major=int(words.get("pg", 15)),
        runner=words.get("runner", "autocommit"),
    )


def page() -> str:
    """The page: one table for each chapter."""
    lines = [HEAD]
    chapter = ""
    for one in hazards():
        if one.chapter != chapter:
            chapter = one.chapter
            end = [""] if len(lines) > 1 else []
            lines += [*end, f"## {chapter}", "", "| hazard | what happens | rule |"]
            lines += ["| --- | --- | --- |"]
        lines.append(f"| `{one.name}` | {one.what} | {_said(one)} |")
    return "\n".join([*lines, ""])


def _said(one: Hazard) -> str:
    rules = {entry.rule.id: entry.rule for entry in entries()}
    said = [_link(rules[rule]) for rule in one.rules]
    return ", ".join(said) or (f"none: {one.why_none}" if one.why_none else "harmless")


def _link(rule: Rule) -> str:
    return f"[{rule.id}](rules.md#{rule.id.lower()}-{rule.name}){'' if rule.by_default else '*'}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
