"""A course's review in a process that lives long: a desk whenever one is wanted, one at a time for each module.

What takes time (everybody's notebooks, the record) is read again when it has changed on the disk, and not before.
All of it blocks: a server calls it in threads.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.model.errors import BadInput, CoursekitError, NotFound
from coursekit.wiring.folders_apart import read_apart
from coursekit.wiring.nbgrader_config import CourseFolders
from coursekit.wiring.prose import Asked, Place, read_answers, read_asked

if TYPE_CHECKING:
    from coursekit.model.reviewing import Answer
    from coursekit.services.review import Appeal, Desk
    from coursekit.store.commentbank import CommentBank
    from coursekit.store.reflections import ReflectionRecord

_CONFIG = "nbgrader_config.py"
_ASK_AGAIN = 30.0
"""Seconds after which appeals are asked for again."""
Stamp = tuple[Any, ...]


@dataclass
class _Kept:
    """What was read of one module."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    stamp: Stamp = ()
    asked: Asked | None = None
    answers: Sequence[Answer] = ()
    record: ReflectionRecord | None = None
    appeals_at: float | None = None


class ReviewRoom:
    """All that can be reviewed below one folder.

    `folder`: the course's own, or one above it or just below which it is. `find_appeals`: those that the exchange
    has, of a module.
    """

    def __init__(
        self,
        folder: Path,
        find_appeals: Callable[[Place], Sequence[Appeal]] | None = None,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        from coursekit.wiring.reflections import find_appeals as ask_exchange

        self._folder = folder
        self._find_appeals = find_appeals or ask_exchange
        self._stopwatch = stopwatch
        self._lock = threading.Lock()
        self._folders: dict[Path, tuple[Stamp, CourseFolders]] = {}
        self._kept: dict[tuple[str, str], _Kept] = {}

    def folders(self, course: str) -> CourseFolders:
        """Where that course is. Raises NotFound when it is not here, BadInput when its configuration is broken."""
        trouble: CoursekitError | None = None
        for place in self._places():
            try:
                found = self._look(place)
            except CoursekitError as error:
                trouble = error
                continue
            if found.course == course:
                return found
        raise trouble or NotFound(
            "no-course-folder",
            f"The course’s folder with its gradebook is not on this server: no {_CONFIG} in or near {self._folder} "
            f"is of {course}.",
            "Start the lab in the course’s folder, or set LabServer.course_folder in jupyter_server_config.py.",
        )

    def modules(self, course: str) -> list[str]:
        """All modules that were built, by name."""
        source = Place.of(self.folders(course), "any").source.parent
        return sorted(p.parent.name for p in source.glob("*/prompts.json"))

    def place(self, course: str, module: str) -> Place:
        """Raises NotFound when there is no such module."""
        known = self.modules(course)
        if module not in known:
            raise NotFound(
                "no-such-module",
                f"There is no module {module} in this course’s folder.",
                f"Its modules are: {', '.join(known)}." if known else "Build it first: coursekit build.",
            )
        return Place.of(self.folders(course), module)

    def title(self, course: str, module: str) -> str:
        """What the module is called; its id where that cannot be read."""
        try:
            return str(json.loads((self.place(course, module).source / "prompts.json").read_bytes())["title"])
        except (OSError, ValueError, KeyError, TypeError):
            return module

    @contextmanager
    def desk(self, course: str, module: str) -> Iterator[Desk]:
        """What a grader works at. Whoever else wants the module's waits until it is given back.

        Raises NotFound, and BadInput when nothing was built or graded yet.
        """
        from coursekit.store.prosemarks import ProseMarks
        from coursekit.wiring.reflections import make_desk

        place = self.place(course, module)
        with self._lock:
            kept = self._kept.setdefault((course, module), _Kept())
        with kept.lock:
            asked, answers, record = self._read(place, kept)
            try:
                with ProseMarks(place.db_url, module, asked.notebook) as gradebook:
                    yield make_desk(place, asked, answers, record, gradebook)
            except BadInput:
                # Such as a record that somebody has mended since: the next look is a fresh one.
                kept.stamp = ()
                raise

    def note_appeals(self, course: str, module: str) -> None:
        """Put the exchange's appeals into the record, unless that was done just now."""
        with self._lock:
            kept = self._kept.setdefault((course, module), _Kept())
            now = self._stopwatch()
            if kept.appeals_at is not None and now - kept.appeals_at < _ASK_AGAIN:
                return
            kept.appeals_at = now
        # The exchange may take seconds: nobody waits for the desk meanwhile.
        appeals = self._find_appeals(self.place(course, module))
        if appeals:
            with self.desk(course, module) as desk:
                desk.note_appeals(appeals)

    def comments(self, course: str) -> CommentBank:
        """The course's bank of comments."""
        from coursekit.store.commentbank import CommentBank

        return CommentBank(self.folders(course).root)

    def _places(self) -> Iterator[Path]:
        """The folder's own course or that of a folder above, then those just below."""
        for folder in (self._folder, *self._folder.parents):
            if (folder / _CONFIG).is_file():
                yield folder
                break
        for config in sorted(self._folder.glob(f"*/{_CONFIG}")):
            yield config.parent

    def _look(self, place: Path) -> CourseFolders:
        stamp = _stamp(place / _CONFIG)
        known = self._folders.get(place)
        if known is None or known[0] != stamp:
            known = (stamp, read_apart(place))
            self._folders[place] = known
        return known[1]

    def _read(self, place: Place, kept: _Kept) -> tuple[Asked, Sequence[Answer], ReflectionRecord]:
        learners = [(learner, place.graded(learner)) for learner in place.learners()]
        stamp = (
            place.source,
            place.db_url,
            _stamp(place.source / "prompts.json"),
            _stamp(place.source / ".coursekit" / "checks.json"),
            # It grows all the time, and is only ever another one when somebody puts it there.
            _stamp(place.record.path)[2:],
            *((name, _stamp(folder), *_stamps(folder)) for name, folder in learners),
        )
        if kept.asked is None or kept.record is None or kept.stamp != stamp or not _goes_on(kept.record):
            kept.asked = read_asked(place)
            kept.record = place.record
            kept.answers = read_answers(place, kept.asked)
            kept.stamp = stamp
        return kept.asked, kept.answers, kept.record


def _goes_on(record: ReflectionRecord) -> bool:
    """Whether the file is still the one that was read, and has only grown: somebody may have put a backup there."""
    try:
        record.entries()
    except BadInput:
        return False
    return True


def _stamp(path: Path) -> Stamp:
    try:
        seen = path.lstat()
    except OSError:
        return ()
    return (seen.st_mtime_ns, seen.st_size, seen.st_ino)


def _stamps(folder: Path) -> list[Stamp]:
    """Of all that lies in a learner's graded folder."""
    try:
        return sorted((entry.name, *_stamp(Path(entry.path))) for entry in os.scandir(folder))
    except OSError:
        return []
