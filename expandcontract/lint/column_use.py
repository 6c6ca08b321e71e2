"""Whether a statement, as statistics keep it, uses a column of a table."""

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

from sqlglot import exp
from sqlglot.errors import SqlglotError

from expandcontract.lint.trees import trees
from expandcontract.model.names import TableName

PARAMETER = re.compile(r"\$\d+")
WORD = re.compile(r"\w+")
COPIES = re.compile(r"\s*CREATE\s+(\w+\s+)?(TABLE|MATERIALIZED\s+VIEW)\s", re.IGNORECASE)

HARMLESS = """
    alter analyze begin checkpoint close cluster comment commit create deallocate discard drop grant
    lock reindex reset revoke rollback savepoint set show truncate vacuum
"""
"""Commands of those who run a database: they are not what an application asks."""


class Use(StrEnum):
    """How sure it is."""

    NO = "does not use"
    MAY = "may use"
    NAMES = "names"


@lru_cache(maxsize=4096)
def use_of(sql: str, table: TableName, column: str) -> Use:
    """Whether a statement uses a column; `*` may, and so may what cannot be read.

    >>> use_of("SELECT u.email FROM users u", TableName("users"), "email").value
    'names'
    >>> use_of("SELECT * FROM users WHERE id = $1", TableName("users"), "email").value
    'may use'
    >>> use_of("SELECT o.email FROM users u, orders o", TableName("users"), "email").value
    'does not use'
    """
    first = WORD.search(sql)
    if first is not None and first[0].lower() in HARMLESS.split() and not COPIES.match(sql):
        return Use.NO
    try:
        # A parameter before a comma looks like a quoted text to the reader.
        found = trees(PARAMETER.sub("':p'", sql))
    except (SqlglotError, RecursionError):
        return _words(sql, table, column)
    uses = [
        _words(sql, table, column)
        if isinstance(tree, exp.Command)
        else _Statement(tree, table, column).use()
        for tree in found
        if tree is not None
    ]
    return max(uses, key=list(Use).index, default=Use.NO)


def _words(sql: str, table: TableName, column: str) -> Use:
    """What can be said of a text that cannot be read."""
    text = sql.lower()
    mentions = table.name.lower() in text and (column.lower() in text or "*" in text)
    return Use.MAY if mentions else Use.NO


class _Statement:
    """One statement that was read."""

    def __init__(self, tree: exp.Expr, table: TableName, column: str) -> None:
        self.tree, self.table, self.column = tree, table, column
        tables = list(tree.find_all(exp.Table))
        self.ours = [one for one in tables if self._is_ours(one)]
        self.is_alone = len(self.ours) == len(tables)
        self.names = {_alias(one) for one in self.ours}

    def use(self) -> Use:
        """The surest use of all."""
        if not self.ours:
            return Use.NO
        uses = [*self._columns(), *self._listed(), *self._stars()]
        return max(uses, key=list(Use).index, default=Use.NO)

    def _is_ours(self, table: exp.Table) -> bool:
        if not isinstance(table.this, exp.Identifier) or _spelled(table.this) != self.table.name:
            return False
        schema = table.args.get("db")
        return schema is None or _spelled(schema) == self.table.schema

    def _columns(self) -> Iterator[Use]:
        for found in self.tree.find_all(exp.Column):
            of = found.args.get("table")
            if isinstance(found.this, exp.Star):
                if of is not None and _spelled(of) in self.names:
                    yield Use.MAY
            elif of is None and _spelled(found.this) == self.column:
                yield Use.NAMES if self.is_alone else Use.MAY
            elif of is not None and _spelled(found.this) == self.column:
                if _spelled(of) in {*self.names, self.table.name}:
                    yield Use.NAMES
            elif of is None and _spelled(found.this) in self.names:
                yield Use.MAY  # the whole row

    def _listed(self) -> Iterator[Use]:
        """Column lists of INSERT and COPY, and of joins."""
        for listed in self.tree.find_all(exp.Schema):
            if isinstance(listed.this, exp.Table) and self._is_ours(listed.this):
                columns = {_spelled(one) for one in listed.expressions}
                yield Use.NAMES if self.column in columns else Use.NO
        for conflict in self.tree.find_all(exp.OnConflict):
            keys = conflict.args.get("conflict_keys") or ()
            if any(
                _spelled(one) == self.column for key in keys for one in key.find_all(exp.Identifier)
            ):
                yield Use.NAMES
        for join in self.tree.find_all(exp.Join):
            using = join.args.get("using") or ()
            if any(one.name == self.column for one in using) or join.args.get("method"):
                yield Use.MAY

    def _stars(self) -> Iterator[Use]:
        for star in self.tree.find_all(exp.Star):
            above = star.parent
            if isinstance(above, exp.Returning):
                yield Use.MAY
            if not isinstance(above, exp.Select) or isinstance(above.parent, exp.Exists):
                continue
            if any(self._is_ours(one) for one in above.find_all(exp.Table)):
                yield Use.MAY
        for whole in self.tree.find_all(exp.Insert, exp.Copy):
            if isinstance(whole.this, exp.Table) and self._is_ours(whole.this):
                yield Use.NO if whole.args.get("default") else Use.MAY


def _spelled(identifier: exp.Expr) -> str:
    """A name as the server knows it: without quotes it is in small letters."""
    quoted = isinstance(identifier, exp.Identifier) and identifier.args.get("quoted")
    return identifier.name if quoted else identifier.name.lower()


def _alias(table: exp.Table) -> str:
    alias = table.args.get("alias")
    named = alias.this if alias is not None and alias.this is not None else table.this
    return _spelled(named)
