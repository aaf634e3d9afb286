"""What nbgrader gave for hand-ins that never change: written down once, and asked anew when anything is otherwise.

nbgrader starts a kernel for every notebook of every learner; the zoo and the reference modules take it three
minutes of a processor, for the same marks each time. What a test compares is our side, which does run. A
recording holds for exactly the notebooks, files, settings and the nbgrader that it was made with: of any others
it knows nothing, and nbgrader is run. With --soak it always is, and then the recording has to say the same.

    COURSEKIT_RECORD=1 pytest tests/engine/test_same_marks.py      write them down again
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from support.beside import Course, Graded

FOLDER = Path(__file__).parent / "zoo" / "recorded"
# Drawn anew by each build, and read by no code.
_PICTURES = {".svg", ".png"}


@dataclasses.dataclass
class Recording:
    """A course that nbgrader graded earlier: what `Course` tells of one that it graded just now."""

    module: str
    graded: Graded
    kept: set[str]
    """What lay in autograded/, of what was handed in or is the author's."""

    def rows(self) -> Graded:
        return self.graded

    def files(self) -> set[str]:
        return self.kept

    def was_there(self, path: str) -> bool:
        return path in self.kept


def fingerprint(course: Course, duedate: datetime | None) -> str:
    """Of all that nbgrader's marks can come from."""
    settings = (course.root / "nbgrader_config.py").read_text()
    parts = [version("nbgrader"), course.course_id, settings, str(duedate)]
    for path in sorted(_read(course)):
        content = path.read_bytes()
        if path.suffix == ".ipynb":
            content = json.dumps([_cell(c) for c in json.loads(content)["cells"]]).encode()
        parts += [str(path.relative_to(course.root)), hashlib.sha256(content).hexdigest()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _read(course: Course) -> Iterator[Path]:
    for folder in ("source", "modules", "submitted/*"):
        for found in course.root.glob(f"{folder}/{course.module}/**/*"):
            if found.is_file() and ".coursekit" not in found.parts and found.suffix not in _PICTURES:
                yield found


def _cell(cell: dict[str, Any]) -> list[Any]:
    """Without its outputs, which grading throws away, and without what only we read."""
    metadata = cell["metadata"]
    return [cell["cell_type"], "".join(cell["source"]), metadata.get("nbgrader")]


def find(course: Course, duedate: datetime | None) -> Recording | None:
    """nbgrader's marks of exactly this course, if they were written down."""
    try:
        value = json.loads(gzip.decompress(_file(course.module).read_bytes()))
    except FileNotFoundError:
        return None
    if value["fingerprint"] != fingerprint(course, duedate):
        return None
    return Recording(course.module, _graded(value), set(value["files"]))


def write(course: Course, duedate: datetime | None, rows: Graded) -> None:
    """Write down what nbgrader gave."""
    value = {
        "fingerprint": fingerprint(course, duedate),
        "grades": [[*row, *mark] for row, mark in sorted(rows.grades.items())],
        "comments": [[*row, *said] for row, said in sorted(rows.comments.items())],
        "submissions": [
            [who, at.isoformat(), extension and extension.total_seconds(), late]
            for who, (at, extension, late) in sorted(rows.submissions.items())
        ],
        "penalties": [[*row, cost] for row, cost in sorted(rows.penalties.items())],
        "files": sorted(path for path in course.files() if course.was_there(path)),
    }
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    _file(course.module).write_bytes(gzip.compress(text.encode(), mtime=0))


def _graded(value: dict[str, Any]) -> Graded:
    return Graded(
        {(a, b, c): (auto, manual, needs, most) for a, b, c, auto, manual, needs, most in value["grades"]},
        {(a, b, c): (auto, manual) for a, b, c, auto, manual in value["comments"]},
        {
            who: (
                datetime.fromisoformat(at),
                None if extension is None else timedelta(seconds=extension),
                late,
            )
            for who, at, extension, late in value["submissions"]
        },
        {(a, b): cost for a, b, cost in value["penalties"]},
    )


def _file(module: str) -> Path:
    assert re.fullmatch(r"[a-z0-9-]+", module)
    return FOLDER / f"{module}.json.gz"
