import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import expandcontract
from expandcontract.changes.rename_column import RenameColumn
from expandcontract.embedded import Node, Topology
from expandcontract.model.phase import Phase
from tests.cli.conftest import CHANGE, NAME, ROWS, WAITING, Ec, Start, fill

MANY = 30_000
SMALL_CHUNKS = ("--batch-size", "50")


def differing(connection: psycopg.Connection) -> int:
    sql = "SELECT count(*) FROM users WHERE email IS DISTINCT FROM email_address"
    [(count,)] = connection.execute(sql).fetchall()
    return int(count)


def seen(connection: psycopg.Connection) -> int:
    [(rows,)] = connection.execute("SELECT sum(rows_seen) FROM expandcontract.lanes").fetchall()
    return int(rows or 0)


@pytest.fixture
def large(connection: psycopg.Connection, dsn: str) -> str:
    """A table that takes seconds in small chunks."""
    fill(connection, MANY)
    expandcontract.apply(dsn, CHANGE, Phase.EXPAND)
    return NAME


def wait_for_chunks(process: "subprocess.Popen[str]") -> None:
    """Read lines of JSON until a chunk is committed."""
    assert process.stdout is not None
    for line in process.stdout:
        if '"chunk_done"' in line:
            return
    raise AssertionError(process.communicate()[1])


def test_it_copies_and_says_what_comes_next(
    ec: Ec, users: str, connection: psycopg.Connection
) -> None:
    outcome = ec("backfill", users)

    assert outcome.code == 0
    assert outcome.out == f"{users} is backfilled\nnext: ec switch {users}\n"
    assert "copy begins: every row's email_address equals its email" in outcome.err
    assert f"{users}: backfill is over" in outcome.err
    assert differing(connection) == 0
    assert ec("backfill", users).out == outcome.out  # again: nothing to do


def test_quiet_says_only_the_end(ec: Ec, users: str) -> None:
    outcome = ec("backfill", users, "-q")

    assert outcome.err == ""
    assert f"{users} is backfilled" in outcome.out


def test_json_is_one_line_for_each_event_and_one_for_the_end(ec: Ec, users: str) -> None:
    lines = [json.loads(line) for line in ec("backfill", users, "--json").out.splitlines()]

    kinds = [line["event"] for line in lines[:-1]]
    assert kinds[0] == "step_started"
    assert kinds[-1] == "phase_done"
    chunk = lines[kinds.index("chunk_done")]
    assert chunk["progress"]["rows_estimated"] == ROWS
    assert lines[-1]["state"] == "backfilled"
    assert lines[-1]["backfills"][0]["finished"] is True


def test_a_dry_run_says_everything_and_writes_nothing(
    ec: Ec, users: str, connection: psycopg.Connection
) -> None:
    outcome = ec("backfill", users, "--dry-run")

    assert 'SET "email_address" = "email" WHERE' in outcome.out
    assert "about 2,000" in outcome.out
    assert "2,000 rows to write" in outcome.out
    assert "was written and rolled back" in outcome.out
    assert "CREATE UNIQUE INDEX CONCURRENTLY" in outcome.out
    assert outcome.out.endswith("nothing was written\n")
    assert differing(connection) == ROWS
    assert json.loads(ec("backfill", users, "--dry-run", "--json").out)["written"] is False
    ec("backfill", users)
    assert ec("backfill", users, "--dry-run").out == "nothing is left to do\n"


