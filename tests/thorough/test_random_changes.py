"""Random tables and random changes, to contract and back, against a model in plain Python."""

from dataclasses import dataclass

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from expandcontract.changes.base import Change
from expandcontract.changes.change_type import ChangeType
from expandcontract.changes.merge_columns import MergeColumns
from expandcontract.changes.rename_column import RenameColumn
from expandcontract.changes.split_column import SplitColumn
from expandcontract.model.phase import Phase
from tests.support.databases import Databases
from tests.support.walk import back, forward

Row = dict[str, object]
WORDS = some.one_of(some.none(), some.text("ab c%'\"\\é", max_size=6))
NUMBERS = some.one_of(some.none(), some.integers(-(2**31), 2**31 - 1))


@dataclass(frozen=True)
class Shape:
    """A change on columns `w`, `x` (texts) and `n` (a number), and the model of it."""

    change: Change
    gone: tuple[str, ...]

    def after(self, row: Row) -> Row:
        """What the row has to be after the contract."""
        kept = {name: value for name, value in row.items() if name not in self.gone}
        match self.change:
            case RenameColumn(old=old, new=new):
                return {**kept, new: row[old]}
            case ChangeType(column=column, type="text"):
                return {**kept, column: None if row[column] is None else str(row[column])}
            case ChangeType(column=column):
                return {**kept, column: row[column]}
            case MergeColumns():
                return {**kept, "pair": [row["w"], row["x"]]}
            case _:
                w = row["w"]
                head = None if w is None else str(w)[:1]
                return {**kept, "head": head, "tail": None if w is None else str(w)[1:]}


CHANGES = some.sampled_from(
    [
        Shape(RenameColumn(table="t", old="w", new="x y"), ("w",)),
        Shape(RenameColumn(table="t", old="n", new="N"), ("n",)),
        Shape(ChangeType(table="t", column="n", type="bigint"), ("n",)),
        Shape(ChangeType(table="t", column="n", type="text"), ("n",)),
        Shape(
            SplitColumn(
                table="t",
                old="w",
                new={"head": ("text", "left(w, 1)"), "tail": ("text", "substr(w, 2)")},
                down="head || tail",
            ),
            ("w",),
        ),
        Shape(
            MergeColumns(
                table="t",
                old=("w", "x"),
                new="pair",
                type="text[]",
                up="ARRAY[w, x]",
                down={"w": "pair[1]", "x": "pair[2]"},
            ),
            ("w", "x"),
        ),
    ]
)


def stands(dsn: str) -> list[Row]:
    """The rows, without what is kept until the close."""
    with psycopg.connect(dsn) as connection:
        found = connection.execute("SELECT to_jsonb(t) FROM t ORDER BY id").fetchall()
    return [{k: v for k, v in row.items() if not k.startswith("zz_ec_")} for (row,) in found]


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    shape=CHANGES,
    values=some.lists(some.tuples(WORDS, WORDS, NUMBERS), max_size=8),
    later=some.tuples(WORDS, WORDS, NUMBERS),
)
def test_the_data_are_those_of_a_plain_model(
    databases: Databases,
    shape: Shape,
    values: list[tuple[object, object, object]],
    later: tuple[object, object, object],
) -> None:
    insert = "INSERT INTO t (w, x, n) VALUES (%s, %s, %s)"
    with databases.database() as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(
                "CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,"
                " w text, x text, n int)"
            )
            for row in values:
                connection.execute(insert, row)
        forward(dsn, shape.change, Phase.EXPAND)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(insert, later)
        model: list[Row] = [
            {"id": at + 1, "w": w, "x": x, "n": n} for at, (w, x, n) in enumerate([*values, later])
        ]
        assert len(stands(dsn)) == len(model)

        forward(dsn, shape.change)
        assert stands(dsn) == [shape.after(row) for row in model]

        back(dsn, shape.change)
        assert stands(dsn) == model
