"""A course's folder: what lies in it, modules built and new ones written.

root/modules/course.yml
root/modules/<module>/<module>.ipynb  rubrics.yml  exemplars.yml
                      <module>.md                               the notebook as text (`coursekit text`)
                      translations/<language>.po                for staff alone: reveals are in it
                      exhibits/  prompts.json  .coursekit/      written by the build: builtcourse
root/cases/<case>/{case.md, exhibits/, SOURCES.md}              casefiles
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from coursekit.model.errors import Conflict
from coursekit.model.ids import ModuleId
from coursekit.model.translation import Entry
from coursekit.store import catalogues
from coursekit.store.authored import COURSE_FILE, append_module, parse_course
from coursekit.store.builtcourse import BuiltCourse
from coursekit.store.notebookfiles import read_text
from coursekit.store.wholefiles import cannot_write, remove_empty, replace_file


class CourseFolder(BuiltCourse):
    """A course on disk: all that `check`, `build` and `new` need of it."""

    def write_master(self, module: ModuleId, text: str) -> None:
        """Put a new text in the notebook's place, whole."""
        replace_file(self._master(module), text.encode())

    def write_catalogue(
        self, module: ModuleId, language: str, entries: Iterable[Entry], now: datetime
    ) -> bool:
        """Put a translation in its place, whole; gives whether anything changed."""
        return catalogues.write_catalogue(self.root / "modules" / module, language, entries, now)

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
                remove_empty(target.parent, self.root)
            raise cannot_write(self.root / path, error) from None

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
        replace_file(self.root / COURSE_FILE, text.encode())


class TypedCourse(CourseFolder):
    """The same, with one notebook as it stands before its author, saved or not."""

    def __init__(self, root: Path, typed: ModuleId, value: Mapping[str, Any]) -> None:
        """`value`: the notebook of the module `typed`, as nbformat JSON."""
        super().__init__(root)
        self._typed, self._text = typed, json.dumps(value)

    def master_text(self, module: ModuleId) -> str:
        """What is typed, or else what is saved. Raises BadInput when that is no text."""
        return self._text if module == self._typed else super().master_text(module)
