"""A primary key outgrows its integers, together with every column that refers to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from expandcontract.changes import _wide_part, _wide_swap
from expandcontract.changes._carrying import helper
from expandcontract.changes._notes import PREPARED_ANEW, by_position
from expandcontract.changes._trying_on import reading
from expandcontract.changes._wide_part import WIDE, Part, Reference
from expandcontract.changes._wide_refusals import NARROW, table_refusals
from expandcontract.changes.base import Labels
from expandcontract.ddl import probes, tables
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.catalog import (
    Catalog,
    Column,
    Constraint,
    ConstraintKind,
    Table,
)
from expandcontract.model.definitions import definitions
from expandcontract.model.names import TableName, literal, quoted, refuse_too_long, short_hash, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import WHOLE, Assumption, Plan, Retired, Step
from expandcontract.model.probe import ALWAYS, Probe
from expandcontract.model.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class WidenPrimaryKey(Labels):
    """Make an integer primary key a bigint, with its sequence and every foreign key to it.

    Each column gets a wide twin that a trigger keeps equal; the swap is one short transaction at
    contract, and is final. Until then every phase can be taken back.

    >>> WidenPrimaryKey(table="orders", column="id").name
    'orders.id-to-bigint'
    """

    kind: ClassVar[str] = "widen_primary_key"
    reads_referencing: ClassVar[bool] = True

    table: str
    column: str

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        refuse_too_long(self.column)
        table = TableName.parse(self.table)
        if not self.name:
            object.__setattr__(self, "name", slug(f"{table.plain}.{self.column}-to-{WIDE}"))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table of the key; those that refer to it are found."""
        return (TableName.parse(self.table),)

    def plan(self, catalog: Catalog) -> Plan:
        """Twins, copies, indexes and foreign keys on all tables, then one swap."""
        table = catalog.table(self.tables[0])
        column = table.column(self.column)
        if reasons := tuple(self._refusals(catalog, table, column)):
            raise ChangeRefusedError(f"the widening of {table.name.plain}.{self.column}", reasons)
        return _Widening(self, catalog, table, column).plan()

    def _refusals(self, catalog: Catalog, table: Table, column: Column) -> Iterator[str]:
        name = f"{table.name.plain}.{column.name}"
        primary = next((i for i in table.indexes if i.primary), None)
        if primary is None or [key.column for key in primary.keys] != [column.name]:
            yield f"{name} is not the primary key of its table by itself"
        if column.type not in NARROW:
            yield f"{name} is {column.type}, not integer or smallint"
        if table.referring is None:
            yield "a history of revisions does not tell which tables refer to it; use a database"
            return
        for each, columns in _columns(catalog, table, column):
            known = frozenset(r.constraint for r in table.referring if r.table == each.name)
            key = column if each is table else None
            yield from table_refusals(each, columns, key=key, known=known)


def _columns(
    catalog: Catalog, table: Table, key: Column
) -> Iterator[tuple[Table, tuple[Column, ...]]]:
    """Every table with the columns that have to be widened, the key's own table last."""
    found: dict[TableName, list[str]] = {}
    for incoming in table.referring or ():
        found.setdefault(incoming.table, []).extend(incoming.columns)
    own = [key.name, *found.pop(table.name, [])]
    for name, names in (*sorted(found.items()), (table.name, own)):
        each = catalog.table(name)
        yield each, tuple(each.column(n) for n in dict.fromkeys(names))


