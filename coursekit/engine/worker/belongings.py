"""The files of a submission as they were at one moment: a check finds what lay there when its cell had its turn.

A snapshot holds the memory of a process, not its folder, where later cells write on. What was noted before the
snapshot is put back before its check.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_LARGE = 8 << 20
_ALL = 64 << 20
"""Bytes of one file, and of all of them, that are kept. What is larger stays as it is."""

_Signature = tuple[int, int, int]


@dataclass(frozen=True)
class _Noted:
    """One file."""

    signature: _Signature
    content: bytes | None = None
    """None where it is the author's, which can be fetched again, or too large."""


class Belongings:
    """Forked with the line: each snapshot has its own memory of them."""

    def __init__(self, roots: Sequence[str], authors: Mapping[str, str]) -> None:
        """`authors`: path → where the author's file lies, which nobody here can write."""
        self._roots = roots
        self._authors = authors
        self._first = dict(self._look())
        self._files: dict[str, _Noted] = {}
        self._folders: set[str] = set()

    def note(self) -> None:
        """Remember what lies there now."""
        before, room = self._files, _ALL
        self._files, self._folders = {}, set()
        for path, signature in self._look():
            if signature is None:
                self._folders.add(path)
                continue
            content = None
            is_authors = path in self._authors and self._first.get(path) == signature
            if not is_authors and signature[1] <= min(_LARGE, room):
                # Read each time: a file can change within one tick of its clock.
                content, known = _read(path), before.get(path)
                if known is not None and known.content == content:
                    # Held once by all snapshots.
                    content = known.content
            room -= len(content or b"")
            self._files[path] = _Noted(signature, content)

    def put_back(self) -> None:
        """Make it so again."""
        # Unlinking needs the names first.
        there = list(self._look())
        for path, signature in there:
            if signature is None and path not in self._folders:
                shutil.rmtree(path, ignore_errors=True)
            elif signature is not None and path not in self._files:
                with contextlib.suppress(OSError):
                    os.unlink(path)  # noqa: PTH108
        for path in sorted(self._folders):
            with contextlib.suppress(OSError):
                os.makedirs(path, exist_ok=True)  # noqa: PTH103
        now = dict(there)
        for path, noted in self._files.items():
            content = noted.content
            if content is None and now.get(path) != noted.signature and path in self._authors:
                content = _read(self._authors[path])
            if content is not None and _read(path) != content:
                with contextlib.suppress(OSError), open(path, "wb") as file:  # noqa: PTH123
                    # In its place: what a cell holds open goes on being this file.
                    file.write(content)

    def _look(self) -> Iterator[tuple[str, _Signature | None]]:
        """Every folder and plain file; folders have no signature."""
        waiting = list(self._roots)
        while waiting:
            place = waiting.pop()
            with contextlib.suppress(OSError), os.scandir(place) as entries:
                device = os.stat(place).st_dev  # noqa: PTH116
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        # Python itself may be mounted below /tmp: nothing of it is anybody's here.
                        if entry.stat(follow_symlinks=False).st_dev == device:
                            waiting.append(entry.path)
                            yield entry.path, None
                    elif entry.is_file(follow_symlinks=False):
                        stat = entry.stat(follow_symlinks=False)
                        yield entry.path, (stat.st_mtime_ns, stat.st_size, stat.st_ino)


def _read(path: str) -> bytes | None:
    with contextlib.suppress(OSError), open(path, "rb") as file:  # noqa: PTH123
        return file.read()
    return None
