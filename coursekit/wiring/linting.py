"""Checking a course and mending it, on real folders. Where nothing has changed, nothing heavy is loaded."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import coursekit
from coursekit.lint.finding import Finding
from coursekit.lint.outcome import recall
from coursekit.store.checkmemory import CheckMemory, course_stamps
from coursekit.store.courseroot import find_root as find_root

if TYPE_CHECKING:
    from coursekit.services.mend import Mended

OURS = ("lint", "model", "wire", "store", "services")
"""What a finding depends on of ours. A checkout changes without its version."""


def check(root: Path, *, remember: bool = True) -> list[Finding]:
    """Everything that is wrong in the course of that folder.

    `remember`: take up what the last check found where nothing has changed since, and keep what this one finds.
    """
    if not remember:
        from coursekit.services import check as checking
        from coursekit.store.coursefiles import CourseFolder

        return checking.check(CourseFolder(root))
    memory, stamps, version = CheckMemory(root), course_stamps(root), our_version()
    before = memory.last()
    known = recall(before, stamps, version)
    if known is not None:
        return known
    from coursekit.services import check as checking
    from coursekit.store.coursefiles import CourseFolder

    outcome = checking.check_again(CourseFolder(root), before, stamps, version)
    memory.keep(outcome)
    return list(outcome.findings)


def mend(root: Path, wanted: Callable[[str], bool], *, write: bool) -> list[Mended]:
    """Mend what has one right way, of the codes that are wanted; or only say what would be done."""
    from coursekit.services import mend as mending
    from coursekit.store.coursefiles import CourseFolder

    return mending.mend(CourseFolder(root), wanted, write=write)


def wants_colour() -> bool:
    """Whether nobody asked for none (no-color.org)."""
    return not os.environ.get("NO_COLOR")


def our_version(parts: Iterable[str] = OURS) -> str:
    """Of everything of ours that a finding depends on."""
    home = Path(coursekit.__file__).parent
    seen = hashlib.sha256(coursekit.__version__.encode())
    for part in parts:
        for parent, _, names in os.walk(home / part):
            for name in sorted(n for n in names if n.endswith(".py")):
                stat = (Path(parent) / name).stat()
                seen.update(f"{part}/{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return seen.hexdigest()
