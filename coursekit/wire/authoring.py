"""What authors write (course.yml, cell metadata, rubrics, exemplars) as shapes, and as values.

A prompt's fields are told once, in `wire.prompts`. `wire.schemas` makes the JSON Schemas of all of it, and
`wire.misread` says in words what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from coursekit.model.course import Endpoint, Gate, GateKind
from coursekit.model.deadline import LatePolicy
from coursekit.model.errors import BadInput
from coursekit.model.ids import SLUG_RULE, PromptId, is_slug
from coursekit.model.notebook import CellRole, Faculty, Labelled, Reveal
from coursekit.model.rubric import Auto, AutoDecision, Criterion, Detector, Exemplar, Rubric, Rule
from coursekit.wire.misread import FORMAT_PAGE, OWN_WORDS, Misread, misread
from coursekit.wire.prompts import prompt_from_json
from coursekit.wire.rubricrules import faults

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


Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class LateShape(Authored):
    """What lateness means in the course. A day is 24 hours."""

    grace_minutes: float = Field(
        0,
        ge=0,
        le=10_080,
        allow_inf_nan=False,
        description="As long after the due date, work is still in time.",
    )
    window_days: float | None = Field(
        None,
        ge=0,
        le=3_650,
        allow_inf_nan=False,
        description="As long after the due date, late work counts; left out, it means for ever.",
    )
    penalty_per_day: Share = Field(
        0.0, description="The share of the points reached that each day begun costs."
    )
    penalty_most: Share = Field(1.0, description="What lateness costs at most, as a share of the points.")


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
    closes: When | None = Field(
        None, description="What comes later is kept and does not count; outweighs the course's late window."
    )
    parameters: dict[str, Any] = Field({}, description="Over the course's.")
    part: Slug | None = Field(None, description="An id of the course's parts; all modules name one, or none.")


class PartShape(Authored):
    """A title over some modules that follow each other."""

    id: Slug
    title: Text
    summary: str = ""


_CODE = r"^[a-z]{2,3}(-[A-Z][A-Za-z]{1,3})?$"


def _other_language(value: str) -> str:
    if not re.fullmatch(_CODE, value):
        raise ValueError("must be a language's code, such as de or pt-BR")
    return value


OtherLanguage = Annotated[
    str, AfterValidator(_other_language), WithJsonSchema({"type": "string", "pattern": _CODE})
]


class VariantShape(Authored):
    """Other parameters for a cohort, a region or a section."""

    id: Slug
    title: str = ""
    parameters: dict[str, Any] = Field({}, description="Over the course's and the modules' own.")
    modules: dict[Slug, dict[str, Any]] = Field(
        {}, description="Parameters for single modules, by their ids; over all others."
    )


def _endpoint_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        host, parts = None, urlsplit("")
    is_here = host in ("127.0.0.1", "::1", "localhost")
    if not host or parts.scheme not in (("http", "https") if is_here else ("https",)) or "@" in parts.netloc:
        raise ValueError("must begin with https:// and hold no password; http:// is for this computer alone")
    return value


class EndpointShape(Authored):
    """A language model of somebody else's, whose opinion of answers is one number among others."""

    url: Annotated[
        str,
        AfterValidator(_endpoint_address),
        Field(description="What comes before /chat/completions, such as https://api.example.org/v1."),
    ]
    model: Text = Field(max_length=200)
    consent: bool = Field(
        False, description="Learners were told, and the institution agrees. Nothing is sent without."
    )


class ReflectionsShape(Authored):
    """What the checks of written answers may use in this course."""

    endpoint: EndpointShape | None = None


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
    late: LateShape = LateShape()
    reflections: ReflectionsShape = ReflectionsShape()
    competencies: list[CompetencyShape] = []
    languages: list[OtherLanguage] = Field([], description="Those into which every module is translated.")
    variants: list[VariantShape] = Field([], description="Built with coursekit build --variant.")
    parts: list[PartShape] = Field(
        [], description="Titles over modules; each module says in which `part` it is."
    )
    modules: list[ModuleShape]


class RevealMetadata(Authored):
    """Held back by the exchange until the prompt `after` is committed."""

    after: Slug
    files: list[Text] = Field([], description="Exhibits that are held back as well: exhibits/scores.csv.")
    alt: str = Field("", description="Describes the chart to those who do not see it.")
    answer: float | None = Field(
        None,
        allow_inf_nan=False,
        description="For an estimate: the number that the reveal tells. Staff's plan shows answers against it.",
    )


class RevealCell(Authored):
    """A cell that is held back."""

    reveal: RevealMetadata


class FacultyCell(Authored):
    """A cell that never reaches a learner."""

    faculty: Literal[True]


class CheckMetadata(Authored):
    """A test, as its learners' feedback names it."""

    label: Text = Field(max_length=200)


class CheckCell(Authored):
    """A test with a name."""

    check: CheckMetadata


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


