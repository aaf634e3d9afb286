"""Comments that graders use again and again: one small file in the course's folder, shared by all of them.

<course>/.coursekit/comments.json        {"schema", "comments": [{"id", "text"}, …]}, replaced whole
<course>/.coursekit/comments.lock        held while it is changed

A change says what to add and what to take out, never what all of it is to be: two graders at once lose nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from coursekit.model.errors import BadInput
from coursekit.model.submission import sha256

SCHEMA = "coursekit.comments/1"
MOST = 500
"""Comments in a bank."""
LONGEST = 2_000
"""Characters of one."""
_ID = 12


@dataclass(frozen=True)
class Comment:
    """One of them; its id is the beginning of its text's digest, so that nobody keeps the same twice."""

    id: str
    text: str


class CommentBank:
    """The bank of the course in that folder."""

    def __init__(self, root: Path) -> None:
        self._path = root / ".coursekit" / "comments.json"

    def read(self) -> tuple[Comment, ...]:
        """All of them, oldest first. Raises BadInput when the file cannot be read."""
        try:
            value = json.loads(self._path.read_bytes())
            if value["schema"] != SCHEMA:
                raise ValueError(value["schema"])
            return tuple(Comment(str(one["id"]), str(one["text"])) for one in value["comments"])
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise BadInput(
                "broken-file",
                f"The comment bank {self._path} cannot be read.",
                "Mend it, or move it aside to begin a new one.",
            ) from error

    def change(self, add: Sequence[str] = (), remove: Sequence[str] = ()) -> tuple[Comment, ...]:
        """Add these texts and take out those ids; all that is there then. Raises BadInput."""
        new = [_comment(text) for text in add]
        with self._held():
            kept = [one for one in self.read() if one.id not in remove]
            known = {one.id for one in kept}
            for one in new:
                if one.id not in known:
                    known.add(one.id)
                    kept.append(one)
            if len(kept) > MOST:
                raise BadInput(
                    "bank-full", f"The comment bank holds {MOST} comments.", "Take some out that nobody uses."
                )
            self._write(kept)
        return tuple(kept)

    def _write(self, comments: Sequence[Comment]) -> None:
        value = {"schema": SCHEMA, "comments": [{"id": c.id, "text": c.text} for c in comments]}
        aside = self._path.with_name("comments.json.new")
        with aside.open("w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._path)

    @contextmanager
    def _held(self) -> Iterator[None]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.with_name("comments.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise BadInput(
                "bank-unwritable",
                f"The comment bank {self._path} cannot be written: {error.strerror or error}.",
                "Check that the course’s folder is yours to write in, and that its disk has room.",
            ) from error


def _comment(text: str) -> Comment:
    words = text.strip()
    if not words or len(words) > LONGEST:
        raise BadInput(
            "bad-comment", f"A comment has 1 to {LONGEST} characters.", "Shorten it, or say something."
        )
    # Half an emoji has no UTF-8, and no file could hold it.
    words = words.encode("utf-8", "replace").decode("utf-8")
    return Comment(sha256(words.encode())[:_ID], words)
