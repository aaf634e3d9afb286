"""A course's folder: what lies in it, modules built and new ones written.

root/modules/course.yml
root/modules/<module>/<module>.ipynb  rubrics.yml  exemplars.yml
                      exhibits/  prompts.json                     written by the build
                      .coursekit/{built.ipynb, checks.json, build.json}        and these, for staff alone
root/cases/<case>/{case.md, exhibits/}
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from coursekit.lint.catalog import Material
from coursekit.model.course import Course, Module
from coursekit.model.errors import BadInput, Conflict
from coursekit.model.ids import Digest, ModuleId
from coursekit.model.notebook import Notebook
from coursekit.model.submission import sha256
from coursekit.store.authored import (
    COURSE_FILE,
    append_module,
    parse_course,
    read_course,
    read_exemplars,
    read_rubrics,
)
from coursekit.store.notebookfiles import (
    notebook_of,
    read_notebook,
    read_notebook_json,
    read_text,
    shown_path,
)

_BUILT = ".coursekit/built.ipynb"
_CHECKS = ".coursekit/checks.json"
_RECORD = ".coursekit/build.json"
_PROSE = frozenset({".md", ".txt"})
_WRITTEN_BY_BUILD = frozenset({"exhibits", "prompts.json"})


class CourseFolder:
    """A course on disk: what `check`, `build` and `new` need of it."""

    def __init__(self, root: Path) -> None:
        """The folder that holds modules/ and cases/."""
        self.root = root

    def course(self) -> Course:
        """As course.yml tells it."""
        return read_course(self.root)

    def folders(self) -> tuple[str, ...]:
        """The folders in modules/."""
        return _folders(self.root / "modules")

    def notebooks(self) -> tuple[str, ...]:
        """Those of them that have their notebook."""
        return tuple(f for f in self.folders() if self._master(f).is_file())

    def cases(self) -> tuple[str, ...]:
        """The folders in cases/."""
        return _folders(self.root / "cases")

    def material(self, course: Course, module: ModuleId) -> Material:
        """One module as its author wrote it. Raises BadInput when a file cannot be read."""
        folder = self.root / "modules" / module
        wanted = course.get_module(module)
        return Material(
            wanted,
            self.notebook(module),
            read_rubrics(folder),
            read_exemplars(folder),
            frozenset(self._exhibits(wanted)),
            frozenset(c.id for c in course.competencies),
            self.case(wanted),
        )

    def notebook(self, module: ModuleId) -> Notebook:
        """The master, with what each cell is for. Raises BadInput."""
        return read_notebook(self._master(module))

    def case(self, module: Module) -> tuple[str, ...]:
        """The texts of the module's case that learners read: case.md, and what of its exhibits is prose."""
        if module.case is None:
            return ()
        told = self.root / "cases" / module.case / "case.md"
        exhibits = [p for _, p in sorted(self._exhibits(module).items()) if p.suffix.lower() in _PROSE]
        there = [p for p in (told, *exhibits) if p.is_file() and not p.is_symlink()]
        return tuple(p.read_text(encoding="utf-8", errors="replace") for p in there)

    # the build

    def story(self, module: Module) -> str:
        """The case's text; empty where there is none."""
        path = self._story(module)
        return read_text(path) if path is not None else ""

    def master(self, module: ModuleId) -> dict[str, Any]:
        """The author's notebook, as it stands."""
        return read_notebook_json(self._master(module))

    def inputs(self, module: Module) -> dict[str, Digest]:
        """Whatever the build's result depends on, by path below the root."""
        paths = [self.root / COURSE_FILE, *self._own_files(module.id).values()]
        paths += self._exhibits(module).values()
        story = self._story(module)
        if story is not None:
            paths.append(story)
        return {p.relative_to(self.root).as_posix(): sha256(p.read_bytes()) for p in sorted(paths)}

    def find_record(self, module: ModuleId) -> Mapping[str, Any] | None:
        """What the last build wrote down; none when there was none, or its notebook is gone."""
        folder = self.root / "modules" / module
        if not (folder / _BUILT).is_file():
            return None
        try:
            record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return record if isinstance(record, dict) else None

    @contextmanager
    def scratch(self, module: Module, prompts: bytes) -> Iterator[str]:
        """A copy of the module's folder to run in, with exhibits and prompts.json; gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="coursekit-build-") as name:
            scratch = Path(name)
            own = {k: v for k, v in self._own_files(module.id).items() if not k.endswith(".ipynb")}
            for path, source in {**own, **self._exhibits(module)}.items():
                (scratch / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, scratch / path)
            (scratch / "prompts.json").write_bytes(prompts)
            # The forms look for the notebook beside them; the model answers are nobody's answers.
            (scratch / f"{module.id}.ipynb").write_bytes(_json(_unanswered(self.master(module.id))))
            yield name

    def install(
        self, module: Module, prompts: bytes, checks: bytes, built: bytes | None, record: Mapping[str, Any]
    ) -> tuple[str, ...]:
        """Put the results in their places, all prepared before the first is moved; gives the exhibits' paths.

        Without `built` the notebook that is there stays. Raises Conflict rather than lose an author's edit.
        """
        folder = self.root / "modules" / module.id
        copied = self._copied_before(module.id)
        exhibits = {path: source.read_bytes() for path, source in self._exhibits(module).items()}
        for path, content in exhibits.items():
            self._keep_edits(module, folder / path, path, content, copied)
        digests = {path: sha256(content) for path, content in sorted(exhibits.items())}
        files = {**exhibits, "prompts.json": prompts, _CHECKS: checks}
        if built is not None:
            files[_BUILT] = built
        # The record last: whoever sees it sees the rest.
        files[_RECORD] = _json({**record, "exhibits": digests})
        (folder / ".coursekit").mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="new-", dir=folder / ".coursekit") as name:
            ready = Path(name)
            for number, content in enumerate(files.values()):
                _write_durably(ready / str(number), content)
            for number, path in enumerate(files):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (ready / str(number)).replace(folder / path)
        for path, digest in copied.items():
            stale = folder / path
            if path not in exhibits and _digest(stale) == digest:
                stale.unlink()
                _remove_empty(stale.parent, folder)
        return tuple(sorted(exhibits))

    # new courses and modules

    def is_empty(self) -> bool:
        """Whether nothing stands there yet; a .git folder does not count."""
        return not self.root.exists() or not [p for p in self.root.iterdir() if p.name != ".git"]

    def exists(self, path: str) -> bool:
        """Whether a file or folder of that path is there."""
        return (self.root / path).exists()

    def write_new(self, files: Mapping[str, str]) -> None:
        """Write these files, none of which is there yet: all, or none."""
        there = next((path for path in files if (self.root / path).exists()), None)
        if there is not None:
            raise Conflict(
                "already-there", f"{there} is there already.", "Choose another name, or move it away."
            )
        written: list[Path] = []
        try:
            for path, text in files.items():
                target = self.root / path
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("x", encoding="utf-8") as file:
                    written.append(target)
                    file.write(text)
        except OSError as error:
            for target in written:
                target.unlink(missing_ok=True)
                _remove_empty(target.parent, self.root)
            raise BadInput(
                "cannot-write",
                f"{shown_path(self.root / path)} cannot be written: {error.strerror or error}.",
                "Check the folder's permissions and the space on the disk.",
            ) from None

    def with_module(self, entry: str) -> str:
        """course.yml's text with one more module at the end of its list; comments stay where they are.

        Raises BadInput when that would not give a course.
        """
        text = read_text(self.root / COURSE_FILE)
        parse_course(text)
        longer = append_module(text, entry)
        parse_course(longer)
        return longer

    def write_course(self, text: str) -> None:
        """Put a new text in course.yml's place, whole."""
        path = self.root / COURSE_FILE
        handle, name = tempfile.mkstemp(prefix=".course-", dir=path.parent)
        os.close(handle)
        ready = Path(name)
        try:
            _write_durably(ready, text.encode())
            shutil.copymode(path, ready)
            ready.replace(path)
        finally:
            ready.unlink(missing_ok=True)

    def exhibits(self, module: Module) -> tuple[str, ...]:
        """The exhibits of the module's case, as its cells name them."""
        return tuple(sorted(self._exhibits(module)))

    def _master(self, module: str) -> Path:
        return self.root / "modules" / module / f"{module}.ipynb"

    def _exhibits(self, module: Module) -> dict[str, Path]:
        """The case's exhibits by the path at which the module has them."""
        if module.case is None:
            return {}
        return {
            f"exhibits/{path}": source
            for path, source in _files(self.root / "cases" / module.case / "exhibits").items()
        }

    def _story(self, module: Module) -> Path | None:
        """The case's text, if it has one."""
        path = self.root / "cases" / (module.case or "") / "case.md"
        return path if module.case is not None and path.is_file() else None

    def _own_files(self, module: ModuleId) -> dict[str, Path]:
        """What the author put into the module's folder, but for the sample answers: they change no output."""
        folder = self.root / "modules" / module
        return {
            path: source
            for path, source in _files(folder).items()
            if path.split("/")[0] not in _WRITTEN_BY_BUILD and path != "exemplars.yml"
        }

    def _copied_before(self, module: ModuleId) -> dict[str, str]:
        record = self.find_record(module) or {}
        copied = record.get("exhibits", {})
        if not isinstance(copied, dict):
            return {}
        # The record could be edited: nothing outside exhibits/ is ever deleted on its word.
        return {p: d for p, d in copied.items() if p.startswith("exhibits/") and ".." not in p.split("/")}

    def _keep_edits(
        self, module: Module, target: Path, path: str, content: bytes, copied: Mapping[str, str]
    ) -> None:
        there = _digest(target)
        if there is not None and there not in (sha256(content), copied.get(path)):
            raise Conflict(
                "edited-exhibit",
                f"modules/{module.id}/{path} was changed by hand; the build would overwrite it.",
                f"Move your change to cases/{module.case}/{path}, delete the copy, then build again.",
            )


