"""What a learner's folders keep to prove what was handed in: receipts, and the keys that verify them.

    spike-at-65/.coursekit/
      commitments/p2.json    revisions/p2-….json    submissions/….json
      keys.json              the exchange's public keys as they were at the fetch, as /api/v1/keys gives them

The keys kept first are the anchor. A later one is added only when a key that is there vouches for it.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from coursekit.model.errors import BadInput
from coursekit.model.ids import Digest
from coursekit.model.submission import Receipt, ReceiptKind, canonical, sha256
from coursekit.store.keyring import vouched
from coursekit.wire.api import KeyShape, ReceiptShape
from coursekit.wire.receipts import receipt_from_shape

_OWN = ".coursekit"
_KEPT_IN = {
    "commitments": ReceiptKind.COMMITMENT,
    "revisions": ReceiptKind.COMMITMENT,
    "submissions": ReceiptKind.SUBMISSION,
}
_KEYS: TypeAdapter[list[KeyShape]] = TypeAdapter(list[KeyShape])


@dataclass(frozen=True)
class KeptReceipt:
    """A receipt and where it was found."""

    path: Path
    folder: Path | None
    """The module's folder; none for a file that lies elsewhere."""
    receipt: Receipt | None
    """None when the file is no receipt."""
    is_in_place: bool = True
    """False when its name belongs to another receipt, as after a swap of two files."""
    answer: Digest | None = None
    """The digest of the answer kept with it; none where no answer is kept."""


def find_receipts(path: Path) -> list[KeptReceipt]:
    """The receipts in a file, in a module's folder or anywhere below a course's; in the order of their names.

    A file may hold one receipt or a list of them. Raises BadInput when there is nothing at `path`.
    """
    if path.is_dir():
        return [kept for folder in sorted(_module_folders(path)) for kept in _in_folder(folder)]
    if not path.exists():
        raise BadInput("no-such-file", f"There is no {path}.", "Look for a typing mistake.")
    return list(_in_file(path))


def find_keys(folder: Path) -> list[KeyShape]:
    """The keys kept with a module, oldest first; empty when there are none, or nobody can read them."""
    try:
        return read_keys(folder / _OWN / "keys.json")
    except BadInput:
        return []


def read_keys(path: Path) -> list[KeyShape]:
    """The keys in a file. Raises BadInput when there are none."""
    try:
        keys = _KEYS.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise BadInput(
            "not-keys", f"{path} has no keys in it.", "Save what the exchange answers at /api/v1/keys."
        ) from error
    if not keys:
        raise BadInput("not-keys", f"{path} has no keys in it.", "Save what /api/v1/keys answers.")
    return keys


def keep_keys(folder: Path, offered: Sequence[KeyShape]) -> None:
    """Keep the exchange's keys with a module. Those kept stay; of the new ones, those that they vouch for.

    Raises OSError when the folder cannot be written.
    """
    kept = find_keys(folder)
    good = vouched(kept or offered, offered)
    known = {key.key for key in kept}
    added = [key for key in offered if key.key not in known and good.get(key.key) == key.public_key]
    if added:
        _write(folder / _OWN / "keys.json", _KEYS.dump_json([*kept, *added], indent=1) + b"\n")


def _module_folders(folder: Path) -> Iterator[Path]:
    for here, below, _ in os.walk(folder):
        # Copies that an update kept are below the hidden folder; their receipts stand outside it as well.
        if _OWN in below and not (Path(here) / _OWN).is_symlink():
            yield Path(here)
        below[:] = [name for name in below if not name.startswith(".")]


def _in_folder(folder: Path) -> Iterator[KeptReceipt]:
    for name in _KEPT_IN:
        for path in sorted((folder / _OWN / name).glob("*.json")):
            yield from _in_file(path)


def _in_file(path: Path) -> Iterator[KeptReceipt]:
    place = path.absolute().parent
    folder = place.parent.parent if place.parent.name == _OWN and place.name in _KEPT_IN else None
    try:
        value = json.loads(path.read_bytes())
        kept = [_kept(path, folder, entry) for entry in (value if isinstance(value, list) else [value])]
    # A deep enough nest of brackets is a RecursionError; half an emoji has no bytes and is a ValueError.
    except (OSError, ValueError, AttributeError, RecursionError, ValidationError):
        kept = [KeptReceipt(path, folder, None)]
    yield from kept


def _kept(path: Path, folder: Path | None, value: Any) -> KeptReceipt:
    receipt = receipt_from_shape(ReceiptShape.model_validate(value.get("receipt", value)))
    # Its digest is asked for later, and must have one.
    receipt.own_digest()
    if folder is None:
        return KeptReceipt(path, None, receipt)
    answer = value.get("response")
    return KeptReceipt(
        path,
        folder,
        receipt,
        is_in_place=_is_in_place(path, path.absolute().parent.name, receipt),
        answer=sha256(canonical(answer)) if isinstance(answer, dict) else None,
    )


def _is_in_place(path: Path, place: str, receipt: Receipt) -> bool:
    name = receipt.subject
    if place == "revisions":
        name = f"{receipt.subject}-{receipt.own_digest()[:12]}"
    return receipt.kind is _KEPT_IN[place] and path.stem == name


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".keys-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(path)
    except OSError:
        Path(aside).unlink(missing_ok=True)
        raise
