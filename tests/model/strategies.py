"""Values for tests that hold for all of them."""

from hypothesis import strategies as st

from expandcontract.model.backfill import Backfill
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Assumption, Cleanup, Plan, Retired, Step
from expandcontract.model.probe import Probe
from expandcontract.model.statement import Statement

#: Names as mean as they come: quotes, dots, percent signs, colons, other alphabets, keywords.
names = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=15
) | st.sampled_from(['we"ird', "a.b", "%s", "%(a)s", "100%%", ":x", "user", " ", "é", "\\"])
words = st.from_regex(r"[a-z]{1,3}_{0,2}", fullmatch=True)
tables = st.builds(TableName, names, st.none() | names)
params = st.dictionaries(words, names, max_size=4)


@st.composite
def probes(draw: st.DrawFn) -> Probe:
    """A question that mentions each of its parameters, some twice, among percent signs."""
    values = draw(params)
    marks = [f"%({name})s" for name in draw(st.lists(st.sampled_from(list(values) or ["-"])))]
    pieces = [*(f"%({name})s" for name in values), *(marks if values else ())]
    return Probe(" || '%%' || ".join(pieces) or "true", values)


statements = st.builds(
    Statement,
    sql=names,
    table=st.none() | tables,
    lock=st.sampled_from(Lock),
    scans=st.booleans(),
    rewrites=st.booleans(),
    builds_index=st.booleans(),
    transactional=st.booleans(),
)
backfills = st.integers(1, 3).flatmap(
    lambda keys: st.builds(
        Backfill,
        table=tables,
        key=st.tuples(*[names] * keys),
        key_types=st.tuples(*[names] * keys),
        assignments=st.lists(st.tuples(names, names), max_size=2).map(tuple),
        compare_as_text=st.lists(names, max_size=2).map(tuple),
        sync_key=names,
    )
)
steps = st.builds(
    Step,
    name=names,
    phase=st.sampled_from(Phase),
    summary=names,
    done=probes(),
    statements=st.lists(statements, max_size=2).map(tuple),
    backfill=st.none() | backfills,
    verification=st.none() | backfills,
    cleanups=st.lists(st.builds(Cleanup, needed=probes(), statement=statements), max_size=1).map(
        tuple
    ),
    running=st.none() | probes(),
    revert=st.lists(statements, max_size=1).map(tuple),
    reverted=probes(),
)
plans = st.builds(
    Plan,
    steps=st.lists(steps, max_size=2).map(tuple),
    comeback=st.lists(steps, max_size=1).map(tuple),
    assumptions=st.lists(st.builds(Assumption, text=names, probe=probes()), max_size=1).map(tuple),
    retires=st.lists(
        st.builds(
            Retired,
            table=tables,
            column=names,
            carried=st.lists(names, max_size=2).map(tuple),
            definitions=st.dictionaries(names, names, max_size=1),
        ),
        max_size=1,
    ).map(tuple),
    claims=st.lists(st.tuples(names, names), max_size=2).map(tuple),
    counters=st.dictionaries(names, names, max_size=2),
    notes=st.lists(names, max_size=1).map(tuple),
)
