"""A real `coursekit preview` in a process of its own, with an author who writes meanwhile."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.labserver import environment

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0


@dataclass
class Previewed:
    """One preview of `first`, in a copy of the tiny course, with an empty home."""

    home: Path
    options: tuple[str, ...] = ()
    said: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None

    def begin(self) -> Previewed:
        course = self.home / "course"
        if not course.exists():
            shutil.copytree(ROOT / "tests" / "courses" / "tiny", course)
            there = self.home / "share/labextensions/@coursekit"
            there.mkdir(parents=True)
            (there / "lab").symlink_to(ROOT / "coursekit" / "labextension")
            (self.home / "tmp").mkdir()
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        mine = environment(
            self.home,
            JUPYTER_PATH=str(self.home / "share"),
            PYTHONPATH=path,
            PYTHONUNBUFFERED="1",
            TMPDIR=str(self.home / "tmp"),
        )
        command = ["preview", "first", "--no-browser", "--course", str(course), *self.options]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "coursekit", *command],
            cwd=self.home,
            env=mine,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()
        return self

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.said.append(line)

    @property
    def text(self) -> str:
        return "".join(self.said)

    @property
    def url(self) -> str:
        return self.wait(r"http://\S+/lab/tree/first/first\.ipynb\?token=\S+")[0]

    def wait(self, pattern: str, after: int = 0) -> re.Match[str]:
        """Until it says something like that, in what it says after so many characters."""
        assert self.process is not None
        end = time.monotonic() + PATIENCE
        while True:
            found = re.compile(pattern).search(self.text, after)
            if found is not None:
                return found
            assert self.process.poll() is None, self.text
            assert time.monotonic() < end, self.text
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(40)

    # what its author does

    @property
    def master(self) -> Path:
        return self.home / "course/modules/first/first.ipynb"

    def edit(self, cell: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Change a cell and save, as an editor does: another file in the place of the one before."""
        value = json.loads(self.master.read_text())
        change(next(c for c in value["cells"] if c["id"] == cell))
        new = self.master.with_name(".first.new")
        new.write_text(json.dumps(value))
        new.replace(self.master)

    def write(self, cell: str, text: str) -> None:
        self.edit(cell, lambda found: found.update(source=text))
