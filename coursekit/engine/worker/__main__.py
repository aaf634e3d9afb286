"""The zygote: warm, with everything imported that the module needs. It forks, reaps and cleans up.

    zygote                          never runs a stranger's code
      └─ line                       runs the learner's cells
           ├─ snapshot 1            frozen before check 1, runs it when the line is over
           └─ snapshot 2            …

In the sandbox it is process 1 of a world of its own: no signal from inside reaches it, whatever it kills is gone
for good, and when it ends everything in there ends. It ends when the grader hangs up.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from coursekit.engine.protocol import Line, Lost
from coursekit.engine.worker import confine, door, watch

_REHEARSAL = 30
"""Seconds that the author's own cells may take while the worker warms up."""
_PIPE = 60_000
"""Bytes that a pipe holds before somebody reads."""
_LOOK = 0.2
"""Seconds between two looks at the memory that a submission's processes hold together."""


class Zygote:
    """Serves one control line."""

    def __init__(self, control: Line, setting: dict[str, Any]) -> None:
        self._control = control
        self._setting = setting
        self._alone = bool(setting["sandboxed"]) and os.getpid() == 1
        self._line = 0
        self._exit: int | None = None
        self._too_much = False
        self._count = 0
        self._kept = {p for place in setting["writable"] for p in _standing(place)} if self._alone else set()

    def warm(self) -> dict[str, Any]:
        """Import; then remember how things are. What it answers says what holds in here."""
        from coursekit.engine.worker import child
        from coursekit.engine.worker.pristine import Pristine
        from coursekit.engine.worker.shell import make_shell, rehearse

        self._live = child.live
        setting = self._setting
        limits = setting["limits"]
        self._shell = make_shell(4 * limits["text_bytes"], 2 * limits["display_bytes"])
        failed = []
        for name in setting["imports"]:
            try:
                importlib.import_module(name)
            except BaseException:
                # The notebook will say so itself, in the cell that imports it.
                failed.append(name)
        rehearse(self._shell)
        for name in self._needed_by(setting["rehearsal"]):
            with contextlib.suppress(BaseException):
                importlib.import_module(name)
        self._pristine = Pristine(self._shell, setting["imports"])
        # What is here now is never garbage: a child that collects would copy every page.
        gc.collect()
        gc.freeze()
        version = confine.landlock_version() if setting["sandboxed"] else 0
        setting["landlock"] = version
        setting["already"] = confine.address_space()
        self._warm_bytes = watch.held("self")
        return {"landlock": version, "failed": failed, "pid": os.getpid(), "account": os.getuid()}

    def _needed_by(self, cells: Sequence[str]) -> list[str]:
        """The modules that the author's own cells load while they run: tried out in a fork that is thrown away.

        Libraries load much of themselves only when they are used, and every submission would do so again.
        """
        from coursekit.engine.worker.shell import try_out

        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            with contextlib.suppress(BaseException):
                signal.alarm(_REHEARSAL)
                os.close(reading)
                self._control.close()
                folder = Path(self._setting["scratch"], "rehearsal")
                self._furnish(folder)
                os.chdir(folder)
                os.write(writing, json.dumps(try_out(self._shell, cells)).encode()[:_PIPE])
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            found = pipe.read()
        os.waitpid(pid, 0)
        _empty(self._setting["scratch"])
        with contextlib.suppress(ValueError):
            return [str(name) for name in json.loads(found)]
        return []

    def _furnish(self, folder: Path) -> None:
        """A folder with the author's files in it."""
        folder.mkdir(mode=0o700)
        for path, source in self._setting["files"]:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)

    def serve(self) -> None:
        """Until the control line is cut."""
        watched = 0.0
        while True:
            ready, _, _ = select.select([self._control], [], [], _LOOK if self._line else None)
            self._reap()
            if self._line and time.monotonic() - watched > _LOOK:
                watched = time.monotonic()
                self._look_at_memory()
            if ready:
                message, received = self._control.receive(descriptors=1)
                self._control.send(self._answer(message, received))

    def _answer(self, message: dict[str, Any], received: Sequence[int]) -> dict[str, Any]:
        if "begin" in message:
            return self._begin(message, received[0])
        if "interrupt" in message:
            self._signal(int(message["interrupt"]), signal.SIGINT)
            return {}
        if "settle" in message:
            return self._settle(message["settle"])
        if "wake" in message:
            self._signal(int(message["wake"]), signal.SIGCONT)
            return {}
        if "kill" in message:
            self._signal(int(message["kill"]), signal.SIGKILL)
            return {}
        return self._end()

    def _begin(self, message: dict[str, Any], descriptor: int) -> dict[str, Any]:
        self._count += 1
        self._exit, self._too_much = None, False
        self._cpu = watch.spent()
        folder = Path(self._setting["scratch"], str(self._count))
        self._furnish(folder)
        for path in message["files"]:
            content, _ = self._control.receive_bytes(256 << 20)
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            # The author's file of the same name stands, as in nbgrader.
            if not target.exists():
                target.write_bytes(content)
        limits = {**self._setting["limits"]}
        limits["processes"] += int(message["snapshots"])
        pid = os.fork()
        if not pid:
            self._control.close()
            os.setsid()
            self._live(
                Line(socket.socket(fileno=descriptor)),
                self._shell,
                self._pristine,
                str(folder),
                {**self._setting, "limits": limits},
            )
        os.close(descriptor)
        self._line = pid
        return {"line": pid}

    def _settle(self, spared: Sequence[int]) -> dict[str, Any]:
        """End everything but these snapshots, and freeze them."""
        kept = {int(pid) for pid in spared}
        # Usually it is the only one, and takes its time: there is much to clear away.
        self._signal(self._line, signal.SIGKILL)
        self._wait_for_line()
        # A process that forks faster than we look is stopped by its limit; and each look kills.
        for _ in range(1000) if self._alone else ():
            others = [p for p in watch.processes() if p != 1 and p not in kept]
            if not others:
                break
            for pid in others:
                self._signal(pid, signal.SIGKILL)
            self._reap()
        for pid in kept:
            self._signal(pid, signal.SIGSTOP)
        return {"exit": self._exit, "memory": self._too_much}

    def _end(self) -> dict[str, Any]:
        """End everything; clean up."""
        left = 0
        if self._alone:
            for _ in range(1000):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(-1, signal.SIGKILL)
                # Orphans are process 1's: while anybody is left, so is a child.
                if self._reap():
                    time.sleep(0.0005)
                    left = 1
                elif not (left := len(watch.processes()) - 1):
                    break
        else:
            for pid in _session(self._line):
                self._signal(pid, signal.SIGKILL)
            self._wait_for_line()
            self._reap()
        self._line = 0
        for place in (self._setting["scratch"], *(self._setting["writable"] if self._alone else ())):
            left += _empty(place, self._kept)
        return {"cpu": watch.spent() - self._cpu, "memory": self._too_much, "left": left, "exit": self._exit}

    def _look_at_memory(self) -> None:
        if not self._alone:
            return
        most = self._setting["limits"]["memory_bytes"]
        # A fork holds the warm interpreter's pages as well, and shares them.
        if watch.held_by_all(self._warm_bytes) > most:
            self._too_much = True
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)

    def _reap(self) -> bool:
        """Bury whoever has died. Whether there are others left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if not pid:
                return True
            if pid == self._line:
                self._exit = os.waitstatus_to_exitcode(status)

    def _wait_for_line(self) -> None:
        for _ in range(2000):
            self._reap()
            if self._exit is not None or not self._line:
                return
            time.sleep(0.001)

    def _signal(self, pid: int, number: int) -> None:
        # 0 and 1 would be all of us, or nobody.
        if pid > 1:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)


def _session(leader: int) -> list[int]:
    """The processes of a session, where there is a /proc; else its leader."""
    if not leader:
        return []
    found = {leader}
    with contextlib.suppress(OSError):
        for pid in watch.processes():
            with contextlib.suppress(OSError):
                if os.getsid(pid) == leader:
                    found.add(pid)
    return sorted(found)


def _standing(place: str) -> set[str]:
    """What lies in a folder, down to what is mounted there: Python itself may."""
    found = set()
    for name in os.listdir(place):  # noqa: PTH208
        path = os.path.join(place, name)  # noqa: PTH118
        found.add(path)
        if os.path.isdir(path) and not os.path.islink(path) and not os.path.ismount(path):  # noqa: PTH112, PTH114
            found |= _standing(path)
    return found


def _empty(place: str, kept: Collection[str] = ()) -> int:
    """Remove everything in a folder but what is to be kept; how much could not be."""
    left = 0
    for name in os.listdir(place):  # noqa: PTH208
        path = os.path.join(place, name)  # noqa: PTH118
        if path in kept:
            if not os.path.ismount(path):
                left += _empty(path, kept)
            continue
        try:
            if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114
                shutil.rmtree(path)
            else:
                os.unlink(path)  # noqa: PTH108
        except (OSError, RecursionError):
            left += 1
    return left


def main() -> None:
    """`python -m coursekit.engine.worker DESCRIPTOR`."""
    entered = door.enter()
    if entered is None:
        return
    control, setting = entered
    zygote = Zygote(control, setting)
    with contextlib.suppress(Lost):
        control.send(zygote.warm())
        zygote.serve()


if __name__ == "__main__":
    main()
    # Whatever is still there goes with the namespace; nothing is waited for.
    os._exit(0)
