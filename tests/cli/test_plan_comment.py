"""The comment of a pull request: sizes and times where a database is named, and odd names in it."""

import os
import re
import subprocess
from pathlib import Path

import psycopg
import pytest

import expandcontract
from expandcontract.cli.plan_rates import Rates, measured
from expandcontract.cli.plan_weights import Weights, told_seconds
from expandcontract.postgres.session import PsycopgSession
from tests.conftest import Connect
from tests.lint.test_environments import environment
from tests.lint.test_revisions import Project
from tests.support.forking import forks


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    environment(project)
    project.revision("a", "op.create_table('t|`<b>', sa.Column('id', sa.BigInteger))")
    project.revision("b", "op.create_index('i', 't|`<b>', ['id'])\nop.execute('nonsense')")
    return project


def plan(project: Project, *words: str) -> subprocess.CompletedProcess[str]:
    return forks().run(["-m", "expandcontract", "plan", *words], project.folder, os.environ)


def test_sizes_and_times_stand_beside_what_takes_them(
    project: Project, dsn: str, connection: psycopg.Connection
) -> None:
    connection.execute(
        'CREATE TABLE "t|`<b>" AS SELECT x::bigint AS id FROM generate_series(1, 5000) x'
    )
    connection.execute('ANALYZE "t|`<b>"')

    done = plan(project, "b", "--format", "markdown", "--dsn", dsn)

    assert done.returncode == 0, done.stderr
    assert "| line or step | statement | locks | does | size | expected |" in done.stdout
    assert re.search(r"\| 5,000 rows, \d+ kB \| under 1 s \|", done.stdout)
    assert "SHARE on t&#124;&#96;&lt;b>" in done.stdout
    assert "| 11 | <code>nonsense</code> | not known |" in done.stdout
    assert "### `a`" not in done.stdout
    assert "200 MB/s where a table is read, assumed: none is large enough" in done.stdout


def test_the_rate_is_that_of_this_server_and_its_basis_is_told(
    connect: Connect, connection: psycopg.Connection
) -> None:
    connection.execute('CREATE TABLE "a %s b" AS SELECT 1 AS a')
    fixed = PsycopgSession(connection, owned=False)
    assert measured(fixed) == Rates()
    connection.execute(b"""INSERT INTO "a %s b" SELECT x FROM generate_series(1, 300000) x""")
    connection.execute('ANALYZE "a %s b"')

    rates = measured(fixed)

    assert rates.read > 0
    assert rates.basis.endswith(" MB of public.a %s b")
    # Who has locked the table is not waited for.
    locker = connect(autocommit=False)
    locker.execute('LOCK TABLE "a %s b" IN ACCESS EXCLUSIVE MODE')
    assert measured(fixed) == Rates()


def test_a_table_that_is_older_than_the_revisions_is_known_from_the_database(
    tmp_path: Path, dsn: str, connection: psycopg.Connection
) -> None:
    connection.execute("CREATE TABLE ev (id int PRIMARY KEY, note text)")
    project = Project(tmp_path)
    environment(project)
    change = "ec.SetNotNull(table='ev', column='note', name='kept')"
    for name, phase in (("a", "expand"), ("b", "switch")):
        project.revision(name, f"import expandcontract as ec\nop.{phase}({change})")

    unknown = plan(project, "--format", "markdown").stdout
    told = plan(project, "--format", "markdown", "--dsn", dsn).stdout

    assert "No plan: no earlier revision makes the table ev; --dsn names a database" in unknown
    assert "No plan: none could be made where it is expanded" in unknown
    assert "No plan" not in told
    assert 'ALTER TABLE "public"."ev"' in told
    expandcontract.apply(
        dsn,
        expandcontract.SetNotNull(table="ev", column="note", name="kept"),
        expandcontract.Phase.EXPAND,
    )
    assert plan(project, "--format", "markdown", "--dsn", dsn).stdout == told


def test_what_is_neither_a_change_nor_a_revision_says_so(project: Project, dsn: str) -> None:
    done = plan(project, "r99", "--dsn", dsn)

    assert done.returncode == 2
    assert "r99 is neither a change nor a revision: there is no change 'r99'" in done.stderr
    assert "Can't locate revision" in plan(project, "r99", "--format", "markdown").stderr


def test_a_hundred_gigabytes_take_hours_and_a_page_takes_none() -> None:
    weights = Weights({"public.big": (10**9, 10**11), "public.small": (1, 8192)})

    assert weights.of(["big"], written=["big"]) == ("1,000,000,000 rows, 100.0 GB", "about 33 min")
    assert weights.of(["small"], read=["small"]) == ("1 rows, 8 kB", "under 1 s")
    assert weights.of(["nobody"]) == ("0 rows, 0 kB", "at once")
    assert told_seconds(8 * 3600) == "about 8 h"
