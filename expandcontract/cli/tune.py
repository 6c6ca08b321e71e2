"""`ec tune`: another pace for a backfill, while it runs."""

from typing import Any

import click

from expandcontract.cli import output
from expandcontract.cli.changes import NAME, named
from expandcontract.cli.options import Common, common
from expandcontract.cli.paced import COUNTS, MAX_LAG
from expandcontract.cli.running import WINDOW, runner
from expandcontract.engine.filling import SOURCE
from expandcontract.engine.limits import limit
from expandcontract.engine.runner import Runner
from expandcontract.errors import PhaseOrderError
from expandcontract.postgres import controls, observations
from expandcontract.postgres.installation import install, installed
from expandcontract.postgres.ledger import Record
from expandcontract.signals.registry import known


@click.command("tune")
@NAME
@click.argument("settings", nargs=-1, metavar="[KEY=VALUE]…")
@common
def tune(*, common: Common, name: str, settings: tuple[str, ...]) -> None:
    """Change the pace of the backfill of NAME while it runs, on every host that works on it.

    KEY is batch-size, target-ms, workers, max-failures, max-lag, window, or a signal whose limit
    it is; `KEY=` goes back to what the command line said, `SIGNAL=off` takes a limit away. Without
    any, what is set now is shown. It stays set for later runs.
    """
    with runner(common) as run:
        record = named(run, name)
        own = _own_signals(common, run, record) if settings else frozenset()
        wanted = dict(_read(text, own) for text in settings)
        if wanted:
            if not record.is_open:
                nothing = "nothing is left to do"
                raise PhaseOrderError(record.name, "another pace", record.state, nothing)
            install(run.session)
            controls.tune(run.session, record, wanted)
        is_there = installed(run.session)
        now = controls.read(run.session, record).settings if is_there else {}
    if common.json:
        output.say(output.as_json({"name": record.name, "settings": now}))
    elif not now:
        output.say(f"{record.name} runs as its command line says")
    else:
        output.say(output.pairs({key.removeprefix("limit."): now[key] for key in sorted(now)}))


def _own_signals(common: Common, run: Runner, record: Record) -> frozenset[str]:
    """Those of the settings, and those that a run of this backfill was given."""
    names = set(common.settings().signals)
    if installed(run.session):
        noted = observations.values(run.session, record, SOURCE)
        names |= {name.removeprefix(SOURCE) for name in noted}
    return frozenset(names)


def _read(text: str, own: frozenset[str]) -> tuple[str, Any]:
    key, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        message = f"{text!r} is no setting; write KEY=VALUE, such as batch-size=1000"
        raise click.UsageError(message)
    key = key.lower()
    key = key.replace("_", "-") if key.replace("_", "-") in {*COUNTS, "max-lag"} else key
    names = {one for one, signal in known().items() if not signal.has_source} | own
    stored = f"limit.{key}" if key in names else key
    if key == "max-lag":
        stored = "limit.replication_lag"
    if stored not in {*COUNTS, "window"} and not stored.startswith("limit."):
        there = ", ".join((*COUNTS, "max-lag", "window", *sorted(names)))
        message = f"there is nothing called {key!r} to tune; there is {there}"
        raise click.UsageError(message)
    return stored, None if not value else _value(key, value, own)


def _value(key: str, value: str, own: frozenset[str]) -> Any:  # noqa: ANN401  (JSON)
    """As the option of that name reads it, within the same bounds."""
    try:
        return _converted(key, value, own)
    except click.BadParameter as error:
        error.param_hint = f"'{key}'"
        raise


def _converted(key: str, value: str, own: frozenset[str]) -> Any:  # noqa: ANN401  (JSON)
    if key in COUNTS:
        return COUNTS[key](value)
    if key == "window":
        return value if value == "off" else str(WINDOW.convert(value, None, None))
    if key == "max-lag":
        lag = MAX_LAG.convert(value, None, None)
        return "off" if lag == float("inf") else lag
    found = limit(key, value, own)
    return "off" if found is None else found


COMMAND = tune
