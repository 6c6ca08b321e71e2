"""One operation of an ordinary difference, as a change of ours where one stands for it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alembic.operations import ops
from sqlalchemy.types import TypeEngine

from expandcontract.changes._sqlalchemy import sql_type
from expandcontract.changes.add_check import AddCheck
from expandcontract.changes.add_column import AddColumn
from expandcontract.changes.add_foreign_key import AddForeignKey
from expandcontract.changes.add_index import AddIndex
from expandcontract.changes.add_unique import AddUnique
from expandcontract.changes.base import Change
from expandcontract.changes.drop_column import DropColumn
from expandcontract.changes.drop_constraint import DropConstraint
from expandcontract.changes.drop_index import DropIndex
from expandcontract.changes.drop_not_null import DropNotNull
from expandcontract.changes.drop_table import DropTable
from expandcontract.changes.registry import kinds
from expandcontract.changes.set_not_null import SetNotNull
from expandcontract.ops.autogenerate.indexes import fields_of
from expandcontract.ops.autogenerate.models import DOWN, FILL, UP, hint, spelled
from expandcontract.ops.autogenerate.plain import concurrently, remarked

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

Rewritten = ops.MigrateOperation | Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewriting:
    """What every rewritten operation needs to know."""

    context: "AutogenContext"
    labels: dict[str, Any] = field(default_factory=dict)  #: owner, contract_by
    also: dict[tuple[str | None, str, str], tuple[str, ...]] = field(default_factory=dict)
    """What goes with a dropped column: (schema, table, column) to names."""

    def of(self, op: ops.MigrateOperation) -> Iterator[Rewritten]:
        """The operation as it is, or what stands for it."""
        match op:
            case ops.AddColumnOp():
                yield from self._added(op)
            case ops.DropColumnOp():
                where = (op.schema, op.table_name, op.column_name)
                yield DropColumn(
                    table=_table(op),
                    column=op.column_name,
                    also=self.also.get(where, ()),
                    **self.labels,
                )
            case ops.AlterColumnOp():
                yield from self._altered(op)
            case ops.CreateIndexOp():
                fields = fields_of(op)
                made = fields and AddIndex(table=_table(op), **fields, **self.labels)
                yield made or concurrently(op)
            case ops.DropIndexOp() if op.index_name and op.table_name:
                name = str(op.index_name)
                yield DropIndex(table=_table(op), index_name=name, **self.labels)
            case ops.DropTableOp():
                yield DropTable(table=spelled(op.schema, op.table_name), **self.labels)
            case _:
                yield self._constraint(op)

    def _added(self, op: ops.AddColumnOp) -> Iterator[Rewritten]:
        column = op.column
        if column.computed is not None or column.identity is not None:
            yield remarked(op)
            return
        fill = str(column.info.get(FILL) or "")
        yield AddColumn(table=_table(op), column=column, fill=fill, **self.labels)

    def _altered(self, op: ops.AlterColumnOp) -> Iterator[Rewritten]:
        """Type, nullability and the rest are changed by different means."""
        if op.modify_type is not None and (change := self._type(op, op.modify_type)) is not None:
            yield change
            op = _without(op, "modify_type")
        if op.modify_nullable is False:
            fill = hint(self.context, op, op.column_name, FILL)
            yield SetNotNull(table=_table(op), column=op.column_name, fill=fill, **self.labels)
            op = _without(op, "modify_nullable")
        elif op.modify_nullable is True:
            yield DropNotNull(table=_table(op), column=op.column_name, **self.labels)
            op = _without(op, "modify_nullable")
        if op.has_changes():
            yield op

    def _type(self, op: ops.AlterColumnOp, wanted: TypeEngine[Any]) -> Change | None:
        kind: Any = kinds().get("change_type")
        if kind is None:
            return None
        ways = {key: hint(self.context, op, op.column_name, key) for key in (UP, DOWN)}
        ways = {key: text for key, text in ways.items() if text}
        made: Change = kind(
            table=_table(op),
            column=op.column_name,
            type=sql_type("ec.ChangeType", wanted),
            **ways,
            **self.labels,
        )
        return made

    def _constraint(self, op: ops.MigrateOperation) -> Rewritten:
        match op:
            case ops.CreateForeignKeyOp():
                return self._foreign_key(op)
            case ops.CreateUniqueConstraintOp():
                return AddUnique(
                    table=_table(op),
                    columns=tuple(str(getattr(one, "name", one)) for one in op.columns),
                    constraint=str(op.constraint_name or ""),
                    **self.labels,
                )
            case ops.CreateCheckConstraintOp() if op.constraint_name:
                return AddCheck(
                    table=_table(op),
                    constraint=str(op.constraint_name),
                    condition=str(op.condition),
                    **self.labels,
                )
            case ops.DropConstraintOp() if op.constraint_name and op.constraint_type != "primary":
                name = str(op.constraint_name)
                return DropConstraint(table=_table(op), constraint=name, **self.labels)
            case _:
                return op

    def _foreign_key(self, op: ops.CreateForeignKeyOp) -> Change:
        kw = op.kw
        return AddForeignKey(
            table=spelled(kw.get("source_schema"), op.source_table),
            columns=tuple(op.local_cols),
            to=spelled(kw.get("referent_schema"), op.referent_table),
            to_columns=tuple(op.remote_cols),
            constraint=str(op.constraint_name or ""),
            on_delete=kw.get("ondelete") or "",
            on_update=kw.get("onupdate") or "",
            match=kw.get("match") or "",
            deferrable=bool(kw.get("deferrable")),
            initially_deferred=str(kw.get("initially") or "").upper() == "DEFERRED",
            **self.labels,
        )


def _table(op: Any) -> str:  # noqa: ANN401  # every operation on a table has these two
    return spelled(op.schema, op.table_name)


def _without(op: ops.AlterColumnOp, attribute: str) -> ops.AlterColumnOp:
    """The same operation without one of the things that it changes."""
    less = ops.AlterColumnOp(
        op.table_name,
        op.column_name,
        schema=op.schema,
        existing_type=op.existing_type,
        existing_server_default=op.existing_server_default,
        existing_nullable=op.existing_nullable,
        existing_comment=op.existing_comment,
        modify_nullable=op.modify_nullable,
        modify_comment=op.modify_comment,
        modify_server_default=op.modify_server_default,
        modify_name=op.modify_name,
        modify_type=op.modify_type,
        **op.kw,
    )
    setattr(less, attribute, None)
    return less
