"""Every id has a type of its own, so that a learner is never handed over as a module."""

from __future__ import annotations

import re
from typing import NewType

CourseId = NewType("CourseId", str)
ModuleId = NewType("ModuleId", str)
PromptId = NewType("PromptId", str)
UserId = NewType("UserId", str)
SubmissionId = NewType("SubmissionId", str)
Digest = NewType("Digest", str)
"""A SHA-256 in lower-case hexadecimal, 64 characters."""
ReleaseNumber = NewType("ReleaseNumber", int)
"""1, 2, 3 … within one module; a release never changes once it has its number."""

# nbgrader builds paths and regular expressions from these names; a plus sign or a slash breaks it.
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,127}")

_SUBMISSION = re.compile(r"[A-Za-z0-9_-]{1,64}")

SLUG_RULE = (
    "lower-case letters, digits, hyphens and underscores, at most 64, beginning with a letter or digit"
)
USER_RULE = "letters, digits and _ . @ -, at most 128, beginning with a letter or digit"


def is_slug(text: str) -> bool:
    """Whether `text` can name a course, a module or a prompt."""
    return _SLUG.fullmatch(text) is not None


def is_user(text: str) -> bool:
    """Whether `text` can name a person."""
    return _USER.fullmatch(text) is not None


def is_submission(text: str) -> bool:
    """Whether `text` can name a submission; what else comes in an address is looked up nowhere."""
    return _SUBMISSION.fullmatch(text) is not None
