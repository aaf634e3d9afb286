"""A cell of a notebook that came from elsewhere, where anything may stand in the place of anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coursekit.model.prompt import PromptKind

STUBS = frozenset(
    {
        "YOUR ANSWER HERE",
        "Write your answer here.",
        "# YOUR CODE HERE\nraise NotImplementedError()",
    }
)
"""What a release leaves in the place of an answer."""
_CODE_STUB = "raise NotImplementedError()"


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


def is_stub(text: str, kind: PromptKind) -> bool:
    """Whether a cell's text is still what the release left there, or nothing."""
    bare = text.strip()
    if kind is PromptKind.ANALYSIS and _CODE_STUB in bare:
        return True
    return not bare or bare in STUBS or bare.strip("*_ \n") in STUBS


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
