"""Steps of the constraints that an index stands behind."""

from collections.abc import Iterator
from dataclasses import replace

from expandcontract.changes._index_tree import IndexTree, key_refusals
from expandcontract.changes._refusing import WITH_PARTITIONS, other_kind, taken
from expandcontract.changes._steps import built_index_step
from expandcontract.changes._trees import tree_refusals
from expandcontract.ddl import constraints, probes
from expandcontract.model.catalog import Index, Table
from expandcontract.model.names import TableName, quoted
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Assumption, Step
from expandcontract.model.probe import Probe
from expandcontract.model.statement import Statement


def looked_for_step(table: TableName, phase: Phase, index: str, sample: str) -> Step:
    """Look for duplicates before a build that they would break, and that breaks writers first."""
    none = Probe(f"NOT EXISTS ({sample.replace('%', '%%')})")
    return Step(
        name="no duplicates",
        phase=phase,
        summary=f"no two rows of {table.plain} have the same values",
        done=probes.index_is_valid(table, index) | none,
        offenders=sample,
    )


def name_is_free(table: Table, name: str) -> Assumption:
    """The index gets the constraint's name, which nothing else of the schema may have."""
    return Assumption(
        text=f"no other relation in schema {table.name.schema} has the name {name}",
        probe=probes.name_is_free_for_index(table.name, name),
    )


def refusals(table: Table, columns: tuple[str, ...], name: str) -> Iterator[str]:
    """Why the table cannot have such a constraint of that name, whatever its kind."""
    yield from other_kind(table, WITH_PARTITIONS, parts=True)
    if table.is_partitioned:
        yield from tree_refusals(table)
        yield from key_refusals(table, columns)
    yield from taken(table, name)


def held_steps(
    table: Table, index: Index, kind: str, *, offenders: str, timing: str = ""
) -> Iterator[Step]:
    """The index, and the constraint that takes it over; of a partitioned table, part by part."""
    phase, name = Phase.EXPAND, index.name
    if table.is_partitioned:
        yield from IndexTree(
            root=table,
            phase=phase,
            index=index,
            constraint=definition(kind, index),
            timing=timing,
            offenders=offenders,
        ).steps()
        return
    yield replace(built_index_step(table.name, phase, index), offenders=offenders)
    using = constraints.add_unique_using
    if kind == "PRIMARY KEY":
        using = constraints.add_primary_key_using
    yield attached_step(table.name, phase, name, using(table.name, name, name, timing))


def definition(kind: str, index: Index) -> str:
    """The constraint in the words of ALTER TABLE, without when it is looked at.

    >>> from expandcontract.model.catalog import IndexKey
    >>> definition("UNIQUE", Index(name="u", keys=(IndexKey(column="a"),), include=("b",)))
    'UNIQUE ("a") INCLUDE ("b")'
    """
    nulls = " NULLS NOT DISTINCT" if index.nulls_not_distinct else ""
    include = f" INCLUDE ({', '.join(map(quoted, index.include))})" if index.include else ""
    return f"{kind}{nulls} ({', '.join(quoted(k.column or '') for k in index.keys)}){include}"


def attached_step(table: TableName, phase: Phase, name: str, added: Statement) -> Step:
    """Make the index into a constraint of its name; they go as one."""
    exists = probes.constraint_exists(table, name)
    return Step(
        name=f"constraint {name}",
        phase=phase,
        summary=f"{table.plain} has the constraint {name}",
        done=exists,
        statements=(added,),
        revert=(constraints.drop(table, name),),
        reverted=~exists,
    )
