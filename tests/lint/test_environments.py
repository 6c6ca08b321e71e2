"""Projects as users have them: whatever env.py does and whatever is wrong with a file."""

import logging
import sys
from pathlib import Path

import pytest

from expandcontract import config
from expandcontract.ops.capture import alembic_config
from tests.lint.test_revisions import Project

OFFLINE = """
from alembic import context
{head}
context.configure(url="postgresql://nowhere.invalid/x", literal_binds=True{more})
with context.begin_transaction():
    context.run_migrations()
"""
INDEX = "op.create_index('i', 't', ['a'])"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    environment(project)
    return project


def environment(project: Project, head: str = "", more: str = "") -> None:
    (project.folder / "env.py").write_text(OFFLINE.format(head=head, more=more))


def test_an_environment_that_runs_is_run_in_silence(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    environment(project, "import sys; print('hello'); print('hello', file=sys.stderr)")
    project.revision("a", f"print('hello')\n{INDEX}")

    assert project.found() == [("EC101", "a", 11)]
    assert capfd.readouterr() == ("", "")


def test_a_naming_convention_of_env_py_names_what_a_revision_does_not(project: Project) -> None:
    head = (
        "import sqlalchemy as sa\nMETA = sa.MetaData(naming_convention={'uq': 'uq_%(table_name)s'})"
    )
    environment(project, head, ", target_metadata=META")
    project.revision("a", "op.create_unique_constraint(None, 't', ['a'])")

    assert "uq_t" in project.reports()[0].statements[0].sql


def test_an_operation_that_env_py_makes_known_is_rendered(project: Project) -> None:
    head = """
from alembic.operations import MigrateOperation, Operations
if not hasattr(Operations, "vanish"):
    @Operations.register_operation("vanish")
    class Vanish(MigrateOperation):
        @classmethod
        def vanish(cls, operations, name):
            operations.execute(f"DROP TABLE {name}")
"""
    environment(project, head)
    project.revision("a", "op.vanish('t')")

    assert project.found() == [("EC204", "a", 10)]


@pytest.mark.parametrize(
    ("env", "reason"),
    [
        ("import os\nos.environ['NOBODY_SETS_THIS']", "env.py:2: KeyError: 'NOBODY_SETS_THIS'"),
        (
            "import sqlalchemy as s\nx = 'postgresql+psycopg://x'\ns.create_engine(x).connect()",
            "env.py:3: it connects to its database",
        ),
        ("import asyncio\nraise SystemExit(3)", "env.py:2: SystemExit: 3"),
        ("def (", "env.py:1: SyntaxError"),
        ("", "it did not call context.run_migrations()"),
    ],
)
def test_an_environment_that_fails_is_told_and_the_revisions_are_judged(
    project: Project, capfd: pytest.CaptureFixture[str], env: str, reason: str
) -> None:
    (project.folder / "env.py").write_text(env)
    project.revision("a", INDEX)

    assert project.found() == [("EC101", "a", 10)]
    assert reason in capfd.readouterr().err


def test_what_a_failing_environment_had_set_up_is_still_used(project: Project) -> None:
    env = "import sqlalchemy as sa\n"
    env += "target_metadata = sa.MetaData(naming_convention={'uq': 'uq_%(table_name)s'})\n1 / 0"
    (project.folder / "env.py").write_text(env)
    project.revision("a", "op.create_unique_constraint(None, 't', ['a'])")

    assert "uq_t" in project.reports()[0].statements[0].sql


def test_an_async_environment_without_an_offline_side_is_not_connected_to(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    (project.folder / "env.py").write_text("""
import asyncio
from sqlalchemy.ext.asyncio import create_async_engine
async def run():
    async with create_async_engine("postgresql+asyncpg://nowhere.invalid/x").connect():
        pass
asyncio.run(run())
""")
    project.revision("a", INDEX)

    assert project.found() == [("EC101", "a", 10)]
    assert "env.py:5: it connects to its database" in capfd.readouterr().err


def test_several_databases_are_judged_each_for_itself(project: Project) -> None:
    (project.folder / "env.py").write_text("""
from alembic import context
for name in ("main", "log"):
    with open(f"{name}.sql", "w") as buffer:
        context.configure(url="postgresql://x/" + name, output_buffer=buffer)
        with context.begin_transaction():
            context.run_migrations(engine_name=name)
""")
    path = project.revision("a", "pass")
    path.write_text(
        path.read_text().replace("upgrade()", "upgrade(engine_name)")
        + "    globals()['upgrade_' + engine_name]()\n\n"
        "def upgrade_main():\n    op.drop_table('t')\n\n"
        "def upgrade_log():\n    op.create_index('i', 't', ['a'])\n"
    )

    assert project.found() == [("EC204", "a", 14), ("EC101", "a", 17)]
    assert not Path("main.sql").exists()
    assert [path.name for path in project.folder.iterdir() if path.suffix == ".sql"] == []


def test_logging_and_paths_are_what_they_were(project: Project) -> None:
    logger, before = logging.getLogger("tests.somebody"), list(sys.path)
    environment(
        project,
        "import logging.config, sys; sys.path.insert(0, 'x')\n"
        "logging.config.dictConfig({'version': 1, 'root': {'level': 'DEBUG', 'handlers': []}})",
    )
    project.revision("a", "pass")
    level = logging.getLogger().level

    project.reports()

    assert (logger.disabled, logging.getLogger().level, sys.path) == (False, level, before)


def test_a_file_that_cannot_be_imported_is_a_finding_and_the_others_are_judged(
    project: Project,
) -> None:
    project.revision("a", "op.create_table('t', sa.Column('a', sa.Text))")
    path = project.revision("b", "pass")
    path.write_text(path.read_text() + "    import (\n")
    project.revision("c", f"{INDEX}\nop.drop_table('u')")
    bad = project.revision("d", "pass")
    bad.write_text("import nothing_of_this_name\n" + bad.read_text())

    assert project.found() == [
        ("EC001", "b", 11),
        ("EC101", "c", 10),
        ("EC204", "c", 11),
        ("EC001", "d", 1),
    ]


def test_what_is_wrong_with_the_history_stands_where_it_is_said(project: Project) -> None:
    project.revision("a", "op.drop_table('t')")
    project.last = "gone"
    project.revision("b", "op.drop_table('u')")
    project.last = "a"
    twin = project.revision("c", "pass")
    twin.write_text(twin.read_text().replace("\nrevision = 'c'", "\nrevision = 'b'"))

    assert project.found() == [
        ("EC204", "a", 10),
        ("EC001", "b", 5),
        ("EC001", "b", 6),
        ("EC204", "b", 10),
        ("EC001", "c", 5),
    ]


def test_revisions_in_a_circle_are_judged_all_the_same(project: Project) -> None:
    project.last = "b"
    project.revision("a", "op.drop_table('t')")
    project.revision("b", "op.drop_table('u')")

    assert {rule for rule, _, _ in project.found()} == {"EC001", "EC204"}
    assert len(project.found()) == 4


def test_branches_merges_and_cut_ids_have_their_order(project: Project) -> None:
    project.revision("root", "op.create_table('t', sa.Column('a', sa.String(5)))")
    project.revision("zleft", "op.alter_column('t', 'a', type_=sa.String(9))")
    project.last = "root"
    project.revision("aright", "op.create_table('v', sa.Column('a', sa.Text))")
    path = project.revision("amerge", "op.alter_column('t', 'a', type_=sa.String(7))")
    path.write_text(path.read_text().replace("'aright'", "('aright', 'zle')"))

    rewrites, narrows = project.reports("amerge")[0].findings

    assert "varying(9) to character varying(7)" in rewrites.message
    assert narrows.rule == "EC221"


def test_several_version_locations_with_odd_names(project: Project) -> None:
    ini = "[alembic]\nscript_location = %(here)s\npath_separator = newline\n"
    ini += "version_locations = %(here)s/versions\n    %(here)s/more versions\n"
    (project.folder / "alembic.ini").write_text(ini)
    more = project.folder / "more versions"
    more.mkdir()
    first = project.revision("a", "op.create_table('t', sa.Column('a', sa.Text))")
    second = project.revision("b", INDEX)
    second.rename(more / "b é-1 'x'.py")
    first.rename(first.with_name("0001 größe.py"))

    assert project.found() == [("EC101", "b é-1 'x'", 10)] or project.found() == []
    assert {Path(report.path).parent.name for report in project.reports()} == {
        "versions",
        "more versions",
    }


def test_the_line_is_that_of_the_revision_through_helpers_loops_and_batches(
    project: Project,
) -> None:
    (project.folder / "shared_steps.py").write_text(
        "from alembic import op\n\n\ndef away(name):\n    op.drop_table(name)\n"
    )
    environment(project, f"import sys; sys.path.append({str(project.folder)!r})")
    path = project.revision(
        "a",
        """
from shared_steps import away
for name in ("x", "y"):
    away(
        name
    )
own()
with op.batch_alter_table("t") as batch:
    batch.add_column(sa.Column("c", sa.Text))
    batch.drop_column("a")
    batch.create_index("i", ["b"])
op.bulk_insert(sa.table("u", sa.column("a", sa.JSON)), [{"a": {"b": 1}}])
""",
    )
    path.write_text(path.read_text() + "\ndef own():\n    op.drop_table('z')\n")

    assert project.found() == [
        ("EC204", "a", 12),
        ("EC204", "a", 12),
        ("EC203", "a", 18),
        ("EC101", "a", 19),
        ("EC130", "a", 19),
        ("EC204", "a", 23),
    ]
    [report] = project.reports()
    assert [one.line for one in report.statements] == [12, 12, 23, 17, 18, 19, 20]


def test_what_a_database_would_have_to_say_is_told_at_its_line(project: Project) -> None:
    project.revision(
        "a",
        """
bind = op.get_bind()
bind.execute(sa.text("UPDATE t SET a = :a WHERE b = :b"), {"a": "x", "b": 100})
for row in bind.execute(sa.text("SELECT a FROM t")):
    bind.execute(sa.text("DELETE FROM t"))
op.drop_table("t")
if not sa.inspect(bind).has_table("u"):
    op.drop_table("v")
""",
    )

    [report] = project.reports()

    assert project.found() == [
        ("EC001", "a", 12),
        ("EC133", "a", 14),
        ("EC204", "a", 14),
        ("EC001", "a", 15),
    ]
    assert "UPDATE t SET a = 'x' WHERE b = 100" in report.statements[0].sql
    said = [finding.message for finding in report.findings if finding.rule == "EC001"]
    assert said[0].startswith("not fully analysed: it asks for rows")
    assert said[1] == "not analysed from this line on: it inspects the database"


def test_an_error_that_the_revision_catches_is_told_all_the_same(project: Project) -> None:
    project.revision(
        "a",
        "try:\n    op.get_bind().connection.cursor()\n"
        "except Exception:\n    pass\nop.drop_table('t')",
    )

    assert project.found() == [("EC001", "a", 11), ("EC204", "a", 14)]


def test_a_revision_that_asks_whether_it_is_offline_is_warned_about(project: Project) -> None:
    project.revision(
        "a",
        "from alembic import context\nif not context.is_offline_mode():\n    op.drop_table('t')",
    )

    [finding] = project.reports()[0].findings

    assert (finding.rule, finding.severity, finding.line) == ("EC001", "warning", 11)


def test_an_ignore_covers_what_cannot_be_analysed(project: Project) -> None:
    project.revision(
        "a",
        "# ec: ignore[EC001] one row, looked at\n"
        "row = op.get_bind().execute(sa.text('SELECT 1')).first()\nop.execute('SELECT 2')",
    )

    assert project.found() == []


ENUM = """
from alembic_postgresql_enum import TableReference
op.sync_enum_values(
    enum_schema="public",
    enum_name="mood",
    new_values=["a", "b"],
    affected_columns=[TableReference("t", "m")],
    enum_values_to_rename=[],
)
"""
ENTITIES = """
from alembic_utils.pg_function import PGFunction
from alembic_utils.pg_view import PGView
op.create_entity(PGFunction("public", "f()", "RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql"))
op.replace_entity(PGView("public", "v", "SELECT a FROM t"))
op.drop_entity(PGView("public", "v", "SELECT a FROM t"))
"""


def test_operations_of_other_packages_are_rendered_on_their_lines(project: Project) -> None:
    environment(project, "import alembic_postgresql_enum, alembic_utils")
    project.revision("a", ENUM)
    project.revision("b", ENTITIES)

    assert project.found("a.py") == [("EC108", "a", 11), ("EC210", "a", 11), ("EC211", "a", 11)]
    [report] = project.reports("b.py")
    assert [one.line for one in report.statements] == [12, 13, 14]
    assert project.found("b.py") == [("EC210", "b", 13), ("EC210", "b", 14)]


def test_the_project_is_found_where_it_is_told_of(tmp_path: Path) -> None:
    settings = tmp_path / "expandcontract.toml"
    settings.write_text("")
    assert config.read(settings, tmp_path).alembic_ini == tmp_path / "alembic.ini"

    flask = tmp_path / "migrations"
    flask.mkdir()
    (flask / "env.py").write_text("")
    (flask / "alembic.ini").write_text("[alembic]\n")
    assert config.read(settings, tmp_path).alembic_ini == flask / "alembic.ini"
    found = alembic_config(flask / "alembic.ini").get_alembic_option("script_location")
    assert found == str(flask)

    (tmp_path / "pyproject.toml").write_text("[tool.alembic]\nscript_location = 'x'\n")
    assert config.read(settings, tmp_path).alembic_ini == tmp_path / "pyproject.toml"

    (tmp_path / "alembic.ini").write_text("")
    assert config.read(settings, tmp_path).alembic_ini == tmp_path / "alembic.ini"
