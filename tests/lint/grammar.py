"""Random DDL: enough of PostgreSQL's grammar that most of what it makes is understood by it."""

from hypothesis import strategies as st

NAMES = st.sampled_from(
    ["t", "orders", "Users", '"Order Items"', 'public."a;b"', "app.events", '"we""ird"', "ünïcode"]
)
COLUMNS = st.sampled_from(["a", "id", '"User Id"', "created_at", '"x;y"', "é"])
TYPES = st.sampled_from(
    [
        "int", "bigint", "text", "varchar(20)", "numeric(10, 2)", "timestamptz", "text[]",
        "double precision", "timestamp(3) with time zone", "character varying (7)", "jsonb",
        "interval day to second", "bit varying(8)", "app.mood", "integer ARRAY[4]",
    ]
)  # fmt: skip
LITERALS = st.sampled_from(
    [
        "1", "-2.5e3", "'a'", "'it''s; -- no'", "E'\\'; /*'", "$$ ; $$", "$x$ $$ ' ; $x$", "NULL",
        "now()", "'{}'::jsonb", "B'101'", "U&'\\0041'", "1_000", "x'ff'", "true",
    ]
)  # fmt: skip
EXPRESSIONS = st.recursive(
    LITERALS | COLUMNS,
    lambda inner: st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("lower({})".format, inner),
        st.builds("({} IS NOT NULL)".format, inner),
        st.builds("CASE WHEN ({0}) IS NULL THEN {1} ELSE {0} END".format, inner, inner),
        st.builds("({})::text".format, inner),
        st.builds("coalesce({}, {})".format, inner, inner),
        st.builds("(SELECT max({}) FROM t)".format, COLUMNS),
    ),
    max_leaves=6,
)


def optional(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from(["", text])


def listed(items: st.SearchStrategy[str], most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(items, min_size=1, max_size=most).map(", ".join)


def said(form: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """The form with a text in each of its places; empty places leave no double blanks."""
    return st.builds(lambda *texts: " ".join(form.format(*texts).split(" ")), *parts)


CONSTRAINTS = st.one_of(
    said("CONSTRAINT {} CHECK ({}) {}", COLUMNS, EXPRESSIONS, optional("NOT VALID")),
    said("UNIQUE ({})", listed(COLUMNS)),
    said("PRIMARY KEY ({})", listed(COLUMNS)),
    said("FOREIGN KEY ({}) REFERENCES {} {}", COLUMNS, NAMES, optional("ON DELETE CASCADE")),
)
ITEMS = st.one_of(
    said("{} {} {}", COLUMNS, TYPES, optional("NOT NULL")),
    said("{} {} DEFAULT ({})", COLUMNS, TYPES, EXPRESSIONS),
    said("{} bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", COLUMNS),
)
ACTIONS = st.one_of(
    said("ADD COLUMN {} {}", optional("IF NOT EXISTS"), ITEMS),
    said("DROP COLUMN {} {} {}", optional("IF EXISTS"), COLUMNS, optional("CASCADE")),
    said("ALTER COLUMN {} TYPE {} USING ({})", COLUMNS, TYPES, EXPRESSIONS),
    said("ALTER {} SET NOT NULL", COLUMNS),
    said("ALTER {} SET DEFAULT {}", COLUMNS, LITERALS),
    said("ALTER {} SET STATISTICS 100", COLUMNS),
    said("ADD {}", CONSTRAINTS),
    said("DROP CONSTRAINT {}", COLUMNS),
    said("VALIDATE CONSTRAINT {}", COLUMNS),
    said("SET (fillfactor = 70)"),
    said("ENABLE ROW LEVEL SECURITY"),
)
STATEMENTS = st.one_of(
    said("ALTER TABLE {} {} {}", optional("ONLY"), NAMES, listed(ACTIONS)),
    said("ALTER TABLE {} RENAME COLUMN {} TO {}", NAMES, COLUMNS, COLUMNS),
    said("CREATE {} TABLE {} ({})", optional("TEMP"), NAMES, listed(ITEMS)),
    said(
        "CREATE {} INDEX {} ON {} (({}))",
        optional("UNIQUE"), optional("CONCURRENTLY i"), NAMES, EXPRESSIONS,
    ),
    said("CREATE VIEW {} AS SELECT {} FROM {}", NAMES, listed(EXPRESSIONS), NAMES),
    said("DROP TABLE {} {} {}", optional("IF EXISTS"), listed(NAMES), optional("CASCADE")),
    said("UPDATE {} SET {} = {} WHERE {} IS NULL", NAMES, COLUMNS, EXPRESSIONS, COLUMNS),
    said("INSERT INTO {} VALUES ({})", NAMES, listed(LITERALS)),
    said("COMMENT ON TABLE {} IS 'a; b -- c'", NAMES),
    said("DO $do$ BEGIN ALTER TABLE {} ADD x int; END $do$", NAMES),
    said("CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT {}; END", LITERALS),
    said("CREATE RULE r AS ON INSERT TO {} DO ALSO (SELECT 1; SELECT {})", NAMES, LITERALS),
    said("SELECT {} FROM {} WHERE {} = {}", listed(EXPRESSIONS), NAMES, COLUMNS, EXPRESSIONS),
    st.sampled_from(["BEGIN", "COMMIT", "SAVEPOINT s", "SET LOCAL lock_timeout = '1s'", "VACUUM"]),
)  # fmt: skip

COMMENTS = st.sampled_from(["-- it's; $$ /*\n", "/* a; /* ' */ $x$ */", "--\n", "/**/"])
BLANKS = st.lists(st.sampled_from([" ", "\n", "\t", "\r\n"]) | COMMENTS, max_size=4).map("".join)
FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "'", '"', "$$", "$a$", ";", ";\n", "(", ")", "[", "]", "/*", "*/", "--", "\n", "\\",
            "\\.", "E'", 'U&"', "{{", "}}", "%s", "%(a)s", ":a", ":", "::", ",", ".", "$1", "1",
            "BEGIN ATOMIC ", "END ", "CASE ", "CREATE FUNCTION ", "CREATE RULE ", "DO ", "é",
            "COPY t FROM STDIN;", "ALTER TABLE t ", "ADD ", "COLUMN ", "a ", "ON ", "SET ", "\x00",
            "-- ec: ignore[EC101] x\n", "CREATE TABLE ", "INDEX ", "USING ", "EXECUTE ", "TYPE ",
            "CHECK ", "\ufeff", "\ud800",
        ]
    ),
    max_size=40,
).map("".join)  # fmt: skip
