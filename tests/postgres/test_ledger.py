"""The memory between processes: installed once, written by every query, read back the same."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import psycopg
import pytest

from expandcontract.changes.add_index import AddIndex
from expandcontract.changes.document import from_document
from expandcontract.errors import (
    ClaimedError,
    LaneLostError,
    LedgerTooNewError,
    PositionNotReadError,
    ServerRefusedError,
    UnknownChangeError,
)
from expandcontract.model.backfill import Backfill
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step
from expandcontract.model.probe import ALWAYS
from expandcontract.model.walk import KeyWalk
from expandcontract.postgres import (
    blockers,
    catalog_queries,
    chunks,
    controls,
    lane_queries,
    lanes,
    leases,
    ledger,
    ledger_queries,
    memory,
    origin,
    quarantine,
    relation_queries,
    relations,
    samples,
    sampling,
    vacuum,
)
from expandcontract.postgres.installation import install, installed, scripts
from expandcontract.postgres.session import PsycopgSession, Session, open_session, transaction

CHANGE = AddIndex(table="t", columns=("a",), owner="us", contract_by=date(2026, 12, 24))
PLAN = Plan(
    steps=(Step(name="é", phase=Phase.EXPAND, summary="it's", done=ALWAYS),),
    claims=(("public.t", "a"), ("public.t", "odd.name")),
)


@pytest.fixture
def session(connection: psycopg.Connection) -> Session:
    session = PsycopgSession(connection, owned=False)
    install(session)
    return session


@pytest.fixture
def record(session: Session) -> ledger.Record:
    return ledger.add(session, CHANGE, PLAN)


def test_many_at_once_install_it_once(dsn: str) -> None:
    errors: list[Exception] = []
    start = threading.Barrier(8)

    def installing() -> None:
        session = open_session(dsn)
        start.wait()
        try:
            install(session)
        except Exception as error:  # noqa: BLE001  # looked at below
            errors.append(error)
        finally:
            session.close()

    threads = [threading.Thread(target=installing) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    session = open_session(dsn)
    versions = session.rows("SELECT number, name FROM expandcontract.versions ORDER BY number")
    assert versions == [(number, name) for number, name, _ in scripts()]
    session.close()


def test_a_role_without_rights_may_ask_whether_it_is_installed(session: Session) -> None:
    session.run("GRANT SELECT ON expandcontract.versions TO pg_read_all_stats")
    session.run("SET ROLE pg_read_all_stats")

    install(session)
    assert installed(session) == scripts()[-1][0]


def test_a_ledger_of_a_newer_release_is_left_alone(session: Session) -> None:
    session.run("INSERT INTO expandcontract.versions VALUES (99, 'later', '9.9')")

    with pytest.raises(LedgerTooNewError, match="99"):
        install(session)


def test_no_two_scripts_have_the_same_number() -> None:
    numbers = [number for number, _, _ in scripts()]

    assert numbers == sorted(set(numbers))


def words(session: Session, table: str, column: str) -> set[str]:
    """What a check of the ledger allows in a column."""
    [(definition,)] = session.rows(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %(table)s::text::regclass AND contype = 'c' AND conname LIKE %(name)s",
        {"table": f"expandcontract.{table}", "name": f"{table}_{column}%"},
    )
    return set(re.findall(r"'(\w+)'", definition))


def test_the_words_in_sql_are_those_in_python(session: Session) -> None:
    assert words(session, "changes", "reached") == {"planned", *map(str, Phase)}
    assert words(session, "changes", "outcome") == {"closed", "reverted"}
    assert words(session, "steps", "state") == {"running", "done", "failed", "reverted"}


def test_a_change_is_read_back_as_it_was_added(session: Session, record: ledger.Record) -> None:
    assert ledger.get(session, record.id) == record
    assert ledger.find(session, CHANGE.name) == record
    assert from_document(record.definition) == CHANGE
    assert (record.plan, record.fingerprint) == (PLAN, PLAN.fingerprint)
    assert (record.owner, record.contract_by) == ("us", date(2026, 12, 24))
    assert (record.state, record.next_phase, record.is_open) == ("planned", Phase.EXPAND, True)
    assert ledger.everything(session) == [record]


@pytest.mark.parametrize("style", ["German", "SQL, DMY", "Postgres, MDY"])
def test_dates_are_read_whatever_the_session_writes_them_like(
    session: Session, record: ledger.Record, style: str
) -> None:
    ledger.defer(session, record, Phase.SWITCH, (), None)
    due = ledger.due(session)

    session.run(f"SET datestyle = '{style}'")

    assert ledger.get(session, record.id) == record
    assert ledger.due(session) == due


@pytest.mark.parametrize("name", ["t.index-ix_t_a", "public.t.a", "t.a", "t.odd.name"])
def test_a_change_is_found_by_its_name_and_its_columns(
    session: Session, record: ledger.Record, name: str
) -> None:
    assert ledger.named(session, name) == record


@pytest.mark.parametrize("name", ["x.t.a", "t.%", "_.a", "dd.name"])
def test_what_is_no_name_of_a_change_finds_none(
    session: Session, record: ledger.Record, name: str
) -> None:
    with pytest.raises(UnknownChangeError):
        assert ledger.named(session, name) != record


def test_a_change_ends_once_and_may_begin_again(session: Session, record: ledger.Record) -> None:
    ledger.claim(session, record)
    with pytest.raises(psycopg.errors.UniqueViolation):
        raising(session, lambda: ledger.add(session, CHANGE, PLAN))

    ledger.set_reached(session, record, None, "reverted")
    again = ledger.add(session, CHANGE, PLAN)
    ledger.claim(session, again)

    assert ledger.find(session, CHANGE.name) == again
    assert ledger.get(session, record.id).state == "reverted"


def raising(session: Session, work: Callable[[], object]) -> None:
    try:
        with transaction(session):
            work()
    except ServerRefusedError as error:
        raise (error.__cause__ or error) from None


def test_a_column_belongs_to_one_open_change(session: Session, record: ledger.Record) -> None:
    other = ledger.add(session, replace(CHANGE, name="other"), PLAN)
    ledger.claim(session, record)
    ledger.claim(session, record)

    with pytest.raises(ClaimedError, match=re.escape(CHANGE.name)) as caught:
        ledger.claim(session, other)
    assert [what for what, _ in caught.value.claimed] == ["public.t.a", "public.t.odd.name"]

    ledger.set_reached(session, record, Phase.CONTRACT, "closed")
    ledger.claim(session, other)


def test_phases_errors_and_steps_are_noted(session: Session, record: ledger.Record) -> None:
    ledger.set_error(session, record, "it's gone")
    assert ledger.get(session, record.id).last_error == "it's gone"

    for phase in Phase:
        ledger.set_reached(session, record, phase, None)
        now = ledger.get(session, record.id)
        assert (now.reached, now.state, now.last_error) == (phase, phase.participle, None)

    for state in ("running", "running", "failed", "running", "done"):
        ledger.set_step(
            session, record, "é", Phase.EXPAND, state, "why" if state == "failed" else None
        )
    assert ledger.step_states(session, record) == {"é": "done"}
    rows = session.rows("SELECT attempts, error, finished_at IS NULL FROM expandcontract.steps")
    assert rows == [(3, None, False)]

    ledger.forget_step(session, record, "é")
    assert ledger.step_states(session, record) == {}


def test_what_is_due_is_kept_until_it_is_done(session: Session, record: ledger.Record) -> None:
    ledger.defer(session, record, Phase.SWITCH, ["a", "it's"], "abc")
    ledger.defer(session, record, Phase.SWITCH, ["later"], "def")
    ledger.defer(session, record, Phase.CONTRACT, [], None)

    due = ledger.due(session)
    assert [(d.change_id, d.phase, d.reasons, d.revision) for d in due] == [
        (record.id, Phase.SWITCH, ("later",), "abc"),
        (record.id, Phase.CONTRACT, (), None),
    ]
    assert ledger.not_due(session, record, Phase.SWITCH)
    assert not ledger.not_due(session, record, Phase.SWITCH)


def test_switches_and_events_are_noted(session: Session, record: ledger.Record) -> None:
    for percent in (0, 50, 100):
        ledger.set_switch(session, record, percent)
    ledger.tell(session, record, "told", why='it\'s "so"', how="100%")

    assert session.rows("SELECT percent FROM expandcontract.switches") == [(100,)]
    events = session.rows("SELECT what, detail FROM expandcontract.events")
    assert events == [("told", {"why": 'it\'s "so"', "how": "100%"})]


def test_progress_is_kept_and_advances_only_from_where_it_was(
    session: Session, record: ledger.Record
) -> None:
    backfill = Backfill(
        table=TableName("t"), key=("a", "b"), key_types=("int", "text"), assignments=()
    )
    walk = KeyWalk(table=TableName("t"), high=("9", "é"))
    lanes.begin(session, record, "s", [lanes.Planned(walk=walk, rows=9)])
    lane = lanes.claim(session, record, "s", backfill, pooled=False)
    assert lane is not None
    assert (lane.walk, lane.token) == (walk, 1)
    assert lanes.claim(session, record, "s", backfill, pooled=False) is None

    after = lane.after(walk.moved(("3", 'a"b')), seen=5, written=4)
    lanes.save(session, lane, after, pooled=False)
    with pytest.raises(LaneLostError):
        lanes.save(session, lane, after, pooled=False)
    assert lanes.reclaim(session, lane, backfill, pooled=False) == after

    lanes.hold(session, lane, ("lag", "load"), pooled=False)
    assert session.rows("SELECT held_by FROM expandcontract.lanes") == [("lag; load",)]
    over = after.after(walk.moved(("9", "é")), seen=1)
    lanes.save(session, after, over, pooled=False)
    found = lanes.totals(session, record, "s")
    assert (found.lanes, found.unfinished, found.seen, found.written) == (1, 0, 6, 4)
    assert lanes.reclaim(session, lane, backfill, pooled=False) is None
    ledger.forget_step(session, record, "s")
    assert lanes.totals(session, record, "s").lanes == 0


def test_a_checkpoint_counts_on_one_timeline_only(session: Session, record: ledger.Record) -> None:
    backfill = Backfill(table=TableName("t"), key=("a",), key_types=("int",), assignments=())
    walk = KeyWalk(table=TableName("t"), high=("9",))
    lanes.begin(session, record, "s", [lanes.Planned(walk=walk)])
    lane = lanes.claim(session, record, "s", backfill, pooled=False)
    found = origin.origin(session)
    assert lane is not None
    assert found is not None
    after = lane.after(walk.moved(("3",)), seen=3)

    for other in (found.timeline - 1, found.timeline + 1):
        with pytest.raises(LaneLostError):
            lanes.save(session, lane, after, pooled=False, timeline=other)
    lanes.save(session, lane, after, pooled=False, timeline=found.timeline)

    assert lanes.reclaim(session, lane, backfill, pooled=False) == after


def test_standbys_are_remembered_until_another_server_leads(
    session: Session, record: ledger.Record
) -> None:
    first = origin.Origin("7", 1)
    origin.note(session, first)

    memory.seen(session, record, ["b", "a"])
    memory.seen(session, record, ["a"])
    origin.note(session, first)
    assert memory.streamed(session, record) == ("a", "b")
    earlier = "UPDATE expandcontract.standbys SET seen_at = seen_at - interval '2 d'"
    session.run(f"{earlier} WHERE name = 'b'")
    assert memory.streamed(session, record) == ("a",)

    origin.note(session, origin.Origin("7", 2))
    assert memory.streamed(session, record) == ()


def test_samples_stay_few_however_long_it_lasts(session: Session, record: ledger.Record) -> None:
    for number in range(samples.MOST + 1):
        sample = samples.Sample(
            seconds=1.0, rows_seen=number, rows_written=number, share=1.0, lags={"a": 0.5}
        )
        samples.add(session, record, "s", sample)

    samples.thin_out(session, record, "s")
    kept = samples.read(session, record, "s")

    assert len(kept) == samples.MOST // 2 + 1
    assert sum(sample.seconds for sample in kept) == samples.MOST + 1
    assert kept[-1].rows_seen == samples.MOST
    assert kept[0].lags == {"a": 0.5}
    assert kept[0].moment < kept[-1].moment


def test_a_lane_that_an_earlier_release_began_goes_on_along_its_key(
    session: Session, record: ledger.Record
) -> None:
    backfill = Backfill(table=TableName("t"), key=("a",), key_types=("int",), assignments=())
    session.run(
        "INSERT INTO expandcontract.lanes (change_id, step, lane, high, position)"
        " VALUES (%(id)s::bigint, 's', 0, '[\"9\"]', '[\"4\"]')",
        record.key,
    )

    lane = lanes.claim(session, record, "s", backfill, pooled=False)

    assert lane is not None
    assert lane.walk == KeyWalk(table=TableName("t"), high=("9",), position=("4",))


def test_a_lane_that_a_later_release_began_is_left_alone(
    session: Session, record: ledger.Record
) -> None:
    backfill = Backfill(table=TableName("t"), key=("a",), key_types=("int",), assignments=())
    session.run(
        "INSERT INTO expandcontract.lanes (change_id, step, lane, walk)"
        """ VALUES (%(id)s::bigint, 's', 0, '{"version": 2, "by": "x", "table": [null, "t"]}')""",
        record.key,
    )

    with pytest.raises(PositionNotReadError, match="go on with the release that began it"):
        lanes.claim(session, record, "s", backfill, pooled=False)


QUERIES = (
    ledger_queries,
    chunks,
    leases,
    catalog_queries,
    blockers,
    controls,
    lane_queries,
    memory,
    origin,
    quarantine,
    relation_queries,
    relations,
    samples,
    sampling,
    vacuum,
)


def queries() -> Iterator[tuple[str, str]]:
    """Every constant of `postgres/` that holds SQL."""
    for module in QUERIES:
        for name, value in vars(module).items():
            if (
                name.isupper()
                and not name.startswith("_")
                and isinstance(value, str)
                and " " in value
            ):
                yield f"{module.__name__.rpartition('.')[2]}.{name}", value


@pytest.mark.parametrize("sql", [sql for _, sql in queries()], ids=[name for name, _ in queries()])
@pytest.mark.usefixtures("session", "each_major")
def test_every_query_is_understood_by_every_major(connection: psycopg.Connection, sql: str) -> None:
    """Planned, with parameters of no type, as drivers send them."""
    if "has_parameter_privilege" in sql and connection.info.server_version < 150000:
        pytest.skip("asked from 15 on")
    numbers: dict[str, str] = {}

    def number(mark: re.Match[str]) -> str:
        return numbers.setdefault(mark[1], f"${len(numbers) + 1}")

    text = re.sub(r"%\((\w+)\)s", number, sql).replace("%%", "%")
    connection.execute(f"PREPARE p AS {text}".encode())
    assert connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchall() == [(1,)]
