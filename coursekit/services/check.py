"""Check a course: everything that its author should mend before learners see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from coursekit.lint import catalog as rules
from coursekit.lint.catalog import Material
from coursekit.lint.finding import Finding
from coursekit.lint.review import module_findings
from coursekit.lint.structure import course_findings
from coursekit.model.course import Course
from coursekit.model.ids import ModuleId
from coursekit.wire.misread import Misread


class CourseShelf(Protocol):
    """Where the course's files stand."""

    def course(self) -> Course:
        """As course.yml tells it."""

    def folders(self) -> Sequence[str]:
        """The folders in modules/."""

    def notebooks(self) -> Sequence[str]:
        """Those of them that have their notebook."""

    def cases(self) -> Sequence[str]:
        """The folders in cases/."""

    def material(self, course: Course, module: ModuleId) -> Material:
        """One module as its author wrote it. Raises BadInput when a file cannot be read."""


def check(shelf: CourseShelf, only: ModuleId | None = None) -> list[Finding]:
    """Every finding: those on course.yml first, then module by module, from top to bottom.

    `only`: that module's, as a build of it would ask. A file that cannot be read is a finding too, so that the rest
    is still looked at. Raises NotFound when there is no such module.
    """
    try:
        course = shelf.course()
    except Misread as error:
        return _unreadable(error)
    folders = shelf.folders()
    if only is not None:
        course, folders = replace(course, modules=(course.get_module(only),)), ()
    notebooks = shelf.notebooks()
    found = list(course_findings(course, folders, notebooks, shelf.cases()))
    for module in course.modules:
        if module.id not in notebooks:
            continue
        try:
            found += module_findings(shelf.material(course, module.id))
        except Misread as error:
            found += _unreadable(error)
    return found


def _unreadable(error: Misread) -> list[Finding]:
    rule = rules.UNREADABLE
    return [
        Finding(rule.code, rule.severity, e.file, e.cell, e.cell_id, _sentence(e.problem), e.next_step)
        for e in (error, *error.others)
    ]


def _sentence(problem: str) -> str:
    return problem[:1].upper() + problem[1:]
