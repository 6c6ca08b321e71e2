"""Reads every statement but ALTER TABLE."""

from expandcontract.lint.cursor import NotReadError
from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.altering import Clauses, read_clause, read_option, read_wait
from expandcontract.lint.mysql.columns import read_column, read_key, read_key_columns
from expandcontract.lint.mysql.tokens import MyCursor
from expandcontract.model.names import TableName

OTHERS = frozenset({
    "SELECT", "WITH", "INSERT", "REPLACE", "VALUES", "TABLE", "CALL", "LOAD", "DO", "HANDLER",
    "GRANT", "REVOKE", "ANALYZE", "CHECK", "CHECKSUM", "REPAIR", "FLUSH", "KILL", "SHOW", "USE",
    "DESCRIBE", "DESC", "EXPLAIN", "HELP", "SAVEPOINT", "RELEASE", "UNLOCK", "PREPARE", "EXECUTE",
    "DEALLOCATE", "INSTALL", "UNINSTALL", "RESET", "PURGE", "CHANGE", "CACHE", "XA", "SIGNAL",
    "STOP", "IMPORT", "CLONE", "BINLOG", "SHUTDOWN", "RESTART", "GET",
})  # fmt: skip
COMMITS = frozenset({"GRANT", "REVOKE", "ANALYZE", "CHECK", "REPAIR", "FLUSH", "INSTALL",
                     "UNINSTALL", "CACHE", "UNLOCK"})  # fmt: skip
_OBJECTS = frozenset({
    "DATABASE", "SCHEMA", "VIEW", "PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "USER", "ROLE",
    "SERVER", "TABLESPACE", "LOGFILE", "SEQUENCE", "PACKAGE", "RESOURCE", "UNDO", "SPATIAL",
    "INSTANCE", "LIBRARY",
})  # fmt: skip


def read_other(cursor: MyCursor, verb: str) -> f.Other:
    """Take a statement about an object whose change costs a table nothing."""
    words = [token.word for token in cursor.tokens[:12]]
    if not _OBJECTS.intersection(words):
        raise NotReadError(cursor.peek(), f"what to {verb.lower()}")
    cursor.rest()
    return f.Other(verb=verb, commits=True)


def _need_table(cursor: MyCursor) -> None:
    if not cursor.says("TABLES"):
        cursor.need("TABLE")


def read_create(cursor: MyCursor) -> f.Node:
    """Take CREATE .. of a table or an index; other kinds only by their first words."""
    start = cursor.at
    replaces = cursor.says("OR", "REPLACE")
    cursor.says_any("ONLINE", "OFFLINE")
    temporary = cursor.says("TEMPORARY")
    if cursor.says("TABLE"):
        return _create_table(cursor, temporary=temporary, replaces=replaces)
    kind = cursor.says_any("UNIQUE", "FULLTEXT", "SPATIAL")
    if cursor.says("INDEX"):
        return _create_index(cursor, kind or "INDEX")
    cursor.at = start
    return read_other(cursor, "CREATE")


def _create_table(cursor: MyCursor, *, temporary: bool, replaces: bool) -> f.CreateTable:
    cursor.says("IF", "NOT", "EXISTS")
    name = cursor.name()
    if cursor.says("LIKE") or cursor.says("(", "LIKE"):
        like = cursor.name()
        cursor.says(")")
        return f.CreateTable(name=name, temporary=temporary, like=like, replaces=replaces)
    columns: list[f.Column] = []
    keys: list[f.Key] = []
    if cursor.sees("(") and cursor.peek(1).word not in {"SELECT", "WITH"}:
        cursor.take()
        cursor.listed(lambda: _element(cursor, columns, keys))
        cursor.need(")")
    options: list[f.Option] = []
    complete = True
    while not cursor.done():
        if cursor.peek().word in {"SELECT", "AS", "IGNORE", "REPLACE", "WITH", "(", "VALUES"}:
            complete = False
            cursor.rest()
        elif cursor.peek().word == "PARTITION":
            cursor.until("SELECT", "AS")
        elif not cursor.says(","):
            options.append(read_option(cursor))
    return f.CreateTable(
        name=name, temporary=temporary, columns=tuple(columns), keys=tuple(keys),
        options=tuple(options), complete=complete, replaces=replaces,
    )  # fmt: skip


def _element(cursor: MyCursor, columns: list[f.Column], keys: list[f.Key]) -> None:
    key = read_key(cursor)
    if key is not None:
        keys.append(key)
        return
    column = read_column(cursor, cursor.ident())
    columns.append(column)
    if column.key:
        keys.append(f.Key(kind=column.key, name=column.name, columns=(column.name,)))


def _create_index(cursor: MyCursor, kind: str) -> f.AlterTable:
    cursor.says("IF", "NOT", "EXISTS")
    name = cursor.ident()
    if cursor.says("USING"):
        cursor.take()
    cursor.need("ON")
    table = cursor.name()
    said = Clauses()
    read_wait(cursor, said)
    key = read_key_columns(cursor, kind, name)
    while read_clause(cursor, said):
        pass
    return f.AlterTable(
        table=table, actions=(f.AddKey(key),), verb="CREATE INDEX", algorithm=said.algorithm,
        lock=said.lock, waits=said.waits,
    )  # fmt: skip


