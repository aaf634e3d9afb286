"""The exchange's own keys (Ed25519, RFC 8032): one signs receipts, another signs tokens."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from coursekit.model.errors import Unauthenticated
from coursekit.model.ids import UserId, is_user
from coursekit.model.people import Identity
from coursekit.model.submission import Receipt, sha256
from coursekit.ports import Clock

_ISSUER = "coursekit"
_MOST_KNOWN = 4096


def load_or_create(path: Path) -> Ed25519PrivateKey:
    """The private key in that file, made on first use; readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = Ed25519PrivateKey.generate().private_bytes_raw()
        # Written aside (mkstemp's mode is 0600), then linked: of two services that start at once, one gives
        # its key the name and the other reads that, and neither ever sees half a key.
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(aside)
        finally:
            Path(aside).unlink()
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


class ReceiptSigner:
    """One receipt key; plugs into `ports.Signer` where there is no other."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = base64.b64encode(key.public_key().public_bytes_raw()).decode()
        self._key_id = sha256(key.public_key().public_bytes_raw())[:16]

    @property
    def key_id(self) -> str:
        """The first 16 hexadecimal digits of the public key's SHA-256."""
        return self._key_id

    def pick(self) -> ReceiptSigner:
        """Itself: there is no other."""
        return self

    def sign(self, message: bytes) -> str:
        """An Ed25519 signature in base64."""
        return base64.b64encode(self._key.sign(message)).decode()


def is_genuine(receipt: Receipt, public_keys: Mapping[str, str]) -> bool:
    """Whether one of the exchange's keys (id → raw public key in base64) signed exactly this receipt."""
    raw = public_keys.get(receipt.key)
    if raw is None:
        return False
    try:
        signature = base64.b64decode(receipt.signature, validate=True)
        Ed25519PublicKey.from_public_bytes(base64.b64decode(raw)).verify(signature, receipt.signed_bytes())
    except (InvalidSignature, ValueError):
        return False
    # Base64 spells the same bytes in several ways; the next receipt's `previous` knows only one of them.
    return base64.b64encode(signature).decode() == receipt.signature


class LocalTokens:
    """Signed tokens for an exchange without a Hub: JSON Web Tokens (RFC 7519) with EdDSA.

    A token says who somebody is and nothing more; what they may do stands in the ledger.
    """

    def __init__(self, key: Ed25519PrivateKey, clock: Clock) -> None:
        self._key = key
        self._clock = clock
        self._known: dict[bytes, tuple[UserId, float, float]] = {}

    async def identify(self, token: str, fresh: bool) -> Identity:
        """Its owner. Signatures do not change, so `fresh` changes nothing."""
        return Identity(self.verify(token, self._clock()))

    def issue(self, user: UserId, now: datetime, valid: timedelta) -> str:
        """A token for `user` that holds from now for `valid`."""
        claims = {"iss": _ISSUER, "sub": user, "iat": now, "exp": now + valid}
        return jwt.encode(claims, self._key, algorithm="EdDSA")

    def verify(self, token: str, now: datetime) -> UserId:
        """Whose token it is. Raises Unauthenticated."""
        name = hashlib.sha256(token.encode(errors="surrogatepass")).digest()
        user, begins, expires = self._known.get(name) or self._read(token)
        # Asked so that NaN, which is on no side of anything, is no time either.
        if not is_user(user) or not begins <= now.timestamp() < expires:
            raise Unauthenticated(
                "token-expired",
                "Your token is no longer valid.",
                "Get a new one: restart your server, or ask for `coursekit token YOU`.",
            )
        # A signature is looked at once; the token itself is not kept.
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[name] = (user, begins, expires)
        return user

    def _read(self, token: str) -> tuple[UserId, float, float]:
        try:
            # The clock is ours, so PyJWT must not consult its own; we compare its times above.
            claims = jwt.decode(
                token,
                self._key.public_key(),
                algorithms=["EdDSA"],
                issuer=_ISSUER,
                options={
                    "require": ["sub", "exp", "iss"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
            return UserId(claims["sub"]), float(claims.get("nbf", 0)), float(claims["exp"])
        except (jwt.InvalidTokenError, ValueError, TypeError) as error:
            raise Unauthenticated(
                "bad-token",
                "Your token does not hold.",
                "Get a new one: restart your server, or ask for `coursekit token YOU`.",
            ) from error


def claims_to_be_ours(token: str) -> bool:
    """Whether a token names an exchange as its issuer, whoever really made it; nothing is verified."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.InvalidTokenError, ValueError):
        return False
    return claims.get("iss") == _ISSUER
