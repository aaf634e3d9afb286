"""A module's record of checks at the exchange: the next line, sealed on the one before it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from coursekit.model.ids import PromptId, UserId
from coursekit.model.recorded import Recorded
from coursekit.model.submission import Submission
from coursekit.policy.reflection.record import Kind, seal
from coursekit.ports import Deed


def writer_of(module: str) -> UserId:
    """Whom a deed that adds to a module's record is for, so that two never add at once.

    A name that nobody can have: learners' own deeds go on meanwhile, and none waits for the whole course.
    """
    return UserId(f"{module}/record")


def add_line(
    deed: Deed,
    kind: Kind,
    submission: Submission,
    prompt: PromptId,
    body: Mapping[str, Any],
    now: datetime,
    beside: Mapping[str, Any],
) -> Recorded:
    """Add one line about an answer. The deed must be of `writer_of(module)`."""
    course, module = submission.course, submission.module
    last = deed.last_recorded(course, module)
    entry = seal(kind, body, now, last.digest if last is not None else None)
    line = Recorded(
        course,
        module,
        last.number + 1 if last is not None else 1,
        entry.kind.value,
        now,
        entry.body,
        entry.previous,
        entry.digest,
        submission.id,
        submission.learner,
        prompt,
        beside,
    )
    deed.add_recorded(line)
    return line
