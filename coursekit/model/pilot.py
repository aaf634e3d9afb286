"""A double-graded pilot: the same answers, marked by two people or more who know of neither learner nor each other.

answers ─draw─▶ Drawn… ─▶ a form for each grader ─▶ Given… ─▶ agreement; where they differ, one more look
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from coursekit.model.ids import PromptId
from coursekit.model.prompt import Response
from coursekit.model.rubric import Rubric


@dataclass(frozen=True)
class Asked:
    """A prompt of the pilot, as graders see it."""

    id: PromptId
    title: str
    question: str
    rubric: Rubric


@dataclass(frozen=True)
class Written:
    """An answer that could be drawn."""

    learner: str
    prompt: PromptId
    text: str
    """As graders read it."""
    response: Response


@dataclass(frozen=True)
class Drawn:
    """An answer that was drawn, under an id that says nothing."""

    id: str
    written: Written


@dataclass(frozen=True)
class Pilot:
    """One pilot, as it was begun. Who wrote what is not in it."""

    name: str
    module: str
    graders: tuple[str, ...]
    seed: int
    begun: str
    """When, in ISO 8601."""
    prompts: tuple[Asked, ...]
    answers: Mapping[str, PromptId]
    """Blind id → prompt, for every answer that was drawn."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Why → how many answers could not be drawn."""

    def get_prompt(self, answer: str) -> Asked:
        """The prompt that the answer of that id answers."""
        wanted = self.answers[answer]
        return next(p for p in self.prompts if p.id == wanted)

    @property
    def criteria(self) -> tuple[str, ...]:
        """The ids of all prompts' criteria, each once."""
        return tuple(dict.fromkeys(c.id for p in self.prompts for c in p.rubric.criteria))


@dataclass(frozen=True)
class Given:
    """What one grader wrote about one answer, as far as it goes."""

    levels: Mapping[str, int] = field(default_factory=dict)
    adequate: bool | None = None
    note: str = ""

    def lacks(self, rubric: Rubric) -> tuple[str, ...]:
        """What is still to be filled in."""
        open_ = [c.id for c in rubric.criteria if c.id not in self.levels]
        return (*open_, *(("adequate",) if self.adequate is None else ()))

    def points(self, rubric: Rubric) -> int | None:
        """Over all criteria; none while one is open."""
        levels = [self.levels.get(c.id) for c in rubric.criteria]
        return sum(level for level in levels if level is not None) if None not in levels else None
