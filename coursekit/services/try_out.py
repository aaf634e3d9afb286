"""Try a module out: does it run, do its solutions pass, does the learners' version fail where it should?

faculty version, twice      every cell runs; the same outputs each time
learners', solved           what is left without reveals and faculty notes runs as well
learners', with stubs       every graded test fails
each variant, once          every cell runs, where its parameters are others
each translation            looked at and not run: no word of code is translated
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from coursekit.lint.catalog import Material
from coursekit.lint.finding import Finding
from coursekit.lint.parameters import parameters_set
from coursekit.lint.review import run_findings
from coursekit.lint.running import (
    Failure,
    cannot_run,
    differ,
    fails,
    fails_for_learners,
    first_failure,
    in_edition,
    is_test,
    passing,
    stops,
)
from coursekit.model.course import Course, Module
from coursekit.model.edition import OWN_EDITION, Edition
from coursekit.model.errors import BadInput, CellFailed
from coursekit.model.ids import Digest, ModuleId
from coursekit.model.notebook import Faculty, Reveal
from coursekit.model.submission import sha256
from coursekit.model.translation import Entry
from coursekit.policy.sealing import split_notebook
from coursekit.ports import Runner
from coursekit.services.making import (
    errors_of,
    find_translation,
    notebook_bytes,
    parameters_of,
    prompts_file,
    prompts_of,
    run_key,
)

Stubbed = Callable[[Mapping[str, Any]], dict[str, Any]]
"""A notebook with nbgrader's stubs in the solutions' place, and its tests whole."""


class TryOutRoom(Protocol):
    """The course's folder, as far as this needs it."""

    def course(self) -> Course:
        """As course.yml tells it."""

    def material(self, course: Course, module: ModuleId, master: str | None = None) -> Material:
        """One module as its author wrote it, or with another text as its notebook.

        Raises BadInput when a file cannot be read.
        """

    def master(self, module: ModuleId) -> dict[str, Any]:
        """The author's notebook, as it stands."""

    def inputs(self, module: Module) -> dict[str, Digest]:
        """Whatever the result depends on, by path."""

    def catalogue(self, module: ModuleId, language: str) -> Sequence[Entry]:
        """A module's translation, as far as there is one. Raises BadInput when it cannot be read."""

    def find_record(self, module: ModuleId, edition: str = "") -> Mapping[str, Any] | None:
        """What the last build, or that of an edition, wrote down; none when its notebook is gone."""

    def find_built(self, module: ModuleId, edition: str = "") -> bytes | None:
        """The notebook of that build."""

    def scratch(self, module: Module, prompts: bytes) -> AbstractContextManager[str]:
        """A copy of the module's folder to run in, gone afterwards."""

    def find_tried(self, module: ModuleId, key: Digest, edition: str = "") -> Sequence[Finding] | None:
        """What the last try-out found, if it was of the very same; else none."""

    def keep_tried(
        self,
        module: ModuleId,
        key: Digest,
        findings: Sequence[Finding],
        run: Digest,
        executed: bytes | None,
        edition: str = "",
    ) -> None:
        """Keep it for the next time, and the executed notebook for the next build."""


@dataclass(frozen=True)
class TriedOut:
    """What came of one module."""

    module: ModuleId
    findings: tuple[Finding, ...]
    ran: bool
    """False when nothing had changed since the last time."""
    why_not: str = ""
    """Why it was not looked at at all; empty when it was."""


def try_out(
    room: TryOutRoom,
    module: ModuleId,
    runner: Runner,
    stubbed: Stubbed,
    version: str,
    rules: str,
    *,
    remember: bool = True,
) -> TriedOut:
    """Run one module in all its versions. Nothing that a build makes is written.

    `version`: of coursekit, as builds note it; `rules`: of what judges here, so that a new rule looks again.
    A module with errors of another sort is not run: a build would refuse it.
    """
    course = room.course()
    wanted = course.get_module(module)
    try:
        material = room.material(course, module)
    except BadInput:
        # What cannot be read is among the findings already.
        return TriedOut(module, (), False, "it has errors that come first")
    if errors_of(material):
        return TriedOut(module, (), False, "it has errors that come first")
    prompts = prompts_file(course, wanted, prompts_of(material), material.rubrics)
    inputs = room.inputs(wanted)
    trial = _Trial(room, material, prompts, runner)
    ran = False

    def once(
        parameters: Mapping[str, Any], edition: Edition, run: Callable[[bytes | None], _Outcome]
    ) -> Sequence[Finding]:
        """What such a run finds; from the record where it was of the very same."""
        nonlocal ran
        run_of = run_key(inputs, prompts, parameters, version)
        key = sha256(f"{run_of} {rules}".encode())
        known = room.find_tried(module, key, edition.path) if remember else None
        if known is not None:
            return known
        ran = True
        found, executed = run(_built(room, module, edition, inputs, version) if remember else None)
        if remember:
            room.keep_tried(module, key, found, run_of, executed, edition.path)
        return found

    own = parameters_of(course, material)
    found = list(once(own, OWN_EDITION, lambda built: trial.all_versions(own, stubbed, built)))
    # What fails for everybody would fail in each variant again.
    if not any(stops(f) for f in found):
        for edition, parameters in _variants(course, material):
            found += once(parameters, edition, partial(trial.variant, edition, parameters))
    found += _translations(room, course, material)
    return TriedOut(module, tuple(run_findings(material, found)), ran)


