"""A project of two tables that is changed by its models alone, and driven by the real commands."""

import os
import subprocess
from pathlib import Path

from expandcontract.ops.capture import alembic_config
from expandcontract.rehearsal.rehearse import Wish, rehearse
from tests.support.forking import forks

INI = """
[alembic]
script_location = %(here)s/migrations
prepend_sys_path = .
path_separator = os
sqlalchemy.url = {url}
"""
ENV = """
from alembic import context
from models import Base
from sqlalchemy import create_engine

url = context.config.get_main_option("sqlalchemy.url")
if context.is_offline_mode():
    context.configure(
        url=url,
        target_metadata=Base.metadata,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    raise SystemExit
engine = create_engine(url)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        compare_server_default=True,
        expandcontract={"quiet": 3600, "owner": "shop"},
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
"""
MAKO = '''"""${message}"""
from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
'''
DRIVE = """
import sys

import expandcontract as ec
from alembic import command
from alembic.config import Config
from expandcontract.changes.document import from_document
from expandcontract.engine.closing import close
from expandcontract.engine.runner import Runner
from expandcontract.postgres import ledger
from expandcontract.postgres.opening import session_for

config, dsn = Config("alembic.ini"), sys.argv[1]
command.upgrade(config, "head")
command.check(config)
with session_for(dsn) as session:
    found = ledger.everything(session)
for record in found:
    for phase in ec.Phase:
        ec.apply(dsn, from_document(record.definition), phase, quiet=0.0)
command.check(config)
with session_for(dsn) as session:
    for record in ledger.everything(session):
        if record.keeps:
            close(Runner(session=session), record)
command.check(config)
assert all(one.state == "closed" for one in ec.status(dsn)), ec.status(dsn)
print("CLEAN")
"""


class Generated:
    """One project on one database."""

    def __init__(self, folder: Path, dsn: str) -> None:
        self.folder, self.dsn = folder, dsn
        (folder / "migrations" / "versions").mkdir(parents=True)
        url = dsn.replace("postgresql://", "postgresql+psycopg://").replace("%", "%%")
        self._write("alembic.ini", INI.format(url=url))
        self._write("migrations/env.py", ENV)
        self._write("migrations/script.py.mako", MAKO)
        self._write("drive.py", DRIVE)

    def _write(self, file: str, text: str) -> None:
        (self.folder / file).write_text(text, "utf-8")

    def models(self, text: str) -> None:
        """What the tables are to be."""
        self._write("models.py", text)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "error"}
        return forks().run(arguments, self.folder, environment)

    def generate(self) -> list[str]:
        """`alembic revision --autogenerate`: the texts of the files, in order of the history."""
        done = self.run("-m", "alembic", "revision", "--autogenerate", "-m", "next")
        assert done.returncode == 0, done.stdout + done.stderr
        files = (self.folder / "migrations" / "versions").glob("*.py")
        by_mark = {file.stem.rpartition("_")[2]: file.read_text("utf-8") for file in files}
        order = ["next", "expand", "index", "switch", "contract"]
        return [by_mark[mark] for mark in order if mark in by_mark]

    def refused(self) -> str:
        """The same where it must fail with a readable message."""
        done = self.run("-m", "alembic", "revision", "--autogenerate", "-m", "next")
        assert done.returncode != 0, done.stdout
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def carry_out_under_load(self, scratch: str) -> None:
        """Through all phases while an old and a new release read and write, on a copy."""
        found = rehearse(
            alembic_config(self.folder),
            Wish(dsn=self.dsn, scratch=scratch, rows=30, load=True, seconds=0.3),
            lambda _: None,
        )
        assert found.failure is None, found.failure
        assert found.contradictions == 0, [ran.differences for ran in found.ran]
        for release in ("old", "new"):
            tally = found.load[release]
            assert (tally.failed, tally.errors) == (0, {}), (release, tally)
            assert tally.done > 0, tally

    def carry_out(self) -> None:
        """Upgrade with contract due, then contract, then close: nothing differs at any point."""
        done = self.run("drive.py", self.dsn)
        assert done.stdout.endswith("CLEAN\n"), done.stdout + done.stderr
