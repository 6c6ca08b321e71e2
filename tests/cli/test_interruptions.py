"""An interruption is told as one, whatever became of the connection that it found waiting."""

from expandcontract.cli.exits import Exit
from expandcontract.cli.failures import told
from expandcontract.errors import ConnectionLostError


def lost_after(first: BaseException) -> ConnectionLostError:
    """As when a ROLLBACK finds the connection of an interrupted statement closed."""
    lost = ConnectionLostError("the connection is closed")
    lost.__context__ = first
    return lost


def test_an_interruption_that_closed_the_connection_is_a_stop() -> None:
    failure = told(lost_after(KeyboardInterrupt()), ["demo"])

    assert failure.exit_code == Exit.STOPPED
    assert "to go on: ec demo" in failure.message


def test_a_connection_that_was_lost_otherwise_is_not() -> None:
    failure = told(lost_after(ValueError()), ["demo"])

    assert failure.exit_code == Exit.DATABASE
    assert "the connection is closed" in failure.message
