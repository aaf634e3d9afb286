"""The exchange's receipt keys, wherever the settings keep them. Replicas share that folder."""

from __future__ import annotations

from pathlib import Path

from coursekit.model.errors import BadInput
from coursekit.store.keyring import KeyRing
from coursekit.wiring.settings import storage


def open_ring(keys: Path) -> KeyRing:
    """The receipt keys below the folder of keys, made on first use; release 0.1.0's one key becomes the first."""
    return KeyRing(keys / "receipts", adopt=keys / "receipts.ed25519")


def find_ring(keys: Path | None) -> KeyRing:
    """The keys of an exchange that has some; the settings' folder when none is named. Raises BadInput."""
    folder = keys or storage().keys
    # Making keys here, because somebody stood in the wrong folder, would be an exchange that nobody runs.
    if not (folder / "receipts").is_dir() and not (folder / "receipts.ed25519").exists():
        raise BadInput(
            "no-exchange-here",
            f"No exchange keeps its keys in {folder}.",
            "Run this on the exchange's machine, with COURSEKIT_DATA or COURSEKIT_KEYS as the service has them.",
        )
    return open_ring(folder)
