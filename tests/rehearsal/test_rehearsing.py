"""What is pending is carried out on a copy of the target's schema, and every statement measured."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from expandcontract.model.lock import Lock
from expandcontract.ops.capture import alembic_config
from expandcontract.rehearsal.errors import (
    NotPendingError,
    SchemaNotCopiedError,
    SchemaNotReadError,
)
from expandcontract.rehearsal.rehearse import Wish, rehearse
from expandcontract.rehearsal.seen import Ran, Rehearsal
from expandcontract.rehearsal.target import dump_program, load, make_roles, schema_of
from tests.engine.test_privileges import Role, role
from tests.lint.test_environments import environment
from tests.lint.test_revisions import Project
from tests.support.databases import Databases

TABLE = 'public."Order %s ""x"""'
SCHEMA = f"""
CREATE TABLE {TABLE} (id bigint PRIMARY KEY, "select" text NOT NULL, mail varchar(40)
    CHECK (mail LIKE '%@%'));
CREATE TABLE child (id uuid PRIMARY KEY, parent bigint NOT NULL REFERENCES {TABLE}, n smallint);
CREATE INDEX child_n ON child (n);
CREATE FUNCTION hidden() RETURNS void LANGUAGE plpgsql AS $$
    BEGIN ALTER TABLE child ADD COLUMN hidden int; END $$;
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('r1');
"""
__all__ = ["role"]

NAME = """'Order %s "x"'"""


def quiet(_text: str) -> None:
    """Say nothing."""


@pytest.fixture
def project(tmp_path: Path, connection: psycopg.Connection) -> Project:
    connection.execute(SCHEMA.encode())
    project = Project(tmp_path)
    environment(project, "", ", transaction_per_migration=True")
    project.revision("r1", f"op.execute({SCHEMA.partition('CREATE TABLE alembic')[0]!r})")
    return project


Rehearse = Callable[..., Rehearsal]


@pytest.fixture
def rehearsed(project: Project, dsn: str, databases: Databases) -> Rehearse:
    def run(*revisions: str, target: str | None = dsn, load: bool = False) -> Rehearsal:
        wish = Wish(
            revisions=revisions,
            dsn=target,
            scratch=databases.server.dsn,
            rows=20,
            load=load,
            seconds=0.3,
        )
        return rehearse(alembic_config(project.folder), wish, quiet)

    return run


def of(found: Rehearsal, word: str) -> Ran:
    [one] = [ran for ran in found.ran if word in ran.sql]
    return one


def test_locks_rewrites_scans_and_builds_are_those_of_the_server(
    project: Project, rehearsed: Rehearse, connection: psycopg.Connection
) -> None:
    project.revision(
        "r2",
        f"""
op.create_table('new', sa.Column('id', sa.Integer))
op.add_column({NAME}, sa.Column('u', sa.Uuid, server_default=sa.text('gen_random_uuid()')))
op.create_index('i', 'child', ['n'])
op.alter_column('child', 'n', type_=sa.BigInteger)
with op.get_context().autocommit_block():
    op.create_index('j', {NAME}, ['select'], postgresql_concurrently=True)
    op.execute('DROP INDEX CONCURRENTLY child_n')
op.execute('SELECT hidden()')
""",
    )
    before = connection.execute("SELECT count(*), sum(oid::bigint) FROM pg_class").fetchall()

    found = rehearsed()

    order = 'public.Order %s "x"'
    assert of(found, "CREATE TABLE").seen.locks == {}
    volatile = of(found, "gen_random_uuid").seen
    assert (volatile.locks[order], volatile.rewrites) == (Lock.ACCESS_EXCLUSIVE, (order,))
    index = of(found, "CREATE INDEX i").seen
    assert (index.locks["public.child"], index.builds) == (Lock.SHARE, ("public.child",))
    assert of(found, "BIGINT").seen.rewrites == ("public.child",)
    for word, table in (("CREATE INDEX CONCURRENTLY", order), ("DROP INDEX", "public.child")):
        watched = of(found, word).seen
        assert not watched.exact
        assert watched.locks[table] is Lock.SHARE_UPDATE_EXCLUSIVE
    assert [ran.line for ran in found.ran] == [10, 11, 12, 13, 15, 16, 17]
    assert (found.notes, found.schema_from) == ([], "pg_dump of the target")
    # What a function does is out of the linter's sight: that is all it is contradicted in.
    assert (found.is_good, found.contradictions) == (False, 1)
    [difference] = of(found, "hidden").differences
    assert difference.text == "took ACCESS EXCLUSIVE on public.child, which lint did not say"
    after = connection.execute("SELECT count(*), sum(oid::bigint) FROM pg_class").fetchall()
    assert after == before
    rows = connection.execute("SELECT 1 FROM pg_database WHERE datname LIKE 'expandcontract_%'")
    assert rows.fetchall() == []


