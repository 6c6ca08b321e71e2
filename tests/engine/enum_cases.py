"""Enums whose values change, and the statements that do the same with a long lock."""

from expandcontract.changes.replace_enum import ReplaceEnum
from tests.support.walk import Case

SETUP = """
    CREATE SCHEMA m; CREATE TYPE m.mood AS ENUM ('sad', 'it''s', 'ok', 'glad');
    CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, b int,
        a m.mood NOT NULL DEFAULT 'glad', many m.mood[], CONSTRAINT c CHECK (a <> 'it''s'));
    CREATE TABLE other (id int PRIMARY KEY, a m.mood);
    CREATE INDEX i ON t (b) WHERE a = 'glad'; CREATE INDEX j ON t (a, b);
    COMMENT ON TYPE m.mood IS 'how it is';
    INSERT INTO t (a, many) VALUES ('sad', '{sad,glad,ok}'), ('ok', NULL), ('glad', '{}');
    INSERT INTO other VALUES (1, 'it''s'), (2, NULL), (3, 'sad'), (4, 'glad');
"""
NATIVE = """
    CREATE TYPE m.n AS ENUM ('happy', 'ok', 'low', 'it''s');
    ALTER TABLE t DROP CONSTRAINT c; DROP INDEX i;
    ALTER TABLE t ALTER a DROP DEFAULT, ALTER a TYPE m.n USING
        (CASE a::text WHEN 'glad' THEN 'happy' WHEN 'sad' THEN 'low' ELSE a::text END)::m.n;
    ALTER TABLE t ALTER many TYPE m.n[] USING
        replace(replace(many::text, 'glad', 'happy'), 'sad', 'low')::m.n[];
    ALTER TABLE other ALTER a TYPE m.n USING
        (CASE a::text WHEN 'glad' THEN 'happy' WHEN 'sad' THEN 'low' ELSE a::text END)::m.n;
    DROP TYPE m.mood; ALTER TYPE m.n RENAME TO mood; COMMENT ON TYPE m.mood IS 'how it is';
    ALTER TABLE t ALTER a SET DEFAULT 'happy', ADD CONSTRAINT c CHECK (a <> 'it''s');
    CREATE INDEX i ON t (b) WHERE a = 'happy';
"""
VALUES = Case(
    id="values of an enum",
    setup=SETUP,
    change=ReplaceEnum(
        type="m.mood",
        values=("happy", "ok", "low", "it's"),
        mapping={"glad": "happy", "sad": "low"},
    ),
    oracle=NATIVE,
    tables=("t", "other"),
)
MERGED = Case(
    id="a value less",
    setup="CREATE TYPE \"Mood %s\" AS ENUM ('sad', 'ok'); CREATE TABLE t (id int PRIMARY KEY,"
    " a \"Mood %s\"); INSERT INTO t VALUES (1, 'sad'), (2, 'ok'), (3, NULL);",
    change=ReplaceEnum(type='"Mood %s"', values=("ok",), mapping={"sad": "ok"}, lossy=True),
    oracle="CREATE TYPE n AS ENUM ('ok'); UPDATE t SET a = 'ok' WHERE a = 'sad';"
    'ALTER TABLE t ALTER a TYPE n USING a::text::n; DROP TYPE "Mood %s";'
    'ALTER TYPE n RENAME TO "Mood %s"',
)
ENUMS = (VALUES, MERGED)
