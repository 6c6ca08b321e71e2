"""The one table of cases: whatever walks, dies or goes through the majors takes its kinds here.

`WALKED` goes there and back at every safe point, `DYING` is killed at every commit. The stories
stand in `tests.stories.kinds`, and `tests/house/test_every_kind.py` compares all of them with the
kinds that exist.
"""

from collections.abc import Mapping

from expandcontract.changes.fill_column import FillColumn
from tests.engine import part_cases
from tests.engine.carried_cases import CARRIED
from tests.engine.cases import EVERYTHING, INDEXES, RENAMES
from tests.engine.enum_cases import ENUMS, VALUES
from tests.engine.shape_cases import DERIVE, MERGE, SHAPES, SPLIT
from tests.engine.simple_cases import SIMPLE
from tests.engine.table_cases import EXTRACTED, MOVED, NAMED, PARTED, TABLES, WIDENED
from tests.engine.type_cases import TYPES
from tests.support.walk import Case

#: What ends as the native statement does: `test_walk`.
WHOLE = (*RENAMES, *INDEXES, *TABLES)
#: What keeps the old columns until it is closed: `test_twins`.
KEEPING = (*TYPES, *SHAPES, *ENUMS, *CARRIED)
#: A backfill and nothing else: it has no way back, and counts each row once.
COUNTED = Case(
    id="each row once",
    setup="CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);"
    "INSERT INTO t SELECT g FROM generate_series(1, 20) AS g;",
    change=FillColumn(table="t", assignments=("n = n + 1",)),
    oracle="UPDATE t SET n = n + 1",
    is_one_way=True,
)
#: The last but one is walked by `test_simple_kinds`.
WALKED = (*WHOLE, *KEEPING, *SIMPLE, COUNTED)


def walked(kind: str, id_: str) -> Case:
    """The case of that kind and name."""
    [found] = [case for case in WALKED if (case.change.kind, case.id) == (kind, id_)]
    return found


#: What is killed at every commit: of each kind the one with the most steps, and a few more.
DYING = (
    EVERYTHING,
    *CARRIED[:2],
    SPLIT,
    MERGE,
    DERIVE,
    VALUES,
    NAMED,
    EXTRACTED,
    MOVED,
    WIDENED,
    PARTED,
    COUNTED,
    *(
        walked(kind, id_)
        for kind, id_ in (
            ("add_check", "check"),
            ("add_column", "column that is filled"),
            ("add_column", "column with a default of each row"),
            ("add_enum_value", "enum value"),
            ("add_foreign_key", "foreign key"),
            ("add_index", "index that a broken build left"),
            ("add_primary_key", "primary key"),
            ("add_unique", "unique"),
            ("change_type", "varchar to a wider one, with all that hangs on it"),
            ("change_type", "int to bigint, with all that hangs on it"),
            ("drop_column", "dropped column"),
            ("drop_column", "dropped column with all that it shares"),
            ("drop_constraint", "dropped unique constraint"),
            ("drop_index", "dropped index"),
            ("drop_not_null", "nullable"),
            ("drop_table", "dropped table"),
            ("raw_sql", "raw SQL"),
            ("replace_index", "replaced index"),
            ("set_not_null", "not null"),
        )
    ),
)


def grown(id_: str, kind: str) -> Case:
    """The case of a tree of tables of that name and kind."""
    found = [case for case in part_cases.CASES if (case.id, case.change.kind) == (id_, kind)]
    return found[0]


#: The same for trees of tables, which walk in `tests.thorough.test_parts` and `tests.soak`.
TREES = tuple(
    grown(id_, kind)
    for id_, kind in (
        ("parted rename with everything", "rename_column"),
        ("parted index", "add_index"),
        ("children rename with everything", "rename_column"),
        ("parted not null", "set_not_null"),
        ("parted unique", "add_unique"),
        ("parted unique dropped", "drop_constraint"),
        ("parted primary key", "add_primary_key"),
        ("parted index dropped", "drop_index"),
        ("parted index replaced", "replace_index"),
        ("parted column that is filled", "add_column"),
        ("children column that is filled", "add_column"),
        ("parted foreign key", "add_foreign_key"),
        ("children foreign key", "add_foreign_key"),
        ("parted check", "add_check"),
        ("parted nullable", "drop_not_null"),
        ("children column dropped", "drop_column"),
        ("parted retype", "change_type"),
        ("children retype", "change_type"),
        ("parted split", "split_column"),
        ("parted merge", "merge_columns"),
        ("children merge", "merge_columns"),
        ("children derived", "derive_column"),
        ("parted enum", "replace_enum"),
    )
)
#: The kinds that one of these does not have, and why.
NOT_WALKED: Mapping[str, str] = {
    "compute_columns": "its function comes with the run: tests/engine/test_computing.py",
}
