"""`ec new`: the files of a change, and what is said of words that are wrong."""

from pathlib import Path

import psycopg
import pytest

import expandcontract
from expandcontract.changes.base import Change
from expandcontract.changes.registry import kinds
from expandcontract.cli.new_fields import made
from tests.cli.conftest import Ec
from tests.cli.writing_kinds import CASES, NOT_WRITTEN, carry_on
from tests.ops.generating import Generated

MODELS = """
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


sa.Table(
    "users",
    Base.metadata,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("email", sa.Text(), nullable=False),
)
"""


@pytest.fixture
def project(tmp_path: Path, dsn: str, monkeypatch: pytest.MonkeyPatch) -> Generated:
    found = Generated(tmp_path, dsn)
    found.models(MODELS)
    monkeypatch.chdir(tmp_path)
    return found


def test_the_files_of_a_change_are_written_and_carried_out(
    connection: psycopg.Connection, ec: Ec, project: Generated
) -> None:
    connection.execute("CREATE TABLE users (id serial PRIMARY KEY, email text)")
    connection.execute("INSERT INTO users (email) VALUES (NULL)")
    words = ("--table", "users", "--column=email", "--fill", "'it''s'", "--owner", "shop")

    outcome = ec("new", "set-not-null", *words, "--contract-by", "2026-12-24", "-m", "email")

    assert outcome.code == 0, outcome.err
    paths = [Path(line.strip()) for line in outcome.out.splitlines()[1:]]
    assert [path.stem.partition("_")[2] for path in paths] == [
        "email_expand",
        "email_switch",
        "email_contract",
    ]
    text = paths[1].read_text("utf-8")
    assert 'ec_phase = "switch"' in text
    assert "op.backfill(CHANGE)\n    op.switch(CHANGE)" in text
    assert "op.revert_switch(CHANGE)\n    op.revert_backfill(CHANGE)" in text
    project.carry_out()


def test_every_kind_is_among_the_cases() -> None:
    assert CASES.keys() | NOT_WRITTEN.keys() == kinds().keys()
    assert not CASES.keys() & NOT_WRITTEN.keys()


@pytest.mark.parametrize(
    ("kind", "at_head"),
    [("add_check", "closed"), ("drop_column", "expanded"), ("rename_column", "switched")],
)
def test_a_kind_is_carried_on_as_its_status_advises(
    kind: str, at_head: str, connection: psycopg.Connection, ec: Ec, project: Generated
) -> None:
    """The others are in tests/thorough."""
    carry_on(CASES[kind], connection, ec, project, at_head=at_head)


def test_a_change_is_written_once(
    connection: psycopg.Connection, ec: Ec, project: Generated
) -> None:
    connection.execute("CREATE TABLE users (id serial PRIMARY KEY, email text)")
    words = ("new", "rename-column", "--table=users", "--old=email", "--new=mail")
    versions = project.folder / "migrations" / "versions"
    assert ec(*words).code == 0
    written = sorted(versions.glob("*.py"))

    again = ec(*words, "-m", "once more")

    assert again.code == 2
    assert "users.email-to-mail is written already" in again.err
    assert all(str(path) in again.err for path in written)
    assert sorted(versions.glob("*.py")) == written
    assert ec(*words, "--name=other").code == 0


def test_a_change_that_is_refused_is_not_written(
    connection: psycopg.Connection, ec: Ec, project: Generated
) -> None:
    connection.execute("CREATE TABLE users (id serial PRIMARY KEY)")

    outcome = ec("new", "add-column", "--table", "users", "--column", "age integer not null")

    assert outcome.code == 2
    assert "age is NOT NULL and has no value for rows that exist" in outcome.err
    assert list((project.folder / "migrations" / "versions").glob("*.py")) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ad-column",), "there is no kind 'ad-column'; did you mean add-column?"),
        (("add-check", "--tabel", "t"), "'--tabel' is no field of it; did you mean --table?"),
        (("add-check", "--table"), "--table needs a value"),
        (("add-check", "--table", "t"), "add-check needs --condition"),
        (("add-check", "--table", "t", "--condition", "a > 0"), "add-check needs --constraint: "),
        (("drop-column", "--table", "t"), "drop-column needs --column"),
        (("add-column", "--table", "t", "--column", "age"), "write a name and a type"),
        (("drop-table", "--table", "t", "--contract-by", "soon"), "'soon': Invalid isoformat"),
        (("raw-sql", "--name", "n", "--expand", "X"), "--expand 'X' needs --expand-done"),
        (("raw-sql", "--name", "n", "--expand-done", "X"), "belongs behind the --expand"),
        (("raw-sql", "--name", "n", "--expand", "@/nowhere"), "@/nowhere: "),
        (
            ("raw-sql", "--name=n", "--expand=X", "--expand-done=Y", "--expand-transactional=no"),
            "'no': true or false",
        ),
    ],
    ids=str,
)
def test_wrong_words_are_told_with_the_nearest_ones(
    ec: Ec, words: tuple[str, ...], said: str
) -> None:
    outcome = ec("new", *words)

    assert outcome.code == 2
    assert said in outcome.err


@pytest.mark.parametrize(
    ("words", "change"),
    [
        (
            [
                "add-index",
                "--table=t",
                "--columns=a",
                "--columns",
                "b",
                "--unique",
                "--where",
                "a > 0",
            ],
            expandcontract.AddIndex(table="t", columns=("a", "b"), unique=True, where="a > 0"),
        ),
        (
            ["AddColumn", "--table", "t", "--column", "n numeric(10, 2) NOT NULL default 0"],
            expandcontract.AddColumn(
                table="t",
                column=expandcontract.NewColumn(
                    name="n", type="numeric(10, 2)", nullable=False, default="0"
                ),
            ),
        ),
        (
            ["add-column", "--table=t", "--column", "\"my col\" text Default 'not null' NOT  NULL"],
            expandcontract.AddColumn(
                table="t",
                column=expandcontract.NewColumn(
                    name="my col", type="text", nullable=False, default="'not null'"
                ),
            ),
        ),
        (
            [
                *("raw-sql", "--name", "users.fuzzy", "--on", "users"),
                *("--expand", "CREATE EXTENSION pg_trgm", "--expand-done", "SELECT true"),
                *("--expand-revert", "DROP EXTENSION pg_trgm"),
                *("--expand", "CREATE INDEX CONCURRENTLY i ON users (a)"),
                *("--expand-done=SELECT 1 = 1", "--expand-transactional", "false"),
                *("--contract", "DROP VIEW v", "--contract-done", "SELECT false"),
            ],
            expandcontract.RawSQL(
                name="users.fuzzy",
                on=("users",),
                expand=(
                    expandcontract.Sql(
                        text="CREATE EXTENSION pg_trgm",
                        done="SELECT true",
                        revert="DROP EXTENSION pg_trgm",
                    ),
                    expandcontract.Sql(
                        text="CREATE INDEX CONCURRENTLY i ON users (a)",
                        done="SELECT 1 = 1",
                        transactional=False,
                    ),
                ),
                contract=(expandcontract.Sql(text="DROP VIEW v", done="SELECT false"),),
            ),
        ),
    ],
    ids=["index", "column", "quoted", "sql"],
)
def test_fields_are_read_as_their_kind_wants_them(words: list[str], change: Change) -> None:
    assert made(words[0], tuple(words[1:])) == change
