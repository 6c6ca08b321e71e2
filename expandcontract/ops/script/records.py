"""What a script writes into the ledger, so that later commands go on from there."""

import json
from collections.abc import Sequence

from expandcontract.changes.base import Change
from expandcontract.engine.gates import writes as old_writes
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.ops.script.editions import Editions
from expandcontract.ops.script.text import CHANGE, Variable, commands, do, fail, inlined, when
from expandcontract.postgres import installation, observations
from expandcontract.postgres import ledger_queries as queries

ID = Variable(CHANGE)


def install() -> str:
    """Bring the ledger to this release's version."""
    applied = (
        when(
            f"ec_newest < {number}",
            commands(
                *installation.commands(text),
                inlined(
                    installation.RECORD,
                    {"number": str(number), "name": name, "release": installation.release()},
                ),
            ),
        )
        for number, name, text in installation.scripts()
    )
    newest = installation.scripts()[-1][0]
    return do(
        commands(
            f"PERFORM pg_catalog.pg_advisory_xact_lock({installation.INSTALL_LOCK})",
            when(f"NOT ({_bare(installation.HAS_SCHEMA)})", "CREATE SCHEMA expandcontract;"),
            when(_bare(installation.HAS_VERSIONS), f"ec_newest := ({installation.NEWEST});"),
            when(
                f"ec_newest > {newest}",
                fail(f"the ledger is newer than this script, which knows version {newest}") + ";",
            ),
            *applied,
        ),
        "ec_newest integer := 0;",
    )


def _bare(query: str) -> str:
    return query.removeprefix("SELECT ")


def number(name: str) -> str:
    """Declare the change's number; null where the ledger does not hold it."""
    return _declared(name, (CHANGE, "bigint", "id"))


def find(name: str) -> str:
    """Declare all that a script asks of a change."""
    return _declared(
        name,
        (CHANGE, "bigint", "id"),
        ("ec_plan", "jsonb", "plan"),
        ("ec_reached", "text", "reached"),
        ("ec_outcome", "text", "outcome"),
    )


def _declared(name: str, *variables: tuple[str, str, str]) -> str:
    newest = inlined(
        "WHERE name = %(name)s AND outcome IS DISTINCT FROM 'reverted' ORDER BY id DESC LIMIT 1",
        {"name": name},
    )
    return commands(
        *(
            f"{variable} {kind} := (SELECT {column} FROM expandcontract.changes {newest})"
            for variable, kind, column in variables
        )
    )


def close(change: Change, plan: Editions, phase: Phase) -> str:
    """Note that a phase is over, and those after it that are empty."""
    last = phase
    later = [one for one in Phase if one > phase]
    if not any(plan.before.of(one) for one in later):
        last = Phase.CONTRACT
    earlier = ", ".join(f"'{name}'" for name in ["planned", *(str(p) for p in Phase if p < last)])
    outcome = "closed" if last is Phase.CONTRACT else None
    writes = [
        inlined(queries.SET_REACHED, {"reached": str(last), "outcome": outcome, "id": ID}),
        *(
            inlined(queries.NOT_DUE, {"id": ID, "phase": str(one)})
            for one in Phase
            if phase <= one <= last
        ),
        tell(last.participle),
    ]
    if phase <= Phase.SWITCH <= last:
        writes.append(inlined(queries.SET_SWITCH, {"id": ID, "percent": "100"}))
        writes += _watch_old_writes(plan)
    if outcome is not None:
        writes.append(inlined(queries.UNCLAIM, {"id": ID}))
    if outcome is not None and plan.before.close:
        writes.append(inlined(queries.SET_BUILT, {"id": ID}))
    body = when(f"ec_outcome IS NULL AND ec_reached IN ({earlier})", commands(*writes))
    return do(commands(body), find(change.name))


def _watch_old_writes(plan: Editions) -> tuple[str, ...]:
    """From now on, the time since the last write through the old side is counted."""
    if (sequence := plan.before.counters.get(old_writes.OLD_WRITES)) is None:
        return ()
    counter = inlined(old_writes.COUNTER, {"sequence": f'expandcontract."{sequence}"'})
    value = Variable(f"({counter})")
    return (
        inlined(observations.FORGET, {"id": ID}),
        inlined(observations.NOTE, {"id": ID, "what": old_writes.OLD_WRITES, "value": value}),
    )


def defer(change: Change, phase: Phase, reasons: Sequence[str], revision: str | None) -> str:
    """Note that a phase is due, unless it is over."""
    row = inlined(
        queries.DEFER,
        {
            "id": ID,
            "phase": str(phase),
            "revision": revision,
            "reasons": json.dumps(list(reasons)),
        },
    )
    body = when(f"ec_outcome IS NULL AND {CHANGE} IS NOT NULL", commands(row))
    return do(commands(body), find(change.name))


def set_step(step: Step, state: str) -> str:
    """Note what became of a step."""
    params = {"step": step.name, "phase": str(step.phase), "state": state, "error": None}
    return inlined(queries.SET_STEP, {**params, "id": ID})


def forget_step(step: Step) -> str:
    """Forget that a step was done, and how far it had come."""
    return commands(
        inlined(queries.FORGET_STEP, {"id": ID, "step": step.name}),
        inlined(queries.FORGET_LANES, {"id": ID, "step": step.name}),
    )


def may_revert(change: Change, plan: Editions, phase: Phase) -> str:
    """Stop where later phases have to be reverted first."""
    last = phase
    while last < Phase.CONTRACT and not plan.before.of(Phase(last + 1)):
        last = Phase(last + 1)
    beyond = ", ".join(f"'{one}'" for one in Phase if one > last)
    first = f"revert the later phases of {change.name} first"
    if phase is Phase.CONTRACT and plan.before.of(phase):
        beyond, first = "'contract'", f"{change.name} is contracted: its old side has to be filled"
    if not beyond:
        return ""
    hint = "run the downgrade online, without --sql"
    return do(
        commands(when(f"ec_reached IN ({beyond})", fail(first, hint) + ";")), find(change.name)
    )


def reopen(change: Change, phase: Phase) -> str:
    """Note that a phase is reverted, or that it is no longer due."""
    reached = "planned" if phase is Phase.EXPAND else str(Phase(phase - 1))
    outcome = "reverted" if phase is Phase.EXPAND else None
    was_run = ", ".join(f"'{one}'" for one in Phase if one >= phase - 1)
    condition = f"ec_reached IN ({was_run})" if phase is not Phase.EXPAND else "true"
    writes = [
        inlined(queries.SET_REACHED, {"reached": reached, "outcome": outcome, "id": ID}),
        tell(f"{phase} reverted"),
    ]
    if phase is Phase.SWITCH:
        writes.append(inlined(queries.SET_SWITCH, {"id": ID, "percent": "0"}))
    if outcome is not None:
        writes.append(inlined(queries.UNCLAIM, {"id": ID}))
    due = (inlined(queries.NOT_DUE, {"id": ID, "phase": str(one)}) for one in Phase if one >= phase)
    body = commands(*due, when(condition, commands(*writes)))
    return do(commands(when(f"{CHANGE} IS NOT NULL", body)), find(change.name))


def tell(what: str, **detail: str) -> str:
    """Add a line to the change's event log."""
    return inlined(queries.TELL, {"id": ID, "what": what, "detail": json.dumps(detail)})
