"""How a zoo notebook is written down, and how masters and hand-ins are made of it.

A specimen is one small course notebook with its hand-ins. Most are put together to notebooks of several exercises,
because nbgrader starts a kernel for every notebook that it grades.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

LEARNERS = ("right", "partly", "wrong", "empty", "crashing")
"""Who hands in. A specimen that has nothing of its own for one of them gets the author's solution from it."""

# What a learner's run of the notebook left in the file: no mark may come of it.
_OLD_OUTPUTS: list[dict[str, Any]] = [
    {"output_type": "stream", "name": "stdout", "text": ["from an old run\n"]},
    {"output_type": "execute_result", "execution_count": 7, "data": {"text/plain": ["0"]}, "metadata": {}},
]

_FLAGS = {
    "text": {},
    "free": {},
    "given": {"locked": True},
    "answer": {"solution": True},
    "manual": {"solution": True, "grade": True},
    "written": {"solution": True, "grade": True},
    "task": {"task": True, "locked": True},
    "check": {"grade": True, "locked": True},
}
_MARKDOWN = ("text", "written", "task")


@dataclass(frozen=True)
class Cell:
    """One cell of the author's."""

    kind: str
    id: str
    source: str
    points: float | None = None

    def as_master(self, specimen: str) -> dict[str, Any]:
        """As it stands in the master notebook."""
        metadata: dict[str, Any] = {}
        if _FLAGS[self.kind]:
            flags = {"grade": False, "solution": False, "locked": False, "task": False, **_FLAGS[self.kind]}
            metadata["nbgrader"] = {"schema_version": 3, "grade_id": f"{specimen}-{self.id}", **flags}
            if self.points is not None:
                metadata["nbgrader"]["points"] = self.points
        return _cell(self.kind in _MARKDOWN, f"{specimen}-{self.id}", self.source, metadata)

    @property
    def solved(self) -> str:
        """Its source as somebody hands it in who solved it like the author."""
        lines = self.source.splitlines()
        return "\n".join(line for line in lines if not line.strip().startswith("### "))


@dataclass(frozen=True)
class Handed:
    """What one learner did with the notebook. What is not mentioned is solved like the author solved it."""

    answers: Mapping[str, str] = field(default_factory=dict)
    """Cell → its source now. Locked cells can be named too: learners do change them."""
    untouched: bool = False
    """What is not mentioned stands as it was released."""
    missing: tuple[str, ...] = ()
    """Cells that were deleted."""
    retyped: tuple[str, ...] = ()
    """Code cells made markdown, and the other way round."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Cell → the source of a code cell of their own behind it."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Beside the notebook."""


UNTOUCHED = Handed(untouched=True)


def handed(**answers: str) -> Handed:
    """Some answers of their own; `a_b` is the cell `a-b`."""
    return Handed({name.replace("_", "-"): _tidy(source) for name, source in answers.items()})


@dataclass(frozen=True)
class Specimen:
    """One small course notebook and its hand-ins."""

    name: str
    cells: tuple[Cell, ...]
    handed: Mapping[str, Handed]
    """Learner → what they did."""
    files: Mapping[str, str] = field(default_factory=dict)
    """The author's, beside the notebook; learners get them."""

    def by(self, learner: str) -> Handed:
        """What that learner did."""
        return self.handed.get(learner, Handed())


@dataclass(frozen=True)
class Assignment:
    """Notebooks that are graded together."""

    name: str
    notebooks: Mapping[str, tuple[Specimen, ...]]
    """Notebook → the specimens that it is made of."""
    settings: str = ""
    """Lines of its nbgrader_config.py."""
    due: str | None = None
    """When it was due, in UTC."""
    learners: tuple[str, ...] = LEARNERS
    absent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Learner → notebooks that they did not hand in."""

    @property
    def specimens(self) -> Iterator[Specimen]:
        """All of them."""
        for specimens in self.notebooks.values():
            yield from specimens


def text(source: str) -> Cell:
    """Words of the author's that nbgrader does not know."""
    return Cell("text", "text", _tidy(source))


def free(name: str, source: str) -> Cell:
    """Code of the author's that nbgrader does not know; learners may change it."""
    return Cell("free", name, _tidy(source))


