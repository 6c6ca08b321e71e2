"""Whose privileges stay: the server reads with them on behalf of somebody else."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from expandcontract.model.catalog import ConstraintKind, Table
from expandcontract.model.names import TableName
from expandcontract.model.plan import WHOLE, Plan, Retired
from expandcontract.postgres import privileges
from expandcontract.postgres.catalog import read_catalog
from expandcontract.postgres.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """A role that has to go on reading a table, whoever asks."""

    role: str
    table: TableName
    columns: tuple[str, ...]
    why: str


def going(plan: Plan) -> tuple[Retired, ...]:
    """The columns whose names go at contract; where another takes the name, the other's own."""
    whole = {relation for relation, thing in plan.claims if thing == WHOLE}
    old = {((one.part_of or one.table).plain, one.column) for one in plan.retires}
    found = [one for one in plan.retires if not one.stays and one.table.plain not in whole]
    for one in plan.retires:
        if one.stays:
            at = (one.part_of or one.table).plain
            found += [
                Retired(table=one.table, column=thing)
                for relation, thing in plan.claims
                if relation == at and thing != WHOLE and (relation, thing) not in old
            ]
    unlike = {(one.table, one.column): one for one in found}
    return tuple(unlike.values())


def needed(session: Session, plan: Plan, leaving: tuple[Retired, ...]) -> tuple[Needed, ...]:
    """Everybody of that kind; a superuser needs no privilege, and is none of them."""
    found = [
        *_keys(session, leaving),
        *_views(session, leaving),
        *_triggers(session, plan, leaving),
    ]
    return tuple(one for one in dict.fromkeys(found) if _may_read(session, one))


def _keys(session: Session, leaving: tuple[Retired, ...]) -> Iterator[Needed]:
    for table, names in _by_table(leaving):
        if _is_read_by_keys(_read(session, table), {*names}):
            held = privileges.held(session, table)
            for role in dict.fromkeys(one.role for one in held if one.is_owners):
                yield Needed(role=role, table=table, columns=names, why="a foreign key is on it")


def _views(session: Session, leaving: tuple[Retired, ...]) -> Iterator[Needed]:
    for one in leaving:
        for view in privileges.views(session, one.table, one.column):
            if not (view.is_superusers or view.invoker):
                why = f"the view {view.name} reads with its privileges"
                yield Needed(role=view.owner, table=one.table, columns=(one.column,), why=why)


def _triggers(session: Session, plan: Plan, leaving: tuple[Retired, ...]) -> Iterator[Needed]:
    """Those on other tables; one on the same table works on the row that it is given."""
    own = {one.table.plain for one in leaving}
    for relation in dict.fromkeys(relation for relation, _ in plan.claims):
        for role in () if relation in own else privileges.trigger_roles(session, relation):
            for table, names in _by_table(leaving):
                why = f"the trigger on {relation} writes with its privileges"
                yield Needed(role=role, table=table, columns=names, why=why)


def _by_table(leaving: tuple[Retired, ...]) -> Iterator[tuple[TableName, tuple[str, ...]]]:
    for table in dict.fromkeys(one.table for one in leaving):
        yield table, tuple(one.column for one in leaving if one.table == table)


def _may_read(session: Session, one: Needed) -> bool:
    return all(privileges.may_read(session, one.role, one.table, name) for name in one.columns)


def spared(session: Session, needs: Iterable[Needed], table: TableName) -> frozenset[str]:
    """The roles whose privileges on a table stay: those of who needs them, however it has them."""
    roles = dict.fromkeys(one.role for one in needs if one.table == table)
    return frozenset(name for role in roles for name in privileges.inherited(session, role))


def lost(session: Session, needs: Iterable[Needed]) -> Iterator[str]:
    """Who cannot read any more what it has to; asked once all is taken away."""
    for one in needs:
        if not _may_read(session, one):
            yield (
                f"{one.role} reads {one.table.plain} by what everybody may do, and {one.why}: "
                f"GRANT SELECT ON {one.table} to it by name first"
            )


def _read(session: Session, table: TableName) -> Table:
    return read_catalog(session, [table], portable=True, referencing=True).tables[0]


def _is_read_by_keys(table: Table, names: set[str]) -> bool:
    own = any(
        one.kind is ConstraintKind.FOREIGN_KEY and names & {*one.columns}
        for one in table.constraints
    )
    return own or any(names & {*one.targets} for one in table.references)
