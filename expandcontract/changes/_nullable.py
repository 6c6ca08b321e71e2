"""NOT NULL taken from a column, with a way back that nobody waits for."""

from expandcontract.changes._offenders import rows_where
from expandcontract.changes._steps import NAMED_NOT_NULL, not_null_constraint
from expandcontract.ddl import columns, constraints, probes
from expandcontract.model.catalog import Table
from expandcontract.model.names import quoted
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.model.probe import ALWAYS, Probe
from expandcontract.model.statement import Statement


def nullable_steps(
    table: Table, phase: Phase, column: str, check: str, major: int
) -> tuple[Step, ...]:
    """Allow nulls; taken back from the last step to the first, nulls are refused and proved absent.

    The later steps do nothing forwards.
    """
    name, constraint = table.name, not_null_constraint(table, column)
    nullable = ~probes.nulls_are_refused(name, column)
    sample = rows_where(table, f"{quoted(column)} IS NULL")
    proved = probes.no_null_is_left(name, column)

    def step(
        title: str, summary: str, revert: tuple[Statement, ...], reverted: Probe, *, first: bool
    ) -> Step:
        return Step(
            name=title,
            phase=phase,
            summary=summary,
            done=nullable if first else ALWAYS,
            statements=(columns.drop_not_null(name, column),) if first else (),
            revert=revert,
            reverted=reverted,
            offenders=sample,
        )

    allowed = f"{column} of {name.plain} allows nulls"
    if major >= NAMED_NOT_NULL and constraint is not None:
        again = (constraints.add_not_null_not_valid(name, constraint, column),)
        validated = (constraints.validate(name, constraint),)
        return (
            step(f"nullable {column}", allowed, validated, proved, first=True),
            step(f"way back {column}", "its revert refuses nulls", again, ~nullable, first=False),
        )
    has_check, is_valid = (
        probe(name, check) for probe in (probes.constraint_exists, probes.constraint_is_valid)
    )
    final = (columns.set_not_null(name, column), constraints.drop(name, check))
    return (
        step(f"nullable {column}", allowed, final, proved & ~has_check, first=True),
        step(
            f"way back {column}: proof",
            "its revert proves that no null is left",
            (constraints.validate(name, check),),
            proved | is_valid,
            first=False,
        ),
        step(
            f"way back {column}: check",
            "its revert refuses nulls in new rows",
            (constraints.add_not_null_check(name, check, column),),
            proved | has_check,
            first=False,
        ),
    )
