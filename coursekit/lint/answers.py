"""Rules about the number that a reveal says to an estimate, for the plan of a discussion."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isclose

from coursekit.lint import catalog as rules
from coursekit.lint.catalog import Material
from coursekit.lint.finding import Finding
from coursekit.lint.visible import without_comments
from coursekit.model.ids import PromptId
from coursekit.model.notebook import Cell, Reveal
from coursekit.model.prompt import Prompt, PromptKind

_FIGURE = re.compile(r"(?<![\w.,])[-−]?\d+(?:[.,\u202f\u00a0 ]\d+)*")
_TIMES = (100, 1000, 60)
_PER_CENT = frozenset({"%", "percent", "per", "prozent", "pct"})


def answer_findings(material: Material) -> Iterator[Finding]:
    """Answers that their prompt cannot take, and estimates that have none."""
    file = material.notebook_file
    asked = {prompt.id: prompt for _, prompt in material.notebook.prompts()}
    reveals: dict[PromptId, list[tuple[Cell, Reveal]]] = {}
    for cell, reveal in material.notebook.reveals():
        reveals.setdefault(reveal.after, []).append((cell, reveal))
    for name, told in reveals.items():
        prompt = asked.get(name)
        answered = [(cell, reveal.answer) for cell, reveal in told if reveal.answer is not None]
        if prompt is None:
            # Nobody knows what it answers; that the prompt is missing is a finding of its own.
            continue
        for cell, answer in answered:
            problem = _problem(prompt, answer, answered[0], [c for c, _ in told])
            if problem is not None:
                yield rules.ANSWER_UNLIKE_ESTIMATE.at(file, cell, *problem)
        if prompt.kind is PromptKind.ESTIMATE and not answered:
            yield rules.ESTIMATE_WITHOUT_ANSWER.at(
                file,
                told[0][0],
                f"No reveal after {name} says the estimate's answer as a number.",
                'Add "answer" to this reveal\'s metadata, for the plan of the discussion, or allow it.',
            )


def _problem(
    prompt: Prompt, answer: float, first: tuple[Cell, float], cells: list[Cell]
) -> tuple[str, str] | None:
    """What is wrong with it, and what to do."""
    if prompt.kind is not PromptKind.ESTIMATE:
        kind = prompt.kind.value.replace("_", " ")
        return (
            f"This reveal says the answer {answer:g}, and {prompt.id} is no estimate but of the kind {kind}.",
            'Take "answer" out of its metadata, or name the estimate in “after”.',
        )
    low, high = prompt.minimum, prompt.maximum
    if (low is not None and answer < low) or (high is not None and answer > high):
        shown = " to ".join(f"{end:g}" if end is not None else "no end" for end in (low, high))
        return (
            f"This reveal says the answer {answer:g}, and {prompt.id} takes {shown}: nobody could give it.",
            "Mend the answer, or make the estimate's min and max wider.",
        )
    if answer != first[1]:
        return (
            f"This reveal says the answer {answer:g}, and cell {first[0].index} says {first[1]:g} to {prompt.id}.",
            "Say it once, in one of them.",
        )
    other = _in_its_unit(prompt, answer, cells)
    if other is not None:
        return (
            f"This reveal says the answer {answer:g}, and the text says {other} {prompt.unit} to {prompt.id}.",
            "Give the answer in the estimate's own unit.",
        )
    return None


def _in_its_unit(prompt: Prompt, answer: float, cells: list[Cell]) -> str | None:
    """The figure in the text, where `answer` is the same in another unit; none where there is no telling."""
    words = prompt.unit.split()
    if not words or not answer:
        return None
    wanted = _PER_CENT if words[0].lower() in _PER_CENT else {words[0].lower()}
    factors = [*_TIMES, *(1 / times for times in _TIMES)]
    found = None
    for cell in cells:
        text = without_comments(cell.source) if cell.cell_type == "markdown" else ""
        for figure in _FIGURE.finditer(text):
            readings = _readings(figure[0])
            if any(isclose(number, answer) for number in readings):
                return None
            after = re.match(r"[\s*_]*(%|\w+)", text[figure.end() :])
            scaled = any(isclose(number, answer * factor) for number in readings for factor in factors)
            if found is None and scaled and after is not None and after[1].lower() in wanted:
                found = figure[0]
    return found


def _readings(figure: str) -> set[float]:
    """4,260 is a number of thousands in English, and a little more than four in German."""
    plain = re.sub(r"[\u202f\u00a0 ]", "", figure).replace("−", "-")
    read = set()
    for thousands, point in ((",", "."), (".", ",")):
        try:
            read.add(float(plain.replace(thousands, "").replace(point, ".")))
        except ValueError:
            continue
    return read
