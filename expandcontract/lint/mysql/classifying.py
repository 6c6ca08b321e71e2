"""Which operations a statement asks for."""

from collections.abc import Iterator
from itertools import pairwise

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.known import Table, Tables
from expandcontract.lint.mysql.operations import Op
from expandcontract.lint.mysql.profile import Server
from expandcontract.lint.mysql.retyping import changes

_CLOCKS = frozenset({"NOW", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURDATE", "LOCALTIMESTAMP"})


def operations(node: f.AlterTable, tables: Tables, server: Server) -> Iterator[Op]:
    """The operations of a statement, in its order."""
    table = tables.get(node.table)
    kinds = {action.kind for action in node.actions if isinstance(action, f.DropKey)}
    for action in node.actions:
        for op in _of(action, table, server):
            if op is Op.ADD_FOREIGN_KEY and not tables.foreign_key_checks:
                yield Op.ADD_UNCHECKED_KEY
            elif op is Op.DROP_INDEX and node.verb == "DROP INDEX":
                yield Op.DROP_INDEX_STATEMENT
            elif op is Op.ADD_PRIMARY_KEY and "PRIMARY" in kinds:
                yield Op.CHANGE_PRIMARY_KEY
            elif not (op is Op.DROP_PRIMARY_KEY and _adds_primary_key(node)):
                yield op


def _adds_primary_key(node: f.AlterTable) -> bool:
    return any(
        (isinstance(action, f.AddKey) and action.key.kind == "PRIMARY")
        or (isinstance(action, f.AddColumn) and action.column.key == "PRIMARY")
        for action in node.actions
    )


def _of(action: f.Action, table: Table | None, server: Server) -> Iterator[Op]:
    match action:
        case f.AddColumn():
            yield from _beside(action.column, server)
            yield _add_column(action, table)
        case f.ChangeColumn():
            yield from changes(action, table)
        case f.Plain(kind=kind):
            yield from _PLAIN.get(kind, ())
        case _ if type(action) in _SIMPLE:
            yield _SIMPLE[type(action)]
        case _:
            yield _of_known(action, table)


def _of_known(action: f.Action, table: Table | None) -> Op:
    """The operation of an action that depends on what is known of the table."""
    match action:
        case f.DropColumn(column=name):
            return _drop_column(name, table)
        case f.AddKey(key=key):
            return _add_key(key, table)
        case f.DropKey():
            return _drop_key(action, table)
        case f.Partitions(kind=kind):
            return _PARTITIONS.get(kind, Op.EXCHANGE)
        case _:
            return _option(action, table) if isinstance(action, f.Option) else Op.OPTION


_SIMPLE: dict[type, Op] = {
    f.RenameColumn: Op.RENAME_COLUMN,
    f.SetDefault: Op.SET_DEFAULT,
    f.RenameKey: Op.RENAME_INDEX,
    f.RenameTo: Op.RENAME_TABLE,
    f.Convert: Op.CONVERT_CHARSET,
}
_PLAIN: dict[str, tuple[Op, ...]] = {
    "FORCE": (Op.TABLE_REBUILD,),
    "ORDER BY": (Op.ORDER_ROWS,),
    "KEYS": (Op.SWITCH_KEYS,),
    "ALTER INDEX": (Op.HIDE_INDEX,),
    "ALTER COLUMN VISIBILITY": (Op.REDEFINE,),
    "NOT ENFORCED": (Op.DROP_CHECK,),
    "ENFORCED": (Op.ENFORCE_CHECK,),
    "ADD SYSTEM VERSIONING": (Op.VERSIONING,),
    "DROP SYSTEM VERSIONING": (Op.VERSIONING,),
    "DISCARD TABLESPACE": (Op.TABLESPACE,),
    "IMPORT TABLESPACE": (Op.TABLESPACE,),
}
_KEYS = {
    "PRIMARY": Op.ADD_PRIMARY_KEY,
    "UNIQUE": Op.ADD_UNIQUE,
    "UNIQUE HASH": Op.ADD_UNIQUE_HASH,
    "SPATIAL": Op.ADD_SPATIAL,
    "FOREIGN": Op.ADD_FOREIGN_KEY,
    "CHECK": Op.ADD_CHECK,
}


def _beside(column: f.Column, server: Server) -> Iterator[Op]:
    """What comes with a column: its key, its checks, a default to be computed."""
    if column.key:
        yield _KEYS[column.key]
    if column.references is not None and server is Server.MARIADB:
        yield Op.ADD_FOREIGN_KEY
    if column.checked:
        yield Op.ADD_CHECKED
    if column.computed_default and not _is_steady(column, server):
        yield Op.ADD_COMPUTED_DEFAULT


def _add_column(action: f.AddColumn, table: Table | None) -> Op:
    column = action.column
    if column.auto_increment:
        return Op.ADD_AUTO_INCREMENT
    if column.generated:
        return Op.ADD_STORED if column.generated == "STORED" else Op.ADD_VIRTUAL
    if table is not None and table.has("FULLTEXT"):
        return Op.ADD_COLUMN_BY_FULLTEXT
    if action.placed:
        virtual = table is not None and table.generates("VIRTUAL")
        return Op.PLACE_COLUMN_BY_VIRTUAL if virtual else Op.PLACE_COLUMN
    return Op.ADD_COLUMN


def _is_steady(column: f.Column, server: Server) -> bool:
    """Whether MariaDB can compute the default once for all rows: no function but the clock."""
    if server is Server.MYSQL or column.default is None:
        return False
    words = column.default.words
    calls = {word for word, then in pairwise(words) if then == "(" and word.isalpha()}
    return calls <= _CLOCKS


def _drop_column(name: str, table: Table | None) -> Op:
    column = table.column(name) if table else None
    if column is not None and column.generated:
        return Op.DROP_STORED if column.generated == "STORED" else Op.DROP_VIRTUAL
    if table is not None and table.in_primary_key(name):
        return Op.DROP_PRIMARY_KEY
    if table is not None and table.indexed(name):
        return Op.DROP_INDEXED_COLUMN
    return Op.DROP_COLUMN


def _add_key(key: f.Key, table: Table | None) -> Op:
    if key.kind == "FULLTEXT":
        further = table is not None and table.has("FULLTEXT")
        return Op.ADD_FULLTEXT if further else Op.ADD_FIRST_FULLTEXT
    return _KEYS.get(key.kind, Op.ADD_INDEX)


def _drop_key(action: f.DropKey, table: Table | None) -> Op:
    kind = action.kind
    if kind == "CONSTRAINT":
        keys = table.keys if table else []
        named = [
            key.kind for key in keys if (key.name or "").lower() == (action.name or "").lower()
        ]
        kind = named[0] if named else "CHECK"
    if kind == "PRIMARY":
        return Op.DROP_PRIMARY_KEY
    return {"FOREIGN": Op.DROP_FOREIGN_KEY, "CHECK": Op.DROP_CHECK}.get(kind, Op.DROP_INDEX)


def _option(action: f.Option, table: Table | None) -> Op:
    if action.name == "ENGINE":
        same = action.value.upper() == (table.engine if table else "INNODB")
        return Op.TABLE_REBUILD if same else Op.CHANGE_ENGINE
    return _OPTIONS.get(action.name, Op.OPTION)


_OPTIONS = {
    "CHARSET": Op.DEFAULT_CHARSET,
    "COLLATE": Op.DEFAULT_CHARSET,
    "AUTO_INCREMENT": Op.NEXT_VALUE,
    "ROW_FORMAT": Op.ROW_FORMAT,
    "KEY_BLOCK_SIZE": Op.ROW_FORMAT,
    "PAGE_COMPRESSED": Op.ROW_FORMAT,
    "ENCRYPTION": Op.ENCRYPT,
    "ENCRYPTED": Op.ENCRYPT,
    "STATS_PERSISTENT": Op.STATISTICS,
    "STATS_AUTO_RECALC": Op.STATISTICS,
    "STATS_SAMPLE_PAGES": Op.STATISTICS,
}
_PARTITIONS = {
    "PARTITION BY": Op.PARTITION,
    "REMOVE PARTITIONING": Op.UNPARTITION,
    "ADD RANGE": Op.ADD_PARTITION,
    "ADD HASH": Op.ADD_HASH_PARTITION,
    "COALESCE": Op.ADD_HASH_PARTITION,
    "DROP": Op.DROP_PARTITION,
    "TRUNCATE": Op.DROP_PARTITION,
    "REORGANIZE": Op.REORGANIZE,
    "REBUILD": Op.REORGANIZE,
    "OPTIMIZE": Op.REORGANIZE,
    "CONVERT": Op.REORGANIZE,
}
