"""The figures of a backfill in Prometheus' text format, served over HTTP while it runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import click

from expandcontract.cli import output
from expandcontract.engine.events import ChunkDone, Event, Held, LockAwaited, RowFailed
from expandcontract.pacing.throttle import Reading

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Labels = tuple[tuple[str, str], ...]

HELP = {
    "rows_seen": ("gauge", "Rows that the backfill has met, of all runs."),
    "rows_written": ("gauge", "Rows that the backfill has written, of all runs."),
    "rows_estimated": ("gauge", "Rows that the table has, as its statistics say."),
    "rows_failed_total": ("counter", "Rows put into quarantine by this process."),
    "chunks_total": ("counter", "Chunks committed by this process."),
    "chunk_seconds_total": ("counter", "Seconds that these chunks took."),
    "share": ("gauge", "The share of full speed that the signals allow; 0 while held."),
    "holds_total": ("counter", "Times that this process began to hold."),
    "lock_waits_total": ("counter", "Attempts given up because a lock was not to be had."),
    "signal": ("gauge", "What a signal was last; seconds, bytes, per cent or a count."),
    "signal_limit": ("gauge", "The limit of a signal."),
    "signal_known": ("gauge", "Whether a signal could be read: 1 or 0."),
}


class Metrics:
    """Is called with every event, and renders what it has heard."""

    def __init__(self) -> None:
        self._values: dict[str, dict[Labels, float]] = {name: {} for name in HELP}
        self._held: set[Labels] = set()
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Take the event in."""
        with self._lock:
            match event:
                case ChunkDone():
                    self._chunk(event)
                case Held(change=change, step=step, readings=readings):
                    labels = _of(change, step)
                    self._set("share", labels, 0.0)
                    if labels not in self._held:
                        self._add("holds_total", labels)
                        self._held.add(labels)
                    self._signals(readings)
                case LockAwaited(change=change, step=step):
                    self._add("lock_waits_total", _of(change, step))
                case RowFailed(change=change, step=step):
                    self._add("rows_failed_total", _of(change, step))
                case _:
                    pass

    def _chunk(self, event: ChunkDone) -> None:
        labels, progress = _of(event.change, event.step), event.progress
        self._held.discard(labels)
        self._add("chunks_total", labels)
        self._add("chunk_seconds_total", labels, event.seconds)
        self._set("share", labels, event.share)
        self._set("rows_seen", labels, progress.rows_seen)
        self._set("rows_written", labels, progress.rows_written)
        if progress.rows_estimated is not None:
            self._set("rows_estimated", labels, progress.rows_estimated)
        self._signals(event.readings)

    def _signals(self, readings: tuple[Reading, ...]) -> None:
        for name in ("signal", "signal_limit", "signal_known"):
            self._values[name].clear()  # one that is gone leaves no phantom
        for reading in readings:
            labels = (("signal", reading.signal), ("of", reading.of))
            self._set("signal_known", labels, float(reading.load is not None))
            self._set("signal_limit", labels, reading.limit)
            if reading.value is not None:
                self._set("signal", labels, reading.value)

    def _set(self, name: str, labels: Labels, value: float) -> None:
        self._values[name][labels] = value

    def _add(self, name: str, labels: Labels, value: float = 1.0) -> None:
        self._values[name][labels] = self._values[name].get(labels, 0.0) + value

    def text(self) -> str:
        """Everything in Prometheus' text format."""
        with self._lock:
            lines = []
            for name, (kind, meaning) in HELP.items():
                full = f"expandcontract_{name}"
                lines += [f"# HELP {full} {meaning}", f"# TYPE {full} {kind}"]
                for labels, value in self._values[name].items():
                    inner = ",".join(f'{label}="{escaped(text)}"' for label, text in labels)
                    lines.append(f"{full}{{{inner}}} {value!r}")
        return "\n".join(lines) + "\n"


def _of(change: str, step: str) -> Labels:
    return (("change", change), ("step", step))


def escaped(text: str) -> str:
    r"""A label's value as Prometheus wants it.

    >>> print(escaped('a "b"\n\\'))
    a \"b\"\n\\
    """
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


@contextmanager
def serving(host: str, port: int) -> Iterator[Metrics]:
    """Serve `/metrics` for the length of the block, and say where."""
    metrics = Metrics()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            is_there = self.path.partition("?")[0] == "/metrics"
            body = metrics.text().encode() if is_there else b"see /metrics\n"
            self.send_response(200 if is_there else 404)
            self.send_header("Content-Type", CONTENT_TYPE if is_there else "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: the terminal belongs to the backfill."""

    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except OSError as error:
        message = f"figures cannot be served at {host}:{port}: {error.strerror}"
        raise click.UsageError(message) from error
    server.daemon_threads = True
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
    )
    thread.start()
    output.note(f"figures for Prometheus: http://{host}:{server.server_port}/metrics")
    try:
        yield metrics
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
