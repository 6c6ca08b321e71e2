"""Says when code touches a column that contract is about to drop.

A release that is meant to be the last one before contract shows here, in its tests or in
production, what of it would fail afterwards. Statements are parsed, once each, and only those that
hold the column's name at all; a `*` may touch everything, and is not counted.
"""

import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import Connection, Engine, event

from expandcontract.errors import RetiredColumnError
from expandcontract.model.names import TableName
from expandcontract.orm import known
from expandcontract.orm.switches import Switches

Retired = Literal["warn", "error", "ignore"]


class RetiredColumnWarning(UserWarning):
    """Code touches a column that contract will drop."""


class Guard:
    """Looks at the statements of one engine."""

    def __init__(self, engine: Engine, follows: Switches, action: Retired) -> None:
        self._follows, self._action = follows, action
        self._columns: tuple[tuple[str, str, str, str], ...] = ()
        if action != "ignore":
            event.listen(engine, "before_cursor_execute", self._look)

    def stop(self, engine: Engine) -> None:
        """Look no more."""
        if self._action != "ignore":
            event.remove(engine, "before_cursor_execute", self._look)

    def renew(self) -> None:
        """Take over which columns are retired now.

        A switched attribute of this process has to write both, and may.
        """
        mapped = {
            f"{column.table.name}.{column.name}"
            for attribute in known.attributes()
            if attribute.follows is self._follows and attribute.is_mapped
            for column in [attribute.column(attribute.owner, attribute.sides.old)]
        }
        self._columns = tuple(
            (one.name, *parts)
            for one in self._follows.everything()
            if one.state in {"switch", "contract"}
            for retired in one.retires
            for parts in _readings(retired)
            if f"{parts[1]}.{parts[2]}" not in mapped
        )

    def _look(
        self,
        _connection: Connection,
        _cursor: object,
        sql: str,
        _params: object,
        _context: object,
        _many: bool,  # noqa: FBT001  # as SQLAlchemy calls it
    ) -> None:
        for change, schema, table, column in self._columns:
            if column in sql and touches(sql, schema, table, column):
                error = RetiredColumnError(change, f"{schema}.{table}.{column}", sql)
                if self._action == "error":
                    raise error
                warnings.warn(str(error), RetiredColumnWarning, stacklevel=2)


def _readings(retired: str) -> Iterator[tuple[str, str, str]]:
    """Schema, table and column of `public.users.email`; names with dots can be read in many ways.

    >>> list(_readings("public.users.email")), len(list(_readings("public.a.b.c")))
    ([('public', 'users', 'email')], 3)
    """
    parts = retired.split(".")
    for first in range(1, len(parts) - 1):
        for second in range(first + 1, len(parts)):
            schema, table = ".".join(parts[:first]), ".".join(parts[first:second])
            yield schema, table, ".".join(parts[second:])


@lru_cache(maxsize=2048)
def touches(sql: str, schema: str, table: str, column: str) -> bool:
    """Whether a statement names a column of a table; what cannot be read may.

    >>> touches('SELECT u.email FROM users u', "public", "users", "email")
    True
    >>> touches('SELECT o.email FROM users u, orders o', "public", "users", "email")
    False
    """
    from sqlglot import exp  # noqa: PLC0415  # long to import, and needed by few processes
    from sqlglot.errors import SqlglotError  # noqa: PLC0415

    from expandcontract.lint.trees import trees  # noqa: PLC0415

    try:
        found = trees(sql)
    except (SqlglotError, RecursionError):
        return table in sql
    for tree in found:
        if tree is None or isinstance(tree, exp.Command):
            if table in sql:
                return True
            continue
        wanted = TableName(table, schema)
        aliases = set(_aliases(tree.find_all(exp.Table), wanted))
        if aliases and _named(tree, aliases, column):
            return True
    return False


def _aliases(tables: Iterator[Any], wanted: TableName) -> Iterator[str]:
    """By what names a statement knows the table."""
    for table in tables:
        if table.name == wanted.name and table.db in {"", wanted.schema}:
            yield table.alias_or_name


def _named(tree: Any, aliases: set[str], column: str) -> bool:  # noqa: ANN401
    from sqlglot import exp  # noqa: PLC0415

    for found in tree.find_all(exp.Column):
        if found.name == column and found.table in {"", *aliases}:
            return True
    return any(  # the columns of an INSERT
        part.name == column
        for listed in tree.find_all(exp.Schema)
        if listed.this.name in aliases or listed.this.alias_or_name in aliases
        for part in listed.expressions
    )
