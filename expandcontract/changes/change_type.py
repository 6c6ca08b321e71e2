"""A column gets another type while old code still uses the old one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from expandcontract.changes._colliding import colliding, collisions, may_merge
from expandcontract.changes._exchange import close_steps, comeback, retire_step
from expandcontract.changes._freshening import stop_following
from expandcontract.changes._in_place import in_place
from expandcontract.changes._members import member_refusals
from expandcontract.changes._notes import by_position, deferrable, notes, published, unproven
from expandcontract.changes._pair import Pair
from expandcontract.changes._pair_words import assumptions, retired
from expandcontract.changes._sqlalchemy import sql_type
from expandcontract.changes._trees import column_refusals, spread, tree_refusals
from expandcontract.changes._trying import trials
from expandcontract.changes._twin import newcomers_step
from expandcontract.changes._values import Value, cuts
from expandcontract.changes._widening import Mechanism, mechanism
from expandcontract.changes._written_anew import never_null, written_anew
from expandcontract.changes.base import Labels
from expandcontract.ddl import probes
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.catalog import Catalog, Column, Table
from expandcontract.model.names import TableName, quoted, refuse_too_long, short_hash, slug
from expandcontract.model.plan import Plan
from expandcontract.model.types import Type, read


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeType(Labels):
    """Give a column another type under the same name.

    Where PostgreSQL keeps every value as it is (`varchar(50)` to `varchar(100)` or `text`, a
    `numeric` of more digits), that is one statement in the expand phase. Otherwise a second column
    named `new_name` is kept equal by a trigger, and takes the name at contract.

    `up` is an expression over the row that makes the new value, `down` one that makes the old value
    from `new_name`; both default to a cast.

    >>> change = ChangeType(table="orders", column="total", type="bigint")
    >>> change.name, change.new_name
    ('orders.total-to-bigint', 'total_new')
    """

    kind: ClassVar[str] = "change_type"

    table: str
    column: str
    type: str
    up: str = ""
    down: str = ""
    new_name: str = ""
    lossy: bool = False  #: the author's word that values which do not come back are not needed
    leave: tuple[str, ...] = ()  #: what hangs on the column and is not carried: your word
    strict: bool = False  #: refuse a write of both columns that disagrees

    def __post_init__(self) -> None:
        object.__setattr__(self, "type", sql_type("ec.ChangeType", self.type))
        Labels.__post_init__(self)
        object.__setattr__(self, "leave", tuple(self.leave))
        table = TableName.parse(self.table)
        if not self.new_name:
            object.__setattr__(self, "new_name", f"{self.column}_new")
        for column in (self.column, self.new_name):
            refuse_too_long(column)
        if not self.name:
            name = slug(f"{table.plain}.{self.column}-to-{self.type}")
            object.__setattr__(self, "name", name)

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table of the column."""
        return (TableName.parse(self.table),)

    @property
    def types(self) -> tuple[str, ...]:
        """The type to come."""
        return (self.type,)

    def plan(self, catalog: Catalog) -> Plan:
        """One statement where no value changes, else a second column and an exchange."""
        table = catalog.table(self.tables[0])
        old = table.column(self.column)
        type_ = catalog.type(self.type)
        tables = (table, *table.parts)
        read_by = [i for one in tables for i in one.indexes if self.column in i.columns]
        how = mechanism(
            read(old.type),
            type_,
            is_indexed=bool(read_by),
            is_computed=any(index.is_computed for index in read_by),
        )
        hindrances = [*self._twin_refusals(table, old, type_)]
        # PostgreSQL changes no type that something reads; what reads a twin is made again.
        is_read = any(one.dependents_of(old.name) for one in tables)
        is_plain = not (self.up or self.down or (is_read and not hindrances))
        if how is Mechanism.IN_PLACE and is_plain:
            reasons = [*_basic_refusals(table, old, type_), *tree_refusals(table)]
            self._refuse(table, [*reasons, *column_refusals(table, old)])
            return spread(in_place(table, old, type_), table)
        self._refuse(table, hindrances)
        return spread(_exchange(self, table, old, catalog, type_), table)

    def _refuse(self, table: Table, reasons: list[str]) -> None:
        if reasons:
            name = f"the change of type of {table.name.plain}.{self.column}"
            raise ChangeRefusedError(name, tuple(reasons))

    def _twin_refusals(self, table: Table, old: Column, type_: Type) -> Iterator[str]:
        yield from _basic_refusals(table, old, type_)
        yield from _by_zone(self, old, type_)
        yield from member_refusals(table, old, self.new_name, self.leave, retyped=True)
        if not self.up and cuts(read(old.type), type_):
            yield (
                f"a cast from {old.type} to {type_.spelled} cuts off what is too long, without an "
                "error; say with up= what is to become of it, for example "
                f'up="left({self.column}, {type_.modifiers.strip("()")})"'
            )


