"""Made-up rows: values by type, new ones each time, and rows of parents where a key asks for them.

What a table's checks want cannot be known; texts are tried in several styles, and a table that
takes none of them is left alone.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, LiteralString

import psycopg

TABLES: LiteralString = """
    SELECT c.oid, n.nspname || '.' || c.relname, pg_catalog.format('%I.%I', n.nspname, c.relname),
           EXISTS (SELECT FROM pg_catalog.pg_constraint f WHERE f.confrelid = c.oid)
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'expandcontract')
      AND n.nspname !~ '^pg_(toast|temp)' AND c.relname !~ '^(zz_ec_|alembic_version)'
    ORDER BY c.oid
"""
COLUMNS: LiteralString = """
    SELECT a.attname, pg_catalog.quote_ident(a.attname),
           pg_catalog.format_type(a.atttypid, a.atttypmod),
           t.typcategory::text, coalesce(b.typname, t.typname),
           a.attnotnull OR t.typnotnull,
           a.attgenerated <> '' OR a.attidentity <> ''
             OR coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid) ~ '^nextval', false),
           coalesce(a.attnum = ANY (k.indkey) AND k.indnkeyatts = 1, false),
           f.parent, f.parent_column
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_catalog.pg_index k ON k.indrelid = a.attrelid AND k.indisprimary
    LEFT JOIN LATERAL (
        SELECT pg_catalog.format('%%I.%%I', n.nspname, p.relname) AS parent,
               pg_catalog.quote_ident(pa.attname) AS parent_column
        FROM pg_catalog.pg_constraint o
        JOIN pg_catalog.pg_class p ON p.oid = o.confrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace
        JOIN pg_catalog.pg_attribute pa ON pa.attrelid = p.oid
             AND pa.attnum = o.confkey[pg_catalog.array_position(o.conkey, a.attnum)]
        WHERE o.contype = 'f' AND o.conrelid = a.attrelid AND a.attnum = ANY (o.conkey)
        ORDER BY o.oid LIMIT 1
    ) f ON true
    WHERE a.attrelid = %(table)s::oid AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attname !~ '^zz_ec_'
    ORDER BY a.attnum
