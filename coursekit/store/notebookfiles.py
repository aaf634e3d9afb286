"""Notebooks on disk, read as plain JSON: importing nbformat costs a second, and checks less than we need."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coursekit.model.errors import BadInput
from coursekit.model.notebook import Cell, NbgraderCell, Notebook
from coursekit.wire.authoring import read_role
from coursekit.wire.misread import Misread

_SAVE_AGAIN = "Open it in JupyterLab and save it again, or take it from your backup."
_TYPES = ("markdown", "code", "raw")


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


def shown_path(path: Path) -> str:
    """A path as messages show it: from modules/ or cases/ on, whatever the machine."""
    parts = path.parts
    for index in range(len(parts) - 1, -1, -1):
        if parts[index] in ("modules", "cases"):
            return "/".join(parts[index:])
    return path.name


def read_text(path: Path) -> str:
    """A file's text. Raises BadInput when it cannot be read as UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise Misread(
            "no-such-file", shown_path(path), "it is not there.", "Check its name and its folder."
        ) from None
    except UnicodeDecodeError:
        raise Misread("not-text", shown_path(path), "it is not UTF-8 text.", "Save it as UTF-8.") from None
    except OSError as error:
        problem = f"it cannot be read: {error.strerror or error}."
        raise Misread("unreadable-file", shown_path(path), problem, "Check its permissions.") from None


def read_notebook_json(path: Path) -> dict[str, Any]:
    """The notebook as it stands in its file.

    Raises BadInput when it is no notebook of a format we know.
    """
    file = shown_path(path)
    text = read_text(path)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        problem = f"it is no notebook: line {line} is not JSON."
        raise Misread("not-a-notebook", file, problem, _SAVE_AGAIN) from None
    if not isinstance(value, dict) or not isinstance(value.get("cells"), list) or "nbformat" not in value:
        if isinstance(value, dict) and "worksheets" in value:
            problem = "it is a notebook of an old format."
            raise Misread("old-notebook", file, problem, "Open it in JupyterLab and save it again.")
        raise Misread("not-a-notebook", file, "it is no notebook: it has no list of cells.", _SAVE_AGAIN)
    major, minor = value["nbformat"], value.get("nbformat_minor", 0)
    # Before 4.5 cells had no ids, and edits of a release merge by them.
    if major != 4 or not isinstance(minor, int) or minor < 5:
        raise Misread(
            "old-notebook",
            file,
            f"it has the notebook format {major}.{minor}; 4.5 is needed, in which cells have ids.",
            "Open it in JupyterLab 4 and save it again.",
        )
    return value


def read_notebook(path: Path) -> Notebook:
    """The notebook, with what each cell is for.

    Raises Misread (a BadInput), naming file, cell and field; its `others` are what else is wrong.
    """
    return notebook_of(read_notebook_json(path), path)


def notebook_of(value: Mapping[str, Any], path: Path) -> Notebook:
    """The same of a notebook that was read already, or that somebody is still typing. Raises Misread."""
    file = shown_path(path)
    cells: list[Cell] = []
    wrong: list[Misread] = []
    for index, cell in enumerate(value["cells"], 1):
        try:
            cells.append(_cell(file, index, cell))
        except Misread as problem:
            wrong.append(problem)
    if wrong:
        first = wrong[0]
        raise Misread(
            first.code,
            file,
            first.problem,
            first.next_step,
            cell=first.cell,
            cell_id=first.cell_id,
            others=wrong[1:],
        )
    metadata = value.get("metadata")
    return Notebook(path.stem, tuple(cells), metadata if isinstance(metadata, dict) else {})


def _cell(file: str, index: int, cell: Any) -> Cell:
    cell_id = cell.get("id", "") if isinstance(cell, Mapping) else ""

    def wrong(problem: str, next_step: str) -> Misread:
        shown = cell_id if isinstance(cell_id, str) else ""
        return Misread("bad-cell", file, problem, next_step, cell=index, cell_id=shown)

    if not isinstance(cell, Mapping):
        raise wrong("it is no cell.", _SAVE_AGAIN)
    if not isinstance(cell_id, str) or not cell_id:
        raise wrong("it has no id.", "Open the notebook in JupyterLab 4 and save it again.")
    cell_type = cell.get("cell_type")
    if cell_type not in _TYPES:
        raise wrong(f"the field “cell_type” must be one of {', '.join(_TYPES)}.", _SAVE_AGAIN)
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise wrong("the field “source” must be text.", _SAVE_AGAIN)
    metadata = cell.get("metadata", {})
    if not isinstance(metadata, Mapping):
        raise wrong("the field “metadata” must be a mapping.", _SAVE_AGAIN)
    tags = metadata.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise wrong("the field “tags” must be a list of texts.", "Correct it in the cell's metadata.")
    outputs = cell.get("outputs", [])
    if not isinstance(outputs, list) or not all(isinstance(output, Mapping) for output in outputs):
        raise wrong("the field “outputs” must be a list.", "Clear the cell's outputs and save the notebook.")
    return Cell(
        index,
        cell_id,
        cell_type,
        source,
        read_role(metadata.get("coursekit"), file, index, cell_id),
        _nbgrader(metadata["nbgrader"], wrong) if "nbgrader" in metadata else None,
        tuple(tags),
        tuple(outputs),
    )


def _nbgrader(value: Any, wrong: Any) -> NbgraderCell:
    mend = "Correct it in the cell's metadata, or set the cell up again in nbgrader's Create Assignment."
    if not isinstance(value, Mapping):
        raise wrong("the metadata “nbgrader” must be a mapping.", mend)
    # nbgrader stops a whole batch at a cell of another version.
    if value.get("schema_version") != 3:
        raise wrong("the nbgrader field “schema_version” must be 3.", mend)
    grade_id = value.get("grade_id")
    if not isinstance(grade_id, str) or not grade_id:
        raise wrong("the nbgrader field “grade_id” is missing.", mend)
    flags: dict[str, bool] = {}
    for name in ("grade", "solution", "locked", "task"):
        flags[name] = value.get(name, False)
        if not isinstance(flags[name], bool):
            raise wrong(f"the nbgrader field “{name}” must be true or false.", mend)
    points = value.get("points")
    if points is not None and (
        isinstance(points, bool) or not isinstance(points, int | float) or not 0 <= points < math.inf
    ):
        raise wrong("the nbgrader field “points” must be a number, 0 or more.", mend)
    if flags["grade"] and points is None:
        raise wrong("the nbgrader field “points” is missing from a graded cell.", mend)
    return NbgraderCell(grade_id, **flags, points=points)
