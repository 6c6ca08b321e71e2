"""Who may do what: owner and privileges, written again for another relation."""

import re
from collections.abc import Iterator

from expandcontract.model.catalog import Column, Table
from expandcontract.model.names import TableName, quoted
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
}


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


def _grants(item: str, relation: TableName, column: str = "") -> Iterator[str]:
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
