"""Tasks side by side, each in a process of its own, each with the same time at most. Nothing is left behind.

WAITING → RUNNING → DONE, or TOO_LONG (stopped by us), or CRASHED (ended without a result).
However it ends, by an interrupt as well: no process, no kernel below it and no scratch folder outlives the call.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing.connection import Connection, wait
from typing import Any

_PATIENCE = 5.0
"""Seconds that a process has to stop its kernel and go."""


class End(StrEnum):
    """How a task ended."""

    DONE = "done"
    TOO_LONG = "too-long"
    CRASHED = "crashed"


@dataclass(frozen=True)
class Ended:
    """What came of a task."""

    name: str
    how: End
    value: Any
    """What it gave; for CRASHED, what is known of it."""
    seconds: float


@dataclass
class _Running:
    process: Any
    results: Connection
    begun: float


def abreast(tasks: Mapping[str, Callable[[], Any]], jobs: int, limit: float) -> Iterator[Ended]:
    """Each task's end as it comes. A task is sent to its process, so it and what it gives must pickle.

    `limit`: seconds for each.
    """
    context = multiprocessing.get_context("spawn")
    waiting = list(tasks.items())
    running: dict[str, _Running] = {}
    with (
        tempfile.TemporaryDirectory(prefix="ck-run-", ignore_cleanup_errors=True) as scratch,
        _told_to_stop(),
    ):
        try:
            while waiting or running:
                while waiting and len(running) < max(1, jobs):
                    name, task = waiting.pop(0)
                    results, ours = context.Pipe(duplex=False)
                    process = context.Process(
                        target=_work, args=(task, ours, scratch, os.getpid()), name=name
                    )
                    process.start()
                    ours.close()
                    running[name] = _Running(process, results, time.monotonic())
                yield from _ended(running, limit)
        finally:
            _stop([one.process for one in running.values()])


def _ended(running: dict[str, _Running], limit: float) -> Iterator[Ended]:
    """Those that end now, or are to."""
    next_limit = min(one.begun for one in running.values()) + limit
    wait([one.results for one in running.values()], max(0.0, next_limit - time.monotonic()))
    for name, one in list(running.items()):
        seconds = time.monotonic() - one.begun
        if one.results.poll():
            try:
                how, value = one.results.recv()
            except EOFError:
                one.process.join(_PATIENCE)
                how, value = End.CRASHED, _ending(one.process.exitcode)
        elif seconds >= limit:
            how, value = End.TOO_LONG, None
        else:
            continue
        _stop([one.process])
        one.results.close()
        del running[name]
        yield Ended(name, how, value, seconds)


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        return f"its process was ended by signal {-code}"
    return f"its process ended with {code}"


def _work(task: Callable[[], Any], results: Connection, scratch: str, parent: int) -> None:
    """Inside the process."""
    # What a kernel prints past its notebook would stand between a program and our answer.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    # An interrupt at the terminal reaches us as well; whoever began us says when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, frame: os._exit(128 + number))
    tempfile.tempdir = scratch
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    try:
        results.send((End.DONE, task()))
    except Exception as error:
        results.send((End.CRASHED, f"{type(error).__name__}: {error}"))


def _watch(parent: int) -> None:
    """When whoever began us is gone, nobody waits for a result."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


@contextlib.contextmanager
def _told_to_stop() -> Iterator[None]:
    """Let SIGTERM go the way of an exception, as an interrupt does, so that what was begun is ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, frame: Any) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop(processes: list[Any]) -> None:
    """Ask, wait, then insist; with all that they began. A kernel is in a session of its own, so no group has it."""
    alive = [p for p in processes if p.is_alive()]
    below = _below({p.pid for p in alive}) if alive else set()
    for process in alive:
        process.terminate()
    until = time.monotonic() + _PATIENCE
    for process in alive:
        process.join(max(0.0, until - time.monotonic()))
        if process.is_alive():
            process.kill()
    for pid in below:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    for process in processes:
        process.join(_PATIENCE)


def _below(pids: set[int]) -> set[int]:
    """Every process below these."""
    try:
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True, timeout=_PATIENCE
        ).stdout
    except (OSError, subprocess.SubprocessError):
        # Without ps: a kernel of Python's ends by itself when its parent is gone.
        return set()
    children: dict[int, list[int]] = {}
    for line in listed.splitlines():
        pid, parent = (int(word) for word in line.split())
        children.setdefault(parent, []).append(pid)
    found: set[int] = set()
    ahead = list(pids)
    while ahead:
        new = [pid for pid in children.get(ahead.pop(), ()) if pid not in found]
        found.update(new)
        ahead += new
    return found
