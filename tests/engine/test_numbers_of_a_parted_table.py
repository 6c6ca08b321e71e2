"""Numbers of an identity column while its table gets partitions, and on the way back."""

import threading
import time

import psycopg
import pytest

from expandcontract.changes.partition_table import PartitionTable
from expandcontract.model.phase import Phase
from tests.support.walk import back, execute, forward, plan

E, B, S, _ = Phase
PARTS = ("p0 FOR VALUES IN (0)", "rest DEFAULT")
CHANGE = PartitionTable(table="t", method="list", columns=("kind",), partitions=PARTS)
KEYED = """
    CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, kind int NOT NULL, PRIMARY KEY (id, kind));
    INSERT INTO t (kind) SELECT g % 2 FROM generate_series(1, 10) AS g;
"""
ASIDE = """
    CREATE TABLE t (k text, kind int, n int GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (k, kind));
    INSERT INTO t (k, kind) SELECT g, g % 2 FROM generate_series(1, 10) AS g;
"""
WAITING = """
    SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE %s
    AND datname = current_database()
"""
NUMBER = "SELECT nextval('t_id_seq')"
INSERT = "INSERT INTO t (kind) VALUES (1) RETURNING id"


def ask(dsn: str, sql: str, answers: list[object]) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        try:
            answers.append(connection.execute(sql.encode()).fetchall()[0][0])
        except psycopg.Error as error:
            answers.append(error)


def await_waiting(dsn: str, sql: str, many: int = 1) -> None:
    """Until so many sessions wait for a lock with a statement that begins so."""
    until = time.monotonic() + 30
    with psycopg.connect(dsn, autocommit=True) as connection:
        while connection.execute(WAITING, (f"{sql}%",)).fetchone() != (many,):
            assert time.monotonic() < until
            time.sleep(0.01)


@pytest.mark.parametrize("is_back", [False, True])
def test_who_waits_for_a_number_by_name_gets_one_that_nobody_else_gets(
    dsn: str, *, is_back: bool
) -> None:
    execute(dsn, KEYED)
    [swap] = [step for step in plan(dsn, CHANGE).steps if step.name == "swap"]
    forward(dsn, CHANGE, E, B, *([S] if is_back else []))
    answers: list[object] = []
    asks = [threading.Thread(target=ask, args=(dsn, NUMBER, answers)) for _ in range(3)]
    with psycopg.connect(dsn) as connection:
        for statement in swap.revert if is_back else swap.statements:
            connection.execute(statement.sql.encode())
        for one in asks:
            one.start()
        await_waiting(dsn, NUMBER, 3)
    for one in asks:
        one.join(30)
    ask(dsn, INSERT, answers)
    taken = {answer for answer in answers if isinstance(answer, int) and answer > 10}
    assert len(taken) == 4, answers


def test_a_number_off_the_key_follows_whatever_is_written(dsn: str) -> None:
    execute(dsn, ASIDE)
    write = "UPDATE t SET kind = 3 WHERE k = '{0}'; INSERT INTO t (k, kind) VALUES ('x{0}', 0)"
    forward(dsn, CHANGE, E, B)
    execute(dsn, write.format(1))
    forward(dsn, CHANGE, S)
    execute(dsn, write.format(2))
    back(dsn, CHANGE, S)
    execute(dsn, write.format(3))
    with psycopg.connect(dsn) as connection:
        numbers = connection.execute("SELECT n FROM t").fetchall()
        with pytest.raises(psycopg.errors.GeneratedAlways):
            connection.execute("INSERT INTO t VALUES ('y', 1, 5)")
    assert len(set(numbers)) == 13
    forward(dsn, CHANGE, S, Phase.CONTRACT)
    execute(dsn, write.format(4))
    with psycopg.connect(dsn) as connection, pytest.raises(psycopg.errors.GeneratedAlways):
        connection.execute("INSERT INTO t VALUES ('y', 1, 5)")
