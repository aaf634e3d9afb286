"""How written answers are marked, and answers that a teacher has marked already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from coursekit.model.ids import PromptId
from coursekit.model.prompt import Response


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

    @property
    def points(self) -> int:
        """The most that it can bring."""
        return max(self.levels)


@dataclass(frozen=True)
class Rubric:
    """The criteria by which one sort of written answer is marked."""

    name: str
    title: str
    criteria: tuple[Criterion, ...]

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