def _unanswered(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with its answer cells empty."""

    def is_answer(cell: dict[str, Any]) -> bool:
        return bool(cell["metadata"].get("nbgrader", {}).get("solution"))

    cells = [{**cell, "source": ""} if is_answer(cell) else cell for cell in notebook["cells"]]
    return {**notebook, "cells": cells}


class TypedCourse(CourseFolder):
    """The same, with one notebook as it stands before its author, saved or not."""

    def __init__(self, root: Path, typed: ModuleId, value: Mapping[str, Any]) -> None:
        """`value`: the notebook of the module `typed`, as nbformat JSON."""
        super().__init__(root)
        self._typed, self._value = typed, value

    def notebook(self, module: ModuleId) -> Notebook:
        """What is typed, or else what is saved. Raises BadInput."""
        return (
            notebook_of(self._value, self._master(module))
            if module == self._typed
            else super().notebook(module)
        )


def _folders(parent: Path) -> tuple[str, ...]:
    if not parent.is_dir():
        return ()
    return tuple(
        sorted(p.name for p in parent.iterdir() if p.is_dir() and not p.name.startswith((".", "__")))
    )


def _files(folder: Path) -> dict[str, Path]:
    """The regular files below a folder, by relative path; no hidden ones, no links."""
    found: dict[str, Path] = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__")))
        for name in sorted(names):
            path = Path(parent) / name
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                found[path.relative_to(folder).as_posix()] = path
    return found


def _digest(path: Path) -> Digest | None:
    return sha256(path.read_bytes()) if path.is_file() else None


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _remove_empty(folder: Path, stop: Path) -> None:
    while folder != stop and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