def test_what_fails_is_told_at_its_line_and_only_what_was_asked_for_is_shown(
    project: Project, rehearsed: Rehearse
) -> None:
    project.revision("r2", "op.add_column('child', sa.Column('a', sa.Text))")
    project.revision(
        "r3", "op.execute('SELECT 1')\nop.add_column('child', sa.Column('a', sa.Text))"
    )

    found = rehearsed("r3")

    assert found.failure is not None
    assert (found.failure.stage, found.failure.line) == ("r3", 11)
    assert "already exists" in found.failure.reason
    assert [(ran.stage.name, ran.line) for ran in found.ran] == [("r3", 10)]
    with pytest.raises(NotPendingError, match="r1 is not pending: the database is at r1"):
        rehearsed("r1")


def test_without_a_target_the_earlier_revisions_make_the_schema(
    project: Project, rehearsed: Rehearse
) -> None:
    project.revision("r2", "op.execute('ALTER TABLE child ALTER n SET NOT NULL')")

    found = rehearsed("r2", target=None)

    assert found.schema_from == "the revisions up to r1"
    assert of(found, "SET NOT NULL").seen.scans == ("public.child",)
    assert found.is_good


def test_a_release_that_a_plain_revision_breaks_is_counted(
    project: Project, rehearsed: Rehearse
) -> None:
    project.revision(
        "r2", "op.add_column('child', sa.Column('m', sa.Text))\nop.drop_column('child', 'n')"
    )

    found = rehearsed(load=True)

    assert (found.failure, found.contradictions, found.is_good) == (None, 0, False)
    old, new = found.load["old"], found.load["new"]
    assert any('column "n"' in error for error in old.errors)
    assert (new.failed, new.left_out, old.left_out) == (0, (), ())
    assert min(old.done, new.done) > 0


def test_an_error_of_ours_is_told_whole_and_by_the_name_that_the_reference_has(
    project: Project, rehearsed: Rehearse
) -> None:
    rename = "ec.RenameColumn(table='child', old='n', new='m')"
    project.revision("r2", f"import expandcontract as ec\nop.expand({rename})")
    again = "ec.DropColumn(table='child', column='n')"
    project.revision("r3", f"import expandcontract as ec\nop.expand({again})")

    failure = rehearsed().failure

    assert failure is not None
    assert failure.reason == (
        "ClaimedError: child.drop-n is not started, an unfinished change is in the way: "
        "public.child.n belongs to child.n-to-m; public.child.index child_n belongs to "
        "child.n-to-m; finish that change (ec status), or revert it"
    )


def test_who_may_not_read_a_table_is_told_which(
    project: Project, rehearsed: Rehearse, role: Role
) -> None:
    project.revision("r2", "op.execute('SELECT 1')")
    stranger = role("GRANT SELECT ON alembic_version TO {role};")

    with pytest.raises(SchemaNotReadError, match=r"permission denied for .*; rehearse as a role"):
        rehearsed(target=stranger)


def test_a_schema_that_the_scratch_server_cannot_have_says_so(
    connection: psycopg.Connection,
) -> None:
    with pytest.raises(SchemaNotCopiedError, match='type "nowhere" does not exist; name one'):
        load(connection, "CREATE TABLE t (a nowhere)")


def test_roles_of_the_target_are_made(connection: psycopg.Connection) -> None:
    make_roles(connection, ["postgres", 'ec "rehearsal"'])
    make_roles(connection, ['ec "rehearsal"'])

    connection.execute('DROP ROLE "ec ""rehearsal"""')


def test_a_target_may_have_another_encoding(
    connection: psycopg.Connection, databases: Databases
) -> None:
    connection.execute(
        "CREATE DATABASE ec_latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    )
    dsn = databases.server.dsn_of("ec_latin")
    major = databases.server.major
    program = dump_program(major, major)
    assert program is not None
    try:
        with psycopg.connect(dsn, autocommit=True) as latin:
            latin.execute('CREATE TABLE "caf\u00e9" (id int)')
        text = schema_of(program, dsn)
    finally:
        connection.execute("DROP DATABASE ec_latin WITH (FORCE)")

    load(connection, text)

    query = "SELECT to_regclass('\"caf\u00e9\"') IS NOT NULL"
    assert connection.execute(query).fetchall() == [(True,)]