"""
NUMBERS = itertools.count(1_000_000)
"""What values are made of where they must be new; rows that are filled in have lower ones."""

STYLES: tuple[LiteralString, ...] = (
    "%(n)s::text",
    "%(n)s::text || '@example.org'",
    "'https://example.org/' || %(n)s::text",
    "'v' || %(n)s::text",
    "chr(97 + (%(n)s::bigint %% 26)::int) || chr(97 + (%(n)s::bigint / 26 %% 26)::int)",
)
BY_TYPE: dict[str, LiteralString] = {
    "int2": "(%(n)s::bigint %% 32000)",
    "uuid": "pg_catalog.md5(%(n)s::text)::uuid",
    "json": "'{}'",
    "jsonb": "'{}'",
    "bytea": "convert_to(%(n)s::text, 'UTF8')",
    "tsvector": "%(n)s::text",
    "xml": "'<a/>'",
    "time": "(TIME '00:00' + (%(n)s::bigint %% 86400) * interval '1 second')",
    "timetz": "(TIME '00:00' + (%(n)s::bigint %% 86400) * interval '1 second')",
    "numeric": "(%(n)s::bigint %% 100)",
}
BY_CATEGORY: dict[str, LiteralString] = {
    "N": "%(n)s::bigint",
    "B": "(%(n)s::bigint %% 2 = 0)",
    "D": "(now() - %(n)s::bigint * interval '1 second')",
    "T": "(%(n)s::bigint * interval '1 second')",
    "A": "'{}'",
    "R": "'empty'",
    "I": "('10.0.0.0'::inet + %(n)s::bigint)",
    "V": "'101'",
    "G": "'(1,1)'",
}


@dataclass(frozen=True, slots=True)
class Column:
    """What has to be known of a column to make a value up."""

    name: str
    quoted: str
    type: str
    category: str
    base: str
    required: bool
    given: bool  #: the server makes its values
    is_key: bool
    parent: str | None
    parent_column: str | None

    def value(self, style: int) -> str | None:
        """An expression over the parameter `n`; None where nothing can be made up."""
        if self.parent is not None:
            return (
                f"(SELECT {self.parent_column} FROM {self.parent} OFFSET %(n)s::bigint %% greatest("
                f"1, (SELECT count(*) FROM {self.parent})) LIMIT 1)"
            )
        if self.category == "E":
            return f"(pg_catalog.enum_range(NULL::{self.type}))[1]"
        text = BY_TYPE.get(self.base) or BY_CATEGORY.get(self.category)
        if self.category == "S":
            text = STYLES[style]
        if text is None:
            return None
        return f"({text})::{self.type}"


@dataclass(frozen=True, slots=True)
class Table:
    """A table and its columns at one moment."""

    oid: int
    name: str
    quoted: str
    is_parent: bool
    columns: tuple[Column, ...]

    def insert(self, style: int) -> str | None:
        """A new row, or None where a required value cannot be made up."""
        filled = [(c.quoted, c.value(style)) for c in self._written]
        pairs = zip(self._written, filled, strict=True)
        if any(text is None and column.required for column, (_, text) in pairs):
            return None
        told = [(name, text) for name, text in filled if text is not None]
        if not told:
            return f"INSERT INTO {self.quoted} DEFAULT VALUES"
        names, values = zip(*told, strict=True)
        return f"INSERT INTO {self.quoted} ({', '.join(names)}) VALUES ({', '.join(values)})"

    def update(self, style: int) -> str | None:
        """Other values for the plain columns of one row."""
        key = next((c for c in self.columns if c.is_key), None)
        sets = [
            f"{c.quoted} = {text}"
            for c in self._written
            if not c.is_key and c.parent is None and (text := c.value(style)) is not None
        ]
        if key is None or not sets:
            return None
        return (
            f"UPDATE {self.quoted} SET {', '.join(sets)} WHERE {key.quoted} = "
            f"(SELECT {key.quoted} FROM {self.quoted} OFFSET %(n)s::bigint %% 50 LIMIT 1)"
        )

    def delete(self) -> str | None:
        """Take a row away to which nothing points."""
        key = next((c for c in self.columns if c.is_key), None)
        if key is None or self.is_parent:
            return None
        return (
            f"DELETE FROM {self.quoted} WHERE {key.quoted} = "
            f"(SELECT {key.quoted} FROM {self.quoted} OFFSET %(n)s::bigint %% 50 LIMIT 1)"
        )

    def select(self) -> str:
        """Read all columns of some rows, by name."""
        names = ", ".join(column.quoted for column in self.columns) or "1"
        return f"SELECT {names} FROM {self.quoted} LIMIT 20"

    @property
    def _written(self) -> list[Column]:
        return [column for column in self.columns if not column.given]


@dataclass(frozen=True, slots=True)
class Hints:
    """What tables will ask for when everything is over, so that rows do not stand in its way."""

    parents: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    styles: Mapping[str, int] = field(default_factory=dict)

    def on(self, table: Table) -> Table:
        """The table with the keys that it will have."""
        columns = tuple(self._with_parent(table.name, column) for column in table.columns)
        becomes_parent = any(parent == table.name for parent, _ in self.parents.values())
        return replace(table, columns=columns, is_parent=table.is_parent or becomes_parent)

    def _with_parent(self, table: str, column: Column) -> Column:
        found = self.parents.get((table, column.name))
        if column.parent is not None or found is None:
            return column
        return replace(column, parent=found[0], parent_column=found[1])


def hints_of(connection: psycopg.Connection) -> Hints:
    """Read them where everything is over."""
    parents: dict[tuple[str, str], tuple[str, str]] = {}
    styles: dict[str, int] = {}
    for table in tables(connection):
        style, _ = style_of(connection, table)
        if style is not None:
            styles[table.name] = style
        for column in table.columns:
            if column.parent is not None and column.parent_column is not None:
                parents[table.name, column.name] = column.parent, column.parent_column
    return Hints(parents, styles)


NO_HINTS = Hints()


def tables(connection: psycopg.Connection, hints: Hints = NO_HINTS) -> list[Table]:
    """All tables of the users."""
    return [
        hints.on(Table(oid, name, _escaped(quoted), is_parent, _columns(connection, oid)))
        for oid, name, quoted, is_parent in connection.execute(TABLES).fetchall()
    ]


def _columns(connection: psycopg.Connection, oid: int) -> tuple[Column, ...]:
    found = connection.execute(COLUMNS, {"table": str(oid)}).fetchall()
    return tuple(Column(*map(_escaped, row)) for row in found)


def _escaped(given: Any) -> Any:  # noqa: ANN401  # what a row has
    """A name as it stands in a statement with parameters; what is no text stays."""
    return given.replace("%", "%%") if isinstance(given, str) else given


def run(connection: psycopg.Connection, statement: str, n: int) -> None:
    """Carry a made-up statement out."""
    connection.execute(statement.encode(), {"n": str(n)}).close()


def style_of(
    connection: psycopg.Connection, table: Table, hints: Hints = NO_HINTS
) -> tuple[int | None, str]:
    """The first style in which the table takes a row, or why it takes none; nothing stays."""
    reason = "a value of one of its types cannot be made up"
    wished = hints.styles.get(table.name, 0)
    for style in sorted(range(len(STYLES)), key=lambda style: style != wished):
        statement = table.insert(style)
        if statement is None:
            break
        try:
            with connection.transaction(force_rollback=True):
                run(connection, statement, next(NUMBERS))
        except psycopg.Error as error:
            reason = str(error).split("\n", maxsplit=1)[0]
        else:
            return style, ""
    return None, reason


def fill(connection: psycopg.Connection, count: int, hints: Hints) -> list[str]:
    """Give every table rows, parents first as far as they can be told; who stays empty, and why."""
    if not count:
        return []
    waiting, reasons = tables(connection, hints), {}
    while waiting:
        left = []
        for table in waiting:
            style, reasons[table.name] = style_of(connection, table, hints)
            if style is None:
                left.append(table)
            else:
                _rows(connection, table, table.insert(style) or "", count)
        if len(left) == len(waiting):
            break
        waiting = left
    connection.execute("ANALYZE")
    return [f"{one.name} has no made-up rows: {reasons[one.name]}" for one in waiting]


def _rows(connection: psycopg.Connection, table: Table, statement: str, count: int) -> None:
    with connection.execute(f"SELECT FROM {table.quoted} LIMIT 1".encode(), {}) as cursor:
        if cursor.rowcount:
            return
    for n in range(1, count + 1):
        try:
            run(connection, statement, n)
        except psycopg.errors.IntegrityError:  # a value that is there already; some rows are enough
            continue
