"""A pilot as its file holds it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from coursekit.model.errors import BadInput
from coursekit.model.ids import PromptId
from coursekit.model.pilot import Asked, Pilot
from coursekit.wire.authoring import RubricShape, rubric_of, rubric_to_json

SCHEMA = "coursekit.pilot/1"


def pilot_to_json(pilot: Pilot) -> dict[str, Any]:
    """What `pilot_from_json` reads back as the same value."""
    return {
        "schema": SCHEMA,
        "name": pilot.name,
        "module": pilot.module,
        "graders": list(pilot.graders),
        "seed": pilot.seed,
        "begun": pilot.begun,
        "left_out": dict(pilot.left_out),
        "prompts": [
            {
                "id": p.id,
                "title": p.title,
                "question": p.question,
                "rubric": {"name": p.rubric.name, **rubric_to_json(p.rubric)},
            }
            for p in pilot.prompts
        ],
        "answers": dict(pilot.answers),
    }


def pilot_from_json(value: Mapping[str, Any]) -> Pilot:
    """The pilot that this file is about. Raises BadInput when it is not one."""
    try:
        if value["schema"] != SCHEMA:
            raise ValueError(value["schema"])
        prompts = tuple(_asked(p) for p in value["prompts"])
        answers = {str(k): PromptId(str(v)) for k, v in value["answers"].items()}
        if not set(answers.values()) <= {p.id for p in prompts}:
            raise ValueError("answers")
        return Pilot(
            str(value["name"]),
            str(value["module"]),
            tuple(str(g) for g in value["graders"]),
            int(value["seed"]),
            str(value["begun"]),
            prompts,
            answers,
            {str(k): int(v) for k, v in value["left_out"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError, ValidationError) as error:
        raise BadInput(
            "broken-file",
            "The pilot's pilot.json cannot be read: it is damaged, or of another version.",
            "Begin another pilot; the forms of this one are still there.",
        ) from error


def _asked(value: Mapping[str, Any]) -> Asked:
    rubric = dict(value["rubric"])
    name = str(rubric.pop("name"))
    # JSON's keys are texts, and levels are numbers.
    rubric["criteria"] = [
        {**c, "levels": {int(level): text for level, text in c["levels"].items()}} for c in rubric["criteria"]
    ]
    return Asked(
        PromptId(str(value["id"])),
        str(value["title"]),
        str(value["question"]),
        rubric_of(name, RubricShape.model_validate(rubric)),
    )


def to_bytes(value: Mapping[str, Any]) -> bytes:
    """As the pilot's files have it: readable, and the same each time."""
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")
