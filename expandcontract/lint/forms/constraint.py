"""Constraints, as they stand in CREATE TABLE, ADD COLUMN and ADD CONSTRAINT."""

from expandcontract.lint.cursor import Cursor, Expr, NotReadError
from expandcontract.model.names import TableName
from expandcontract.model.value import replace, value


@value(kw_only=True)
class Check:
    """`CHECK (condition)`."""

    name: str | None
    condition: Expr
    not_valid: bool = False
    enforced: bool = True
    no_inherit: bool = False


@value(kw_only=True)
class ForeignKey:
    """`FOREIGN KEY (columns) REFERENCES parent`; an inline one names its own column.

    With `period` the last column is a period that those of the parent have to cover (18).
    """

    name: str | None
    columns: tuple[str, ...]
    parent: TableName
    parent_columns: tuple[str, ...]
    period: bool = False
    rest: str = ""
    not_valid: bool = False
    enforced: bool = True
    deferrable: bool = False
    deferred: bool = False


@value(kw_only=True)
class Unique:
    """UNIQUE or PRIMARY KEY, with columns of its own or on an index built before."""

    name: str | None
    primary: bool
    columns: tuple[str, ...] = ()
    without_overlaps: bool = False  #: said of the last column, a period (18)
    using_index: str | None = None
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    deferrable: bool = False
    deferred: bool = False


@value(kw_only=True)
class Exclude:
    """`EXCLUDE USING gist (..)`."""

    name: str | None
    method: str
    elements: Expr


@value(kw_only=True)
class NotNull:
    """`NOT NULL` as a constraint with a row of its own (18 and later)."""

    name: str | None
    column: str
    not_valid: bool = False
    no_inherit: bool = False


Constraint = Check | ForeignKey | Unique | Exclude | NotNull

STARTS = ("CONSTRAINT", "CHECK", "FOREIGN", "UNIQUE", "PRIMARY", "EXCLUDE")


@value(kw_only=True)
class _Attributes:
    not_valid: bool = False
    enforced: bool = True
    no_inherit: bool = False
    deferrable: bool = False
    deferred: bool = False


_NOTHING_SAID = _Attributes()
_ATTRIBUTES = frozenset({"NOT", "NO", "INITIALLY", "DEFERRABLE", "ENFORCED"})
"""With what an attribute begins."""


def read_table_constraint(cursor: Cursor) -> Constraint:
    """Take a constraint that stands for itself, with its name and attributes."""
    name = cursor.ident() if cursor.says("CONSTRAINT") else None
    if cursor.says("CHECK"):
        condition = cursor.group()
        said = _read_attributes(cursor)
        return Check(
            name=name,
            condition=condition,
            not_valid=said.not_valid,
            enforced=said.enforced,
            no_inherit=said.no_inherit,
        )
    if cursor.says("FOREIGN", "KEY"):
        columns, period = _read_referring(cursor)
        return read_references(cursor, name, columns, period=period)
    if cursor.says("NOT", "NULL"):
        column = cursor.ident()
        said = _read_attributes(cursor)
        return NotNull(
            name=name, column=column, not_valid=said.not_valid, no_inherit=said.no_inherit
        )
    if cursor.says("EXCLUDE"):
        return _read_exclude(cursor, name)
    if cursor.says("PRIMARY", "KEY"):
        return read_unique(cursor, name, primary=True)
    if cursor.says("UNIQUE"):
        return read_unique(cursor, name, primary=False)
    raise NotReadError(cursor.peek(), "a constraint")


def read_unique(
    cursor: Cursor, name: str | None, *, primary: bool, column: str | None = None
) -> Unique:
    """Take what follows UNIQUE or PRIMARY KEY; with a column given, it is the inline form."""
    if cursor.says("USING", "INDEX"):
        index = cursor.ident()
        said = _read_deferral(cursor)
        return Unique(
            name=name,
            primary=primary,
            using_index=index,
            deferrable=said.deferrable,
            deferred=said.deferred,
        )
    distinct = _read_nulls(cursor)
    columns, periods = ((column,), False) if column is not None else _read_key_columns(cursor)
    include = cursor.columns() if cursor.says("INCLUDE") else ()
    read_index_options(cursor)
    said = _read_deferral(cursor) if column is None else _NOTHING_SAID
    return Unique(
        name=name,
        primary=primary,
        columns=columns,
        without_overlaps=periods,
        include=include,
        nulls_not_distinct=distinct,
        deferrable=said.deferrable,
        deferred=said.deferred,
    )


