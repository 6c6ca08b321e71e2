"""`ec rehearse` as people call it."""

import json
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import Ec
from tests.lint.test_environments import environment
from tests.lint.test_revisions import Project
from tests.support.databases import Databases


@pytest.fixture
def project(
    tmp_path: Path, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> Project:
    connection.execute("CREATE TABLE t (id int PRIMARY KEY)")
    project = Project(tmp_path)
    environment(project)
    project.revision("r1", "op.execute('CREATE INDEX i ON t (id)')")
    monkeypatch.chdir(tmp_path)
    return project


@pytest.mark.usefixtures("project")
def test_a_page_for_people_and_a_document_for_programs(ec: Ec, databases: Databases) -> None:
    scratch = databases.server.dsn

    told = ec("rehearse", "--scratch", scratch)
    document = json.loads(ec("rehearse", "--scratch", scratch, "--json", "-q", "--rows", "0").out)

    assert told.code == 0, told.err
    assert "was read and not changed" in told.out
    assert "line 10: CREATE INDEX i ON t (id)" in told.out
    assert "SHARE on public.t; builds an index of public.t; scans public.t; took" in told.out
    [statement] = document["statements"]
    assert statement["seen"]["locks"] == [{"relation": "public.t", "mode": "SHARE"}]
    assert document["summary"] == {"statements": 1, "contradictions": 0, "good": True}
    assert document["target"]["heads"] == []


def test_without_a_project_it_says_where_to_go(
    ec: Ec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    outcome = ec("rehearse")

    assert outcome.code == 2
    assert "no Alembic project here: go to the folder of alembic.ini, or name" in outcome.err
    assert "name a file or a folder, or - for standard input" in ec("lint").err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("nowhere",), 2, "Can't locate revision identified by 'nowhere'"),
        (("--database", "two"), 2, "there is no database 'two'; say which with --database: "),
        (("--dsn", "postgresql://127.0.0.1:1/x"), 3, "Connection refused"),
        (("--scratch", "postgresql://127.0.0.1:1/x"), 2, "the scratch server cannot be used"),
    ],
)
def test_what_cannot_be_rehearsed_says_why(
    ec: Ec, words: tuple[str, ...], code: int, said: str
) -> None:
    outcome = ec("rehearse", *words)

    assert (outcome.code, said in outcome.err) == (code, True), outcome.err
