"""What a learner's own Jupyter server has at hand: the folder it shows, the modules in it, and its exchange.

    <root>/<module>/             where it is there and is that module
    <root>/                      or the server was started in the module's own folder
    <root>/<course>/<module>/    else; a module that is opened for the first time is put here
    <root>/.coursekit/lab.json   the place left off in each course; hidden, so it is never handed in

All of it blocks: a server calls it in threads.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Mapping
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
from coursekit.store.workbook import FolderWorkbook
from coursekit.wiring.learner import connect
from coursekit.wiring.settings import Connection, connection

if TYPE_CHECKING:
    from coursekit.client import ExchangeClient

AS_HANDED_IN = "-as-handed-in-"
"""In the name of a folder with a submission."""
_STATE = "lab.json"
Stamp = tuple[Any, ...]
Book = FolderWorkbook
"""A module's folder. Doors name it by this."""


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
        self._lock = threading.Lock()
        self._places: dict[str, Mapping[str, Any]] | None = None

    # modules

    def find(self, course: str, module: str) -> FolderWorkbook | None:
        """The module's folder here; none where it was not opened yet. Raises BadInput for a damaged one."""
        for folder in self._candidates(course, module):
            # Not through links: what is read and written here is the learner's own.
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

    def get(self, course: str, module: str) -> FolderWorkbook:
        """The same. Raises NotFound where it is not here."""
        book = self.find(course, module)
        if book is None:
            raise NotFound(
                "not-here-yet", f"{module} is not on this server yet.", "Open it from the course panel."
            )
        return book

    def of_notebook(self, path: str) -> FolderWorkbook | None:
        """The module whose notebook has that path; none for any other file."""
        if not path or "\0" in path or path.startswith("/"):
            return None
        there = self.root / path
        folder = there.parent
        try:
            folder = Path(os.path.normpath(folder))
            if folder.resolve() != folder or not folder.is_relative_to(self.root):
                return None
            book = FolderWorkbook.open(folder)
        except (CoursekitError, OSError, ValueError):
            return None
        if book.notebook != there.name or there.is_symlink() or not there.is_file():
            return None
        found = self.find(book.course, book.module)
        # A second copy would have its answers saved into the first.
        return found if found is not None and found.folder == folder else None

    def place_for(self, course: str, module: str) -> Path:
        """Where a module that is not here yet belongs. Raises NotFound for a name that cannot be one."""
        *_, folder = self._candidates(course, module)
        return folder

    def relative(self, path: Path) -> str:
        """As the lab names it."""
        below = path.relative_to(self.root).as_posix()
        return "" if below == "." else below

    def kept(self, book: FolderWorkbook, receipt: Receipt, *, of_revision: bool = False) -> str:
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
        if not is_submission(submission):
            return None
        for place in {self.root, self.root / course}:
            for folder in place.glob(f"*{AS_HANDED_IN}*"):
                if (folder / path_of_submission(submission)).is_file() and folder.resolve() == folder:
                    return folder
        return None

    def stamps(self, course: str, module: str) -> Stamp:
        """Something that differs once a commitment, a hand-in, an update or a fetch has been made in the folder."""
        seen: list[int] = []
        for folder in self._candidates(course, module):
            for name in ("release.json", "commitments", "revisions", "submissions"):
                try:
                    seen.append((folder / OWN / name).stat().st_mtime_ns)
                except OSError:
                    seen.append(0)
        return tuple(seen)

    def _candidates(self, course: str, module: str) -> tuple[Path, Path, Path]:
        if not is_slug(course) or not is_slug(module):
            raise NotFound("no-such-module", "There is no such module.", "Open it from the course panel.")
        return self.root / module, self.root, self.root / course / module

    def came_from(self, folder: Path, course: str, module: str) -> bool:
        """Whether that folder was fetched as this module, whatever has become of it."""
        origin = readable_release(folder)
        return origin is not None and (origin.course, origin.module) == (course, module)

    # the place left off

    def find_place(self, course: str) -> Mapping[str, Any] | None:
        """Where the learner was last."""
        with self._lock:
            return self._known().get(course)

    def keep_place(self, course: str, place: Mapping[str, Any]) -> None:
        """Remember it. Where nothing can be written, until the server stops."""
        from coursekit.store.plainfiles import write_json

        with self._lock:
            known = self._known()
            if known.get(course) == place:
                return
            known[course] = dict(place)
            with contextlib.suppress(BadInput):
                write_json(self.root / OWN / _STATE, {"schema": "coursekit.lab/1", "places": known})

    def _known(self) -> dict[str, Mapping[str, Any]]:
        from coursekit.store.plainfiles import read_json

        if self._places is None:
            self._places = {}
            with contextlib.suppress(BadInput, AttributeError):
                kept = (read_json(self.root / OWN / _STATE, "") or {}).get("places", {})
                self._places = {str(c): p for c, p in kept.items() if isinstance(p, dict)}
        return self._places