def test_a_table_is_filled_by_set_and_the_same_command_again_begins_anew(
    ec: Ec, users: str, connection: psycopg.Connection
) -> None:
    connection.execute("ALTER TABLE users ADD lower text")
    command = (
        "backfill",
        "users",
        "--set",
        "lower = upper(lower(email))",
        "--where",
        "lower IS NULL",
    )

    assert 'SET "lower" = (upper(lower(email))' in ec(*command, "--dry-run").out
    outcome = ec(*command)

    assert outcome.code == 0
    assert "users.fill-lower-" in outcome.out
    assert "is closed" in outcome.out
    wrong = "SELECT count(*) FROM users WHERE lower IS DISTINCT FROM upper(email)"
    assert connection.execute(wrong).fetchall() == [(0,)]
    connection.execute("UPDATE users SET lower = NULL WHERE id % 2 = 0")
    assert ec(*command).code == 0
    assert connection.execute(wrong).fetchall() == [(0,)]
    assert ec("status", users).code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--set", "nope = 1"), "column 'nope' does not exist"),
        (("--set", "email = nope"), 'column "nope" does not exist'),
        (("--set", "email = 1 + 'x'"), "the server refuses this"),
        (("--set", "email"), "is not an assignment"),
        (("--set", "email = max(email)"), "aggregate functions are not allowed"),
        (("--set", "email = 1 +"), "syntax error"),
        (("--set", "email = '1'); DROP TABLE users; --"), "parentheses"),
        (("--set", "email = '1'), id = (2"), "parentheses"),
        (("--set", "email = '1'; SELECT 2"), "one expression"),
        (("--set", "email = lower($1)"), "has the parameter $1, for which nobody gives a value"),
        (
            ("--dry-run", "--set", "email = 'x'", "--signal", "q=SELEC", "--limit", "q=1"),
            "it is no SQL",
        ),
        (("--set", "email = 'x'", "--where", "true) OR (true"), "parentheses"),
        (("--where", "true"), "--where goes with --set"),
        (("--limit", "replication_lag=5"), "a duration with its unit, such as 5s"),
        (("--limit", "no_such=5"), "there is no signal"),
        (("--window", "8:00-8:00"), "never opens"),
        (("--window", "22-6"), "is not a window"),
        (("--window", "22:00-06:00 Nowhere/Land"), "there is no time zone"),
        (("--workers", "0"), "0 is not in the range"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_refused_before_anything_is_written(
    ec: Ec, connection: psycopg.Connection, words: tuple[str, ...], said: str
) -> None:
    fill(connection)

    outcome = ec("backfill", "users", *words)

    assert (outcome.code, said in outcome.err) == (2, True), outcome.err
    assert connection.execute("SELECT to_regnamespace('expandcontract')").fetchone() == (None,)


def test_a_limit_that_is_none_is_refused(ec: Ec) -> None:
    assert "is not a duration" in ec("backfill", NAME, "--max-lag", "5").err
    assert ec("backfill", NAME, "--batch-size", "0").code == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_at_a_safe_point(
    start: Start, ec: Ec, large: str, connection: psycopg.Connection, number: signal.Signals
) -> None:
    process = start("backfill", large, "--json", *SMALL_CHUNKS)
    wait_for_chunks(process)
    process.send_signal(number)
    _, said = process.communicate()

    assert process.returncode == 4
    assert f"to go on: ec backfill {large}" in said
    copied = seen(connection)
    assert 0 < copied < MANY
    assert differing(connection) == MANY - copied
    outcome = ec("backfill", large)
    assert outcome.code == 0
    assert differing(connection) == 0
    assert seen(connection) == MANY


def test_a_signal_that_comes_before_the_first_row_is_not_forgotten(
    start: Start, connection: psycopg.Connection, dsn: str
) -> None:
    fill(connection)
    connection.execute("ALTER TABLE users ADD COLUMN low text")
    with psycopg.connect(dsn) as holder:
        holder.execute("LOCK TABLE users")
        process = start("backfill", "users", "--set", "low = lower(email)")
        while not connection.execute(WAITING).fetchall():
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)

    _, said = process.communicate(timeout=30)

    assert process.returncode == 4, said
    assert connection.execute("SELECT count(low) FROM users").fetchall() == [(0,)]


def test_after_a_kill_the_same_command_goes_on(
    start: Start, ec: Ec, large: str, connection: psycopg.Connection
) -> None:
    process = start("backfill", large, "--json", *SMALL_CHUNKS)
    wait_for_chunks(process)
    process.kill()
    process.wait()

    assert ec("backfill", large).code == 0
    assert differing(connection) == 0
    assert seen(connection) == MANY


def test_a_second_signal_interrupts_a_long_statement(
    start: Start, users: str, connection: psycopg.Connection, dsn: str
) -> None:
    with psycopg.connect(dsn) as blocker:
        blocker.execute("LOCK TABLE users IN SHARE UPDATE EXCLUSIVE MODE")
        process = start("backfill", users)
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("index"):
                break
        process.send_signal(signal.SIGINT)
        for line in process.stderr:
            if "once more to interrupt" in line:
                break
        process.send_signal(signal.SIGINT)
        process.wait(20)

    assert process.returncode == 4
    leftovers = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
    assert connection.execute(leftovers).fetchone() == (0,)


def test_two_at_once_share_the_work(
    start: Start, ec: Ec, large: str, connection: psycopg.Connection
) -> None:
    ec("pause", large)
    process = start("backfill", large, "--json", *SMALL_CHUNKS)
    assert process.stdout is not None
    held = next(line for line in process.stdout if '"held"' in line)
    assert "ec resume" in held

    other = start("backfill", large)
    assert other.stderr is not None
    assert any(f"copy is led by process {process.pid}" in line for line in other.stderr)
    ec("resume", large)

    for one in (process, other):
        one.communicate()
        assert one.returncode == 0
    assert differing(connection) == 0


