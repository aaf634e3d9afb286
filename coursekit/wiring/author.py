"""Building and beginning courses, on real folders and with a real kernel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from coursekit import __version__
from coursekit.model.ids import ModuleId
from coursekit.services import build as building
from coursekit.services import scaffold
from coursekit.services import translate as translating
from coursekit.services.build import Built
from coursekit.services.translate import Translated
from coursekit.store.coursefiles import CourseFolder
from coursekit.store.courseroot import find_root as find_root
from coursekit.wiring.clock import utc_now
from coursekit.wiring.linting import check as check


def build(root: Path, module: str) -> Built:
    """Build one module of the course of that folder."""
    # Only a build pays for papermill.
    from coursekit.engine.notebooks import PapermillRunner

    return building.build(CourseFolder(root), ModuleId(module), PapermillRunner(), __version__)


def build_variants(root: Path, module: str, variants: Sequence[str]) -> list[Built]:
    """Build one module, and each of these variants of it; the module itself comes first."""
    from coursekit.engine.notebooks import PapermillRunner

    folder, runner = CourseFolder(root), PapermillRunner()
    done: list[Built] = []
    for variant in variants:
        own, other = building.build_variant(folder, ModuleId(module), variant, runner, __version__)
        done += [other] if done else [own, other]
    return done


def build_language(root: Path, module: str, language: str) -> list[Built]:
    """Build one module, and its translation."""
    from coursekit.engine.notebooks import PapermillRunner

    folder = CourseFolder(root)
    return list(building.build_language(folder, ModuleId(module), language, PapermillRunner(), __version__))


def translate(root: Path, module: str, language: str) -> Translated:
    """Write or update a module's catalogue of a language."""
    now = utc_now()
    return translating.translate(CourseFolder(root), ModuleId(module), language, now)


def variants(root: Path) -> list[str]:
    """The course's variants, in their order."""
    return [v.id for v in CourseFolder(root).course().variants]


def course_id(root: Path) -> str:
    """The course's id."""
    return CourseFolder(root).course().id


def course_title(root: Path) -> str:
    """The course's title, as learners see it."""
    return CourseFolder(root).course().title


def modules(root: Path) -> list[str]:
    """The course's modules, in their order."""
    return [m.id for m in CourseFolder(root).course().modules]


def new_course(
    folder: Path, title: str | None = None, course: str | None = None, time_zone: str = "UTC"
) -> list[str]:
    """Begin a course in an empty folder; gives the paths written."""
    return scaffold.new_course(CourseFolder(folder), folder.resolve().name, title, course, time_zone)


def new_module(root: Path, name: str, title: str | None = None, case: str | None = None) -> list[str]:
    """Add a small working module to the course of that folder; gives the paths written."""
    return scaffold.new_module(CourseFolder(root), name, title, case)
