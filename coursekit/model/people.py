"""Who somebody is in a course, and how far a learner has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from coursekit.model.ids import CourseId, ModuleId, PromptId, ReleaseNumber, UserId


class Role(StrEnum):
    """What somebody may do in one course."""

    LEARNER = "learner"
    GRADER = "grader"
    INSTRUCTOR = "instructor"


@dataclass(frozen=True)
class Identity:
    """Who a verified token belongs to."""

    user: UserId
    groups: frozenset[str] | None = None
    """The Hub groups they are in; none where no Hub was asked."""


class Source(StrEnum):
    """Where a membership comes from."""

    ROSTER = "roster"
    GROUP = "group"
    """A Hub group. It ends with the group; a row on the roster outweighs it."""


@dataclass(frozen=True)
class Member:
    """One person in one course."""

    course: CourseId
    user: UserId
    role: Role
    name: str = ""
    time_zone: str = ""
    """An IANA name; empty means the course's."""
    source: Source = Source.ROSTER


@dataclass(frozen=True)
class Record:
    """What a learner has done in a course; all that the gate asks about."""

    submitted: frozenset[ModuleId] = frozenset()
    """Handed in at least once."""
    committed: frozenset[ModuleId] = frozenset()
    """All required prompts of one release committed. Once in here, always in here."""
    marks: Mapping[ModuleId, float] = field(default_factory=dict)
    """Released marks, as the share of the points."""
    waived: frozenset[ModuleId] = frozenset()
    """Opened by staff."""
    kept_open: frozenset[ModuleId] = frozenset()
    """Was open when an edit would have closed it."""


@dataclass(frozen=True)
class Tally:
    """What one learner has in one module, counted for the path."""

    fetched: ReleaseNumber | None = None
    """The newest release that was fetched."""
    committed: frozenset[PromptId] = frozenset()
    submissions: int = 0
    """Those that are not withdrawn."""
    submitted_at: datetime | None = None
    feedback_at: datetime | None = None
    completed: ReleaseNumber | None = None
    """The release whose required prompts were all committed first."""
