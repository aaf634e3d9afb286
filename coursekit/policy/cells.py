"""A cell of a notebook that came from elsewhere, where anything may stand in the place of anything."""

from __future__ import annotations

import re
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
# Nobody sees these either.
_SPACE = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")


def prompt_ids(cell: Any) -> tuple[str, ...]:
    """The prompts that a cell says it answers: by nbgrader's grade_id first, which is what grading goes by."""
    metadata = _mapping(_mapping(cell).get("metadata"))
    asked = _mapping(_mapping(metadata.get("coursekit")).get("prompt"))
    named = (_mapping(metadata.get("nbgrader")).get("grade_id"), asked.get("id"))
    return tuple(name for name in named if isinstance(name, str))


def grade_id_of(cell: Any) -> str | None:
    """nbgrader's name for a cell; none where it has none."""
    name = _mapping(_mapping(_mapping(cell).get("metadata")).get("nbgrader")).get("grade_id")
    return name if isinstance(name, str) else None


def check_label_of(cell: Any) -> str:
    """What the author calls a test, for its learners; empty where it has no name."""
    ours = _mapping(_mapping(_mapping(cell).get("metadata")).get("coursekit"))
    label = _mapping(ours.get("check")).get("label")
    return label.strip() if isinstance(label, str) else ""


def source_of(cell: Any) -> str:
    """The cell's text; nbformat files may keep it as a list of lines."""
    source = _mapping(cell).get("source", "")
    if isinstance(source, str):
        return source
    return "".join(line for line in source if isinstance(line, str)) if isinstance(source, list) else ""


def is_stub(text: str, kind: PromptKind) -> bool:
    """Whether a cell's text is still what the release left there, or nothing."""
    bare = text.strip()
    if kind is PromptKind.ANALYSIS and _CODE_STUB in bare:
        return True
    return not bare or bare in STUBS or bare.strip("*_ \n") in STUBS


def bare_text(text: str, cell_type: str) -> str:
    """A text without white space, to compare by. In code the space at the beginning of a line says something."""
    if cell_type != "code":
        return _SPACE.sub("", text)
    return "\n".join(line.rstrip() for line in text.splitlines() if _SPACE.sub("", line))


def is_untouched(text: str, released: str, cell_type: str) -> bool:
    """Whether nobody answered: the text is as it was released but for white space, or there is none."""
    bare = bare_text(text, cell_type)
    return not bare or bare == bare_text(released, cell_type) or text.strip("*_ \r\n\t") in STUBS


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
