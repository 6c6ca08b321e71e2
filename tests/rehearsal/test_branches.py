"""Histories with several heads, merges, labels and dependencies are rehearsed like any other."""

from pathlib import Path

import psycopg
import pytest

from expandcontract.ops.capture import alembic_config
from expandcontract.rehearsal.errors import NotPendingError
from expandcontract.rehearsal.rehearse import Wish, rehearse
from expandcontract.rehearsal.seen import Rehearsal
from tests.lint.test_environments import environment
from tests.lint.test_revisions import Project
from tests.support.databases import Databases

VERSIONS = "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);"


class Branches(Project):
    """r1, then a and b beside each other, then their merge m; c, a base of its own, needs a."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        environment(self, "", ", transaction_per_migration=True")
        self.after(None, "r1", "op.execute('CREATE TABLE t (id int PRIMARY KEY)')")
        self.after("r1", "a", "op.execute('ALTER TABLE t ADD a int')", "branch_labels = ('left',)")
        self.after("r1", "b", "op.execute('ALTER TABLE t ADD b int')")
        self.after(("a", "b"), "m", "op.execute('ALTER TABLE t ADD m int')")
        needs = "branch_labels = ('side',)\ndepends_on = 'a'"
        self.after(None, "c", "op.execute('ALTER TABLE t ADD c int')", needs)

    def after(
        self, down: str | tuple[str, ...] | None, name: str, body: str, more: str = ""
    ) -> None:
        self.last = down  # type: ignore[assignment]  # as Alembic writes a merge
        path = self.revision(name, body)
        path.write_text(f"{path.read_text()}\n{more}\n")

    def at(self, connection: psycopg.Connection, *heads: str) -> None:
        columns = "".join(f", {name} int" for name in heads if name != "r1")
        connection.execute(f"CREATE TABLE t (id int PRIMARY KEY{columns}); {VERSIONS}".encode())
        for head in heads:
            connection.execute("INSERT INTO alembic_version VALUES (%s)", (head,))


@pytest.fixture
def branches(tmp_path: Path) -> Branches:
    return Branches(tmp_path)


def rehearsed(
    project: Project, databases: Databases, *revisions: str, target: str | None
) -> Rehearsal:
    wish = Wish(revisions=revisions, dsn=target, scratch=databases.server.dsn, rows=5)
    found = rehearse(alembic_config(project.folder), wish, lambda _text: None)
    assert found.failure is None
    return found


def ran(found: Rehearsal) -> list[str]:
    return [one.sql.rstrip(";").split()[-2] for one in found.ran]


@pytest.mark.parametrize(
    ("heads", "wanted", "expected"),
    [
        ("r1", "", "a b c m"),
        ("r1", "heads", "c m"),
        ("r1", "m", "m"),
        ("r1", "r1:m", "a b m"),
        ("r1", "left@a", "a"),
        ("r1", "side@head", "c"),
        ("r1", "a b", "a b"),
        ("r1", "m a", "a m"),
        ("a b", "", "c m"),
        ("b", "", "a c m"),
    ],
)
def test_what_is_pending_on_any_branch_is_rehearsed(
    branches: Branches, databases: Databases, heads: str, wanted: str, expected: str
) -> None:
    with databases.database() as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            branches.at(connection, *heads.split())

        found = rehearsed(branches, databases, *wanted.split(), target=dsn)

    assert sorted(ran(found)) == expected.split()
    assert found.is_good


@pytest.mark.parametrize(
    ("wanted", "start", "expected"),
    [("m", "a, b", ["m"]), ("side@head", "a", ["c"]), ("b", "r1", ["b"])],
)
def test_without_a_target_all_branches_below_make_the_schema(
    branches: Branches, databases: Databases, wanted: str, start: str, expected: list[str]
) -> None:
    found = rehearsed(branches, databases, wanted, target=None)

    assert found.schema_from == f"the revisions up to {start}"
    assert ran(found) == expected


def test_a_merge_that_is_done_is_not_pending(
    branches: Branches, databases: Databases, dsn: str, connection: psycopg.Connection
) -> None:
    branches.at(connection, "a", "b")
    connection.execute("DELETE FROM alembic_version; INSERT INTO alembic_version VALUES ('m')")
    connection.execute("ALTER TABLE t ADD m int")

    assert ran(rehearsed(branches, databases, target=dsn)) == ["c"]
    with pytest.raises(NotPendingError, match="a is not pending: the database is at m"):
        rehearsed(branches, databases, "a", target=dsn)
