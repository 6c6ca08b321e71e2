"""Revisions for MySQL and MariaDB are rendered in their SQL, and judged by their rules."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from expandcontract.cli import ec
from expandcontract.cli.lint_revisions import judged
from expandcontract.lint.options import Options

ENV = """
from alembic import context

context.configure(url="{url}")
with context.begin_transaction():
    context.run_migrations()
"""
FIRST = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "a", None


def upgrade():
    op.create_table(
        "orders", sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("note", sa.String(20))
    )
    op.execute("INSERT INTO orders VALUES (1, '100%')")
"""
SECOND = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "b", "a"


def upgrade():
    op.alter_column("orders", "note", type_=sa.Text(), existing_type=sa.String(20))
    op.create_index("orders_note_idx", "orders", ["note"], mysql_length=10)
    op.add_column("orders", sa.Column("total", sa.Integer, nullable=False))
    with op.batch_alter_table("orders") as batch:
        batch.drop_column("note")


def downgrade():
    op.add_column("orders", sa.Column("note", sa.String(20)))
    op.drop_column("orders", "total")
"""
FOUND = [("EC203", 12), ("EC203", 17), ("EC601", 8), ("EC620", 10)]
REBUILT = ("EC602", 12)  # MySQL drops a column of an index in place, and builds the table anew


@pytest.fixture(params=["mysql+pymysql://u:p@localhost/x", "mariadb://localhost/x", "driver://x"])
def project(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    (tmp_path / "versions").mkdir()
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s\n")
    (tmp_path / "env.py").write_text(ENV.format(url=request.param))
    (tmp_path / "versions" / "a.py").write_text(FIRST.lstrip())
    (tmp_path / "versions" / "b.py").write_text(SECOND.lstrip())
    return tmp_path


@pytest.mark.parametrize("dialect", ["mysql", "mariadb"])
def test_a_finding_stands_on_the_line_of_its_call(project: Path, dialect: str) -> None:
    options = Options(major=15, dialect=dialect)

    reports = list(judged(project / "alembic.ini", options, lambda _: True, None))

    found = [(f.rule, f.line) for report in reports for f in report.findings]
    assert sorted(found) == sorted([*FOUND, *([REBUILT] if dialect == "mysql" else [])])
    assert [report.unread for report in reports] == [0, 0]
    [table, row] = reports[0].statements
    assert "note VARCHAR(20)" in table.sql
    assert row.sql == "INSERT INTO orders VALUES (1, '100%')"


def test_the_earlier_revisions_are_its_history(project: Path) -> None:
    options = Options(major=15, dialect="mysql")

    [report] = judged(project / "alembic.ini", options, lambda path: "b.py" in path, None)

    assert sorted((f.rule, f.line) for f in report.findings) == sorted([*FOUND, REBUILT])


def test_a_scratch_server_is_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)

    result = CliRunner().invoke(ec, ["lint", "--dialect", "mysql", "--scratch"])

    assert result.exit_code == 2
    assert "--scratch starts PostgreSQL" in result.output
