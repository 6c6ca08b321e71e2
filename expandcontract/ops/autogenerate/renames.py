"""A drop and an add that are one rename, as the model says; and what only looks like one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alembic.operations import ops
from alembic.util import CommandError
from sqlalchemy.dialects import postgresql

from expandcontract.changes.base import Change
from expandcontract.changes.rename_column import RenameColumn
from expandcontract.changes.rename_table import RenameTable
from expandcontract.ops.autogenerate.models import RENAMED_FROM, spelled
from expandcontract.ops.autogenerate.names import Names

if TYPE_CHECKING:
    from alembic.operations.ops import AddColumnOp, CreateTableOp, DropColumnOp, DropTableOp


@dataclass(slots=True)
class Renames:
    """The renames of one difference; their operations are taken out of it."""

    labels: dict[str, Any]
    changes: list[Change] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)  #: what only the next difference can write

    def take(self, found: ops.UpgradeOps) -> list[Change]:
        """Take renames out, first of tables; raise where the author has to say what is meant."""
        self._tables(found)
        for container in found.ops:
            if isinstance(container, ops.ModifyTableOps):
                self._columns(container)
        found.ops[:] = [
            op for op in found.ops if not (isinstance(op, ops.ModifyTableOps) and not op.ops)
        ]
        if self.questions:
            raise CommandError("\n".join(self.questions))
        return self.changes

    def _columns(self, table: ops.ModifyTableOps) -> None:
        added = {op.column.name: op for op in table.ops if isinstance(op, ops.AddColumnOp)}
        dropped = {op.column_name: op for op in table.ops if isinstance(op, ops.DropColumnOp)}
        name = spelled(table.schema, table.table_name)
        renamed: dict[str, str] = {}
        for new, add in added.items():
            old = add.column.info.get(RENAMED_FROM)
            if old in dropped:
                self.changes.append(RenameColumn(table=name, old=old, new=new, **self.labels))
                renamed[old] = new
                table.ops.remove(add)
                table.ops.remove(dropped.pop(old))
        asked = {
            new: add
            for new, add in added.items()
            if new not in renamed.values() and RENAMED_FROM not in add.column.info
        }
        for pair in _alike(dropped, asked):
            self.questions.append(_column_question(name, *pair))
        if renamed:
            names = Names(schema=table.schema, table=table.table_name, renamed=renamed)
            self.changes[-len(renamed) : -len(renamed)] = names.take(table, self.labels)

    def _tables(self, found: ops.UpgradeOps) -> None:
        made = {op.table_name: op for op in found.ops if isinstance(op, ops.CreateTableOp)}
        gone = {op.table_name: op for op in found.ops if isinstance(op, ops.DropTableOp)}
        for new, create in made.items():
            hint = create.info.get(RENAMED_FROM, "")
            if (drop := gone.get(str(hint))) is not None and drop.schema == create.schema:
                old = spelled(drop.schema, drop.table_name)
                change = RenameTable(old=old, new=spelled(None, new), **self.labels)
                self.changes.append(change)
                if different := list(_differing(drop, create)):
                    self.later.append(_postponed(change, different))
                self._forget_tables(found, create, drop)
                del gone[drop.table_name]
            elif RENAMED_FROM not in create.info:
                self.questions += _table_questions(create, gone)

    def _forget_tables(
        self, found: ops.UpgradeOps, create: "CreateTableOp", drop: "DropTableOp"
    ) -> None:
        """The two tables, and the indexes that the one lost and the other got."""
        names = Names(schema=create.schema, table=drop.table_name, renamed={})
        both = ops.ModifyTableOps(drop.table_name, [], schema=create.schema)
        for op in found.ops:
            is_of_them = getattr(op, "table_name", None) in {create.table_name, drop.table_name}
            if isinstance(op, ops.ModifyTableOps) and is_of_them:
                both.ops += op.ops
                op.ops[:] = []
            elif is_of_them and isinstance(op, (ops.CreateIndexOp, ops.DropIndexOp)):
                both.ops.append(op)
        found.ops[:] = [op for op in found.ops if op not in {create, drop} and op not in both.ops]
        self.changes[-1:-1] = names.take(both, self.labels)


def _alike(
    dropped: "dict[str, DropColumnOp]", added: "dict[str, AddColumnOp]"
) -> Iterator[tuple[str, str, str]]:
    """Columns of one type of which one goes and one comes."""
    for old, drop in dropped.items():
        was = _type(drop.to_column().type) if drop._reverse is not None else ""  # noqa: SLF001
        for new, add in added.items():
            if was == (type_ := _type(add.column.type)):
                yield old, new, type_


def _differing(drop: "DropTableOp", create: "CreateTableOp") -> Iterator[str]:
    """In which columns the table differs under its new name."""
    if drop._reverse is None:  # noqa: SLF001
        return
    before = {str(column.name): column for column in drop.to_table().columns}
    after = {str(column.name): column for column in create.to_table().columns}
    renamed = {
        name: old
        for name, column in after.items()
        if name not in before and (old := column.info.get(RENAMED_FROM)) in before
    }
    for name, column in after.items():
        was = before.get(str(renamed.get(name, name)))
        if was is None:
            yield f"{name!r} comes"
        elif name in renamed:
            yield f"{renamed[name]!r} is called {name!r}"
        elif (_type(was.type), was.nullable) != (_type(column.type), column.nullable):
            yield f"{name!r} is another one"
    yield from (f"{name!r} goes" for name in before if name not in {*after, *renamed.values()})


def _postponed(change: RenameTable, different: list[str]) -> str:
    return (
        f"{change.name} renames the table alone, whose columns differ too: {', '.join(different)}. "
        "Leave the models and their hints as they are, carry this rename to the end of its "
        "contract (ec status), then run alembic revision --autogenerate again for the columns"
    )


def _type(type_: Any) -> str:  # noqa: ANN401
    return str(type_.compile(dialect=postgresql.dialect())).lower()  # type: ignore[no-untyped-call]


def _column_question(table: str, old: str, new: str, type_: str) -> str:
    return (
        f"{table} loses the column {old!r} and gets the column {new!r}, both {type_}. If that is a "
        f'rename, say so in the model: mapped_column(info={{"renamed_from": {old!r}}}); if the '
        f'values of {old!r} are to go: info={{"renamed_from": None}}'
    )


def _table_questions(create: "CreateTableOp", gone: "dict[str, DropTableOp]") -> Iterator[str]:
    columns = {column.name for column in create.to_table().columns}
    for old, drop in gone.items():
        if drop._reverse is not None and columns == {c.name for c in drop.to_table().columns}:  # noqa: SLF001
            yield (
                f"the table {old!r} goes and the table {create.table_name!r} comes, with the same "
                "columns. If that is a rename, say so in the model: __table_args__ = "
                f'{{"info": {{"renamed_from": {old!r}}}}}; if the rows of {old!r} are to go: '
                '{"info": {"renamed_from": None}}'
            )
