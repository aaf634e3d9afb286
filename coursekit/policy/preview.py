"""A module before its learners have it: its doors open, its outputs kept where its code did not change."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from coursekit.model.course import Course
from coursekit.model.ids import ModuleId
from coursekit.model.prompt import Choice, Prompt, PromptKind, Response

LEARNER = "preview"
"""Who looks at it. Nobody of that name is on a roster, and the exchange that knows them ends with the preview."""
_SENTENCES = (
    "This stands in for an answer, so that you can read on.",
    "A learner would write here what they think, in their own words.",
    "Nobody reads these lines, and nothing of them is kept.",
    "Whatever waits behind this prompt was opened by them.",
    "Start over whenever you want to write something yourself.",
)
_TAG = "injected-parameters"


def with_open_doors(course: Course, module: ModuleId) -> Course:
    """The course with that module alone: nothing has to come before it, and it does not wait for its day."""
    wanted = replace(course.get_module(module), after=(), opens=None)
    return replace(course, modules=(wanted,))


def stand_in_answer(prompt: Prompt, who: str) -> Response:
    """Something that can be committed. `who`: two of them may not say the same, word for word."""

    def words(floor: int) -> str:
        # No sentence has fewer than eight words.
        said = itertools.islice(itertools.cycle(_SENTENCES), 1 + floor // 8)
        return " ".join([f"Written for {who}.", *said])

    def each(choices: tuple[Choice, ...]) -> dict[str, str]:
        return {c.id: words(c.min_words) for c in choices}

    middle = (len(prompt.scale) + 1) // 2
    match prompt.kind:
        case PromptKind.REFLECTION:
            return {"text": words(prompt.min_words)}
        case PromptKind.ANALYSIS:
            return {"code": "pass"}
        case PromptKind.DECISION:
            return {"choice": prompt.options[0].id, "reason": words(prompt.min_words)}
        case PromptKind.ESTIMATE:
            return {"value": _within(prompt)}
        case PromptKind.CONFIDENCE:
            return {"level": middle}
        case PromptKind.SELF_ASSESSMENT:
            return {"levels": {item.id: middle for item in prompt.items}}
        case PromptKind.PLAN:
            return {"fields": each(prompt.fields)}


def _within(prompt: Prompt) -> float:
    low = prompt.minimum if prompt.minimum is not None else 0.0
    high = prompt.maximum if prompt.maximum is not None else max(low, 0.0)
    value = (low + high) / 2
    return round(value) if low <= round(value) <= high else value


def code_of(notebook: Mapping[str, Any]) -> tuple[tuple[str, bool], ...] | None:
    """What a run of the notebook depends on; none where an earlier run's cells stand in it."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    if any(_TAG in _tags(cell) for cell in code):
        return None
    return tuple((_text(cell["source"]), "parameters" in _tags(cell)) for cell in code)


def with_outputs_of(master: Mapping[str, Any], ran: Mapping[str, Any]) -> dict[str, Any]:
    """The master with the outputs of an earlier run. `code_of` both masters must be the same."""
    injected = [cell for cell in ran["cells"] if _TAG in _tags(cell)]
    outputs = iter([c for c in ran["cells"] if c["cell_type"] == "code" and _TAG not in _tags(c)])
    cells: list[dict[str, Any]] = []
    for cell in copy.deepcopy(list(master["cells"])):
        if cell["cell_type"] == "code":
            before = next(outputs)
            cell |= {k: copy.deepcopy(before[k]) for k in ("outputs", "execution_count")}
        cells.append(cell)
        if "parameters" in _tags(cell):
            cells += copy.deepcopy(injected)
            injected = []
    return {**master, "cells": cells}


def _tags(cell: Mapping[str, Any]) -> list[str]:
    tags: list[str] = cell.get("metadata", {}).get("tags", [])
    return tags


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
