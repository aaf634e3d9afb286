"""Folders of files, read and written whole: what comes from elsewhere never leaves its folder."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from coursekit.model.errors import BadInput
from coursekit.model.outcome import Refused
from coursekit.policy.uploads import Limits, check_path


def read_folder(folder: Path) -> list[tuple[str, bytes]]:
    """The regular files below a folder, hidden ones and links left out: path and content, in order."""
    found = []
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if any(part.startswith(".") or part == "__pycache__" for part in parts):
            continue
        # A link could name any file of whoever reads; it is not followed, nor is a folder that is one.
        if any((folder / Path(*parts[:depth])).is_symlink() for depth in range(1, len(parts) + 1)):
            continue
        if path.is_file():
            found.append(("/".join(parts), path.read_bytes()))
    return found


def write_folder(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """A new folder with these files: all of them, or no folder. What was there is replaced at the end."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        new = scratch / "new"
        new.mkdir()
        _write_all(new, files)
        if folder.exists():
            folder.rename(scratch / "old")
        try:
            new.rename(folder)
        except OSError:
            if (scratch / "old").exists():
                (scratch / "old").rename(folder)
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def add_missing(folder: Path, files: Iterable[tuple[str, bytes]]) -> Sequence[str]:
    """Write those files that are not there; never touch one that is. The paths written."""
    added = [(path, content) for path, content in files if not (folder / path).exists()]
    _write_all(folder, added)
    return [path for path, _ in added]


def _write_all(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    for path, content in files:
        decision = check_path(path, Limits())
        if isinstance(decision, Refused):
            raise BadInput.of(decision)
        # Looked at before anything is made: through a link, even a new folder would land elsewhere.
        there = folder
        for part in path.split("/"):
            there /= part
            if there.is_symlink():
                raise BadInput(
                    "unsafe-path",
                    f"{path} would be written outside {folder.name}: {part} in it is a link.",
                    "Remove the link, then try again.",
                )
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(content)
