"""Folders of submissions, written whole: each is made ready out of sight, then takes its place in one move.

Nothing is forced to the disk: what a power cut loses here is at the exchange, and is collected and graded again.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

from coursekit.model.errors import BadInput
from coursekit.model.outcome import Refused
from coursekit.policy.uploads import Limits, check_path

_LIMITS = Limits()

Content = bytes | Path
"""What a file is to hold: these bytes, or what stands in that file."""


def stay_below(path: str) -> None:
    """Raises BadInput for a path that no hand-in may have, or that would leave its folder."""
    decision = check_path(path, _LIMITS)
    if isinstance(decision, Refused):
        raise BadInput.of(decision)


class Shelf:
    """A folder of folders, such as `submitted/`, to be used in a `with` block."""

    def __init__(
        self,
        root: Path,
        prefix: str = ".collecting-",
        check: Callable[[str], None] = stay_below,
        mode: int | None = None,
        group: bool = False,
    ) -> None:
        """`root` is made when it is not there; what is made ready stands in a hidden folder in it.

        `check` raises for a path that may not be. `mode`: of each file; as the system has it when left out.
        `group`: folders are its group's as well.
        """
        self._root = root
        self._prefix = prefix
        self._check = check
        self._mode = mode
        self._group = group
        self._scratch = ""
        self._count = 0

    def __enter__(self) -> Shelf:
        self._root.mkdir(parents=True, exist_ok=True)
        self._scratch = tempfile.mkdtemp(dir=self._root, prefix=self._prefix)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)

    def replace(self, folder: Path, files: Iterable[tuple[str, Content]]) -> None:
        """A folder with these files, in the place of the one that is there: all of them, or none.

        Raises BadInput for a path that would leave the folder.
        """
        self.place(self.prepare(files), folder)

    def prepare(self, files: Iterable[tuple[str, Content]]) -> str:
        """A new folder with these files, out of sight; for `place`."""
        self._count += 1
        new = os.path.join(self._scratch, f"{self._count}-new")  # noqa: PTH118 - ten thousand of them count
        os.mkdir(new)  # noqa: PTH102
        for path, content in files:
            self._check(path)
            target = f"{new}/{path}"
            if "/" in path:
                os.makedirs(target.rpartition("/")[0], exist_ok=True)  # noqa: PTH103
            # The folder is new and ours, so no link can lead elsewhere; "x": no file counts twice.
            with open(target, "xb", buffering=0) as file:  # noqa: PTH123
                if isinstance(content, bytes):
                    file.write(content)
                else:
                    with content.open("rb") as source:
                        shutil.copyfileobj(source, file)
                if self._mode is not None:
                    os.fchmod(file.fileno(), self._mode)
        if self._group:
            for below, _, _ in os.walk(new):
                os.chmod(below, os.stat(below).st_mode | 0o2770)  # noqa: PTH101, PTH116
        return new

    def place(self, new: str, folder: Path) -> None:
        """Put a prepared folder in the place of the one that is there."""
        try:
            # The usual case first: nothing there, or an empty folder, which a rename replaces.
            os.rename(new, folder)  # noqa: PTH104
            return
        except FileNotFoundError:
            folder.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            pass
        old = Path(f"{new}-old")
        if folder.exists():
            folder.rename(old)
        try:
            Path(new).rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
        shutil.rmtree(old, ignore_errors=True)
