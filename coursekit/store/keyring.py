"""The exchange's receipt keys in a folder: one signs, all stay published, each vouches for the next.

    keys/receipts/
      0001-8f3c….public.json     its public half, and who vouches for it; never changed, never taken away
      0001-8f3c….private         32 bytes, the owner's alone; may be taken away when a later key signs
      0002-…                     made by `coursekit keys rotate`; the newest signs

A key is there when its public half is: that is written last. One process at a time makes keys.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import ValidationError

from coursekit.model.errors import BadInput, ServiceFault
from coursekit.model.submission import canonical, sha256
from coursekit.store.keys import ReceiptSigner
from coursekit.wire.api import KeyShape

_PUBLIC = ".public.json"
_PRIVATE = ".private"
_NAME = re.compile(r"\d{4,}-[0-9a-f]{16}(\.public\.json|\.private)")


@dataclass(frozen=True)
class _Keys:
    """What the folder held at one look."""

    names: frozenset[str]
    """The files' names. Files are never changed, so equal names mean equal keys."""
    published: tuple[KeyShape, ...]
    """Oldest first."""
    signer: ReceiptSigner


class KeyRing:
    """Plugs into `ports.Signer`. A rotation by another process is noticed at the next look."""

    def __init__(self, folder: Path, adopt: Path | None = None) -> None:
        """The keys in `folder`; a first one is made when there is none.

        `adopt`: the one key file of release 0.1.0, which becomes the first when it is there. Raises ServiceFault
        when the newest key's private half is gone, or a file is damaged.
        """
        self._folder = folder
        if not _stems(_names(folder)):
            with _alone(folder):
                # Looked at again under the lock: of two services that start at once, one makes the key.
                if not _stems(_names(folder)):
                    _add(folder, _adopted(adopt) or Ed25519PrivateKey.generate(), before=None)
        self._keys = _read(folder, _names(folder))

    def pick(self) -> ReceiptSigner:
        """The key that signs now. Id and signature are to be taken from the one that this gives."""
        return self._look().signer

    def published(self) -> list[KeyShape]:
        """All public keys, oldest first."""
        return list(self._look().published)

    def rotate(self, is_endorsed: bool = True) -> KeyShape:
        """Make a new key, which signs from now on, and let the one before vouch for it.

        Not endorsed, it starts anew: for when the key before fell into wrong hands. Raises ServiceFault when the
        newest key's private half is gone and it should vouch.
        """
        with _alone(self._folder):
            names = _names(self._folder)
            before = _read(self._folder, names).signer if is_endorsed else None
            return _add(self._folder, Ed25519PrivateKey.generate(), before)

    def _look(self) -> _Keys:
        # A share that is away for a moment takes no key away from who has read it, and stops no hand-in.
        # `coursekit doctor` tells the operator.
        with contextlib.suppress(ServiceFault):
            names = _names(self._folder)
            if names != self._keys.names:
                self._keys = _read(self._folder, names)
        return self._keys


def endorsed_bytes(key: str, public_key: str, endorsed_by: str) -> bytes:
    """What the key `endorsed_by` signs to vouch for another. No receipt has these fields."""
    return canonical(
        {"purpose": "coursekit.key/1", "key": key, "public_key": public_key, "endorsed_by": endorsed_by}
    )


def vouched(anchors: Iterable[KeyShape], offered: Iterable[KeyShape]) -> dict[str, str]:
    """The anchors, and those offered that an unbroken row of endorsements leads to: id → public key, base64."""
    trusted = {a.key: a.public_key for a in anchors if _is_named_right(a)}
    waiting = [k for k in offered if k.endorsed_by and _is_named_right(k)]
    grew = True
    while grew:
        grew = False
        for key in waiting:
            if key.key not in trusted and key.endorsed_by in trusted and _is_endorsed(key, trusted):
                trusted[key.key] = key.public_key
                grew = True
    return trusted


def _is_named_right(key: KeyShape) -> bool:
    try:
        return sha256(base64.b64decode(key.public_key, validate=True))[:16] == key.key
    except ValueError:
        return False


