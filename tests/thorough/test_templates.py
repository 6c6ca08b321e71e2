"""The templates that Alembic and Flask-Migrate write, on databases of their own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from expandcontract.cli.lint_revisions import judged
from expandcontract.lint.options import Options
from expandcontract.ops.capture import alembic_config
from expandcontract.rehearsal.errors import SeveralDatabasesError
from expandcontract.rehearsal.rehearse import Wish, rehearse
from tests.support.databases import Databases

TABLE = "CREATE TABLE t (id bigint PRIMARY KEY, a text)"
BODY = """
import expandcontract as ec
from alembic import op

revision = "r1"
down_revision = None
CHANGE = ec.AddIndex(table="t", columns=("a",))


def upgrade(engine_name):
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name):
    pass


def upgrade_%s():
    op.expand(CHANGE)


def upgrade_%s():
    op.create_index("i", "t", ["a"])
"""
APP = """
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = %r
app.config["SQLALCHEMY_BINDS"] = {"two": %r}
db = SQLAlchemy(app)
Migrate(app, db)
"""
SINGLE = """
import expandcontract as ec
from alembic import op

revision = "r1"
down_revision = None
CHANGE = ec.AddIndex(table="t", columns=("a",))


def upgrade():
    op.expand(CHANGE)


def downgrade():
    op.revert_expand(CHANGE)
"""


@pytest.fixture
def pair(databases: Databases) -> Iterator[tuple[str, str]]:
    with databases.database() as one, databases.database() as two:
        for dsn in (one, two):
            with psycopg.connect(dsn, autocommit=True) as connection:
                connection.execute(TABLE.encode())
            connection.close()
        yield one, two


def run(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def let_alembic_begin(env: Path) -> None:
    """What docs/how-to/work-on-several-databases.md says to change in the template."""
    before, configure, after = env.read_text().rpartition("            context.configure(")
    ran = "            context.run_migrations(engine_name=name)\n"
    assert ran in after
    after = after.replace(
        ran,
        "            with context.begin_transaction():\n"
        "                context.run_migrations(engine_name=name)\n"
        '            rec["transaction"] = rec["connection"].begin()\n',
    )
    env.write_text(f'{before}            rec["transaction"].commit()\n{configure}{after}')


def url(dsn: str) -> str:
    return dsn.replace("postgresql://", "postgresql+psycopg://")


def indexes(dsn: str) -> set[str]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("SELECT indexname FROM pg_indexes WHERE tablename = 't'")
        found = {str(name) for (name,) in rows.fetchall()}
    connection.close()
    return found


def found_in(project: Path) -> list[tuple[str, int]]:
    reports = judged(project, Options(major=15), lambda _: True, None)
    return [(f.rule, f.line) for report in reports for f in report.findings]


def test_alembics_template_for_several_databases(
    tmp_path: Path, pair: tuple[str, str], databases: Databases
) -> None:
    run(tmp_path, "alembic", "init", "-t", "multidb", "m")
    ini = tmp_path / "alembic.ini"
    text = ini.read_text()
    for name, dsn in zip(("", "2"), pair, strict=True):
        text = text.replace(f"driver://user:pass@localhost/dbname{name}\n", f"{url(dsn)}\n")
    ini.write_text(text)
    (tmp_path / "m" / "versions" / "r1.py").write_text(BODY % ("engine1", "engine2"))
    let_alembic_begin(tmp_path / "m" / "env.py")

    run(tmp_path, "alembic", "upgrade", "head")

    assert indexes(pair[0]) == {"t_pkey", "ix_t_a"}
    assert indexes(pair[1]) == {"t_pkey", "i"}
    assert found_in(ini) == [("EC101", 23)]
    with pytest.raises(SeveralDatabasesError, match="--database: engine1, engine2"):
        rehearse(alembic_config(ini), Wish(scratch=databases.server.dsn), lambda _: None)
    with psycopg.connect(pair[1], autocommit=True) as connection:
        connection.execute("DROP INDEX i; DELETE FROM alembic_version")
    connection.close()
    wish = Wish(dsn=pair[1], scratch=databases.server.dsn, database="engine2")
    done = rehearse(alembic_config(ini), wish, lambda _: None)
    assert done.is_good, done.failure
    assert [ran.line for ran in done.ran] == [23]


def test_flask_migrates_template_for_several_databases(
    tmp_path: Path, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_APP", "app.py")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").write_text(APP % (url(pair[0]), url(pair[1])))
    run(tmp_path, "flask", "db", "init", "--multidb")
    (tmp_path / "migrations" / "versions" / "r1.py").write_text(BODY % ("", "two"))
    let_alembic_begin(tmp_path / "migrations" / "env.py")

    run(tmp_path, "flask", "db", "upgrade")

    assert (indexes(pair[0]), indexes(pair[1])) == ({"t_pkey", "ix_t_a"}, {"t_pkey", "i"})
    assert found_in(tmp_path / "migrations" / "alembic.ini") == [("EC101", 23)]


@pytest.mark.parametrize("template", ["pyproject", "generic"])
def test_alembics_templates_for_one_database(
    tmp_path: Path, pair: tuple[str, str], template: str
) -> None:
    if template == "pyproject":
        (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    run(tmp_path, "alembic", "init", "-t", template, "m")
    (tmp_path / "m" / "more").mkdir()
    ini = tmp_path / "alembic.ini"
    ini.write_text(ini.read_text().replace("driver://user:pass@localhost/dbname", url(pair[0])))
    settings = tmp_path / ("pyproject.toml" if template == "pyproject" else "alembic.ini")
    places = "%(here)s/m/versions{0}%(here)s/m/more"
    listed = (
        'version_locations = ["%(here)s/m/versions", "%(here)s/m/more"]\n'
        if template == "pyproject"
        else f"version_locations = {places.format(os.pathsep)}\n"
    )
    text = settings.read_text()
    head = "[tool.alembic]\n" if template == "pyproject" else "[alembic]\n"
    settings.write_text(text.replace(head, head + listed, 1))
    (tmp_path / "m" / "versions" / "r1.py").write_text(SINGLE)
    other = SINGLE.replace('"r1"', '"x1"').replace('columns=("a",)', 'columns=("a", "id")')
    (tmp_path / "m" / "more" / "x1.py").write_text(other)
    merged = SINGLE.replace('"r1"', '"m1"').replace("= None", '= ("r1", "x1")')
    plain = merged.replace("op.expand(CHANGE)", "op.create_index('i', 't', ['a'])")
    (tmp_path / "m" / "more" / "m1.py").write_text(
        plain.replace("op.revert_expand(CHANGE)", "pass")
    )

    run(tmp_path, "alembic", "upgrade", "heads")

    assert indexes(pair[0]) == {"t_pkey", "ix_t_a", "ix_t_a_id", "i"}
    assert found_in(settings) == [("EC101", 11)]
    run(tmp_path, "alembic", "downgrade", "base")
    assert indexes(pair[0]) == {"t_pkey", "i"}
