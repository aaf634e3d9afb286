"""Where nbgrader keeps a course, by its configuration, read without importing nbgrader: that takes seconds.

The files are those that nbgrader itself reads in this folder, in the same order, by the same loader. What a file
sets up of nbgrader's own classes is of no interest here: `coursekit.nbgrader_exchange.configure` leaves it out for
`FoldersOnly`.
"""

from __future__ import annotations

import contextlib
import glob
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from traitlets.config.loader import Config, PyFileConfigLoader

from coursekit.model.errors import BadInput

LATE_POLICY = "coursekit.nbgrader_late.CourseLatePolicy"
WITHOUT_DRAFTS = "coursekit.nbgrader_exchange.drafts.GradesWithoutDrafts"
"""Keeps what the checks note for graders out of nbgrader's own feedback."""
IGNORED = ("rubrics.yml", "exemplars.yml", "teaching-note.md", "translations", ".coursekit", ".gitignore")
"""What nbgrader must not copy from the author's folder."""


class FoldersOnly(Config):
    """A configuration of which only folders, the gradebook and names are wanted."""


@dataclass(frozen=True)
class CourseFolders:
    """nbgrader's folders of a course; the defaults are nbgrader's."""

    root: Path
    course: str
    db_url: str
    structure: str = os.path.join("{nbgrader_step}", "{student_id}", "{assignment_id}")  # noqa: PTH118
    source: str = "source"
    release: str = "release"
    submitted: str = "submitted"
    autograded: str = "autograded"
    feedback: str = "feedback"
    excluded: frozenset[str] = frozenset()
    """Learners who are left out of every step."""
    late_by_course: bool = False
    """Lateness costs what course.yml says."""

    def path(self, step: str, learner: str, module: str) -> Path:
        """The folder of one learner's work; `step` is one of the names above. The author's has the learner `.`."""
        return Path(self.root, self._formatted(step, learner, module))

    def learners(self, step: str, module: str) -> Iterator[str]:
        """Whoever has a folder of that module there, by name."""
        pattern = self._formatted(glob.escape(step), "*", glob.escape(module))
        place = "\0"
        shape = re.escape(os.path.normpath(self._formatted(step, place, module))).replace(
            re.escape(place), f"([^{re.escape(os.sep)}]+)", 1
        )
        named = re.compile(shape.replace(re.escape(place), r"\1"))
        # Path.glob knows no pattern that begins at the root, which a structure of one's own may.
        for found in sorted(glob.glob(pattern, root_dir=self.root)):  # noqa: PTH207
            match = named.fullmatch(os.path.normpath(found))
            if match and match[1] not in self.excluded and Path(self.root, found).is_dir():
                yield match[1]

    def _formatted(self, step: str, learner: str, module: str) -> str:
        return self.structure.format(nbgrader_step=step, student_id=learner, assignment_id=module)


def read_folders(here: Path) -> CourseFolders:
    """What nbgrader would work with in that folder. Raises BadInput when its configuration cannot be read."""
    config = _read(here)
    course = config.CourseDirectory
    root = Path(os.path.abspath(here / str(course.get("root") or here)))  # noqa: PTH100 - links stay as they are
    standard = CourseFolders(root, "", "")

    def named(trait: str, otherwise: str) -> str:
        return str(course.get(trait, otherwise))

    return CourseFolders(
        root,
        named("course_id", "").strip(),
        _absolute(named("db_url", "") or f"sqlite:///{root / 'gradebook.db'}", here),
        named("directory_structure", standard.structure),
        named("source_directory", standard.source),
        named("release_directory", standard.release),
        named("submitted_directory", standard.submitted),
        named("autograded_directory", standard.autograded),
        named("feedback_directory", standard.feedback),
        frozenset(filter(None, named("student_id_exclude", "").split(","))),
        is_ours(config),
    )


def stubs_config(here: Path) -> Config:
    """How the course in that folder wants solutions to be taken out: ClearSolutions, as nbgrader would have it."""
    config = Config()
    config.ClearSolutions = _read(here).get("ClearSolutions", Config())
    return config


def read_config(here: Path) -> Config:
    """nbgrader's configuration of the course in that folder, as far as it names no parts of nbgrader or of ours.

    Raises BadInput when it cannot be loaded.
    """
    return _read(here)


def folders_of(coursedir: Any, config: Any) -> CourseFolders:
    """The same of an nbgrader that is running: what its command line said counts as well."""
    return CourseFolders(
        Path(coursedir.root).absolute(),
        coursedir.course_id,
        coursedir.db_url,
        coursedir.directory_structure,
        coursedir.source_directory,
        coursedir.release_directory,
        coursedir.submitted_directory,
        coursedir.autograded_directory,
        coursedir.feedback_directory,
        frozenset(filter(None, coursedir.student_id_exclude.split(","))),
        is_ours(config),
    )


def is_ours(config: Any) -> bool:
    """Whether nbgrader asks the course what lateness costs."""
    return bool(config.AssignLatePenalties.get("plugin_class") == LATE_POLICY)


def _absolute(db_url: str, here: Path) -> str:
    """An SQLite file's address that means the same wherever one stands."""
    path = db_url.removeprefix("sqlite:///")
    if path == db_url or not path or path.startswith((":", "/", "file:")):
        return db_url
    return f"sqlite:///{here.absolute() / path}"


class _Loader(PyFileConfigLoader):
    def clear(self) -> None:
        self.config = FoldersOnly()


def _read(here: Path) -> Config:
    from jupyter_core.application import JupyterApp

    class Look(JupyterApp):
        """nbgrader's application, as far as it looks for files."""

        name = "nbgrader"
        python_config_loader_class = _Loader
        raise_config_file_errors = True

    app = Look(config_file_name="nbgrader_config")
    # What a configuration file prints must not stand between a program and our answer.
    with contextlib.chdir(here), contextlib.redirect_stdout(sys.stderr):
        return _loaded(app, here)


def _loaded(app: Any, here: Path) -> Config:
    from jupyter_core.application import JupyterApp

    try:
        app.load_config_file()
        # As nbgrader goes on: the folder it was started in, then the course's.
        super(JupyterApp, app).load_config_file("nbgrader_config", str(here))
        root = app.config.CourseDirectory.get("root")
        if root:
            super(JupyterApp, app).load_config_file("nbgrader_config.py", str(root))
    except (Exception, SystemExit) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise BadInput(
            "nbgrader-config",
            f"nbgrader's configuration cannot be loaded: {reason}.",
            "Mend nbgrader_config.py; `coursekit doctor` says more.",
        ) from error
    return app.config
