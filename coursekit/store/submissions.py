"""nbgrader's folders as it copies them, but for links: what a learner handed in, what the author gives.

A link, a pipe or a device in a submission is left out and named; nothing behind it is ever read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path

from coursekit.model.errors import BadInput
from coursekit.model.grading import Remark
from coursekit.model.ids import Digest
from coursekit.model.marking import Collected
from coursekit.model.submission import sha256
from coursekit.policy.sealing import is_text_form
from coursekit.store.plainfiles import digest_plain, read_plain

NOTEBOOKS = "*.ipynb"
TIMESTAMP = "timestamp.txt"
_MOST_FILES = 2_000
_MOST_BYTES = 128 << 20
"""Of one submission. More would not fit into a sandbox, nor a few at a time into memory."""

ParseTime = Callable[[str], datetime | None]
"""A text as a moment without a zone, in UTC. Raises ValueError, ArithmeticError, TypeError or AttributeError."""


def read_collected(folder: Path, learner: str, ignore: Sequence[str], parse: ParseTime) -> Collected:
    """A submission. Raises BadInput when it is not one that can be graded."""
    if folder.is_symlink():
        raise BadInput(
            "submission-is-a-link",
            f"The submission of {learner} is a link to somewhere else.",
            "Replace it by the folder itself, then grade again.",
        )
    remarks = []
    notebooks: dict[str, bytes] = {}
    files: list[tuple[str, bytes]] = []
    room, count = _MOST_BYTES, 0
    for path, entry in _walk(folder, ignore):
        if not entry.is_file(follow_symlinks=False):
            remarks.append(Remark("not-a-file", f"{path} is a link or no regular file; it was left out."))
            continue
        count += 1
        room -= entry.stat(follow_symlinks=False).st_size
        content = read_plain(Path(entry.path)) if room >= 0 and count <= _MOST_FILES else None
        if content is None:
            raise BadInput(
                "too-large",
                f"The submission of {learner} has more than {_MOST_FILES} files or {_MOST_BYTES >> 20} MiB.",
                "Take out what does not belong to the module, then grade again.",
            )
        if path.endswith(".ipynb"):
            notebooks[path] = content
        else:
            files.append((path, content))
    timestamp, remark = _time(dict(files).get(TIMESTAMP), parse)
    everything = [[name, "", sha256(c)] for name, c in notebooks.items()]
    everything += [["", path, sha256(c)] for path, c in files]
    return Collected(
        learner,
        notebooks,
        tuple(files),
        _digest(everything),
        timestamp,
        (*remarks, *remark),
    )


def authors_files(source: Path, ignore: Sequence[str], excluded: Sequence[str] = ()) -> dict[str, Path]:
    """What learners have from the author, beside notebooks: relative path → where it lies.

    `excluded`: paths that the learner's own version of stays, by nbgrader's `exclude_overwriting`.
    """
    return {
        path: Path(entry.path)
        for path, entry in _walk(source, (*ignore, NOTEBOOKS))
        # The author may link to what lies elsewhere: nbgrader copies what is behind it.
        if path not in excluded
        and entry.is_file()
        and not is_text_form(path, lambda p: (source / p).is_file())
    }


def files_digest(files: Mapping[str, Path]) -> Digest:
    """One digest over these paths and what stands in them."""
    found = {path: digest_plain(where.resolve()) for path, where in files.items()}
    return _digest([path, digest or ""] for path, digest in found.items())


def _digest(rows: Iterable[list[str]]) -> Digest:
    # In ASCII: a name that is no text in any encoding has no other spelling.
    return sha256(json.dumps(sorted(rows)).encode("ascii"))


def _walk(folder: Path, ignore: Sequence[str], below: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    """All that is no folder, in order: relative path and what it is. No link to a folder is gone into."""
    try:
        with os.scandir(folder) as opened:
            entries = sorted(opened, key=lambda entry: entry.name)
    except OSError as error:
        raise BadInput(
            "unreadable-folder",
            f"{folder.name}/{below} cannot be read: {error.strerror or error}.",
            "Check that the folder is yours to read, then grade again.",
        ) from None
    for entry in entries:
        if _is_ignored(entry.name, ignore):
            continue
        path = f"{below}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), ignore, f"{path}/")
        else:
            yield path, entry


def _is_ignored(name: str, patterns: Sequence[str]) -> bool:
    """As a shell would match: a star does not stand for a dot at the beginning."""
    return any(
        fnmatch(name, pattern) and (not name.startswith(".") or pattern.startswith("."))
        for pattern in patterns
    )


def _time(content: bytes | None, parse: ParseTime) -> tuple[datetime | None, tuple[Remark, ...]]:
    text = (content or b"").decode("utf-8", "replace").strip()
    if not text:
        return None, ()
    try:
        # No moment takes more room than this, however it is written.
        return parse(text[:100]), ()
    except (ValueError, ArithmeticError, TypeError, AttributeError):
        return None, (Remark("no-time", f"{TIMESTAMP} does not say a time; lateness is not known."),)
