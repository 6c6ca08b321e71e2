"""What a query of yours answers."""

from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import Unit
from expandcontract.postgres.session import Session, transaction
from expandcontract.signals.base import Reader, Signal, Watch

TIMEOUT = "5s"
ANSWER = (
    "the query must answer one figure, or a boolean that is true while the backfill should hold"
)


def start(watch: Watch) -> Reader:
    """Ask it in a transaction that only reads and lasts five seconds at most."""

    def read(session: Session) -> list[Reading]:
        with transaction(session, transaction_read_only="on", statement_timeout=TIMEOUT):
            rows = session.rows(watch.source)
        if len(rows) != 1 or len(rows[0]) != 1:
            return [watch.unknown(f"{len(rows)} rows came; {ANSWER}")]
        answer = rows[0][0]
        if isinstance(answer, bool):
            return [watch.reading(watch.limit if answer else 0.0, note="the query says so")]
        try:
            return [watch.reading(float(answer))]
        except (TypeError, ValueError):
            return [watch.unknown(f"{answer!r} came; {ANSWER}")]

    return read


SIGNAL = Signal(
    name="query",
    unit=Unit.COUNT,
    default=None,
    summary="what a query of yours answers (`--signal name='SELECT …'`)",
    needs="what the query needs",
    has_source=True,
    start=start,
)
