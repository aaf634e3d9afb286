"""What is wrong in a module, by what its notebook did when it was run. All values: nothing is run here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from coursekit.lint import catalog as rules
from coursekit.lint.catalog import Material
from coursekit.lint.finding import Finding
from coursekit.lint.rule import Rule
from coursekit.model.edition import Edition
from coursekit.model.notebook import Cell

_TAIL = 6
_SHORT = 60
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_HERE = re.compile(r"^(?:Cell|File) In\s?\[\d+\], line (\d+)")
_MEND = "Run all cells of the master from the top and mend that one."


@dataclass(frozen=True)
class Failure:
    """A cell that failed."""

    cell_id: str
    said: str
    """The error's name and its first line."""
    traceback: tuple[str, ...] = ()


def fails(material: Material, failure: Failure) -> Finding:
    """In the author's notebook as it stands."""
    return _failed(rules.CELL_FAILS, material, failure, "This cell fails", _MEND)


def fails_for_learners(material: Material, failure: Failure) -> Finding:
    """In what learners get, with every answer right."""
    return _failed(
        rules.LEARNER_CELL_FAILS,
        material,
        failure,
        "This cell fails in what learners get, with every answer right",
        "What it needs must stand in a cell that learners have, not in a reveal's or a faculty note's code.",
    )


def cannot_run(material: Material, detail: str, next_step: str) -> Finding:
    """What is no cell's fault, or nobody knows whose."""
    return rules.CANNOT_RUN.at(material.notebook_file, None, detail, next_step)


def stops(finding: Finding) -> bool:
    """Whether the run ended there, so that nobody knows what comes after it."""
    return finding.code in (rules.CELL_FAILS.code, rules.CANNOT_RUN.code)


def in_edition(finding: Finding, material: Material, edition: Edition) -> Finding:
    """The same, said of an edition: the module's own has not got it."""
    module = material.module.id
    said = f"{finding.message[:1].lower()}{finding.message[1:]}"
    if edition.language:
        # The line would be the translation's.
        hint = f"Mend it in modules/{module}/translations/{edition.language}.po. {finding.hint}"
        return replace(finding, message=f"In the language {edition.language} {said}", hint=hint, line=None)
    hint = f"It runs with the module's own parameters: look at those in course.yml as well. {finding.hint}"
    return replace(finding, message=f"In the variant {edition.variant} {said}", hint=hint)


def too_long(module: str, seconds: float) -> Finding:
    """A module that was stopped."""
    return rules.TOO_LONG.at(
        f"modules/{module}/{module}.ipynb",
        None,
        f"The module was not through after {seconds:g} seconds, and was stopped.",
        "Prepare the data beforehand and put it into the case's exhibits, or allow more with --time-limit.",
    )


def given_up(module: str, detail: str) -> Finding:
    """A run that ended without a word."""
    return rules.CANNOT_RUN.at(
        f"modules/{module}/{module}.ipynb",
        None,
        f"The run ended without a result: {detail}.",
        "Run it again by itself: coursekit build; most often a cell took all of the memory.",
    )


def differ(material: Material, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Finding]:
    """For each cell whose outputs are not the same in two runs of one notebook."""
    earlier = {cell["id"]: cell for cell in before["cells"]}
    for cell in after["cells"]:
        first = earlier.get(cell["id"], {}).get("outputs")
        if first != cell.get("outputs"):
            yield rules.OTHER_EACH_TIME.at(
                material.notebook_file,
                find_cell(material, cell["id"]),
                f"Run twice, this cell's outputs differ{_first_difference(first, cell.get('outputs'))}.",
                "Give chance a seed and time a date of its own; sort what has no order.",
            )


def passing(material: Material, stubbed: Mapping[str, Any]) -> Iterator[Finding]:
    """For each graded test that passes although nobody answered. `stubbed` was run past its errors."""
    for ran in stubbed["cells"]:
        cell = find_cell(material, ran["id"])
        if cell is not None and is_test(cell) and not _costs_all(ran.get("outputs", [])):
            points = cell.nbgrader.points if cell.nbgrader is not None else 0
            yield rules.PASSES_UNANSWERED.at(
                material.notebook_file,
                cell,
                f"This test passes on the learners' stub: its {points:g} points are for nothing.",
                "Test what the learner is to write; or allow it here, with the reason.",
            )


def first_failure(ran: Mapping[str, Any]) -> Failure | None:
    """The first cell with an error among its outputs."""
    for cell in ran["cells"]:
        for output in cell.get("outputs", []):
            if output.get("output_type") == "error":
                said = f"{output.get('ename', 'Error')}: {output.get('evalue', '')}".rstrip(": ")
                return Failure(cell["id"], said.split("\n")[0], plain_lines(output.get("traceback", ())))
    return None


def is_test(cell: Cell) -> bool:
    """Whether a machine marks it: graded, and no place for an answer."""
    mark = cell.nbgrader
    return (
        cell.cell_type == "code"
        and mark is not None
        and mark.grade
        and not mark.solution
        and bool(mark.points)
    )


def find_cell(material: Material, cell_id: str) -> Cell | None:
    """The author's cell of that id; none for what a build adds."""
    return next((c for c in material.notebook.cells if c.id == cell_id), None)


def _failed(rule: Rule, material: Material, failure: Failure, what: str, hint: str) -> Finding:
    tail = failure.traceback[-_TAIL:]
    told = "\n".join([f"{hint} The traceback ends:", *(f"  {line}" for line in tail)]) if tail else hint
    lines = (m[1] for line in failure.traceback if (m := _HERE.match(line)))
    # The first frame is the cell's own; those after it are of what it called.
    line = next(lines, None)
    said = failure.said if failure.said.endswith((".", "!", "?")) else f"{failure.said}."
    cell = find_cell(material, failure.cell_id)
    return rule.at(material.notebook_file, cell, f"{what}: {said}", told, line=int(line) if line else None)


def _costs_all(outputs: list[Mapping[str, Any]]) -> bool:
    """Whether nbgrader would give no points for it: an error, or the number 0 as the result."""
    for output in outputs:
        if output.get("output_type") == "error":
            return True
        if output.get("output_type") == "execute_result":
            try:
                return float(_text(output["data"]["text/plain"])) == 0
            except (KeyError, ValueError):
                return False
    return False


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "".join(value)


def plain_lines(traceback: Sequence[str]) -> tuple[str, ...]:
    """A traceback's lines, without colours, rules and empty ones."""
    lines = _COLOUR.sub("", "\n".join(traceback)).splitlines()
    return tuple(line.rstrip() for line in lines if line.strip(" -") and "Traceback (most recent" not in line)


def _first_difference(before: Any, after: Any) -> str:
    """Where, in a few words; nothing where no short line of text says it."""
    for one, other in zip(_lines(before), _lines(after), strict=False):
        if one != other and max(len(one), len(other)) <= _SHORT:
            return f": “{one}”, then “{other}”"
    return ""


def _lines(outputs: Any) -> list[str]:
    texts = (o.get("text") or o.get("data", {}).get("text/plain") or "" for o in outputs or ())
    return [line.strip() for text in texts for line in _text(text).splitlines()]
