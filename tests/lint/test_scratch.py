"""What needs a database is run on a scratch server, and what it sends is judged on its line."""

from pathlib import Path

import psycopg
import pytest

from expandcontract.cli.lint_revisions import judged
from expandcontract.lint.options import Options
from expandcontract.ops.errors import ScratchError
from tests.lint.test_environments import environment
from tests.lint.test_revisions import Project

ASKS = """
bind = op.get_bind()
if sa.inspect(bind).has_table("t"):
    op.create_index("i", "t", ["a"])
for row in bind.execute(sa.text("SELECT a FROM t WHERE a <> :x"), {"x": "100%"}):
    op.drop_table("u")
with op.batch_alter_table("t") as batch:
    batch.add_column(sa.Column("n", sa.Text))
    batch.alter_column("a", nullable=False)
with op.get_context().autocommit_block():
    op.execute("CREATE INDEX CONCURRENTLY j ON t (a)")
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    environment(project)
    project.revision("a", "op.create_table('t', sa.Column('a', sa.Text))")
    return project


def found(project: Project, dsn: str) -> list[tuple[str, str, int, str]]:
    reports = judged(project.folder, Options(major=15), lambda _: True, None, scratch=dsn)
    return [
        (f.rule, Path(f.path).stem, f.line, f.message)
        for report in reports
        for f in report.findings
    ]


def test_what_a_revision_asks_is_answered_and_the_database_is_gone(
    project: Project, dsn: str, connection: psycopg.Connection
) -> None:
    project.revision("b", ASKS)

    assert [(rule, line) for rule, _, line, _ in found(project, dsn)] == [
        ("EC101", 12),
        ("EC001", 13),
        ("EC107", 17),
    ]
    rows = connection.execute("SELECT 1 FROM pg_database WHERE datname LIKE 'expandcontract_%'")
    assert rows.fetchall() == []


def test_a_downgrade_is_tried_after_the_upgrade(project: Project, dsn: str) -> None:
    project.way_back("op.drop_table('t')")
    project.revision("b", "op.add_column('t', sa.Column('n', sa.Integer))")
    index = "    op.create_index('i', 't', ['a'])"
    project.way_back(f"if sa.inspect(op.get_bind()).has_table('t'):\n{index}")
    project.revision("c", "op.execute('SELECT 1')")
    project.way_back("sa.inspect(op.get_bind())\nop.drop_table('nowhere')")
    said = found(project, dsn)
    [text] = [one[3] for one in said if one[:3] == ("EC001", "c", 12)]
    assert "on the scratch server: ProgrammingError" in text

    project.last = "b"
    project.revision("c", "op.execute('SELECT 1')")
    project.way_back("sa.inspect(op.get_bind())")
    said = found(project, dsn)
    assert [(rule, name, line) for rule, name, line, _ in said] == [("EC101", "b", 13)]
    assert said[0][3].startswith("downgrade: ")


def test_what_fails_on_the_server_too_says_both_reasons(project: Project, dsn: str) -> None:
    project.revision("b", "op.get_bind().connection.cursor()\nop.drop_table('nowhere')")
    project.revision("c", "sa.inspect(op.get_bind()).get_table_names()")

    said = {(name, line): text for rule, name, line, text in found(project, dsn) if rule == "EC001"}

    assert "on the scratch server: ProgrammingError" in said["b", 10]
    assert "on the scratch server: b.py:11: ProgrammingError" in said["c", 10]


def test_a_server_that_is_not_there_is_told(project: Project) -> None:
    project.revision("b", ASKS)

    with pytest.raises(ScratchError, match="the scratch server cannot be used"):
        found(project, "postgresql://127.0.0.1:1/x?connect_timeout=2")
