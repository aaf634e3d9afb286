"""Backing an exchange up, restoring it, and bringing its tables up: the parts that the settings name."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from coursekit.model.errors import BadInput
from coursekit.store import migrate
from coursekit.store.archive import Report, Summary, write_archive
from coursekit.store.ledger import postgres_engine, sqlite_engine
from coursekit.store.restore import read_archive, restore_archive
from coursekit.wiring.clock import utc_now
from coursekit.wiring.exchange import check_driver, open_blobs
from coursekit.wiring.ring import find_ring
from coursekit.wiring.settings import Storage


def backup(storage: Storage, file: Path, with_private_keys: bool, report: Report) -> Summary:
    """Write all of the exchange into `file`, while it runs. Raises BadInput, Conflict and ServiceFault."""
    engine = _engine(storage)
    ring = find_ring(storage.keys)
    public = {key.key: key.public_key for key in ring.published()}
    blobs = open_blobs(storage, engine)
    try:
        return write_archive(file, engine, blobs, storage.keys, public, utc_now(), with_private_keys, report)
    finally:
        engine.dispose()


def restore(storage: Storage, file: Path, report: Report) -> Summary:
    """Put the exchange in `file` where the settings say; it must be empty there. Raises BadInput and Conflict."""
    # Read through before anything is made: a damaged backup leaves no trace.
    opened = read_archive(file, report)
    storage.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = _engine(storage, is_new=True)
    try:
        restore_archive(opened, engine, open_blobs(storage, engine), storage.keys, report)
    finally:
        engine.dispose()
    return opened.summary


def bring_up(storage: Storage) -> tuple[str | None, str]:
    """Bring the tables to this release's: the version before, and the one after."""
    engine = _engine(storage)
    try:
        before = migrate.current(engine)
        migrate.upgrade(engine)
        return before, migrate.head()
    finally:
        engine.dispose()


def _engine(storage: Storage, is_new: bool = False) -> Engine:
    if storage.database is not None:
        check_driver()
        return postgres_engine(storage.database)
    file = storage.data / "ledger.sqlite"
    # Making an empty one, because somebody stood in the wrong folder, would be a backup of nothing.
    if not is_new and not file.exists():
        raise BadInput(
            "no-exchange-here",
            f"There is no exchange in {storage.data}.",
            "Give --data, COURSEKIT_DATA or COURSEKIT_DATABASE as the service has them.",
        )
    return sqlite_engine(file)
