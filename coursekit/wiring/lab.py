"""What a learner's own Jupyter server has at hand: the folder it shows, the modules in it, and its exchange.

    <root>/<module>/             where it is there and is that module
    <root>/                      or the server was started in the module's own folder
    <root>/<course>/<module>/    else; a module that is opened for the first time is put here
    anywhere                     where somebody moved it to; found once, then remembered
    <root>/.coursekit/lab.json   that, and the place left off in each course; hidden, so it is never handed in

One module has one folder, so that what is written in one copy is never saved into another. Links are not followed.
All of it blocks: a server calls it in threads.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.model.errors import BadInput, CoursekitError, NotFound
from coursekit.model.ids import PromptId, is_slug, is_submission
from coursekit.model.submission import Receipt, ReceiptKind
from coursekit.store.hidden import (
    OWN,
    path_of_commitment,
    path_of_revision,
    path_of_submission,
    readable_release,
)
from coursekit.store.plainfiles import read_json, write_json
from coursekit.store.workbook import PROMPTS, FolderWorkbook
from coursekit.wiring.learner import connect
from coursekit.wiring.settings import Connection, connection

if TYPE_CHECKING:
    from coursekit.client import ExchangeClient

AS_HANDED_IN = "-as-handed-in-"
"""In the name of a folder with a submission."""
Stamp = tuple[Any, ...]
Book = FolderWorkbook
"""A module's folder. Doors name it by this."""
_STATE = "lab.json"
_DEEP = 4
"""Levels of folders in which a module that was moved is looked for."""
_MANY = 3000
"""And how many folders, at most: a home folder may hold anything."""


@dataclass(frozen=True)
class Line:
    """Two ways to the same exchange."""

    patient: ExchangeClient
    """For what somebody waits for: tried three times."""
    quick: ExchangeClient
    """For what is asked again anyhow: tried once, and not for long."""


