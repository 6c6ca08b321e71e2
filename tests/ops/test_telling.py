"""The lines of an upgrade's log."""

from dataclasses import replace

import psycopg
import pytest

from expandcontract.changes.fill_column import FillColumn
from expandcontract.engine import adhoc
from expandcontract.ops.telling import Telling
from tests.support.walk import running

ROWS = 200


def test_the_last_line_of_a_backfill_counts_all_rows(
    dsn: str, connection: psycopg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    connection.execute("CREATE TABLE t (id int PRIMARY KEY, a int)")
    connection.execute(f"INSERT INTO t SELECT generate_series(1, {ROWS})".encode())

    with caplog.at_level("INFO", "alembic.expandcontract"), running(dsn) as runner:
        telling = replace(runner, tell=Telling(clock=lambda: 0.0))
        adhoc.carry_on(telling, adhoc.begin(telling, FillColumn(table="t", assignments=("a=id",))))

    lines = [line for line in caplog.messages if line.endswith(" rows")]
    assert lines[-1].endswith(f": {ROWS} rows")
    assert len(lines) == 1  # no count of the first chunk that reads as that of all
