"""The service's parts, picked by the settings: a ledger, a place for bytes, keys, the clock.

ledger   SQLite in the data folder        or PostgreSQL, which several services may share
blobs    a folder, the ledger's database, or an S3-compatible store
keys     a folder, which several services share
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine

from coursekit.model.errors import BadInput, ServiceFault
from coursekit.model.ids import UserId
from coursekit.policy.uploads import Limits
from coursekit.ports import Blobs, Clock, SigningKey
from coursekit.services.desk import Exchange
from coursekit.store.blobs import FolderBlobs
from coursekit.store.keyring import KeyRing
from coursekit.store.keys import LocalTokens, load_or_create
from coursekit.store.ledger import PostgresLedger, SqliteLedger, SqlLedger, open_postgres, open_sqlite
from coursekit.wire.api import KeyShape
from coursekit.wiring.clock import utc_now
from coursekit.wiring.ring import open_ring
from coursekit.wiring.settings import Storage

OPERATOR = UserId("operator")
"""Whoever works on the exchange's own data folder; the audit log names them so."""


@dataclass(frozen=True)
class Embedded:
    """An exchange, with the parts that it was opened on."""

    exchange: Exchange
    ledger: SqlLedger
    tokens: LocalTokens
    ring: KeyRing
    clock: Clock

    def issue_token(self, user: UserId, valid: timedelta) -> str:
        """A token for somebody, from now on."""
        return self.tokens.issue(user, self.clock(), valid)

    def identify(self, token: str) -> UserId:
        """Whose token it is. Raises Unauthenticated."""
        return self.tokens.verify(token, self.clock())

    def public_keys(self) -> list[KeyShape]:
        """What verifies its receipts: all keys there ever were, oldest first."""
        return self.ring.published()


def open_embedded(data: Path, clock: Clock = utc_now, limits: Limits | None = None) -> Embedded:
    """The exchange in that folder alone, whatever the environment says; made on first use."""
    return open_exchange(Storage(data, None, "folder", data / "keys"), clock, limits)


def open_exchange(storage: Storage, clock: Clock = utc_now, limits: Limits | None = None) -> Embedded:
    """The exchange that the settings describe, made on first use, its tables brought up to this release.

    Raises BadInput for settings that cannot be, ServiceFault when the database cannot be used.
    """
    storage.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    ledger = _open_ledger(storage)
    ring = open_ring(storage.keys)
    tokens = LocalTokens(load_or_create(storage.keys / "tokens.ed25519"), clock)
    exchange = Exchange(ledger, open_blobs(storage, ledger.engine), ring, clock, limits or Limits())
    return Embedded(exchange, ledger, tokens, ring, clock)


@dataclass(frozen=True)
class Unsigned:
    """What the checks of written answers work on: an exchange that signs nothing."""

    exchange: Exchange
    ledger: SqlLedger


def open_for_checks(storage: Storage, clock: Clock = utc_now) -> Unsigned:
    """The same without its keys, which are none of the checks' business. Raises as `open_exchange` does."""
    storage.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    ledger = _open_ledger(storage)
    return Unsigned(Exchange(ledger, open_blobs(storage, ledger.engine), _NoKeys(), clock), ledger)


class _NoKeys:
    def pick(self) -> SigningKey:
        raise ServiceFault(
            "no-keys",
            "The checks of written answers sign nothing.",
            "This is a mistake in coursekit: please report it.",
        )


def _open_ledger(storage: Storage) -> SqliteLedger | PostgresLedger:
    if storage.database is None:
        return open_sqlite(storage.data / "ledger.sqlite")
    check_driver()
    return open_postgres(storage.database)


def check_driver() -> None:
    """Raises BadInput while PostgreSQL's driver is not installed."""
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise BadInput(
            "no-psycopg",
            "PostgreSQL needs the package psycopg.",
            "Install it: pip install 'coursekit[postgres]'.",
        ) from error


def open_blobs(storage: Storage, engine: Engine) -> Blobs:
    """Where the settings keep bytes. Raises BadInput."""
    if storage.blobs == "folder":
        return FolderBlobs(storage.data / "blobs")
    if storage.blobs == "database":
        from coursekit.store.blobs_sql import SqlBlobs

        return SqlBlobs(engine)
    from coursekit.store.blobs_object import open_s3

    return open_s3(storage.blobs)