class _Widening:
    """One widening: the values from which its steps are made."""

    def __init__(
        self, change: WidenPrimaryKey, catalog: Catalog, table: Table, column: Column
    ) -> None:
        self.name, self.table, self.column = change.name, table, column
        found = tuple(_columns(catalog, table, column))
        self.parts = tuple(self._part(each, columns) for each, columns in found)
        finished: Probe = ALWAYS
        for part in self.parts:
            finished &= part.finished
        self.finished = finished

    def _key(self, table: Table) -> str:
        return short_hash(self.name, table.name.plain)

    def _twin(self, table: Table, column: str) -> str:
        return helper(self._key(table), "w", column)

    def _part(self, table: Table, columns: tuple[Column, ...]) -> Part:
        narrow = tuple(column for column in columns if column.type in NARROW)
        return Part(
            table=table,
            key=self._key(table),
            pairs=tuple((column, self._twin(table, column.name)) for column in narrow),
            references=tuple(self._references(table, {column.name for column in narrow})),
        )

    def _references(self, table: Table, narrow: set[str]) -> Iterator[Reference]:
        names = {r.constraint for r in self.table.referring or () if r.table == table.name}
        for original in table.constraints:
            if original.kind is ConstraintKind.FOREIGN_KEY and original.name in names:
                (column,) = original.columns
                held = self._twin(table, column) if column in narrow else column
                key = quoted(self._twin(self.table, self.column.name))
                definition = f"FOREIGN KEY ({quoted(held)}) REFERENCES {self.table.name} ({key})"
                yield Reference(
                    original=original,
                    column=held,
                    twin=helper(self._key(table), "f", original.name),
                    definition=definition + _actions(original, self.column.name),
                )

    def plan(self) -> Plan:
        done, widened = self.finished, [part for part in self.parts if part.pairs]
        return Plan(
            steps=(
                *(_wide_part.expand(part, done) for part in widened),
                *(step for part in widened for step in _wide_part.fill(part, done)),
                *(step for part in widened for step in _wide_part.prove(part, done)),
                *(step for part in self.parts for step in _wide_part.refer(part, done)),
                self._contract(),
            ),
            assumptions=tuple(
                Assumption(
                    text=f"{part.name.plain}.{column.name} is of type {column.type}",
                    probe=done | probes.column_is(part.name, column.name, column.type),
                )
                for part in widened
                for column, _ in part.pairs
            ),
            retires=tuple(
                Retired(
                    table=part.name,
                    column=column.name,
                    carried=_wide_part.carried_names(part, column),
                    properties=column.properties,
                    definitions=definitions(part.table, column.name),
                    stays=True,
                )
                for part in widened
                for column, _ in part.pairs
            ),
            claims=tuple((part.name.plain, WHOLE) for part in self.parts),
            notes=tuple(self._notes()),
            trials=tuple(
                # Each has a stand-in of its own name, of which there is one.
                trial
                for part in {part.name.name: part for part in widened}.values()
                for trial in _trials(part)
            ),
        )

    def _contract(self) -> Step:
        """Everybody who reads or writes one of the tables waits for this one transaction."""
        parts = (self.parts[-1], *self.parts[:-1])  # the key's table first, as its writers do
        return Step(
            name="swap",
            phase=Phase.CONTRACT,
            summary=f"{self.table.name.plain}.{self.column.name} is a bigint, and all that refers "
            "to it",
            done=self.finished,
            statements=(
                *(tables.lock_exclusively(part.name) for part in parts),
                *(statement for part in parts for statement in _wide_swap.let_go(part)),
                *_wide_swap.taken(parts),
                *(statement for part in parts for statement in _wide_swap.swap(part)),
                *_wide_swap.given_back(parts),
            ),
        )

    def _notes(self) -> Iterator[str]:
        names = ", ".join(part.name.plain for part in self.parts)
        yield f"contract is final, and locks these tables for some milliseconds: {names}"
        yield (
            "after contract a prepared statement that returns one of the columns fails in every "
            f"connection (cached plan must not change result type), {PREPARED_ANEW}"
        )
        yield from by_position(*(part.name for part in self.parts if part.pairs))
        published = [part.name.plain for part in self.parts if part.table.publications]
        if published:
            yield (
                f"published: {', '.join(published)}; widen the columns of the subscribers first, "
                "and add the twins there or list the published columns"
            )


def _numbered_elsewhere(part: Part) -> Iterator[Trial]:
    """Whether a default draws from a narrow sequence of nobody, or of another column."""
    for column, _ in part.pairs:
        if column.default is not None and column.sequence is None:
            yield Trial(
                text=f"the default of {part.name.plain}.{column.name}",
                sql=f"""
                    SELECT pg_catalog.format('it draws from %s, which is %s and none of its own',
                        q.seqrelid::pg_catalog.regclass, pg_catalog.format_type(q.seqtypid, NULL))
                    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_attrdef d
                        ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                    JOIN pg_catalog.pg_depend p ON p.objid = d.oid
                        AND p.classid = 'pg_catalog.pg_attrdef'::regclass
                        AND p.refclassid = 'pg_catalog.pg_class'::regclass
                    JOIN pg_catalog.pg_sequence q ON q.seqrelid = p.refobjid
                    WHERE a.attrelid = pg_catalog.to_regclass({literal(str(part.name))})
                        AND a.attname = {literal(column.name)}
                        AND q.seqtypid <> 'bigint'::regtype""",
                is_question=True,
                cure="widen it first (ALTER SEQUENCE … AS bigint)",
            )


def _trials(part: Part) -> Iterator[Trial]:
    """Whether all that reads the columns takes wide ones."""
    yield from _numbered_elsewhere(part)
    readers = {r.description: r for column, _ in part.pairs for r in part.readers(column)}
    if readers:
        types = tuple((column.name, WIDE) for column, _ in part.pairs)
        yield from reading(part.table, types, readers.values())


def _actions(original: Constraint, column: str) -> str:
    """What follows the columns in the server's own spelling: ON DELETE and so on."""
    text = original.definition.removesuffix(" NOT VALID")
    for spelled in (f"({quoted(column)})", f"({column})"):
        if spelled in text:
            return text.rpartition(spelled)[2]
    raise AssertionError(text)


KIND = WidenPrimaryKey
