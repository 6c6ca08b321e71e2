"""What a run would ask all the while, looked at before its first row.

A standby whose address cannot be read, or a query that is no SQL, will not answer later either:
to hold for it would be to hold for ever.
"""

from expandcontract.engine.limits import Source
from expandcontract.engine.runner import Runner
from expandcontract.errors import ServerRefusedError, SourceNotReadError
from expandcontract.postgres.opening import libpq_dsn
from expandcontract.postgres.session import Session, transaction
from expandcontract.postgres.standby_view import is_address, named
from expandcontract.signals.query import TIMEOUT

NO_SQL = "42601"


def refuse_what_cannot_be_asked(runner: Runner) -> None:
    """Raise for what no wait will mend; what is only out of reach is left to hold."""
    for standby in filter(is_address, runner.standbys):
        named(libpq_dsn(standby))
    for source in runner.sources:
        if not source.signal.is_elsewhere and runner.limits.get(source.name) is not None:
            _try(runner.session, source)


def _try(session: Session, source: Source) -> None:
    """Ask it once, as it will be asked; the answer is of no interest yet."""
    try:
        with transaction(session, transaction_read_only="on", statement_timeout=TIMEOUT):
            session.rows(source.text)
    except ServerRefusedError as error:
        if error.sqlstate == NO_SQL:
            given = f"{source.name}={source.text}"
            raise SourceNotReadError(given, f"it is no SQL ({error.message})") from error
