"""Build a module: copy exhibits, write down its prompts and what checks need, execute a copy of its master."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from coursekit.lint.catalog import Material
from coursekit.lint.structure import course_findings
from coursekit.model.course import Course, Module
from coursekit.model.errors import BadInput
from coursekit.model.ids import Digest, ModuleId
from coursekit.model.notebook import Cell, Faculty
from coursekit.model.prompt import Prompt
from coursekit.ports import Runner
from coursekit.services.making import (
    errors_of,
    in_its_file,
    notebook_bytes,
    parameters_of,
    prompts_file,
    prompts_of,
    run_key,
)
from coursekit.wire.checks import checks_file


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

    def find_run(self, module: ModuleId, key: Digest) -> bytes | None:
        """The notebook as `check --run` executed it from the very same; none when it did not."""

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
    """False when nothing had changed since the last build, or since `check --run`, whose outputs stand."""
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
    prompts = prompts_of(material)
    parameters = parameters_of(course, material)
    prompts_json = prompts_file(course, wanted, prompts, material.rubrics)
    inputs = workshop.inputs(wanted)
    record = {"inputs": inputs, "coursekit": version}
    before = workshop.find_record(module)
    unchanged = before is not None and {k: before.get(k) for k in record} == record
    built, executed = None, False
    if not unchanged:
        built = workshop.find_run(module, run_key(inputs, prompts_json, parameters, version))
        executed = built is None
        built = built or _execute(workshop, material, parameters, prompts_json, runner)
    checks = checks_file(course, wanted, prompts, material.rubrics, _told(workshop.story(wanted), material))
    exhibits = workshop.install(wanted, prompts_json, checks, built, record)
    return Built(module, executed, prompts, exhibits)


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
        found = errors_of(workshop.material(course, module.id))
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


def _execute(
    workshop: Workshop, material: Material, parameters: Mapping[str, Any], prompts: bytes, runner: Runner
) -> bytes:
    module = material.module
    with workshop.scratch(module, prompts) as folder:
        try:
            executed = runner.run(workshop.master(module.id), parameters, folder)
        except BadInput as error:
            raise in_its_file(error, material) from error
    return notebook_bytes(executed)
