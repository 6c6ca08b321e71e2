"""The same command on several databases: one that is down stops no other."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import Ec
from tests.support.databases import Databases
from tests.support.walk import execute

Connect = Callable[..., psycopg.Connection]
FILL = ("backfill", "t", "--set", "b = a || 'x'")


@pytest.fixture
def shards(databases: Databases) -> Iterator[tuple[str, str]]:
    def build(dsn: str) -> None:
        execute(
            dsn,
            "CREATE TABLE t (id int PRIMARY KEY, a text, b text);"
            "INSERT INTO t SELECT g, g::text, NULL FROM generate_series(1, 100) AS g",
        )

    template = databases.template("targets", build)
    with databases.database(template) as one, databases.database(template) as two:
        yield one, two


def written(path: Path, *dsns: str) -> str:
    texts = [f'[targets.shard{at}]\ndsn = "{dsn}"\n' for at, dsn in enumerate(dsns, 1)]
    path.write_text("".join(texts) + 'max_lag = "2s"\nlimits = { lock_waiters = "50" }\n')
    return str(path)


def filled(connect: Connect, dsn: str) -> int:
    [(count,)] = connect(dsn).execute("SELECT count(*) FROM t WHERE b = a || 'x'").fetchall()
    return int(count)


def test_every_target_is_done_and_one_that_is_down_stops_no_other(
    ec: Ec, connect: Connect, shards: tuple[str, str], tmp_path: Path
) -> None:
    down = "postgresql://nobody:s3cret@127.0.0.1:1/shop"
    file = written(tmp_path / "shards.toml", shards[0], down, shards[1])

    outcome = ec("targets", file, *FILL)
    status = json.loads(ec("targets", file, "status", "--json").out)["targets"]
    shown = ec("targets", file, "status").out

    assert outcome.code == 3
    assert [filled(connect, dsn) for dsn in shards] == [100, 100]
    assert "shard2: error" in outcome.err
    assert "s3cret" not in outcome.err + outcome.out + shown
    assert {name: [one["state"] for one in changes] for name, changes in status.items()} == {
        "shard1": ["closed"],
        "shard3": ["closed"],
    } | ({"shard2": []} if "shard2" in status else {})
    assert shown.splitlines()[0].split()[:2] == ["target", "change"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no targets"),
        ("[targets.a]\nmax_lag = '5s'", "has no dsn"),
        ("[targets.a]\ndsn = 'x'\nmax_lags = '5s'", "is none of"),
        ("targets = [", "cannot be read"),
        ("targets = { a = 5 }", "has no dsn"),
        ("[targets.a]\ndsn = 'x'\nstandbys = 'replica'", "standbys of a must be a list of texts"),
        ("[targets.a]\ndsn = 'x'\nlimits = ['wal_rate=1MB/s']", "limits of a must be a table"),
        ("[targets.a]\ndsn = 'x'\noptions = '--workers 2'", "options of a must be a list"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(
    ec: Ec, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "shards.toml").write_text(text)

    outcome = ec("targets", str(tmp_path / "shards.toml"), "status")

    assert (outcome.code, said in outcome.err) == (2, True), outcome.err
