"""A course as nbgrader sees it: what its configuration says, as its commands in this folder load it.

nbgrader takes more than a second to import. Whoever needs it calls `load`, late and once.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from coursekit.model.errors import BadInput
from coursekit.model.grading import Limits
from coursekit.wiring.nbgrader_config import WITHOUT_DRAFTS

HIDDEN_TESTS = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
"""nbgrader's own marks around them."""


@dataclass(frozen=True)
class NbgraderCourse:
    """What grading needs to know of it, about one module."""

    root: Path
    course: str
    db_url: str
    steps: tuple[str, str, str, str]
    """The folders' names of the source, the release, submissions and graded work."""
    folder: Callable[[str, str], Path]
    """Step and learner → the module's folder there. The author's side has `.` for a learner."""
    excluded: frozenset[str]
    """Learners whom the configuration leaves out."""
    ignore: tuple[str, ...]
    kept: tuple[str, ...]
    """Files of the author's that do not replace the learner's own."""
    limits: Limits
    hidden_tests: tuple[str, str]
    """What begins and what ends them."""
    mode: int
    """Of graded files."""
    group: bool
    penalty: Callable[[str, float, float], float | None]
    """What lateness costs: learner, points, seconds."""
    parse_time: Callable[[str], datetime | None]
    drafts: bool = False
    """Notes for graders may stand in the gradebook: nbgrader's own feedback leaves them out."""

    @property
    def source(self) -> Path:
        """The author's folder of the module."""
        return self.folder(self.steps[0], ".")

    @property
    def release(self) -> Path:
        """What learners got of it."""
        return self.folder(self.steps[1], ".")

    def submitted(self, learner: str) -> Path:
        """Where their submission lies."""
        return self.folder(self.steps[2], learner)

    def graded(self, learner: str) -> Path:
        """Where their graded work lies, or will."""
        return self.folder(self.steps[3], learner)

    def learners(self) -> list[str]:
        """Whoever has a submission of the module, by name."""
        # A mark that stands in no path tells where in it the learner's name is.
        pattern = re.escape(str(self.submitted("\0"))).replace("\0", "(?P<learner>[^/]+)").replace("\\(", "(")
        place = re.compile(pattern)
        found = set()
        for path in _places(self.submitted("*")):
            match = place.fullmatch(str(path))
            if match and not match["learner"].startswith("."):
                found.add(match["learner"])
        return sorted(found - self.excluded)


def find_root(start: Path) -> Path:
    """The folder above (or at) `start` with nbgrader's configuration or gradebook; `start` where there is none."""
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / "nbgrader_config.py").is_file() or (folder / "gradebook.db").is_file():
            return folder
    return start


def guess(root: Path, module: str) -> tuple[Path, Path, tuple[str, ...]] | None:
    """Release, source and what is ignored, as a course of nbgrader's or of ours usually has them.

    Nothing of nbgrader is imported for it. None where the folders are not there.
    """
    from coursekit.wiring.nbgrader_config import IGNORED

    for name, more in (("modules", IGNORED), ("source", ())):
        if (root / name / module).is_dir() and (root / "release" / module).is_dir():
            return root / "release" / module, root / name / module, (*_IGNORED, *more)
    return None


_IGNORED = (".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback")


def load(root: Path, module: str) -> NbgraderCourse:
    """The configuration of nbgrader in that folder. Raises BadInput when it cannot be loaded."""
    import_nbgrader()
    # What a configuration file prints must not stand between a program and our answer.
    with contextlib.chdir(root), contextlib.redirect_stdout(sys.stderr):
        try:
            return _load(root, module)
        except Exception as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            raise BadInput(
                "bad-nbgrader-config",
                f"nbgrader's configuration cannot be loaded: {reason}.",
                f"Run `nbgrader --help` in {root.name}; it stops at the same place. Then mend nbgrader_config.py.",
            ) from error


def import_nbgrader() -> None:
    """Import it without the second in which a library compiles a grammar for addresses that nobody checks here."""
    if "nbgrader" in sys.modules:
        return
    name = "rfc3987_syntax"
    hide = name not in sys.modules
    if hide:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        import nbgrader  # noqa: F401
    finally:
        if hide:
            del sys.modules[name]


def _load(root: Path, module: str) -> NbgraderCourse:
    from nbconvert.exporters import NotebookExporter
    from nbgrader.apps import AutogradeApp
    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import AssignLatePenalties, ClearHiddenTests, Execute, LimitOutput
    from nbgrader.utils import parse_utc

    # A file that fails is otherwise logged and passed over, and grading goes on without it.
    app = AutogradeApp(raise_config_file_errors=True, log_level="WARN")
    app.load_config_file()
    course = app.coursedir = CourseDirectory(parent=app)
    # The chain of parents as in nbgrader itself: plugins find the course by it.
    converter = Autograde(coursedir=course, parent=app)
    # It would otherwise begin with a configuration of its own, in which nothing of the course stands.
    exporter = NotebookExporter(parent=converter, config=converter.config)
    late = AssignLatePenalties(parent=exporter)
    late.init_plugin()
    hidden = ClearHiddenTests(parent=exporter)
    return NbgraderCourse(
        Path(course.root),
        str(course.course_id),
        str(course.db_url),
        (
            course.source_directory,
            course.release_directory,
            course.submitted_directory,
            course.autograded_directory,
        ),
        lambda step, learner: Path(course.format_path(step, learner, module)),
        frozenset(filter(None, str(course.student_id_exclude or "").split(","))),
        tuple(course.ignore),
        tuple(converter.exclude_overwriting.get(module, ())),
        _limits(Execute(parent=exporter).timeout, LimitOutput(parent=exporter).max_lines),
        (hidden.begin_test_delimeter, hidden.end_test_delimeter),
        int(str(converter.permissions), 8),
        bool(course.groupshared),
        late.plugin_inst.late_submission_penalty,
        parse_utc,
        # nbgrader joins what several files list; the one that must be there, and nbgrader's own that must not.
        _keeps_drafts(converter.config.GenerateFeedback.get("preprocessors", [])),
    )


def _keeps_drafts(preprocessors: object) -> bool:
    from nbgrader.preprocessors import GetGrades

    named = list(preprocessors) if isinstance(preprocessors, list | tuple) else []
    return WITHOUT_DRAFTS in named and GetGrades not in named


def _limits(timeout: int | None, lines: int) -> Limits:
    """nbgrader's limits, where it has them; none or less than nothing means that it has none."""
    usual = Limits()
    limits = replace(usual, lines=lines if lines > 0 else usual.text_bytes)
    if timeout is None or timeout <= 0:
        return replace(limits, cell_seconds=usual.notebook_seconds)
    return replace(
        limits,
        cell_seconds=float(timeout),
        # Room for two cells that take all the time they may.
        notebook_seconds=max(usual.notebook_seconds, 2.0 * timeout),
        cpu_seconds=max(usual.cpu_seconds, 2 * timeout),
    )


def _places(pattern: Path) -> Iterator[Path]:
    """The folders that a path with stars stands for."""
    parts: Sequence[str] = pattern.relative_to(pattern.anchor).parts
    return Path(pattern.anchor).glob("/".join(parts))
