"""Reads statements with sqlglot, and says nothing on anybody's terminal about it."""

from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.parsers.postgres import PostgresParser


class _Quiet(PostgresParser):
    """What it cannot read becomes a Command all the same; who asked looks at that, not at a log."""

    def _warn_unsupported(self) -> None:
        """Warn nobody."""


def trees(sql: str) -> list[exp.Expr | None]:
    """The statements of a text; one that sqlglot does not know is a Command.

    >>> [type(tree).__name__ for tree in trees("SELECT 1; CALL p(1)")]
    ['Select', 'Command']
    """
    dialect = Postgres()
    return list(_Quiet(dialect=dialect).parse(dialect.tokenize(sql), sql))
