"""Build a module: copy exhibits, write down its prompts and what checks need, execute a copy of its master."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from coursekit.lint.catalog import Material
from coursekit.lint.parameters import parameters_set
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

    def find_record(self, module: ModuleId, variant: str | None = None) -> Mapping[str, Any] | None:
        """What the last build, or that of a variant, wrote down; none when its notebook is gone."""

    def find_built(self, module: ModuleId) -> bytes | None:
        """The notebook of the last build."""

    def find_run(self, module: ModuleId, key: Digest) -> bytes | None:
        """The notebook as `check --run` executed it from the very same; none when it did not."""

    def scratch(self, module: Module, prompts: bytes) -> AbstractContextManager[str]:
        """A copy of the module's folder to run in, gone afterwards."""

    def install(
        self, module: Module, prompts: bytes, checks: bytes, built: bytes | None, record: Mapping[str, Any]
    ) -> tuple[str, ...]:
        """All results put in their places at once; gives the exhibits' paths."""

    def install_variant(
        self, module: ModuleId, variant: str, built: bytes | None, record: Mapping[str, Any]
    ) -> None:
        """A variant's notebook put beside the module's own; without `built` the one that is there stays."""


@dataclass(frozen=True)
class Built:
    """What a build gave."""

    module: ModuleId
    executed: bool
    """False when nothing had changed since the last build, or since `check --run`, whose outputs stand."""
    prompts: tuple[Prompt, ...]
    exhibits: tuple[str, ...]
    """Below the module's folder."""
    variant: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    """What the variant changes in this module."""

    @property
    def summary(self) -> str:
        """One sentence."""
        done = "executed" if self.executed else "nothing has changed, so it was not executed again"
        if self.variant:
            given = ", ".join(f"{name} = {value}" for name, value in self.given.items())
            return f"{self.module}, {self.variant}: {done}; {given or 'the same as for everybody'}."
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


def build_variant(
    workshop: Workshop, module: ModuleId, variant: str, runner: Runner, version: str
) -> tuple[Built, Built]:
    """Build one module, and once more with a variant's parameters. Prompts, checks and exhibits are the same.

    Raises BadInput as `build` does, and where the variant gives the module a parameter that it has not.
    """
    course = workshop.course()
    chosen = course.get_variant(variant)
    own = build(workshop, module, runner, version)
    material = workshop.material(course, module)
    known = parameters_set(material.notebook) or ()
    unknown = sorted(chosen.modules.get(module, {}).keys() - set(known))
    if unknown:
        raise BadInput(
            "unknown-parameter",
            f"The variant {variant} gives {module} the parameter {unknown[0]}, which its parameters cell has not.",
            f"Mend it in course.yml; the cell has: {', '.join(known) or 'nothing'}.",
        )
    parameters = parameters_of(course, material, chosen)
    prompts_json = prompts_file(course, material.module, own.prompts, material.rubrics)
    inputs = workshop.inputs(material.module)
    record = {"inputs": inputs, "coursekit": version}
    before = workshop.find_record(module, variant)
    built, executed = None, False
    if before is None or {k: before.get(k) for k in record} != record:
        if parameters == parameters_of(course, material):
            built = workshop.find_built(module)
        executed = built is None
        built = built or _execute(workshop, material, parameters, prompts_json, runner)
    workshop.install_variant(module, variant, built, record)
    given = {name: value for name, value in chosen.parameters_for(module).items() if name in known}
    return own, Built(module, executed, own.prompts, own.exhibits, variant, given)


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
