"""What was judged: a learner's answers in nbgrader's folder of graded work.

Graded code ran there, and may have left anything in any file: links are not followed, and what cannot be read is
said in the place of the answer, and nowhere else. An answer is only what stands in a cell that the gradebook knows
as the learner's to write: a locked cell holds the author's text, hidden tests included, whatever its metadata says.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from coursekit.model.errors import CoursekitError
from coursekit.model.feedback import Judged
from coursekit.model.ids import PromptId, is_submission
from coursekit.model.prompt import Prompt, PromptKind
from coursekit.policy.cells import grade_id_of, is_stub, source_of
from coursekit.policy.standin import kept_as
from coursekit.store.plainfiles import read_plain

_UNREADABLE = "The notebook that was handed in cannot be read."
_NOT_THERE = "The notebook that was handed in is not among the graded work."
_FORMS = "The answers that were given in forms cannot be read."
_TWICE = "Two cells of the notebook that was handed in answer it, with different texts."
_TICKET, _RESPONSES, _TIME = "coursekit.json", "responses.json", "timestamp.txt"


def read_answers(
    folder: Path, notebook: str, prompts: Sequence[Prompt], open_cells: Collection[str]
) -> dict[PromptId, Judged]:
    """What was answered to each prompt, as it was judged. `open_cells`: those that are the learner's to write."""
    in_cells = [p for p in prompts if p.kind.in_notebook]
    texts, trouble = _read_notebook(folder / f"{notebook}.ipynb") if in_cells else ({}, "")
    forms = _read(folder / _RESPONSES, "responses")
    answers: dict[PromptId, Judged] = {}
    for prompt in prompts:
        if not prompt.kind.in_notebook:
            answers[prompt.id] = _form(forms, prompt.id)
        elif trouble:
            answers[prompt.id] = Judged(problem=trouble)
        elif prompt.id in open_cells:
            answers[prompt.id] = _text(texts.get(prompt.id, ()), prompt.kind)
    return answers


def read_ticket(folder: Path) -> tuple[str, str]:
    """Which submission was graded, and when it was handed in, as text; empty where the folder does not say."""
    ticket = _read(folder / _TICKET, None)
    submission, at = (str(ticket.get(key) or "") if ticket else "" for key in ("submission", "at"))
    if not is_submission(submission):
        submission = ""
    return submission, at or (_plain(folder / _TIME) or b"").decode("utf-8", "replace").strip()


def _form(forms: Mapping[str, Any] | None, prompt: PromptId) -> Judged:
    if forms is None:
        return Judged(problem=_FORMS)
    response = forms.get(prompt)
    if response is not None and not isinstance(response, dict):
        return Judged(problem=_FORMS)
    return Judged(response)


def _text(written: Collection[str], kind: PromptKind) -> Judged:
    texts = {text for text in written if not is_stub(text, kind)}
    if len(texts) > 1:
        return Judged(problem=_TWICE)
    key = "code" if kind is PromptKind.ANALYSIS else "text"
    return Judged({key: text} if (text := next(iter(texts), None)) is not None else None)


def _read_notebook(path: Path) -> tuple[dict[str, set[str]], str]:
    """The texts of the cells that nbgrader knows, by grade_id; or why there are none."""
    if path.with_name(kept_as(path.name)).exists():
        # Grading put a page for marks in the place of a file that is no notebook.
        return {}, _UNREADABLE
    content = _plain(path)
    if content is None:
        return {}, _UNREADABLE if path.exists() else _NOT_THERE
    value = _load(content)
    cells = value.get("cells") if value is not None else None
    if not isinstance(cells, list):
        return {}, _UNREADABLE
    texts: dict[str, set[str]] = {}
    for cell in cells:
        name = grade_id_of(cell)
        if name is not None:
            texts.setdefault(name, set()).add(source_of(cell))
    return texts, ""


def _read(path: Path, key: str | None) -> Mapping[str, Any] | None:
    """A JSON object, or the one in it under `key`; empty without a file, none when it cannot be read."""
    if not path.is_symlink() and not path.exists():
        return {}
    value = _load(_plain(path) or b"")
    inner = value if value is None or key is None else value.get(key)
    return inner if isinstance(inner, dict) else None


def _plain(path: Path) -> bytes | None:
    try:
        return read_plain(path)
    except (CoursekitError, OSError):
        return None


def _load(content: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
