"""Build a module: copy exhibits, write down its prompts and what checks need, execute a copy of its master."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from coursekit.lint.catalog import Material
from coursekit.lint.parameters import parameters_set
from coursekit.lint.structure import course_findings
from coursekit.model.course import Course, Module, Variant
from coursekit.model.edition import OWN_EDITION, Edition
from coursekit.model.errors import BadInput
from coursekit.model.ids import Digest, ModuleId
from coursekit.model.notebook import Cell, Faculty
from coursekit.model.prompt import Prompt
from coursekit.model.translation import Entry
from coursekit.ports import Runner
from coursekit.services.making import (
    Translation,
    errors_of,
    find_translation,
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

    def find_run(self, module: ModuleId, key: Digest, edition: str = "") -> bytes | None:
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
    edition: Edition = OWN_EDITION
    given: Mapping[str, Any] = field(default_factory=dict)
    """What a variant changes in this module."""
    left: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What of a translation is missing or stale, by keys: there the source stands."""

    @property
    def summary(self) -> str:
        """One sentence."""
        done = "executed" if self.executed else "nothing has changed, so it was not executed again"
        if not self.edition:
            return f"{self.module}: {done}; prompts: {len(self.prompts)}, exhibits: {len(self.exhibits)}."
        told = []
        if self.edition.variant:
            given = ", ".join(f"{name} = {value}" for name, value in self.given.items())
            told.append(given or "the same as for everybody")
        if self.edition.language:
            left = ", ".join(f"{len(keys)} {what}" for what, keys in self.left.items() if keys)
            told.append(left or "everything is translated")
        names = ", ".join(name for name in (self.module, self.edition.variant, self.edition.language) if name)
        return f"{names}: {'; '.join((done, *told))}."


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


def build_edition(
    workshop: Workshop, module: ModuleId, edition: Edition, runner: Runner, version: str
) -> tuple[Built, Built]:
    """Build one module, and once more with a variant's parameters, in another language, or both.

    A variant alone has the module's prompts and checks. Where a piece of a translation is missing or stale, the
    source stands. Raises BadInput as `build` does, and where the edition cannot be made.
    """
    course = workshop.course()
    variant = course.get_variant(edition.variant) if edition.variant else None
    own = build(workshop, module, runner, version)
    source = workshop.material(course, module)
    given = _given(source, variant) if variant is not None else {}
    translation = _translation(workshop, course, source, edition.language) if edition.language else None
    parameters = parameters_of(course, source, variant)
    inputs = workshop.inputs(source.module)
    files: dict[str, bytes] = {}
    if translation is not None:
        inputs |= workshop.catalogue_digest(module, edition.language)
        prompts, rubrics, titled = prompts_of(translation.material), translation.rubrics, translation.module
        prompts_json = prompts_file(translation.course, titled, prompts, rubrics)
        told = _told(workshop.story(titled), translation.material)
        files["prompts.json"] = prompts_json
        files["checks.json"] = checks_file(translation.course, titled, prompts, rubrics, told)
    else:
        prompts, prompts_json = own.prompts, prompts_file(course, source.module, own.prompts, source.rubrics)
    record = {"inputs": inputs, "coursekit": version}
    before = workshop.find_record(module, edition.path)
    built, executed = None, False
    if before is None or {k: before.get(k) for k in record} != record:
        if translation is None:
            same = parameters == parameters_of(course, source)
            key = run_key(inputs, prompts_json, parameters, version)
            built = workshop.find_built(module) if same else workshop.find_run(module, key, edition.path)
        executed = built is None
        notebook = translation.notebook if translation is not None else None
        built = built or _execute(workshop, source, parameters, prompts_json, runner, notebook)
    if built is not None:
        files["built.ipynb"] = built
    workshop.install_edition(module, edition.path, files, record)
    left = translation.left if translation is not None else {}
    return own, Built(module, executed, prompts, own.exhibits, edition, given, left)


def _given(material: Material, variant: Variant) -> dict[str, Any]:
    """What the variant changes in this module. Raises BadInput where it gives it what it has not."""
    module = material.module.id
    known = parameters_set(material.notebook) or ()
    unknown = sorted(variant.modules.get(module, {}).keys() - set(known))
    if unknown:
        raise BadInput(
            "unknown-parameter",
            f"The variant {variant.id} gives {module} the parameter {unknown[0]}, "
            "which its parameters cell has not.",
            f"Mend it in course.yml; the cell has: {', '.join(known) or 'nothing'}.",
        )
    return {name: value for name, value in variant.parameters_for(module).items() if name in known}


def _translation(workshop: Workshop, course: Course, source: Material, language: str) -> Translation:
    """Raises BadInput where there is none, and where `check` finds an error in it."""
    module = source.module.id
    translation = find_translation(workshop, course, source, language)
    if translation is None:
        raise BadInput(
            "no-catalogue",
            f"{module} has no translation modules/{module}/translations/{language}.po.",
            f"Run coursekit translate {module} --language {language}, and translate it.",
        )
    errors = errors_of(translation.material)
    if errors:
        cell = f"cell {errors[0].cell} ({errors[0].cell_id}): " if errors[0].cell is not None else ""
        raise BadInput(
            "translation-has-errors",
            f"{module} in {language} has an error that the source has not: {cell}{errors[0].message}",
            f"Mend it in modules/{module}/translations/{language}.po. {errors[0].hint}",
        )
    return translation


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
