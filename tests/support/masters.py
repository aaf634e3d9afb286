"""Author's notebooks as grading knows them, made without nbgrader's commands, and what is handed in for them."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import from_dict
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import compute_checksum, is_locked

from coursekit.model.grading import MasterCell, MasterNotebook, Repaired
from coursekit.policy.cells import source_of
from coursekit.policy.sealing import split_notebook
from coursekit.policy.steps import strip_hidden

TINY = Path(__file__).parent.parent / "courses" / "tiny"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
STUBS = {"code": "# YOUR CODE HERE\nraise NotImplementedError()", "markdown": "*Write your answer here.*"}
_SOLUTION = re.compile(r"^[^\n]*BEGIN SOLUTION.*?END SOLUTION[^\n]*$", re.MULTILINE | re.DOTALL)

Json = dict[str, Any]


def text(source: str, name: str = "") -> Json:
    """A cell that nbgrader does not know."""
    return _cell("markdown", name or f"text-{abs(hash(source)) % 10**6}", source, {})


def code(source: str, name: str) -> Json:
    return _cell("code", name, source, {})


def given(grade_id: str, source: str, cell_type: str = "code") -> Json:
    """A locked cell without points."""
    return _graded(cell_type, grade_id, source, locked=True)


def answer(grade_id: str, source: str = "", points: float | None = None, cell_type: str = "code") -> Json:
    marked = {} if points is None else {"grade": True, "points": points}
    return _graded(cell_type, grade_id, source, solution=True, **marked)


def essay(grade_id: str, points: float = 3) -> Json:
    return answer(grade_id, "A model answer.", points, "markdown")


def check(grade_id: str, source: str, points: float = 2) -> Json:
    return _graded("code", grade_id, source, locked=True, grade=True, points=points)


def task(grade_id: str, points: float = 4) -> Json:
    return _graded("markdown", grade_id, "Draw it.", locked=True, task=True, points=points)


def notebook(*cells: Json) -> Json:
    return {
        "cells": [copy.deepcopy(cell) for cell in cells],
        "metadata": {"kernelspec": KERNEL, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def master_of(author: Mapping[str, Any], name: str = "main") -> MasterNotebook:
    """What `nbgrader generate_assignment` makes of a notebook: the gradebook's cells and the release."""
    released = notebook(*split_notebook(author["cells"])[0])
    released["metadata"] = copy.deepcopy(author["metadata"])
    cells = []
    for cell in released["cells"]:
        cell["source"] = source_of(cell)
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
        if "nbgrader" in cell["metadata"]:
            cells.append(_release(cell))
    return MasterNotebook(name, tuple(cells), author["metadata"]["kernelspec"], released)


def tiny_master(module: str = "first") -> MasterNotebook:
    return master_of(json.loads((TINY / "modules" / module / f"{module}.ipynb").read_text()), module)


def handed_in(master: MasterNotebook, answers: Mapping[str, str]) -> Json:
    """The release with these answers typed in."""
    value: Json = copy.deepcopy(dict(master.released or {}))
    for cell in value["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(grade_id, cell["source"])
    return value


def check_sound(repaired: Repaired, master: MasterNotebook) -> None:
    """It is valid nbformat, nbgrader takes it, and each of the author's cells is in it once, as it must be."""
    notebook: Json = json.loads(json.dumps(repaired.notebook, allow_nan=False).encode())
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    nbformat.validate(copy.deepcopy(notebook))
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    node = from_dict(notebook)
    MetadataValidator().validate_nb(node)
    graded = [cell for cell in node["cells"] if "nbgrader" in cell["metadata"]]
    assert sorted(c["metadata"]["nbgrader"]["grade_id"] for c in graded) == sorted(
        c.grade_id for c in master.cells
    )
    for cell in graded:
        own = master.find_cell(cell["metadata"]["nbgrader"]["grade_id"])
        assert own is not None
        assert cell["cell_type"] == own.cell_type
        if own.locked and not own.task:
            assert cell["source"] == own.source
            # What nbgrader would compute: flags, points and text together.
            assert compute_checksum(cell) == own.checksum
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)


def _cell(cell_type: str, name: str, source: str, metadata: Json) -> Json:
    cell = {"cell_type": cell_type, "id": name, "metadata": metadata, "source": source}
    return {**cell, "outputs": [], "execution_count": None} if cell_type == "code" else cell


def _graded(cell_type: str, grade_id: str, source: str, **nbgrader: Any) -> Json:
    flags = {"grade": False, "solution": False, "locked": False, "task": False, **nbgrader}
    return _cell(
        cell_type, grade_id, source, {"nbgrader": {"grade_id": grade_id, "schema_version": 3, **flags}}
    )


def _release(cell: Json) -> MasterCell:
    """The cell becomes what learners get; what the gradebook keeps of it."""
    nbgrader = cell["metadata"]["nbgrader"]
    if nbgrader["solution"]:
        stub = STUBS[cell["cell_type"]]
        cell["source"], regions = _SOLUTION.subn(stub, cell["source"])
        cell["source"] = cell["source"] if regions else stub
    source = cell["source"]
    cell["source"] = strip_hidden(source)
    sound = from_dict({**cell, "source": source})
    nbgrader["cell_type"] = cell["cell_type"]
    nbgrader["checksum"] = compute_checksum(from_dict(cell))
    return MasterCell(
        nbgrader["grade_id"],
        cell["cell_type"],
        source,
        cell["source"],
        bool(is_locked(sound)),
        nbgrader["grade"],
        nbgrader["solution"],
        nbgrader["task"],
        nbgrader.get("points"),
        # nbgrader keeps the one with the hidden tests: it puts those back before it compares.
        compute_checksum(sound),
    )
