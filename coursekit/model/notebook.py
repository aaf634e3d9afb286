"""A notebook as far as we read it: cells, and what each is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from coursekit.model.ids import PromptId
from coursekit.model.prompt import Prompt


@dataclass(frozen=True)
class Reveal:
    """Held back by the exchange until the prompt `after` is committed."""

    after: PromptId
    files: tuple[str, ...] = ()
    """Paths below the module's folder, held back as well."""
    alt: str = ""
    """Describes the chart to those who do not see it."""
    answer: float | None = None
    """What the reveal says to an estimate, for staff's plan of the discussion."""


@dataclass(frozen=True)
class Faculty:
    """Never reaches a learner."""


@dataclass(frozen=True)
class Labelled:
    """A test that learners know by a name."""

    label: str


CellRole = Prompt | Reveal | Faculty | Labelled | None


@dataclass(frozen=True)
class NbgraderCell:
    """nbgrader's own metadata on a cell."""

    grade_id: str
    grade: bool = False
    solution: bool = False
    locked: bool = False
    task: bool = False
    points: float | None = None


@dataclass(frozen=True)
class Cell:
    """One cell. `index` counts from 1, as people do."""

    index: int
    id: str
    cell_type: str
    source: str
    role: CellRole = None
    nbgrader: NbgraderCell | None = None
    tags: tuple[str, ...] = ()
    outputs: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Notebook:
    """A module's notebook. `name` is the file's name without its ending."""

    name: str
    cells: tuple[Cell, ...]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def prompts(self) -> Iterator[tuple[Cell, Prompt]]:
        """Each prompt with its cell, in order."""
        for cell in self.cells:
            if isinstance(cell.role, Prompt):
                yield cell, cell.role

    def reveals(self) -> Iterator[tuple[Cell, Reveal]]:
        """Each reveal with its cell, in order."""
        for cell in self.cells:
            if isinstance(cell.role, Reveal):
                yield cell, cell.role
