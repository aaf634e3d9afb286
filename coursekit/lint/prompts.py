"""Rules about prompts, their rubrics and their exemplars."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from coursekit.lint import catalog as rules
from coursekit.lint.catalog import Material
from coursekit.lint.finding import Finding
from coursekit.lint.silence import without_silences
from coursekit.model.notebook import Cell, Notebook, Reveal
from coursekit.model.prompt import Choice, Prompt, PromptKind
from coursekit.model.rubric import Exemplar, Rubric

ENOUGH_EXEMPLARS = 8


def prompt_findings(material: Material) -> Iterator[Finding]:
    """What is wrong with the prompts themselves."""
    file = material.notebook_file
    seen: dict[str, Cell] = {}
    revealed = {reveal.after for _, reveal in material.notebook.reveals()}
    for cell, prompt in material.notebook.prompts():
        first = seen.setdefault(prompt.id, cell)
        if first is not cell:
            yield rules.DUPLICATE_PROMPT.at(
                file,
                cell,
                f"Cell {first.index} is the prompt {prompt.id} as well.",
                "Give this prompt another id, in its metadata, its call and its grade_id.",
            )
        yield from _nbgrader(file, cell, prompt)
        if not prompt.kind.in_notebook and not is_its_call(cell.source, prompt):
            yield rules.NOT_ITS_CALL.at(
                file,
                cell,
                f"The cell of the {_kind(prompt)} {prompt.id} must hold its call and nothing else.",
                f'Make its source ck.{prompt.kind.value}("{prompt.id}").',
            )
        if not question_of(material.notebook, cell, prompt):
            yield rules.NO_QUESTION.at(
                file,
                cell,
                f"The prompt {prompt.id} has no question.",
                "Write it in the markdown cell just before, or as “question” in the metadata.",
            )
        for competency in prompt.competencies:
            if competency not in material.competencies:
                yield rules.UNKNOWN_COMPETENCY.at(
                    file,
                    cell,
                    f"The prompt {prompt.id} names the competency {competency}, which course.yml does not.",
                    f"The competencies there are: {_listed(material.competencies)}.",
                )
        yield from _rubric(material, cell, prompt)
        if prompt.required and prompt.id not in revealed:
            yield rules.NO_REVEAL.at(
                file,
                cell,
                f"Nothing is revealed after the required prompt {prompt.id}.",
                f'Add a cell with {{"reveal": {{"after": "{prompt.id}"}}}}, or set "required": false.',
            )


def exemplar_findings(material: Material) -> Iterator[Finding]:
    """What is wrong with the sample answers."""
    file = material.exemplars_file
    prompts = {prompt.id: prompt for _, prompt in material.notebook.prompts()}
    seen: set[str] = set()
    for exemplar in material.exemplars:
        if exemplar.id in seen:
            yield rules.DUPLICATE_EXEMPLAR.at(
                file,
                None,
                f"Two exemplars have the id {exemplar.id}.",
                "Give one of them another id.",
                line=material.exemplar_line(exemplar.id),
            )
        seen.add(exemplar.id)
        prompt = prompts.get(exemplar.prompt)
        if prompt is None:
            yield rules.EXEMPLAR_FOR_UNKNOWN.at(
                file,
                None,
                f"The exemplar {exemplar.id} answers {exemplar.prompt}, and there is no such prompt.",
                f"The prompts there are: {', '.join(prompts) or 'none yet'}.",
                line=material.exemplar_line(exemplar.id),
            )
            continue
        problem = _response_problem(prompt, exemplar.response)
        if problem is not None:
            yield rules.RESPONSE_UNLIKE_KIND.at(
                file,
                None,
                f"The response of the exemplar {exemplar.id} {problem}.",
                f"docs/module-format.md has the response of the kind {prompt.kind.value}.",
                line=material.exemplar_line(exemplar.id),
            )
        rubric = material.rubrics.get(prompt.rubric or "")
        if rubric is not None:
            yield from _marks(material, exemplar, rubric)
        elif exemplar.marks and prompt.rubric is None:
            yield rules.MARKS_UNLIKE_RUBRIC.at(
                file,
                None,
                f"The exemplar {exemplar.id} has marks, and its prompt {prompt.id} has no rubric.",
                "Take the marks out, or name a rubric in the prompt's metadata.",
                line=material.exemplar_line(exemplar.id),
            )
    for cell, prompt in material.notebook.prompts():
        count = sum(e.prompt == prompt.id for e in material.exemplars)
        if is_prose(prompt) and count < ENOUGH_EXEMPLARS:
            yield rules.FEW_EXEMPLARS.at(
                material.notebook_file,
                cell,
                f"The prompt {prompt.id} has {count} of the {ENOUGH_EXEMPLARS} exemplars it should have.",
                f"Add sample answers to {file}, from weak to excellent, with your marks.",
            )


def is_its_call(source: str, prompt: Prompt) -> bool:
    """Whether the source is `ck.<kind>("<id>")` and nothing else; comments do not count."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return False
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        return False
    want = ast.parse(f"ck.{prompt.kind.value}({str(prompt.id)!r})", mode="eval").body
    return ast.dump(body[0].value) == ast.dump(want)


