"""A process within the walls, and the line to it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from coursekit.engine import sandbox
from coursekit.engine.protocol import Lost, pair
from coursekit.model.errors import ServiceFault
from coursekit.model.grading import Limits, Warmth


@dataclass(frozen=True)
class Walls:
    """How a worker is shut in."""

    sandboxed: bool = True
    root: bool = False
    """The grader is root, and can give its workers accounts of their own."""
    hidden: tuple[str, ...] = ()
    """Folders that no worker may see: the course's."""
    numerical: Mapping[str, str] = field(default_factory=dict)
    """Environment variables without which numpy is wrong on some processors."""


class Launched:
    """A running worker program. `control` is the line to it."""

    def __init__(
        self,
        program: str,
        number: int,
        warmth: Warmth,
        limits: Limits,
        walls: Walls,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        """Start `program`, a module below coursekit.engine, and send it its setting, with `more` in it."""
        self.control, theirs = pair()
        self.control.ask_for_sender()
        account = sandbox.account_for(number, walls.root) if walls.sandboxed else 0
        inner = [sys.executable, "-s", "-m", f"coursekit.engine.{program}", str(theirs.fileno())]
        seen = {path: f"/module/{place}" for place, (path, _) in enumerate(warmth.files)}
        self._folder = tempfile.TemporaryDirectory(prefix="coursekit-worker-")
        self._errors = Path(self._folder.name, "errors")
        if walls.sandboxed:
            lies = {seen[path]: where for path, where in warmth.files}
            argv = sandbox.command(inner, lies, limits.disk_bytes, account, walls.hidden, walls.numerical)
            scratch, writable, environment = sandbox.SCRATCH, list(sandbox.WRITABLE), {"PATH": os.defpath}
        else:
            seen = dict(warmth.files)
            argv, scratch, writable = inner, str(Path(self._folder.name, "scratch")), []
            Path(scratch).mkdir()
            environment = sandbox.environment(walls.numerical)
            environment.update(HOME=scratch, MPLCONFIGDIR=scratch, IPYTHONDIR=scratch)
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                env=environment,
                cwd="/",
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        theirs.close()
        setting = {
            "sandboxed": walls.sandboxed,
            "account": account,
            "limits": asdict(limits),
            "imports": list(warmth.imports),
            "rehearsal": list(warmth.rehearsal),
            "files": [[path, seen[path]] for path, _ in warmth.files],
            "scratch": scratch,
            "writable": writable,
            **(more or {}),
        }
        with contextlib.suppress(Lost):
            # Who is gone already says why, in its errors.
            self.control.send(setting)

    def hear(self, until: float) -> dict[str, Any]:
        """The first word. Raises ServiceFault, saying why, when there is none or it is a problem; ended then."""
        try:
            first, _ = self.control.receive(until=until)
        except (Lost, TimeoutError):
            first = {"problem": "did-not-start"}
        if "problem" not in first:
            return first
        said = self._last_words()
        self.end()
        raise ServiceFault(
            "worker-did-not-start",
            f"A grading worker has a problem: {str(first['problem']).replace('-', ' ')}{said}.",
            "Check that bubblewrap and this Python work for your account, then run the same command again.",
        )

    def end(self, patience: float = 0.0) -> None:
        """Hang up, and end it with everything in it. `patience`: seconds that it may take by itself."""
        first = self.control.sender
        self.control.close()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            # The first process of its world, by the number that it has out here: with it all others go.
            if first:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(first, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.5)
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def _last_words(self) -> str:
        text = ""
        with contextlib.suppress(OSError):
            text = self._errors.read_text("utf-8", "replace").strip()
        return f" ({text.splitlines()[-1][:300]})" if text else ""
