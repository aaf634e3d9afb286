"""The audit log's entry. It is written in the transaction of the deed it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from coursekit.model.ids import CourseId, UserId


@dataclass(frozen=True)
class Event:
    """Who did what, to whom, when and why. Never an answer, never a token."""

    course: CourseId
    at: datetime
    actor: UserId
    verb: str
    subject: str = ""
    """The module, prompt, learner or release it was done to."""
    details: Mapping[str, Any] = field(default_factory=dict)
