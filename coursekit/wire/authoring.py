"""What authors write (course.yml, cell metadata, rubrics, exemplars), and in words what is wrong with it.

The shapes here make the JSON Schemas in docs/schemas. A prompt's fields are told once, in `wire.prompts`; its
schema is derived from there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)

from coursekit.model.course import Gate, GateKind
from coursekit.model.errors import BadInput
from coursekit.model.ids import SLUG_RULE, PromptId, is_slug
from coursekit.model.notebook import CellRole, Faculty, Reveal
from coursekit.model.prompt import PromptKind
from coursekit.model.rubric import Criterion, Exemplar, Rubric

# The tables behind prompt_from_json: schema and reader cannot drift apart.
from coursekit.wire.prompts import _COMMON, _RULES, prompt_from_json

FORMAT_PAGE = "docs/module-format.md"


class Misread(BadInput):
    """A file that cannot be taken as it stands: which file, which cell, what is wrong."""

    def __init__(
        self,
        code: str,
        file: str,
        problem: str,
        next_step: str,
        *,
        cell: int | None = None,
        cell_id: str = "",
        others: Sequence[Misread] = (),
    ) -> None:
        place = file
        if cell is not None:
            place += f", cell {cell}" + (f" ({cell_id})" if cell_id else "")
        super().__init__(code, f"{place}: {problem}", next_step)
        self.file = file
        self.problem = problem
        self.cell = cell
        self.cell_id = cell_id
        self.others = tuple(others)
        """What else is wrong in the same file, for whoever wants all of it at once."""


# ---------------------------------------------------------------------------------------------- shapes


class Authored(BaseModel):
    """Unknown fields are refused, and nothing is converted: a number is not a text."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _slug(value: str) -> str:
    if not is_slug(value):
        raise ValueError(f"must be {SLUG_RULE}")
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty")
    return value


Slug = Annotated[
    str,
    AfterValidator(_slug),
    WithJsonSchema({"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,63}$", "description": SLUG_RULE}),
]
Text = Annotated[str, AfterValidator(_not_blank), Field(min_length=1)]

_GATES = "must be submitted, committed or {passed: 0.6}"
_GATE_SCHEMA = {
    "oneOf": [
        {"enum": ["submitted", "committed"]},
        {
            "type": "object",
            "properties": {"passed": {"type": "number", "minimum": 0, "maximum": 1}},
            "required": ["passed"],
            "additionalProperties": False,
        },
    ],
    "description": "When a prerequisite is done.",
}


def _gate(value: Any) -> Gate:
    if value in (GateKind.SUBMITTED.value, GateKind.COMMITTED.value):
        return Gate(GateKind(value))
    if isinstance(value, Mapping) and set(value) == {"passed"}:
        mark = value["passed"]
        if isinstance(mark, int | float) and not isinstance(mark, bool) and 0 <= mark <= 1:
            return Gate(GateKind.PASSED, float(mark))
    raise ValueError(_GATES)


GateShape = Annotated[Any, BeforeValidator(_gate), WithJsonSchema(_GATE_SCHEMA)]
"""A Gate once it is read."""

When = Annotated[Text, Field(description="A local date and time, 2027-01-24 23:59, or one with an offset.")]


class CompetencyShape(Authored):
    """What prompts exercise."""

    id: Slug
    title: Text
    domain: Literal["cognitive", "intrapersonal", "interpersonal"]


class ModuleShape(Authored):
    """One module of the course, in the order in which learners meet it."""

    id: Slug
    title: Text
    summary: str = ""
    case: Slug | None = Field(None, description="A folder in cases/.")
    minutes: int = Field(60, gt=0)
    after: list[Slug] | None = Field(None, description="Prerequisites; left out, it means the module above.")
    gate: GateShape | None = None
    opens: When | None = None
    due: When | None = None
    parameters: dict[str, Any] = Field({}, description="Over the course's.")


class CourseShape(Authored):
    """modules/course.yml."""

    schema_: Literal["coursekit.course/1"] = Field(alias="schema")
    course: Slug
    title: Text
    language: Text = "en"
    time_zone: Text = Field(
        description="An IANA name, such as Europe/Vienna; every date is local time there."
    )
    gate: GateShape = Gate()
    parameters: dict[str, Any] = Field({}, description="Given to every module that has a parameters cell.")
    competencies: list[CompetencyShape] = []
    modules: list[ModuleShape]


