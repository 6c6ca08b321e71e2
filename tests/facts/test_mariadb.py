"""What the linter says of MariaDB, asked of a MariaDB server.

A server answers 1845 or 1846 when a statement cannot have the ALGORITHM and LOCK that it names,
so each claim is tried word for word.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.classifying import operations
from expandcontract.lint.mysql.costing import Cost, cost
from expandcontract.lint.mysql.known import Tables
from expandcontract.lint.mysql.online import Algorithm, TableLock
from expandcontract.lint.mysql.operations import GIVEN, Op
from expandcontract.lint.mysql.profile import MARIADB
from expandcontract.lint.mysql.reading import read
from tests.support.mariadb import MariaDB, skip_unless_asked

REFUSED = {1845, 1846}
SYNTAX = 1064
ROWS = """
INSERT INTO customers VALUES (1, 'a');
INSERT INTO orders (id, customer_id, code, note, price, status, place, body) VALUES
    (1, 1, 'a', 'n', 1, 'new', point(1, 1), 'b'), (2, 1, 'b', 'm', 2, 'new', point(1, 1), 'c');
INSERT INTO items VALUES (1, 1);
INSERT INTO sums (id, a) VALUES (1, 1), (2, 2);
INSERT INTO texts VALUES (1, 'a');
INSERT INTO bare VALUES (1, 2), (2, 3);
INSERT INTO events VALUES (1, 1), (2, 11);
INSERT INTO hashed VALUES (1), (2);
"""
FRESH = f"DROP DATABASE IF EXISTS ec; CREATE DATABASE ec; USE ec; {GIVEN}{ROWS}"

MORE = """
ALTER TABLE orders ADD COLUMN region varchar(10) NOT NULL
ALTER TABLE orders ADD COLUMN region varchar(10) NOT NULL DEFAULT 'eu'
ALTER TABLE orders ADD COLUMN region varchar(10) FIRST
ALTER TABLE orders ADD COLUMN made datetime DEFAULT CURRENT_TIMESTAMP
ALTER TABLE orders ADD COLUMN made datetime DEFAULT (now())
ALTER TABLE orders ADD COLUMN n int DEFAULT (1 + 1)
ALTER TABLE orders ADD COLUMN (x int, y int)
ALTER TABLE orders ADD COLUMN IF NOT EXISTS x int
ALTER TABLE bare ADD COLUMN id int NOT NULL AUTO_INCREMENT PRIMARY KEY
ALTER TABLE bare ADD COLUMN v int UNIQUE
ALTER TABLE bare ADD COLUMN v int REFERENCES customers (id)
ALTER TABLE sums ADD COLUMN b int
ALTER TABLE orders DROP COLUMN note
ALTER TABLE bare DROP COLUMN a
ALTER TABLE customers DROP COLUMN id
ALTER TABLE orders CHANGE note remark varchar(50)
ALTER TABLE orders CHANGE note remark varchar(60)
ALTER TABLE orders CHANGE note remark varchar(50) AFTER id
ALTER TABLE orders ALTER COLUMN price DROP DEFAULT
ALTER TABLE orders ALTER note SET DEFAULT (uuid())
ALTER TABLE orders MODIFY note varchar(50) DEFAULT 'x'
ALTER TABLE orders MODIFY price int(5) NOT NULL
ALTER TABLE orders MODIFY price integer NOT NULL FIRST
ALTER TABLE orders MODIFY price int unsigned NOT NULL
ALTER TABLE orders MODIFY price decimal(10, 2) NOT NULL
ALTER TABLE orders MODIFY note char(50)
ALTER TABLE orders MODIFY note text
ALTER TABLE orders MODIFY body mediumtext
ALTER TABLE orders MODIFY code varchar(30) NOT NULL
ALTER TABLE orders MODIFY code varchar(10) NOT NULL
ALTER TABLE orders MODIFY code varchar(20)
ALTER TABLE orders MODIFY note varchar(50) NOT NULL
ALTER TABLE orders MODIFY note varchar(60) NOT NULL
ALTER TABLE orders MODIFY note varchar(50) CHARACTER SET utf8mb4
ALTER TABLE customers MODIFY id bigint NOT NULL
ALTER TABLE orders MODIFY status enum('new', 'mid', 'paid') NOT NULL
ALTER TABLE orders MODIFY status enum('new') NOT NULL
ALTER TABLE orders MODIFY status enum('new', 'paid', 'sent')
ALTER TABLE orders ADD UNIQUE KEY orders_note (note)
ALTER TABLE orders ADD CONSTRAINT orders_note UNIQUE (note, price)
CREATE INDEX orders_note ON orders (note)
CREATE INDEX orders_note ON orders (note(10), price DESC) USING BTREE
CREATE FULLTEXT INDEX orders_body ON orders (body)
CREATE SPATIAL INDEX orders_place ON orders (place)
ALTER TABLE texts DROP INDEX texts_body
ALTER TABLE items DROP CONSTRAINT items_fk
ALTER TABLE orders DROP INDEX orders_code, ADD INDEX orders_code (code, note)
ALTER TABLE orders RENAME INDEX orders_code TO a, RENAME COLUMN note TO b
ALTER TABLE customers DROP PRIMARY KEY, ADD PRIMARY KEY (id, name)
ALTER TABLE orders ADD COLUMN x int, ADD COLUMN y int, DROP COLUMN body
ALTER TABLE orders ADD COLUMN x int, ADD INDEX (x)
ALTER TABLE orders ADD COLUMN x int, MODIFY price bigint NOT NULL
ALTER TABLE orders ADD COLUMN x int, RENAME TO sales
ALTER TABLE orders RENAME COLUMN note TO remark, ADD INDEX (price)
ALTER TABLE orders ADD INDEX (note), ADD INDEX (price)
ALTER TABLE orders DROP COLUMN body, ADD INDEX (note)
ALTER TABLE orders MODIFY body text AFTER id, ADD INDEX (note)
ALTER TABLE orders ENGINE = InnoDB
ALTER TABLE orders ENGINE = InnoDB, ADD COLUMN x int
ALTER TABLE bare KEY_BLOCK_SIZE = 8
ALTER TABLE bare PAGE_COMPRESSED = 1
ALTER TABLE orders FORCE, ADD INDEX (note)
ALTER TABLE events ADD COLUMN x int
ALTER TABLE events ADD INDEX (day)
ALTER TABLE customers CONVERT TO CHARACTER SET latin1 COLLATE latin1_bin
""".strip().splitlines()
STATEMENTS = [*(op.value.example for op in Op if op.value.measured), *MORE]


@pytest.fixture(scope="module")
def server() -> Iterator[MariaDB]:
    skip_unless_asked()
    # a socket's path may not be longer than 107 bytes: pytest's folders often are
    with TemporaryDirectory(prefix="ec-maria-") as folder, closing(MariaDB(Path(folder))) as one:
        yield one


def parts(statement: str) -> tuple[str, str]:
    """What has to be SET before, and the statement itself."""
    before, _, last = statement.rpartition("; ")
    return (f"{before};" if before else ""), last


def given(text: str) -> Tables:
    tables = Tables()
    for one in read(text, MARIADB):
        tables.apply(one.node)
    return tables


def claim(statement: str) -> Cost:
    before, last = parts(statement)
    [one] = read(last, MARIADB)
    assert isinstance(one.node, f.AlterTable), one.why_unread
    return cost(one.node, given(GIVEN + before), MARIADB)


def asking(statement: str, algorithm: str, lock: str) -> str:
    """The statement with the two clauses, where the grammar has them."""
    before, last = parts(statement)
    if last.startswith(("CREATE", "DROP")):
        return f"{before} {last} ALGORITHM={algorithm} LOCK={lock}"
    if re.search(r" (PARTITION BY|REMOVE PARTITIONING)", last):
        words = last.split(" ", 3)
        return f"{before} {' '.join(words[:3])} ALGORITHM={algorithm}, LOCK={lock} {words[3]}"
    return f"{before} {last}, ALGORITHM={algorithm}, LOCK={lock}"


@pytest.mark.parametrize("op", Op, ids=lambda op: op.name)
def test_an_example_does_what_its_row_says(op: Op) -> None:
    before, last = parts(op.value.example)
    [one] = read(last, MARIADB)

    assert isinstance(one.node, f.AlterTable)
    assert op in operations(one.node, given(GIVEN + before), MARIADB.server)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_server_refuses_what_we_say_it_refuses(server: MariaDB, statement: str) -> None:
    server.run(FRESH)
    for algorithm in Algorithm:
        for lock in (TableLock.NONE, TableLock.SHARED):
            asked = asking(statement, algorithm.name, lock.name)
            answer = server.run(f"USE ec; {asked}")
            assert answer.code in {None, SYNTAX, *REFUSED}, answer.text

            assert bool(claim(asked).refused) == (answer.code is not None), (asked, answer.text)
            if answer.code is None:
                server.run(FRESH)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_table_is_built_anew_where_we_say_so(server: MariaDB, statement: str) -> None:
    found = claim(statement)
    if "RENAME TO" in statement or "PARTITION" in statement or found.table in {"events", "hashed"}:
        pytest.skip("the table has another name, or another one for each partition")
    number = (
        "SELECT table_id FROM information_schema.innodb_sys_tables "
        f"WHERE name = 'ec/{found.table}';"
    )

    before, after = server.run(FRESH + number).rows, server.run(f"USE ec; {statement}; {number}")

    assert after.code is None, after.text
    assert found.rebuilds == (before != after.rows)


def test_there_are_enough_statements() -> None:
    assert len(STATEMENTS) >= 40
