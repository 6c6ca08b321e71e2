"""A split, a merge or a derivation as a plan: what is refused, what is tried, what is noted."""

from collections.abc import Iterator
from dataclasses import dataclass

from expandcontract.changes import _left_out
from expandcontract.changes._carrying import helper, late_triggers, twin_refusals
from expandcontract.changes._claiming import claims
from expandcontract.changes._leaving import hanging, unspoken
from expandcontract.changes._named_in_triggers import named_in_triggers
from expandcontract.changes._notes import by_position, notes, published, unproven
from expandcontract.changes._refusing import WITH_PARTITIONS, other_kind
from expandcontract.changes._reshape import Reshape
from expandcontract.changes._trees import (
    column_refusals,
    localized,
    same_parts,
    spread,
    taken_in_parts,
    tree_refusals,
    unfillable_parts,
)
from expandcontract.changes._trying import SHOWN, sample
from expandcontract.changes._values import Value
from expandcontract.changes._written_anew import never_null, written_anew
from expandcontract.ddl import columns, probes
from expandcontract.ddl.sides import differs
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.catalog import Catalog, Column, Table
from expandcontract.model.names import TableName, quoted, short_hash
from expandcontract.model.plan import Assumption, Plan, Retired
from expandcontract.model.probe import Probe
from expandcontract.model.trial import Trial
from expandcontract.model.types import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A change of several columns, as its kind understands it."""

    change: str  #: its name
    what: str  #: `the split of users.full_name`
    table: TableName
    olds: tuple[str, ...]
    news: tuple[tuple[str, str, str], ...]  #: name, type, up
    downs: tuple[tuple[str, str], ...]  #: old column, down
    leave: tuple[str, ...]
    lossy: bool
    strict: bool


def reshaped(wanted: Wanted, catalog: Catalog) -> Plan:
    """The plan, or every reason against it."""
    table = catalog.table(wanted.table)
    olds = tuple(table.column(name) for name in wanted.olds)
    if reasons := tuple(_refusals(wanted, table, olds)):
        raise ChangeRefusedError(wanted.what, reasons)
    reshape = _reshape(wanted, catalog, table, olds)
    two_way = bool(reshape.downs)
    plan = Plan(
        steps=reshape.steps(),
        comeback=reshape.comeback(),
        close=reshape.close(),
        remake=reshape.comeback(remade=True) if two_way else (),
        assumptions=tuple(_assumptions(reshape)),
        retires=tuple(
            Retired(
                table=one.name,
                column=old.name,
                carried=_let(one, old),
                properties=one.column(old.name).properties,
                part_of=None if one is table else table.name,
            )
            for old in olds
            for one in (table, *table.parts)
        ),
        claims=claims(table, (c.name for c in reshape.olds), (c.name for c in reshape.news)),
        counters=_counters(reshape),
        notes=(
            *notes(reshape.sync, table.name),
            *(by_position(table.name) if olds else ()),
            *_one_way(reshape),
            *_published(reshape),
            *unproven(table),
        ),
        trials=(
            *_trials(reshape, lossy=wanted.lossy),
            *(one for old in olds for one in named_in_triggers(table, old.name, wanted.leave)),
        ),
    )
    return spread(plan, table)


def _refusals(wanted: Wanted, table: Table, olds: tuple[Column, ...]) -> Iterator[str]:
    yield from other_kind(table, WITH_PARTITIONS, parts=True)
    yield from tree_refusals(table)
    yield from unfillable_parts(table)
    for name, _, _ in wanted.news:
        yield from twin_refusals(table, name)
        yield from taken_in_parts(table, name)
    if wanted.strict and not wanted.downs and table.is_partitioned:
        yield (
            "a row that moves to another partition is inserted there with both sides, and strict= "
            "would refuse it where nothing leads back; leave it out, or give down="
        )
    key = table.key()
    for old in olds:
        yield from column_refusals(table, old)
        if old.generated or old.identity:
            what = "generated" if old.generated else "an identity column"
            yield f"{old.name} is {what}, and is written by nobody but the server"
        if key is not None and any(index_key.column == old.name for index_key in key.keys):
            yield f"{old.name} is part of the key {key.name}, which finds every row"
        if not wanted.downs:
            yield from _left_without(table, old)
    hangs = [what for old in olds for what in hanging(table, old)]
    for part in table.parts:
        own = [found for old in olds if (found := part.find(old.name)) is not None]
        hangs += [what for column in own for what in hanging(localized(table, part), column)]
    yield from unspoken(hangs, wanted.leave)
    yield from late_triggers(table, ", ".join(old.name for old in olds))


def _left_without(table: Table, old: Column) -> Iterator[str]:
    """Why a release that knows the new columns alone could not write, where nothing leads back."""
    if old.not_null and old.default is None:
        yield (
            f"{old.name} is NOT NULL without a default, and without down= nothing gives it a value "
            "in rows that the new release writes; give down=, or drop the NOT NULL first "
            "(ec.DropNotNull)"
        )
    yield from _left_out.refusals(table, old)


def _reshape(wanted: Wanted, catalog: Catalog, table: Table, olds: tuple[Column, ...]) -> Reshape:
    names = (*(column.name for column in table.columns), *(name for name, _, _ in wanted.news))
    ups = tuple(
        Value(column=name, type=catalog.type(type_), text=up, names=names)
        for name, type_, up in wanted.news
    )
    downs = tuple(
        Value(column=name, type=read(table.column(name).type), text=down, names=names)
        for name, down in wanted.downs
    )
    if unread := [v.column for v in ups if not v.read & {c.name for c in table.columns}]:
        reason = f"up of {', '.join(unread)} reads no column of {table.name.plain}"
        raise ChangeRefusedError(wanted.what, (reason,))
    return Reshape(
        table=table,
        olds=olds,
        news=tuple(_new(value, olds) for value in ups),
        ups=ups,
        downs=downs,
        key=short_hash(wanted.change, table.name.plain),
        strict=wanted.change if wanted.strict else "",
        major=catalog.major,
    )


def _new(value: Value, olds: tuple[Column, ...]) -> Column:
    """A column as it stands in the end; the defaults of the old ones go through `up`."""
    defaults = {old.name: f"({old.default or f'NULL::{old.type}'})" for old in olds}
    has_default = any(old.default is not None for old in olds) and value.read <= defaults.keys()
    return Column(
        name=value.column,
        type=value.type.spelled,
        equality_is_identity=value.type.is_identity,
        default=value.of(defaults) if has_default else None,
    )


def _let(table: Table, old: Column) -> tuple[str, ...]:
    """Names of what goes with the column, by the author's word."""
    names = [index.name for index in table.indexes if old.name in index.columns]
    names += [item.name for item in table.constraints if old.name in item.columns]
    return tuple(dict.fromkeys(names))


