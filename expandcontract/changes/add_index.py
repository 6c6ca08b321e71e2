"""A table gets an index while it is read and written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from expandcontract.changes._index_tree import attached_names, index_steps, kept, key_refusals
from expandcontract.changes._index_words import index_from, ordered
from expandcontract.changes._offenders import all_the_rows, the_same
from expandcontract.changes._refusing import WITH_PARTITIONS, other_kind
from expandcontract.changes._texts import as_tuples
from expandcontract.changes._trees import spread, tree_refusals
from expandcontract.changes._trying_made import (
    MADE,
    SHAPE,
    index_trials,
    is_tried_whole,
    unreadable,
)
from expandcontract.changes.base import Labels
from expandcontract.ddl import indexes, probes
from expandcontract.errors import ChangeRefusedError, NameNotReadError
from expandcontract.model.catalog import Catalog, Index, Table
from expandcontract.model.names import TableName, literal, refuse_too_long, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Assumption, Plan
from expandcontract.model.trial import Trial

COLUMNS_IN_NAME = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AddIndex(Labels):
    """Build an index concurrently; a broken build is taken away and done again.

    A column is named as it is; an expression is written in parentheses; after either may come an
    operator class and an order, as in `name text_pattern_ops DESC`. `index_name` is the index's
    name, by default that of the change, or what SQLAlchemy's naming would make of the table and
    the columns.

    >>> AddIndex(table="users", columns=("email",)).index_name
    'ix_users_email'
    >>> AddIndex(table="users", columns=("(lower(email))",), index_name="ix_lower").name
    'users.index-ix_lower'
    """

    kind: ClassVar[str] = "add_index"

    table: str
    columns: tuple[str, ...]
    index_name: str = ""
    unique: bool = False
    method: str = "btree"
    include: tuple[str, ...] = ()
    where: str = ""
    nulls_not_distinct: bool = False

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        table = TableName.parse(self.table)
        as_tuples(self, "columns", "include")
        if not self.columns:
            raise ChangeRefusedError(f"an index on {table.plain}", ("it names no column",))
        if not self.index_name:
            object.__setattr__(self, "index_name", self.name or self._default_name(table))
        refuse_too_long(self.index_name)
        if not self.name:
            object.__setattr__(self, "name", slug(f"{table.plain}.index-{self.index_name}"))

    def _default_name(self, table: TableName) -> str:
        if any(column.startswith("(") for column in self.columns):
            raise ChangeRefusedError(
                f"an index on {table.plain}", ("an index on an expression needs an index_name=",)
            )
        columns = [ordered(column)[0] for column in self.columns]
        name = "_".join(["ix", table.name, *columns[:COLUMNS_IN_NAME]])
        try:
            refuse_too_long(name)
        except NameNotReadError as error:
            raise NameNotReadError(name, f"{error.reason}; give index_name=") from None
        return name

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table that gets the index."""
        return (TableName.parse(self.table),)

    def plan(self, catalog: Catalog) -> Plan:
        """The index is valid; of a partitioned table it is built partition by partition."""
        table = catalog.table(self.tables[0])
        index = index_from(self, table)
        self._refuse(table, index)
        free = Assumption(
            text=f"no other relation in schema {table.name.schema} has the name {index.name}",
            probe=probes.name_is_free_for_index(table.name, index.name),
        )
        names = attached_names(table, index)
        twice = the_same(table, index, all_the_rows(table)) if index.unique else ""
        steps = tuple(index_steps(table, Phase.EXPAND, index, names=names, offenders=twice))
        if any(other.name == index.name and other.valid for other in table.indexes):
            steps = tuple(map(kept, steps))
        known = Assumption(
            text=f"the server has the index method {index.method}",
            probe=probes.index_method_exists(index.method),
        )
        # Its columns stay free for other changes.
        claims = ((table.name.plain, f"index {index.name}"),)
        plan = Plan(
            steps=steps,
            assumptions=(free, known),
            claims=claims,
            trials=(
                *index_trials(table, index, catalog.search_path),
                *_compared(table, index),
            ),
        )
        return spread(plan, table)

    def _refuse(self, table: Table, index: Index) -> None:
        reasons: list[str] = []
        reasons += other_kind(table, WITH_PARTITIONS, parts=True)
        reasons += tree_refusals(table) if table.is_partitioned else ()
        if index.unique:
            columns = tuple(key.column for key in index.keys if key.column is not None)
            reasons += key_refusals(table, columns)
        reasons += _taken(table, index)
        reasons += unreadable(index)
        if reasons:
            raise ChangeRefusedError(
                f"the index {index.name} on {table.name.plain}", tuple(reasons)
            )


def _taken(table: Table, index: Index) -> list[str]:
    """Whether the name stands for another index already; the same index is simply done."""
    same = next((other for other in table.indexes if other.name == index.name), None)
    if same is not None and _shape(same) != _shape(index):
        return [f"an index {index.name} exists already with another definition"]
    return []


def _shape(index: Index) -> tuple[object, ...]:
    """What can be compared without parsing: the server spells expressions its own way."""
    plain = tuple((key.column, key.column and _bare(key.suffix)) for key in index.keys)
    nulls = index.nulls_not_distinct
    return plain, index.unique, index.method, index.include, index.predicate is None, nulls


def _compared(table: Table, index: Index) -> Iterator[Trial]:
    """Whether the index that has the name has the same expressions: the server spells both."""
    is_there = any(other.name == index.name for other in table.indexes)
    if not is_there or not is_tried_whole(table, index):
        return
    name = TableName(index.name, table.name.schema)
    sql = indexes.create(SHAPE, replace(index, name=MADE)).sql
    yield Trial(text=f"the index {index.name}", sql=sql, is_preparation=True)
    yield Trial(
        text=f"an index {index.name} exists already with another definition",
        sql=f"""
            SELECT pg_catalog.pg_get_indexdef(a.indexrelid)
            FROM pg_catalog.pg_index a, pg_catalog.pg_index b
            WHERE a.indexrelid = pg_catalog.to_regclass({literal(str(name))})
              AND b.indexrelid = pg_catalog.to_regclass('pg_temp.{MADE}')
              AND (pg_catalog.pg_get_expr(a.indexprs, a.indrelid),
                   pg_catalog.pg_get_expr(a.indpred, a.indrelid), a.indclass::text,
                   a.indcollation::text, a.indoption::text)
                  IS DISTINCT FROM
                  (pg_catalog.pg_get_expr(b.indexprs, b.indrelid),
                   pg_catalog.pg_get_expr(b.indpred, b.indrelid), b.indclass::text,
                   b.indcollation::text, b.indoption::text)""",
        is_question=True,
        cure="drop it, or choose another name",
    )


def _bare(suffix: str) -> str:
    """Operator classes and collations without the schema that the server puts before them."""
    return re.sub(r'(\w+|"[^"]*")\.', "", suffix)


KIND = AddIndex
