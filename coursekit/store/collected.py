"""Collected submissions, written whole: each folder is made ready out of sight, then takes its place in one move.

Nothing is forced to the disk: what a power cut loses here is at the exchange, and is collected again.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from coursekit.model.errors import BadInput
from coursekit.model.outcome import Refused
from coursekit.policy.uploads import Limits, check_path

_LIMITS = Limits()


class Shelf:
    """The folder `submitted/`, to be used in a `with` block."""

    def __init__(self, root: Path) -> None:
        """`root` is made when it is not there; what is made ready stands in a hidden folder in it."""
        self._root = root
        self._scratch = ""
        self._count = 0

    def __enter__(self) -> Shelf:
        self._root.mkdir(parents=True, exist_ok=True)
        self._scratch = tempfile.mkdtemp(dir=self._root, prefix=".collecting-")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)

    def replace(self, folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
        """A folder with these files, in the place of the one that is there: all of them, or none.

        Raises BadInput for a path that would leave the folder.
        """
        self._count += 1
        new = os.path.join(self._scratch, f"{self._count}-new")  # noqa: PTH118 - ten thousand of them count
        os.mkdir(new)  # noqa: PTH102
        for path, content in files:
            decision = check_path(path, _LIMITS)
            if isinstance(decision, Refused):
                raise BadInput.of(decision)
            target = f"{new}/{path}"
            if "/" in path:
                os.makedirs(target.rpartition("/")[0], exist_ok=True)  # noqa: PTH103
            # The folder is new and ours, so no link can lead elsewhere; "x": no file counts twice.
            with open(target, "xb", buffering=0) as file:  # noqa: PTH123
                file.write(content)
        self._swap(new, folder)

    def _swap(self, new: str, folder: Path) -> None:
        try:
            # The usual case first: nothing there, or an empty folder, which a rename replaces.
            os.rename(new, folder)  # noqa: PTH104
            return
        except FileNotFoundError:
            folder.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            pass
        old = Path(self._scratch, f"{self._count}-old")
        if folder.exists():
            folder.rename(old)
        try:
            Path(new).rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
