"""Mend what a check found and what has one right way: the values in a notebook's file, and not a byte besides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from coursekit.lint.catalog import Material
from coursekit.lint.finding import Finding
from coursekit.lint.fixes import Fix, fixes, missing_ids
from coursekit.lint.jsontext import put
from coursekit.lint.review import module_findings
from coursekit.model.course import Course
from coursekit.model.ids import ModuleId
from coursekit.model.misread import Misread

# What is mended can show what else is: a cell that has an id at last can be read.
_ROUNDS = 4


class Bench(Protocol):
    """The course's folder, as far as mending needs it."""

    def course(self) -> Course:
        """As course.yml tells it."""

    def notebooks(self) -> Sequence[str]:
        """The modules that have their notebook."""

    def master_text(self, module: ModuleId) -> str:
        """The author's notebook as it stands in its file."""

    def master_cells(self, text: str, module: ModuleId) -> list[Any]:
        """The cells in that text, whatever they are. Raises BadInput when it is no notebook."""

    def material(self, course: Course, module: ModuleId, master: str | None = None) -> Material:
        """One module, or with another text as its notebook. Raises BadInput when a file cannot be read."""

    def write_master(self, module: ModuleId, text: str) -> None:
        """Put a new text in the notebook's place, whole."""


@dataclass(frozen=True)
class Mended:
    """What was done to a notebook."""

    file: str
    fixes: tuple[Fix, ...]
    before: str
    after: str


def mend(bench: Bench, wanted: Callable[[str], bool], *, write: bool) -> list[Mended]:
    """Mend every finding that can be, of the codes that are wanted; or only say what would be done.

    What an author allows stays as it is, and so does a notebook that cannot be read.
    """
    try:
        course = bench.course()
    except Misread:
        return []
    done: list[Mended] = []
    there = bench.notebooks()
    for module in course.modules:
        if module.id not in there:
            continue
        found = _module(bench, course, module.id, wanted)
        if found is not None:
            if write:
                bench.write_master(module.id, found.after)
            done.append(found)
    return done


def _module(bench: Bench, course: Course, module: ModuleId, wanted: Callable[[str], bool]) -> Mended | None:
    done: list[Fix] = []
    try:
        before = text = bench.master_text(module)
        for _ in range(_ROUNDS):
            now = [f for f in missing_ids(bench.master_cells(text, module)) if wanted(f.code)]
            if not now:
                material = bench.material(course, module, text)
                now = _still_there(fixes(material), module_findings(material), wanted)
            if not now:
                break
            for fix in now:
                for edit in fix.edits:
                    text = put(text, ("cells", edit.cell - 1, *edit.path), edit.value)
            done += now
    except Misread:
        # The check says what is wrong with it.
        pass
    return Mended(f"modules/{module}/{module}.ipynb", tuple(done), before, text) if done else None


def _still_there(found: list[Fix], findings: list[Finding], wanted: Callable[[str], bool]) -> list[Fix]:
    there = {(f.code, f.cell) for f in findings}
    return [f for f in found if wanted(f.code) and (f.code, f.cell) in there]
