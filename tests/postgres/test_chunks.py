"""A walk along a key meets every row once, whatever the key is made of."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import psycopg
import pytest

from expandcontract.engine.cutting import may_have_turns
from expandcontract.model.backfill import Backfill, Chunk, Key
from expandcontract.model.names import TableName
from expandcontract.postgres import chunks
from expandcontract.postgres.catalog import read_catalog
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.session import PsycopgSession, Session, transaction

T = TableName('t "%s', "public")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """Key columns, and rows for them."""

    columns: str
    key: str
    rows: str

    def __str__(self) -> str:
        return self.columns


def drawn(expression: str, count: int = 300) -> str:
    return f"SELECT DISTINCT {expression} FROM generate_series(1, {count}) g"


WORDS = "chr(65 + g % 57) || chr(32 + g * 7 % 90) || repeat('é', g % 3)"
KEYS = (
    Keyed(columns="id bigint", key="id", rows=drawn("g")),
    Keyed(columns="id bigint", key="id", rows=drawn("g::bigint * g * 1000003 - 4000000000")),
    Keyed(columns="id smallint", key="id", rows=drawn("(g - 150)::smallint")),
    Keyed(columns="id uuid", key="id", rows=drawn("md5(g::text)::uuid")),
    Keyed(columns="id text", key="id", rows=drawn(WORDS)),
    Keyed(columns='id text COLLATE "C"', key="id", rows=drawn(WORDS)),
    Keyed(columns='id varchar(9) COLLATE "POSIX"', key="id", rows=drawn(WORDS)),
    Keyed(columns="id char(4)", key="id", rows=drawn("substr(md5(g::text), 1, g % 4 + 1)")),
    Keyed(columns="id date", key="id", rows=drawn("date '2020-01-01' - g")),
    Keyed(
        columns="id timestamptz",
        key="id",
        rows=drawn("timestamptz '2024-03-31 00:30+00' + g * interval '7 min 1 us'"),
    ),
    Keyed(columns="id numeric", key="id", rows=drawn("g / 7.0 - 20")),
    Keyed(columns="id float8", key="id", rows=drawn("0.1::float8 * g / 3")),
    Keyed(columns="id bytea", key="id", rows=drawn("decode(md5(g::text), 'hex')")),
    Keyed(columns="id inet", key="id", rows=drawn("inet '10.0.0.0' + g")),
    Keyed(columns="a int, b text", key="a, b", rows=drawn("g % 3, 'b' || g % 40")),
    Keyed(
        columns='"a %s" text, b date',
        key='b, "a %s"',
        rows=drawn("'x' || g % 9, current_date - g % 9"),
    ),
    Keyed(
        columns="a boolean, b int, c uuid",
        key="a, b, c",
        rows=drawn("g % 2 = 0, g % 5, md5(g::text)::uuid"),
    ),
)
BACKFILL_VALUE = "length(old) % 10"


@pytest.fixture
def session(connection: psycopg.Connection) -> Session:
    return PsycopgSession(connection, owned=False)


def made(session: Session, keyed: Keyed) -> Lane:
    names = keyed.columns
    session.run(f"CREATE TABLE {T} ({names}, old text, new int, PRIMARY KEY ({keyed.key}))")
    session.run(f"INSERT INTO {T} {keyed.rows}")
    session.run(f"UPDATE {T} AS t SET old = repeat('x', abs(hashtext(t::text) % 50) + 1)")
    table = read_catalog(session, [T]).tables[0]
    key = table.key()
    assert key is not None
    columns = tuple(part.column or "" for part in key.keys)
    return Lane(
        Backfill(
            table=T,
            key=columns,
            key_types=tuple(table.column(name).type for name in columns),
            assignments=(("new", BACKFILL_VALUE),),
            sync_key="k",
        )
    )


def walked(session: Session, lane: Lane, luck: random.Random) -> Iterator[Chunk]:
    high = chunks.last_key(session, lane)
    low: Key | None = None
    while high is not None and low != high:
        bound = chunks.boundary(session, lane, low, high, luck.randint(1, 60))
        yield Chunk(low, bound)
        low = bound


def members(session: Session, lane: Lane, chunk: Chunk) -> list[tuple[str, ...]]:
    condition, params = lane.within(chunk)
    return session.rows(
        f"SELECT {lane.texts} FROM {lane.table} WHERE {condition} ORDER BY {lane.keys()}", params
    )


@pytest.mark.parametrize("keyed", KEYS, ids=str)
def test_every_row_is_met_once_and_in_order(session: Session, keyed: Keyed) -> None:
    lane = made(session, keyed)
    everything = session.rows(f"SELECT {lane.texts} FROM {lane.table} ORDER BY {lane.keys()}", {})

    for seed in range(3):
        luck = random.Random(seed)  # noqa: S311
        met = [
            row for chunk in walked(session, lane, luck) for row in members(session, lane, chunk)
        ]
        assert met == everything


@pytest.mark.parametrize("keyed", KEYS, ids=str)
def test_every_row_has_one_turn_that_it_keeps(session: Session, keyed: Keyed) -> None:
    lane = made(session, keyed)
    if not may_have_turns(lane.backfill):
        assert any(kind in keyed.columns for kind in ("float8", "inet", "bytea", "boolean"))
        return
    high = chunks.last_key(session, lane)
    assert high is not None
    everything = session.rows(f"SELECT {lane.texts} FROM {lane.table} ORDER BY {lane.keys()}", {})
    turns = [Chunk(None, high, turn, 5) for turn in range(5)]

    def meant(chunk: Chunk) -> list[tuple[str, ...]]:
        condition, params = lane.within(chunk)
        sql = f"SELECT {lane.texts} FROM {lane.table} WHERE {condition} AND {lane.turn(chunk)}"
        return session.rows(f"{sql} ORDER BY {lane.keys()}", params)

    before = [meant(chunk) for chunk in turns]
    session.run(f"UPDATE {T} SET old = 'moved'")
    session.run("SET timezone = 'Asia/Kolkata'")
    session.run("SET datestyle = 'German'")
    session.run("SET extra_float_digits = 0")

    assert sorted(row for part in before for row in part) == sorted(everything)
    assert [len(meant(chunk)) for chunk in turns] == [len(part) for part in before]
    assert sum(map(bool, before)) > 1 or len(everything) < 20
    for chunk, part in zip(turns, before, strict=True):
        bound = chunks.boundary_in(session, lane, chunk, 7)
        assert len(meant(replace(chunk, high=bound))) == min(7, len(part))


@pytest.mark.parametrize("keyed", KEYS, ids=str)
def test_every_row_is_written_once_and_then_agrees(session: Session, keyed: Keyed) -> None:
    lane, luck = made(session, keyed), random.Random(7)  # noqa: S311
    [(rows,)] = session.rows(f"SELECT count(*) FROM {T}")
    parts = list(walked(session, lane, luck))

    written = [chunks.write(session, lane, chunk) for chunk in parts]
    again = [chunks.write(session, lane, chunk) for chunk in parts]
    compared = [chunks.compare(session, lane, chunk) for chunk in parts]

    assert (sum(written), sum(again)) == (rows, 0)
    assert sum(seen for seen, _, _ in compared) == rows
    assert {(wrong, keys) for _, wrong, keys in compared} == {(0, ())}


def test_a_chunk_is_as_large_as_was_asked_for(session: Session) -> None:
    lane = made(session, KEYS[0])
    high = chunks.last_key(session, lane)
    assert high == ("300",)

    assert chunks.boundary(session, lane, None, high, 100) == ("100",)
    assert chunks.boundary(session, lane, ("100",), high, 1) == ("101",)
    assert chunks.boundary(session, lane, ("100",), high, 200) == ("300",)
    assert chunks.boundary(session, lane, ("100",), high, 5000) == ("300",)


def test_rows_that_come_and_go_meanwhile_do_not_derail_the_walk(session: Session) -> None:
    lane, luck = made(session, KEYS[0]), random.Random(1)  # noqa: S311
    met: list[int] = []
    for chunk in walked(session, lane, luck):
        met += [int(row[0]) for row in members(session, lane, chunk)]
        last = met[-1] if met else 0
        session.run(f"DELETE FROM {T} WHERE id > {last} AND id % 7 = 0")
        session.run(
            f"INSERT INTO {T} (id) VALUES ({1000 + last}), ({-last - 1}) ON CONFLICT DO NOTHING"
        )

    survivors = session.rows(f"SELECT id FROM {T} WHERE id BETWEEN 1 AND 299 ORDER BY id")
    assert met == sorted(set(met))
    assert {row[0] for row in survivors} <= set(met)
    assert max(met) <= 300


def test_an_empty_table_has_no_last_key(session: Session) -> None:
    lane = made(session, KEYS[0])
    session.run(f"DELETE FROM {T}")

    assert chunks.last_key(session, lane) is None


def test_a_comparison_names_some_of_the_rows_that_differ(session: Session) -> None:
    lane = made(session, KEYS[14])
    high = chunks.last_key(session, lane)
    assert high is not None

    seen, wrong, keys = chunks.compare(session, lane, Chunk(None, high))

    assert seen == wrong == 120
    assert len(keys) == 5
    assert all(", b" in key for key in keys)


@pytest.mark.parametrize("style", ["ISO, MDY", "SQL, DMY", "German, DMY", "Postgres, MDY"])
def test_a_position_is_read_back_in_a_session_with_other_settings(
    session: Session, style: str
) -> None:
    lane = made(
        session,
        Keyed(
            columns="id timestamptz, d date",
            key="id, d",
            rows=drawn(
                "timestamptz '2024-02-03 04:05:06.789+00' + g * interval '1 day',"
                " date '2024-02-03' + g"
            ),
        ),
    )
    for setting in (
        f"datestyle = '{style}'",
        "timezone = 'Asia/Kolkata'",
        "extra_float_digits = -5",
    ):
        session.run(f"SET {setting}")
    position = chunks.last_key(session, lane)
    assert position is not None
    for setting in ("datestyle", "timezone", "extra_float_digits"):
        session.run(f"RESET {setting}")

    assert len(members(session, lane, Chunk(None, position))) == 300
    assert chunks.last_key(session, lane) is not None


def test_the_applications_triggers_sleep_where_that_is_permitted(session: Session) -> None:
    lane = made(session, KEYS[0])
    session.run(
        "CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RAISE EXCEPTION ''woken''; END'"
    )
    session.run(f"CREATE TRIGGER s BEFORE UPDATE ON {T} FOR EACH ROW EXECUTE FUNCTION shout()")
    major = int(session.rows("SHOW server_version_num")[0][0]) // 10000
    assert chunks.may_silence_triggers(session, major)

    with transaction(session, **chunks.settings(lane.backfill, silence=True)):
        written = chunks.write(session, lane, Chunk(None, ("300",)))

    assert written == 300
    assert session.rows("SHOW session_replication_role") == [("origin",)]


def test_a_look_goes_up_to_where_as_many_rows_differ_as_are_written_at_once(
    connection: psycopg.Connection,
) -> None:
    connection.execute("CREATE TABLE t (a int, b int, n int, PRIMARY KEY (a, b))")
    connection.execute("INSERT INTO t SELECT g / 10, g % 10, g FROM generate_series(0, 99) g")
    connection.execute("UPDATE t SET n = 0 WHERE a * 10 + b IN (31, 40, 52)")
    backfill = Backfill(
        table=TableName("t", "public"),
        key=("a", "b"),
        key_types=("integer", "integer"),
        assignments=(("n", "a * 10 + b"),),
    )
    session, lane, high = PsycopgSession(connection, owned=False), Lane(backfill), ("9", "9")

    def looked(low: Key | None, size: int, most: int) -> tuple[Key, bool]:
        return chunks.looked(session, lane, low, high, size, most)

    assert looked(None, 20, 2) == (("1", "9"), False)
    assert looked(None, 50, 2) == (("4", "0"), True)
    assert looked(("4", "0"), 50, 2) == (("9", "0"), True)
    assert looked(("5", "2"), 500, 2) == (high, False)
    assert looked(high, 500, 2) == (high, False)
