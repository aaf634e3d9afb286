"""One course graded twice, by nbgrader and by coursekit, each in a copy of its own; what gradebooks say then."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from support.gradebooks import begin_quickly

COURSE = "zoo"

Row = tuple[str, str, str]
"""Learner, notebook, grade_id."""


@dataclass(frozen=True)
class Graded:
    """What a gradebook says about one module."""

    grades: dict[Row, tuple[float | None, float | None, bool, float]]
    """Points of the machine's, of a person's, whether a person must look, the most there is."""
    comments: dict[Row, tuple[str | None, str | None]]
    submissions: dict[str, tuple[Any, ...]]
    """Learner → timestamp, extension, seconds late."""
    penalties: dict[tuple[str, str], float | None]
    """Learner and notebook → what lateness costs."""


@dataclass
class Course:
    """A course's folder with one module that was generated, and submissions."""

    root: Path
    module: str
    course_id: str = COURSE
    said: str = ""
    """What the command that graded it said."""

    def copy(self, root: Path) -> Course:
        """The same, to be graded by somebody else."""
        shutil.copytree(self.root, root)
        return Course(root, self.module, self.course_id)

    def rows(self) -> Graded:
        """What its gradebook says."""
        with self.gradebook() as book:
            submissions = book.find_assignment(self.module).submissions
            notebooks = [(s.student.id, n) for s in submissions for n in s.notebooks]
            return Graded(
                {
                    (who, n.name, g.name): (
                        g.auto_score,
                        g.manual_score,
                        bool(g.needs_manual_grade),
                        g.max_score,
                    )
                    for who, n in notebooks
                    for g in n.grades
                },
                {
                    (who, n.name, c.name): (c.auto_comment, c.manual_comment)
                    for who, n in notebooks
                    for c in n.comments
                },
                {s.student.id: (s.timestamp, s.extension, s.total_seconds_late) for s in submissions},
                {(who, n.name): n.late_submission_penalty for who, n in notebooks},
            )

    @contextlib.contextmanager
    def gradebook(self) -> Iterator[Any]:
        """nbgrader's own view of it."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.root}/gradebook.db", self.course_id) as book:
            yield book

    def files(self) -> set[str]:
        """What lies in autograded/."""
        folder = self.root / "autograded"
        return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}

    def was_there(self, path: str) -> bool:
        """Whether a path of autograded/ was handed in, or is the author's."""
        learner, module, rest = path.split("/", 2)
        sources = (self.root / name / module / rest for name in ("source", "modules"))
        return (self.root / "submitted" / learner / module / rest).exists() or any(
            p.exists() for p in sources
        )


def configure(root: Path, settings: str = "", course_id: str = COURSE) -> None:
    """nbgrader's settings for a course in that folder."""
    root.mkdir(parents=True, exist_ok=True)
    text = f"c = get_config()\nc.CourseDirectory.course_id = {course_id!r}\n{settings}"
    (root / "nbgrader_config.py").write_text(text)


def by_nbgrader(courses: Sequence[Course], *options: str) -> None:
    """nbgrader's own Autograde on each of them, two at a time."""
    command = [("AutogradeApp", str(c.root), (c.module, *options)) for c in courses]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        for course, said in zip(courses, pool.map(run, *zip(*command, strict=True)), strict=True):
            course.said = said


def by_coursekit(courses: Sequence[Course], *options: str) -> None:
    """`coursekit grade` on each of them, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        for course, said in zip(courses, pool.map(lambda c: _graded(c, options), courses), strict=True):
            course.said = said


def _graded(course: Course, options: Sequence[str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "coursekit", "grade", course.module, "--json", *options],
        cwd=course.root,
        env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    said = done.stdout + done.stderr
    assert done.returncode in (0, 1), said
    assert "Traceback" not in said, said
    return said


def generate(root: Path, *modules: str) -> None:
    """nbgrader's own generate_assignment."""
    for module in modules:
        said = run("GenerateAssignmentApp", str(root), (module,))
        assert (root / "release" / module).is_dir(), said


def run(app: str, root: str, arguments: tuple[str, ...]) -> str:
    """One of nbgrader's commands in this process; what it logged. Where it ends by itself, it has said why."""
    import io

    from nbgrader import apps
    from traitlets.config import Application

    begin_quickly()
    said = io.StringIO()
    # Its migrations start alembic by that name.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    # A kernel under pytest does not catch what programs print.
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTEST_CURRENT_TEST"):
        os.environ.pop(name, None)
    with contextlib.chdir(root):
        Application.clear_instance()
        command = getattr(apps, app)()
        command.initialize(list(arguments))
        command.log.handlers = [logging.StreamHandler(said)]
        with contextlib.suppress(SystemExit):
            command.start()
    return said.getvalue()


def read_notebook(path: Path) -> dict[str, Any]:
    """A notebook's JSON."""
    value: dict[str, Any] = json.loads(path.read_text())
    return value
