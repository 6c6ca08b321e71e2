"""Reads ALTER TABLE: its actions, and what it says of ALGORITHM, LOCK and waiting."""

from collections.abc import Callable

from expandcontract.lint.cursor import NotReadError
from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.columns import read_column, read_key
from expandcontract.lint.mysql.tokens import MyCursor
from expandcontract.lint.tokens import Kind
from expandcontract.model.value import field, value

PARTITION_VERBS = frozenset({
    "DROP", "TRUNCATE", "REORGANIZE", "REBUILD", "COALESCE", "EXCHANGE", "ANALYZE", "CHECK",
    "OPTIMIZE", "REPAIR", "DISCARD", "IMPORT", "CONVERT",
})  # fmt: skip


@value(frozen=False)
class Clauses:
    """What stands between the actions of the statement."""

    algorithm: str | None = None
    lock: str | None = None
    waits: bool = False
    actions: list[f.Action] = field(default_factory=list)


def read_alter_table(cursor: MyCursor, *, online: bool) -> f.AlterTable:
    """Take ALTER TABLE behind its first two words."""
    cursor.says("IF", "EXISTS")
    table = cursor.name()
    said = Clauses()
    read_wait(cursor, said)
    while not cursor.done():
        if not read_clause(cursor, said):
            said.actions.extend(_read_action(cursor))
        if not cursor.says(",") and not cursor.done() and not _goes_on(cursor):
            raise NotReadError(cursor.peek(), "the end")
    return f.AlterTable(
        table=table, actions=tuple(said.actions), algorithm=said.algorithm, lock=said.lock,
        online=online, waits=said.waits,
    )  # fmt: skip


def _goes_on(cursor: MyCursor) -> bool:
    """Table options may stand without commas, and PARTITION BY and REMOVE do."""
    return cursor.peek().kind is Kind.WORD


def read_clause(cursor: MyCursor, said: Clauses) -> bool:
    """Take ALGORITHM or LOCK, if one comes next."""
    word = cursor.peek().word
    if word not in {"ALGORITHM", "LOCK"} or cursor.peek(1).word not in {
        "=", "DEFAULT", "INSTANT", "NOCOPY", "INPLACE", "COPY", "NONE", "SHARED", "EXCLUSIVE",
    }:  # fmt: skip
        return False
    cursor.take()
    cursor.says("=")
    value = cursor.ident().upper()
    if word == "ALGORITHM":
        said.algorithm = value
    else:
        said.lock = value
    return True


def read_wait(cursor: MyCursor, said: Clauses) -> None:
    """Take MariaDB's WAIT n or NOWAIT, if it comes next."""
    if cursor.says("NOWAIT"):
        said.waits = True
    elif cursor.says("WAIT"):
        cursor.number()
        said.waits = True


def _read_action(cursor: MyCursor) -> list[f.Action]:
    first, second = cursor.peek().word, cursor.peek(1).word
    if second == "PARTITION" and first in {*PARTITION_VERBS, "ADD"}:
        return [_partitions(cursor)]
    if second == "TABLESPACE" and first in {"DISCARD", "IMPORT"}:
        cursor.at += 2
        return [f.Plain(f"{first} TABLESPACE")]
    reader = _ACTIONS.get(first)
    if reader is not None:
        cursor.take()
        return reader(cursor)
    return [read_option(cursor)]


def _partitions(cursor: MyCursor) -> f.Action:
    verb = cursor.take().word
    words = cursor.until("ALGORITHM", "LOCK").words
    if verb == "ADD":
        verb = "ADD HASH" if "PARTITIONS" in words else "ADD RANGE"
    return f.Partitions(verb)


def _add(cursor: MyCursor) -> list[f.Action]:
    key = read_key(cursor)
    if key is not None:
        return [f.AddKey(key)]
    if cursor.says("SYSTEM", "VERSIONING") or cursor.says("PERIOD", "FOR"):
        cursor.until(",")
        return [f.Plain("ADD SYSTEM VERSIONING")]
    cursor.says("COLUMN")
    cursor.says("IF", "NOT", "EXISTS")
    if not cursor.says("("):
        column = read_column(cursor, cursor.ident())
        return [f.AddColumn(column=column, placed=_placed(cursor))]

    def one() -> f.Action:
        inner = read_key(cursor)
        if inner is not None:
            return f.AddKey(inner)
        return f.AddColumn(column=read_column(cursor, cursor.ident()))

    found = cursor.listed(one)
    cursor.need(")")
    return list(found)


def _placed(cursor: MyCursor) -> bool:
    if cursor.says("AFTER"):
        cursor.ident()
        return True
    return cursor.says("FIRST")


def _drop(cursor: MyCursor) -> list[f.Action]:
    if cursor.says("PRIMARY", "KEY"):
        return [f.DropKey("PRIMARY", None)]
    if cursor.says("SYSTEM", "VERSIONING") or cursor.says("PERIOD", "FOR"):
        cursor.until(",")
        return [f.Plain("DROP SYSTEM VERSIONING")]
    kind = {"KEY": "INDEX"}.get(cursor.peek().word, cursor.peek().word)
    if cursor.says("FOREIGN", "KEY") or (
        kind in {"INDEX", "CHECK", "CONSTRAINT"} and cursor.take().word
    ):
        cursor.says("IF", "EXISTS")
        return [f.DropKey(kind, cursor.ident())]
    cursor.says("COLUMN")
    cursor.says("IF", "EXISTS")
    name = cursor.ident()
    cursor.says_any("RESTRICT", "CASCADE")
    return [f.DropColumn(name)]


