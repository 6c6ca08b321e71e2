"""Where a brown-out would prove nothing, could not be undone, or would hit who is innocent."""

from collections.abc import Iterator

from expandcontract.engine import browning_sparing as sparing
from expandcontract.engine.browning_sparing import Needed
from expandcontract.engine.runner import Runner
from expandcontract.model.names import TableName
from expandcontract.model.plan import Retired
from expandcontract.model.privilege import Privilege
from expandcontract.postgres import privileges
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session


def refusals(
    runner: Runner,
    record: Record,
    going: tuple[Retired, ...],
    needs: tuple[Needed, ...],
    *,
    is_watched: bool,
) -> Iterator[str]:
    """Every reason against taking these columns out of reach."""
    session = runner.session
    if not going:
        yield _nothing_goes(record)
        return
    for table in dict.fromkeys(one.table for one in going):
        if any(not one.by_owner for one in privileges.held(session, table)):
            yield (
                f"on {table.plain} privileges were granted by another role than its owner, and "
                "could not be given back as they were; let the owner grant them"
            )
    for one in going:
        yield from _asking_views(session, one)
    if not is_watched and not privileges.sees_statements(session):
        yield (
            "this role may not see other roles' statements: GRANT pg_read_all_stats to it, or "
            "--watch the application's errors"
        )
    found = _sessions(session, going, needs)
    if found and all(is_free for _, _, is_free in found):
        roles = ", ".join(role for role, _, _ in found)
        why = "".join(f"; the privileges of {one.role} stay since {one.why}" for one in needs)
        yield (
            f"nobody but {roles} is connected, whom no privilege stops: it would prove nothing{why}"
        )


def _nothing_goes(record: Record) -> str:
    if record.plan.retires:
        return (
            "every column keeps its name at its contract, and the ones that go have names of ours: "
            "nobody uses them, and nothing would be out of reach"
        )
    return (
        "no column's name goes at its contract: nothing would be out of reach; what still "
        f"uses the old side is named by ec contract-check {record.name}"
    )


def _asking_views(session: Session, one: Retired) -> Iterator[str]:
    """What reads a column with the rights of who asks."""
    for view in privileges.views(session, one.table, one.column):
        if view.invoker:
            yield (
                f"the view {view.name} reads {one.table.plain}.{one.column} with the privileges of "
                "who asks it (security_invoker), and is carried over: its readers would be "
                "refused; let it read the new column already (CREATE OR REPLACE VIEW)"
            )


def reached(session: Session, table: TableName, needs: tuple[Needed, ...]) -> tuple[Privilege, ...]:
    """What is taken away: all, but for roles with whose rights the server reads for others."""
    held = privileges.held(session, table)
    spared = sparing.spared(session, needs, table)
    return tuple(one for one in held if not one.role or one.role not in spared)


def left_alone(
    session: Session, going: tuple[Retired, ...], needs: tuple[Needed, ...]
) -> Iterator[str]:
    """Whom it does not reach."""
    for role, count, is_free in _sessions(session, going, needs):
        if is_free:
            yield (
                f"{count} sessions of {role} are not reached: no privilege stops that role here "
                "(what they ask is looked at all the same)"
            )


def _sessions(
    session: Session, going: tuple[Retired, ...], needs: tuple[Needed, ...]
) -> list[tuple[str, int, bool]]:
    """Role, number of sessions, and whether nothing that is taken away stops it."""
    kept: set[str] = set()
    for table in dict.fromkeys(one.table for one in going):
        spared = sparing.spared(session, needs, table)
        kept |= {one.role for one in privileges.held(session, table)} & spared
    return privileges.sessions(session, kept)
