"""A report as one page of HTML: nothing is loaded from anywhere, and nothing in it runs."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape

from expandcontract.cli.curves import chart
from expandcontract.cli.figures import duration
from expandcontract.cli.plan_pages import cost
from expandcontract.engine.reporting import Ran, Report
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.pacing.curve import Point, rates, reasons
from expandcontract.postgres.samples import Sample

STYLE = """
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:960px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin-bottom:0}
h2{margin-top:2.2rem;border-bottom:1px solid #8884}
table{border-collapse:collapse;width:100%;margin:.6rem 0}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #8883}
code{font-size:.85em;white-space:pre-wrap;word-break:break-word}
.good{color:#059669}.bad{color:#dc2626}.dim{opacity:.7}
svg{width:100%;height:auto}svg text{font-size:11px;fill:currentColor;opacity:.75}
svg .grid{stroke:currentColor;opacity:.15}svg .held{fill:#f59e0b;opacity:.25}
svg polyline{fill:none;stroke-width:1.6}.legend span{margin-right:1.2em}
.legend i{display:inline-block;width:.8em;height:.8em;margin-right:.4em}
"""
LINES = 6
"""Lines of a statement that are shown: a trigger's source has many."""


def page(report: Report) -> str:
    """The whole page."""
    name = escape(report.record.name)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body>\n"
        + "\n".join(
            part
            for part in (
                _head(report),
                _phases(report),
                *(_filling(report, step) for step in report.record.plan.steps if step.backfill),
                _verification(report),
                _gates(report),
                _locks(report),
                _events(report),
            )
            if part
        )
        + "\n</body></html>\n"
    )


def _head(report: Report) -> str:
    record, status = report.record, report.status
    facts = [
        ("kind", record.kind),
        ("state", status.state),
        ("owner", record.owner),
        ("contract by", record.contract_by),
        ("next", status.next_phase),
        ("may not start, because", "; ".join(status.closed_by)),
        ("last error", record.last_error),
        ("database", f"{report.database} (PostgreSQL {report.server})"),
        ("as of", _when(report.at)),
    ]
    rows = [(name, _text(value)) for name, value in facts if value]
    return f"<h1>{escape(record.name)}</h1>{_table((), rows)}"


def _phases(report: Report) -> str:
    rows = []
    for phase in Phase:
        for step in report.record.plan.of(phase):
            ran = report.steps.get(step.name)
            rows.append(
                (
                    str(phase),
                    f"{escape(step.name)}: {escape(step.summary)}",
                    *_ran(report, step, ran),
                )
            )
    return "<h2>Phases</h2>" + _table(("phase", "step", "state", "began", "took", "attempts"), rows)


def _ran(report: Report, step: Step, ran: Ran | None) -> Sequence[str]:
    found = report.samples.get(step.name)
    begun = None if ran is None else ran.started_at
    if found:  # the ledger notes a backfill when it is over
        begun = datetime.fromtimestamp(found[0].moment.timestamp() - found[0].seconds, tz=UTC)
    if ran is None:
        return ("under way" if found else "to do", _when(begun), "", "")
    took = ""
    if ran.finished_at is not None and begun is not None:
        took = duration(max(0.0, (ran.finished_at - begun).total_seconds()))
    state = f'<span class="{"good" if ran.state == "done" else "bad"}">{ran.state}</span>'
    error = f"<br>{escape(ran.error)}" if ran.error else ""
    return (state + error, _when(begun), took, str(ran.attempts))


def _filling(report: Report, step: Step) -> str:
    """Rate, lag, and why it was slow."""
    heading = f"<h2>Backfill: {escape(step.name)}</h2>"
    lines = [
        f"<p>{one.rows_seen:,} of {_about(one.rows_estimated)} rows were met, "
        f"{one.rows_written:,} written, {one.rows_failed:,} failed.</p>"
        for one in report.status.fillings
        if one.step == step.name
    ]
    found = report.samples.get(step.name, [])
    if not found:
        return f"{heading}{''.join(lines)}<p class=dim>No samples were kept.</p>"
    start = found[0].moment.timestamp() - found[0].seconds
    ends = [sample.moment.timestamp() - start for sample in found]
    shaded = [
        (end - sample.seconds, end)
        for end, sample in zip(ends, found, strict=True)
        if sample.share == 0
    ]
    rate = rates(ends, [one.seconds for one in found], [one.rows_seen for one in found])
    lines += [
        "<h3>Rows a second</h3>",
        chart({"rows a second": rate}, unit="rows/s; shaded: it held", shaded=shaded),
    ]
    if lags := _lags(found, ends):
        lines += [
            "<h3>Lag of the standbys</h3>",
            chart(lags, unit="seconds, at the worst; a gap: not known", shaded=shaded),
        ]
    return heading + "".join(lines) + _throttle(found) + _failed(report.failed.get(step.name, ()))


def _lags(found: Sequence[Sample], ends: Sequence[float]) -> dict[str, list[Point]]:
    names = sorted({name for sample in found for name in sample.lags})
    return {
        name: [
            Point(at=end, value=sample.lags.get(name))
            for end, sample in zip(ends, found, strict=True)
        ]
        for name in names
    }


def _throttle(found: Sequence[Sample]) -> str:
    total = sum(sample.seconds for sample in found)
    told = reasons((sample.reason, sample.share, sample.seconds) for sample in found)
    if not told:
        return "<h3>Throttle</h3><p>Nothing slowed it.</p>"
    ordered = sorted(told.items(), key=lambda item: -sum(item[1]))
    rows = [
        (escape(name), duration(held) if held else "", duration(slowed) if slowed else "")
        for name, (held, slowed) in ordered
    ]
    return f"<h3>Throttle</h3><p>At work for {duration(total)} altogether.</p>" + _table(
        ("reason", "held it for", "slowed it for"), rows
    )


def _failed(rows: Sequence[str]) -> str:
    if not rows:
        return ""
    items = "".join(f"<li><code>{escape(row)}</code></li>" for row in rows)
    return f"<h3>Rows in quarantine</h3><ul>{items}</ul>"


def _verification(report: Report) -> str:
    rows = [
        (escape(step.name), escape(step.summary), *_ran(report, step, report.steps.get(step.name)))
        for step in report.record.plan.steps
        if step.verification
    ]
    if not rows:
        return ""
    table = _table(("step", "what is equal", "state", "at", "took", "attempts"), rows)
    return f"<h2>Verification</h2>{table}"


def _gates(report: Report) -> str:
    rows = [
        (
            escape(gate.phase),
            '<span class="good">open</span>' if gate.is_open else '<span class="bad">closed</span>',
            _when(gate.since),
            "<br>".join(
                escape(f"{look['probe']}: {'; '.join(look['reasons']) or 'nothing against it'}")
                for look in gate.looks
            ),
        )
        for gate in report.gates
    ]
    table = _table(("phase", "gate", "since", "what was seen"), rows)
    return f"<h2>Gates</h2>{table}" if rows else ""


def _locks(report: Report) -> str:
    rows = []
    for step in report.record.plan.steps:
        for statement in step.statements:
            lines = statement.sql.splitlines()
            more = ["…"] if len(lines) > LINES else []
            sql = escape("\n".join(lines[:LINES] + more))
            rows.append((str(step.phase), escape(cost(statement)), f"<code>{sql}</code>"))
        if step.backfill is not None:
            rows.append((str(step.phase), "the rows of one chunk at a time", escape(step.summary)))
    return "<h2>Locks</h2>" + _table(("phase", "lock", "statement"), rows)


def _events(report: Report) -> str:
    rows = [
        (
            _when(one.at),
            escape(one.what),
            escape(", ".join(f"{key} {value}" for key, value in one.detail.items())),
        )
        for one in report.events
    ]
    return "<h2>Events</h2>" + _table(("when", "what", "detail"), rows) if rows else ""


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells are HTML already."""
    head = "".join(f"<th>{escape(one)}</th>" for one in headings)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{f'<tr>{head}</tr>' if head else ''}{body}</table>"


def _text(value: object) -> str:
    return escape(str(value))


def _about(rows: int | None) -> str:
    return "an unknown number of" if rows is None else f"about {rows:,}"


def _when(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