def _variants(course: Course, material: Material) -> Iterator[tuple[Edition, Mapping[str, Any]]]:
    """Those in which something runs with other parameters, each such set of them once."""
    known = parameters_set(material.notebook) or ()

    def given(parameters: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in parameters.items() if name in known}

    seen = [given(parameters_of(course, material))]
    for variant in course.variants:
        parameters = parameters_of(course, material, variant)
        if given(parameters) not in seen:
            seen.append(given(parameters))
            yield Edition(variant.id), parameters


def _translations(room: TryOutRoom, course: Course, material: Material) -> Iterator[Finding]:
    """The errors that a translation brings of its own: a build of it would stop there."""
    for language in course.languages:
        edition = Edition(language=language)
        try:
            translation = find_translation(room, course, material, language)
        except BadInput as error:
            yield in_edition(cannot_run(material, error.detail, error.next_step), material, edition)
            continue
        for found in errors_of(translation.material) if translation is not None else ():
            yield in_edition(found, material, edition)


def _built(
    room: TryOutRoom, module: ModuleId, edition: Edition, inputs: Mapping[str, Digest], version: str
) -> bytes | None:
    record = room.find_record(module, edition.path)
    same = record is not None and (record.get("inputs"), record.get("coursekit")) == (inputs, version)
    return room.find_built(module, edition.path) if same else None


_Outcome = tuple[Sequence[Finding], bytes | None]
"""What is wrong, and the executed notebook."""


@dataclass(frozen=True)
class _Trial:
    room: TryOutRoom
    material: Material
    prompts: bytes
    runner: Runner

    def all_versions(self, parameters: Mapping[str, Any], stubbed: Stubbed, built: bytes | None) -> _Outcome:
        """What comes first stops what comes after it."""
        master = self.room.master(self.material.module.id)
        try:
            first = json.loads(built) if built is not None else self._run(master, parameters)
            found = list(differ(self.material, first, self._run(master, parameters)))
        except CellFailed as error:
            return [fails(self.material, Failure(error.cell_id, error.said, error.traceback))], None
        except BadInput as error:
            return [cannot_run(self.material, error.detail, error.next_step)], None
        executed = notebook_bytes(first)
        try:
            kept, _ = split_notebook(first["cells"])
            learners = {**first, "cells": kept}
            if self._author_computes():
                failure = first_failure(self._run(learners, {}, keep_going=True))
                if failure is not None:
                    return [*found, fails_for_learners(self.material, failure)], executed
            if any(is_test(cell) for cell in self.material.notebook.cells):
                found += passing(self.material, self._run(stubbed(learners), {}, keep_going=True))
        except BadInput as error:
            found.append(cannot_run(self.material, error.detail, error.next_step))
        return found, executed

    def variant(self, edition: Edition, parameters: Mapping[str, Any], built: bytes | None) -> _Outcome:
        """The author's notebook once: what else must hold does not hang on parameters."""
        if built is not None:
            return [], built
        try:
            executed = self._run(self.room.master(self.material.module.id), parameters)
        except CellFailed as error:
            failure = Failure(error.cell_id, error.said, error.traceback)
            return [in_edition(fails(self.material, failure), self.material, edition)], None
        except BadInput as error:
            found = cannot_run(self.material, error.detail, error.next_step)
            return [in_edition(found, self.material, edition)], None
        return [], notebook_bytes(executed)

    def _author_computes(self) -> bool:
        """Whether code runs that learners do not get. Where there is none, they have what the author has."""
        return any(
            cell.cell_type == "code" and isinstance(cell.role, Reveal | Faculty)
            for cell in self.material.notebook.cells
        )

    def _run(
        self, notebook: Mapping[str, Any], parameters: Mapping[str, Any], *, keep_going: bool = False
    ) -> dict[str, Any]:
        with self.room.scratch(self.material.module, self.prompts) as folder:
            if not keep_going:
                return self.runner.run(notebook, parameters, folder)
            return self.runner.run(notebook, parameters, folder, keep_going=True)
