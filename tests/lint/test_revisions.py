"""Alembic revisions are judged as the SQL that they write, in the lines of their own files."""

from dataclasses import replace
from pathlib import Path

import pytest

from expandcontract.cli.lint_revisions import judged
from expandcontract.lint.finding import Severity
from expandcontract.lint.options import Options
from expandcontract.lint.report import FileReport

HEAD = """
import sqlalchemy as sa
from alembic import op

revision = {revision!r}
down_revision = {down!r}


def upgrade() -> None:
"""


class Project:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "versions").mkdir()
        (folder / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s\n")
        (folder / "env.py").write_text("")
        self.last: str | None = None

    def revision(self, name: str, body: str) -> Path:
        path = self.folder / "versions" / f"{name}.py"
        lines = "".join(f"    {line}\n" for line in body.strip("\n").splitlines())
        path.write_text(HEAD.format(revision=name, down=self.last) + lines)
        self.last = name
        return path

    def way_back(self, body: str) -> None:
        path = self.folder / "versions" / f"{self.last}.py"
        lines = "".join(f"    {line}\n" for line in body.strip("\n").splitlines())
        path.write_text(path.read_text() + "def downgrade() -> None:\n" + lines)

    def reports(
        self,
        wanted: str = "",
        runner: str | None = None,
        *,
        downgrades: bool = True,
        together: bool = False,
    ) -> list[FileReport]:
        options = Options(major=15, together=together)
        return list(
            judged(self.folder, options, lambda path: wanted in path, runner, downgrades=downgrades)
        )

    def found(
        self, wanted: str = "", runner: str | None = None, *, together: bool = False
    ) -> list[tuple[str, str, int]]:
        return [
            (f.rule, Path(f.path).stem, f.line)
            for report in self.reports(wanted, runner, together=together)
            for f in report.findings
        ]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_a_finding_stands_on_the_line_of_its_call(project: Project) -> None:
    project.revision("a", "op.execute('SELECT 1')\nop.create_index('i', 't', ['a'])")

    [report] = project.reports()

    assert project.found() == [("EC101", "a", 11)]
    assert report.revision == "a"
    assert report.text.splitlines()[10] == "    op.create_index('i', 't', ['a'])"
    assert [statement.line for statement in report.statements] == [10, 11]


def test_all_pending_revisions_run_in_one_transaction(project: Project) -> None:
    project.revision(
        "a", "op.create_check_constraint('c', 't', 'a > 0', postgresql_not_valid=True)"
    )
    project.revision("b", "op.execute('ALTER TABLE t VALIDATE CONSTRAINT c')")

    assert project.found(together=True) == [("EC112", "b", 10)]
    assert project.found(runner="alembic") == [("EC112", "b", 10)]
    assert project.found(runner="alembic-per-migration", together=True) == []
    # Which of all revisions are pending nobody has said: each is judged as the only one.
    assert project.found() == []


def test_env_py_says_whether_each_revision_has_its_own_transaction(project: Project) -> None:
    project.revision("a", "op.execute('ALTER TABLE t ADD CHECK (a > 0) NOT VALID')")
    project.revision("b", "op.execute('UPDATE u SET a = 1 WHERE b > 2')")

    assert [rule for rule, _, _ in project.found(together=True)] == ["EC130"]
    env = "context.configure(connection=c, transaction_per_migration=True)"
    (project.folder / "env.py").write_text(env)
    assert project.found(together=True) == []


def test_an_autocommit_block_is_outside_the_transaction(project: Project) -> None:
    block = "with op.get_context().autocommit_block():\n    "
    call = "op.create_index('i', 't', ['a'], postgresql_concurrently=True)"
    project.revision("a", call)
    assert project.found() == [("EC403", "a", 10)]

    project.revision("b", block + call)
    assert project.found("b.py") == []


def test_earlier_revisions_are_history(project: Project) -> None:
    project.revision("a", "op.create_table('t', sa.Column('a', sa.String(20)))")
    project.revision("b", "op.alter_column('t', 'a', type_=sa.String(50))")
    project.revision("c", "op.alter_column('t', 'a', type_=sa.String(10))")

    assert project.found("b.py") == []
    assert project.found("c.py") == [("EC108", "c", 10), ("EC221", "c", 10)]


@pytest.mark.parametrize(
    "call",
    [
        "# ec: ignore[EC101] small\nop.create_index('i', 't', ['a'])",
        "op.create_index('i', 't', ['a'])  # ec: ignore[EC101] small",
        "op.create_index(\n    'i', 't', ['a']\n)  # ec: ignore[EC101] small",
        "# why\n# ec: ignore[EC101] small\nop.create_index('i', 't', ['a'])",
        "for i in 'ij':\n    op.create_index(i, 't', ['a'])  # ec: ignore[EC101] small",
    ],
)
def test_a_comment_in_python_ignores(project: Project, call: str) -> None:
    project.revision("a", call)

    assert [found for found in project.found() if found[0] == "EC101"] == []


def test_an_unused_comment_in_python_is_told_once(project: Project) -> None:
    project.revision("a", "# ec: ignore[EC101] x\nop.execute('SELECT 1; SELECT 2')")

    assert project.found() == [("EC003", "a", 10)]


def test_a_revision_that_asks_its_database_is_unread(project: Project) -> None:
    body = "op.execute('DROP TABLE u')\nop.get_bind().execute(sa.text('SELECT 1')).all()"
    project.revision("a", body)

    [report] = project.reports()

    assert [(finding.rule, finding.line) for finding in report.findings] == [
        ("EC204", 10),
        ("EC001", 11),
    ]
    assert report.unread == 1


def test_our_own_operations_are_not_judged(project: Project) -> None:
    project.revision("a", "op.create_table('t', sa.Column('a', sa.Text))")
    change = "import expandcontract as ec\n"
    change += "op.expand(ec.RenameColumn(table='t', old='a', new='b'))"
    project.revision("b", change)

    assert project.found() == []


EC = "import expandcontract as ec\n"
START = (
    "op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('a', sa.Text))"
)
DEMAND = "ec.SetNotNull(table='t', column='a', fill='0')"
RENAME = "ec.RenameColumn(table='t', old='a', new='b')"


def phases(project: Project, change: str, *names: str) -> None:
    for name in names:
        project.revision(name, f"{EC}op.{name}({change})")


def test_what_our_phases_did_is_known_to_the_revisions_behind_them(project: Project) -> None:
    again = "op.alter_column('t', 'a', nullable=False)"
    project.revision("a", START)
    phases(project, DEMAND, "expand", "backfill", "switch", "contract")
    project.revision("again", again)
    assert project.found("again.py") == []

    project.revision("b", "op.alter_column('t', 'a', nullable=True)")
    project.revision("anew", again)
    assert project.found("anew.py") == [("EC107", "anew", 10)]


def test_a_column_that_was_retired_is_gone_after_its_contract(project: Project) -> None:
    project.revision("a", START)
    phases(project, RENAME, "expand", "backfill", "switch")
    sized = "op.alter_column('t', 'b', type_=sa.String(50))"
    project.revision("between", "op.execute('SELECT b FROM t')\n" + sized)
    assert ("EC108", "between", 11) in project.found("between.py")

    phases(project, RENAME, "contract")
    project.revision("after", "op.execute('ALTER TABLE t ADD COLUMN a integer')")
    project.revision("wider", "op.alter_column('t', 'a', type_=sa.BigInteger)")
    assert project.found("wider.py") == [("EC108", "wider", 10)]
    assert "integer" in project.reports("wider.py")[0].findings[0].message


def test_a_plain_drop_beside_the_expand_that_copies_is_found_and_our_contract_is_not(
    project: Project,
) -> None:
    project.revision("a", START)
    project.revision("b", f"{EC}op.expand({RENAME})\nop.backfill({RENAME})")
    project.revision("c", f"{EC}op.switch({RENAME})\nop.contract({RENAME})")
    assert project.found(together=True) == []

    project.last = "b"
    project.revision("c", "op.drop_column('t', 'a')")
    assert ("EC220", "c", 10) in project.found("c.py", together=True)


def test_a_change_of_a_table_that_is_not_known_is_passed_over(project: Project) -> None:
    phases(project, "ec.SetNotNull(table='nowhere', column='a')", "expand")
    project.revision("b", f"{EC}op.expand({DEMAND})\nop.create_index('i', 't', ['a'])")

    assert project.found() == [("EC101", "b", 12)]


def test_a_downgrade_is_judged_milder_on_its_own_line(project: Project) -> None:
    project.revision("a", "op.execute('DROP INDEX CONCURRENTLY IF EXISTS i')")
    project.way_back("op.create_index('i', 't', ['a'])")

    [report] = project.reports(runner="autocommit")
    [finding] = report.findings

    assert (finding.rule, finding.line, finding.severity) == ("EC101", 12, Severity.WARNING)
    assert finding.message.startswith("downgrade: ")
    assert (report.total, [one.line for one in report.statements]) == (2, [10, 12])
    [alone] = project.reports(runner="autocommit", downgrades=False)
    assert (alone.findings, alone.total) == ((), 1)


def test_what_a_downgrade_takes_away_is_a_note_and_a_new_table_is_its_own(project: Project) -> None:
    project.revision("a", "op.add_column('t', sa.Column('note', sa.Text()))")
    project.way_back("op.drop_column('t', 'note')")
    project.revision("b", "op.create_table('u', sa.Column('a', sa.Text()))")
    project.way_back("op.drop_table('u')")

    found = [f for report in project.reports() for f in report.findings]

    assert [(f.rule, f.severity) for f in found] == [("EC203", Severity.INFO)]


def test_a_downgrade_stands_on_the_schema_behind_it_and_changes_nothing(project: Project) -> None:
    project.revision("a", "op.create_table('t', sa.Column('a', sa.String(20)))")
    project.revision("b", "op.alter_column('t', 'a', type_=sa.String(50))")
    project.way_back("op.alter_column('t', 'a', type_=sa.String(20))")
    project.revision("c", "op.alter_column('t', 'a', type_=sa.String(40))")

    assert project.found("b.py") == [("EC108", "b", 12), ("EC221", "b", 12)]
    assert "varying(50) to character varying(40)" in project.reports("c.py")[0].findings[0].message


def test_its_locks_end_with_its_own_transaction(project: Project) -> None:
    project.revision("a", "op.execute('SELECT 1')")
    project.way_back("op.execute('ALTER TABLE t ADD CHECK (a > 0) NOT VALID')")
    project.revision("b", "op.execute('UPDATE u SET a = 1 WHERE b > 2')")

    assert project.found() == []


def test_that_there_is_no_way_back_is_an_answer(project: Project) -> None:
    project.revision("a", "op.execute('SELECT 1')")
    project.way_back("raise NotImplementedError('restore the backup')")
    assert project.found() == []

    project.revision("b", "op.execute('SELECT 1')")
    project.way_back("op.get_bind().execute(sa.text('SELECT 1')).scalar()")
    [finding] = project.reports("b.py")[0].findings
    assert (finding.rule, finding.severity) == ("EC001", Severity.WARNING)


def test_expand_and_contract_in_one_run_is_found_across_the_new_revisions(project: Project) -> None:
    project.revision("a", "op.add_column('t', sa.Column('new', sa.Text()))")
    project.revision("b", "op.execute('UPDATE t SET new = old WHERE id < 9')")
    project.revision("c", "op.drop_column('t', 'old')")
    how = Options(major=15, select=("EC220",))

    def found(options: Options) -> list[str]:
        reports = judged(project.folder, options, lambda _: True, None)
        return [f.rule for report in reports for f in report.findings]

    assert found(how) == []
    assert found(replace(how, together=True)) == ["EC220"]


def test_an_ignore_in_a_downgrade_is_used(project: Project) -> None:
    project.revision("a", "op.execute('SELECT 1')")
    project.way_back("op.create_index('i', 't', ['a'])  # ec: ignore[EC101] small")

    assert project.found() == []
