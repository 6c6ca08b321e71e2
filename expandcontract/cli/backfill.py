"""`ec backfill`: fills what was there before, from wherever it was left."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, LiteralString

import click

from expandcontract.changes.compute_columns import ComputeColumns
from expandcontract.changes.fill_column import FillColumn
from expandcontract.cli import output
from expandcontract.cli.changes import carried_out, named
from expandcontract.cli.computing import Wanted, function
from expandcontract.cli.detaching import detach
from expandcontract.cli.observing import observed
from expandcontract.cli.options import SIZE, Common, common
from expandcontract.cli.paced import COUNTS, Paced, paced
from expandcontract.cli.running import WINDOW, Tempo, runner
from expandcontract.engine import adhoc
from expandcontract.engine.adhoc import AdHoc
from expandcontract.engine.askable import refuse_what_cannot_be_asked
from expandcontract.engine.estimating import refuse_what_does_not_fit
from expandcontract.engine.events import Tell
from expandcontract.engine.foreseen import Foreseen, foreseen, foreseen_plan
from expandcontract.engine.runner import Runner
from expandcontract.engine.sharing import share
from expandcontract.errors import ExpandContractError, UnknownChangeError
from expandcontract.model.names import TableName
from expandcontract.pacing.window import Window
from expandcontract.postgres import ledger
from expandcontract.postgres.installation import installed
from expandcontract.postgres.ledger import Record

IS_TABLE: LiteralString = """
    SELECT EXISTS (SELECT FROM pg_catalog.pg_class
                   WHERE oid = pg_catalog.to_regclass(%(table)s) AND relkind IN ('r', 'p'))
