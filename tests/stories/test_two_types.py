"""Two releases write while a column changes its type, or its name and its type, below them."""

from expandcontract.changes.change_type import ChangeType
from expandcontract.changes.split_column import SplitColumn
from expandcontract.model.phase import Phase
from tests.stories.application import SCHEMA, assert_agreed, released, work
from tests.support.walk import back, execute, forward

E, B, S, C = Phase
TYPE = "varchar(500)"


def test_a_column_changes_its_type_under_code_that_takes_both(dsn: str) -> None:
    execute(dsn, SCHEMA.format(old="email"))
    change = ChangeType(
        table="t", column="email", type=TYPE, up="email", down="mail", new_name="mail"
    )
    both = ("email", "mail")

    # A statement that the server has prepared cannot return another type.
    with released(dsn, "email", prepares=False) as tolerant:
        forward(dsn, change, E)
        work(tolerant)
        forward(dsn, change, B)
        with released(dsn, "mail") as early:
            work(tolerant, early)
            forward(dsn, change, S)
            work(tolerant, early)
            assert_agreed(dsn, both, tolerant, early)
            early.end()

        forward(dsn, change, C)
        work(tolerant)
        assert_agreed(dsn, ("email",), tolerant)

        back(dsn, change, C)
        assert_agreed(dsn, both, tolerant)
        work(tolerant)
        back(dsn, change, S, B, E)
        work(tolerant)
        assert_agreed(dsn, ("email",), tolerant)


def test_a_column_becomes_another_one_of_another_type(dsn: str) -> None:
    execute(dsn, SCHEMA.format(old="email"))
    change = SplitColumn(
        table="t",
        old="email",
        new={"mail": (TYPE, "email")},
        down="mail",
        leave=("index i", "constraint t_email_check"),
    )
    both = ("email", "mail")

    with released(dsn, "email") as first:
        forward(dsn, change, E, B)
        with released(dsn, "mail") as second:
            work(first, second)
            forward(dsn, change, S)
            work(first, second)
            assert_agreed(dsn, both, first, second)
            first.end()

            forward(dsn, change, C)
            work(second)
            assert_agreed(dsn, ("mail",), second)

            back(dsn, change, C)
            with released(dsn, "email") as again:
                work(second, again)
                back(dsn, change, S)
                work(second, again)
                assert_agreed(dsn, both, second, again)
