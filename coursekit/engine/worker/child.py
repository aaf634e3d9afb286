"""One forked line of execution: it runs the cells that it is sent, one by one, and forks snapshots of itself.

    begun ──run──▶ … ──snapshot──▶ (a copy waits on a line of its own) … ──▶ ended from outside

It never ends by itself, and never decides anything: what it answers is what a stranger's code let it answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import selectors
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from typing import Any, NoReturn

from coursekit.engine.protocol import Line, Lost
from coursekit.engine.worker import calls, confine, sentry
from coursekit.engine.worker.belongings import Belongings
from coursekit.engine.worker.pristine import Pristine
from coursekit.engine.worker.shell import Descriptors, ZMQInteractiveShell, catch, run_cell


def live(
    line: Line,
    shell: ZMQInteractiveShell,
    pristine: Pristine,
    folder: str,
    setting: Mapping[str, Any],
) -> NoReturn:
    """Give up all rights, then serve the line until it is cut. `setting`: limits, and what holds here."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.chdir(folder)
        os.environ["HOME"] = folder
        descriptors = catch(shell)
        # Only the zygote hides: a hidden process finds its own files under /proc closed.
        confine.hide_memory(False)
        confine.set_limits(setting["limits"], setting["already"])
        confine.no_new_rights()
        if setting["landlock"]:
            confine.landlock([folder, *setting["writable"]], setting["landlock"])
            calls.refuse()
        sentry.stand()
        _new_luck()
        sys.path.insert(0, "")
        sys.argv[:] = [""]
        authors = {os.path.join(folder, path): source for path, source in setting["files"]}  # noqa: PTH118
        belongings = Belongings([folder, *setting["writable"]], authors)
        serving = _Serving(line, shell, pristine, belongings, descriptors, setting["limits"]["text_bytes"])
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serving.serve())
        status = 0
    except Lost:
        status = 0
    except BaseException as error:
        with contextlib.suppress(Lost):
            line.send({"failed": f"{type(error).__name__}: {error}"[:300]})
    # Nothing that the cells left behind may run: no atexit, no finalizers, no threads that are waited for.
    os._exit(status)


def _new_luck() -> None:
    # Otherwise every submission would draw the same numbers; a kernel begins with new ones.
    random.seed()
    luck = sys.modules.get("numpy.random")
    if luck is not None:
        luck.seed(None)


class _Serving:
    """The line, and the copies of it."""

    def __init__(
        self,
        line: Line,
        shell: ZMQInteractiveShell,
        pristine: Pristine,
        belongings: Belongings,
        descriptors: Descriptors,
        most: int,
    ) -> None:
        self._line = line
        self._shell = shell
        self._pristine = pristine
        self._belongings = belongings
        self._descriptors = descriptors
        self._most = most
        self._is_copy = False
        self._is_fresh = False
        self._threads = 0

    async def serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        while True:
            if not self._is_copy:
                # What a cell left running in the loop goes on meanwhile, as it does in a kernel.
                await self._readable()
            message, received = self._line.receive(descriptors=1)
            if "run" in message:
                self._line.send_bytes(await self._run(message))
            elif "snapshot" in message:
                self._fork(received[0])
            elif "cleanse" in message:
                found = self._pristine.restore(
                    message["names"], message["tools"], message["words"], message["shadows"]
                )
                sentry.watch(self._shell.compile._filename_map)
                self._line.send({"alarms": found})

    async def _readable(self) -> None:
        loop = asyncio.get_running_loop()
        there = loop.create_future()

        def note() -> None:
            if not there.done():
                there.set_result(None)

        loop.add_reader(self._line.fileno(), note)
        try:
            await there
        finally:
            loop.remove_reader(self._line.fileno())

    async def _run(self, message: Mapping[str, Any]) -> bytes:
        if self._is_fresh:
            self._belongings.put_back()
            self._is_fresh = False
        capture = self._shell.capture
        capture.begin()
        ok = False
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            # An answer that a check calls could read the check in IPython's history.
            ok = await run_cell(self._shell, str(message["run"]), bool(message["plain"]), not self._is_copy)
        except KeyboardInterrupt:
            capture.error("KeyboardInterrupt", "", ["KeyboardInterrupt"])
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._descriptors.take(self._most)
        count = self._shell.execution_count - 1
        answer = {"ok": ok, "count": count, "cut": capture.cut, "outputs": capture.taken(count)}
        answer["apart"] = self._is_copy and self._threads > 0
        return json.dumps(answer, default=_plain, separators=(",", ":")).encode()

    def _fork(self, descriptor: int) -> None:
        if not self._is_copy:
            self._belongings.note()
            self._threads = _left_at_work(self._shell)
        pid = os.fork()
        if pid:
            os.close(descriptor)
            self._line.send({"forked": pid})
            return
        self._line.close()
        self._line = Line(socket.socket(fileno=descriptor))
        self._is_copy = self._is_fresh = True
        _make_own(self._loop)
        scripts = _scripts(self._shell)
        if scripts is not None:
            # Its thread is not here; `%%bash` in a check would wait for it.
            scripts.event_loop = None
        self._line.send({"here": os.getpid()})


def _left_at_work(shell: ZMQInteractiveShell) -> int:
    """How many threads the cells have started that are still there."""
    scripts = _scripts(shell)
    loop = None if scripts is None else scripts.event_loop
    return sum(
        thread is not threading.main_thread()
        # tqdm's watches its bars, and IPython's waits for the next `%%bash`: neither does anybody's work.
        and type(thread).__name__ != "TMonitor"
        and (loop is None or getattr(getattr(thread, "_target", None), "__self__", None) is not loop)
        for thread in threading.enumerate()
    )


def _scripts(shell: ZMQInteractiveShell) -> Any:
    """IPython's part that runs `%%bash` and the like."""
    return shell.magics_manager.registry.get("ScriptMagics")


def _make_own(loop: Any) -> None:
    """The event loop of a process that was forked while it ran: its tasks go on here, apart from the parent's."""
    asyncio._set_running_loop(loop)
    # Both processes would otherwise wait at the same descriptors, and take each other's events.
    before, loop._selector = loop._selector, selectors.DefaultSelector()
    for key in list(before.get_map().values()):
        if key.fileobj != loop._ssock.fileno():
            loop._selector.register(key.fileobj, key.events, key.data)
    before.close()
    loop._ssock.close()
    loop._csock.close()
    loop._internal_fds -= 1
    loop._make_self_pipe()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        import base64

        return base64.b64encode(value).decode()
    return str(value)[:1000]
