"""Texts that only run before the one that is judged leave it what judging them would leave."""

import pytest

from expandcontract.lint.linter import Options, Runner, Source, each

TEXT = """
CREATE TABLE orders (id int PRIMARY KEY, note text);
CREATE INDEX orders_note ON orders (note);

SET lock_timeout = '2s';
ALTER TABLE orders ADD region text;

BEGIN;
ALTER TABLE orders DROP COLUMN region;
CREATE TABLE gone (id int);
ROLLBACK;
ALTER TABLE orders ALTER COLUMN note TYPE varchar(9);

ALTER TABLE orders ALTER COLUMN region SET NOT NULL;
DROP TABLE gone;

BEGIN;
ALTER TABLE orders ADD CHECK (id > 0);
UPDATE orders SET note = '';

SAVEPOINT s;
DROP INDEX orders_note;
ALTER TABLE orders RENAME TO buys;
ROLLBACK TO s;
CREATE TABLE parts (id int REFERENCES orders);
COMMIT;

DO $$ BEGIN ALTER TABLE orders ADD x int; END $$;
ALTER TABLE orders FROB;

CREATE VIEW seen AS SELECT id, note FROM orders;
SELECT set_config('lock_timeout', '0', false);
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';

ALTER TABLE orders DROP COLUMN note;
CREATE INDEX ON parts (id);
CREATE OR REPLACE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT 1';
"""
SOURCES = tuple(Source(text=text, path=f"{at}.sql") for at, text in enumerate(TEXT.split("\n\n")))


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("runner", Runner)
def test_what_runs_before_need_not_be_judged(runner: Runner, together: bool) -> None:  # noqa: FBT001
    options = Options(major=15, runner=runner, select=("EC",), together=together)
    judged = list(each(SOURCES, options))
    assert sum(len(file.findings) for file in judged) > len(SOURCES)

    for start in range(len(SOURCES) + 1):
        assert list(each(SOURCES, options, start=start)) == judged[start:]