def _modify(cursor: MyCursor) -> list[f.Action]:
    cursor.says("COLUMN")
    cursor.says("IF", "EXISTS")
    name = cursor.ident()
    column = read_column(cursor, name)
    return [f.ChangeColumn(old=name, column=column, placed=_placed(cursor))]


def _change(cursor: MyCursor) -> list[f.Action]:
    cursor.says("COLUMN")
    cursor.says("IF", "EXISTS")
    old = cursor.ident()
    column = read_column(cursor, cursor.ident())
    return [f.ChangeColumn(old=old, column=column, placed=_placed(cursor))]


def _rename(cursor: MyCursor) -> list[f.Action]:
    if kind := cursor.says_any("COLUMN", "INDEX", "KEY"):
        cursor.says("IF", "EXISTS")
        old = cursor.ident()
        cursor.need("TO")
        new = cursor.ident()
        return [f.RenameColumn(old, new) if kind == "COLUMN" else f.RenameKey(old, new)]
    cursor.says_any("TO", "AS", "=")
    return [f.RenameTo(cursor.name())]


def _alter(cursor: MyCursor) -> list[f.Action]:
    if cursor.says_any("INDEX", "KEY"):
        cursor.says("IF", "EXISTS")
        cursor.ident()
        cursor.says("NOT")
        cursor.take()
        return [f.Plain("ALTER INDEX")]
    if cursor.says_any("CHECK", "CONSTRAINT"):
        cursor.ident()
        refused = cursor.says("NOT")
        cursor.need("ENFORCED")
        return [f.Plain("NOT ENFORCED" if refused else "ENFORCED")]
    cursor.says("COLUMN")
    cursor.says("IF", "EXISTS")
    name = cursor.ident()
    if cursor.says("SET", "DEFAULT"):
        return [f.SetDefault(name, cursor.until(","))]
    if cursor.says("DROP", "DEFAULT"):
        return [f.SetDefault(name, None)]
    cursor.need("SET")
    if not cursor.says("INVISIBLE"):
        cursor.need("VISIBLE")
    return [f.Plain("ALTER COLUMN VISIBILITY")]


def _convert(cursor: MyCursor) -> list[f.Action]:
    cursor.need("TO")
    if not cursor.says("CHARSET"):
        cursor.need("CHARACTER", "SET")
    charset = cursor.string() if cursor.peek().kind is Kind.STRING else cursor.ident()
    collation = None
    if cursor.says("COLLATE"):
        cursor.says("=")
        collation = cursor.ident().lower()
    return [f.Convert(charset.lower(), collation)]


def _order(cursor: MyCursor) -> list[f.Action]:
    cursor.need("BY")
    cursor.rest()
    return [f.Plain("ORDER BY")]


def _partition_by(cursor: MyCursor) -> list[f.Action]:
    cursor.need("BY")
    cursor.rest()
    return [f.Partitions("PARTITION BY")]


def _words(kind: str, *more: str) -> Callable[[MyCursor], list[f.Action]]:
    def reader(cursor: MyCursor) -> list[f.Action]:
        cursor.need(*more)
        return [f.Plain(kind)]

    return reader


def _remove(cursor: MyCursor) -> list[f.Action]:
    cursor.need("PARTITIONING")
    return [f.Partitions("REMOVE PARTITIONING")]


def read_option(cursor: MyCursor) -> f.Option:
    """Take a table option, with or without its equals sign."""
    cursor.says("DEFAULT")
    if cursor.peek().kind is not Kind.WORD:
        raise NotReadError(cursor.peek(), "an action of ALTER TABLE")
    if cursor.says("CHARACTER", "SET"):
        name = "CHARSET"
    elif cursor.says_any("DATA", "INDEX"):
        name = cursor.take().word
    else:
        name = cursor.take().word
    equals = cursor.says("=")
    if name not in _OPTIONS and not equals:
        raise NotReadError(cursor.tokens[cursor.at - 1], "an action of ALTER TABLE")
    if cursor.sees("("):
        return f.Option(name, cursor.group().text)
    return f.Option(name, cursor.take().text.strip("'\"`"))


_OPTIONS = frozenset({
    "ENGINE", "CHARSET", "COLLATE", "COMMENT", "AUTO_INCREMENT", "ROW_FORMAT", "KEY_BLOCK_SIZE",
    "STATS_PERSISTENT", "STATS_AUTO_RECALC", "STATS_SAMPLE_PAGES", "ENCRYPTION", "COMPRESSION",
    "TABLESPACE", "MAX_ROWS", "MIN_ROWS", "AVG_ROW_LENGTH", "CHECKSUM", "PACK_KEYS", "UNION",
    "DELAY_KEY_WRITE", "INSERT_METHOD", "CONNECTION", "DIRECTORY", "PASSWORD", "STORAGE",
    "ENCRYPTED", "PAGE_COMPRESSED", "TRANSACTIONAL", "SEQUENCE", "AUTOEXTEND_SIZE",
})  # fmt: skip
_ACTIONS: dict[str, Callable[[MyCursor], list[f.Action]]] = {
    "ADD": _add,
    "DROP": _drop,
    "MODIFY": _modify,
    "CHANGE": _change,
    "RENAME": _rename,
    "ALTER": _alter,
    "CONVERT": _convert,
    "ORDER": _order,
    "FORCE": _words("FORCE"),
    "ENABLE": _words("KEYS", "KEYS"),
    "DISABLE": _words("KEYS", "KEYS"),
    "PARTITION": _partition_by,
    "REMOVE": _remove,
    "WITH": _words("VALIDATION", "VALIDATION"),
    "WITHOUT": _words("VALIDATION", "VALIDATION"),
}
