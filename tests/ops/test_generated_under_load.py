"""Unsafe models in, safe revisions out; every other kind of difference is in tests/thorough."""

import sys
from pathlib import Path

import psycopg

from tests.ops.generating import Generated
from tests.support.databases import Databases

MODELS = """
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


sa.Table(
    "users",
    Base.metadata,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("mail", sa.String(50), info={"renamed_from": "email"}),
    sa.Column("n", sa.Integer(), nullable=False, info={"fill": "0"}),
    sa.Index("ix_users_n", "n", postgresql_ops={"n": "int4_ops"}),
)
"""


def test_a_rename_and_a_not_null_disturb_neither_release_and_leave_no_difference(
    connection: psycopg.Connection, databases: Databases, dsn: str, tmp_path: Path
) -> None:
    connection.execute("CREATE TABLE users (id serial PRIMARY KEY, email varchar(50), n integer)")
    connection.execute("INSERT INTO users (email) SELECT 'u' || g FROM generate_series(1, 9) AS g")
    project = Generated(tmp_path, dsn)
    project.models(MODELS)

    files = project.generate()

    assert len(files) == 4
    assert "ec.RenameColumn(" in files[0]
    assert "'n int4_ops'" in files[1]
    sys.modules.pop("models", None)  # another project's may have the same name
    project.carry_out_under_load(databases.server.dsn)
    project.carry_out()
