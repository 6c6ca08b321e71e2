"""A column's nulls replaced by an expression of their row: in later writes, and in all rows."""

import re
from collections.abc import Iterator

from expandcontract.ddl import filling
from expandcontract.ddl.filling import Filler
from expandcontract.model.backfill import Backfill
from expandcontract.model.catalog import Table
from expandcontract.model.names import quoted
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.model.probe import NEVER, Probe

WITHOUT_EQUALITY = re.compile(
    r"(json|xml|point|line|lseg|box|path|polygon|circle)\b", re.IGNORECASE
)
"""Types whose values cannot be asked whether they are the same."""


def backfill_of(table: Table, column: str, type_: str, value: str) -> Backfill:
    """Every null becomes the value; what is there is left as it is."""
    key = table.key()
    if key is None:
        raise AssertionError
    names = tuple(part.column or "" for part in key.keys)
    return Backfill(
        table=table.name,
        key=names,
        key_types=tuple(table.column(name).type for name in names),
        assignments=((column, f"coalesce({quoted(column)}, ({value}))"),),
        # A null becomes a value or stays one; nothing else is ever compared.
        compare_as_text=(column,) if WITHOUT_EQUALITY.match(type_) else (),
    )


def filler_step(filler: Filler, finished: Probe = NEVER) -> Step:
    """Old code that leaves the column null gets the value."""
    return Step(
        name=f"fill {filler.column}",
        phase=Phase.EXPAND,
        summary=f"a write that leaves {filler.column} null gets its value",
        done=finished | filling.stands(filler),
        statements=filling.create(filler),
        revert=filling.drop(filler),
        reverted=filling.is_gone(filler),
    )


def fill_step(table: Table, column: str, type_: str, value: str) -> Step:
    """Fill the rows that are there."""
    return Step(
        name=f"fill nulls of {column}",
        phase=Phase.BACKFILL,
        summary=f"no row that {value} has a value for has a null in {column}",
        done=NEVER,
        backfill=backfill_of(table, column, type_, value),
    )


def unfiller_step(filler: Filler) -> Step:
    """Once no old code is left, the triggers go."""
    return Step(
        name=f"stop filling {filler.column}",
        phase=Phase.CONTRACT,
        summary=f"the triggers that filled {filler.column} are gone",
        done=filling.is_gone(filler),
        statements=filling.drop(filler),
    )


def filler_again_step(filler: Filler) -> Step:
    """The way back from contract."""
    return Step(
        name=f"fill {filler.column} again",
        phase=Phase.CONTRACT,
        summary=f"a write that leaves {filler.column} null gets its value again",
        done=filling.stands(filler),
        statements=filling.create(filler),
    )


def unfillable(table: Table) -> Iterator[str]:
    """Why the rows of the table cannot be filled."""
    if table.key() is None:
        yield (
            f"{table.name.plain} has no primary key and no unique index over NOT NULL columns, "
            "which a backfill needs to walk along; add one first"
        )