class RevealMetadata(Authored):
    """Held back by the exchange until the prompt `after` is committed."""

    after: Slug
    files: list[Text] = Field([], description="Exhibits that are held back as well: exhibits/scores.csv.")
    alt: str = Field("", description="Describes the chart to those who do not see it.")


class RevealCell(Authored):
    """A cell that is held back."""

    reveal: RevealMetadata


class FacultyCell(Authored):
    """A cell that never reaches a learner."""

    faculty: Literal[True]


class CriterionFeedback(Authored):
    """What the learner reads."""

    found: str = ""
    missing: str = ""


def _levels(value: dict[int, str]) -> dict[int, str]:
    if sorted(value) != list(range(len(value))) or len(value) < 2:
        raise ValueError("must count up from 0, with two levels or more")
    return value


Levels = Annotated[
    dict[int, Text],
    AfterValidator(_levels),
    WithJsonSchema(
        {
            "type": "object",
            "patternProperties": {"^[0-9]+$": {"type": "string", "minLength": 1}},
            "additionalProperties": False,
            "required": ["0", "1"],
            "description": "What each number of points stands for, from 0.",
        }
    ),
]


class CriterionShape(Authored):
    """One thing that a marker looks for."""

    id: Slug
    ask: Text
    levels: Levels
    terms: list[Text] = []
    feedback: CriterionFeedback = CriterionFeedback()


class RubricShape(Authored):
    """How one sort of written answer is marked."""

    title: Text
    criteria: list[CriterionShape] = Field(min_length=1)


class RubricsShape(Authored):
    """rubrics.yml."""

    schema_: Literal["coursekit.rubrics/1"] = Field(alias="schema")
    rubrics: dict[Slug, RubricShape]


class ExemplarShape(Authored):
    """A sample answer, with a teacher's marks where it is prose."""

    id: Slug
    prompt: Slug
    response: dict[str, Any]
    marks: dict[Slug, Annotated[int, Field(ge=0)]] = {}
    adequate: bool | None = None
    passes: bool | None = None
    note: str = ""


class ExemplarsShape(Authored):
    """exemplars.yml."""

    schema_: Literal["coursekit.exemplars/1"] = Field(alias="schema")
    exemplars: list[ExemplarShape]


# --------------------------------------------------------------------------------------------- reading

S = TypeVar("S", bound=BaseModel)


def read_shape(shape: type[S], value: Any, file: str) -> S:
    """The value as that shape.

    Raises Misread, naming the file, the place in it and the field.
    """
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        found = [_misread(file, value, e) for e in error.errors()]
        first = found[0]
        raise Misread(first.code, file, first.problem, first.next_step, others=found[1:]) from None


def read_role(metadata: Any, file: str, cell: int, cell_id: str) -> CellRole:
    """What a cell is for, from its metadata under `coursekit`.

    Raises Misread, naming the file, the cell and the field.
    """
    if metadata is None:
        return None

    def wrong(problem: str, next_step: str) -> Misread:
        return Misread("bad-cell", file, problem, next_step, cell=cell, cell_id=cell_id)

    if not isinstance(metadata, Mapping) or len(metadata) != 1:
        raise wrong(
            "the metadata “coursekit” must have one of prompt, reveal and faculty, and nothing else.",
            f"{FORMAT_PAGE} shows all three, under Cells.",
        )
    ((role, value),) = metadata.items()
    if role == "prompt":
        try:
            return prompt_from_json(value)
        except BadInput as error:
            problem = error.detail[:1].lower() + error.detail[1:]
            raise Misread(error.code, file, problem, error.next_step, cell=cell, cell_id=cell_id) from None
    if role == "reveal":
        try:
            shape = RevealMetadata.model_validate(value)
        except ValidationError as error:
            first = _misread(file, value, error.errors()[0])
            raise wrong("in the reveal, " + first.problem, first.next_step) from None
        return Reveal(PromptId(shape.after), tuple(shape.files), shape.alt)
    if role == "faculty" and value is True:
        return Faculty()
    if role == "faculty":
        raise wrong("the field “faculty” must be true.", "Write true, or take the metadata away.")
    raise wrong(
        f"the metadata “coursekit” has “{role}”, which is none of prompt, reveal and faculty.",
        f"{FORMAT_PAGE} shows all three, under Cells.",
    )


