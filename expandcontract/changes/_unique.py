"""Steps of the constraints that an index stands behind."""

from expandcontract.ddl import constraints, probes
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.model.probe import Probe
from expandcontract.model.statement import Statement


def looked_for_step(table: TableName, phase: Phase, index: str, sample: str) -> Step:
    """Look for duplicates before a build that they would break, and that breaks writers first."""
    none = Probe(f"NOT EXISTS ({sample.replace('%', '%%')})")
    return Step(
        name="no duplicates",
        phase=phase,
        summary=f"no two rows of {table.plain} have the same values",
        done=probes.index_is_valid(table, index) | none,
        offenders=sample,
    )


def attached_step(table: TableName, phase: Phase, name: str, added: Statement) -> Step:
    """Make the index into a constraint of its name; they go as one."""
    exists = probes.constraint_exists(table, name)
    return Step(
        name=f"constraint {name}",
        phase=phase,
        summary=f"{table.plain} has the constraint {name}",
        done=exists,
        statements=(added,),
        revert=(constraints.drop(table, name),),
        reverted=~exists,
    )
