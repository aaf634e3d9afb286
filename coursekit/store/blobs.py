"""Bytes in a folder, each under its own SHA-256; written so that a power cut leaves all of a file or none."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from coursekit.model.errors import ServiceFault
from coursekit.model.ids import Digest
from coursekit.model.submission import sha256


class FolderBlobs:
    """Plugs into `ports.Blobs`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, content: bytes) -> Digest:
        """Keep the bytes; what is there already, and whole, is not written again."""
        digest = sha256(content)
        path = self._path(digest)
        # Looked at, not only looked for: a receipt must not vouch for a file that rotted meanwhile.
        if path.exists() and sha256(path.read_bytes()) == digest:
            return digest
        if not path.parent.exists():
            path.parent.mkdir(exist_ok=True)
            _sync_names(self._folder)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_names(path.parent)
        return digest

    def get(self, digest: Digest) -> bytes:
        """The bytes, checked against their digest."""
        try:
            content = self._path(digest).read_bytes()
        except FileNotFoundError:
            content = None
        if content is None or sha256(content) != digest:
            raise ServiceFault(
                "blob-damaged",
                "A stored file is gone or damaged.",
                "Tell whoever runs the exchange: they can restore it from a backup.",
            )
        return content

    def _path(self, digest: Digest) -> Path:
        return self._folder / digest[:2] / digest


def _sync_names(folder: Path) -> None:
    # A file's name must survive a power cut as well, not only its content.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
