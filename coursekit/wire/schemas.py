"""The JSON Schemas in docs/schemas, made from what reads the files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from coursekit.model.ids import SLUG_RULE
from coursekit.model.prompt import PromptKind
from coursekit.wire.authoring import (
    CheckCell,
    CourseShape,
    ExemplarsShape,
    FacultyCell,
    RevealCell,
    RubricsShape,
)

# The tables behind prompt_from_json: schema and reader cannot drift apart.
from coursekit.wire.prompts import _COMMON, _RULES

_CHOICE = {
    "type": "object",
    "properties": {"id": {"type": "string", "minLength": 1}, "label": {"type": "string", "minLength": 1}},
    "required": ["id", "label"],
    "additionalProperties": False,
}
_TEXT = {"type": "string", "minLength": 1}
_FIELDS: dict[str, dict[str, Any]] = {
    "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,63}$", "description": SLUG_RULE},
    "title": _TEXT,
    "question": _TEXT,
    "minutes": {"type": "number", "exclusiveMinimum": 0, "default": 5},
    "required": {"type": "boolean"},
    "competencies": {"type": "array", "items": _TEXT, "description": "Ids from course.yml."},
    "rubric": {**_TEXT, "type": ["string", "null"], "description": "A name in rubrics.yml."},
    "min_words": {"type": "integer", "minimum": 0},
    "max_words": {"type": ["integer", "null"], "minimum": 0},
    "options": {"type": "array", "items": _CHOICE, "minItems": 2},
    "items": {"type": "array", "items": _CHOICE, "minItems": 1},
    "fields": {
        "type": "array",
        "minItems": 1,
        "items": {
            **_CHOICE,
            "properties": {**_CHOICE["properties"], "min_words": {"type": "integer", "minimum": 0}},  # type: ignore[dict-item]
        },
    },
    "scale": {"type": "array", "items": _TEXT, "minItems": 3, "maxItems": 7},
    "unit": {"type": "string"},
    "min": {"type": "number"},
    "max": {"type": "number"},
    "step": {"type": ["number", "null"], "exclusiveMinimum": 0},
}


def prompt_schema() -> dict[str, Any]:
    """The JSON Schema of a prompt, one branch for each kind."""
    branches = []
    for kind in PromptKind:
        rules = _RULES[kind]
        properties: dict[str, Any] = {name: dict(_FIELDS.get(name, {})) for name in (*_COMMON, *rules.own)}
        properties["kind"] = {"const": kind.value}
        properties["required"]["default"] = rules.required
        for name, default in (("min_words", rules.min_words), ("max_words", rules.max_words)):
            if name in rules.own:
                properties[name]["default"] = default
        required = ["id", "kind", "title", *rules.needs]
        if kind.in_notebook:
            # Left out, the markdown cell just before is the question.
            properties["question"] = {"type": "string"}
        else:
            required.append("question")
        branches.append(
            {
                "title": kind.value,
                "type": "object",
                "properties": properties,
                "required": required,
                "additionalProperties": False,
            }
        )
    return {"oneOf": branches}


def schemas() -> dict[str, dict[str, Any]]:
    """Every JSON Schema of docs/schemas, by file name."""
    cell = TypeAdapter(RevealCell | FacultyCell | CheckCell).json_schema()
    cell["$defs"]["PromptCell"] = {
        "description": "A cell that asks.",
        "type": "object",
        "properties": {"prompt": prompt_schema()},
        "required": ["prompt"],
        "additionalProperties": False,
    }
    cell["oneOf"] = [{"$ref": "#/$defs/PromptCell"}, *cell.pop("anyOf")]
    cell["title"] = "Cell"
    cell["description"] = "The metadata of a cell under `coursekit`."
    made = {
        "course.schema.json": CourseShape.model_json_schema(by_alias=True),
        "cell.schema.json": cell,
        "rubrics.schema.json": RubricsShape.model_json_schema(by_alias=True),
        "exemplars.schema.json": ExemplarsShape.model_json_schema(by_alias=True),
    }
    return {
        name: {"$schema": "https://json-schema.org/draft/2020-12/schema", **s} for name, s in made.items()
    }


def schema_text(schema: Mapping[str, Any]) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
