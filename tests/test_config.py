import re
from dataclasses import fields
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from expandcontract import config
from expandcontract.config import Config
from expandcontract.config.settings import keys
from expandcontract.pacing.vitals import Vital

EVERYTHING = """
dsn = "postgresql+psycopg://app:s3cret@db/shop"
alembic_config = "db/alembic.ini"
pg_version = 15
dialect = "mysql"
select = ["EC101"]
ignore = ["rename-table", "EC4"]
fail_on = "never"
baseline = "lint.json"
lock_timeout = "250ms"
retry_budget = "10min"
max_lag = "2s"
target_ms = 50
workers = 4
standbys = ["replica_1"]
limits = { slot_retention = "50GB" }
signals = { queue = "SELECT count(*) FROM mail" }
watches = { p99 = { ask = "prometheus:http://m:9090 max(p99)", max = 0.5, min = 0 } }
webhooks = ["https://hooks.example.org/x"]
release_file = "VERSION"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def own(folder: Path, text: str) -> Config:
    (folder / "expandcontract.toml").write_text(text)
    return config.read(None, folder)


# ------------------------------------------------------------------------------------- settings


def test_every_key_is_read(folder: Path) -> None:
    assert own(folder, EVERYTHING) == Config(
        dsn="postgresql+psycopg://app:s3cret@db/shop",
        alembic_config=folder / "db/alembic.ini",
        pg_version=15,
        dialect="mysql",
        select=("EC101",),
        ignore=("rename-table", "EC4"),
        fail_on="never",
        baseline=folder / "lint.json",
        lock_timeout=0.25,
        retry_budget=600.0,
        max_lag=2.0,
        target_ms=50,
        workers=4,
        standbys=("replica_1",),
        limits={"slot_retention": "50GB"},
        signals={"queue": "SELECT count(*) FROM mail"},
        watches={
            "p99": Vital(
                name="p99",
                ask="http://m:9090/api/v1/query?query=max%28p99%29",
                most=0.5,
                least=0,
            )
        },
        webhooks=("https://hooks.example.org/x",),
        release_file=folder / "VERSION",
        source=folder / "expandcontract.toml",
    )


def test_every_field_but_the_source_is_a_key() -> None:
    assert [*keys(), "source"] == [field.name for field in fields(Config)]
    assert set(keys()) == set(re.findall(r"^(\w+) =", EVERYTHING, re.MULTILINE))


def test_without_a_file_the_defaults_stand(folder: Path) -> None:
    assert config.read(None, folder) == Config()


def test_the_nearest_file_with_settings_wins(folder: Path) -> None:
    inner = folder / "a" / "b"
    inner.mkdir(parents=True)
    (folder / "pyproject.toml").write_text("[tool.expandcontract]\nworkers = 2")
    (folder / "a" / "pyproject.toml").write_text("[tool.other]\nworkers = 3")

    found = config.read(None, inner)

    assert found.workers == 2
    assert found.alembic_ini == folder / "alembic.ini"


def test_a_named_file_is_read_whatever_lies_nearer(folder: Path) -> None:
    (folder / "expandcontract.toml").write_text("workers = 2")
    (folder / "ci.toml").write_text("workers = 3")

    assert config.read(folder / "ci.toml", folder).workers == 3


def test_two_files_in_one_folder_are_refused(folder: Path) -> None:
    (folder / "expandcontract.toml").write_text("workers = 2")
    (folder / "pyproject.toml").write_text("[tool.expandcontract]\nworkers = 3")

    with pytest.raises(config.ConfigTwiceError, match="keep one"):
        config.read(None, folder)


def test_an_unknown_key_names_the_nearest(folder: Path) -> None:
    with pytest.raises(config.UnknownKeyError) as refused:
        own(folder, "max_lags = '1s'")

    file = folder / "expandcontract.toml"
    assert str(refused.value) == f"{file}: unknown key 'max_lags'; did you mean 'max_lag'?"
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("workers = 'two'", "workers must be a whole number, 1 or more, not 'two'"),
        ("workers = true", "workers must be a whole number, 1 or more, not True"),
        ("workers = 0", "workers must be a whole number"),
        ("max_lag = 5", "max_lag must be a duration with its unit"),
        ("max_lag = '5 parsecs'", "max_lag must be a duration with its unit"),
        ("max_lag = '200000d'", "max_lag must be a duration with its unit"),
        ("lock_timeout = '0s'", "lock_timeout must be from 1ms to 24d"),
        ("lock_timeout = '400us'", "lock_timeout must be from 1ms to 24d"),
        ("lock_timeout = '25d'", "lock_timeout must be from 1ms to 24d"),
        ("fail_on = 'errors'", 'fail_on must be one of "error", "warning", "never", not'),
        ("fail_on = []", "fail_on must be one of"),
        ("select = 'EC101'", "select must be a list of texts"),
        ("select = [1]", "select must be a text"),
        ("baseline = 1", "baseline must be a path"),
        ("dsn = 5", "dsn must be a text"),
    ],
)
def test_a_wrong_value_names_file_and_key(folder: Path, line: str, expected: str) -> None:
    with pytest.raises(config.ConfigValueError) as refused:
        own(folder, line)

    assert str(refused.value).startswith(f"{folder / 'expandcontract.toml'}: {expected}")


@pytest.mark.parametrize("text", ["workers = ", "\x00", "[tool]\nexpandcontract = 5"])
def test_a_file_that_cannot_be_read_says_which(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(text)

    with pytest.raises((config.ConfigNotReadError, config.ConfigValueError)) as refused:
        config.read(None, folder)

    assert str(folder / "pyproject.toml") in str(refused.value)


def test_a_named_file_that_is_missing_is_an_error(folder: Path) -> None:
    with pytest.raises(config.ConfigNotReadError, match="there is no such file"):
        config.read(folder / "nowhere.toml", folder)


# ------------------------------------------------------------------------------------ durations


@given(st.integers(0, 10**6), st.sampled_from(["ms", "s", "min", "h"]))
def test_durations_scale_with_their_unit(figure: int, unit: str) -> None:
    factor = {"ms": 0.001, "s": 1, "min": 60, "h": 3600}[unit]

    assert config.seconds(f"{figure}{unit}") == pytest.approx(figure * factor)


@pytest.mark.parametrize("text", ["", "5", "s", "-1s", "1 fortnight", "1e3s", "٣s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        config.seconds(text)


# ------------------------------------------------------------------------- where the database is


def test_the_database_is_the_first_of_four_places(folder: Path) -> None:
    (folder / "alembic.ini").write_text("[alembic]\nsqlalchemy.url = postgresql://ini/d")
    silent = own(folder, "")
    spoken = own(folder, "dsn = 'postgresql://file/d'")
    environ = {"EC_DATABASE_URL": "postgresql://environment/d"}

    assert config.database("postgresql://option/d", spoken, environ) == "postgresql://option/d"
    assert config.database(None, spoken, environ) == "postgresql://environment/d"
    assert config.database(None, spoken, {}) == "postgresql://file/d"
    assert config.database(None, silent, {}) == "postgresql://ini/d"


def test_alembics_file_is_read_the_way_alembic_reads_it(folder: Path) -> None:
    (folder / "db.ini").write_text(
        "[alembic]\npassword = p%%40ss\nsqlalchemy.url = postgresql+psycopg://u:%(password)s@h/d\n"
    )

    assert config.database(None, own(folder, "alembic_config = 'db.ini'"), {}) == (
        "postgresql://u:p%40ss@h/d"
    )


@pytest.mark.parametrize(
    "ini", ["[alembic]\n", "[alembic]\nsqlalchemy.url = driver://user:pass@localhost/dbname\n"]
)
def test_no_database_at_all_names_the_places(folder: Path, ini: str) -> None:
    (folder / "alembic.ini").write_text(ini)

    with pytest.raises(config.DsnMissingError) as missing:
        config.database(None, own(folder, ""), {})

    for place in ("--dsn", "EC_DATABASE_URL", "[tool.expandcontract]", "alembic.ini"):
        assert place in str(missing.value)


def test_a_named_alembic_file_that_is_missing_is_an_error(folder: Path) -> None:
    with pytest.raises(config.DsnNotReadError, match=r"nowhere\.ini"):
        config.database(None, own(folder, "alembic_config = 'nowhere.ini'"), {})


def test_an_alembic_file_that_cannot_be_read_shows_no_password(folder: Path) -> None:
    (folder / "alembic.ini").write_text("[alembic]\nsqlalchemy.url = postgresql://u:s3c%ret@h/d")

    with pytest.raises(config.DsnNotReadError, match="each % of the value as %%") as refused:
        config.database(None, own(folder, ""), {})

    assert "s3c" not in str(refused.value)
    assert "ret@" not in str(refused.value)


@pytest.mark.parametrize("option", ["", " "])
def test_an_empty_option_does_not_fall_back_to_another_database(folder: Path, option: str) -> None:
    settings = own(folder, "dsn = 'postgresql://file/d'")

    with pytest.raises(config.DsnNotReadError, match="--dsn is not usable: it is empty"):
        config.database(option, settings, {"EC_DATABASE_URL": "postgresql://environment/d"})


# -------------------------------------------------------------------------- spelled for libpq


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgresql://u:p@h:5433/d", "postgresql://u:p@h:5433/d"),
        ("postgres://h/d", "postgresql://h/d"),
        ("postgresql+psycopg://u:p%40@h/d", "postgresql://u:p%40@h/d"),
        ("postgresql+asyncpg://h/d?ssl=require", "postgresql://h/d?sslmode=require"),
        ("postgresql+asyncpg://h/d?prepared_statement_cache_size=0", "postgresql://h/d"),
        ("postgresql+psycopg:///d?host=/var/run/p", "postgresql:///d?host=/var/run/p"),
        (
            "postgresql+psycopg://u@/d?host=a:1&host=b:2",
            "postgresql://u@/d?host=a,b&port=1,2",
        ),
        ("host=h dbname=d password='a b'", "host=h dbname=d password='a b'"),
        ("postgresql://u:p@[::1]:5433,h:5434,i/d", "postgresql://u:p@[::1]:5433,h:5434,i/d"),
        ("postgresql:///d?application_name=a@b", "postgresql:///d?application_name=a%40b"),
        ("  service=shop\n", "service=shop"),
    ],
)
def test_addresses_become_what_libpq_reads(given: str, expected: str) -> None:
    result = config.normalized(given, "--dsn")

    assert result == expected
    assert conninfo_to_dict(result)


@pytest.mark.parametrize(
    "text",
    [
        "mysql://u:s3cret@h/d",
        "s3cret",
        "host=h password=s3cret part",
        "postgresql:/s3cret@h",
        "postgresql://u:p@s3cret@h/d",
        "postgresql://u:s3cret/p@h/d",
        "postgresql://u:s3cret?p@h/d",
        "postgresql://u:s3cret#p/d",
        "postgresql://u:s3cret",
        "postgresql://u:s3cret@h:99999/d",
    ],
)
def test_an_unusable_address_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(config.DsnNotReadError) as refused:
        config.normalized(text, "EC_DATABASE_URL")

    assert "EC_DATABASE_URL" in str(refused.value)
    assert "s3cret" not in str(refused.value)


# ----------------------------------------------------------------------------------- passwords

PASSWORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=6)


@given(PASSWORDS)
def test_a_password_in_pairs_is_never_shown(password: str) -> None:
    dsn = psycopg.conninfo.make_conninfo(host="h", password=password, user="me")

    shown = config.masked(dsn)

    assert config.normalized(dsn, "--dsn") == dsn.strip()
    assert password not in shown
    assert "user=me" in shown


@given(st.text("abcXYZ019!$&()*+,;=:@/%'", min_size=6))
def test_a_password_in_a_url_is_never_shown(password: str) -> None:
    assert password not in config.masked(f"cannot read postgresql://me:{password}@h/d at all")


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://u@h/d?password=s3cret",
        "postgresql://u@h/d?sslpassword=s3cret&x=1",
        "postgresql:/u:s3cret@h/d",
        "PASSWORD = 's3cret'",
        "password='it\\'s3cret'",
    ],
)
def test_other_places_of_passwords_are_hidden_too(text: str) -> None:
    assert "s3cret" not in config.masked(text)


def test_what_is_no_password_stays() -> None:
    text = 'connection to server at "127.0.0.1", port 5432 failed: FATAL:  password of "u" wrong'

    assert config.masked(text) == text


def test_a_config_does_not_show_its_database() -> None:
    assert "s3cret" not in repr(Config(dsn="postgresql://u:s3cret@h/d"))
