"""Commands that the server itself has spelled: definitions of views, policies, triggers."""

from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName
from expandcontract.model.statement import Statement


def on(table: TableName, sql: str) -> Statement:
    """A definition over the table, given again; the table is locked already."""
    return Statement(sql=sql, table=table, lock=Lock.ACCESS_EXCLUSIVE)
