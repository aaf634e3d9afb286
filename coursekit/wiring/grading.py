"""Real parts for `coursekit grade`: nbgrader's configuration, folders and gradebook, and the engine.

    engine's workers   ├── start, import the module's imports ──┤ ready
    this process       ├── import nbgrader, read its configuration, the gradebook ──┤ first notebook

Both take about a second, so the workers are sent off first, on what the course's folder looks like. If the
configuration then says otherwise, they start again.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit import __version__
from coursekit.engine import sandbox
from coursekit.engine.batch import LocalEngine
from coursekit.engine.launch import Walls
from coursekit.model.errors import BadInput
from coursekit.model.gradereport import Report
from coursekit.model.grading import Limits, MasterNotebook, Warmth
from coursekit.model.marking import Collected
from coursekit.policy.cells import source_of
from coursekit.policy.imports import imports_of
from coursekit.policy.steps import strip_hidden
from coursekit.ports import Engine, Progress
from coursekit.services import grade as grading
from coursekit.services.grade import Module
from coursekit.store.graded import GradedFolders
from coursekit.store.hidden import OWN
from coursekit.store.oldnotebooks import upgrade
from coursekit.store.submissions import authors_files, files_digest, read_collected
from coursekit.wiring import nbgrader_course, reflections
from coursekit.wiring.nbgrader_course import NbgraderCourse
from coursekit.wiring.prose import Place
from coursekit.wiring.settings import numerical_environment

if TYPE_CHECKING:
    from coursekit.engine.cluster import DaskEngine

Watch = Callable[[int], Progress]
"""Called with the number of submissions, before the first."""


@dataclass(frozen=True)
class Choices:
    """How to grade."""

    learners: tuple[str, ...] = ()
    """Only these; everybody when empty."""
    force: bool = False
    """Also what is unchanged."""
    workers: int | None = None
    """Notebooks at a time; as many as the machine has processors when left out."""
    dask: str = ""
    """The address of a Dask scheduler; empty: on this machine."""
    sandbox: bool = True


def grade(folder: Path, module: str, choices: Choices, watch: Watch | None = None) -> Report:
    """Grade what was handed in for a module of the course in that folder, or of one above it.

    Raises BadInput in a sentence for whatever is not there, ServiceFault when nothing can be graded.
    """
    root = nbgrader_course.find_root(folder)
    with ExitStack() as stack:
        early = None if choices.dask else _send_off(root, module, choices)
        if early is not None:
            stack.enter_context(early.engine)
        course = nbgrader_course.load(root, module)
        masters = _masters(course, module)
        files = authors_files(course.source, course.ignore, course.kept)
        learners = _learners(course, module, choices.learners)
        warmth = _warmth(course.release, files)
        engine: Engine
        if early is not None and (early.warmth, early.limits) == (warmth, course.limits):
            engine = early.engine
        elif choices.dask:
            engine = stack.enter_context(_dask(root, warmth, course.limits, choices))
        else:
            engine = stack.enter_context(_local(root, warmth, course.limits, choices))
        report = _grade(course, module, masters, files, engine, learners, choices, watch)
    # When the gradebook and the processors are free again, and every answer has its place to be marked.
    return replace(report, prose=reflections.check(_place(course, module), course.drafts, choices.force))


def sandbox_lacks() -> list[str]:
    """What this machine lacks for the sandbox, each in one sentence; nothing when all is there."""
    return sandbox.missing()


def _grade(
    course: NbgraderCourse,
    module: str,
    masters: tuple[MasterNotebook, ...],
    files: Mapping[str, Path],
    engine: Engine,
    learners: Sequence[str],
    choices: Choices,
    watch: Watch | None,
) -> Report:
    from coursekit.store.marking import MarkWriter

    authors_side = Module(
        masters,
        files,
        files_digest(files),
        course.limits,
        course.hidden_tests,
        upgrade,
        f"{__version__} {sys.version_info[0]}.{sys.version_info[1]}",
    )
    graded = GradedFolders(
        course.root / course.steps[3],
        course.graded,
        course.root / OWN / "graded" / module,
        course.mode,
        course.group,
    )
    with graded, MarkWriter(course.db_url, module, course.penalty) as writer:
        progress = watch(len(learners)) if watch is not None else None
        return grading.grade(
            authors_side,
            lambda learner: _read(course, learner),
            graded,
            writer,
            engine,
            learners,
            choices.force,
            progress,
        )


def _place(course: NbgraderCourse, module: str) -> Place:
    def graded() -> list[str]:
        return [learner for learner in course.learners() if course.graded(learner).is_dir()]

    return Place(course.root, course.course, module, course.db_url, course.source, course.graded, graded)


def _read(course: NbgraderCourse, learner: str) -> Collected:
    return read_collected(course.submitted(learner), learner, course.ignore, course.parse_time)


def _masters(course: NbgraderCourse, module: str) -> tuple[MasterNotebook, ...]:
    from coursekit.store.masters import read_masters

    begin, end = course.hidden_tests
    masters = read_masters(
        course.db_url, module, course.release, course.source, lambda text: strip_hidden(text, begin, end)
    )
    if not course.release.is_dir():
        raise BadInput(
            "no-release",
            f"{module} has no release: there is no folder {course.release.relative_to(course.root)}.",
            f"Run `nbgrader generate_assignment {module}`.",
        )
    return masters


def _learners(course: NbgraderCourse, module: str, wanted: Sequence[str]) -> list[str]:
    everybody = course.learners()
    if not everybody:
        raise BadInput(
            "no-submissions",
            f"There is nothing to grade: no submission of {module} is in {course.steps[2]}.",
            f"Run `nbgrader collect {module}`.",
        )
    unknown = sorted(set(wanted) - set(everybody))
    if unknown:
        raise BadInput(
            "no-such-submission",
            f"No submission of {module} by {', '.join(unknown)} is in {course.steps[2]}.",
            f"Check the spelling, or run `nbgrader collect {module}`.",
        )
    return [who for who in everybody if who in wanted] if wanted else everybody


@dataclass(frozen=True)
class _Early:
    """Workers that were sent off before anything was known for certain."""

    engine: LocalEngine
    warmth: Warmth
    limits: Limits


def _send_off(root: Path, module: str, choices: Choices) -> _Early | None:
    """Workers for what the folder looks like; none where it does not look like a course with that module."""
    guess = nbgrader_course.guess(root, module)
    if guess is None:
        return None
    release, source, ignore = guess
    warmth, limits = _warmth(release, authors_files(source, ignore)), Limits()
    engine = _local(root, warmth, limits, choices)
    return _Early(engine, warmth, limits)


def _dask(root: Path, warmth: Warmth, limits: Limits, choices: Choices) -> DaskEngine:
    from coursekit.engine.cluster import DaskEngine, Parcel
    from coursekit.wiring.remote import grade_here

    files = tuple((path, Path(lies).read_bytes()) for path, lies in warmth.files)
    parcel = Parcel(warmth.imports, files, limits, choices.sandbox, (str(root),), warmth.rehearsal)
    return DaskEngine(choices.dask, parcel, grade_here)


def _local(root: Path, warmth: Warmth, limits: Limits, choices: Choices) -> LocalEngine:
    walls = Walls(
        sandboxed=choices.sandbox,
        root=os.geteuid() == 0,
        hidden=(str(root),),
        numerical=numerical_environment(),
    )
    return LocalEngine(warmth, limits, choices.workers or os.cpu_count() or 1, walls)


def _warmth(release: Path, files: Mapping[str, Path]) -> Warmth:
    """What a worker has ready: the imports of what learners got, and the author's files."""
    sources: list[str] = []
    for path in sorted(release.glob("*.ipynb")):
        try:
            cells = json.loads(path.read_bytes())["cells"]
            sources += [source_of(cell) for cell in cells if cell["cell_type"] == "code"]
        except (OSError, ValueError, KeyError, TypeError):
            # It will be said where the notebook itself is needed; without its imports grading is slower, not wrong.
            continue
    where = tuple((path, str(lies.absolute())) for path, lies in files.items())
    return Warmth(imports_of(sources), where, tuple(sources))
