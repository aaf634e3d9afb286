"""A prompt: a question with an id, answered before anything about it is revealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from coursekit.model.ids import PromptId

Response = Mapping[str, Any]
"""What the learner typed, as JSON; docs/module-format.md has the shape of each kind."""


class PromptKind(StrEnum):
    """What sort of answer a prompt asks for."""

    REFLECTION = "reflection"
    DECISION = "decision"
    ESTIMATE = "estimate"
    CONFIDENCE = "confidence"
    SELF_ASSESSMENT = "self_assessment"
    PLAN = "plan"
    ANALYSIS = "analysis"

    @property
    def in_notebook(self) -> bool:
        """Whether the answer is a cell of the notebook; all others live in responses.json."""
        return self in (PromptKind.REFLECTION, PromptKind.ANALYSIS)


@dataclass(frozen=True)
class Choice:
    """One option of a decision, one item to rate, or one field of a plan."""

    id: str
    label: str
    min_words: int = 0


@dataclass(frozen=True)
class Prompt:
    """What a learner is asked, as the build writes it to prompts.json."""

    id: PromptId
    kind: PromptKind
    title: str
    question: str
    minutes: float = 5
    required: bool = True
    competencies: tuple[str, ...] = ()
    rubric: str | None = None
    min_words: int = 0
    """Words below which an answer (or a decision's reason) is not accepted as one."""
    max_words: int | None = None
    """A guide for the learner; nothing is ever cut off."""
    options: tuple[Choice, ...] = ()
    items: tuple[Choice, ...] = ()
    fields: tuple[Choice, ...] = ()
    scale: tuple[str, ...] = ()
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
