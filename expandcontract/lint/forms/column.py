"""A column's definition, in CREATE TABLE and ADD COLUMN."""

from expandcontract.lint.cursor import Cursor, Expr, NotReadError
from expandcontract.lint.forms.collation import read_collation
from expandcontract.lint.forms.constraint import (
    Check,
    Constraint,
    ForeignKey,
    Unique,
    read_references,
    read_unique,
)
from expandcontract.lint.types import TypeName, read_type
from expandcontract.model.value import field, replace, value

_DEFAULT_ENDS = (
    ",", "CONSTRAINT", "NOT", "NULL", "CHECK", "UNIQUE", "PRIMARY", "REFERENCES", "GENERATED",
    "DEFERRABLE", "INITIALLY", "ENFORCED", "COLLATE", "STORAGE", "COMPRESSION", "DEFAULT",
)  # fmt: skip

_SETTINGS = frozenset({
    "COLLATE", "STORAGE", "COMPRESSION", "OPTIONS", "NOT", "DEFERRABLE", "INITIALLY", "ENFORCED",
    "NO",
})  # fmt: skip
"""With what a setting begins that is no constraint; NOT may be either."""


@value(kw_only=True)
class ColumnDef:
    """What a column is made of; `stored` is None where the statement leaves it to the server."""

    name: str
    type: TypeName | None
    collation: str | None = None
    default: Expr | None = None
    not_null: bool = False
    identity: str = ""
    generated: Expr | None = None
    stored: bool | None = None
    constraints: tuple[Constraint, ...] = ()

    @property
    def checks(self) -> tuple[Check, ...]:
        """Inline CHECK constraints."""
        return tuple(item for item in self.constraints if isinstance(item, Check))

    @property
    def references(self) -> tuple[ForeignKey, ...]:
        """Inline foreign keys."""
        return tuple(item for item in self.constraints if isinstance(item, ForeignKey))

    @property
    def uniques(self) -> tuple[Unique, ...]:
        """Inline UNIQUE and PRIMARY KEY constraints."""
        return tuple(item for item in self.constraints if isinstance(item, Unique))

    @property
    def primary(self) -> bool:
        """Whether the column is said to be the primary key."""
        return any(item.primary for item in self.uniques)


@value(frozen=False)
class _Draft:
    """The parts of a column while they are being read."""

    name: str
    collation: str | None = None
    default: Expr | None = None
    not_null: bool = False
    identity: str = ""
    generated: Expr | None = None
    stored: bool | None = None
    constraints: list[Constraint] = field(default_factory=list)


def read_column(cursor: Cursor, *, typed: bool = True) -> ColumnDef:
    """Take a column; CREATE TABLE OF and PARTITION OF give no types."""
    draft = _Draft(cursor.ident())
    column_type = read_type(cursor) if typed else None
    if not typed:
        cursor.says("WITH", "OPTIONS")
    while not cursor.done() and not cursor.sees(","):
        if cursor.word() not in _SETTINGS or not _read_setting(cursor, draft):
            _read_constraint(cursor, draft)
    return ColumnDef(
        name=draft.name,
        type=column_type,
        collation=draft.collation,
        default=draft.default,
        not_null=draft.not_null,
        identity=draft.identity,
        generated=draft.generated,
        stored=draft.stored,
        constraints=tuple(draft.constraints),
    )


def _read_setting(cursor: Cursor, draft: _Draft) -> bool:
    if cursor.says("COLLATE"):
        draft.collation = read_collation(cursor)
    elif cursor.says("STORAGE") or cursor.says("COMPRESSION"):
        cursor.ident()
    elif cursor.says("OPTIONS"):
        cursor.group()
    elif cursor.says("NOT", "ENFORCED"):
        _not_enforced(draft)
    else:
        return _read_marker(cursor)
    return True


def _not_enforced(draft: _Draft) -> None:
    """The attribute belongs to the constraint before it."""
    last = draft.constraints[-1] if draft.constraints else None
    if isinstance(last, Check | ForeignKey):
        draft.constraints[-1] = replace(last, enforced=False)


def _read_marker(cursor: Cursor) -> bool:
    return (
        cursor.says("NOT", "DEFERRABLE")
        or cursor.says("DEFERRABLE")
        or cursor.says("INITIALLY", "DEFERRED")
        or cursor.says("INITIALLY", "IMMEDIATE")
        or cursor.says("ENFORCED")
        or cursor.says("NO", "INHERIT")
    )


def _read_constraint(cursor: Cursor, draft: _Draft) -> None:  # noqa: C901  (a case each)
    name = cursor.ident() if cursor.says("CONSTRAINT") else None
    if cursor.says("NOT", "NULL"):
        draft.not_null = True
    elif cursor.says("NULL"):
        pass
    elif cursor.says("DEFAULT"):
        draft.default = read_default(cursor)
    elif cursor.says("GENERATED"):
        _read_generated(cursor, draft)
    elif cursor.says("CHECK"):
        condition = cursor.group()
        draft.constraints.append(Check(name=name, condition=condition))
    elif cursor.says("UNIQUE"):
        draft.constraints.append(read_unique(cursor, name, primary=False, column=draft.name))
    elif cursor.says("PRIMARY", "KEY"):
        draft.constraints.append(read_unique(cursor, name, primary=True, column=draft.name))
    elif cursor.sees("REFERENCES"):
        draft.constraints.append(read_references(cursor, name, (draft.name,), inline=True))
    else:
        raise NotReadError(cursor.peek(), "a column constraint")


def read_default(cursor: Cursor) -> Expr:
    """Take a default's expression: it ends before the next column constraint."""
    start = cursor.at
    if not cursor.says("NULL") or cursor.sees("::"):
        cursor.until(*_DEFAULT_ENDS)
    expression = cursor.between(start, cursor.at)
    if not expression.tokens:
        raise NotReadError(cursor.peek(), "an expression")
    return expression


def _read_generated(cursor: Cursor, draft: _Draft) -> None:
    by_default = cursor.says("BY", "DEFAULT")
    if not by_default:
        cursor.need("ALWAYS")
    cursor.need("AS")
    if cursor.says("IDENTITY"):
        draft.identity = "by default" if by_default else "always"
        if cursor.sees("("):
            cursor.group()
        return
    draft.generated = cursor.group()
    if cursor.says("STORED"):
        draft.stored = True
    elif cursor.says("VIRTUAL"):
        draft.stored = False