def _by_zone(change: ChangeType, old: Column, type_: Type) -> Iterator[str]:
    """A cast between times with and without a zone takes that of whoever writes the row."""
    both = old.type, type_.spelled
    zoned = [" with time zone" in one for one in both]
    are_times = all(one.startswith(("time", "date")) for one in both)
    if are_times and zoned[0] != zoned[1] and not (change.up and change.down):
        said = [f"{name} AT TIME ZONE 'UTC'" for name in (change.column, change.new_name)]
        yield (
            f"a cast between {old.type} and {type_.spelled} takes the TimeZone of each session "
            f'that writes; say which one it is: up="{said[0]}", down="{said[1]}"'
        )


def _basic_refusals(table: Table, old: Column, type_: Type) -> list[str]:
    if old.type == type_.spelled:
        return [f"{table.name.plain}.{old.name} is of type {old.type} already"]
    return []


def _exchange(change: ChangeType, table: Table, old: Column, catalog: Catalog, type_: Type) -> Plan:
    name, new_name = table.name, change.new_name
    names = (*(column.name for column in table.columns), new_name)
    up = Value(column=new_name, type=type_, text=change.up or quoted(old.name), names=names)
    down_text = change.down or quoted(new_name)
    down = Value(column=old.name, type=read(old.type), text=down_text, names=names)
    new = replace(
        old,
        name=new_name,
        type=type_.spelled,
        collation=old.collation if type_.is_collated else None,
        storage=old.storage if type_.is_kept_outside else None,
        compression=old.compression if type_.is_kept_outside else None,
        equality_is_identity=type_.is_identity,
        default=_default(change, old, up),
    )
    finished = probes.column_is(name, old.name, new.type) & ~probes.column_exists(name, new_name)
    pair = Pair(
        table=table,
        old=old,
        new=new,
        key=short_hash(change.name, name.plain),
        up=up,
        down=down,
        finished=finished,
        takes_name=True,
        strict=change.name if change.strict else "",
        major=catalog.major,
    )
    merges = may_merge(pair, lossy=change.lossy, is_authored=bool(change.up))
    return Plan(
        steps=(
            pair.expand(),
            *pair.fill(),
            *pair.prove(),
            pair.lead(),
            *newcomers_step(table, pair.forward),
            retire_step(pair),
            stop_following(pair),
        ),
        comeback=comeback(pair),
        close=close_steps(pair),
        remake=comeback(pair, remade=True),
        assumptions=tuple(assumptions(pair)),
        retires=retired(pair),
        claims=pair.claims,
        counters={"conflicts": pair.sync.conflicts},
        notes=(
            *notes(pair.sync, name),
            *by_position(name),
            *_deploying(change),
            *_dearer(change, table, old, type_),
            *deferrable(pair),
            *published(table, (change.new_name,), (pair.tombstone,)),
            *unproven(table),
            *(colliding(pair) if merges else ()),
        ),
        trials=(
            *trials(pair, lossy=change.lossy),
            *(collisions(pair) if merges else ()),
            *never_null(new.type),
            *written_anew(table, new.type),
        ),
    )


def _default(change: ChangeType, old: Column, up: Value) -> str | None:
    """The old default as it is where the server can assign it, else through `up`."""
    if old.default is None or not change.up:
        return old.default
    return up.of({old.name: f"({old.default})"})


def _deploying(change: ChangeType) -> Iterator[str]:
    yield (
        f"code that uses {change.new_name} has to be gone before the contract, which gives the "
        f"name {change.column} to the new column: from then on {change.column} is of type "
        f"{change.type}"
    )


def _dearer(change: ChangeType, table: Table, old: Column, type_: Type) -> Iterator[str]:
    """Say what it is that makes a copy of a column of which no value changes."""
    how = mechanism(read(old.type), type_, is_indexed=False, is_computed=False)
    readers = [dependent.description for dependent in table.dependents_of(old.name)]
    if how is Mechanism.IN_PLACE and readers and not (change.up or change.down):
        yield (
            f"the column is copied for the sake of {', '.join(readers)}; without that it would be "
            "one statement, and nothing would be copied"
        )


KIND = ChangeType
