-- # Changing a type
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN words AS text;
CREATE DOMAIN short_words AS varchar(20);
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TYPE other_mood AS ENUM ('good', 'bad');
CREATE TABLE things (
    code varchar(20), label text, letters char(3), big_label varchar,
    amount numeric(10, 2), loose numeric, whole numeric(8),
    small smallint, num int, big bigint, ratio real, share double precision,
    at timestamp, short_at timestamp(3), seen timestamptz, short_seen timestamptz(3),
    day date, hour time, short_hour time(2), zoned timetz, span interval, short_span interval(3),
    data json, body jsonb, net cidr, host inet, flags varbit(8), bits bit(8),
    tags text[], token uuid, feel mood, pos positive, wordy words, cash money, raw bytea, ok bool);
INSERT INTO things (code, num) SELECT 'c', i FROM generate_series(1, 20) i;
-- run

ALTER TABLE things ALTER COLUMN code TYPE varchar(50);
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER code SET DATA TYPE varchar(20);
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER code TYPE varchar;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER code TYPE text;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER code TYPE character varying(30);
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER code TYPE varchar(10);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER code TYPE char(20);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER code TYPE words;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER label TYPE varchar;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER label TYPE varchar(50);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER label TYPE char(10);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER label TYPE words;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER label TYPE short_words;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER label TYPE bytea USING label::bytea;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER label TYPE text COLLATE "C";
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER label TYPE name;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER big_label TYPE varchar(5);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER big_label TYPE text;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER letters TYPE char(5);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER letters TYPE varchar(3);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER letters TYPE text;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER letters TYPE char(3);
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER amount TYPE numeric(12, 2);
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER amount TYPE numeric;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER amount TYPE numeric(10, 3);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER amount TYPE numeric(8, 2);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER amount TYPE numeric(12, 3);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER amount TYPE decimal(12, 2);
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER whole TYPE numeric(10);
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER whole TYPE numeric(10, 0);
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER loose TYPE numeric(20, 4);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER loose TYPE bigint;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER small TYPE int;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER num TYPE bigint;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER num TYPE int4;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER num TYPE integer USING num;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER num TYPE bigint USING num::bigint;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER num TYPE int USING num + 1;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER num TYPE text;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER num TYPE oid;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER num TYPE numeric;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER num TYPE positive;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER num TYPE money;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER big TYPE int;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER ratio TYPE double precision;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER share TYPE float;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER share TYPE float4;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER code TYPE text USING code::text;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER code TYPE text USING CAST(code AS text);
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER code TYPE text USING lower(code);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER code TYPE varchar(50) USING code::varchar(50);
--> locks things ACCESS EXCLUSIVE

-- unsaid: it depends on the rows
ALTER TABLE things ALTER code TYPE int USING code::int;
--> fails 22P02

ALTER TABLE things ALTER at TYPE timestamptz;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER at TYPE timestamptz USING at AT TIME ZONE 'UTC';
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER at TYPE timestamp(6);
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER at TYPE timestamp(3);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER at TYPE date;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER short_at TYPE timestamp;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER short_at TYPE timestamp(6);
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER short_at TYPE timestamp(1);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER short_at TYPE timestamptz;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER short_at TYPE timestamptz(3);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER short_at TYPE timestamptz(6);
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER seen TYPE timestamp;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER seen TYPE timestamp without time zone;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER seen TYPE timestamptz(6);
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER seen TYPE timestamptz(0);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER short_seen TYPE timestamp with time zone;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER day TYPE timestamp;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER day TYPE timestamptz;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER hour TYPE time(6);
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER hour TYPE time(2);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER short_hour TYPE time;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER hour TYPE timetz;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER zoned TYPE timetz(3);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER span TYPE interval(3);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER span TYPE interval(6);
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER short_span TYPE interval(4);
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER short_span TYPE interval;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER span TYPE interval hour to minute;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER data TYPE jsonb;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER data TYPE text;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER body TYPE json;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER net TYPE inet;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER host TYPE cidr;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER host TYPE text;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER flags TYPE varbit(16);
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER flags TYPE varbit;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER flags TYPE varbit(4);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER flags TYPE bit varying(9);
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER bits TYPE varbit;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER bits TYPE varbit(8);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER bits TYPE varbit(16);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER bits TYPE bit(16);
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER tags TYPE varchar[];
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER tags TYPE varchar(10)[];
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER tags TYPE text[];
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER token TYPE text;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER feel TYPE text;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER feel TYPE other_mood USING feel::text::other_mood;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER label TYPE mood USING label::mood;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER pos TYPE int;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER pos TYPE bigint;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER wordy TYPE text;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER wordy TYPE varchar;
--> locks things ACCESS EXCLUSIVE

