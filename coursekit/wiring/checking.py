"""The process that checks written answers as they are handed in, beside the service or alone.

    is there anything to check by? ──no──▶ wait
              │ yes: models are loaded, once
    what waits ─▶ each is checked, and its lines are written ─▶ a look every 0.3 s

It says on its output which submission it is at: whoever watches it (wiring/watching.py) then knows what ended it.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from types import FrameType

from sqlalchemy.exc import SQLAlchemyError

from coursekit import __version__
from coursekit.model.errors import Conflict, CoursekitError, NotNow
from coursekit.model.ids import SubmissionId
from coursekit.model.names import course_named, module_named
from coursekit.model.submission import Submission
from coursekit.services import point
from coursekit.services.desk import Exchange
from coursekit.services.point import Tools
from coursekit.store.reflections import Inputs
from coursekit.wiring.exchange import open_for_checks
from coursekit.wiring.logs import configure
from coursekit.wiring.service import service
from coursekit.wiring.settings import storage

AT, DONE = "at", "done"
"""What it says: which submission it is at, and that it is through with it."""
PAUSE = 0.3
"""Seconds between two looks."""
_UNREADY = 2.0
"""Seconds between two looks while there is nothing to check by."""
_LONGEST = 20.0
"""Seconds for one answer. Ours take a few hundredths; this is for a fault that nobody has met yet."""
_SETTLED = 120.0
"""Seconds after which no submission appears any more below a number that was seen."""
_PAGE = 50
_LIBRARIES = ("numpy", "scipy", "py3langid")
_ENDED = "WorkerEnded"
"""The cause that a record has of an answer whose check ended the process."""

_log = logging.getLogger("coursekit.checks")


@dataclass
class Worker:
    """Looks for what waits, again and again."""

    exchange: Exchange
    open_tools: Callable[[], Tools]
    unfit: Collection[SubmissionId] = ()
    """Submissions that ended such a process before: they are not checked again."""
    say: Callable[[str], None] = lambda line: None
    now: Callable[[], float] = monotonic
    _tools: Tools | None = None
    _through: set[SubmissionId] = field(default_factory=set)
    """Whatever this process has met and need not meet again, above `_after`."""
    _after: int = 0
    _seen: deque[tuple[float, int]] = field(default_factory=deque)

    def run(self, stop: threading.Event, pause: float = PAUSE) -> None:
        """Until told to stop. A database that is away is waited for, longer each time."""
        trouble = 0
        while not stop.is_set():
            try:
                ready = self.is_ready()
                while not stop.is_set() and ready and self.look():
                    pass
                trouble = 0
            except (CoursekitError, SQLAlchemyError, OSError) as error:
                trouble += 1
                _log.warning("the checks cannot reach the exchange's data", exc_info=error)
                ready = False
            stop.wait(min(pause * 2**trouble, 30.0) if trouble else pause if ready else _UNREADY)

    def is_ready(self) -> bool:
        """Whether there is anything to check by; if so, the models are loaded."""
        if self._tools is None:
            with self.exchange.ledger.read() as deed:
                if not deed.has_checks():
                    return False
            self._tools = self.open_tools()
        return True

    def look(self) -> bool:
        """Check what waits; whether there was anything."""
        waiting = self._waiting()
        for submission in waiting:
            self._check(submission)
        return bool(waiting)

    def _waiting(self) -> list[Submission]:
        found: list[Submission] = []
        after = self._after
        while not found:
            page = point.waiting(self.exchange, after, _PAGE)
            found = [submission for _, submission in page if submission.id not in self._through]
            if len(page) < _PAGE:
                break
            after = page[-1][0]
        if not found:
            self._settle()
        return found

    def _settle(self) -> None:
        """Look no more below what was there some time ago: deeds of then are committed by now, or undone."""
        now = self.now()
        if not self._seen or now - self._seen[-1][0] >= _SETTLED / 4:
            with self.exchange.ledger.read() as deed:
                self._seen.append((now, deed.last_submission()))
        while self._seen and now - self._seen[0][0] >= _SETTLED:
            self._after = max(self._after, self._seen.popleft()[1])
            self._through.clear()

    def _check(self, submission: Submission) -> None:
        assert self._tools is not None
        tools = self._tools
        self.say(f"{AT} {submission.id}")
        deeds = [partial(point.give_up, self.exchange, submission, _ENDED, tools)]
        if submission.id not in self.unfit:
            deeds.insert(0, partial(point.check_submission, self.exchange, submission, tools))
        for deed in deeds:
            try:
                deed()
                break
            except (NotNow, OSError):
                # The database, not the submission: it is met again when that is back.
                raise
            except Exception as error:
                _log.error("a submission could not be checked", exc_info=error)
        self._through.add(submission.id)
        self.say(f"{DONE} {submission.id}")


def open_tools() -> Tools:
    """The models that come with coursekit, and what they ran on. Takes a second or two."""
    from coursekit.wiring.textmodels import shipped_models

    return Tools(shipped_models(), _versions(), patience)


def _versions() -> Mapping[str, str]:
    # Those that graders' records name as well, so that one command reckons both again.
    return {"coursekit": __version__} | {name: version(name) for name in _LIBRARIES}


@contextmanager
def patience(seconds: float = _LONGEST) -> Iterator[None]:
    """Raises TimeoutError within the block when it takes longer. For a process's main thread."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def export(data: Path | None, course: str, module: str, folder: Path) -> tuple[Path, int]:
    """Write a module's record into a folder as `coursekit reflect replay` reads it: the file, and its lines.

    Raises NotFound, and Conflict when the file is there.
    """
    place = open_for_checks(storage(data))
    try:
        entries, documents = point.export(place.exchange, course_named(course), module_named(module))
    finally:
        place.ledger.close()
    file = folder / f"{module}.jsonl"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    Inputs(folder / "inputs").put(documents.values())
    try:
        with file.open("xb") as opened:
            opened.writelines(entry.line() for entry in entries)
    except FileExistsError as error:
        raise Conflict(
            "file-exists", f"{file} is there already.", "Name another folder, or move it away."
        ) from error
    return file, len(entries)


def work(data: Path | None, log: str | None, unfit: Collection[SubmissionId], pause: float = PAUSE) -> None:
    """Be such a process: until SIGTERM, or until whoever started it lets go of its input."""
    configure(service(log).log)
    place = open_for_checks(storage(data))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    threading.Thread(target=_wait_for_end, args=(stop,), daemon=True).start()
    # Whoever hands in goes first.
    os.nice(5)
    try:
        Worker(place.exchange, open_tools, unfit, _say).run(stop, pause)
    finally:
        place.ledger.close()


def _wait_for_end(stop: threading.Event) -> None:
    while sys.stdin.buffer.read(1024):
        pass
    stop.set()


def _say(line: str) -> None:
    # Whoever watched may be gone; then this process ends as well, by its input.
    with suppress(OSError):
        print(line, flush=True)
