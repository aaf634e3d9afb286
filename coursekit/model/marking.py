"""What is written down about a graded submission, and what came of grading a module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from coursekit.model.grading import CellGrade, Remark
from coursekit.model.ids import Digest


@dataclass(frozen=True)
class Collected:
    """A submission as it lies in nbgrader's folder of submissions."""

    learner: str
    notebooks: Mapping[str, bytes]
    """Whatever is called one, also in folders of its own: path, content."""
    files: tuple[tuple[str, bytes], ...]
    """The rest that nbgrader would copy: path, content."""
    digest: Digest
    """Over all of it."""
    timestamp: datetime | None = None
    """When it was handed in, without a zone, in UTC, as nbgrader keeps it; none where that is not said."""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class NotebookMarks:
    """What one notebook of a submission gets."""

    name: str
    grades: tuple[CellGrade, ...]
    unanswered: Mapping[str, bool] = field(default_factory=dict)
    """Of each cell that can be commented on: whether nothing was answered."""
    judged: Mapping[str, Digest] = field(default_factory=dict)
    """Graded cell → digest of what it was judged by."""
    judged_before: Mapping[str, Digest] = field(default_factory=dict)
    """The same of the last time, as far as that is known."""
    missing: bool = False
    """It was not handed in; what lateness costs stays as it is, as nbgrader has it."""


@dataclass(frozen=True)
class Marks:
    """All that the gradebook is to say of one submission by itself."""

    learner: str
    timestamp: datetime | None
    notebooks: tuple[NotebookMarks, ...]


@dataclass(frozen=True)
class Record:
    """What was graded, kept beside the course: the same again need not be graded again."""

    learner: str
    key: Digest
    """Over everything that decides about the marks."""
    remarks: tuple[Remark, ...] = ()
    answers: Mapping[str, Mapping[str, Digest]] = field(default_factory=dict)
    """Notebook → graded cell → digest of what was judged."""
    marks: Mapping[str, Mapping[str, CellGrade]] = field(default_factory=dict)
    """Notebook → graded cell → what it got by itself."""
    seconds: float = 0.0
    """How long it ran."""
