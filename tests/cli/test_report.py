"""The page about a change: one file that stands by itself, and says what happened."""

import re
import time
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import psycopg

from expandcontract.cli.curves import chart
from expandcontract.pacing.curve import Point
from expandcontract.postgres import ledger, samples
from expandcontract.postgres.opening import session_for
from expandcontract.postgres.samples import Sample
from tests.cli.conftest import Ec, Start, fill

VOID = {"meta", "br"}


class Checked(HTMLParser):
    """Fails where a tag is not closed, and keeps what is loaded from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loaded: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [value or "" for name, value in attrs if name in {"src", "href", "onload"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(file: Path) -> Checked:
    page = Checked()
    page.feed(file.read_text(encoding="utf-8"))
    assert not page.open
    return page


def test_a_report_tells_phases_curves_reasons_locks_and_verification(
    ec: Ec, users: str, dsn: str, tmp_path: Path
) -> None:
    assert ec("backfill", users).code == 0
    with session_for(dsn) as session:
        record = ledger.named(session, users)
        for number, (share, reason, lag) in enumerate(
            [(1.0, None, 0.2), (0.0, "replication_lag of <b> is 9 s, limit 5 s", None)]
        ):
            sample = Sample(
                seconds=1.0,
                rows_seen=1000 * number,
                rows_written=0,
                share=share,
                reason=reason,
                lags={"<b>": lag},
            )
            samples.add(session, record, "copy", sample)
    file = tmp_path / "report.html"

    outcome = ec("report", users, "--output", str(file))
    page = read(file)

    assert outcome.code == 0
    assert not page.loaded
    assert "<script" not in file.read_text()
    for heading in ("Phases", "Backfill: copy", "Verification", "Locks", "Events"):
        assert heading in page.text
    assert "replication_lag of <b>" in page.text
    assert "held it for" in page.text
    assert "2,000 of about 2,000 rows were met" in page.text
    assert "ACCESS EXCLUSIVE on" in page.text
    assert "backfilled" in page.text
    assert file.read_text().count("<svg") == 2
    for svg in re.findall(r"<svg.*?</svg>", file.read_text(), re.DOTALL):
        ET.fromstring(svg)  # noqa: S314  # our own


def test_a_backfill_leaves_its_own_samples(
    ec: Ec, users: str, connection: psycopg.Connection
) -> None:
    assert ec("backfill", users).code == 0

    rows = connection.execute(
        "SELECT max(rows_seen), min(share) > 0, sum(seconds) > 0 FROM expandcontract.samples"
    ).fetchall()
    assert rows == [(2000, True, True)]


def test_a_pause_is_one_reason(
    ec: Ec, start: Start, users: str, connection: psycopg.Connection, tmp_path: Path
) -> None:
    assert ec("pause", users).code == 0
    process = start("backfill", users)
    until = time.monotonic() + 60
    reasons = "SELECT reason FROM expandcontract.samples WHERE reason LIKE 'paused%'"
    while not connection.execute(reasons).fetchall():
        assert time.monotonic() < until
        time.sleep(0.1)
    assert ec("resume", users).code == 0
    assert process.wait(60) == 0
    file = tmp_path / "report.html"

    assert ec("report", users, "--output", str(file)).code == 0

    page = read(file)
    told = page.text.partition("slowed it for")[2][:300]
    assert "paused" in told
    assert "goes on" not in told


def test_a_fill_that_begins_anew_begins_its_curve_anew(
    ec: Ec, connection: psycopg.Connection
) -> None:
    fill(connection)
    words = ("backfill", "users", "--set", "email = email || '!'")
    assert ec(*words).code == 0
    connection.execute("UPDATE expandcontract.samples SET reason = 'the first time'")

    assert ec(*words).code == 0

    old = "SELECT count(*), count(*) FILTER (WHERE reason = 'the first time')"
    [(kept, earlier)] = connection.execute(f"{old} FROM expandcontract.samples".encode()).fetchall()
    assert kept > 0
    assert earlier == 0


def test_a_change_that_was_not_begun_has_a_report_too(
    ec: Ec, users: str, dsn: str, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"

    assert ec("report", users, "--output", str(file)).code == 0

    assert "No samples were kept" in read(file).text
    assert dsn.split(":")[2].split("@", maxsplit=1)[0] not in file.read_text()  # the password


def test_a_report_needs_a_change_and_a_place(ec: Ec, users: str, tmp_path: Path) -> None:
    assert ec("report", "no_such", "--output", str(tmp_path / "x.html")).code == 2
    assert ec("report", users).code == 2
    assert ec("report", users, "--output", str(tmp_path / "no" / "such.html")).code == 2


def test_a_chart_breaks_where_nothing_is_known() -> None:
    points = [
        Point(at=at, value=value)
        for at, value in ((0.0, 1.0), (1.0, 2.0), (2.0, None), (3.0, 4.0), (4.0, None))
    ]

    svg = chart({"a & b": points}, unit="s")

    assert svg.count("<polyline") == 2
    assert "a &amp; b" in svg
    assert chart({}, unit="s").count("<polyline") == 0
