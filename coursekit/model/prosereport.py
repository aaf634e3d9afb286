"""What a check of written answers says when it is over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ProseReport:
    """What came of it."""

    checked: int = 0
    unchanged: int = 0
    """Checked before, and nothing that decides about them has changed."""
    passed: int = 0
    """Certified auto-passes."""
    waiting: int = 0
    """Answers that a person still has to mark."""
    flagged: int = 0
    """Answers that a guard asks a question about."""
    failed: int = 0
    """Answers at which the checks failed; a person reads them."""
    events: tuple[str, ...] = ()
    """What happened besides, each in a sentence."""
    seconds: float = 0.0
