"""The author's notebooks as nbgrader's gradebook has them: the cells it knows, with hidden tests and points.

gradebook     which cells there are, what they are for, what they are worth, their source with hidden tests
release/…     in what order they stand, and what learners got
the source    their order, where the release has gone
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from coursekit.model.errors import BadInput
from coursekit.model.grading import MasterCell, MasterNotebook
from coursekit.policy.cells import source_of
from coursekit.store.gradebook import is_there

Strip = Callable[[str], str]
"""A cell's source without its hidden tests."""


def read_masters(
    db_url: str, module: str, release: Path, source: Path, without_hidden: Strip
) -> tuple[MasterNotebook, ...]:
    """The notebooks of a module, by name. Raises BadInput when the gradebook does not know it."""
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DatabaseError

    if not is_there(db_url):
        raise not_known(module)
    engine = create_engine(db_url)
    try:
        with engine.connect() as connection:
            rows = _read(connection, module)
    except DatabaseError as error:
        raise not_readable(error) from error
    finally:
        engine.dispose()
    if rows is None:
        raise not_known(module)
    return tuple(
        _notebook(name, kernelspec, cells, _load(release, name), _load(source, name), without_hidden)
        for name, kernelspec, cells in rows
    )


def not_known(module: str) -> BadInput:
    """What to raise when a gradebook has nothing about a module."""
    return BadInput(
        "not-in-gradebook",
        f"The gradebook knows nothing of {module}.",
        f"Run `nbgrader generate_assignment {module}` first, in the course's folder.",
    )


def not_readable(error: Exception) -> BadInput:
    """What to raise when there is a database, and it is not a gradebook of today's nbgrader."""
    reason = str(getattr(error, "orig", error)).strip().splitlines() or [type(error).__name__]
    return BadInput(
        "gradebook-unreadable",
        f"The gradebook cannot be read: {reason[0]}.",
        "Check db_url in nbgrader_config.py. If nbgrader was updated, copy the gradebook somewhere safe and "
        "run `nbgrader db upgrade`.",
    )


def _read(connection: Any, module: str) -> list[tuple[str, str | None, list[_Row]]] | None:
    """Each notebook's name, kernelspec and cells; none when there is no such module."""
    from nbgrader.api import Assignment, BaseCell, GradeCell, Notebook, SolutionCell, SourceCell, TaskCell
    from sqlalchemy import select

    assignment = connection.execute(
        select(Assignment.__table__.c.id).where(Assignment.__table__.c.name == module)
    ).scalar()
    if assignment is None:
        return None
    notebook, base, sources = Notebook.__table__, BaseCell.__table__, SourceCell.__table__
    grades, solutions, tasks = GradeCell.__table__, SolutionCell.__table__, TaskCell.__table__
    notebooks = connection.execute(
        select(notebook.c.id, notebook.c.name, notebook.c.kernelspec)
        .where(notebook.c.assignment_id == assignment)
        .order_by(notebook.c.name)
    ).all()
    jobs = connection.execute(
        select(
            base.c.notebook_id,
            base.c.name,
            grades.c.max_score.label("grade"),
            solutions.c.id.label("solution"),
            tasks.c.max_score.label("task"),
        )
        .join_from(base, notebook, base.c.notebook_id == notebook.c.id)
        .outerjoin(grades, grades.c.id == base.c.id)
        .outerjoin(solutions, solutions.c.id == base.c.id)
        .outerjoin(tasks, tasks.c.id == base.c.id)
        .where(notebook.c.assignment_id == assignment)
    ).all()
    written = connection.execute(
        select(sources)
        .join(notebook, sources.c.notebook_id == notebook.c.id)
        .where(notebook.c.assignment_id == assignment)
    ).all()
    cells: dict[tuple[str, str], _Row] = {
        (row.notebook_id, row.name): _Row(
            row.name, row.cell_type, row.source or "", bool(row.locked), row.checksum
        )
        for row in written
    }
    for job in jobs:
        cell = cells.get((job.notebook_id, job.name))
        if cell is None:
            continue
        cell.solution |= job.solution is not None
        if job.grade is not None:
            cell.grade, cell.points = True, float(job.grade)
        if job.task is not None:
            cell.task, cell.points = True, float(job.task)
    return [
        (row.name, row.kernelspec, [cell for (owner, _), cell in cells.items() if owner == row.id])
        for row in notebooks
    ]


class _Row:
    """A cell on its way out of the database."""

    def __init__(self, name: str, cell_type: str, source: str, locked: bool, checksum: str | None) -> None:
        self.name, self.cell_type, self.source = name, cell_type, source
        self.locked, self.checksum = locked, checksum
        self.grade = self.solution = self.task = False
        self.points: float | None = None


def _notebook(
    name: str,
    kernelspec: str | None,
    rows: Sequence[_Row],
    released: Mapping[str, Any] | None,
    source: Mapping[str, Any] | None,
    without_hidden: Strip,
) -> MasterNotebook:
    texts = _sources(released)
    # The gradebook keeps them in no order; what the notebooks do not show comes last.
    order = {grade_id: place for place, grade_id in enumerate(texts or _sources(source))}
    ordered = sorted(rows, key=lambda row: order.get(row.name, len(order)))
    return MasterNotebook(
        name,
        tuple(
            MasterCell(
                row.name,
                row.cell_type,
                row.source,
                texts[row.name] if row.name in texts else without_hidden(row.source),
                row.locked,
                row.grade,
                row.solution,
                row.task,
                row.points,
                row.checksum,
            )
            for row in ordered
        ),
        _kernelspec(kernelspec),
        released,
        _solutions(source),
    )


def _kernelspec(text: str | None) -> Mapping[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _load(folder: Path, name: str) -> Mapping[str, Any] | None:
    """A notebook of the author's; none when it is not there, or no nbformat 4."""
    try:
        value = json.loads((folder / f"{name}.ipynb").read_bytes())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) and isinstance(value.get("cells"), list) else None


def _solutions(source: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The author's own code in the cells where learners write theirs."""
    return tuple(
        source_of(cell)
        for cell in (source or {}).get("cells", ())
        if cell.get("cell_type") == "code" and cell.get("metadata", {}).get("nbgrader", {}).get("solution")
    )


def _sources(notebook: Mapping[str, Any] | None) -> dict[str, str]:
    """The text of each cell that nbgrader knows, in order."""
    found = {}
    for cell in (notebook or {}).get("cells", ()):
        grade_id = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id")
        if isinstance(grade_id, str):
            found[grade_id] = source_of(cell)
    return found
