"""Try a module out: does it run, do its solutions pass, does the learners' version fail where it should?

faculty version, twice      every cell runs; the same outputs each time
learners', solved           what is left without reveals and faculty notes runs as well
learners', with stubs       every graded test fails
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from coursekit.lint.catalog import Material
from coursekit.lint.finding import Finding
from coursekit.lint.review import run_findings
from coursekit.lint.running import (
    Failure,
    cannot_run,
    differ,
    fails,
    fails_for_learners,
    first_failure,
    is_test,
    passing,
)
from coursekit.model.course import Course, Module
from coursekit.model.errors import BadInput, CellFailed
from coursekit.model.ids import Digest, ModuleId
from coursekit.model.notebook import Faculty, Reveal
from coursekit.model.submission import sha256
from coursekit.policy.sealing import split_notebook
from coursekit.ports import Runner
from coursekit.services.making import (
    errors_of,
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

    def material(self, course: Course, module: ModuleId) -> Material:
        """One module as its author wrote it. Raises BadInput when a file cannot be read."""

    def master(self, module: ModuleId) -> dict[str, Any]:
        """The author's notebook, as it stands."""

    def inputs(self, module: Module) -> dict[str, Digest]:
        """Whatever the result depends on, by path."""

    def find_record(self, module: ModuleId) -> Mapping[str, Any] | None:
        """What the last build wrote down; none when its notebook is gone."""

    def find_built(self, module: ModuleId) -> bytes | None:
        """The notebook of the last build."""

    def scratch(self, module: Module, prompts: bytes) -> AbstractContextManager[str]:
        """A copy of the module's folder to run in, gone afterwards."""

    def find_tried(self, module: ModuleId, key: Digest) -> Sequence[Finding] | None:
        """What the last try-out found, if it was of the very same; else none."""

    def keep_tried(
        self, module: ModuleId, key: Digest, findings: Sequence[Finding], run: Digest, executed: bytes | None
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
    material = room.material(course, module)
    if errors_of(material):
        return TriedOut(module, (), False, "it has errors that come first")
    prompts = prompts_file(course, wanted, prompts_of(material), material.rubrics)
    parameters = parameters_of(course, material)
    inputs = room.inputs(wanted)
    run = run_key(inputs, prompts, parameters, version)
    key = sha256(f"{run} {rules}".encode())
    known = room.find_tried(module, key) if remember else None
    if known is not None:
        return TriedOut(module, tuple(known), False)
    built = _built(room, module, inputs, version) if remember else None
    trial = _Trial(room, material, prompts, runner)
    found, executed = trial.all_versions(parameters, stubbed, built)
    findings = run_findings(material, found)
    if remember:
        room.keep_tried(module, key, findings, run, executed)
    return TriedOut(module, tuple(findings), True)


def _built(room: TryOutRoom, module: ModuleId, inputs: Mapping[str, Digest], version: str) -> bytes | None:
    record = room.find_record(module)
    same = record is not None and (record.get("inputs"), record.get("coursekit")) == (inputs, version)
    return room.find_built(module) if same else None


@dataclass(frozen=True)
class _Trial:
    room: TryOutRoom
    material: Material
    prompts: bytes
    runner: Runner

    def all_versions(
        self, parameters: Mapping[str, Any], stubbed: Stubbed, built: bytes | None
    ) -> tuple[list[Finding], bytes | None]:
        """What is wrong, and the executed notebook. What comes first stops what comes after it."""
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
