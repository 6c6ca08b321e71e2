"""What MODIFY and CHANGE ask for, once the old definition is compared with the new one."""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.known import Table
from expandcontract.lint.mysql.operations import Op

_BYTES = {"latin1": 1, "ascii": 1, "binary": 1, "utf8mb3": 3, "utf8mb4": 4, "ucs2": 2}
_MOST = 4
_ONE_LENGTH_BYTE = 255
_ROOM = 127
"""MariaDB keeps room for a second length byte in varchars up to here."""
_SET_STEPS = (8, 16, 24, 32, 64)


def changes(change: f.ChangeColumn, table: Table | None) -> Iterator[Op]:
    """The operations that a new definition amounts to; none of the old one, the worst of all."""
    old, new = table.column(change.old) if table else None, change.column
    if new.name.lower() != change.old.lower():
        yield Op.RENAME_COLUMN
    if old is None or table is None:
        yield Op.MODIFY_UNSEEN
        return
    if change.placed:
        yield Op.MOVE_COLUMN
    if old.generated or new.generated:
        yield from _generated(old, new)
        return
    yield from _type(old, new, table)
    if old.nullable and not new.nullable:
        stored = table.generates("STORED")
        yield Op.SET_NOT_NULL_BY_STORED if stored else Op.SET_NOT_NULL
    if new.nullable and not old.nullable and not table.in_primary_key(old.name):
        yield Op.DROP_NOT_NULL
    if new.auto_increment and not old.auto_increment:
        yield Op.MAKE_AUTO_INCREMENT
    yield Op.REDEFINE


def _generated(old: f.Column, new: f.Column) -> Iterator[Op]:
    if old.generated == new.generated and old.expression == new.expression:
        yield Op.REDEFINE
    elif old.generated == new.generated == "VIRTUAL":
        yield Op.MODIFY_VIRTUAL
    else:
        yield Op.MODIFY_STORED


def _type(old: f.Column, new: f.Column, table: Table) -> Iterator[Op]:
    before, after = old.type, new.type
    if before.base != after.base or before.unsigned != after.unsigned:
        yield Op.CHANGE_TYPE
        return
    if before.is_text:
        yield from _text(old, new, table)
    if before.base == "VARCHAR":
        yield from _length(old, new, table)
    elif before.base in {"ENUM", "SET"}:
        yield from _members(before, after)
    elif before.arguments != after.arguments:
        yield Op.CHANGE_TYPE


def _text(old: f.Column, new: f.Column, table: Table) -> Iterator[Op]:
    if table.charset_of(old) != table.charset_of(new):
        yield Op.COLUMN_CHARSET
    elif (old.type.collation or table.collation) != (new.type.collation or table.collation):
        yield Op.INDEXED_COLLATION if table.indexed(old.name) else Op.COLUMN_COLLATION


def _length(old: f.Column, new: f.Column, table: Table) -> Iterator[Op]:
    width = _BYTES.get(table.charset_of(old) or "", _MOST)
    before, after = (int("".join(c.type.arguments) or 0) * width for c in (old, new))
    if after < before:
        yield Op.SHORTEN
    elif after > before:
        if after <= _ONE_LENGTH_BYTE or before > _ONE_LENGTH_BYTE:
            yield Op.EXTEND
        else:
            yield Op.EXTEND_FROM_SHORT if before <= _ROOM else Op.EXTEND_ACROSS


def _members(before: f.Type, after: f.Type) -> Iterator[Op]:
    old, new = before.arguments, after.arguments
    if old == new:
        return
    appended = new[: len(old)] == old
    yield (
        Op.APPEND_MEMBER
        if appended and _room(before.base, old) == _room(before.base, new)
        else Op.CHANGE_MEMBERS
    )


def _room(base: str, members: tuple[str, ...]) -> int:
    """How many bytes a value takes."""
    if base == "ENUM":
        return 1 if len(members) <= _ONE_LENGTH_BYTE else 2
    return next(place for place, most in enumerate(_SET_STEPS) if len(members) <= most)
