"""What a grader works on: written answers, what the checks say of each, and in which order they come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from coursekit.model.ids import Digest, PromptId
from coursekit.model.reflection import Basis, Checked


@dataclass(frozen=True)
class Answer:
    """One written answer, as it was handed in."""

    learner: str
    """Whose it is. It stands in no record."""
    submission: Digest
    prompt: PromptId
    text: str


class Group(StrEnum):
    """Why an answer stands where it does in the queue."""

    APPEAL = "appeal"
    """The learner has asked for a person."""
    FLAGGED = "flagged"
    UNCERTAIN = "uncertain"
    AUDIT = "audit"
    """Drawn by lot, and marked blind."""


@dataclass(frozen=True)
class Item:
    """One answer in the queue."""

    id: str
    """The beginning of a digest; tells nothing about whose it is."""
    answer: Answer
    basis: Basis
    checked: Checked
    check: Digest
    """Of the check's line in the record."""
    group: Group
    uncertainty: float = 0.0
    """From 0 to 1: how little the checks know."""
    appeal: str = ""
    """What the learner wrote with the appeal."""
    seen: bool = False
    """A grader has looked at the suggestion."""

    @property
    def is_blind(self) -> bool:
        """Whether the suggestion stays hidden: audits are worth nothing otherwise."""
        return self.group is Group.AUDIT


@dataclass(frozen=True)
class Decision:
    """What a person decided about an answer."""

    levels: Mapping[str, int]
    adequate: bool
    comment: str | None = None
    """To the learner; none leaves the one that is there."""

    @property
    def points(self) -> int:
        """The sum of the levels."""
        return sum(self.levels.values())


@dataclass(frozen=True)
class ProseMark:
    """What the gradebook says of one written answer."""

    auto_score: float | None
    manual_score: float | None
    needs_manual_grade: bool
    manual_comment: str | None
    auto_comment: str | None = None

    @property
    def is_by_a_person(self) -> bool:
        """Whether somebody has marked it, and nothing happened since that they should see."""
        return self.manual_score is not None and not self.needs_manual_grade


@dataclass(frozen=True)
class ProseNote:
    """What the checks have to say in the gradebook about one written answer."""

    score: float | None
    """A certified auto-pass's points; none sends it to a person."""
    draft: str | None
    """For graders' eyes; none leaves no draft."""


@dataclass(frozen=True)
class Composition:
    """The queue of one prompt in numbers."""

    prompt: PromptId
    title: str
    answers: int
    groups: Mapping[str, int]
    """Waiting, by group."""
    reasons: Mapping[str, int]
    """Flags among those waiting, by reason."""
    reviewed: int
    """Marked by a person, by whatever means."""
    passed: int
    """Certified auto-passes."""
    criteria: Mapping[str, Mapping[str, int]]
    """Criterion's question → state → answers, of all that were checked."""
