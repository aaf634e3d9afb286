"""Build a module: copy exhibits, write down its prompts and what checks need, execute a copy of its master."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from coursekit.lint.catalog import Material
from coursekit.lint.prompts import question_of
from coursekit.lint.review import module_findings
from coursekit.lint.structure import course_findings
from coursekit.model.course import Course, Module
from coursekit.model.errors import BadInput
from coursekit.model.ids import Digest, ModuleId
from coursekit.model.notebook import Cell, Faculty
from coursekit.model.prompt import Prompt
from coursekit.model.rubric import Rubric
from coursekit.ports import Runner
from coursekit.wire.checks import checks_file
from coursekit.wire.prompts import prompt_to_json, rubrics_to_json


class Workshop(Protocol):
    """The course's folder, as far as a build needs it."""

    def course(self) -> Course:
        """As course.yml tells it."""

    def notebooks(self) -> Sequence[str]:
        """The modules that have their notebook."""

    def cases(self) -> Sequence[str]:
        """The folders in cases/."""

    def material(self, course: Course, module: ModuleId) -> Material:
        """One module as its author wrote it. Raises BadInput when a file cannot be read."""

    def story(self, module: Module) -> str:
        """The case's text; empty where there is none."""

    def master(self, module: ModuleId) -> dict[str, Any]:
        """The author's notebook, as it stands."""

    def inputs(self, module: Module) -> dict[str, Digest]:
        """Whatever the result depends on, by path."""

    def find_record(self, module: ModuleId) -> Mapping[str, Any] | None:
        """What the last build wrote down; none when its notebook is gone."""

    def scratch(self, module: Module, prompts: bytes) -> AbstractContextManager[str]:
        """A copy of the module's folder to run in, gone afterwards."""

    def install(
        self, module: Module, prompts: bytes, checks: bytes, built: bytes | None, record: Mapping[str, Any]
    ) -> tuple[str, ...]:
        """All results put in their places at once; gives the exhibits' paths."""


@dataclass(frozen=True)
class Built:
    """What a build gave."""

    module: ModuleId
    executed: bool
    """False when nothing had changed since the last build, whose outputs stand."""
    prompts: tuple[Prompt, ...]
    exhibits: tuple[str, ...]
    """Below the module's folder."""

    @property
    def summary(self) -> str:
        """One sentence."""
        done = "executed" if self.executed else "nothing has changed, so it was not executed again"
        return f"{self.module}: {done}; prompts: {len(self.prompts)}, exhibits: {len(self.exhibits)}."


def build(workshop: Workshop, module: ModuleId, runner: Runner, version: str) -> Built:
    """Build one module. What an earlier build left is replaced at the very end, or not at all.

    Raises BadInput when `check` finds an error in the module, or when a cell fails.
    """
    course = workshop.course()
    wanted = course.get_module(module)
    _refuse_errors(workshop, course, wanted)
    material = workshop.material(course, module)
    prompts = tuple(
        replace(prompt, question=question_of(material.notebook, cell, prompt))
        for cell, prompt in material.notebook.prompts()
    )
    prompts_json = prompts_file(course, wanted, prompts, material.rubrics)
    record = {"inputs": workshop.inputs(wanted), "coursekit": version}
    before = workshop.find_record(module)
    unchanged = before is not None and {k: before.get(k) for k in record} == record
    built = None if unchanged else _execute(workshop, course, material, prompts_json, runner)
    checks = checks_file(course, wanted, prompts, material.rubrics, _told(workshop.story(wanted), material))
    exhibits = workshop.install(wanted, prompts_json, checks, built, record)
    return Built(module, not unchanged, prompts, exhibits)


def prompts_file(
    course: Course, module: Module, prompts: Sequence[Prompt], rubrics: Mapping[str, Rubric] | None = None
) -> bytes:
    """prompts.json: what a kernel or a lab needs to know, whichever notebook it serves."""
    shown = rubrics_to_json(prompts, rubrics or {})
    value = {
        "schema": "coursekit.prompts/1",
        "course": course.id,
        "module": module.id,
        "title": module.title,
        "notebook": module.id,
        **({"language": course.language} if course.language != "en" else {}),
        "prompts": [prompt_to_json(p) for p in prompts],
        **({"rubrics": shown} if shown else {}),
    }
    return _json(value)


def _told(story: str, material: Material) -> list[str]:
    """All that a learner can read, and so could copy: the case, and the notebook's own words, reveals as well."""
    cells = (
        cell.source
        for cell in material.notebook.cells
        if cell.cell_type == "markdown"
        and not isinstance(cell.role, Faculty | Prompt)
        and not _is_answer(cell)
    )
    return [text for text in (story, *cells) if text.strip()]


def _is_answer(cell: Cell) -> bool:
    # In a master it may hold the model answer, which no learner has seen.
    return cell.nbgrader is not None and cell.nbgrader.solution


def _refuse_errors(workshop: Workshop, course: Course, module: Module) -> None:
    alone = replace(course, modules=(module,))
    found = list(course_findings(alone, (), workshop.notebooks(), workshop.cases()))
    if not found:
        found = module_findings(workshop.material(course, module.id))
    errors = [f for f in found if f.is_error]
    if errors:
        first = errors[0]
        where = first.file + (f", cell {first.cell} ({first.cell_id})" if first.cell is not None else "")
        count = "an error" if len(errors) == 1 else f"{len(errors)} errors"
        raise BadInput(
            "module-has-errors",
            f"{module.id} has {count}: {where}: {first.message}",
            f"{first.hint} Then build again; coursekit check shows everything.",
        )


def _execute(workshop: Workshop, course: Course, material: Material, prompts: bytes, runner: Runner) -> bytes:
    module = material.module
    tagged = any("parameters" in cell.tags for cell in material.notebook.cells)
    parameters = {**course.parameters, **module.parameters} if tagged else {}
    with workshop.scratch(module, prompts) as folder:
        try:
            executed = runner.run(workshop.master(module.id), parameters, folder)
        except BadInput as error:
            detail = f"{material.notebook_file}: {error.detail[:1].lower()}{error.detail[1:]}"
            raise BadInput(error.code, detail, error.next_step) from error
    return _json(executed)


def _json(value: Any) -> bytes:
    # One space and no escapes, as Jupyter saves notebooks.
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()
