"""The record of the checks as the exchange keeps it: one row of a module's chain, and whom it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from coursekit.model.ids import CourseId, Digest, ModuleId, PromptId, SubmissionId, UserId


@dataclass(frozen=True)
class Recorded:
    """One line of a record. Who it is about stands beside the line and is no part of the chain."""

    course: CourseId
    module: ModuleId
    number: int
    """1, 2, 3 … within the module."""
    kind: str
    """As `policy.reflection.record.Kind` has it."""
    at: datetime
    body: Mapping[str, Any]
    """No names, no answers."""
    previous: Digest
    digest: Digest
    submission: SubmissionId | None = None
    learner: UserId | None = None
    prompt: PromptId | None = None
    beside: Mapping[str, Any] = field(default_factory=dict)
    """What is kept with the line and is no part of the chain: why somebody appeals; what it was checked by."""
