"""How written answers are marked, and answers that a teacher has marked already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from coursekit.model.ids import PromptId
from coursekit.model.prompt import Response


class Detector(StrEnum):
    """What the checks look for in an answer; each points at sentences, none decides a level."""

    NONE = "none"
    """A person alone reads for it. Depth has no detector."""
    TERMS = "terms"
    """The criterion's own terms."""
    CASE_EVIDENCE = "case_evidence"
    """A number, name or term of the case, in a sentence of the learner's own."""
    POSITION = "position"
    """One of the options, taken as the writer's own view."""
    PERSPECTIVE = "perspective"
    """A named stakeholder, and what he or she wants, fears or thinks, in one sentence."""
    OWN_PRACTICE = "own_practice"
    """The writer's own school."""
    INTENTION = "intention"
    """What the writer will do next."""


@dataclass(frozen=True)
class Criterion:
    """One thing that a marker looks for."""

    id: str
    ask: str
    levels: Mapping[int, str]
    """What each number of points stands for; 0 is always among them."""
    terms: tuple[str, ...] = ()
    """Words that hint at it, for the checks."""
    found: str = ""
    """What the learner reads when it is there."""
    missing: str = ""
    """What the learner reads when it is not."""
    detector: Detector = Detector.NONE
    options: tuple[str, ...] = ()
    """For `position`: what one can decide for."""
    stakeholders: tuple[str, ...] = ()
    """For `perspective`: whose chair one can sit in."""

    @property
    def points(self) -> int:
        """The most that it can bring."""
        return max(self.levels)


@dataclass(frozen=True)
class Rule:
    """When an answer is an adequate attempt: level 1 or more on these criteria."""

    all_of: tuple[str, ...] = ()
    at_least: int = 0
    of: tuple[str, ...] = ()


class Auto(StrEnum):
    """What may ever happen without a person."""

    NONE = "none"
    ADEQUATE_ATTEMPT = "adequate_attempt"
    """Only with a certificate from audited decisions; never a level."""


@dataclass(frozen=True)
class AutoDecision:
    """What an author allows the checks, once they have earned it."""

    auto: Auto = Auto.NONE
    points: int = 0
    """What a certified adequate attempt scores."""
    rule: Rule = Rule()
    target_agreement: float = 0.95
    audit_rate: float = 0.10
    """The share of auto-passes that a person reads all the same, blind."""
    max_auto_share: float = 0.8


@dataclass(frozen=True)
class Rubric:
    """The criteria by which one sort of written answer is marked."""

    name: str
    title: str
    criteria: tuple[Criterion, ...]
    language: str = ""
    """Of the answers; the course's when empty."""
    cap_words: int = 300
    """Words beyond it earn nothing with the checks; nothing is cut off for people."""
    quote_ok: bool = True
    """Whether quoting the case is fine, beside enough words of one's own."""
    min_own_words: int = 40
    private_phrases: tuple[str, ...] = ()
    """Phrases of a model answer that no learner has seen: an answer with one of them is worth a look."""
    decision: AutoDecision = AutoDecision()

    @property
    def points(self) -> int:
        """The sum of the highest levels."""
        return sum(c.points for c in self.criteria)

    def find_criterion(self, criterion: str) -> Criterion | None:
        """The criterion of that id, or none."""
        return next((c for c in self.criteria if c.id == criterion), None)


@dataclass(frozen=True)
class Exemplar:
    """A sample answer with a teacher's marks."""

    id: str
    prompt: PromptId
    response: Response
    marks: Mapping[str, int] = field(default_factory=dict)
    """For prose: a level for each criterion of the rubric."""
    adequate: bool | None = None
    """For prose: whether it is an adequate attempt."""
    passes: bool | None = None
    """For analysis: whether the tests pass."""
    note: str = ""