def test_who_has_a_lane_works_on_it_when_the_leader_is_dead(
    start: Start, ec: Ec, large: str
) -> None:
    ec("pause", large)
    leader = start("backfill", large, "--json", *SMALL_CHUNKS)
    assert leader.stdout is not None
    next(line for line in leader.stdout if '"held"' in line)
    other = start("backfill", large, *SMALL_CHUNKS)
    assert other.stderr is not None
    next(line for line in other.stderr if "is led by process" in line)

    leader.kill()
    leader.wait()
    next(line for line in other.stderr if "paused" in line)

    mine = f"process {other.pid} on"
    assert f"worked on by {mine}" in ec("status", large).out
    assert f"goes on (worked on by {mine}" in ec("resume", large).out
    assert f"ends after the running chunk (worked on by {mine}" in ec("cancel", large).out
    other.communicate()
    assert other.returncode == 4
    assert "is not worked on now" in ec("pause", large).out


@pytest.fixture
def lagging(replicated: Topology[Node], replicated_dsn: str) -> Iterator[str]:
    """A change on a primary whose standby does not replay."""
    with psycopg.connect(replicated_dsn, autocommit=True) as connection:
        fill(connection, MANY)
    expandcontract.apply(replicated_dsn, CHANGE, Phase.EXPAND)
    replicated.wait_until_replayed()
    replicated.standbys[0].pause_replay()
    yield replicated_dsn
    replicated.standbys[0].resume_replay()


def test_it_holds_while_a_standby_lags_and_says_so(start: Start, ec: Ec, lagging: str) -> None:
    limited = ("--max-lag", "100ms", "--batch-size", "50", "--dsn", lagging)
    process = start("backfill", NAME, "--json", *limited)
    assert process.stdout is not None
    held = next(line for line in process.stdout if "limit 0.1 s" in line)
    process.send_signal(signal.SIGTERM)
    process.communicate()

    assert process.returncode == 4
    assert json.loads(held)["event"] == "held"
    [reason] = json.loads(held)["reasons"]
    assert "replication_lag of" in reason
    assert "held: replication_lag" in ec("status", "--dsn", lagging).out
    assert ec("backfill", NAME, "--max-lag", "off", "--dsn", lagging).code == 0


def test_the_order_of_phases_holds(ec: Ec, connection: psycopg.Connection, dsn: str) -> None:
    connection.execute("CREATE TABLE t (id int PRIMARY KEY, a int)")
    change = RenameColumn(table="t", old="a", new="b")
    expandcontract.apply(dsn, change, Phase.EXPAND)
    expandcontract.revert(dsn, change, Phase.EXPAND)

    outcome = ec("switch", change.name)

    assert outcome.code == 2
    assert "is reverted" in outcome.err


def test_lines_of_json_about_chunks_are_few_and_the_last_is_among_them(ec: Ec, large: str) -> None:
    begun = time.monotonic()
    outcome = ec("backfill", large, "--json", *SMALL_CHUNKS)
    seconds = time.monotonic() - begun

    events = [json.loads(line) for line in outcome.out.splitlines()]
    chunks = [event for event in events if event.get("event") == "chunk_done"]
    assert len(chunks) <= seconds + 2
    assert chunks[-1]["progress"]["rows_seen"] == MANY


def test_a_change_that_was_reverted_has_no_pace(ec: Ec, users: str, dsn: str) -> None:
    expandcontract.revert(dsn, CHANGE, Phase.EXPAND)

    for words in (["tune", users, "workers=2"], ["pause", users], ["cancel", users]):
        refused = ec(*words)
        assert (refused.code, "nothing is left to do" in refused.err) == (2, True), words
    assert ec("tune", users).code == 0  # it only shows


def test_what_a_forgotten_backfill_leaves_is_said(ec: Ec, connection: psycopg.Connection) -> None:
    fill(connection)
    begun = ec("backfill", "users", "--set", "email = email || '!' || 1 / (id - 7)")
    [[name, before]] = connection.execute(
        "SELECT name, (SELECT count(*) FROM expandcontract.quarantine) FROM expandcontract.changes"
    ).fetchall()

    outcome = ec("cancel", name, "--forget")

    assert (begun.code, before, outcome.code) == (3, 1, 0), begun.err
    assert f"The table keeps what was written, {ROWS - 1:,} rows;" in outcome.out
    assert "goes on" not in outcome.out
    kept = "SELECT count(*) FROM expandcontract.quarantine"
    assert connection.execute(kept).fetchall() == [(0,)]
    written = connection.execute("SELECT count(*) FROM users WHERE email LIKE '%!%'").fetchall()
    assert written == [(ROWS - 1,)]