class Lines:
    """The connection to the exchange that the settings name just now; made when it is first wanted, then kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: tuple[Connection, Line] | None = None

    def get(self) -> Line:
        """Safe from any thread. Raises Unauthenticated without a token, BadInput for broken settings."""
        wanted = connection()
        with self._lock:
            # Whoever signs in as somebody else, in a terminal, need not start the server again. The old line is
            # left to those who are still using it.
            if self._made is None or self._made[0] != wanted:
                self._made = (wanted, Line(connect(attempts=3), connect(timeout=15.0, attempts=1)))
            return self._made[1]


class LabRoom:
    """The folder that a Jupyter server shows."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._memory = _Memory(self.root / OWN / _STATE)

    def find(self, course: str, module: str) -> Book | None:
        """The module's folder here; none where it was not opened yet. Raises BadInput for a damaged one."""
        for folder in self._candidates(course, module):
            if folder.is_dir() and folder.resolve() == folder:
                try:
                    book = FolderWorkbook.open(folder)
                except BadInput as error:
                    if error.code == "no-module-here" or not self.came_from(folder, course, module):
                        continue
                    raise
                if (book.course, book.module) == (course, module):
                    return book
        return None

    def get(self, course: str, module: str) -> Book:
        """The same. Raises NotFound where it is not here."""
        book = self.find(course, module)
        if book is None:
            raise NotFound(
                "not-here-yet", f"{module} is not on this server yet.", "Open it from the course panel."
            )
        return book

    def look_for(self, course: str, module: str) -> Book | None:
        """The same, also where somebody moved it to."""
        book = self.find(course, module)
        if book is not None:
            return book
        for folder in self._folders_below():
            if self.came_from(folder, course, module):
                with contextlib.suppress(CoursekitError):
                    book = FolderWorkbook.open(folder)
                    self._memory.keep("folders", f"{course}/{module}", self.relative(folder))
                    return book
        return None

    def find_fetched(self, course: str, module: str) -> Path | None:
        """The folder that was fetched as this module, whether it can be opened as one or not."""
        for folder in self._candidates(course, module):
            if folder.is_dir() and folder.resolve() == folder and self.came_from(folder, course, module):
                return folder
        return None

    def set_aside_prompts(self, folder: Path) -> None:
        """Let a damaged prompts.json be fetched again. The author's it is; still nothing is thrown away."""
        with contextlib.suppress(OSError):
            (folder / PROMPTS).rename(folder / OWN / f"damaged-{PROMPTS}")

    def of_notebook(self, path: str) -> Book | None:
        """The module whose notebook has that path; none for any other file, and for a second copy."""
        if not path or "\0" in path or path.startswith("/"):
            return None
        there = Path(os.path.normpath(self.root / path))
        folder = there.parent
        try:
            if not folder.is_relative_to(self.root) or folder.resolve() != folder:
                return None
            if there.is_symlink() or not there.is_file():
                return None
            book = FolderWorkbook.open(folder)
            if book.notebook != there.name:
                return None
            found = self.find(book.course, book.module)
        except (CoursekitError, OSError):
            return None
        if found is None and self.came_from(folder, book.course, book.module):
            self._memory.keep("folders", f"{book.course}/{book.module}", self.relative(folder))
            return book
        return found if found is not None and found.folder == folder else None

    def place_for(self, course: str, module: str) -> Path:
        """Where a module that is not here yet belongs. Raises NotFound for a name that cannot be one."""
        if not is_slug(course) or not is_slug(module):
            raise NotFound("no-such-module", "There is no such module.", "Open it from the course panel.")
        return self.root / course / module

    def is_free_for(self, folder: Path, course: str, module: str) -> bool:
        """Whether the module may be put there: nothing is, or what an earlier try left."""
        if folder.resolve() != folder:
            return False
        return not folder.exists() or self.came_from(folder, course, module)

    def came_from(self, folder: Path, course: str, module: str) -> bool:
        """Whether that folder was fetched as this module, whatever has become of it."""
        origin = readable_release(folder)
        return origin is not None and (origin.course, origin.module) == (course, module)

    def relative(self, path: Path) -> str:
        """As the lab names it."""
        below = path.relative_to(self.root).as_posix()
        return "" if below == "." else below

    def kept(self, book: Book, receipt: Receipt, *, of_revision: bool = False) -> str:
        """Where that module keeps a receipt, as the lab names files."""
        if receipt.kind is ReceiptKind.SUBMISSION:
            path = path_of_submission(receipt.subject)
        elif of_revision:
            path = path_of_revision(receipt)
        else:
            path = path_of_commitment(PromptId(receipt.subject))
        return self.relative(book.folder / path)

    def find_copy(self, course: str, submission: str) -> Path | None:
        """The folder into which that submission was put before."""
        if not is_submission(submission) or not is_slug(course):
            return None
        for folder in self._folders_below():
            if AS_HANDED_IN in folder.name and (folder / path_of_submission(submission)).is_file():
                return folder
        return None

    def stamps(self, course: str, module: str) -> Stamp:
        """Something that differs once a commitment, a hand-in, an update or a fetch was made in the folder."""
        seen: list[int] = []
        for folder in self._candidates(course, module):
            for name in ("release.json", "commitments", "revisions", "submissions"):
                try:
                    seen.append((folder / OWN / name).stat().st_mtime_ns)
                except OSError:
                    seen.append(0)
        return tuple(seen)

    def find_place(self, course: str) -> Mapping[str, Any] | None:
        """Where the learner was last."""
        place = self._memory.find("places", course)
        return place if isinstance(place, dict) else None

    def keep_place(self, course: str, place: Mapping[str, Any]) -> None:
        """Remember it. Where nothing can be written, until the server stops."""
        self._memory.keep("places", course, dict(place))

    def _candidates(self, course: str, module: str) -> list[Path]:
        last = self.place_for(course, module)
        moved = self._memory.find("folders", f"{course}/{module}")
        there = Path(os.path.normpath(self.root / moved)) if isinstance(moved, str) else self.root
        others = [there] if there != self.root and there.is_relative_to(self.root) else []
        return [self.root / module, self.root, last, *others]

    def _folders_below(self) -> Iterator[Path]:
        """The nearest first; not hidden ones, and not through links."""
        level = [self.root]
        seen = 0
        for _ in range(_DEEP):
            level, parents = [], level
            for parent in parents:
                try:
                    with os.scandir(parent) as entries:
                        names = sorted(
                            e.name
                            for e in entries
                            if not e.name.startswith(".") and e.is_dir(follow_symlinks=False)
                        )
                except OSError:
                    continue
                for name in names:
                    seen += 1
                    if seen > _MANY:
                        return
                    level.append(parent / name)
                    yield parent / name


class _Memory:
    """A small file in two tables. What cannot be written is remembered until the server stops."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._known: dict[str, dict[str, Any]] | None = None

    def find(self, table: str, key: str) -> Any:
        with self._lock:
            return self._read()[table].get(key)

    def keep(self, table: str, key: str, value: Any) -> None:
        with self._lock:
            known = self._read()
            if known[table].get(key) != value:
                known[table][key] = value
                with contextlib.suppress(BadInput):
                    write_json(self._path, {"schema": "coursekit.lab/1", **known})

    def _read(self) -> dict[str, dict[str, Any]]:
        if self._known is None:
            kept: Mapping[str, Any] = {}
            with contextlib.suppress(BadInput):
                kept = read_json(self._path, "") or {}
            tables = {name: kept.get(name) for name in ("places", "folders")}
            self._known = {name: dict(t) if isinstance(t, dict) else {} for name, t in tables.items()}
        return self._known
