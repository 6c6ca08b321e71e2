"""Figures and events of a backfill, as Prometheus scrapes them and OpenTelemetry exports them."""

import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import psycopg
import pytest
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from expandcontract.cli.metrics import Metrics
from expandcontract.engine.events import ChunkDone, Held
from expandcontract.pacing.progress import Progress
from expandcontract.pacing.throttle import Reading
from tests.cli.conftest import Ec, Start

Connect = Callable[..., psycopg.Connection]
LINE = re.compile(
    r'[a-zA-Z_:][a-zA-Z0-9_:]*\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*\} [0-9.e+-]+(?:inf)?'
)
WORDS = ("backfill", "t", "--set", "b = a || 'x'", "--batch-size", "20")


@pytest.fixture
def table(connection: psycopg.Connection) -> psycopg.Connection:
    connection.execute(
        "CREATE TABLE t (id int PRIMARY KEY, a text, b text);"
        "INSERT INTO t SELECT g, g::text, NULL FROM generate_series(1, 4000) AS g; ANALYZE t"
    )
    return connection


def test_prometheus_scrapes_a_running_backfill(start: Start, table: psycopg.Connection) -> None:
    process = start(*WORDS, "--metrics-port", "0", "--limit", "wal_rate=100kB/s")
    assert process.stderr is not None
    said = next(line for line in process.stderr if "/metrics" in line)
    address = said.split()[-1]
    text, deadline = "", time.monotonic() + 20
    while "expandcontract_chunks_total{" not in text:
        assert time.monotonic() < deadline, text
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  # our own server
            assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
            text = answer.read().decode()
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(address.replace("/metrics", "/"), timeout=5)  # noqa: S310
    process.terminate()
    process.communicate()

    figures = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(LINE.fullmatch(line) for line in figures), figures
    assert re.search(r'expandcontract_rows_seen\{change="t\.fill.*",step="fill"\} [1-9]', text)
    assert 'expandcontract_signal_limit{signal="wal_rate",of=""} 102400.0' in text
    assert table.execute("SELECT count(*) > 0 FROM t WHERE b IS NOT NULL").fetchall() == [(True,)]


def test_a_signal_that_is_gone_leaves_no_phantom_and_a_hold_is_counted_once() -> None:
    lag = Reading(signal="lag", of='a "b"', value=9.0, limit=5.0)
    heard = Metrics()
    for _ in range(3):
        heard(Held("c", "s", ("lag",), (lag,)))
    held = heard.text()
    heard(ChunkDone("c", "s", Progress(high=("9",), size=1), 0.5, 1.0, ()))
    after = heard.text()

    assert 'expandcontract_signal{signal="lag",of="a \\"b\\""} 9.0' in held
    assert 'expandcontract_holds_total{change="c",step="s"} 1.0' in held
    assert 'expandcontract_share{change="c",step="s"} 0.0' in held
    assert "expandcontract_signal{" not in after
    assert 'expandcontract_share{change="c",step="s"} 1.0' in after


def test_a_port_that_is_taken_is_refused_before_anything_is_written(
    ec: Ec, table: psycopg.Connection
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        outcome = ec(*WORDS, "--metrics-port", str(other.getsockname()[1]))

    assert outcome.code == 2
    assert "figures cannot be served" in outcome.err
    assert table.execute("SELECT to_regnamespace('expandcontract')").fetchall() == [(None,)]


@pytest.mark.usefixtures("table")
def test_opentelemetry_gets_events_and_measurements(ec: Ec) -> None:
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(tracers)
    metrics.set_meter_provider(MeterProvider([reader]))

    outcome = ec(*WORDS, "--otel")

    assert outcome.code == 0, outcome.err
    [span] = exporter.get_finished_spans()
    names = {event.name.removeprefix("expandcontract.") for event in span.events}
    assert {"phase_done", "step_started", "step_done"} <= names
    found = reader.get_metrics_data()
    assert found is not None
    measured = {
        metric.name
        for resource in found.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    assert {"expandcontract.rows", "expandcontract.chunk.duration"} <= measured
