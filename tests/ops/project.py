"""The example project, copied to disk and run by the `alembic` command as users do."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg

from expandcontract import embedded
from expandcontract.changes.rename_column import RenameColumn
from tests.support.forking import forks

EXAMPLE = Path(__file__).parents[2] / "examples" / "alembic_project"
EMAIL = RenameColumn(table="users", old="email", new="email_address", owner="shop")

ASYNC = """
import asyncio

from alembic import context
from shop.models import Base
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import async_engine_from_config

config = context.config


def run(connection):
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def main():
    engine = async_engine_from_config(
        config.get_section(config.config_ini_section),
        prefix="sqlalchemy.",
        poolclass=pool.NullPool,
    )
    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()


asyncio.run(main())
"""


def psql(dsn: str, *parts: str) -> None:
    """Run a script as people do; an error fails the test."""
    done = tried_psql(dsn, "\n\n".join(parts))
    assert done.returncode == 0, done.stderr


def tried_psql(dsn: str, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script until its first error."""
    programs = (Path(one.bin) / "psql" for one in embedded.discover())
    program = next(program for program in programs if program.exists())
    return subprocess.run(
        [str(program), "-X", "-q", "-v", "ON_ERROR_STOP=1", dsn],
        input=script,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class Project:
    """One copy of the example, on one database."""

    def __init__(self, folder: Path, dsn: str, driver: str = "psycopg") -> None:
        self.folder, self.dsn = folder, dsn
        shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
        url = dsn.replace("postgresql://", f"postgresql+{driver}://").replace("%", "%%")
        self.edit("alembic.ini", {"postgresql+psycopg://localhost/shop": url})

    def edit(self, file: str, replacements: Mapping[str, str]) -> None:
        path = self.folder / file
        text = path.read_text("utf-8")
        for old, new in replacements.items():
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, "utf-8")

    def use_async(self) -> None:
        (self.folder / "migrations" / "env.py").write_text(ASYNC, "utf-8")

    def use_one_transaction(self) -> None:
        self.edit("migrations/env.py", {"transaction_per_migration=True": "render_as_batch=True"})

    def configure(self, **options: object) -> None:
        """Give `context.configure()` options of ours."""
        old = "target_metadata=Base.metadata,"
        self.edit("migrations/env.py", {old: f"{old} expandcontract={options!r},"})

    def write_revision(self, revision: str, after: str, upgrade: str, head: str = "") -> None:
        text = f"""
from expandcontract import op
import expandcontract as ec
from shop.changes import EMAIL
{head}

revision = {revision!r}
down_revision = {after!r}


def upgrade():
    {upgrade}


def downgrade():
    pass
"""
        path = self.folder / "migrations" / "versions" / f"{revision}.py"
        path.write_text(text, "utf-8")

    def drop_revisions_after(self, last: str) -> None:
        for path in (self.folder / "migrations" / "versions").glob("r*.py"):
            if path.name[:2] > last:
                path.unlink()

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "alembic", *arguments],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self._environment,
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return forks().run(["-m", "alembic", *arguments], self.folder, self._environment)

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "error"}

    def alembic(self, *arguments: str) -> str:
        """Run a command that must succeed; what it printed."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout if "--sql" in arguments else done.stdout + done.stderr

    def refused(self, *arguments: str) -> str:
        """Run a command that must fail with a readable message; the message."""
        done = self.run(*arguments)
        assert done.returncode == 255, done.stderr + done.stdout
        assert "Traceback" not in done.stderr + done.stdout
        found = re.search(r"FAILED: (.*)", done.stdout, re.DOTALL)
        assert found is not None, done.stdout
        return found[1].strip()

    def script(self, *arguments: str) -> str:
        """The SQL of a command."""
        return self.alembic(*arguments, "--sql")

    def psql(self, script: str) -> None:
        psql(self.dsn, script)

    def tried_psql(self, script: str) -> subprocess.CompletedProcess[str]:
        return tried_psql(self.dsn, script)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            found = connection.execute(query.encode()).fetchall()
        connection.close()
        return found

    def execute(self, *commands: str) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for command in commands:
                connection.execute(command.encode())
        connection.close()

    @property
    def version(self) -> str:
        rows = self.ask("SELECT version_num FROM alembic_version")
        return str(rows[0][0]) if rows else "base"

    @property
    def state(self) -> str:
        """Where the rename stands, by the ledger."""
        rows = self.ask(
            f"SELECT coalesce(outcome, reached) FROM expandcontract.changes"
            f" WHERE name = '{EMAIL.name}' ORDER BY id DESC LIMIT 1"
        )
        return str(rows[0][0])

    @property
    def due(self) -> dict[str, str]:
        """What is due, and which revision asked for it."""
        return {
            str(phase): str(revision)
            for phase, revision in self.ask("SELECT phase, revision FROM expandcontract.due")
        }
