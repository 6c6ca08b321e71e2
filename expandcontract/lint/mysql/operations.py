"""Every operation with its facts: MySQL's from its manual, MariaDB's measured on a server.

`docs/reference/mysql-and-mariadb.md` is made from this table, and `tests/facts/test_mariadb.py`
asks a server about it.
"""

from enum import Enum

from expandcontract.lint.mysql.online import (
    ALONE,
    COPY,
    INPLACE,
    INSTANT,
    NO_WRITES,
    NO_WRITES_NOCOPY,
    NO_WRITES_REBUILD,
    NOCOPY,
    REBUILD,
    SILENT_COPY,
    Fact,
    Operation,
    Topic,
    without_clauses,
)

GIVEN = """\
CREATE TABLE customers (id int NOT NULL PRIMARY KEY, name varchar(50)) DEFAULT CHARSET = utf8mb4;
CREATE TABLE orders (
    id int NOT NULL PRIMARY KEY, customer_id int, code varchar(20) NOT NULL, note varchar(50),
    price int NOT NULL, status enum('new', 'paid') NOT NULL, place point NOT NULL, body text,
    KEY orders_code (code), CONSTRAINT orders_price CHECK (price > 0)
) DEFAULT CHARSET = utf8mb4;
CREATE TABLE items (
    id int NOT NULL PRIMARY KEY, order_id int NOT NULL, KEY items_order (order_id),
    CONSTRAINT items_fk FOREIGN KEY (order_id) REFERENCES orders (id)
);
CREATE TABLE sums (
    id int NOT NULL PRIMARY KEY, a int, doubled int AS (a * 2) VIRTUAL, tripled int AS (a * 3) STORED
);
CREATE TABLE texts (id int NOT NULL PRIMARY KEY, body text, FULLTEXT KEY texts_body (body));
CREATE TABLE bare (a int NOT NULL, b int);
CREATE TABLE events (id int NOT NULL, day int NOT NULL, PRIMARY KEY (id, day))
    PARTITION BY RANGE (day) (PARTITION p1 VALUES LESS THAN (10), PARTITION p2 VALUES LESS THAN (20));
CREATE TABLE hashed (id int NOT NULL PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 4;
"""  # noqa: E501

_NO_CLAUSES = without_clauses


def _op(
    what: str,
    example: str,
    facts: tuple[Fact, Fact],
    topic: Topic = Topic.GENERAL,
    **more: bool,
) -> Operation:
    mysql, mariadb = facts
    return Operation(what=what, example=example, mysql=mysql, mariadb=mariadb, topic=topic, **more)


