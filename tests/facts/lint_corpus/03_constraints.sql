-- # Checks and unique constraints
CREATE TABLE orders (
    id int PRIMARY KEY, quantity int, code int NOT NULL, other int NOT NULL, nullable int,
    span int4range, other_span int4range,
    CONSTRAINT counted CHECK (quantity > 0), CONSTRAINT coded UNIQUE (code));
ALTER TABLE orders ADD CONSTRAINT later CHECK (quantity < 1000) NOT VALID;
CREATE UNIQUE INDEX orders_other ON orders (other);
CREATE UNIQUE INDEX orders_nullable ON orders (nullable);
CREATE INDEX orders_quantity ON orders (quantity);
CREATE TABLE plain (id int, code int NOT NULL, nullable int, filled int CHECK (filled IS NOT NULL));
CREATE UNIQUE INDEX plain_code ON plain (code);
CREATE UNIQUE INDEX plain_nullable ON plain (nullable);
CREATE UNIQUE INDEX plain_filled ON plain (filled);
INSERT INTO orders SELECT i, i, i, i, i, int4range(i, i + 1), int4range(i, i + 1) FROM generate_series(1, 20) i;
INSERT INTO plain SELECT i, i, i, i FROM generate_series(1, 20) i;
-- run

ALTER TABLE orders ADD CONSTRAINT x CHECK (quantity > -1);
--> locks orders ACCESS EXCLUSIVE; scans orders

ALTER TABLE orders ADD CHECK (quantity > 0);
--> locks orders ACCESS EXCLUSIVE; scans orders

ALTER TABLE orders ADD CONSTRAINT x CHECK (quantity > 0) NOT VALID;
--> locks orders ACCESS EXCLUSIVE

ALTER TABLE ONLY orders ADD CONSTRAINT x CHECK (quantity > 0) NOT VALID;
--> locks orders ACCESS EXCLUSIVE

ALTER TABLE orders ADD CONSTRAINT x CHECK (quantity > 0) NO INHERIT;
--> locks orders ACCESS EXCLUSIVE; scans orders

ALTER TABLE orders ADD CONSTRAINT x CHECK (quantity > 0) NO INHERIT NOT VALID;
--> locks orders ACCESS EXCLUSIVE

-- since 18
ALTER TABLE orders ADD CONSTRAINT x CHECK (quantity > 0) NOT ENFORCED;
--> locks orders ACCESS EXCLUSIVE

ALTER TABLE orders ADD CONSTRAINT x CHECK (quantity > 0), ADD CONSTRAINT y CHECK (code > 0);
--> locks orders ACCESS EXCLUSIVE; scans orders

ALTER TABLE orders ADD CONSTRAINT x CHECK (quantity > 0) NOT VALID, VALIDATE CONSTRAINT x;
--> locks orders ACCESS EXCLUSIVE; scans orders

ALTER TABLE orders VALIDATE CONSTRAINT later;
--> locks orders SHARE UPDATE EXCLUSIVE; scans orders

ALTER TABLE orders VALIDATE CONSTRAINT counted;
--> locks orders SHARE UPDATE EXCLUSIVE

ALTER TABLE orders DROP CONSTRAINT counted;
--> locks orders ACCESS EXCLUSIVE

ALTER TABLE orders DROP CONSTRAINT IF EXISTS nothing;
--> locks orders ACCESS EXCLUSIVE

-- unsaid: the object may exist on a server of which only a part is known
ALTER TABLE orders DROP CONSTRAINT nothing;
--> fails 42704

ALTER TABLE orders DROP CONSTRAINT coded;
--> locks orders ACCESS EXCLUSIVE; indexes coded ACCESS EXCLUSIVE

ALTER TABLE orders DROP CONSTRAINT orders_pkey;
--> locks orders ACCESS EXCLUSIVE; indexes orders_pkey ACCESS EXCLUSIVE

ALTER TABLE orders RENAME CONSTRAINT counted TO x;
--> locks orders ACCESS EXCLUSIVE

ALTER TABLE orders RENAME CONSTRAINT coded TO x;
--> locks orders ACCESS EXCLUSIVE; indexes coded SHARE UPDATE EXCLUSIVE

ALTER TABLE orders ADD CONSTRAINT x UNIQUE (quantity);
--> locks orders ACCESS EXCLUSIVE; scans orders; builds orders

