"""The database that a rehearsal is about: read, and nothing else."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from expandcontract import embedded
from expandcontract.model.names import TableName
from expandcontract.postgres.opening import libpq_dsn
from expandcontract.postgres.session import open_session
from expandcontract.rehearsal.errors import SchemaNotCopiedError, SchemaNotReadError

LEDGER = ("versions", "changes", "claims", "steps", "due", "positions")
"""What says where changes stand; who works on them, and how far, is not for a copy."""

FACTS: LiteralString = """
    SELECT current_setting('server_version_num')::int, current_setting('server_version'),
           to_regclass(%(versions)s) IS NOT NULL, to_regclass('expandcontract.changes') IS NOT NULL,
           ARRAY(SELECT rolname FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_')
"""
_OPTIONS = (
    "--no-owner",
    "--no-privileges",
    "--no-tablespaces",
    "--no-publications",
    "--no-subscriptions",
    "--no-security-labels",
    "--lock-wait-timeout=2000",
)
_VERSION = re.compile(r"PostgreSQL\D*(\d+)")
_META = re.compile(r"^\\(un)?restrict .*$|^SET transaction_timeout = 0;$", re.MULTILINE)
"""Words for psql, which is not what runs it; a setting that servers before 17 do not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What was read of it."""

    version: int
    release: str
    heads: tuple[str, ...]
    roles: tuple[str, ...]
    has_ledger: bool

    @property
    def major(self) -> int:
        """15."""
        return self.version // 10_000


def read_target(dsn: str, versions: TableName) -> Target:
    """Ask the server in a transaction that can only read."""
    session = open_session(libpq_dsn(dsn), "ec rehearse")
    try:
        session.run("BEGIN READ ONLY")
        row = session.rows(FACTS, {"versions": str(versions)})[0]
        number, release, has_versions, has_ledger, roles = row
        found = session.rows(f"SELECT version_num FROM {versions}") if has_versions else []
        session.run("ROLLBACK")
    finally:
        session.close()
    heads = tuple(sorted(str(head) for (head,) in found))
    return Target(
        version=number, release=release, heads=heads, roles=tuple(roles), has_ledger=has_ledger
    )


def dump_program(scratch: int, target: int) -> Path | None:
    """A pg_dump that reads the target and writes what the scratch server understands."""
    known = {one.major: one.program("pg_dump") for one in embedded.discover()}
    for major in sorted(known, key=lambda major: (major != scratch, major)):
        if major >= target and known[major].exists():
            return known[major]
    found = shutil.which("pg_dump")
    return Path(found) if found and _major(found) >= target else None


def _major(program: str) -> int:
    """Of the program itself: a client may be installed where no server is."""
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    said = _VERSION.search(told.stdout)
    return int(said[1]) if said else 0


def schema_of(program: Path, dsn: str) -> str:
    """The schema as SQL."""
    return _dumped(program, dsn, "--schema-only", *_OPTIONS)


def state_of(program: Path, dsn: str, target: Target, versions: TableName) -> str:
    """Where Alembic is and where changes stand, as SQL."""
    tables = [str(versions)] if target.heads else []
    if target.has_ledger:
        tables += [f"expandcontract.{name}" for name in LEDGER]
    if not tables:
        return ""
    wanted = [f"--table={table}" for table in tables]
    return _dumped(program, dsn, "--data-only", "--inserts", *_OPTIONS, *wanted)


def _dumped(program: Path, dsn: str, *words: str) -> str:
    with _without_password(dsn) as address:
        done = subprocess.run(
            [program, *words, "--encoding=UTF8", "-d", address],
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",  # the server's messages have an encoding of their own
            check=False,
        )
    if done.returncode:
        raise SchemaNotReadError(_cause(done.stderr))
    return _META.sub("", done.stdout)


@contextmanager
def _without_password(dsn: str) -> Iterator[str]:
    """The address for a program's command line, which everybody on the machine can read."""
    given = conninfo_to_dict(libpq_dsn(dsn))
    password = str(given.pop("password", "") or "")
    if not password:
        yield make_conninfo("", **given)
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pass"
        file.touch(mode=0o600)
        escaped = password.replace("\\", "\\\\").replace(":", "\\:")
        file.write_text(f"*:*:*:*:{escaped}\n", "utf-8")
        yield make_conninfo("", **{**given, "passfile": str(file)})


def load(connection: "psycopg.Connection", *texts: str) -> None:
    """Run what was dumped."""
    for text in texts:
        try:
            connection.execute(text.encode(errors="surrogateescape"))
        except psycopg.Error as error:
            raise SchemaNotCopiedError(_last_line(str(error).split("\n")[0])) from None
    connection.execute("RESET ALL")
    if any(texts[1:]) and connection.execute(_HAS_LEDGER).fetchone() == (True,):
        connection.execute(_GO_ON)


_HAS_LEDGER: LiteralString = "SELECT to_regclass('expandcontract.changes') IS NOT NULL"
_GO_ON: LiteralString = """
    SELECT setval(pg_get_serial_sequence('expandcontract.changes', 'id'),
                  (SELECT coalesce(max(id), 0) + 1 FROM expandcontract.changes), false)
"""


def make_roles(connection: "psycopg.Connection", roles: Sequence[str]) -> None:
    """Policies and functions name roles; here they can do nothing."""
    rows = connection.execute("SELECT rolname FROM pg_catalog.pg_roles").fetchall()
    for role in set(roles) - {name for (name,) in rows}:
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))


def _cause(text: str) -> str:
    """What pg_dump calls an error; the query that met it comes behind."""
    lines = text.strip().splitlines()
    return next((line for line in lines if ": error: " in line), _last_line(text))


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1]
