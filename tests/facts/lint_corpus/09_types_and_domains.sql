-- # Types and domains
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TYPE pair AS (a int, b int);
CREATE DOMAIN positive AS int CONSTRAINT above CHECK (VALUE > 0);
CREATE DOMAIN small AS int;
CREATE TYPE alone AS (a int, b int);
CREATE DOMAIN words AS text;
ALTER DOMAIN words ADD CONSTRAINT later CHECK (VALUE <> 'x') NOT VALID;
CREATE TABLE moods (id int, mood mood, amount positive, size small);
CREATE TABLE others (id int, label words, amounts positive[]);
CREATE TABLE typed OF alone;
CREATE TABLE holders (id int, held pair);
CREATE INDEX moods_mood ON moods (mood);
INSERT INTO moods SELECT i, 'good', i, i FROM generate_series(1, 20) i;
INSERT INTO others SELECT i, 'l' FROM generate_series(1, 20) i;
-- run

CREATE TYPE x AS ENUM ('a', 'b');
--> nothing

CREATE TYPE x AS (a int, b text);
--> nothing

CREATE TYPE x AS RANGE (subtype = float8);
--> nothing

CREATE DOMAIN x AS int CHECK (VALUE > 0);
--> nothing

ALTER TYPE mood ADD VALUE 'fair';
--> nothing

ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fair' BEFORE 'bad';
--> nothing

ALTER TYPE mood RENAME VALUE 'bad' TO 'worse';
--> nothing

ALTER TYPE mood RENAME TO x;
--> nothing

ALTER TYPE mood OWNER TO CURRENT_USER;
--> nothing

ALTER TYPE pair ADD ATTRIBUTE c int;
--> nothing

ALTER TYPE pair ADD ATTRIBUTE c int CASCADE;
--> nothing

ALTER TYPE pair DROP ATTRIBUTE b CASCADE;
--> nothing

ALTER TYPE pair RENAME ATTRIBUTE a TO c CASCADE;
--> nothing

-- unsaid: which columns have a composite type is not followed
ALTER TYPE pair ALTER ATTRIBUTE a TYPE bigint;
--> fails 0A000

-- unsaid: which tables are OF a type is not followed
ALTER TYPE alone ADD ATTRIBUTE c int;
--> fails 2BP01

ALTER TYPE alone ADD ATTRIBUTE c int CASCADE;
--> locks typed ACCESS EXCLUSIVE

ALTER TYPE alone ALTER ATTRIBUTE a TYPE bigint CASCADE;
--> locks typed ACCESS EXCLUSIVE; rewrites typed; scans typed

ALTER TYPE alone DROP ATTRIBUTE b CASCADE;
--> locks typed ACCESS EXCLUSIVE

DROP TYPE alone CASCADE;
--> locks typed ACCESS EXCLUSIVE

-- unsaid: what depends on a type is not followed
DROP TYPE mood;
--> fails 2BP01

DROP TYPE mood CASCADE;
--> locks moods ACCESS EXCLUSIVE; indexes moods_mood ACCESS EXCLUSIVE

DROP TYPE IF EXISTS nothing;
--> nothing

-- unsaid: which composite types hold a domain is not followed
ALTER DOMAIN positive ADD CONSTRAINT x CHECK (VALUE < 1000);
--> fails 0A000

ALTER DOMAIN positive ADD CONSTRAINT x CHECK (VALUE < 1000) NOT VALID;
--> nothing

ALTER DOMAIN small ADD CONSTRAINT x CHECK (VALUE < 1000);
--> locks moods SHARE; scans moods

ALTER DOMAIN small ADD CONSTRAINT x CHECK (VALUE < 1000) NOT VALID;
--> nothing

ALTER DOMAIN small SET NOT NULL;
--> locks moods SHARE; scans moods

ALTER DOMAIN words VALIDATE CONSTRAINT later;
--> locks others SHARE; scans others

ALTER DOMAIN words ADD CHECK (VALUE <> 'y');
--> locks others SHARE; scans others

ALTER DOMAIN words DROP CONSTRAINT later;
--> nothing

-- unsaid: which composite types hold a domain is not followed
ALTER DOMAIN positive SET NOT NULL;
--> fails 0A000

ALTER DOMAIN positive DROP NOT NULL;
--> nothing

ALTER DOMAIN positive SET DEFAULT 5;
--> nothing

ALTER DOMAIN positive DROP DEFAULT;
--> nothing

ALTER DOMAIN positive RENAME TO x;
--> nothing

ALTER DOMAIN positive RENAME CONSTRAINT above TO x;
--> nothing

DROP DOMAIN positive CASCADE;
--> locks moods ACCESS EXCLUSIVE, others ACCESS EXCLUSIVE

COMMENT ON TYPE mood IS 'x';
--> nothing
