"""What each format writes."""

import json
import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import click
import pytest

from expandcontract.lint import baseline
from expandcontract.lint.fingerprints import fingerprints
from expandcontract.lint.fixing import apply_fixes
from expandcontract.lint.linter import Options, Source, judge
from expandcontract.lint.registry import format_names, renderer
from expandcontract.lint.report import Report

SQL = """SELECT 1;
  CREATE INDEX i ON "a<b" (x);
ALTER TABLE t FROB;
"""
CLEAN = judge([Source(text="SELECT 1 FROM t;", path="clean.sql")], Options())


@pytest.fixture(scope="module")
def report() -> Report:
    return judge([Source(text=SQL, path="a b.sql")], Options(major=15))


@pytest.mark.parametrize("name", format_names())
def test_every_format_writes_a_report_without_findings(name: str) -> None:
    assert isinstance(renderer(name)(CLEAN), str)


def rendered(name: str) -> Callable[[Report], str]:
    return renderer(name)


def test_the_document_has_the_promised_keys(report: Report) -> None:
    document = json.loads(rendered("json")(report))
    [file] = document["files"]
    first = file["findings"][0]

    assert (document["version"], document["pg_version"]) == (1, 15)
    assert document["tool"]["name"] == "expandcontract"
    assert document["summary"] == {
        "files": 1, "statements": 3, "errors": 2, "warnings": 0, "unread": 1,
    }  # fmt: skip
    assert (file["path"], file["revision"], "statements" in file) == ("a b.sql", None, False)
    assert {name: first[name] for name in ("rule", "name", "severity", "hazard")} == {
        "rule": "EC101",
        "name": "index-not-concurrent",
        "severity": "error",
        "hazard": "blocks-writes",
    }
    assert [first[name] for name in ("line", "column", "end_line", "end_column")] == [2, 3, 2, 30]
    assert all(first[name] for name in ("message", "why", "help"))
    assert first["fix"]["title"] == "build it CONCURRENTLY"


def test_the_costs_of_each_statement_are_there_when_asked_for(report: Report) -> None:
    [file] = report.to_dict(effects=True)["files"]

    assert [x["effects"]["read"] for x in file["statements"]] == [True, True, False]
    assert file["statements"][1] == {
        "line": 2,
        "column": 3,
        "end_line": 2,
        "sql": 'CREATE INDEX i ON "a<b" (x)',
        "effects": {
            "read": True,
            "transaction": "any",
            "locks": [{"relation": "a<b", "mode": "SHARE"}],
            "rewrites": [],
            "scans": ["a<b"],
            "index_builds": ["a<b"],
        },
    }


def test_the_terminal_shows_the_line_and_marks_the_place(report: Report) -> None:
    text = rendered("text")(report)

    assert "EC101" in text
    assert 'CREATE INDEX i ON "a<b" (x);' in text
    assert "^" * 27 in text
    assert "67 % of the statements read" in text


def test_of_a_very_long_line_only_the_place_is_shown() -> None:
    statements = [f"ALTER TABLE t{n} ADD COLUMN c int NOT NULL;" for n in range(2000)]
    report = judge([Source(text=" ".join(statements))], Options())
    text = click.unstyle(rendered("text")(report))
    snippets = re.findall(r"\| (.*)\n +\| ( *\^+)\n", text)

    marked = [line[mark.index("^") : len(mark)] + ";" for line, mark in snippets]
    assert marked == statements
    assert max(len(line) for line, _ in snippets) < 450


def test_what_is_not_proven_says_so_to_people_and_to_programs(report: Report) -> None:
    text = rendered("text")(report)
    [run] = json.loads(rendered("sarif")(report))["runs"]
    [file] = report.to_dict()["files"]

    assert "(index-not-concurrent)" in click.unstyle(text)
    assert "(unread-statement, unknown)" in click.unstyle(text)
    assert [r["properties"]["certainty"] for r in run["results"]] == ["proven", "unknown"]
    assert [f["certainty"] for f in file["findings"]] == ["proven", "unknown"]


def test_github_escapes_what_its_commands_are_made_of(report: Report) -> None:
    first = rendered("github")(report).splitlines()[0]

    assert first.startswith("::error file=a b.sql,line=2,col=3,endLine=2,endColumn=30,title=EC101")
    assert first.count("::") == 2


@pytest.mark.parametrize("name", ["junit", "checkstyle"])
def test_xml_is_well_formed_whatever_stands_in_it(name: str) -> None:
    report = judge([Source(text="SELECT \x01 '", path="<&\x02>")], Options())

    assert ET.fromstring(rendered(name)(report)) is not None  # noqa: S314  our own text


def test_gitlab_and_sarif_carry_the_same_fingerprints(report: Report) -> None:
    marks = [mark for _, mark in fingerprints(report)]
    gitlab = json.loads(rendered("gitlab")(report))
    [run] = json.loads(rendered("sarif")(report))["runs"]

    assert [issue["fingerprint"] for issue in gitlab] == marks
    assert [r["partialFingerprints"]["expandcontract/v1"] for r in run["results"]] == marks
    rules = run["tool"]["driver"]["rules"]
    assert [rules[r["ruleIndex"]]["id"] for r in run["results"]] == ["EC101", "EC001"]


def test_a_fingerprint_outlives_an_edit_above_the_statement(report: Report) -> None:
    moved = judge([Source(text="-- new\n\n" + SQL, path="a b.sql")], Options(major=15))

    assert [m for _, m in fingerprints(moved)] == [m for _, m in fingerprints(report)]


def test_the_same_statement_twice_has_two_fingerprints() -> None:
    report = judge([Source(text="DROP TABLE a; DROP TABLE a;")], Options())

    assert len({mark for _, mark in fingerprints(report)}) == 2


def test_a_baseline_knows_old_findings_and_lets_new_ones_through(report: Report) -> None:
    text = baseline.written(report)
    more = judge([Source(text=SQL + "DROP TABLE u;", path="a b.sql")], Options(major=15))

    left = baseline.without_known(more, text)

    assert [finding.rule for finding in left.findings] == ["EC204"]
    assert left.baselined == 2


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"findings": [1]}', '{"findings": [{}]}'])
def test_a_file_that_is_no_baseline_is_refused(report: Report, text: str) -> None:
    with pytest.raises(baseline.BaselineNotReadError, match="--update-baseline"):
        baseline.without_known(report, text)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE UNIQUE INDEX i ON t (a);",
        "create index i on t (a);",
        "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);",
        "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (a) /* why */ ;",
        "REFRESH MATERIALIZED VIEW v;",
    ],
)
def test_a_fixed_text_lints_clean(sql: str) -> None:
    report = judge([Source(text=sql)], Options())

    fixed = apply_fixes(sql, [f.fix for f in report.findings if f.fix is not None])

    assert report.findings
    assert judge([Source(text=fixed)], Options()).findings == ()
