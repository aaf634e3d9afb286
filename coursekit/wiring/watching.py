"""Starts the process of the checks, starts it again when it ends, and ends it with whoever watches.

    IDLE ──something to check by──▶ RUNNING ──it ended──▶ RESTING, longer each time ──▶ RUNNING
      └──────────────────────────────── told to stop ──────────────────────────────▶ STOPPED

The process holds on to our end of a pipe: however we end, it ends too. A submission at which it ended twice is not
checked a third time; a person reads it.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from coursekit.model.errors import CoursekitError
from coursekit.services.desk import Exchange
from coursekit.wiring.logs import configure
from coursekit.wiring.service import service

_LOOK = 1.0
"""Seconds between two looks whether there is anything to check by."""
_REST, _LONGEST_REST = 0.5, 60.0
_HEALTHY = 60.0
"""Seconds after which an end is the first one again."""
_TRIES = 2
_FAREWELL = 10.0
"""Seconds that it gets to finish what it is at."""

_log = logging.getLogger("coursekit.checks")


class Watch:
    """One such process, watched from a thread of this one."""

    def __init__(
        self,
        is_needed: Callable[[], bool],
        command: Sequence[str],
        rest: float = _REST,
    ) -> None:
        self._is_needed, self._command, self._rest = is_needed, command, rest
        self._stop = threading.Event()
        self._child: subprocess.Popen[str] | None = None
        self._ended_at: Counter[str] = Counter()
        self._thread = threading.Thread(target=self._watch, name="checks", daemon=True)

    @property
    def process(self) -> int | None:
        """The process that runs just now."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def wait(self) -> None:
        """Until told to stop."""
        self._stop.wait()

    def ask_to_stop(self) -> None:
        """Let whoever waits go on; it may be called from a signal's handler."""
        self._stop.set()

    def stop(self) -> None:
        """End the process, and watch no more."""
        self._stop.set()
        child = self._child
        if child is not None:
            _let_go(child)
        self._thread.join(_FAREWELL + 5)

    def _watch(self) -> None:
        while not self._is_needed():
            if self._stop.wait(_LOOK):
                return
        rest = self._rest
        while not self._stop.is_set():
            began = monotonic()
            self._run_once()
            if self._stop.is_set():
                return
            _log.warning("the process of the checks ended; it is started again")
            rest = self._rest if monotonic() - began >= _HEALTHY else min(rest * 2, _LONGEST_REST)
            self._stop.wait(rest)

    def _run_once(self) -> None:
        unfit = [name for name, times in self._ended_at.items() if times >= _TRIES]
        options = [part for name in unfit for part in ("--unfit", name)]
        try:
            child = subprocess.Popen(
                [*self._command, *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                # One thread: the same in gives the same out, and the service keeps its processors.
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            )
        except OSError as error:
            _log.warning("the process of the checks cannot be started", exc_info=error)
            return
        self._child = child
        if self._stop.is_set():
            _let_go(child)
        at = ""
        assert child.stdout is not None
        for line in child.stdout:
            said, _, name = line.strip().partition(" ")
            at = name if said == "at" else ""
        child.wait()
        _close(child)
        if at and not self._stop.is_set():
            self._ended_at[at] += 1


def alone(log: str | None) -> Watch:
    """For a process that does nothing else. `log`: as for a service."""
    style = service(log).log
    configure(style)
    return Watch(lambda: True, _command(style))


@contextmanager
def watching(exchange: Exchange, log: str) -> Iterator[Watch]:
    """Written answers are checked for the time of the block, as soon as there is anything to check them by.

    It runs on what the environment says, as the service does.
    """

    def is_needed() -> bool:
        try:
            with exchange.ledger.read() as deed:
                return deed.has_checks()
        except (CoursekitError, SQLAlchemyError):
            # The service says so itself, to whoever asks.
            return False

    watch = Watch(is_needed, _command(log))
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()


def _command(log: str) -> list[str]:
    return [sys.executable, "-m", "coursekit", "reflect", "serve", "--worker", "--log", log]


def _let_go(child: subprocess.Popen[str]) -> None:
    """Ask it to end by letting go of its input; make it, when it does not."""
    with suppress(OSError):
        if child.stdin is not None:
            child.stdin.close()
    try:
        child.wait(_FAREWELL)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _close(child: subprocess.Popen[str]) -> None:
    for end in (child.stdin, child.stdout):
        with suppress(OSError):
            if end is not None:
                end.close()
