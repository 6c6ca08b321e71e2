-- # Triggers, rules and policies
CREATE TABLE plain (id int, note text);
CREATE TABLE other (id int);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER plain_touch BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION touch();
CREATE RULE plain_rule AS ON DELETE TO plain DO INSTEAD NOTHING;
CREATE POLICY plain_policy ON plain USING (true);
CREATE FUNCTION seen_all() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE VIEW seen AS SELECT id FROM other;
-- run

CREATE TRIGGER x BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION touch();
--> locks plain SHARE ROW EXCLUSIVE

CREATE TRIGGER x AFTER UPDATE OF note ON public.plain FOR EACH ROW WHEN (OLD.note IS DISTINCT FROM NEW.note) EXECUTE FUNCTION touch();
--> locks plain SHARE ROW EXCLUSIVE

CREATE TRIGGER x AFTER INSERT ON plain REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION touch();
--> locks plain SHARE ROW EXCLUSIVE

CREATE CONSTRAINT TRIGGER x AFTER INSERT ON plain DEFERRABLE FOR EACH ROW EXECUTE FUNCTION touch();
--> locks plain SHARE ROW EXCLUSIVE

CREATE CONSTRAINT TRIGGER x AFTER INSERT ON plain FROM other FOR EACH ROW EXECUTE FUNCTION touch();
--> locks other ACCESS SHARE, plain SHARE ROW EXCLUSIVE

CREATE OR REPLACE TRIGGER plain_touch BEFORE UPDATE ON plain FOR EACH ROW EXECUTE FUNCTION touch();
--> [12-13] fails 42601
--> [14-19] locks plain SHARE ROW EXCLUSIVE

CREATE TRIGGER x INSTEAD OF INSERT ON seen FOR EACH ROW EXECUTE FUNCTION touch();
--> locks seen SHARE ROW EXCLUSIVE

DROP TRIGGER plain_touch ON plain;
--> locks plain ACCESS EXCLUSIVE

DROP TRIGGER IF EXISTS nothing ON plain;
--> nothing

-- unsaid: the object may exist on a server of which only a part is known
DROP TRIGGER nothing ON plain;
--> fails 42704

ALTER TRIGGER plain_touch ON plain RENAME TO x;
--> locks plain ACCESS EXCLUSIVE

COMMENT ON TRIGGER plain_touch ON plain IS 'x';
--> locks plain ACCESS SHARE

DROP FUNCTION touch() CASCADE;
--> locks plain ACCESS EXCLUSIVE

-- unsaid: which triggers call a function is not followed
DROP FUNCTION touch();
--> fails 2BP01

CREATE RULE x AS ON UPDATE TO plain DO ALSO INSERT INTO other VALUES (1);
--> locks other ROW EXCLUSIVE, plain ACCESS EXCLUSIVE

CREATE OR REPLACE RULE plain_rule AS ON DELETE TO plain DO INSTEAD NOTHING;
--> locks plain ACCESS EXCLUSIVE

ALTER RULE plain_rule ON plain RENAME TO x;
--> locks plain ACCESS EXCLUSIVE

COMMENT ON RULE plain_rule ON plain IS 'x';
--> locks plain ACCESS SHARE

DROP RULE plain_rule ON plain;
--> locks plain ACCESS EXCLUSIVE

CREATE POLICY x ON plain FOR SELECT TO PUBLIC USING (id > 0);
--> locks plain ACCESS EXCLUSIVE

CREATE POLICY x ON plain AS RESTRICTIVE FOR UPDATE WITH CHECK (id IN (SELECT id FROM other));
--> locks other ACCESS SHARE, plain ACCESS EXCLUSIVE

ALTER POLICY plain_policy ON plain USING (id > 1);
--> locks plain ACCESS EXCLUSIVE

ALTER POLICY plain_policy ON plain RENAME TO x;
--> locks plain ACCESS EXCLUSIVE

DROP POLICY plain_policy ON plain;
--> locks plain ACCESS EXCLUSIVE

-- unsaid: which policies a table has is not followed
DROP POLICY IF EXISTS nothing ON plain;
--> nothing

COMMENT ON POLICY plain_policy ON plain IS 'x';
--> locks plain ACCESS SHARE

CREATE EVENT TRIGGER x ON ddl_command_end EXECUTE FUNCTION seen_all();
--> nothing