def test_what_is_tuned_has_the_bounds_of_its_option(ec: Ec, users: str) -> None:
    for option, value in (
        ("workers", "65"), ("workers", "0"), ("workers", "two"), ("batch-size", "0"),
        ("target-ms", "-1"), ("max-failures", "-1"), ("max-lag", "5"), ("window", "8:00-8:00"),
    ):  # fmt: skip
        said, _, _ = ec("backfill", users, f"--{option}", value).err.partition(" (see")
        tuned = ec("tune", users, f"{option}={value}")
        assert tuned.code == 2
        assert tuned.err.startswith(said.replace(f"--{option}", option)), option
    assert "its command line says" in ec("tune", users).out


def test_a_signal_of_ones_own_is_tuned_by_its_name(ec: Ec, users: str, tmp_path: Path) -> None:
    assert "nothing called 'queue'" in ec("tune", users, "queue=5").err
    mine = ("--signal", "queue=SELECT 0", "--limit", "queue=10")

    assert ec("backfill", users, *mine).code == 0

    assert ec("tune", users, "queue=5").code == 0
    assert "queue" in ec("tune", users).out
    assert "there is nothing called 'query'" in ec("tune", users, "query=5").err
    config = tmp_path / "expandcontract.toml"
    config.write_text('limits = { backlog = "1GB" }\nsignals = { backlog = "SELECT 1" }\n')
    assert ec("tune", users, "backlog=2GB", "--config", str(config)).code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--standby", "r2=postgresql://joe:p%zzX@127.0.0.1:5432/x"), "r2: invalid percent"),
        (("--standby", "postgresql://joe:p%zzX@127.0.0.1:5432/x"), "the DSN cannot be read"),
        (("--signal", "x=SELEC", "--limit", "x=3"), "'x=SELEC': it is no SQL"),
    ],
    ids=["named standby", "standby", "signal"],
)
def test_what_no_wait_would_mend_is_refused_before_anything_is_written(
    ec: Ec, connection: psycopg.Connection, words: tuple[str, ...], said: str
) -> None:
    fill(connection)

    outcome = ec("backfill", "users", "--set", "email = 'x'", *words)

    assert outcome.code == 2
    assert said in outcome.err
    assert "zzX" not in outcome.err
    assert connection.execute("SELECT to_regnamespace('expandcontract')").fetchone() == (None,)


def test_a_server_that_only_reads_is_refused_before_anything_is_written(
    ec: Ec, connection: psycopg.Connection
) -> None:
    fill(connection)
    [(name,)] = connection.execute("SELECT current_database()").fetchall()
    connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'.encode())

    outcome = ec("backfill", "users", "--set", "email = 'x'")

    assert outcome.code == 3
    assert "this server only reads" in outcome.err
    assert connection.execute("SELECT to_regnamespace('expandcontract')").fetchone() == (None,)


def test_a_standby_as_the_dsn_is_refused(
    ec: Ec, replicated: Topology[Node], replicated_dsn: str
) -> None:
    with psycopg.connect(replicated_dsn, autocommit=True) as connection:
        fill(connection)
    replicated.wait_until_replayed()
    [standby] = replicated.standbys
    dsn = standby.dsn_of(replicated_dsn.rpartition("/")[2])

    outcome = ec("backfill", "users", "--set", "email = 'x'", "--dsn", dsn)

    assert outcome.code == 3
    assert "give the DSN of the primary" in outcome.err


def test_a_table_without_what_is_to_be_written_is_told_so(
    ec: Ec, connection: psycopg.Connection
) -> None:
    connection.execute('CREATE TABLE "Kk" (id int PRIMARY KEY)')
    for words in ("Kk",), ("public.Kk", "--dry-run"), ("Kk", "--detach"):
        outcome = ec("backfill", *words)
        assert outcome.code == 2
        assert f"{words[0]} is a table, and no change is called so" in outcome.err
        assert f'ec backfill {words[0]} --set "column = expression"' in outcome.err
    assert "there is no change 'kk'" in ec("backfill", "kk").err
    assert "is a table" not in ec("backfill", "kk.a.b-to-c").err
