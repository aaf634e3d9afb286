"""The two files of a pair, notebook and text, and what was written down when they last agreed.

root/modules/<module>/<module>.ipynb  <module>.md
                      .coursekit/text.json        digests of what both said; git ignores it
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coursekit.model.errors import BadInput
from coursekit.model.ids import ModuleId
from coursekit.policy.sealing import text_form_of
from coursekit.store.notebookfiles import read_sound_json, read_text
from coursekit.store.textform import read_text_form, write_text

_SCHEMA = "coursekit.text/1"


class TextFiles:
    """The pairs of a course."""

    def __init__(self, root: Path) -> None:
        """The folder that holds modules/."""
        self.root = root

    def path(self, module: ModuleId, text: bool) -> str:
        """Where the text is, or the notebook, below the root."""
        return f"modules/{module}/{text_form_of(module) if text else f'{module}.ipynb'}"

    def find_notebook(self, module: ModuleId) -> dict[str, Any] | None:
        """The notebook as it stands; none where there is none. Raises BadInput when it is not sound."""
        path = self.root / self.path(module, text=False)
        return read_sound_json(path) if path.is_file() else None

    def find_text(self, module: ModuleId) -> str | None:
        """The text as it stands; none where there is none."""
        path = self.root / self.path(module, text=True)
        return read_text(path) if path.is_file() else None

    def parse(self, module: ModuleId, text: str) -> dict[str, Any]:
        """What that text holds. Raises Misread, naming the line."""
        return read_text_form(text, self.path(module, text=True))

    def spell(self, module: ModuleId, content: Mapping[str, Any]) -> str:
        """The text that holds this. Raises Misread when there is none."""
        return write_text(content, self.path(module, text=False))

    def record(self, module: ModuleId) -> dict[str, str]:
        """The digests of the last time, by `notebook` and `text`; none where nobody wrote them down."""
        try:
            value = json.loads(self._record(module).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(value, dict) or value.get("schema") != _SCHEMA:
            return {}
        return {k: v for k, v in value.items() if isinstance(v, str)}

    def write(self, module: ModuleId, files: Mapping[str, str], record: Mapping[str, str]) -> None:
        """Put these texts (path below the root → text) in their places and write down the digests.

        Each is prepared whole before the first is moved; the record comes last.
        """
        note = json.dumps({"schema": _SCHEMA, **record}, indent=1) + "\n"
        own = self._record(module)
        everything = {**{self.root / p: t for p, t in files.items()}, own: note}
        try:
            own.parent.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(prefix="text-", dir=own.parent) as name:
                ready = [Path(name, str(number)) for number in range(len(everything))]
                for new, (path, text) in zip(ready, everything.items(), strict=True):
                    _write(new, text)
                    if path.exists():
                        shutil.copymode(path, new)
                for new, path in zip(ready, everything, strict=True):
                    new.replace(path)
        except OSError as error:
            raise BadInput(
                "cannot-write",
                f"modules/{module} cannot be written to: {error.strerror or error}.",
                "Check the folder's permissions and the space on the disk.",
            ) from None

    def _record(self, module: ModuleId) -> Path:
        return self.root / "modules" / module / ".coursekit" / "text.json"


def _write(path: Path, text: str) -> None:
    # No translation of line ends: a lone \\r in a cell is the author's.
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
