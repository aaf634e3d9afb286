"""A course's folder: what lies in it, modules built and new ones written.

root/modules/course.yml
root/modules/<module>/<module>.ipynb  rubrics.yml  exemplars.yml
                      <module>.md                               the notebook as text (`coursekit text`)
                      exhibits/  prompts.json                     written by the build
                      .coursekit/{built.ipynb, checks.json, build.json}        and these, for staff alone
                      .coursekit/variants/<variant>/{built.ipynb, build.json}
                      translations/<language>.po                      for staff alone: reveals are in it
                      .coursekit/languages/<language>/{built.ipynb, prompts.json, checks.json, build.json}
root/cases/<case>/{case.md, exhibits/}
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from coursekit.lint.finding import Finding
from coursekit.lint.material import Material, Where
from coursekit.lint.naming import named_exhibits
from coursekit.lint.sources import FILE as SOURCES
from coursekit.lint.sources import open_sources
from coursekit.model.course import Course, Module
from coursekit.model.errors import BadInput, Conflict
from coursekit.model.ids import Digest, ModuleId
from coursekit.model.submission import sha256
from coursekit.model.translation import Entry, Piece
from coursekit.policy.sealing import FACULTY_FILES, text_form_of
from coursekit.policy.translating import pieces
from coursekit.store import catalogues, trials
from coursekit.store.authored import (
    COURSE_FILE,
    append_module,
    parse_course,
    read_course,
    read_exemplars,
    read_rubrics,
)
from coursekit.store.notebookfiles import (
    notebook_json,
    notebook_of,
    read_notebook_json,
    read_text,
    shown_path,
)
from coursekit.store.yamllines import lines_of

_BUILT = ".coursekit/built.ipynb"
_CHECKS = ".coursekit/checks.json"
_RECORD = ".coursekit/build.json"
_PROSE = frozenset({".md", ".txt"})
_TEXTS = _PROSE | {".py", ".r", ".html", ".htm", ".json", ".yml", ".yaml"}
_NOT_RUN = frozenset({"exhibits", "prompts.json", "translations"})


class CourseFolder:
    """A course on disk: what `check`, `build` and `new` need of it."""

    def __init__(self, root: Path) -> None:
        """The folder that holds modules/ and cases/."""
        self.root = root
        self.where: Where = lines_of(self.text)
        """Looks up on which line of a YAML file something stands."""

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

    def material(self, course: Course, module: ModuleId, master: str | None = None) -> Material:
        """One module as its author wrote it, or with another text as its notebook.

        Raises BadInput when a file cannot be read.
        """
        folder = self.root / "modules" / module
        wanted = course.get_module(module)
        exhibits = self._exhibits(wanted)
        text = self.master_text(module) if master is None else master
        return Material(
            wanted,
            notebook_of(text, self._shown(module), module),
            read_rubrics(folder),
            read_exemplars(folder),
            frozenset(exhibits),
            frozenset(c.id for c in course.competencies),
            self.case(wanted),
            {path: _prose(p) for path, p in sorted(exhibits.items()) if p.suffix.lower() in _PROSE},
            frozenset(self._own_files(module)) - FACULTY_FILES,
            self._authored(module),
            self.where,
            self.text(f"cases/{wanted.case}/SOURCES.md") if wanted.case is not None else None,
            {language: self.catalogue(module, language) for language in course.languages},
            self._pieces(wanted, text) if course.languages else (),
        )

    def _pieces(self, module: Module, text: str) -> tuple[Piece, ...]:
        rubrics = read_rubrics(self.root / "modules" / module.id)
        return pieces(notebook_json(text, self._shown(module.id)), rubrics, module.title)

    def _authored(self, module: ModuleId) -> dict[str, str]:
        files = (f"modules/{module}/{name}" for name in ("rubrics.yml", "exemplars.yml"))
        return {file: text for file in files if (text := self.text(file)) is not None}

    def text(self, file: str) -> str | None:
        """A file's text, by its path below the root; none when it cannot be read."""
        try:
            return read_text(self.root / file)
        except BadInput:
            return None

    def case(self, module: Module) -> tuple[str, ...]:
        """The texts of the module's case that learners read: case.md, and what of its exhibits is prose."""
        if module.case is None:
            return ()
        told = self.root / "cases" / module.case / "case.md"
        exhibits = [p for _, p in sorted(self._exhibits(module).items()) if p.suffix.lower() in _PROSE]
        return tuple(_prose(p) for p in (told, *exhibits) if p.is_file() and not p.is_symlink())

    def master_text(self, module: ModuleId) -> str:
        """The author's notebook as it stands in its file. Raises BadInput when it is no text."""
        return read_text(self._master(module), as_it_stands=True)

    def master_cells(self, text: str, module: ModuleId) -> list[Any]:
        """The cells in that text, whatever they are. Raises BadInput when it is no notebook."""
        cells: list[Any] = notebook_json(text, self._shown(module))["cells"]
        return cells

    def write_master(self, module: ModuleId, text: str) -> None:
        """Put a new text in the notebook's place, whole."""
        _replace(self._master(module), text.encode())

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
        paths += self._named(module, faculty=True).values()
        paths += [p for p in (self._story(module), self._sources(module)) if p is not None]
        return {p.relative_to(self.root).as_posix(): sha256(p.read_bytes()) for p in sorted(paths)}

    def find_record(self, module: ModuleId, edition: str = "") -> Mapping[str, Any] | None:
        """What the last build, or an edition's, wrote down; none when there was none, or its notebook is gone."""
        folder = self._own(module) / edition
        if not (folder / "built.ipynb").is_file():
            return None
        try:
            record = json.loads((folder / "build.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return record if isinstance(record, dict) else None

    def find_built(self, module: ModuleId) -> bytes | None:
        """The notebook of the last build; none when there is none."""
        path = self._own(module) / "built.ipynb"
        return path.read_bytes() if path.is_file() else None

    def find_run(self, module: ModuleId, key: Digest) -> bytes | None:
        """The notebook as `check --run` executed it from the very same; none when it did not."""
        return trials.find_run(self._own(module), key)

    def find_tried(self, module: ModuleId, key: Digest) -> tuple[Finding, ...] | None:
        """What the last try-out found, if it was of the very same; else none."""
        return trials.find_tried(self._own(module), key)

    def keep_tried(
        self, module: ModuleId, key: Digest, findings: Sequence[Finding], run: Digest, executed: bytes | None
    ) -> None:
        """Keep it for the next time, and the executed notebook for the next build."""
        trials.keep_tried(self._own(module), key, findings, run, executed)

    def _own(self, module: ModuleId) -> Path:
        return self.root / "modules" / module / ".coursekit"

    @contextmanager
    def scratch(self, module: Module, prompts: bytes) -> Iterator[str]:
        """A copy of the module's folder to run in, with exhibits and prompts.json; gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="coursekit-build-") as name:
            scratch = Path(name)
            own = {k: v for k, v in self._own_files(module.id).items() if not k.endswith(".ipynb")}
            for path, source in {**own, **self._named(module, faculty=True)}.items():
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
        exhibits = {path: source.read_bytes() for path, source in self._named(module).items()}
        names = tuple(sorted(exhibits))
        sources = self._open_sources(module, exhibits)
        if sources and SOURCES not in exhibits:
            exhibits[SOURCES] = sources.encode()
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
        # What was copied once and is named no longer; where the record is lost, whatever is the case's to the byte.
        for path in {**self._exhibits(module), **copied}:
            stale = folder / path
            here = _digest(stale) if path not in exhibits else None
            if here is not None and here in (copied.get(path), _digest(self._source(module, path))):
                stale.unlink()
                _remove_empty(stale.parent, folder)
        return names

    def install_edition(
        self, module: ModuleId, edition: str, files: Mapping[str, bytes], record: Mapping[str, Any]
    ) -> None:
        """An edition's own files put beside the module's; what is not among them stays."""
        folder = self._own(module) / edition
        folder.mkdir(parents=True, exist_ok=True)
        # The record last, as for the module's own.
        for name, content in {**files, "build.json": _json(record)}.items():
            _write_durably(folder / f".new-{name}", content)
            (folder / f".new-{name}").replace(folder / name)

    def catalogue(self, module: ModuleId, language: str) -> tuple[Entry, ...]:
        """A module's translation, as far as there is one. Raises BadInput when it cannot be read."""
        return catalogues.read_catalogue(self.root / "modules" / module, language)

    def catalogue_digest(self, module: ModuleId, language: str) -> dict[str, Digest]:
        """Its path below the root and its digest; nothing where there is none."""
        path = catalogues.catalogue_path(self.root / "modules" / module, language)
        digest = _digest(path)
        return {path.relative_to(self.root).as_posix(): digest} if digest is not None else {}

    def write_catalogue(
        self, module: ModuleId, language: str, entries: Iterable[Entry], now: datetime
    ) -> bool:
        """Put a translation in its place, whole; gives whether anything changed."""
        return catalogues.write_catalogue(self.root / "modules" / module, language, entries, now)

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
            raise _cannot_write(self.root / path, error) from None

    def with_modules(self, entries: Sequence[str]) -> str:
        """course.yml's text with more modules at the end of its list; comments stay where they are.

        Raises BadInput when that would not give a course.
        """
        text = read_text(self.root / COURSE_FILE)
        parse_course(text)
        for entry in entries:
            text = append_module(text, entry)
            parse_course(text)
        return text

    def write_course(self, text: str) -> None:
        """Put a new text in course.yml's place, whole."""
        _replace(self.root / COURSE_FILE, text.encode())

    def _shown(self, module: str) -> str:
        return shown_path(self._master(module))

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

    def _source(self, module: Module, path: str) -> Path:
        return self.root / "cases" / (module.case or "") / path

    def _named(self, module: Module, *, faculty: bool = False) -> dict[str, Path]:
        """Those of them that the module names, which alone are copied; with what faculty notes name, or without."""
        exhibits = self._exhibits(module)
        if not exhibits:
            return {}
        own = {k: v for k, v in self._own_files(module.id).items() if k not in FACULTY_FILES}
        beside = [_prose(p) for p in own.values() if p.suffix.lower() in _TEXTS]
        prose = {path: _prose(p) for path, p in exhibits.items() if p.suffix.lower() in _PROSE}
        notebook = notebook_of(self.master_text(module.id), self._shown(module.id), module.id)
        named = named_exhibits(notebook, exhibits, beside, prose, faculty=faculty)
        return {path: source for path, source in exhibits.items() if path in named}

    def _story(self, module: Module) -> Path | None:
        """The case's text, if it has one."""
        path = self.root / "cases" / (module.case or "") / "case.md"
        return path if module.case is not None and path.is_file() else None

    def _sources(self, module: Module) -> Path | None:
        """Where the case's exhibits come from, if somebody wrote it down."""
        path = self.root / "cases" / (module.case or "") / "SOURCES.md"
        return path if module.case is not None and path.is_file() else None

    def _open_sources(self, module: Module, copied: Iterable[str]) -> str:
        """What learners get of it."""
        path = self._sources(module)
        if path is None:
            return ""
        notebook = notebook_of(self.master_text(module.id), self._shown(module.id), module.id)
        sealed = {file for _, reveal in notebook.reveals() for file in reveal.files}
        return open_sources(_prose(path), copied, sealed, self._exhibits(module))

    def _own_files(self, module: ModuleId) -> dict[str, Path]:
        """What the author put into the module's folder, but for what changes no output: the sample answers, and
        the notebook's text, which holds what is sealed.
        """
        folder = self.root / "modules" / module
        outside = {"exemplars.yml", text_form_of(module)}
        return {
            path: source
            for path, source in _files(folder).items()
            if path.split("/")[0] not in _NOT_RUN and path not in outside
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
            place = f"cases/{module.case}/{'SOURCES.md' if path == SOURCES else path}"
            raise Conflict(
                "edited-exhibit",
                f"modules/{module.id}/{path} was changed by hand; the build would overwrite it.",
                f"Move your change to {place}, delete the copy, then build again.",
            )


def _prose(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


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
        self._typed, self._text = typed, json.dumps(value)

    def master_text(self, module: ModuleId) -> str:
        """What is typed, or else what is saved. Raises BadInput when that is no text."""
        return self._text if module == self._typed else super().master_text(module)


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


def _replace(path: Path, content: bytes) -> None:
    """Another content for a file that is there: the old one, or all of the new one.

    Raises BadInput when it cannot be written.
    """
    # Where the name is a link, what it leads to is replaced.
    path = path.resolve()
    ready: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
        os.close(handle)
        ready = Path(name)
        _write_durably(ready, content)
        shutil.copymode(path, ready)
        ready.replace(path)
    except OSError as error:
        raise _cannot_write(path, error) from None
    finally:
        if ready is not None:
            ready.unlink(missing_ok=True)


def _cannot_write(path: Path, error: OSError) -> BadInput:
    return BadInput(
        "cannot-write",
        f"{shown_path(path)} cannot be written: {error.strerror or error}.",
        "Check the folder's permissions and the space on the disk.",
    )


def _remove_empty(folder: Path, stop: Path) -> None:
    while folder != stop and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
