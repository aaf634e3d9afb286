"""The plans of a course's discussions, and whom each would have called: .coursekit/plans/ in the course's folder.

called.json holds learners' names, and the pages their answers: nothing of it goes into the author's repository.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from coursekit.model.errors import BadInput
from coursekit.model.ids import UserId
from coursekit.store.plainfiles import not_writable, write

_SCHEMA = "coursekit.called/1"


class PlanFolder:
    """Where one course's plans are kept."""

    def __init__(self, root: Path) -> None:
        self.path = root / ".coursekit" / "plans"
        self._called = self.path / "called.json"

    def heard(self, without: str) -> Mapping[UserId, int]:
        """How often each was called by all plans but that one. Raises BadInput when the file is broken."""
        counts: Counter[UserId] = Counter()
        for key, people in self._read().items():
            if key != without:
                counts.update(UserId(who) for who in people)
        return counts

    def keep(self, key: str, people: Sequence[UserId]) -> None:
        """Whom the plan of that key calls; made again, it takes the place of the one before."""
        plans = {**self._read(), key: list(people)}
        text = json.dumps({"schema": _SCHEMA, "plans": plans}, indent=1, ensure_ascii=False, sort_keys=True)
        self.write(self._called, text + "\n")

    def write(self, path: Path, text: str) -> None:
        """Put a file there, whole. Raises BadInput."""
        try:
            if path.parent == self.path and not self.path.is_dir():
                self.path.mkdir(parents=True)
                # Learners' words and names: neither for git nor for other accounts of the machine.
                self.path.chmod(0o700)
                (self.path / ".gitignore").write_text("*\n", encoding="utf-8")
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise not_writable(path.parent, error) from None
        # Half an emoji has no bytes.
        write(path, text.encode("utf-8", "replace"))

    def _read(self) -> dict[str, list[str]]:
        if not self._called.is_file():
            return {}
        try:
            plans = json.loads(self._called.read_bytes())["plans"]
            return {str(key): [str(who) for who in people] for key, people in plans.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInput(
                "broken-file",
                "The record of who was called, .coursekit/plans/called.json, cannot be read.",
                "Take it from your backup, or delete it: calls then begin at none.",
            ) from error
