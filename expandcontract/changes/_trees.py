"""Tables with partitions or children: what their parts are to a change."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from expandcontract.ddl import tree_probes
from expandcontract.model.catalog import Column, Table, TableKind
from expandcontract.model.lock import Lock
from expandcontract.model.names import MAX_IDENTIFIER_BYTES, TableName, quoted, short_hash
from expandcontract.model.plan import Assumption, Plan, Step
from expandcontract.model.probe import Probe
from expandcontract.model.statement import Statement

_ALTERS = tuple(
    f" {action} "
    for action in ("ADD", "DROP", "ALTER COLUMN", "RENAME COLUMN", "VALIDATE CONSTRAINT")
)
_PARTITIONS_ONLY = (" FOREIGN KEY ", " UNIQUE ", " ENABLE ALWAYS TRIGGER ")
_NEVER_RECURSES = (" SET (", " USING INDEX ")


def leaves(table: Table) -> tuple[Table, ...]:
    """The partitions that have rows; of an inheritance tree every table but the first."""
    return tuple(part for part in table.parts if not part.is_partitioned)


def below(table: Table, part: Table) -> Table:
    """A part of the table as the root of what is below it."""
    if table.is_partitioned and not part.is_partitioned:  # there may be thousands
        return replace(part, parts=())
    inside = {part.name}
    found: list[Table] = []
    for other in table.parts:
        if inside & set(other.parents):
            inside.add(other.name)
            found.append(other)
    return replace(part, parts=tuple(found))


def localized(table: Table, part: Table) -> Table:
    """A part with what is below it, and without what it has from its parents."""
    return replace(
        below(table, part),
        indexes=tuple(index for index in part.indexes if index.parent is None),
        constraints=tuple(one for one in part.constraints if not one.inherited),
    )


def inheriting(table: Table) -> tuple[TableName, ...]:
    """The children to which PostgreSQL hands on no trigger."""
    return () if table.is_partitioned else tuple(part.name for part in table.parts)


def is_gone(root: TableName, part: TableName) -> Probe:
    """Whether a part was dropped or detached meanwhile."""
    return ~tree_probes.is_part_of(root, part)


def for_part(root: TableName, part: TableName, made: Iterable[Statement]) -> Iterator[Statement]:
    """Statements about a part, left out where it is none any more."""
    if root == part:
        yield from made
        return
    still = tree_probes.is_part_of(root, part)
    for statement in made:
        when = still if statement.only_when is None else still & statement.only_when
        yield replace(statement, only_when=when)


def part_index_name(part: TableName, index: str) -> str:
    """What a partition's index is called.

    >>> part_index_name(TableName("events_2026"), "ix_at")
    'events_2026_ix_at'
    """
    name = f"{part.name}_{index}"
    if len(name.encode()) <= MAX_IDENTIFIER_BYTES:
        return name
    tail = f"_{short_hash(part.plain, index)}"
    cut = name.encode()[: MAX_IDENTIFIER_BYTES - len(tail)]
    return cut.decode(errors="ignore") + tail


def spread(plan: Plan, table: Table) -> Plan:
    """The plan as it is for a table with parts: its locks are taken on all of them."""
    if not table.parts:
        return plan

    def on_all(step: Step) -> Step:
        return replace(
            step,
            statements=tuple(_spread(one, table) for one in step.statements),
            revert=tuple(_spread(one, table) for one in step.revert),
        )

    count = len(table.parts)
    what = (
        ("partition" if table.is_partitioned else "child")
        if count == 1
        else ("partitions" if table.is_partitioned else "children")
    )
    note = (
        f"{table.name.plain} has {count} {what}: a lock on it is taken on "
        f"{'that too' if count == 1 else 'each of them too'}, the table first"
    )
    return replace(
        plan,
        steps=tuple(map(on_all, plan.steps)),
        comeback=tuple(map(on_all, plan.comeback)),
        close=tuple(map(on_all, plan.close)),
        remake=tuple(map(on_all, plan.remake)),
        notes=(*plan.notes, note),
    )


def _spread(statement: Statement, table: Table) -> Statement:
    return replace(statement, spreads=True) if _recurses(statement, table) else statement


def _recurses(statement: Statement, table: Table) -> bool:
    """Whether PostgreSQL does it to every partition and child in the same command."""
    sql, name = statement.sql, str(table.name)
    if statement.table != table.name or statement.lock is Lock.NONE:
        return False
    if sql.startswith(f"ALTER TABLE {name}"):
        action = sql.removeprefix(f"ALTER TABLE {name}")
        if any(words in action for words in _NEVER_RECURSES):
            return False
        if any(words in action for words in _PARTITIONS_ONLY):
            return table.is_partitioned
        return action.startswith(_ALTERS)
    if sql.startswith(f"LOCK TABLE {name} "):
        return True
    about_trigger = sql.startswith(("CREATE TRIGGER", "CREATE OR REPLACE TRIGGER", "DROP TRIGGER"))
    return about_trigger and table.is_partitioned


def tree_refusals(table: Table) -> Iterator[str]:
    """Why nothing can be done to a table with these parts."""
    name = table.name.plain
    for part in table.parts:
        if part.kind is TableKind.FOREIGN:
            yield (
                f"{part.name.plain}, a part of {name}, is a foreign table: detach it, do there "
                "what is to be done, and attach it again"
            )


def inherited(table: Table, column: Column) -> Iterator[str]:
    """Why the parent decides about the column."""
    if column.parents:
        of = ", ".join(parent.plain for parent in table.parents)
        yield f"{table.name.plain}.{column.name} is inherited from {of}; do it there"


def column_refusals(table: Table, column: Column) -> Iterator[str]:
    """Why the column cannot go from the whole tree, nor another take its place."""
    yield from inherited(table, column)
    for one in (table, *table.parts):
        if column.name in one.partition_key:
            yield (
                f"{one.name.plain}.{column.name} is in the partition key, by which rows find their "
                "partition; make a table that is partitioned as you want it and move the rows, or "
                "keep the column"
            )
    inside = {table.name, *(part.name for part in table.parts)}
    for part in table.parts:
        found = part.find(column.name)
        if found is not None and found.parents > len(inside & set(part.parents)):
            outside = ", ".join(p.plain for p in part.parents if p not in inside)
            yield (
                f"{part.name.plain} inherits {column.name} from {outside} too; end one of the two "
                f"inheritances first (ALTER TABLE {part.name} NO INHERIT …)"
            )


def same_parts(table: Table, begun: Probe) -> Iterator[Assumption]:
    """What comes before the change begins is not in its plan."""
    if table.parts:
        known = tree_probes.has_only_parts(table.name, tuple(part.name for part in table.parts))
        yield Assumption(
            text=f"{table.name.plain} has no other parts than when the plan was made "
            "(take the change back and start it again)",
            probe=begun | known,
        )


def taken_in_parts(table: Table, column: str) -> Iterator[str]:
    """Parts that have a column of that name already."""
    for part in table.parts:
        if (found := part.find(column)) is not None:
            yield (
                f"{part.name.plain}, a part of {table.name.plain}, has a column {column} already "
                f"(as {found.type}); rename that first, or choose another name"
            )
    if table.is_partition:
        of = ", ".join(parent.plain for parent in table.parents)
        yield f"{table.name.plain} is a partition of {of}, and has its columns from there"


def unfillable_parts(table: Table) -> Iterator[str]:
    """Children in which a backfill would look at every row for each chunk."""
    key = table.key()
    if key is None or table.is_partitioned:
        return
    names = [part.column for part in key.keys]
    for part in leaves(table):
        if not any([k.column for k in i.keys[: len(names)]] == names for i in part.indexes):
            columns = ", ".join(quoted(name or "") for name in names)
            yield (
                f"{part.name.plain} has no index on ({columns}), along which a backfill walks: a "
                "child does not inherit its parent's; add one: ec.AddIndex"
            )
