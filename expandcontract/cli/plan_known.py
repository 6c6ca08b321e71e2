"""What a database knows that the revisions of a project do not tell."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from expandcontract.changes.base import Change
from expandcontract.model.catalog import Catalog
from expandcontract.model.plan import Plan
from expandcontract.postgres import ledger
from expandcontract.postgres.catalog import read_catalog
from expandcontract.postgres.installation import installed
from expandcontract.postgres.session import Session, open_session


@dataclass(frozen=True, slots=True)
class Known:
    """Tables that are older than the first revision, and plans that are frozen already."""

    session: Session | None = None

    def frozen(self, name: str) -> Plan | None:
        """The plan by which a change was begun."""
        if self.session is None or not installed(self.session):
            return None
        record = ledger.find(self.session, name)
        return None if record is None or record.outcome == "reverted" else record.plan

    def completed(self, catalog: Catalog, change: Change) -> Catalog:
        """The catalog with the tables of a change as they are in the database."""
        if self.session is None:
            return catalog
        found = read_catalog(
            self.session,
            change.tables,
            getattr(change, "types", ()),
            getattr(change, "enums", ()),
            portable=True,
            referencing=getattr(change, "reads_referencing", False),
        )
        names = {table.name for table in catalog.tables}
        more = (table for table in found.tables if table.name not in names)
        return replace(
            found,
            tables=(*catalog.tables, *more),
            types={**found.types, **catalog.types},
            enums={**found.enums, **catalog.enums},
        )


@contextmanager
def known(dsn: str | None) -> Iterator[Known]:
    """Ask this database, if there is one."""
    if dsn is None:
        yield Known()
        return
    session = open_session(dsn, "ec plan")
    try:
        yield Known(session)
    finally:
        session.close()