def rubrics_of(shape: RubricsShape) -> dict[str, Rubric]:
    """The rubrics as values, by name."""
    return {
        name: Rubric(
            name,
            rubric.title,
            tuple(
                Criterion(c.id, c.ask, c.levels, tuple(c.terms), c.feedback.found, c.feedback.missing)
                for c in rubric.criteria
            ),
        )
        for name, rubric in shape.rubrics.items()
    }


def exemplars_of(shape: ExemplarsShape) -> tuple[Exemplar, ...]:
    """The exemplars as values."""
    return tuple(
        Exemplar(e.id, PromptId(e.prompt), e.response, e.marks, e.adequate, e.passes, e.note)
        for e in shape.exemplars
    )


_ONE_OF = {
    "modules": "module",
    "competencies": "competency",
    "criteria": "criterion",
    "exemplars": "exemplar",
    "rubrics": "rubric",
}


def _misread(file: str, value: Any, error: Any) -> Misread:
    """One of pydantic's errors, in our words."""
    loc = list(error["loc"])
    kind, context = error["type"], error.get("ctx", {})
    at_key = bool(loc) and loc[-1] == "[key]"
    if at_key:
        loc.pop()
    field = loc.pop() if loc and isinstance(loc[-1], str) else ""
    if at_key:
        return Misread(
            "bad-field",
            file,
            f"{_place(value, loc)}the name “{field}” {_words(kind, context, error)}.",
            _next_step(kind),
        )
    if not field:
        what = _place(value, loc)[:-2] or "the file"
        return Misread("bad-field", file, f"{what} {_words(kind, context, error)}.", _next_step(kind))
    problem = f"{_place(value, loc)}the field “{field}” {_words(kind, context, error)}."
    return Misread("bad-field", file, problem, _next_step(kind))


def _place(value: Any, loc: Sequence[str | int]) -> str:
    """`module 2 (small-classes), `: people count from 1, and know things by their ids."""
    words: list[str] = []
    name = ""
    for step in loc:
        in_list = isinstance(value, list)
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
        if in_list:
            own = value.get("id") if isinstance(value, Mapping) else None
            shown = f"{_ONE_OF.get(name, name)} {int(step) + 1}"
            if name not in _ONE_OF:
                words.pop()
            words.append(shown + (f" ({own})" if isinstance(own, str) else ""))
        elif name == "rubrics":
            words.append(f"rubric {step}")
        elif step not in _ONE_OF:
            words.append(str(step))
        name = str(step)
    return ", ".join(words) + ", " if words else ""


def _words(kind: str, context: Mapping[str, Any], error: Mapping[str, Any]) -> str:
    """The rest of a sentence that begins with a field."""
    if kind == "literal_error":
        return f"must be {context['expected']}".replace("'", "")
    if kind == "value_error":
        return str(context["error"])
    if kind in ("too_short", "string_too_short"):
        return "is empty"
    if kind == "greater_than":
        return f"must be more than {context['gt']:g}"
    if kind == "greater_than_equal":
        return f"must be {context['ge']:g} or more"
    return _WORDS.get(kind, f"is not as it must be: {str(error['msg']).lower()}")


_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not one of the format",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be a mapping, name: value",
    "model_type": "must be a mapping, name: value",
    "model_attributes_type": "must be a mapping, name: value",
}


def _next_step(kind: str) -> str:
    if kind == "extra_forbidden":
        return f"Check its spelling, or take it out; {FORMAT_PAGE} lists the fields."
    if kind == "string_type":
        return "Put it in quotes if it looks like a number, a date or true."
    return f"{FORMAT_PAGE} shows how it is written."


# --------------------------------------------------------------------------------------------- schemas


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
    cell = TypeAdapter(RevealCell | FacultyCell).json_schema()
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
