"""One SQL command that says what it costs."""

from dataclasses import dataclass
from typing import Any, Self

from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName
from expandcontract.model.probe import Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A command, the table it locks and how, and what it does to the table's rows.

    `tests/facts` runs every form that `ddl/` emits and compares these claims with `pg_locks`.
    """

    sql: str
    table: TableName | None = None
    lock: Lock = Lock.NONE
    scans: bool = False
    rewrites: bool = False
    builds_index: bool = False
    transactional: bool = True  #: false: PostgreSQL refuses it inside a transaction
    spreads: bool = False  #: locks every partition and child of the table too
    only_when: Probe | None = None  #: left out unless true: what it is about may be gone by then

    def document(self) -> dict[str, Any]:
        """The statement as JSON keeps it."""
        return {
            "sql": self.sql,
            "table": None if self.table is None else [self.table.schema, self.table.name],
            "lock": str(self.lock),
            "scans": self.scans,
            "rewrites": self.rewrites,
            "builds_index": self.builds_index,
            "transactional": self.transactional,
            **({"spreads": True} if self.spreads else {}),
            **({"only_when": self.only_when.document()} if self.only_when else {}),
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Read what `document` wrote."""
        table, only_when = document["table"], document.get("only_when")
        return cls(
            sql=document["sql"],
            table=None if table is None else TableName(table[1], table[0]),
            lock=Lock[document["lock"].replace(" ", "_")],
            scans=document["scans"],
            rewrites=document["rewrites"],
            builds_index=document["builds_index"],
            transactional=document["transactional"],
            spreads=document.get("spreads", False),
            only_when=only_when and Probe.from_document(only_when),
        )
