"""Who may do what: owner and privileges, written again for another relation."""

import re
from collections.abc import Iterator, Sequence

from expandcontract.model.catalog import Column, Table
from expandcontract.model.catalog import Sequence as Numbers
from expandcontract.model.names import TableName, quoted
from expandcontract.model.privilege import Privilege
from expandcontract.model.statement import Statement

_ITEM = re.compile(r'(?P<role>"(?:[^"]|"")*"|[^="]*)=(?P<rights>[a-zA-Z*]*)/.*', re.DOTALL)
_RIGHTS = {
    "r": "SELECT",
    "a": "INSERT",
    "w": "UPDATE",
    "d": "DELETE",
    "D": "TRUNCATE",
    "x": "REFERENCES",
    "t": "TRIGGER",
    "m": "MAINTAIN",
    "U": "USAGE",
}


_SYSTEM = ("tableoid", "cmax", "xmax", "cmin", "xmin", "ctid")


def without_column(
    table: TableName, column: str, others: Sequence[str], held: Sequence[Privilege]
) -> tuple[Statement, ...]:
    """Take a column out of the reach of those who hold privileges on it; `others` stay.

    One of the whole table cannot lack a column, and becomes one of each other column.
    """
    made: list[str] = []
    for one in held:
        if one.column is None:
            names = (*_SYSTEM, *others) if one.kind == "SELECT" else others
            made.append(f"REVOKE {one.kind} ON {table} FROM {_role(one.role)}")
            if names:
                listed = ", ".join(quoted(name) for name in names)
                made.append(f"GRANT {one.kind} ({listed}) ON {table} TO {_granted(one)}")
        elif one.column == column:
            of = f"{one.kind} ({quoted(column)})"
            made.append(f"REVOKE {of} ON {table} FROM {_role(one.role)}")
    return tuple(Statement(sql=sql) for sql in made)


def as_held(table: TableName, held: Sequence[Privilege]) -> tuple[Statement, ...]:
    """Give back what `without_column` took, and take away what it gave in its place."""
    made = [
        f"REVOKE {kind} ON {table} FROM {_role(role)}"  # takes those of the columns along
        for role, kind in dict.fromkeys((one.role, one.kind) for one in held)
    ]
    for one in held:
        of = "" if one.column is None else f" ({quoted(one.column)})"
        made.append(f"GRANT {one.kind}{of} ON {table} TO {_granted(one)}")
    return tuple(Statement(sql=sql) for sql in made)


def _role(name: str) -> str:
    return quoted(name) if name else "PUBLIC"


def _granted(one: Privilege) -> str:
    return f"{_role(one.role)}{' WITH GRANT OPTION' if one.grantable else ''}"


def give_to(relation: TableName, role: str) -> Statement:
    """Make a role the owner of a view; nothing where it is already."""
    return Statement(sql=f"ALTER VIEW {relation} OWNER TO {quoted(role)}")


def as_on(table: Table, relation: TableName) -> tuple[Statement, ...]:
    """Grant on a relation what is granted on a table and on its columns."""
    made = [sql for item in table.privileges for sql in _grants(item, relation)]
    for column in table.columns:
        made += [sql for i in column.privileges for sql in _grants(i, relation, column.name)]
    return tuple(Statement(sql=sql) for sql in made)


def on_column(column: Column, relation: TableName, name: str) -> tuple[Statement, ...]:
    """Grant on a column of another name what is granted on this one."""
    made = [sql for item in column.privileges for sql in _grants(item, relation, name)]
    return tuple(Statement(sql=sql) for sql in made)


def on_sequence(sequence: Numbers) -> tuple[Statement, ...]:
    """Grant on a sequence what was granted on the one that had the name before."""
    name = f"SEQUENCE {sequence.name}"
    made = [sql for item in sequence.privileges for sql in _grants(item, name)]
    return tuple(Statement(sql=sql) for sql in made)


def on_type(privileges: tuple[str, ...], name: TableName) -> tuple[Statement, ...]:
    """Grant on a type these and no more: a new one may be used by everybody."""
    made = [sql for item in privileges for sql in _grants(item, f"TYPE {name}")]
    return tuple(Statement(sql=sql) for sql in (f"REVOKE ALL ON TYPE {name} FROM PUBLIC", *made))


def _grants(item: str, relation: TableName | str, column: str = "") -> Iterator[str]:
    """What an aclitem grants, with and without the option to pass it on.

    >>> list(_grants('"a b"=r*w/owner', TableName("v"), "c"))
    ['GRANT UPDATE ("c") ON "v" TO "a b"', 'GRANT SELECT ("c") ON "v" TO "a b" WITH GRANT OPTION']
    """
    read = _ITEM.fullmatch(item)
    if read is None:
        raise AssertionError(item)
    name = read["role"]
    if name.startswith('"'):
        name = name[1:-1].replace('""', '"')
    role = quoted(name) if name else "PUBLIC"
    rights = re.findall(r"([a-zA-Z])(\*?)", read["rights"])
    for star, suffix in (("", ""), ("*", " WITH GRANT OPTION")):
        of = f" ({quoted(column)})" if column else ""
        words = [f"{_RIGHTS[letter]}{of}" for letter, has in rights if has == star]
        if words:
            yield f"GRANT {', '.join(words)} ON {relation} TO {role}{suffix}"
