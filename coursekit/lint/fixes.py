"""What can be mended without asking: only where there is one right way, and nothing of an author's is lost."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coursekit.lint import catalog as rules
from coursekit.lint.catalog import Material
from coursekit.lint.prompts import flags_of, is_its_call, type_of
from coursekit.model.notebook import Cell
from coursekit.model.prompt import Prompt

MENDED = frozenset({"CK101", "CK104", "CK202", "CK203", "CK204", "CK208"})
"""The codes of which some findings can be mended."""


@dataclass(frozen=True)
class Edit:
    """One value of a notebook's cell, put in its place."""

    cell: int
    """Counted from 1, as people do."""
    path: tuple[str, ...]
    """`("metadata", "nbgrader", "grade_id")`"""
    value: Any


@dataclass(frozen=True)
class Fix:
    """What mends one finding."""

    code: str
    cell: int
    edits: tuple[Edit, ...]
    said: str
    """What is done, as a sentence."""


def fixes(material: Material) -> list[Fix]:
    """All that can be mended in a module."""
    prompts = Counter(prompt.id for _, prompt in material.notebook.prompts())
    found = list(_cell_ids(material.notebook.cells))
    for cell, prompt in material.notebook.prompts():
        # Of two with one id nobody can tell which is the copy.
        if prompts[prompt.id] == 1 and cell.cell_type == type_of(prompt):
            found += _nbgrader(material, cell, prompt)
            found += _call(cell, prompt)
    return found


def missing_ids(cells: Sequence[Any]) -> list[Fix]:
    """An id for each cell that has none. `cells` as they stand in the file, whatever they are."""
    taken = {c.get("id") for c in cells if isinstance(c, Mapping)}
    found: list[Fix] = []
    for index, cell in enumerate(cells, 1):
        if isinstance(cell, Mapping) and cell.get("id", "") == "":
            new = _free(f"cell-{index}", taken)
            found.append(
                Fix(rules.UNREADABLE.code, index, (Edit(index, ("id",), new),), f"gave it the id {new}")
            )
    return found


def _cell_ids(cells: Sequence[Cell]) -> Iterator[Fix]:
    taken: set[Any] = {cell.id for cell in cells}
    seen: set[str] = set()
    for cell in cells:
        if cell.id in seen:
            new = _free(cell.id, taken)
            edit = Edit(cell.index, ("id",), new)
            yield Fix(rules.DUPLICATE_CELL.code, cell.index, (edit,), f"gave it the id {new}")
        seen.add(cell.id)


def _free(wanted: str, taken: set[Any]) -> str:
    """That name, or with a number; taken from now on. An id has 64 characters at most."""
    base, number, name = wanted[:60], 2, wanted
    while name in taken:
        name = f"{base}-{number}"
        number += 1
    taken.add(name)
    return name


def _nbgrader(material: Material, cell: Cell, prompt: Prompt) -> Iterator[Fix]:
    mine = cell.nbgrader
    wanted = flags_of(prompt)
    rubric = material.rubrics.get(prompt.rubric or "")
    points = rubric.points if rubric is not None else None
    others = {
        c.nbgrader.grade_id for c in material.notebook.cells if c.nbgrader is not None and c is not cell
    }
    # A graded cell needs points, and only a rubric says how many.
    can_grade = not wanted["grade"] or points is not None or (mine is not None and mine.points is not None)
    at = ("metadata", "nbgrader")
    if mine is None:
        if can_grade and prompt.id not in others:
            fields: dict[str, Any] = {
                "grade": wanted["grade"],
                "grade_id": str(prompt.id),
                "locked": wanted["locked"],
            }
            fields |= {"points": points} if wanted["grade"] else {}
            fields |= {"schema_version": 3, "solution": wanted["solution"], "task": False}
            edit = Edit(cell.index, at, fields)
            yield Fix(
                rules.PROMPT_WITHOUT_NBGRADER.code, cell.index, (edit,), f"set {prompt.id} up for nbgrader"
            )
        return
    wrong = [name for name, value in wanted.items() if getattr(mine, name) != value]
    if wrong and can_grade:
        edits = [Edit(cell.index, (*at, name), wanted[name]) for name in wrong]
        if wanted["grade"] and mine.points is None:
            edits.append(Edit(cell.index, (*at, "points"), points))
        shown = ", ".join(f"{name} to {str(wanted[name]).lower()}" for name in wrong)
        yield Fix(rules.PROMPT_WITHOUT_NBGRADER.code, cell.index, tuple(edits), f"set {shown}")
    if mine.grade_id != prompt.id and prompt.id not in others:
        edit = Edit(cell.index, (*at, "grade_id"), str(prompt.id))
        said = f"set the grade_id to {prompt.id}; it was {mine.grade_id}"
        yield Fix(rules.GRADE_ID_UNLIKE_PROMPT.code, cell.index, (edit,), said)
    if points is not None and mine.grade and mine.points != points:
        edit = Edit(cell.index, (*at, "points"), points)
        yield Fix(
            rules.POINTS_UNLIKE_RUBRIC.code,
            cell.index,
            (edit,),
            f"set the points to {points}, as its rubric has",
        )


def _call(cell: Cell, prompt: Prompt) -> Iterator[Fix]:
    if prompt.kind.in_notebook or is_its_call(cell.source, prompt):
        return
    call = f'ck.{prompt.kind.value}("{prompt.id}")'
    source = _with_call(cell.source, call)
    if source is not None:
        edit = Edit(cell.index, ("source",), source)
        yield Fix(rules.NOT_ITS_CALL.code, cell.index, (edit,), f"made it {call}")


def _with_call(source: str, call: str) -> str | None:
    """The source with its one call of ours replaced; none when something else stands there, an author's own."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return None
    if not body:
        return f"{source.rstrip()}\n{call}" if source.strip() else call
    only = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
    if not isinstance(only, ast.Call) or not re.fullmatch(r"ck\.\w+", ast.unparse(only.func)):
        return None
    if any(not isinstance(a, ast.Constant) for a in only.args) or only.keywords:
        return None
    segment = ast.get_source_segment(source, only)
    if segment is None:
        return None
    # Python counts columns in bytes, and what the call says may stand in a comment as well.
    lines = source.splitlines(keepends=True)
    start = sum(map(len, lines[: only.lineno - 1]))
    start += len(lines[only.lineno - 1].encode()[: only.col_offset].decode())
    return source[:start] + call + source[start + len(segment) :]
