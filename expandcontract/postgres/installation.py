"""Brings the ledger's schema to this release's version; safe to run by many at once."""

from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files

from expandcontract.errors import LedgerTooNewError
from expandcontract.postgres.session import Session, transaction

INSTALL_LOCK = "7305813442103"
"""Key of the transaction-level advisory lock that lets one installer work at a time."""

HAS_SCHEMA = "SELECT pg_catalog.to_regnamespace('expandcontract') IS NOT NULL"
HAS_VERSIONS = "SELECT pg_catalog.to_regclass('expandcontract.versions') IS NOT NULL"
NEWEST = "SELECT coalesce(max(number), 0) FROM expandcontract.versions"
RECORD = """
    INSERT INTO expandcontract.versions (number, name, release)
    VALUES (%(number)s::integer, %(name)s, %(release)s)
"""


def release() -> str:
    """The installed version of this package."""
    try:
        return version("expandcontract")
    except PackageNotFoundError:
        return "0"


def scripts() -> tuple[tuple[int, str, str], ...]:
    """Number, name and text of every file, in order."""
    folder = files("expandcontract.postgres.schema")
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".sql")]
    numbered = sorted((int(entry.name[:4]), entry) for entry in found)
    return tuple(
        (number, entry.name.removesuffix(".sql"), entry.read_text("utf-8"))
        for number, entry in numbered
    )


def commands(script: str) -> tuple[str, ...]:
    r"""The commands of one file; a line that ends with a semicolon ends one.

    >>> commands("A;\n\n-- why;\nB\n  c;\n")
    ('A', '-- why;\nB\n  c')
    """
    made: list[str] = []
    lines: list[str] = []
    for line in script.splitlines():
        lines.append(line)
        if line.endswith(";") and not line.startswith("--"):
            made.append("\n".join(lines).strip()[:-1])
            lines = []
    return tuple(made)


def installed(session: Session) -> int:
    """The number of the newest script applied; 0 where there is no ledger."""
    if not session.rows(HAS_VERSIONS)[0][0]:
        return 0
    return int(session.rows(NEWEST)[0][0])


def install(session: Session) -> None:
    """Apply what is missing. Where nothing is, this is one query and needs no privilege."""
    all_scripts = scripts()
    newest = all_scripts[-1][0]
    if (found := installed(session)) == newest:
        return
    if found > newest:
        raise LedgerTooNewError(found, newest)
    with transaction(session):
        session.rows(f"SELECT pg_catalog.pg_advisory_xact_lock({INSTALL_LOCK})")
        if not session.rows(HAS_SCHEMA)[0][0]:
            session.run("CREATE SCHEMA expandcontract")
        done = installed(session)
        for number, name, script in all_scripts:
            if number > done:
                for command in commands(script):
                    session.run(command)
                session.run(RECORD, {"number": str(number), "name": name, "release": release()})
