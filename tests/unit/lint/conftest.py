"""A module in memory that nothing is wrong with, to be bent by one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from coursekit.lint.catalog import Material
from coursekit.model.course import Module
from coursekit.model.ids import ModuleId, PromptId
from coursekit.model.notebook import Cell, CellRole, NbgraderCell, Notebook, Reveal
from coursekit.model.prompt import Choice, Prompt, PromptKind


def cell(
    cell_id: str,
    source: str,
    role: CellRole = None,
    cell_type: str = "markdown",
    nbgrader: NbgraderCell | None = None,
) -> Cell:
    return Cell(0, cell_id, cell_type, source, role, nbgrader)


def decision(**fields: Any) -> Prompt:
    given: dict[str, Any] = {
        "id": PromptId("p1"),
        "kind": PromptKind.DECISION,
        "title": "Publish?",
        "question": "Would you publish?",
        "options": (Choice("yes", "Yes"), Choice("no", "No")),
        **fields,
    }
    return Prompt(**given)


@pytest.fixture
def make_cell() -> Callable[..., Cell]:
    return cell


@pytest.fixture
def make_decision() -> Callable[..., Prompt]:
    return decision


@pytest.fixture
def make_material() -> Callable[..., Material]:
    def make(*cells: Cell, **fields: Any) -> Material:
        numbered = tuple(
            Cell(i, c.id, c.cell_type, c.source, c.role, c.nbgrader, c.tags) for i, c in enumerate(cells, 1)
        )
        given: dict[str, Any] = {
            "module": Module(ModuleId("one"), "One", case="lamp"),
            "notebook": Notebook("one", numbered),
            "rubrics": {},
            "exemplars": (),
            "exhibits": frozenset(),
            "competencies": frozenset(),
            **fields,
        }
        given.setdefault("sources", "\n".join(given["exhibits"]))
        return Material(**given)

    return make


@pytest.fixture
def sound_cells() -> list[Cell]:
    return [
        cell("welcome", "# One"),
        cell("p1", 'ck.decision("p1")', decision(), "code", NbgraderCell("p1", locked=True)),
        cell("p1-reveal", "Seven.", Reveal(PromptId("p1"))),
    ]
