"""Check a course: everything that its author should mend before learners see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from coursekit.lint import catalog as rules
from coursekit.lint.catalog import Material
from coursekit.lint.finding import Finding
from coursekit.lint.material import COURSE_FILE, Where
from coursekit.lint.outcome import Outcome, Seen, Stamps, key_of
from coursekit.lint.review import module_findings, quiet
from coursekit.lint.silence import silences
from coursekit.lint.structure import course_findings
from coursekit.lint.whole import facts_of, whole_findings
from coursekit.model.course import Course
from coursekit.model.ids import ModuleId
from coursekit.model.misread import Misread


class CourseShelf(Protocol):
    """Where the course's files stand."""

    where: Where
    """Looks up on which line of a YAML file something stands."""

    def course(self) -> Course:
        """As course.yml tells it."""

    def folders(self) -> Sequence[str]:
        """The folders in modules/."""

    def notebooks(self) -> Sequence[str]:
        """Those of them that have their notebook."""

    def cases(self) -> Sequence[str]:
        """The folders in cases/."""

    def text(self, file: str) -> str | None:
        """A file's text, by its path below the root; none when it cannot be read."""

    def material(self, course: Course, module: ModuleId) -> Material:
        """One module as its author wrote it. Raises BadInput when a file cannot be read."""


Keys = Callable[[Course, ModuleId], str]
"""The key of all that a module's findings depend on."""


def check(shelf: CourseShelf, only: ModuleId | None = None) -> list[Finding]:
    """Every finding: those on course.yml first, then module by module, from top to bottom.

    `only`: that module's, as a build of it would ask. A file that cannot be read is a finding too, so that the rest
    is still looked at. Raises NotFound when there is no such module.
    """
    return list(_check(shelf, Outcome(), "", lambda course, module: "", only).findings)


def check_again(shelf: CourseShelf, before: Outcome, stamps: Stamps, version: str) -> Outcome:
    """The same, but a module is not read again when all it depends on is as it was."""

    def own_key(course: Course, module: ModuleId) -> str:
        mine = course.get_module(module)
        folders = (f"modules/{module}/", f"cases/{mine.case}/")
        own = {path: stamp for path, stamp in stamps.items() if path.startswith(folders)}
        # What it is told by course.yml; the lines there may change without it.
        return key_of(
            {**own, "module": repr(mine), "course": repr((course.competencies, course.languages))}, version
        )

    return _check(shelf, before, key_of(stamps, version), own_key)


def _check(
    shelf: CourseShelf, before: Outcome, key: str, keys: Keys, only: ModuleId | None = None
) -> Outcome:
    try:
        course = shelf.course()
    except Misread as error:
        return Outcome(key, tuple(_unreadable(error, shelf.where)))
    folders = shelf.folders()
    if only is not None:
        course, folders = replace(course, modules=(course.get_module(only),)), ()
    notebooks = shelf.notebooks()
    about_course = list(course_findings(course, folders, notebooks, shelf.cases(), shelf.where))
    modules: dict[str, Seen] = {}
    for module in course.modules:
        if module.id in notebooks:
            own = keys(course, module.id)
            known = before.modules.get(module.id)
            modules[module.id] = (
                known
                if own and known is not None and known.key == own
                else _look(shelf, course, module.id, own)
            )
    facts = {ModuleId(m): seen.facts for m, seen in modules.items() if seen.facts is not None}
    if only is None:
        about_course += whole_findings(course, facts, shelf.where)
    found: list[Finding] = []
    for name, seen in modules.items():
        # What is said of a module there (its minutes) is allowed there. The line may have moved since.
        at = ("modules", name, "minutes")
        about_course += (
            replace(f, line=shelf.where(COURSE_FILE, at)) for f in seen.findings if f.file == COURSE_FILE
        )
        found += (f for f in seen.findings if f.file != COURSE_FILE)
    allowed = silences(COURSE_FILE, shelf.text(COURSE_FILE) or "")
    first = quiet(about_course, allowed) if allowed else about_course
    return Outcome(key, (*first, *found), modules)


def _look(shelf: CourseShelf, course: Course, module: ModuleId, key: str) -> Seen:
    try:
        material = shelf.material(course, module)
    except Misread as error:
        return Seen(key, tuple(_unreadable(error, shelf.where)), None)
    return Seen(key, tuple(module_findings(material)), facts_of(material))


def _unreadable(error: Misread, where: Where) -> list[Finding]:
    rule = rules.UNREADABLE
    return [
        Finding(
            rule.code,
            rule.severity,
            e.file,
            e.cell,
            e.cell_id,
            _sentence(e.problem),
            e.next_step,
            e.line if e.line is not None else where(e.file, e.path),
            e.code == "cell-without-id",
        )
        for e in (error, *error.others)
    ]


def _sentence(problem: str) -> str:
    return problem[:1].upper() + problem[1:]
