"""Whatever a collected folder holds, its learner's answers are read, or said to be unreadable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coursekit.wiring.staff import _answers

PROMPTS: dict[str, Any] = {
    "course": "c",
    "module": "m",
    "title": "M",
    "notebook": "m",
    "prompts": [
        {"id": "p1", "kind": "estimate", "title": "t", "question": "q", "min": 0, "max": 9},
        {"id": "p2", "kind": "reflection", "title": "t", "question": "q"},
        {"id": "p3", "kind": "analysis", "title": "t", "question": "q"},
    ],
}


def cell(prompt: str, source: Any, kind: str = "reflection") -> dict[str, Any]:
    metadata = {"coursekit": {"prompt": {"id": prompt, "kind": kind}}}
    return {"cell_type": "markdown", "metadata": metadata, "source": source}


def collected(folder: Path, notebook: Any, forms: Any) -> Path:
    for name, value in (("m.ipynb", notebook), ("responses.json", forms)):
        if value is not None:
            content = value if isinstance(value, bytes) else json.dumps(value).encode()
            (folder / name).write_bytes(content)
    return folder


def test_answers_come_from_cells_and_forms(tmp_path: Path) -> None:
    # The learner's copy calls p3 a reflection; what a prompt is stands with the author.
    notebook = {"cells": [cell("p2", ["my ", "words"]), cell("p3", "x = 1")]}
    forms = {"schema": "coursekit.responses/1", "responses": {"p1": {"value": 3}, "p9": {"value": 1}}}
    assert _answers(collected(tmp_path, notebook, forms), PROMPTS) == {
        "p1": {"value": 3},
        "p2": {"text": "my words"},
        "p3": {"code": "x = 1"},
    }


@pytest.mark.parametrize(
    "notebook",
    [
        None,
        b"",
        b"\xff\xfe",
        [],
        {"cells": 7},
        {"cells": [7, None, {}, {"metadata": None}, {"metadata": {"coursekit": 3}}]},
        {"cells": [{"metadata": {"coursekit": {"prompt": []}}, "source": {"a": 1}}]},
        {"cells": [cell("p2", "one"), cell("p2", "another")]},
    ],
)
@pytest.mark.parametrize("forms", [None, b"{", [], {"responses": []}, {"responses": {"p1": 3}}])
def test_junk_stops_nobody(tmp_path: Path, notebook: Any, forms: Any) -> None:
    answers = _answers(collected(tmp_path, notebook, forms), PROMPTS)
    assert set(answers) <= {"p1", "p2", "p3"}
    assert all(isinstance(a, dict) for a in answers.values())


def test_two_cells_for_one_answer_are_named(tmp_path: Path) -> None:
    notebook = {"cells": [cell("p2", "one"), cell("p2", "another")]}
    said = _answers(collected(tmp_path, notebook, None), PROMPTS)["p2"]["text"]
    assert "Two cells" in said
