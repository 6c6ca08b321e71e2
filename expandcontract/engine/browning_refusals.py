"""Where a brown-out would prove nothing, could not be undone, or would hit who is innocent."""

from collections.abc import Iterable, Iterator

from expandcontract.engine.runner import Runner
from expandcontract.model.catalog import ConstraintKind, Table
from expandcontract.model.names import TableName
from expandcontract.model.plan import Retired
from expandcontract.model.privilege import Privilege
from expandcontract.postgres import privileges
from expandcontract.postgres.catalog import read_catalog
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session


def refusals(
    runner: Runner, record: Record, going: tuple[Retired, ...], *, is_watched: bool
) -> Iterator[str]:
    """Every reason against taking these columns out of reach."""
    session = runner.session
    if not going:
        yield "no column's name goes at its contract: nothing would be out of reach"
        return
    if len({relation for relation, _ in record.plan.claims}) > 1:
        yield "it works on several tables: its trigger writes the old column, with a role's rights"
    for table in dict.fromkeys(one.table for one in going):
        if any(not one.by_owner for one in privileges.held(session, table)):
            yield (
                f"on {table.plain} privileges were granted by another role than its owner, and "
                "could not be given back as they were"
            )
        yield from _views(_read(session, table), going)
    if not is_watched and not privileges.sees_statements(session):
        yield (
            "this role may not see other roles' statements: GRANT pg_read_all_stats to it, or "
            "--watch the application's errors"
        )
    found = _sessions(session, going)
    if found and all(is_free for _, _, is_free in found):
        roles = ", ".join(role for role, _, _ in found)
        yield f"nobody but {roles} is connected, whom no privilege stops: it would prove nothing"


def reached(session: Session, table: TableName, going: Iterable[Retired]) -> tuple[Privilege, ...]:
    """What is taken away: all, but for the owner's where foreign keys read with its rights."""
    held = privileges.held(session, table)
    if _is_read_by_keys(_read(session, table), going):
        return tuple(one for one in held if not one.is_owners)
    return held


def left_alone(session: Session, going: tuple[Retired, ...]) -> Iterator[str]:
    """Whom it does not reach."""
    for role, count, is_free in _sessions(session, going):
        if is_free:
            yield (
                f"{count} sessions of {role} are not reached: no privilege stops that role here "
                "(what they ask is looked at all the same)"
            )


def _read(session: Session, table: TableName) -> Table:
    return read_catalog(session, [table], portable=True, referencing=True).tables[0]


def _views(table: Table, going: Iterable[Retired]) -> Iterator[str]:
    """What reads a column with its owner's rights, whoever asks."""
    for column in (one.column for one in going if one.table == table.name):
        for dependent in table.dependents_of(column):
            if dependent.description.startswith(("view", "materialized view")):
                yield (
                    f"{dependent.description} reads {table.name.plain}.{column} and is carried "
                    "over: its readers would be refused"
                )


def _is_read_by_keys(table: Table, going: Iterable[Retired]) -> bool:
    names = {one.column for one in going if one.table == table.name}
    own = any(
        one.kind is ConstraintKind.FOREIGN_KEY and names & {*one.columns}
        for one in table.constraints
    )
    return own or any(names & {*one.targets} for one in table.references)


def _sessions(session: Session, going: tuple[Retired, ...]) -> list[tuple[str, int, bool]]:
    """Role, number of sessions, and whether nothing that is taken away stops it."""
    spared: set[str] = set()
    for table in dict.fromkeys(one.table for one in going):
        if _is_read_by_keys(_read(session, table), going):
            spared |= {one.role for one in privileges.held(session, table) if one.is_owners}
    found = privileges.sessions(session)
    return [(role, count, is_free or role in spared) for role, count, is_free in found]