def question_of(notebook: Notebook, cell: Cell, prompt: Prompt) -> str:
    """What the prompt asks: its own words, or the nearest markdown cell before it without its heading."""
    if prompt.question.strip():
        return prompt.question.strip()
    before = question_cell(notebook, cell)
    return without_heading(without_silences(before.source)) if before is not None else ""


def question_cell(notebook: Notebook, cell: Cell) -> Cell | None:
    """The markdown cell that leads to a prompt's cell; none when something else stands between."""
    for before in reversed(notebook.cells[: cell.index - 1]):
        if isinstance(before.role, Prompt | Reveal):
            # What stands above another prompt or a reveal was said about something else.
            return None
        if before.cell_type == "markdown" and before.role is None:
            return before
    return None


def without_heading(source: str) -> str:
    """A markdown text without the heading on top of it; a text that is only a heading stays."""
    text = source.strip()
    first, _, rest = text.partition("\n")
    return rest.strip() if first.startswith("#") and rest.strip() else text.lstrip("#").strip()


def type_of(prompt: Prompt) -> str:
    """The cell type that the prompt's kind needs."""
    return "markdown" if prompt.kind is PromptKind.REFLECTION else "code"


def flags_of(prompt: Prompt) -> dict[str, bool]:
    """The nbgrader flags that the prompt's kind needs."""
    return {
        "solution": prompt.kind.in_notebook,
        "grade": prompt.kind is PromptKind.REFLECTION,
        "locked": not prompt.kind.in_notebook,
        "task": False,
    }


def _nbgrader(file: str, cell: Cell, prompt: Prompt) -> Iterator[Finding]:
    wanted_type, flags = type_of(prompt), flags_of(prompt)
    words = " and ".join(name for name, value in flags.items() if value)
    mine = cell.nbgrader
    if cell.cell_type != wanted_type:
        yield rules.PROMPT_WITHOUT_NBGRADER.at(
            file,
            cell,
            f"The {_kind(prompt)} {prompt.id} stands on a {cell.cell_type} cell.",
            f"Change the cell's type to {wanted_type}.",
        )
    if mine is None:
        yield rules.PROMPT_WITHOUT_NBGRADER.at(
            file,
            cell,
            f"The cell of the {_kind(prompt)} {prompt.id} has no nbgrader metadata.",
            f"Make it a {words} cell with the grade_id {prompt.id}.",
        )
        return
    if any(getattr(mine, name) != value for name, value in flags.items()):
        yield rules.PROMPT_WITHOUT_NBGRADER.at(
            file,
            cell,
            f"The cell of the {_kind(prompt)} {prompt.id} is another kind of nbgrader cell.",
            f"Set {words} to true in its nbgrader metadata, and the other flags to false.",
        )
    if mine.grade_id != prompt.id:
        yield rules.GRADE_ID_UNLIKE_PROMPT.at(
            file,
            cell,
            f"The prompt {prompt.id} has the grade_id {mine.grade_id}.",
            f"Make the grade_id {prompt.id} as well.",
        )


def _rubric(material: Material, cell: Cell, prompt: Prompt) -> Iterator[Finding]:
    if prompt.rubric is None:
        return
    rubric = material.rubrics.get(prompt.rubric)
    if rubric is None:
        yield rules.UNKNOWN_RUBRIC.at(
            material.notebook_file,
            cell,
            f"The prompt {prompt.id} names the rubric {prompt.rubric}, which rubrics.yml does not have.",
            f"The rubrics there are: {_listed(material.rubrics)}.",
        )
        return
    mine = cell.nbgrader
    if mine is not None and mine.grade and mine.points != rubric.points:
        shown = "no" if mine.points is None else f"{mine.points:g}"
        yield rules.POINTS_UNLIKE_RUBRIC.at(
            material.notebook_file,
            cell,
            f"The prompt {prompt.id} has {shown} points; its rubric {rubric.name} has {rubric.points}.",
            f"Set the nbgrader points to {rubric.points}, or change the rubric's levels.",
        )