ALTER TABLE things ALTER ok TYPE int USING ok::int;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER cash TYPE numeric;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

-- unsaid: whether a cast exists is not known: it may have been made
ALTER TABLE things ALTER num TYPE boolean;
--> fails 42804

-- unsaid: whether a cast exists is not known: it may have been made
ALTER TABLE things ALTER label TYPE int;
--> fails 42804

ALTER TABLE things ALTER num TYPE bigint, ALTER code TYPE text, ADD COLUMN x int;
--> locks things ACCESS EXCLUSIVE; rewrites things; scans things

ALTER TABLE things ALTER code TYPE varchar(30), ALTER amount TYPE numeric(14, 2);
--> locks things ACCESS EXCLUSIVE

-- # Changing the type of a column that other things know
CREATE TABLE customers (id int PRIMARY KEY, code varchar(20) UNIQUE, email varchar(50));
CREATE TABLE orders (
    id int PRIMARY KEY, customer_id int REFERENCES customers (id),
    customer_code varchar(20) REFERENCES customers (code),
    note varchar(10), remark varchar(10), label varchar(10), words varchar(10), name text,
    price numeric(8, 2) CONSTRAINT dear CHECK (price > 0),
    doubled int, half int GENERATED ALWAYS AS (doubled / 2) STORED,
    CONSTRAINT named CHECK (length(name) > 0));
CREATE TABLE items (id int, order_id int REFERENCES orders (id));
CREATE INDEX orders_note ON orders (note);
CREATE INDEX orders_lower_remark ON orders (lower(remark));
CREATE INDEX orders_some_labels ON orders (id) WHERE label <> '';
CREATE INDEX orders_words ON orders (id) INCLUDE (words);
CREATE INDEX orders_name ON orders (name);
CREATE INDEX orders_price ON orders (price);
CREATE VIEW seen AS SELECT email FROM customers;
INSERT INTO customers SELECT i, i, 'e' FROM generate_series(1, 20) i;
INSERT INTO orders (id, customer_id, customer_code, name, price)
    SELECT i, i, i, 'n', 1 FROM generate_series(1, 20) i;
INSERT INTO items SELECT i, i FROM generate_series(1, 20) i;
-- run

ALTER TABLE orders ALTER note TYPE varchar(20);
--> locks orders ACCESS EXCLUSIVE; indexes orders_note ACCESS EXCLUSIVE

ALTER TABLE orders ALTER note TYPE text;
--> locks orders ACCESS EXCLUSIVE; indexes orders_note ACCESS EXCLUSIVE

ALTER TABLE orders ALTER note TYPE varchar(5);
--> locks orders ACCESS EXCLUSIVE; indexes orders_lower_remark ACCESS EXCLUSIVE, orders_name ACCESS EXCLUSIVE, orders_note ACCESS EXCLUSIVE, orders_pkey ACCESS EXCLUSIVE, orders_price ACCESS EXCLUSIVE, orders_some_labels ACCESS EXCLUSIVE, orders_words ACCESS EXCLUSIVE; rewrites orders; scans orders; builds orders

ALTER TABLE orders ALTER remark TYPE varchar(20);
--> locks orders ACCESS EXCLUSIVE; indexes orders_lower_remark ACCESS EXCLUSIVE; scans orders; builds orders

ALTER TABLE orders ALTER remark TYPE text;
--> locks orders ACCESS EXCLUSIVE; indexes orders_lower_remark ACCESS EXCLUSIVE; scans orders; builds orders

ALTER TABLE orders ALTER label TYPE varchar(20);
--> locks orders ACCESS EXCLUSIVE; indexes orders_some_labels ACCESS EXCLUSIVE; scans orders; builds orders

ALTER TABLE orders ALTER label TYPE text;
--> locks orders ACCESS EXCLUSIVE; indexes orders_some_labels ACCESS EXCLUSIVE; scans orders; builds orders

ALTER TABLE orders ALTER words TYPE text;
--> locks orders ACCESS EXCLUSIVE; indexes orders_words ACCESS EXCLUSIVE

ALTER TABLE orders ALTER name TYPE varchar;
--> locks orders ACCESS EXCLUSIVE; indexes orders_name ACCESS EXCLUSIVE; scans orders

ALTER TABLE orders ALTER name TYPE text COLLATE "C";
--> locks orders ACCESS EXCLUSIVE; indexes orders_name ACCESS EXCLUSIVE; scans orders; builds orders

ALTER TABLE orders ALTER price TYPE numeric(10, 2);
--> locks orders ACCESS EXCLUSIVE; indexes orders_price ACCESS EXCLUSIVE; scans orders

ALTER TABLE orders ALTER price TYPE numeric(10, 3);
--> locks orders ACCESS EXCLUSIVE; indexes orders_lower_remark ACCESS EXCLUSIVE, orders_name ACCESS EXCLUSIVE, orders_note ACCESS EXCLUSIVE, orders_pkey ACCESS EXCLUSIVE, orders_price ACCESS EXCLUSIVE, orders_some_labels ACCESS EXCLUSIVE, orders_words ACCESS EXCLUSIVE; rewrites orders; scans orders; builds orders

