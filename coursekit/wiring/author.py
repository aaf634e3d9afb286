"""Building and beginning courses, on real folders and with a real kernel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from coursekit import __version__
from coursekit.model.edition import Edition
from coursekit.model.ids import ModuleId
from coursekit.policy.templates import Template
from coursekit.services import build as building
from coursekit.services import scaffold
from coursekit.services import text as texts
from coursekit.services import translate as translating
from coursekit.services.build import Built
from coursekit.services.scaffold import require_name as require_name
from coursekit.services.scaffold import title_of as title_of
from coursekit.services.translate import Translated
from coursekit.store.coursefiles import CourseFolder
from coursekit.store.courseroot import find_root as find_root
from coursekit.store.templates import Templates
from coursekit.store.textfiles import TextFiles
from coursekit.wiring.clock import utc_now
from coursekit.wiring.linting import check as check


def build(root: Path, module: str) -> Built:
    """Build one module of the course of that folder."""
    # Only a build pays for papermill.
    from coursekit.engine.notebooks import PapermillRunner

    return building.build(CourseFolder(root), ModuleId(module), PapermillRunner(), __version__)


def build_editions(root: Path, module: str, variants: Sequence[str], language: str = "") -> list[Built]:
    """Build one module, and each of these variants of it, in that language; the module itself comes first.

    Without any of them the module alone.
    """
    from coursekit.engine.notebooks import PapermillRunner

    folder, runner = CourseFolder(root), PapermillRunner()
    editions = [Edition(variant, language) for variant in variants or ("",)]
    if not any(editions):
        return [build(root, module)]
    done: list[Built] = []
    for edition in editions:
        own, other = building.build_edition(folder, ModuleId(module), edition, runner, __version__)
        done += [other] if done else [own, other]
    return done


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
    name = folder.resolve().name
    return scaffold.new_course(CourseFolder(folder), Templates(), name, title, course, time_zone)


def new_module(
    root: Path,
    name: str,
    title: str | None = None,
    case: str | None = None,
    *,
    template: str = scaffold.FIRST,
    role: str | None = None,
    minutes: int | None = None,
    part: str | None = None,
) -> list[str]:
    """Add a working module (or two) from a template to the course of that folder; gives the paths written."""
    wishes = scaffold.Wishes(title, case, role, minutes, part)
    return scaffold.new_module(CourseFolder(root), Templates(), template, name, wishes)


def template(name: str) -> Template:
    """What is known of a template."""
    return Templates().get(name)


def templates() -> list[str]:
    """The templates for modules, by name."""
    return Templates().names()


def write_texts(root: Path, names: Sequence[str] = (), back: bool = False, force: bool = False) -> list[str]:
    """Texts from notebooks, or with `back` notebooks from texts; of all modules that have them where none is named.

    Gives a sentence for each. Nothing is written when one of them cannot be.
    """
    pairs = TextFiles(root)
    plan = texts.to_notebook if back else texts.to_text
    plans = [plan(pairs, module, force) for module in _named(root, pairs, names, back)]
    for one in plans:
        texts.carry_out(pairs, one)
    return [one.summary + "." for one in plans]


def compare_texts(root: Path, names: Sequence[str] = ()) -> dict[str, list[str]]:
    """What notebook and text of each module say differently; of all that have a text where none is named."""
    pairs = TextFiles(root)
    return {module: texts.compare(pairs, module) for module in _named(root, pairs, names, with_text=True)}


def _named(root: Path, pairs: TextFiles, names: Sequence[str], with_text: bool) -> list[ModuleId]:
    course = CourseFolder(root).course()
    if names:
        return [course.get_module(ModuleId(name)).id for name in names]
    there = pairs.find_text if with_text else pairs.find_notebook
    return [m.id for m in course.modules if there(m.id) is not None]
