"""What is graded: `autograded/<learner>/<module>/`, and a record of it beside the course.

<course>/.coursekit/graded/<module>/
  lock              one grading at a time
  <learner>.json    what was graded, and what came of it; written last

autograded/.grading-…    a folder being made ready; gone at the end, or at the beginning of the next time
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from glob import escape
from pathlib import Path
from types import TracebackType
from typing import Any

from coursekit.model.errors import BadInput
from coursekit.model.grading import CellGrade, Remark
from coursekit.model.ids import Digest
from coursekit.model.marking import Record
from coursekit.store.collected import Content, Shelf
from coursekit.store.plainfiles import read_plain

_SCHEMA = "coursekit.graded/1"
_LONGEST = 200
"""Bytes of a learner's name that a file's name has room for."""


class GradedFolders:
    """The folders of one module, to be used in a `with` block."""

    def __init__(
        self,
        autograded: Path,
        folder: Callable[[str], Path],
        records: Path,
        mode: int = 0o444,
        group: bool = False,
    ) -> None:
        """`folder`: learner → where their graded work lies, somewhere in `autograded`."""
        self._autograded = autograded
        self._folder = folder
        self._records = records
        prefix = f".grading-{records.name}-"
        self._shelf = Shelf(autograded, prefix, _stay_below, mode, group)
        self._prefix = prefix
        self._lock = -1

    def __enter__(self) -> GradedFolders:
        """Raises BadInput when somebody else is grading this module."""
        try:
            self._records.mkdir(parents=True, exist_ok=True)
            # Learners' names and marks do not belong among a course's sources.
            (self._records.parent / ".gitignore").write_text("*\n")
            self._lock = os.open(self._records / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise BadInput(
                "cannot-save",
                f"{self._records} cannot be written: {error.strerror or error}.",
                "Check that the course's folder is yours to write in, then try again.",
            ) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise BadInput(
                "already-grading",
                f"{self._records.name} is being graded by somebody else just now.",
                "Wait until that is done, then run the same again.",
            ) from None
        except OSError:
            # Some network drives have no locks; nbgrader's own files have none either.
            pass
        # Whoever left these is gone: they would hold the lock.
        for left in self._autograded.glob(f"{escape(self._prefix)}*"):
            shutil.rmtree(left, ignore_errors=True)
        self._shelf.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._shelf.__exit__(kind, value, trace)
        os.close(self._lock)

    def find_record(self, learner: str) -> Record | None:
        """What was graded the last time; none where nothing was, or the record cannot be read."""
        try:
            value = json.loads(self._path(learner).read_bytes())
            return _record(value) if value["schema"] == _SCHEMA and value["learner"] == learner else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def is_there(self, learner: str) -> bool:
        """Whether there is a graded folder of theirs."""
        return self._folder(learner).is_dir()

    def find_notebook(self, learner: str, name: str) -> bytes | None:
        """The graded notebook as it is; none where there is none."""
        try:
            return read_plain(self._folder(learner) / f"{name}.ipynb")
        except BadInput:
            return None

    def prepare(self, files: Iterable[tuple[str, Content]]) -> str:
        """A new folder with these files, out of sight; for `place`."""
        return self._shelf.prepare(files)

    def place(self, prepared: str, learner: str) -> None:
        """Put a prepared folder where the learner's graded work lies."""
        self._shelf.place(prepared, self._folder(learner))

    def keep(self, record: Record) -> None:
        """Write the record down, whole. What a power cut takes of it is graded again."""
        path = self._path(record.learner)
        beside = path.with_name(f"{path.name}.new")
        value = {"schema": _SCHEMA, **asdict(record)}
        beside.write_text(json.dumps(value, separators=(",", ":")), encoding="utf-8")
        beside.replace(path)

    def forget(self, learner: str) -> None:
        """Take a record away: what it tells of is not so any more."""
        with contextlib.suppress(OSError):
            self._path(learner).unlink()

    def _path(self, learner: str) -> Path:
        name = os.fsencode(learner)
        # A name as long as the system lets names be leaves no room for an ending.
        short = learner if len(name) <= _LONGEST else f"{learner[:40]}-{hashlib.sha256(name).hexdigest()}"
        return self._records / f"{short}.json"


def _stay_below(path: str) -> None:
    """Names are as somebody's system let them be; they only must not lead out of the folder."""
    if any(part in ("", ".", "..") for part in path.split("/")):
        raise BadInput("unsafe-path", f"{path} would be written outside its folder.", "Rename it.")


def _record(value: Mapping[str, Any]) -> Record:
    return Record(
        str(value["learner"]),
        Digest(str(value["key"])),
        tuple(Remark(**remark) for remark in value["remarks"]),
        {
            str(notebook): {str(cell): Digest(str(digest)) for cell, digest in cells.items()}
            for notebook, cells in value["answers"].items()
        },
        {
            str(notebook): {str(cell): _grade(grade) for cell, grade in cells.items()}
            for notebook, cells in value["marks"].items()
        },
        float(value["seconds"]),
    )


def _grade(value: Mapping[str, Any]) -> CellGrade:
    remark = value["remark"]
    return CellGrade(**{**value, "remark": Remark(**remark) if remark is not None else None})
