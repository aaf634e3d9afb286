"""The database's tables from one release to the next, by the steps in exchange/migrations.

nothing there ──┐
0.1.0, no note ─┼──▶ steps, all in one transaction ──▶ head
an older note ──┘
a newer note ──────▶ refused: this coursekit does not know those tables
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from coursekit.model.errors import ServiceFault

_FIRST = "0001"
"""The tables of release 0.1.0, which left no note of their version."""
_LOCK = (0x636B, 1)
"""PostgreSQL's advisory lock for changing tables: a number of two parts, so that the ledger's can be others."""


def scripts() -> Path:
    """The folder of the steps: inside the installed package, or in a checkout."""
    installed = Path(__file__).parent / "migrations"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "exchange" / "migrations"


def head() -> str:
    """The version that this coursekit works with. Versions are four digits, and files begin with them."""
    # Alembic would say it as well, and take longer to import than the service takes to start.
    return max(path.name[:4] for path in (scripts() / "versions").glob("[0-9]*.py"))


def current(engine: Engine) -> str | None:
    """The version of the tables that are there; none where there are none. Changes nothing."""
    with engine.connect() as connection:
        found = current_of(connection)
        connection.rollback()
    return found


def current_of(connection: Connection) -> str | None:
    """The same, as this transaction sees it."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" in tables:
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        if found is not None:
            return found
    return _FIRST if "courses" in tables else None


def check(engine: Engine) -> None:
    """Raises ServiceFault when the tables are not those that this coursekit works with."""
    found, wanted = current(engine), head()
    if found is not None:
        check_not_ahead(found)
    if found != wanted:
        raise ServiceFault(
            "schema-behind",
            f"The database has the tables of version {found or 'nothing'}; this coursekit needs {wanted}.",
            "Back it up with `coursekit backup`, then run `coursekit migrate`.",
        )


def check_not_ahead(version: str) -> None:
    """Raises ServiceFault when that version is newer than this coursekit."""
    if version > head():
        raise _ahead(version, head())


def upgrade(engine: Engine) -> None:
    """Bring the tables to `head()`; all steps happen or none. Several processes may call it at once.

    Raises ServiceFault when the tables are newer than this coursekit.
    """
    # SQLite cannot change to WAL while another looks, so the lock is there before the first connection.
    with _file_lock(engine):
        if _is_at_head(current(engine)):
            return
        with _transaction(engine) as connection:
            # Again: another process may have done it while this one waited.
            if not _is_at_head(current_of(connection)):
                upgrade_within(connection, head())


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """One transaction in which nobody else changes tables; committed at the end, undone by an exception."""
    with _file_lock(engine), _transaction(engine) as connection:
        yield connection


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:one, :two)"), {"one": _LOCK[0], "two": _LOCK[1]}
            )
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def upgrade_within(connection: Connection, version: str) -> None:
    """The steps to `version`, in a transaction that whoever calls has begun and will end."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    if current_of(connection) == _FIRST:
        # Release 0.1.0 made its tables without Alembic: note which they are.
        command.stamp(config, _FIRST)
    command.upgrade(config, version)


def _is_at_head(found: str | None) -> bool:
    if found is not None:
        check_not_ahead(found)
    return found == head()


def _ahead(found: str, wanted: str) -> ServiceFault:
    return ServiceFault(
        "schema-ahead",
        f"The database has tables of version {found}, newer than this coursekit, which knows {wanted}.",
        "Install the newer coursekit again: pip install --upgrade coursekit.",
    )


@contextmanager
def _file_lock(engine: Engine) -> Iterator[None]:
    """SQLite has no locks by name; a file beside the database is one, and ends with the process that holds it."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        yield
        return
    with Path(engine.url.database).with_suffix(".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
