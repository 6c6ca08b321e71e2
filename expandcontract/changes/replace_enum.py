"""An enum's values are renamed, removed or put in another order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, ClassVar

from expandcontract.changes._carrying import late_triggers
from expandcontract.changes._enum_plan import enum_plan
from expandcontract.changes._enum_values import EnumValues
from expandcontract.changes._members import member_refusals
from expandcontract.changes._pair import Pair
from expandcontract.changes._trees import spread
from expandcontract.changes._values import Value
from expandcontract.changes.base import Labels
from expandcontract.ddl import probes
from expandcontract.errors import ArgumentError, ChangeRefusedError
from expandcontract.model.catalog import Catalog, Column, EnumType, Table
from expandcontract.model.names import MAX_IDENTIFIER_BYTES, TableName, short_hash, slug
from expandcontract.model.plan import Plan
from expandcontract.model.probe import Probe
from expandcontract.model.types import Type, read

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceEnum(Labels):
    """Give the enum `type` other `values`; `mapping` says what each removed value becomes.

    The type is made again, every column of it gets a second one, and at contract columns and types
    are exchanged in one transaction. During the change the new columns are called
    `<column>_new`.

    >>> ReplaceEnum(type="mood", values=("happy", "ok"), mapping={"sad": "ok"}).name
    'mood.values'
    """

    kind: ClassVar[str] = "replace_enum"

    type: str
    values: tuple[str, ...]
    mapping: Mapping[str, str] | Pairs = ()
    lossy: bool = False  #: the author's word that two values may become one
    strict: bool = False  #: refuse a write of both columns that disagrees

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        object.__setattr__(self, "values", tuple(self.values))
        object.__setattr__(self, "mapping", _read(self.mapping))
        if not self.name:
            object.__setattr__(self, "name", slug(f"{TableName.parse(self.type).plain}.values"))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """None by name: those that use the type are looked up."""
        return ()

    @property
    def enums(self) -> tuple[str, ...]:
        """The type."""
        return (str(TableName.parse(self.type)),)

    def plan(self, catalog: Catalog) -> Plan:
        """A second type and a second column for each that uses it, and one exchange."""
        name = f"the change of the values of {TableName.parse(self.type).plain}"
        enum = catalog.enums.get(self.enums[0])
        if enum is None:
            reason = "which columns are of the type is known to a server only"
            raise ChangeRefusedError(name, (reason,))
        values = EnumValues(
            enum,
            self.values,
            dict(self.mapping),
            short_hash(self.name, enum.name.plain),
        )
        if reasons := tuple(self._refusals(values, catalog)):
            raise ChangeRefusedError(name, reasons)
        plan = enum_plan(values, tuple(self._pairs(values, catalog)), lossy=self.lossy)
        return reduce(spread, (catalog.table(name) for name in _tables(enum)), plan)

    def _refusals(self, values: EnumValues, catalog: Catalog) -> Iterator[str]:
        enum, mapping = values.enum, values.mapping
        yield from _value_refusals(enum, self.values, mapping)
        old = set(mapping.values()) & set(enum.labels)
        merged = sorted(old | {v for v in mapping.values() if [*mapping.values()].count(v) > 1})
        if merged and not self.lossy:
            yield (
                f"{', '.join(merged)} would stand for several values, and the old ones could not "
                "be told apart; if they need not be, say lossy=True"
            )
        for other in enum.others:
            yield f"{other} is made of the type, and would stay with the old one; drop it first"
        for table_name, column in enum.uses:
            table = catalog.table(table_name)
            if len(f"{column}_new".encode()) > MAX_IDENTIFIER_BYTES:
                yield (
                    f"{column}_new, as the second column of {table_name.plain} is called, is cut "
                    f"off by PostgreSQL at {MAX_IDENTIFIER_BYTES} bytes; give {column} a shorter "
                    "name first (ec.RenameColumn)"
                )
            yield from member_refusals(
                table, table.column(column), f"{column}_new", None, retyped=True
            )
            yield from late_triggers(table, column)

    def _pairs(self, values: EnumValues, catalog: Catalog) -> Iterator[Pair]:
        done = probes.enum_has(values.enum.name, self.values)
        for name, column in values.enum.uses:
            done &= ~probes.column_exists(name, f"{column}_new")
        for name, column in values.enum.uses:
            table = catalog.table(name)
            yield replace(
                _pair(self, values, table, table.column(column), done), major=catalog.major
            )


def _tables(enum: EnumType) -> tuple[TableName, ...]:
    """Those that have columns of the type."""
    return tuple(dict.fromkeys(name for name, _ in enum.uses))


def _value_refusals(
    enum: EnumType, labels: tuple[str, ...], mapping: dict[str, str]
) -> Iterator[str]:
    if labels == enum.labels:
        yield f"{enum.name.plain} has these values already"
    elif labels[: len(enum.labels)] == enum.labels:
        yield "values are only added; ec.AddEnumValue does that at once"
    if len(set(labels)) < len(labels) or not labels:
        yield "values= has to name at least one value, and each of them once"
    for label in sorted({*enum.labels} - {*labels} - mapping.keys()):
        yield f"what becomes of {label!r} is not said; give mapping={{{label!r}: …}}"
    for old, new in mapping.items():
        if old not in enum.labels:
            yield f"{enum.name.plain} has no value {old!r}; it has {', '.join(enum.labels)}"
        if new not in labels:
            yield f"{old!r} is to become {new!r}, which is none of values="


def _pair(change: ReplaceEnum, values: EnumValues, table: Table, old: Column, done: Probe) -> Pair:
    is_array = old.type.endswith("[]")
    new_name = f"{old.name}_new"
    names = (*(column.name for column in table.columns), new_name)
    type_ = Type(base=str(values.interim), is_array=is_array)
    new = replace(
        old,
        name=new_name,
        type=type_.spelled,
        default=values.default(old),
        storage=None if not is_array else old.storage,
    )
    return Pair(
        table=table,
        old=old,
        new=new,
        key=short_hash(change.name, table.name.plain, old.name),
        up=Value(
            column=new_name,
            type=type_,
            text=values.expression(old.name, values.forth, is_array=is_array),
            names=names,
            is_ours=True,
        ),
        down=Value(
            column=old.name,
            type=read(old.type),
            text=values.expression(new_name, values.back, is_array=is_array),
            names=names,
            is_ours=True,
        ),
        finished=done,
        takes_name=True,
        strict=change.name if change.strict else "",
        counted=values.counted(old.name, is_array=is_array) if values.forth else "",
        adapt=values.adapt,
        label=f" {table.name.plain}.{new_name}",
    )


def _read(given: Any) -> Pairs:  # noqa: ANN401  # whatever somebody wrote
    try:
        pairs = given.items() if isinstance(given, Mapping) else given
        mapping = tuple((old, new) for old, new in pairs)
    except (TypeError, ValueError):
        mapping = ((None, None),)
    if not all(isinstance(text, str) for pair in mapping for text in pair):
        expected = 'old values and what they become: {"sad": "ok"}'
        raise ArgumentError("ec.ReplaceEnum", "mapping", given, expected)
    return mapping


KIND = ReplaceEnum
