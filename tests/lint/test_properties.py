"""Whatever is put together from the grammar is read, and cut where a server would cut it."""

import pglast
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expandcontract.lint.linter import Options, Runner, Source, judge
from expandcontract.lint.reading import read
from expandcontract.lint.report import FileReport
from tests.lint.grammar import BLANKS, FRAGMENTS, STATEMENTS

BRIEF = settings(
    max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
ROWS = st.lists(st.tuples(STATEMENTS, BLANKS, BLANKS), min_size=1, max_size=5)


def judged(text: str, runner: Runner = Runner.AUTOCOMMIT) -> FileReport:
    [file] = judge([Source(text=text)], Options(major=15, runner=runner)).files
    return file


def accepted(text: str) -> list[str] | None:
    """The statements as PostgreSQL's own parser cuts them; nothing where it refuses the text."""
    if "\x00" in text:  # where a text ends for it
        return None
    try:
        return [part.strip() for part in pglast.split(text)]
    except (pglast.parser.ParseError, UnicodeEncodeError):
        return None


def bare(statement: str) -> str:
    """The statement without the comments before it, which the server's parser leaves on."""
    [one] = read(statement)
    return one.text


@BRIEF
@given(STATEMENTS)
def test_what_the_grammar_makes_is_read(statement: str) -> None:
    [one] = read(statement)

    assert one.text == statement.strip()
    if accepted(statement):
        assert one.node is not None, one.why_unread


@BRIEF
@given(ROWS)
def test_joined_statements_are_cut_apart_with_exact_places(
    rows: list[tuple[str, str, str]],
) -> None:
    text = ""
    places = []
    for statement, before, after in rows:
        text += before
        places.append(len(text))
        text += statement.strip() + after + ";"

    found = list(read(text))

    assert [one.text for one in found] == [statement.strip() for statement, _, _ in rows]
    assert [one.start for one in found] == places
    lines = text.split("\n")
    for one in found:
        ahead = sum(len(line) + 1 for line in lines[: one.line - 1]) + one.column - 1
        assert ahead == one.start
        ended = sum(len(line) + 1 for line in lines[: one.end_line - 1]) + one.end_column - 1
        assert ended == one.end


@BRIEF
@given(ROWS)
def test_what_the_server_accepts_is_cut_as_the_server_cuts_it(
    rows: list[tuple[str, str, str]],
) -> None:
    text = "".join(f"{before}{statement}{after};" for statement, before, after in rows)
    theirs = accepted(text)

    if theirs is not None:
        assert [one.text for one in read(text)] == [bare(statement) for statement in theirs]


@settings(BRIEF, max_examples=1500)
@given(FRAGMENTS)
def test_fragments_never_crash_and_are_never_passed_over(text: str) -> None:
    file = judged(text)
    theirs = accepted(text)

    assert all(1 <= f.line <= f.end_line and f.column >= 1 for f in file.findings)
    assert file.unread == sum(not one.effects.read for one in file.statements)
    if theirs is None and file.total == 0:
        assert not any(part.strip() for part in text.split(";")) or "--" in text or "/*" in text
    if theirs is not None and "\\" not in text and "COPY" not in text:
        assert file.total == len(theirs)


@settings(BRIEF, max_examples=100)
@given(ROWS, st.sampled_from(list(Runner)))
def test_every_runner_judges_every_mix_without_a_crash(
    rows: list[tuple[str, str, str]], runner: Runner
) -> None:
    file = judged(";\n".join(statement for statement, _, _ in rows), runner)

    assert file.total == len(rows)
