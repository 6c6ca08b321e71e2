"""What the sessions of a release do: every way to write that applications have."""

from collections.abc import Callable, Mapping
from functools import partial

from tests.stories.application import Act, Writer
from tests.stories.story import Release, Story

#: Rows that stay, and meet many writers; those up to the second are deleted.
KEPT, FIRST = 60, 120


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'


class Pen:
    """The statements of one release of a story."""

    def __init__(self, story: Story, release: Release, number: int) -> None:
        self.facts, self.release, self.upserts = story.facts, release, story.upserts
        self.table = release.table
        self.columns = {quoted(name): text for name, text in release.columns.items()}
        self._base = number * 100_000

    def entity(self, values: Mapping[str, str]) -> str:
        """The facts, some of them made in another way."""
        facts = ", ".join(f"{values.get(f, text)} AS {f}" for f, text in self.facts.items())
        given = "SELECT %(s)s::int AS s, %(id)s::int AS id"
        return f"(SELECT {facts} FROM ({given}) AS given) AS e"

    def seed(self, writer: Writer) -> int:
        """A number that nobody else has."""
        number = self._base + 40_000 * writer.seed + writer.done * 4 + writer.luck.randint(0, 3)
        return number * self.release.seeds

    def values(self, writer: Writer, seed: int) -> dict[str, object]:
        """What the columns get, as an application would know it."""
        texts = ", ".join(f"({text})::text" for text in self.columns.values())
        sql = f"SELECT {texts} FROM {self.entity({})}"
        [row] = writer.connection.execute(sql.encode(), {"s": seed, "id": None}).fetchall()
        return dict(zip(self.columns, row, strict=True))

    def follow(self, writer: Writer, id_: int, changed: str) -> dict[str, object]:
        """The changed column, and those that the release makes of several facts."""
        asked = {
            column: text
            for column, text in self.columns.items()
            if column == quoted(changed) or text not in self.facts
        }
        texts = ", ".join(f"({text})::text" for text in asked.values())
        [row] = writer.ask(f"SELECT {texts} FROM twin WHERE id = %s", id_)
        return dict(zip(asked, row, strict=True))

    def tell_new(self, writer: Writer, id_: object, seed: int, born: Mapping[str, str]) -> None:
        """Tell the oracle of a row."""
        names = ", ".join(self.facts)
        sql = f"INSERT INTO twin (id, {names}) SELECT %(id)s, {names} FROM {self.entity(born)}"
        writer.connection.execute(sql.encode(), {"id": id_, "s": seed})

    def tell_change(self, writer: Writer, id_: int, seed: int, *facts: str) -> None:
        """Tell the oracle of other facts; all that the release writes unless told which."""
        written = facts or self.release.writes(self.facts)
        sets = ", ".join(f"{fact} = e.{fact}" for fact in written)
        sql = f"UPDATE twin SET {sets} FROM {self.entity({})} WHERE twin.id = %(id)s"
        writer.connection.execute(sql.encode(), {"id": id_, "s": seed})


def insert(pen: Pen, writer: Writer) -> None:
    seed = pen.seed(writer)
    values = pen.values(writer, seed)
    marks = ", ".join(["%s"] * len(values))
    sql = f"INSERT INTO {pen.table} ({', '.join(values)}) VALUES ({marks}) RETURNING id"
    [(id_,)] = writer.ask(sql, *values.values())
    pen.tell_new(writer, id_, seed, pen.release.born)


def insert_default(pen: Pen, writer: Writer) -> None:
    seed = pen.seed(writer)
    [(id_,)] = writer.ask(f"INSERT INTO {pen.table} (note) VALUES ('x') RETURNING id")
    pen.tell_new(writer, id_, seed, pen.release.default)


def copy(pen: Pen, writer: Writer) -> None:
    """A bulk load."""
    seed, sequence = pen.seed(writer), f"pg_get_serial_sequence('{pen.table}', 'id')"
    ids = writer.ask(f"SELECT nextval({sequence}) FROM generate_series(1, 3)")
    rows = [pen.values(writer, seed + at * 10_000 * pen.release.seeds) for at in range(3)]
    command = f"COPY {pen.table} (id, {', '.join(pen.columns)}) FROM STDIN".replace("%%", "%")
    with writer.connection.cursor().copy(command.encode()) as load:
        for (id_,), values in zip(ids, rows, strict=True):
            load.write_row((id_, *values.values()))
    for at, (id_,) in enumerate(ids):
        pen.tell_new(writer, id_, seed + at * 10_000 * pen.release.seeds, pen.release.born)


def update(pen: Pen, writer: Writer) -> None:
    seed, id_ = pen.seed(writer), writer.luck.randint(1, KEPT)
    values = pen.values(writer, seed)
    sets = ", ".join(f"{column} = %s" for column in values)
    writer.ask(f"UPDATE {pen.table} SET {sets} WHERE id = %s", *values.values(), id_)
    pen.tell_change(writer, id_, seed)


def upsert(pen: Pen, writer: Writer) -> None:
    seed, id_ = pen.seed(writer), writer.luck.randint(1, KEPT)
    values = pen.values(writer, seed)
    sets = ", ".join(f"{column} = excluded.{column}" for column in values)
    marks = ", ".join(["%s"] * len(values))
    sql = (
        f"INSERT INTO {pen.table} (id, {', '.join(values)}) VALUES (%s, {marks})"
        f" ON CONFLICT (id) DO UPDATE SET {sets}"
    )
    writer.ask(sql, id_, *values.values())
    pen.tell_change(writer, id_, seed)


def update_other_column(pen: Pen, writer: Writer) -> None:
    sql = f"UPDATE {pen.table} SET note = %s WHERE id = %s"
    writer.ask(sql, str(writer.done), writer.luck.randint(1, KEPT))


def full_row(pen: Pen, writer: Writer, *, changed: bool) -> None:
    """As an ORM does that writes back every column that it has read."""
    seed, id_ = pen.seed(writer), writer.luck.randint(1, KEPT)
    names = ", ".join(f"{column}::text" for column in pen.columns)
    sql = f"SELECT {names}, note FROM {pen.table} WHERE id = %s FOR UPDATE"
    [(*read, note)] = writer.ask(sql, id_)
    values = dict(zip(pen.columns, read, strict=True))
    if changed and (plain := pen.release.plain(pen.facts)):
        column = writer.luck.choice(plain)
        pen.tell_change(writer, id_, seed, pen.release.columns[column])
        values |= pen.follow(writer, id_, column)
    sets = ", ".join(f"{column} = %s" for column in values)
    sql = f"UPDATE {pen.table} SET {sets}, note = %s WHERE id = %s"
    writer.ask(sql, *values.values(), note, id_)


def delete(pen: Pen, writer: Writer) -> None:
    id_ = writer.luck.randint(KEPT + 1, FIRST)
    for _ in writer.ask(f"DELETE FROM {pen.table} WHERE id = %s RETURNING id", id_):
        writer.ask("DELETE FROM twin WHERE id = %s", id_)


def acts(pen: Pen) -> tuple[Act, ...]:
    """All that the release does, as often as it does it."""
    every: list[Callable[[Pen, Writer], None]] = [
        *(insert, copy, update, update, update_other_column, delete),
        upsert if pen.upserts else update,
        partial(full_row, changed=True),
        partial(full_row, changed=False),
        *([insert_default] if pen.release.default else []),
    ]
    return tuple(partial(act, pen) for act in every)
