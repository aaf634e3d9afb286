"""Files of a course as they lie on disk: found without following links, written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from coursekit.model.errors import BadInput
from coursekit.model.ids import Digest
from coursekit.model.submission import sha256
from coursekit.store.notebookfiles import shown_path


def folders_in(parent: Path) -> tuple[str, ...]:
    """The names of the folders in it, in order; no hidden ones."""
    if not parent.is_dir():
        return ()
    return tuple(
        sorted(p.name for p in parent.iterdir() if p.is_dir() and not p.name.startswith((".", "__")))
    )


def files_below(folder: Path) -> dict[str, Path]:
    """The regular files below a folder, by relative path; no hidden ones, no links."""
    found: dict[str, Path] = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__")))
        for name in sorted(names):
            path = Path(parent) / name
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                found[path.relative_to(folder).as_posix()] = path
    return found


def digest_of(path: Path) -> Digest | None:
    """Of its content; none where there is no such file."""
    return sha256(path.read_bytes()) if path.is_file() else None


def write_durably(path: Path, content: bytes) -> None:
    """Written, and on the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, content: bytes) -> None:
    """Another content for a file that is there: the old one, or all of the new one.

    Raises BadInput when it cannot be written.
    """
    # Where the name is a link, what it leads to is replaced.
    path = path.resolve()
    ready: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
        os.close(handle)
        ready = Path(name)
        write_durably(ready, content)
        shutil.copymode(path, ready)
        ready.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from None
    finally:
        if ready is not None:
            ready.unlink(missing_ok=True)


def cannot_write(path: Path, error: OSError) -> BadInput:
    """The refusal that says so."""
    return BadInput(
        "cannot-write",
        f"{shown_path(path)} cannot be written: {error.strerror or error}.",
        "Check the folder's permissions and the space on the disk.",
    )


def remove_empty(folder: Path, stop: Path) -> None:
    """Take away a folder that has become empty, and those above it, up to `stop`."""
    while folder != stop and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def json_bytes(value: Any) -> bytes:
    """The same value, the same bytes."""
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
