"""What a preview is made of: a copy of one module, checked, built, generated and released apart from the course.

Nothing is written into the author's folder: a build of theirs may run at the same time.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit import __version__
from coursekit.engine.notebooks import PapermillRunner
from coursekit.lint.finding import Finding
from coursekit.model.errors import CoursekitError
from coursekit.model.ids import ModuleId
from coursekit.model.submission import sha256
from coursekit.policy.preview import with_open_doors
from coursekit.policy.up import nbgrader_settings
from coursekit.services import build as building
from coursekit.services import check as checking
from coursekit.services.preview import Remembering
from coursekit.store.authored import COURSE_FILE
from coursekit.store.coursefiles import CourseFolder
from coursekit.wiring import staff
from coursekit.wiring.nbgrader_config import IGNORED, read_config

if TYPE_CHECKING:
    from coursekit.client import ExchangeClient

_MADE = ("exhibits", "prompts.json")
"""In a module's folder the build's own, made anew in the copy."""
Stamps = Mapping[str, tuple[int, int]]
"""File below the course's folder → when it was changed, and its size."""


@dataclass(frozen=True)
class Round:
    """What came of one look at the module."""

    findings: tuple[Finding, ...]
    trouble: CoursekitError | None = None
    """What stopped it, when no finding did: a cell that fails."""
    release: int | None = None
    """None: what was shown before stays."""
    unchanged: bool = False
    """The release is the one of before."""
    seconds: Mapping[str, float] | None = None
    """What each step took."""

    @property
    def is_shown(self) -> bool:
        """Whether learners would get something."""
        return self.release is not None


class PreviewCourse:
    """One module of the course in `root`, and its copy in `folder`."""

    def __init__(self, root: Path, module: str, folder: Path) -> None:
        """Raises BadInput when course.yml cannot be read, NotFound when there is no such module."""
        self._root, self._folder = root, folder
        course = CourseFolder(root).course()
        wanted = course.get_module(ModuleId(module))
        self.module, self.course, self.title = wanted.id, course.id, wanted.title
        self._case = wanted.case
        self._there: dict[str, tuple[int, int]] = {}
        self._runner = Remembering(PapermillRunner(), _digest_beside)

    def stamps(self) -> Stamps:
        """Differs once the author has saved something that the module is made of."""
        found: dict[str, tuple[int, int]] = {}
        for path in self._sources():
            # Saved by a rename, a file may be away for a moment.
            try:
                state = path.stat()
            except OSError:
                continue
            found[path.relative_to(self._root).as_posix()] = (state.st_mtime_ns, state.st_size)
        return found

    def release(self, exchange: ExchangeClient) -> Round:
        """Check, build and release what stands there. Raises only what is wrong with the exchange."""
        start = time.monotonic()
        findings = tuple(checking.check(CourseFolder(self._root), self.module))
        self._follow_case()
        if any(f.is_error for f in findings):
            return Round(findings)
        seconds = {"check": time.monotonic() - start}
        try:
            self._copy(self.stamps())
            start = time.monotonic()
            building.build(CourseFolder(self._folder), self.module, self._runner, __version__)
            seconds["run" if self._runner.ran else "build"] = time.monotonic() - start
            start = time.monotonic()
            self._generate()
        except CoursekitError as error:
            return Round(findings, error)
        course = with_open_doors(CourseFolder(self._folder).course(), self.module)
        source, release = (self._folder / name / self.module for name in ("modules", "release"))
        done = staff.release_module(exchange, source, release, course)
        seconds["release"] = time.monotonic() - start
        return Round(findings, None, done.release, done.unchanged, seconds)

    def _sources(self) -> Iterator[Path]:
        yield self._root / COURSE_FILE
        yield self._root / "nbgrader_config.py"
        yield from _files_below(self._root / "modules" / self.module, _MADE)
        if self._case is not None:
            yield from _files_below(self._root / "cases" / self._case)

    def _follow_case(self) -> None:
        try:
            self._case = CourseFolder(self._root).course().get_module(self.module).case
        except CoursekitError:
            # It is among the findings; until it is mended, the case of before is watched.
            return

    def _copy(self, stamps: Stamps) -> None:
        for path in self._there.keys() - stamps.keys():
            (self._folder / path).unlink(missing_ok=True)
        for path, stamp in stamps.items():
            if self._there.get(path) != stamp:
                (self._folder / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self._root / path, self._folder / path)
        self._there = dict(stamps)
        config = self._folder / "nbgrader_config.py"
        if not config.exists():
            config.write_text(nbgrader_settings(self.course, None), encoding="utf-8")

    def _generate(self) -> None:
        """What `nbgrader generate_assignment` would make of it, without a process and without a gradebook."""
        source = self._folder / "modules" / self.module
        target = self._folder / "release" / self.module
        notebook = _as_nbgrader(staff.seal_module(source, self.module), read_config(self._folder))
        shutil.rmtree(target, ignore_errors=True)
        left_out = shutil.ignore_patterns(*IGNORED, "*.ipynb", "feedback", "__pycache__", "*.pyc")
        shutil.copytree(source, target, ignore=left_out)
        (target / f"{self.module}.ipynb").write_text(json.dumps(notebook, indent=1), encoding="utf-8")


def _as_nbgrader(notebook: dict[str, Any], config: Any) -> dict[str, Any]:
    # Two seconds of imports, which whoever only asks for help need not wait for.
    import nbformat
    from nbgrader.converters import GenerateAssignment
    from nbgrader.preprocessors import SaveCells

    made = nbformat.reads(json.dumps(notebook), as_version=4)
    resources: dict[str, Any] = {"nbgrader": {}, "metadata": {}, "unique_key": ""}
    for kind in GenerateAssignment.preprocessors.default_args[0]:
        # It would note the module in the gradebook.
        if kind is not SaveCells:
            made, resources = kind(config=config).preprocess(made, resources)
    found: dict[str, Any] = json.loads(nbformat.writes(made))
    return found


def _files_below(folder: Path, without: tuple[str, ...] = ()) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        here = Path(parent)
        top = here == folder
        folders[:] = [f for f in folders if not f.startswith((".", "__")) and not (top and f in without)]
        for name in names:
            if not name.startswith(".") and not (top and name in without) and not (here / name).is_symlink():
                yield here / name


def _digest_beside(folder: str) -> str:
    """Of what a notebook may read: all but itself and its prompts.json."""
    here = Path(folder)
    paths = sorted(p for p in _files_below(here) if p.suffix != ".ipynb" and p.name != "prompts.json")
    return sha256("".join(f"{p.relative_to(here)}\0{sha256(p.read_bytes())}\n" for p in paths).encode())
