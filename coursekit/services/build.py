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
from coursekit.model.translation import Entry, missing, stale
from coursekit.policy.translating import TITLE, in_language, pieces, rubrics_told, told
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

    def material(self, course: Course, module: ModuleId, master: str | None = None) -> Material:
        """One module as its author wrote it, or with another text as its notebook.

        Raises BadInput when a file cannot be read.
        """

    def story(self, module: Module) -> str:
        """The case's text; empty where there is none."""

    def master(self, module: ModuleId) -> dict[str, Any]:
        """The author's notebook, as it stands."""

    def inputs(self, module: Module) -> dict[str, Digest]:
        """Whatever the result depends on, by path."""

    def find_record(self, module: ModuleId, edition: str = "") -> Mapping[str, Any] | None:
        """What the last build, or that of an edition, wrote down; none when its notebook is gone."""

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

    def install_edition(
        self, module: ModuleId, edition: str, files: Mapping[str, bytes], record: Mapping[str, Any]
    ) -> None:
        """An edition's own files put beside the module's; what is not among them stays."""

    def catalogue(self, module: ModuleId, language: str) -> Sequence[Entry]:
        """A module's translation, as far as there is one. Raises BadInput when it cannot be read."""

    def catalogue_digest(self, module: ModuleId, language: str) -> dict[str, Digest]:
        """Its path and digest; nothing where there is none."""


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
    language: str = ""
    left: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What of the translation is missing or stale, by keys: there the source stands."""

    @property
    def summary(self) -> str:
        """One sentence."""
        done = "executed" if self.executed else "nothing has changed, so it was not executed again"
        if self.language:
            left = ", ".join(f"{len(keys)} {what}" for what, keys in self.left.items() if keys)
            return f"{self.module}, {self.language}: {done}; {left or 'everything is translated'}."
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
    before = workshop.find_record(module, f"variants/{variant}")
    built, executed = None, False
    if before is None or {k: before.get(k) for k in record} != record:
        if parameters == parameters_of(course, material):
            built = workshop.find_built(module)
        executed = built is None
        built = built or _execute(workshop, material, parameters, prompts_json, runner)
    files = {"built.ipynb": built} if built is not None else {}
    workshop.install_edition(module, f"variants/{variant}", files, record)
    given = {name: value for name, value in chosen.parameters_for(module).items() if name in known}
    return own, Built(module, executed, own.prompts, own.exhibits, variant, given)


def build_language(
    workshop: Workshop, module: ModuleId, language: str, runner: Runner, version: str
) -> tuple[Built, Built]:
    """Build one module, and once more in another language. Where a piece is missing or stale, the source stands.

    Raises BadInput as `build` does, also where `check` finds an error in the translated notebook.
    """
    own = build(workshop, module, runner, version)
    course = replace(workshop.course(), language=language, languages=())
    source = workshop.material(course, module)
    entries = {entry.key: entry for entry in workshop.catalogue(module, language)}
    if not entries:
        raise BadInput(
            "no-catalogue",
            f"{module} has no translation modules/{module}/translations/{language}.po.",
            f"Run coursekit translate {module} --language {language}, and translate it.",
        )
    say = in_language(entries)
    master = workshop.master(module)
    every = pieces(master, source.rubrics, source.module.title)
    notebook = told(master, say)
    material = workshop.material(course, module, notebook_bytes(notebook).decode())
    errors = errors_of(material)
    if errors:
        cell = f"cell {errors[0].cell} ({errors[0].cell_id}): " if errors[0].cell is not None else ""
        raise BadInput(
            "translation-has-errors",
            f"{module} in {language} has an error that the source has not: {cell}{errors[0].message}",
            f"Mend it in modules/{module}/translations/{language}.po. {errors[0].hint}",
        )
    titled = replace(source.module, title=say(TITLE, source.module.title))
    rubrics = rubrics_told(source.rubrics, say)
    prompts = prompts_of(material)
    prompts_json = prompts_file(course, titled, prompts, rubrics)
    record = {
        "inputs": {**workshop.inputs(source.module), **workshop.catalogue_digest(module, language)},
        "coursekit": version,
    }
    before = workshop.find_record(module, f"languages/{language}")
    executed = before is None or {k: before.get(k) for k in record} != record
    checks = checks_file(course, titled, prompts, rubrics, _told(workshop.story(titled), material))
    files = {"prompts.json": prompts_json, "checks.json": checks}
    if executed:
        parameters = parameters_of(course, material)
        files["built.ipynb"] = _execute(workshop, material, parameters, prompts_json, runner, notebook)
    workshop.install_edition(module, f"languages/{language}", files, record)
    left = {"missing": missing(entries, every), "stale": stale(entries, every)}
    return own, Built(module, executed, prompts, own.exhibits, language=language, left=left)


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
    workshop: Workshop,
    material: Material,
    parameters: Mapping[str, Any],
    prompts: bytes,
    runner: Runner,
    notebook: Mapping[str, Any] | None = None,
) -> bytes:
    """`notebook`: in the master's place."""
    module = material.module
    with workshop.scratch(module, prompts) as folder:
        try:
            executed = runner.run(notebook or workshop.master(module.id), parameters, folder)
        except BadInput as error:
            raise in_its_file(error, material) from error
    return notebook_bytes(executed)
