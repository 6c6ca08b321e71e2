"""Two releases of an application write while a column is renamed below them."""

import pytest

from expandcontract.changes.rename_column import RenameColumn
from expandcontract.model.phase import Phase
from tests.stories.application import SCHEMA, assert_agreed, released, work
from tests.support.walk import back, execute, forward

E, B, S, C = Phase


@pytest.mark.parametrize(("old", "new"), [("email", "email_address"), ("z", "a")])
def test_no_request_fails_and_no_write_is_lost_forwards_and_backwards(
    dsn: str, old: str, new: str
) -> None:
    execute(dsn, SCHEMA.format(old=old))
    change = RenameColumn(table="t", old=old, new=new)
    both = (old, new)

    with released(dsn, old) as first:
        work(first)
        forward(dsn, change, E)
        work(first)
        forward(dsn, change, B)
        assert_agreed(dsn, both, first)
        with released(dsn, new) as second:
            work(first, second)
            assert_agreed(dsn, both, first, second)
            forward(dsn, change, S)
            work(first, second)
            assert_agreed(dsn, both, first, second)
            first.end()

            forward(dsn, change, C)
            work(second)
            assert_agreed(dsn, (new,), second)

            back(dsn, change, C)
            assert_agreed(dsn, both, second)
            with released(dsn, old) as again:
                work(second, again)
                back(dsn, change, S)
                work(second, again)
                assert_agreed(dsn, both, second, again)
                second.end()
                back(dsn, change, B, E)
                work(again)
                assert_agreed(dsn, (old,), again)