def _is_endorsed(key: KeyShape, trusted: dict[str, str]) -> bool:
    message = endorsed_bytes(key.key, key.public_key, key.endorsed_by)
    try:
        raw = base64.b64decode(trusted[key.endorsed_by])
        Ed25519PublicKey.from_public_bytes(raw).verify(base64.b64decode(key.endorsement), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _names(folder: Path) -> frozenset[str]:
    try:
        # Looked at for every receipt, so as plainly as it goes.
        found = os.listdir(folder)  # noqa: PTH208
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        raise ServiceFault(
            "keys-unreadable",
            f"The folder of the receipt keys, {folder}, cannot be read: {error.strerror}.",
            "Run `coursekit doctor` on the exchange's machine.",
        ) from error
    # What is called otherwise is still being written, or somebody's note.
    return frozenset(filter(_NAME.fullmatch, found))


def _stems(names: Iterable[str]) -> list[str]:
    """`0001-8f3c…` of each key whose public half is there, oldest first."""
    stems = (n.removesuffix(_PUBLIC) for n in names if n.endswith(_PUBLIC))
    return sorted(stems, key=lambda stem: (_number(stem), stem))


def _number(stem: str) -> int:
    return int(stem.partition("-")[0])


def _read(folder: Path, names: frozenset[str]) -> _Keys:
    stems = _stems(names)
    if not stems:
        raise ServiceFault(
            "no-keys",
            f"There are no receipt keys in {folder} any more.",
            "Put the folder back from a backup: without it no receipt can be given or checked.",
        )
    published = tuple(_read_public(folder / f"{stem}{_PUBLIC}") for stem in stems)
    newest = folder / f"{stems[-1]}{_PRIVATE}"
    try:
        signer = ReceiptSigner(Ed25519PrivateKey.from_private_bytes(newest.read_bytes()))
    except (OSError, ValueError) as error:
        raise ServiceFault(
            "no-signing-key",
            f"The newest receipt key, {published[-1].key}, cannot sign: its private half {newest.name} is gone "
            "or damaged.",
            "Put it back from a backup; if it is lost, run `coursekit keys rotate --start-anew`.",
        ) from error
    if signer.key_id != published[-1].key:
        raise ServiceFault(
            "keys-mixed-up",
            f"{newest.name} is not the private half of key {published[-1].key}.",
            "Put the folder of keys back from a backup, as a whole.",
        )
    return _Keys(names, published, signer)


def _read_public(path: Path) -> KeyShape:
    try:
        return KeyShape.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ServiceFault(
            "key-damaged",
            f"The public key {path.name} cannot be read.",
            "Put it back from a backup: receipts that it signed cannot be checked without it.",
        ) from error


def _add(folder: Path, private: Ed25519PrivateKey, before: ReceiptSigner | None) -> KeyShape:
    signer = ReceiptSigner(private)
    key = KeyShape(key=signer.key_id, public_key=signer.public_key)
    if before is not None:
        message = endorsed_bytes(key.key, key.public_key, before.key_id)
        key = key.model_copy(update={"endorsed_by": before.key_id, "endorsement": before.sign(message)})
    stems = _stems(_names(folder))
    stem = f"{_number(stems[-1]) + 1 if stems else 1:04}-{signer.key_id}"
    _write(folder / f"{stem}{_PRIVATE}", private.private_bytes_raw(), 0o600)
    _write(folder / f"{stem}{_PUBLIC}", (key.model_dump_json(indent=1) + "\n").encode(), 0o644)
    return key


def _adopted(file: Path | None) -> Ed25519PrivateKey | None:
    if file is None or not file.exists():
        return None
    try:
        return Ed25519PrivateKey.from_private_bytes(file.read_bytes())
    except (OSError, ValueError) as error:
        # A new key in its place would make every receipt so far look like a stranger's.
        raise ServiceFault(
            "key-damaged", f"The receipt key {file} cannot be read.", "Put it back from a backup."
        ) from error


def _write(path: Path, content: bytes, mode: int) -> None:
    """Under its name whole or not at all, and on the disk before anything is signed with it."""
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(aside)
    finally:
        Path(aside).unlink()
    number = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time that makes a key here. Raises BadInput when the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (folder / ".lock").open("ab")
    except OSError as error:
        raise BadInput(
            "keys-unwritable",
            f"No key can be kept in {folder}: {error.strerror}.",
            "Give the exchange's account a folder that it may write to: COURSEKIT_KEYS names it.",
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