def given(name: str, source: str) -> Cell:
    """Code of the author's, locked."""
    return Cell("given", name, _tidy(source))


def answer(name: str, source: str) -> Cell:
    """Code to be written; its solution stands between nbgrader's marks."""
    return Cell("answer", name, _tidy(source))


def manual(name: str, points: float, source: str) -> Cell:
    """Code to be written and marked by a person."""
    return Cell("manual", name, _tidy(source), points)


def written(name: str, points: float, source: str) -> Cell:
    """An answer in words."""
    return Cell("written", name, _tidy(source), points)


def task(name: str, points: float, source: str) -> Cell:
    """A task whose answer may stand in any cells below it."""
    return Cell("task", name, _tidy(source), points)


def check(name: str, points: float, source: str) -> Cell:
    """An autograder test."""
    return Cell("check", name, _tidy(source), points)


def solution(source: str) -> str:
    """The whole cell is the solution."""
    return f"### BEGIN SOLUTION\n{_tidy(source)}\n### END SOLUTION"


def write_masters(assignment: Assignment, folder: Path) -> None:
    """The author's folder of that assignment."""
    folder.mkdir(parents=True)
    for name, specimens in assignment.notebooks.items():
        cells = [cell.as_master(s.name) for s in specimens for cell in s.cells]
        # Two cells of words may have one name; their ids may not.
        for place, cell in enumerate(cells):
            cell["id"] = f"c{place}-{cell['id']}"[:64]
        _write_notebook(folder / f"{name}.ipynb", cells)
    for specimen in assignment.specimens:
        _write_files(folder, specimen.files)


def write_submissions(assignment: Assignment, release: Path, submitted: Path) -> None:
    """submitted/: each learner's folder, made of what was released."""
    for place, learner in enumerate(assignment.learners):
        folder = submitted / learner / assignment.name
        folder.mkdir(parents=True)
        # Some hours apart; who comes last is late where something is due.
        (folder / "timestamp.txt").write_text(f"2027-02-0{place + 1} 1{place}:30:00.250000 UTC")
        for path in release.rglob("*"):
            if path.is_file() and path.suffix != ".ipynb":
                target = folder / path.relative_to(release)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
        for name, specimens in assignment.notebooks.items():
            if name in assignment.absent.get(learner, ()):
                continue
            released = json.loads((release / f"{name}.ipynb").read_text())["cells"]
            _write_notebook(folder / f"{name}.ipynb", list(_answered(released, specimens, learner)))
            for specimen in specimens:
                _write_files(folder, specimen.by(learner).files)


def _answered(
    released: list[dict[str, Any]], specimens: tuple[Specimen, ...], learner: str
) -> Iterator[dict[str, Any]]:
    known = {f"{s.name}-{cell.id}": (s, cell) for s in specimens for cell in s.cells}
    for cell in released:
        specimen, master = known[cell["id"].partition("-")[2]]
        done = specimen.by(learner)
        if master.id in done.missing:
            continue
        cell = json.loads(json.dumps(cell))
        if master.id in done.answers:
            cell["source"] = done.answers[master.id]
        elif master.kind in ("answer", "manual", "written") and not done.untouched:
            cell["source"] = master.solved
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = _OLD_OUTPUTS, 7
        if master.id in done.retyped:
            cell = _cell(cell["cell_type"] == "code", cell["id"], cell["source"], cell["metadata"])
        yield cell
        if master.id in done.extra:
            yield _cell(False, f"own-{cell['id']}"[:64], done.extra[master.id], {})


def _cell(markdown: bool, name: str, source: str, metadata: dict[str, Any]) -> dict[str, Any]:
    cell = {
        "cell_type": "markdown" if markdown else "code",
        "id": name,
        "metadata": metadata,
        "source": source,
    }
    return cell if markdown else {**cell, "outputs": [], "execution_count": None}


def _write_notebook(path: Path, cells: list[dict[str, Any]]) -> None:
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "cells": cells,
    }
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1))


def _write_files(folder: Path, files: Mapping[str, str]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)


def _tidy(source: str) -> str:
    return dedent(source).strip("\n")