ALTER TABLE orders ADD UNIQUE (quantity, id);
--> locks orders ACCESS EXCLUSIVE; scans orders; builds orders

ALTER TABLE orders ADD CONSTRAINT x UNIQUE (quantity) DEFERRABLE INITIALLY DEFERRED;
--> locks orders ACCESS EXCLUSIVE; scans orders; builds orders

ALTER TABLE orders ADD CONSTRAINT x UNIQUE (quantity) INCLUDE (code);
--> locks orders ACCESS EXCLUSIVE; scans orders; builds orders

-- since 15
ALTER TABLE orders ADD CONSTRAINT x UNIQUE NULLS NOT DISTINCT (nullable);
--> locks orders ACCESS EXCLUSIVE; scans orders; builds orders

-- since 18
ALTER TABLE orders ADD CONSTRAINT x UNIQUE (other_span, span WITHOUT OVERLAPS);
--> locks orders ACCESS EXCLUSIVE; scans orders; builds orders

ALTER TABLE orders ADD CONSTRAINT x UNIQUE USING INDEX orders_other;
--> locks orders ACCESS EXCLUSIVE; indexes orders_other SHARE UPDATE EXCLUSIVE

ALTER TABLE orders ADD CONSTRAINT x UNIQUE USING INDEX orders_nullable;
--> locks orders ACCESS EXCLUSIVE; indexes orders_nullable SHARE UPDATE EXCLUSIVE

-- unsaid: the index may have been made anew as a unique one by hand
ALTER TABLE orders ADD CONSTRAINT x UNIQUE USING INDEX orders_quantity;
--> fails 42809

-- unsaid: the key that is known may be gone on the server
ALTER TABLE orders ADD PRIMARY KEY (code);
--> fails 42P16

ALTER TABLE orders DROP CONSTRAINT orders_pkey, ADD PRIMARY KEY USING INDEX orders_other;
--> locks orders ACCESS EXCLUSIVE; indexes orders_pkey ACCESS EXCLUSIVE

ALTER TABLE plain ADD PRIMARY KEY (id);
--> locks plain ACCESS EXCLUSIVE; scans plain; builds plain

ALTER TABLE plain ADD PRIMARY KEY (code);
--> locks plain ACCESS EXCLUSIVE; scans plain; builds plain

ALTER TABLE plain ADD CONSTRAINT x PRIMARY KEY (id, code);
--> locks plain ACCESS EXCLUSIVE; scans plain; builds plain

ALTER TABLE plain ADD PRIMARY KEY USING INDEX plain_code;
--> locks plain ACCESS EXCLUSIVE

ALTER TABLE plain ADD PRIMARY KEY USING INDEX plain_nullable;
--> locks plain ACCESS EXCLUSIVE; scans plain

ALTER TABLE plain ADD PRIMARY KEY USING INDEX plain_filled;
--> locks plain ACCESS EXCLUSIVE

ALTER TABLE orders ADD CONSTRAINT x EXCLUDE (id WITH =);
--> locks orders ACCESS EXCLUSIVE; scans orders; builds orders

ALTER TABLE orders ADD CONSTRAINT x EXCLUDE USING gist (span WITH &&);
--> locks orders ACCESS EXCLUSIVE; scans orders; builds orders

ALTER TABLE orders ADD CONSTRAINT x EXCLUDE USING gist (span WITH &&) WHERE (id > 3);
--> locks orders ACCESS EXCLUSIVE; scans orders; builds orders

-- # Foreign keys
CREATE TABLE customers (id int PRIMARY KEY, code int UNIQUE);
CREATE TABLE products (id int PRIMARY KEY);
CREATE TABLE orders (
    id int PRIMARY KEY, customer_id int CONSTRAINT valid_key REFERENCES customers (id),
    product_id int, parent_id int CONSTRAINT own_key REFERENCES orders (id), other int);
ALTER TABLE orders ADD CONSTRAINT later_key
    FOREIGN KEY (product_id) REFERENCES products (id) NOT VALID;
