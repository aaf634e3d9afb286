"""What a grader works on: written answers, what the checks say of each, and in which order they come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    UNREAD = "unread"
    """No check has looked at it: a person reads it, as they would without any."""
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
    """Of the check's line in the record; empty where no check has looked at it."""
    group: Group
    uncertainty: float = 0.0
    """From 0 to 1: how little the checks know."""
    appeal: str = ""
    """What the learner wrote with the appeal."""
    seen: bool = False
    """A grader has looked at the suggestion."""
    most: float = 0.0
    """The most points that it can bring: by its rubric, or else by the gradebook."""

    @property
    def has_rubric(self) -> bool:
        """Whether it is marked criterion by criterion; points in one otherwise."""
        return bool(self.basis.rubric.criteria)

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
    score: float | None = None
    """Points in one, for an answer without a rubric."""

    @property
    def points(self) -> float:
        """The sum of the levels, or what was given in one."""
        return sum(self.levels.values()) if self.score is None else self.score


@dataclass(frozen=True)
class ProseMark:
    """What the gradebook says of one written answer."""

    auto_score: float | None
    manual_score: float | None
    needs_manual_grade: bool
    manual_comment: str | None
    auto_comment: str | None = None
    most: float = field(default=0.0, compare=False)
    """What the cell can bring."""

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
