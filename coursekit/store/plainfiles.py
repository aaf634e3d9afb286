"""Plain files in a learner's folder: read without following links, replaced in one step."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from io import BufferedReader
from pathlib import Path
from typing import Any

from coursekit.model.errors import BadInput, CoursekitError
from coursekit.model.ids import Digest

_CHUNK = 1 << 20


def plain_files(folder: Path, below: str = "") -> Iterator[str]:
    """The paths of the regular files in a module's folder; not hidden ones, not the feedback that was fetched."""
    for entry in _entries(folder):
        path = f"{below}{entry.name}"
        if is_passed_over(path):
            continue
        # A link could lead to anybody's file, or in a circle.
        if entry.is_dir(follow_symlinks=False):
            yield from plain_files(Path(entry.path), f"{path}/")
        elif entry.is_file(follow_symlinks=False):
            yield path


def odd_paths(folder: Path, below: str = "") -> Iterator[tuple[str, bool]]:
    """All that is there and is no regular file: the path, and whether it is a folder (and not a link to one)."""
    for entry in _entries(folder):
        path = f"{below}{entry.name}"
        if is_passed_over(path):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield path, True
            yield from odd_paths(Path(entry.path), f"{path}/")
        elif not entry.is_file(follow_symlinks=False):
            yield path, False


def is_passed_over(path: str) -> bool:
    """Whether what has this path belongs neither to the author nor to the learner."""
    name = path.rpartition("/")[2]
    return path == "feedback" or name.startswith(".") or name == "__pycache__" or name.endswith(".pyc")


def read_plain(path: Path) -> bytes | None:
    """The content of a regular file; none for anything else, even if it became that just now."""
    file = _open_plain(path)
    if file is None:
        return None
    with file:
        return file.read()


def digest_plain(path: Path) -> Digest | None:
    """The digest of a regular file, of whatever size; none for anything else. Raises BadInput."""
    file = _open_plain(path)
    if file is None:
        return None
    with file:
        return Digest(hashlib.file_digest(file, "sha256").hexdigest())


def copy_plain(path: Path, to: Path) -> Digest | None:
    """Copy a regular file to a new one, for good; the digest of what was copied, none for anything else.

    Raises OSError when it cannot be written, and BadInput when `path` cannot be read.
    """
    file = _open_plain(path)
    if file is None:
        return None
    to.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with file, to.open("xb") as copy:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    return Digest(digest.hexdigest())


def _open_plain(path: Path) -> BufferedReader | None:
    try:
        # Without O_NONBLOCK, opening a pipe would wait for somebody to write into it.
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink() or not path.is_file():
            return None
        raise unreadable(path, error) from None
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        return None
    return os.fdopen(number, "rb")


def read_json(path: Path, next_step: str) -> dict[str, Any] | None:
    """The object in a JSON file, or none when there is no file. Raises BadInput when it cannot be read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unreadable(path, error) from None
    return parse_json(path, content, next_step)


def parse_json(path: Path, content: bytes, next_step: str) -> dict[str, Any]:
    """The object in a JSON file that has been read. Raises BadInput."""
    try:
        # Some editors put a byte-order mark first.
        value = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise damaged(path, next_step) from None
    if not isinstance(value, dict):
        raise damaged(path, next_step)
    return value


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Replace a file by this value, in one step. Raises BadInput."""
    text = json.dumps(value, indent=1, ensure_ascii=False) + "\n"
    try:
        content = text.encode()
    except UnicodeEncodeError:
        # Half an emoji, cut by a text field's limit, has no place in UTF-8; escaped, it is kept all the same.
        content = json.dumps(value, indent=1).encode()
    write(path, content)


def write(path: Path, content: bytes, check: Callable[[], None] | None = None) -> None:
    """Replace a file in one step: whatever happens, either the old content is there or the new one.

    `check` has the last word, right before that step: what it raises leaves everything as it was.
    """
    beside = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if check is not None:
            check()
        os.replace(beside, path)  # noqa: PTH105 — the one call that is atomic
    except (OSError, CoursekitError) as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        if isinstance(error, CoursekitError):
            raise
        raise not_writable(path, error) from None


def damaged(path: Path, next_step: str) -> BadInput:
    """What to raise for a file with something else in it than there must be."""
    return BadInput("damaged-file", f"{path.name} cannot be read: it is damaged.", next_step)


def unreadable(path: Path, error: OSError) -> BadInput:
    """What to raise when the system does not let us read a file."""
    return BadInput(
        "unreadable-file",
        f"{path.name} cannot be read: {error.strerror or error}.",
        "Check that the file is yours to read, then try again.",
    )


def not_writable(path: Path, error: OSError) -> BadInput:
    """What to raise when the system does not let us write a file."""
    return BadInput(
        "cannot-save",
        f"{path.name} could not be written: {error.strerror or error}.",
        "Make room in your home folder or check that the folder is yours to write in, then try again.",
    )


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(entries)
