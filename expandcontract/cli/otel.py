"""A backfill for OpenTelemetry: a span for the run with its events, and measurements of chunks.

Through the API alone; which SDK and exporter hear it is the environment's business, for example
`opentelemetry-instrument ec backfill … --otel`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from expandcontract.cli import output
from expandcontract.engine.documents import as_document
from expandcontract.engine.events import ChunkDone, Event, Held

SCOPE = "expandcontract"


class Listener:
    """Is called with every event."""

    def __init__(self, span: Any, meter: Any) -> None:  # noqa: ANN401  # the API's, an extra
        self._span = span
        self._rows = meter.create_counter("expandcontract.rows", unit="{row}")
        self._written = meter.create_counter("expandcontract.rows_written", unit="{row}")
        self._chunk = meter.create_histogram("expandcontract.chunk.duration", unit="s")
        self._signal = meter.create_histogram("expandcontract.signal")
        self._before: dict[tuple[str, str], tuple[int, int]] = {}
        self._held = ""

    def __call__(self, event: Event) -> None:
        """Chunks become measurements; what lasts, and why it holds, events of the span."""
        if isinstance(event, ChunkDone):
            self._held = ""
            self._measured(event)
            return
        if isinstance(event, Held):
            names = "; ".join(sorted({reading.name for reading in event.readings}))
            if names == self._held:
                return
            self._held = names
        document = as_document(event)
        self._span.add_event(
            f"expandcontract.{document.pop('event')}",
            {name: _attribute(value) for name, value in document.items() if name != "readings"},
        )

    def _measured(self, event: ChunkDone) -> None:
        where = {"change": event.change, "step": event.step}
        seen, written = event.progress.rows_seen, event.progress.rows_written
        before = self._before.get((event.change, event.step), (seen, written))
        self._before[event.change, event.step] = (seen, written)
        self._rows.add(max(0, seen - before[0]), where)
        self._written.add(max(0, written - before[1]), where)
        self._chunk.record(event.seconds, where)
        for reading in event.readings:
            if reading.value is not None:
                self._signal.record(reading.value, {"signal": reading.signal, "of": reading.of})


def _attribute(value: object) -> str | float | bool:
    found = output.plain(value)
    return found if isinstance(found, str | int | float | bool) else output.as_json(found)


@contextmanager
def telling() -> Iterator[Listener]:
    """One span for the length of the block."""
    try:
        from opentelemetry import metrics, trace  # noqa: PLC0415  # an extra
    except ImportError:
        message = "OpenTelemetry is not installed: pip install 'expandcontract[otel]'"
        raise click.UsageError(message) from None
    with trace.get_tracer(SCOPE).start_as_current_span("ec backfill") as span:
        yield Listener(span, metrics.get_meter(SCOPE))
