"""A cell of a notebook that came from elsewhere, where anything may stand in the place of anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def prompt_ids(cell: Any) -> tuple[str, ...]:
    """The prompts that a cell says it answers: by nbgrader's grade_id first, which is what grading goes by."""
    metadata = _mapping(_mapping(cell).get("metadata"))
    asked = _mapping(_mapping(metadata.get("coursekit")).get("prompt"))
    named = (_mapping(metadata.get("nbgrader")).get("grade_id"), asked.get("id"))
    return tuple(name for name in named if isinstance(name, str))


def source_of(cell: Any) -> str:
    """The cell's text; nbformat files may keep it as a list of lines."""
    source = _mapping(cell).get("source", "")
    if isinstance(source, str):
        return source
    return "".join(str(line) for line in source) if isinstance(source, list) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
