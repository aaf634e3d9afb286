"""A course as its author wrote it: course.yml, notebooks, rubrics, exemplars, cases, translations. Read only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from coursekit.lint.material import Material, Where
from coursekit.model.course import Course, Module
from coursekit.model.errors import BadInput
from coursekit.model.ids import Digest, ModuleId
from coursekit.model.notebook import Notebook
from coursekit.model.translation import Entry, Piece
from coursekit.policy.sealing import FACULTY_FILES, text_form_of
from coursekit.policy.translating import pieces
from coursekit.store import catalogues
from coursekit.store.authored import read_course, read_exemplars, read_rubrics
from coursekit.store.casefiles import CaseFiles
from coursekit.store.notebookfiles import (
    notebook_json,
    notebook_of,
    read_notebook_json,
    read_text,
    shown_path,
)
from coursekit.store.wholefiles import digest_of, files_below, folders_in
from coursekit.store.yamllines import lines_of

_NOT_RUN = frozenset({"exhibits", "prompts.json", "translations"})


class AuthoredCourse:
    """What `check` and everything else needs to read of a course on disk."""

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
        return folders_in(self.root / "modules")

    def notebooks(self) -> tuple[str, ...]:
        """Those of them that have their notebook."""
        return tuple(f for f in self.folders() if self._master(f).is_file())

    def cases(self) -> tuple[str, ...]:
        """The folders in cases/."""
        return folders_in(self.root / "cases")

    def material(self, course: Course, module: ModuleId, master: str | None = None) -> Material:
        """One module as its author wrote it, or with another text as its notebook.

        Raises BadInput when a file cannot be read.
        """
        folder = self.root / "modules" / module
        wanted = course.get_module(module)
        case = CaseFiles(self.root, wanted)
        text = self.master_text(module) if master is None else master
        return Material(
            wanted,
            notebook_of(text, self._shown(module), module),
            read_rubrics(folder),
            read_exemplars(folder),
            frozenset(case.exhibits),
            frozenset(c.id for c in course.competencies),
            case.read_by_learners(),
            case.letters(),
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
        return CaseFiles(self.root, module).read_by_learners()

    def story(self, module: Module) -> str:
        """The case's text; empty where there is none."""
        path = CaseFiles(self.root, module).story()
        return read_text(path) if path is not None else ""

    def exhibits(self, module: Module) -> tuple[str, ...]:
        """The exhibits of the module's case, as its cells name them."""
        return tuple(sorted(CaseFiles(self.root, module).exhibits))

    def master_text(self, module: ModuleId) -> str:
        """The author's notebook as it stands in its file. Raises BadInput when it is no text."""
        return read_text(self._master(module), as_it_stands=True)

    def master_cells(self, text: str, module: ModuleId) -> list[Any]:
        """The cells in that text, whatever they are. Raises BadInput when it is no notebook."""
        cells: list[Any] = notebook_json(text, self._shown(module))["cells"]
        return cells

    def master(self, module: ModuleId) -> dict[str, Any]:
        """The author's notebook, as it stands."""
        return read_notebook_json(self._master(module))

    def catalogue(self, module: ModuleId, language: str) -> tuple[Entry, ...]:
        """A module's translation, as far as there is one. Raises BadInput when it cannot be read."""
        return catalogues.read_catalogue(self.root / "modules" / module, language)

    def catalogue_digest(self, module: ModuleId, language: str) -> dict[str, Digest]:
        """Its path below the root and its digest; nothing where there is none."""
        path = catalogues.catalogue_path(self.root / "modules" / module, language)
        digest = digest_of(path)
        return {path.relative_to(self.root).as_posix(): digest} if digest is not None else {}

    def _named(self, module: Module, *, faculty: bool = False) -> dict[str, Path]:
        """The exhibits that the module names; with what faculty notes name, or without."""
        case = CaseFiles(self.root, module)
        if not case.exhibits:
            return {}
        own = [p for path, p in self._own_files(module.id).items() if path not in FACULTY_FILES]
        return case.named(self._notebook(module), own, faculty=faculty)

    def _notebook(self, module: Module) -> Notebook:
        return notebook_of(self.master_text(module.id), self._shown(module.id), module.id)

    def _own_files(self, module: ModuleId) -> dict[str, Path]:
        """What the author put into the module's folder, but for what changes no output: the sample answers, and
        the notebook's text, which holds what is sealed.
        """
        folder = self.root / "modules" / module
        outside = {"exemplars.yml", text_form_of(module)}
        return {
            path: source
            for path, source in files_below(folder).items()
            if path.split("/")[0] not in _NOT_RUN and path not in outside
        }

    def _master(self, module: str) -> Path:
        return self.root / "modules" / module / f"{module}.ipynb"

    def _shown(self, module: str) -> str:
        return shown_path(self._master(module))
