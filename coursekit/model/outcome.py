"""What a policy answers: yes, or no with a reason and a next step."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Allowed:
    """Yes."""


@dataclass(frozen=True)
class Refused:
    """No, said kindly."""

    code: str
    """Stable, for programs: `previous-not-submitted`."""
    reason: str
    """One plain sentence for people."""
    next_step: str
    """What to do now."""


Decision = Allowed | Refused
