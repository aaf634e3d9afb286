"""What a preview's lab and its server tell each other; `lab/src/preview/shapes.ts` says the same."""

from __future__ import annotations

from typing import Literal

from coursekit.wire.lab import Asked, LabShape


class Now(LabShape):
    """What stands."""

    number: int
    """Ask again with it to wait for the next."""
    course: str
    module: str
    release: int | None
    """Of the module that learners would have now; none before the first."""
    state: Literal["building", "shown", "errors"]
    findings: list[str]
    """What keeps the newest from being shown, a sentence each."""
    anew: bool
    """Each new release begins anew: nothing of before is kept."""
    saved_at: float | None
    """When the author saved what is shown, in seconds since 1970."""


class Shown(Asked):
    """What is before somebody's eyes."""

    release: int
    saved_at: float | None = None
