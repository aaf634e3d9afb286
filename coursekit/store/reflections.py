"""The record of a module's checks, on the grader's disk, and all that went into them.

<course>/.coursekit/reflections/
  <module>.jsonl        one line for each thing that was done; only ever grows
  inputs/ab/ab12…       texts and documents by their SHA-256, shared by all lines that name them
  key                   by chance; with it, submissions that came without an id get a name that is nobody's

A line is on the disk before anybody is told of it, and what it names before the line. A line that was cut off at
the very end (the power went) is taken away, and that is told; anything else that is wrong is left for a person.
"""

from __future__ import annotations

import contextlib
import fcntl
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from coursekit.model.errors import BadInput
from coursekit.model.ids import Digest
from coursekit.model.submission import sha256
from coursekit.policy.reflection.record import Entry, Fault, Kind, read, seal
from coursekit.store.blobs import sync_names

FOLDER = "reflections"
_KEY = 32
"""Bytes."""


class Inputs:
    """Bytes under their digests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: set[Digest] = set()

    def put(self, contents: Iterable[bytes]) -> list[Digest]:
        """Keep these; they are on the disk when this returns. What is there already is not written again."""
        digests, new = [], {}
        for content in contents:
            digest = sha256(content)
            digests.append(digest)
            if digest not in self._known and not self._is_whole(digest, content):
                new[digest] = content
        folders = set()
        asides: list[tuple[Path, Path]] = []
        for digest, content in new.items():
            path = self._path(digest)
            if not path.parent.is_dir():
                path.parent.mkdir(parents=True, exist_ok=True)
                folders |= {self._folder, self._folder.parent}
            folders.add(path.parent)
            aside = path.with_name(f".new-{uuid4().hex}")
            aside.write_bytes(content)
            asides.append((aside, path))
        # All are written before the first is waited for: the disk then makes sure of many at once.
        for aside, path in asides:
            _sync(aside)
            aside.replace(path)
        for folder in folders:
            sync_names(folder)
        self._known |= new.keys()
        return digests

    def find(self, digest: str) -> bytes | None:
        """The bytes; none where they are not there, or not those that were kept."""
        try:
            content = self._path(digest).read_bytes()
        except OSError:
            return None
        return content if sha256(content) == digest else None

    def _is_whole(self, digest: Digest, content: bytes) -> bool:
        try:
            is_there = self._path(digest).read_bytes() == content
        except OSError:
            return False
        if is_there:
            self._known.add(digest)
        return is_there

    def _path(self, digest: str) -> Path:
        # Digests also come out of files that anybody may have written.
        name = digest if digest.isalnum() else "none"
        return self._folder / name[:2] / name


class ReflectionRecord:
    """One module's record. Several processes may write to it: each line is written under a lock."""

    def __init__(self, folder: Path, module: str) -> None:
        """`folder`: `<course>/.coursekit/reflections`. Nothing is made before the first line is written."""
        self._folder = folder
        self._path = folder / f"{module}.jsonl"
        self.inputs = Inputs(folder / "inputs")
        self._entries: list[Entry] = []
        self._offset = 0
        self.told = ""
        """What was mended, in a sentence."""

    @classmethod
    def at(cls, path: Path) -> ReflectionRecord:
        """The record in that file."""
        return cls(path.parent, path.name.removesuffix(".jsonl"))

    @property
    def path(self) -> Path:
        """Its file."""
        return self._path

    def is_there(self) -> bool:
        """Whether anything was recorded yet."""
        return self._path.is_file()

    def name_of(self, *parts: str) -> Digest:
        """A name for something of somebody's, from which nobody can tell whose it is without the key."""
        key = self._key()
        return Digest(hmac.new(key, json.dumps(parts).encode(), "sha256").hexdigest())

    def _key(self) -> bytes:
        path = self._folder / "key"
        try:
            self._make_folder()
            with contextlib.suppress(FileExistsError):
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                try:
                    os.write(handle, secrets.token_bytes(_KEY))
                    os.fsync(handle)
                finally:
                    os.close(handle)
                sync_names(self._folder)
            return path.read_bytes()
        except OSError as error:
            raise _unreadable(path, error) from None

    def _make_folder(self) -> None:
        if not self._folder.is_dir():
            self._folder.mkdir(parents=True, exist_ok=True)
            # What learners wrote does not belong among a course's sources.
            (self._folder / ".gitignore").write_text("*\n")

    def look(self) -> tuple[list[Entry], list[Fault]]:
        """All lines as they are, and what is wrong with any. Nothing is mended, nobody is waited for."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return [], []
        except OSError as error:
            raise _unreadable(self._path, error) from None
        return read(content.splitlines(keepends=True) if content else [])

    def entries(self) -> Sequence[Entry]:
        """All lines up to now. Raises BadInput when the record does not hold."""
        if self.is_there():
            with self._locked() as handle:
                self._catch_up(handle)
        return self._entries

    def append(
        self, lines: Iterable[tuple[Kind, Mapping[str, Any]]], at: datetime, inputs: Iterable[bytes] = ()
    ) -> list[Entry]:
        """Write these lines, all in one go; `inputs` are kept before. They are on the disk when this returns.

        Raises BadInput when the record does not hold, or cannot be written.
        """
        lines = list(lines)
        if not lines:
            return []
        with self._locked(make=True) as handle:
            self._catch_up(handle)
            self.inputs.put(inputs)
            new: list[Entry] = []
            previous = self._entries[-1].digest if self._entries else None
            for kind, body in lines:
                new.append(seal(kind, body, at, previous))
                previous = new[-1].digest
            content = b"".join(entry.line() for entry in new)
            os.lseek(handle, self._offset, os.SEEK_SET)
            try:
                written = 0
                while written < len(content):
                    written += os.write(handle, memoryview(content)[written:])
                os.fsync(handle)
            except OSError:
                # Half a line would be taken for a torn one by the next; take it away while we hold the lock.
                with contextlib.suppress(OSError):
                    os.ftruncate(handle, self._offset)
                raise
            if self._offset == 0:
                sync_names(self._folder)
            self._offset += len(content)
            self._entries += new
        return new

    @contextmanager
    def _locked(self, make: bool = False) -> Iterator[int]:
        try:
            if make:
                self._make_folder()
            handle = os.open(self._path, os.O_RDWR | (os.O_CREAT if make else 0), 0o666)
        except OSError as error:
            raise _unreadable(self._path, error) from None
        try:
            with contextlib.suppress(OSError):
                # Some network drives have no locks; nbgrader's own files have none either.
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        except OSError as error:
            raise _unreadable(self._path, error) from None
        finally:
            os.close(handle)

    def _catch_up(self, handle: int) -> None:
        """Read what somebody has written since."""
        size = os.fstat(handle).st_size
        if size < self._offset:
            raise _damaged(self._path, Fault(1, "It became shorter while we worked on it."))
        if size == self._offset:
            return
        content = _read_all(handle, self._offset, size)
        content = self._mended(handle, content)
        last = self._entries[-1].digest if self._entries else ""
        entries, faults = read(content.splitlines(keepends=True), last)
        if faults:
            raise _damaged(self._path, Fault(len(self._entries) + faults[0].line, faults[0].text))
        self._entries += entries
        self._offset += len(content)

    def _mended(self, handle: int, content: bytes) -> bytes:
        """Without a last line that was cut off."""
        whole, newline, rest = content.rpartition(b"\n")
        if not rest:
            return content
        try:
            json.loads(rest)
        except ValueError:
            kept = whole + newline
            os.ftruncate(handle, self._offset + len(kept))
            os.fsync(handle)
            self.told = (
                f"The last line of {self._path.name} was cut off when it was written, and was taken away."
            )
            return kept
        # Whole, but for its line break.
        os.pwrite(handle, b"\n", self._offset + len(content))
        os.fsync(handle)
        return content + b"\n"


def _read_all(handle: int, start: int, end: int) -> bytes:
    parts = []
    while start < end:
        part = os.pread(handle, end - start, start)
        if not part:
            break
        parts.append(part)
        start += len(part)
    return b"".join(parts)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _damaged(path: Path, fault: Fault) -> BadInput:
    return BadInput(
        "damaged-record",
        f"The record {path.name} does not hold at line {fault.line}: {fault.text}",
        f"Look at it with `coursekit reflect replay {path}`. Bring it back from a backup, or move it aside to "
        "begin a new one.",
    )


def _unreadable(path: Path, error: OSError) -> BadInput:
    return BadInput(
        "record-unwritable",
        f"The record {path} cannot be read or written: {error.strerror or error}.",
        "Check that the course’s folder is yours to write in, and that its disk has room.",
    )