class Op(Enum):
    """The operations; a member's value is its row of the table."""

    ADD_COLUMN = _op(
        "adding a column",
        "ALTER TABLE orders ADD COLUMN region varchar(10)",
        (INSTANT, INSTANT),
        reshapes=True,
    )
    PLACE_COLUMN = _op(
        "adding a column FIRST or AFTER",
        "ALTER TABLE orders ADD COLUMN region varchar(10) AFTER id",
        (INSTANT, INSTANT),
        reshapes=True,
    )
    PLACE_COLUMN_BY_VIRTUAL = _op(
        "adding a column FIRST or AFTER in a table with a virtual column",
        "ALTER TABLE sums ADD COLUMN b int FIRST",
        (INSTANT, COPY),
        reshapes=True,
    )
    ADD_COLUMN_BY_FULLTEXT = _op(
        "adding a column to a table with a FULLTEXT index",
        "ALTER TABLE texts ADD COLUMN b int",
        (NO_WRITES_REBUILD, NO_WRITES_REBUILD),
    )
    ADD_COMPUTED_DEFAULT = _op(
        "adding a column with a computed default",
        "ALTER TABLE orders ADD COLUMN token varchar(40) DEFAULT (uuid())",
        (COPY, COPY),
    )
    ADD_AUTO_INCREMENT = _op(
        "adding an AUTO_INCREMENT column",
        "ALTER TABLE bare ADD COLUMN id int NOT NULL AUTO_INCREMENT UNIQUE",
        (NO_WRITES_REBUILD, NO_WRITES_REBUILD),
    )
    ADD_VIRTUAL = _op(
        "adding a virtual column",
        "ALTER TABLE orders ADD COLUMN twice int AS (price * 2) VIRTUAL",
        (INSTANT, INSTANT),
    )
    ADD_STORED = _op(
        "adding a stored generated column",
        "ALTER TABLE orders ADD COLUMN twice int AS (price * 2) STORED",
        (COPY, COPY),
    )
    ADD_CHECKED = _op(
        "adding a column with a CHECK",
        "ALTER TABLE orders ADD COLUMN n int CHECK (n > 0)",
        (COPY, INSTANT),
        Topic.CHECK,
    )
    DROP_COLUMN = _op(
        "dropping a column",
        "ALTER TABLE orders DROP COLUMN body",
        (INSTANT, INSTANT),
        reshapes=True,
    )
    DROP_INDEXED_COLUMN = _op(
        "dropping a column that is in an index",
        "ALTER TABLE orders DROP COLUMN code",
        (REBUILD, NOCOPY),
    )
    DROP_VIRTUAL = _op(
        "dropping a virtual column",
        "ALTER TABLE sums DROP COLUMN doubled",
        (INSTANT, INSTANT),
    )
    DROP_STORED = _op(
        "dropping a stored generated column",
        "ALTER TABLE sums DROP COLUMN tripled",
        (REBUILD, INSTANT),
        reshapes=True,
    )
    RENAME_COLUMN = _op(
        "renaming a column",
        "ALTER TABLE orders RENAME COLUMN note TO remark",
        (INSTANT, INSTANT),
    )
    MOVE_COLUMN = _op(
        "moving a column",
        "ALTER TABLE orders MODIFY body text AFTER id",
        (REBUILD, INSTANT),
        reshapes=True,
    )
    SET_DEFAULT = _op(
        "changing a default",
        "ALTER TABLE orders ALTER COLUMN price SET DEFAULT 5",
        (INSTANT, INSTANT),
    )
    REDEFINE = _op(
        "changing nothing but a column's comment or default",
        "ALTER TABLE orders MODIFY body text COMMENT 'x'",
        (INSTANT, INSTANT),
    )
    CHANGE_TYPE = _op(
        "changing a column's type",
        "ALTER TABLE orders MODIFY price bigint NOT NULL",
        (COPY, COPY),
    )
    SHORTEN = _op(
        "shortening a varchar",
        "ALTER TABLE orders MODIFY note varchar(20)",
        (COPY, COPY),
    )
    EXTEND = _op(
        "extending a varchar up to 255 bytes, or from more than that",
        "ALTER TABLE orders MODIFY note varchar(60)",
        (INPLACE, INSTANT),
    )
    EXTEND_FROM_SHORT = _op(
        "extending a varchar of at most 127 bytes beyond 255",
        "ALTER TABLE orders MODIFY code varchar(100) NOT NULL",
        (COPY, INSTANT),
    )
    EXTEND_ACROSS = _op(
        "extending a varchar of 128 to 255 bytes beyond 255",
        "ALTER TABLE orders MODIFY note varchar(300)",
        (COPY, COPY),
    )
    APPEND_MEMBER = _op(
        "appending members to an ENUM or SET",
        "ALTER TABLE orders MODIFY status enum('new', 'paid', 'sent') NOT NULL",
        (INSTANT, INSTANT),
    )
    CHANGE_MEMBERS = _op(
        "changing the members of an ENUM or SET",
        "ALTER TABLE orders MODIFY status enum('paid', 'new') NOT NULL",
        (COPY, COPY),
    )
    MODIFY_UNSEEN = _op(
        "redefining a column whose definition is not known",
        "ALTER TABLE unseen MODIFY a bigint",
        (COPY, COPY),
        measured=False,
    )
    MODIFY_VIRTUAL = _op(
        "redefining a virtual column",
        "ALTER TABLE sums MODIFY doubled int AS (a * 4) VIRTUAL",
        (COPY, INSTANT),
    )
    MODIFY_STORED = _op(
        "redefining a stored generated column",
        "ALTER TABLE sums MODIFY tripled int AS (a * 4) STORED",
        (COPY, COPY),
    )
    MAKE_AUTO_INCREMENT = _op(
        "making a column AUTO_INCREMENT",
        "ALTER TABLE orders MODIFY id int NOT NULL AUTO_INCREMENT",
        (COPY, COPY),
    )
    DROP_NOT_NULL = _op(
        "letting a column be null",
        "ALTER TABLE orders MODIFY price int NULL",
        (REBUILD, REBUILD),
        Topic.NULLS,
    )
    SET_NOT_NULL = _op(
        "setting a column NOT NULL",
        "ALTER TABLE orders MODIFY customer_id int NOT NULL",
        (REBUILD, REBUILD),
        Topic.NULLS,
    )
    SET_NOT_NULL_BY_STORED = _op(
        "setting a column NOT NULL in a table with a stored generated column",
        "ALTER TABLE sums MODIFY a int NOT NULL",
        (REBUILD, COPY),
        Topic.NULLS,
    )
    COLUMN_CHARSET = _op(
        "changing a column's character set",
        "ALTER TABLE orders MODIFY note varchar(50) CHARACTER SET latin1",
        (COPY, COPY),
        Topic.CHARSET,
    )
    COLUMN_COLLATION = _op(
        "changing a column's collation",
        "ALTER TABLE orders MODIFY note varchar(50) COLLATE utf8mb4_bin",
        (COPY, INSTANT),
        Topic.CHARSET,
    )
    INDEXED_COLLATION = _op(
        "changing the collation of an indexed column",
        "ALTER TABLE orders MODIFY code varchar(20) COLLATE utf8mb4_bin NOT NULL",
        (COPY, NOCOPY),
        Topic.CHARSET,
    )
    ADD_INDEX = _op(
        "adding an index",
        "ALTER TABLE orders ADD INDEX orders_note (note)",
        (INPLACE, NOCOPY),
    )
    ADD_UNIQUE = _op(
        "adding a unique index",
        "CREATE UNIQUE INDEX orders_note ON orders (note)",
        (INPLACE, NOCOPY),
    )
    ADD_UNIQUE_HASH = _op(
        "adding a unique index USING HASH",
        "ALTER TABLE orders ADD UNIQUE (body) USING HASH",
        (INPLACE, COPY),
    )
    ADD_FIRST_FULLTEXT = _op(
        "adding the first FULLTEXT index",
        "ALTER TABLE orders ADD FULLTEXT INDEX orders_body (body)",
        (NO_WRITES_REBUILD, NO_WRITES_REBUILD),
    )
    ADD_FULLTEXT = _op(
        "adding a further FULLTEXT index",
        "ALTER TABLE texts ADD FULLTEXT INDEX texts_more (body)",
        (NO_WRITES, NO_WRITES_NOCOPY),
    )
    ADD_SPATIAL = _op(
        "adding a SPATIAL index",
        "ALTER TABLE orders ADD SPATIAL INDEX orders_place (place)",
        (NO_WRITES, NO_WRITES_NOCOPY),
    )
    DROP_INDEX = _op(
        "dropping an index",
        "ALTER TABLE orders DROP INDEX orders_code",
        (INPLACE, NOCOPY),
    )
    DROP_INDEX_STATEMENT = _op(
        "dropping an index by DROP INDEX",
        "DROP INDEX orders_code ON orders",
        (INPLACE, _NO_CLAUSES(NOCOPY)),
    )
    RENAME_INDEX = _op(
        "renaming an index",
        "ALTER TABLE orders RENAME INDEX orders_code TO by_code",
        (INPLACE, INSTANT),
    )
    HIDE_INDEX = _op(
        "hiding an index from the optimizer",
        "ALTER TABLE orders ALTER INDEX orders_code IGNORED",
        (INPLACE, INSTANT),
    )
    ADD_PRIMARY_KEY = _op(
        "adding a primary key",
        "ALTER TABLE bare ADD PRIMARY KEY (a)",
        (REBUILD, REBUILD),
        Topic.PRIMARY_KEY,
    )
    DROP_PRIMARY_KEY = _op(
        "dropping the primary key",
        "ALTER TABLE customers DROP PRIMARY KEY",
        (COPY, COPY),
        Topic.PRIMARY_KEY,
    )
    CHANGE_PRIMARY_KEY = _op(
        "replacing the primary key",
        "ALTER TABLE customers DROP PRIMARY KEY, ADD PRIMARY KEY (id, name)",
        (REBUILD, REBUILD),
        Topic.PRIMARY_KEY,
    )
    ADD_FOREIGN_KEY = _op(
        "adding a foreign key",
        "ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) "
        "REFERENCES customers (id)",
        (COPY, COPY),
        Topic.FOREIGN_KEY,
    )
    ADD_UNCHECKED_KEY = _op(
        "adding a foreign key after SET foreign_key_checks = 0",
        "SET foreign_key_checks = 0; ALTER TABLE orders ADD CONSTRAINT orders_customer "
        "FOREIGN KEY (customer_id) REFERENCES customers (id)",
        (INPLACE, NOCOPY),
    )
    DROP_FOREIGN_KEY = _op(
        "dropping a foreign key",
        "ALTER TABLE items DROP FOREIGN KEY items_fk",
        (INPLACE, INSTANT),
    )
    ADD_CHECK = _op(
        "adding a CHECK",
        "ALTER TABLE orders ADD CONSTRAINT orders_note CHECK (note <> '')",
        (COPY, COPY),
        Topic.CHECK,
    )
    ENFORCE_CHECK = _op(
        "enforcing a CHECK that was not",
        "ALTER TABLE orders ALTER CHECK orders_price ENFORCED",
        (COPY, COPY),
        Topic.CHECK,
        measured=False,
    )
    DROP_CHECK = _op(
        "dropping a CHECK",
        "ALTER TABLE orders DROP CONSTRAINT orders_price",
        (INPLACE, INSTANT),
    )
    RENAME_TABLE = _op(
        "renaming a table",
        "ALTER TABLE bare RENAME TO naked",
        (INSTANT, ALONE),
    )
    TABLE_REBUILD = _op(
        "rebuilding a table: FORCE, OPTIMIZE, ENGINE = InnoDB",
        "ALTER TABLE orders FORCE",
        (REBUILD, REBUILD),
    )
    CHANGE_ENGINE = _op(
        "changing the storage engine",
        "ALTER TABLE customers ENGINE = MyISAM",
        (COPY, SILENT_COPY),
    )
    ROW_FORMAT = _op(
        "changing the row format, the block size or the page compression",
        "ALTER TABLE bare ROW_FORMAT = COMPRESSED",
        (REBUILD, REBUILD),
    )
    ENCRYPT = _op(
        "encrypting a table",
        "ALTER TABLE bare ENCRYPTION = 'Y'",
        (COPY, REBUILD),
        measured=False,
    )
    CONVERT_CHARSET = _op(
        "converting a table to a character set",
        "ALTER TABLE customers CONVERT TO CHARACTER SET latin1",
        (COPY, COPY),
        Topic.CHARSET,
    )
    DEFAULT_CHARSET = _op(
        "changing the default character set of new columns",
        "ALTER TABLE customers DEFAULT CHARACTER SET latin1",
        (REBUILD, INSTANT),
        Topic.CHARSET,
    )
    NEXT_VALUE = _op(
        "setting the next AUTO_INCREMENT value",
        "ALTER TABLE orders AUTO_INCREMENT = 1000",
        (INPLACE, INSTANT),
    )
    STATISTICS = _op(
        "changing how statistics are kept",
        "ALTER TABLE orders STATS_PERSISTENT = 1",
        (INPLACE, INSTANT),
    )
    OPTION = _op(
        "changing a comment or another option",
        "ALTER TABLE orders COMMENT = 'x'",
        (INSTANT, INSTANT),
    )
    ORDER_ROWS = _op(
        "sorting a table's rows",
        "ALTER TABLE bare ORDER BY b",
        (COPY, COPY),
        measured=False,
    )
    SWITCH_KEYS = _op(
        "enabling or disabling keys",
        "ALTER TABLE orders DISABLE KEYS",
        (INSTANT, ALONE),
    )
    VERSIONING = _op(
        "adding or dropping system versioning",
        "ALTER TABLE bare ADD SYSTEM VERSIONING",
        (COPY, COPY),
    )
    TABLESPACE = _op(
        "discarding or importing a tablespace",
        "ALTER TABLE bare DISCARD TABLESPACE",
        (_NO_CLAUSES(ALONE), _NO_CLAUSES(ALONE)),
        measured=False,
    )
    PARTITION = _op(
        "partitioning a table",
        "ALTER TABLE bare PARTITION BY HASH (a) PARTITIONS 4",
        (COPY, SILENT_COPY),
    )
    UNPARTITION = _op(
        "removing a table's partitioning",
        "ALTER TABLE events REMOVE PARTITIONING",
        (COPY, SILENT_COPY),
    )
    ADD_PARTITION = _op(
        "adding a RANGE or LIST partition",
        "ALTER TABLE events ADD PARTITION (PARTITION p3 VALUES LESS THAN (30))",
        (INPLACE, _NO_CLAUSES(INPLACE)),
    )
    ADD_HASH_PARTITION = _op(
        "adding or coalescing HASH partitions",
        "ALTER TABLE hashed ADD PARTITION PARTITIONS 2",
        (NO_WRITES_REBUILD, _NO_CLAUSES(COPY)),
    )
    DROP_PARTITION = _op(
        "dropping or emptying a partition",
        "ALTER TABLE events DROP PARTITION p1",
        (INPLACE, _NO_CLAUSES(INPLACE)),
    )
    REORGANIZE = _op(
        "reorganizing or rebuilding partitions",
        "ALTER TABLE events REBUILD PARTITION p1",
        (NO_WRITES_REBUILD, _NO_CLAUSES(COPY)),
    )
    EXCHANGE = _op(
        "exchanging, checking or analyzing a partition",
        "ALTER TABLE events CHECK PARTITION p1",
        (INPLACE, _NO_CLAUSES(INPLACE)),
    )