def read_drop(cursor: MyCursor) -> f.Node:
    """Take DROP of tables or an index; other kinds only by their first words."""
    start = cursor.at
    cursor.says_any("ONLINE", "OFFLINE")
    temporary = cursor.says("TEMPORARY")
    if cursor.says("TABLE") or cursor.says("TABLES"):
        cursor.says("IF", "EXISTS")
        tables = tuple(cursor.listed(cursor.name))
        read_wait(cursor, Clauses())
        cursor.says_any("RESTRICT", "CASCADE")
        return f.DropTable(tables=tables, temporary=temporary)
    if cursor.says("INDEX"):
        return _drop_index(cursor)
    if cursor.peek().word == "PREPARE":
        cursor.rest()
        return f.Other(verb="DROP")
    cursor.at = start
    return read_other(cursor, "DROP")


def _drop_index(cursor: MyCursor) -> f.AlterTable:
    cursor.says("IF", "EXISTS")
    primary = cursor.peek().text == "`PRIMARY`"
    name = cursor.ident()
    cursor.need("ON")
    table = cursor.name()
    said = Clauses()
    read_wait(cursor, said)
    while read_clause(cursor, said):
        pass
    action = f.DropKey("PRIMARY" if primary else "INDEX", name)
    return f.AlterTable(
        table=table, actions=(action,), verb="DROP INDEX", algorithm=said.algorithm,
        lock=said.lock, waits=said.waits,
    )  # fmt: skip


def read_rename(cursor: MyCursor) -> f.Node:
    """Take RENAME TABLE."""
    if cursor.says("USER"):
        cursor.rest()
        return f.Other(verb="RENAME", commits=True)
    _need_table(cursor)
    cursor.says("IF", "EXISTS")
    said = Clauses()

    def pair() -> tuple[TableName, TableName]:
        old = cursor.name()
        read_wait(cursor, said)
        cursor.need("TO")
        return old, cursor.name()

    return f.RenameTable(pairs=tuple(cursor.listed(pair)), waits=said.waits)


def read_truncate(cursor: MyCursor) -> f.Truncate:
    """Take TRUNCATE."""
    cursor.says("TABLE")
    table = cursor.name()
    read_wait(cursor, Clauses())
    return f.Truncate(table)


def read_optimize(cursor: MyCursor) -> f.AlterTable:
    """Take OPTIMIZE TABLE, which InnoDB carries out as a rebuild."""
    cursor.says_any("NO_WRITE_TO_BINLOG", "LOCAL")
    _need_table(cursor)
    table = cursor.name()
    cursor.rest()
    return f.AlterTable(table=table, actions=(f.Plain("FORCE"),), verb="OPTIMIZE TABLE")


def read_lock(cursor: MyCursor) -> f.Node:
    """Take LOCK TABLES."""
    if cursor.says("INSTANCE"):
        cursor.rest()
        return f.Other(verb="LOCK")
    _need_table(cursor)

    def one() -> tuple[TableName, str]:
        table = cursor.name()
        if cursor.peek().word not in {"READ", "WRITE", "LOW_PRIORITY"}:
            cursor.says("AS")
            cursor.ident()
        cursor.says("LOW_PRIORITY")
        mode = cursor.says_any("READ", "WRITE")
        cursor.says("LOCAL") or cursor.says("CONCURRENT")
        return table, mode

    found = cursor.listed(one)
    read_wait(cursor, Clauses())
    return f.LockTables(tuple(found))


def read_update(cursor: MyCursor) -> f.Write:
    """Take UPDATE; more than one table, or none that is plain, is not followed."""
    while cursor.says_any("LOW_PRIORITY", "IGNORE"):
        pass
    table = cursor.name()
    return _write(cursor, "UPDATE", table)


def read_delete(cursor: MyCursor) -> f.Write:
    """Take DELETE."""
    while cursor.says_any("LOW_PRIORITY", "QUICK", "IGNORE"):
        pass
    table = cursor.name() if cursor.says("FROM") else None
    return _write(cursor, "DELETE", table)


def _write(cursor: MyCursor, verb: str, table: TableName | None) -> f.Write:
    words = cursor.rest().words
    bounded = "WHERE" in words or "LIMIT" in words or "JOIN" in words
    return f.Write(verb=verb, table=table, bounded=bounded)


def read_begin(cursor: MyCursor) -> f.Node:
    """Take BEGIN; a block as a statement of its own (MariaDB: BEGIN NOT ATOMIC) is not read."""
    cursor.says("WORK")
    return f.Transaction("BEGIN")


def read_start(cursor: MyCursor) -> f.Node:
    """Take START TRANSACTION."""
    begins = cursor.peek().word == "TRANSACTION"
    cursor.rest()
    return f.Transaction("BEGIN") if begins else f.Other(verb="START")


def read_commit(cursor: MyCursor) -> f.Node:
    """Take COMMIT."""
    cursor.rest()
    return f.Transaction("COMMIT")


def read_rollback(cursor: MyCursor) -> f.Node:
    """Take ROLLBACK; back to a savepoint is no end."""
    words = cursor.rest().words
    return f.Other(verb="ROLLBACK") if "TO" in words else f.Transaction("ROLLBACK")


def read_set(cursor: MyCursor) -> f.Node:
    """Take SET; of variables, the names and values are kept."""
    values: list[tuple[str, str]] = []
    while not cursor.done():
        cursor.says_any("SESSION", "LOCAL", "GLOBAL", "PERSIST", "STATEMENT")
        name = cursor.take().text.lower().lstrip("@").rsplit(".", 1)[-1]
        if cursor.says_any("=", ":="):
            values.append((name, " ".join(cursor.until(",").words).strip("'\"").upper()))
        else:
            cursor.until(",")
        if not cursor.says(",") and not cursor.done():
            raise NotReadError(cursor.peek(), "a comma")
    return f.Set(tuple(values))
