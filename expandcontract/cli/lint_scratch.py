"""What could not be told of a revision without a database, tried on a scratch server."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from alembic.config import Config

from expandcontract.ops.reading import scratch
from expandcontract.ops.reading.reader import Reading, Run
from expandcontract.ops.reading.scratch import Sent
from expandcontract.ops.reading.written import Gap, Written


def tried(config: Config, reading: Reading, wanted: Callable[[str], bool], address: str) -> None:
    """Put what was sent for real in the place of what could not be read."""
    runs = [run for run in reading.runs if any(_asks(one, wanted) for one in run.written)]
    if not runs:
        return
    with scratch.server(address) as place:
        for run in runs:
            back = any(one.back and _asks(one, wanted) for one in run.written)
            with scratch.database(place) as dsn:
                found = scratch.sent(config, run.said, dsn, reading.path, back=back)
            run.written[:] = _filled(run, found, wanted)


def _asks(one: Written, wanted: Callable[[str], bool]) -> bool:
    """Whether a database can tell more than a broken file needs."""
    return wanted(one.path) and any(not gap.broken for gap in one.gaps)


def _filled(run: Run, found: Sent, wanted: Callable[[str], bool]) -> Iterator[Written]:
    for one in run.written:
        if not _asks(one, wanted):
            yield one
            continue
        new = Written(path=one.path, revision=one.revision, back=one.back)
        real = found.written.get((one.path, one.back), new)
        failure = found.failure_back if one.back else found.failure
        if any(gap.ends for gap in real.gaps):
            yield _doubted(one, real.gaps[-1].reason)
        elif failure and not real.parts:
            yield _doubted(one, failure)
        else:
            yield real


def _doubted(one: Written, reason: str) -> Written:
    """What was read offline; that the server did not help is said too."""
    told = f"; on the scratch server: {reason}"
    parts = [
        replace(part, reason=part.reason + told) if isinstance(part, Gap) else part
        for part in one.parts
    ]
    return replace(one, parts=parts)