CREATE TABLE items (id int, order_id int CONSTRAINT item_key REFERENCES orders (id));
CREATE VIEW seen AS SELECT id FROM customers;
INSERT INTO customers SELECT i, i FROM generate_series(1, 20) i;
INSERT INTO products SELECT i FROM generate_series(1, 20) i;
INSERT INTO orders SELECT i, i, i, i, i FROM generate_series(1, 20) i;
INSERT INTO items SELECT i, i FROM generate_series(1, 20) i;
-- run

ALTER TABLE orders ADD CONSTRAINT x FOREIGN KEY (other) REFERENCES products (id);
--> locks orders SHARE ROW EXCLUSIVE, products SHARE ROW EXCLUSIVE; scans orders, products

ALTER TABLE orders ADD FOREIGN KEY (other) REFERENCES public.products;
--> locks orders SHARE ROW EXCLUSIVE, products SHARE ROW EXCLUSIVE; scans orders, products

ALTER TABLE orders ADD CONSTRAINT x FOREIGN KEY (other) REFERENCES products (id) NOT VALID;
--> locks orders SHARE ROW EXCLUSIVE, products SHARE ROW EXCLUSIVE

-- since 18
ALTER TABLE orders ADD CONSTRAINT x FOREIGN KEY (other) REFERENCES products (id) NOT ENFORCED;
--> locks orders SHARE ROW EXCLUSIVE, products SHARE ROW EXCLUSIVE

ALTER TABLE orders ADD CONSTRAINT x FOREIGN KEY (other) REFERENCES customers (code) MATCH FULL;
--> locks customers SHARE ROW EXCLUSIVE, orders SHARE ROW EXCLUSIVE; scans customers, orders

ALTER TABLE orders ADD CONSTRAINT x FOREIGN KEY (other) REFERENCES orders (id);
--> locks orders SHARE ROW EXCLUSIVE; scans orders

ALTER TABLE orders ADD CONSTRAINT x FOREIGN KEY (other) REFERENCES products ON DELETE SET NULL;
--> locks orders SHARE ROW EXCLUSIVE, products SHARE ROW EXCLUSIVE; scans orders, products

ALTER TABLE orders ADD CONSTRAINT x FOREIGN KEY (other) REFERENCES products DEFERRABLE;
--> locks orders SHARE ROW EXCLUSIVE, products SHARE ROW EXCLUSIVE; scans orders, products

ALTER TABLE orders ADD CONSTRAINT x FOREIGN KEY (other) REFERENCES products (id) NOT VALID, VALIDATE CONSTRAINT x;
--> locks orders SHARE ROW EXCLUSIVE, products SHARE ROW EXCLUSIVE; scans orders, products

-- unsaid: what is a view here may be a table on the server
ALTER TABLE orders ADD CONSTRAINT x FOREIGN KEY (other) REFERENCES seen (id);
--> fails 42809

-- unsaid: the key that is missing here may be there on the server
ALTER TABLE orders ADD CONSTRAINT x FOREIGN KEY (other) REFERENCES orders (customer_id);
--> fails 42830

ALTER TABLE orders VALIDATE CONSTRAINT later_key;
--> locks orders SHARE UPDATE EXCLUSIVE, products ROW SHARE; scans orders, products

ALTER TABLE orders VALIDATE CONSTRAINT valid_key;
--> locks orders SHARE UPDATE EXCLUSIVE

ALTER TABLE orders VALIDATE CONSTRAINT own_key;
--> locks orders SHARE UPDATE EXCLUSIVE

ALTER TABLE orders ALTER CONSTRAINT valid_key DEFERRABLE;
--> locks orders ACCESS EXCLUSIVE

ALTER TABLE orders ALTER CONSTRAINT valid_key DEFERRABLE INITIALLY DEFERRED;
--> locks orders ACCESS EXCLUSIVE

-- since 18
ALTER TABLE orders ALTER CONSTRAINT valid_key NOT ENFORCED;
--> locks customers ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE

ALTER TABLE orders RENAME CONSTRAINT valid_key TO x;
--> locks orders ACCESS EXCLUSIVE

ALTER TABLE orders DROP CONSTRAINT valid_key;
--> locks customers ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE

ALTER TABLE orders DROP CONSTRAINT later_key;
--> locks orders ACCESS EXCLUSIVE, products ACCESS EXCLUSIVE

ALTER TABLE orders DROP CONSTRAINT own_key;
--> locks orders ACCESS EXCLUSIVE

ALTER TABLE items DROP CONSTRAINT item_key;
--> locks items ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE

