"""A database in which a contracted change keeps its old columns until it is closed."""

import json

from tests.support.fingerprint import Fingerprint, difference, fingerprint, rows

_KEPT = "zz_ec_"


def assert_contracted(dsn: str, native: str, tables: tuple[str, ...]) -> None:
    """But for what is kept, schema and rows are what the native statement makes of them."""
    wrong = difference(_without_kept(fingerprint(native)), _without_kept(fingerprint(dsn)))
    assert not wrong, "\n".join(wrong)
    assert _rows_without_kept(dsn, tables) == _rows_without_kept(native, tables)


def _without_kept(found: Fingerprint) -> Fingerprint:
    return {
        name: _unpublished(text) if name.startswith("publication ") else text
        for name, text in found.items()
        if f".{_KEPT}" not in name and not name.startswith("claim on")
    }


def _unpublished(text: str) -> str:
    """A publication of all columns has those that are kept too."""
    told = json.loads(text)
    columns = [name for name in told["columns"] or [] if not name.startswith(_KEPT)]
    return json.dumps({**told, "columns": columns}, sort_keys=True)


def _rows_without_kept(dsn: str, tables: tuple[str, ...]) -> list[str]:
    found = []
    for row in rows(dsn, *tables):
        table, _, text = row.partition(": ")
        values = json.loads(text)
        seen = {name: value for name, value in values.items() if not name.startswith(_KEPT)}
        found.append(f"{table}: {json.dumps(seen, sort_keys=True)}")
    return sorted(found)
