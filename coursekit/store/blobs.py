"""Bytes in a folder, each under its own SHA-256; written so that a power cut leaves all of a file or none.

aside ──write, fsync──▶ whole ──rename──▶ under its digest ──fsync of the folder──▶ a receipt may vouch for it
"""

from __future__ import annotations

import errno
import itertools
import os
import secrets
import shutil
from pathlib import Path

from coursekit.model.errors import NotNow, ServiceFault
from coursekit.model.ids import Digest
from coursekit.model.submission import sha256

ROOM = 64 * 1024 * 1024
"""Bytes that must be free for the service to call itself ready: a few of the largest hand-ins."""


def damaged() -> ServiceFault:
    """What every plug says of bytes that are gone, or not those that were kept."""
    return ServiceFault(
        "blob-damaged",
        "A stored file is gone or damaged.",
        "Tell whoever runs the exchange: they can restore it from a backup.",
    )


def _unkept(error: OSError) -> NotNow:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NotNow(
            "disk-full",
            "The exchange's disk is full; nothing of this was kept.",
            "Your work is safe where it is. Tell whoever runs the exchange, and try again later.",
        )
    return NotNow(
        "blobs-unwritable",
        "The exchange cannot keep files just now; nothing of this was kept.",
        "Your work is safe where it is. Try again in a minute; if it stays so, tell whoever runs the exchange.",
    )


class FolderBlobs:
    """Plugs into `ports.Blobs`. Several processes may share the folder, on one machine or over NFS."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # By chance, not by process number: in a container that is always the same, and a killed one leaves files.
        self._own = f".new-{secrets.token_hex(8)}"
        self._count = itertools.count()
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, content: bytes) -> Digest:
        """Keep the bytes; what is there already, and whole, is not written again."""
        digest = sha256(content)
        path = self._path(digest)
        try:
            # Looked at, not only looked for: a receipt must not vouch for a file that rotted meanwhile.
            is_there = path.read_bytes() == content
        except FileNotFoundError:
            is_there = False
        if not is_there:
            self._write(path, content)
        # Also for what was there: whoever wrote it a moment ago may not have come this far.
        sync_names(path.parent)
        return digest

    def get(self, digest: Digest) -> bytes:
        """The bytes, checked against their digest."""
        try:
            content = self._path(digest).read_bytes()
        except FileNotFoundError:
            raise damaged() from None
        if sha256(content) != digest:
            raise damaged()
        return content

    def check(self) -> None:
        """Whether the folder can be written to and has room. Raises ServiceFault."""
        try:
            aside = self._folder / f"{self._own}-{next(self._count)}"
            aside.write_bytes(b"ready?")
            aside.unlink()
            free = shutil.disk_usage(self._folder).free
        except OSError as error:
            raise ServiceFault(
                "blobs-unwritable",
                f"The exchange cannot keep files: {error.strerror}.",
                "Look at the folder of blobs: does it exist, is it this account's, is its disk full?",
            ) from error
        if free < ROOM:
            raise ServiceFault(
                "disk-full",
                "The exchange's disk is almost full.",
                "Make room on it, or put the blobs elsewhere with COURSEKIT_BLOBS.",
            )

    def _write(self, path: Path, content: bytes) -> None:
        try:
            # Beside its place, so that the rename stays within one file system.
            aside, handle = self._begin(path.parent)
        except OSError as error:
            raise _unkept(error) from error
        try:
            try:
                written = 0
                while written < len(content):
                    written += os.write(handle, memoryview(content)[written:])
                # Before the name: under its digest a file is whole, or it is not there.
                os.fsync(handle)
            finally:
                os.close(handle)
            aside.replace(path)
        except BaseException as error:
            aside.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise _unkept(error) from error
            raise

    def _begin(self, folder: Path) -> tuple[Path, int]:
        """A file that no other writer has, and its handle."""
        while True:
            aside = folder / f"{self._own}-{next(self._count)}"
            try:
                return aside, os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                # Left by a killed process that had this one's number, as in a container each has.
                continue
            except FileNotFoundError:
                # One folder for each of the 256 beginnings of a digest, made with its first file.
                folder.mkdir(parents=True, exist_ok=True)
                sync_names(self._folder)

    def _path(self, digest: Digest) -> Path:
        return self._folder / digest[:2] / digest


def sync_names(folder: Path) -> None:
    """Return when the names in a folder would survive a power cut, as the contents of its files do."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
