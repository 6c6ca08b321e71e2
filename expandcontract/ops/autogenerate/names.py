"""What a rename takes along, and what SQLAlchemy would call it afterwards.

An index keeps its name when its column gets another one, and the models may derive its name from
the column. So it is renamed before the column is; nothing that runs looks at names of indexes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from alembic.operations import ops

from expandcontract.changes._sql import Sql
from expandcontract.changes.base import Change
from expandcontract.changes.raw_sql import RawSQL
from expandcontract.model.names import TableName, literal, quoted
from expandcontract.ops.autogenerate.models import spelled

Made = ops.CreateIndexOp | ops.CreateUniqueConstraintOp | ops.CreateForeignKeyOp
Gone = ops.DropIndexOp | ops.DropConstraintOp


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The columns of one table that get other names."""

    schema: str | None
    table: str
    renamed: dict[str, str] = field(default_factory=dict)

    def take(self, table: ops.ModifyTableOps, labels: dict[str, Any]) -> list[Change]:
        """Take out what goes along; the changes that give it its new name."""
        found: list[Change] = []
        for gone in [op for op in table.ops if isinstance(op, Gone)]:
            for made in [op for op in table.ops if isinstance(op, Made)]:
                if self._is_same(gone, made):
                    table.ops.remove(gone)
                    table.ops.remove(made)
                    found += self._named(gone, made, labels)
                    break
        return found

    def _is_same(self, gone: Gone, made: Made) -> bool:
        if gone._reverse is None:  # noqa: SLF001
            return False
        before = gone.reverse()
        if type(before) is not type(made) or not isinstance(before, Made):
            return False
        names = tuple(self.renamed.get(name, name) for name in _columns(before))
        return names == tuple(_columns(made))

    def _named(self, gone: Gone, made: Made, labels: dict[str, Any]) -> Iterator[Change]:
        is_index = isinstance(gone, ops.DropIndexOp)
        old = str(gone.index_name if isinstance(gone, ops.DropIndexOp) else gone.constraint_name)
        new = made.index_name if isinstance(made, ops.CreateIndexOp) else made.constraint_name
        if new is None or str(new) == old:
            return
        table = TableName(self.table, self.schema)
        yield RawSQL(
            name=f"{old}-to-{new}",
            on=(spelled(self.schema, self.table),),
            expand=(_renaming(table, old, str(new), is_index=is_index),),
            **labels,
        )


def _columns(op: Made) -> Iterator[str]:
    columns = op.local_cols if isinstance(op, ops.CreateForeignKeyOp) else op.columns
    yield from (str(getattr(column, "name", column)) for column in columns)


def _renaming(table: TableName, old: str, new: str, *, is_index: bool) -> Sql:
    def text(name: str, to: str) -> str:
        if is_index:
            return f"ALTER INDEX {TableName(name, table.schema)} RENAME TO {quoted(to)}"
        return f"ALTER TABLE {table} RENAME CONSTRAINT {quoted(name)} TO {quoted(to)}"

    def question(name: str) -> str:
        if is_index:
            return f"SELECT to_regclass({literal(str(TableName(name, table.schema)))}) IS NOT NULL"
        return (
            f"SELECT EXISTS (SELECT FROM pg_constraint WHERE conname = {literal(name)}"
            f" AND conrelid = to_regclass({literal(str(table))}))"
        )

    return Sql(
        text=text(old, new),
        done=question(new),
        revert=text(new, old),
        reverted=question(old),
        says=f"{old} is called {new}",
    )
