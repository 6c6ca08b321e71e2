"""Ordinary models in, phases out: generated, carried out, and nothing differs afterwards."""

import sys
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from tests.ops.generating import Generated
from tests.support.databases import Databases

HEAD = """
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass
"""
ORGS = """
orgs = sa.Table("orgs", Base.metadata, sa.Column("id", sa.Integer(), primary_key=True))
"""
START = (
    "CREATE TABLE orgs (id serial PRIMARY KEY);"
    "CREATE TABLE users (id serial PRIMARY KEY, {columns});"
    "INSERT INTO orgs SELECT g FROM generate_series(1, 3) AS g;{more}"
)


def users(*parts: str, name: str = "users", more: str = "") -> str:
    columns = "\n".join(f"    {part}," for part in parts)
    return (
        f'{HEAD}{ORGS}\n\nsa.Table(\n    "{name}",\n    Base.metadata,\n'
        f'    sa.Column("id", sa.Integer(), primary_key=True),\n{columns}\n)\n{more}'
    )


class Difference(NamedTuple):
    columns: str
    models: str
    writes: tuple[str, ...]  #: in this order, in the generated revisions
    more: str = ""


EMAIL = 'sa.Column("email", sa.String(50))'
ROWS = "INSERT INTO users (email) SELECT 'u' || g FROM generate_series(1, 9) AS g;"
DIFFERENCES = {
    "not null": Difference(
        "email varchar(50)",
        users('sa.Column("email", sa.String(50), nullable=False, info={"fill": "\'none\'"})'),
        (
            "op.expand(ec.SetNotNull(",
            "fill=\"'none'\"",
            "op.backfill(",
            "op.switch(",
            "op.contract(",
        ),
        "INSERT INTO users (email) VALUES (NULL), ('x');",
    ),
    "column": Difference(
        "email varchar(50)",
        users(
            EMAIL,
            'sa.Column("age", sa.Integer(), nullable=False, server_default="7")',
            'sa.Column("low", sa.Text(), nullable=False, info={"fill": "lower(email)"})',
        ),
        ("column=sa.Column('age', sa.Integer(), ", "fill='lower(email)'", "op.contract("),
        ROWS,
    ),
    "dropped column": Difference(
        "email varchar(50), fax text NOT NULL, CONSTRAINT two UNIQUE (email, fax)",
        users(EMAIL),
        ("op.expand(ec.DropColumn(", "also=('two',)", "op.contract("),
        "INSERT INTO users (email, fax) VALUES ('a', 'b'); CREATE INDEX ix_fax ON users (fax);",
    ),
    "renamed column": Difference(
        "email varchar(50)",
        users(
            'sa.Column("mail", sa.String(50), index=True, info={"renamed_from": "email"})',
            'sa.UniqueConstraint("mail", name="u")',
        ),
        ("ec.RawSQL(", "ec.RenameColumn(", "old='email', new='mail'", "op.backfill(", "op.switch("),
        ROWS + "CREATE INDEX ix_users_email ON users (email);"
        "ALTER TABLE users ADD CONSTRAINT u UNIQUE (email);",
    ),
    "renamed table": Difference(
        "email varchar(50)",
        users(EMAIL, 'info={"renamed_from": "users"}', name="people"),
        ("ec.RenameTable(", "op.switch(", "op.contract("),
        ROWS,
    ),
    "type of another class": Difference(
        "n integer",
        users('sa.Column("n", sa.Text())'),
        ("op.expand(ec.ChangeType(", "op.backfill(", "op.switch(", "op.contract("),
        "INSERT INTO users (n) VALUES (1), (2);",
    ),
    "foreign keys": Difference(
        "org_id integer",
        users(
            'sa.Column("org_id", sa.Integer(), sa.ForeignKey("orgs.id", ondelete="CASCADE"))',
            'sa.Column("other_id", sa.Integer(), sa.ForeignKey("orgs.id"))',
        ),
        ("ec.AddColumn(", "ec.AddForeignKey(", "on_delete='CASCADE'", "op.switch("),
        "INSERT INTO users (org_id) VALUES (1), (NULL);",
    ),
    "what expand alone can do": Difference(
        "email varchar(50) NOT NULL, n integer CONSTRAINT u UNIQUE,"
        " org integer CONSTRAINT o REFERENCES orgs",
        users(
            'sa.Column("email", sa.String(80))',
            'sa.Column("n", sa.Integer())',
            'sa.Column("org", sa.Integer())',
            'sa.UniqueConstraint("email", "n", name="two")',
        ),
        ("ec.ChangeType(", "ec.DropNotNull(", "ec.DropConstraint(", "ec.AddUnique("),
        ROWS,
    ),
    "indexes": Difference(
        "email varchar(50), n integer",
        users(
            EMAIL,
            'sa.Column("n", sa.Integer())',
            'sa.Index("i", "n", sa.text("email DESC"))',
            'sa.Index("j", sa.func.lower(sa.column("email")), postgresql_where=sa.text("n > 3"))',
            'sa.Column("k", sa.Integer(), index=True)',
        ),
        ("ec.AddColumn(", "ec.ReplaceIndex(", "ec.AddIndex(", "ec.DropIndex(", "op.contract("),
        ROWS + "CREATE INDEX i ON users (n); CREATE INDEX gone ON users (n);",
    ),
    "indexes with words of their own": Difference(
        "email varchar(50), n integer",
        users(
            EMAIL,
            'sa.Column("n", sa.Integer())',
            'sa.Index("i", sa.text("n"), "email", postgresql_ops={"email": "text_pattern_ops"})',
            'sa.Index("j", "n", postgresql_with={"fillfactor": 70})',
        ),
        (
            "ec.AddIndex(",
            "'email text_pattern_ops'",
            "# If this was interrupted: DROP INDEX CONCURRENTLY j, then upgrade again.",
            "with op.get_context().autocommit_block():",
            "op.create_index('j', 'users', ['n'], unique=False, ",
            "postgresql_concurrently=True)",
        ),
        ROWS,
    ),
    "tables": Difference(
        "email varchar(50)",
        HEAD
        + ORGS
        + '\nsa.Table("things", Base.metadata, sa.Column("t", sa.Text(), index=True))\n',
        ("op.create_table('things'", "ec.DropTable(", "op.contract("),
        ROWS,
    ),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_difference_is_written_in_phases_and_nothing_differs_after_any_of_them(
    connection: psycopg.Connection, databases: Databases, dsn: str, tmp_path: Path, name: str
) -> None:
    columns, models, writes, more = DIFFERENCES[name]
    connection.execute(START.format(columns=columns, more=more).encode())
    project = Generated(tmp_path, dsn)
    project.models(models)

    files = project.generate()

    text, at = "\n".join(files), 0
    for piece in writes:
        assert piece in text[at:], (piece, text)
    if len(files) > 1:
        assert all("ec_phase = " in one for one in files)
    assert "owner='shop'" in text
    assert "contract_by=datetime.date(" in text
    sys.modules.pop("models", None)  # the last project's, which has the same name
    project.carry_out_under_load(databases.server.dsn)
    project.carry_out()


NOT_IN_PHASES = {
    "identity": (
        'sa.Column("no", sa.Integer(), sa.Identity())',
        "# ec: an identity column rewrites",
    ),
    "generated": (
        'sa.Column("low", sa.Text(), sa.Computed("lower(email)", persisted=True))',
        "# ec: a stored generated column rewrites",
    ),
}


@pytest.mark.parametrize("name", NOT_IN_PHASES)
def test_what_no_change_stands_for_is_written_under_a_comment(
    connection: psycopg.Connection, dsn: str, tmp_path: Path, name: str
) -> None:
    column, comment = NOT_IN_PHASES[name]
    connection.execute(START.format(columns="email varchar(50)", more=ROWS).encode())
    project = Generated(tmp_path, dsn)
    project.models(users(EMAIL, column))

    [text] = project.generate()

    up, down = text.split("def downgrade")
    assert comment in up
    assert up.index(comment) < up.index("op.add_column('users'")
    assert "# ec:" not in down
    for words in (("upgrade", "head"), ("check",), ("downgrade", "base")):
        assert project.run("-m", "alembic", *words).returncode == 0


QUESTIONS = {
    "columns": (
        users('sa.Column("mail", sa.String(50))'),
        "users loses the column 'email' and gets the column 'mail', both varchar(50)",
    ),
    "tables": (users(EMAIL, name="people"), "the table 'users' goes and the table 'people' comes"),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_looks_like_a_rename_is_asked_about(
    connection: psycopg.Connection, dsn: str, tmp_path: Path, name: str
) -> None:
    models, question = QUESTIONS[name]
    connection.execute(START.format(columns="email varchar(50)", more="").encode())
    project = Generated(tmp_path, dsn)
    project.models(models)

    said = project.refused()

    assert question in said
    assert 'info={"renamed_from": ' in said or '"info": {"renamed_from": ' in said
    assert list((tmp_path / "migrations" / "versions").glob("*.py")) == []
