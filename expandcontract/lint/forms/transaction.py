"""Statements on the transaction and on the session's settings."""

from expandcontract.lint.cursor import Cursor, NotReadError
from expandcontract.lint.tokens import string_value
from expandcontract.model.value import value


@value
class Begin:
    """BEGIN or START TRANSACTION."""


@value
class Commit:
    """COMMIT, END; `chain` opens the next one at once."""

    chain: bool = False


@value
class Rollback:
    """ROLLBACK, ABORT."""

    chain: bool = False


@value
class Savepoint:
    """SAVEPOINT."""

    name: str


@value
class Release:
    """RELEASE SAVEPOINT."""

    name: str


@value
class RollbackTo:
    """ROLLBACK TO SAVEPOINT."""

    name: str


@value
class Set:
    """SET; without a value it is SET .. TO DEFAULT."""

    name: str
    value: str | None
    local: bool = False


@value
class Reset:
    """RESET; the name is `all` for RESET ALL and for DISCARD ALL."""

    name: str
    discards: bool = False


@value
class Session:
    """What concerns the session alone: SHOW, PREPARE, DEALLOCATE, LISTEN, cursors .."""

    verb: str
    words: tuple[str, ...] = ()


Control = Begin | Commit | Rollback | Savepoint | Release | RollbackTo | Set | Reset | Session


def read_begin(cursor: Cursor, verb: str) -> Begin:
    """Take what follows BEGIN or START."""
    if verb == "START":
        cursor.need("TRANSACTION")
    words = set(cursor.rest().words)
    allowed = {
        "TRANSACTION", "WORK", "ISOLATION", "LEVEL", "READ", "WRITE", "ONLY", "COMMITTED",
        "UNCOMMITTED", "REPEATABLE", "SERIALIZABLE", "NOT", "DEFERRABLE", ",",
    }  # fmt: skip
    if words - allowed:
        raise NotReadError(cursor.peek(), "a transaction mode")
    return Begin()


def read_end(cursor: Cursor, verb: str) -> Control:
    """Take what follows COMMIT, END, ROLLBACK or ABORT."""
    if cursor.says("PREPARED"):
        return Session(f"{verb} PREPARED", cursor.rest().words)
    cursor.says_any("WORK", "TRANSACTION")
    if verb in {"ROLLBACK", "ABORT"} and cursor.says("TO"):
        cursor.says("SAVEPOINT")
        name = cursor.ident()
        cursor.need_end()
        return RollbackTo(name)
    chain = cursor.says("AND", "CHAIN")
    cursor.says("AND", "NO", "CHAIN")
    cursor.need_end()
    return Rollback(chain) if verb in {"ROLLBACK", "ABORT"} else Commit(chain)


def read_savepoint(cursor: Cursor, verb: str) -> Control:
    """Take what follows SAVEPOINT or RELEASE."""
    if verb == "RELEASE":
        cursor.says("SAVEPOINT")
    name = cursor.ident()
    cursor.need_end()
    return Release(name) if verb == "RELEASE" else Savepoint(name)


def read_set(cursor: Cursor, verb: str) -> Control:  # noqa: ARG001
    """Take what follows SET."""
    if cursor.sees("CONSTRAINTS") or cursor.sees("TRANSACTION"):
        return Session("SET", cursor.rest().words)
    local = cursor.says("LOCAL")
    if not local:
        cursor.says("SESSION")
    if cursor.sees("AUTHORIZATION") or cursor.sees("CHARACTERISTICS"):
        return Session("SET", cursor.rest().words)
    if cursor.says("TIME", "ZONE"):
        return Set("timezone", _value(cursor), local)
    name = cursor.name().plain.lower()
    if name in {"role", "names", "schema"}:
        return Set(name, _value(cursor), local)
    if not cursor.says_any("TO", "="):
        raise NotReadError(cursor.peek(), "TO")
    return Set(name, _value(cursor), local)


def _value(cursor: Cursor) -> str | None:
    value = cursor.rest()
    if not value.tokens:
        raise NotReadError(cursor.peek(), "a value")
    if value.words in {("DEFAULT",), ("LOCAL",)}:
        return None
    if len(value.tokens) == 1 and value.text.startswith("'"):
        return string_value(value.tokens[0])
    return value.text


def read_reset(cursor: Cursor, verb: str) -> Control:
    """Take what follows RESET or DISCARD."""
    if cursor.says("TIME", "ZONE"):
        return Reset("timezone")
    if cursor.says("SESSION", "AUTHORIZATION"):
        return Session("RESET")
    name = cursor.name().plain.lower()
    cursor.need_end()
    if verb == "DISCARD" and name != "all":
        return Session("DISCARD", (name,))
    return Reset(name, discards=verb == "DISCARD")


def read_session(cursor: Cursor, verb: str) -> Control:
    """Take any statement that concerns the session alone."""
    return Session(verb, cursor.rest().words)
