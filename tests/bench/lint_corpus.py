"""Migrations as people write them: hazardous and harmless statements, five to a file."""

from pathlib import Path

STATEMENTS = (
    "ALTER TABLE orders{n} ADD COLUMN note{n} text;",
    "CREATE INDEX orders{n}_note_idx ON orders{n} (note{n});",
    "CREATE INDEX CONCURRENTLY orders{n}_day_idx ON orders{n} (created_at DESC) WHERE open;",
    "ALTER TABLE users{n} ALTER COLUMN email TYPE varchar(300);",
    "ALTER TABLE users{n} ADD CONSTRAINT users{n}_email_check CHECK (email <> '') NOT VALID;",
    "ALTER TABLE users{n} VALIDATE CONSTRAINT users{n}_email_check;",
    "UPDATE items{n} SET price = price * 1.19, note = 'VAT; included' WHERE id BETWEEN 1 AND {n};",
    "ALTER TABLE items{n} ALTER COLUMN price SET NOT NULL;",
    "COMMENT ON COLUMN items{n}.price IS 'gross; in cents';",
    "ALTER TABLE items{n} DROP COLUMN old_price;",
    "INSERT INTO settings (name, value) VALUES ('release', '{n}') ON CONFLICT DO NOTHING;",
    "SET lock_timeout = '2s';",
    (
        "ALTER TABLE parts{n} ADD CONSTRAINT parts{n}_item_fk FOREIGN KEY (item_id) "
        "REFERENCES items{n} (id) ON DELETE CASCADE;"
    ),
    "DROP INDEX CONCURRENTLY IF EXISTS old{n}_idx;",
    "GRANT SELECT, INSERT ON orders{n} TO reporting;",
    "ALTER TABLE orders{n} RENAME COLUMN note{n} TO remark;",
    (
        "CREATE TABLE visits{n} (\n"
        "    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n"
        "    user_id bigint NOT NULL REFERENCES users{n} (id),\n"
        "    happened_at timestamptz NOT NULL DEFAULT now(),\n"
        "    page text NOT NULL CHECK (length(page) < 2000),\n"
        "    amount numeric(10, 2)\n"
        ");"
    ),
    "CREATE INDEX visits{n}_user_idx ON visits{n} (user_id);",
    (
        "CREATE OR REPLACE FUNCTION touch{n}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        "BEGIN\n    NEW.updated_at := now();\n    RETURN NEW;\nEND;\n$$;"
    ),
    "CREATE TRIGGER touch BEFORE UPDATE ON orders{n} FOR EACH ROW EXECUTE FUNCTION touch{n}();",
    "DO $$ BEGIN ALTER TYPE status ADD VALUE IF NOT EXISTS 'late{n}'; END $$;",
    "ALTER TYPE mood ADD VALUE 'mood{n}';",
    "CREATE VIEW open_orders{n} AS SELECT o.id, o.note{n} FROM orders{n} o WHERE o.closed IS NULL;",
)
PER_FILE = 5


def text(number: int) -> str:
    """The file of that number: five statements that follow each other in the list above."""
    chosen = [
        STATEMENTS[(number * PER_FILE + at) % len(STATEMENTS)].format(n=number % 97)
        for at in range(PER_FILE)
    ]
    return f"-- Migration {number}.\n" + "\n\n".join(chosen) + "\n"


def write(folder: Path, files: int, *, numbered: bool) -> None:
    """As many files; a numbered one is history for those behind it."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        name = f"{number:05}_change.sql" if numbered else f"change_{number:05}.sql"
        (folder / name).write_text(text(number), encoding="utf-8")


def dump(size: int) -> str:
    """A dump of about that many characters: tables, rows, keys, indexes and references."""
    parts: list[str] = []
    length = 0
    number = 0
    while length < size:
        part = _dumped_table(number)
        parts.append(part)
        length += len(part)
        number += 1
    return "".join(parts)


def _dumped_table(number: int) -> str:
    name = f"public.table_{number}"
    rows = "".join(f"{row}\tname of {row}; it's\t2026-01-01\n" for row in range(20))
    inserts = "".join(
        f"INSERT INTO {name} VALUES ({row}, 'value {row}; of ''{number}''', NULL);\n"
        for row in range(10)
    )
    return (
        f"--\n-- Name: table_{number}; Type: TABLE; Schema: public; Owner: app\n--\n\n"
        f"CREATE TABLE {name} (\n    id bigint NOT NULL,\n    name text,\n    made date\n);\n\n"
        f"ALTER TABLE {name} OWNER TO app;\n\n"
        f"COPY {name} (id, name, made) FROM stdin;\n{rows}\\.\n\n{inserts}\n"
        f"ALTER TABLE ONLY {name}\n"
        f"    ADD CONSTRAINT table_{number}_pkey PRIMARY KEY (id);\n\n"
        f"CREATE INDEX table_{number}_name_idx ON {name} USING btree (name);\n\n"
        f"ALTER TABLE ONLY {name}\n    ADD CONSTRAINT table_{number}_fk FOREIGN KEY (id) "
        f"REFERENCES public.table_{number // 2}(id);\n\n"
    )
