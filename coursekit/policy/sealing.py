"""Whether anything that is to be sealed stands in what a learner would get."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from coursekit.model.outcome import Refused

# Author's files that nbgrader copies along with the notebook unless it is told not to.
FACULTY_FILES = frozenset({"rubrics.yml", "exemplars.yml", "teaching-note.md"})
# nbgrader's marks around solutions and hidden tests (ClearSolutions, ClearHiddenTests, ClearMarkScheme).
_MARKS = ("BEGIN SOLUTION", "BEGIN HIDDEN TESTS", "BEGIN MARK SCHEME")

_NEXT_STEP = "Run `nbgrader generate_assignment` again with coursekit's nbgrader_config.py, then release."


def find_leak(files: Mapping[str, bytes], sealed: Iterable[str]) -> Refused | None:
    """The first thing in a release (path → content) that its learners must not have, or none."""
    held_back = set(sealed)
    for path, content in files.items():
        if path in held_back:
            return _leak(f"{path} is sealed by a reveal, and is among the learners' files.")
        if is_text_form(path, lambda other: other in files) or path.rsplit("/", 1)[-1] in FACULTY_FILES:
            return _leak(f"{path} is for faculty only, and is among the learners' files.")
        if path.startswith("translations/"):
            return _leak(f"{path} has the reveals in another language, and is among the learners' files.")
        if path.endswith(".ipynb"):
            for problem in _notebook_leaks(path, content):
                return _leak(problem)
    return None


def text_form_of(notebook: str) -> str:
    """The file in which authors keep a notebook of that name as text, beside it. No learner gets it."""
    return f"{notebook}.md"


def is_text_form(path: str, is_there: Callable[[str], bool]) -> bool:
    """Whether that is the text of a notebook beside it, with its reveals, model answers and hidden tests."""
    return path.endswith(".md") and is_there(f"{path.removesuffix('.md')}.ipynb")


def _notebook_leaks(path: str, content: bytes) -> Iterator[str]:
    cells = _cells(content)
    if cells is None:
        yield f"{path} is not a notebook."
        return
    for number, cell in enumerate(cells, 1):
        ours = cell.get("metadata", {}).get("coursekit") or {}
        if "reveal" in ours:
            yield f"Cell {number} of {path} is a reveal, and is not sealed."
        if ours.get("faculty"):
            yield f"Cell {number} of {path} is a faculty note."
        source = cell.get("source", "")
        text = source if isinstance(source, str) else "".join(source)
        for mark in _MARKS:
            if mark in text:
                yield f"Cell {number} of {path} still has its {mark.removeprefix('BEGIN ').lower()}."


def _cells(content: bytes) -> list[dict[str, Any]] | None:
    """The cells, when they have the shape that the rest relies on; uploads can be anything."""
    try:
        cells = json.loads(content)["cells"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    sound = isinstance(cells, list) and all(
        isinstance(cell, dict)
        and isinstance(cell.get("metadata", {}), dict)
        and isinstance(cell.get("metadata", {}).get("coursekit") or {}, dict)
        and isinstance(cell.get("source", ""), str | list)
        and all(isinstance(line, str) for line in cell.get("source", ""))
        for cell in cells
    )
    return cells if sound else None


def _leak(reason: str) -> Refused:
    return Refused("leak", reason, _NEXT_STEP)


def split_notebook(
    cells: Iterable[Mapping[str, Any]],
) -> tuple[list[Mapping[str, Any]], dict[str, list[Mapping[str, Any]]]]:
    """The cells that learners get, and the reveals by the prompt they wait for. Faculty notes are in neither."""
    kept: list[Mapping[str, Any]] = []
    sealed: dict[str, list[Mapping[str, Any]]] = {}
    for cell in cells:
        ours = cell.get("metadata", {}).get("coursekit") or {}
        if "reveal" in ours:
            sealed.setdefault(ours["reveal"]["after"], []).append(cell)
        elif not ours.get("faculty"):
            kept.append(cell)
    return kept, sealed


def text_to_grade(sealed: str, handed_in: str, is_code: bool) -> str:
    """What a grader judges when an answer was changed after its commit: what was sealed, the rest marked.

    The change came after the reveal. It is shown, because nothing is lost; it is not what was asked for.
    """
    if sealed.strip() == handed_in.strip():
        return handed_in
    if is_code:
        later = "\n".join(f"# {line}".rstrip() for line in handed_in.splitlines())
        return f"{sealed}\n\n# Changed after the commit; not graded:\n{later}\n"
    return f"{sealed}\n\n---\n\n*Changed after the commit:*\n\n{handed_in}"
