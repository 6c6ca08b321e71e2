"""Sentences about a database that many tests end with."""

import psycopg

from tests.support.fingerprint import Fingerprint, difference, fingerprint

_HAS_LEDGER = "SELECT to_regclass('expandcontract.changes') IS NOT NULL"
_STARTED = """
    SELECT c.name FROM expandcontract.changes c
    WHERE c.reached <> 'planned' OR EXISTS (
        SELECT FROM expandcontract.claims l WHERE l.change_id = c.id)
"""


def assert_schema(expected: Fingerprint, dsn: str, *, but: tuple[str, ...] = ()) -> None:
    """Nothing in the schema is missing, too much, or other than it was, `but` some places."""
    found = fingerprint(dsn)
    assert set(but) <= expected.keys() & found.keys()
    left = [{k: v for k, v in one.items() if k not in but} for one in (expected, found)]
    wrong = difference(*left)
    assert not wrong, "\n".join(wrong)


def assert_nothing_started(dsn: str) -> None:
    """No change has come anywhere, or keeps another one from a column."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        if connection.execute(_HAS_LEDGER).fetchall() == [(True,)]:
            assert connection.execute(_STARTED).fetchall() == []
    connection.close()
