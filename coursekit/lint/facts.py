"""What the course as a whole needs to know of one of its modules."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Facts:
    """What the course needs to know of one of its modules."""

    competencies: tuple[str, ...] = ()
    """Those that its prompts exercise."""
    has_points: bool = False
    """Whether anything in it can be marked."""
    parameters: tuple[str, ...] | None = None
    """What its parameters cell sets; none when it has no such cell."""