def _assumptions(reshape: Reshape) -> Iterator[Assumption]:
    for old in reshape.olds:
        probe: Probe = reshape.finished | probes.column_is(reshape.name, old.name, old.type)
        text = f"{reshape.name.plain}.{old.name} is of type {old.type}"
        yield Assumption(text=text, probe=probe)
    begun = probes.column_exists(reshape.name, reshape.news[0].name)
    yield from same_parts(reshape.table, reshape.finished | begun)


def _counters(reshape: Reshape) -> dict[str, str]:
    counters = {"conflicts": reshape.sync.conflicts}
    return {**counters, "old_writes": reshape.sync.old_writes} if reshape.olds else counters


def _published(reshape: Reshape) -> Iterator[str]:
    kept = tuple(reshape.tombstone(old) for old in reshape.olds if reshape.downs)
    return published(reshape.table, tuple(new.name for new in reshape.news), kept)


def _one_way(reshape: Reshape) -> Iterator[str]:
    if reshape.downs:
        return
    news = ", ".join(column.name for column in reshape.news)
    yield (
        f"one-way, without down=: until the switch {news} is computed, and what is written there "
        "is computed again; after it what is written there stays, and does not reach the old side"
    )
    if reshape.olds:
        yield "the contract is final: without down= nothing leads back from it"


def _trials(reshape: Reshape, *, lossy: bool) -> Iterator[Trial]:
    shape = TableName(helper(reshape.key, "shape"), "pg_temp")
    yield Trial(
        text="the table's shape",
        sql=f"CREATE TEMPORARY TABLE {quoted(shape.name)} (LIKE {reshape.name})",
        is_preparation=True,
    )
    for new in reshape.news:
        text = f"a column {new.name} of type {new.type}"
        yield Trial(text=text, sql=columns.add(shape, new.name, new).sql, is_preparation=True)
        if new.default is not None:
            text = f"the default of {new.name} through up"
            yield Trial(text=text, sql=columns.set_default(shape, new.name, new.default).sql)
    yield from _values(reshape, lossy=lossy)
    for old in () if reshape.downs else reshape.olds:
        yield from _left_out.trials(reshape.table, old)
    for new in reshape.news:
        yield from never_null(new.type)
        yield from written_anew(reshape.table, new.type)


def _values(reshape: Reshape, *, lossy: bool) -> Iterator[Trial]:
    types = {column.name: column.type for column in (*reshape.news, *reshape.olds)}

    def stored(value: Value) -> str:
        return f"CAST({value.of_row} AS {types[value.column]})"

    ups = ", ".join(f"{stored(value)} AS {quoted(value.column)}" for value in reshape.ups)
    made = f"SELECT s.*, {ups} FROM ({sample(reshape.table)}) AS s"
    cure = "functions and types of your own need their schema, such as public.f(…)"
    for values, text in ((reshape.ups, "up"), (reshape.downs, "down")):
        if values:
            counts = ", ".join(f"pg_catalog.count({stored(value)})" for value in values)
            sql = f"SELECT {counts} FROM ({made}) AS s"
            yield Trial(text=f"{text}, for some of the rows", sql=sql, cure=cure)
    if lossy or not reshape.downs:
        return
    lost = " OR ".join(
        differs(stored(value), quoted(old.name), equality_is_identity=old.equality_is_identity)
        for value, old in zip(reshape.downs, reshape.olds, strict=True)
    )
    shown = [quoted(old.name) for old in reshape.olds] + [stored(v) for v in reshape.downs]
    texts = [f"coalesce(pg_catalog.left(({text})::text, 60), 'NULL')" for text in shown]
    half = len(reshape.olds)
    told = " || ', ' || ".join(texts[:half]) + " || ' → ' || " + " || ', ' || ".join(texts[half:])
    yield Trial(
        text="down(up(x)) is not x",
        sql=f"SELECT {told} FROM ({made}) AS s WHERE {lost} LIMIT {SHOWN}",
        is_question=True,
        cure=(
            "if what is lost is not needed, say lossy=True; else give another "
            + ("new= or down=" if len(reshape.olds) == 1 else "up= or down=")
        ),
    )


def types_of(news: tuple[tuple[str, str, str], ...]) -> tuple[str, ...]:
    """The types to be read with the catalog."""
    return tuple(dict.fromkeys(type_ for _, type_, _ in news))
