"""Whether the server takes an expression as one of the row: asked before anything is written."""

from expandcontract.errors import ExpressionRefusedError, ServerRefusedError
from expandcontract.model.backfill import Backfill
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.session import Session


def check_expressions(session: Session, backfill: Backfill | None) -> None:
    """Let the server plan the command that each chunk will be; it runs nothing of it.

    With a parameter the driver sends one command and no second: a text that closes its parenthesis
    and goes on is a syntax error.
    """
    if backfill is None:
        return
    lane = Lane(backfill)
    try:
        session.rows(
            f"EXPLAIN UPDATE {lane.table} SET {lane.assignments}"
            f" WHERE %(no)s::boolean AND ({lane.differs})",
            {"no": "false"},
        )
    except ServerRefusedError as error:
        if error.sqlstate[:2] not in {"42", "0A", "22", "2B"} or error.sqlstate == "42501":
            raise
        raise ExpressionRefusedError(
            backfill.table.plain, error.message, error.hint or ""
        ) from error
