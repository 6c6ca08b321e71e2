"""What a dropped column takes along: its indexes and constraints are no operations of their own."""

from alembic.operations import ops

Where = tuple[str | None, str, str]
"""Schema, table and column."""


def what_goes_along(found: ops.UpgradeOps) -> dict[Where, tuple[str, ...]]:
    """Take the drops out that a column's own makes; the names of those with other columns too."""
    also: dict[Where, tuple[str, ...]] = {}
    for table in found.ops:
        if not isinstance(table, ops.ModifyTableOps):
            continue
        gone = {op.column_name for op in table.ops if isinstance(op, ops.DropColumnOp)}
        for op in list(table.ops):
            columns = _columns(op)
            if not columns & gone:
                continue
            table.ops.remove(op)
            for column in sorted(columns & gone):
                if len(columns) > 1:
                    where = (table.schema, table.table_name, column)
                    also[where] = (*also.get(where, ()), _name(op))
    return also


def _columns(op: ops.MigrateOperation) -> set[str]:
    """The columns of an index or a constraint that goes."""
    if not isinstance(op, (ops.DropIndexOp, ops.DropConstraintOp)) or op._reverse is None:  # noqa: SLF001
        return set()
    made = op.reverse()
    if isinstance(made, ops.CreateForeignKeyOp):
        return set(made.local_cols)
    columns = getattr(made, "columns", ())
    return {str(getattr(column, "name", column)) for column in columns}


def _name(op: ops.MigrateOperation) -> str:
    return str(op.index_name if isinstance(op, ops.DropIndexOp) else op.constraint_name)  # type: ignore[attr-defined]
