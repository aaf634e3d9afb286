"""The basis of the reference modules' reflections, read from their masters as a build would give it."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import yaml

from coursekit.lint.prompts import without_heading
from coursekit.model.ids import Digest, PromptId
from coursekit.model.prompt import PromptKind
from coursekit.model.reflection import Basis, Marked
from coursekit.model.rubric import Auto, Exemplar, Rubric, Rule
from coursekit.model.submission import sha256
from coursekit.store.authored import read_course
from coursekit.wire.authoring import RubricShape, rubric_of
from support.reference import ROOT

_RULES = {
    "spike-at-65/p2": Rule(all_of=("evidence", "position")),
    "spike-at-65/p6": Rule(all_of=("evidence", "position")),
    "spike-at-65/p7": Rule(all_of=("practice", "position")),
    "small-classes/p1": Rule(all_of=("evidence", "position")),
    "small-classes/p5": Rule(all_of=("evidence", "position")),
}
CASES = {str(m.id): str(m.case) for m in read_course(ROOT).modules}
PROSE = tuple(_RULES)
"""The reflections that thresholds were chosen with: `module/prompt`."""


@cache
def basis(prompt: str, *, automatic: bool = True) -> Basis:
    """Of `module/prompt`. `automatic`: the author allows an auto-pass, as attacks need it."""
    module, _, wanted = prompt.partition("/")
    told, questions = _notebook(module)
    question, title, rubric_name, min_words = questions[wanted]
    rubric = _rubrics(module)[rubric_name]
    if automatic and rubric.decision.auto is Auto.NONE:
        decision = replace(rubric.decision, auto=Auto.ADEQUATE_ATTEMPT, rule=_RULES[prompt])
        rubric = replace(rubric, decision=decision)
    case = (ROOT / "cases" / CASES[module] / "case.md").read_text(encoding="utf-8")
    return Basis(
        PromptId(wanted),
        title,
        question,
        rubric,
        "en",
        (case, *told),
        tuple(asked for name, (asked, *_) in questions.items() if name != wanted),
        min_words,
        Digest(sha256(prompt.encode())),
    )


@cache
def every_prose() -> tuple[str, ...]:
    """Every reflection of the reference course that has exemplars."""
    asked = (f"{module}/{prompt}" for module in CASES for prompt in _notebook(module)[1])
    return tuple(prompt for prompt in asked if exemplars(prompt))


@cache
def exemplars(prompt: str) -> tuple[Marked, ...]:
    """What the module's authors have marked."""
    module, _, wanted = prompt.partition("/")
    text = (ROOT / "modules" / module / "exemplars.yml").read_text(encoding="utf-8")
    return tuple(
        Marked.of(
            Exemplar(e["id"], PromptId(wanted), e["response"], e.get("marks", {}), adequate=e.get("adequate"))
        )
        for e in yaml.safe_load(text)["exemplars"]
        if e["prompt"] == wanted and "text" in e["response"]
    )


@cache
def model_answer(prompt: str) -> str:
    """The author's own solution, which no learner has seen."""
    module, _, wanted = prompt.partition("/")
    return next(_source(c) for c in _cells(module) if _ours(c).get("prompt", {}).get("id") == wanted)


@cache
def _notebook(module: str) -> tuple[tuple[str, ...], dict[str, tuple[str, str, str, int]]]:
    told: list[str] = []
    asked: dict[str, tuple[str, str, str, int]] = {}
    before = ""
    for cell in _cells(module):
        ours = _ours(cell)
        prompt = ours.get("prompt")
        if prompt:
            question = prompt.get("question") or before
            if prompt["kind"] == PromptKind.REFLECTION or prompt.get("question"):
                asked[prompt["id"]] = (
                    question,
                    prompt["title"],
                    prompt.get("rubric", ""),
                    prompt.get("min_words", 0),
                )
        elif cell["cell_type"] == "markdown" and not ours.get("faculty"):
            told.append(_source(cell))
            if not ours.get("reveal"):
                before = without_heading(_source(cell))
    return tuple(told), asked


@cache
def _rubrics(module: str) -> dict[str, Rubric]:
    text = (ROOT / "modules" / module / "rubrics.yml").read_text(encoding="utf-8")
    shapes = yaml.safe_load(text)["rubrics"]
    return {name: rubric_of(name, RubricShape.model_validate(shape)) for name, shape in shapes.items()}


@cache
def _cells(module: str) -> tuple[dict[str, Any], ...]:
    path = ROOT / "modules" / module / f"{module}.ipynb"
    return tuple(json.loads(path.read_text(encoding="utf-8"))["cells"])


def _ours(cell: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = cell["metadata"].get("coursekit") or {}
    return found


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])
