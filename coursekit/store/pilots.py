"""A pilot's folder: what was drawn, the graders' forms, and what came of them.

.coursekit/pilot/<name>/pilot.json   what is marked, by whom; no learner's name
                        key.json     who wrote what; not for graders
                        <grader>.csv, <grader>.html
                        agreement.json, report.md, resolve.csv, exemplars.yml
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from coursekit.model.errors import Conflict, NotFound
from coursekit.store.plainfiles import damaged, not_writable, read_json, read_plain, write

_ANEW = "Begin another pilot; the forms of this one are still there."


class PilotFolder:
    """One pilot on disk."""

    def __init__(self, course: Path, name: str) -> None:
        """`course`: the folder that holds modules/."""
        self._all = course / ".coursekit" / "pilot"
        self.path = self._all / name
        self._name = name

    def create(self, files: Mapping[str, bytes]) -> None:
        """All of it, or Conflict when there is a pilot of that name."""
        try:
            self._all.mkdir(parents=True, exist_ok=True)
            # Learners' texts and names: neither for git nor for other accounts of the machine.
            (self._all / ".gitignore").write_text("*\n", encoding="utf-8")
            self.path.mkdir(mode=0o700)
        except FileExistsError:
            raise Conflict(
                "already-there",
                f"There is a pilot {self._name} already.",
                "Give this one another name with --name, or go on with the other: coursekit reflect pilot status.",
            ) from None
        except OSError as error:
            raise not_writable(self._all, error) from None
        # pilot.json last: without it there is no pilot.
        for name in sorted(files, key=lambda n: n == "pilot.json"):
            self.write(name, files[name])

    def find(self, name: str) -> bytes | None:
        """The content of one of its files; none without it."""
        return read_plain(self.path / name)

    def write(self, name: str, content: bytes) -> None:
        """Replace one of its files, whole."""
        write(self.path / name, content)

    def pilot(self) -> dict[str, Any]:
        """pilot.json. Raises NotFound."""
        value = read_json(self.path / "pilot.json", _ANEW)
        if value is None:
            known = sorted(p.parent.name for p in self._all.glob("*/pilot.json"))
            raise NotFound(
                "no-such-pilot",
                f"There is no pilot {self._name}.",
                f"The pilots here are: {', '.join(known)}."
                if known
                else "Begin one with coursekit reflect pilot start MODULE --graders anna,ben.",
            )
        return value

    def key(self) -> dict[str, Any]:
        """Who wrote what."""
        value = read_json(self.path / "key.json", _ANEW)
        if value is None:
            raise damaged(self.path / "key.json", "It is gone. " + _ANEW)
        return value

    def write_exemplars(self, exemplars: list[dict[str, Any]]) -> str:
        """exemplars.yml, in the form of a module's; gives its name."""
        value = {"schema": "coursekit.exemplars/1", "exemplars": exemplars}
        text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110)
        self.write("exemplars.yml", text.encode())
        return "exemplars.yml"
