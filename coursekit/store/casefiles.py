"""A module's case: its story, its exhibits, and where these come from.

root/cases/<case>/{case.md, exhibits/, SOURCES.md}
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from pathlib import Path

from coursekit.lint.naming import named_exhibits
from coursekit.lint.sources import FILE, open_sources, sealed_file, sealed_sources
from coursekit.model.course import Module
from coursekit.model.ids import Digest
from coursekit.model.notebook import Notebook
from coursekit.store.wholefiles import digest_of, files_below

PROSE = frozenset({".md", ".txt"})
_TEXTS = PROSE | {".py", ".r", ".html", ".htm", ".json", ".yml", ".yaml"}


class CaseFiles:
    """What a module has of its case."""

    def __init__(self, root: Path, module: Module) -> None:
        """`root`: the folder that holds modules/ and cases/."""
        self._folder = root / "cases" / module.case if module.case is not None else None

    @cached_property
    def exhibits(self) -> dict[str, Path]:
        """The case's exhibits by the path at which the module has them."""
        if self._folder is None:
            return {}
        return {f"exhibits/{path}": source for path, source in files_below(self._folder / "exhibits").items()}

    def digest(self, path: str) -> Digest | None:
        """Of what such a copy comes from; none where it is gone."""
        return digest_of(self._folder / path) if self._folder is not None else None

    def story(self) -> Path | None:
        """The case's text, if it has one."""
        return self._find("case.md")

    def sources(self) -> Path | None:
        """Where the case's exhibits come from, if somebody wrote it down."""
        return self._find("SOURCES.md")

    def read_by_learners(self) -> tuple[str, ...]:
        """Its texts that learners read: case.md, and what of its exhibits is prose."""
        if self._folder is None:
            return ()
        told = (self._folder / "case.md", *_prose_in(self.exhibits).values())
        return tuple(prose(p) for p in told if p.is_file() and not p.is_symlink())

    def letters(self) -> dict[str, str]:
        """Those exhibits that are prose, as the module names them."""
        return {path: prose(p) for path, p in _prose_in(self.exhibits).items()}

    def named(self, notebook: Notebook, own: Iterable[Path], *, faculty: bool = False) -> dict[str, Path]:
        """Those exhibits that the module names, which alone are copied; with what faculty notes name, or without.

        `own`: the other files of the module's folder that learners get.
        """
        beside = [prose(p) for p in own if p.suffix.lower() in _TEXTS]
        named = named_exhibits(notebook, self.exhibits, beside, self.letters(), faculty=faculty)
        return {path: source for path, source in self.exhibits.items() if path in named}

    def told_sources(self, notebook: Notebook, copied: Collection[str]) -> dict[str, str]:
        """What learners get of SOURCES.md, by path: beside what lies open, and with the reveals after a prompt."""
        path = self.sources()
        if path is None or not copied:
            return {}
        sealed: dict[str, set[str]] = {}
        for _, reveal in notebook.reveals():
            sealed.setdefault(reveal.after, set()).update(reveal.files)
        held = {file for files in sealed.values() for file in files}
        text = prose(path)
        later = sealed_sources(text, copied, sealed, self.exhibits)
        told = {
            FILE: open_sources(text, copied, held, self.exhibits),
            **{sealed_file(prompt): entries for prompt, entries in later.items()},
        }
        # Where an exhibit has that name, the author's own words stand.
        return {name: entries for name, entries in told.items() if entries and name not in copied}

    def _find(self, name: str) -> Path | None:
        path = self._folder / name if self._folder is not None else None
        return path if path is not None and path.is_file() else None


def prose(path: Path) -> str:
    """A text as far as it can be read; what is no UTF-8 is marked."""
    return path.read_text(encoding="utf-8", errors="replace")


def _prose_in(exhibits: dict[str, Path]) -> dict[str, Path]:
    return {path: p for path, p in sorted(exhibits.items()) if p.suffix.lower() in PROSE}
