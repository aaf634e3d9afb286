"""A hook on what the interpreter reports of itself: no answer can set another one, or peep at a check under cover.

A hook of an answer's own would stay for good, and see the tests as they are compiled. And an answer that a test
calls can find the test in the frames above it. Code that does so openly is seen by whoever reads it
(`policy/tamper.py`). This is for code that hides what it asks for, as in `getattr(sys, "_get" + "frame")`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

_PEEPS = frozenset(
    {
        *("sys._getframe", "sys._current_frames", "sys._current_exceptions"),
        *("gc.get_objects", "gc.get_referrers", "gc.get_referents"),
    }
)
_FRAMES = frozenset({"tb_frame", "gi_frame", "cr_frame", "ag_frame"})
_WORDS = frozenset(
    {
        *(
            "_getframe",
            "_current_frames",
            "_current_exceptions",
            "get_objects",
            "get_referrers",
            "get_referents",
        ),
        *("currentframe", "stack", "trace", "getouterframes", "getinnerframes", "getframeinfo"),
        *("extract_stack", "format_stack", "print_stack", "walk_stack", "walk_tb", "extract_tb", *_FRAMES),
    }
)
"""One of these stands in code that asks openly."""
_GO_BETWEENS = ("inspect.py", "traceback.py")
_TRUSTED = (f"{sys.prefix}/", f"{sys.base_prefix}/", "<frozen ", "<ipython-input-")
"""Installed files; and of cells, those that are new since `watch`: the check itself."""

_cells: frozenset[str] | None = None


def stand() -> None:
    """Be there from now on, in this process and its forks."""
    sys.addaudithook(_heard)


def watch(cells: Iterable[str]) -> None:
    """A check begins. `cells`: the files, by name, of what ran until now."""
    global _cells
    _cells = frozenset(cells)


def _heard(event: str, args: tuple[object, ...]) -> None:
    if event == "sys.addaudithook":
        # The interpreter takes this one kind of error for a no, and says nothing.
        raise RuntimeError("there is one already")
    if _cells is None:
        return
    if event in _PEEPS or (event == "object.__getattr__" and args[1] in _FRAMES):
        _look(_cells)


def _look(cells: frozenset[str]) -> None:
    global _cells
    # To look at frames is reported as well.
    _cells = None
    try:
        frame = sys._getframe(2)
        if frame.f_code.co_filename.endswith(_GO_BETWEENS) and frame.f_back is not None:
            frame = frame.f_back
        code = frame.f_code
        theirs = code.co_filename in cells or not code.co_filename.startswith(_TRUSTED)
        hidden = theirs and _WORDS.isdisjoint(code.co_names)
    finally:
        _cells = cells
    if hidden:
        raise RuntimeError("not while a test runs")