ALTER TABLE orders DROP CONSTRAINT orders_pkey CASCADE;
--> locks items ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE; indexes orders_pkey ACCESS EXCLUSIVE

ALTER TABLE orders DROP CONSTRAINT orders_pkey;
--> fails 2BP01

ALTER TABLE customers DROP CONSTRAINT customers_code_key CASCADE;
--> locks customers ACCESS EXCLUSIVE; indexes customers_code_key ACCESS EXCLUSIVE

ALTER TABLE orders DROP CONSTRAINT valid_key, DROP CONSTRAINT later_key;
--> locks customers ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE, products ACCESS EXCLUSIVE

-- # Foreign keys that are not enforced
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int, customer_id int,
    CONSTRAINT loose_key FOREIGN KEY (customer_id) REFERENCES customers (id) NOT ENFORCED,
    CONSTRAINT loose_check CHECK (id > 0) NOT ENFORCED);
INSERT INTO customers SELECT i FROM generate_series(1, 20) i;
INSERT INTO orders SELECT i, i FROM generate_series(1, 20) i;
-- run

-- since 18
ALTER TABLE orders ALTER CONSTRAINT loose_key ENFORCED;
--> locks customers SHARE ROW EXCLUSIVE, orders ACCESS EXCLUSIVE; scans customers, orders

-- since 18
ALTER TABLE orders DROP CONSTRAINT loose_key;
--> locks customers ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE

-- since 18
-- unsaid: it may be enforced on the server by now
ALTER TABLE orders VALIDATE CONSTRAINT loose_key;
--> fails 55000

-- since 18
ALTER TABLE orders DROP CONSTRAINT loose_check;
--> locks orders ACCESS EXCLUSIVE

-- # Keys over periods
CREATE TABLE prices (product int4range, at daterange, amount int, PRIMARY KEY (product, at WITHOUT OVERLAPS));
CREATE TABLE offers (product int4range, at daterange NOT NULL, note text);
CREATE TABLE deals (product int4range NOT NULL, at daterange NOT NULL,
    CONSTRAINT deal_key FOREIGN KEY (product, PERIOD at) REFERENCES prices (product, PERIOD at),
    CONSTRAINT loose_key FOREIGN KEY (product, PERIOD at) REFERENCES prices (product, PERIOD at) NOT ENFORCED);
INSERT INTO prices SELECT int4range(i, i + 1), daterange('2024-01-01', '2025-01-01'), i FROM generate_series(1, 20) i;
INSERT INTO offers SELECT product, at FROM prices;
INSERT INTO deals SELECT product, at FROM prices;
-- run

-- since 18
ALTER TABLE offers ADD CONSTRAINT x FOREIGN KEY (product, PERIOD at) REFERENCES prices (product, PERIOD at);
--> locks offers SHARE ROW EXCLUSIVE, prices SHARE ROW EXCLUSIVE; scans offers, prices

-- since 18
ALTER TABLE offers ADD FOREIGN KEY (product, PERIOD at) REFERENCES prices (product, PERIOD at) NOT VALID;
--> locks offers SHARE ROW EXCLUSIVE, prices SHARE ROW EXCLUSIVE

-- since 18
ALTER TABLE offers ADD FOREIGN KEY (product, PERIOD at) REFERENCES prices NOT ENFORCED;
--> locks offers SHARE ROW EXCLUSIVE, prices SHARE ROW EXCLUSIVE

-- since 18
ALTER TABLE offers ADD PRIMARY KEY (product, at WITHOUT OVERLAPS);
--> locks offers ACCESS EXCLUSIVE; scans offers; builds offers

-- since 18
ALTER TABLE deals ADD PRIMARY KEY (product, at WITHOUT OVERLAPS);
--> locks deals ACCESS EXCLUSIVE; scans deals; builds deals

-- since 18
ALTER TABLE offers ADD UNIQUE (product, at WITHOUT OVERLAPS) DEFERRABLE;
--> locks offers ACCESS EXCLUSIVE; scans offers; builds offers

-- since 18
ALTER TABLE deals DROP CONSTRAINT deal_key;
--> locks deals ACCESS EXCLUSIVE, prices ACCESS EXCLUSIVE

