"""The service's parts: SQLite, a folder of blobs, two keys, the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from coursekit.model.ids import UserId
from coursekit.policy.uploads import Limits
from coursekit.ports import Clock
from coursekit.services.desk import Exchange
from coursekit.store.blobs import FolderBlobs
from coursekit.store.keys import LocalTokens, ReceiptSigner, load_or_create
from coursekit.store.ledger import SqlLedger, open_sqlite
from coursekit.wiring.clock import utc_now

OPERATOR = UserId("operator")
"""Whoever works on the exchange's own data folder; the audit log names them so."""


@dataclass(frozen=True)
class Embedded:
    """An exchange in one folder of one machine."""

    exchange: Exchange
    ledger: SqlLedger
    tokens: LocalTokens
    signer: ReceiptSigner
    clock: Clock

    def issue_token(self, user: UserId, valid: timedelta) -> str:
        """A token for somebody, from now on."""
        return self.tokens.issue(user, self.clock(), valid)

    def identify(self, token: str) -> UserId:
        """Whose token it is. Raises Unauthenticated."""
        return self.tokens.verify(token, self.clock())

    def public_keys(self) -> dict[str, str]:
        """What verifies its receipts."""
        return {self.signer.key_id: self.signer.public_key}


def open_embedded(data: Path, clock: Clock = utc_now, limits: Limits | None = None) -> Embedded:
    """The exchange in that folder, made on first use."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    ledger = open_sqlite(data / "ledger.sqlite")
    signer = ReceiptSigner(load_or_create(data / "keys" / "receipts.ed25519"))
    exchange = Exchange(ledger, FolderBlobs(data / "blobs"), signer, clock, limits or Limits())
    tokens = LocalTokens(load_or_create(data / "keys" / "tokens.ed25519"))
    return Embedded(exchange, ledger, tokens, signer, clock)
