"""checks.json: what the checks of reflections need of the author's side. It stays with faculty and the exchange."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from coursekit.model.course import Course, Module
from coursekit.model.errors import BadInput
from coursekit.model.ids import Digest, PromptId
from coursekit.model.prompt import Prompt, PromptKind
from coursekit.model.reflection import Basis
from coursekit.model.rubric import Rubric
from coursekit.model.submission import canonical, sha256
from coursekit.wire.authoring import RubricShape, rubric_of, rubric_to_json
from coursekit.wire.prompts import prompt_from_json, prompt_to_json

SCHEMA = "coursekit.checks/1"


def checks_file(
    course: Course,
    module: Module,
    prompts: Sequence[Prompt],
    rubrics: Mapping[str, Rubric],
    case: Sequence[str],
) -> bytes:
    """checks.json of a module. `case`: the texts that a learner could copy from."""
    return canonical(
        {
            "schema": SCHEMA,
            "course": course.id,
            "module": module.id,
            "language": course.language,
            "prompts": [prompt_to_json(p) for p in prompts],
            "rubrics": {name: rubric_to_json(rubric) for name, rubric in rubrics.items()},
            "case": list(case),
        }
    )


def parse_checks(content: bytes) -> Mapping[PromptId, Basis]:
    """The basis of each reflection of a module. Raises BadInput when the file is not one."""
    try:
        value = json.loads(content)
        if value["schema"] != SCHEMA:
            raise ValueError(value["schema"])
        prompts = [prompt_from_json(p) for p in value["prompts"]]
        # JSON's keys are texts, and levels are numbers.
        rubrics = {
            name: rubric_of(name, RubricShape.model_validate(_numbered(shape)))
            for name, shape in value["rubrics"].items()
        }
        case = tuple(str(text) for text in value["case"])
        language = str(value["language"])
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError, RecursionError) as error:
        raise BadInput(
            "broken-file", "checks.json cannot be read.", "Build the module again: coursekit build MODULE."
        ) from error
    return {
        prompt.id: _basis(prompt, rubrics.get(prompt.rubric or ""), prompts, language, case)
        for prompt in prompts
        if prompt.kind is PromptKind.REFLECTION
    }


def _basis(
    prompt: Prompt, rubric: Rubric | None, prompts: Sequence[Prompt], language: str, case: tuple[str, ...]
) -> Basis:
    rubric = rubric or Rubric("", "", ())
    siblings = tuple(p.question for p in prompts if p.id != prompt.id)
    spoken = rubric.language or language
    digest = sha256(
        canonical([prompt_to_json(prompt), rubric.name, rubric_to_json(rubric), siblings, spoken, case])
    )
    return Basis(
        prompt.id,
        prompt.title,
        prompt.question,
        rubric,
        spoken,
        case,
        siblings,
        prompt.min_words,
        Digest(digest),
    )


def _numbered(shape: Mapping[str, Any]) -> dict[str, Any]:
    criteria = [
        {**criterion, "levels": {int(level): text for level, text in criterion["levels"].items()}}
        for criterion in shape["criteria"]
    ]
    return {**shape, "criteria": criteria}