"""


@click.command("backfill")
@click.argument("target")
@paced
@click.option("--target-ms", type=COUNTS["target-ms"], help="How long one chunk should take.")
@click.option("--batch-size", type=COUNTS["batch-size"], help="Rows in a chunk, always so many.")
@click.option("--workers", type=COUNTS["workers"], help="Connections that write.")
@click.option("--window", type=WINDOW, help="Hours in which it works: '22:00-06:00 Europe/Berlin'.")
@click.option("--free-disk", type=SIZE, help="Refuse where the table would grow by more: 50GB.")
@click.option("--max-failures", type=COUNTS["max-failures"], help="Rows that may fail; 100.")
@click.option("--quarantined", is_flag=True, help="Try the rows once more that failed.")
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="'COLUMN = EXPRESSION'",
    help="TARGET is a table: fill this column of it; any number of times.",
)
@click.option("--where", metavar="CONDITION", help="With --set: only rows for which it is true.")
@click.option(
    "--python",
    metavar="MODULE:FUNCTION",
    help="TARGET is a table: let a function compute --column from --reads.",
)
@click.option("--column", "columns", multiple=True, help="With --python: a column that it sets.")
@click.option("--reads", multiple=True, help="With --python: a column that the function gets.")
@click.option(
    "--executor", metavar="KIND", help="Where it runs: threads:4, processes:4, dask://host:port."
)
@observed
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.option("--detach", "detached", is_flag=True, help="Go on in the background, with a log.")
@common
def backfill(
    *,
    common: Common,
    target: str,
    dry_run: bool,
    detached: bool,
    **options: Any,  # noqa: ANN401
) -> None:
    """Run the backfill phase of the change TARGET, or fill a column of the table TARGET by --set.

    It works in short transactions that commit their progress, so it can be stopped and run again
    at any time, here or on another host. The same command on several hosts shares the work.
    """
    wanted = _computed(options)
    assignments, where = options.pop("assignments"), options.pop("where")
    if where is not None and not where.strip():  # an unset variable of a script
        message = "--where is empty; every row is meant where it is left out"
        raise click.UsageError(message)
    if wanted is not None:
        if assignments or detached:
            message = "--python goes without --set and --detach"
            raise click.UsageError(message)
        computed, tempo = wanted.change(target, where), _tempo(**options)
        if dry_run:
            function(wanted.python)  # a name that leads nowhere is said now, too
            _foretell(common, target, computed, tempo)
        else:
            _compute(common, wanted, computed, tempo)
        return
    change, tempo = _adhoc(target, assignments, where), _tempo(**options)
    with _change_or_table(common, target):
        if dry_run:
            _foretell(common, target, change, tempo)
        else:
            _fill(common, target, change, tempo, detached=detached)


def _fill(
    common: Common, target: str, change: FillColumn | None, tempo: Tempo, *, detached: bool
) -> None:
    if change is None:
        name, work = target, share
    else:
        name = _begun(common, change, tempo)
        work = adhoc.carry_on
    if detached:
        with runner(common, tempo=tempo) as run:
            named(run, name)  # what is wrong with it is said here, and not in the log
            refuse_what_cannot_be_asked(run)
        detach(common, name)
    else:
        carried_out(common, name, work, tempo)


def _begun(common: Common, change: AdHoc, tempo: Tempo) -> str:
    """Write down what is to be done; who asked meanwhile to stop is heard before it is."""
    with runner(common, tempo=tempo) as run:
        name = adhoc.begin(run, change).name
        run.safe_point(f"the backfill of {name}")
    return name


@contextmanager
def _change_or_table(common: Common, target: str) -> Iterator[None]:
    """Where no change is called so, and a table is: say what was left out."""
    try:
        yield
    except UnknownChangeError as error:
        if error.name != target or not _is_table(common, target):
            raise
        message = (
            f"{target} is a table, and no change is called so; to fill a column of it say what is "
            f'to be written: ec backfill {target} --set "column = expression"'
        )
        raise click.UsageError(message) from None


def _is_table(common: Common, target: str) -> bool:
    try:
        table = TableName.parse(target)
    except ExpandContractError:
        return False
    with runner(common, looks=True) as run:
        return bool(run.session.rows(IS_TABLE, {"table": str(table)})[0][0])


def _computed(options: dict[str, Any]) -> Wanted | None:
    python, executor = options.pop("python"), options.pop("executor")
    columns, reads = options.pop("columns"), options.pop("reads")
    if python is None:
        if columns or reads or executor:
            message = "--column, --reads and --executor go with --python"
            raise click.UsageError(message)
        return None
    if not columns or not reads:
        message = "--python needs a --column that it sets, and a --reads that it gets"
        raise click.UsageError(message)
    return Wanted(python=python, columns=columns, reads=reads, executor=executor)


def _compute(common: Common, wanted: Wanted, change: ComputeColumns, tempo: Tempo) -> None:
    with wanted.compute() as compute:
        name = _begun(common, change, tempo)

        def work(run: Runner, record: Record) -> object:
            return adhoc.carry_on(replace(run, compute=compute), record)

        carried_out(common, name, work, tempo)


def _adhoc(target: str, assignments: tuple[str, ...], where: str | None) -> FillColumn | None:
    if not assignments:
        if where is not None:
            message = "--where goes with --set; a change knows its rows"
            raise click.UsageError(message)
        return None
    return FillColumn(table=target, assignments=assignments, where=where or "")


def _tempo(  # noqa: PLR0913  one for each option
    *,
    pace: Paced,
    target_ms: int | None,
    batch_size: int | None,
    workers: int | None,
    window: Window | None,
    max_failures: int | None,
    free_disk: float | None,
    quarantined: bool,
    listeners: tuple[Tell, ...],
) -> Tempo:
    return Tempo(
        pace=pace,
        target_ms=target_ms,
        batch_size=batch_size,
        workers=workers,
        window=window,
        most_failures=max_failures,
        free_disk=free_disk,
        quarantined=quarantined,
        listeners=listeners,
    )


def _foretell(common: Common, target: str, change: AdHoc | None, tempo: Tempo) -> None:
    with runner(common, tempo=tempo, looks=True) as run:
        refuse_what_cannot_be_asked(run)  # a run would not begin either
        found = foreseen(run, named(run, target)) if change is None else _of_table(run, change)
        for step in found:
            if step.estimate is not None:
                refuse_what_does_not_fit(run, step.name, step.estimate, step.rows_seen)
    if common.json:
        output.say(output.as_json({"steps": found, "written": False}))
        return
    for step in found:
        output.say(_told(step))
        for objection in () if step.estimate is None else step.estimate.objections:
            output.say(output.careful(f"careful: {objection}\n"))
    output.say("nothing was written" if found else "nothing is left to do")


def _of_table(run: Runner, change: AdHoc) -> list[Foreseen]:
    """What is open goes on; what is not begins anew."""
    record = ledger.find(run.session, change.name) if installed(run.session) else None
    if record is not None and record.is_open:
        return foreseen(run, record)
    return foreseen_plan(run, adhoc.checked_plan(run, change))


def _told(step: Foreseen) -> str:
    facts: dict[str, object] = {"step": step.name, "afterwards": step.summary}
    if step.table is not None:
        of = "unknown" if step.rows_estimated is None else f"about {step.rows_estimated:,}"
        facts |= {"table": step.table, "rows": of, "done already": f"{step.rows_seen:,}"}
        facts["goes on"] = step.position or "at the first row"
    if step.estimate is not None:
        facts["costs"] = str(step.estimate)
    for at, sql in enumerate(step.sql):
        facts["runs" if at == 0 else f"runs ({at + 1})"] = sql
    return output.pairs(facts) + "\n"


COMMAND = backfill