def _read_nulls(cursor: Cursor) -> bool:
    if cursor.says("NULLS", "NOT", "DISTINCT"):
        return True
    cursor.says("NULLS", "DISTINCT")
    return False


def _read_key_columns(cursor: Cursor) -> tuple[tuple[str, ...], bool]:
    """Take the columns of a key, of which the last may be a period WITHOUT OVERLAPS."""
    cursor.need("(")
    columns = cursor.listed(cursor.ident)
    periods = cursor.says("WITHOUT", "OVERLAPS")
    cursor.need(")")
    return columns, periods


def _read_referring(cursor: Cursor) -> tuple[tuple[str, ...], bool]:
    """Take the columns of a foreign key, of which the last may be a PERIOD."""
    periods: list[str] = []

    def one() -> str:
        if periods:
            raise NotReadError(cursor.peek(), ")")
        named = cursor.sees("PERIOD") and cursor.peek(1).word not in {",", ")"}
        if named:
            cursor.take()
        column = cursor.ident()
        if named:
            periods.append(column)
        return column

    cursor.need("(")
    columns = cursor.listed(one)
    cursor.need(")")
    return columns, bool(periods)


def read_index_options(cursor: Cursor) -> None:
    """Take `WITH (..)` and `USING INDEX TABLESPACE x`, which change no lock."""
    if cursor.says("WITH"):
        cursor.group()
    if cursor.says("USING", "INDEX", "TABLESPACE"):
        cursor.ident()


def _read_exclude(cursor: Cursor, name: str | None) -> Exclude:
    method = cursor.ident() if cursor.says("USING") else "btree"
    elements = cursor.group()
    if cursor.says("INCLUDE"):
        cursor.columns()
    read_index_options(cursor)
    if cursor.says("WHERE"):
        cursor.group()
    _read_deferral(cursor)
    return Exclude(name=name, method=method, elements=elements)


def read_references(
    cursor: Cursor,
    name: str | None,
    columns: tuple[str, ...],
    *,
    period: bool = False,
    inline: bool = False,
) -> ForeignKey:
    """Take REFERENCES with its actions; the attributes of an inline one are its column's."""
    cursor.need("REFERENCES")
    parent = cursor.name()
    parent_columns: tuple[str, ...] = ()
    if cursor.sees("("):
        start = cursor.at
        parent_columns, same = _read_referring(cursor)
        if same is not period:
            raise NotReadError(cursor.tokens[start], "PERIOD on both sides or on none")
    start = cursor.at
    _read_actions(cursor)
    rest = cursor.between(start, cursor.at).text
    said = _NOTHING_SAID if inline else _read_attributes(cursor)
    return ForeignKey(
        name=name,
        columns=columns,
        parent=parent,
        parent_columns=parent_columns,
        period=period,
        rest=rest,
        not_valid=said.not_valid,
        enforced=said.enforced,
        deferrable=said.deferrable,
        deferred=said.deferred,
    )


def _read_actions(cursor: Cursor) -> None:
    while True:
        if cursor.says("MATCH"):
            cursor.take()
        elif cursor.says("ON"):
            cursor.take()  # DELETE or UPDATE
            if cursor.says("NO"):
                cursor.need("ACTION")
            elif cursor.says("SET"):
                cursor.take()  # NULL or DEFAULT
                if cursor.sees("("):
                    cursor.group()
            else:
                cursor.take()  # CASCADE or RESTRICT
        else:
            return


def _read_deferral(cursor: Cursor) -> _Attributes:
    """Attributes of a constraint with an index, which the server never leaves unverified."""
    said = _read_attributes(cursor)
    if said.not_valid or not said.enforced:
        raise NotReadError(cursor.peek(-1), "a constraint that is verified at once")
    return said


def _read_attributes(cursor: Cursor) -> _Attributes:
    said = _NOTHING_SAID
    while cursor.word() in _ATTRIBUTES:
        if cursor.says("NOT", "VALID"):
            said = replace(said, not_valid=True)
        elif cursor.says("NOT", "ENFORCED"):
            said = replace(said, enforced=False)
        elif cursor.says("NO", "INHERIT"):
            said = replace(said, no_inherit=True)
        elif cursor.says("INITIALLY", "DEFERRED"):
            said = replace(said, deferred=True, deferrable=True)
        elif cursor.says("DEFERRABLE"):
            said = replace(said, deferrable=True)
        elif not (
            cursor.says("ENFORCED")
            or cursor.says("NOT", "DEFERRABLE")
            or cursor.says("INITIALLY", "IMMEDIATE")
        ):
            break
    return said