def _language(value: str) -> str:
    if value and not re.fullmatch(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", value):
        raise ValueError("must be the code of a language, such as en, de or pt-BR")
    return value


Language = Annotated[
    str,
    AfterValidator(_language),
    WithJsonSchema({"type": "string", "pattern": "^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$"}),
]

DetectorName = Literal[
    "none", "terms", "case_evidence", "position", "perspective", "own_practice", "intention"
]


class CriterionShape(Authored):
    """One thing that a marker looks for."""

    id: Slug
    ask: Text
    levels: Levels
    detector: DetectorName = Field(
        "none", description="What the checks look for; none: a person alone reads for it."
    )
    terms: list[Text] = []
    options: list[Text] = Field([], description="For position: what one can decide for.")
    stakeholders: list[Text] = Field([], description="For perspective: whose chair one can sit in.")
    feedback: CriterionFeedback = CriterionFeedback()


class RuleShape(Authored):
    """When an answer is an adequate attempt: level 1 or more on these criteria."""

    all_of: list[Slug] = []
    at_least: int = Field(0, ge=0)
    of: list[Slug] = []


class DecisionShape(Authored):
    """What the checks may do without a person, once audits have shown that they can."""

    auto: Literal["none", "adequate_attempt"] = "none"
    points: int = Field(0, ge=0, description="What a certified adequate attempt scores.")
    rule: RuleShape = RuleShape()
    target_agreement: float = Field(0.95, ge=0.9, lt=1, allow_inf_nan=False)
    audit_rate: float = Field(0.10, ge=0.05, le=1, allow_inf_nan=False)
    max_auto_share: float = Field(0.8, ge=0, le=0.95, allow_inf_nan=False)


class RubricShape(Authored):
    """How one sort of written answer is marked."""

    title: Text
    language: Language = Field("", description="Of the answers; the course's when left out.")
    cap_words: int = Field(300, ge=20, le=5000, description="Words beyond it earn nothing with the checks.")
    quote_ok: bool = True
    min_own_words: int = Field(40, ge=0, le=2000)
    private_phrases: list[Text] = Field([], description="Of a model answer that no learner has seen.")
    decision: DecisionShape = DecisionShape()
    criteria: list[CriterionShape] = Field(min_length=1)

    @model_validator(mode="after")
    def _goes_together(self) -> RubricShape:
        wrong = [
            InitErrorDetails(
                type=PydanticCustomError(OWN_WORDS, "{words}", {"words": f.words, "next_step": f.next_step}),
                loc=f.path,
                input=None,
            )
            for f in faults(rubric_of("", self))
        ]
        if wrong:
            # pydantic gives each its place below this rubric's own.
            raise ValidationError.from_exception_data("rubric", wrong)
        return self


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
            "the metadata “coursekit” must have one of prompt, reveal, faculty and check, and nothing else.",
            f"{FORMAT_PAGE} shows all four, under Cells.",
        )
    ((role, value),) = metadata.items()
    if role == "prompt":
        try:
            return prompt_from_json(value)
        except BadInput as error:
            problem = error.detail[:1].lower() + error.detail[1:]
            raise Misread(error.code, file, problem, error.next_step, cell=cell, cell_id=cell_id) from None
    if role in ("reveal", "check"):
        try:
            if role == "check":
                return Labelled(CheckMetadata.model_validate(value).label)
            shape = RevealMetadata.model_validate(value)
        except ValidationError as error:
            first = misread(file, value, error.errors()[0])
            raise wrong(f"in the {role}, {first.problem}", first.next_step) from None
        return Reveal(PromptId(shape.after), tuple(shape.files), shape.alt, shape.answer)
    if role == "faculty" and value is True:
        return Faculty()
    if role == "faculty":
        raise wrong("the field “faculty” must be true.", "Write true, or take the metadata away.")
    raise wrong(
        f"the metadata “coursekit” has “{role}”, which is none of prompt, reveal, faculty and check.",
        f"{FORMAT_PAGE} shows all four, under Cells.",
    )


def late_of(shape: LateShape) -> LatePolicy:
    """The course's rule as a value."""
    return LatePolicy(
        timedelta(minutes=shape.grace_minutes),
        None if shape.window_days is None else timedelta(days=shape.window_days),
        shape.penalty_per_day,
        shape.penalty_most,
    )


def endpoint_of(shape: ReflectionsShape) -> Endpoint | None:
    """The language model as a value; none when the course names none."""
    told = shape.endpoint
    return None if told is None else Endpoint(told.url, told.model, told.consent)


def rubrics_of(shape: RubricsShape) -> dict[str, Rubric]:
    """The rubrics as values, by name."""
    return {name: rubric_of(name, rubric) for name, rubric in shape.rubrics.items()}


def rubric_of(name: str, shape: RubricShape) -> Rubric:
    """One rubric as a value."""
    decision, rule = shape.decision, shape.decision.rule
    return Rubric(
        name,
        shape.title,
        tuple(_criterion(c) for c in shape.criteria),
        shape.language,
        shape.cap_words,
        shape.quote_ok,
        shape.min_own_words,
        tuple(shape.private_phrases),
        AutoDecision(
            Auto(decision.auto),
            decision.points,
            Rule(tuple(rule.all_of), rule.at_least, tuple(rule.of)),
            decision.target_agreement,
            decision.audit_rate,
            decision.max_auto_share,
        ),
    )


def _criterion(shape: CriterionShape) -> Criterion:
    return Criterion(
        shape.id,
        shape.ask,
        shape.levels,
        tuple(shape.terms),
        shape.feedback.found,
        shape.feedback.missing,
        Detector(shape.detector),
        tuple(shape.options),
        tuple(shape.stakeholders),
    )


def rubric_to_json(rubric: Rubric) -> dict[str, Any]:
    """What `RubricShape` reads back as the same value."""
    value = asdict(rubric)
    del value["name"]
    for criterion in value["criteria"]:
        criterion["feedback"] = {"found": criterion.pop("found"), "missing": criterion.pop("missing")}
        criterion["levels"] = {str(level): text for level, text in criterion["levels"].items()}
    return value


def exemplars_of(shape: ExemplarsShape) -> tuple[Exemplar, ...]:
    """The exemplars as values."""
    return tuple(
        Exemplar(e.id, PromptId(e.prompt), e.response, e.marks, e.adequate, e.passes, e.note)
        for e in shape.exemplars
    )
