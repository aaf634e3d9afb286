"""Where a course begins, from anywhere inside it. On its own, so that looking for it loads nothing else."""

from __future__ import annotations

from pathlib import Path

from coursekit.model.errors import BadInput


def find_root(start: Path) -> Path:
    """The folder above (or at) `start` that holds modules/course.yml."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "modules" / "course.yml").is_file():
            return folder
    raise BadInput(
        "no-course-here",
        f"Neither {start.name or start} nor a folder above it has a course: modules/course.yml is missing.",
        "Go to your course's folder, or begin one with coursekit new course DIR.",
    )
