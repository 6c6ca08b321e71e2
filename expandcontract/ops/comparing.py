"""Keeps what belongs to open changes out of `alembic check` and `revision --autogenerate`.

Between expand and contract the database has more than any model: helpers under our names, and two
columns where a release knows one. Autogenerate would write a revision that drops them, and that
moves their indexes. So it leaves alone whatever is on a column that an open change works on.
"""

from typing import TYPE_CHECKING, Any, LiteralString

from alembic.operations import ops

from expandcontract.ddl.sync import SCHEMA
from expandcontract.model.plan import WHOLE

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from sqlalchemy import Connection

NAME = "alembic.autogenerate.expandcontract"
"""A name that Alembic's own pattern for what is active by default includes."""

HELPER = "zz_ec_"

CLAIMS: LiteralString = """
    SELECT n.nspname, c.relname, l.object
    FROM expandcontract.claims l
    JOIN pg_catalog.pg_namespace n ON true
    JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
    WHERE l.relation = n.nspname || '.' || c.relname
"""
# Null, and so no, where there is no ledger.
MAY_READ: LiteralString = """
    SELECT pg_catalog.has_table_privilege(
        pg_catalog.to_regclass('expandcontract.claims'), 'SELECT')
"""
CURRENT_SCHEMA: LiteralString = "SELECT pg_catalog.current_schema()"

Claims = frozenset[tuple[str | None, str, str]]
"""(schema, table, column) of every column that an open change works on."""


def register(plugin: Any) -> None:  # noqa: ANN401  # the class Plugin of a half imported module
    """Let Alembic call us once its own comparators are done."""
    from alembic.util import DispatchPriority, PriorityDispatchResult  # noqa: PLC0415

    def compare(context: "AutogenContext", found: ops.UpgradeOps) -> PriorityDispatchResult:
        from expandcontract.ops.autogenerate import install  # noqa: PLC0415

        hide(found, claims_of(context.connection))
        install(context)
        return PriorityDispatchResult.CONTINUE

    plugin(NAME).add_autogenerate_comparator(
        compare, "autogenerate", priority=DispatchPriority.LAST
    )


def claims_of(connection: "Connection | None") -> Claims:
    """What open changes work on; a table of the default schema stands there without it too."""
    if connection is None or connection.dialect.name != "postgresql":
        return frozenset()
    if not connection.exec_driver_sql(MAY_READ).scalar():
        return frozenset()
    default = connection.exec_driver_sql(CURRENT_SCHEMA).scalar()
    rows = connection.exec_driver_sql(CLAIMS).fetchall()
    found = {(schema, table, column) for schema, table, column in rows}
    found |= {(None, table, column) for schema, table, column in found if schema == default}
    return frozenset(found)


def hide(container: ops.OpContainer, claims: Claims) -> None:
    """Take away what is ours, and tables of which nothing is left to be done."""
    for op in container.ops:
        if isinstance(op, ops.OpContainer):
            hide(op, claims)
    container.ops[:] = [op for op in container.ops if not _is_ours(op, claims)]


def _is_ours(op: ops.MigrateOperation, claims: Claims) -> bool:
    if getattr(op, "schema", None) == SCHEMA or getattr(op, "source_schema", None) == SCHEMA:
        return True
    match op:
        case ops.ModifyTableOps():
            return not op.ops
        case (
            ops.DropIndexOp(index_name=name)
            | ops.DropConstraintOp(constraint_name=name)
            | ops.DropColumnOp(column_name=name)
            | ops.DropTableOp(table_name=name)
        ):
            if str(name).startswith(HELPER):
                return True
        case _:
            pass
    schema, table = getattr(op, "schema", None), getattr(op, "table_name", None)
    named = {(schema, table, thing) for thing in (*_columns(op), *_things(op))}
    return not claims.isdisjoint(named) or any(one.startswith(HELPER) for one in _columns(op))


def _things(op: ops.MigrateOperation) -> set[str]:
    """What else than columns an open change may claim: an index, a constraint, the whole table."""
    match op:
        case ops.CreateIndexOp() | ops.DropIndexOp():
            return {f"index {op.index_name}", WHOLE}
        case ops.CreateUniqueConstraintOp() | ops.CreateForeignKeyOp() | ops.DropConstraintOp():
            return {f"constraint {op.constraint_name}", WHOLE}
        case ops.DropTableOp() | ops.CreateTableOp():
            return {WHOLE}
        case _:
            return set()


def _columns(op: ops.MigrateOperation) -> set[str]:
    """The columns that an operation changes, or that its index or unique constraint is on."""
    match op:
        case ops.DropColumnOp() | ops.AlterColumnOp():
            return {op.column_name}
        case ops.CreateIndexOp() | ops.CreateUniqueConstraintOp():
            return {str(getattr(column, "name", column)) for column in op.columns}
        case ops.DropIndexOp(_reverse=None) | ops.DropConstraintOp(_reverse=None):
            return set()
        case ops.DropIndexOp() | ops.DropConstraintOp(constraint_type="unique"):
            return _columns(op.reverse())
        case _:
            return set()
