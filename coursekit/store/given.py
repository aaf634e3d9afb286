"""nbgrader's folder of feedback, written learner by learner, each folder whole.

feedback/<learner>/<module>/feedback.html    for people
                            feedback.json    for programs
                            timestamp.txt    of the graded work, by which nbgrader knows what is older
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from coursekit.store.collected import Shelf
from coursekit.store.plainfiles import read_plain

_FILES = ("feedback.html", "feedback.json")
_TIME = "timestamp.txt"


class FeedbackFolders:
    """The plug for what `services.give_back` keeps feedback in, to be used in a `with` block."""

    def __init__(self, root: Path, given: Callable[[str], Path], graded: Callable[[str], Path]) -> None:
        """`root`: the folder that all of them lie in. `given`, `graded`: a learner's folders."""
        self._root = root
        self._given = given
        self._graded = graded
        self._stack = ExitStack()
        self._shelf: Shelf | None = None

    def __enter__(self) -> FeedbackFolders:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def read(self, learner: str) -> Mapping[str, bytes]:
        """The two files, as far as they are there."""
        folder = self._given(learner)
        found = {name: read_plain(folder / name) for name in _FILES}
        return {name: content for name, content in found.items() if content is not None}

    def replace(self, learner: str, files: Mapping[str, bytes]) -> None:
        """A folder with these files, in the place of the one that is there: all of them, or none."""
        if self._shelf is None:
            # Where everything is fresh, nothing at all is made.
            self._shelf = self._stack.enter_context(Shelf(self._root))
        time = read_plain(self._graded(learner) / _TIME)
        more = [(_TIME, time)] if time is not None else []
        self._shelf.replace(self._given(learner), [*files.items(), *more])
