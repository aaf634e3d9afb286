"""How far a learner has come in a module, in the words that the panel shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from coursekit.model.ids import ModuleId
from coursekit.model.outcome import Decision, Refused


class State(StrEnum):
    """The states of a module for one learner, in the order in which they come."""

    UNRELEASED = "unreleased"
    LOCKED = "locked"
    OPEN = "open"
    IN_PROGRESS = "in progress"
    SUBMITTED = "submitted"
    FEEDBACK_READY = "feedback ready"


@dataclass(frozen=True)
class Facts:
    """What there is to know about one learner in one module."""

    module: ModuleId
    released: bool
    gate: Decision
    fetched: bool
    commitments: int
    submissions: int
    feedback: bool


def state_of(facts: Facts) -> State:
    """The furthest state that the facts bear out.

    Locked comes before unreleased: what opens a module does not depend on whether it is finished.
    """
    if facts.feedback:
        return State.FEEDBACK_READY
    if facts.submissions:
        return State.SUBMITTED
    if isinstance(facts.gate, Refused):
        return State.LOCKED
    if not facts.released:
        return State.UNRELEASED
    if facts.fetched or facts.commitments:
        return State.IN_PROGRESS
    return State.OPEN