ALTER TABLE orders ALTER customer_id TYPE bigint;
--> locks customers ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE; indexes orders_lower_remark ACCESS EXCLUSIVE, orders_name ACCESS EXCLUSIVE, orders_note ACCESS EXCLUSIVE, orders_pkey ACCESS EXCLUSIVE, orders_price ACCESS EXCLUSIVE, orders_some_labels ACCESS EXCLUSIVE, orders_words ACCESS EXCLUSIVE; rewrites orders; scans customers, orders; builds orders

ALTER TABLE orders ALTER customer_code TYPE varchar(40);
--> locks customers ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE

ALTER TABLE orders ALTER customer_code TYPE text;
--> locks customers ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE

ALTER TABLE orders ALTER id TYPE bigint;
--> locks items ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE; indexes orders_lower_remark ACCESS EXCLUSIVE, orders_name ACCESS EXCLUSIVE, orders_note ACCESS EXCLUSIVE, orders_pkey ACCESS EXCLUSIVE, orders_price ACCESS EXCLUSIVE, orders_some_labels ACCESS EXCLUSIVE, orders_words ACCESS EXCLUSIVE; rewrites orders; scans items, orders; builds orders

ALTER TABLE customers ALTER code TYPE varchar(40);
--> locks customers ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE; indexes customers_code_key ACCESS EXCLUSIVE

ALTER TABLE customers ALTER code TYPE text;
--> locks customers ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE; indexes customers_code_key ACCESS EXCLUSIVE

ALTER TABLE customers ALTER id TYPE bigint;
--> locks customers ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE; indexes customers_code_key ACCESS EXCLUSIVE, customers_pkey ACCESS EXCLUSIVE; rewrites customers; scans customers, orders; builds customers

ALTER TABLE customers ALTER email TYPE varchar(100);
--> fails 0A000

ALTER TABLE orders ALTER price TYPE numeric(8, 2);
--> locks orders ACCESS EXCLUSIVE; indexes orders_price ACCESS EXCLUSIVE; scans orders

ALTER TABLE orders ALTER customer_id TYPE int;
--> locks customers ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE

ALTER TABLE orders ALTER customer_code TYPE varchar(10);
--> locks customers ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE; indexes orders_lower_remark ACCESS EXCLUSIVE, orders_name ACCESS EXCLUSIVE, orders_note ACCESS EXCLUSIVE, orders_pkey ACCESS EXCLUSIVE, orders_price ACCESS EXCLUSIVE, orders_some_labels ACCESS EXCLUSIVE, orders_words ACCESS EXCLUSIVE; rewrites orders; scans customers, orders; builds orders

ALTER TABLE orders ALTER remark TYPE varchar(10);
--> locks orders ACCESS EXCLUSIVE; indexes orders_lower_remark ACCESS EXCLUSIVE; scans orders; builds orders

ALTER TABLE orders ALTER doubled TYPE bigint;
--> [12-14] fails 42601
--> [15-19] fails 0A000

ALTER TABLE orders ALTER half TYPE bigint;
--> locks orders ACCESS EXCLUSIVE; indexes orders_lower_remark ACCESS EXCLUSIVE, orders_name ACCESS EXCLUSIVE, orders_note ACCESS EXCLUSIVE, orders_pkey ACCESS EXCLUSIVE, orders_price ACCESS EXCLUSIVE, orders_some_labels ACCESS EXCLUSIVE, orders_words ACCESS EXCLUSIVE; rewrites orders; scans orders; builds orders

-- # Changing a type under another time zone
SET timezone = 'Europe/London';
CREATE TABLE visits (id int, at timestamp, seen timestamptz);
CREATE INDEX visits_at ON visits (at);
INSERT INTO visits SELECT i, now(), now() FROM generate_series(1, 20) i;
-- run

ALTER TABLE visits ALTER at TYPE timestamptz;
--> locks visits ACCESS EXCLUSIVE; indexes visits_at ACCESS EXCLUSIVE; rewrites visits; scans visits; builds visits

ALTER TABLE visits ALTER seen TYPE timestamp;
--> locks visits ACCESS EXCLUSIVE; indexes visits_at ACCESS EXCLUSIVE; rewrites visits; scans visits; builds visits

ALTER TABLE visits ALTER at TYPE timestamptz USING at AT TIME ZONE 'Europe/London';
--> locks visits ACCESS EXCLUSIVE; indexes visits_at ACCESS EXCLUSIVE; rewrites visits; scans visits; builds visits

ALTER TABLE visits ALTER at TYPE timestamptz USING at::timestamptz;
--> locks visits ACCESS EXCLUSIVE; indexes visits_at ACCESS EXCLUSIVE; rewrites visits; scans visits; builds visits
