"""What a grading says when it is over: how many, and about whom there is something to say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from coursekit.model.grading import Remark
from coursekit.model.prosereport import ProseReport


class Kind(StrEnum):
    """What became of a submission about which there is something to say."""

    FAILED = "failed"
    """It could not be graded; nothing was written about it."""
    PERSON = "person"
    """Somebody must look before its marks are whole; for another reason than prose."""
    NOTED = "noted"
    """Its marks stand; something went wrong in its run."""
    MENDED = "mended"
    """It was made fit to run, and its marks stand."""


@dataclass(frozen=True)
class Note:
    """What a grader should know about a submission."""

    learner: str
    kind: Kind
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class Report:
    """What came of a grading."""

    graded: int
    skipped: int
    """Unchanged since they were graded."""
    waiting: int
    """Graded now, with something in them for a person to mark."""
    notes: tuple[Note, ...]
    """By learner."""
    seconds: float
    prose: ProseReport | None = None
    """What the checks of written answers came to; none where there are none with a rubric."""

    def of(self, kind: Kind) -> tuple[Note, ...]:
        """Those of one kind."""
        return tuple(note for note in self.notes if note.kind is kind)

    @property
    def rate(self) -> float:
        """Graded in a second."""
        return self.graded / self.seconds if self.seconds > 0 else 0.0
