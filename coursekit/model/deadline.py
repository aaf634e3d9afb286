"""When work is due, for whom it was put off, and how a hand-in stands to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from coursekit.model.ids import CourseId, ModuleId, SubmissionId, UserId


@dataclass(frozen=True)
class LatePolicy:
    """What lateness means in a course. As it stands by default: late work counts in full, for ever."""

    grace: timedelta = timedelta(0)
    """As long after the due date, work still counts as in time."""
    window: timedelta | None = None
    """As long after the due date, late work counts; none means for ever. What comes later is kept, not counted."""
    penalty_per_day: float = 0.0
    """The share of the points reached that each day begun (24 hours) costs, 0 to 1."""
    penalty_most: float = 1.0
    """What lateness costs at most, 0 to 1."""


class DeadlineChange(StrEnum):
    """What staff did to a deadline."""

    EXTEND = "extend"
    """A later due date."""
    REOPEN = "reopen"
    """The due date stays, and what is handed in late counts again."""


@dataclass(frozen=True)
class Extension:
    """A staff decision on one learner's deadline in one module. The newest of each kind holds."""

    course: CourseId
    module: ModuleId
    learner: UserId
    change: DeadlineChange
    until: datetime | None
    """Extend: the new due date, always given. Reopen: until when late work counts; none means for ever."""
    by: UserId
    reason: str
    at: datetime


@dataclass(frozen=True)
class Terms:
    """The times that hold for one learner in one module; aware, in UTC."""

    due: datetime | None
    closes: datetime | None
    """What is handed in after this is kept and does not count; none means never."""
    grace: timedelta = timedelta(0)
    is_extended: bool = False
    is_reopened: bool = False


class Standing(StrEnum):
    """How a hand-in stands to its deadline."""

    IN_TIME = "in time"
    LATE = "late"
    AFTER_CLOSING = "after closing"


@dataclass(frozen=True)
class HandedIn:
    """What lists need of a submission."""

    submission: SubmissionId
    module: ModuleId
    learner: UserId
    at: datetime
    is_withdrawn: bool = False