def _marks(material: Material, exemplar: Exemplar, rubric: Rubric) -> Iterator[Finding]:
    file = material.exemplars_file
    for criterion in rubric.criteria:
        if criterion.id not in exemplar.marks:
            yield rules.MARKS_UNLIKE_RUBRIC.at(
                file,
                None,
                f"The exemplar {exemplar.id} has no mark for {criterion.id}.",
                f"Give it one of the levels {_listed(criterion.levels)}.",
                line=material.exemplar_line(exemplar.id),
            )
    for name, level in exemplar.marks.items():
        found = rubric.find_criterion(name)
        if found is None:
            yield rules.MARKS_UNLIKE_RUBRIC.at(
                file,
                None,
                f"The exemplar {exemplar.id} has a mark for {name}, which the rubric {rubric.name} does not.",
                f"Its criteria are: {', '.join(c.id for c in rubric.criteria)}.",
                line=material.exemplar_line(exemplar.id),
            )
        elif level not in found.levels:
            yield rules.MARKS_UNLIKE_RUBRIC.at(
                file,
                None,
                f"The exemplar {exemplar.id} has {level} for {name}, and there is no such level.",
                f"The levels there are: {_listed(found.levels)}.",
                line=material.exemplar_line(exemplar.id),
            )


def _response_problem(prompt: Prompt, response: Mapping[str, Any]) -> str | None:
    """What is wrong with the shape, as the rest of a sentence. A weak answer is still an answer."""
    texts, others = _SHAPES[prompt.kind]
    for name in (*texts, *others):
        if name not in response and name != "reason":
            return f"has no “{name}”"
    for name in response:
        if name not in (*texts, *others):
            return f"has “{name}”, which is not part of it"
    for name in texts:
        if name in response and not isinstance(response[name], str):
            return f"has a “{name}” that is not text"
    check = _SHAPE_CHECKS.get(prompt.kind)
    return check(prompt, response) if check is not None else None


def _choice(prompt: Prompt, response: Mapping[str, Any]) -> str | None:
    return None if response["choice"] in {o.id for o in prompt.options} else "chooses what is no option"


def _value(prompt: Prompt, response: Mapping[str, Any]) -> str | None:
    value = response["value"]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "has a “value” that is not a number"
    low, high = prompt.minimum, prompt.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        return f"has a “value” outside {low:g} to {high:g}"
    return None


def _level(prompt: Prompt, response: Mapping[str, Any]) -> str | None:
    return None if _on_scale(prompt, response["level"]) else "has a “level” that is not on the scale"


def _levels(prompt: Prompt, response: Mapping[str, Any]) -> str | None:
    levels = response["levels"]
    problem = _keys_problem("levels", levels, prompt.items)
    if problem is None and not all(_on_scale(prompt, level) for level in levels.values()):
        return "has “levels” that are not on the scale"
    return problem


def _fields(prompt: Prompt, response: Mapping[str, Any]) -> str | None:
    texts = response["fields"]
    problem = _keys_problem("fields", texts, prompt.fields)
    if problem is None and not all(isinstance(text, str) for text in texts.values()):
        return "has “fields” that are not text"
    return problem


def _keys_problem(name: str, value: Any, wanted: tuple[Choice, ...]) -> str | None:
    ids = [w.id for w in wanted]
    if not isinstance(value, Mapping) or set(value) != set(ids):
        return f"must have in “{name}” exactly {', '.join(ids)}"
    return None


def _on_scale(prompt: Prompt, level: Any) -> bool:
    return isinstance(level, int) and not isinstance(level, bool) and 1 <= level <= len(prompt.scale)


# For each kind the fields that are text, and the others. A reason may be left out of a sample.
_SHAPES: dict[PromptKind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    PromptKind.REFLECTION: (("text",), ()),
    PromptKind.ANALYSIS: (("code",), ()),
    PromptKind.DECISION: (("choice", "reason"), ()),
    PromptKind.ESTIMATE: (("reason",), ("value",)),
    PromptKind.CONFIDENCE: ((), ("level",)),
    PromptKind.SELF_ASSESSMENT: ((), ("levels",)),
    PromptKind.PLAN: ((), ("fields",)),
}
_SHAPE_CHECKS = {
    PromptKind.DECISION: _choice,
    PromptKind.ESTIMATE: _value,
    PromptKind.CONFIDENCE: _level,
    PromptKind.SELF_ASSESSMENT: _levels,
    PromptKind.PLAN: _fields,
}


def is_prose(prompt: Prompt) -> bool:
    """Whether its answers are written, and marked by a rubric or by hand."""
    return prompt.kind is PromptKind.REFLECTION or (
        prompt.kind is PromptKind.PLAN and prompt.rubric is not None
    )


def _kind(prompt: Prompt) -> str:
    return prompt.kind.value.replace("_", " ")


def _listed(names: Any) -> str:
    return ", ".join(str(n) for n in sorted(names)) or "none yet"
