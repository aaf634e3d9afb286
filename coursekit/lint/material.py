"""One module as its author wrote it: all that the rules look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from coursekit.model.course import Module
from coursekit.model.notebook import Notebook
from coursekit.model.rubric import Exemplar, Rubric
from coursekit.model.translation import Entry, Piece

COURSE_FILE = "modules/course.yml"

Where = Callable[[str, tuple[str | int, ...]], int | None]
"""The line of a YAML file on which something stands: `("exemplars", "p3-a")`; none when it is not known."""


def nowhere(file: str, path: tuple[str | int, ...]) -> int | None:
    """For values that came out of no file."""
    return None


@dataclass(frozen=True)
class Material:
    """One module as its author wrote it: all that the rules look at."""

    module: Module
    notebook: Notebook
    rubrics: Mapping[str, Rubric]
    exemplars: tuple[Exemplar, ...]
    exhibits: frozenset[str]
    """The case's exhibits, as a notebook names them: `exhibits/scores.csv`."""
    competencies: frozenset[str]
    """The ids in course.yml."""
    case: tuple[str, ...] = ()
    """The texts of the case that learners read."""
    prose: Mapping[str, str] = field(default_factory=dict)
    """Those exhibits that are prose, by the same names."""
    files: frozenset[str] = frozenset()
    """What else learners get with the notebook, by its path in the module's folder."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """The YAML files as they stand, by their path below the root: comments in them may silence a rule."""
    where: Where = nowhere
    sources: str | None = None
    """The case's SOURCES.md; none when there is none."""
    translations: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    """For each language of the course the module's catalogue."""
    pieces: tuple[Piece, ...] = ()
    """What is to be translated; nothing where the course has no languages."""

    @property
    def notebook_file(self) -> str:
        """Where the notebook is, below the course's root."""
        return f"modules/{self.module.id}/{self.module.id}.ipynb"

    @property
    def exemplars_file(self) -> str:
        """Where the exemplars are, below the course's root."""
        return f"modules/{self.module.id}/exemplars.yml"

    @property
    def rubrics_file(self) -> str:
        """Where the rubrics are, below the course's root."""
        return f"modules/{self.module.id}/rubrics.yml"

    def exemplar_line(self, exemplar: str) -> int | None:
        """The line on which that exemplar begins."""
        return self.where(self.exemplars_file, ("exemplars", exemplar))

    def rubric_line(self, rubric: str, *inside: str) -> int | None:
        """The line on which that rubric, or something inside it, begins."""
        return self.where(self.rubrics_file, ("rubrics", rubric, *inside))


def texts_of(exemplar: Exemplar) -> Iterator[str]:
    """What is written in a sample answer, field by field."""
    fields = exemplar.response.get("fields")
    values = [*exemplar.response.values(), *(fields.values() if isinstance(fields, dict) else ())]
    yield from (value for value in values if isinstance(value, str))
