"""Settings that are changed while a backfill runs, in the ledger and on a Runner."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from expandcontract.engine.runner import MAX_LAG, Runner
from expandcontract.pacing.sizing import Sizing, bounded
from expandcontract.pacing.window import read_window


def sizing_for(target_ms: float, batch_size: int | None) -> Sizing:
    """How chunks are sized: towards a duration, or at a fixed number of rows."""
    target = target_ms / 1000
    if batch_size is None:
        return Sizing(target=target)
    return Sizing(target=target, first=batch_size, smallest=batch_size, largest=batch_size)


def tuned(runner: Runner, settings: Mapping[str, Any]) -> Runner:
    """The runner as the settings in the ledger want it; what they do not name stays."""
    limits = {
        name.removeprefix("limit."): limit if isinstance(limit, int | float) else None
        for name, limit in settings.items()
        if name.startswith("limit.")
    }
    if limits:
        runner = replace(runner, limits={**runner.limits, **limits})
    runner = replace(runner, sizing=_sizing(runner, settings))
    if "workers" in settings:
        runner = replace(runner, workers=settings["workers"])
    if "max-failures" in settings:
        runner = replace(runner, most_failures=settings["max-failures"])
    if "window" in settings:
        window = settings["window"]
        runner = replace(runner, window=None if window == "off" else read_window(window))
    return runner


def _sizing(runner: Runner, settings: Mapping[str, Any]) -> Sizing:
    """With the size or the duration that is wanted, which a lag limit and wide rows still bound."""
    target_ms = settings.get("target-ms", runner.sizing.target * 1000)
    if "batch-size" in settings:
        return sizing_for(target_ms, settings["batch-size"])
    wanted = replace(runner.sizing, target=target_ms / 1000)
    limit = runner.limits.get("replication_lag", MAX_LAG)
    return bounded(wanted, lag_limit=limit, row_bytes=0.0)
