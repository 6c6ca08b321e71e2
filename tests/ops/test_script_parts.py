"""A script meets a partition that it does not know: it says what to run, and then goes on."""

from pathlib import Path

import psycopg
import pytest

import expandcontract as ec
from expandcontract.changes.base import Change
from expandcontract.model.phase import Phase
from expandcontract.ops.script.editions import Editions
from expandcontract.ops.script.phases import carried_out, taken_back
from expandcontract.pacing.retry import Patience
from expandcontract.postgres.installation import install
from tests.ops.project import Project, psql, tried_psql
from tests.support.walk import execute, forward, plan, running

TABLE = "CREATE TABLE t (id int PRIMARY KEY, a text) PARTITION BY RANGE (id);"
SETUP = f"""
    {TABLE}
    CREATE TABLE t_few PARTITION OF t FOR VALUES FROM (0) TO (10);
    INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 9) AS g;
"""
LATE = 'CREATE TABLE "t %s" PARTITION OF t FOR VALUES FROM (10) TO (20);'
VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('named')"
INDEX = ec.AddIndex(table="t", columns=("a",), index_name="named", where="a <> '%'")
UNIQUE = ec.AddUnique(table="t", columns=("id", "a"), constraint="named")
DROPPED = ec.DropConstraint(table="t", constraint="named")


def valid(dsn: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(VALID).fetchall()


def finished(dsn: str, script: str) -> None:
    """Run it, then what it asks for, then it again."""
    first = tried_psql(dsn, script)
    assert "there is a partition that the script does not know" in first.stderr
    hint = next(line for line in first.stderr.splitlines() if line.startswith("HINT"))
    psql(dsn, hint.partition("the script again: ")[2] + ";")
    assert valid(dsn) == [(False,)]
    psql(dsn, script)
    assert valid(dsn) == [(True,)]


@pytest.mark.parametrize("change", [INDEX, UNIQUE], ids=lambda change: change.kind)
def test_a_partition_that_came_after_the_script_was_written(dsn: str, change: Change) -> None:
    execute(dsn, SETUP)
    with running(dsn) as runner:
        install(runner.session)
    made = plan(dsn, change)
    execute(dsn, LATE)
    script = "\n\n".join(
        carried_out(change, Editions(before=made, since=made), Phase.EXPAND, Patience())
    )

    finished(dsn, script)


def test_a_partition_that_came_before_a_constraint_comes_back(dsn: str) -> None:
    execute(dsn, TABLE, "ALTER TABLE t ADD CONSTRAINT named UNIQUE (id, a)")
    made = plan(dsn, DROPPED)
    editions = Editions(before=made, since=made)
    forward(dsn, DROPPED, Phase.EXPAND)
    execute(dsn, LATE)

    finished(dsn, "\n\n".join(taken_back(DROPPED, editions, Phase.EXPAND, Patience())))


def test_the_partitions_are_known_behind_another_change(tmp_path: Path) -> None:
    project = Project(tmp_path / "project", "postgresql://nobody@nowhere.invalid:1/none")
    project.drop_revisions_after("r1")
    events = "CREATE TABLE events (id int, day date, payload text) PARTITION BY RANGE (day)"
    bounds = "FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"
    made = (events, f"CREATE TABLE events_2025 PARTITION OF events {bounds}")
    project.write_revision("r2", "r1", "\n    ".join(f'op.execute("{sql}")' for sql in made))
    project.write_revision("r3", "r2", "op.expand(EMAIL); op.backfill(EMAIL)")
    change = "ec.AddIndex(table='events', columns=('payload',), index_name='evx')"
    project.write_revision("r4", "r3", f"op.expand({change})")

    script = project.script("upgrade", "r3:r4")

    assert "-- index events_2025_evx: the index events_2025_evx on public.events_2025" in script