-- since 18
ALTER TABLE deals ALTER CONSTRAINT loose_key ENFORCED;
--> locks deals ACCESS EXCLUSIVE, prices SHARE ROW EXCLUSIVE; scans deals, prices

-- since 18
ALTER TABLE deals ALTER CONSTRAINT deal_key NOT ENFORCED;
--> locks deals ACCESS EXCLUSIVE, prices ACCESS EXCLUSIVE

-- since 18
ALTER TABLE deals ALTER CONSTRAINT deal_key DEFERRABLE INITIALLY DEFERRED;
--> locks deals ACCESS EXCLUSIVE

-- since 18
ALTER TABLE prices DROP CONSTRAINT prices_pkey CASCADE;
--> locks deals ACCESS EXCLUSIVE, prices ACCESS EXCLUSIVE; indexes prices_pkey ACCESS EXCLUSIVE

-- since 18
CREATE TABLE x (product int4range, at daterange, FOREIGN KEY (product, PERIOD at) REFERENCES prices (product, PERIOD at));
--> locks prices SHARE ROW EXCLUSIVE

-- # Constraints that are not enforced, on families
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE events (id int, at date NOT NULL, customer int, payer int, CONSTRAINT loose_key FOREIGN KEY (customer) REFERENCES customers NOT ENFORCED,
    CONSTRAINT held_key FOREIGN KEY (customer) REFERENCES customers, CONSTRAINT loose_check CHECK (id > 0) NOT ENFORCED) PARTITION BY RANGE (at);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE base (id int, note text, CONSTRAINT alone NOT NULL id NO INHERIT, CONSTRAINT noted NOT NULL note);
CREATE TABLE heir (extra int) INHERITS (base);
ALTER TABLE base ADD CONSTRAINT counted CHECK (id > 0), ADD CONSTRAINT loose CHECK (id > -1) NOT ENFORCED;
INSERT INTO customers SELECT i FROM generate_series(1, 20) i;
INSERT INTO events SELECT i, '2024-05-05', i, i FROM generate_series(1, 20) i;
INSERT INTO base SELECT i, 'n' FROM generate_series(1, 20) i;
INSERT INTO heir SELECT i, 'n' FROM generate_series(1, 20) i;
-- run

-- since 18
ALTER TABLE events ALTER CONSTRAINT loose_key ENFORCED;
--> locks customers SHARE ROW EXCLUSIVE, events ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE; scans customers, events_2024

-- since 18
ALTER TABLE events ALTER CONSTRAINT held_key NOT ENFORCED;
--> locks customers ACCESS EXCLUSIVE, events ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE

-- since 18
ALTER TABLE events ALTER CONSTRAINT held_key DEFERRABLE;
--> locks events ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE

-- since 18
ALTER TABLE events ALTER CONSTRAINT loose_check ENFORCED;
--> [18] fails 42809
--> [19] locks events ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE; scans events_2024

-- since 18
ALTER TABLE events ADD FOREIGN KEY (payer) REFERENCES customers NOT ENFORCED;
--> locks customers SHARE ROW EXCLUSIVE, events SHARE ROW EXCLUSIVE, events_2024 SHARE ROW EXCLUSIVE

-- since 18
ALTER TABLE events ADD FOREIGN KEY (payer) REFERENCES customers NOT VALID;
--> locks customers SHARE ROW EXCLUSIVE, events SHARE ROW EXCLUSIVE, events_2024 SHARE ROW EXCLUSIVE

-- since 18
ALTER TABLE events ADD CHECK (id > 1) NOT ENFORCED;
--> locks events ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE

-- since 18
ALTER TABLE base ALTER CONSTRAINT alone INHERIT;
--> locks base ACCESS EXCLUSIVE, heir ACCESS EXCLUSIVE; scans heir

-- since 18
ALTER TABLE base ALTER CONSTRAINT noted NO INHERIT;
--> locks base ACCESS EXCLUSIVE, heir ACCESS EXCLUSIVE

-- since 19
ALTER TABLE base ALTER CONSTRAINT counted NOT ENFORCED;
--> locks base ACCESS EXCLUSIVE, heir ACCESS EXCLUSIVE

-- since 19
ALTER TABLE base ALTER CONSTRAINT loose ENFORCED;
--> locks base ACCESS EXCLUSIVE, heir ACCESS EXCLUSIVE; scans base, heir
